package report

// drift holds the glossary's columns of one file or group against another.
var drift = []Column{
	{Key: "stability", Title: "Verdict", Kind: Text, Help: "what the population stability index says: stable, shifts, drifts, too few rows"},
	{Key: "psi_low", Title: "PSI low", Kind: Real, Help: "lower bound of the population stability index's confidence interval"},
	{Key: "psi_high", Title: "PSI high", Kind: Real, Help: "upper bound of the population stability index's confidence interval"},
	{Key: "psi_chance", Title: "PSI by chance", Kind: Real, Help: "what the population stability index of two samples of these sizes from one distribution rarely exceeds"},
	{Key: "psi_normal", Title: "PSI of normal", Kind: Real, Help: "population stability index between the normal rows of two files"},
	{Key: "psi_part", Title: "Part of PSI", Kind: Real, Help: "what the bin or level adds to the population stability index"},
	{Key: "part", Title: "Values", Kind: Label, Help: "bin of numbers, level, or missing cells"},
	{Key: "wasserstein_sd", Title: "Wasserstein / SD", Kind: Real, Help: "Wasserstein distance in standard deviations of the first file or group"},
	{Key: "missing1", Title: "Missing first", Kind: Count, Help: "values that are not there in the first file or group"},
	{Key: "missing2", Title: "Missing second", Kind: Count, Help: "values that are not there in the second file or group"},
	{Key: "min1", Title: "Min first", Kind: Real, Help: "smallest value of the first file or group"},
	{Key: "min2", Title: "Min second", Kind: Real, Help: "smallest value of the second file or group"},
	{Key: "q25_1", Title: "25% first", Kind: Real, Help: "lower quartile of the first file or group, type 7"},
	{Key: "q25_2", Title: "25% second", Kind: Real, Help: "lower quartile of the second file or group, type 7"},
	{Key: "q75_1", Title: "75% first", Kind: Real, Help: "upper quartile of the first file or group, type 7"},
	{Key: "q75_2", Title: "75% second", Kind: Real, Help: "upper quartile of the second file or group, type 7"},
	{Key: "q95_1", Title: "95% first", Kind: Real, Help: "95 % quantile of the first file or group, type 7"},
	{Key: "q95_2", Title: "95% second", Kind: Real, Help: "95 % quantile of the second file or group, type 7"},
	{Key: "max1", Title: "Max first", Kind: Real, Help: "largest value of the first file or group"},
	{Key: "max2", Title: "Max second", Kind: Real, Help: "largest value of the second file or group"},
	{Key: "vanished_levels", Title: "Vanished levels", Kind: Count, Help: "levels of the first file that the second does not have"},
	{Key: "overlap_share", Title: "Share of second", Kind: Share, Help: "part of the second file's records that the row counts"},
}

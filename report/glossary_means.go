package report

// The glossary's columns of comparisons of means.

var meanColumns = []Column{
	{Key: "test_name", Title: "By", Kind: Label, Help: "short name of a test"},
	{Key: "rank_biserial", Title: "Rank-biserial", Kind: Real, Help: "rank-biserial correlation, −1 to 1: how much oftener a value of the first group is the greater than the smaller; of one sample, of signed ranks"},
	{Key: "log_effect", Title: "d of logs", Kind: Real, Help: "Cohen's d of log(1+x)"},
	{Key: "log10_p_ranks", Title: "log10 p of ranks", Kind: Real, Help: "base-10 logarithm of the p-value of the test of ranks"},
	{Key: "verdict", Title: "Means and ranks", Kind: Text, Help: "whether the test of means and that of ranks tell the same: agree, opposed, ranks more (they differ more), means more"},
	{Key: "detectable", Title: "Detectable d", Kind: Real, Help: "smallest standardised difference that the test finds with 80 % power"},
	{Key: "bound_low", Title: "Bound low", Kind: Real, Help: "lower bound of equivalence, in the unit of the data"},
	{Key: "bound_high", Title: "Bound high", Kind: Real, Help: "upper bound of equivalence, in the unit of the data"},
	{Key: "replicates", Title: "Replicates", Kind: Count, Help: "samples drawn again"},
}

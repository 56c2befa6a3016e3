package report

import "slices"

// Col returns the glossary's column of a key. A key that the glossary does not
// have, such as a level that is a column of a cross table, gives a column of
// real numbers under its own name; Lookup tells the two apart.
func Col(key string) Column {
	if c, ok := Lookup(key); ok {
		return c
	}
	return Column{Key: key, Title: key, Kind: Real}
}

// Cols returns the columns of several keys, in order.
func Cols(keys ...string) []Column {
	columns := make([]Column, len(keys))
	for i, key := range keys {
		columns[i] = Col(key)
	}
	return columns
}

// Lookup returns the glossary's column of a key and whether there is one.
func Lookup(key string) (Column, bool) {
	for _, group := range glossary {
		for _, c := range group {
			if c.Key == key {
				return c, true
			}
		}
	}
	return Column{}, false
}

// Glossary returns every column that has a fixed meaning, by topic: names and
// counts, descriptive statistics, association, tests, tables and regression, models. A key
// never changes its meaning; JSON, CSV and gates use it.
//
// Conventions: quantiles are of type 7; sd and variance divide by n−1; skewness
// and kurtosis are the bias-adjusted G1 and excess G2; intervals are of 95 %
// unless conf_level says otherwise; p-values of a family are adjusted by
// Benjamini–Hochberg unless adjust says otherwise.
func Glossary() []Column {
	return slices.Concat(glossary[:]...)
}

// glossary holds the topics in the order in which Glossary lists them.
var glossary = [...][]Column{
	names, counts, descriptive, associations, relationColumns, ranking, tests, cells, models, series, timeSeries, derivedFeatures, outlying, trafficColumns,
	meanColumns, varianceAnalysis, countTests, regression, drift, hypothesisColumns, learning, splitFigures, unlabelled, forecasts,
}

var names = []Column{
	{Key: "feature", Title: "Feature", Kind: Label, Help: "column of the data"},
	{Key: "feature2", Title: "Second feature", Kind: Label, Help: "other column of a pair"},
	{Key: "group", Title: "Group", Kind: Label, Help: "rows that share a value of the grouping column"},
	{Key: "group2", Title: "Second group", Kind: Label, Help: "group that the first is compared with"},
	{Key: "term", Title: "Term", Kind: Label, Help: "row of a model or of an analysis: coefficient, pair, source of variation"},
	{Key: "level", Title: "Level", Kind: Label, Help: "value of a categorical column"},
	{Key: "label", Title: "Label", Kind: Label, Help: "value of the label column"},
	{Key: "category", Title: "Category", Kind: Label, Help: "family that a label belongs to, such as dos or probe"},
	{Key: "kind", Title: "Kind", Kind: Text, Help: "what the cells of a column mean: number, flag, category, time, address, text"},
	{Key: "role", Title: "Role", Kind: Text, Help: "what a column is for: feature, label, identifier, clock"},
	{Key: "file", Title: "File", Kind: Label, Help: "file that was read"},
	{Key: "pattern", Title: "Pattern", Kind: Label, Help: "columns that are missing together"},
	{Key: "rule", Title: "Rule", Kind: Text, Help: "what the values of a column must satisfy"},
	{Key: "item", Title: "Item", Kind: Text, Help: "what a row of a summary counts"},
	{Key: "value", Title: "Value", Kind: Real, Help: "number that the row is about"},
	{Key: "about", Title: "About", Kind: Label, Help: "what a finding is about: columns, or the table"},
	{Key: "finding", Title: "Finding", Kind: Text, Help: "how much a finding matters: info, notice, warning, problem"},
	{Key: "text", Title: "Text", Kind: Text, Help: "what was found"},
	{Key: "note", Title: "Remark", Kind: Text, Help: "what the reader should know of this row"},
	{Key: "row", Title: "Row", Kind: Count, Help: "record number in the data, from 1"},
}

var counts = []Column{
	{Key: "n", Title: "n", Kind: Count, Help: "values used"},
	{Key: "n1", Title: "n first", Kind: Count, Help: "values used of the first file or group"},
	{Key: "n2", Title: "n second", Kind: Count, Help: "values used of the second file or group"},
	{Key: "n_by_group", Title: "n by group", Kind: Text, Help: "values used in each group, in the order of the groups"},
	{Key: "rows", Title: "Rows", Kind: Count, Help: "records that the row of the table stands for"},
	{Key: "share", Title: "Share", Kind: Share, Help: "part of all records or values"},
	{Key: "share1", Title: "Share first", Kind: Share, Help: "part of the first file or group"},
	{Key: "share2", Title: "Share second", Kind: Share, Help: "part of the second file or group"},
	{Key: "cum_share", Title: "Cumulative share", Kind: Share, Help: "share of this row and all rows above"},
	{Key: "missing", Title: "Missing", Kind: Count, Help: "values that are not there"},
	{Key: "missing_share", Title: "Missing share", Kind: Share, Help: "part of the values that are not there"},
	{Key: "first_line", Title: "First line", Kind: Count, Help: "line of the file where it is first seen, from 1"},
	{Key: "first_lines", Title: "First lines", Kind: Text, Help: "first few lines of the file where it is seen, from 1"},
	{Key: "n_broken", Title: "Broken", Kind: Count, Help: "values that break the rule"},
	{Key: "broken_share", Title: "Broken share", Kind: Share, Help: "part of the values that break the rule"},
	{Key: "duplicates", Title: "Duplicates", Kind: Count, Help: "records equal to an earlier one"},
	{Key: "duplicate_share", Title: "Duplicate share", Kind: Share, Help: "part of the records equal to an earlier one"},
	{Key: "copies", Title: "Copies", Kind: Count, Help: "times the same record occurs"},
	{Key: "contradictory", Title: "Contradictory", Kind: Count, Help: "records equal in every feature that have different labels"},
	{Key: "contradictory_share", Title: "Contradictory share", Kind: Share, Help: "part of the records equal in every feature that have different labels"},
	{Key: "overlap", Title: "Overlap", Kind: Count, Help: "records that occur in both files"},
}

var descriptive = []Column{
	{Key: "distinct", Title: "Distinct", Kind: Count, Help: "different values"},
	{Key: "zeros", Title: "Zeros", Kind: Count, Help: "values equal to 0"},
	{Key: "negatives", Title: "Negatives", Kind: Count, Help: "values below 0"},
	{Key: "infinite", Title: "Infinite", Kind: Count, Help: "values that are infinite; they are left out of the moments"},
	{Key: "mean", Title: "Mean", Kind: Real, Help: "arithmetic mean"},
	{Key: "mean1", Title: "Mean first", Kind: Real, Help: "arithmetic mean of the first file or group"},
	{Key: "mean2", Title: "Mean second", Kind: Real, Help: "arithmetic mean of the second file or group"},
	{Key: "sd", Title: "SD", Kind: Real, Help: "standard deviation, n−1"},
	{Key: "sd1", Title: "SD first", Kind: Real, Help: "standard deviation of the first file or group, n−1"},
	{Key: "sd2", Title: "SD second", Kind: Real, Help: "standard deviation of the second file or group, n−1"},
	{Key: "var", Title: "Variance", Kind: Real, Help: "variance, n−1"},
	{Key: "sum", Title: "Sum", Kind: Real, Help: "sum of all values"},
	{Key: "min", Title: "Min", Kind: Real, Help: "smallest value"},
	{Key: "q01", Title: "1%", Kind: Real, Help: "1 % quantile, type 7"},
	{Key: "q05", Title: "5%", Kind: Real, Help: "5 % quantile, type 7"},
	{Key: "q25", Title: "25%", Kind: Real, Help: "lower quartile, type 7"},
	{Key: "q50", Title: "Median", Kind: Real, Help: "50 % quantile, type 7"},
	{Key: "q75", Title: "75%", Kind: Real, Help: "upper quartile, type 7"},
	{Key: "q95", Title: "95%", Kind: Real, Help: "95 % quantile, type 7"},
	{Key: "q99", Title: "99%", Kind: Real, Help: "99 % quantile, type 7"},
	{Key: "q999", Title: "99.9%", Kind: Real, Help: "99.9 % quantile, type 7"},
	{Key: "max", Title: "Max", Kind: Real, Help: "largest value"},
	{Key: "median1", Title: "Median first", Kind: Real, Help: "median of the first file or group"},
	{Key: "median2", Title: "Median second", Kind: Real, Help: "median of the second file or group"},
	{Key: "iqr", Title: "IQR", Kind: Real, Help: "upper less lower quartile"},
	{Key: "mad", Title: "MAD", Kind: Real, Help: "median absolute deviation from the median, unscaled"},
	{Key: "trimmed_mean", Title: "Trimmed mean", Kind: Real, Help: "mean after the same share of smallest and of largest values is cut off"},
	{Key: "skewness", Title: "Skewness", Kind: Real, Help: "bias-adjusted skewness G1; 0 if symmetric"},
	{Key: "kurtosis", Title: "Kurtosis", Kind: Real, Help: "bias-adjusted excess kurtosis G2; 0 if normal"},
	{Key: "normal_distance", Title: "Distance D", Kind: Real, Help: "largest distance between the distribution function and the normal one of the same mean and SD, 0 to 1"},
	{Key: "entropy", Title: "Entropy", Kind: Real, Unit: "bits", Help: "Shannon entropy of the levels"},
	{Key: "top", Title: "Top level", Kind: Label, Help: "most frequent value"},
	{Key: "top_n", Title: "Top n", Kind: Count, Help: "times the most frequent value occurs"},
	{Key: "top_share", Title: "Top share", Kind: Share, Help: "part of the values equal to the most frequent one"},
	{Key: "lower", Title: "Lower fence", Kind: Real, Help: "values below are outliers"},
	{Key: "upper", Title: "Upper fence", Kind: Real, Help: "values above are outliers"},
	{Key: "n_low", Title: "Below", Kind: Count, Help: "values below the lower fence"},
	{Key: "n_high", Title: "Above", Kind: Count, Help: "values above the upper fence"},
	{Key: "n_out", Title: "Outliers", Kind: Count, Help: "values that the rule calls outliers"},
}

var associations = []Column{
	{Key: "cramers_v", Title: "Cramér's V", Kind: Real, Help: "association of two categorical columns, 0 to 1"},
	{Key: "cramers_v_adj", Title: "Cramér's V, adjusted", Kind: Real, Help: "Cramér's V with Bergsma's correction for bias"},
	{Key: "theils_u", Title: "Theil's U", Kind: Real, Help: "part of the first column's entropy that the second explains, 0 to 1"},
	{Key: "mutual_information", Title: "Mutual information", Kind: Real, Unit: "bits", Help: "information that two columns share"},
	{Key: "eta_squared", Title: "Eta squared", Kind: Real, Help: "part of the variance that the groups explain, 0 to 1"},
	{Key: "vif", Title: "VIF", Kind: Real, Help: "variance inflation factor: how much the other features explain this one"},
	{Key: "psi", Title: "PSI", Kind: Real, Help: "population stability index between two files"},
	{Key: "js_distance", Title: "JS distance", Kind: Real, Help: "Jensen–Shannon distance of two distributions, base 2, 0 to 1"},
	{Key: "wasserstein", Title: "Wasserstein", Kind: Real, Help: "mean distance by which values move from one distribution to the other"},
	{Key: "new_levels", Title: "New levels", Kind: Count, Help: "levels of the second file that the first does not have"},
}

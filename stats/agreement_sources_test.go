package stats

// Names of sources of reference values beside the files of entries.
const (
	nistUnivariate = "NIST StRD, univariate"
	nistAnova      = "NIST StRD, analysis of variance"
	fisherVectors  = "Fisher's exact test"
	rangeVectors   = "studentized range"
	tailVectors    = "distribution tables"
	rVectors       = "calls of R"
	fixtureVectors = "fixtures of stdlib"
	learnVectors   = "scores and probabilities"
)

const agreementHead = `# Agreement with other tools

What the tests of ` + "`stats`" + ` compare with numbers that others computed. This page is written by a run of these
tests (` + "`go test ./stats -update`" + `, with the reference data); a run fails if the page is not what it compared.

- **Values** are finite numbers. Where a reference value is undefined or infinite, so must netanom's be; such values are not counted.
- **Within tolerance**: each value has a tolerance of its own, relative and absolute, set by how far the tools that computed it agree.
- **Worst relative error** is given as the power of ten that it does not exceed. Values that are small against their absolute
  tolerance, such as a p-value of 1e-40, are measured against the size at which the two tolerances meet.
- For files of entries, **Values** are all numbers of the file; for tables of other projects, those that are compared.

`

const agreementNotes = `## What is not compared, and where tolerances are wide

`

// agreementSources are the rows of the document. Those with tools of their own are not
// files of entries. left says which values of a file are not compared and why; wide, why
// some are held to little.
var agreementSources = []struct{ file, what, tools, left, wide string }{
	{file: "anova.json", what: "one-way analysis of variance, Welch, Kruskal-Wallis, effect sizes; two factors, sums of squares of types I, II and III"},
	{file: "anova_posthoc.json", what: "Tukey's HSD, Games-Howell, Dunn"},
	{file: "chisq.json", what: "independence, residuals, goodness of fit, Fisher's exact test, McNemar, Cochran-Mantel-Haenszel"},
	{file: "clustering.json", what: "hierarchical clustering; k-means, DBSCAN, quality of clusterings",
		left: "only the hierarchical clustering is; netanom has no k-means, no DBSCAN and no measures of clusterings."},
	{file: "correlation.json", what: "Pearson, Spearman, Kendall, Cramér's V, point-biserial, correlation ratio, mutual information"},
	{file: "describe.json", what: "moments, quantiles, counts of categories, entropy, shape of tables",
		left: "the shape of tables (rows, columns, missing cells, repeated rows) is tested in `eda` and not counted here."},
	{file: "logit.json", what: "logistic regression, Firth's estimate, separation",
		wide: "Firth's estimates are held to the five digits to which the tools agree. The kind of separation is compared too, but is no number."},
	{file: "ml_metrics.json", what: "quality of classifiers of two and of five classes: shares, averages, MCC, kappa, areas under curves, log loss, Brier"},
	{file: "multiple_testing.json", what: "adjusted p-values"},
	{file: "normality.json", what: "Shapiro-Wilk, Jarque-Bera, D'Agostino, Anderson-Darling, Lilliefors"},
	{file: "outliers.json", what: "Tukey's fences, z-scores, Grubbs, generalised ESD, Mahalanobis"},
	{file: "parsing.json", what: "cells of CSV files", left: "reading is tested in `eda` and not counted here."},
	{file: "pca.json", what: "principal components", left: "netanom has none."},
	{file: "rank_tests.json", what: "Mann-Whitney, Kolmogorov-Smirnov",
		wide: "two samples of 34 and 26 values that do not overlap have the exact Kolmogorov-Smirnov p-value 2/C(60, 26) = 2.9e-17, which netanom gives; R says 5.4e-14, which can only be rounding. The tolerance of 1e-13 covers both."},
	{file: "time_series.json", what: "autocorrelation, Ljung-Box, ADF, KPSS, Mann-Kendall"},
	{file: "ttest.json", what: "t-tests of one and two samples and of pairs, effect sizes, Wilcoxon's signed ranks",
		wide: "the column offset holds values near 1e9 that differ by ones, and results that are exact for them are asked for: double precision keeps about six digits of a difference of means, here as in R and NumPy."},
	{file: "variance_tests.json", what: "Levene, Brown-Forsythe, Bartlett, Fligner-Killeen, F"},
	{file: nistUnivariate, what: "mean, standard deviation, lag-1 autocorrelation", tools: "certified by NIST",
		wide: "the values of NumAcc3 are a million and a few tenths, and as binary numbers not exact: nine digits of the standard deviation are to be had. Means and standard deviations are compared twice, by two ways of summing."},
	{file: nistAnova, what: "F, sums of squares, R²", tools: "certified by NIST"},
	{file: fisherVectors, what: "p, conditional odds ratio and its interval", tools: "R",
		wide: "R finds the bounds of large odds ratios to a few per cent only: they are held to 8 %, p to 1e-7. chisq.json has the bounds to ten digits."},
	{file: rangeVectors, what: "distribution function", tools: "mpmath"},
	{file: rVectors, what: "t, ranks, chi-square, Fisher, normality, correlation, Tukey, adjusted p, effect sizes, areas under the ROC curve, logistic regression", tools: "R",
		wide: "calls that ask for what netanom has not (proportions, Poisson rates, linear models, components, discriminants) are not among these. Fisher's odds ratio is R's root to about 1e-4, Tukey's bounds and the logistic estimates and their errors are held to what R's iterations give."},
	{file: fixtureVectors, what: "chi-square, Kruskal-Wallis, Levene, t, signed ranks", tools: "R"},
	{file: learnVectors, what: "areas of several classes, log loss, Brier, calibration by a sigmoid and isotonic, reliability, standard errors of kappa, MCC and averages, corrected resampled t", tools: "scikit-learn 1.2.1, SciPy 1.10.1, NumPy 1.24.2",
		wide: "standard errors are held to seven digits, which is what numerical derivatives have, intervals of means to what SciPy's t quantile has."},
	{file: tailVectors, what: "distribution and survival function of normal, t, F and chi-square", tools: "R, SciPy, Maxima"},
}

package report

// outlying holds the glossary's columns of rules for outliers and of scores of
// rows by several columns.
var outlying = []Column{
	{Key: "n_flagged", Title: "Flagged", Kind: Count, Help: "records that a rule or a score flags"},
	{Key: "lift", Title: "Lift", Kind: Real, Help: "how many times more frequent attacks are among the records flagged than among all"},
	{Key: "informedness", Title: "Youden's J", Kind: Real, Help: "recall less false alarm rate: 1 is perfect, 0 is chance, below 0 worse than chance"},
	{Key: "base_rate", Title: "Base rate", Kind: Share, Help: "part of the records that are attacks"},
	{Key: "critical", Title: "Critical value", Kind: Real, Help: "value that the test statistic must exceed"},
	{Key: "n_features", Title: "Features", Kind: Count, Help: "columns used"},
	{Key: "n_fitted", Title: "Fitted rows", Kind: Count, Help: "records that decide a model or an estimate"},
	{Key: "isolation_score", Title: "Isolation", Kind: Real, Help: "score of an isolation forest, 0 to 1; higher is more anomalous"},
	{Key: "mahalanobis", Title: "Distance²", Kind: Real, Help: "squared Mahalanobis distance from the mean"},
	{Key: "mcd_distance", Title: "Robust distance²", Kind: Real, Help: "squared Mahalanobis distance by the minimum covariance determinant"},
	{Key: "farthest", Title: "Farthest from the mean", Kind: Text, Help: "columns in which the record is farthest from the mean, with the distance in standard deviations"},
}

package report

// The glossary's columns of analyses of variance.

var varianceAnalysis = []Column{
	{Key: "rank_epsilon_squared", Title: "ε² of ranks", Kind: Real, Help: "part of the variance of the ranks that the groups explain, 0 to 1"},
	{Key: "log_eta_squared", Title: "η² of log", Kind: Real, Help: "part of the variance of log(1+x) that the groups explain, 0 to 1"},
	{Key: "letters", Title: "Letters", Kind: Text, Help: "groups that share a letter are not told apart, or have no test"},
}

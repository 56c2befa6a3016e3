package report

// The glossary's columns of derived features.

var derivedFeatures = []Column{
	{Key: "op", Title: "Operation", Kind: Text, Help: "how the cells of a derived column are made"},
	{Key: "made_from", Title: "Made from", Kind: Text, Help: "columns that a derived column is made from"},
	{Key: "best_source", Title: "Best source", Kind: Label, Help: "of the columns that a derived column is made from, the one with the largest effect"},
	{Key: "source_effect", Title: "Source effect", Kind: Real, Help: "effect of the best source, measured as that of the derived column"},
	{Key: "gain", Title: "Gain", Kind: Real, Help: "effect of a derived column less that of its best source"},
	{Key: "gain_low", Title: "Gain low", Kind: Real, Help: "lower bound of the gain's confidence interval"},
	{Key: "gain_high", Title: "Gain high", Kind: Real, Help: "upper bound of the gain's confidence interval"},
	{Key: "kept", Title: "Kept", Kind: Text, Help: "why a derived column is in the recipe: gain, coding, scale, input, asked; or no"},
}

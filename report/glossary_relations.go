package report

// The glossary's columns of how columns go together.

var relationColumns = []Column{
	{Key: "mutual_information_raw", Title: "Raw information", Kind: Real, Unit: "bits", Help: "information that two columns share, not corrected for its bias"},
	{Key: "nmi", Title: "Normalised", Kind: Real, Help: "mutual information beyond chance by the mean of both entropies, 0 to 1"},
	{Key: "theils_u2", Title: "Theil's U, second", Kind: Real, Help: "part of the second column's entropy that the first explains, 0 to 1"},
	{Key: "redundant_group", Title: "Linked group", Kind: Count, Help: "number of a group of columns that say nearly the same"},
	{Key: "proposal", Title: "Proposal", Kind: Text, Help: "what to do with a column of such a group: keep or drop"},
	{Key: "label_eta", Title: "With label", Kind: Real, Help: "correlation ratio with the label's classes, or with its levels where normal ones are not known, 0 to 1"},
	{Key: "mean_abs_r", Title: "Mean |r|", Kind: Real, Help: "mean absolute correlation with the other columns of the group"},
}

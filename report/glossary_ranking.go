package report

// The glossary's columns of features against the label.

var ranking = []Column{
	{Key: "class", Title: "Class", Kind: Label, Help: "normal or attack"},
	{Key: "alone", Title: "Right alone", Kind: Share, Help: "part of the rows classed rightly by the other rows of the same value, or bin of values"},
	{Key: "u_class", Title: "U of class", Kind: Real, Help: "Theil's U: part of the uncertainty between normal and attack that the column removes, 0 to 1"},
	{Key: "u_category", Title: "U of category", Kind: Real, Help: "Theil's U: part of the uncertainty about the category that the column removes, 0 to 1"},
	{Key: "u_label", Title: "U of label", Kind: Real, Help: "Theil's U: part of the uncertainty about the label that the column removes, 0 to 1"},
	{Key: "zero_share", Title: "Zero share", Kind: Share, Help: "part of the values equal to 0"},
	{Key: "normal_missing", Title: "Missing in normal", Kind: Share, Help: "part of the normal rows without a value"},
	{Key: "attack_missing", Title: "Missing in attacks", Kind: Share, Help: "part of the attacks without a value"},
	{Key: "next", Title: "What to do", Kind: Text, Help: "what may be done next"},
}

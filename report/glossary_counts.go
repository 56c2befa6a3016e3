package report

// The glossary's columns of tests of counts.

var countTests = []Column{
	{Key: "counts_as", Title: "Counts", Kind: Text, Help: "whether a table of counts is as it is or has its rare levels put together"},
	{Key: "stratum", Title: "Stratum", Kind: Label, Help: "rows that share a value of the stratifying column"},
	{Key: "n_levels", Title: "Levels", Kind: Count, Help: "levels that occur"},
	{Key: "n_cells", Title: "Cells", Kind: Count, Help: "cells of a table of counts"},
	{Key: "min_expected", Title: "Min expected", Kind: Real, Help: "smallest count that independence would put into a cell"},
	{Key: "below_5", Title: "Below 5", Kind: Count, Help: "cells with an expected count below 5"},
	{Key: "one_group", Title: "One-group levels", Kind: Count, Help: "levels of which every row belongs to the same group"},
	{Key: "top_group", Title: "Top group", Kind: Label, Help: "group to which most rows of the level belong"},
	{Key: "p_simulated", Title: "p simulated", Kind: PValue, Help: "p from tables drawn at random with the margins of the counts"},
}

package report

import (
	"fmt"

	"github.com/netanom/netanom/eda"
)

// redundancyTable lists the groups of columns that say nearly the same, and which
// of each to keep.
func redundancyTable(c *eda.Correlations) Table {
	t := Table{Name: "redundancy_" + c.Matrix.Method.String(), Title: "Columns that say nearly the same",
		Columns: Cols("redundant_group", "feature", "proposal", "missing", "label_eta", "mean_abs_r"),
		Note: fmt.Sprintf("Absolute correlations above %s link the columns of a group. Kept is the one with the fewest gaps, then that which goes most with the label, then with the others.",
			Format(Real, c.Threshold))}
	for i, r := range c.Redundant {
		for _, column := range r.Columns {
			proposal := "drop"
			if column.Keep {
				proposal = "keep"
			}
			t.Rows = append(t.Rows, []any{i + 1, column.Name, proposal, column.Missing, column.Label, column.Mean})
		}
		t.Footnotes = append(t.Footnotes, fmt.Sprintf("Group %d keeps %s: %s.", i+1, r.Kept(), r.Why))
	}
	t.hideZeros("missing")
	return t
}

package report

import (
	"fmt"
	"strings"

	"github.com/netanom/netanom/eda"
)

// Outliers shows the rules with their counts, and the rows farthest out.
func Outliers(o *eda.Outliers) Section {
	s := Section{ID: "outliers", Title: "Outliers", Commands: []string{"netanom outliers"},
		Lead: "Heavy tails are the rule in traffic: what lies outside these limits is worth a look, not wrong."}
	t := Table{Name: "outliers", Title: "Values outside the limits of each rule",
		Columns: detail(Cols("feature", "method", "n_out", "share", "n_low", "n_high", "lower", "upper", "n"), "n")}
	var undefined []string
	for _, r := range o.Rules {
		if r.Why != "" {
			undefined = append(undefined, r.Column)
			continue
		}
		t.Rows = append(t.Rows, []any{r.Column, r.Method, r.Total(), ratio(r.Total(), r.N), r.Below, r.Above, r.Lower, r.Upper, r.N})
	}
	if len(undefined) > 0 {
		t.Footnotes = append(t.Footnotes, "The modified z-score has no limits where at least half of the values are equal: "+strings.Join(undefined, ", ")+".")
	}
	s.Tables = append(s.Tables, t)
	if len(o.Rules) > 0 {
		s.Tables[0].Note = fmt.Sprintf("tukey: %g interquartile ranges outside the quartiles; modified_z: 0.6745 |x − median| / MAD above %g.", o.TukeyK, o.ModZ)
	}
	if len(o.Rows) > 0 {
		s.Tables = append(s.Tables, outlierRows(o))
	}
	return s
}

func outlierRows(o *eda.Outliers) Table {
	t := Table{Name: "outlier_rows", Title: "Rows farthest outside Tukey's fences", Columns: Cols("feature", "value", "row", "first_line")}
	if o.Label != "" {
		t.Columns = append(t.Columns, Col("label"))
	}
	for _, r := range o.Rows {
		row := []any{r.Column, r.Value, r.Row, nil}
		if r.Line > 0 {
			row[3] = r.Line
		}
		if o.Label != "" {
			row = append(row, r.Label)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

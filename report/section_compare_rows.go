package report

import (
	"fmt"

	"github.com/netanom/netanom/eda"
)

// The detector by which the section on labels shows what the shares of classes do.
const (
	shownRecall = 0.9
	shownFPR    = 0.05
)

// compareLabels compares the labels and classes of both tables.
func compareLabels(c *eda.Comparison) Section {
	s := Section{ID: "compare_labels", Title: "Labels"}
	l := c.Labels
	if l == nil {
		return s
	}
	s.Lead = labelLead(l)
	if l.Known {
		t := Table{Name: "compare_classes", Title: "Classes", Columns: Cols("category", "n1", "share1", "n2", "share2")}
		for _, row := range l.Categories {
			t.Rows = append(t.Rows, []any{row.Category, row.N1, ratio(row.N1, l.N1), row.N2, ratio(row.N2, l.N2)})
		}
		s.Tables = append(s.Tables, t)
	}
	t := Table{Name: "compare_labels", Title: "Values of the label", Columns: Cols("label", "category", "n1", "share1", "n2", "share2")}
	const most = 60
	for _, row := range l.Levels[:min(len(l.Levels), most)] {
		category := any(nil)
		if row.Category != "" {
			category = row.Category
		}
		t.Rows = append(t.Rows, []any{row.Level, category, row.N1, ratio(row.N1, l.N1), row.N2, ratio(row.N2, l.N2)})
	}
	if more := len(l.Levels) - most; more > 0 {
		t.Footnotes = append(t.Footnotes, fmt.Sprintf("%d more values are not listed.", more))
	}
	s.Tables = append(s.Tables, t)
	return s
}

// labelLead says in numbers what the shares of the classes do to a detector that
// stays the same.
func labelLead(l *eda.LabelShift) string {
	lead := fmt.Sprintf("PSI of the label: %s.", Format(Real, l.PSI))
	if !l.Known {
		return lead + " Which values mean normal is not known; name them with --normal."
	}
	a1, a2 := l.Attacks()
	larger, right1, right2 := eda.NormalClass, 1-a1, 1-a2
	if a1 > 0.5 {
		larger, right1, right2 = eda.AttackClass, a1, a2
	}
	return lead + fmt.Sprintf(" Attacks are %s of the first table and %s of the second: to say %s always, the larger class of the first, is right in %s of the first and %s of the second. A detector that finds %s of the attacks at a false alarm rate of %s has a precision of %s in the first and %s in the second, without being better or worse.",
		Format(Share, a1), Format(Share, a2), larger, Format(Share, right1), Format(Share, right2), Format(Share, shownRecall), Format(Share, shownFPR),
		Format(Share, eda.Precision(a1, shownRecall, shownFPR)), Format(Share, eda.Precision(a2, shownRecall, shownFPR)))
}

// compareRows says which rows of the second table the first has already.
func compareRows(c *eda.Comparison) Section {
	s := Section{ID: "compare_rows", Title: "Rows that both tables have"}
	o := c.Overlap
	if o == nil || !o.Checked {
		return s
	}
	s.Lead = fmt.Sprintf("%s of the second table's rows equal a row of the first in all %d features that both have.", Format(Share, ratio(o.Features, o.Rows)), o.Columns)
	t := Table{Name: "overlap", Title: "Rows of the second table", Columns: Cols("item", "overlap", "overlap_share")}
	add := func(item string, n int64) { t.Rows = append(t.Rows, []any{item, n, ratio(n, o.Rows)}) }
	add("equal to a row of the first in all features", o.Features)
	if o.HasLabel {
		add("of these with the same label", o.Labelled)
		add("of these only with another label", o.OtherLabel)
	}
	if o.HasClass {
		add("of these only with the other class", o.OtherClass)
	}
	add("equal in every column but names of rows", o.Exact)
	s.Tables = []Table{t}
	return s
}

package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netanom/netanom/eda"
)

// Outliers shows how well rules for outliers find attacks, where that is known,
// the rules with their counts, the rows farthest out, and the rows' scores by
// several columns. private leaves out single rows and cells.
func Outliers(o *eda.Outliers, private bool) []Section {
	var out []Section
	if len(o.Quality) > 0 {
		out = append(out, outlierQuality(o))
	}
	out = append(out, outlierRules(o, private))
	if len(o.ESD) > 0 {
		out = append(out, outlierESD(o, private))
	}
	if len(o.Scores) > 0 {
		out = append(out, outlierScores(o, private))
	}
	out[0].Warnings = o.Warnings
	for i := range out {
		out[i].Commands = []string{"netanom outliers"}
	}
	return out
}

// OutlierDigest is what of these sections fits a terminal: of the rules judged by
// the label, the best and the worst.
func OutlierDigest(sections []Section) []Section {
	const best, worst = 10, 5
	out := slices.Clone(sections)
	for i := range out {
		s := &out[i]
		if s.ID != "outlier_quality" || len(s.Tables[0].Rows) <= best+worst+1 {
			continue
		}
		s.Tables = slices.Clone(s.Tables)
		t := &s.Tables[0]
		between := len(t.Rows) - best - worst
		t.Rows = slices.Concat(t.Rows[:best], t.Rows[len(t.Rows)-worst:])
		t.Footnotes = append(slices.Clone(t.Footnotes), fmt.Sprintf("Shown are the best %d and the worst %d; %d lie between (--format csv has them all).", best, worst, between))
	}
	return out
}

// inGroups returns the columns of several keys, with the group behind the first
// where rules are applied within groups.
func inGroups(o *eda.Outliers, keys ...string) []Column {
	if o.Within != "" {
		keys = slices.Insert(keys, 1, "group")
	}
	return Cols(keys...)
}

// withinRow is the row below inGroups.
func withinRow(o *eda.Outliers, group string, cells ...any) []any {
	if o.Within != "" {
		cells = slices.Insert(cells, 1, any(group))
	}
	return cells
}

// outlierRules shows the rules for single columns.
func outlierRules(o *eda.Outliers, private bool) Section {
	s := Section{ID: "outliers", Title: "Outliers",
		Lead: "Heavy tails are the rule in traffic: what lies outside these limits is worth a look, not wrong."}
	if o.Within != "" {
		s.Title = "Outliers within " + o.Within
	}
	t := Table{Name: "outliers", Title: "Values outside the limits of each rule",
		Columns: detail(inGroups(o, "feature", "method", "n_out", "share", "n_low", "n_high", "lower", "upper", "n"), "n")}
	undefined := reasons{}
	for _, r := range o.Rules {
		if r.Why != "" {
			undefined.add(r.Why, r.Column)
			continue
		}
		t.Rows = append(t.Rows, withinRow(o, r.Group, r.Column, r.Method, r.Total(), ratio(r.Total(), r.N), r.Below, r.Above, r.Lower, r.Upper, r.N))
	}
	for _, why := range undefined.list {
		where := "The modified z-score has no limits where " + why.text
		if o.Within != "" {
			where += " (in one group at least)"
		}
		t.Footnotes = append(t.Footnotes, where+": "+strings.Join(why.names, ", ")+".")
	}
	if len(o.Rules) > 0 {
		t.Note = fmt.Sprintf("tukey: %g interquartile ranges outside the quartiles; modified_z: 0.6745 |x − median| / MAD above %g.", o.TukeyK, o.ModZ)
	}
	s.Tables = append(s.Tables, t)
	if len(o.Rows) > 0 && !private {
		s.Tables = append(s.Tables, outlierRows(o))
	}
	return s
}

// reasons collects names by the reason why they are left out, both in the order in
// which they come first.
type reasons struct {
	list []reason
}

type reason struct {
	text  string
	names []string
}

func (r *reasons) add(text, name string) {
	at := slices.IndexFunc(r.list, func(known reason) bool { return known.text == text })
	if at < 0 {
		at = len(r.list)
		r.list = append(r.list, reason{text: text})
	}
	if !slices.Contains(r.list[at].names, name) {
		r.list[at].names = append(r.list[at].names, name)
	}
}

func outlierRows(o *eda.Outliers) Table {
	t := Table{Name: "outlier_rows", Title: "Rows farthest outside Tukey's fences", Columns: inGroups(o, "feature", "value", "row", "first_line")}
	if o.Label != "" {
		t.Columns = append(t.Columns, Col("label"))
	}
	for _, r := range o.Rows {
		row := withinRow(o, r.Group, r.Column, r.Value, lineOf(r.Row), lineOf(r.Line))
		if o.Label != "" {
			row = append(row, r.Label)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// lineOf is the cell of a line, or of the number of a row, missing where the data have
// none.
func lineOf(line int64) any {
	if line == 0 {
		return nil
	}
	return line
}

// outlierESD shows the generalised ESD test, with what it takes for granted.
func outlierESD(o *eda.Outliers, private bool) Section {
	s := Section{ID: "outlier_esd", Title: "Generalised ESD test"}
	t := Table{Name: "outlier_esd", Title: "Outliers of a normal sample (Rosner)",
		Columns: detail(inGroups(o, "feature", "n_out", "statistic", "critical", "value", "n"), "n"),
		Note:    "The statistic is the distance of the farthest value from the mean in standard deviations."}
	tested, rejected, full := 0, 0, 0
	for i := range o.ESD {
		e := &o.ESD[i]
		if e.Normal != nil {
			tested++
			if e.Normal.P < o.Alpha {
				rejected++
			}
		}
		if len(e.Outliers) == e.Most {
			full++
		}
		farthest := any(e.Farthest())
		if private {
			farthest = nil
		}
		t.Rows = append(t.Rows, withinRow(o, e.Group, e.Column, int64(len(e.Outliers)), e.Statistic.Value, e.Critical(), farthest, total(e.N)))
	}
	s.Lead = fmt.Sprintf("The test looks for at most %d outliers at level %g and takes the other values for normal. ", o.ESD[0].Most, o.Alpha)
	switch {
	case rejected > 0:
		s.Lead += fmt.Sprintf("Normality is rejected for %d of %d (D'Agostino's K² at that level): there the count says that tails are heavy, not that values are wrong.", rejected, len(o.ESD))
	case tested > 0:
		s.Lead += fmt.Sprintf("Normality is rejected for none of the %d that could be tested (D'Agostino's K² at that level).", tested)
	default:
		s.Lead += "Whether they are, too few values say."
	}
	if full > 0 {
		t.Footnotes = append(t.Footnotes, fmt.Sprintf("%d of %d reach the %d outliers that are looked for, and may have more; --esd raises that number.", full, len(o.ESD), o.ESD[0].Most))
	}
	s.Tables = []Table{t}
	return s
}

package report

import (
	"fmt"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
)

// outlierScores shows the rows' scores by several columns at once.
func outlierScores(o *eda.Outliers, private bool) Section {
	s := Section{ID: "outlier_scores", Title: "Outliers by several columns at once",
		Lead: "Distances flag rows beyond the 99.9 % quantile of chi-square, where one in a thousand normally distributed rows would lie; an isolation forest (100 trees of at most 256 rows) flags scores above 0.6."}
	t := Table{Name: "outlier_scores", Title: "Rows flagged by each score", Columns: inGroups(o, "method", "n_flagged", "share", "threshold", "n_features", "n_fitted", "n"),
		Note: "mahalanobis: squared distance from the mean by the covariance; mcd: by the minimum covariance determinant of at most 10,000 rows, which outliers do not shift; isolation: how few random splits set a row apart."}
	for i := range o.Scores {
		r := &o.Scores[i]
		if r.Why == "" {
			t.Rows = append(t.Rows, withinRow(o, r.Group, r.Method, r.Flagged, ratio(r.Flagged, r.N), r.Limit, int64(len(r.Columns)), r.Fitted, r.N))
		}
	}
	for i := range o.Quality {
		if q := &o.Quality[i]; q.Column == "" {
			t.Footnotes = append(t.Footnotes, fmt.Sprintf("An attack has a higher %s score than a normal row in %s of all pairs (ROC AUC %s).", q.Method, Format(Share, q.AUC), Format(Real, q.AUC)))
		}
	}
	t.Footnotes = append(t.Footnotes, scoreCaveats(o)...)
	for i := range o.Scores {
		if r := &o.Scores[i]; r.Why == "" && o.Within == "" && len(r.LeftOut) > len(r.Columns) {
			t.Footnotes = append(t.Footnotes, fmt.Sprintf("%s uses %s.", r.Method, strings.Join(r.Columns, ", ")))
		}
	}
	t.Footnotes = append(t.Footnotes, leftOut(o)...)
	s.Tables = append(s.Tables, t)
	if len(o.Top) > 0 && !private {
		s.Tables = append(s.Tables, topRows(o))
	}
	isolationFigure(&s, o)
	return s
}

// crowded is the share of rows flagged from which on a limit made for normal rows
// says little.
const crowded = 0.25

// scoreCaveats say what is to be known of the scores that there are.
func scoreCaveats(o *eda.Outliers) []string {
	var out []string
	many := reasons{}
	for i := range o.Scores {
		r := &o.Scores[i]
		if r.Why != "" {
			continue
		}
		if r.N < r.Rows {
			where := ""
			if r.Group != "" {
				where = " in " + r.Group
			}
			out = append(out, fmt.Sprintf("%s of %s rows%s have no %s score: they miss a value.", Format(Count, r.Rows-r.N), Format(Count, r.Rows), where, r.Method))
		}
		if ratio(r.Flagged, r.N) > crowded {
			many.add(r.Method, r.Group)
		}
	}
	for _, m := range many.list {
		where := ""
		if o.Within != "" {
			where = " in " + strings.Join(m.names, ", ")
		}
		out = append(out, fmt.Sprintf("%s flags more than a quarter of the rows%s: they are no single normal cloud, and its limit says little; the order of the scores may say more.", m.text, where))
	}
	return out
}

// leftOut says which scores there are not, and which columns they do not use.
func leftOut(o *eda.Outliers) []string {
	var out []string
	none, everywhere := reasons{}, reasons{}
	for i := range o.Scores {
		r := &o.Scores[i]
		if r.Why != "" {
			what := r.Method
			if r.Group != "" {
				what += " in " + r.Group
			}
			none.add(r.Why, what)
		}
		for _, c := range r.LeftOut {
			everywhere.add(r.Method+"\x00"+c.Why, c.Column)
		}
	}
	for _, why := range none.list {
		out = append(out, fmt.Sprintf("There is no score by %s, because %s.", strings.Join(why.names, ", "), why.text))
	}
	where := ""
	if o.Within != "" {
		where = " (in one group at least)"
	}
	for _, why := range mergeMethods(everywhere.list) {
		out = append(out, fmt.Sprintf("Left out%s because %s: %s.", where, why.text, strings.Join(why.names, ", ")))
	}
	return out
}

// mergeMethods names a reason once for all methods that leave out the same columns.
func mergeMethods(list []reason) []reason {
	var out []reason
	for i, r := range list {
		method, why, _ := strings.Cut(r.text, "\x00")
		names := strings.Join(r.names, ", ")
		again := false
		for _, earlier := range list[:i] {
			_, text, _ := strings.Cut(earlier.text, "\x00")
			again = again || text == why && strings.Join(earlier.names, ", ") == names
		}
		if again {
			continue
		}
		methods := []string{method}
		for _, later := range list[i+1:] {
			m, text, _ := strings.Cut(later.text, "\x00")
			if text == why && strings.Join(later.names, ", ") == names {
				methods = append(methods, m)
			}
		}
		out = append(out, reason{text: fmt.Sprintf("%s (%s)", why, strings.Join(methods, ", ")), names: r.names})
	}
	return out
}

// topRows lists the rows of the highest isolation scores and what sets them apart.
func topRows(o *eda.Outliers) Table {
	t := Table{Name: "outlier_top", Title: "Rows of the highest isolation scores",
		Columns: detail(Cols("row", "first_line", "isolation_score", "mahalanobis", "mcd_distance"), "mahalanobis", "mcd_distance"),
		Note:    "In brackets: the distance from the mean in standard deviations."}
	if o.Within != "" {
		t.Columns = append(t.Columns, Col("group"))
		t.Note = "In brackets: the distance from the mean of the group in standard deviations."
	}
	if o.Label != "" {
		t.Columns = append(t.Columns, Col("label"))
	}
	t.Columns = append(t.Columns, Col("farthest"))
	for i := range o.Top {
		r := &o.Top[i]
		row := []any{lineOf(r.Row), lineOf(r.Line), r.Isolation, r.Distance, r.Robust}
		if o.Within != "" {
			row = append(row, r.Group)
		}
		if o.Label != "" {
			row = append(row, r.Label)
		}
		t.Rows = append(t.Rows, append(row, farthestColumns(r)))
	}
	return t
}

func farthestColumns(r *eda.ScoredRow) string {
	var parts []string
	for _, f := range r.Farthest {
		parts = append(parts, fmt.Sprintf("%s %s (%+.1f)", f.Column, Format(Real, f.Value), f.Z))
	}
	return strings.Join(parts, ", ")
}

// isolationFigure draws the isolation scores, by class where classes are known.
func isolationFigure(s *Section, o *eda.Outliers) {
	tally, err := o.IsolationScores()
	if err == nil && tally.Total() == 0 {
		return
	}
	if err != nil {
		s.draw("isolation", nil, err)
		return
	}
	d := plots.HistogramData{Label: "isolation score", Values: tally.Values,
		Title: fmt.Sprintf("Half of the rows have an isolation score below %s", Format(Real, tally.Pooled().Quantile(0, 0.5)))}
	if tally.NumGroups() == 2 && tally.N(0) > 0 && tally.N(1) > 0 {
		d.Title = fmt.Sprintf("The median isolation score is %s for attacks and %s for normal rows",
			Format(Real, tally.Quantile(1, 0.5)), Format(Real, tally.Quantile(0, 0.5)))
	}
	for g := range tally.NumGroups() {
		if tally.N(g) > 0 {
			d.Groups = append(d.Groups, plots.Group{Name: tally.GroupName(g), Counts: tally.Counts[g]})
		}
	}
	fig, _, err := plots.Histogram(d)
	s.draw("isolation", fig, err)
}

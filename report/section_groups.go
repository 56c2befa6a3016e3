package report

import (
	"fmt"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
)

// groupMeasure is how a measure of numbers between groups is shown.
type groupMeasure struct {
	id, title, label, note string
	columns, hidden        []string
}

var groupMeasures = map[eda.GroupMethod]groupMeasure{
	eda.PointBiserial: {"pointbiserial", "Point-biserial correlation", "point-biserial r",
		"Above 0 the number tends to be higher where the flag is 1, or in attacks.",
		[]string{"feature", "feature2", "estimate", "conf_low", "conf_high", "p_adj", "n", "magnitude"},
		[]string{"n1", "n2", "statistic", "df", "p", "log10_p", "log10_p_adj"}},
	eda.CorrelationRatio: {"eta", "Correlation ratio η", "correlation ratio η",
		"η² is the part of the variance that lies between the levels. Intervals invert the noncentral F distribution; where the levels differ no more than by chance, they may lie below the estimate.",
		[]string{"feature", "feature2", "estimate", "conf_low", "conf_high", "eta_squared", "p_adj", "n", "magnitude"},
		[]string{"effect_low", "effect_high", "statistic", "df", "df2", "p", "log10_p", "log10_p_adj"}},
}

// Grouped shows how numbers differ between groups, strongest first.
func Grouped(g *eda.Grouped) Section {
	m := groupMeasures[g.Method]
	s := Section{ID: "corr_" + m.id, Title: m.title, Warnings: g.Warnings, Commands: []string{"netanom corr --method " + m.id}}
	t := Table{Name: "corr_" + m.id, Title: "Pairs, strongest first", Note: m.note,
		Columns: append(Cols(m.columns...), detail(Cols(m.hidden...), m.hidden...)...)}
	for i := range g.Pairs {
		t.Rows = append(t.Rows, groupedRow(g.Method, &g.Pairs[i]))
	}
	if len(g.Pairs) > 0 {
		top := g.Pairs[0]
		s.Lead = fmt.Sprintf("%s: %s. Magnitudes after %s.", strongest(len(g.Pairs), top.Number, top.Group),
			Format(Real, top.Estimate.Value), top.Effect.Rule)
	}
	if len(g.LeftOut) > 0 {
		t.Footnotes = append(t.Footnotes, "Left out because they have too many levels: "+strings.Join(g.LeftOut, ", ")+".")
	}
	if len(g.Constant) > 0 {
		t.Footnotes = append(t.Footnotes, "Left out because they have one value only: "+strings.Join(g.Constant, ", ")+".")
	}
	s.Tables = []Table{t}
	groupedFigure(&s, g)
	return s
}

func groupedRow(method eda.GroupMethod, p *eda.GroupedPair) []any {
	row := []any{p.Number, p.Group, p.Estimate.Value, p.CI.Low, p.CI.High}
	tested := []any{P{p.PAdjusted, p.Log10PAdjusted}, total(p.N), p.Effect.Magnitude}
	tail := []any{P{p.P, p.Log10P}, p.Log10P, p.Log10PAdjusted}
	if method == eda.PointBiserial {
		row = append(append(row, tested...), p.N[0], p.N[1], p.Statistic.Value, p.DF[0])
	} else {
		row = append(append(append(row, p.Effect.Value), tested...), p.Effect.CI.Low, p.Effect.CI.High, p.Statistic.Value, p.DF[0], p.DF[1])
	}
	return append(row, tail...)
}

// groupedFigure draws the numbers against what makes the groups.
func groupedFigure(s *Section, g *eda.Grouped) {
	if len(g.Pairs) == 0 || len(g.Numbers) > maxHeatmap || len(g.Groups) > maxHeatmap {
		return
	}
	top := g.Pairs[0]
	d := plots.HeatmapData{Rows: g.Numbers, Columns: g.Groups, Values: g.Matrix(), Label: groupMeasures[g.Method].label,
		Correlation: g.Method == eda.PointBiserial, Scale: plots.Linear,
		Title: fmt.Sprintf("%s and %s go together most (%s)", top.Number, top.Group, Format(Real, top.Estimate.Value))}
	fig, err := plots.Heatmap(d)
	s.draw("matrix", fig, err)
}

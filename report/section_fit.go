package report

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
)

// Fits shows how the levels of columns agree with expected shares, a section for
// each column.
func Fits(f *eda.Fits) ([]Section, error) {
	var out []Section
	for _, x := range f.Fits {
		s, err := fitSection(x, f.Equal)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func fitSection(x *eda.Fit, equal bool) (Section, error) {
	r := x.Test.Pearson
	s := Section{ID: "fit_" + x.Name, Title: fmt.Sprintf("%s against expected shares", x.Name), Lead: fitLead(x, equal)}
	effects := effectTable(fmt.Sprintf("Magnitude: %s. Interval of %s, by the noncentral chi-square.", r.Effect.Rule, Format(Share, r.Effect.CI.Level)))
	effects.addEffect(r.Effect.Name, r.Effect.Value, r.Effect.CI, r.Effect.Magnitude, "noncentral chi-square")
	tests := testTable(&x.Test.Pearson, &x.Test.G)
	tests.Note = fmt.Sprintf("Smallest expected count: %s; %d of %d are below 5.", Format(Real, x.Expected.Min), x.Expected.Below5, x.Expected.Cells)
	tests.Footnotes = nil
	tests.Rows[0][tests.column("p_adj")], tests.Rows[0][tests.column("log10_p_adj")] = P{x.PAdjusted, x.Log10PAdjusted}, x.Log10PAdjusted
	cells := Table{Name: "cells", Title: "Levels by contribution",
		Columns: detail(Cols("level", "observed", "expected", "adj_residual", "contribution", "p_adj", "residual", "share1", "share2", "p", "log10_p", "log10_p_adj"),
			"residual", "share1", "share2", "p", "log10_p", "log10_p_adj"),
		Note: "Adjusted residual: standard normal if the shares are as expected; its p is adjusted over the levels."}
	n := float64(total(r.N))
	for _, c := range x.Cells {
		cells.Rows = append(cells.Rows, []any{c.Row, c.Observed, c.Expected, c.AdjResidual, c.Contribution / r.Statistic.Value, P{c.PAdjusted, c.Log10PAdjusted},
			c.Residual, float64(c.Observed) / n, c.Expected / n, P{c.P, c.Log10P}, c.Log10P, c.Log10PAdjusted})
	}
	s.Tables = []Table{effects, tests, cells}
	s.about(x.Name)
	if x.Expected.Warning() != nil {
		s.Warnings = append(s.Warnings, fmt.Sprintf("Of %d levels %d have an expected count below 5, the smallest %s: p is not to be relied on.", x.Expected.Cells, x.Expected.Below5, Format(Real, x.Expected.Min)))
	}
	if x.Missing > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("Left out: %s without a value of %s.", things(x.Missing, "row"), x.Name))
	}
	return s, fitFigure(&s, x)
}

// fitLead says by the effect whether levels occur as expected, with p beside it.
func fitLead(x *eda.Fit, equal bool) string {
	r, as := x.Test.Pearson, "in the shares expected"
	if equal {
		as = "equally often"
	}
	size := fmt.Sprintf("w = %s (%s to %s; %s), %s", Format(Real, r.Effect.Value), Format(Real, r.Effect.CI.Low), Format(Real, r.Effect.CI.High), r.Effect.Rule, pOf(r))
	top := x.Cells[0]
	most := fmt.Sprintf(" Most of it: %s, %s where %s would be expected.", top.Row, things(top.Observed, "row"), Format(Count, math.Round(top.Expected)))
	switch {
	case r.P >= x.Alpha:
		return fmt.Sprintf("That the levels of %s do not occur %s is not shown: %s.", x.Name, as, size)
	case r.Effect.Magnitude == "negligible":
		return fmt.Sprintf("The levels of %s do not occur %s, but the departure is negligible: %s.%s", x.Name, as, size, most)
	}
	return fmt.Sprintf("The levels of %s do not occur %s; the departure is %s: %s.%s", x.Name, as, r.Effect.Magnitude, size, most)
}

// fitFigure draws how far each level is from what is expected of it.
func fitFigure(s *Section, x *eda.Fit) error {
	const most = 40
	d := plots.RankingData{Label: "adj. residual", Below: "fewer than expected", Above: "more than expected",
		Title: fmt.Sprintf("Of %s, %s departs most from what is expected", x.Name, x.Cells[0].Row)}
	for _, c := range x.Cells[:min(most, len(x.Cells))] {
		d.Rows = append(d.Rows, plots.Effect{Name: c.Row, Estimate: c.AdjResidual, Low: math.NaN(), High: math.NaN()})
	}
	fig, err := plots.Ranking(d)
	if err != nil {
		return fmt.Errorf("drawing %s: %w", x.Name, err)
	}
	s.Figures = append(s.Figures, drawn("residuals", fig))
	return nil
}

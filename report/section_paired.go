package report

import (
	"fmt"

	"github.com/netanom/netanom/eda"
)

// Paired shows how two columns with the same two levels disagree.
func Paired(p *eda.Paired) Section {
	m := p.Test
	r := m.Exact
	s := Section{ID: "mcnemar", Title: fmt.Sprintf("%s against %s, row by row", p.A, p.B), Lead: pairedLead(p)}
	effects := effectTable(fmt.Sprintf("Magnitude: Cohen 1988. Odds: rows where %s is %s and %s is %s against the reverse. Intervals of %s, exact (Clopper and Pearson).",
		p.A, m.Levels[0], p.B, m.Levels[1], Format(Share, r.CI.Level)))
	effects.addEffect(r.Effect.Name, r.Effect.Value, r.Effect.CI, r.Effect.Magnitude, "exact")
	effects.addEffect("odds ratio of disagreeing rows", r.Estimate.Value, r.CI, "", "exact")
	cells := Table{Name: "cells", Title: "Rows by both columns", Columns: Cols("level", "group", "observed", "share"),
		Note: fmt.Sprintf("Level: of %s. Group: of %s.", p.A, p.B)}
	for i, counts := range p.Table.Counts {
		for j, n := range counts {
			cells.Rows = append(cells.Rows, []any{p.Table.Rows[i], p.Table.Cols[j], n, ratio(n, p.Table.N)})
		}
	}
	tests := testTable(&m.Exact, &m.Plain, &m.Corrected)
	s.Tables = []Table{effects, tests, cells}
	if r.Missing > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("Left out: %s without a value of %s or %s.", things(r.Missing, "row"), p.A, p.B))
	}
	return s
}

// pairedLead says by the effect which way two columns disagree, with p beside it.
func pairedLead(p *eda.Paired) string {
	m := p.Test
	b, c := m.Discord[0], m.Discord[1]
	split := fmt.Sprintf("In %s %s is %s where %s is %s, in %s the reverse", things(b, "row"), p.A, m.Levels[0], p.B, m.Levels[1], Format(Count, c))
	size := fmt.Sprintf("g = %s (%s to %s; Cohen 1988), %s", Format(Real, m.Exact.Effect.Value), Format(Real, m.Exact.Effect.CI.Low), Format(Real, m.Exact.Effect.CI.High), pOf(m.Exact))
	agree := fmt.Sprintf("They agree in %s of the rows.", Format(Share, ratio(p.Table.N-b-c, p.Table.N)))
	switch {
	case m.Exact.P >= p.Alpha:
		return fmt.Sprintf("%s. That one has a level more often than the other is not shown: %s. %s", split, size, agree)
	case m.Exact.Effect.Magnitude == "negligible":
		return fmt.Sprintf("%s: a negligible difference, %s. %s", split, size, agree)
	}
	return fmt.Sprintf("%s: a %s difference among them, %s. %s", split, m.Exact.Effect.Magnitude, size, agree)
}

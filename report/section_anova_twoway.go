package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

// TwoWay shows how columns depend on two factors, a section for each column.
func TwoWay(r *eda.TwoWayReport) ([]Section, error) {
	var out []Section
	for i := range r.Features {
		f := &r.Features[i]
		s := Section{ID: "anova_" + f.Name, Title: fmt.Sprintf("%s by %s and %s", f.Name, r.Factors[0], r.Factors[1]),
			Lead: twoWayVerdict(r, f), Warnings: f.Notes}
		for _, sums := range f.Sums {
			s.Tables = append(s.Tables, sourcesTable(f, sums))
		}
		s.Tables = append(s.Tables, cellsTable(r, f))
		if err := cellsFigure(&s, r, f); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	out[0].Warnings = append(out[0].Warnings, r.LeftOut...)
	if r.Ungrouped > 0 {
		out[0].Warnings = append(out[0].Warnings, fmt.Sprintf("%s in no cell and do not count.", areRows(r.Ungrouped)))
	}
	return out, nil
}

// twoWayVerdict says which source of variation has the largest effect, and what may
// mislead.
func twoWayVerdict(r *eda.TwoWayReport, f *eda.TwoWayFeature) string {
	sources := f.Sums[0].Sources
	top := largestSource(sources)
	said := []string{fmt.Sprintf("Of the variance of %s that the others leave, %s accounts for %s, %s (partial η² = %s, %s interval %s to %s; %s), p %s.",
		f.Name, top.Name, Format(Share, top.Effect.Value), effectWord(top.Effect.Magnitude), Format(Real, top.Effect.Value), Format(Share, r.Level),
		Format(Real, top.Effect.CI.Low), Format(Real, top.Effect.CI.High), top.Effect.Rule, equalsP(top.Result))}
	if f.Log != nil {
		if log := largestSource(f.Log); log.Name != top.Name || log.Effect.Magnitude != top.Effect.Magnitude && apart(log.Effect.CI, top.Effect.CI) {
			said = append([]string{fmt.Sprintf("Means and logarithms of %s disagree: of log(1+x), %s accounts for most (partial η² = %s, %s). A mean follows the few largest values of its cell.",
				f.Name, log.Name, Format(Real, log.Effect.Value), log.Effect.Magnitude)}, said...)
		}
	}
	if len(sources) > 2 && sources[2].Effect.Magnitude != "negligible" && sources[2].P < 1-r.Level {
		said = append(said, fmt.Sprintf("The factors interact (partial η² = %s, %s): what one does depends on the level of the other, so that neither is told by its own row alone.",
			Format(Real, sources[2].Effect.Value), sources[2].Effect.Magnitude))
	}
	if f.Balanced {
		said = append(said, "All cells have as many values, so that the types of sums of squares agree.")
	} else {
		said = append(said, "The cells differ in size, so that the types of sums of squares answer different questions.")
	}
	return strings.Join(said, " ")
}

// largestSource returns the source with the largest effect.
func largestSource(sources []stats.Source) *stats.Source {
	top := &sources[0]
	for i := range sources {
		if sources[i].Effect.Value > top.Effect.Value {
			top = &sources[i]
		}
	}
	return top
}

// sumsTitles name the types of sums of squares, with the question that each answers.
var sumsTitles = map[stats.SumsOfSquares]struct{ id, title, note string }{
	stats.TypeI:   {"i", "Type I", "The first factor as it is, the second beyond the first."},
	stats.TypeII:  {"ii", "Type II", "Each factor beyond the other."},
	stats.TypeIII: {"iii", "Type III", "Each factor in the plain means of the cells' means, however large the cells."},
}

// sourcesTable lists the sources of variation.
func sourcesTable(f *eda.TwoWayFeature, sums eda.TwoWaySums) Table {
	words := sumsTitles[sums.Kind]
	t := Table{Name: "anova_type_" + words.id, Title: words.title + " sums of squares", Note: words.note + " Effect: partial η².",
		Columns: detail(Cols("term", "effect", "effect_low", "effect_high", "magnitude", "df", "statistic", "p", "sum_sq", "mean_sq", "effect_name", "df2", "log10_p"),
			"sum_sq", "mean_sq", "effect_name", "df2", "log10_p")}
	t.Columns[6].Title = "F"
	for _, s := range sums.Sources {
		t.Rows = append(t.Rows, []any{s.Name, s.Effect.Value, s.Effect.CI.Low, s.Effect.CI.High, s.Effect.Magnitude, s.DF[0], s.Statistic.Value,
			P{s.P, s.Log10P}, s.SumSq, s.SumSq / s.DF[0], s.Effect.Name, s.DF[1], s.Log10P})
	}
	sumSq, df := f.Residual()
	t.Rows = append(t.Rows, []any{"residual", nil, nil, nil, nil, df, nil, nil, sumSq, sumSq / df, nil, nil, nil})
	return t
}

// cellsTable describes the cells.
func cellsTable(r *eda.TwoWayReport, f *eda.TwoWayFeature) Table {
	t := Table{Name: "anova_cells", Title: "Cells", Columns: Cols("group", "group2", "n", "mean", "sd")}
	t.Columns[0].Title, t.Columns[1].Title = r.Factors[0], r.Factors[1]
	for i, row := range f.Cells {
		for j, m := range row {
			if m.N > 0 {
				t.Rows = append(t.Rows, []any{r.Levels[0][i], r.Levels[1][j], m.N, m.Mean, m.SD()})
			}
		}
	}
	if f.Empty > 0 {
		t.Note = fmt.Sprintf("%s without values left out.", countOf(f.Empty, "cell"))
	}
	return t
}

// cellsFigure draws the means of the cells.
func cellsFigure(s *Section, r *eda.TwoWayReport, f *eda.TwoWayFeature) error {
	if max(len(f.Cells), len(f.Cells[0])) > maxHeatmap {
		return nil
	}
	values := make([][]float64, len(f.Cells))
	var low, high [2]int
	at := func(cell [2]int) float64 { return f.Cells[cell[0]][cell[1]].Mean }
	begun := false
	for i, row := range f.Cells {
		for j, m := range row {
			if m.N == 0 {
				values[i] = append(values[i], math.NaN())
				continue
			}
			values[i] = append(values[i], m.Mean)
			if cell := [2]int{i, j}; !begun {
				low, high, begun = cell, cell, true
			} else if m.Mean < at(low) {
				low = cell
			} else if m.Mean > at(high) {
				high = cell
			}
		}
	}
	if at(low) < 0 {
		return nil // the colours are those of magnitudes
	}
	name := func(cell [2]int) string { return r.Levels[0][cell[0]] + " and " + r.Levels[1][cell[1]] }
	fig, err := plots.Heatmap(plots.HeatmapData{Rows: r.Levels[0], Columns: r.Levels[1], Values: values, Label: "mean of " + f.Name,
		Title: fmt.Sprintf("The mean of %s runs from %s (%s) to %s (%s)", f.Name, Format(Real, at(low)), name(low), Format(Real, at(high)), name(high))})
	if err != nil {
		return err
	}
	s.Figures = append(s.Figures, drawn("cells", fig))
	return nil
}

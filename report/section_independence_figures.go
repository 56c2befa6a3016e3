package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
)

// The most levels and groups that a heat map of residuals can show.
const (
	maxMapLevels = 25
	maxMapGroups = 30
)

// residualMap draws the adjusted residuals: of the levels that contribute most, if
// there are too many.
func residualMap(s *Section, x *eda.TableTest) error {
	if len(x.Table.Cols) > maxMapGroups {
		s.Warnings = append(s.Warnings, fmt.Sprintf("There is no picture of %d groups; choose up to %d with --group.", len(x.Table.Cols), maxMapGroups))
		return nil
	}
	parts := make([]float64, len(x.Table.Rows))
	values := make([][]float64, len(x.Table.Rows))
	for i := range values {
		values[i] = make([]float64, len(x.Table.Cols))
	}
	beyond := 0
	for _, c := range x.Cells {
		parts[c.Level] += c.Contribution
		values[c.Level][c.Group] = c.AdjResidual
		if math.Abs(c.AdjResidual) > 3 {
			beyond++
		}
	}
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(parts[b], parts[a]) })
	top := x.Cells[0]
	d := plots.HeatmapData{Columns: x.Table.Cols, Label: "adjusted residual", Signed: true, Scale: plots.Linear,
		Title: fmt.Sprintf("%d of %d cells are more than 3 standard errors from independence; farthest by contribution is %s in %s", beyond, len(x.Cells), top.Row, top.Col)}
	if len(order) > maxMapLevels {
		d.Caption = fmt.Sprintf("The %d levels that contribute most, of %d.", maxMapLevels, len(order))
		order = order[:maxMapLevels]
	}
	for _, i := range order {
		d.Rows, d.Values = append(d.Rows, x.Table.Rows[i]), append(d.Values, values[i])
	}
	fig, err := plots.Heatmap(d)
	if err != nil {
		return fmt.Errorf("drawing %s: %w", x.Name, err)
	}
	s.Figures = append(s.Figures, drawn("residuals", fig))
	return nil
}

// maxShareGroups is how many groups a bar can be divided into.
const maxShareGroups = 6

// levelShares draws which part of each level belongs to which group.
func levelShares(s *Section, x *eda.TableTest) error {
	if len(x.Table.Cols) > maxShareGroups {
		return nil
	}
	d := plots.BarsData{Label: x.Name, Counted: "rows", Shares: true, Limit: maxMapLevels, Title: shareTitle(x)}
	for _, group := range x.Table.Cols {
		d.Groups = append(d.Groups, plots.Group{Name: group})
	}
	for _, i := range x.Levels() {
		d.Names = append(d.Names, x.Table.Rows[i])
		for j, n := range x.Table.Counts[i] {
			d.Groups[j].Counts = append(d.Groups[j].Counts, n)
		}
	}
	fig, err := plots.Bars(d)
	if err != nil {
		return fmt.Errorf("drawing %s: %w", x.Name, err)
	}
	s.Figures = append(s.Figures, drawn("shares", fig))
	return nil
}

// shareTitle says how far the levels lie apart in the share of one group.
func shareTitle(x *eda.TableTest) string {
	group := 0
	share := func(i int) float64 { return ratio(x.Table.Counts[i][group], x.Table.RowTotals[i]) }
	low, high := 0, 0
	for i := range x.Table.Rows {
		if share(i) < share(low) {
			low = i
		}
		if share(i) > share(high) {
			high = i
		}
	}
	return fmt.Sprintf("The share of %s runs from %s (%s) to %s (%s)", x.Table.Cols[group],
		Format(Share, share(low)), x.Table.Rows[low], Format(Share, share(high)), x.Table.Rows[high])
}

// independenceRankingFigure draws the effects of all columns.
func independenceRankingFigure(s *Section, d *eda.Independence) error {
	r := plots.RankingData{Label: "Cramér's V, bias-corrected", Interval: "interval"}
	large, defined := 0, false
	for _, t := range d.Tests {
		e := t.Pearson.Effect
		if e.Magnitude == "large" {
			large++
		}
		if len(r.Rows) < maxRanked {
			defined = defined || !math.IsNaN(e.Value)
			r.Rows = append(r.Rows, plots.Effect{Name: t.Name, Estimate: e.Value, Low: math.Min(e.CI.Low, e.Value), High: math.Max(e.CI.High, e.Value)})
		}
	}
	if !defined {
		return nil
	}
	r.Title = fmt.Sprintf("%d of %d columns go with %s by a large effect; the first is %s", large, len(d.Tests), d.By, d.Tests[0].Name)
	fig, err := plots.Ranking(r)
	if err != nil {
		return err
	}
	s.Figures = append(s.Figures, drawn("effects", fig))
	return nil
}

package report

import (
	"fmt"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
)

// maxHeatmap is how many columns a picture of a matrix can show.
const maxHeatmap = 45

// drawMatrix adds the heat map of a measure of every two columns, with the columns
// in the given order; d holds its words. Of too many columns a warning says that
// there is no picture.
func (s *Section) drawMatrix(names []string, order []int, at func(i, j int) float64, d plots.HeatmapData) {
	if k := len(names); k > maxHeatmap {
		s.Warnings = append(s.Warnings, fmt.Sprintf("There is no picture of %d columns; choose up to %d with --feature.", k, maxHeatmap))
		return
	}
	for _, i := range order {
		d.Rows = append(d.Rows, names[i])
		row := make([]float64, len(order))
		for k, j := range order {
			row[k] = at(i, j)
		}
		d.Values = append(d.Values, row)
	}
	d.Columns = d.Rows
	if len(names) > 2 {
		d.Caption = "Columns that go together stand together: the order is that of a hierarchical clustering (average linkage on 1 less the absolute value)."
	}
	fig, err := plots.Heatmap(d)
	s.draw("matrix", fig, err)
}

// drawScatters adds the pictures of single pairs.
func (s *Section) drawScatters(c *eda.Correlations) {
	for _, pair := range c.Scatters {
		d := plots.DensityData{XLabel: pair.A, YLabel: pair.B, Counted: "rows",
			Title: fmt.Sprintf("%s against %s: %s is %s", pair.B, pair.A, coefficientNames[c.Matrix.Method], Format(Real, pair.R))}
		shown := 0
		for _, g := range pair.Groups {
			d.Groups = append(d.Groups, plots.PointGroup{Name: g.Name, X: g.X, Y: g.Y})
			shown += len(g.X)
		}
		switch {
		case pair.Sampled:
			d.Caption = fmt.Sprintf("%s rows of %s, chosen at random; the correlation is that of all.", Format(Count, shown), Format(Count, pair.Rows))
		case int64(shown) < pair.Rows:
			d.Caption = fmt.Sprintf("%s evenly spaced rows of %s; the correlation is that of all.", Format(Count, shown), Format(Count, pair.Rows))
		}
		fig, err := plots.Density(d)
		if err != nil { // a value that no axis can show
			s.Warnings = append(s.Warnings, fmt.Sprintf("There is no picture of %s against %s: %v.", pair.B, pair.A, err))
			continue
		}
		s.Figures = append(s.Figures, drawn(pair.A+"-"+pair.B, fig))
	}
}

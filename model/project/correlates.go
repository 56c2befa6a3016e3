package project

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// A Correlate is a column that goes along with an axis of a picture.
type Correlate struct {
	Column string  `json:"column"`
	Level  string  `json:"level,omitempty"` // of a column of levels: rows with it against all others
	Rho    float64 `json:"rho"`             // Spearman's rank correlation with the axis
}

// Correlates returns for each axis the most columns of x (0: all) whose rank correlation
// with it is farthest from 0, in that order. axes are the coordinates of the rows, by
// axis. x may be another matrix than the one that was laid out, with columns as they were
// before logarithms and scaling, which ranks do not feel. Missing numbers are left out,
// and so are columns that do not vary.
//
// A column that goes up and down along an axis has no correlation with it: a picture of
// neighbourhoods may show it well all the same.
//
// Errors wrap learn.ErrTarget if the axes do not fit the rows.
func Correlates(ctx context.Context, x *learn.Matrix, axes [][]float64, most, workers int) ([][]Correlate, error) {
	if err := x.Check(); err != nil {
		return nil, err
	}
	ranks := make([][]float64, len(axes))
	for a, axis := range axes {
		if len(axis) != x.Rows || !learn.Floats(axis).Finite() {
			return nil, fmt.Errorf("axis %d does not fit %d rows: %w", a+1, x.Rows, learn.ErrTarget)
		}
		ranks[a] = stats.Midranks(axis)
	}
	cells := spread(x)
	found := make([][]float64, len(cells.Columns)) // by column, by axis
	err := parallel.Each(ctx, len(found), workers, func(j int) error {
		found[j] = rhos(cells.Numbers[j], axes, ranks)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([][]Correlate, len(axes))
	numbers := len(found) - indicators(x, cells)
	for a := range axes {
		for j := range found {
			c := Correlate{Column: cells.Columns[j].Name, Rho: found[j][a]}
			if j >= numbers {
				c.Column, c.Level = cells.Columns[j].Source, cells.Columns[j].Name
			}
			if !math.IsNaN(c.Rho) {
				out[a] = append(out[a], c)
			}
		}
		slices.SortStableFunc(out[a], func(a, b Correlate) int { return cmp.Compare(math.Abs(b.Rho), math.Abs(a.Rho)) })
		if most > 0 && len(out[a]) > most {
			out[a] = out[a][:most]
		}
	}
	return out, nil
}

// indicators is how many of the columns that spread made are of levels: the last ones.
func indicators(x, cells *learn.Matrix) int {
	n := len(cells.Columns)
	for j := range x.Columns {
		if !x.Columns[j].Coded() {
			n--
		}
	}
	return n
}

// rhos are the rank correlations of a column with each axis, whose ranks are known.
func rhos(cells []float64, axes, ranks [][]float64) []float64 {
	var there []int // rows, if some are missing
	if slices.ContainsFunc(cells, math.IsNaN) {
		for i, v := range cells {
			if v == v {
				there = append(there, i)
			}
		}
		cells = learn.Take(cells, there)
		ranks = make([][]float64, len(axes))
		for a := range axes {
			ranks[a] = stats.Midranks(learn.Take(axes[a], there))
		}
	}
	own := stats.Midranks(cells)
	out := make([]float64, len(axes))
	for a := range axes {
		out[a] = correlation(own, ranks[a])
	}
	return out
}

// correlation is Pearson's of two lists of ranks, NaN if one does not vary.
func correlation(p, q []float64) float64 {
	mean := float64(len(p)+1) / 2 // of ranks, exactly
	var pp, pq, qq float64
	for i := range p {
		a, b := p[i]-mean, q[i]-mean
		pp += a * a
		pq += a * b
		qq += b * b
	}
	if pp == 0 || qq == 0 {
		return math.NaN()
	}
	return min(max(pq/math.Sqrt(pp)/math.Sqrt(qq), -1), 1)
}

// Correlates are those of the axes of the map; x is the matrix that was laid out, or one
// with other columns of the same rows.
func (m *Map) Correlates(ctx context.Context, x *learn.Matrix, most, workers int) ([][]Correlate, error) {
	x, err := m.shown(x)
	if err != nil {
		return nil, err
	}
	return Correlates(ctx, x, m.lists(), most, workers)
}

// leastRho is the weakest correlation that a caption mentions.
const leastRho = 0.3

// Caption says in a sentence for each axis what goes along with it, of correlates as
// Correlates returns them: those of at least 0.3, at most three up and three down, with
// the size of the correlation.
func Caption(axes [][]Correlate) string {
	const most = 3
	var sentences []string
	for a, correlates := range axes {
		var up, down []string
		for _, c := range correlates {
			text := fmt.Sprintf("%s (%.2f)", c.name(), math.Abs(c.Rho))
			switch {
			case math.Abs(c.Rho) < leastRho:
			case c.Rho > 0 && len(up) < most:
				up = append(up, text)
			case c.Rho < 0 && len(down) < most:
				down = append(down, text)
			}
		}
		var parts []string
		if up != nil {
			parts = append(parts, "rises with "+strings.Join(up, ", "))
		}
		if down != nil {
			parts = append(parts, "falls with "+strings.Join(down, ", "))
		}
		if parts == nil {
			parts = []string{"goes along with no column"}
		}
		sentences = append(sentences, fmt.Sprintf("Axis %d %s.", a+1, strings.Join(parts, ", and ")))
	}
	return strings.Join(sentences, " ")
}

// name is that of the column, with the level.
func (c Correlate) name() string {
	if c.Level == "" {
		return c.Column
	}
	return c.Column + " = " + c.Level
}

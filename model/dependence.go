package model

import (
	"context"
	"fmt"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// A Dependence is how the mean score of rows changes with one of their columns, all
// other columns being as they are: partial dependence [1], and the spread of the rows
// about it.
//
// [1] J. H. Friedman (2001), "Greedy function approximation: a gradient boosting machine",
// Annals of Statistics 29(5), 1189–1232, section 8.2.
type Dependence struct {
	Column string
	Points []DependencePoint
}

// A DependencePoint is the scores of rows that all have one value in a column.
type DependencePoint struct {
	Value    float64 // of numbers; NaN for levels
	Level    string
	Rows     int64 // training rows in the bin that ends at Value, or of the level
	Mean     float64
	Low, Mid float64 // the 10 % quantile and the median over the rows
	High     float64 // the 90 % quantile
}

// mostDependenceLevels is how many levels of a column are looked at, the commonest.
const mostDependenceLevels = 20

// Depend returns the dependence of the score on a column, over some rows of d: at the
// limits of the schema's bins of numbers, or at the commonest levels.
func (p *Pipeline) Depend(ctx context.Context, d *Data, rows []int, column string, o ImportanceOptions) (*Dependence, error) {
	j := slices.IndexFunc(p.Schema.Inputs, func(in Input) bool { return in.Name == column || in.canonical() == column })
	if j < 0 {
		return nil, fmt.Errorf("the model was trained without a column %q", column)
	}
	x, err := p.Schema.bind(d, someRows(rows, orElse(o.Rows, 2000), o.Seed))
	if err != nil {
		return nil, err
	}
	if x.Rows == 0 {
		return nil, fmt.Errorf("dependence on %q: %w", column, learn.ErrTooFew)
	}
	out := &Dependence{Column: p.Schema.Inputs[j].Name, Points: p.Schema.Inputs[j].grid()}
	err = parallel.Each(ctx, len(out.Points), o.Work.Workers, func(k int) error {
		s, err := p.Score(withCell(x, j, &p.Schema.Inputs[j], &out.Points[k]))
		if err != nil {
			return err
		}
		out.Points[k].summarise(s.Score)
		return nil
	})
	return out, err
}

// grid returns the values at which dependence is looked at.
func (in *Input) grid() []DependencePoint {
	var out []DependencePoint
	if !in.Coded() {
		values := in.Uppers
		if len(values) > 0 && in.Range[0] < values[0] {
			values = slices.Insert(slices.Clone(values), 0, in.Range[0])
		}
		for _, v := range values {
			bin, _ := slices.BinarySearch(in.Uppers, v)
			out = append(out, DependencePoint{Value: v, Rows: in.Counts[bin]})
		}
		return out
	}
	for k, l := range in.Levels {
		out = append(out, DependencePoint{Value: nan, Level: l, Rows: in.Counts[k]})
	}
	slices.SortStableFunc(out, func(a, b DependencePoint) int { return int(min(1, max(-1, b.Rows-a.Rows))) })
	return out[:min(len(out), mostDependenceLevels)]
}

// withCell returns x with one value in all cells of a column.
func withCell(x *learn.Matrix, j int, in *Input, at *DependencePoint) *learn.Matrix {
	out := x.Slice(0, x.Rows)
	if in.Coded() {
		out.Codes[j] = make([]int32, x.Rows)
		code := levelPlace(in.Levels, at.Level)
		for i := range out.Codes[j] {
			out.Codes[j][i] = code
		}
		return out
	}
	out.Numbers[j] = make([]float64, x.Rows)
	for i := range out.Numbers[j] {
		out.Numbers[j][i] = at.Value
	}
	return out
}

// summarise fills the point from the scores of the rows.
func (d *DependencePoint) summarise(scores []float64) {
	var m stats.Moments
	for _, s := range scores {
		m.Add(s)
	}
	stats.SortFloats(scores, make([]float64, len(scores)))
	q := stats.Quantiles(scores, 0.1, 0.5, 0.9)
	d.Mean, d.Low, d.Mid, d.High = m.Mean, q[0], q[1], q[2]
}

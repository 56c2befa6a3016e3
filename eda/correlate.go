package eda

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sort"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// CorrelateOptions choose the columns and the coefficient.
type CorrelateOptions struct {
	Features []string                // columns by any spelling; empty or "all": every number and flag
	Method   stats.CorrelationMethod // zero: Pearson's r
	Level    float64                 // confidence level; 0: 0.95
	Adjust   stats.Adjustment        // of the p-values over all pairs; zero: none
}

// Correlations are the correlations of every two numeric columns.
type Correlations struct {
	Rows     int64 // rows of the table
	Matrix   stats.CorrelationMatrix
	Pairs    []CorrelatedPair // by falling absolute correlation; pairs without one are left out
	Constant []string         // columns left out because they do not vary, or hold no value
	Warnings []string         // what is not as asked, in sentences
}

// A CorrelatedPair is one correlation with its test.
type CorrelatedPair struct {
	A, B string
	stats.Result
	PAdjusted      float64
	Log10PAdjusted float64
}

const defaultLevel = 0.95

// A fewColumnsError says that there are no two columns to relate.
type fewColumnsError struct {
	need  string
	there int
}

// Error implements error.
func (e *fewColumnsError) Error() string {
	return fmt.Sprintf("%s; there %s", e.need, choose(int64(e.there), "is 1", fmt.Sprintf("are %d", e.there)))
}

// Correlate computes the correlations of the numeric columns over the rows
// complete in each pair, with intervals and p-values adjusted over all pairs.
// Columns that do not vary are named and left out. It is an error if fewer than
// two are left, or if a column asked for by name holds no numbers.
//
// A table with more than 67,108,864 cells in these columns is reduced to evenly
// spaced rows, which the warnings say.
func Correlate(ctx context.Context, src dataset.Source, o CorrelateOptions) (*Correlations, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	wanted, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	g := &gatherer{hint: rowsOf(src)}
	if g.columns, err = numericColumns(src.Schema(), wanted); err != nil {
		return nil, err
	}
	if err := src.Scan(ctx, g); err != nil {
		return nil, err
	}
	return correlate(ctx, src.Schema(), g, o)
}

// correlate relates the gathered columns.
func correlate(ctx context.Context, s *dataset.Schema, g *gatherer, o CorrelateOptions) (*Correlations, error) {
	out := &Correlations{Rows: g.rows}
	if g.step > 1 {
		out.Warnings = append(out.Warnings, fmt.Sprintf("The correlations use one row in %d, %s of %s, because all would not fit memory.",
			g.step, grouped(int64(len(g.values[0]))), plural(g.rows, "row")))
	}
	var names []string
	var columns [][]float64
	for k, i := range g.columns {
		if isConstant(g.values[k]) {
			out.Constant = append(out.Constant, s.Columns[i].Name)
			continue
		}
		names, columns = append(names, s.Columns[i].Name), append(columns, g.values[k])
	}
	if len(columns) < 2 {
		return nil, &fewColumnsError{"a correlation needs two numeric columns that vary", len(columns)}
	}
	var err error
	out.Matrix, err = stats.Correlations(ctx, names, columns, stats.CorrelationOptions{Method: o.Method, Workers: runtime.GOMAXPROCS(0)})
	if err != nil {
		return nil, err
	}
	return out, out.test(o)
}

func isConstant(x []float64) bool {
	first := math.NaN()
	for _, v := range x {
		if v != v || v == first {
			continue
		}
		if first == first {
			return false
		}
		first = v
	}
	return true
}

// test tests every pair of the matrix and adjusts the p-values over all.
func (c *Correlations) test(o CorrelateOptions) error {
	level := orDefault(o.Level)
	for i := range c.Matrix.Len() {
		for j := i + 1; j < c.Matrix.Len(); j++ {
			r, err := c.Matrix.Test(i, j, stats.TwoSided, level)
			if undefined(err) {
				continue
			}
			if err != nil {
				return err
			}
			c.Pairs = append(c.Pairs, CorrelatedPair{A: c.Matrix.Names[i], B: c.Matrix.Names[j], Result: r})
		}
	}
	err := adjust(o.Adjust, len(c.Pairs), func(k int) (*stats.Result, *float64, *float64) {
		p := &c.Pairs[k]
		return &p.Result, &p.PAdjusted, &p.Log10PAdjusted
	})
	sort.SliceStable(c.Pairs, func(i, j int) bool {
		return strength(c.Pairs[i].Estimate.Value) > strength(c.Pairs[j].Estimate.Value)
	})
	return err
}

// strength is what pairs are sorted by; those without a coefficient come last.
func strength(coefficient float64) float64 {
	if math.IsNaN(coefficient) {
		return -1
	}
	return math.Abs(coefficient)
}

func orDefault(level float64) float64 {
	if level == 0 {
		return defaultLevel
	}
	return level
}

// undefined reports whether a pair has no result because of its data: too few
// rows with both values, or a column that is constant over them.
func undefined(err error) bool {
	return errors.Is(err, stats.ErrTooFew) || errors.Is(err, stats.ErrConstant)
}

// adjust adjusts the p-values of n results as one family. at says where a result
// is, and where its adjusted p and the logarithm of that go.
func adjust(method stats.Adjustment, n int, at func(k int) (r *stats.Result, p, log10p *float64)) error {
	logs := make([]float64, n)
	for k := range logs {
		r, _, _ := at(k)
		logs[k] = r.Log10P
	}
	adjusted, err := stats.AdjustLog10P(logs, method)
	if err != nil {
		return err
	}
	for k, l := range adjusted {
		r, p, log10p := at(k)
		*p, *log10p = math.Pow(10, l), l
		if l == r.Log10P {
			*p = r.P // without the rounding of the power
		}
	}
	return nil
}

// Redundant returns the groups of columns that correlations above the threshold
// in absolute value link, directly or through others. Groups have two columns at
// least; they, and the columns in them, are in the order of the matrix.
func (c *Correlations) Redundant(threshold float64) [][]string {
	group := make([]int, c.Matrix.Len()) // of each column: its group's first
	for i := range group {
		group[i] = i
	}
	for i := range group {
		for j := range i {
			if math.Abs(c.Matrix.At(i, j)) > threshold && group[i] != group[j] {
				from, to := max(group[i], group[j]), min(group[i], group[j])
				for k := range group {
					if group[k] == from {
						group[k] = to
					}
				}
			}
		}
	}
	members := make([][]string, len(group))
	for i, g := range group {
		members[g] = append(members[g], c.Matrix.Names[i])
	}
	var out [][]string
	for _, m := range members {
		if len(m) > 1 {
			out = append(out, m)
		}
	}
	return out
}

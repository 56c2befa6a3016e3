package eda

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
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

	Normal    []string // levels of the label that mean normal; empty: found by name
	Redundant float64  // absolute correlation above which columns say nearly the same; 0: 0.9
	Scatters  int      // most pairs of which points are kept
	Fetch     Fetch    // rows of an engine for what it cannot count
}

// Correlations are the correlations of every two numeric columns.
type Correlations struct {
	Rows      int64 // rows of the table
	Matrix    stats.CorrelationMatrix
	Order     []int            // the columns of Matrix so that those that go together stand together
	Pairs     []CorrelatedPair // by falling absolute correlation; pairs without one are left out
	Threshold float64          // absolute correlation above which columns are redundant
	Redundant []Redundancy     // in file order
	Scatters  []Scatter        // of the strongest pairs
	Constant  []string         // columns left out because they do not vary, or hold no value
	Warnings  []string         // what is not as asked, in sentences

	columns []int // of the schema, in the order of Matrix
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
type fewColumnsError struct{ text string }

// Error implements error.
func (e *fewColumnsError) Error() string { return e.text }

// fewColumns says what is needed and how many there are.
func fewColumns(need string, there int) error {
	return &fewColumnsError{fmt.Sprintf("%s; there %s", need, choose(int64(there), "is 1", fmt.Sprintf("are %d", there)))}
}

// Correlate computes the correlations of the numeric columns over the rows
// complete in each pair, with intervals and p-values adjusted over all pairs, and
// looks for columns that say nearly the same. Columns that do not vary are named
// and left out. It is an error if fewer than two are left, if a column asked for
// by name holds no numbers, and if Normal is no level of the label.
//
// Order is that of the leaves of a hierarchical clustering, by average linkage on
// 1 − |r|. Redundant groups are those that correlations above the threshold link,
// directly or through others.
//
// A table with more than 67,108,864 cells in these columns is reduced to evenly
// spaced rows, which the warnings say. An engine sums and counts over all rows; only
// rank correlations of columns of too many different values are those of a sample,
// which the warnings say too, and the points of Scatters.
func Correlate(ctx context.Context, src dataset.Source, o CorrelateOptions) (*Correlations, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	wanted, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	if wanted, err = numericColumns(src.Schema(), wanted); err != nil {
		return nil, err
	}
	g := &gatherer{hint: rowsOf(src), columns: slices.Clone(wanted), fetch: o.Fetch, full: o.Method != stats.Pearson}
	if label := src.Schema().Label(); label >= 0 && src.Schema().Columns[label].Dict != nil {
		g.also(label)
	}
	if err := src.Scan(ctx, g); err != nil {
		return nil, err
	}
	return correlate(ctx, src.Schema(), g, wanted, o)
}

// correlate relates some of the gathered columns.
func correlate(ctx context.Context, s *dataset.Schema, g *gatherer, columns []int, o CorrelateOptions) (*Correlations, error) {
	out := &Correlations{Rows: g.rows, Threshold: o.Redundant}
	if !g.asks() {
		out.Warnings = g.warnings("correlations")
	}
	if out.Threshold == 0 {
		out.Threshold = redundant
	}
	classes, err := FindClasses(s, o.Normal)
	if err != nil {
		return nil, err
	}
	if err := g.prepare(ctx, s, columns, coded(&classes)); err != nil {
		return nil, err
	}
	var names []string
	for _, i := range columns {
		if g.constant(i) {
			out.Constant = append(out.Constant, s.Columns[i].Name)
			continue
		}
		names, out.columns = append(names, s.Columns[i].Name), append(out.columns, i)
	}
	if len(names) < 2 {
		return nil, fewColumns("a correlation needs two numeric columns that vary", len(names))
	}
	if err := out.compute(ctx, names, g, o.Method); err != nil {
		return nil, err
	}
	if out.Order, err = leafOrder(out.Matrix.Len(), out.Matrix.At); err != nil {
		return nil, err
	}
	if err := out.test(o); err != nil {
		return nil, err
	}
	if out.Redundant, err = out.redundancies(ctx, s, g, &classes, out.Threshold); err != nil {
		return nil, err
	}
	out.Scatters = out.scatters(s, g, &classes, o.Scatters)
	return out, nil
}

// coded returns the label, if there is one.
func coded(c *Classes) []int {
	if c.Column < 0 {
		return nil
	}
	return []int{c.Column}
}

// compute fills the matrix: from the gathered rows, or from what an engine sums and
// counts.
func (c *Correlations) compute(ctx context.Context, names []string, g *gatherer, method stats.CorrelationMethod) (err error) {
	if !g.asks() {
		c.Matrix, err = g.matrix(ctx, names, c.columns, method)
		return err
	}
	e := &engineCorrelator{ctx: ctx, gathered: g, method: method, names: names, columns: c.columns}
	if c.Matrix, err = e.matrix(); err != nil {
		return err
	}
	if sampled := e.sampledPairs(); len(sampled) > 0 {
		why := whyManyValues
		if method == stats.Pearson {
			why = "squares of their values are beyond the range of numbers"
		}
		c.Warnings = append(c.Warnings, g.fromSample("correlations", why, sampled, len(e.pairs)))
	}
	return nil
}

// matrix correlates gathered columns.
func (g *gatherer) matrix(ctx context.Context, names []string, columns []int, method stats.CorrelationMethod) (stats.CorrelationMatrix, error) {
	values := make([][]float64, len(columns))
	for k, i := range columns {
		values[k] = g.of(i)
	}
	return stats.Correlations(ctx, names, values, stats.CorrelationOptions{Method: method, Workers: runtime.GOMAXPROCS(0)})
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

// linked returns the groups of usable columns of the matrix that correlations
// above the threshold in absolute value link, directly or through others. Groups
// have two columns at least; they, and the columns in them, are in the order of the
// matrix.
func (c *Correlations) linked(threshold float64, usable func(i int) bool) [][]int {
	group := make([]int, c.Matrix.Len()) // of each column: its group's first
	for i := range group {
		group[i] = i
		for j := range i {
			enough := c.Matrix.N(i, j) > 2 // any two rows lie on a line
			if enough && usable(i) && usable(j) && math.Abs(c.Matrix.At(i, j)) > threshold && group[i] != group[j] {
				from, to := max(group[i], group[j]), min(group[i], group[j])
				for k := range i + 1 {
					if group[k] == from {
						group[k] = to
					}
				}
			}
		}
	}
	members := make([][]int, len(group))
	for i, first := range group {
		members[first] = append(members[first], i)
	}
	return slices.DeleteFunc(members, func(m []int) bool { return len(m) < 2 })
}

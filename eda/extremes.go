package eda

import (
	"context"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// An Extreme is one of the lowest or highest values of a column and where it
// first occurs.
type Extreme struct {
	Column string
	High   bool
	Value  float64
	N      int64 // rows with this value
	Line   int64 // of the first, 0 if unknown
}

// Extremes returns the k highest different values of each profiled column of
// numbers and the k lowest of the others, from the outside inwards, with the line
// of the first occurrence of each. p is the profile of the source; columns that
// were described by group, and those of which too many values differ to be kept,
// are left out.
func Extremes(ctx context.Context, src dataset.Source, p *Profile, k int) ([]Extreme, error) {
	e := newExtremeFinder(p, k)
	if len(e.columns) == 0 {
		return nil, nil
	}
	if err := src.Scan(ctx, e); err != nil {
		return nil, err
	}
	return e.list, nil
}

// An extremeFinder is the analysis that finds the first lines of given values.
type extremeFinder struct {
	list    []Extreme // what is to be found; lines are filled in file order
	columns []extremeColumn
	workers [][]extremeSearch // per worker and column
}

// An extremeColumn is the values looked for in one column.
type extremeColumn struct {
	column int
	values []float64 // ascending
	lows   int       // how many of them are low ones
	slots  []int     // place of each in the list
}

// An extremeSearch is one worker's search of one column. Chunks come to it in
// file order, so that what it has met once it need not look for again.
type extremeSearch struct {
	rows      []int   // of each value: where it first stands in the chunk's file, -1 if not met
	low, high float64 // what lies between them need not be looked at
}

// newExtremeFinder looks for the outermost values of the profiled columns.
func newExtremeFinder(p *Profile, k int) *extremeFinder {
	e := &extremeFinder{}
	for i := range p.Columns {
		if c := &p.Columns[i]; c.Tally.Len() > 0 && c.Column.Kind == dataset.Number && p.By == "" && k > 0 {
			e.want(c, k)
		}
	}
	return e
}

// want lists the k highest values of a column, then up to k of the lowest.
func (e *extremeFinder) want(c *ColumnProfile, k int) {
	values, counts := c.Tally.Values, c.Tally.Counts[0]
	n := len(values)
	highs := min(k, n)
	col := extremeColumn{column: c.Index, lows: min(k, n-highs)}
	first := len(e.list)
	for i := range highs {
		at := n - 1 - i
		e.list = append(e.list, Extreme{Column: c.Column.Name, High: true, Value: values[at], N: counts[at]})
	}
	for at := range col.lows {
		e.list = append(e.list, Extreme{Column: c.Column.Name, Value: values[at], N: counts[at]})
		col.values, col.slots = append(col.values, values[at]), append(col.slots, first+highs+at)
	}
	for i := highs - 1; i >= 0; i-- {
		col.values, col.slots = append(col.values, values[n-1-i]), append(col.slots, first+i)
	}
	e.columns = append(e.columns, col)
}

// Start implements dataset.Analysis.
func (e *extremeFinder) Start(_ *dataset.Schema, workers int) error {
	e.workers = make([][]extremeSearch, workers)
	for w := range e.workers {
		for k := range e.columns {
			search := extremeSearch{rows: slices.Repeat([]int{-1}, len(e.columns[k].values))}
			search.narrow(&e.columns[k])
			e.workers[w] = append(e.workers[w], search)
		}
	}
	return nil
}

// Columns implements dataset.Selective.
func (e *extremeFinder) Columns(*dataset.Schema) []int {
	var out []int
	for _, col := range e.columns {
		out = append(out, col.column)
	}
	return out
}

// Batch implements dataset.Analysis.
func (e *extremeFinder) Batch(worker int, b *dataset.Batch) error {
	for k := range e.columns {
		col, search := &e.columns[k], &e.workers[worker][k]
		v := &b.Columns[col.column]
		for i := range b.Rows {
			x := v.Float(i)
			if x > search.low && x < search.high || x != x {
				continue
			}
			if at, ok := slices.BinarySearch(col.values, x); ok && search.rows[at] < 0 {
				search.rows[at] = b.RowInChunk(i)
				search.narrow(col)
			}
		}
	}
	return nil
}

// Ask implements dataset.Asking: rows of an engine have no lines, and nothing else is
// to be found.
func (e *extremeFinder) Ask(context.Context, dataset.Engine) error { return nil }

// narrow sets the bounds to the values next to the middle that were not met.
func (s *extremeSearch) narrow(col *extremeColumn) {
	s.low, s.high = math.Inf(-1), math.Inf(1)
	for i, x := range col.values {
		switch {
		case s.rows[i] >= 0:
		case i < col.lows:
			s.low = x
		default:
			s.high = min(s.high, x)
		}
	}
}

// EndChunk implements dataset.Analysis.
func (e *extremeFinder) EndChunk(worker int, c dataset.Chunk) error {
	for k := range e.columns {
		for i, row := range e.workers[worker][k].rows {
			if x := &e.list[e.columns[k].slots[i]]; row >= 0 && x.Line == 0 {
				x.Line = c.Line(row)
			}
		}
	}
	return nil
}

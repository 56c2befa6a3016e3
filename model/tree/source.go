package tree

import (
	"context"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/bin"
	"github.com/netanom/netanom/model/learn"
)

// A source is what all trees of a fit are grown from. Rows that weigh nothing are
// left out.
type source struct {
	x       *learn.Matrix
	bins    *bin.Matrix
	y       []int32
	weights []float64 // by row; nil: each row counts once
	classes int
	columns []sourceColumn
	packed  bool // there are two classes, and weights are whole and small enough for sums of 32 bits
}

// A sourceColumn is what growers need to know of a column beside its codes.
type sourceColumn struct {
	least, most []float64 // of the numbers in each bin
	fine        bool      // a bin holds different numbers
	levels      bool
	missing     uint8 // the code of cells without a value
}

// newSource sorts the rows into bins.
func newSource(ctx context.Context, x *learn.Matrix, y learn.Target, workers int) (*source, error) {
	if y.Weights != nil {
		var rows []int
		for i, w := range y.Weights {
			if w > 0 {
				rows = append(rows, i)
			}
		}
		if len(rows) < x.Rows {
			x, y = x.Take(rows), y.Take(rows)
		}
	}
	bins, err := bin.Fit(ctx, x, bin.MaxBins, workers)
	if err != nil {
		return nil, err
	}
	s := &source{x: x, bins: bins, y: y.Y, weights: y.Weights, classes: len(y.Classes), columns: make([]sourceColumn, len(x.Columns))}
	s.packed = s.classes == 2 && s.whole()
	err = parallel.Do(ctx, len(x.Columns), workers, func() func(int) {
		return func(j int) { s.columns[j] = s.column(j) }
	})
	return s, err
}

// whole reports whether any n rows, of which some may be the same, have a whole
// weight below 2³².
func (s *source) whole() bool {
	most := 1.0
	for _, w := range s.weights {
		if w != math.Trunc(w) {
			return false
		}
		most = max(most, w)
	}
	return most*float64(len(s.y)) < 1<<32
}

func (s *source) column(j int) sourceColumn {
	b := &s.bins.Columns[j]
	c := sourceColumn{levels: s.x.Columns[j].Coded(), missing: uint8(b.Bins)}
	if c.levels {
		return c
	}
	c.least, c.most = make([]float64, b.Bins), make([]float64, b.Bins)
	for i := range c.least {
		c.least[i], c.most[i] = math.Inf(1), math.Inf(-1)
	}
	codes := s.bins.Codes[j]
	for i, v := range s.x.Numbers[j] {
		if v == v {
			at := codes[i]
			c.least[at], c.most[at] = min(c.least[at], v), max(c.most[at], v)
		}
	}
	for i := range c.least {
		c.fine = c.fine || c.least[i] < c.most[i]
	}
	return c
}

// midpoint returns a number halfway between a and b, of which a is less, that is not
// less than a and less than b.
func midpoint(a, b float64) float64 {
	m := a/2 + b/2 // a + b might overflow
	if !(m >= a && m < b) {
		return a
	}
	return m
}

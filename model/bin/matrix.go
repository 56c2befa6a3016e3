package bin

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// MaxBins is how many bins of values a column can have at most: codes are bytes,
// and one of them stands for missing cells.
const MaxBins = 255

// A Column says which values each bin of a column holds. Bins are numbered from 0.
type Column struct {
	// Bins is how many bins there are for values, 0 if all cells are missing. The
	// code of a missing cell is Bins.
	Bins int
	// Edges are the upper limits of all bins but the last, ascending: a number is in
	// the first bin whose limit is at least the number. nil for levels.
	Edges []float64
	// Levels holds the bin of each level; nil for numbers.
	Levels []uint8
	// Pooled says that the last bin is shared by levels that are rarer than those of
	// the other bins.
	Pooled bool
	// Missing says that cells were missing in the rows the bins were made from.
	Missing bool
}

// Coded reports whether the column holds levels.
func (c *Column) Coded() bool { return c.Levels != nil }

// Threshold returns the number that values up to the given bin do not exceed and
// that values of later bins do: the limit of the bin, and the largest finite number
// for the last one. It is 0 for levels.
func (c *Column) Threshold(bin int) float64 {
	switch {
	case c.Coded() || bin < 0:
		return 0
	case bin < len(c.Edges):
		return c.Edges[bin]
	}
	return math.MaxFloat64
}

// Words returns how many words of 64 bits a set of the column's levels takes.
func (c *Column) Words() int { return (len(c.Levels) + 63) / 64 }

// Set appends the set of the levels that lie in the given bins to words, a bit for
// each level from the lowest bit of the first word on.
func (c *Column) Set(words []uint64, in func(bin int) bool) []uint64 {
	start := len(words)
	words = append(words, make([]uint64, c.Words())...)
	for level, b := range c.Levels {
		if in(int(b)) {
			words[start+level/64] |= 1 << (level % 64)
		}
	}
	return words
}

// A Matrix is the codes of rows, column by column.
type Matrix struct {
	Columns []Column
	Rows    int
	Codes   [][]uint8 // by column: a bin, or Column.Bins where the cell is missing
}

// Fit makes at most maxBins (2 to 255) bins of each column of x and returns the
// codes of its rows. Missing cells do not count towards maxBins.
//
// Where a column has at most maxBins distinct values, the limits are the midpoints
// of neighbouring values. Otherwise they are the quantiles i/maxBins of the values,
// each the midpoint of the two values beside it, as in scikit-learn's
// HistGradientBoostingClassifier; equal limits are merged. Columns with more than
// 16,384 distinct values in more than 200,000 rows have their quantiles taken from
// 200,000 rows, one chosen at random from each of as many stretches of equal
// length, always the same.
//
// Where a column has more than maxBins levels, those that are rarest, the later
// ones among equals, share the last bin. Levels that do not occur have a bin as
// well, so that bins are levels where there are enough.
//
// The result does not depend on workers (0: one a core). It returns learn.ErrSetting
// for other maxBins and the cause when ctx ends first.
func Fit(ctx context.Context, x *learn.Matrix, maxBins, workers int) (*Matrix, error) {
	if maxBins < 2 || maxBins > MaxBins {
		return nil, fmt.Errorf("%d bins a column, want 2 to %d: %w", maxBins, MaxBins, learn.ErrSetting)
	}
	m := &Matrix{Columns: make([]Column, len(x.Columns)), Rows: x.Rows, Codes: make([][]uint8, len(x.Columns))}
	err := parallel.Do(ctx, len(x.Columns), workers, func() func(int) {
		var t tally
		return func(j int) {
			m.Codes[j] = make([]uint8, x.Rows)
			if x.Columns[j].Coded() {
				m.Columns[j] = fitLevels(x.Codes[j], len(x.Columns[j].Levels), maxBins, m.Codes[j])
			} else {
				m.Columns[j] = t.fitNumbers(x.Numbers[j], maxBins, m.Codes[j])
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Bin returns the codes of further rows in the bins of m. Numbers beyond all that
// the bins were made from are in the first or last bin; levels that are NoLevel are
// missing. x has the columns that m was made from, in their order.
func (m *Matrix) Bin(ctx context.Context, x *learn.Matrix, workers int) (*Matrix, error) {
	if len(x.Columns) != len(m.Columns) {
		return nil, fmt.Errorf("%d columns to bin, want %d", len(x.Columns), len(m.Columns))
	}
	for j := range x.Columns {
		if len(x.Columns[j].Levels) != len(m.Columns[j].Levels) || x.Columns[j].Coded() != m.Columns[j].Coded() {
			return nil, fmt.Errorf("column %q does not hold what its bins were made from", x.Columns[j].Name)
		}
	}
	out := &Matrix{Columns: m.Columns, Rows: x.Rows, Codes: make([][]uint8, len(x.Columns))}
	err := parallel.Do(ctx, len(x.Columns), workers, func() func(int) {
		return func(j int) {
			out.Codes[j] = make([]uint8, x.Rows)
			if x.Columns[j].Coded() {
				m.Columns[j].codeLevels(x.Codes[j], out.Codes[j])
			} else {
				m.Columns[j].codeNumbers(x.Numbers[j], out.Codes[j])
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// fitLevels makes bins of levels and writes the codes of the rows to dst.
func fitLevels(codes []int32, levels, maxBins int, dst []uint8) Column {
	c := Column{Bins: min(levels, maxBins), Levels: make([]uint8, levels)}
	counts := make([]int, levels)
	for _, code := range codes {
		if code < 0 {
			c.Missing = true
		} else {
			counts[code]++
		}
	}
	if c.Pooled = levels > maxBins; !c.Pooled {
		for l := range c.Levels {
			c.Levels[l] = uint8(l)
		}
	} else {
		c.pool(counts)
	}
	c.codeLevels(codes, dst)
	return c
}

// pool gives the commonest levels bins of their own, in their order, and all others
// the last bin.
func (c *Column) pool(counts []int) {
	order := make([]int, len(counts))
	for l := range order {
		order[l] = l
	}
	slices.SortStableFunc(order, func(a, b int) int { return counts[b] - counts[a] })
	own := order[:c.Bins-1]
	slices.Sort(own)
	for l := range c.Levels {
		c.Levels[l] = uint8(c.Bins - 1)
	}
	for b, l := range own {
		c.Levels[l] = uint8(b)
	}
}

// codeLevels writes the bins of levels to dst.
func (c *Column) codeLevels(codes []int32, dst []uint8) {
	for i, code := range codes {
		if uint(code) < uint(len(c.Levels)) {
			dst[i] = c.Levels[code]
		} else {
			dst[i] = uint8(c.Bins)
		}
	}
}

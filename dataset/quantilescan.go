package dataset

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/stats"
)

// A WideColumn describes a column of numbers of which too many differ to be
// kept.
type WideColumn struct {
	Moments   stats.Moments // of the numbers, missing cells left out
	Missing   int64         // cells without a value
	Quantiles []float64     // type 7, at the probabilities asked for; NaN without a number
}

// ExactQuantiles returns the type 7 quantiles of columns of numbers at the given
// probabilities, one slice a column, in memory that does not grow with the
// table: it scans the source several times, as ScanWide does. They are those of
// stats.Quantiles on the sorted column; NaN for a probability outside [0, 1] and
// for a column without numbers.
func ExactQuantiles(ctx context.Context, src Source, columns []int, p []float64) ([][]float64, error) {
	wide, err := ScanWide(ctx, src, columns, p)
	if err != nil {
		return nil, err
	}
	quantiles := make([][]float64, len(wide))
	for i := range wide {
		quantiles[i] = wide[i].Quantiles
	}
	return quantiles, nil
}

// ScanWide describes columns of numbers in memory that does not grow with the
// table. The first scan gathers the moments, merged in the order of the file,
// and how many numbers have each of the 2^16 possible beginnings; each further
// scan looks at the next bits of those numbers among which the wanted ranks lie,
// until they are few enough to be kept and sorted. That takes two or three scans, five at most.
//
// The idea of narrowing down ranks in passes: J. I. Munro and M. S. Paterson
// (1980), Selection and sorting with limited storage, Theoretical Computer
// Science 12(3), 315–323.
func ScanWide(ctx context.Context, src Source, columns []int, p []float64) ([]WideColumn, error) {
	return scanWide(ctx, src, columns, p, keptNumbers)
}

// keptNumbers is how many numbers are kept and sorted in the last scan.
const keptNumbers = 1 << 22

func scanWide(ctx context.Context, src Source, columns []int, p []float64, keep int64) ([]WideColumn, error) {
	scan := &wideScan{columns: make([]wideSearch, len(columns))}
	for i, column := range columns {
		if column < 0 || column >= len(src.Schema().Columns) {
			return nil, fmt.Errorf("column %d does not exist", column)
		}
		scan.columns[i].index = column
	}
	for first := true; ; first = false {
		if err := src.Scan(ctx, scan); err != nil {
			return nil, err
		}
		for i := range scan.columns {
			c := &scan.columns[i]
			scan.merge(i)
			if first {
				c.want(p)
			}
			c.narrow()
		}
		if scan.settle(keep) {
			break
		}
	}
	out := make([]WideColumn, len(columns))
	for i := range out {
		c := &scan.columns[i]
		out[i] = WideColumn{Moments: c.moments, Missing: c.missing, Quantiles: c.quantiles(p)}
	}
	return out, nil
}

// A wideSearch is the search for the wanted ranks of one column.
type wideSearch struct {
	index   int
	moments stats.Moments
	missing int64
	ranks   []int64   // wanted, ascending, from 0
	values  []float64 // of those ranks, as far as they are found
	ranges  []keyRange
	fixed   uint // leading bits of keys that the ranges share
	collect bool // the next scan keeps the numbers in the ranges
}

// A keyRange is the numbers whose keys begin with the same bits, and among
// which wanted ranks lie. Keys are in the order of the numbers; see numberKey.
type keyRange struct {
	prefix     uint64 // in the place of the leading bits; the others are 0
	below      int64  // numbers smaller than these
	from, to   int    // the wanted ranks among them
	counts     []int64
	kept       []uint64
	least, top uint64 // keys seen
}

// Bits of a key that one scan tells apart: many at first, when there is one
// table a column, and fewer when there is one for every wanted rank.
const (
	firstDigit = 16
	laterDigit = 12
)

func (c *wideSearch) digit() uint {
	if c.fixed == 0 {
		return firstDigit
	}
	return laterDigit
}

// numberKey maps a number to an integer in the same order: the sign bit of a
// positive number is set, and all bits of a negative one are inverted.
func numberKey(x float64) uint64 {
	b := math.Float64bits(x + 0) // -0 is 0
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

func keyNumber(key uint64) float64 {
	return math.Float64frombits(key ^ (uint64(int64(^key)>>63) | 1<<63))
}

// want lists the ranks between which the quantiles lie, now that the number of
// numbers is known, and finds the least and the largest without a search.
func (c *wideSearch) want(p []float64) {
	n := c.moments.N
	for _, p := range p {
		if n == 0 || !(p >= 0 && p <= 1) {
			continue
		}
		lower := min(int64(float64(n-1)*p), n-1)
		c.ranks = append(c.ranks, lower, min(lower+1, n-1))
	}
	slices.Sort(c.ranks)
	c.ranks = slices.Compact(c.ranks)
	c.values = make([]float64, len(c.ranks))
	c.ranges[0].to = len(c.ranks)
}

// narrow replaces the ranges by those parts of them in which wanted ranks lie,
// and takes the values of ranks that are found.
func (c *wideSearch) narrow() {
	var next []keyRange
	for i := range c.ranges {
		r := &c.ranges[i]
		switch {
		case c.collect:
			slices.Sort(r.kept)
			for k := r.from; k < r.to; k++ {
				c.values[k] = keyNumber(r.kept[c.ranks[k]-r.below])
			}
		case r.least == r.top:
			for k := r.from; k < r.to; k++ {
				c.values[k] = keyNumber(r.least)
			}
		default:
			next = append(next, r.parts(c.ranks, 64-c.fixed-c.digit())...)
		}
	}
	c.fixed += c.digit()
	c.ranges = next
	if c.fixed < 64 {
		return
	}
	for i := range c.ranges { // of one key each
		r := &c.ranges[i]
		for k := r.from; k < r.to; k++ {
			c.values[k] = keyNumber(r.prefix)
		}
	}
	c.ranges = nil
}

// parts returns the parts of a range that hold wanted ranks; shift is the place
// of the digit that was counted.
func (r *keyRange) parts(ranks []int64, shift uint) (parts []keyRange) {
	below, k := r.below, r.from
	for digit, n := range r.counts {
		part := keyRange{prefix: r.prefix | uint64(digit)<<shift, below: below, from: k}
		for below += n; k < r.to && ranks[k] < below; k++ {
			part.to = k + 1
		}
		if part.to > part.from {
			part.counts = []int64{n}
			parts = append(parts, part)
		}
	}
	return parts
}

// quantiles reads the quantiles off a tally that has the values of the wanted
// ranks in their places.
func (c *wideSearch) quantiles(p []float64) []float64 {
	var t stats.Tally
	if len(c.ranks) > 0 {
		t.Counts = [][]int64{nil}
	}
	before := int64(0)
	for i, rank := range c.ranks {
		upTo := rank + 1
		if i == len(c.ranks)-1 {
			upTo = c.moments.N
		}
		if last := len(t.Values) - 1; last >= 0 && t.Values[last] == c.values[i] {
			t.Counts[0][last] += upTo - before
		} else {
			t.Values, t.Counts[0] = append(t.Values, c.values[i]), append(t.Counts[0], upTo-before)
		}
		before = upTo
	}
	return t.Quantiles(0, p...)
}

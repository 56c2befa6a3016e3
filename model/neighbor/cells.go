package neighbor

import (
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// Cells are rows laid out one after the other.
type Cells struct {
	N       int
	Width   int       // numbers of a row
	Codes   int       // levels of a row
	Numbers []float64 // by row
	Levels  []int32   // by row
}

// LayOut lays out the rows of a matrix: the given columns of numbers, filled up with
// zeros to a width, and the given coded columns.
func LayOut(x *learn.Matrix, numbers, coded []int, width int) Cells {
	c := Cells{N: x.Rows, Width: width, Codes: len(coded)}
	c.Numbers = make([]float64, c.N*c.Width)
	c.Levels = make([]int32, c.N*c.Codes)
	const block = 512 // rows at a time, so that they stay in the cache
	for from := 0; from < x.Rows; from += block {
		to := min(from+block, x.Rows)
		for at, j := range numbers {
			for i, v := range x.Numbers[j][from:to] {
				c.Numbers[(from+i)*c.Width+at] = v + 0 // no −0
			}
		}
		for at, j := range coded {
			for i, code := range x.Codes[j][from:to] {
				c.Levels[(from+i)*c.Codes+at] = code
			}
		}
	}
	return c
}

// Row returns the numbers of a row.
func (c *Cells) Row(i int) []float64 { return c.Numbers[i*c.Width : (i+1)*c.Width] }

// Coded returns the levels of a row.
func (c *Cells) Coded(i int) []int32 { return c.Levels[i*c.Codes : (i+1)*c.Codes] }

// Take returns the rows at the given places, in that order.
func (c *Cells) Take(places []int32) Cells {
	out := Cells{N: len(places), Width: c.Width, Codes: c.Codes}
	out.Numbers = make([]float64, 0, out.N*out.Width)
	out.Levels = make([]int32, 0, out.N*out.Codes)
	for _, i := range places {
		out.Numbers = append(out.Numbers, c.Row(int(i))...)
		out.Levels = append(out.Levels, c.Coded(int(i))...)
	}
	return out
}

// Merge returns, for each row, which of the different rows it is, counted in the
// order in which they come first, and the first of each. Rows to be skipped are none
// of them: −1. A nil skip skips none.
func (c *Cells) Merge(skip func(row int) bool) (point, first []int32) {
	size := 16
	for size < 2*c.N {
		size *= 2
	}
	table := make([]int32, size) // by hash: a point plus 1
	point = make([]int32, c.N)
	for i := range c.N {
		if skip != nil && skip(i) {
			point[i] = -1
			continue
		}
		at := int(c.hash(i)) & (size - 1)
		for ; table[at] != 0; at = (at + 1) & (size - 1) {
			if c.equal(i, int(first[table[at]-1])) {
				break
			}
		}
		if table[at] == 0 {
			first = append(first, int32(i))
			table[at] = int32(len(first))
		}
		point[i] = table[at] - 1
	}
	return point, first
}

// hash mixes the cells of a row.
func (c *Cells) hash(i int) uint64 {
	h := uint64(0x9E3779B97F4A7C15)
	for _, v := range c.Row(i) {
		h = (h ^ math.Float64bits(v)) * 0xff51afd7ed558ccd // the multiplier of MurmurHash3's finaliser
		h ^= h >> 32
	}
	for _, code := range c.Coded(i) {
		h = (h ^ uint64(uint32(code))) * 0xff51afd7ed558ccd
		h ^= h >> 32
	}
	return h
}

func (c *Cells) equal(a, b int) bool {
	return slices.Equal(c.Row(a), c.Row(b)) && slices.Equal(c.Coded(a), c.Coded(b))
}

// CellsOf lays out all columns of a matrix, each kind in its order.
func CellsOf(x *learn.Matrix) Cells {
	var numbers, coded []int
	for j := range x.Columns {
		if x.Columns[j].Coded() {
			coded = append(coded, j)
		} else {
			numbers = append(numbers, j)
		}
	}
	return LayOut(x, numbers, coded, len(numbers))
}

// Distinct returns, for each row of a matrix without missing numbers, which of the
// different rows it is, counted in the order in which they come first, and the first
// of each.
func Distinct(x *learn.Matrix) (point []int32, first []int) {
	c := CellsOf(x)
	point, places := c.Merge(nil)
	for _, i := range places {
		first = append(first, int(i))
	}
	return point, first
}

// Partition puts those places to the front that go left, and returns how many there
// are. Each side keeps its order. There must be room for one side in spare.
func Partition(places, spare []int32, left func(int32) bool) int {
	spare, at := spare[:0], 0
	for _, i := range places {
		if left(i) {
			places[at] = i
			at++
		} else {
			spare = append(spare, i)
		}
	}
	copy(places[at:], spare)
	return at
}

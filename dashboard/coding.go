package dashboard

import (
	"cmp"
	"slices"
)

// Columns of connections say much the same: who knows a row's service knows its protocol.
// So the code of a column is written as its rank among the codes that occur beside the same
// codes of one or two other columns, its parents: the most frequent has the rank 0. Ranks are
// small and mostly 0, which gzip packs well. A table says which code each rank stands for.

// A coding is how the codes of a column are written.
type coding struct {
	parents []int // columns that are decoded before; with none there are no ranks
	before  bool  // without parents: the difference to the code of the row before is written
}

// A grid is the codes of columns: of all rows, or of a sample.
type grid struct {
	rows    int
	codes   [][]uint16
	sizes   []int    // the codes of a column are below its size
	numbers []uint32 // scratch space of contexts: all zero
}

// widthOfSize is how many bytes a code below size takes.
func widthOfSize(size int) int {
	if size <= 256 {
		return 1
	}
	return 2
}

// newGrid returns the codes of all rows.
func newGrid(d *Data) *grid {
	g := &grid{rows: d.Rows}
	for j := range d.Columns {
		g.codes = append(g.codes, d.Columns[j].Codes)
		g.sizes = append(g.sizes, d.Columns[j].size())
	}
	return g
}

// mostContexts bounds the table by which a page finds the context of two codes.
const mostContexts = 1 << 18

// contexts are the rows brought together that have the same codes of the parents. They are
// numbered as they first occur, so that a page can number them by itself.
type contexts struct {
	rows []uint32 // those of the first context, then those of the second
	ends []uint32 // where the rows of each end
}

// contexts brings together the rows with the same codes of one or two columns.
func (g *grid) contexts(parents []int) contexts {
	keys := g.keys(parents)
	of := make([]uint32, g.rows)
	var ends []uint32 // how many rows each context has, first
	for i, key := range keys {
		k := g.numbers[key]
		if k == 0 {
			ends = append(ends, 0)
			k = uint32(len(ends))
			g.numbers[key] = k
		}
		ends[k-1]++
		of[i] = k - 1
	}
	for _, key := range keys {
		g.numbers[key] = 0
	}
	at := uint32(0)
	for k, n := range ends {
		ends[k], at = at, at+n
	}
	rows := make([]uint32, g.rows)
	for i, k := range of {
		rows[ends[k]] = uint32(i)
		ends[k]++
	}
	return contexts{rows, ends}
}

// keys returns a number of each row that its codes of the parents make up, and makes room
// for so many numbers.
func (g *grid) keys(parents []int) []uint32 {
	first, room := g.codes[parents[0]], g.sizes[parents[0]]
	keys := make([]uint32, g.rows)
	if len(parents) == 1 {
		for i, k := range first {
			keys[i] = uint32(k)
		}
	} else {
		second, n := g.codes[parents[1]], uint32(g.sizes[parents[1]])
		room *= int(n)
		for i, k := range first {
			keys[i] = uint32(k)*n + uint32(second[i])
		}
	}
	if len(g.numbers) < room {
		g.numbers = make([]uint32, room)
	}
	return keys
}

// ranked is a column as ranks.
type ranked struct {
	ranks  []uint16 // by row
	counts []uint16 // by context: how many codes it has, less one
	table  []uint16 // the codes of each context, by rank
}

// ranked writes the codes of a column as ranks beside its parents.
func (g *grid) ranked(column int, parents []int) ranked {
	x, codes := g.contexts(parents), g.codes[column]
	out := ranked{ranks: make([]uint16, g.rows)}
	counts := make([]uint32, g.sizes[column]) // by code, all zero between contexts
	var order []uint16
	from := uint32(0)
	for _, end := range x.ends {
		rows := x.rows[from:end]
		from = end
		order = byFrequency(counts, codes, rows, order[:0])
		for rank, k := range order {
			counts[k] = uint32(rank)
		}
		for _, i := range rows {
			out.ranks[i] = uint16(counts[codes[i]])
		}
		for _, k := range order {
			counts[k] = 0
		}
		out.counts = append(out.counts, uint16(len(order)-1))
		out.table = append(out.table, order...)
	}
	return out
}

// byFrequency counts the codes of the rows, and appends them to order: the most frequent
// first, and the least first of equally frequent ones.
func byFrequency(counts []uint32, codes []uint16, rows []uint32, order []uint16) []uint16 {
	for _, i := range rows {
		k := codes[i]
		if counts[k] == 0 {
			order = append(order, k)
		}
		counts[k]++
	}
	if len(order) > 1 {
		slices.SortFunc(order, func(a, b uint16) int {
			return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
		})
	}
	return order
}

// differences returns the difference of each code to the one before, modulo what the bytes
// of a code hold.
func differences(codes []uint16, width int) []uint16 {
	mask := uint16(1<<(8*width) - 1)
	out := make([]uint16, len(codes))
	last := uint16(0)
	for i, k := range codes {
		out[i], last = (k-last)&mask, k
	}
	return out
}

// appendPlanes appends the low bytes of all numbers, and then their high bytes if they have
// the width of two.
func appendPlanes[T uint16 | uint32](to []byte, numbers []T, width int) []byte {
	to = slices.Grow(to, width*len(numbers))
	for k := range width {
		for _, v := range numbers {
			to = append(to, byte(v>>(8*k)))
		}
	}
	return to
}

// widthOf is how many bytes the largest of the numbers takes.
func widthOf(numbers []uint16) int {
	if len(numbers) == 0 || slices.Max(numbers) < 256 {
		return 1
	}
	return 2
}

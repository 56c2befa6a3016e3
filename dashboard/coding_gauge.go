package dashboard

import (
	"cmp"
	"compress/flate"
	"math"
	"slices"
)

// planeCounts count the low and the high bytes of numbers.
type planeCounts [2][256]uint32

// add counts a number so many times.
func (c *planeCounts) add(number uint16, times uint32) {
	c[0][number&255] += times
	c[1][number>>8] += times
}

// bits is how many bits the numbers take at least if every byte is written by itself.
func (c *planeCounts) bits() float64 {
	out, all := 0.0, uint32(0)
	for p := range c {
		all = 0
		for _, n := range c[p] {
			if n > 0 {
				all += n
				out -= logSum(n)
			}
		}
		out += logSum(all)
	}
	return out
}

// logSums are n·log2 n.
var logSums = func() (out [sampleRows + 1]float64) {
	for n := 2; n < len(out); n++ {
		out[n] = float64(n) * math.Log2(float64(n))
	}
	return out
}()

// logSum returns n·log2 n, 0 for 0.
func logSum(n uint32) float64 {
	if int(n) < len(logSums) {
		return logSums[n]
	}
	return float64(n) * math.Log2(float64(n))
}

// A gauge finds the bits that a column takes as ranks.
type gauge struct {
	counts       []uint32 // by code, all zero between contexts
	touched      []uint16
	often        []uint32
	ranks, table planeCounts
}

// weigh returns the bits that the ranks of a column take in the contexts, and those of the
// table that says which code each rank stands for.
func (g *gauge) weigh(x *contexts, codes []uint16, size int) (ranks, table float64) {
	if len(g.counts) < size {
		g.counts = make([]uint32, size)
	}
	g.ranks, g.table = planeCounts{}, planeCounts{}
	from := uint32(0)
	for _, end := range x.ends {
		if end-from == 1 {
			g.ranks.add(0, 1)
			g.table.add(codes[x.rows[from]], 1)
		} else {
			g.count(codes, x.rows[from:end])
		}
		from = end
	}
	return g.ranks.bits(), g.table.bits()
}

// count counts the ranks and the codes of a context.
func (g *gauge) count(codes []uint16, rows []uint32) {
	g.touched, g.often = g.touched[:0], g.often[:0]
	for _, i := range rows {
		k := codes[i]
		if g.counts[k] == 0 {
			g.touched = append(g.touched, k)
		}
		g.counts[k]++
	}
	for _, k := range g.touched {
		g.table.add(k, 1)
		if n := g.counts[k]; n > 1 {
			g.often = append(g.often, n)
		}
		g.counts[k] = 0
	}
	if len(g.often) > 1 {
		slices.SortFunc(g.often, func(a, b uint32) int { return cmp.Compare(b, a) })
	}
	for rank, n := range g.often {
		g.ranks.add(uint16(rank), n)
	}
	for rank := len(g.often); rank < len(g.touched); rank++ {
		g.ranks.add(uint16(rank), 1)
	}
}

// A trial packs the rows of a stretch, because bits of single numbers do not tell how well
// numbers are packed that come again and again in the same order.
type trial struct {
	from, to int
	share    float64 // of all rows
	bytes    int     // that were written
	packer   *flate.Writer
}

// newTrial returns a trial of rows from the middle of so many.
func newTrial(rows int) *trial {
	n := min(rows, sampleRows)
	t := &trial{from: (rows - n) / 2, to: (rows + n) / 2, share: float64(n) / float64(max(1, rows))}
	t.packer, _ = flate.NewWriter(t, 6) // which fails at unknown levels alone
	return t
}

// Write counts bytes.
func (t *trial) Write(p []byte) (int, error) {
	t.bytes += len(p)
	return len(p), nil
}

// smaller tells whether numbers, with bytes besides for all rows, take less room than others.
func (t *trial) smaller(numbers, others []uint16, besides []byte) bool {
	one := t.packed(appendPlanes(nil, numbers[t.from:t.to], widthOf(numbers)))
	if len(besides) > 0 {
		one += t.share * t.packed(besides)
	}
	return one < t.packed(appendPlanes(nil, others[t.from:t.to], widthOf(others)))
}

// packed returns how many bytes are left of some.
func (t *trial) packed(bytes []byte) float64 {
	t.bytes = 0
	t.packer.Reset(t)
	if _, err := t.packer.Write(bytes); err != nil || t.packer.Close() != nil {
		return math.Inf(1)
	}
	return float64(t.bytes)
}

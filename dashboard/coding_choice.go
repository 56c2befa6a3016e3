package dashboard

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Parents are chosen by what a sample of rows says of the bits that a column takes beside
// every other. How fast tables and ranks grow with more rows is seen in a part of the sample.

const (
	sampleRows = 1 << 13
	partOfRows = 4       // a quarter of the sample shows the growth
	leastBits  = 2048    // a column that takes less is left as it is
	leastGain  = 1. / 50 // of the bits of a column, for a parent to be taken
)

// sample draws rows, one from each of equal stretches, and numbers their codes anew so
// that they are dense. The rows are always the same.
func (g *grid) sample(most int) (*grid, []int) {
	n := min(g.rows, most)
	rng := rand.New(rand.NewPCG(1, 2))
	rows := make([]int, n)
	for k := range rows {
		from, to := k*g.rows/n, (k+1)*g.rows/n
		rows[k] = from + rng.IntN(to-from)
	}
	out := &grid{rows: n}
	for j, codes := range g.codes {
		dense, place := make([]uint16, n), make([]uint32, g.sizes[j])
		size := uint32(0)
		for k, i := range rows {
			c := codes[i]
			if place[c] == 0 {
				size++
				place[c] = size
			}
			dense[k] = uint16(place[c] - 1)
		}
		out.codes, out.sizes = append(out.codes, dense), append(out.sizes, int(size))
	}
	return out, rows
}

// A chooser chooses how columns are written.
type chooser struct {
	all     *grid
	big     *grid
	small   *grid // part of big
	parts   []int // by column: the part of the block that it is in
	gauge   gauge
	codings []coding
	costs   []float64 // by column: bits, as its coding is now
}

// choose returns how to write each column so that few bytes are left when they are packed.
// parts says which part of the block each column is in: a parent must not be in a later one.
func choose(g *grid, parts []int) []coding {
	c := &chooser{all: g, parts: parts, codings: make([]coding, len(g.codes)), costs: make([]float64, len(g.codes))}
	if g.rows == 0 {
		return c.codings
	}
	var rows []int
	c.big, rows = g.sample(sampleRows)
	c.small, _ = c.big.sample(max(1, c.big.rows/partOfRows))
	for j := range g.codes {
		c.withoutParents(j, rows)
	}
	c.take(c.firstParents())
	c.take(c.secondParents())
	return c.codings
}

// withoutParents chooses between the codes and their differences.
func (c *chooser) withoutParents(j int, rows []int) {
	var plain, before planeCounts
	codes, mask := c.all.codes[j], uint16(1<<(8*widthOfSize(c.all.sizes[j]))-1)
	for _, i := range rows {
		plain.add(codes[i], 1)
		if i > 0 {
			before.add((codes[i]-codes[i-1])&mask, 1)
		}
	}
	up := float64(c.all.rows) / float64(len(rows))
	c.costs[j] = up * plain.bits()
	if b := up * before.bits(); b < c.costs[j]*(1-leastGain) {
		c.costs[j], c.codings[j].before = b, true
	}
}

// mostApart bounds the columns that are tried as parents: of wide tables those nearby, lest
// the time grows with the square of the columns.
const mostApart = 128

// A step is a parent that a column may take.
type step struct {
	column, parent int
	gain           float64 // bits
}

// firstParents returns what every column gains by every other one.
func (c *chooser) firstParents() []step {
	var out []step
	for p := range c.codings {
		if c.big.sizes[p] == 1 {
			continue
		}
		big, small := c.big.contexts([]int{p}), c.small.contexts([]int{p})
		for j := max(0, p-mostApart); j <= min(p+mostApart, len(c.codings)-1); j++ {
			if j != p && c.parts[p] <= c.parts[j] {
				out = c.weigh(out, step{column: j, parent: p}, &big, &small)
			}
		}
	}
	return out
}

// secondParents returns what columns with a parent gain by every other one besides.
func (c *chooser) secondParents() []step {
	var out []step
	for j := range c.codings {
		if len(c.codings[j].parents) != 1 || c.costs[j] < leastBits {
			continue
		}
		first := c.codings[j].parents[0]
		for p := max(0, j-mostApart); p <= min(j+mostApart, len(c.codings)-1); p++ {
			if p == j || p == first || c.big.sizes[p] == 1 || c.parts[p] > c.parts[j] || c.all.sizes[p]*c.all.sizes[first] > mostContexts || c.needs(p, j) {
				continue
			}
			both := []int{first, p}
			big, small := c.big.contexts(both), c.small.contexts(both)
			out = c.weigh(out, step{column: j, parent: p}, &big, &small)
		}
	}
	return out
}

// weigh appends the step if its column gains enough beside the contexts.
func (c *chooser) weigh(out []step, s step, big, small *contexts) []step {
	if c.costs[s.column] < leastBits {
		return out
	}
	up := math.Log(float64(c.all.rows) / float64(c.big.rows))
	ranks, table := c.gauge.weigh(big, c.big.codes[s.column], c.big.sizes[s.column])
	if up > 0 {
		fewer, smaller := c.gauge.weigh(small, c.small.codes[s.column], c.small.sizes[s.column])
		ranks *= math.Exp(up * (1 + growth(fewer, ranks, 1, 1.25)) / 2)
		table *= math.Exp(up * growth(smaller, table, 0, 1))
	}
	s.gain = c.costs[s.column] - ranks - table
	if s.gain > c.costs[s.column]*leastGain {
		out = append(out, s)
	}
	return out
}

// growth is the power of the number of rows with which bits grow, within limits.
func growth(few, many, least, most float64) float64 {
	if few <= 0 || many <= 0 {
		return least
	}
	return min(max(math.Log(many/few)/math.Log(partOfRows), least), most)
}

// take takes steps, those of the most gain first, one a column and none that would let a
// column need itself.
func (c *chooser) take(steps []step) {
	slices.SortFunc(steps, func(a, b step) int {
		return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.column, b.column), cmp.Compare(a.parent, b.parent))
	})
	taken := make([]bool, len(c.codings))
	for _, s := range steps {
		if taken[s.column] || c.needs(s.parent, s.column) {
			continue
		}
		taken[s.column] = true
		one := &c.codings[s.column]
		one.before, one.parents = false, append(one.parents, s.parent)
		c.costs[s.column] -= s.gain
	}
}

// needs tells whether the column cannot be decoded before the other one.
func (c *chooser) needs(column, other int) bool {
	return column == other || slices.ContainsFunc(c.codings[column].parents, func(p int) bool { return c.needs(p, other) })
}

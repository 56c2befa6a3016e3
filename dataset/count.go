package dataset

import (
	"math"
	"slices"

	"github.com/netanom/netanom/stats"
)

// A numberCounts counts how often each number of a column occurs, for one
// worker. Small multiples of 10^-scale, which nearly all cells of connection
// records are, go to a table; others are kept and sorted from time to time.
type numberCounts struct {
	scale  uint8
	lanes  *[4][256]uint32 // the same small values in turn, so that increments do not wait for each other
	table  []uint32        // counts of the scaled values below its length
	wide   []uint32        // scaled values beyond the table
	reals  []float64       // numbers without a compact form
	sorted valueRuns       // what was sorted so far
	raw    bool            // sorting did not pay: nearly all values differ
	added  int64           // increments since the tables were last emptied
}

const (
	tableSize = 1 << 16
	laneSize  = 256
	sortAfter = 1 << 16 // wide values kept before they are sorted
	foldAfter = 1 << 31 // increments after which the 32-bit counts are emptied
)

// add counts the cells of a vector.
func (c *numberCounts) add(v *Vector) {
	if v.Ints == nil {
		c.addReals(v.Floats)
		return
	}
	if v.Scale != c.scale && !c.align(v) {
		c.addReals(v.AppendFloats(nil))
		return
	}
	c.added += int64(len(v.Ints))
	if c.added > foldAfter {
		c.fold()
	}
	factor := uint32(pow10[c.scale-v.Scale])
	switch {
	case v.Missing == 0 && v.Or < laneSize && factor == 1:
		c.addLanes(v.Ints)
	case v.Missing == 0 && v.Or < uint32(len(c.table)) && factor == 1:
		for _, x := range v.Ints {
			c.table[x]++
		}
	default:
		c.addAny(v.Ints, factor)
	}
}

func (c *numberCounts) addLanes(x []uint32) {
	if c.lanes == nil {
		c.lanes = new([4][256]uint32)
	}
	q := c.lanes
	for ; len(x) >= 4; x = x[4:] {
		q[0][x[0]&255]++
		q[1][x[1]&255]++
		q[2][x[2]&255]++
		q[3][x[3]&255]++
	}
	for _, v := range x {
		q[0][v&255]++
	}
}

func (c *numberCounts) addAny(x []uint32, factor uint32) {
	for _, v := range x {
		if v == MissingInt {
			continue
		}
		v *= factor
		if v < uint32(len(c.table)) {
			c.table[v]++
			continue
		}
		if v < tableSize {
			c.grow(v)
			c.table[v]++
			continue
		}
		c.wide = append(c.wide, v)
	}
	if len(c.wide) >= max(sortAfter, len(c.sorted.n)) && !c.raw {
		c.compact()
	}
}

// grow makes the table long enough for v.
func (c *numberCounts) grow(v uint32) {
	n := laneSize
	for n <= int(v) {
		n *= 4
	}
	c.table = append(c.table, make([]uint32, n-len(c.table))...)
}

func (c *numberCounts) addReals(x []float64) {
	for _, v := range x {
		if v == v {
			c.reals = append(c.reals, v+0) // -0 is 0
		}
	}
	if len(c.reals) >= max(sortAfter, len(c.sorted.n)) && !c.raw {
		c.compact()
	}
}

// align makes the scales of the counts and the vector agree; false if the
// vector cannot be expressed in the counts' scale.
func (c *numberCounts) align(v *Vector) bool {
	if v.Scale > c.scale {
		c.fold()
		c.scale = v.Scale
		return true
	}
	return uint64(v.Or)*uint64(pow10[c.scale-v.Scale]) < MissingInt && v.Missing == 0 || fitScaled(v.Ints, c.scale-v.Scale)
}

// compact sorts the wide values into the runs, unless that does not pay.
func (c *numberCounts) compact() {
	before := len(c.wide) + len(c.reals)
	had := len(c.sorted.n)
	c.flushWide()
	c.raw = 2*(len(c.sorted.n)-had) > before
}

// fold empties every table and list into the sorted runs.
func (c *numberCounts) fold() {
	c.flushWide()
	var small valueRuns
	div := pow10[c.scale]
	for v := range max(len(c.table), laneSize) {
		n := int64(0)
		if v < len(c.table) {
			n = int64(c.table[v])
		}
		if c.lanes != nil && v < laneSize {
			n += int64(c.lanes[0][v]) + int64(c.lanes[1][v]) + int64(c.lanes[2][v]) + int64(c.lanes[3][v])
		}
		if n > 0 {
			small.append(float64(v)/div, n)
		}
	}
	c.sorted = mergeRuns(c.sorted, small)
	clear(c.table)
	c.lanes, c.added = nil, 0
}

func (c *numberCounts) flushWide() {
	if len(c.wide) > 0 {
		sortUints(c.wide)
		var runs valueRuns
		div := pow10[c.scale]
		for i := 0; i < len(c.wide); {
			j := i + 1
			for j < len(c.wide) && c.wide[j] == c.wide[i] {
				j++
			}
			runs.append(float64(c.wide[i])/div, int64(j-i))
			i = j
		}
		c.sorted = mergeRuns(c.sorted, runs)
		c.wide = c.wide[:0]
	}
	if len(c.reals) > 0 {
		sortReals(c.reals)
		c.sorted = mergeRuns(c.sorted, runsOf(c.reals))
		c.reals = c.reals[:0]
	}
}

// valueRuns are sorted distinct values with their counts.
type valueRuns struct {
	x []float64
	n []int64
}

func (r *valueRuns) append(x float64, n int64) {
	r.x, r.n = append(r.x, x), append(r.n, n)
}

func runsOf(sorted []float64) valueRuns {
	var runs valueRuns
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		runs.append(sorted[i], int64(j-i))
		i = j
	}
	return runs
}

// mergeRuns joins two sorted lists, adding the counts of equal values.
func mergeRuns(a, b valueRuns) valueRuns {
	if len(a.n) == 0 {
		return b
	}
	if len(b.n) == 0 {
		return a
	}
	out := valueRuns{make([]float64, 0, len(a.x)+len(b.x)), make([]int64, 0, len(a.n)+len(b.n))}
	i, j := 0, 0
	for i < len(a.x) && j < len(b.x) {
		switch {
		case a.x[i] < b.x[j]:
			out.append(a.x[i], a.n[i])
			i++
		case a.x[i] > b.x[j]:
			out.append(b.x[j], b.n[j])
			j++
		default:
			out.append(a.x[i], a.n[i]+b.n[j])
			i, j = i+1, j+1
		}
	}
	out.x, out.n = append(append(out.x, a.x[i:]...), b.x[j:]...), append(append(out.n, a.n[i:]...), b.n[j:]...)
	return out
}

// sortUints sorts by three passes of eleven bits, least significant first.
func sortUints(x []uint32) {
	if len(x) < 256 {
		slices.Sort(x)
		return
	}
	from, to := x, make([]uint32, len(x))
	var count [3][2048]int
	for _, v := range x {
		count[0][v&2047]++
		count[1][v>>11&2047]++
		count[2][v>>22]++
	}
	for pass := range count {
		shift := 11 * pass
		at := 0
		for d, n := range count[pass] {
			count[pass][d] = at
			at += n
		}
		for _, v := range from {
			d := v >> shift & 2047
			to[count[pass][d]] = v
			count[pass][d]++
		}
		from, to = to, from
	}
	copy(x, from)
}

// sortReals sorts finite numbers.
func sortReals(x []float64) { stats.SortFloats(x, nil) }

// A textCounts estimates how many different cells a text column has: exactly
// while they are few enough to remember, by their hashes, and by the density of
// the smallest hashes beyond that (Bar-Yossef et al. 2002, k minimum values).
type textCounts struct {
	seen  map[uint64]struct{}
	bound uint64 // only hashes below are remembered
}

const maxHashes = 1 << 20

func newTextCounts() *textCounts {
	return &textCounts{seen: map[uint64]struct{}{}, bound: math.MaxUint64}
}

func (t *textCounts) add(hash uint64) {
	if hash < t.bound {
		t.seen[hash] = struct{}{}
		if len(t.seen) > maxHashes {
			t.halve()
		}
	}
}

// halve keeps the hashes of the lower half of the range.
func (t *textCounts) halve() {
	t.bound /= 2
	for h := range t.seen {
		if h >= t.bound {
			delete(t.seen, h)
		}
	}
}

func (t *textCounts) merge(o *textCounts) {
	for t.bound > o.bound {
		t.halve()
	}
	for h := range o.seen {
		t.add(h)
	}
}

// distinct returns the number of different cells and whether it is exact.
func (t *textCounts) distinct() (n int64, exact bool) {
	if t.bound == math.MaxUint64 {
		return int64(len(t.seen)), true
	}
	return int64(math.Round(float64(len(t.seen)) / (float64(t.bound) / math.MaxUint64))), false
}

package dataset

import (
	"cmp"
	"slices"
)

// A numberCounts counts how often each number of a column occurs, for one
// worker. Small multiples of 10^-scale, which nearly all cells of connection
// records are, go to a table; others are kept and sorted from time to time.
type numberCounts struct {
	scale  uint8
	zeros  int64           // of batches of nothing else, as those of flags nearly always are
	lanes  *[4][256]uint32 // the same small values in turn, so that increments do not wait for each other
	table  []uint32        // counts of the scaled values below its length
	wide   blocks[uint32]  // scaled values beyond the table
	reals  blocks[float64] // numbers without a compact form
	times  valueRuns       // numbers that came with counts, in the order in which they came
	sorted valueRuns       // what was sorted so far
	raw    bool            // sorting did not pay: nearly all values differ
	added  int64           // increments since the tables were last emptied
	small  bool            // one of many: tables begin small
}

const (
	tableSize = 1 << 16
	laneSize  = 256
	sortAfter = 1 << 16 // values kept before they are sorted
	foldAfter = 1 << 31 // increments after which the 32-bit counts are emptied
)

// kept returns how many values are kept, sorted or not.
func (c *numberCounts) kept() int { return len(c.sorted.n) + len(c.times.n) + c.wide.n + c.reals.n }

// add counts the cells of a vector.
func (c *numberCounts) add(v *Vector) {
	switch {
	case v.Ints == nil:
		c.addReals(v.Floats)
	case v.Scale != c.scale && !c.align(v):
		c.addReals(v.AppendFloats(nil))
	default:
		c.addInts(v)
	}
	if unsorted := c.wide.n + c.reals.n; !c.raw && unsorted >= max(sortAfter, len(c.sorted.n)) {
		had := len(c.sorted.n)
		c.compact()
		c.raw = 2*(len(c.sorted.n)-had) > unsorted
	}
}

func (c *numberCounts) addInts(v *Vector) {
	if c.added += int64(len(v.Ints)); c.added > foldAfter {
		c.fold()
	}
	factor := uint32(pow10[c.scale-v.Scale])
	switch plain := v.Missing == 0 && factor == 1; {
	case v.Missing == 0 && v.Or == 0:
		c.zeros += int64(len(v.Ints))
	case plain && v.Or < laneSize && !c.small:
		c.addLanes(v.Ints)
	case plain && v.Or < uint32(len(c.table)):
		for _, x := range v.Ints {
			c.table[x]++
		}
	case plain && c.raw:
		c.wide.append(v.Ints)
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
		switch {
		case v < uint32(len(c.table)):
			c.table[v]++
		case v < tableSize:
			c.grow(v)
			c.table[v]++
		default:
			c.wide.push(v)
		}
	}
}

// grow makes the table long enough for v.
func (c *numberCounts) grow(v uint32) {
	n := laneSize
	if c.small {
		n = 16
	}
	for n <= int(v) {
		n *= 4
	}
	c.table = append(c.table, make([]uint32, n-len(c.table))...)
}

func (c *numberCounts) addReals(x []float64) {
	for _, v := range x {
		if v == v {
			c.reals.push(v + 0) // -0 is 0
		}
	}
}

// addTimes counts a number n times.
func (c *numberCounts) addTimes(x float64, n int64) {
	if c.times.append(x, n); len(c.times.n) >= max(sortAfter, len(c.sorted.n)) {
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

// fold empties every table and list into the sorted runs.
func (c *numberCounts) fold() {
	c.compact()
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
		if v == 0 {
			n += c.zeros
		}
		if n > 0 {
			small.append(float64(v)/div, n)
		}
	}
	c.sorted = mergeRuns(c.sorted, small)
	clear(c.table)
	c.lanes, c.zeros, c.added = nil, 0, 0
}

// join takes over what another worker has counted.
func (c *numberCounts) join(o *numberCounts) {
	if c.scale == o.scale {
		c.wide.join(&o.wide)
	}
	c.reals.join(&o.reals)
	o.fold()
	c.sorted = mergeRuns(c.sorted, o.sorted)
}

// compact sorts the values kept into the runs.
func (c *numberCounts) compact() {
	if c.wide.n > 0 {
		c.sorted = mergeRuns(c.sorted, runsOfInts(c.wide.take(), pow10[c.scale]))
	}
	if c.reals.n > 0 {
		c.sorted = mergeRuns(c.sorted, runsOfReals(c.reals.take()))
	}
	if len(c.times.n) > 0 {
		c.sorted = mergeRuns(c.sorted, sortRuns(c.times))
		c.times = valueRuns{}
	}
}

// sortRuns sorts numbers with their counts, and adds up those of equal ones.
func sortRuns(r valueRuns) (out valueRuns) {
	order := make([]int, len(r.x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(r.x[a], r.x[b]) })
	for _, i := range order {
		if last := len(out.x) - 1; last >= 0 && out.x[last] == r.x[i] {
			out.n[last] += r.n[i]
		} else {
			out.append(r.x[i], r.n[i])
		}
	}
	return out
}

// blocks is a list that grows without being copied.
type blocks[T any] struct {
	full [][]T
	last []T
	n    int
}

// Blocks begin small, for there may be one for every group and column.
const (
	firstBlock = 1 << 8
	largeBlock = 1 << 14
)

func (b *blocks[T]) push(x T) {
	if len(b.last) == cap(b.last) {
		b.extend()
	}
	b.last = append(b.last, x)
	b.n++
}

func (b *blocks[T]) append(x []T) {
	b.n += len(x)
	for len(x) > 0 {
		if len(b.last) == cap(b.last) {
			b.extend()
		}
		k := min(len(x), cap(b.last)-len(b.last))
		b.last = append(b.last, x[:k]...)
		x = x[k:]
	}
}

func (b *blocks[T]) extend() {
	if len(b.last) > 0 {
		b.full = append(b.full, b.last)
	}
	b.last = make([]T, 0, min(max(b.n, firstBlock), largeBlock))
}

// join moves the values of another list to the end of this one.
func (b *blocks[T]) join(o *blocks[T]) {
	b.full = append(append(append(b.full, b.last), o.full...), o.last)
	b.last, b.n = nil, b.n+o.n
	*o = blocks[T]{}
}

// take empties the list and returns what it held.
func (b *blocks[T]) take() []T {
	all := make([]T, 0, b.n)
	for _, f := range b.full {
		all = append(all, f...)
	}
	all = append(all, b.last...)
	*b = blocks[T]{}
	return all
}

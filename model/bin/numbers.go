package bin

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/stats"
)

const (
	tallyBits  = 15
	tallySlots = 1 << tallyBits
	tallyLimit = tallySlots / 2 // distinct values that are counted; more are sorted

	sampleRows = 200_000 // from which quantiles are taken, as in scikit-learn
)

// A tally counts the distinct values of a column in a hash table with open
// addressing. Columns of connection records have few distinct values, so that
// counting them is many times faster than sorting the rows.
type tally struct {
	slots   []slot
	used    []uint32 // slots that are taken
	values  []float64
	counts  []int
	ids     []uint16 // by row: the number of its value, missingID for none
	scratch []float64
}

type slot struct {
	bits uint64
	id   uint32 // one more than the number of the value; 0 for a free slot
}

const missingID = math.MaxUint16

// fitNumbers makes bins of numbers and writes the codes of the rows to dst.
func (t *tally) fitNumbers(x []float64, maxBins int, dst []uint8) Column {
	if !t.count(x) {
		return t.fitSorted(x, maxBins, dst)
	}
	order := make([]int, len(t.values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if t.values[a] < t.values[b] {
			return -1
		}
		return 1 // no two are equal
	})
	distinct, counts := make([]float64, len(order)), make([]int, len(order))
	for i, v := range order {
		distinct[i], counts[i] = t.values[v], t.counts[v]
	}
	c := newColumn(distinct, counts, maxBins)
	bins := make([]uint8, len(order))
	b := 0
	for i, v := range order {
		for b < len(c.Edges) && distinct[i] > c.Edges[b] {
			b++
		}
		bins[v] = uint8(b)
	}
	for i, id := range t.ids[:len(x)] {
		if id == missingID {
			dst[i], c.Missing = uint8(c.Bins), true
		} else {
			dst[i] = bins[id]
		}
	}
	return c
}

// count counts the values of x, and reports false if there are too many of them.
func (t *tally) count(x []float64) bool {
	if t.slots == nil {
		t.slots = make([]slot, tallySlots)
	}
	for _, at := range t.used {
		t.slots[at] = slot{}
	}
	t.used, t.values, t.counts = t.used[:0], t.values[:0], t.counts[:0]
	if len(t.ids) < len(x) {
		t.ids = make([]uint16, len(x))
	}
	ids := t.ids[:len(x)]
	for i, v := range x {
		if v != v {
			ids[i] = missingID
			continue
		}
		bits := math.Float64bits(v + 0) // −0 counts as 0
		at := bits * 0x9E3779B97F4A7C15 >> (64 - tallyBits)
		for t.slots[at].bits != bits && t.slots[at].id != 0 {
			at = (at + 1) % tallySlots
		}
		id := t.slots[at].id
		if id == 0 {
			if len(t.values) == tallyLimit {
				return false
			}
			t.values, t.counts = append(t.values, v+0), append(t.counts, 0)
			id = uint32(len(t.values))
			t.slots[at] = slot{bits, id}
			t.used = append(t.used, uint32(at))
		}
		t.counts[id-1]++
		ids[i] = uint16(id - 1)
	}
	return true
}

// fitSorted is fitNumbers for columns of many distinct values.
func (t *tally) fitSorted(x []float64, maxBins int, dst []uint8) Column {
	sorted := sample(x)
	if len(t.scratch) < len(sorted) {
		t.scratch = make([]float64, len(sorted))
	}
	stats.SortFloats(sorted, t.scratch)
	distinct := sorted[:0] // overwrites what has been read
	counts := make([]int, 0, len(sorted))
	for i, v := range sorted {
		if i == 0 || v != distinct[len(distinct)-1] {
			distinct, counts = append(distinct, v), append(counts, 0)
		}
		counts[len(counts)-1]++
	}
	c := newColumn(distinct, counts, maxBins)
	c.Missing = c.codeNumbers(x, dst)
	return c
}

// sample returns the values that are there, or those of sampleRows rows.
func sample(x []float64) []float64 {
	out := make([]float64, 0, min(len(x), sampleRows))
	if len(x) <= sampleRows {
		for _, v := range x {
			if v == v {
				out = append(out, v)
			}
		}
		return out
	}
	rng := rand.New(rand.NewPCG(0, sampleRows))
	for i := range sampleRows {
		from, to := i*len(x)/sampleRows, (i+1)*len(x)/sampleRows
		if v := x[from+rng.IntN(to-from)]; v == v {
			out = append(out, v)
		}
	}
	return out
}

// newColumn makes bins of distinct values in ascending order, with their counts.
func newColumn(distinct []float64, counts []int, maxBins int) Column {
	c := Column{Edges: []float64{}}
	switch {
	case len(distinct) == 0:
		return c
	case len(distinct) <= maxBins:
		for i, v := range distinct[1:] {
			c.Edges = append(c.Edges, between(distinct[i], v))
		}
	default:
		c.Edges = quantiles(distinct, counts, maxBins)
	}
	c.Bins = len(c.Edges) + 1
	return c
}

// between returns the midpoint of low < high, rounded so that low ≤ it < high.
func between(low, high float64) float64 {
	mid := (low + high) * 0.5
	if math.IsInf(mid, 0) {
		mid = low*0.5 + high*0.5
	}
	if mid < low || mid >= high {
		return low
	}
	return mid
}

// quantiles returns the quantiles 1/n, 2/n, … (n−1)/n of values, each of which
// occurs as often as counts says, without repeats. They are those of numpy's
// percentile with method "midpoint", in its arithmetic.
func quantiles(values []float64, counts []int, n int) []float64 {
	total := 0
	for _, c := range counts {
		total += c
	}
	edges := make([]float64, 0, n-1)
	step := 100 / float64(n)
	at, upTo := 0, counts[0] // values[at] has the places below upTo, down to those of the value before
	for i := 1; i < n; i++ {
		place := float64(total-1) * (float64(i) * step / 100)
		low := int(place)
		for upTo <= low {
			at++
			upTo += counts[at]
		}
		edge := values[at]
		if place != float64(low) && low+1 >= upTo && at+1 < len(values) {
			edge = halfway(values[at], values[at+1])
		}
		if len(edges) == 0 || edge > edges[len(edges)-1] {
			edges = append(edges, edge)
		}
	}
	// A limit that no value exceeds would leave the last bin empty. If there is no other,
	// the greatest value gets a bin of its own.
	for len(edges) > 0 && edges[len(edges)-1] >= values[len(values)-1] {
		edges = edges[:len(edges)-1]
	}
	if n := len(values); len(edges) == 0 {
		edges = append(edges, between(values[n-2], values[n-1]))
	}
	return edges
}

// halfway is between in the arithmetic of numpy's percentile.
func halfway(low, high float64) float64 {
	mid := high - (high-low)*0.5
	if mid < low || mid >= high || mid-mid != 0 {
		return between(low, high)
	}
	return mid
}

// codeNumbers writes the bins of numbers to dst and reports whether one is missing.
func (c *Column) codeNumbers(x []float64, dst []uint8) (missing bool) {
	// Padded to 256 limits the search has eight steps without branches.
	var edges [256]float64
	for i := copy(edges[:], c.Edges); i < len(edges); i++ {
		edges[i] = math.Inf(1)
	}
	for i, v := range x {
		if v != v {
			dst[i], missing = uint8(c.Bins), true
			continue
		}
		b := 0
		for half := 128; half > 0; half >>= 1 {
			if edges[(b+half-1)&255] < v {
				b += half
			}
		}
		dst[i] = uint8(min(b, max(c.Bins-1, 0)))
	}
	return missing
}

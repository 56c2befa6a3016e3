package bayes

import (
	"math"
	"slices"
	"sort"

	"github.com/netanom/netanom/model/learn"
)

// binned cuts a column into bins of about equal weight, and returns the shares that
// these have within classes.
func (f *fitter) binned(v []float64) Part {
	if t := f.tally(v); t != nil {
		return t.part(f)
	}
	values, weights := f.distinct(v)
	edges := cuts(values, weights, f.spec.Bins)
	n := len(edges) + 1
	counts := make(learn.Floats, len(f.totals)*n)
	for i, a := range v {
		if a == a {
			counts[int(f.y.Y[i])*n+binOf(edges, a)] += f.y.Weight(i)
		}
	}
	f.smooth(counts, n)
	return Part{Edges: edges, Shares: counts}
}

// distinct returns the different numbers of a column in rising order, and the
// weight of each. Missing ones and those without weight are left out.
func (f *fitter) distinct(v []float64) (values, weights []float64) {
	sorted := make([]float64, 0, len(v))
	for i, a := range v {
		if a == a && f.y.Weight(i) > 0 {
			sorted = append(sorted, a)
		}
	}
	slices.Sort(sorted)
	for i, a := range sorted {
		if i == 0 || a != values[len(values)-1] {
			values, weights = append(values, a), append(weights, 0)
		}
		weights[len(weights)-1]++
	}
	if f.y.Weights == nil {
		return values, weights
	}
	clear(weights)
	for i, a := range v {
		if w := f.y.Weights[i]; w > 0 && a == a {
			at, _ := slices.BinarySearch(values, a)
			weights[at] += w
		}
	}
	return values, weights
}

// A tally counts the different numbers of a column by class, if they are not many:
// most columns of network records count something small or are shares with two
// decimals, and need no sorting.
type tally struct {
	table  []int32 // by hash: a place among values plus 1, 0 for none
	values []float64
	counts []float64 // by value, by class
}

// A tally has at most mostValues, in a table of tableSize.
const (
	mostValues = 4096
	tableBits  = 13
)

// tally returns nil if there are too many different numbers.
func (f *fitter) tally(v []float64) *tally {
	t := &tally{table: make([]int32, 1<<tableBits)}
	k := len(f.totals)
	last, at := math.NaN(), 0
	for i, a := range v {
		if a != last {
			if a != a || f.y.Weight(i) == 0 {
				continue
			}
			if at = t.place(a, k); at < 0 {
				return nil
			}
			last = a
		}
		w := 1.0
		if f.y.Weights != nil {
			w = f.y.Weights[i]
		}
		t.counts[at+int(f.y.Y[i])] += w
	}
	return t
}

// place returns where the counts of a number begin, −1 if there is no room.
func (t *tally) place(a float64, classes int) int {
	const golden = 0x9E3779B97F4A7C15 // 2⁶⁴ divided by the golden ratio: Knuth's multiplicative hashing
	at := math.Float64bits(a+0) * golden >> (64 - tableBits)
	for ; t.table[at] != 0; at = (at + 1) % (1 << tableBits) {
		if p := int(t.table[at]) - 1; t.values[p] == a {
			return p * classes
		}
	}
	if len(t.values) == mostValues {
		return -1
	}
	t.values = append(t.values, a)
	t.table[at] = int32(len(t.values))
	t.counts = append(t.counts, make([]float64, classes)...)
	return len(t.counts) - classes
}

// part makes bins of what was counted.
func (t *tally) part(f *fitter) Part {
	if len(t.values) == 0 {
		return Part{}
	}
	k := len(f.totals)
	order := make([]int, len(t.values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if t.values[a] < t.values[b] {
			return -1
		}
		return 1
	})
	weights := make([]float64, len(order))
	for i, at := range order {
		for _, w := range t.counts[at*k : (at+1)*k] {
			weights[i] += w
		}
	}
	edges := cuts(learn.Take(t.values, order), weights, f.spec.Bins)
	n := len(edges) + 1
	counts := make(learn.Floats, k*n)
	for _, at := range order {
		bin := binOf(edges, t.values[at])
		for c, w := range t.counts[at*k : (at+1)*k] {
			counts[c*n+bin] += w
		}
	}
	f.smooth(counts, n)
	return Part{Edges: edges, Shares: counts}
}

// cuts returns where at most n bins of about equal weight end. The bins lie between
// values; a bin ends when it holds its share of the weight that was left when it
// began, or when the next value would fill one alone.
func cuts(values, weights []float64, n int) learn.Floats {
	edges := make(learn.Floats, 0, min(n, len(values))-1)
	var left, held float64
	for _, w := range weights {
		left += w
	}
	share := left / float64(n)
	for i := 0; i+1 < len(values) && len(edges) < n-1; i++ {
		held += weights[i]
		if held < share && weights[i+1] < share && len(values)-i > n-len(edges) {
			continue
		}
		edges = append(edges, between(values[i], values[i+1]))
		left -= held
		held, share = 0, left/float64(n-len(edges))
	}
	return edges
}

// between is halfway between a and the larger b, and always below b.
func between(a, b float64) float64 {
	if m := a/2 + b/2; m < b && m >= a {
		return m
	}
	return a
}

// binOf returns the bin of a number: the bin i ends with edges[i].
func binOf(edges []float64, a float64) int {
	if len(edges) < 8 {
		for i, e := range edges {
			if a <= e {
				return i
			}
		}
		return len(edges)
	}
	return sort.SearchFloat64s(edges, a)
}

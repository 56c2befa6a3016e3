package dataset

import (
	"slices"

	"github.com/netanom/netanom/stats"
)

// valueRuns are sorted distinct values with their counts.
type valueRuns struct {
	x []float64
	n []int64
}

func (r *valueRuns) append(x float64, n int64) {
	r.x, r.n = append(r.x, x), append(r.n, n)
}

// runsOfReals sorts finite numbers and counts equal ones.
func runsOfReals(x []float64) valueRuns {
	stats.SortFloats(x, nil)
	values, counts := countEqual(x)
	return valueRuns{values, counts}
}

// runsOfInts sorts scaled numbers and counts equal ones.
func runsOfInts(x []uint32, div float64) valueRuns {
	sortUints(x)
	values, counts := countEqual(x)
	runs := valueRuns{make([]float64, len(values)), counts}
	for i, v := range values {
		runs.x[i] = float64(v) / div
	}
	return runs
}

// countEqual moves the distinct values of a sorted slice to its front.
func countEqual[T comparable](sorted []T) (values []T, counts []int64) {
	distinct := min(1, len(sorted))
	for i := 1; i < len(sorted); i++ {
		if sorted[i] != sorted[i-1] {
			distinct++
		}
	}
	counts = make([]int64, distinct)
	k, from := 0, 0
	for i := 1; i < len(sorted); i++ {
		if sorted[i] != sorted[i-1] {
			counts[k], sorted[k] = int64(i-from), sorted[i-1]
			k, from = k+1, i
		}
	}
	if distinct > 0 {
		counts[k], sorted[k] = int64(len(sorted)-from), sorted[len(sorted)-1]
	}
	return sorted[:distinct], counts
}

// mergeRuns joins two sorted lists, adding the counts of equal values.
func mergeRuns(a, b valueRuns) valueRuns {
	if len(a.n) == 0 {
		return b
	}
	if len(b.n) == 0 {
		return a
	}
	x, n := make([]float64, len(a.x)+len(b.x)), make([]int64, len(a.n)+len(b.n))
	i, j, k := 0, 0, 0
	for ; i < len(a.x) && j < len(b.x); k++ {
		switch u, v := a.x[i], b.x[j]; {
		case u < v:
			x[k], n[k] = u, a.n[i]
			i++
		case u > v:
			x[k], n[k] = v, b.n[j]
			j++
		default:
			x[k], n[k] = u, a.n[i]+b.n[j]
			i, j = i+1, j+1
		}
	}
	copy(n[k:], a.n[i:])
	copy(n[k+len(a.n)-i:], b.n[j:])
	k += copy(x[k:], a.x[i:])
	k += copy(x[k:], b.x[j:])
	return valueRuns{x[:k], n[:k]}
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
		if count[pass][from[0]>>shift&2047] == len(x) {
			continue // one digit for all
		}
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
	if &from[0] != &x[0] {
		copy(x, from)
	}
}

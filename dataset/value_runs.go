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
	return countEqual(x, func(v float64) float64 { return v })
}

// runsOfInts sorts scaled numbers and counts equal ones.
func runsOfInts(x []uint32, div float64) valueRuns {
	sortUints(x)
	return countEqual(x, func(v uint32) float64 { return float64(v) / div })
}

func countEqual[T comparable](sorted []T, value func(T) float64) valueRuns {
	distinct := 0
	for i := range sorted {
		if i == 0 || sorted[i] != sorted[i-1] {
			distinct++
		}
	}
	runs := valueRuns{make([]float64, 0, distinct), make([]int64, 0, distinct)}
	for i := 0; i < len(sorted); {
		j := i + 1
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		runs.append(value(sorted[i]), int64(j-i))
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

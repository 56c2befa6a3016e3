package plots

import (
	"math"
	"slices"
)

// mostDrawn is how many points a line is drawn through at most: more than there
// are dots across the widest figure.
const mostDrawn = 5000

// thinned returns in increasing order the indices of at most most values that
// give the same picture as all of them: the first, least, greatest and last one
// of each of most/4 stretches of equal length, as by M4 of Jugel, Jerzak,
// Hackenbroich and Markl (2014), "M4: a visualization-oriented time series data
// aggregation". No spike is lost, and a stretch of missing values (NaN) stays a
// gap.
func thinned(values []float64, most int) []int {
	n := len(values)
	if n <= most {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return all
	}
	stretches := most / 4
	var kept []int
	for s := range stretches {
		from, to := s*n/stretches, (s+1)*n/stretches
		chosen := corners(values, from, to)
		kept = append(kept, chosen...)
	}
	return kept
}

// corners returns the indices of the first, least, greatest and last value
// between from and to in increasing order, each once; from alone if all are NaN.
func corners(values []float64, from, to int) []int {
	first, last, least, greatest := -1, -1, -1, -1
	for i := from; i < to; i++ {
		v := values[i]
		if math.IsNaN(v) {
			continue
		}
		if first < 0 {
			first, least, greatest = i, i, i
		}
		last = i
		if v < values[least] {
			least = i
		}
		if v > values[greatest] {
			greatest = i
		}
	}
	if first < 0 {
		return []int{from}
	}
	chosen := []int{first, least, greatest, last}
	slices.Sort(chosen)
	return slices.Compact(chosen)
}

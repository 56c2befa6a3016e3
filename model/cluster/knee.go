package cluster

import (
	"cmp"
	"math"
	"slices"
)

// Knee returns the distance at which the rising curve of distances turns up: the one
// that lies farthest below the straight line from the least to the largest, both axes
// going from 0 to 1 [1]. weights, which may be nil, say how often each counts. If that
// distance is 0 it is the least above 0, or the smallest number if there is none.
//
// [1] V. Satopää, J. Albrecht, D. Irwin and B. Raghavan (2011), "Finding a 'kneedle'
// in a haystack: detecting knee points in system behavior", ICDCS Workshops, 166–171.
func Knee(distances, weights []float64) float64 {
	order := make([]int, len(distances))
	total := 0.0
	for i := range order {
		order[i] = i
		total += weightOf(weights, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(distances[a], distances[b]) })
	if len(order) == 0 {
		return math.SmallestNonzeroFloat64
	}
	low, high := distances[order[0]], distances[order[len(order)-1]]
	knee, farthest, before := high, 0.0, 0.0
	for _, i := range order {
		before += weightOf(weights, i)
		if d := before/total - (distances[i]-low)/(high-low); d > farthest {
			knee, farthest = distances[i], d
		}
	}
	if knee > 0 {
		return knee
	}
	for _, i := range order {
		if distances[i] > 0 {
			return distances[i]
		}
	}
	return math.SmallestNonzeroFloat64
}

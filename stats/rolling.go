package stats

import (
	"fmt"
	"math"
	"math/bits"
	"sort"
)

// Rolling statistics look at each point with its neighbours: window points centred
// on it, one more before than after if that number is even, and those that exist
// where the series begins or ends. Gaps (NaN) are stepped over: a window describes
// the values it has, and is NaN if it has none.

// RollingMedian returns the median of the window around each point, in O(n log w)
// time for w points. The error wraps ErrNotFinite for infinities; a window of less
// than one point is refused.
func RollingMedian(x []float64, window int) ([]float64, error) {
	medians := make([]float64, len(x))
	err := roll(x, window, func(t int, w *rankedWindow) { medians[t] = w.median() })
	if err != nil {
		return nil, fmt.Errorf("rolling median: %w", err)
	}
	return medians, nil
}

// RollingMAD returns the median of the window around each point and the median of
// the distances |x − median| from it, not scaled; times 1.4826 the latter estimates
// the standard deviation of normal data. The time is O(n log² w) for w points. It
// returns the errors of RollingMedian.
func RollingMAD(x []float64, window int) (medians, deviations []float64, err error) {
	medians, deviations = make([]float64, len(x)), make([]float64, len(x))
	err = roll(x, window, func(t int, w *rankedWindow) {
		medians[t] = w.median()
		deviations[t] = w.medianDeviation(medians[t])
	})
	if err != nil {
		return nil, nil, fmt.Errorf("rolling median deviation: %w", err)
	}
	return medians, deviations, nil
}

// SpikeOptions says what counts as a spike. The zero value means a window of 15
// points, a limit of 3.5 and no least scale.
type SpikeOptions struct {
	Window int     // points around each point, itself among them
	Limit  float64 // scaled median deviations from the rolling median
	// MinScale is the least scale, in the unit of the series. It matters where a
	// window hardly varies: without it, the median deviation may be 0 and the
	// smallest difference a spike. For counts, 1 is reasonable.
	MinScale float64
}

// Spike is a point far from its neighbours.
type Spike struct {
	Index  int     // place in the series, from 0
	Value  float64 // the point
	Median float64 // median of the window around it
	Scale  float64 // scaled median deviation of the window, or MinScale if that is more
	Score  float64 // (Value − Median)/Scale; infinite where Scale is 0
}

// Spikes returns the points of a series that are more than Limit times 1.4826
// median deviations from the median of the window around them, in order [1].
// Neither a trend nor other spikes, as long as they are less than half of the
// window, hide them. Gaps (NaN) are no spikes.
//
// The error wraps ErrNotFinite for infinities; a negative option is refused.
//
// [1] F. R. Hampel (1974), "The influence curve and its role in robust estimation",
// JASA 69, 383–393; L. Davies and U. Gather (1993), "The identification of multiple
// outliers", JASA 88, 782–792.
func Spikes(x []float64, o SpikeOptions) ([]Spike, error) {
	if !(o.Window >= 0 && o.Limit >= 0 && o.MinScale >= 0) {
		return nil, fmt.Errorf("spikes: window %d, limit %v, least scale %v: want none below 0", o.Window, o.Limit, o.MinScale)
	}
	if o.Window == 0 {
		o.Window = 15
	}
	if o.Limit == 0 {
		o.Limit = ModifiedZ
	}
	var spikes []Spike
	err := roll(x, o.Window, func(t int, w *rankedWindow) {
		if math.IsNaN(x[t]) {
			return
		}
		median := w.median()
		scale := max(madScale*w.medianDeviation(median), o.MinScale)
		// Products, since a scale of 0 is no divisor.
		if distance := x[t] - median; math.Abs(distance) > o.Limit*scale {
			spikes = append(spikes, Spike{t, x[t], median, scale, distance / scale})
		}
	})
	if err != nil {
		return nil, fmt.Errorf("spikes: %w", err)
	}
	return spikes, nil
}

// roll calls visit for each point of the series, in order, with the window around
// it.
func roll(x []float64, window int, visit func(t int, w *rankedWindow)) error {
	if window < 1 {
		return fmt.Errorf("window of %d points: want at least 1", window)
	}
	for _, v := range x {
		if math.IsInf(v, 0) {
			return ErrNotFinite
		}
	}
	before, after := min(window/2, len(x)), min((window-1)/2, len(x))
	// The windows of as many points in a row as one is wide lie within two widths;
	// ranking the values of these alone keeps the cost of a step at log w. Very short
	// stretches would cost more than they save.
	const shortest = 512
	stride := min(max(window, shortest), max(len(x), 1))
	for start := 0; start < len(x); start += stride {
		end := min(start+stride, len(x))
		lo, hi := max(start-before, 0), min(end+after, len(x))
		w := newRankedWindow(x[lo:hi])
		first, next := lo, lo
		for t := start; t < end; t++ {
			for ; next < min(t+after+1, len(x)); next++ {
				w.add(next-lo, 1)
			}
			for ; first < t-before; first++ {
				w.add(first-lo, -1)
			}
			visit(t, w)
		}
	}
	return nil
}

// rankedWindow holds a changing part of a fixed stretch of values, and finds the
// k-th smallest of it in logarithmic time.
type rankedWindow struct {
	ranks  []int     // rank of each value of the stretch from 0; −1 for gaps
	sorted []float64 // values of the stretch by rank
	tree   []int32   // a Fenwick tree over the ranks: tree[i] counts the values at the lowbit(i) ranks below i
	size   int       // values in the window
}

// newRankedWindow returns the empty window on a stretch.
func newRankedWindow(stretch []float64) *rankedWindow {
	keys := sortKeys(stretch)
	w := &rankedWindow{
		ranks:  make([]int, len(stretch)),
		sorted: make([]float64, len(keys)),
		tree:   make([]int32, len(keys)+1),
	}
	for i := range w.ranks {
		w.ranks[i] = -1
	}
	for rank, k := range keys {
		w.ranks[k.index] = rank
		w.sorted[rank] = stretch[k.index]
	}
	return w
}

// add puts the i-th value of the stretch into the window, n being 1, or takes it
// out again, n being −1.
func (w *rankedWindow) add(i int, n int32) {
	if w.ranks[i] < 0 {
		return
	}
	w.size += int(n)
	for node := w.ranks[i] + 1; node < len(w.tree); node += node & -node {
		w.tree[node] += n
	}
}

// at returns the value in the window with the given rank, 0 for the smallest.
func (w *rankedWindow) at(rank int) float64 {
	node := 0
	for step := 1 << bits.Len(uint(len(w.tree)-1)) >> 1; step > 0; step /= 2 {
		if next := node + step; next < len(w.tree) && int(w.tree[next]) <= rank {
			node = next
			rank -= int(w.tree[next])
		}
	}
	return w.sorted[node]
}

// median returns the median, NaN for the empty window.
func (w *rankedWindow) median() float64 {
	return quantile(int64(w.size), 0.5, func(rank int64) float64 { return w.at(int(rank)) })
}

// medianDeviation returns the median of the distances from the median. Those below
// it and those above are ascending outwards; a search finds how many of the
// smallest lie below.
func (w *rankedWindow) medianDeviation(median float64) float64 {
	lower := (w.size + 1) / 2 // values at or below the median
	upper := w.size - lower
	left := func(i int) float64 { return median - w.at(lower-1-i) }
	right := func(i int) float64 { return w.at(lower+i) - median }
	return quantile(int64(w.size), 0.5, func(rank int64) float64 {
		taken := int(rank) + 1 // the largest of the smallest taken
		fewest := max(0, taken-upper)
		fromLeft := fewest + sort.Search(min(taken, lower)-fewest, func(i int) bool {
			return left(fewest+i) >= right(taken-1-fewest-i)
		})
		largest := 0.0
		if fromLeft > 0 {
			largest = left(fromLeft - 1)
		}
		if fromLeft < taken {
			largest = max(largest, right(taken-1-fromLeft))
		}
		return largest
	})
}

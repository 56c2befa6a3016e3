package stats

import (
	"math"
	"math/rand/v2"
	"slices"
)

// pairSlopes selects by rank among the slopes (xⱼ−xᵢ)/(tⱼ−tᵢ) of all pairs i < j of
// n points, in O(n log n) time where listing them takes O(n²).
//
// If points are ordered by how far they lie above a line of slope m, the pairs with
// a slope of at most m are those that the order turns round, and a merge sort
// counts them. A sample of the slopes in the range under consideration tells
// which m to try next, until the range is small enough to be listed
// (M. B. Dillencourt, D. M. Mount and N. S. Netanyahu 1992, "A randomized algorithm
// for slope selection", Int. J. Comput. Geom. Appl. 2, 1–27). The generator is
// seeded; chance has a part in the time that it takes, not in the result.
type pairSlopes struct {
	t, x    []float64 // t ascending
	scratch []int32
}

// newPairSlopes returns the slopes of points at ascending times t, each divided by
// 2^exp, so that no difference of two values overflows.
func newPairSlopes(t, x []float64) (s pairSlopes, exp int) {
	exp = powerRange(slices.Min(x), slices.Max(x))
	s = pairSlopes{t: t, x: make([]float64, len(x)), scratch: make([]int32, len(x))}
	for i, v := range x {
		s.x[i] = math.Ldexp(v, -exp)
	}
	return s, exp
}

// pairs returns the number of slopes.
func (s *pairSlopes) pairs() int64 { return int64(len(s.x)) * int64(len(s.x)-1) / 2 }

// slope returns the slope of points i < j.
func (s *pairSlopes) slope(i, j int32) float64 { return (s.x[j] - s.x[i]) / (s.t[j] - s.t[i]) }

// slopeRange is a range of slopes that holds the one wanted: those above low, up to
// high.
type slopeRange struct {
	low, high float64
	below     int64   // slopes up to low
	upTo      int64   // slopes up to high
	order     []int32 // the points by how far they lie above a line of slope low, the later of two first
}

// ranked returns the slope of a rank from 1 to pairs.
func (s *pairSlopes) ranked(rank int64) float64 {
	r := slopeRange{low: math.Inf(-1), high: math.Inf(1), upTo: s.pairs(), order: make([]int32, len(s.x))}
	for i := range r.order {
		r.order[i] = int32(i)
	}
	rng := rand.New(rand.NewPCG(uint64(len(s.x)), uint64(rank)))
	listed := max(8*int64(len(s.x)), 1<<12)
	for r.upTo-r.below > listed {
		drawn := s.draw(r, rng)
		// Where the rank is expected among the slopes drawn, give or take two
		// standard deviations.
		expected := float64(rank-r.below) / float64(r.upTo-r.below) * float64(len(drawn))
		reach := math.Sqrt(float64(len(drawn)))
		at := func(place float64) float64 { return drawn[int(max(0, min(place, float64(len(drawn)-1))))] }
		lower, upper := math.Nextafter(at(expected-reach), math.Inf(-1)), at(expected+reach)
		if lower <= r.low && upper >= r.high { // few different slopes, many times each
			upper = min(at(expected), math.Nextafter(r.high, math.Inf(-1)))
		}
		s.narrow(&r, rank, upper)
		s.narrow(&r, rank, lower)
		if math.Nextafter(r.high, math.Inf(-1)) <= r.low {
			return r.high // one slope, many times
		}
	}
	slopes := s.collect(r, nil)
	slices.Sort(slopes)
	return slopes[max(0, min(rank-r.below, int64(len(slopes)))-1)]
}

// narrow cuts the range at m, keeping the part with the slope of that rank.
func (s *pairSlopes) narrow(r *slopeRange, rank int64, m float64) {
	if !(m > r.low && m < r.high) {
		return
	}
	order := slices.Clone(r.order)
	upTo := r.below
	s.reorder(order, s.scratch, m, func(_ int32, passed []int32) { upTo += int64(len(passed)) })
	if upTo >= rank {
		r.high, r.upTo = m, upTo
	} else {
		r.low, r.below, r.order = m, upTo, order
	}
}

// draw returns as many random slopes of the range as there are points, ascending.
func (s *pairSlopes) draw(r slopeRange, rng *rand.Rand) []float64 {
	places := make([]int64, len(s.x))
	for i := range places {
		places[i] = rng.Int64N(r.upTo - r.below)
	}
	slices.Sort(places)
	slopes := s.collect(r, places)
	slices.Sort(slopes)
	return slopes
}

// collect returns the slopes of the range at the given places, which are ascending,
// in the sequence in which sorting comes upon them; all slopes if places is nil.
func (s *pairSlopes) collect(r slopeRange, places []int64) []float64 {
	var slopes []float64
	all := places == nil
	first := int64(0)
	s.reorder(slices.Clone(r.order), s.scratch, r.high, func(j int32, passed []int32) {
		if all {
			for _, i := range passed {
				slopes = append(slopes, s.slope(i, j))
			}
			return
		}
		end := first + int64(len(passed))
		for len(places) > 0 && places[0] < end {
			slopes = append(slopes, s.slope(passed[places[0]-first], j))
			places = places[1:]
		}
		first = end
	})
	return slopes
}

// reorder sorts points, which are in order for some lower slope, into the order for
// slope m. It calls passing for each point j that goes before others, with those.
func (s *pairSlopes) reorder(points, scratch []int32, m float64, passing func(j int32, passed []int32)) {
	if len(points) < 2 {
		return
	}
	half := len(points) / 2
	s.reorder(points[:half], scratch[:half], m, passing)
	s.reorder(points[half:], scratch[half:], m, passing)
	left, right := scratch[:copy(scratch, points[:half])], points[half:]
	for k := range points {
		if len(left) == 0 {
			return // the rest is in place
		}
		if len(right) == 0 || !s.goesBefore(right[0], left[0], m) {
			points[k], left = left[0], left[1:]
			continue
		}
		passing(right[0], left)
		points[k], right = right[0], right[1:]
	}
}

// goesBefore reports whether point j, which came after point i for a lower slope,
// comes before it for slope m.
func (s *pairSlopes) goesBefore(j, i int32, m float64) bool { return j > i && s.slope(i, j) <= m }

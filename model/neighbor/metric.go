package neighbor

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// A Metric says how far rows are apart. Levels count as columns of zeros and ones
// would, one a level, with NoLevel zero in all of these: two levels differ in two
// such columns, a level and NoLevel in one.
type Metric string

// Metrics. "" stands for Euclidean.
const (
	Euclidean Metric = "euclidean" // the root of the sum of squared differences
	Manhattan Metric = "manhattan" // the sum of differences
)

// filled returns the metric itself, or the default in its place.
func (m Metric) filled() Metric {
	if m == "" {
		return Euclidean
	}
	return m
}

func (m Metric) check() error {
	if m != Euclidean && m != Manhattan {
		return fmt.Errorf("metric %q: %w; choose %q or %q", string(m), learn.ErrSetting, Euclidean, Manhattan)
	}
	return nil
}

// distance is the distance of a sum of parts, which grow with it.
func (m Metric) distance(sum float64) float64 {
	if m == Euclidean {
		return math.Sqrt(sum)
	}
	return sum
}

// What two cells of levels add to the sum of parts, in both metrics: squares of 1
// are 1.
const (
	otherLevel = 2
	noLevel    = 1
)

// codesApart adds up what coded cells differ by, without a branch that nobody can
// predict.
func codesApart(a, b []int32) float64 {
	sum := uint32(0)
	b = b[:len(a)]
	for j, c := range a {
		d := uint32(c ^ b[j])
		other := (d | -d) >> 31
		missing := uint32(c|b[j]) >> 31 // NoLevel is the only code below 0
		sum += otherLevel*other - (otherLevel-noLevel)*(other&missing)
	}
	return float64(sum)
}

// lanes is how many numbers are compared before looking whether they are too far
// apart already. Rows are padded to a multiple of it.
const lanes = 8

// apart adds to a sum what two rows of numbers differ by, and may stop when it is
// over the limit. The order of additions is fixed, and that of outside is the same:
// rounding is monotone, so that a box is never farther than what lies in it.
func (m Metric) apart(a, b []float64, sum, limit float64) float64 {
	if m == Manhattan {
		for len(a) >= lanes && len(b) >= lanes {
			x, y := a[:lanes], b[:lanes]
			sum += ((math.Abs(x[0]-y[0]) + math.Abs(x[1]-y[1])) + (math.Abs(x[2]-y[2]) + math.Abs(x[3]-y[3]))) +
				((math.Abs(x[4]-y[4]) + math.Abs(x[5]-y[5])) + (math.Abs(x[6]-y[6]) + math.Abs(x[7]-y[7])))
			if sum > limit {
				return sum
			}
			a, b = a[lanes:], b[lanes:]
		}
		return sum
	}
	for len(a) >= lanes && len(b) >= lanes {
		x, y := a[:lanes], b[:lanes]
		sum += ((square(x[0]-y[0]) + square(x[1]-y[1])) + (square(x[2]-y[2]) + square(x[3]-y[3]))) +
			((square(x[4]-y[4]) + square(x[5]-y[5])) + (square(x[6]-y[6]) + square(x[7]-y[7])))
		if sum > limit {
			return sum
		}
		a, b = a[lanes:], b[lanes:]
	}
	return sum
}

// addSquaresPortable adds to each sum the squared differences of the row and a point,
// as Euclidean.apart does.
func addSquaresPortable(sums, row, points []float64, limit float64) {
	for i, sum := range sums {
		if sum <= limit {
			sums[i] = Euclidean.apart(row, points[i*len(row):], sum, limit)
		}
	}
}

// outside is apart for a row and the nearest place of a box.
func (m Metric) outside(a, low, high []float64, sum, limit float64) float64 {
	for len(a) >= lanes && len(low) >= lanes && len(high) >= lanes {
		x, l, h := a[:lanes], low[:lanes], high[:lanes]
		g0, g1, g2, g3 := gap(x[0], l[0], h[0]), gap(x[1], l[1], h[1]), gap(x[2], l[2], h[2]), gap(x[3], l[3], h[3])
		g4, g5, g6, g7 := gap(x[4], l[4], h[4]), gap(x[5], l[5], h[5]), gap(x[6], l[6], h[6]), gap(x[7], l[7], h[7])
		if m == Euclidean {
			sum += ((square(g0) + square(g1)) + (square(g2) + square(g3))) + ((square(g4) + square(g5)) + (square(g6) + square(g7)))
		} else {
			sum += ((g0 + g1) + (g2 + g3)) + ((g4 + g5) + (g6 + g7))
		}
		if sum > limit {
			return sum
		}
		a, low, high = a[lanes:], low[lanes:], high[lanes:]
	}
	return sum
}

// square is a number times itself, rounded before it is added to anything.
func square(d float64) float64 { return float64(d * d) }

// gap is how far a lies outside of low..high.
func gap(a, low, high float64) float64 { return positive(low-a) + positive(a-high) }

// positive is d, or 0 where it is negative, without a branch that nobody can
// predict.
func positive(d float64) float64 {
	bits := math.Float64bits(d)
	return math.Float64frombits(bits &^ uint64(int64(bits)>>63))
}

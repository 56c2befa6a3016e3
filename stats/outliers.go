package stats

import (
	"fmt"
	"math"
)

// OutlierCount is what a rule of thumb finds: limits, and how many values lie
// beyond them. It says nothing of probability; Grubbs and GeneralizedESD do.
type OutlierCount struct {
	Lower, Upper float64 // values strictly outside are outliers
	Below, Above int64   // how many there are on each side
}

// Total returns the number of outliers on both sides.
func (c OutlierCount) Total() int64 { return c.Below + c.Above }

// The limits that are customary, for the functions below.
const (
	TukeyInner = 1.5 // Tukey's fences: "outside"
	TukeyOuter = 3.0 // Tukey's fences: "far out"
	ZLimit     = 3.0 // z-scores
	ModifiedZ  = 3.5 // modified z-scores, Iglewicz and Hoaglin
)

// TukeyFences returns the fences k interquartile ranges below the lower and above
// the upper quartile. J. W. Tukey (1977), Exploratory Data Analysis.
func TukeyFences(q25, q75, k float64) (lower, upper float64) {
	reach := k * (q75 - q25)
	return q25 - reach, q75 + reach
}

// TukeyOutliers counts the values of all groups of t together beyond the fences
// around their type 7 quartiles. The error wraps ErrTooFew for no values.
func TukeyOutliers(t Tally, k float64) (OutlierCount, error) {
	s := t.pooled()
	return s.tukeyOutliers(s.quantile(0.25), s.quantile(0.75), k)
}

// HingeOutliers is TukeyOutliers with fences around Tukey's hinges, the medians
// of the lower and the upper half, as R draws its box plots.
func HingeOutliers(t Tally, k float64) (OutlierCount, error) {
	s := t.pooled()
	lower, upper := s.hinges()
	return s.tukeyOutliers(lower, upper, k)
}

// Hinges returns the medians of the lower and the upper half of the values of all
// groups of t together, with the median in both halves where it is a value; NaN
// for no values.
func Hinges(t Tally) (lower, upper float64) { return t.pooled().hinges() }

// tukeyOutliers counts the values beyond k box lengths from the box.
func (s sample) tukeyOutliers(low, high, k float64) (OutlierCount, error) {
	if s.n() == 0 {
		return OutlierCount{}, fmt.Errorf("fences after Tukey: %w", ErrTooFew)
	}
	lower, upper := TukeyFences(low, high, k)
	return OutlierCount{Lower: lower, Upper: upper, Below: s.below(lower), Above: s.above(upper)}, nil
}

// hinges returns Tukey's hinges.
func (s sample) hinges() (lower, upper float64) {
	n := s.n()
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	// The depth of a hinge, counted from 1, is half of ⌊(n+3)/2⌋.
	depth := (n + 3) / 2
	low, high := (depth-2)/2, (depth-1)/2 // ranks from 0 on either side of it
	return interpolate(s.at(low), s.at(high), 0.5), interpolate(s.at(n-1-high), s.at(n-1-low), 0.5)
}

// ZScoreOutliers counts the values of all groups of t together that are more
// than limit standard deviations (divisor n−1) from the mean. In a sample of n no
// z-score exceeds (n−1)/√n, so a limit of 3 finds nothing among ten values. The
// error wraps ErrTooFew for fewer than two values and ErrConstant if they do not
// vary.
func ZScoreOutliers(t Tally, limit float64) (OutlierCount, error) {
	s := t.pooled()
	m := s.moments()
	sd := m.SD()
	switch {
	case s.n() < 2:
		return OutlierCount{}, fmt.Errorf("z-scores of %d values: %w", s.n(), ErrTooFew)
	case sd == 0:
		return OutlierCount{}, fmt.Errorf("z-scores: %w", ErrConstant)
	}
	c := OutlierCount{
		Lower: math.Ldexp(m.Mean-limit*sd, m.exp),
		Upper: math.Ldexp(m.Mean+limit*sd, m.exp),
	}
	c.Below, c.Above = s.beyond(limit, func(x float64) float64 { return m.deviation(x) / sd })
	return c, nil
}

// ModifiedZOutliers counts the values of all groups of t together whose modified
// z-score 0.6745·(x − median)/MAD is beyond ±limit [1]. Unlike z-scores these are
// not masked by the outliers themselves. The error wraps ErrTooFew for no values
// and ErrConstant if the median absolute deviation is 0: then at least half of
// the values are equal, and the score says nothing.
//
// [1] B. Iglewicz and D. C. Hoaglin (1993), How to Detect and Handle Outliers.
func ModifiedZOutliers(t Tally, limit float64) (OutlierCount, error) {
	s := t.pooled()
	median := s.quantile(0.5)
	mad := s.medianDeviation(median)
	switch {
	case s.n() == 0:
		return OutlierCount{}, fmt.Errorf("modified z-scores of no values: %w", ErrTooFew)
	case mad == 0:
		return OutlierCount{}, fmt.Errorf("modified z-scores: the median absolute deviation is 0: %w", ErrConstant)
	}
	const normalMAD = 0.6745 // of the standard normal distribution
	reach := limit / normalMAD * mad
	c := OutlierCount{Lower: median - reach, Upper: median + reach}
	c.Below, c.Above = s.beyond(limit, func(x float64) float64 { return normalMAD * (x - median) / mad })
	return c, nil
}

// beyond counts the values whose score is below −limit and above limit.
func (s sample) beyond(limit float64, score func(x float64) float64) (below, above int64) {
	for i, x := range s.values {
		switch z := score(x); {
		case z < -limit:
			below += s.counts[i]
		case z > limit:
			above += s.counts[i]
		}
	}
	return below, above
}

package stats

import (
	"fmt"
	"math"
)

// MannKendall tests a series for a monotone trend, of whatever shape: the null
// hypothesis is that its values are independent with one distribution. The score S
// counts the pairs in which the later value is greater less those in which it is
// smaller [1, 2]; z has the variance of S given the ties and a correction for
// continuity. Values that depend on their predecessors make p too small: look at
// ACF first.
//
// The estimate is Sen's slope per step, the median of the slopes of all pairs, with
// the interval of order statistics that S implies [3], its ranks rounded outwards,
// which has two sides whatever the alternative; the effect is Kendall's tau-b. The
// term "score" holds S, its variance and tau-a. It takes O(n log n) time. Less and
// Greater are a falling and a rising trend.
//
// Gaps (NaN) are left out and counted in Missing; the other values keep their
// places in time. The error wraps ErrNotFinite for infinities, ErrTooFew for fewer
// than three values and ErrConstant if they do not vary; below ten values the
// result carries a warning.
//
// [1] H. B. Mann (1945), "Nonparametric tests against trend", Econometrica 13,
// 245–259.
//
// [2] M. G. Kendall (1970), Rank Correlation Methods, 4th ed., Griffin.
//
// [3] P. K. Sen (1968), "Estimates of the regression coefficient based on Kendall's
// tau", JASA 63, 1379–1389; R. O. Gilbert (1987), Statistical Methods for
// Environmental Pollution Monitoring, section 16.5.
func MannKendall(x []float64, alt Alternative, level float64) (Result, error) {
	if err := checkLevel(level); err != nil {
		return Result{}, err
	}
	times, values, err := knownValues(x)
	if err != nil {
		return Result{}, fmt.Errorf("Mann-Kendall test: %w", err)
	}
	n := int64(len(values))
	if n < 3 {
		return Result{}, fmt.Errorf("Mann-Kendall test of %d values: %w", n, ErrTooFew)
	}
	tau, err := KendallTauB(times, values)
	if err != nil {
		return Result{}, fmt.Errorf("Mann-Kendall test: %w", err)
	}
	if math.IsNaN(tau.Tau) {
		return Result{}, fmt.Errorf("Mann-Kendall test: %w", ErrConstant)
	}
	slope, ci := senSlope(times, values, NormalQuantile((1+level)/2)*tau.SD, level)
	z, logP := continuousZ(float64(tau.Score), 1, tau.SD, alt)
	draft := Result{
		Test:        "monotone trend",
		Method:      "Mann-Kendall, continuity correction",
		Alternative: alt,
		Null:        Named{"S", 0},
		Statistic:   Named{"z", z},
		Estimate:    Named{"Sen's slope", slope},
		CI:          ci,
		Effect:      Effect{Name: "Kendall's tau-b", Value: tau.Tau},
		N:           []int64{n},
		Missing:     int64(len(x)) - n,
		Terms: []Term{{"score", []Named{
			{"S", float64(tau.Score)},
			{"variance", tau.SD * tau.SD},
			{"tau_a", float64(tau.Score) / (float64(n) * float64(n-1) / 2)},
		}}},
	}
	if n < 10 {
		draft.Warnings = []error{fmt.Errorf("the normal approximation is rough below ten values, here %d", n)}
	}
	return NewResult(draft, logP), nil
}

// continuousZ returns the z of a score with mean 0 that moves in steps, and its log
// p-value: half a step of 2·correction is taken off in the direction of the null
// hypothesis.
func continuousZ(score, correction, sd float64, alt Alternative) (z, logP float64) {
	switch alt {
	case Less:
		z = (score + correction) / sd
	case Greater:
		z = (score - correction) / sd
	default:
		z = math.Copysign(max(math.Abs(score)-correction, 0), score) / sd
	}
	return z, symmetricLogP(z, alt, LogNormalSF)
}

// senSlope returns the median of the slopes of all pairs, and the slopes reach/2
// ranks on either side of the middle; infinite where there are not as many.
func senSlope(t, x []float64, reach, level float64) (slope float64, ci Interval) {
	s, exp := newPairSlopes(t, x)
	pairs := s.pairs()
	median := s.ranked((pairs + 1) / 2)
	if pairs%2 == 0 {
		median = interpolate(median, s.ranked(pairs/2+1), 0.5)
	}
	ci = Interval{Low: math.Inf(-1), High: math.Inf(1), Level: level}
	if rank := int64(math.Floor((float64(pairs) - reach) / 2)); rank >= 1 {
		ci.Low = math.Ldexp(s.ranked(rank), exp)
		ci.High = math.Ldexp(s.ranked(pairs+1-rank), exp)
	}
	return math.Ldexp(median, exp), ci
}

// knownValues returns the values of a series that are no gaps, and the place of
// each.
func knownValues(x []float64) (times, values []float64, err error) {
	for t, v := range x {
		if math.IsInf(v, 0) {
			return nil, nil, ErrNotFinite
		}
		if !math.IsNaN(v) {
			times, values = append(times, float64(t)), append(values, v)
		}
	}
	return times, values, nil
}

package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Decomposition splits a series into a trend, a figure that repeats, and the rest:
// x = Trend + Seasonal + Remainder.
type Decomposition struct {
	Period    int
	Trend     []float64 // moving average over one period; NaN for half a period at either end
	Figure    []float64 // the figure that repeats, from the first point of the series on; its mean is 0
	Seasonal  []float64 // Figure at each point
	Remainder []float64 // NaN where Trend is

	// Strengths are 1 − Var(Remainder)/Var(component + Remainder), at least 0: near 1
	// where the component explains nearly all that the other leaves, NaN where there
	// is nothing to explain.
	TrendStrength    float64
	SeasonalStrength float64
}

// Decompose splits a series by classical additive decomposition [1]. The trend is
// the mean of the period around each point, with half weight for both ends if the
// period is even; the figure is the mean of what is left at each place in the
// period, less the mean of these means. Strengths are those of [2]. Take logarithms
// first if the swings grow with the level.
//
// The error wraps ErrNotFinite, also for gaps, and ErrTooFew unless the series is
// at least two periods long; a period below 2 is refused.
//
// [1] M. G. Kendall and A. Stuart (1983), The Advanced Theory of Statistics, volume
// 3, 4th ed., Griffin, sections 46 and 47.
//
// [2] X. Wang, K. A. Smith and R. J. Hyndman (2006), "Characteristic-based
// clustering for time series data", Data Mining and Knowledge Discovery 13,
// 335–364; here as in Hyndman and Athanasopoulos, Forecasting: Principles and
// Practice, 3rd ed., section 4.3.
func Decompose(x []float64, period int) (Decomposition, error) {
	switch {
	case period < 2:
		return Decomposition{}, fmt.Errorf("decomposition with period %d: want at least 2", period)
	case len(x)/2 < period:
		return Decomposition{}, fmt.Errorf("decomposition of %d values with period %d: %w", len(x), period, ErrTooFew)
	case !allFinite(x):
		return Decomposition{}, fmt.Errorf("decomposition: %w", ErrNotFinite)
	}
	d := Decomposition{
		Period:    period,
		Trend:     movingAverage(x, period),
		Seasonal:  make([]float64, len(x)),
		Remainder: make([]float64, len(x)),
	}
	for t, v := range x {
		d.Remainder[t] = v - d.Trend[t]
	}
	d.Figure = seasonalFigure(d.Remainder, period)
	for t := range x {
		d.Seasonal[t] = d.Figure[t%period]
		d.Remainder[t] -= d.Seasonal[t]
	}
	d.TrendStrength = strength(d.Trend, d.Remainder)
	d.SeasonalStrength = strength(d.Seasonal, d.Remainder)
	return d, nil
}

// movingAverage returns the mean of the period around each point, NaN where the
// series does not reach that far.
func movingAverage(x []float64, period int) []float64 {
	averages := make([]float64, len(x))
	for t := range averages {
		averages[t] = math.NaN()
	}
	half := period / 2
	var sum compensated // of the points less than half a period away, and of both ends if period is odd
	for _, v := range x[:period-1] {
		sum = sum.add(v)
	}
	for t := half; t+half < len(x); t++ {
		first, last := x[t-half], x[t+half]
		if period%2 == 0 {
			// sum holds the points t−half to t+half−2 here.
			sum = sum.add(x[t+half-1])
			averages[t] = sum.add(last / 2).add(-first / 2).over(float64(period)).value()
		} else {
			sum = sum.add(last)
			averages[t] = sum.over(float64(period)).value()
		}
		sum = sum.add(-first)
	}
	return averages
}

// seasonalFigure returns the mean of the known values at each place in the period,
// less the mean of these means.
func seasonalFigure(detrended []float64, period int) []float64 {
	figure := make([]float64, period)
	var total compensated
	for phase := range figure {
		var sum compensated
		n := 0.0
		for t := phase; t < len(detrended); t += period {
			if v := detrended[t]; !math.IsNaN(v) {
				sum, n = sum.add(v), n+1
			}
		}
		figure[phase] = sum.over(n).value()
		total = total.add(figure[phase])
	}
	mean := total.over(float64(period)).value()
	for phase := range figure {
		figure[phase] -= mean
	}
	return figure
}

// strength returns how much of the variance of component and remainder together
// the component explains, over the points where both are known.
func strength(component, remainder []float64) float64 {
	var rest, both []float64
	for t, r := range remainder {
		if !math.IsNaN(r) {
			rest, both = append(rest, r), append(both, component[t]+r)
		}
	}
	r, b := momentsOf(rest, nil), momentsOf(both, nil)
	if b.constant() {
		return math.NaN()
	}
	return max(0, 1-math.Ldexp(r.M2/b.M2, 2*(r.exp-b.exp)))
}

// PeriodScore says how well a series repeats itself after a number of steps.
type PeriodScore struct {
	Period int
	ACF    float64 // autocorrelation at that lag, of the series without its linear trend
	// Rise is how far ACF lies above the lowest autocorrelation at a shorter lag. A
	// series that is merely smooth is like itself after few steps too, but does not
	// become more so later: its Rise is small.
	Rise float64
}

// RankPeriods orders candidate periods by how clearly a series repeats itself after
// them, the clearest first: by Rise, and of equal ones the shortest first. Each
// candidate is from 2 to half the length of the series; nil stands for all of these.
// Multiples of a period score nearly as well as the period itself, and a little
// less, since ACF is biased towards 0 at long lags. That a period shows as a hill of
// the autocorrelations is the criterion of [1]. It takes O(n log n) time.
//
// There is always a best candidate, be the series as random as it may: compare ACF
// with the Bound of a Correlogram, or look at the SeasonalStrength of Decompose.
//
// The error wraps ErrNotFinite, also for gaps, ErrTooFew where the series is
// shorter than two periods of a candidate and ErrConstant if it does not vary
// around its linear trend; a candidate below 2 is refused.
//
// [1] M. Vlachos, P. Yu and V. Castelli (2005), "On periodicity detection and
// structural periodic similarity", Proc. SIAM Conf. Data Mining, 449–460.
func RankPeriods(x []float64, candidates []int) ([]PeriodScore, error) {
	if candidates == nil {
		for p := 2; p <= len(x)/2; p++ {
			candidates = append(candidates, p)
		}
	}
	if len(candidates) == 0 {
		return nil, fmt.Errorf("periods of %d values: %w", len(x), ErrTooFew)
	}
	shortest, longest := slices.Min(candidates), slices.Max(candidates)
	switch {
	case shortest < 2:
		return nil, fmt.Errorf("period %d: want at least 2", shortest)
	case len(x)/2 < longest:
		return nil, fmt.Errorf("period %d of %d values: %w", longest, len(x), ErrTooFew)
	case !allFinite(x):
		return nil, fmt.Errorf("periods: %w", ErrNotFinite)
	}
	residuals, err := residualsAround(x, AroundTrend)
	if err != nil {
		return nil, fmt.Errorf("periods: %w", err)
	}
	acf, err := ACF(residuals, longest)
	if err != nil {
		return nil, fmt.Errorf("periods: %w", err)
	}
	lowest := make([]float64, len(acf)) // autocorrelation before each lag
	lowest[1] = 1
	for k := 2; k < len(acf); k++ {
		lowest[k] = min(lowest[k-1], acf[k-1])
	}
	scores := make([]PeriodScore, 0, len(candidates))
	for _, p := range candidates {
		scores = append(scores, PeriodScore{Period: p, ACF: acf[p], Rise: acf[p] - lowest[p]})
	}
	slices.SortStableFunc(scores, func(a, b PeriodScore) int {
		return cmp.Or(cmp.Compare(b.Rise, a.Rise), cmp.Compare(a.Period, b.Period))
	})
	return scores, nil
}

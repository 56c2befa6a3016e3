package stats

import (
	"fmt"
	"math"
)

// CycleSkill returns how well the cycles of a series foretell each other: the share
// of the variation within cycles that remains explained when each cycle is predicted
// by the mean figure of all others. The values of a cycle, period points long, are
// taken as differences from its own mean, so that neither a trend nor a level that
// changes between cycles counts; points behind the last whole cycle are left out.
//
// It is 1 where all cycles are equal. Where nothing repeats, be neighbours as alike
// as they may, its mean is about −1/(k−1) for k cycles, below 0, whereas the
// SeasonalStrength of Decompose is about 1/k then: a figure always fits the cycles it
// was made from. It is the R² of prediction of a leave-one-out cross-validation [1].
//
// The error wraps ErrNotFinite, also for gaps, ErrTooFew unless there are two cycles
// and ErrConstant if no cycle varies; a period below 2 is refused.
//
// [1] M. Stone (1974), "Cross-validatory choice and assessment of statistical
// predictions", J. R. Statist. Soc. B 36, 111–147.
func CycleSkill(x []float64, period int) (float64, error) {
	switch {
	case period < 2:
		return math.NaN(), fmt.Errorf("cycles of %d values: want at least 2", period)
	case len(x)/2 < period:
		return math.NaN(), fmt.Errorf("cycles of %d among %d values: %w", period, len(x), ErrTooFew)
	case !allFinite(x):
		return math.NaN(), fmt.Errorf("cycles: %w", ErrNotFinite)
	}
	cycles := len(x) / period
	m := momentsOf(x[:cycles*period], nil)
	within := make([]float64, cycles*period) // differences from the cycle's mean, in units of 2^exp
	figure := make([]compensated, period)    // sums of them over the cycles
	for c := range cycles {
		cycle := within[c*period : (c+1)*period]
		var sum compensated
		for j := range cycle {
			cycle[j] = m.deviation(x[c*period+j])
			sum = sum.add(cycle[j])
		}
		mean := sum.over(float64(period)).value()
		for j := range cycle {
			cycle[j] -= mean
			figure[j] = figure[j].add(cycle[j])
		}
	}
	var all, left compensated // sums of squares, of the values and of what the others do not foretell
	for i, d := range within {
		others := (figure[i%period].value() - d) / float64(cycles-1)
		all = all.addProduct(d, d)
		left = left.addProduct(d-others, d-others)
	}
	if m.constant() || all.value() == 0 {
		return math.NaN(), fmt.Errorf("cycles: %w", ErrConstant)
	}
	return 1 - left.value()/all.value(), nil
}

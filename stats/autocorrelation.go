package stats

import (
	"fmt"
	"math"
)

// Autocorrelation returns the sample autocorrelation coefficient of the series x
// at the given lag, Σ(xₜ−x̄)(xₜ₊ₖ−x̄)/Σ(xₜ−x̄)², with the mean of the whole series
// and sums carried in twice the usual precision. At lag 0 it is 1.
//
// The error wraps ErrNotFinite, ErrTooFew unless the lag is below len(x) and there
// are two values, and ErrConstant if they do not vary; a negative lag is refused.
func Autocorrelation(x []float64, lag int) (float64, error) {
	switch {
	case lag < 0:
		return math.NaN(), fmt.Errorf("autocorrelation at lag %d: want at least 0", lag)
	case len(x) < 2 || lag >= len(x):
		return math.NaN(), fmt.Errorf("autocorrelation at lag %d of %d values: %w", lag, len(x), ErrTooFew)
	case !allFinite(x):
		return math.NaN(), fmt.Errorf("autocorrelation: %w", ErrNotFinite)
	}
	m := momentsOf(x, nil)
	if m.constant() {
		return math.NaN(), fmt.Errorf("autocorrelation: %w", ErrConstant)
	}
	var sum compensated
	for t := range x[lag:] {
		sum = sum.addProduct(m.deviation(x[t]), m.deviation(x[t+lag]))
	}
	return sum.value() / m.M2, nil
}

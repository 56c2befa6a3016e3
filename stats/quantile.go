package stats

import "math"

// Quantiles returns the quantiles of sorted, which is in ascending order, at the
// given probabilities by type 7, linear interpolation between the order
// statistics around (n−1)p, the default of R and NumPy. A quantile of an empty
// sample, or at a probability outside [0, 1], is NaN.
//
// R. J. Hyndman and Y. Fan (1996), "Sample quantiles in statistical packages",
// The American Statistician 50, 361–365.
func Quantiles(sorted []float64, p ...float64) []float64 {
	q := make([]float64, len(p))
	for i, p := range p {
		q[i] = quantile(int64(len(sorted)), p, func(rank int64) float64 { return sorted[rank] })
	}
	return q
}

// quantile returns the type 7 quantile of n values; at returns the value of a
// rank from 0 to n-1.
func quantile(n int64, p float64, at func(rank int64) float64) float64 {
	if n <= 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	position := float64(n-1) * p
	lower := min(int64(position), n-1)
	low := at(lower)
	weight := position - float64(lower)
	if weight <= 0 || lower == n-1 {
		return low
	}
	return interpolate(low, at(lower+1), weight)
}

// interpolate returns the point between low and high at weight in [0, 1]; it
// neither overflows nor leaves that range by rounding.
func interpolate(low, high, weight float64) float64 {
	if low == high {
		return low
	}
	between := low + weight*(high-low)
	if math.IsInf(high-low, 1) {
		between = (1-weight)*low + weight*high
	}
	return min(between, high)
}

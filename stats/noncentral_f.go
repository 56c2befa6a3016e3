package stats

import "math"

// noncentralityOfF returns the noncentralities λ of the F distributions with df1
// and df2 degrees of freedom of which f is the upper and the lower (1−level)/2
// quantile: a confidence interval for λ given the statistic f. A bound is 0 where
// even the central distribution puts f further out.
func noncentralityOfF(f, df1, df2, level float64) (low, high float64) {
	tail := (1 - level) / 2
	return noncentralityOfFAt(f, df1, df2, 1-tail), noncentralityOfFAt(f, df1, df2, tail)
}

// noncentralityOfFAt returns the λ at which the distribution function of the
// noncentral F takes the value p at f, 0 if it is below p for all λ.
//
// It looks for the root of the normal quantile of the distribution function, less
// that of p, which is nearly a straight line in √λ: a bracket and false position
// in the variant "Illinois" (M. Dowell and P. Jarratt 1971, BIT 11, 168–174) take
// a few steps, where each may cost thousands of terms.
func noncentralityOfFAt(f, df1, df2, p float64) float64 {
	if math.Exp(LogFCDF(f, df1, df2)) <= p {
		return 0
	}
	target := NormalQuantile(p)
	const far = 37 // where the quantile of a number that can be told from 0 or 1 lies inside
	excess := func(root float64) float64 {
		z := NormalQuantile(noncentralFCDF(f, df1, df2, root*root))
		return min(max(z, -far), far) - target
	}
	expected := math.Sqrt(df1 * f)
	low, high := 0.0, expected+1
	atLow, atHigh := excess(low), excess(high)
	for step := high; atHigh > 0; step *= 2 {
		low, atLow = high, atHigh
		high += step
		atHigh = excess(high)
	}
	for range 100 {
		if high-low <= 1e-12*high {
			break
		}
		mid := low + (high-low)*atLow/(atLow-atHigh)
		if !(mid > low && mid < high) {
			mid = low + (high-low)/2
			if mid <= low || mid >= high {
				break
			}
		}
		switch at := excess(mid); {
		case at == 0:
			return mid * mid
		case at > 0:
			low, atLow, atHigh = mid, at, atHigh/2
		default:
			high, atHigh, atLow = mid, at, atLow/2
		}
	}
	mid := low + (high-low)/2
	return mid * mid
}

// mixedNoncentrality is the λ up to which noncentral F is summed; beyond, where the
// sum would take a hundred thousand terms, the normal approximation is right to
// some five digits of probability unless df2 is small.
const mixedNoncentrality = 1e8

// noncentralFCDF returns P(F ≤ f) for the F distribution with df1 and df2 degrees
// of freedom and noncentrality lambda: a mixture of beta distributions whose
// weights are Poisson probabilities, to about 1e-12.
func noncentralFCDF(f, df1, df2, lambda float64) float64 {
	switch {
	case !(f > 0):
		return 0
	case lambda == 0:
		return math.Exp(LogFCDF(f, df1, df2))
	case lambda > mixedNoncentrality:
		return math.Exp(LogNormalCDF(noncentralFScore(f, df1, df2, lambda)))
	}
	r := df1 / df2 * f
	mix := betaMixture{mean: lambda / 2, first: df1 / 2, b: df2 / 2, x: r / (1 + r), y: 1 / (1 + r)}
	return min(1, mix.sum(0))
}

// noncentralFScore returns the normal score of f by the cube roots of N. C. Severo
// and M. Zelen (1960), "Normal approximation to the chi-square and non-central F
// probability functions", Biometrika 47, 411–416.
func noncentralFScore(f, df1, df2, lambda float64) float64 {
	shift := df1 + lambda
	ratio := math.Cbrt(df1 / shift * f)
	above, below := 2*(shift+lambda)/(9*shift*shift), 2/(9*df2)
	return (ratio*(1-below) - (1 - above)) / math.Sqrt(above+below*ratio*ratio)
}

package stats

import "math"

// noncentralityInterval returns the noncentralities λ of the chi-square
// distributions with df degrees of freedom of which x is the upper and the lower
// (1−level)/2 quantile: a confidence interval for λ given the statistic x. A
// bound is 0 where even the central distribution puts x further out.
func noncentralityInterval(x, df, level float64) (low, high float64) {
	tail := (1 - level) / 2
	return noncentralityAt(x, df, 1-tail), noncentralityAt(x, df, tail)
}

// noncentralityAt returns the λ at which the distribution function of the
// noncentral chi-square takes the value p at x, 0 if it is below p for all λ.
func noncentralityAt(x, df, p float64) float64 {
	if noncentralChiSquaredCDF(x, df, 0) <= p {
		return 0
	}
	low, high := 0.0, math.Max(x, 1)
	for noncentralChiSquaredCDF(x, df, high) > p {
		low, high = high, 2*high
	}
	for {
		mid := low + (high-low)/2
		if mid <= low || mid >= high || high-low <= 1e-13*high {
			return mid
		}
		if noncentralChiSquaredCDF(x, df, mid) > p {
			low = mid
		} else {
			high = mid
		}
	}
}

// noncentralChiSquaredCDF returns P(X ≤ x) for the chi-square distribution with
// df degrees of freedom and noncentrality lambda, to about 1e-12: the mixture of
// central distributions with df+2j degrees of freedom, j being Poisson with mean
// lambda/2. It is summed outwards from the likeliest j with recurrences for both
// factors (D. Benton and K. Krishnamoorthy 2003, Comput. Stat. Data Anal. 43,
// 249–267); the time grows with the square root of lambda.
func noncentralChiSquaredCDF(x, df, lambda float64) float64 {
	if !(x > 0) {
		return 0
	}
	if lambda == 0 {
		return math.Exp(LogChiSquaredCDF(x, df))
	}
	const negligible = 1e-18
	mean, y := lambda/2, x/2
	start := math.Floor(mean)
	weight := poisson(start, mean)
	a := df/2 + start
	cdf := math.Exp(LogChiSquaredCDF(x, 2*a))
	step := math.Exp(logGammaDensity(a, y)) / a // P(a, y) − P(a+1, y)

	sum := weight * cdf
	for j, w, p, s := start, weight, cdf, step; w > negligible && p > 0; {
		p -= s
		j++
		s *= y / (df/2 + j)
		w *= mean / j
		sum += w * math.Max(p, 0)
	}
	for j, w, p, s := start, weight, cdf, step; j > 0 && w > negligible; {
		s *= (df/2 + j) / y
		w *= j / mean
		j--
		p += s
		sum += w * math.Min(p, 1)
	}
	return math.Min(sum, 1)
}

// poisson returns the probability of j under the Poisson distribution.
func poisson(j, mean float64) float64 {
	if j == 0 {
		return math.Exp(-mean)
	}
	return math.Exp(logGammaDensity(j, mean)) / j
}

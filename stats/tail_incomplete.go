package stats

import "math"

// maxTerms bounds every series and continued fraction below. Near the middle of
// the distribution they need a small multiple of the square root of the smaller
// parameter, so the bound is met only by parameters beyond 1e10; the result is
// then NaN rather than a wrong number.
const maxTerms = 1_000_000

// logIncGamma returns the logarithms of the regularised incomplete gamma
// functions P(a, x) and Q(a, x) = 1 - P(a, x) for a > 0. The smaller of the two
// is computed directly and the other from it.
func logIncGamma(a, x float64) (logP, logQ float64) {
	switch {
	case math.IsNaN(x) || !(a > 0) || math.IsInf(a, 1):
		return math.NaN(), math.NaN()
	case x <= 0:
		return math.Inf(-1), 0
	case math.IsInf(x, 1):
		return 0, math.Inf(-1)
	}
	density := logGammaDensity(a, x)
	if x < a+1 {
		logP = math.Min(density+math.Log(gammaSeries(a, x)), 0)
		return logP, log1mExp(logP)
	}
	logQ = math.Min(density-math.Log(gammaFraction(a, x)), 0)
	return log1mExp(logQ), logQ
}

// gammaSeries returns P(a, x)·Γ(a)/(x^a e^-x) by the power series DLMF 8.7.1.
func gammaSeries(a, x float64) float64 {
	sum, term := 1/a, 1/a
	for n := 1; n < maxTerms; n++ {
		term *= x / (a + float64(n))
		sum += term
		if !(term > sum*epsilon) { // NaN ends it too
			return sum
		}
	}
	return math.NaN()
}

// gammaFraction returns x^a e^-x/(Q(a, x)·Γ(a)) by the continued fraction
// DLMF 8.9.2, contracted to its even part.
func gammaFraction(a, x float64) float64 {
	return lentz(x+1-a, func(n float64) (num, den float64) {
		return n * (a - n), x + 1 - a + 2*n
	})
}

// logGammaDensity returns log(x^a e^-x/Γ(a)) in the deviance form, which has no
// large terms to cancel (C. Loader, "Fast and accurate computation of binomial
// probabilities", 2000).
func logGammaDensity(a, x float64) float64 {
	return 0.5*math.Log(a/(2*math.Pi)) - stirlingError(a) - deviance(a, x)
}

// logIncBeta returns the logarithms of the regularised incomplete beta function
// I_x(a, b) and of its complement I_y(b, a), where y = 1 - x is passed as well
// because it cannot be recovered from x when x is close to one.
func logIncBeta(a, b, x, y float64) (lower, upper float64) {
	switch {
	case math.IsNaN(x) || math.IsNaN(y) || !(a > 0) || !(b > 0):
		return math.NaN(), math.NaN()
	case x <= 0:
		return math.Inf(-1), 0
	case y <= 0:
		return 0, math.Inf(-1)
	}
	density := logBetaDensity(a, b, x, y)
	if a*y >= b*x {
		lower = math.Min(density-math.Log(betaFraction(a, b, x, y)), 0)
		return lower, log1mExp(lower)
	}
	upper = math.Min(density-math.Log(betaFraction(b, a, y, x)), 0)
	return log1mExp(upper), upper
}

// betaFraction returns x^a y^b/(B(a, b)·I_x(a, b)) for x at or below the mean.
// It is the even part of DLMF 8.17.22 as arranged by A. R. DiDonato and
// A. H. Morris, "Algorithm 708", ACM TOMS 18 (1992), eq. 9: the difference
// a - (a+b)x is taken from both x and y, so nothing is lost where x is near one.
func betaFraction(a, b, x, y float64) float64 {
	lambda := a*y - b*x
	coefficient := func(n float64) float64 {
		return n + n*(b-n)*x/(a+2*n-1) + (a+n)/(a+2*n+1)*(lambda+1+n*(1+y))
	}
	first := a / (a + 1) * (lambda + 1)
	return lentz(first, func(n float64) (num, den float64) {
		s := a + 2*n - 1
		return (a + n - 1) / s * n * ((a + b + n - 1) / s * x) * ((b - n) * x), coefficient(n)
	})
}

// logBetaDensity returns log(x^a y^b/B(a, b)) in Loader's deviance form.
func logBetaDensity(a, b, x, y float64) float64 {
	n := a + b
	return stirlingError(n) - stirlingError(a) - stirlingError(b) -
		deviance(a, n*x) - deviance(b, n*y) +
		0.5*math.Log(a/(2*math.Pi)*(b/n))
}

// lentz evaluates b0 + a1/(b1 + a2/(b2 + …)) by the modified Lentz algorithm;
// next returns the n-th partial numerator and denominator.
func lentz(b0 float64, next func(n float64) (num, den float64)) float64 {
	const tiny = 1e-300
	if b0 == 0 {
		b0 = tiny
	}
	f, c, d := b0, b0, 0.0
	for n := 1.0; n < maxTerms; n++ {
		num, den := next(n)
		if num == 0 { // the fraction ends
			return f
		}
		if d = den + num*d; d == 0 {
			d = tiny
		}
		if c = den + num/c; c == 0 {
			c = tiny
		}
		d = 1 / d
		delta := c * d
		f *= delta
		if !(math.Abs(delta-1) > 2*epsilon) { // NaN ends it too
			return f
		}
	}
	return math.NaN()
}

// epsilon is the spacing of doubles at one.
const epsilon = 0x1p-52

// stirlingError returns log Γ(n+1) - (n+½) log n + n - ½ log 2π for n > 0: what
// Stirling's formula leaves out.
func stirlingError(n float64) float64 {
	shift := 0.0
	for n < 10 { // climb to where the series holds
		shift += (n+0.5)*math.Log1p(1/n) - 1
		n++
	}
	r := 1 / (n * n)
	series := 1.0/12 - r*(1.0/360-r*(1.0/1260-r*(1.0/1680-r*(1.0/1188-r*(691.0/360360-r/156)))))
	return shift + series/n
}

// deviance returns x log(x/mu) + mu - x for x, mu > 0: never negative, and zero
// only where x = mu.
func deviance(x, mu float64) float64 {
	d := x - mu
	if math.Abs(d) < 0.1*(x+mu) {
		// With v = d/(x+mu), log(x/mu) = 2 artanh v; sum what is left after the
		// linear terms cancel.
		v := d / (x + mu)
		sum, power, v2 := d*v, 2*x*v, v*v
		for j := 3.0; ; j += 2 {
			power *= v2
			next := sum + power/j
			if next == sum {
				return sum
			}
			sum = next
		}
	}
	ratio := x / mu
	if ratio == 0 || math.IsInf(ratio, 1) {
		return x*(math.Log(x)-math.Log(mu)) - d
	}
	return x*math.Log(ratio) - d
}

package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// NormalQuantile returns the z with P(Z ≤ z) = p for a standard normal Z: ±Inf at
// p = 1 and p = 0, NaN outside [0, 1].
func NormalQuantile(p float64) float64 {
	switch {
	case !(p >= 0 && p <= 1):
		return math.NaN()
	case p == 0:
		return math.Inf(-1)
	case p == 1:
		return math.Inf(1)
	}
	return mathext.NormalQuantile(p)
}

// TQuantile returns the t with P(T ≤ t) = p for Student's t with df > 0 degrees
// of freedom; df = +Inf is the normal distribution. It is ±Inf at p = 1 and
// p = 0, NaN outside [0, 1].
func TQuantile(p, df float64) float64 {
	switch {
	case !(p >= 0 && p <= 1) || !(df > 0):
		return math.NaN()
	case p == 0:
		return math.Inf(-1)
	case p == 1:
		return math.Inf(1)
	case p == 0.5:
		return 0
	case p < 0.5:
		return -upperT(p, p-0.5, df)
	}
	return upperT(1-p, p-0.5, df)
}

// upperT returns the positive t whose upper tail is tail; centre is the distance
// of that tail from one half, which is exact where tail is close to it.
func upperT(tail, centre, df float64) float64 {
	z := -NormalQuantile(tail)
	if math.IsInf(df, 1) {
		return z
	}
	slope := func(t float64) float64 {
		t2 := t * t
		return math.Ln2 + logBetaDensity(0.5, 0.5*df, t2/(df+t2), df/(df+t2))
	}
	if tail > 0.25 {
		return solveTail(z, math.Log(2*math.Abs(centre)), func(t float64) (float64, float64) {
			inside, _ := logCentralT(t, df)
			return inside, math.Exp(slope(t) - inside)
		})
	}
	return solveTail(z, math.Log(2*tail), func(t float64) (float64, float64) {
		_, outside := logCentralT(t, df)
		if t > farT {
			return outside, -df
		}
		return outside, -math.Exp(slope(t) - outside)
	})
}

// ChiSquaredQuantile returns the x with P(X ≤ x) = p for the chi-square
// distribution with df > 0 degrees of freedom: 0 at p = 0, +Inf at p = 1, NaN
// outside [0, 1].
func ChiSquaredQuantile(p, df float64) float64 {
	switch {
	case !(p >= 0 && p <= 1) || !(df > 0) || math.IsInf(df, 1):
		return math.NaN()
	case p == 0:
		return 0
	case p == 1:
		return math.Inf(1)
	}
	// Wilson and Hilferty (1931): the cube root is nearly normal. Where that is
	// negative the lower tail is still close to its leading power of x.
	a, c := 0.5*df, 2/(9*df)
	start := df * math.Pow(1-c+NormalQuantile(p)*math.Sqrt(c), 3)
	if !(start > 0.01*df) {
		logGamma, _ := math.Lgamma(a + 1)
		start = 2 * math.Exp((math.Log(p)+logGamma)/a)
	}
	if p <= 0.5 {
		return solveTail(start, math.Log(p), func(x float64) (float64, float64) {
			lower, _ := logIncGamma(a, 0.5*x)
			return lower, math.Exp(logGammaDensity(a, 0.5*x) - lower)
		})
	}
	return solveTail(start, math.Log1p(-p), func(x float64) (float64, float64) {
		_, upper := logIncGamma(a, 0.5*x)
		return upper, -math.Exp(logGammaDensity(a, 0.5*x) - upper)
	})
}

// solveTail returns the x > 0 at which tail reaches target; tail returns a log
// probability and its derivative with respect to log x. On these scales the
// tails of the t, F and chi-square distributions are monotone and concave, so
// that Newton's method passes the root at most once and then closes in on it
// from one side.
func solveTail(x, target float64, tail func(x float64) (logp, slope float64)) float64 {
	const (
		maxStep = 8     // in log x, where the slope is nearly zero
		enough  = 1e-10 // the next step would be the square of it
	)
	for range 400 {
		if x == 0 || math.IsInf(x, 1) {
			return x
		}
		logp, slope := tail(x)
		step := (target - logp) / slope
		step = math.Max(-maxStep, math.Min(maxStep, step))
		x *= math.Exp(step)
		if math.Abs(step) < enough {
			return x
		}
	}
	return math.NaN()
}

package stats

import "math"

// The tail functions return natural logarithms of probabilities, because the
// probabilities themselves underflow on data of ordinary size: a chi-square
// statistic of 20,000 has p near 1e-4342. p is math.Exp of the result and
// log10 p is Log10 of it. SF is the upper tail P(X > x), CDF the lower tail
// P(X ≤ x); each is computed as itself, never as one minus the other, and stays
// exact where it is close to one. The logarithm of the smaller tail is right to
// about 14 digits. A NaN argument or a parameter out of range gives NaN, and so
// does the middle of the chi-square distribution beyond 1e10 degrees of freedom,
// or of F with both beyond 1e13.

// Log10 converts a natural logarithm, as the tail functions return it, to base 10.
func Log10(logp float64) float64 { return logp / math.Ln10 }

// LogNormalSF returns log P(Z > z) for a standard normal Z.
func LogNormalSF(z float64) float64 {
	switch {
	case z < 0:
		return math.Log1p(-0.5 * math.Erfc(-z/math.Sqrt2))
	case z < 8:
		return math.Log(0.5 * math.Erfc(z/math.Sqrt2))
	}
	// Z² is chi-square with one degree of freedom.
	_, upper := logIncGamma(0.5, 0.5*z*z)
	return upper - math.Ln2
}

// LogNormalCDF returns log P(Z ≤ z) for a standard normal Z.
func LogNormalCDF(z float64) float64 { return LogNormalSF(-z) }

// LogTSF returns log P(T > t) for Student's t with df > 0 degrees of freedom,
// not necessarily a whole number; df = +Inf is the normal distribution.
func LogTSF(t, df float64) float64 {
	if t < 0 {
		return log1mExp(LogTSF(-t, df))
	}
	if math.IsInf(df, 1) {
		return LogNormalSF(t)
	}
	_, outside := logCentralT(t, df)
	return outside - math.Ln2
}

// LogTCDF returns log P(T ≤ t) for Student's t with df degrees of freedom.
func LogTCDF(t, df float64) float64 { return LogTSF(-t, df) }

// farT is where P(|T| > t) has become proportional to t^-df to the last bit, and
// soon before t² overflows.
const farT = 1e140

// logCentralT returns log P(|T| ≤ t) and log P(|T| > t) for t ≥ 0 and finite df.
func logCentralT(t, df float64) (inside, outside float64) {
	if math.IsNaN(t) || !(df > 0) {
		return math.NaN(), math.NaN()
	}
	if t > farT && df < farT {
		_, outside = logCentralT(farT, df)
		return 0, outside - df*(math.Log(t)-math.Log(farT))
	}
	t2 := t * t
	if math.IsInf(t2, 1) {
		return 0, math.Inf(-1)
	}
	return logIncBeta(0.5, 0.5*df, t2/(df+t2), df/(df+t2))
}

// LogFSF returns log P(F > f) for the F distribution with df1 > 0 and df2 > 0
// degrees of freedom, not necessarily whole numbers; either may be +Inf.
func LogFSF(f, df1, df2 float64) float64 {
	_, upper := logF(f, df1, df2)
	return upper
}

// LogFCDF returns log P(F ≤ f) for the F distribution with df1 and df2 degrees
// of freedom.
func LogFCDF(f, df1, df2 float64) float64 {
	lower, _ := logF(f, df1, df2)
	return lower
}

// logF returns the logarithms of both tails of the F distribution.
func logF(f, df1, df2 float64) (lower, upper float64) {
	switch {
	case math.IsNaN(f) || !(df1 > 0) || !(df2 > 0):
		return math.NaN(), math.NaN()
	case f <= 0:
		return math.Inf(-1), 0
	case math.IsInf(f, 1):
		return 0, math.Inf(-1)
	case math.IsInf(df1, 1) && math.IsInf(df2, 1): // F is the constant 1
		if f < 1 {
			return math.Inf(-1), 0
		}
		return 0, math.Inf(-1)
	case math.IsInf(df2, 1):
		return logIncGamma(0.5*df1, 0.5*df1*f)
	case math.IsInf(df1, 1):
		upper, lower = logIncGamma(0.5*df2, 0.5*df2/f)
		return lower, upper
	}
	// The ratio that decides the side is kept at or below one, so that neither
	// an enormous nor a minute f overflows.
	r := df1 / df2 * f
	if r > 1 {
		r = 1 / r
		return logIncBeta(0.5*df1, 0.5*df2, 1/(1+r), r/(1+r))
	}
	return logIncBeta(0.5*df1, 0.5*df2, r/(1+r), 1/(1+r))
}

// LogChiSquaredSF returns log P(X > x) for the chi-square distribution with
// df > 0 degrees of freedom, not necessarily a whole number.
func LogChiSquaredSF(x, df float64) float64 {
	_, upper := logIncGamma(0.5*df, 0.5*x)
	return upper
}

// LogChiSquaredCDF returns log P(X ≤ x) for the chi-square distribution with df
// degrees of freedom.
func LogChiSquaredCDF(x, df float64) float64 {
	lower, _ := logIncGamma(0.5*df, 0.5*x)
	return lower
}

// log1mExp returns log(1 - exp(x)) for x ≤ 0 without cancellation (M. Mächler,
// "Accurately computing log(1 - exp(-|a|))", 2012).
func log1mExp(x float64) float64 {
	if x > -math.Ln2 {
		return math.Log(-math.Expm1(x))
	}
	p := math.Exp(x)
	if p == 0 {
		return 0 // not -0
	}
	return math.Log1p(-p)
}

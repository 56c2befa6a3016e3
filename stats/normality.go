package stats

import (
	"fmt"
	"math"
)

// The normality tests ask whether a sample could come from some normal
// distribution. Each takes all groups of a Tally together (use Tally.Group for
// one of them) and needs time proportional to its distinct values, so the size of
// the sample is no obstacle, save to Shapiro–Wilk, whose approximations end at
// 5,000 values. With many values the smallest departure is significant: look at
// skewness, kurtosis and a quantile plot, not at p alone.

// normality is the Test of every result in this file.
const normality = "normality"

// normalitySample returns the pooled sample and its moments. The error wraps
// ErrTooFew for fewer than least values and ErrConstant if they do not vary.
func normalitySample(t Tally, method string, least int64) (sample, exactMoments, error) {
	if err := t.check(); err != nil {
		return sample{}, exactMoments{}, fmt.Errorf("%s: %w", method, err)
	}
	s := t.pooled()
	if s.n() < least {
		return sample{}, exactMoments{}, fmt.Errorf("%s of %d values, at least %d are needed: %w", method, s.n(), least, ErrTooFew)
	}
	if len(s.values) == 1 {
		return sample{}, exactMoments{}, fmt.Errorf("%s: %w", method, ErrConstant)
	}
	return s, s.moments(), nil
}

// JarqueBera tests normality by skewness and kurtosis together: n/6·(g₁² + g₂²/4)
// is compared with chi-square of 2 degrees of freedom [1]. That distribution is
// right only for large samples; below 2,000 values prefer DAgostinoK2 or
// ShapiroWilk.
//
// The error wraps ErrTooFew for fewer than three values and ErrConstant if they
// do not vary.
//
// [1] C. M. Jarque and A. K. Bera (1987), International Statistical Review 55,
// 163–172.
func JarqueBera(t Tally) (Result, error) {
	s, m, err := normalitySample(t, "Jarque-Bera test", 3)
	if err != nil {
		return Result{}, err
	}
	g1, g2 := m.MomentSkewness(), m.MomentKurtosis()
	jb := float64(s.n()) / 6 * (g1*g1 + g2*g2/4)
	return NewResult(Result{
		Test:      normality,
		Method:    "Jarque-Bera",
		Statistic: Named{"JB", jb},
		DF:        []float64{2},
		N:         []int64{s.n()},
		Terms: []Term{
			{Name: "skewness", Values: []Named{{"estimate", g1}}},
			{Name: "kurtosis", Values: []Named{{"estimate", g2}}},
		},
	}, LogChiSquaredSF(jb, 2)), nil
}

// DAgostinoK2 tests normality by skewness and kurtosis, each transformed to a
// normal z that holds in small samples too; K² is the sum of their squares [1].
// The terms hold both z with their two-sided p. Where the kurtosis transformation
// takes the cube root of a negative number, the root keeps its sign.
//
// The error wraps ErrTooFew for fewer than eight values and ErrConstant if they
// do not vary; below 20 values the result carries a warning.
//
// [1] R. B. D'Agostino, A. Belanger and R. B. D'Agostino Jr. (1990), "A suggestion
// for using powerful and informative tests of normality", The American
// Statistician 44, 316–321.
func DAgostinoK2(t Tally) (Result, error) {
	s, m, err := normalitySample(t, "D'Agostino test", 8)
	if err != nil {
		return Result{}, err
	}
	n := float64(s.n())
	g1, g2 := m.MomentSkewness(), m.MomentKurtosis()
	zSkew, zKurt := skewnessZ(g1, n), kurtosisZ(g2, n)
	k2 := zSkew*zSkew + zKurt*zKurt
	draft := Result{
		Test:      normality,
		Method:    "D'Agostino K2",
		Statistic: Named{"K2", k2},
		DF:        []float64{2},
		N:         []int64{s.n()},
		Terms:     []Term{shapeTerm("skewness", g1, zSkew), shapeTerm("kurtosis", g2, zKurt)},
	}
	if n < 20 {
		draft.Warnings = append(draft.Warnings, fmt.Errorf("the kurtosis part is approximate below 20 values, here %d", s.n()))
	}
	return NewResult(draft, LogChiSquaredSF(k2, 2)), nil
}

// shapeTerm is the row of a result for a measure of shape with its z.
func shapeTerm(name string, estimate, z float64) Term {
	logP := symmetricLogP(z, TwoSided, LogNormalSF)
	return Term{Name: name, Values: []Named{
		{"estimate", estimate},
		{"statistic", z},
		{"p", math.Exp(logP)},
		{"log10_p", Log10(logP)},
	}}
}

// skewnessZ transforms the moment skewness g₁ of n normal values to a standard
// normal z. R. B. D'Agostino (1970), Biometrika 57, 679–681.
func skewnessZ(g1, n float64) float64 {
	y := g1 * math.Sqrt((n+1)*(n+3)/(6*(n-2)))
	β2 := 3 * (n*n + 27*n - 70) / ((n - 2) * (n + 5)) * ((n + 1) * (n + 3) / ((n + 7) * (n + 9)))
	w2 := math.Sqrt(2*(β2-1)) - 1
	δ := 1 / math.Sqrt(0.5*math.Log(w2))
	α := math.Sqrt(2 / (w2 - 1))
	return δ * math.Asinh(y/α)
}

// kurtosisZ transforms the moment excess kurtosis g₂ of n normal values to a
// standard normal z. F. J. Anscombe and W. J. Glynn (1983), Biometrika 70,
// 227–234.
func kurtosisZ(g2, n float64) float64 {
	mean := -6 / (n + 1) // of g₂
	variance := 24 * n / (n + 1) * ((n - 2) / (n + 1)) * ((n - 3) / ((n + 3) * (n + 5)))
	x := (g2 - mean) / math.Sqrt(variance)
	rootβ1 := 6 * (n*n - 5*n + 2) / ((n + 7) * (n + 9)) * math.Sqrt(6*(n+3)*(n+5)/(n*(n-2)*(n-3)))
	a := 6 + 8/rootβ1*(2/rootβ1+math.Sqrt(1+4/(rootβ1*rootβ1)))
	root := math.Cbrt((1 - 2/a) / (1 + x*math.Sqrt(2/(a-4))))
	return (1 - 2/(9*a) - root) / math.Sqrt(2/(9*a))
}

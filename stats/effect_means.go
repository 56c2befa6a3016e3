package stats

import (
	"fmt"
	"math"
)

// DInterval says how the confidence interval of a standardised difference of means
// is found. The zero value is the better one.
type DInterval uint8

const (
	// NoncentralT inverts the noncentral t distribution: exact for normal data with
	// equal variances (J. H. Steiger and R. T. Fouladi 1997, in L. L. Harlow et al.,
	// What If There Were No Significance Tests?, Erlbaum).
	NoncentralT DInterval = iota
	// LargeSample is d ± z·√((n₁+n₂)/(n₁n₂) + d²/(2(n₁+n₂))) (L. V. Hedges and I. Olkin
	// 1985, Statistical Methods for Meta-Analysis, Academic Press, section 5.E).
	LargeSample
)

// CohensD returns Cohen's d, the difference of the means of a and b divided by
// their pooled standard deviation, with its confidence interval and a word for its
// size.
//
// The error wraps ErrTooFew unless both have a value and together three, ErrConstant
// if neither varies, and ErrNotFinite if the moments are not finite.
//
// J. Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, 2nd ed.,
// Erlbaum.
func CohensD(a, b Moments, interval DInterval, level float64) (Effect, error) {
	return standardizedDifference("Cohen's d", 1, a, b, interval, level)
}

// HedgesG is CohensD with d and its interval multiplied by HedgesCorrection(n−2),
// which takes out the bias of d in small samples. The error also wraps ErrTooFew for
// fewer than four values together.
//
// L. V. Hedges (1981), "Distribution theory for Glass's estimator of effect size and
// related estimators", Journal of Educational Statistics 6, 107–128.
func HedgesG(a, b Moments, interval DInterval, level float64) (Effect, error) {
	correction := HedgesCorrection(float64(a.N) + float64(b.N) - 2)
	if math.IsNaN(correction) {
		return Effect{}, fmt.Errorf("effect size after Hedges of %d and %d values: %w", a.N, b.N, ErrTooFew)
	}
	return standardizedDifference("Hedges' g", correction, a, b, interval, level)
}

// standardizedDifference returns d times a factor.
func standardizedDifference(name string, factor float64, a, b Moments, interval DInterval, level float64) (Effect, error) {
	if err := checkLevel(level); err != nil {
		return Effect{}, err
	}
	if interval > LargeSample {
		return Effect{}, fmt.Errorf("%s: unknown interval method %d", name, interval)
	}
	n1, n2 := float64(a.N), float64(b.N)
	df := n1 + n2 - 2
	if a.N < 1 || b.N < 1 || df < 1 {
		return Effect{}, fmt.Errorf("%s of %d and %d values: %w", name, a.N, b.N, ErrTooFew)
	}
	d, err := inSD(name, a.Mean-b.Mean, math.Sqrt((a.M2+b.M2)/df))
	if err != nil {
		return Effect{}, err
	}
	unit := math.Sqrt(1/n1 + 1/n2) // d per unit of t
	ci := Interval{Level: level}
	if interval == LargeSample {
		reach := NormalQuantile((1+level)/2) * math.Sqrt(unit*unit+d*d/(2*(n1+n2)))
		ci.Low, ci.High = d-reach, d+reach
	} else {
		ci.Low, ci.High = noncentralityOfT(d/unit, df, level)
		ci.Low, ci.High = unit*ci.Low, unit*ci.High
	}
	return dEffect(name, factor, d, ci), nil
}

// CohensDOneSample returns the distance of the mean from mu in standard deviations,
// with the interval of NoncentralT. Of the differences of pairs and mu = 0 it is
// Cohen's d_z. The error wraps ErrTooFew for fewer than two values, ErrConstant if
// they do not vary, and ErrNotFinite if a number is not finite.
func CohensDOneSample(m Moments, mu, level float64) (Effect, error) {
	const name = "Cohen's d"
	if err := checkLevel(level); err != nil {
		return Effect{}, err
	}
	if m.N < 2 {
		return Effect{}, fmt.Errorf("%s of %d values: %w", name, m.N, ErrTooFew)
	}
	d, err := inSD(name, m.Mean-mu, m.SD())
	if err != nil {
		return Effect{}, err
	}
	unit := 1 / math.Sqrt(float64(m.N))
	low, high := noncentralityOfT(d/unit, float64(m.N-1), level)
	return dEffect(name, 1, d, Interval{Low: unit * low, High: unit * high, Level: level}), nil
}

// inSD returns a difference in units of a standard deviation.
func inSD(name string, difference, sd float64) (float64, error) {
	switch {
	case !allFinite([]float64{difference, sd}):
		return math.NaN(), fmt.Errorf("%s: %w", name, ErrNotFinite)
	case sd == 0:
		return math.NaN(), fmt.Errorf("%s: %w", name, ErrConstant)
	}
	d := difference / sd
	if math.IsInf(d, 0) {
		return math.NaN(), fmt.Errorf("%s: %w", name, ErrNotFinite)
	}
	return d, nil
}

// dEffect makes the effect of d and its interval, both times a factor.
func dEffect(name string, factor, d float64, ci Interval) Effect {
	word, rule := CohensDMagnitude(factor * d)
	return Effect{
		Name:      name,
		Value:     factor * d,
		CI:        Interval{Low: factor * ci.Low, High: factor * ci.High, Level: ci.Level},
		Magnitude: word,
		Rule:      rule,
	}
}

// HedgesCorrection returns the factor that makes Cohen's d with df degrees of
// freedom unbiased, Γ(df/2)/(√(df/2)·Γ((df−1)/2)); NaN for df ≤ 1, where there is
// none.
func HedgesCorrection(df float64) float64 {
	if !(df > 1) {
		return math.NaN()
	}
	// The logarithms of both gamma functions by Stirling's formula: the large terms
	// cancel on paper.
	a, b := df/2, (df-1)/2
	return math.Exp((b-0.5)*math.Log1p(0.5/b) - 0.5 + stirlingError(a) - stirlingError(b))
}

// CohensDAverage returns the difference of the means of a and b divided by the root
// of the mean of their variances: Cohen's d where the variances differ (Cohen 1988,
// section 2.2.3). It is NaN if either has fewer than two values or neither varies.
func CohensDAverage(a, b Moments) float64 {
	return definedRatio(a.Mean-b.Mean, math.Sqrt((a.Variance()+b.Variance())/2))
}

// GlassDelta returns the difference of the means of a and b in standard deviations
// of b, the group to compare with. It is NaN if b has fewer than two values or does
// not vary, or a has none. G. V. Glass (1976), Educational Researcher 5, 3–8.
func GlassDelta(a, b Moments) float64 {
	if a.N < 1 {
		return math.NaN()
	}
	return definedRatio(a.Mean-b.Mean, b.SD())
}

// GlassDeltaEffect returns GlassDelta with a large-sample interval that does not take
// the variances to be equal [1]. Errors are those of CohensD, and ErrConstant if b does
// not vary.
//
// [1] D. G. Bonett (2008), "Confidence intervals for standardized linear contrasts of
// means", Psychological Methods 13, 99–109.
func GlassDeltaEffect(a, b Moments, level float64) (Effect, error) {
	const name = "Glass' delta"
	if err := checkLevel(level); err != nil {
		return Effect{}, err
	}
	if a.N < 2 || b.N < 2 {
		return Effect{}, fmt.Errorf("%s of %d and %d values: %w", name, a.N, b.N, ErrTooFew)
	}
	delta, err := inSD(name, a.Mean-b.Mean, b.SD())
	if err != nil {
		return Effect{}, err
	}
	df1, df2, ratio := float64(a.N-1), float64(b.N-1), a.SD()/b.SD()
	reach := NormalQuantile((1+level)/2) * math.Sqrt(ratio*ratio/df1+1/df2+delta*delta/(2*df2))
	return dEffect(name, 1, delta, Interval{Low: delta - reach, High: delta + reach, Level: level}), nil
}

// definedRatio returns x/y, NaN where y is 0.
func definedRatio(x, y float64) float64 {
	if y == 0 {
		return math.NaN()
	}
	return x / y
}

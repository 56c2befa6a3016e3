package stats

import (
	"fmt"
	"math"
)

// The t-tests take the moments of their samples, so they run on what a file, several
// goroutines or a published table of means holds. Each has the standardised
// difference with the interval of NoncentralT as effect. They are about means, which
// a heavy tail moves as it likes: look at MannWhitney, YuenT and the test of the
// logarithms too.

// WelchT tests whether two samples come from populations with equal means, without
// assuming equal variances. Less and Greater speak of the mean of a.
//
// The p-value uses Student's t with the degrees of freedom of Welch and
// Satterthwaite [1]. It is close to exact for roughly normal data; for skewed data
// the samples must be large. The estimate is the mean of a less that of b, with an
// interval that is one-sided when the alternative is; the effect is Cohen's d.
//
// The error wraps ErrTooFew if a sample has fewer than two values, ErrConstant if
// neither varies, and ErrNotFinite if the moments, or squares of them, are not finite.
//
// [1] B. L. Welch (1947), "The generalization of 'Student's' problem when several
// different population variances are involved", Biometrika 34, 28–35.
func WelchT(a, b Moments, alt Alternative, level float64) (Result, error) {
	return twoMeans("Welch's t", a, b, welchContrast, alt, level)
}

// StudentT is WelchT under the assumption that both populations have the same
// variance, which is estimated from both samples together. The second sample, or the
// first, may then have a single value. Where sizes and variances differ, its p-value
// may be far off; prefer WelchT.
//
// Student (1908), "The probable error of a mean", Biometrika 6, 1–25.
func StudentT(a, b Moments, alt Alternative, level float64) (Result, error) {
	return twoMeans("Student's t, pooled variance", a, b, pooledContrast, alt, level)
}

// OneSampleT tests whether a sample comes from a population with mean mu. The
// estimate is the mean with its interval, the effect the distance from mu in standard
// deviations. Errors are those of WelchT.
func OneSampleT(m Moments, mu float64, alt Alternative, level float64) (Result, error) {
	return oneMean(Result{Test: "one mean", Method: "one-sample t", Null: Named{"mean", mu}}, m, mu, alt, level)
}

// PairedT tests whether the mean of differences of pairs is 0, given the moments of
// the differences. The effect is Cohen's d_z, the mean in standard deviations of the
// differences. Errors are those of WelchT.
func PairedT(differences Moments, alt Alternative, level float64) (Result, error) {
	const estimate = "mean difference"
	return oneMean(Result{Test: "mean of paired differences", Method: "paired t", Null: Named{estimate, 0}}, differences, 0, alt, level)
}

// A tContrast is an estimate that has, less its expectation and in units of its
// standard error, about Student's t distribution.
type tContrast struct {
	estimate, se, df float64
}

// check returns an error unless the contrast has a t.
func (c tContrast) check() error {
	switch {
	case !allFinite([]float64{c.estimate, c.se}):
		return ErrNotFinite
	case c.se == 0:
		return ErrConstant
	case !(c.df > 0):
		return ErrTooFew
	}
	return nil
}

// t returns the statistic against an expectation of null.
func (c tContrast) t(null float64) float64 { return (c.estimate - null) / c.se }

// interval returns the confidence interval of the estimate.
func (c tContrast) interval(alt Alternative, level float64) Interval {
	ci := Interval{Low: math.Inf(-1), High: math.Inf(1), Level: level}
	p := level
	if alt == TwoSided {
		p = (1 + level) / 2
	}
	reach := TQuantile(p, c.df) * c.se
	if alt != Less {
		ci.Low = c.estimate - reach
	}
	if alt != Greater {
		ci.High = c.estimate + reach
	}
	return ci
}

// finish makes the result of the draft, which names the null hypothesis, the test and
// the samples.
func (c tContrast) finish(draft Result, alt Alternative, level float64) Result {
	t := c.t(draft.Null.Value)
	draft.Alternative = alt
	draft.Statistic = Named{"t", t}
	draft.DF = []float64{c.df}
	draft.Estimate = Named{draft.Null.Name, c.estimate}
	draft.CI = c.interval(alt, level)
	return NewResult(draft, symmetricLogP(t, alt, func(t float64) float64 { return LogTSF(t, c.df) }))
}

// checkAsked returns an error unless alternative and level are such.
func checkAsked(alt Alternative, level float64) error {
	if int(alt) >= len(alternativeNames) {
		return fmt.Errorf("unknown alternative %v", alt)
	}
	return checkLevel(level)
}

// welchContrast is the difference of two means with variances of their own.
func welchContrast(a, b Moments) tContrast {
	if a.N < 2 || b.N < 2 {
		return tContrast{df: math.NaN(), se: 1}
	}
	c := tContrast{estimate: a.Mean - b.Mean, se: math.Hypot(a.SE(), b.SE())}
	// Shares of the variance do not overflow where its square would.
	first, second := a.SE()/c.se, b.SE()/c.se
	first, second = first*first, second*second
	c.df = 1 / (first*first/float64(a.N-1) + second*second/float64(b.N-1))
	return c
}

// pooledContrast is the difference of two means with one variance.
func pooledContrast(a, b Moments) tContrast {
	n1, n2 := float64(a.N), float64(b.N)
	c := tContrast{estimate: a.Mean - b.Mean, df: n1 + n2 - 2}
	if a.N < 1 || b.N < 1 || c.df < 1 {
		return tContrast{df: math.NaN(), se: 1}
	}
	c.se = math.Sqrt((a.M2+b.M2)/c.df) * math.Sqrt(1/n1+1/n2)
	return c
}

// meanContrast is a mean.
func meanContrast(m Moments) tContrast {
	if m.N < 2 {
		return tContrast{df: math.NaN(), se: 1}
	}
	return tContrast{estimate: m.Mean, se: m.SE(), df: float64(m.N - 1)}
}

// differenceInMeans names what two-sample tests of means are about.
const differenceInMeans = "difference in means"

func twoMeans(method string, a, b Moments, contrast func(a, b Moments) tContrast, alt Alternative, level float64) (Result, error) {
	if err := checkAsked(alt, level); err != nil {
		return Result{}, fmt.Errorf("%s test: %w", method, err)
	}
	c := contrast(a, b)
	if err := c.check(); err != nil {
		return Result{}, fmt.Errorf("%s test of %d and %d values: %w", method, a.N, b.N, err)
	}
	draft := Result{Test: "equal means of two groups", Method: method, Null: Named{differenceInMeans, 0}, N: []int64{a.N, b.N}}
	d, err := CohensD(a, b, NoncentralT, level)
	if err != nil {
		return Result{}, err
	}
	draft.Effect = d
	return c.finish(draft, alt, level), nil
}

func oneMean(draft Result, m Moments, mu float64, alt Alternative, level float64) (Result, error) {
	if err := checkAsked(alt, level); err != nil {
		return Result{}, fmt.Errorf("%s test: %w", draft.Method, err)
	}
	c := meanContrast(m)
	if err := c.check(); err != nil {
		return Result{}, fmt.Errorf("%s test of %d values: %w", draft.Method, m.N, err)
	}
	d, err := CohensDOneSample(m, mu, level)
	if err != nil {
		return Result{}, err
	}
	draft.N, draft.Effect = []int64{m.N}, d
	return c.finish(draft, alt, level), nil
}

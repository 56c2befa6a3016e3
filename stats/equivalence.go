package stats

import (
	"fmt"
	"math"
)

// EquivalenceT tests whether two means differ by less than matters: two one-sided
// tests of the hypotheses that the difference lies at or beyond −bound and +bound [1].
// A small p speaks for equivalence, a large one for nothing. bound is in standard
// deviations, pooled from both samples and taken as known; pooled chooses StudentT
// instead of WelchT.
//
// The statistic is the t of the side with the larger p, and both sides are terms. The
// interval of the difference is that of level 1−2α, which lies within the bounds just
// where both tests reject at α; the effect is Cohen's d with the same level.
//
// Errors are those of WelchT; a bound that is not above 0 and finite, and an alpha not
// between 0 and 0.5, are refused.
//
// [1] D. J. Schuirmann (1987), "A comparison of the two one-sided tests procedure and
// the power approach for assessing the equivalence of average bioavailability", J.
// Pharmacokinet. Biopharm. 15, 657–680.
func EquivalenceT(a, b Moments, bound float64, pooled bool, alpha float64) (Result, error) {
	contrast, method := welchContrast, "two one-sided tests, Welch's t"
	if pooled {
		contrast, method = pooledContrast, "two one-sided tests, Student's t"
	}
	draft := Result{Test: "equivalence of two means", Method: method, Null: Named{differenceInMeans, 0}, N: []int64{a.N, b.N}}
	c := contrast(a, b)
	if err := checkEquivalence(method, c, bound, alpha); err != nil {
		return Result{}, err
	}
	d, err := CohensD(a, b, NoncentralT, 1-2*alpha)
	if err != nil {
		return Result{}, err
	}
	draft.Effect = d
	return c.equivalence(draft, bound*pooledSD(a, b), alpha), nil
}

// EquivalenceOneSampleT is EquivalenceT for one mean and mu: with mu = 0 for the mean of
// differences of pairs. bound is in standard deviations of the sample.
func EquivalenceOneSampleT(m Moments, mu, bound, alpha float64) (Result, error) {
	const method = "two one-sided tests, one-sample t"
	c := meanContrast(m)
	if err := checkEquivalence(method, c, bound, alpha); err != nil {
		return Result{}, err
	}
	d, err := CohensDOneSample(m, mu, 1-2*alpha)
	if err != nil {
		return Result{}, err
	}
	draft := Result{Test: "equivalence of a mean and a value", Method: method, Null: Named{"mean", mu}, N: []int64{m.N}, Effect: d}
	return c.equivalence(draft, bound*m.SD(), alpha), nil
}

func checkEquivalence(method string, c tContrast, bound, alpha float64) error {
	switch {
	case !(bound > 0) || math.IsInf(bound, 1):
		return fmt.Errorf("%s: bound %v: want a number of standard deviations above 0", method, bound)
	case !(alpha > 0 && alpha < 0.5):
		return fmt.Errorf("%s: alpha %v: want a number between 0 and 0.5", method, alpha)
	}
	if err := c.check(); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

// equivalence makes the result of both one-sided tests of bounds on either side of
// the null value.
func (c tContrast) equivalence(draft Result, bound, alpha float64) Result {
	above, below := c.t(draft.Null.Value-bound), c.t(draft.Null.Value+bound)
	logAbove, logBelow := LogTSF(above, c.df), LogTCDF(below, c.df)
	draft.Terms = []Term{oneSide("above the lower bound", -bound, above, logAbove), oneSide("below the upper bound", bound, below, logBelow)}
	draft.Alternative = Greater
	draft.Statistic = Named{"t", above}
	if logBelow > logAbove {
		draft.Alternative = Less
		draft.Statistic.Value = below
	}
	draft.DF = []float64{c.df}
	draft.Estimate = Named{draft.Null.Name, c.estimate}
	draft.CI = c.interval(TwoSided, 1-2*alpha)
	return NewResult(draft, max(logAbove, logBelow))
}

func oneSide(name string, bound, t, logP float64) Term {
	return Term{Name: name, Values: []Named{{"bound", bound}, {"statistic", t}, {"p", math.Exp(logP)}, {"log10_p", Log10(logP)}}}
}

// pooledSD returns the standard deviation pooled from both samples.
func pooledSD(a, b Moments) float64 {
	return math.Sqrt((a.M2 + b.M2) / float64(a.N+b.N-2))
}

// DetectableD returns the smallest Cohen's d above 0 that StudentT finds significant
// at alpha with the given power if the samples have n1 and n2 values, 0 for one-sample
// and paired tests: with fewer rows than it takes for the effect that matters, a large
// p says nothing. Populations are taken as normal with equal variances; of a two-sided
// test, the far side is left out of account, which changes nothing for a power above
// one half. It is NaN for too few values and for alpha and power not between 0 and 1.
func DetectableD(n1, n2 int64, alt Alternative, alpha, power float64) float64 {
	df, unit := float64(n1-1), 1/math.Sqrt(float64(n1))
	if n2 > 0 {
		df, unit = float64(n1)+float64(n2)-2, math.Sqrt(1/float64(n1)+1/float64(n2))
	}
	if alt == TwoSided {
		alpha /= 2
	}
	if !(df >= 1 && n1 >= 1 && alpha > 0 && alpha < 1 && power > 0 && power < 1) {
		return math.NaN()
	}
	return unit * noncentralityOfTAt(TQuantile(1-alpha, df), df, 1-power)
}

package stats

import (
	"fmt"
	"math"
)

// PearsonTest tests whether two variables are uncorrelated, given Pearson's r of
// n pairs.
//
// The statistic t = r√(n−2)/√(1−r²) has Student's t distribution with n−2
// degrees of freedom if the two are jointly normal and independent; for n in the
// hundreds that holds for most data. The confidence interval, of the given
// level, is Fisher's z [1]; it needs four pairs and is one-sided when the
// alternative is. The effect is r itself.
//
// It returns ErrTooFew for fewer than three pairs and ErrConstant when r is NaN,
// as it is when a variable does not vary.
//
// [1] R. A. Fisher (1921), "On the probable error of a coefficient of
// correlation", Metron 1, 3–32.
func PearsonTest(r float64, n int64, alt Alternative, level float64) (Result, error) {
	draft, logP, err := pearsonDraft(r, n, alt, level)
	if err != nil {
		return Result{}, err
	}
	return NewResult(draft, logP), nil
}

func pearsonDraft(r float64, n int64, alt Alternative, level float64) (Result, float64, error) {
	draft, logP, err := studentDraft("r", r, n, alt, level)
	draft.Test = "Pearson correlation"
	draft.Method = "Student's t, Fisher's z interval"
	draft.CI = fisherInterval(r, 1/math.Sqrt(float64(n-3)), alt, level)
	draft.Effect.CI = draft.CI
	return draft, logP, err
}

// SpearmanTest tests whether two variables are monotonically unrelated, given
// Spearman's ρ, Pearson's r of the midranks, of n pairs.
//
// The p-value takes t = ρ√(n−2)/√(1−ρ²) as Student's t with n−2 degrees of
// freedom, as SciPy and R (exact = FALSE) do: close for n from about ten on,
// with ties too. The interval is Fisher's z with the variance (1+ρ²/2)/(n−3) of
// Bonett and Wright [1]. Errors are those of PearsonTest.
//
// [1] D. G. Bonett and T. A. Wright (2000), "Sample size requirements for
// estimating Pearson, Kendall and Spearman correlations", Psychometrika 65, 23–28.
func SpearmanTest(rho float64, n int64, alt Alternative, level float64) (Result, error) {
	draft, logP, err := spearmanDraft(rho, n, alt, level)
	if err != nil {
		return Result{}, err
	}
	return NewResult(draft, logP), nil
}

func spearmanDraft(rho float64, n int64, alt Alternative, level float64) (Result, float64, error) {
	draft, logP, err := studentDraft("rho", rho, n, alt, level)
	draft.Test = "Spearman rank correlation"
	draft.Method = "Student's t on midranks, Bonett-Wright interval"
	draft.CI = fisherInterval(rho, math.Sqrt((1+rho*rho/2)/float64(n-3)), alt, level)
	draft.Effect.CI = draft.CI
	return draft, logP, err
}

// studentDraft starts the result of a coefficient that is tested by Student's t.
func studentDraft(name string, r float64, n int64, alt Alternative, level float64) (Result, float64, error) {
	if err := checkCorrelation(r, n, 3, level); err != nil {
		return Result{}, math.NaN(), err
	}
	df := float64(n - 2)
	t := r * math.Sqrt(df/((1-r)*(1+r)))
	draft := correlationDraft(name, r, n, alt)
	draft.Statistic = Named{"t", t}
	draft.DF = []float64{df}
	logP := symmetricLogP(t, alt, func(t float64) float64 { return LogTSF(t, df) })
	return draft, logP, nil
}

// exactKendallBelow is the number of pairs from which the normal approximation
// takes over, the limit of R's cor.test.
const exactKendallBelow = 50

// KendallTest tests whether two variables are independent by Kendall's τ_b.
//
// With fewer than 50 pairs and no ties the p-value is exact, two-sided by
// doubling the smaller tail, and the term "normal approximation" holds the other.
// Otherwise the score over its standard deviation, corrected for ties and
// without continuity correction, is taken as standard normal. The interval is
// Fisher's z with the variance 0.437/(n−4) [1], derived for data without ties;
// it needs five pairs. The word for the size of the effect goes by sin(πτ/2),
// Pearson's r of a normal population with that τ [2].
//
// It returns ErrTooFew for fewer than two pairs and ErrConstant when a variable
// does not vary.
//
// [1] E. C. Fieller, H. O. Hartley and E. S. Pearson (1957), "Tests for rank
// correlation coefficients. I", Biometrika 44, 470–481.
//
// [2] R. Greiner (1909), in M. G. Kendall, Rank Correlation Methods, section 9.4.
func KendallTest(t TauB, alt Alternative, level float64) (Result, error) {
	draft, logP, err := kendallDraft(t, alt, level)
	if err != nil {
		return Result{}, err
	}
	return NewResult(draft, logP), nil
}

func kendallDraft(t TauB, alt Alternative, level float64) (Result, float64, error) {
	if err := checkCorrelation(t.Tau, t.N, 2, level); err != nil {
		return Result{}, math.NaN(), err
	}
	z := float64(t.Score) / t.SD
	logP := symmetricLogP(z, alt, LogNormalSF)
	draft := correlationDraft("tau", t.Tau, t.N, alt)
	draft.Test = "Kendall rank correlation"
	draft.Method = "tau-b, normal approximation"
	draft.Statistic = Named{"z", z}
	draft.CI = fisherInterval(t.Tau, math.Sqrt(0.437/float64(t.N-4)), alt, level)
	draft.Effect.CI = draft.CI
	draft.Effect.Magnitude, draft.Effect.Rule = CorrelationMagnitude(math.Sin(math.Pi / 2 * t.Tau))
	draft.Effect.Rule += " for sin(πτ/2)"
	if t.N < exactKendallBelow && !t.Ties {
		draft.Method = "tau-b, exact"
		draft.Terms = []Term{{"normal approximation", []Named{{"z", z}, {"p", math.Exp(logP)}, {"log10_p", Log10(logP)}}}}
		logP = exactKendallLogP(t, alt)
	}
	return draft, logP, nil
}

// exactKendallLogP returns the logarithm of the exact p-value without ties.
func exactKendallLogP(t TauB, alt Alternative) float64 {
	pairs := t.N * (t.N - 1) / 2
	discordant := (pairs - t.Score) / 2
	greater := logInversionTail(int(t.N), discordant)
	less := logInversionTail(int(t.N), pairs-discordant) // the distribution is symmetric
	switch alt {
	case Less:
		return less
	case Greater:
		return greater
	default:
		return min(0, math.Ln2+min(less, greater))
	}
}

// PointBiserialTest tests whether a variable has the same mean in two groups, by
// Pearson's correlation of the variable with the indicator of the second group:
// r is positive when the second group has the greater mean. It takes the moments
// of the variable in each group. The p-value is that of Student's two-sample t
// test with equal variances. Errors are those of PearsonTest; ErrConstant is
// returned too when a group is empty, and ErrNotFinite when squares of the variable
// are beyond the range of float64.
func PointBiserialTest(first, second Moments, alt Alternative, level float64) (Result, error) {
	n1, n2 := float64(first.N), float64(second.N)
	d := second.Mean - first.Mean
	between := d * (n1 / (n1 + n2)) * n2 // d times the cross-product's share: Σ(x−x̄)(g−ḡ)
	total := first.M2 + second.M2 + d*between
	if math.IsInf(total, 0) || first.N > 0 && math.IsNaN(first.M2) || second.N > 0 && math.IsNaN(second.M2) {
		return Result{}, fmt.Errorf("point-biserial: %w", ErrNotFinite)
	}
	r := between / math.Sqrt(total) / math.Sqrt(n1/(n1+n2)*n2)
	draft, logP, err := pearsonDraft(min(max(r, -1), 1), first.N+second.N, alt, level)
	if err != nil {
		return Result{}, fmt.Errorf("point-biserial: %w", err)
	}
	draft.Test = "point-biserial correlation"
	draft.N = []int64{first.N, second.N}
	return NewResult(draft, logP), nil
}

// correlationDraft starts the result of any correlation coefficient.
func correlationDraft(name string, r float64, n int64, alt Alternative) Result {
	word, rule := CorrelationMagnitude(r)
	return Result{
		Alternative: alt,
		Null:        Named{name, 0},
		Estimate:    Named{name, r},
		Effect:      Effect{Name: name, Value: r, Magnitude: word, Rule: rule},
		N:           []int64{n},
	}
}

// checkCorrelation returns why a coefficient of n pairs cannot be tested.
func checkCorrelation(r float64, n, least int64, level float64) error {
	switch {
	case n < least:
		return fmt.Errorf("correlation of %d pairs, want at least %d: %w", n, least, ErrTooFew)
	case math.IsNaN(r):
		return fmt.Errorf("correlation: %w", ErrConstant)
	case r < -1 || r > 1:
		return fmt.Errorf("correlation %v: want a number from -1 to 1", r)
	}
	return checkLevel(level)
}

// fisherInterval returns the confidence interval of a correlation whose inverse
// hyperbolic tangent has the given standard error; it is undefined without one.
func fisherInterval(r, se float64, alt Alternative, level float64) Interval {
	if !(se >= 0) || math.IsInf(se, 1) {
		return undefinedInterval()
	}
	z := math.Atanh(r)
	switch alt {
	case Less:
		return Interval{-1, math.Tanh(z + NormalQuantile(level)*se), level}
	case Greater:
		return Interval{math.Tanh(z - NormalQuantile(level)*se), 1, level}
	default:
		margin := -NormalQuantile((1-level)/2) * se
		return Interval{math.Tanh(z - margin), math.Tanh(z + margin), level}
	}
}

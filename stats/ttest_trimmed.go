package stats

import (
	"fmt"
	"math"
)

// YuenT tests whether two groups have equal trimmed means, without assuming equal
// variances: WelchT on the middle of each group, so that a heavy tail neither moves
// the estimate nor hides it [1]. fraction, the usual 0.2, is what is cut off at each
// end of each group; 0 is WelchT. Less and Greater speak of the first group of t.
//
// The effect is the difference in standard deviations of the winsorized groups,
// pooled and scaled so that it is Cohen's d for normal data [2]; it has no interval.
//
// The error wraps ErrTooFew if fewer than two values of a group are left, and
// ErrConstant if the middle of neither varies, as happens where most values are 0.
//
// [1] K. K. Yuen (1974), "The two-sample trimmed t for unequal population variances",
// Biometrika 61, 165–170.
//
// [2] J. Algina, H. J. Keselman and R. D. Penfield (2005), "An alternative to Cohen's
// standardized mean difference effect size", Psychological Methods 10, 317–328.
func YuenT(t Tally, fraction float64, alt Alternative, level float64) (Result, error) {
	method := fmt.Sprintf("Yuen's t, %g %% trimmed", 100*fraction)
	if err := checkTrimmed(t, fraction, alt, level); err != nil {
		return Result{}, fmt.Errorf("%s: %w", method, err)
	}
	if len(t.Counts) != 2 {
		return Result{}, fmt.Errorf("%s of %d groups: want two", method, len(t.Counts))
	}
	a, b := trim(t.group(0), fraction), trim(t.group(1), fraction)
	c := welchContrast(a.Moments, b.Moments)
	if err := c.check(); err != nil {
		return Result{}, fmt.Errorf("%s test: %w", method, err)
	}
	pooled := math.Sqrt((a.spread + b.spread) / float64(a.n+b.n-2))
	return c.finish(Result{
		Test:   "equal trimmed means of two groups",
		Method: method,
		Null:   Named{"difference in trimmed means", 0},
		Effect: robustD(c.estimate, pooled, fraction),
		N:      []int64{a.n, b.n},
	}, alt, level), nil
}

// TrimmedT tests whether the trimmed mean of all values of t is mu [1]; of
// differences of pairs and mu = 0 it is the paired test. See YuenT for the rest.
//
// [1] J. W. Tukey and D. H. McLaughlin (1963), "Less vulnerable confidence and
// significance procedures for location based on a single sample: trimming/winsorization
// 1", Sankhyā A 25, 331–352.
func TrimmedT(t Tally, mu, fraction float64, alt Alternative, level float64) (Result, error) {
	method := fmt.Sprintf("trimmed t, %g %%", 100*fraction)
	if err := checkTrimmed(t, fraction, alt, level); err != nil {
		return Result{}, fmt.Errorf("%s: %w", method, err)
	}
	a := trim(t.pooled(), fraction)
	c := meanContrast(a.Moments)
	if err := c.check(); err != nil {
		return Result{}, fmt.Errorf("%s test: %w", method, err)
	}
	sd := math.Sqrt(a.spread / float64(a.n-1))
	return c.finish(Result{
		Test:   "one trimmed mean",
		Method: method,
		Null:   Named{"trimmed mean", mu},
		Effect: robustD(c.estimate-mu, sd, fraction),
		N:      []int64{a.n},
	}, alt, level), nil
}

func checkTrimmed(t Tally, fraction float64, alt Alternative, level float64) error {
	if !(fraction >= 0 && fraction < 0.5) {
		return fmt.Errorf("trimmed share %v: want at least 0 and less than 0.5", fraction)
	}
	if err := checkAsked(alt, level); err != nil {
		return err
	}
	return t.check()
}

// A trimmedSample is the middle of a sample as t-tests see it: its Moments are those
// of a sample of the values left whose mean is the trimmed mean and whose standard
// error is that of the trimmed mean.
type trimmedSample struct {
	Moments
	n      int64   // values before trimming
	spread float64 // sum of squares of the winsorized values about their mean
}

// trim cuts the ⌊n·fraction⌋ smallest and as many of the largest values off. The sum
// of squares takes them for equal to the outermost values left.
func trim(s sample, fraction float64) trimmedSample {
	n := s.n()
	out := trimmedSample{n: n}
	if n == 0 {
		return out
	}
	cut := int64(float64(n) * fraction)
	low, high := s.at(cut), s.at(n-1-cut)
	values := make([]float64, len(s.values))
	for i, x := range s.values {
		values[i] = min(max(x, low), high)
	}
	out.spread = momentsOf(values, s.counts).unscaled().M2
	out.Moments = Moments{N: n - 2*cut, Mean: s.trimmedMean(fraction), M2: out.spread, M3: math.NaN(), M4: math.NaN(), Min: low, Max: high}
	return out
}

// robustD returns a difference in winsorized standard deviations.
func robustD(difference, sd, fraction float64) Effect {
	d, err := inSD("", difference, sd)
	if err != nil {
		d = math.NaN()
	}
	d *= math.Sqrt(winsorizedVariance(fraction))
	word, rule := CohensDMagnitude(d)
	return Effect{Name: "robust d", Value: d, Magnitude: word, Rule: rule}
}

// winsorizedVariance returns the variance of a standard normal variable whose tails
// beyond the given quantiles are drawn in to them.
func winsorizedVariance(fraction float64) float64 {
	if fraction == 0 {
		return 1
	}
	z := NormalQuantile(1 - fraction)
	density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
	return 1 - 2*fraction - 2*z*density + 2*fraction*z*z
}

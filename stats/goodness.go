package stats

import (
	"fmt"
	"math"
)

// A GoodnessOfFit is how counts of levels agree with the shares that were
// expected of them.
type GoodnessOfFit struct {
	Pearson Result // Pearson's chi-square
	G       Result // the likelihood ratio
	Cells   []Cell // one per level, in the order given; Col is empty
}

// GoodnessOfFitTest tests whether counts of levels come from given shares, which
// must sum to 1 and be above 0, by Pearson's chi-square and by the likelihood
// ratio G with one degree of freedom less than there are levels.
//
// The estimate and the effect is Cohen's w = √(chi-square/n), which has the
// interval of the noncentrality of chi-square over n: √(λ/n). The adjusted residual
// of a level is (observed−expected)/√(expected·(1−share)). A warning wraps
// ErrSparse as in ChiSquareTest.
//
// It returns ErrTooFew without observations, ErrConstant for fewer than two levels,
// and wraps ErrLengths where the three do not fit.
//
// K. Pearson (1900), Philosophical Magazine 50, 157–175.
func GoodnessOfFitTest(levels []string, counts []int64, shares []float64, level float64) (GoodnessOfFit, error) {
	n, err := checkFit(levels, counts, shares, level)
	if err != nil {
		return GoodnessOfFit{}, err
	}
	var fit GoodnessOfFit
	var chi2, g float64
	expected := ExpectedCounts{Min: math.Inf(1), Cells: len(levels)}
	for i, name := range levels {
		o, e := float64(counts[i]), float64(n)*shares[i]
		residual := (o - e) / math.Sqrt(e)
		fit.Cells = append(fit.Cells, Cell{Row: name, Observed: counts[i], Expected: e, Residual: residual,
			AdjResidual: residual / math.Sqrt(1-shares[i]), Contribution: residual * residual})
		chi2 += residual * residual
		if o > 0 {
			g += 2 * deviance(o, e)
		} else {
			g += 2 * e
		}
		expected.Min = min(expected.Min, e)
		if e < 5 {
			expected.Below5++
		}
	}
	df := float64(len(levels) - 1)
	low, high := noncentralityInterval(chi2, df, level)
	w := Effect{Name: "Cohen's w", Value: math.Sqrt(chi2 / float64(n)), CI: Interval{math.Sqrt(low / float64(n)), math.Sqrt(high / float64(n)), level}}
	w.Magnitude, w.Rule = CorrelationMagnitude(w.Value)
	draft := Result{Test: "goodness of fit", Null: Named{w.Name, 0}, DF: []float64{df}, Estimate: Named{w.Name, w.Value}, CI: w.CI, Effect: w, N: []int64{n}}
	if warning := expected.Warning(); warning != nil {
		draft.Warnings = []error{warning}
	}
	draft.Method, draft.Statistic = "Pearson", Named{"chi2", chi2}
	fit.Pearson = NewResult(draft, LogChiSquaredSF(chi2, df))
	draft.Method, draft.Statistic = "likelihood ratio", Named{"G", g}
	fit.G = NewResult(draft, LogChiSquaredSF(g, df))
	return fit, nil
}

// checkFit returns the number of observations, or why there is no test.
func checkFit(levels []string, counts []int64, shares []float64, level float64) (n int64, err error) {
	if len(levels) != len(counts) || len(levels) != len(shares) {
		return 0, fmt.Errorf("%d levels with %d counts and %d shares: %w", len(levels), len(counts), len(shares), ErrLengths)
	}
	if len(levels) < 2 {
		return 0, fmt.Errorf("goodness of fit of %d levels: %w", len(levels), ErrConstant)
	}
	sum := 0.0
	for i, share := range shares {
		if !(share > 0 && share < 1) {
			return 0, fmt.Errorf("level %q: expected share %v, want a number between 0 and 1", levels[i], share)
		}
		if counts[i] < 0 {
			return 0, fmt.Errorf("level %q: count %d is negative", levels[i], counts[i])
		}
		sum += share
		n += counts[i]
	}
	if math.Abs(sum-1) > 1e-9 {
		return 0, fmt.Errorf("expected shares sum to %v, want 1", sum)
	}
	if n < 1 {
		return 0, fmt.Errorf("goodness of fit without observations: %w", ErrTooFew)
	}
	return n, checkLevel(level)
}

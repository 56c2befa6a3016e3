package stats

import (
	"fmt"
	"math"
)

// CorrelationRatio returns η, the square root of the share of a variable's sum
// of squares that lies between groups: 0 when all groups have the same mean, 1
// when no group varies within. It takes the moments of the variable in each
// group; empty groups do not matter. It is NaN for fewer than two values and
// when the variable does not vary.
func CorrelationRatio(groups []Moments) float64 {
	between, within, _, _ := sumsOfSquares(groups)
	if !(between+within > 0) {
		return math.NaN()
	}
	return math.Sqrt(between / (between + within))
}

// sumsOfSquares returns the sums of squares between and within groups, the number
// of values, and that of groups with values.
func sumsOfSquares(groups []Moments) (between, within float64, n int64, used int) {
	var all Moments
	for _, g := range groups {
		all.Merge(g)
		within += g.M2
		if g.N > 0 {
			used++
		}
	}
	for _, g := range groups {
		if g.N > 0 {
			d := g.Mean - all.Mean
			between += float64(g.N) * d * d
		}
	}
	return between, within, all.N, used
}

// CorrelationRatioTest tests whether a variable has the same mean in all groups,
// by the F of a one-way analysis of variance with k−1 and n−k degrees of freedom
// for k groups with values. It takes the moments of the variable in each group;
// empty groups do not matter.
//
// The estimate is η, the effect η², the share of the variance that lies between
// the groups. Both have the confidence interval that inverts the noncentral F
// distribution of the statistic [1]: with λ such that the observed F is its upper
// or lower (1−level)/2 quantile, the bounds of η² are λ/(λ+n). Like F, it takes the
// variable to be normal within groups, with one variance. η² of groups that differ
// by chance alone is about (k−1)/(n−1), so with many small groups the interval may
// lie wholly below the estimate.
//
// It returns ErrTooFew unless two groups have values and one of them more than
// one, and ErrConstant when the variable does not vary.
//
// [1] J. H. Steiger (2004), "Beyond the F test: Effect size confidence intervals
// and tests of close fit in the analysis of variance and contrast analysis",
// Psychological Methods 9, 164–182.
func CorrelationRatioTest(groups []Moments, level float64) (Result, error) {
	if err := checkLevel(level); err != nil {
		return Result{}, err
	}
	between, within, n, used := sumsOfSquares(groups)
	switch {
	case used < 2 || n <= int64(used):
		return Result{}, fmt.Errorf("correlation ratio of %d values in %d groups: %w", n, used, ErrTooFew)
	case math.IsNaN(between+within) || math.IsInf(between+within, 0):
		return Result{}, fmt.Errorf("correlation ratio: %w", ErrNotFinite)
	case !(between+within > 0):
		return Result{}, fmt.Errorf("correlation ratio: %w", ErrConstant)
	}
	df1, df2 := float64(used-1), float64(n)-float64(used)
	f := between / df1 / (within / df2)
	eta2 := between / (between + within)
	ci := Interval{Low: 1, High: 1, Level: level}
	if !math.IsInf(f, 1) {
		low, high := noncentralityOfF(f, df1, df2, level)
		ci.Low, ci.High = low/(low+float64(n)), high/(high+float64(n))
	}
	word, rule := EtaSquaredMagnitude(eta2)
	draft := Result{
		Test:      "equal means in all groups",
		Method:    "one-way analysis of variance, noncentral F interval",
		Null:      Named{"eta", 0},
		Statistic: Named{"F", f},
		DF:        []float64{df1, df2},
		Estimate:  Named{"eta", math.Sqrt(eta2)},
		CI:        Interval{math.Sqrt(ci.Low), math.Sqrt(ci.High), level},
		Effect:    Effect{Name: "eta squared", Value: eta2, CI: ci, Magnitude: word, Rule: rule},
	}
	for _, g := range groups {
		if g.N > 0 {
			draft.N = append(draft.N, g.N)
		}
	}
	return NewResult(draft, LogFSF(f, df1, df2)), nil
}

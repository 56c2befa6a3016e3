package stats

import (
	"fmt"
	"math"
)

// BrunnerMunzel tests whether a value of one group is as likely to exceed one of the
// other as to fall below it, ties by half [1]. Unlike MannWhitney it does not take both
// groups to have one shape under the null hypothesis, so it stays valid where the
// spreads differ. Greater means that the first group of t tends to have the greater
// values.
//
// The estimate is that chance for the first group, the AUC of MannWhitney, with an
// interval from Student's t with Welch's degrees of freedom, cut off at 0 and 1; it is
// one-sided when the alternative is.
//
// The error wraps ErrTooFew unless both groups have two values, and ErrConstant if all
// values are equal or no value of one group lies among those of the other, where
// there is no standard error; any number of groups but two is refused.
//
// [1] E. Brunner and U. Munzel (2000), "The nonparametric Behrens-Fisher problem:
// asymptotic theory and a small-sample approximation", Biometrical Journal 42, 17–25.
func BrunnerMunzel(t Tally, alt Alternative, level float64) (Result, error) {
	const method = "Brunner-Munzel"
	if err := checkAsked(alt, level); err != nil {
		return Result{}, fmt.Errorf("%s test: %w", method, err)
	}
	first, second, err := placementMoments(t, method+" test")
	if err != nil {
		return Result{}, err
	}
	// The variances of the placements are to the AUC what those of two samples are to
	// the difference of their means.
	c := welchContrast(first, second)
	c.estimate = first.Mean
	if err := c.check(); err != nil {
		return Result{}, fmt.Errorf("%s test of groups of %d and %d values: %w", method, first.N, second.N, err)
	}
	r := c.finish(Result{
		Test:   "stochastic order of two groups",
		Method: method,
		Null:   Named{"AUC", 0.5},
		N:      []int64{first.N, second.N},
	}, alt, level)
	r.CI.Low, r.CI.High = math.Max(0, r.CI.Low), math.Min(1, r.CI.High)
	return r, nil
}

// placementMoments returns the moments of the placements of the values of each of two
// groups: the share of the other group that a value of the first exceeds, and that
// exceeds a value of the second, ties by half. The mean of either is the AUC.
func placementMoments(t Tally, method string) (first, second Moments, err error) {
	ranks, err := centredRanks(t, method)
	if err != nil {
		return first, second, err
	}
	if err := ranks.checkTwo(method); err != nil {
		return first, second, err
	}
	n1, n2 := float64(ranks.n[0]), float64(ranks.n[1])
	below1, below2 := 0.0, 0.0
	for i := range t.Values {
		c1, c2 := float64(t.Counts[0][i]), float64(t.Counts[1][i])
		first.AddN((below2+c2/2)/n2, t.Counts[0][i])
		second.AddN((n1-below1-c1/2)/n1, t.Counts[1][i])
		below1 += c1
		below2 += c2
	}
	return first, second, nil
}

package stats

import "math"

// DeLong returns the area under the ROC curve of a value as a score for the first
// of the two groups of t, with DeLong's interval: the chance that a value of the
// first group exceeds one of the second, equal ones by half, give or take normal
// quantiles of its standard error. Unlike the interval of MannWhitney it looks at
// how the values are tied and spread, and so agrees with the test; but it has no
// width where the area is 0 or 1, and should not be used for groups of less than
// about ten. It is cut off at 0 and 1.
//
// The error wraps ErrTooFew unless both groups have two values; any number of
// groups but two is refused.
//
// E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson (1988), "Comparing the areas
// under two or more correlated receiver operating characteristic curves: a
// nonparametric approach", Biometrics 44, 837–845.
func DeLong(t Tally, level float64) (auc float64, ci Interval, err error) {
	const method = "DeLong's interval"
	if err := checkLevel(level); err != nil {
		return math.NaN(), Interval{}, err
	}
	first, second, err := placementMoments(t, method)
	if err != nil {
		return math.NaN(), Interval{}, err
	}
	if first.N < 2 || second.N < 2 {
		return math.NaN(), Interval{}, ErrTooFew
	}
	auc = first.Mean
	half := NormalQuantile((1+level)/2) * math.Hypot(first.SE(), second.SE())
	return auc, Interval{Low: max(0, auc-half), High: min(1, auc+half), Level: level}, nil
}

package stats

import (
	"fmt"
	"math"
)

// The rank tests take the groups of one Tally and need time proportional to its
// distinct values, so any number of rows can be ranked by them. The unit and every
// other monotone map of the values are without effect.

// exactRankSum is the size below which both groups must stay for MannWhitney to use
// the exact distribution, as in R.
const exactRankSum = 50

// MannWhitney tests whether the values of one group tend to be greater than those
// of another: the null hypothesis is that both have one distribution [1]. Greater
// means that the first group of t tends to have the greater values. It is also
// known as Wilcoxon's rank sum test.
//
// The statistic U counts the pairs in which the value of the first group is the
// greater, equal ones by half. p is exact if no two values are equal and both groups
// are smaller than 50; else it follows the normal approximation with the variance
// that the ties leave and a correction for continuity. The estimate is the AUC,
// U/(n₁n₂): the chance that a value of the first group exceeds one of the second,
// and the area under the ROC curve of the value as a score for the first group. The
// effect is the rank-biserial correlation 2·AUC−1, which is Cliff's delta. Both have
// Newcombe's score interval [2], which holds at an AUC of 0 or 1 too and has two
// sides whatever the alternative. The term "normal approximation" holds z with and
// without correction, and one term for each group its size, mean rank and median.
//
// The error wraps ErrTooFew for an empty group and ErrConstant if all values are
// equal; any number of groups but two is refused.
//
// [1] H. B. Mann and D. R. Whitney (1947), "On a test of whether one of two random
// variables is stochastically larger than the other", Annals of Mathematical
// Statistics 18, 50–60.
//
// [2] R. G. Newcombe (2006), "Confidence intervals for an effect size measure based
// on the Mann–Whitney statistic. Part 2", Statistics in Medicine 25, 559–573, method
// 5.
func MannWhitney(t Tally, alt Alternative, level float64) (Result, error) {
	r, err := newRankSums(t, "Mann-Whitney test", alt, level)
	if err != nil {
		return Result{}, err
	}
	if r.ties || max(r.n[0], r.n[1]) >= exactRankSum {
		_, logP := r.z(alt, 0.5)
		return r.result(alt, "Mann-Whitney, normal approximation, continuity correction", logP), nil
	}
	return r.result(alt, "Mann-Whitney, exact", logRankSumP(r.n[0], r.n[1], r.u(), alt)), nil
}

// MannWhitneyNormal is MannWhitney with the normal approximation whatever the size
// of the groups, and with the correction for continuity or without.
func MannWhitneyNormal(t Tally, alt Alternative, level float64, continuity bool) (Result, error) {
	r, err := newRankSums(t, "Mann-Whitney test", alt, level)
	if err != nil {
		return Result{}, err
	}
	method, correction := "Mann-Whitney, normal approximation", 0.0
	if continuity {
		method, correction = method+", continuity correction", 0.5
	}
	_, logP := r.z(alt, correction)
	return r.result(alt, method, logP), nil
}

// rankSums is what the comparison of two groups rests on.
type rankSums struct {
	n        [2]int64
	score    float64 // pairs with the greater value in the first group, less those with it in the second
	sd       float64 // of U under the null hypothesis, given the ties
	ties     bool    // whether any two values are equal
	auc      float64
	interval Interval // of auc
	groups   []Term
}

// newRankSums compares the two groups of t.
func newRankSums(t Tally, method string, alt Alternative, level float64) (rankSums, error) {
	if err := checkLevel(level); err != nil {
		return rankSums{}, err
	}
	if int(alt) >= len(alternativeNames) {
		return rankSums{}, fmt.Errorf("%s: unknown alternative %v", method, alt)
	}
	ranks, err := centredRanks(t, method)
	if err != nil {
		return rankSums{}, err
	}
	if err := ranks.checkTwo(method); err != nil {
		return rankSums{}, err
	}
	n1, n2 := ranks.n[0], ranks.n[1]
	pairs, n := float64(n1)*float64(n2), float64(n1+n2)
	r := rankSums{
		n: [2]int64{n1, n2},
		// Ranks are sums of comparisons; those within the group cancel.
		score:  2 * ranks.sums[0],
		sd:     math.Sqrt(pairs / n * (ranks.spread / (12 * (n - 1)))),
		ties:   ranks.distinct < n1+n2,
		groups: ranks.terms(t),
	}
	r.auc = 0.5 + 0.5*r.score/pairs
	r.interval = concordanceInterval(r.auc, float64(n1), float64(n2), level)
	return r, nil
}

// u returns Mann and Whitney's U of the first group.
func (r *rankSums) u() float64 { return (float64(r.n[0])*float64(r.n[1]) + r.score) / 2 }

// z returns the normal approximation and its log p-value.
func (r *rankSums) z(alt Alternative, correction float64) (z, logP float64) {
	return continuousZ(r.score/2, correction, r.sd, alt)
}

// result makes the result of a p-value.
func (r *rankSums) result(alt Alternative, method string, logP float64) Result {
	const auc = "AUC"
	corrected, _ := r.z(alt, 0.5)
	uncorrected, _ := r.z(alt, 0)
	effect := r.score / (float64(r.n[0]) * float64(r.n[1]))
	word, rule := RankBiserialMagnitude(effect)
	return NewResult(Result{
		Test:        "stochastic order of two groups",
		Method:      method,
		Alternative: alt,
		Null:        Named{auc, 0.5},
		Statistic:   Named{"U", r.u()},
		Estimate:    Named{auc, r.auc},
		CI:          r.interval,
		Effect: Effect{
			Name:      "rank-biserial correlation",
			Value:     effect,
			CI:        Interval{Low: 2*r.interval.Low - 1, High: 2*r.interval.High - 1, Level: r.interval.Level},
			Magnitude: word,
			Rule:      rule,
		},
		N: r.n[:],
		Terms: append([]Term{{
			Name:   "normal approximation",
			Values: []Named{{"z", corrected}, {"z_uncorrected", uncorrected}},
		}}, r.groups...),
	}, logP)
}

// RankBiserialMagnitude returns the word for a rank-biserial correlation: small,
// medium and large from an AUC of 0.56, 0.64 and 0.71 on. A. Vargha and H. D.
// Delaney (2000), "A critique and improvement of the CL common language effect size
// statistics of McGraw and Wong", J. Educ. Behav. Stat. 25, 101–132.
func RankBiserialMagnitude(r float64) (word, rule string) {
	return magnitude(r, 0.12, 0.28, 0.42), "Vargha and Delaney 2000"
}

// concordanceInterval returns Newcombe's interval for an AUC: the θ from which the
// observed one is z standard deviations away, with the variance that pairs of
// exponential distributions with AUC θ have (Hanley and McNeil 1982), evened out
// between the groups.
func concordanceInterval(auc, n1, n2, level float64) Interval {
	z := NormalQuantile((1 + level) / 2)
	others := (n1+n2)/2 - 1
	variance := func(θ float64) float64 {
		return θ * (1 - θ) * (1 + others*((1-θ)/(2-θ)+θ/(1+θ))) / (n1 * n2)
	}
	// bound moves outside in until the distance has shrunk to z.
	bound := func(outside float64) float64 {
		inside := auc
		for range 100 {
			mid := (inside + outside) / 2
			if (mid-auc)*(mid-auc) > z*z*variance(mid) {
				outside = mid
			} else {
				inside = mid
			}
		}
		return (inside + outside) / 2
	}
	return Interval{Low: bound(0), High: bound(1), Level: level}
}

// logRankSumP returns the log p-value of U from its exact distribution without
// ties. The distribution is symmetric, so both tails are sums from below.
func logRankSumP(n1, n2 int64, u float64, alt Alternative) float64 {
	chance := rankSumDistribution(int(n1), int(n2))
	lower := func(u float64) float64 {
		sum := 0.0
		for k := 0; k <= int(u) && k < len(chance); k++ {
			sum += chance[k]
		}
		return math.Log(sum)
	}
	mirrored := float64(n1*n2) - u
	switch alt {
	case Less:
		return lower(u)
	case Greater:
		return lower(mirrored)
	}
	return math.Ln2 + lower(min(u, mirrored))
}

// rankSumDistribution returns the chances of U = 0, 1, …, n1·n2 if all orders of the
// n1+n2 values are equally likely: the greatest value belongs to the first group
// with chance n1/(n1+n2), and exceeds all n2 values of the other then. All terms are
// positive, so small chances are as exact as large ones.
func rankSumDistribution(n1, n2 int) []float64 {
	row := make([][]float64, n2+1) // row[j] is the distribution for i and j values
	for j := range row {
		row[j] = []float64{1}
	}
	for i := 1; i <= n1; i++ {
		row[0] = []float64{1}
		for j := 1; j <= n2; j++ {
			next := make([]float64, i*j+1)
			share := float64(i) / float64(i+j)
			for k, p := range row[j] {
				next[k+j] += share * p
			}
			for k, p := range row[j-1] {
				next[k] += (1 - share) * p
			}
			row[j] = next
		}
	}
	return row[n2]
}

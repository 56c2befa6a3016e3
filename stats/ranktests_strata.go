package stats

import (
	"errors"
	"fmt"
	"math"
)

// StratifiedMannWhitney is MannWhitneyNormal, without correction for continuity,
// for values that may be compared within strata only, such as scores of the rows
// that each fold of a cross-validation held out [1].
//
// The statistic U adds up the strata; its variance under the null hypothesis, given
// the ties, is the sum of theirs. The estimate is the AUC: of all pairs of a value
// of the first group with one of the second in the same stratum, the part in which
// the first is the greater, equal ones by half. The effect is 2·AUC−1, the
// rank-biserial correlation. Both have Newcombe's score interval for two samples of
// all strata together, which leaves aside that the strata differ, and two sides
// whatever the alternative. The term "normal approximation" holds z.
//
// Strata in which a group has no value are left out; one in which all values are
// equal counts as undecided. The error wraps ErrTooFew if no stratum is left, and
// ErrConstant if none of them varies.
//
// [1] P. H. van Elteren (1960), "On the combination of independent two-sample tests
// of Wilcoxon", Bulletin de l'Institut International de Statistique 37, 351–361;
// here with equal weights for all pairs.
func StratifiedMannWhitney(strata []Tally, alt Alternative, level float64) (Result, error) {
	const method = "stratified Mann-Whitney test"
	all := rankSums{}
	var score, pairs, variance float64
	varies := false
	for _, t := range strata {
		if t.NumGroups() == 2 && (t.N(0) == 0 || t.N(1) == 0) {
			continue
		}
		r, err := newRankSums(t, method, alt, level)
		switch {
		case errors.Is(err, ErrConstant) && t.NumGroups() == 2:
			r.n = [2]int64{t.N(0), t.N(1)} // every pair is a tie
		case err != nil:
			return Result{}, err
		default:
			varies = true
		}
		all.n[0] += r.n[0]
		all.n[1] += r.n[1]
		score += r.score
		variance += r.sd * r.sd
		pairs += float64(r.n[0]) * float64(r.n[1])
	}
	switch {
	case pairs == 0:
		return Result{}, fmt.Errorf("%s of no stratum with values in both groups: %w", method, ErrTooFew)
	case !varies:
		return Result{}, fmt.Errorf("%s: %w", method, ErrConstant)
	}
	auc := 0.5 + 0.5*score/pairs
	ci := concordanceInterval(auc, float64(all.n[0]), float64(all.n[1]), level)
	word, rule := RankBiserialMagnitude(score / pairs)
	z, logP := continuousZ(score/2, 0, math.Sqrt(variance), alt)
	return NewResult(Result{
		Test:        "stochastic order of two groups within strata",
		Method:      "stratified Mann-Whitney, normal approximation",
		Alternative: alt,
		Null:        Named{"AUC", 0.5},
		Statistic:   Named{"U", (pairs + score) / 2},
		Estimate:    Named{"AUC", auc},
		CI:          ci,
		Effect: Effect{Name: "rank-biserial correlation", Value: score / pairs,
			CI: Interval{Low: 2*ci.Low - 1, High: 2*ci.High - 1, Level: ci.Level}, Magnitude: word, Rule: rule},
		N:     all.n[:],
		Terms: []Term{{Name: "normal approximation", Values: []Named{{"z", z}}}},
	}, logP), nil
}

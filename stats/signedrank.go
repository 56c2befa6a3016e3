package stats

import (
	"fmt"
	"math"
)

// WilcoxonSignedRank tests whether the values of t, usually differences of pairs, are
// as large above 0 as below: the null hypothesis is that they are symmetric about 0
// [1]. Greater means that they tend to be above. All groups of t count together.
//
// Zeros are dropped, and equal sizes share the mean of their ranks. The statistic W
// is the sum of the ranks of the positive values. p is exact if no two sizes are equal
// and there are fewer than 50, without zeros; else it follows the normal approximation
// with the variance that the ties leave and a correction for continuity. The effect is
// the rank-biserial correlation (W₊−W₋)/(W₊+W₋) [2], with the interval of Fisher's z
// and the standard error under the null hypothesis, which has two sides whatever the
// alternative. The terms are the sums of ranks with how many values they are of.
//
// The error wraps ErrTooFew if no value differs from 0.
//
// [1] F. Wilcoxon (1945), "Individual comparisons by ranking methods", Biometrics
// Bulletin 1, 80–83.
//
// [2] D. S. Kerby (2014), "The simple difference formula", Comprehensive Psychology 3.
func WilcoxonSignedRank(t Tally, alt Alternative, level float64) (Result, error) {
	w, err := newSignedRanks(t, alt, level)
	if err != nil {
		return Result{}, err
	}
	if w.ties || w.zeros > 0 || w.n() >= exactRankSum {
		_, logP := continuousZ(w.score(), 0.5, w.sd, alt)
		return w.result(alt, level, "Wilcoxon signed rank, normal approximation, continuity correction", logP), nil
	}
	return w.result(alt, level, "Wilcoxon signed rank, exact", w.exactLogP(alt)), nil
}

// WilcoxonSignedRankNormal is WilcoxonSignedRank with the normal approximation
// whatever the size of the sample, and with the correction for continuity or without.
func WilcoxonSignedRankNormal(t Tally, alt Alternative, level float64, continuity bool) (Result, error) {
	w, err := newSignedRanks(t, alt, level)
	if err != nil {
		return Result{}, err
	}
	method, correction := "Wilcoxon signed rank, normal approximation", 0.0
	if continuity {
		method, correction = method+", continuity correction", 0.5
	}
	_, logP := continuousZ(w.score(), correction, w.sd, alt)
	return w.result(alt, level, method, logP), nil
}

// signedRanks is the ranks of the sizes of values, summed by their sign.
type signedRanks struct {
	above, below float64 // sums of ranks
	positive     int64   // values above 0
	negative     int64
	zeros        int64
	ties         bool
	sd           float64 // of the sum of ranks under the null hypothesis
}

func newSignedRanks(t Tally, alt Alternative, level float64) (signedRanks, error) {
	const method = "Wilcoxon signed rank test"
	if err := checkAsked(alt, level); err != nil {
		return signedRanks{}, fmt.Errorf("%s: %w", method, err)
	}
	if err := t.check(); err != nil {
		return signedRanks{}, fmt.Errorf("%s: %w", method, err)
	}
	s := t.pooled()
	w := signedRanks{zeros: s.count(0)}
	// The sizes of the values come in ascending order when both sides are walked
	// outwards from 0.
	right := len(s.values) - countAbove(s.values, 0)
	left := right - 1
	if w.zeros > 0 {
		left--
	}
	var above, below, tied compensated
	ranked := int64(0)
	for left >= 0 || right < len(s.values) {
		size := math.Inf(1)
		if right < len(s.values) {
			size = s.values[right]
		}
		if left >= 0 {
			size = min(size, -s.values[left])
		}
		var up, down int64
		if right < len(s.values) && s.values[right] == size {
			up, right = s.counts[right], right+1
		}
		if left >= 0 && -s.values[left] == size {
			down, left = s.counts[left], left-1
		}
		c := float64(up + down)
		rank := float64(ranked) + (c+1)/2
		above, below = above.addProduct(rank, float64(up)), below.addProduct(rank, float64(down))
		tied = tied.addProduct(c*(c-1), c+1)
		ranked += up + down
		w.positive, w.negative = w.positive+up, w.negative+down
		w.ties = w.ties || up+down > 1
	}
	if ranked == 0 {
		return w, fmt.Errorf("%s: no value differs from 0: %w", method, ErrTooFew)
	}
	w.above, w.below = above.value(), below.value()
	n := float64(ranked)
	w.sd = math.Sqrt(n*(n+1)*(2*n+1)/24 - tied.value()/48)
	return w, nil
}

// countAbove returns how many of the ascending values are above x.
func countAbove(values []float64, x float64) int {
	n := 0
	for i := len(values) - 1; i >= 0 && values[i] > x; i-- {
		n++
	}
	return n
}

func (w *signedRanks) n() int64 { return w.positive + w.negative }

// score returns W less its expectation.
func (w *signedRanks) score() float64 { return (w.above - w.below) / 2 }

func (w *signedRanks) result(alt Alternative, level float64, method string, logP float64) Result {
	const name = "rank-biserial correlation"
	all := w.above + w.below
	r := (w.above - w.below) / all
	reach := NormalQuantile((1+level)/2) * 2 * w.sd / all
	ci := Interval{Low: math.Tanh(math.Atanh(r) - reach), High: math.Tanh(math.Atanh(r) + reach), Level: level}
	word, rule := RankBiserialMagnitude(r)
	draft := Result{
		Test:        "symmetry about 0",
		Method:      method,
		Alternative: alt,
		Null:        Named{name, 0},
		Statistic:   Named{"W", w.above},
		Estimate:    Named{name, r},
		CI:          ci,
		Effect:      Effect{Name: name, Value: r, CI: ci, Magnitude: word, Rule: rule},
		N:           []int64{w.n()},
		Terms: []Term{
			{Name: "above 0", Values: []Named{{"n", float64(w.positive)}, {"rank_sum", w.above}}},
			{Name: "below 0", Values: []Named{{"n", float64(w.negative)}, {"rank_sum", w.below}}},
		},
	}
	if w.zeros > 0 {
		draft.Warnings = append(draft.Warnings, fmt.Errorf("values of 0 have no sign and were dropped: %d", w.zeros))
	}
	return NewResult(draft, logP)
}

// exactLogP returns the log p-value from the distribution of W without ties: each
// rank is positive or not with equal chance.
func (w *signedRanks) exactLogP(alt Alternative) float64 {
	chance := []float64{1}
	for rank := 1; rank <= int(w.n()); rank++ {
		next := make([]float64, len(chance)+rank)
		for k, p := range chance {
			next[k] += p / 2
			next[k+rank] += p / 2
		}
		chance = next
	}
	lower := func(sum float64) float64 {
		p := 0.0
		for k := 0; k <= int(sum); k++ {
			p += chance[k]
		}
		return math.Log(p)
	}
	switch alt {
	case Less:
		return lower(w.above)
	case Greater:
		return lower(w.below)
	}
	return math.Ln2 + lower(min(w.above, w.below))
}

// SignTest tests whether a value of t, usually a difference of a pair, is as likely to
// be above 0 as below: the exact binomial test of the signs. Zeros are dropped, and
// all groups of t count together. The estimate is the share above 0 with Wilson's
// interval, which has two sides whatever the alternative. The error wraps ErrTooFew if
// no value differs from 0.
//
// E. B. Wilson (1927), "Probable inference, the law of succession, and statistical
// inference", J. Amer. Statist. Assoc. 22, 209–212.
func SignTest(t Tally, alt Alternative, level float64) (Result, error) {
	w, err := newSignedRanks(t, alt, level)
	if err != nil {
		return Result{}, fmt.Errorf("sign test: %w", err)
	}
	n, k := float64(w.n()), float64(w.positive)
	share, z := k/n, NormalQuantile((1+level)/2)
	centre := (share + z*z/(2*n)) / (1 + z*z/n)
	reach := z / (1 + z*z/n) * math.Sqrt(share*(1-share)/n+z*z/(4*n*n))
	return NewResult(Result{
		Test:        "median of 0",
		Method:      "sign test, exact",
		Alternative: alt,
		Null:        Named{"share above 0", 0.5},
		Statistic:   Named{"positive", k},
		Estimate:    Named{"share above 0", share},
		CI:          Interval{Low: max(0, centre-reach), High: min(1, centre+reach), Level: level},
		N:           []int64{w.n()},
	}, logSignP(w.positive, w.negative, alt)), nil
}

// logSignP returns the log p-value of so many signs of both kinds.
func logSignP(positive, negative int64, alt Alternative) float64 {
	atLeast := func(k int64) float64 { // log P(X ≥ k) of fair coins
		if k <= 0 {
			return 0
		}
		upper, _ := logIncBeta(float64(k), float64(positive+negative-k+1), 0.5, 0.5)
		return upper
	}
	switch alt {
	case Less:
		return atLeast(negative)
	case Greater:
		return atLeast(positive)
	}
	return math.Ln2 + atLeast(max(positive, negative))
}

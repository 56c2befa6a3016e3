package stats

import (
	"fmt"
	"math"
)

// FisherTest tests whether the two labels of a table of two rows and two columns
// are independent by the probabilities of all tables with its margins [1]: exact
// however small the counts. Greater speaks of the odds ratio, (first cell ×
// last)/(second × third).
//
// The two-sided p-value is the probability of all tables that are no more probable
// than the observed one. The estimate is the odds ratio of largest conditional
// likelihood, which is not that of the counts but nearer to 1; its interval inverts
// the two one-sided tests, at (1−level)/2 each [2], or one of them if the
// alternative is one-sided. Both may be 0 or infinite where a cell is empty. The
// effect is Cramér's V as in ChiSquareTest.
//
// The work grows with the square root of the counts. It returns the errors of
// ChiSquareTest, and one for tables of another shape.
//
// [1] R. A. Fisher (1935), "The logic of inductive inference", JRSS 98, 39–82.
//
// [2] J. Cornfield (1956), "A statistical problem arising from retrospective
// studies", Proc. Third Berkeley Symposium 4, 135–148.
func FisherTest(c *Crosstab, alternative Alternative, level float64) (Result, error) {
	t := c.Table()
	if err := checkTable(&t); err != nil {
		return Result{}, err
	}
	if !t.isTwoByTwo() {
		return Result{}, fmt.Errorf("exact test of a table of %d by %d, want 2 by 2", len(t.Rows), len(t.Cols))
	}
	_, corrected, err := cramersV(&t, level)
	if err != nil {
		return Result{}, err
	}
	h, x := hypergeometric{t.RowTotals[0], t.ColTotals[0], t.N}, t.Counts[0][0]
	draft := Result{
		Test:        "independence of two labels",
		Method:      "Fisher's exact",
		Alternative: alternative,
		Null:        Named{"odds ratio", 1},
		Estimate:    Named{"conditional odds ratio", h.likeliestOdds(x)},
		CI:          h.oddsInterval(x, alternative, level),
		Effect:      corrected,
		N:           []int64{t.N},
		Missing:     c.Missing,
	}
	switch alternative {
	case Less:
		return NewResult(draft, h.logLower(x)), nil
	case Greater:
		return NewResult(draft, h.logUpper(x)), nil
	}
	return NewResult(draft, h.logTwoSided(x)), nil
}

// isTwoByTwo reports whether the table has two rows and two columns.
func (t *ContingencyTable) isTwoByTwo() bool { return len(t.Rows) == 2 && len(t.Cols) == 2 }

// likeliestOdds returns the odds under which x is the mean, and so the likeliest.
func (h hypergeometric) likeliestOdds(x int64) float64 {
	switch low, high := h.bounds(); x {
	case low:
		return 0
	case high:
		return math.Inf(1)
	}
	return oddsWhere(func(odds float64) float64 {
		mean, _, _ := h.tilted(odds, x)
		return mean - float64(x)
	})
}

// oddsInterval returns the odds that the one-sided tests of x do not refuse.
func (h hypergeometric) oddsInterval(x int64, alternative Alternative, level float64) Interval {
	ci := Interval{0, math.Inf(1), level}
	tail := 1 - level
	if alternative == TwoSided {
		tail /= 2
	}
	low, high := h.bounds()
	if alternative != Less && x > low {
		ci.Low = oddsWhere(func(odds float64) float64 {
			_, _, upper := h.tilted(odds, x)
			return upper - tail
		})
	}
	if alternative != Greater && x < high {
		ci.High = oddsWhere(func(odds float64) float64 {
			_, lower, _ := h.tilted(odds, x)
			return tail - lower
		})
	}
	return ci
}

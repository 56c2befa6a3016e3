package stats

import (
	"fmt"
	"math"
)

// A McNemar is how two labels of the same observations that have the same two
// levels disagree.
type McNemar struct {
	Levels    [2]string
	Discord   [2]int64 // first level in the row and second in the column, and the reverse
	Exact     Result   // binomial
	Plain     Result   // chi-square
	Corrected Result   // chi-square with Edwards' continuity correction
}

// McNemarTest tests whether two labels of the same observations have their two
// levels equally often [1]: whether those that disagree, b of the first level in the
// row label and the second in the column label and c the other way round, go either
// way alike. Exact is the binomial test of b of b+c with chance ½; Plain has
// (b−c)²/(b+c) and Corrected (|b−c|−1)²/(b+c), not below 0, as chi-square with one
// degree of freedom [2].
//
// The estimate is the odds ratio b/c, which has the exact interval of Clopper and
// Pearson for b/(b+c). The effect is Cohen's g = b/(b+c) − ½: small from 0.05 on,
// medium from 0.15, large from 0.25 [3]. A warning wraps ErrSparse where b+c is below
// 25.
//
// It returns ErrTooFew if none disagree, and an error unless both labels have the
// same levels, two in all.
//
// [1] Q. McNemar (1947), Psychometrika 12, 153–157.
//
// [2] A. L. Edwards (1948), Psychometrika 13, 185–187.
//
// [3] J. Cohen (1988), Statistical Power Analysis, 2nd ed., section 5.2.
func McNemarTest(c *Crosstab, level float64) (McNemar, error) {
	levels, err := c.sharedLevels()
	if err != nil {
		return McNemar{}, err
	}
	if err := checkLevel(level); err != nil {
		return McNemar{}, err
	}
	m := McNemar{Levels: levels}
	m.Discord = [2]int64{c.counts[labelPair{levels[0], levels[1]}], c.counts[labelPair{levels[1], levels[0]}]}
	b, k := float64(m.Discord[0]), float64(m.Discord[1])
	n := b + k
	if n == 0 {
		return m, fmt.Errorf("no observation has different labels: %w", ErrTooFew)
	}
	share := binomialInterval(b, n, level)
	g := Effect{Name: "Cohen's g", Value: b/n - 0.5, CI: Interval{share.Low - 0.5, share.High - 0.5, level}, Rule: cohen}
	g.Magnitude = magnitude(g.Value, 0.05, 0.15, 0.25)
	draft := Result{
		Test:     "equal shares of two paired labels",
		Null:     Named{"odds ratio", 1},
		Estimate: Named{"odds ratio", b / k},
		CI:       Interval{share.Low / (1 - share.Low), share.High / (1 - share.High), level},
		Effect:   g,
		N:        []int64{c.Table().N},
		Missing:  c.Missing,
	}
	draft.Method = "McNemar, exact"
	m.Exact = NewResult(draft, logBinomialTest(b, n))
	if n < 25 {
		draft.Warnings = []error{fmt.Errorf("%w: %v observations disagree", ErrSparse, n)}
	}
	draft.DF = []float64{1}
	draft.Method, draft.Statistic = "McNemar", Named{"chi2", (b - k) * (b - k) / n}
	m.Plain = NewResult(draft, LogChiSquaredSF(draft.Statistic.Value, 1))
	d := max(math.Abs(b-k)-1, 0)
	draft.Method, draft.Statistic = "McNemar, Edwards correction", Named{"chi2", d * d / n}
	m.Corrected = NewResult(draft, LogChiSquaredSF(draft.Statistic.Value, 1))
	return m, nil
}

// sharedLevels returns the levels of both labels, sorted, if they are two in all.
func (c *Crosstab) sharedLevels() (levels [2]string, err error) {
	seen := make(map[string]int)
	for cell, n := range c.counts {
		if n > 0 {
			seen[cell.row], seen[cell.col] = 0, 0
		}
	}
	sorted := numberLabels(seen)
	if len(sorted) != 2 {
		return levels, fmt.Errorf("paired labels with %d levels in all, want the same two in both", len(sorted))
	}
	return [2]string{sorted[0], sorted[1]}, nil
}

// logBinomialTest returns the logarithm of the two-sided p-value of x successes in n
// trials with chance ½, twice the smaller tail.
func logBinomialTest(x, n float64) float64 {
	x = min(x, n-x)
	lower, _ := logIncBeta(n-x, x+1, 0.5, 0.5) // P(X ≤ x)
	return min(0, math.Ln2+lower)
}

// binomialInterval returns the interval of C. J. Clopper and E. S. Pearson (1934,
// Biometrika 26, 404–413) for the chance of x successes in n trials.
func binomialInterval(x, n, level float64) Interval {
	tail := math.Log((1 - level) / 2)
	ci := Interval{0, 1, level}
	odds := func(p float64) (success, failure float64) { return p / (1 + p), 1 / (1 + p) }
	if x > 0 { // P(X ≥ x) = I_p(x, n−x+1)
		at := oddsWhere(func(o float64) float64 {
			p, q := odds(o)
			upper, _ := logIncBeta(x, n-x+1, p, q)
			return upper - tail
		})
		ci.Low, _ = odds(at)
	}
	if x < n { // P(X ≤ x) = I_q(n−x, x+1)
		at := oddsWhere(func(o float64) float64 {
			p, q := odds(o)
			lower, _ := logIncBeta(n-x, x+1, q, p)
			return tail - lower
		})
		ci.High, _ = odds(at)
	}
	return ci
}

package stats

import (
	"fmt"
	"math"
)

// A Measure is an estimate with its interval.
type Measure struct {
	Value float64
	CI    Interval
}

// TwoByTwo compares the two rows of a table of two rows and two columns by the
// share of the first column in each.
type TwoByTwo struct {
	Share          [2]float64 // of the first column in each row
	OddsRatio      Measure    // of the first row against the second, Woolf's interval
	RiskRatio      Measure    // Share[0]/Share[1], Katz' interval
	RiskDifference Measure    // Share[0]−Share[1], Newcombe's interval
}

// CompareShares measures how the two rows of a 2 by 2 table differ.
//
// The interval of the odds ratio ad/bc is that of its logarithm ± z·√(1/a + 1/b +
// 1/c + 1/d) [1], that of the risk ratio p₁/p₂ the same with √(1/a − 1/(a+b) + 1/c −
// 1/(c+d)) [2]. Where a cell is empty a ratio may be 0 or infinite, or NaN if it is 0/0,
// and has no interval; FisherTest has one. The interval of p₁−p₂ joins Wilson's
// intervals of the two shares [3], and always exists.
//
// It returns the errors of ChiSquareTest, and one for tables of another shape.
//
// [1] B. Woolf (1955), Annals of Human Genetics 19, 251–253.
//
// [2] D. Katz, J. Baptista, S. P. Azen and M. C. Pike (1978), Biometrics 34, 469–474.
//
// [3] R. G. Newcombe (1998), Statistics in Medicine 17, 873–890, method 10.
func CompareShares(c *Crosstab, level float64) (TwoByTwo, error) {
	t := c.Table()
	if err := checkTable(&t); err != nil {
		return TwoByTwo{}, err
	}
	if !t.isTwoByTwo() {
		return TwoByTwo{}, fmt.Errorf("comparison of two shares in a table of %d by %d, want 2 by 2", len(t.Rows), len(t.Cols))
	}
	if err := checkLevel(level); err != nil {
		return TwoByTwo{}, err
	}
	z := NormalQuantile((1 + level) / 2)
	a, b := float64(t.Counts[0][0]), float64(t.Counts[0][1])
	k, d := float64(t.Counts[1][0]), float64(t.Counts[1][1])
	n1, n2 := a+b, k+d
	p1, p2 := a/n1, k/n2

	m := TwoByTwo{Share: [2]float64{p1, p2}}
	woolf := z * math.Sqrt(1/a+1/b+1/k+1/d) // infinite where a cell is empty
	m.OddsRatio = ratioMeasure(a*d/(b*k), woolf, level)
	katz := z * math.Sqrt(b/(a*n1)+d/(k*n2))
	if math.IsInf(woolf, 1) {
		katz = woolf
	}
	m.RiskRatio = ratioMeasure(p1/p2, katz, level)
	low1, high1 := wilson(p1, n1, z)
	low2, high2 := wilson(p2, n2, z)
	m.RiskDifference = Measure{p1 - p2, Interval{
		p1 - p2 - math.Hypot(p1-low1, high2-p2),
		p1 - p2 + math.Hypot(high1-p1, p2-low2),
		level,
	}}
	return m, nil
}

// ratioMeasure returns a ratio with an interval that reaches so far on the scale
// of logarithms; none if the ratio has no finite logarithm.
func ratioMeasure(ratio, reach, level float64) Measure {
	m := Measure{ratio, undefinedInterval()}
	if !math.IsInf(reach, 0) && !math.IsNaN(reach) {
		m.CI = Interval{ratio * math.Exp(-reach), ratio * math.Exp(reach), level}
	}
	return m
}

// wilson returns Wilson's interval of a share p of n observations (1927, JASA 22,
// 209–212).
func wilson(p, n, z float64) (low, high float64) {
	centre := p + z*z/(2*n)
	reach := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	scale := 1 + z*z/n
	low, high = max(0, (centre-reach)/scale), min(1, (centre+reach)/scale)
	switch p { // where rounding would leave a gap
	case 0:
		low = 0
	case 1:
		high = 1
	}
	return low, high
}

package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Adjustment is a way to adjust the p-values of a family of tests.
type Adjustment uint8

// The adjustments. Bonferroni, Sidak, Holm, Hochberg and Hommel bound the
// chance of any false rejection in the family; the two Benjamini procedures
// bound the expected share of false ones among the rejections. Sidak, Hochberg,
// Hommel and BenjaminiHochberg assume independent (or suitably positively
// dependent) tests; the others assume nothing.
const (
	// NoAdjustment leaves p-values as they are.
	NoAdjustment Adjustment = iota
	// Bonferroni multiplies by the number of tests.
	Bonferroni
	// Sidak is the single-step 1-(1-p)^m (Z. Šidák 1967, JASA 62, 626–633).
	Sidak
	// Holm steps down from the smallest p (S. Holm 1979, Scand. J. Stat. 6, 65–70).
	Holm
	// Hochberg steps up from the largest p (Y. Hochberg 1988, Biometrika 75, 800–802).
	Hochberg
	// Hommel is the closure of Simes' test (G. Hommel 1988, Biometrika 75, 383–386).
	Hommel
	// BenjaminiHochberg controls the false discovery rate (Y. Benjamini and
	// Y. Hochberg 1995, JRSS B 57, 289–300).
	BenjaminiHochberg
	// BenjaminiYekutieli does so under any dependence (Y. Benjamini and
	// D. Yekutieli 2001, Ann. Stat. 29, 1165–1188).
	BenjaminiYekutieli
)

// adjustmentNames holds the word of each Adjustment, in order.
var adjustmentNames = [...]string{
	NoAdjustment:       "none",
	Bonferroni:         "bonferroni",
	Sidak:              "sidak",
	Holm:               "holm",
	Hochberg:           "hochberg",
	Hommel:             "hommel",
	BenjaminiHochberg:  "bh",
	BenjaminiYekutieli: "by",
}

// String returns the short lower-case name: "none", "bonferroni", "sidak",
// "holm", "hochberg", "hommel", "bh" or "by".
func (a Adjustment) String() string {
	if int(a) < len(adjustmentNames) {
		return adjustmentNames[a]
	}
	return fmt.Sprintf("Adjustment(%d)", uint8(a))
}

// ParseAdjustment reads an adjustment by the name that String writes. The error
// of any other text lists the choices.
func ParseAdjustment(s string) (Adjustment, error) {
	if i := slices.Index(adjustmentNames[:], s); i >= 0 {
		return Adjustment(i), nil
	}
	return NoAdjustment, fmt.Errorf("adjustment %q: want one of %v", s, adjustmentNames)
}

// AdjustP returns the adjusted p-values, in the order of p. NaN marks a test
// that could not be made: it stays NaN and does not count in the family. The
// error names the first value outside [0, 1].
func AdjustP(p []float64, method Adjustment) ([]float64, error) {
	for i, v := range p {
		if v < 0 || v > 1 {
			return nil, fmt.Errorf("p-value %d is %v: want a number from 0 to 1", i, v)
		}
	}
	return adjust(p, method, pScale{
		one:   1,
		times: func(p, factor float64) float64 { return p * factor },
		sidak: func(p, m float64) float64 { return -math.Expm1(m * math.Log1p(-p)) },
	})
}

// AdjustLog10P is AdjustP for base-10 logarithms of p-values, before and after,
// so that p-values below the range of float64 keep their order and their size.
// The error names the first value above 0.
func AdjustLog10P(log10p []float64, method Adjustment) ([]float64, error) {
	for i, v := range log10p {
		if v > 0 {
			return nil, fmt.Errorf("log10 p-value %d is %v: want a number of at most 0", i, v)
		}
	}
	return adjust(log10p, method, pScale{
		one:   0,
		times: func(logp, factor float64) float64 { return logp + math.Log10(factor) },
		sidak: log10Sidak,
	})
}

// log10Sidak returns log10(1-(1-p)^m) of log10 p. Where p is far below the
// spacing of numbers near 1, the expression is m·p to the last bit.
func log10Sidak(log10p, m float64) float64 {
	if log10p < -20-math.Log10(m) {
		return log10p + math.Log10(m)
	}
	return math.Log10(-math.Expm1(m * math.Log1p(-math.Pow(10, log10p))))
}

// pScale is the arithmetic of p-values on one scale, plain or logarithmic. Both
// keep the order of p-values, so minima and maxima are the same on either.
type pScale struct {
	one   float64                         // the p-value 1
	times func(p, factor float64) float64 // factor·p, without limit
	sidak func(p, tests float64) float64  // 1-(1-p)^tests
}

// adjust adjusts the values that are not NaN, on either scale.
func adjust(p []float64, method Adjustment, scale pScale) ([]float64, error) {
	order := make([]int, 0, len(p))
	for i, v := range p {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	sorted := make([]float64, len(order))
	for rank, i := range order {
		sorted[rank] = p[i]
	}
	adjusted, err := adjustSorted(sorted, method, scale)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(p)
	for rank, i := range order {
		out[i] = min(adjusted[rank], scale.one)
	}
	return out, nil
}

// adjustSorted adjusts p-values in ascending order; results may exceed one.
func adjustSorted(p []float64, method Adjustment, scale pScale) ([]float64, error) {
	m := float64(len(p))
	each := func(f func(p, rank float64) float64) []float64 {
		q := make([]float64, len(p))
		for i, v := range p {
			q[i] = f(v, float64(i+1))
		}
		return q
	}
	switch method {
	case NoAdjustment:
		return p, nil
	case Bonferroni:
		return each(func(p, _ float64) float64 { return scale.times(p, m) }), nil
	case Sidak:
		return each(func(p, _ float64) float64 { return scale.sidak(p, m) }), nil
	case Holm:
		return stepDown(each(func(p, rank float64) float64 { return scale.times(p, m-rank+1) })), nil
	case Hochberg:
		return stepUp(each(func(p, rank float64) float64 { return scale.times(p, m-rank+1) })), nil
	case BenjaminiHochberg:
		return stepUp(each(func(p, rank float64) float64 { return scale.times(p, m/rank) })), nil
	case BenjaminiYekutieli:
		harmonic := harmonicNumber(len(p))
		return stepUp(each(func(p, rank float64) float64 { return scale.times(p, m/rank*harmonic) })), nil
	case Hommel:
		return hommel(p, scale), nil
	default:
		return nil, fmt.Errorf("unknown adjustment %v", method)
	}
}

// stepDown makes q non-decreasing by raising values to those before them.
func stepDown(q []float64) []float64 {
	for i := 1; i < len(q); i++ {
		q[i] = max(q[i], q[i-1])
	}
	return q
}

// stepUp makes q non-decreasing by lowering values to those after them.
func stepUp(q []float64) []float64 {
	for i := len(q) - 2; i >= 0; i-- {
		q[i] = min(q[i], q[i+1])
	}
	return q
}

// harmonicNumber returns 1 + 1/2 + … + 1/n, smallest terms first.
func harmonicNumber(n int) float64 {
	var sum float64
	for i := n; i >= 1; i-- {
		sum += 1 / float64(i)
	}
	return sum
}

// hommel adjusts ascending p-values by the algorithm of S. P. Wright (1992),
// "Adjusted p-values for simultaneous inference", Biometrics 48, 1005–1013. Its
// time is quadratic in the number of tests.
func hommel(p []float64, scale pScale) []float64 {
	n := len(p)
	simes := math.Inf(1)
	for i, v := range p {
		simes = min(simes, scale.times(v, float64(n)/float64(i+1)))
	}
	adjusted := make([]float64, n)
	for i, v := range p {
		adjusted[i] = max(simes, v)
	}
	for m := n - 1; m >= 2; m-- {
		// Subsets of m hypotheses: the Simes bound of the m-1 largest.
		low := n - m + 1
		bound := math.Inf(1)
		for i := low; i < n; i++ {
			bound = min(bound, scale.times(p[i], float64(m)/float64(i-low+2)))
		}
		for i := range low {
			adjusted[i] = max(adjusted[i], min(scale.times(p[i], float64(m)), bound))
		}
		last := min(scale.times(p[low-1], float64(m)), bound)
		for i := low; i < n; i++ {
			adjusted[i] = max(adjusted[i], last)
		}
	}
	return adjusted
}

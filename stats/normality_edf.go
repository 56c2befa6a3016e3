package stats

import (
	"fmt"
	"math"
)

// AndersonDarling tests normality by the distance between the sample's
// distribution function and the normal one with its mean and standard deviation,
// weighted so that the tails count most. p follows Stephens' approximation to the
// distribution of A²·(1 + 0.75/n + 2.25/n²) [1], which ends at p = 3.7e-24: where
// the result says so, in a warning, p is at most that.
//
// The error wraps ErrTooFew for fewer than eight values and ErrConstant if they
// do not vary.
//
// [1] M. A. Stephens (1986), in R. B. D'Agostino and M. A. Stephens (eds.),
// Goodness-of-Fit Techniques, table 4.9.
func AndersonDarling(t Tally) (Result, error) {
	s, m, err := normalitySample(t, "Anderson-Darling test", 8)
	if err != nil {
		return Result{}, err
	}
	// The k-th smallest value has weight 2k−1 in the lower tail and 2(n−k)+1 in
	// the upper; equal values have the sum of theirs.
	n, sd := float64(s.n()), m.SD()
	var sum compensated
	for i, x := range s.values {
		z := m.deviation(x) / sd
		c, upTo := float64(s.counts[i]), float64(s.upTo[i])
		sum = sum.addProduct(c*(2*upTo-c), LogNormalCDF(z))
		sum = sum.addProduct(c*(2*(n-upTo)+c), LogNormalSF(z))
	}
	a2 := -sum.add(n * n).over(n).value()
	corrected := a2 * (1 + 0.75/n + 2.25/(n*n))
	draft := Result{
		Test:      normality,
		Method:    "Anderson-Darling",
		Statistic: Named{"A2", a2},
		N:         []int64{s.n()},
		Terms:     []Term{{Name: "corrected for n", Values: []Named{{"statistic", corrected}}}},
	}
	logP, isBound := stephensLogP(corrected)
	if isBound {
		draft.Warnings = append(draft.Warnings, fmt.Errorf("p is at most %.2g: the approximation ends there", math.Exp(logP)))
	}
	return NewResult(draft, logP), nil
}

// stephensLogP returns the log p-value of the corrected A², and whether it is
// only an upper bound.
func stephensLogP(a float64) (logP float64, isBound bool) {
	switch {
	case a < 0.2:
		return log1mExp(-13.436 + 101.14*a - 223.73*a*a), false
	case a < 0.34:
		return log1mExp(-8.318 + 42.796*a - 59.938*a*a), false
	case a < 0.6:
		return 0.9177 - 4.279*a - 1.38*a*a, false
	case a < 10:
		return 1.2937 - 5.709*a + 0.0186*a*a, false
	}
	return math.Log(3.7e-24), true
}

// Lilliefors tests normality by D, the largest distance between the sample's
// distribution function and the normal one with its mean and standard deviation:
// the Kolmogorov–Smirnov test with estimated parameters. p follows the formula of
// Dallal and Wilkinson [1], and above 0.1, where that fails, the polynomials of
// Stephens' modified statistic, as in R's nortest.
//
// The error wraps ErrTooFew for fewer than five values and ErrConstant if they do
// not vary.
//
// [1] G. E. Dallal and L. Wilkinson (1986), The American Statistician 40, 294–296.
func Lilliefors(t Tally) (Result, error) {
	s, m, err := normalitySample(t, "Lilliefors test", 5)
	if err != nil {
		return Result{}, err
	}
	n, sd := float64(s.n()), m.SD()
	d := 0.0
	for i, x := range s.values {
		p := math.Exp(LogNormalCDF(m.deviation(x) / sd))
		d = max(d, float64(s.upTo[i])/n-p, p-float64(s.upTo[i]-s.counts[i])/n)
	}
	return NewResult(Result{
		Test:      normality,
		Method:    "Lilliefors",
		Statistic: Named{"D", d},
		N:         []int64{s.n()},
	}, lillieforsLogP(d, n)), nil
}

// lillieforsLogP returns the log p-value of the distance d among n values.
func lillieforsLogP(d, n float64) float64 {
	dn, nn := d, n
	if n > 100 {
		dn, nn = d*math.Pow(n/100, 0.49), 100
	}
	logP := -7.01256*dn*dn*(nn+2.78019) + 2.99587*dn*math.Sqrt(nn+2.78019) - 0.122119 +
		0.974598/math.Sqrt(nn) + 1.67997/nn
	if logP <= math.Log(0.1) {
		return logP
	}
	// Here k grows with n no faster than n^0.01, and stays below 1.31, where the
	// last polynomial ends.
	k := (math.Sqrt(n) - 0.01 + 0.85/math.Sqrt(n)) * d
	switch {
	case k <= 0.302:
		return 0
	case k <= 0.5:
		return math.Log(polynomial(k, 2.76773, -19.828315, 80.709644, -138.55152, 81.218052))
	case k <= 0.9:
		return math.Log(polynomial(k, -4.901232, 40.662806, -97.490286, 94.029866, -32.355711))
	}
	return math.Log(polynomial(k, 6.198765, -19.558097, 23.186922, -12.234627, 2.423045))
}

// polynomial returns c[0] + c[1]·x + c[2]·x² + …
func polynomial(x float64, c ...float64) float64 {
	sum := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		sum = sum*x + c[i]
	}
	return sum
}

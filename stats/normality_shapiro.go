package stats

import (
	"fmt"
	"math"
)

// shapiroLimit is the largest sample for which the approximations were fitted.
const shapiroLimit = 5000

// ShapiroWilk tests normality by W, the squared correlation between the sorted
// values and the expected values of normal order statistics, with weights and p
// by Royston's algorithm AS R94 [1]. It is the most powerful general test for
// small samples.
//
// The error wraps ErrTooFew for fewer than three values, ErrTooMany for more than
// 5,000 and ErrConstant if they do not vary.
//
// [1] P. Royston (1995), "Remark AS R94", Applied Statistics 44, 547–551.
func ShapiroWilk(t Tally) (Result, error) {
	s, m, err := normalitySample(t, "Shapiro-Wilk test", 3)
	if err != nil {
		return Result{}, err
	}
	if s.n() > shapiroLimit {
		return Result{}, fmt.Errorf("Shapiro-Wilk test of %d values, at most %d are possible: %w", s.n(), shapiroLimit, ErrTooMany)
	}
	n := int(s.n())
	weights := shapiroWeights(n)
	var covariance, squares compensated // of values and weights; of weights
	for i, a := range weights {
		low, high := s.at(int64(i)), s.at(int64(n-1-i))
		covariance = covariance.addProduct(a, m.deviation(high)-m.deviation(low))
		squares = squares.addProduct(a, 2*a)
	}
	// 1−W, which is what p depends on, without cancellation when W is near one.
	length := math.Sqrt(squares.value()) * math.Sqrt(m.M2)
	cosine := covariance.value() / length
	rest := math.Max(0, (1-cosine)*(1+cosine))
	return NewResult(Result{
		Test:      normality,
		Method:    "Shapiro-Wilk (AS R94)",
		Statistic: Named{"W", 1 - rest},
		N:         []int64{s.n()},
	}, shapiroLogP(rest, float64(n))), nil
}

// shapiroWeights returns the weights of the upper half of n sorted values, the
// largest first; those of the lower half are the negatives.
func shapiroWeights(n int) []float64 {
	if n == 3 {
		return []float64{math.Sqrt(0.5)}
	}
	size := float64(n)
	a := make([]float64, n/2)
	squares := 0.0
	for i := range a { // Blom's scores
		a[i] = -NormalQuantile((float64(i+1) - 0.375) / (size + 0.25))
		squares += 2 * a[i] * a[i]
	}
	// The outermost weights are corrected by polynomials, and the others shrunk
	// so that all squares add up to one.
	u, root := 1/math.Sqrt(size), math.Sqrt(squares)
	corrected := []float64{a[0]/root + polynomial(u, 0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056)}
	if n > 5 {
		corrected = append(corrected, a[1]/root+polynomial(u, 0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633))
	}
	remaining, share := squares, 1.0
	for i, c := range corrected {
		remaining -= 2 * a[i] * a[i]
		share -= 2 * c * c
	}
	factor := math.Sqrt(remaining / share)
	for i := range a {
		a[i] /= factor
	}
	copy(a, corrected)
	return a
}

// shapiroLogP returns the log p-value of W = 1−rest among n values, by a
// normalising transformation of log(1−W).
func shapiroLogP(rest, n float64) float64 {
	if n == 3 { // exact
		p := 6 / math.Pi * (math.Asin(math.Sqrt(1-rest)) - math.Asin(math.Sqrt(0.75)))
		return math.Log(math.Max(p, 0))
	}
	y := math.Log(rest)
	if n <= 11 {
		γ := polynomial(n, -2.273, 0.459)
		if y >= γ { // beyond the reach of the transformation
			return math.Log(1e-99)
		}
		mean := polynomial(n, 0.544, -0.39978, 0.025054, -6.714e-4)
		sd := math.Exp(polynomial(n, 1.3822, -0.77857, 0.062767, -0.0020322))
		return LogNormalSF((-math.Log(γ-y) - mean) / sd)
	}
	logN := math.Log(n)
	mean := polynomial(logN, -1.5861, -0.31082, -0.083751, 0.0038915)
	sd := math.Exp(polynomial(logN, -0.4803, -0.082676, 0.0030302))
	return LogNormalSF((y - mean) / sd)
}

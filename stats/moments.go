package stats

import (
	"fmt"
	"math"
)

// Moments summarises a sample by its size, mean, central sums and range. The
// zero value is the empty sample. Means and central sums are updated about the
// running mean, never from raw powers, so a large offset costs no precision.
// A NaN or infinite value that is added makes the mean and the central sums NaN.
//
// P. Pébay (2008), "Formulas for robust, one-pass parallel computation of
// covariances and arbitrary-order statistical moments", SAND2008-6212.
type Moments struct {
	N    int64   // number of values
	Mean float64 // arithmetic mean; 0 in the empty sample
	M2   float64 // Σ(x−mean)²
	M3   float64 // Σ(x−mean)³; NaN where only the variance was known
	M4   float64 // Σ(x−mean)⁴; NaN where only the variance was known
	Min  float64 // smallest value; 0 in the empty sample
	Max  float64 // largest value; 0 in the empty sample
}

// MomentsOf returns the moments of x in two passes with compensated sums: the
// mean and the central sums are those of the given values to nearly the last
// bit. The error wraps ErrNotFinite. No value gives the empty sample.
func MomentsOf(x []float64) (Moments, error) {
	if !allFinite(x) {
		return Moments{}, fmt.Errorf("moments: %w", ErrNotFinite)
	}
	return momentsOf(x, nil).unscaled(), nil
}

// NewMoments returns the moments of a sample that something else aggregated:
// the number of values, their mean, their variance with divisor n−1 (ignored
// for fewer than two values) and their range. Skewness and kurtosis are then
// NaN. The error wraps ErrNotFinite when a number is NaN or infinite; a negative
// count or variance and a mean outside the range are refused too.
func NewMoments(n int64, mean, variance, min, max float64) (Moments, error) {
	switch {
	case n < 0:
		return Moments{}, fmt.Errorf("moments of %d values: want a count of at least 0", n)
	case n == 0:
		return Moments{}, nil
	case n == 1:
		variance = 0
	}
	if !allFinite([]float64{mean, variance, min, max}) {
		return Moments{}, fmt.Errorf("moments: %w", ErrNotFinite)
	}
	if variance < 0 {
		return Moments{}, fmt.Errorf("moments with variance %v: want at least 0", variance)
	}
	// A mean that was rounded may stick out of the range by its last bits.
	slack := 1e-9 * (max - min + math.Abs(mean))
	if !(min <= max && mean >= min-slack && mean <= max+slack) {
		return Moments{}, fmt.Errorf("moments with mean %v outside the range %v to %v", mean, min, max)
	}
	m := Moments{N: n, Mean: mean, M2: variance * float64(n-1), M3: math.NaN(), M4: math.NaN(), Min: min, Max: max}
	if min == max {
		m.M2, m.M3, m.M4 = 0, 0, 0
	}
	return m, nil
}

// Add adds one value.
func (m *Moments) Add(x float64) { m.AddN(x, 1) }

// AddN adds n copies of x; n ≤ 0 adds nothing.
func (m *Moments) AddN(x float64, n int64) {
	if n > 0 {
		m.Merge(Moments{N: n, Mean: x, Min: x, Max: x})
	}
}

// Merge adds the values that o summarises. Either side may be empty.
func (m *Moments) Merge(o Moments) {
	switch {
	case o.N <= 0:
		return
	case m.N <= 0:
		*m = o
		return
	}
	n := float64(m.N + o.N)
	d := o.Mean - m.Mean
	a := m.about(d * (float64(o.N) / n))
	b := o.about(-d * (float64(m.N) / n))
	*m = Moments{
		N:    m.N + o.N,
		Mean: m.Mean + d*(float64(o.N)/n),
		M2:   a.M2 + b.M2,
		M3:   a.M3 + b.M3,
		M4:   a.M4 + b.M4,
		Min:  math.Min(m.Min, o.Min),
		Max:  math.Max(m.Max, o.Max),
	}
}

// about returns the central sums of m taken about mean+shift instead.
func (m Moments) about(shift float64) Moments {
	if shift == 0 {
		return m
	}
	n, s := float64(m.N), -shift
	s2 := s * s
	return Moments{
		M2: m.M2 + n*s2,
		M3: m.M3 + 3*s*m.M2 + n*s*s2,
		M4: m.M4 + 4*s*m.M3 + 6*s2*m.M2 + n*s2*s2,
	}
}

// Sum returns n·mean, NaN for the empty sample.
func (m Moments) Sum() float64 {
	if m.N <= 0 {
		return math.NaN()
	}
	return float64(m.N) * m.Mean
}

// Variance returns the sample variance with divisor n−1, NaN for fewer than two
// values.
func (m Moments) Variance() float64 {
	if m.N < 2 {
		return math.NaN()
	}
	return m.M2 / float64(m.N-1)
}

// SD returns the sample standard deviation, the square root of Variance.
func (m Moments) SD() float64 { return math.Sqrt(m.Variance()) }

// SE returns the standard error of the mean, SD/√n.
func (m Moments) SE() float64 { return m.SD() / math.Sqrt(float64(m.N)) }

// CV returns the coefficient of variation SD/mean, with the sign of the mean;
// NaN for fewer than two values and for a mean of 0.
func (m Moments) CV() float64 {
	if m.Mean == 0 {
		return math.NaN()
	}
	return m.SD() / m.Mean
}

// The three families of skewness and kurtosis follow D. N. Joanes and C. A. Gill
// (1998), "Comparing measures of sample skewness and kurtosis", The Statistician
// 47, 183–189. Kurtosis is always the excess over the normal distribution's 3.
// Each is NaN where the values do not vary.

// MomentSkewness returns g₁ = m₃/m₂^1.5 of the moments with divisor n.
func (m Moments) MomentSkewness() float64 {
	if m.constant() {
		return math.NaN()
	}
	return math.Sqrt(float64(m.N)) * (m.M3 / m.M2) / math.Sqrt(m.M2)
}

// MomentKurtosis returns g₂ = m₄/m₂² − 3 of the moments with divisor n.
func (m Moments) MomentKurtosis() float64 {
	if m.constant() {
		return math.NaN()
	}
	return float64(m.N)*(m.M4/m.M2)/m.M2 - 3
}

// Skewness returns the bias-adjusted G₁ = g₁·√(n(n−1))/(n−2), the figure of SAS,
// SPSS and pandas; NaN for fewer than three values.
func (m Moments) Skewness() float64 {
	if m.N < 3 {
		return math.NaN()
	}
	n := float64(m.N)
	return m.MomentSkewness() * math.Sqrt(n*(n-1)) / (n - 2)
}

// Kurtosis returns the bias-adjusted G₂ = (n−1)/((n−2)(n−3))·((n+1)g₂+6), the
// figure of SAS, SPSS and pandas; NaN for fewer than four values.
func (m Moments) Kurtosis() float64 {
	if m.N < 4 {
		return math.NaN()
	}
	n := float64(m.N)
	return (n - 1) / (n - 2) / (n - 3) * ((n+1)*m.MomentKurtosis() + 6)
}

// MinitabSkewness returns b₁ = m₃/s³, with s the standard deviation with divisor
// n−1, the figure of Minitab and BMDP.
func (m Moments) MinitabSkewness() float64 {
	r := 1 - 1/float64(m.N)
	return m.MomentSkewness() * r * math.Sqrt(r)
}

// MinitabKurtosis returns b₂ = m₄/s⁴ − 3, with s the standard deviation with
// divisor n−1, the figure of Minitab and BMDP.
func (m Moments) MinitabKurtosis() float64 {
	r := 1 - 1/float64(m.N)
	return (m.MomentKurtosis()+3)*r*r - 3
}

// constant reports whether the values do not vary, as far as is known.
func (m Moments) constant() bool { return m.N < 2 || m.M2 == 0 || m.Min == m.Max }

package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
)

// The functions of time series take the values in their order in time, at equal
// distances. A NaN is a gap, a point in time without a value; each function says
// whether it steps over gaps or refuses them. Infinities are always refused.

// Correlogram says how a series is related to itself some steps earlier.
type Correlogram struct {
	N     int64     // values of the series
	ACF   []float64 // ACF[k] is the autocorrelation at lag k; ACF[0] is 1
	PACF  []float64 // PACF[k] is the partial autocorrelation at lag k; PACF[0] is 1
	Bound float64   // of white noise, a share of Level lies within ±Bound at each lag
	Level float64   // as it was asked for, 0.95 for 95 %
}

// NewCorrelogram computes ACF and PACF of x up to maxLag, and the band ±z/√n in
// which a coefficient of white noise falls with probability level. It returns the
// errors of ACF, and refuses a level that is not between 0 and 1.
func NewCorrelogram(x []float64, maxLag int, level float64) (Correlogram, error) {
	if err := checkLevel(level); err != nil {
		return Correlogram{}, err
	}
	acf, err := ACF(x, maxLag)
	if err != nil {
		return Correlogram{}, err
	}
	return Correlogram{
		N:     int64(len(x)),
		ACF:   acf,
		PACF:  partialAutocorrelations(acf),
		Bound: NormalQuantile((1+level)/2) / math.Sqrt(float64(len(x))),
		Level: level,
	}, nil
}

// ACF returns the autocorrelation coefficients Σ(xₜ−x̄)(xₜ₊ₖ−x̄)/Σ(xₜ−x̄)² of the
// series at the lags 0 to maxLag. All have the mean and the divisor of the whole
// series: they are biased towards 0 by the factor 1−k/n, and in return form a
// positive definite sequence [1]. Many lags cost O(n log n).
//
// The error wraps ErrNotFinite, also for gaps, ErrTooFew unless maxLag is below
// len(x) and there are two values, and ErrConstant if they do not vary; a negative
// lag is refused.
//
// [1] P. J. Brockwell and R. A. Davis (1991), Time Series: Theory and Methods, 2nd
// ed., Springer, section 7.2.
func ACF(x []float64, maxLag int) ([]float64, error) {
	m, err := seriesMoments(x, maxLag, "autocorrelation")
	if err != nil {
		return nil, err
	}
	deviations := make([]float64, len(x))
	for t, v := range x {
		deviations[t] = m.deviation(v)
	}
	acf := make([]float64, maxLag+1)
	if maxLag <= directLags {
		lagProducts(acf, deviations)
	} else {
		lagProductsFFT(acf, deviations)
	}
	for k := range acf {
		acf[k] /= m.M2
	}
	acf[0] = 1
	return acf, nil
}

// PACF returns the partial autocorrelation coefficients of the series at the lags
// 0 to maxLag: what the value k steps before adds to the prediction by those in
// between. They follow from ACF by the recursion of Durbin and Levinson [1]. It
// returns the errors of ACF.
//
// [1] J. Durbin (1960), "The fitting of time-series models", Review of the
// International Statistical Institute 28, 233–244.
func PACF(x []float64, maxLag int) ([]float64, error) {
	acf, err := ACF(x, maxLag)
	if err != nil {
		return nil, err
	}
	return partialAutocorrelations(acf), nil
}

// seriesMoments returns the moments of a series without gaps that varies and is
// longer than lag.
func seriesMoments(x []float64, lag int, method string) (exactMoments, error) {
	switch {
	case lag < 0:
		return exactMoments{}, fmt.Errorf("%s up to lag %d: want at least 0", method, lag)
	case len(x) < 2 || lag >= len(x):
		return exactMoments{}, fmt.Errorf("%s up to lag %d of %d values: %w", method, lag, len(x), ErrTooFew)
	case !allFinite(x):
		return exactMoments{}, fmt.Errorf("%s: %w", method, ErrNotFinite)
	}
	m := momentsOf(x, nil)
	if m.constant() {
		return exactMoments{}, fmt.Errorf("%s: %w", method, ErrConstant)
	}
	return m, nil
}

// directLags is the number of lags up to which sums of products are cheaper than
// a Fourier transform.
const directLags = 64

// lagProducts stores Σ d[t]·d[t+k] in sums[k], to nearly the last bit.
func lagProducts(sums, d []float64) {
	const block = 64 // plain sums over short blocks, collected in a compensated one
	for k := range sums {
		ahead := d[k:]
		var total compensated
		for start := 0; start < len(ahead); start += block {
			end := min(start+block, len(ahead))
			total = total.add(dot(ahead[start:end], d[start:end]))
		}
		sums[k] = total.value()
	}
}

// lagProductsFFT is lagProducts by way of the power spectrum, in O(n log n)
// whatever the number of lags. Its errors are some 1e-16 of sums[0].
func lagProductsFFT(sums, d []float64) {
	size := 1
	for size < len(d)+len(sums) { // zeros keep the ends from meeting
		size *= 2
	}
	padded := make([]float64, size)
	copy(padded, d)
	fft := fourier.NewFFT(size)
	spectrum := fft.Coefficients(nil, padded)
	for i, c := range spectrum {
		spectrum[i] = complex(real(c)*real(c)+imag(c)*imag(c), 0)
	}
	fft.Sequence(padded, spectrum)
	for k := range sums {
		sums[k] = padded[k] / float64(size)
	}
}

// partialAutocorrelations returns the partial autocorrelations that belong to the
// autocorrelations acf, whose first is 1.
func partialAutocorrelations(acf []float64) []float64 {
	pacf := make([]float64, len(acf))
	pacf[0] = 1
	// φ holds the coefficients of the best linear prediction from the last k−1
	// values, the nearest first, and unexplained the share of variance it leaves.
	φ, last := make([]float64, 0, len(acf)), make([]float64, len(acf))
	unexplained := 1.0
	for k := 1; k < len(acf); k++ {
		rest := acf[k]
		for j, c := range φ {
			rest -= c * acf[k-1-j]
		}
		p := rest / unexplained
		copy(last, φ)
		for j := range φ {
			φ[j] -= p * last[len(φ)-1-j]
		}
		φ = append(φ, p)
		unexplained *= 1 - p*p
		pacf[k] = p
	}
	return pacf
}

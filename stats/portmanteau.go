package stats

import (
	"fmt"
	"math"
)

// LjungBox tests whether a series is white noise by its first autocorrelations
// together: Q = n(n+2)·Σ rₖ²/(n−k) for k up to lags is compared with chi-square of
// lags−fitted degrees of freedom [1]. fitted is the number of autoregressive and
// moving-average coefficients if the series is the residuals of such a model, and
// 0 otherwise.
//
// It returns the errors of ACF; lags must be at least 1 and more than fitted.
//
// [1] G. M. Ljung and G. E. P. Box (1978), "On a measure of lack of fit in time
// series models", Biometrika 65, 297–303.
func LjungBox(x []float64, lags, fitted int) (Result, error) {
	n := float64(len(x))
	return portmanteau(x, lags, fitted, "Ljung-Box", func(k float64) float64 { return n * (n + 2) / (n - k) })
}

// BoxPierce is LjungBox with Q = n·Σ rₖ², which in small samples is too small.
//
// G. E. P. Box and D. A. Pierce (1970), "Distribution of residual autocorrelations
// in autoregressive-integrated moving average time series models", JASA 65,
// 1509–1526.
func BoxPierce(x []float64, lags, fitted int) (Result, error) {
	n := float64(len(x))
	return portmanteau(x, lags, fitted, "Box-Pierce", func(float64) float64 { return n })
}

// portmanteau tests the sum of the squared autocorrelations, each weighted by its
// lag.
func portmanteau(x []float64, lags, fitted int, method string, weight func(lag float64) float64) (Result, error) {
	if fitted < 0 || lags <= fitted {
		return Result{}, fmt.Errorf("%s test of %d lags with %d fitted coefficients: want more lags", method, lags, fitted)
	}
	acf, err := ACF(x, lags)
	if err != nil {
		return Result{}, fmt.Errorf("%s test: %w", method, err)
	}
	q := 0.0
	for k := lags; k > 0; k-- {
		q += weight(float64(k)) * acf[k] * acf[k]
	}
	df := float64(lags - fitted)
	return NewResult(Result{
		Test:      "autocorrelation",
		Method:    fmt.Sprintf("%s, %d lags", method, lags),
		Statistic: Named{"Q", q},
		DF:        []float64{df},
		N:         []int64{int64(len(x))},
	}, LogChiSquaredSF(q, df)), nil
}

// DurbinWatson returns Σ(dₜ−dₜ₋₁)²/Σdₜ² of the distances d of the series from its
// mean: near 2 for white noise, towards 0 where neighbours are alike and towards 4
// where they alternate. Residuals of a regression with a constant have mean 0, and
// the figure is then that of Durbin and Watson.
//
// The error wraps ErrNotFinite, also for gaps, ErrTooFew for fewer than two values
// and ErrConstant if they do not vary.
//
// J. Durbin and G. S. Watson (1950), "Testing for serial correlation in least
// squares regression. I", Biometrika 37, 409–428.
func DurbinWatson(x []float64) (float64, error) {
	m, err := seriesMoments(x, 0, "Durbin-Watson statistic")
	if err != nil {
		return math.NaN(), err
	}
	var sum compensated
	for t := 1; t < len(x); t++ {
		step := m.deviation(x[t]) - m.deviation(x[t-1])
		sum = sum.addProduct(step, step)
	}
	return sum.value() / m.M2, nil
}

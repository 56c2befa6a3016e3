package stats

import (
	"fmt"
	"math"
	"slices"
)

// Stationarity says what a series would stay close to if it were stationary. The
// zero value is the common case, a constant level.
type Stationarity uint8

// What a series may be stationary around.
const (
	AroundLevel Stationarity = iota // a constant
	AroundTrend                     // a straight line
	AroundZero                      // nothing: its mean is known to be 0
)

// stationarityNames holds the word of each Stationarity, in order.
var stationarityNames = [...]string{AroundLevel: "level", AroundTrend: "trend", AroundZero: "zero"}

// String returns "level", "trend" or "zero".
func (s Stationarity) String() string {
	if int(s) < len(stationarityNames) {
		return stationarityNames[s]
	}
	return fmt.Sprintf("Stationarity(%d)", uint8(s))
}

// ParseStationarity reads a Stationarity by the word that String writes. The error
// of any other text lists the choices.
func ParseStationarity(s string) (Stationarity, error) {
	if i := slices.Index(stationarityNames[:], s); i >= 0 {
		return Stationarity(i), nil
	}
	return AroundLevel, fmt.Errorf("stationarity around %q: want level, trend or zero", s)
}

// AutoLags leaves the number of lags to ADF or KPSS.
const AutoLags = -1

// KPSS tests whether a series is stationary around a level or a trend, against a
// random walk: the null hypothesis is the alternative of ADF, and only both
// together tell a stationary series from one that is too short to say. The
// statistic is Σ Sₜ²/n² over the long-run variance, S being the cumulated
// residuals; that variance takes in autocovariances up to lags with Bartlett's
// falling weights [1]. AutoLags is ⌊4(n/100)^¼⌋.
//
// p is interpolated in the table of [1], which spans 0.01 to 0.1; beyond it, as a
// warning then says, p is only known to be at most 0.01 or at least 0.1. The terms
// hold the critical values and the lags.
//
// The error wraps ErrNotFinite, also for gaps, ErrTooFew unless there are three
// values and more than lags, and ErrConstant if they do not vary around the level
// or trend; AroundZero is refused.
//
// [1] D. Kwiatkowski, P. C. B. Phillips, P. Schmidt and Y. Shin (1992), "Testing
// the null hypothesis of stationarity against the alternative of a unit root",
// Journal of Econometrics 54, 159–178.
func KPSS(x []float64, around Stationarity, lags int) (Result, error) {
	if int(around) >= len(kpssCritical) {
		return Result{}, fmt.Errorf("KPSS test around %s: want level or trend", around)
	}
	critical := kpssCritical[around]
	if lags == AutoLags {
		lags = int(4 * math.Pow(float64(len(x))/100, 0.25))
	}
	if _, err := seriesMoments(x, lags, "KPSS test"); err != nil {
		return Result{}, err
	}
	if len(x) < 3 {
		return Result{}, fmt.Errorf("KPSS test of %d values: %w", len(x), ErrTooFew)
	}
	residuals, err := residualsAround(x, around)
	if err != nil {
		return Result{}, fmt.Errorf("KPSS test: %w", err)
	}
	statistic := kpssStatistic(residuals, lags)
	p, bound := kpssP(statistic, critical)
	draft := Result{
		Test:      "stationarity around a " + around.String(),
		Method:    fmt.Sprintf("KPSS, %d lags", lags),
		Statistic: Named{"eta", statistic},
		N:         []int64{int64(len(x))},
		Terms:     []Term{{"lags", []Named{{"n", float64(lags)}}}},
	}
	for i, level := range kpssLevels {
		draft.Terms = append(draft.Terms, criticalValue(level, critical[i]))
	}
	if bound != "" {
		draft.Warnings = []error{fmt.Errorf("p is %s %v: the table ends there", bound, p)}
	}
	return NewResult(draft, math.Log(p)), nil
}

// criticalValue is the row of a result for the critical value of a statistic.
func criticalValue(level, value float64) Term {
	return Term{
		Name:   fmt.Sprintf("critical value at %v %%", 100*level),
		Values: []Named{{"statistic", value}, {"alpha", level}},
	}
}

// kpssLevels and kpssCritical are table 1 of Kwiatkowski et al.
var (
	kpssLevels   = [...]float64{0.10, 0.05, 0.025, 0.01}
	kpssCritical = [...][len(kpssLevels)]float64{
		AroundLevel: {0.347, 0.463, 0.574, 0.739},
		AroundTrend: {0.119, 0.146, 0.176, 0.216},
	}
)

// kpssP interpolates p in the table. Outside the table, bound says which way p
// differs from the value returned.
func kpssP(statistic float64, critical [len(kpssLevels)]float64) (p float64, bound string) {
	last := len(critical) - 1
	switch {
	case statistic <= critical[0]:
		return kpssLevels[0], "at least"
	case statistic >= critical[last]:
		return kpssLevels[last], "at most"
	}
	i := 1
	for statistic > critical[i] {
		i++
	}
	weight := (statistic - critical[i-1]) / (critical[i] - critical[i-1])
	return kpssLevels[i-1] + weight*(kpssLevels[i]-kpssLevels[i-1]), ""
}

// kpssStatistic returns the statistic of the residuals.
func kpssStatistic(residuals []float64, lags int) float64 {
	n := float64(len(residuals))
	var cumulated, squares compensated
	for _, e := range residuals {
		cumulated = cumulated.add(e)
		s := cumulated.value()
		squares = squares.addProduct(s, s)
	}
	products := make([]float64, lags+1)
	lagProducts(products, residuals)
	variance := products[0]
	for l := 1; l <= lags; l++ {
		variance += 2 * (1 - float64(l)/float64(lags+1)) * products[l]
	}
	return squares.value() / (n * variance)
}

// residualsAround returns the distances of the series from its mean or from the
// least-squares line through it, up to a power of two that keeps their squares in
// range. The error wraps ErrConstant if nothing but rounding errors is left.
func residualsAround(x []float64, around Stationarity) ([]float64, error) {
	m := momentsOf(x, nil)
	residuals := make([]float64, len(x))
	middle := float64(len(x)-1) / 2
	var product, square, left compensated
	for t, v := range x {
		residuals[t] = m.deviation(v)
		product = product.addProduct(float64(t)-middle, residuals[t])
		square = square.addProduct(float64(t)-middle, float64(t)-middle)
	}
	if around == AroundTrend {
		slope := product.value() / square.value()
		for t := range residuals {
			residuals[t] -= slope * (float64(t) - middle)
		}
	}
	for _, e := range residuals {
		left = left.addProduct(e, e)
	}
	if left.value() <= exactFit*m.M2 {
		return nil, fmt.Errorf("around a %s: %w", around, ErrConstant)
	}
	return residuals, nil
}

// exactFit is the share of a sum of squares below which what a model leaves
// unexplained is rounding errors.
const exactFit = 1e-24

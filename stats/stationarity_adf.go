package stats

import (
	"context"
	"fmt"
	"math"
)

// ADF tests whether a series has a unit root, that is, wanders like a random walk,
// against being stationary around what is asked for: the augmented test of Dickey
// and Fuller [1]. The change of the series is regressed on its last value, on its
// last changes up to the given number of lags and on a constant and a trend where
// asked for; the statistic is the t of the last value. AutoLags chooses the number
// up to ⌈12(n/100)^¼⌉ that has the lowest Akaike criterion on the same rows, the
// smaller of two.
//
// p follows MacKinnon's response surface [2]. Where that ends, as a warning then
// says, p is only known to be at most or at least what is returned. The terms hold
// the critical values for this number of rows [3] and the lags; N counts the rows
// of the regression.
//
// The error wraps ErrNotFinite, also for gaps, ErrTooFew unless there are more
// rows than coefficients, ErrConstant if the changes do not vary or are predicted
// without error, and ErrSingular if changes determine each other.
//
// [1] D. A. Dickey and W. A. Fuller (1979), "Distribution of the estimators for
// autoregressive time series with a unit root", JASA 74, 427–431.
//
// [2] J. G. MacKinnon (1994), "Approximate asymptotic distribution functions for
// unit-root and cointegration tests", Journal of Business and Economic Statistics
// 12, 167–176.
//
// [3] J. G. MacKinnon (2010), "Critical values for cointegration tests", Queen's
// Economics Department Working Paper 1227, table 2.
func ADF(x []float64, around Stationarity, lags int) (Result, error) {
	const method = "augmented Dickey-Fuller test"
	if int(around) >= len(mackinnon) {
		return Result{}, fmt.Errorf("%s around %s: want level, trend or zero", method, around)
	}
	surface := mackinnon[around]
	if _, err := seriesMoments(x, max(lags, 0), method); err != nil {
		return Result{}, err
	}
	if lags == AutoLags {
		var err error
		if lags, err = adfLagsByAIC(x, around); err != nil {
			return Result{}, fmt.Errorf("%s: %w", method, err)
		}
	}
	if lags < 0 {
		return Result{}, fmt.Errorf("%s with %d lags: want at least 0", method, lags)
	}
	fit, err := fitADF(x, around, lags)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", method, err)
	}
	draft := Result{
		Test:        "unit root",
		Method:      fmt.Sprintf("augmented Dickey-Fuller around %s, %d lags", around, lags),
		Alternative: Less,
		Null:        Named{"coefficient of the last value", 0},
		Statistic:   Named{"tau", fit.tau},
		Estimate:    Named{"coefficient of the last value", fit.coefficient},
		N:           []int64{int64(fit.rows)},
		Terms:       []Term{{"lags", []Named{{"n", float64(lags)}}}},
	}
	for i, level := range mackinnonLevels {
		draft.Terms = append(draft.Terms, criticalValue(level, polynomial(1/float64(fit.rows), surface.critical[i][:]...)))
	}
	logP, bound := surface.logP(fit.tau)
	if bound != "" {
		draft.Warnings = []error{fmt.Errorf("p is %s %.3g: the response surface ends there", bound, math.Exp(logP))}
	}
	return NewResult(draft, logP), nil
}

// adfFit is what the regression finds.
type adfFit struct {
	tau, coefficient float64
	rows             int
}

// fitADF regresses the changes of x on the last value and the given lags.
func fitADF(x []float64, around Stationarity, lags int) (adfFit, error) {
	d := differences(x)
	cols := lagColumns(d, lags)
	if around == AroundTrend {
		cols = append(cols, timeColumn(len(d)-lags))
	}
	// The last value comes last: what is then left of it, and of the changes, is
	// all that its coefficient and standard error need.
	cols = append(cols, x[lags:len(x)-1], d[lags:])
	level, change := len(cols)-2, len(cols)-1
	rows := len(d) - lags
	freedom := rows - change
	if around != AroundZero {
		freedom--
	}
	if freedom < 1 {
		return adfFit{}, fmt.Errorf("%d rows for %d lags: %w", rows, lags, ErrTooFew)
	}
	e, err := newElimination(cols, around != AroundZero)
	if err != nil {
		return adfFit{}, err
	}
	for j := range level {
		if err := e.eliminate(j); err != nil {
			return adfFit{}, err
		}
	}
	left, covariance := e.sums[level][level], e.sums[level][change]
	if err := e.eliminate(level); err != nil {
		return adfFit{}, err
	}
	unexplained := e.sums[change][change]
	if !(unexplained > singularPivot*e.total[change]) {
		return adfFit{}, fmt.Errorf("the changes are predicted without error: %w", ErrConstant)
	}
	coefficient := covariance / left
	return adfFit{
		tau:         coefficient * math.Sqrt(left) / math.Sqrt(unexplained/float64(freedom)),
		coefficient: coefficient,
		rows:        rows,
	}, nil
}

// adfLagsByAIC returns the number of lags with the lowest Akaike criterion. One
// elimination gives the criteria of all numbers, since each model contains the
// one before.
func adfLagsByAIC(x []float64, around Stationarity) (int, error) {
	fixed := [...]int{AroundZero: 0, AroundLevel: 1, AroundTrend: 2}[around]
	most := min(int(math.Ceil(12*math.Pow(float64(len(x))/100, 0.25))), len(x)/2-fixed-1)
	if most < 0 {
		return 0, fmt.Errorf("%d values: %w", len(x), ErrTooFew)
	}
	d := differences(x)
	var cols [][]float64
	if around == AroundTrend {
		cols = append(cols, timeColumn(len(d)-most))
	}
	cols = append(cols, x[most:len(x)-1])
	first := len(cols)
	cols = append(cols, lagColumns(d, most)...)
	cols = append(cols, d[most:])
	e, err := newElimination(cols, around != AroundZero)
	if err != nil {
		return 0, err
	}
	change, rows := len(cols)-1, float64(len(d)-most)
	best, lowest := 0, math.Inf(1)
	for j := range change {
		if err := e.eliminate(j); err != nil {
			return 0, err
		}
		lags := j - first + 1
		if lags < 0 {
			continue
		}
		if aic := rows*math.Log(e.sums[change][change]) + 2*float64(lags); aic < lowest {
			best, lowest = lags, aic
		}
	}
	return best, nil
}

// differences returns the changes from each value to the next.
func differences(x []float64) []float64 {
	d := make([]float64, max(len(x)-1, 0))
	for t := range d {
		d[t] = x[t+1] - x[t]
	}
	return d
}

// lagColumns returns d at the lags 1 to lags, for the rows in which all of them are
// known.
func lagColumns(d []float64, lags int) [][]float64 {
	cols := make([][]float64, 0, lags+3)
	for k := 1; k <= lags; k++ {
		cols = append(cols, d[lags-k:len(d)-k])
	}
	return cols
}

// timeColumn returns the numbers from 1 to n.
func timeColumn(n int) []float64 {
	t := make([]float64, n)
	for i := range t {
		t[i] = float64(i + 1)
	}
	return t
}

// elimination solves least-squares problems by Gaussian elimination in a matrix of
// sums of squares and products.
type elimination struct {
	sums  [][]float64 // symmetric; only what is right of and below the last pivot is kept up
	total []float64   // the sum of squares of each column at the outset
}

// newElimination returns the sums of the columns, about their means if the model
// has a constant.
func newElimination(cols [][]float64, constant bool) (elimination, error) {
	c, err := ComomentsOf(context.Background(), cols, 1)
	if err != nil {
		return elimination{}, err
	}
	e := elimination{sums: make([][]float64, len(cols)), total: make([]float64, len(cols))}
	n := float64(c.N())
	for i := range cols {
		e.sums[i] = make([]float64, len(cols))
		for j := range cols {
			e.sums[i][j] = c.CrossProduct(i, j)
			if !constant {
				e.sums[i][j] += n * c.Mean(i) * c.Mean(j)
			}
		}
		e.total[i] = e.sums[i][i]
		if !(e.total[i] > 0) {
			return elimination{}, ErrConstant
		}
	}
	return e, nil
}

// eliminate takes what column j explains out of the columns after it. The error
// wraps ErrSingular if those before explain it already.
func (e *elimination) eliminate(j int) error {
	pivot := e.sums[j][j]
	if !(pivot > singularPivot*e.total[j]) {
		return ErrSingular
	}
	for i := j + 1; i < len(e.sums); i++ {
		share := e.sums[i][j] / pivot
		for k := j + 1; k < len(e.sums); k++ {
			e.sums[i][k] -= share * e.sums[j][k]
		}
	}
	return nil
}

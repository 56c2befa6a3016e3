package stats

import (
	"context"
	"fmt"
	"math"
)

// A CoefficientState says whether data determine a coefficient.
type CoefficientState uint8

// The states. Estimated is the zero value.
const (
	Estimated CoefficientState = iota
	Aliased                    // its column is a combination of those before it
	Infinite                   // the likelihood grows for ever: the classes are separated along it
)

// LogitOptions choose how a logistic regression is fitted.
type LogitOptions struct {
	Level   float64     // confidence level; 0: 0.95
	Workers int         // goroutines; 0: 1
	Errors  LogitErrors // standard errors; zero: those of the model
	Firth   bool        // penalise the likelihood by Firth's method
}

// A LogitCoefficient is one coefficient with its test. Estimate and CI of the
// Result are on the scale of log odds, Effect is the odds ratio with its interval;
// all are NaN unless the state is Estimated.
type LogitCoefficient struct {
	Term  string // "" for the intercept
	Level string // of a category; "" elsewhere
	State CoefficientState
	Sign  int     // where an infinite coefficient goes: 1, -1, or 0 if that cannot be told
	SE    float64 // standard error
	Result
}

// Name returns the term, or term=level; "(Intercept)" for the intercept.
func (c *LogitCoefficient) Name() string {
	switch {
	case c.Term == "":
		return "(Intercept)"
	case c.Level == "":
		return c.Term
	}
	return c.Term + "=" + c.Level
}

// A LogitFit is a fitted logistic regression.
type LogitFit struct {
	Coefficients  []LogitCoefficient // the intercept, then those of each term
	N, Ones       int64              // rows, and those of the class whose odds are modelled
	LogLik        float64            // maximum, or the limit that separated data approach
	NullLogLik    float64            // of the intercept alone
	Objective     float64            // what was maximised: LogLik, with Firth's penalty if asked for
	Iterations    int
	Converged     bool
	Separation    Separation
	Probabilities []float64 // fitted, by pattern

	options    LogitOptions
	data       *LogitData
	design     *logitDesign
	problem    logitProblem
	state      *logitState
	covariance []float64 // by rows, of the coefficients themselves; NaN where there is none

	bins      []LogitBin   // of FitLogitSums
	remaining *logitDesign // of FitLogitSums: without rows that are told apart
}

// FitLogit fits the log odds of the ones as a linear function of the terms, by
// maximum likelihood [1], or with Options.Firth by Firth's penalised likelihood [2],
// whose estimates exist whatever the data.
//
// Where the classes are separated, completely or in part, some coefficients of
// the plain likelihood do not exist: they are Infinite, Separation says which rows
// are the cause, and all other figures are the limits that the likelihood
// approaches. Columns that are combinations of others are Aliased and left out.
// Converged is false if the limit of iterations was reached, and nothing else
// should then be believed.
//
// The error wraps ErrTooFew unless both classes have rows, ErrTooMany for more than
// 600 coefficients, ErrLengths or ErrNotFinite, or is the cause when ctx ends first.
//
// [1] P. McCullagh and J. A. Nelder (1989), Generalized Linear Models, 2nd ed.
//
// [2] D. Firth (1993), "Bias reduction of maximum likelihood estimates", Biometrika
// 80, 27–38; G. Heinze and M. Schemper (2002), "A solution to the problem of
// separation in logistic regression", Statistics in Medicine 21, 2409–2419.
func FitLogit(ctx context.Context, data *LogitData, o LogitOptions) (*LogitFit, error) {
	if err := data.check(); err != nil {
		return nil, err
	}
	f, err := newLogitFit(data, o)
	if err != nil {
		return nil, err
	}
	f.design = newLogitDesign(data, o.Workers, true)
	rank, err := f.design.rank(ctx)
	if err != nil {
		return nil, err
	}
	f.problem = logitProblem{logitDesign: f.design, kept: rank.columns, free: rank.columns, firth: o.Firth}
	if f.state, err = f.problem.maximize(ctx, make([]float64, len(f.design.columns))); err != nil {
		return nil, err
	}
	f.Iterations, f.Converged = f.state.iterations, f.state.converged
	if !o.Firth {
		if err := f.separate(ctx); err != nil {
			return nil, err
		}
	}
	f.LogLik, f.Objective, f.Probabilities = f.state.loglik, f.state.objective, f.state.prob
	if o.Firth {
		f.Objective += f.design.logScale(rank.columns)
	}
	return f, f.finish(ctx)
}

// newLogitFit returns a fit of which no more than the counts of rows is known.
func newLogitFit(data *LogitData, o LogitOptions) (*LogitFit, error) {
	if o.Level == 0 {
		o.Level = 0.95
	}
	if err := checkLevel(o.Level); err != nil {
		return nil, err
	}
	f := &LogitFit{options: o, data: data}
	for i, ones := range data.Ones {
		f.Ones += ones
		f.N += ones + data.Zeros[i]
	}
	if f.Ones == 0 || f.Ones == f.N {
		return nil, fmt.Errorf("logistic regression needs rows of both classes: %w", ErrTooFew)
	}
	zeros := f.N - f.Ones
	f.NullLogLik = float64(f.Ones)*math.Log(float64(f.Ones)/float64(f.N)) + float64(zeros)*math.Log(float64(zeros)/float64(f.N))
	return f, nil
}

// rank tells which columns are combinations of others.
func (d *logitDesign) rank(ctx context.Context) (*spdFactor, error) {
	g, err := d.gram(ctx, d.rows)
	if err != nil {
		return nil, err
	}
	return factorize(g, len(d.columns), d.all(), rankTolerance), nil
}

// logScale is what scaling some columns takes away from Firth's penalty.
func (d *logitDesign) logScale(columns []int) (sum float64) {
	for _, j := range columns {
		sum += math.Log(d.columns[j].scale)
	}
	return sum
}

// all lists the columns.
func (d *logitDesign) all() []int {
	out := make([]int, len(d.columns))
	for j := range out {
		out[j] = j
	}
	return out
}

// Rank returns how many coefficients the design determines, infinite ones included.
func (f *LogitFit) Rank() int { return len(f.problem.kept) }

// finish computes the covariance matrix and the tests of the coefficients.
func (f *LogitFit) finish(ctx context.Context) error {
	p := len(f.design.columns)
	factor := factorize(f.state.info, p, f.problem.free, stepTolerance)
	v := factor.inverse()
	v, err := f.sandwich(ctx, v)
	if err != nil {
		return err
	}
	f.covariance = f.design.unscaledCovariance(v)
	beta := f.design.unscaled(f.state.beta)
	states := f.states()
	for j, c := range f.design.columns {
		coefficient := LogitCoefficient{}
		if c.term >= 0 {
			t := &f.data.Terms[c.term]
			coefficient.Term = t.Name
			if t.Codes != nil {
				coefficient.Level = t.Levels[c.level]
			}
		}
		coefficient.State, coefficient.Sign = states[j], f.Separation.sign(j)
		estimate, se := beta[j], math.Sqrt(f.covariance[j*p+j])
		if coefficient.State != Estimated {
			estimate, se = math.NaN(), math.NaN()
		}
		coefficient.SE, coefficient.Result = se, f.wald(estimate, se)
		f.Coefficients = append(f.Coefficients, coefficient)
	}
	return nil
}

// states tells the state of each coefficient. The intercept of the columns
// themselves takes part in what the centred columns lack.
func (f *LogitFit) states() []CoefficientState {
	states := make([]CoefficientState, len(f.design.columns))
	isKept := make([]bool, len(states))
	for _, j := range f.problem.kept {
		isKept[j] = true
	}
	for j := range states {
		if !isKept[j] {
			states[j] = Aliased
		}
	}
	for _, o := range f.Separation.open {
		for j, x := range f.design.unscaled(o.of) {
			if math.Abs(x*f.design.columns[j].scale) > 1e-8 && states[j] == Estimated {
				states[j] = Infinite
			}
		}
	}
	return states
}

// wald tests a coefficient by its standard error.
func (f *LogitFit) wald(estimate, se float64) Result {
	const method = "Wald"
	reach := NormalQuantile((1+f.options.Level)/2) * se
	z := estimate / se
	ci := Interval{Low: estimate - reach, High: estimate + reach, Level: f.options.Level}
	return NewResult(Result{
		Test:      "log odds ratio",
		Method:    method,
		Null:      Named{"log odds ratio", 0},
		Statistic: Named{"z", z},
		Estimate:  Named{"log odds ratio", estimate},
		CI:        ci,
		Effect:    oddsRatio(estimate, ci),
		N:         []int64{f.N - f.Ones, f.Ones},
	}, symmetricLogP(z, TwoSided, LogNormalSF))
}

// oddsRatio is the effect size of a log odds ratio.
func oddsRatio(logOdds float64, ci Interval) Effect {
	word, rule := OddsRatioMagnitude(math.Exp(logOdds))
	return Effect{Name: "odds ratio", Value: math.Exp(logOdds),
		CI: Interval{Low: math.Exp(ci.Low), High: math.Exp(ci.High), Level: ci.Level}, Magnitude: word, Rule: rule}
}

// OddsRatioMagnitude returns the word for an odds ratio of two groups, or its
// inverse: small from 1.68 on, medium from 3.47, large from 6.71. H. Chen, P. Cohen
// and S. Chen (2010), "How big is a big odds ratio?", Communications in Statistics:
// Simulation and Computation 39, 860–864.
func OddsRatioMagnitude(ratio float64) (word, rule string) {
	return magnitude(math.Log(ratio), math.Log(1.68), math.Log(3.47), math.Log(6.71)), "Chen, Cohen and Chen 2010"
}

// Covariance returns the covariance of two coefficients; NaN unless both are
// estimated.
func (f *LogitFit) Covariance(i, j int) float64 {
	if f.Coefficients[i].State != Estimated || f.Coefficients[j].State != Estimated {
		return math.NaN()
	}
	return f.covariance[i*len(f.Coefficients)+j]
}

// Scaled returns the odds ratio for a change of the term by that much, with its
// interval.
func (c *LogitCoefficient) Scaled(by float64) Effect {
	return oddsRatio(c.Estimate.Value*by, Interval{Low: c.CI.Low * by, High: c.CI.High * by, Level: c.CI.Level})
}

// Errors returns how the standard errors were computed.
func (f *LogitFit) Errors() LogitErrors { return f.options.Errors }

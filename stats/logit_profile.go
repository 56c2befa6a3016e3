package stats

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Profile tests whether a coefficient is 0 by the ratio of the likelihoods with it
// free and with it held at 0, and gives the interval of all values that the ratio
// does not reject [1]. It is right where Wald's normal curve is not: for few rows,
// and near separation. After Firth's method the likelihood is the penalised one,
// with the penalty of all coefficients [2]. The interval of an infinite coefficient
// is open on its side.
//
// The error says so if the coefficient is aliased, or wraps ErrNotFinite if a bound
// is beyond what can be computed.
//
// [1] D. J. Venzon and S. H. Moolgavkar (1988), "A method for computing
// profile-likelihood-based confidence intervals", Applied Statistics 37, 87–94.
//
// [2] G. Heinze and M. Schemper (2002), Statistics in Medicine 21, 2409–2419.
func (f *LogitFit) Profile(ctx context.Context, j int) (Result, error) {
	c := &f.Coefficients[j]
	if c.State == Aliased {
		return Result{}, fmt.Errorf("%s is determined by other columns and has no profile", c.Name())
	}
	if f.remaining != nil {
		return Result{}, fmt.Errorf("a profile needs the rows themselves, and these were added up elsewhere")
	}
	p, best, err := f.newProfile(ctx, j)
	if err != nil {
		return Result{}, err
	}
	atZero, err := p.at(ctx, 0)
	if err != nil {
		return Result{}, err
	}
	statistic := max(0, 2*(best-atZero))
	method := "profile likelihood"
	if f.options.Firth {
		method = "profile penalised likelihood"
	}
	ci := Interval{Low: math.Inf(-1), High: math.Inf(1), Level: f.options.Level}
	if c.State == Estimated || c.Sign > 0 {
		if ci.Low, err = p.bound(ctx, -1); err != nil {
			return Result{}, err
		}
	}
	if c.State == Estimated || c.Sign < 0 {
		if ci.High, err = p.bound(ctx, 1); err != nil {
			return Result{}, err
		}
	}
	return NewResult(Result{
		Test:      "log odds ratio",
		Method:    method,
		Null:      Named{"log odds ratio", 0},
		Statistic: Named{"chi-square", statistic},
		DF:        []float64{1},
		Estimate:  Named{"log odds ratio", c.Estimate.Value},
		CI:        ci,
		Effect:    oddsRatio(c.Estimate.Value, ci),
		N:         []int64{f.N - f.Ones, f.Ones},
	}, LogChiSquaredSF(statistic, 1)), nil
}

// A logitProfile is the likelihood as a function of one coefficient.
type logitProfile struct {
	problem  logitProblem
	column   int
	scale    float64   // of the column
	whole    []float64 // where all coefficients are free
	start    []float64
	estimate float64 // NaN for one that is infinite
	reach    float64 // of Wald's interval
	target   float64 // of the likelihood at a bound
}

// newProfile makes the profile of a coefficient, and returns the maximum. The
// intercept is a coefficient of columns that are not centred.
func (f *LogitFit) newProfile(ctx context.Context, j int) (*logitProfile, float64, error) {
	c := &f.Coefficients[j]
	design, start := f.design, f.state.beta
	if j == 0 {
		design = newLogitDesign(f.data, f.options.Workers, false)
		start = f.design.unscaled(start)
		for k, column := range design.columns {
			start[k] *= column.scale
		}
	}
	kept := f.problem.kept
	free := slices.DeleteFunc(slices.Clone(kept), func(k int) bool { return k == j })
	p := &logitProfile{column: j, scale: design.columns[j].scale, whole: start, start: slices.Clone(start), estimate: c.Estimate.Value, reach: NormalQuantile((1+f.options.Level)/2) * c.SE,
		problem: logitProblem{logitDesign: design, kept: kept, free: free, firth: f.options.Firth}}
	best := f.LogLik
	if f.options.Firth {
		best = f.Objective - design.logScale(kept)
	}
	p.target = best - ChiSquaredQuantile(f.options.Level, 1)/2
	return p, best, nil
}

// at returns the maximum with the coefficient at a value. A penalised likelihood may
// have several; the search begins where the last one ended, and at the estimate
// drawn out or in so that the classes keep their border, and the higher counts.
func (p *logitProfile) at(ctx context.Context, value float64) (float64, error) {
	starts := [][]float64{slices.Clone(p.start)}
	if p.problem.firth && p.estimate != 0 && value != 0 {
		drawn := make([]float64, len(p.start))
		for i, x := range p.whole {
			drawn[i] = x * value / p.estimate
		}
		starts = append(starts, drawn)
	}
	best := math.Inf(-1)
	for _, start := range starts {
		start[p.column] = value * p.scale
		s, err := p.problem.maximize(ctx, start)
		if err != nil {
			return math.NaN(), err
		}
		if s.objective > best {
			best, p.start = s.objective, s.beta
		}
	}
	return best, nil
}

// bound returns the value below (side −1) or above the estimate at which the
// likelihood has fallen to the target. The root of the fall is nearly a line, so
// that false position with Illinois' rule finds it in few steps.
func (p *logitProfile) bound(ctx context.Context, side float64) (float64, error) {
	const doublings, steps = 60, 60
	fall := func(v float64) (float64, error) {
		objective, err := p.at(ctx, v)
		return math.Copysign(math.Sqrt(math.Abs(p.target-objective)), p.target-objective), err
	}
	inner, width := p.estimate, p.reach
	if math.IsNaN(inner) { // the likelihood rises for ever on the other side
		inner, width = 0, 1/p.scale
	}
	atInner, err := fall(inner)
	if err != nil {
		return math.NaN(), err
	}
	direction := side
	if atInner > 0 { // the bound lies towards the maximum
		direction = -side
	}
	outer, atOuter := inner, atInner
	for k := 0; k < doublings && (atOuter > 0) == (atInner > 0); k++ {
		inner, atInner = outer, atOuter
		outer += direction * width
		if atOuter, err = fall(outer); err != nil {
			return math.NaN(), err
		}
		width *= 2
	}
	if (atOuter > 0) == (atInner > 0) {
		return math.NaN(), fmt.Errorf("the profile of a coefficient does not fall far enough: %w", ErrNotFinite)
	}
	for range steps {
		next := outer - atOuter*(outer-inner)/(atOuter-atInner)
		atNext, err := fall(next)
		if err != nil {
			return math.NaN(), err
		}
		done := math.Abs(next-outer) <= 1e-10*(1/p.scale+math.Abs(next))
		if (atNext > 0) == (atOuter > 0) {
			atInner /= 2
		} else {
			inner, atInner = outer, atOuter
		}
		outer, atOuter = next, atNext
		if done || atNext == 0 {
			return next, nil
		}
	}
	return outer, nil
}

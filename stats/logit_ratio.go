package stats

import (
	"context"
	"fmt"
	"math"
)

// Test tests the whole model by the ratio of its likelihood to that of the intercept
// alone. The effect is McFadden's R²: the part of the deviance that the terms take
// away.
func (f *LogitFit) Test() Result {
	return f.ratioTest("model against the intercept alone", f.NullLogLik, f.Rank()-1)
}

// ratioTest compares the fit with a smaller one of that log likelihood.
func (f *LogitFit) ratioTest(question string, smaller float64, df int) Result {
	statistic := max(0, 2*(f.LogLik-smaller))
	logP := math.NaN()
	if df > 0 {
		logP = LogChiSquaredSF(statistic, float64(df))
	}
	return NewResult(Result{
		Test:      question,
		Method:    "likelihood ratio",
		Null:      Named{"log odds ratios", 0},
		Statistic: Named{"chi-square", statistic},
		DF:        []float64{float64(df)},
		Effect:    Effect{Name: "part of deviance", Value: statistic / (-2 * f.NullLogLik)},
		N:         []int64{f.N - f.Ones, f.Ones},
	}, logP)
}

// mostSummedTests is how many fits of rows that somebody else adds up are few.
const mostSummedTests = 12

// TermTests tests each term by the ratio of the likelihood to that of the model
// without it (type III). The test of a term that other terms determine has no
// degrees of freedom, and no p. The effect is the part of the null deviance that
// the model would lose. Where so many fits of so many patterns would take long, the
// tests are Wald's, of the estimated coefficients together, and have no effect; the
// Method says which. Only plain fits have such tests; others give an error.
func (f *LogitFit) TermTests(ctx context.Context) ([]Result, error) {
	if f.options.Firth {
		return nil, fmt.Errorf("likelihood-ratio tests of terms are for the plain fit")
	}
	out := make([]Result, 0, len(f.data.Terms))
	const budget = 5e8
	entries := float64(len(f.design.dense) + f.design.slots)
	quick := float64(len(f.Probabilities))*entries*entries*float64(len(f.data.Terms)) < budget
	if f.remaining != nil { // the rows are read anew for each
		quick = len(f.data.Terms) <= mostSummedTests
	}
	for t := range f.data.Terms {
		if !quick {
			out = append(out, f.waldTest(t))
			continue
		}
		p := logitProblem{logitDesign: f.design, kept: f.problem.kept}
		for _, j := range p.kept {
			if f.design.columns[j].term != t {
				p.free = append(p.free, j)
			}
		}
		df := len(p.kept) - len(p.free)
		smaller := f.NullLogLik
		switch {
		case df == 0:
			smaller = f.LogLik
		case len(p.free) > 1:
			at, err := p.maximize(ctx, p.restricted(f.state, f.problem.free))
			if err != nil {
				return nil, err
			}
			smaller = at.loglik
		}
		out = append(out, f.ratioTest("model without "+f.data.Terms[t].Name, smaller, df))
	}
	return out, nil
}

// waldTest tests whether the estimated coefficients of a term are all 0, by their
// standard errors.
func (f *LogitFit) waldTest(term int) Result {
	p := len(f.Coefficients)
	var own []int
	b := make([]float64, p)
	for j, c := range f.design.columns {
		if c.term == term && f.Coefficients[j].State == Estimated {
			own = append(own, j)
			b[j] = f.Coefficients[j].Estimate.Value
		}
	}
	statistic, logP := math.NaN(), math.NaN()
	if len(own) > 0 {
		statistic = dot(b, factorize(f.covariance, p, own, stepTolerance).solve(b))
		logP = LogChiSquaredSF(statistic, float64(len(own)))
	}
	return NewResult(Result{
		Test:      "model without " + f.data.Terms[term].Name,
		Method:    "Wald",
		Null:      Named{"log odds ratios", 0},
		Statistic: Named{"chi-square", statistic},
		DF:        []float64{float64(len(own))},
		N:         []int64{f.N - f.Ones, f.Ones},
	}, logP)
}

// restricted returns coefficients of which those that are not free are 0, as near to
// the maximum at a state as its curvature tells; or 0 for all, where the maximum
// lies far out.
func (p *logitProblem) restricted(at *logitState, estimated []int) []float64 {
	start := make([]float64, len(p.columns))
	if len(estimated) < len(p.kept) {
		return start
	}
	isFree := make([]bool, len(p.columns))
	for _, j := range p.free {
		isFree[j] = true
	}
	size := len(p.columns)
	b := make([]float64, size)
	for i := range size {
		for j := range size {
			if !isFree[j] {
				b[i] += at.info[i*size+j] * at.beta[j]
			}
		}
	}
	shift := factorize(at.info, size, p.free, stepTolerance).solve(b)
	for _, j := range p.free {
		start[j] = at.beta[j] + shift[j]
	}
	return start
}

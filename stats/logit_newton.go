package stats

import (
	"context"
	"fmt"
	"math"
)

// A spdFactor is the Cholesky factor of a positive definite matrix, restricted to
// columns none of which is a combination of those before it.
type spdFactor struct {
	size    int
	columns []int       // kept, in order
	dropped []int       // combinations of columns before them
	l       [][]float64 // by kept column, up to the diagonal
}

// factorize factorises a matrix by rows, restricted to some of its columns. A
// column of which those before it leave less than the share tolerance is dropped.
func factorize(a []float64, size int, among []int, tolerance float64) *spdFactor {
	f := &spdFactor{size: size}
	for _, column := range among {
		row := make([]float64, len(f.columns)+1)
		for k, other := range f.columns {
			row[k] = (a[column*size+other] - dot(row[:k], f.l[k][:k])) / f.l[k][k]
		}
		last := len(f.columns)
		diagonal := a[column*size+column]
		pivot := diagonal - dot(row[:last], row[:last])
		if !(pivot > tolerance*diagonal) {
			f.dropped = append(f.dropped, column)
			continue
		}
		row[last] = math.Sqrt(pivot)
		f.columns, f.l = append(f.columns, column), append(f.l, row)
	}
	return f
}

// solve returns the x with Ax = b, 0 in the columns that are not kept.
func (f *spdFactor) solve(b []float64) []float64 {
	z := make([]float64, len(f.columns))
	for k, column := range f.columns {
		z[k] = (b[column] - dot(f.l[k][:k], z[:k])) / f.l[k][k]
	}
	for k := len(z) - 1; k >= 0; k-- {
		z[k] /= f.l[k][k]
		for j := range k {
			z[j] -= f.l[k][j] * z[k]
		}
	}
	x := make([]float64, f.size)
	for k, column := range f.columns {
		x[column] = z[k]
	}
	return x
}

// inverse returns the inverse by rows, 0 in the columns that are not kept.
func (f *spdFactor) inverse() []float64 {
	v := make([]float64, f.size*f.size)
	unit := make([]float64, f.size)
	for _, column := range f.columns {
		unit[column] = 1
		for row, x := range f.solve(unit) {
			v[row*f.size+column] = x
		}
		unit[column] = 0
	}
	return v
}

// logDet returns the logarithm of the determinant of the kept part.
func (f *spdFactor) logDet() (sum float64) {
	for k, row := range f.l {
		sum += 2 * math.Log(row[k])
	}
	return sum
}

// A logitProblem is a likelihood to be maximised: over the free columns, the others
// standing still; with Firth's penalty on all that are kept, or without.
type logitProblem struct {
	*logitDesign
	kept  []int // no column is a combination of others
	free  []int // of these, those that move
	firth bool
}

// A logitState is a place on the way to the maximum.
type logitState struct {
	beta       []float64
	prob       []float64 // of the class of the ones, by pattern
	other      []float64 // 1 − prob, to full precision
	loglik     float64
	objective  float64 // loglik, or with the penalty
	info       []float64
	score      []float64
	step       []float64 // Newton's
	decrement  float64   // twice what the step promises
	iterations int
	converged  bool
}

const (
	maxLogitIterations = 60
	maxFirthIterations = 150

	// Steps are solved where a column that is nearly a combination of others, or
	// that has nearly no information left, still tells something.
	stepTolerance = 1e-13

	// rankTolerance is the share of a column's variance that the others must leave.
	rankTolerance = 1e-11

	// enoughDecrement ends the search: Newton's method squares it with the last step.
	enoughDecrement = 1e-10

	// enoughFirthDecrement does so where it converges but linearly.
	enoughFirthDecrement = 1e-14
)

// maximize climbs from a start, by Newton's method with step halving.
func (p *logitProblem) maximize(ctx context.Context, start []float64) (*logitState, error) {
	most, enough := maxLogitIterations, enoughDecrement
	if p.firth {
		most, enough = maxFirthIterations, enoughFirthDecrement
	}
	at, err := p.evaluate(ctx, start)
	if err != nil {
		return nil, err
	}
	for part := 1.0; at.iterations < most; {
		last := at.decrement <= enough
		next, err := p.climb(ctx, at, part)
		if err != nil {
			return nil, err
		}
		if next == nil { // rounding leaves no way up
			at.converged = at.decrement < 1e-6
			return at, nil
		}
		if p.firth && at.decrement > 0 {
			// The information is not the whole curvature: steps may lead too far, and
			// by how much, the next one tells.
			part = min(1, max(0.1, part/max(0.1, 1-dot(at.score, next.step)/at.decrement)))
		}
		next.iterations = at.iterations + 1
		at = next
		if last {
			at.converged = true
			return at, nil
		}
	}
	return at, nil
}

// climb takes a part of a step that does not lead down, halving it as needed; nil
// if none is found.
func (p *logitProblem) climb(ctx context.Context, at *logitState, part float64) (*logitState, error) {
	const halvings = 30
	beta := make([]float64, len(at.beta))
	slack := 1e-13 * (1 + math.Abs(at.objective))
	for k := 0; k < halvings; k, part = k+1, part/2 {
		for j := range beta {
			beta[j] = at.beta[j] + part*at.step[j]
		}
		next, err := p.evaluate(ctx, beta)
		if err != nil {
			return nil, err
		}
		if next.objective >= at.objective-slack {
			return next, nil
		}
	}
	return nil, nil
}

// evaluate computes what the next step needs.
func (p *logitProblem) evaluate(ctx context.Context, beta []float64) (*logitState, error) {
	if p.sums != nil {
		return p.evaluateSums(ctx, beta)
	}
	n := len(p.rows)
	s := &logitState{beta: append([]float64(nil), beta...), prob: make([]float64, n), other: make([]float64, n)}
	eta, residual, weight := make([]float64, n), make([]float64, n), make([]float64, n)
	if err := p.predict(ctx, beta, eta); err != nil {
		return nil, err
	}
	var loglik compensated
	for i, e := range eta {
		s.prob[i], s.other[i] = 1/(1+math.Exp(-e)), 1/(1+math.Exp(e))
		zeros := p.rows[i] - p.ones[i]
		if p.ones[i] > 0 {
			loglik = loglik.add(-p.ones[i] * log1pExp(-e))
		}
		if zeros > 0 {
			loglik = loglik.add(-zeros * log1pExp(e))
		}
		residual[i] = p.ones[i]*s.other[i] - zeros*s.prob[i]
		weight[i] = p.rows[i] * s.prob[i] * s.other[i]
	}
	s.loglik = loglik.value()
	s.objective = s.loglik
	var err error
	if s.info, err = p.gram(ctx, weight); err != nil {
		return nil, err
	}
	if p.firth {
		if err := p.penalize(ctx, s, residual, weight); err != nil {
			return nil, err
		}
	}
	if s.score, err = p.cross(ctx, residual); err != nil {
		return nil, err
	}
	return s, p.aim(s)
}

// aim sets the step of a state of which everything else is known.
func (p *logitProblem) aim(s *logitState) error {
	s.step = factorize(s.info, len(p.columns), p.free, stepTolerance).solve(s.score)
	s.decrement = dot(s.score, s.step)
	if p.firth {
		shorten(s.step)
	}
	if math.IsNaN(s.objective) || math.IsNaN(s.decrement) {
		return fmt.Errorf("logistic regression: the likelihood is beyond what can be computed: %w", ErrNotFinite)
	}
	return nil
}

// shorten cuts a step of Firth's method to a length at which the information, which
// it moves by, still says something.
func shorten(step []float64) {
	const longest = 5
	largest := 0.0
	for _, x := range step {
		largest = max(largest, math.Abs(x))
	}
	if largest > longest {
		for j := range step {
			step[j] *= longest / largest
		}
	}
}

// penalize adds Firth's penalty, half the logarithm of the determinant of the
// information, and its derivative.
func (p *logitProblem) penalize(ctx context.Context, s *logitState, residual, weight []float64) error {
	f := factorize(s.info, len(p.columns), p.kept, stepTolerance)
	if len(f.dropped) > 0 {
		s.objective = math.Inf(-1)
		return nil
	}
	s.objective += f.logDet() / 2
	leverage := make([]float64, len(residual))
	if err := p.quadratic(ctx, f.inverse(), leverage); err != nil {
		return err
	}
	for i, h := range leverage {
		residual[i] += weight[i] * h * (s.other[i] - s.prob[i]) / 2
	}
	return nil
}

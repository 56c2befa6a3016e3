package linear

import (
	"context"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// A loss is what a row costs whose decision value is z, and its first and second
// derivative.
type loss func(z float64, positive bool) (value, slope, curve float64)

// logistic is log(1+exp(−z)) of a positive row, log(1+exp(z)) of another.
func logistic(z float64, positive bool) (value, slope, curve float64) {
	if positive {
		z = -z
	}
	// e = exp(−|z|) serves all three without overflow and without 1 − p.
	e := math.Exp(-math.Abs(z))
	p, q := e/(1+e), 1/(1+e)
	value = math.Log1p(e)
	if z > 0 {
		value += z
		p, q = q, p
	}
	slope = p
	if positive {
		slope = -p
	}
	return value, slope, p * q
}

// squaredHinge is max(0, 1−z)² of a positive row, max(0, 1+z)² of another.
func squaredHinge(z float64, positive bool) (value, slope, curve float64) {
	if positive {
		z = -z
	}
	short := 1 + z
	if !(short > 0) {
		return 0, 0, 0
	}
	slope = 2 * short
	if positive {
		slope = -slope
	}
	return short * short, slope, 2
}

// A problem is a penalised sum of losses of one decision value a row.
type problem struct {
	*design
	*penalty
	loss     loss
	cost     []float64 // by row: what its loss is multiplied by
	positive []bool
}

// A fit is where a solver ended.
type fit struct {
	beta       []float64
	objective  float64
	iterations int
	converged  bool
}

const (
	// enough ends a search: the step to come promises to lower the objective by no
	// more than this share. That step is still taken, and Newton's method squares
	// what is left.
	enough = 1e-10

	maxIterations = 200

	// slack is the share of an objective that rounding may add to it.
	slack = 1e-13
)

// newton minimises by Newton's method with step halving, from a start. With a lasso
// the steps minimise the quadratic model and the lasso together (proximal Newton:
// J. D. Lee, Y. Sun and M. A. Saunders (2014), "Proximal Newton-type methods for
// minimizing composite functions", SIAM J. Optim. 24, 1420–1443). For the squared
// hinge it is the finite Newton method of S. S. Keerthi and D. DeCoste (2005), "A
// modified finite Newton method for fast solution of large scale linear SVMs",
// JMLR 6, 341–361, with halving for their exact search.
func (p *problem) newton(ctx context.Context, start []float64, r learn.Run) (*fit, error) {
	at := &fit{beta: append([]float64(nil), start...)}
	n, size := p.rows, p.size
	z, direction := make([]float64, n), make([]float64, n)
	slope, curve := make([]float64, n), make([]float64, n)
	h := make([]float64, size*size)
	if err := p.predict(ctx, at.beta, z); err != nil {
		return nil, err
	}
	for {
		loss, err := p.losses(ctx, z, slope, curve)
		if err != nil {
			return nil, err
		}
		at.objective = loss + p.smooth(at.beta) + p.sharp(at.beta)
		if at.converged || at.iterations == maxIterations {
			return at, nil
		}
		r.Report(at.iterations, maxIterations)
		g, err := p.cross(ctx, slope)
		if err != nil {
			return nil, err
		}
		p.addSlope(at.beta, g)
		if err := p.gram(ctx, curve, h); err != nil {
			return nil, err
		}
		p.addCurvature(h)
		p.prepare(ctx, h)
		step, promise := p.step(ctx, h, g, at.beta)
		last := promise <= enough*at.objective
		if err := p.predict(ctx, step, direction); err != nil {
			return nil, err
		}
		part, err := p.search(ctx, at, step, z, direction, promise)
		if err != nil {
			return nil, err
		}
		if part == 0 { // rounding leaves no way down
			at.converged = promise <= 1e-7*at.objective
			return at, nil
		}
		at.beta = moved(at.beta, step, part)
		for i := range z {
			z[i] += part * direction[i]
		}
		at.iterations++
		at.converged = last
	}
}

// prepare turns curvatures into what step wants: without a lasso, their factor.
func (p *penalty) prepare(ctx context.Context, h []float64) {
	if p.lasso == nil {
		factorize(ctx, h, len(p.ridge), pivotTolerance)
	}
}

// step returns the step that minimises the quadratic model with the lasso, and how
// far it promises to lower the objective.
func (p *penalty) step(ctx context.Context, h, g, beta []float64) (step []float64, promise float64) {
	if p.lasso != nil {
		step = p.descend(ctx, h, g, beta)
		return step, p.sharp(beta) - p.sharp(moved(beta, step, 1)) - dot(g, step)
	}
	step = make([]float64, len(g))
	for f, v := range g {
		step[f] = -v
	}
	(&factor{size: len(g), l: h}).solve(step)
	return step, -dot(g, step)
}

// moved returns beta and a part of a step.
func moved(beta, step []float64, part float64) []float64 {
	out := make([]float64, len(beta))
	for f, b := range beta {
		out[f] = b + part*step[f]
	}
	return out
}

// search halves a step until it lowers the objective by a share of what it
// promised; 0 if no part of it does.
func (p *problem) search(ctx context.Context, at *fit, step, z, direction []float64, promise float64) (float64, error) {
	const halvings, share = 40, 1e-4
	trial := make([]float64, p.rows)
	part := 1.0
	for range halvings {
		for i := range trial {
			trial[i] = z[i] + part*direction[i]
		}
		beta := moved(at.beta, step, part)
		loss, err := p.losses(ctx, trial, nil, nil)
		if err != nil {
			return 0, err
		}
		objective := loss + p.smooth(beta) + p.sharp(beta)
		if objective <= at.objective*(1+slack)-share*part*promise {
			return part, nil
		}
		part /= 2
	}
	return 0, nil
}

// losses returns the sum of the losses, and sets their derivatives unless they are
// nil.
func (p *problem) losses(ctx context.Context, z, slope, curve []float64) (float64, error) {
	parts := make([]float64, p.blocks)
	err := parallel.Do(ctx, p.blocks, p.workers, func() func(int) {
		return func(b int) {
			var s float64
			from, to := p.block(b)
			for i := from; i < to; i++ {
				c := p.cost[i]
				value, first, second := p.loss(z[i], p.positive[i])
				s += c * value
				if slope != nil {
					slope[i], curve[i] = c*first, c*second
				}
			}
			parts[b] = s
		}
	})
	return sum(parts), err
}

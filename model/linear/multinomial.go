package linear

import (
	"context"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// A softmax problem is the penalised multinomial likelihood of one decision value a
// class and row.
type softmax struct {
	*design
	*penalty
	cost  []float64
	class []int32 // by row
	beta  [][]float64
	z     [][]float64 // by class, by row
	e     [][]float64 // exp(z − the largest of the row when the cycle began)
	after [][]float64 // by class: the sum of e of the classes behind it when the cycle began
	rest  []float64   // the sum of e of all classes but the one at hand
	hs    [][]float64 // by class: the factor of the curvature that was computed last
	slope, curve, before,
	direction, trial []float64
}

func newSoftmax(d *design, p *penalty, cost []float64, class []int32, classes int) *softmax {
	s := &softmax{design: d, penalty: p, cost: cost, class: class}
	for range classes {
		s.beta = append(s.beta, make([]float64, d.size))
		s.z = append(s.z, make([]float64, d.rows))
		s.e = append(s.e, make([]float64, d.rows))
		s.after = append(s.after, make([]float64, d.rows))
	}
	for _, v := range []*[]float64{&s.rest, &s.slope, &s.curve, &s.before, &s.direction, &s.trial} {
		*v = make([]float64, d.rows)
	}
	return s
}

const (
	// enoughCycle ends the search: a cycle over the classes promises to lower the
	// objective by no more than this share. It converges linearly, so that the bound
	// is tighter than that of Newton's method.
	enoughCycle = 1e-15

	maxCycles = 1000
)

// minimize takes Newton steps for one class after the other, as section 4 of
// Friedman, Hastie and Tibshirani (2010) does, and after each cycle moves the
// weights of each feature together to where their penalty is least, which changes no
// probability. Curvatures are computed anew as long as steps are long. With a lasso
// such steps get stuck where classes ought to move together: see minimizeSharp.
func (s *softmax) minimize(ctx context.Context, r learn.Run) (*fit, error) {
	if s.lasso != nil {
		return s.minimizeSharp(ctx, r)
	}
	at := &fit{}
	for range s.beta {
		s.hs = append(s.hs, make([]float64, s.size*s.size))
	}
	fresh := true
	for {
		objective, err := s.begin(ctx)
		if err != nil {
			return nil, err
		}
		at.objective = objective
		if at.converged || at.iterations == maxCycles {
			return at, nil
		}
		r.Report(at.iterations, maxCycles)
		promised := 0.0
		for k := range s.beta {
			promise, err := s.update(ctx, k, fresh, objective)
			if err != nil {
				return nil, err
			}
			promised += promise
		}
		s.recentre()
		at.iterations++
		at.converged = promised <= enoughCycle*objective
		fresh = promised > 1e-4*objective || at.iterations%10 == 0
	}
}

// begin computes the objective, and the exponentials anew.
func (s *softmax) begin(ctx context.Context) (float64, error) {
	parts := make([]float64, s.blocks)
	err := parallel.Do(ctx, s.blocks, s.workers, func() func(int) {
		return func(b int) {
			var loss float64
			from, to := s.block(b)
			for i := from; i < to; i++ {
				top := math.Inf(-1)
				for _, z := range s.z {
					top = max(top, z[i])
				}
				var total float64
				for k := len(s.z) - 1; k >= 0; k-- {
					s.e[k][i], s.after[k][i] = math.Exp(s.z[k][i]-top), total
					total += s.e[k][i]
				}
				s.before[i] = 0
				loss += s.cost[i] * (math.Log(total) + top - s.z[s.class[i]][i])
			}
			parts[b] = loss
		}
	})
	objective := sum(parts)
	for _, beta := range s.beta {
		objective += s.smooth(beta) + s.sharp(beta)
	}
	return objective, err
}

// update takes a step of the coefficients of one class, and returns how far it
// promised to lower the objective.
func (s *softmax) update(ctx context.Context, k int, fresh bool, objective float64) (float64, error) {
	if err := s.derive(ctx, k); err != nil {
		return 0, err
	}
	if fresh {
		if err := s.gram(ctx, s.curve, s.hs[k]); err != nil {
			return 0, err
		}
		s.addCurvature(s.hs[k])
		s.prepare(ctx, s.hs[k])
	}
	g, err := s.cross(ctx, s.slope)
	if err != nil {
		return 0, err
	}
	s.addSlope(s.beta[k], g)
	step, promise := s.step(ctx, s.hs[k], g, s.beta[k])
	if err := s.predict(ctx, step, s.direction); err != nil {
		return 0, err
	}
	const halvings, share = 40, 1e-4
	before, part := s.smooth(s.beta[k]), 1.0
	for range halvings {
		beta := moved(s.beta[k], step, part)
		change, err := s.change(ctx, k, part)
		if err != nil {
			return 0, err
		}
		change += s.smooth(beta) - before
		if change <= slack*objective-share*part*promise {
			s.beta[k] = beta
			for i, d := range s.direction {
				s.z[k][i] += part * d
			}
			copy(s.e[k], s.trial)
			break
		}
		part /= 2
	}
	for i, e := range s.e[k] {
		s.before[i] += e
	}
	return promise, nil
}

// nothing is the curvature of a row below which steps do without it, which makes them
// fast where there are many classes. Where they lead does not depend on it.
const nothing = 1e-9

// derive sets the first and second derivatives by the decision values of a class,
// the classes before it having been dealt with in this cycle.
func (s *softmax) derive(ctx context.Context, k int) error {
	return parallel.Do(ctx, s.blocks, s.workers, func() func(int) {
		return func(b int) {
			from, to := s.block(b)
			for i := from; i < to; i++ {
				rest := s.before[i] + s.after[k][i]
				s.rest[i] = rest
				total := rest + s.e[k][i]
				p, q := s.e[k][i]/total, rest/total
				s.slope[i], s.curve[i] = s.cost[i]*p, 0
				if p*q > nothing {
					s.curve[i] = s.cost[i] * p * q
				}
				if int(s.class[i]) == k {
					s.slope[i] = -s.cost[i] * q
				}
			}
		}
	})
}

// change returns by how much the losses change if a class goes a part of the
// direction, and sets its exponentials there as a trial.
func (s *softmax) change(ctx context.Context, k int, part float64) (float64, error) {
	parts := make([]float64, s.blocks)
	err := parallel.Do(ctx, s.blocks, s.workers, func() func(int) {
		return func(b int) {
			var change float64
			from, to := s.block(b)
			for i := from; i < to; i++ {
				by := part * s.direction[i]
				s.trial[i] = s.e[k][i] * math.Exp(by)
				row := logRatio(s.trial[i]-s.e[k][i], s.rest[i]+s.e[k][i])
				if int(s.class[i]) == k {
					row -= by
				}
				change += s.cost[i] * row
			}
			parts[b] = change
		}
	})
	return sum(parts), err
}

// logRatio returns log((total+by)/total), and +Inf, which no search accepts, if so
// little would be left that the exponentials of a row might all become 0.
func logRatio(by, total float64) float64 {
	const (
		small = 1e-4 // the fourth power of which is nothing beside 1
		least = 1e-200
	)
	x := by / total
	if math.Abs(x) < small {
		return x * (1 - x*(1./2-x*(1./3)))
	}
	if !(total+by > least) {
		return math.Inf(1)
	}
	return math.Log1p(x)
}

// recentre moves the coefficients of each feature by what makes their squares least.
func (s *softmax) recentre() {
	for f := range s.size {
		var total float64
		for _, beta := range s.beta {
			total += beta[f]
		}
		for _, beta := range s.beta {
			beta[f] -= total / float64(len(s.beta))
		}
	}
}

package linear

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// maxSharp bounds the weights of all classes together if there is a lasso: memory
// grows with the square of it.
const maxSharp = 6000

// minimizeSharp takes proximal Newton steps of the coefficients of all classes
// together.
func (s *softmax) minimizeSharp(ctx context.Context, r learn.Run) (*fit, error) {
	classes, n := len(s.beta), s.size
	if classes*n > maxSharp {
		return nil, fmt.Errorf("%d weights of %d classes are more than the %d that can be fitted with an l1 penalty; group rare levels or classes first: %w",
			n, classes, maxSharp, learn.ErrSetting)
	}
	at, whole := &fit{}, s.penalty.repeated(classes)
	h, g := make([]float64, classes*n*classes*n), make([]float64, classes*n)
	directions := make([][]float64, classes)
	for k := range directions {
		directions[k] = make([]float64, s.rows)
	}
	for {
		objective, err := s.begin(ctx)
		if err != nil {
			return nil, err
		}
		at.objective = objective
		if at.converged || at.iterations == maxIterations {
			return at, nil
		}
		r.Report(at.iterations, maxIterations)
		if err := s.model(ctx, h, g); err != nil {
			return nil, err
		}
		whole.addCurvature(h)
		beta := slices.Concat(s.beta...)
		whole.addSlope(beta, g)
		step, promise := whole.step(ctx, h, g, beta)
		for k := range directions {
			if err := s.predict(ctx, step[k*n:(k+1)*n], directions[k]); err != nil {
				return nil, err
			}
		}
		last := promise <= enough*objective
		moved, err := s.searchSharp(ctx, whole, beta, step, directions, promise, objective)
		if err != nil {
			return nil, err
		}
		if !moved { // rounding leaves no way down
			at.converged = promise <= 1e-7*objective
			return at, nil
		}
		s.recentreSharp()
		at.iterations++
		at.converged = last
	}
}

// repeated returns the penalty of so many classes, one after the other.
func (p *penalty) repeated(classes int) *penalty {
	return &penalty{ridge: slices.Repeat(p.ridge, classes), lasso: slices.Repeat(p.lasso, classes)}
}

// model sets slopes and curvatures of the losses by the coefficients of all classes.
func (s *softmax) model(ctx context.Context, h, g []float64) error {
	n, all := s.size, len(s.beta)*s.size
	block := make([]float64, n*n)
	for k := range s.beta {
		if err := s.derive(ctx, k); err != nil {
			return err
		}
		slope, err := s.cross(ctx, s.slope)
		if err != nil {
			return err
		}
		copy(g[k*n:], slope)
		for l := k; l >= 0; l-- {
			sign := 1.0
			if l < k {
				s.overlap(k, l)
				sign = -1
			}
			if err := s.gram(ctx, s.curve, block); err != nil {
				return err
			}
			for i := range n {
				for j := range n {
					v := sign * block[i*n+j]
					h[(k*n+i)*all+l*n+j], h[(l*n+j)*all+k*n+i] = v, v
				}
			}
		}
		for i, e := range s.e[k] {
			s.before[i] += e
		}
	}
	return nil
}

// overlap sets the curvature to that between two classes, the first being the one
// last derived, without its sign.
func (s *softmax) overlap(k, l int) {
	for i := range s.curve {
		total := s.e[k][i] + s.rest[i]
		v := s.e[k][i] / total * (s.e[l][i] / total)
		if v < nothing {
			v = 0
		}
		s.curve[i] = s.cost[i] * v
	}
}

// searchSharp halves a step until it lowers the objective by a share of what it
// promised, and takes it; false if no part of it does.
func (s *softmax) searchSharp(ctx context.Context, whole *penalty, beta, step []float64, directions [][]float64, promise, objective float64) (bool, error) {
	const halvings, share = 40, 1e-4
	before, part := whole.smooth(beta)+whole.sharp(beta), 1.0
	for range halvings {
		to := moved(beta, step, part)
		change, err := s.changeAll(ctx, directions, part)
		if err != nil {
			return false, err
		}
		if change+whole.smooth(to)+whole.sharp(to)-before <= slack*objective-share*part*promise {
			for k := range s.beta {
				s.beta[k] = to[k*s.size : (k+1)*s.size]
				for i, d := range directions[k] {
					s.z[k][i] += part * d
				}
			}
			return true, nil
		}
		part /= 2
	}
	return false, nil
}

// changeAll returns by how much the losses change if all classes go a part of their
// directions.
func (s *softmax) changeAll(ctx context.Context, directions [][]float64, part float64) (float64, error) {
	parts := make([]float64, s.blocks)
	err := parallel.Do(ctx, s.blocks, s.workers, func() func(int) {
		return func(b int) {
			var change float64
			from, to := s.block(b)
			for i := from; i < to; i++ {
				var was, is float64
				for k, e := range s.e {
					was += e[i]
					is += e[i] * math.Exp(part*directions[k][i])
				}
				change += s.cost[i] * (logRatio(is-was, was) - part*directions[s.class[i]][i])
			}
			parts[b] = change
		}
	})
	return sum(parts), err
}

// recentreSharp moves the coefficients of each feature by what makes their penalty least.
func (s *softmax) recentreSharp() {
	values := make([]float64, len(s.beta))
	for f := range s.size {
		for k := range s.beta {
			values[k] = s.beta[k][f]
		}
		middle := sum(values) / float64(len(values))
		if s.lasso != nil && s.lasso[f] > 0 {
			middle = shift(values, s.lasso[f], s.ridge[f])
		}
		for k := range s.beta {
			s.beta[k][f] -= middle
		}
	}
}

// shift returns the t that makes Σ lasso·|v−t| + ½·ridge·(v−t)² least: where its
// derivative, which rises, changes its sign. It orders the values.
func shift(values []float64, lasso, ridge float64) float64 {
	slices.Sort(values)
	n, total := float64(len(values)), sum(values)
	for i, v := range values {
		// Left of v, i values lie below t; at v the derivative leaps by 2·lasso.
		left := lasso*(2*float64(i)-n) + ridge*(n*v-total)
		if left >= 0 { // it was 0 between this value and the one before
			return min(v, max(values[max(i-1, 0)], (total-lasso*(2*float64(i)-n)/ridge)/n))
		}
		if left+2*lasso >= 0 {
			return v
		}
	}
	return values[len(values)-1]
}

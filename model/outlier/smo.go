package outlier

import (
	"context"
	"fmt"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// A oneClassProblem is the dual of a one-class SVM: to minimise ½·α′Kα where
// 0 ≤ α ≤ the weight of the row and Σα = ν × the weight of all. It is solved by
// sequential minimal optimisation with the second-order choice of [1], as in libsvm.
//
// [1] R.-E. Fan, P.-H. Chen and C.-J. Lin (2005), "Working set selection using second
// order information for training support vector machines", Journal of Machine
// Learning Research 6, 1889–1918.
type oneClassProblem struct {
	rows     *laidOut
	gamma    float64
	tol      float64
	run      *learn.Run
	most     []float64 // by row: its weight
	alpha    []float64
	gradient []float64 // Kα
	kernels  [][]float64
	order    []int // of the kernels at hand, the oldest first
}

// kernelRoom is how many numbers of the kernel matrix are kept at hand.
const kernelRoom = 1 << 24

func newOneClassProblem(rows *laidOut, weights []float64, nu, gamma, tol float64, r *learn.Run) *oneClassProblem {
	n := rows.n
	p := &oneClassProblem{rows: rows, gamma: gamma, tol: tol, run: r, most: make([]float64, n), alpha: make([]float64, n), gradient: make([]float64, n), kernels: make([][]float64, n)}
	for i := range n {
		p.most[i] = weightOf(weights, i)
	}
	left := nu * totalOf(weights, n)
	for i := range n {
		p.alpha[i] = min(p.most[i], left)
		left -= p.alpha[i]
	}
	return p
}

// kernel returns the kernel of row i with all.
func (p *oneClassProblem) kernel(ctx context.Context, i int) ([]float64, error) {
	if p.kernels[i] != nil {
		return p.kernels[i], nil
	}
	var k []float64
	if len(p.order) >= max(2, kernelRoom/p.rows.n) {
		k = p.kernels[p.order[0]]
		p.kernels[p.order[0]] = nil
		p.order = p.order[1:]
	} else {
		k = make([]float64, p.rows.n)
	}
	const together = 1024
	numbers, codes := p.rows.numbersOf(i), p.rows.codesOf(i)
	err := parallel.Do(ctx, (p.rows.n+together-1)/together, p.run.Workers, func() func(int) {
		return func(b int) {
			for j := b * together; j < min((b+1)*together, p.rows.n); j++ {
				k[j] = math.Exp(-p.gamma * p.rows.apart(j, numbers, codes))
			}
		}
	})
	p.kernels[i] = k
	p.order = append(p.order, i)
	return k, err
}

// solve goes on until the optimum is missed by less than tol.
func (p *oneClassProblem) solve(ctx context.Context) error {
	for i, a := range p.alpha {
		if a == 0 {
			continue
		}
		k, err := p.kernel(ctx, i)
		if err != nil {
			return err
		}
		for j, v := range k {
			p.gradient[j] += a * v
		}
	}
	steps := 1_000_000 + 100*p.rows.n
	for step := range steps {
		if step%1000 == 0 {
			p.run.Report(min(step, steps-1), steps)
		}
		i, j, ki, err := p.pair(ctx)
		if err != nil || i < 0 {
			p.run.Report(steps, steps)
			return err
		}
		kj, err := p.kernel(ctx, j)
		if err != nil {
			return err
		}
		p.move(i, j, ki, kj)
	}
	return fmt.Errorf("the boundary is not found after %d steps; raise tol or lower gamma: %w", steps, learn.ErrSetting)
}

// curvature is what takes the place of a second derivative of 0.
const curvature = 1e-12

// pair returns the two rows whose weights should change the most, and the kernel of
// the first; −1 at the optimum.
func (p *oneClassProblem) pair(ctx context.Context) (i, j int, ki []float64, err error) {
	i, j = -1, -1
	for t, g := range p.gradient {
		if p.alpha[t] < p.most[t] && (i < 0 || g < p.gradient[i]) {
			i = t
		}
	}
	if i < 0 {
		return -1, -1, nil, nil
	}
	if ki, err = p.kernel(ctx, i); err != nil {
		return -1, -1, nil, err
	}
	best, worst, low := 0.0, math.Inf(-1), p.gradient[i]
	for t, g := range p.gradient {
		if p.alpha[t] <= 0 {
			continue
		}
		worst = max(worst, g)
		if d := g - low; d > 0 {
			if gain := d * d / max(2-2*ki[t], curvature); gain > best {
				best, j = gain, t
			}
		}
	}
	if !(worst-low >= p.tol) || j < 0 {
		return -1, -1, nil, nil
	}
	return i, j, ki, nil
}

// move shifts weight from row j to row i.
func (p *oneClassProblem) move(i, j int, ki, kj []float64) {
	d := (p.gradient[j] - p.gradient[i]) / max(2-2*ki[j], curvature)
	up, down := p.most[i]-p.alpha[i], p.alpha[j]
	switch {
	case d < up && d < down:
		p.alpha[i] += d
		p.alpha[j] -= d
	case up < down:
		d = up
		p.alpha[i] = p.most[i]
		p.alpha[j] -= d
	default:
		d = down
		p.alpha[i] = min(p.alpha[i]+d, p.most[i])
		p.alpha[j] = 0
	}
	for t := range p.gradient {
		p.gradient[t] += d * (ki[t] - kj[t])
	}
}

// rho is the height of the boundary: the mean gradient of the rows on it, or else the
// middle between those inside and outside.
func (p *oneClassProblem) rho() float64 {
	var sum, count float64
	inside, outside := math.Inf(1), math.Inf(-1)
	for t, g := range p.gradient {
		switch {
		case p.alpha[t] >= p.most[t]:
			outside = max(outside, g)
		case p.alpha[t] <= 0:
			inside = min(inside, g)
		default:
			sum += g
			count++
		}
	}
	switch {
	case count > 0:
		return sum / count
	case math.IsInf(inside, 0):
		return outside
	case math.IsInf(outside, 0):
		return inside
	}
	return (inside + outside) / 2
}

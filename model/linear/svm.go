package linear

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/netanom/netanom/model/learn"
)

// SVMKind is the kind of SVM and of its model.
const SVMKind = "svm"

// SVM is a linear support vector machine. It minimises
//
//	½‖w‖² + ½(b/intercept_scaling)² + C · Σ weight·loss
//
// with the hinge loss max(0, 1−yz) of decision values z = w·x + b, or its square,
// y being 1 and −1. As in LIBLINEAR (R.-E. Fan et al. (2008), JMLR 9, 1871–1874) the
// intercept is penalised too; a large intercept_scaling frees it. Of more than two
// classes each has a machine of its own against all others.
//
// The squared hinge is minimised by Newton's method until a step promises to lower
// the objective by no more than 1e-10 of it, the hinge by an interior-point method
// until it lies within 1e-11 of the minimum.
//
// Probabilities are those of Platt's scaling of decision values of rows that had no
// part in the fit, from three folds; for more than two classes they are divided by
// their sum. If rows are so few that held-back rows rank backwards, the rows of the
// fit themselves are taken.
type SVM struct {
	Loss             string  `json:"loss,omitempty"`              // squared_hinge or hinge; "": squared_hinge
	C                float64 `json:"c,omitempty"`                 // cost of the losses; 0: 1
	InterceptScaling float64 `json:"intercept_scaling,omitempty"` // 0: 1
}

// Kind is "svm".
func (SVM) Kind() string { return SVMKind }

// Space is the cost of the losses and their kind.
func (SVM) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "c", Low: 1e-3, High: 1e3, Log: true},
		{Name: "loss", Choices: []any{"squared_hinge", "hinge"}},
	}
}

// check returns the settings with defaults filled in.
func (s SVM) check() (SVM, error) {
	var err error
	if s.C, err = positive("c", s.C, 1); err != nil {
		return s, err
	}
	if s.InterceptScaling, err = positive("intercept_scaling", s.InterceptScaling, 1); err != nil {
		return s, err
	}
	switch s.Loss {
	case "":
		s.Loss = "squared_hinge"
	case "squared_hinge", "hinge":
	default:
		return s, fmt.Errorf("loss %q: there are squared_hinge and hinge: %w", s.Loss, learn.ErrSetting)
	}
	return s, nil
}

// Fit returns a *SVMModel. Rows that weigh nothing have no part in it. Missing
// numbers are refused with learn.ErrMissing, and more than 2048 columns and levels
// together with learn.ErrSetting. The seed chooses the folds.
func (s SVM) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	s, err := s.check()
	if err != nil {
		return nil, err
	}
	t, err := newTraining(x, y)
	if err != nil {
		return nil, err
	}
	d, err := newDesign(ctx, t.x, &t.y, r.Workers)
	if err != nil {
		return nil, err
	}
	machines, err := s.machines(ctx, d, t, r)
	if err != nil {
		return nil, err
	}
	m := &SVMModel{Planes: newPlanes(t.x, &t.y, t.present), Converged: true}
	for _, k := range machines {
		m.add(d.unscaled(k.beta))
		m.Slopes, m.Offsets = append(m.Slopes, k.slope), append(m.Offsets, k.offset)
		m.Iterations = max(m.Iterations, k.iterations)
		m.Converged = m.Converged && k.converged
		m.Objectives = append(m.Objectives, k.objective)
	}
	m.tame()
	return m, nil
}

// A machine is what is fitted for one class against all others.
type machine struct {
	fit
	slope, offset float64 // of Platt's scaling
}

// folds is how many parts of the rows are held back in turn for Platt's scaling.
const folds = 3

// machines fits a machine for each class that has a decision value.
func (s SVM) machines(ctx context.Context, d *design, t *training, r learn.Run) ([]machine, error) {
	cost, err := costs(d.weight, s.C)
	if err != nil {
		return nil, err
	}
	p := &problem{design: d, penalty: newPenalty(d, 1, 0, cost), loss: squaredHinge, cost: cost}
	p.tieIntercept(d, s.InterceptScaling)
	fold := assign(t, r.Seed)
	planes := t.planes()
	var out []machine
	for i, class := range planes {
		p.positive = t.are(class)
		m, err := s.machine(ctx, p, fold, func() { r.Report(i, len(planes)) })
		if err != nil {
			return nil, err
		}
		out = append(out, *m)
	}
	r.Report(len(planes), len(planes))
	return out, nil
}

// machine fits one with all rows and without each fold.
func (s SVM) machine(ctx context.Context, p *problem, fold []int8, report func()) (*machine, error) {
	quiet := learn.Run{Progress: func(int, int) { report() }}
	all, err := s.solve(ctx, p, p.cost, make([]float64, p.size), enoughGap, quiet)
	if err != nil {
		return nil, err
	}
	held, z := make([]float64, p.rows), make([]float64, p.rows)
	cost := make([]float64, p.rows)
	for k := range int8(folds) {
		for i, c := range p.cost {
			cost[i] = c
			if fold[i] == k {
				cost[i] = 0
			}
		}
		f, err := s.solve(ctx, p, cost, all.beta, roughGap, quiet)
		if err != nil {
			return nil, err
		}
		if err := p.predict(ctx, f.beta, z); err != nil {
			return nil, err
		}
		for i := range z {
			if fold[i] == k {
				held[i] = z[i]
			}
		}
	}
	m := &machine{fit: *all}
	m.slope, m.offset = plattFit(ctx, held, p.positive, p.weight)
	if !(m.slope > 0) {
		if err := p.predict(ctx, all.beta, z); err != nil {
			return nil, err
		}
		m.slope, m.offset = plattFit(ctx, z, p.positive, p.weight)
		m.slope = max(m.slope, 0)
	}
	return m, context.Cause(ctx)
}

// solve minimises for some costs of the rows.
func (s SVM) solve(ctx context.Context, p *problem, cost, start []float64, gap float64, r learn.Run) (*fit, error) {
	q := *p
	q.cost = cost
	if s.Loss == "hinge" {
		return q.interior(ctx, gap, r)
	}
	return q.newton(ctx, start, r)
}

// assign deals the rows of each class out to the folds in random order.
func assign(t *training, seed uint64) []int8 {
	rng := rand.New(rand.NewPCG(seed, 0))
	fold := make([]int8, t.x.Rows)
	next := make([]int, len(t.y.Classes))
	for _, i := range rng.Perm(t.x.Rows) {
		k := t.y.Y[i]
		fold[i] = int8(next[k] % folds)
		next[k]++
	}
	return fold
}

package linear

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// KernelSVMKind is the kind of KernelSVM and of its model.
const KernelSVMKind = "rbfsvm"

// KernelSVM is a support vector machine with the kernel exp(−gamma·‖x−z‖²), which
// draws curved boundaries. The kernel is approximated by Nyström's method (C. Williams
// and M. Seeger (2001), "Using the Nyström method to speed up kernel machines", NIPS
// 13): every row is described by its kernel with some rows chosen at random, and the
// linear machine of SVM, with its squared hinge, is fitted to that. A column of
// levels counts as one column a level: rows with different levels are √2 apart in it,
// rows of which one has none are 1 apart.
//
// A fit holds n_components numbers a row in memory.
type KernelSVM struct {
	C          float64 `json:"c,omitempty"`            // cost of the losses; 0: 1
	Gamma      float64 `json:"gamma,omitempty"`        // 0: 1/(columns·variance), over all columns, one a level
	Components int     `json:"n_components,omitempty"` // rows chosen, at most 2047; 0: 300
}

// Kind is "rbfsvm".
func (KernelSVM) Kind() string { return KernelSVMKind }

// Space is the cost of the losses and the width of the kernel.
func (KernelSVM) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "c", Low: 1e-2, High: 1e3, Log: true},
		{Name: "gamma", Low: 1e-4, High: 1e1, Log: true},
	}
}

// Cheaper chooses a part of the rows that describe others.
func (s KernelSVM) Cheaper(fraction float64) learn.Spec {
	if s.Components == 0 {
		s.Components = standardComponents
	}
	if fraction > 0 && fraction < 1 {
		s.Components = max(1, int(math.Ceil(float64(s.Components)*fraction)))
	}
	return s
}

const standardComponents = 300

// check returns the settings with defaults filled in, but for gamma.
func (s KernelSVM) check() (KernelSVM, error) {
	var err error
	if s.C, err = positive("c", s.C, 1); err != nil {
		return s, err
	}
	if s.Gamma, err = positive("gamma", s.Gamma, 0); err != nil {
		return s, err
	}
	if s.Components == 0 {
		s.Components = standardComponents
	}
	if s.Components < 1 || s.Components >= maxFeatures {
		return s, fmt.Errorf("n_components %d: it lies between 1 and %d: %w", s.Components, maxFeatures-1, learn.ErrSetting)
	}
	return s, nil
}

// Fit returns a *KernelSVMModel. Rows that weigh nothing have no part in it. Missing
// numbers are refused with learn.ErrMissing. The seed chooses the rows that describe
// others, and the folds of Platt's scaling.
func (s KernelSVM) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	s, err := s.check()
	if err != nil {
		return nil, err
	}
	t, err := newTraining(x, y)
	if err != nil {
		return nil, err
	}
	if s.Gamma == 0 {
		s.Gamma = scaleGamma(newPlanes(t.x, &t.y, t.present))
	}
	m := &KernelSVMModel{Columns: t.x.Columns, Labels: t.y.Classes, Present: t.present, Gamma: s.Gamma}
	m.choose(t.x, min(s.Components, t.x.Rows), r.Seed)
	f := m.ownFactor(ctx)
	d, err := m.design(ctx, t, f, r.Workers)
	if err != nil {
		return nil, err
	}
	machines, err := SVM{Loss: "squared_hinge", C: s.C, InterceptScaling: 1}.machines(ctx, d, t, r)
	if err != nil {
		return nil, err
	}
	m.Converged = true
	for _, k := range machines {
		weights := slices.Clone(k.beta[:d.size-1])
		f.backward(weights)
		m.Weights = append(m.Weights, weights...)
		m.Intercepts = append(m.Intercepts, k.beta[d.size-1])
		m.Slopes, m.Offsets = append(m.Slopes, k.slope), append(m.Offsets, k.offset)
		m.Iterations, m.Converged = max(m.Iterations, k.iterations), m.Converged && k.converged
	}
	return m, nil
}

// scaleGamma returns 1/(columns·variance) of the cells of all columns together, each
// level being a column, as scikit-learn's "scale" does.
func scaleGamma(p Planes) float64 {
	n := float64(len(p.Means))
	middle := 0.0
	for _, m := range p.Means {
		middle += m / n
	}
	variance := 0.0
	for f, m := range p.Means {
		variance += (p.Spreads[f]*p.Spreads[f] + (m-middle)*(m-middle)) / n
	}
	return max(1e-300, min(1/(n*variance), 1e300))
}

// choose takes rows at random, in the order of the matrix.
func (m *KernelSVMModel) choose(x *learn.Matrix, count int, seed uint64) {
	rows := rand.New(rand.NewPCG(seed, 1)).Perm(x.Rows)[:count]
	slices.Sort(rows)
	m.Landmarks = count
	for _, i := range rows {
		for j := range x.Columns {
			if x.Columns[j].Coded() {
				m.Codes = append(m.Codes, x.Codes[j][i])
			} else {
				m.Numbers = append(m.Numbers, x.Numbers[j][i])
			}
		}
	}
}

// dependent is the share that the other chosen rows must leave of one that describes.
const dependent = 1e-10

// ownFactor factorises the kernel of the chosen rows with each other. Those that
// others describe, such as equal rows, are left out.
func (m *KernelSVMModel) ownFactor(ctx context.Context) *factor {
	n := m.Landmarks
	k := make([]float64, n*n)
	for i := range n {
		m.kernels(m.landmark(i), k[i*n:(i+1)*n])
	}
	return factorize(ctx, k, n, dependent)
}

// design describes the rows: by L⁻¹k for the kernels k with the chosen rows, whose
// inner products are the approximated kernel.
func (m *KernelSVMModel) design(ctx context.Context, t *training, f *factor, workers int) (*design, error) {
	n := m.Landmarks
	d := &design{size: n + 1, rows: t.x.Rows, weight: weights(t.x.Rows, &t.y), workers: workers, start: make([]int, t.x.Rows+1)}
	for k := range n {
		d.features = append(d.features, feature{level: -1, scale: 1})
		d.dense = append(d.dense, k)
	}
	d.dense = append(d.dense, n)
	d.x = make([]float64, d.rows*(n+1))
	d.divide()
	const rows = 128
	err := parallel.Do(ctx, (d.rows+rows-1)/rows, workers, func() func(int) {
		w := m.newRow()
		return func(b int) {
			for i := b * rows; i < min((b+1)*rows, d.rows); i++ {
				w.read(m, t.x, i)
				row := d.x[i*(n+1) : (i+1)*(n+1)]
				m.kernels(w, row[:n])
				f.forward(row[:n])
				row[n] = 1
			}
		}
	})
	return d, err
}

package cluster

import (
	"context"
	"encoding/json"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// Gaussians are the components of a mixture: what Mixture learns. Their dimensions are
// the columns of numbers, then the levels of each coded column, without one for
// learn.NoLevel.
type Gaussians struct {
	Columns    []learn.Column `json:"columns"`
	Covariance string         `json:"covariance_type"`
	Weights    learn.Floats   `json:"weights"` // by component; they add up to 1, and do not rise
	Means      learn.Floats   `json:"means"`   // by component
	// Precisions are factors of the inverse covariance matrices: of each component, or
	// of all together, an upper triangular P, row after row, so that P·Pᵀ is the inverse;
	// of variances, the roots of their inverses.
	Precisions    learn.Floats `json:"precisions_cholesky"`
	Iterations    int          `json:"iterations"`
	Rows          float64      `json:"rows"`           // weight of the training data
	LogLikelihood float64      `json:"log_likelihood"` // of the training data

	space     *space
	densities *densities
}

// prepare makes the densities, if all lists are as long as they should be.
func (m *Gaussians) prepare() {
	switch m.Covariance {
	case Full, Tied, Diagonal, Spherical:
	default:
		return
	}
	s, k := newSpace(m.Columns), len(m.Weights)
	if k == 0 || len(m.Means) != k*s.counted() {
		return
	}
	size := map[string]int{Full: k * s.counted() * (s.counted() + 1) / 2, Tied: s.counted() * (s.counted() + 1) / 2, Diagonal: k * s.counted(), Spherical: k}
	if s.counted() == 0 || len(m.Precisions) != size[m.Covariance] {
		return
	}
	d := newDensities(s, m.Covariance, k)
	d.weights, d.means, d.precisions = m.Weights, m.Means, m.Precisions
	d.prepare()
	m.space, m.densities = s, d
}

// UnmarshalJSON reads what encoding/json writes.
func (m *Gaussians) UnmarshalJSON(text []byte) error {
	type plain Gaussians
	var p plain
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	*m = Gaussians(p)
	m.prepare()
	return nil
}

// Kind is "mixture".
func (*Gaussians) Kind() string { return kindMixture }

// Inputs are the columns it was fitted to.
func (m *Gaussians) Inputs() []learn.Column { return m.Columns }

// Clusters is how many components there are.
func (m *Gaussians) Clusters() int { return len(m.Weights) }

// BIC is the Bayesian information criterion of the training data: the lower, the
// better the mixture for its size.
func (m *Gaussians) BIC() float64 {
	return m.parameters()*math.Log(m.Rows) - 2*m.LogLikelihood
}

// AIC is Akaike's information criterion of the training data.
func (m *Gaussians) AIC() float64 { return 2*m.parameters() - 2*m.LogLikelihood }

func (m *Gaussians) parameters() float64 {
	return parameters(m.Covariance, len(m.Weights), newSpace(m.Columns).counted())
}

// visit calls use with the logarithm of the density of each row, and the probabilities
// of components.
func (m *Gaussians) visit(x *learn.Matrix, use func(i int, log float64, shares []float64)) error {
	if m.densities == nil {
		return learn.Broken(kindMixture, "lists of numbers do not fit the columns")
	}
	spare, shares := make([]float64, m.densities.d), make([]float64, m.densities.k)
	return eachRows(m.space, x, func(r *rows, from int) {
		for i := range r.N {
			use(from+i, m.densities.shares(shares, r, i, spare), shares)
		}
	})
}

// Score writes minus the logarithm of the density of each row; the largest number if
// the density is too small for one.
func (m *Gaussians) Score(dst []float64, x *learn.Matrix) error {
	return m.visit(x, func(i int, log float64, _ []float64) { dst[i] = -max(log, -math.MaxFloat64) })
}

// Assign writes the likeliest component of each row.
func (m *Gaussians) Assign(dst []int32, x *learn.Matrix) error {
	return m.visit(x, func(i int, _ float64, shares []float64) { dst[i] = int32(largestOf(shares)) })
}

// Probabilities writes the probability of each component for each row, row after row.
func (m *Gaussians) Probabilities(dst []float64, x *learn.Matrix) error {
	return m.visit(x, func(i int, _ float64, shares []float64) { copy(dst[i*len(shares):], shares) })
}

// largestOf returns the place of the largest number, the first of equals.
func largestOf(v []float64) int {
	best := 0
	for c, a := range v {
		if a > v[best] {
			best = c
		}
	}
	return best
}

// likeliest writes labels and memberships of all rows.
func (m *Gaussians) likeliest(ctx context.Context, c *Clustering, x *learn.Matrix, workers int) error {
	n := (x.Rows + scoreRows - 1) / scoreRows
	return parallel.Each(ctx, n, workers, func(b int) error {
		from, to := b*scoreRows, min((b+1)*scoreRows, x.Rows)
		return m.visit(x.Slice(from, to), func(i int, _ float64, shares []float64) {
			l := largestOf(shares)
			c.Labels[from+i], c.Memberships[from+i] = int32(l), shares[l]
		})
	})
}

// Check returns an error, which wraps learn.ErrBroken, unless the model is whole.
func (m *Gaussians) Check() error {
	if err := learn.CheckColumns(m.Columns); err != nil {
		return learn.Broken(kindMixture, "%v", err)
	}
	if m.densities == nil {
		return learn.Broken(kindMixture, "lists of numbers do not fit the columns")
	}
	if !m.Weights.Finite() || !m.Means.Finite() || !m.Precisions.Finite() || !finiteFrom(m.Rows, 0) || !finiteFrom(math.Abs(m.LogLikelihood), 0) || m.Iterations < 0 {
		return learn.Broken(kindMixture, "a number is out of range")
	}
	total := 0.0
	for _, w := range m.Weights {
		if w < 0 {
			return learn.Broken(kindMixture, "a weight is below 0")
		}
		total += w
	}
	if math.Abs(total-1) > 1e-6 {
		return learn.Broken(kindMixture, "weights add up to %v", total)
	}
	return m.checkPrecisions()
}

func (m *Gaussians) checkPrecisions() error {
	const most = 1e150 // of factors, so that squares add up within range
	for _, v := range m.Precisions {
		if math.Abs(v) > most {
			return learn.Broken(kindMixture, "a precision is out of range")
		}
	}
	for _, v := range m.Means {
		if math.Abs(v) > largest {
			return learn.Broken(kindMixture, "a mean is out of range")
		}
	}
	d := m.densities
	for c := range d.matrices() {
		p := d.precision(c)
		for j := range d.d {
			if !(d.root(p, j) > 0) {
				return learn.Broken(kindMixture, "component %d has no density", c+1)
			}
		}
	}
	return nil
}

package cluster

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// An em is expectation–maximisation under way.
type em struct {
	ctx        context.Context
	run        learn.Run
	settings   *Mixture
	space      *space
	rows       *rows
	n          float64   // weight of all rows
	shares     []float64 // by row, by component: the probability that it comes from it
	densities  *densities
	likelihood float64 // mean logarithm of the density of a row
	iterations int
}

func newEM(ctx context.Context, s *Mixture, sp *space, r *rows, run learn.Run) *em {
	d := newDensities(sp, s.Covariance, s.Components)
	return &em{ctx: ctx, run: run, settings: s, space: sp, rows: r, n: r.total(), shares: make([]float64, r.N*s.Components), densities: d}
}

// fit starts from labels, and goes on until the likelihood stands still.
func (e *em) fit(labels []int32) error {
	k := e.settings.Components
	for i, l := range labels {
		e.shares[i*k+int(l)] = 1
	}
	if err := e.maximize(); err != nil {
		return err
	}
	e.likelihood = math.Inf(-1)
	for e.iterations < e.settings.MaxIter {
		e.iterations++
		was := e.likelihood
		if err := e.expect(); err != nil {
			return err
		}
		if err := e.maximize(); err != nil {
			return err
		}
		if math.Abs(e.likelihood-was) < *e.settings.Tol {
			break
		}
	}
	return e.expect()
}

// expect finds the probabilities of components.
func (e *em) expect() error {
	const block = 128
	k, n := e.settings.Components, e.rows.N
	sums := make([]float64, (n+block-1)/block)
	err := parallel.Do(e.ctx, len(sums), e.run.Workers, func() func(int) {
		spare := make([]float64, e.densities.d)
		return func(b int) {
			for i := b * block; i < min((b+1)*block, n); i++ {
				to := e.shares[i*k : (i+1)*k]
				sums[b] += e.rows.weight(i) * e.densities.shares(to, e.rows, i, spare)
			}
		}
	})
	total := 0.0
	for _, s := range sums {
		total += s
	}
	e.likelihood = total / e.n
	if err == nil && (math.IsNaN(e.likelihood) || math.IsInf(e.likelihood, 0)) {
		return fmt.Errorf("the density of a row is out of range: %w; set reg_covar higher", learn.ErrConstant)
	}
	return err
}

// maximize finds the components that make the rows likeliest, given the shares.
func (e *em) maximize() error {
	k, d := e.settings.Components, e.densities
	covariances := make([][]float64, k)
	err := parallel.Do(e.ctx, k, e.run.Workers, func() func(int) {
		return func(c int) { covariances[c] = e.component(c) }
	})
	if err != nil {
		return err
	}
	total := 0.0
	for _, w := range d.weights {
		total += w
	}
	if d.covariance == Tied {
		pooled := make([]float64, d.size())
		for c, v := range covariances {
			for j, a := range v {
				pooled[j] += d.weights[c] / total * a
			}
		}
		covariances = [][]float64{pooled}
	}
	for c, v := range covariances {
		if err := d.invert(c, v, *e.settings.RegCovar); err != nil {
			return err
		}
	}
	for c := range d.weights {
		d.weights[c] /= total
	}
	d.prepare()
	return nil
}

// component finds weight and mean of a component, and returns its covariance: the upper
// triangle, the variances, or their mean.
func (e *em) component(c int) []float64 {
	d, r, k := e.densities, e.rows, e.settings.Components
	mean := d.mean(c)
	clear(mean)
	weight := 10 * 0x1p-52 // as scikit-learn has it, lest it be 0
	first := r.Row(0)
	for i := range r.N {
		w := r.weight(i) * e.shares[i*k+c]
		if w == 0 {
			continue
		}
		weight += w
		for j, v := range r.Row(i) {
			mean[j] += float64(w * (v - first[j]))
		}
		for _, slot := range r.Coded(i) {
			if at := d.places[slot]; at >= 0 {
				mean[at] += w
			}
		}
	}
	for j := range mean {
		mean[j] /= weight
		if j < r.Width {
			mean[j] += first[j]
		}
	}
	d.weights[c] = weight
	if d.covariance == Full || d.covariance == Tied {
		return e.scatter(c, weight, mean)
	}
	return e.variances(c, weight, mean)
}

// variances returns those of columns, or their mean.
func (e *em) variances(c int, weight float64, mean []float64) []float64 {
	d, r, k := e.densities, e.rows, e.settings.Components
	out := make([]float64, d.d)
	for i := range r.N {
		w := r.weight(i) * e.shares[i*k+c]
		if w == 0 {
			continue
		}
		for j, v := range r.Row(i) {
			out[j] += float64(w * square(v-mean[j]))
		}
	}
	sum := 0.0
	for j := range out {
		if j < r.Width {
			out[j] /= weight
		} else {
			out[j] = mean[j] * (1 - mean[j])
		}
		sum += out[j]
	}
	if d.covariance == Spherical {
		return []float64{sum / float64(d.d)}
	}
	return out
}

// scatter returns the upper triangle of the covariance matrix, row after row.
func (e *em) scatter(c int, weight float64, mean []float64) []float64 {
	d, r, k := e.densities, e.rows, e.settings.Components
	out := make([]float64, d.size())
	centred := make([]float64, r.Width)
	places := make([]int, 0, r.Codes)
	for i := range r.N {
		w := r.weight(i) * e.shares[i*k+c]
		if w == 0 {
			continue
		}
		for j, v := range r.Row(i) {
			centred[j] = v - mean[j]
		}
		places = places[:0]
		for _, slot := range r.Coded(i) {
			if at := d.places[slot]; at >= 0 {
				places = append(places, at)
			}
		}
		for j, v := range centred {
			line := out[d.starts[j]:]
			f := w * v
			for l, u := range centred[j:] {
				line[l] += float64(f * u)
			}
			for _, at := range places {
				line[at-j] += f
			}
		}
		for a, at := range places {
			for _, to := range places[a:] {
				out[d.starts[at]+to-at] += w
			}
		}
	}
	for j := range d.d {
		line := out[d.starts[j]:][:d.d-j]
		for l := range line {
			line[l] /= weight
			if j >= r.Width {
				line[l] -= mean[j] * mean[j+l]
			}
		}
	}
	return out
}

// model numbers components by weight.
func (e *em) model() *Gaussians {
	k, d := e.settings.Components, e.densities
	order := make([]int, k)
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d.weights[b], d.weights[a]) })
	m := &Gaussians{Columns: slices.Clone(e.space.columns), Covariance: d.covariance, Iterations: e.iterations, Rows: e.n, LogLikelihood: e.likelihood * e.n}
	size := d.size()
	if d.covariance == Tied {
		m.Precisions = slices.Clone(d.precisions)
	}
	for _, c := range order {
		m.Weights = append(m.Weights, d.weights[c])
		m.Means = append(m.Means, d.mean(c)...)
		if d.covariance != Tied {
			m.Precisions = append(m.Precisions, d.precisions[c*size:(c+1)*size]...)
		}
	}
	m.prepare()
	return m
}

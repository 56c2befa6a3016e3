package cluster

import (
	"context"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// Mixture is the settings of a mixture of normal distributions, fitted by
// expectation–maximisation [1] from a start that k-means makes. Levels count as the
// columns of zeros and ones that they are not, as they do for all distances here.
// Components are numbered by weight, the heaviest first.
//
// A weight counts as so many copies. Of more than MaxRows rows it is fitted to a
// sample.
//
// The score of a row is minus the logarithm of its density.
//
// [1] A. P. Dempster, N. M. Laird and D. B. Rubin (1977), "Maximum likelihood from
// incomplete data via the EM algorithm", Journal of the Royal Statistical Society B
// 39(1), 1–38.
type Mixture struct {
	// Components is how many there are; 0 stands for 8.
	Components int `json:"n_components,omitempty"`
	// Covariance is "full", one matrix a component; "tied", one for all; "diag", a
	// variance a column and component; or "spherical", a variance a component. "" stands
	// for "full".
	Covariance string `json:"covariance_type,omitempty"`
	// RegCovar is added to variances; nil stands for 1e-6.
	RegCovar *float64 `json:"reg_covar,omitempty"`
	// Tol ends a start when the mean log-likelihood of a row changes by less; nil
	// stands for 1e-3.
	Tol *float64 `json:"tol,omitempty"`
	// MaxIter is how many rounds a start has at most; 0 stands for 100.
	MaxIter int `json:"max_iter,omitempty"`
	// Starts is how many times it starts anew; the likeliest is kept. 0 stands for 1.
	Starts int `json:"n_init,omitempty"`
	// MaxRows is how many rows it is fitted to at most; 0 stands for 50,000.
	MaxRows int `json:"max_rows,omitempty"`
}

// Choices of Mixture.Covariance.
const (
	Full      = "full"
	Tied      = "tied"
	Diagonal  = "diag"
	Spherical = "spherical"
)

const kindMixture = "mixture"

// Kind is "mixture".
func (Mixture) Kind() string { return kindMixture }

// Space is what is worth a search.
func (Mixture) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "n_components", Low: 1, High: 16, Log: true, Whole: true},
		{Name: "covariance_type", Choices: []any{Full, Tied, Diagonal, Spherical}},
	}
}

func (s Mixture) filled() Mixture {
	setDefault(&s.Components, 8)
	setDefault(&s.Covariance, Full)
	setDefault(&s.MaxIter, 100)
	setDefault(&s.Starts, 1)
	setDefault(&s.MaxRows, 50_000)
	if s.RegCovar == nil {
		reg := 1e-6
		s.RegCovar = &reg
	}
	if s.Tol == nil {
		tol := 1e-3
		s.Tol = &tol
	}
	return s
}

func (s *Mixture) check() error {
	switch s.Covariance {
	case Full, Tied, Diagonal, Spherical:
	default:
		return fmt.Errorf("covariance_type %q: %w; choose %q, %q, %q or %q", s.Covariance, learn.ErrSetting, Full, Tied, Diagonal, Spherical)
	}
	if !finiteFrom(*s.RegCovar, 0) {
		return fmt.Errorf("reg_covar %v: %w; choose 0 or more", *s.RegCovar, learn.ErrSetting)
	}
	if !finiteFrom(*s.Tol, 0) {
		return fmt.Errorf("tol %v: %w; choose 0 or more", *s.Tol, learn.ErrSetting)
	}
	if err := atLeast("n_components", s.Components, 1); err != nil {
		return err
	}
	if err := atLeast("max_iter", s.MaxIter, 1); err != nil {
		return err
	}
	if err := atLeast("n_init", s.Starts, 1); err != nil {
		return err
	}
	return atLeast("max_rows", s.MaxRows, 2)
}

// Fit is Cluster, of which it returns the model, a *Gaussians.
func (s Mixture) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	return modelOf(ctx, s, x, y, r)
}

// Cluster fits the mixture, and gives each row to the likeliest component. The model is
// a *Gaussians. The clustering has Memberships: the probabilities of these components.
// It is an error, which wraps learn.ErrTooFew, if there are fewer different rows than
// components, and one that wraps learn.ErrConstant if a covariance matrix has no
// inverse.
func (s Mixture) Cluster(ctx context.Context, x *learn.Matrix, weights []float64, r learn.Run) (*Clustering, error) {
	s = s.filled()
	c, err := s.cluster(ctx, x, weights, r)
	if err != nil {
		return nil, failed(ctx, "mixture", err)
	}
	return c, nil
}

func (s *Mixture) cluster(ctx context.Context, x *learn.Matrix, weights []float64, r learn.Run) (*Clustering, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	sp, all, err := prepared(ctx, x, weights)
	if err != nil {
		return nil, err
	}
	k := keepRows(all, s.MaxRows, r.Seed)
	if k.rows.N < s.Components {
		return nil, fmt.Errorf("%d different rows for %d components: %w; set n_components lower", k.rows.N, s.Components, learn.ErrTooFew)
	}
	var best *em
	for start := range s.Starts {
		labels, err := s.start(ctx, sp, k.rows, start, r)
		if err != nil {
			return nil, err
		}
		e := newEM(ctx, s, sp, k.rows, r)
		if err := e.fit(labels); err != nil {
			return nil, err
		}
		if best == nil || e.likelihood > best.likelihood {
			best = e
		}
		r.Report(start+1, s.Starts)
	}
	m := best.model()
	out := &Clustering{Labels: make([]int32, x.Rows), Memberships: make([]float64, x.Rows)}
	err = m.likeliest(ctx, out, x, r.Workers)
	used := newClustering(out.Labels, m, len(k.point))
	used.Memberships = out.Memberships
	return used, err
}

// start returns the labels of k-means.
func (s *Mixture) start(ctx context.Context, sp *space, r *rows, start int, run learn.Run) ([]int32, error) {
	settings := KMeans{Clusters: s.Components, Starts: 1}.filled(r.N)
	seed := run.Seed + uint64(start)*0x9E3779B97F4A7C15 // a stream for each start
	m := &means{ctx: ctx, space: sp, rows: r, settings: settings, run: learn.Run{Seed: seed, Workers: run.Workers}}
	found, err := m.best()
	if err != nil {
		return nil, err
	}
	return found.labels, nil
}

// parameters is how many numbers a mixture of k components in so many dimensions has to
// choose.
func parameters(covariance string, k, d int) float64 {
	free := float64(k*d + k - 1)
	switch covariance {
	case Full:
		return free + float64(k)*float64(d*(d+1)/2)
	case Tied:
		return free + float64(d*(d+1)/2)
	case Diagonal:
		return free + float64(k*d)
	}
	return free + float64(k)
}

// logSumExp is the logarithm of the sum of exponentials; −∞ of nothing.
func logSumExp(v []float64) float64 {
	most := math.Inf(-1)
	for _, a := range v {
		most = max(most, a)
	}
	if math.IsInf(most, 0) {
		return most
	}
	sum := 0.0
	for _, a := range v {
		sum += math.Exp(a - most)
	}
	return most + math.Log(sum)
}

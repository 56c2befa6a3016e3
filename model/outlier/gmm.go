package outlier

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
)

// Mixture is the settings of a detector that scores −log of the density of a mixture
// of Gaussians. Settings and models are those of cluster.Mixture, but that without
// n_components the number of components is the one from 1 on with the lowest Bayesian
// information criterion (cluster.Gaussians.BIC): the search ends when two in turn are
// not better, and at 8.
type Mixture struct{ cluster.Mixture }

// MixtureModel is a fitted Mixture.
type MixtureModel struct{ Gaussians *cluster.Gaussians }

const (
	kindMixture   = "gmm"
	mostGaussians = 8
)

// Kind is "gmm".
func (Mixture) Kind() string { return kindMixture }

// Fit fits the mixture. Its errors are those of cluster.Mixture.
func (s Mixture) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	if s.Components != 0 {
		m, err := s.fitOne(ctx, x, y, r)
		if err != nil {
			return nil, err
		}
		return m, nil
	}
	quiet := r
	quiet.Progress = nil
	var best *MixtureModel
	worse := 0
	for k := 1; k <= mostGaussians && worse < 2; k++ {
		r.Report(k-1, mostGaussians)
		s.Components = k
		m, err := s.fitOne(ctx, x, y, quiet)
		switch {
		case err != nil && (best == nil || !errors.Is(err, learn.ErrTooFew) && !errors.Is(err, learn.ErrConstant)):
			return nil, err
		case err != nil: // no more components than this
			worse = 2
		case best == nil || m.Gaussians.BIC() < best.Gaussians.BIC():
			best, worse = m, 0
		default:
			worse++
		}
	}
	r.Report(mostGaussians, mostGaussians)
	return best, nil
}

func (s *Mixture) fitOne(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (*MixtureModel, error) {
	m, err := s.Mixture.Fit(ctx, x, y, r)
	if err != nil {
		return nil, err
	}
	return &MixtureModel{m.(*cluster.Gaussians)}, nil
}

// Kind is "gmm".
func (*MixtureModel) Kind() string { return kindMixture }

// Inputs are the columns it was fitted to.
func (m *MixtureModel) Inputs() []learn.Column {
	if m.Gaussians == nil {
		return nil
	}
	return m.Gaussians.Inputs()
}

// Score writes −log of the density of each row.
func (m *MixtureModel) Score(dst []float64, x *learn.Matrix) error {
	return scoreApart(m.Gaussians, dst, x)
}

// Check returns an error unless the model is whole.
func (m *MixtureModel) Check() error {
	if m.Gaussians == nil {
		return learn.Broken(kindMixture, "it has no components")
	}
	return m.Gaussians.Check()
}

// MarshalJSON writes the components.
func (m *MixtureModel) MarshalJSON() ([]byte, error) { return json.Marshal(m.Gaussians) }

// UnmarshalJSON reads the components.
func (m *MixtureModel) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, &m.Gaussians) }

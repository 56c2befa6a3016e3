package outlier

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/netanom/netanom/model/learn"
)

var kinds = []string{
	kindIsolation, kindExtended, kindLOF, kindKNN, kindOneClass, kindMahalanobis, kindPCA,
	kindECOD, kindCOPOD, kindHBOS, kindKMeans, kindMixture, kindEnsemble,
}

// Kinds lists the names of the detectors of this package.
func Kinds() []string { return slices.Clone(kinds) }

// NewSpec returns the detector of that name with its default settings.
func NewSpec(kind string) (learn.Spec, error) {
	if spec, _ := detector(kind); spec != nil {
		return spec, nil
	}
	return nil, fmt.Errorf("there is no detector %q: %w; choose one of %s", kind, learn.ErrSetting, strings.Join(kinds, ", "))
}

// NewModel returns an empty model of that name, to read a stored one into; nil if
// there is none.
func NewModel(kind string) learn.Model {
	_, model := detector(kind)
	return model
}

func detector(kind string) (learn.Spec, learn.Model) {
	switch kind {
	case kindIsolation:
		return &IsolationForest{}, &IsolationModel{}
	case kindExtended:
		return &ExtendedForest{}, &ExtendedModel{}
	case kindLOF:
		return &LOF{}, &LOFModel{}
	case kindKNN:
		return &KNNDistance{}, &KNNDistanceModel{}
	case kindOneClass:
		return &OneClassSVM{}, &OneClassModel{}
	case kindMahalanobis:
		return &Mahalanobis{}, &MahalanobisModel{}
	case kindPCA:
		return &PCA{}, &PCAModel{}
	case kindECOD:
		return &ECOD{}, &ECODModel{}
	case kindCOPOD:
		return &COPOD{}, &COPODModel{}
	case kindHBOS:
		return &HBOS{}, &HBOSModel{}
	case kindKMeans:
		return &KMeans{}, &KMeansModel{}
	case kindMixture:
		return &Mixture{}, &MixtureModel{}
	case kindEnsemble:
		return &Ensemble{}, &EnsembleModel{}
	}
	return nil, nil
}

// A scorer is a spec whose model would see a training row among its own neighbours.
type scorer interface {
	fitScores(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (learn.Model, []float64, error)
}

// FitScores fits a detector and scores the rows that it learned from. A row is
// compared with the others only by LOF and KNNDistance, for which it would be the
// nearest to itself; these scores can be set against those of new rows. All other
// models score as Score does.
func FitScores(ctx context.Context, spec learn.Spec, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, []float64, error) {
	if s, ok := spec.(scorer); ok {
		return s.fitScores(ctx, x, &y, &r)
	}
	m, err := spec.Fit(ctx, x, y, r)
	if err != nil {
		return nil, nil, err
	}
	scores := make([]float64, x.Rows)
	if err := scoreAll(ctx, m, scores, x); err != nil {
		return nil, nil, err
	}
	return m, scores, nil
}

// scoreAll is Score that stops when ctx ends.
func scoreAll(ctx context.Context, m learn.Model, scores []float64, x *learn.Matrix) error {
	const together = 8192
	for from := 0; from < x.Rows; from += together {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		to := min(from+together, x.Rows)
		if err := m.Score(scores[from:to], x.Slice(from, to)); err != nil {
			return err
		}
	}
	return nil
}

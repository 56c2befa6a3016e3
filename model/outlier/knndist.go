package outlier

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// KNNDistance is the settings of a detector that scores how far the nearest training
// rows are [1]: the mean of the distances of the nearest, or the distance of the last
// of these. FitScores compares training rows with the others.
//
// Levels are as far apart as neighbor.Metric says. Weights do nothing, but that rows
// of weight 0 are left out. Missing numbers are refused.
//
// [1] S. Ramaswamy, R. Rastogi and K. Shim (2000), "Efficient algorithms for mining
// outliers from large data sets", SIGMOD Record 29(2), 427–438; the mean is that of
// F. Angiulli and C. Pizzuti (2002), "Fast outlier detection in high dimensional
// spaces", PKDD, 15–27.
type KNNDistance struct {
	Neighbors int             `json:"n_neighbors,omitempty"` // default 10, and all other rows where there are fewer
	Method    string          `json:"method,omitempty"`      // "mean" (default) or "largest"
	Metric    neighbor.Metric `json:"metric,omitempty"`      // "euclidean" (default) or "manhattan"
	// MaxSamples is how many rows, drawn at random, are kept at most; 0 stands for all.
	MaxSamples int `json:"max_samples,omitempty"`
}

// KNNDistanceModel is a fitted KNNDistance.
type KNNDistanceModel struct {
	Index     *neighbor.Index `json:"index"`
	Neighbors int             `json:"n_neighbors"`
	Method    string          `json:"method"`
}

const kindKNN = "knndist"

// Choices of KNNDistance.Method.
const (
	MeanDistance    = "mean"
	LargestDistance = "largest"
)

// Kind is "knndist".
func (KNNDistance) Kind() string { return kindKNN }

// Space is what is worth a search.
func (KNNDistance) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "n_neighbors", Low: 1, High: 50, Log: true, Whole: true},
		{Name: "method", Choices: []any{MeanDistance, LargestDistance}},
	}
}

// Fit keeps the rows, in a neighbor.Index. Beside the errors of learn.CheckFit it
// returns ErrSetting and ErrMissing.
func (s KNNDistance) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	m, _, err := s.fit(ctx, x, &y, &r)
	if err != nil {
		return nil, fmt.Errorf("distance of neighbours: %w", err)
	}
	return m, nil
}

// fit also returns which rows are kept, and nil for all.
func (s KNNDistance) fit(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (*KNNDistanceModel, []int, error) {
	method, k := or(s.Method, MeanDistance), or(s.Neighbors, 10)
	if err := checkNeighbors(k, s.Metric); err != nil {
		return nil, nil, err
	}
	if method != MeanDistance && method != LargestDistance {
		return nil, nil, wrong("method", fmt.Sprintf("%q", method), `"mean" or "largest"`)
	}
	if s.MaxSamples < 0 || s.MaxSamples == 1 {
		return nil, nil, wrong("max_samples", s.MaxSamples, "at least 2, or 0 for all rows")
	}
	rows, _, places, err := training(ctx, x, y, false)
	if err != nil {
		return nil, nil, err
	}
	r.Report(0, 1)
	if s.MaxSamples > 0 && s.MaxSamples < rows.Rows {
		kept := choose(rows.Rows, s.MaxSamples, rand.New(rand.NewPCG(r.Seed, 0)))
		slices.Sort(kept)
		rows = rows.Take(kept)
		if places != nil {
			kept = learn.Take(places, kept)
		}
		places = kept
	}
	ix, err := neighbor.NewIndex(ctx, rows, s.Metric)
	if err != nil {
		return nil, nil, err
	}
	r.Report(1, 1)
	return &KNNDistanceModel{Index: ix, Neighbors: min(k, rows.Rows-1), Method: method}, places, nil
}

func (s KNNDistance) fitScores(ctx context.Context, x *learn.Matrix, y *learn.Target, r *learn.Run) (learn.Model, []float64, error) {
	m, places, err := s.fit(ctx, x, y, r)
	if err != nil {
		return nil, nil, fmt.Errorf("distance of neighbours: %w", err)
	}
	scores := make([]float64, x.Rows)
	if err := scoreOthers(ctx, m, scores, x, places); err != nil {
		return nil, nil, err
	}
	err = m.Index.EachOther(ctx, m.Neighbors, r.Workers, func(row int, others []neighbor.Neighbor) {
		if places != nil {
			row = places[row]
		}
		scores[row] = m.distance(others)
	})
	return m, scores, err
}

// distance is the score of a row with these neighbours.
func (m *KNNDistanceModel) distance(found []neighbor.Neighbor) float64 {
	if m.Method == LargestDistance {
		return clamp(found[len(found)-1].Distance)
	}
	var sum float64
	for _, n := range found {
		sum += n.Distance / float64(len(found))
	}
	return clamp(sum)
}

// Kind is "knndist".
func (*KNNDistanceModel) Kind() string { return kindKNN }

// Inputs are the columns it was fitted to.
func (m *KNNDistanceModel) Inputs() []learn.Column { return columnsOf(m.Index) }

// Score writes the distance of each row.
func (m *KNNDistanceModel) Score(dst []float64, x *learn.Matrix) error {
	err := eachNearest(m.Index, m.Neighbors, x, func(i int, found []neighbor.Neighbor) { dst[i] = m.distance(found) })
	if err != nil {
		return fmt.Errorf("distance of neighbours: %w", err)
	}
	return nil
}

// Check returns an error unless the model is whole.
func (m *KNNDistanceModel) Check() error {
	if m.Method != MeanDistance && m.Method != LargestDistance {
		return learn.Broken(kindKNN, "a method %q", m.Method)
	}
	return checkIndex(kindKNN, m.Index, m.Neighbors)
}

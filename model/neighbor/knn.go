package neighbor

import (
	"context"
	"fmt"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// KNN is the settings of the k-nearest-neighbours classifier [1]: the rows of the
// training data that are nearest to a row vote for their classes. At equal distance
// the row that comes first in training is the nearer. Columns should be on like
// scales; levels are as far apart as Metric says.
//
// A vote counts by the weight of its row, and rows that weigh nothing have none and
// are left out. Missing numbers are refused, in training as in scoring.
//
// [1] T. M. Cover and P. E. Hart (1967), "Nearest neighbor pattern classification",
// IEEE Transactions on Information Theory 13(1), 21–27.
type KNN struct {
	// Neighbors is how many rows vote; 0 stands for 5.
	Neighbors int `json:"n_neighbors,omitempty"`
	// Weights is "uniform", for votes that count alike, or "distance", for votes that
	// count by the reciprocal of the distance; where it is 0 only such rows vote. ""
	// stands for "uniform".
	Weights string `json:"weights,omitempty"`
	// Metric is "euclidean" or "manhattan"; "" stands for "euclidean".
	Metric Metric `json:"metric,omitempty"`
}

// Choices of KNN.Weights.
const (
	Uniform    = "uniform"
	ByDistance = "distance"
)

const kindKNN = "knn"

// Kind is "knn".
func (KNN) Kind() string { return kindKNN }

// Space is what is worth a search.
func (KNN) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "n_neighbors", Low: 1, High: 30, Log: true, Whole: true},
		{Name: "weights", Choices: []any{Uniform, ByDistance}},
		{Name: "metric", Choices: []any{string(Euclidean), string(Manhattan)}},
	}
}

// filled returns the settings with defaults in their places.
func (s KNN) filled() KNN {
	if s.Neighbors == 0 {
		s.Neighbors = 5
	}
	if s.Weights == "" {
		s.Weights = Uniform
	}
	s.Metric = s.Metric.filled()
	return s
}

func (s *KNN) check() error {
	switch {
	case s.Neighbors < 1:
		return fmt.Errorf("n_neighbors %d: %w; choose at least 1", s.Neighbors, learn.ErrSetting)
	case s.Weights != Uniform && s.Weights != ByDistance:
		return fmt.Errorf("weights %q: %w; choose %q or %q", s.Weights, learn.ErrSetting, Uniform, ByDistance)
	}
	return s.Metric.check()
}

// Fit keeps the rows, in an Index. Chance has no part in it, and one goroutine does.
//
// Errors wrap learn.ErrSetting, learn.ErrMissing, learn.ErrTooFew if there are fewer
// rows than Neighbors, or say what learn.CheckFit refuses.
func (s KNN) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	s = s.filled()
	m, err := s.fit(ctx, x, y, r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, fmt.Errorf("k nearest neighbours: %w", err)
	}
	return m, nil
}

func (s *KNN) fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (*Model, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if err := learn.CheckFit(x, &y, true); err != nil {
		return nil, err
	}
	if y.Weights != nil {
		x, y = weighty(x, y)
	}
	if x.Rows < s.Neighbors {
		return nil, fmt.Errorf("%d of them, and %d neighbours to vote: %w; set n_neighbors lower", x.Rows, s.Neighbors, learn.ErrTooFew)
	}
	r.Report(0, 1)
	ix, err := NewIndex(ctx, x, s.Metric)
	if err != nil {
		return nil, err
	}
	r.Report(1, 1)
	m := &Model{Index: ix, Names: slices.Clone(y.Classes), Y: slices.Clone(y.Y), Neighbors: s.Neighbors, Weights: s.Weights}
	if y.Weights != nil {
		m.Votes = slices.Clone(y.Weights)
	}
	return m, nil
}

// weighty returns the rows that weigh anything. Weights that are all the same are
// none.
func weighty(x *learn.Matrix, y learn.Target) (*learn.Matrix, learn.Target) {
	var rows []int
	for i, w := range y.Weights {
		if w > 0 {
			rows = append(rows, i)
		}
	}
	if len(rows) < x.Rows {
		x, y = x.Take(rows), y.Take(rows)
	}
	if !slices.ContainsFunc(y.Weights, func(w float64) bool { return w != y.Weights[0] }) {
		y.Weights = nil
	}
	return x, y
}

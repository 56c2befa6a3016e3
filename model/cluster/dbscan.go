package cluster

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// DBSCAN is the settings of density-based clustering [1]. A core row has rows of
// enough weight within a distance, itself included. Core rows within the distance of
// each other are in one cluster, whose number goes by its first core row; other rows
// within the distance of a core row belong to a cluster of such, the first; the rest
// is noise. Distances that are equal to Eps are within it.
//
// A weight counts as so many copies. Of more than MaxRows rows a sample is clustered
// and the others follow it; distances are larger in a sample, so that an Eps found for
// all rows should not be given for one.
//
// The score of a row is its distance to the nearest core row of a cluster.
//
// [1] M. Ester, H.-P. Kriegel, J. Sander and X. Xu (1996), "A density-based algorithm
// for discovering clusters in large spatial databases with noise", KDD-96, 226–231.
type DBSCAN struct {
	// Eps is the distance; 0 stands for the knee of the curve of distances to the
	// MinSamples-th nearest row, as Knee finds it when the farthest hundredth of rows is left
	// out: a few that are very far out would stretch the curve, and the knee with it.
	Eps float64 `json:"eps,omitempty"`
	// MinSamples is the weight that makes a core row; 0 stands for 5.
	MinSamples int `json:"min_samples,omitempty"`
	// MaxRows is how many rows are clustered at most; 0 stands for 200,000.
	MaxRows int `json:"max_rows,omitempty"`
}

const kindDBSCAN = "dbscan"

// Kind is "dbscan".
func (DBSCAN) Kind() string { return kindDBSCAN }

// Space is what is worth a search.
func (DBSCAN) Space() []learn.Dimension {
	return []learn.Dimension{{Name: "min_samples", Low: 3, High: 50, Log: true, Whole: true}}
}

func (s DBSCAN) filled() DBSCAN {
	setDefault(&s.MinSamples, 5)
	setDefault(&s.MaxRows, 200_000)
	return s
}

func (s *DBSCAN) check() error {
	if !(s.Eps >= 0) || math.IsInf(s.Eps, 1) {
		return fmt.Errorf("eps %v: %w; choose a distance above 0, or 0 for one that is found", s.Eps, learn.ErrSetting)
	}
	if err := atLeast("min_samples", s.MinSamples, 1); err != nil {
		return err
	}
	return atLeast("max_rows", s.MaxRows, 2)
}

// Fit is Cluster, of which it returns the model, a *Cores.
func (s DBSCAN) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	return modelOf(ctx, s, x, y, r)
}

// Cluster looks for the clusters. The model is a *Cores. It is an error, which wraps
// learn.ErrTooFew, if there is no core row at all.
func (s DBSCAN) Cluster(ctx context.Context, x *learn.Matrix, weights []float64, r learn.Run) (*Clustering, error) {
	s = s.filled()
	c, err := s.cluster(ctx, x, weights, r)
	if err != nil {
		return nil, failed(ctx, "DBSCAN", err)
	}
	return c, nil
}

func (s *DBSCAN) cluster(ctx context.Context, x *learn.Matrix, weights []float64, r learn.Run) (*Clustering, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	sp, all, err := prepared(ctx, x, weights)
	if err != nil {
		return nil, err
	}
	r.Report(0, 3)
	k := keepRows(all, s.MaxRows, r.Seed)
	eps := s.Eps
	if eps == 0 {
		if eps, err = kneeOf(ctx, x.Take(ints(k.first)), k.rows.weights, s.MinSamples, r.Workers); err != nil {
			return nil, err
		}
	}
	r.Report(1, 3)
	l := &linker{ctx: ctx, space: sp, eps: eps, least: float64(s.MinSamples)}
	if err := l.link(k.rows, r.Workers); err != nil {
		return nil, err
	}
	r.Report(2, 3)
	m, err := l.model(ctx, x, k.first)
	if err != nil {
		return nil, err
	}
	c, err := spread(ctx, m, x, l.labels, k.point, k.chosen, r.Workers)
	r.Report(3, 3)
	return c, err
}

// kneeOf is Knee of the distances, but for the farthest, of different rows to where the weight of nearer
// rows, themselves included, reaches least.
func kneeOf(ctx context.Context, x *learn.Matrix, weights []float64, least, workers int) (float64, error) {
	d, err := coreDistances(ctx, x, weights, least, workers)
	if err != nil {
		return 0, err
	}
	near, counts := nearest(d, weights, 0.99)
	return Knee(near, counts), nil
}

// nearest returns the smallest distances, as far as they have a share of the weight,
// with their weights.
func nearest(d, weights []float64, share float64) (near, counts []float64) {
	order := make([]int, len(d))
	total, sum := 0.0, 0.0
	for i, w := range weights {
		order[i] = i
		total += w
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d[a], d[b]) })
	for _, i := range order {
		if sum += weights[i]; sum > share*total && len(near) > 0 && total >= 100 {
			break
		}
		near, counts = append(near, d[i]), append(counts, weights[i])
	}
	return near, counts
}

// coreDistances are those of different rows to where the weight of rows not farther,
// themselves included, reaches least; to the farthest of the least nearest, if it does
// not.
func coreDistances(ctx context.Context, x *learn.Matrix, weights []float64, least, workers int) ([]float64, error) {
	out := make([]float64, x.Rows)
	ix, err := neighbor.NewIndex(ctx, x, neighbor.Euclidean)
	if err != nil || least == 1 {
		return out, err
	}
	err = ix.EachOther(ctx, least-1, workers, func(i int, found []neighbor.Neighbor) {
		sum := weights[i]
		for _, n := range found {
			if sum >= float64(least) {
				break
			}
			sum += weights[n.Row]
			out[i] = n.Distance
		}
	})
	return out, err
}

package cluster

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// Noise is the label of a row that belongs to no cluster.
const Noise = -1

// ErrLarge tells of numbers whose squares are out of range.
var ErrLarge = errors.New("numbers are too large for squared distances; bring columns to like scales first")

// A Spec is the settings of a clustering. As a learn.Spec it takes of the target only
// the weights.
type Spec interface {
	learn.Spec
	// Cluster finds the clusters of the rows of x. weights says how often each row
	// counts, nil for once; what becomes of them each Spec says. Errors wrap
	// learn.ErrSetting, learn.ErrMissing, learn.ErrTooFew, learn.ErrConstant, ErrLarge
	// or learn.ErrTarget, for weights; it returns the cause when ctx ends first.
	Cluster(ctx context.Context, x *learn.Matrix, weights []float64, r learn.Run) (*Clustering, error)
}

// A Model labels rows that it may not have seen.
type Model interface {
	learn.Model
	// Clusters is how many there are.
	Clusters() int
	// Assign writes the cluster of each row of x to dst, Noise for none. Errors are
	// those of Score.
	Assign(dst []int32, x *learn.Matrix) error
}

// A Clustering is what a Spec makes of rows. Clusters are numbered from 0.
type Clustering struct {
	Labels []int32 // by row
	Sizes  []int   // rows by cluster
	Model  Model
	Used   int // rows that were clustered; the others, over a limit or without weight, went to the clusters of these
	// Memberships say how firmly each row belongs to its cluster, from 0 to 1; nil where
	// the method does not tell.
	Memberships []float64
	// Outliers are the scores of rows in training, of HDBSCAN; nil for others.
	Outliers []float64
	// Dendrogram is the tree of Hierarchical, and Rows says which rows its items are, nil
	// for all; nil for others.
	Dendrogram *stats.Dendrogram
	Rows       []int32
}

// Noise is how many rows belong to no cluster.
func (c *Clustering) Noise() int {
	n := len(c.Labels)
	for _, size := range c.Sizes {
		n -= size
	}
	return n
}

// newClustering counts sizes.
func newClustering(labels []int32, m Model, used int) *Clustering {
	c := &Clustering{Labels: labels, Sizes: make([]int, m.Clusters()), Model: m, Used: used}
	for _, l := range labels {
		if l != Noise {
			c.Sizes[l]++
		}
	}
	return c
}

// modelOf is Fit of a Spec by its Cluster.
func modelOf(ctx context.Context, s Spec, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	if err := y.Check(x.Rows); err != nil {
		return nil, err
	}
	c, err := s.Cluster(ctx, x, y.Weights, r)
	if err != nil {
		return nil, err
	}
	return c.Model, nil
}

// New returns an empty model of a kind, for a stored one to be read into, or nil if
// there is no such kind.
func New(kind string) Model {
	switch kind {
	case kindKMeans:
		return &Centers{}
	case kindMixture:
		return &Gaussians{}
	case kindDBSCAN:
		return &Cores{}
	case kindHDBSCAN:
		return &Tree{}
	case kindHierarchical:
		return &Hierarchy{}
	}
	return nil
}

// prepared checks a matrix and weights, and lays the rows out.
func prepared(ctx context.Context, x *learn.Matrix, weights []float64) (*space, *rows, error) {
	if err := learn.CheckFit(x, &learn.Target{Weights: weights}, false); err != nil {
		return nil, nil, err
	}
	if err := learn.RefuseMissing(x); err != nil {
		return nil, nil, err
	}
	if x.Rows > math.MaxInt32 {
		return nil, nil, fmt.Errorf("%d rows: %w; take a sample", x.Rows, learn.ErrSetting)
	}
	s := newSpace(x.Columns)
	r := s.lay(x)
	if err := r.checkSize(); err != nil {
		return nil, nil, err
	}
	if err := context.Cause(ctx); err != nil {
		return nil, nil, err
	}
	r.weights = weights
	return s, r, nil
}

// failed puts the name of a method before an error, unless ctx has ended.
func failed(ctx context.Context, what string, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return fmt.Errorf("%s: %w", what, err)
}

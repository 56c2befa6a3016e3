package cluster

import (
	"context"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// HDBSCAN is the settings of hierarchical density-based clustering [1, 2]: of all that
// DBSCAN would find at some distance, the clusters that stay longest as it shrinks. The
// core distance of a row is that to its MinSamples-th nearest, itself included.
// Clusters are numbered by their first rows.
//
// A weight counts as so many copies. Of more than MaxRows rows a sample is clustered,
// and the others follow it. Distances of 0 count as half of the least above it.
//
// The score of a row is its outlier score, GLOSH [1]: from 0 up to 1, how much thinner
// it lies than the densest rows of the part of the tree it belongs to.
//
// [1] R. J. G. B. Campello, D. Moulavi, A. Zimek and J. Sander (2015), "Hierarchical
// density estimates for data clustering, visualization, and outlier detection", ACM
// Transactions on Knowledge Discovery from Data 10(1), 5.
//
// [2] L. McInnes and J. Healy (2017), "Accelerated hierarchical density based
// clustering", ICDM Workshops, 33–42.
type HDBSCAN struct {
	// MinClusterSize is the least weight of a cluster, 2 or more; 0 stands for 5.
	MinClusterSize int `json:"min_cluster_size,omitempty"`
	// MinSamples is as that of DBSCAN; 0 stands for MinClusterSize.
	MinSamples int `json:"min_samples,omitempty"`
	// AllowSingleCluster lets all rows be one cluster.
	AllowSingleCluster bool `json:"allow_single_cluster,omitempty"`
	// MaxRows is how many rows are clustered at most; 0 stands for 30,000.
	MaxRows int `json:"max_rows,omitempty"`
}

const kindHDBSCAN = "hdbscan"

// Kind is "hdbscan".
func (HDBSCAN) Kind() string { return kindHDBSCAN }

// Space is what is worth a search.
func (HDBSCAN) Space() []learn.Dimension {
	return []learn.Dimension{{Name: "min_cluster_size", Low: 5, High: 100, Log: true, Whole: true}}
}

func (s HDBSCAN) filled() HDBSCAN {
	setDefault(&s.MinClusterSize, 5)
	setDefault(&s.MinSamples, s.MinClusterSize)
	setDefault(&s.MaxRows, 30_000)
	return s
}

func (s *HDBSCAN) check() error {
	if err := atLeast("min_cluster_size", s.MinClusterSize, 2); err != nil {
		return err
	}
	if err := atLeast("min_samples", s.MinSamples, 1); err != nil {
		return err
	}
	return atLeast("max_rows", s.MaxRows, 2)
}

// Fit is Cluster, of which it returns the model, a *Tree.
func (s HDBSCAN) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	return modelOf(ctx, s, x, y, r)
}

// Cluster looks for the clusters; there may be none. The model is a *Tree. The
// clustering has Memberships and Outliers.
func (s HDBSCAN) Cluster(ctx context.Context, x *learn.Matrix, weights []float64, r learn.Run) (*Clustering, error) {
	s = s.filled()
	c, err := s.cluster(ctx, x, weights, r)
	if err != nil {
		return nil, failed(ctx, "HDBSCAN", err)
	}
	return c, nil
}

func (s *HDBSCAN) cluster(ctx context.Context, x *learn.Matrix, weights []float64, r learn.Run) (*Clustering, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	sp, all, err := prepared(ctx, x, weights)
	if err != nil {
		return nil, err
	}
	r.Report(0, 3)
	k := keepRows(all, s.MaxRows, r.Seed)
	different := x.Take(ints(k.first))
	core, err := coreDistances(ctx, different, k.rows.weights, s.MinSamples, r.Workers)
	if err != nil {
		return nil, err
	}
	r.Report(1, 3)
	edges, err := span(ctx, sp, k.rows, core, r.Workers)
	if err != nil {
		return nil, err
	}
	r.Report(2, 3)
	tree := condense(edges, k.rows.weights, core, float64(s.MinClusterSize))
	tree.choose(s.AllowSingleCluster)
	m := &Tree{MinSamples: s.MinSamples, Core: core, Copies: k.rows.weights, Last: tree.last,
		Parent: tree.parent, Birth: tree.birth, Death: tree.death, Label: tree.label, Count: tree.chosen}
	if m.Index, err = neighbor.NewIndex(ctx, different, neighbor.Euclidean); err != nil {
		return nil, err
	}
	c, err := m.clustering(ctx, x, tree, k, r.Workers)
	r.Report(3, 3)
	return c, err
}

// clustering labels all rows.
func (m *Tree) clustering(ctx context.Context, x *learn.Matrix, tree *condensed, k *kept, workers int) (*Clustering, error) {
	labels, memberships, outliers := make([]int32, x.Rows), make([]float64, x.Rows), make([]float64, x.Rows)
	most := m.deaths()
	if k.chosen != nil {
		n := (x.Rows + scoreRows - 1) / scoreRows
		err := parallel.Each(ctx, n, workers, func(b int) error {
			from := b * scoreRows
			return m.locate(x.Slice(from, min(from+scoreRows, x.Rows)), func(i int, cluster int32, lambda float64) {
				labels[from+i] = m.Label[cluster]
				memberships[from+i], outliers[from+i] = m.membership(cluster, lambda, most), outlying(lambda, m.Death[cluster])
			})
		})
		if err != nil {
			return nil, err
		}
	}
	for at, p := range k.point {
		i := at
		if k.chosen != nil {
			i = int(k.chosen[at])
		}
		c := tree.last[p]
		labels[i] = m.Label[c]
		memberships[i], outliers[i] = m.membership(c, tree.lambda[p], most), outlying(tree.lambda[p], m.Death[c])
	}
	out := newClustering(labels, m, len(k.point))
	out.Memberships, out.Outliers = memberships, outliers
	return out, nil
}

// membership is how firmly a row that left a cluster of the tree belongs to the chosen
// one. most are the deaths of these.
func (m *Tree) membership(cluster int32, lambda float64, most []float64) float64 {
	l := m.Label[cluster]
	if l == Noise {
		return 0
	}
	return min(1, lambda/most[l])
}

// outlying is GLOSH of a row that left where the densest stay until death.
func outlying(lambda, death float64) float64 { return max(0, 1-lambda/death) }

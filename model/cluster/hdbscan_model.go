package cluster

import (
	"context"
	"math"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// Tree is the condensed tree of clusters: what HDBSCAN learns. Clusters of the tree
// come after those that they came from; the first is all rows. λ is 1 over a distance.
type Tree struct {
	Index      *neighbor.Index `json:"rows"` // the different rows
	MinSamples int             `json:"min_samples"`
	Core       learn.Floats    `json:"core"`     // by row: its core distance
	Copies     learn.Floats    `json:"weights"`  // by row
	Last       learn.Ints      `json:"last"`     // by row: the cluster of the tree that it was last in
	Parent     learn.Ints      `json:"parents"`  // by cluster of the tree; −1 for the first
	Birth      learn.Floats    `json:"births"`   // by cluster of the tree: λ where it begins
	Death      learn.Floats    `json:"deaths"`   // by cluster of the tree: the largest λ of a row
	Label      learn.Ints      `json:"labels"`   // by cluster of the tree: which of those chosen it is, or lies in, or Noise
	Count      int             `json:"clusters"` // chosen
}

// Kind is "hdbscan".
func (*Tree) Kind() string { return kindHDBSCAN }

// Inputs are the columns it was fitted to.
func (m *Tree) Inputs() []learn.Column { return inputsOf(m.Index) }

// Clusters is how many were chosen.
func (m *Tree) Clusters() int { return m.Count }

// deaths returns the largest λ of each chosen cluster.
func (m *Tree) deaths() []float64 {
	out := make([]float64, m.Count)
	for c, l := range m.Label {
		if l != Noise {
			out[l] = max(out[l], m.Death[c])
		}
	}
	return out
}

// Score writes the outlier scores that rows would have if they joined the tree where
// the row nearest by mutual reachability is. That of a row of the training data may
// differ a little from the one it had there, for it is now its own neighbour.
func (m *Tree) Score(dst []float64, x *learn.Matrix) error {
	return m.locate(x, func(i int, cluster int32, lambda float64) { dst[i] = outlying(lambda, m.Death[cluster]) })
}

// Assign writes the clusters that rows would be in if they joined the tree where the
// row nearest by mutual reachability is.
func (m *Tree) Assign(dst []int32, x *learn.Matrix) error {
	return m.locate(x, func(i int, cluster int32, _ float64) { dst[i] = m.Label[cluster] })
}

// Memberships writes how firmly each row belongs to its cluster, from 0 for none to 1.
func (m *Tree) Memberships(dst []float64, x *learn.Matrix) error {
	most := m.deaths()
	return m.locate(x, func(i int, cluster int32, lambda float64) { dst[i] = m.membership(cluster, lambda, most) })
}

// locate finds where in the tree each row would join, and at which λ [1].
//
// [1] L. McInnes, J. Healy and S. Astels (2017), "hdbscan: Hierarchical density based
// clustering", Journal of Open Source Software 2(11), 205: its approximate_predict.
func (m *Tree) locate(x *learn.Matrix, visit func(i int, cluster int32, lambda float64)) error {
	if m.Index == nil || len(m.Core) != m.Index.Rows() || len(m.Copies) != len(m.Core) || len(m.Last) != len(m.Core) {
		return learn.Broken(kindHDBSCAN, "the lists of rows differ in length")
	}
	x, err := x.Bind(m.Index.Columns())
	if err != nil {
		return err
	}
	q, err := m.Index.Queries(x)
	if err != nil {
		return err
	}
	if newSpace(x.Columns).lay(x).checkSize() != nil {
		return ErrLarge
	}
	return m.Index.EachNearest(context.Background(), q, 2*m.MinSamples, 1, func(i int, found []neighbor.Neighbor) {
		core, sum := 0.0, 1.0 // itself
		for _, n := range found {
			if sum >= float64(m.MinSamples) {
				break
			}
			sum += m.Copies[n.Row]
			core = n.Distance
		}
		best, at := math.Inf(1), int32(0)
		for _, n := range found {
			if d := max(n.Distance, m.Core[n.Row], core); d < best {
				best, at = d, n.Row
			}
		}
		cluster := m.Last[at]
		lambda := min(1/best, m.Death[cluster])
		for m.Birth[cluster] > lambda {
			cluster = m.Parent[cluster]
		}
		visit(i, cluster, lambda)
	})
}

// Check returns an error, which wraps learn.ErrBroken, unless the model is whole.
func (m *Tree) Check() error {
	if m.Index == nil {
		return learn.Broken(kindHDBSCAN, "there are no rows")
	}
	n, k := m.Index.Rows(), len(m.Parent)
	if len(m.Core) != n || len(m.Copies) != n || len(m.Last) != n || k == 0 || len(m.Birth) != k || len(m.Death) != k || len(m.Label) != k {
		return learn.Broken(kindHDBSCAN, "lists differ in length")
	}
	if m.MinSamples < 1 || m.MinSamples > math.MaxInt32 || m.Index.Metric() != neighbor.Euclidean {
		return learn.Broken(kindHDBSCAN, "a setting is out of range")
	}
	for i, c := range m.Last {
		if c < 0 || int(c) >= k || !finiteFrom(m.Core[i], 0) || !finiteFrom(m.Copies[i], 0) {
			return learn.Broken(kindHDBSCAN, "row %d is out of range", i+1)
		}
	}
	return m.checkClusters()
}

func (m *Tree) checkClusters() error {
	seen := 0
	chosen := make(map[int32]bool)
	for c, parent := range m.Parent {
		switch {
		case (parent == -1) != (c == 0), parent < -1, int(parent) >= c && c > 0,
			!finiteFrom(m.Birth[c], 0), !finiteFrom(m.Death[c], math.SmallestNonzeroFloat64), c == 0 && m.Birth[c] != 0,
			m.Label[c] < Noise, int(m.Label[c]) >= m.Count:
			return learn.Broken(kindHDBSCAN, "cluster %d of the tree is out of range", c)
		}
		if l := m.Label[c]; l != Noise && !chosen[l] {
			chosen[l] = true
			seen++
		}
	}
	if seen != m.Count {
		return learn.Broken(kindHDBSCAN, "%d clusters of %d are in the tree", seen, m.Count)
	}
	return nil
}

// finiteFrom reports whether v is finite, and not below least.
func finiteFrom(v, least float64) bool { return v >= least && !math.IsInf(v, 1) }

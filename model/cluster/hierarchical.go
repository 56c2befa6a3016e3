package cluster

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
	"github.com/netanom/netanom/stats"
)

// Hierarchical is the settings of agglomerative clustering: rows are joined into ever
// larger groups, always the two nearest, and the tree is cut. Clusters are numbered by
// their first rows.
//
// A weight counts as so many copies for the linkages "ward" and "average"; to the
// others it makes no difference. All distances are kept, in 4 bytes times the square
// of the rows: 256 MB for 8,000. Of more than MaxRows rows a sample is clustered, and
// the others go to the cluster of the nearest row in it.
//
// The score of a row is its distance to the nearest row that was clustered.
type Hierarchical struct {
	// Clusters is how many the tree is cut into; 0 stands for 8.
	Clusters int `json:"n_clusters,omitempty"`
	// Height, if not nil, is where the tree is cut instead: groups farther apart than
	// it are not joined.
	Height *float64 `json:"distance_threshold,omitempty"`
	// Linkage is "ward", "average", "complete" or "single"; "" stands for "ward".
	Linkage string `json:"linkage,omitempty"`
	// MaxRows is how many rows are clustered at most; 0 stands for 8,000.
	MaxRows int `json:"max_rows,omitempty"`
}

const kindHierarchical = "hierarchical"

// linkages are those that can be chosen, the default first.
var linkages = []stats.Linkage{stats.WardLinkage, stats.AverageLinkage, stats.CompleteLinkage, stats.SingleLinkage}

// Kind is "hierarchical".
func (Hierarchical) Kind() string { return kindHierarchical }

// Space is what is worth a search.
func (Hierarchical) Space() []learn.Dimension {
	return []learn.Dimension{
		{Name: "n_clusters", Low: 2, High: 32, Log: true, Whole: true},
		{Name: "linkage", Choices: []any{"ward", "average", "complete"}},
	}
}

func (s Hierarchical) filled() Hierarchical {
	setDefault(&s.Clusters, 8)
	setDefault(&s.Linkage, linkages[0].String())
	setDefault(&s.MaxRows, 8000)
	return s
}

func (s *Hierarchical) check() (stats.Linkage, error) {
	at := slices.IndexFunc(linkages, func(l stats.Linkage) bool { return l.String() == s.Linkage })
	if at < 0 {
		return 0, fmt.Errorf("linkage %q: %w; choose one of %v", s.Linkage, learn.ErrSetting, linkages)
	}
	if s.Height != nil && !(*s.Height >= 0) {
		return 0, fmt.Errorf("distance_threshold %v: %w; choose 0 or more", *s.Height, learn.ErrSetting)
	}
	if err := atLeast("n_clusters", s.Clusters, 1); err != nil {
		return 0, err
	}
	return linkages[at], atLeast("max_rows", s.MaxRows, 2)
}

// Fit is Cluster, of which it returns the model, a *Hierarchy.
func (s Hierarchical) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	return modelOf(ctx, s, x, y, r)
}

// Cluster joins the rows and cuts the tree, which is the Dendrogram of the clustering:
// of the rows that weigh anything, or of the sample. The model is a *Hierarchy.
func (s Hierarchical) Cluster(ctx context.Context, x *learn.Matrix, weights []float64, r learn.Run) (*Clustering, error) {
	s = s.filled()
	c, err := s.cluster(ctx, x, weights, r)
	if err != nil {
		return nil, failed(ctx, "hierarchical clustering", err)
	}
	return c, nil
}

func (s *Hierarchical) cluster(ctx context.Context, x *learn.Matrix, weights []float64, r learn.Run) (*Clustering, error) {
	linkage, err := s.check()
	if err != nil {
		return nil, err
	}
	sp, all, err := prepared(ctx, x, weights)
	if err != nil {
		return nil, err
	}
	chosen := chooseRows(all, s.MaxRows, r.Seed)
	part := x
	if chosen != nil {
		all, part = all.take(chosen), x.Take(ints(chosen))
	}
	if s.Height == nil && all.N < s.Clusters {
		return nil, fmt.Errorf("%d rows for %d clusters: %w; set n_clusters lower", all.N, s.Clusters, learn.ErrTooFew)
	}
	c := &chain{ctx: ctx, run: r, linkage: linkage, n: all.N}
	tree, err := c.cluster(sp, all)
	if err != nil {
		return nil, err
	}
	m := &Hierarchy{Labels: s.cut(tree)}
	m.Count = int(slices.Max(m.Labels)) + 1
	if m.Index, err = neighbor.NewIndex(ctx, part, neighbor.Euclidean); err != nil {
		return nil, err
	}
	out, err := spread(ctx, m, x, m.Labels, counting(all.N), chosen, r.Workers)
	if err != nil {
		return nil, err
	}
	out.Dendrogram, out.Rows = tree, chosen
	return out, nil
}

// counting returns the numbers below n.
func counting(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// cut cuts the tree.
func (s *Hierarchical) cut(tree *stats.Dendrogram) learn.Ints {
	groups := []int(nil)
	if s.Height != nil {
		groups = tree.Cut(*s.Height)
	} else {
		groups = tree.CutInto(s.Clusters)
	}
	out := make(learn.Ints, len(groups))
	for i, g := range groups {
		out[i] = int32(g)
	}
	return out
}

// Hierarchy is the rows of clusters: what Hierarchical learns.
type Hierarchy struct {
	Index  *neighbor.Index `json:"rows"`
	Labels learn.Ints      `json:"labels"` // by row
	Count  int             `json:"clusters"`
}

// Kind is "hierarchical".
func (*Hierarchy) Kind() string { return kindHierarchical }

// Inputs are the columns it was fitted to.
func (m *Hierarchy) Inputs() []learn.Column { return inputsOf(m.Index) }

// Clusters is how many there are.
func (m *Hierarchy) Clusters() int { return m.Count }

// Score writes the distance of each row to the nearest that was clustered.
func (m *Hierarchy) Score(dst []float64, x *learn.Matrix) error {
	return eachNearest(kindHierarchical, m.Index, x, func(i int, n neighbor.Neighbor) { dst[i] = n.Distance })
}

// Assign writes the cluster of the nearest row, the first of equally near ones.
func (m *Hierarchy) Assign(dst []int32, x *learn.Matrix) error {
	if m.Index != nil && len(m.Labels) != m.Index.Rows() {
		return learn.Broken(kindHierarchical, "%d labels of %d rows", len(m.Labels), m.Index.Rows())
	}
	return eachNearest(kindHierarchical, m.Index, x, func(i int, n neighbor.Neighbor) { dst[i] = m.Labels[n.Row] })
}

// Check returns an error, which wraps learn.ErrBroken, unless the model is whole.
func (m *Hierarchy) Check() error {
	if m.Index == nil {
		return learn.Broken(kindHierarchical, "there are no rows")
	}
	return checkLabels(kindHierarchical, m.Index, m.Labels, m.Count, 0)
}

// distances returns the distances of all pairs of rows: of row i to those before it,
// row after row.
func (c *chain) distances(s *space, r *rows) ([]float64, error) {
	d := s.dims()
	vectors := make([]float64, r.N*d)
	for i := range r.N {
		s.vector(vectors[i*d:(i+1)*d], r, i)
	}
	p := newPanels(s, vectors, r.N)
	out := make([]float64, r.N*(r.N-1)/2)
	err := c.each(r.N, func(i int) {
		var found [lanes]float64
		to := out[i*(i-1)/2:][:i]
		for at := 0; at < i; at += lanes {
			p.squared(&found, at/lanes, r, i)
			for l := 0; l < lanes && at+l < i; l++ {
				to[at+l] = math.Sqrt(found[l])
			}
		}
	})
	return out, err
}

package model

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/project"
)

// A ClusterHeat is how the columns that set clusters apart most lie in each of them:
// from −1 to 1, the rank-biserial correlation of numbers, and the share of a level less
// that among all other rows.
type ClusterHeat struct {
	Columns  []string    // names, with the level of a column of levels
	Clusters []int       // the largest ones
	Values   [][]float64 // by cluster, by column
}

// The most that a picture of profiles shows.
const (
	heatColumns  = 15
	heatClusters = 20
)

// heat chooses the columns in which some cluster is most unlike the others.
func (w *clusterWork) heat(profiles []cluster.Profile) ClusterHeat {
	strongest := map[string]cluster.Difference{}
	var names []string
	for k := range profiles[:min(len(profiles), heatClusters)] {
		for _, d := range profiles[k].Differences {
			known, ok := strongest[d.Column]
			if !ok {
				names = append(names, d.Column)
			}
			if !ok || d.Strength > known.Strength {
				strongest[d.Column] = d
			}
		}
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(strongest[b].Strength, strongest[a].Strength), cmp.Compare(a, b))
	})
	h := ClusterHeat{}
	for k := range min(len(profiles), heatClusters) {
		h.Clusters = append(h.Clusters, k)
	}
	h.Values = make([][]float64, len(h.Clusters))
	for _, name := range names[:min(len(names), heatColumns)] {
		d := strongest[name]
		values := w.levelShares(d)
		if d.Coded {
			name += " = " + levelName(d)
		}
		h.Columns = append(h.Columns, name)
		for at, k := range h.Clusters {
			v := 0.0
			if values != nil {
				v = values[k]
			} else if i := slices.IndexFunc(profiles[k].Differences, func(e cluster.Difference) bool { return e.Column == d.Column }); i >= 0 {
				v = profiles[k].Differences[i].RankBiserial
			}
			h.Values[at] = append(h.Values[at], v)
		}
	}
	return h
}

// levelShares returns, by cluster, the share of a level less that among all other rows;
// nil for numbers.
func (w *clusterWork) levelShares(d cluster.Difference) []float64 {
	if !d.Coded {
		return nil
	}
	x := w.prepared.x
	j := x.Index(d.Column)
	code := int32(learn.NoLevel)
	if !d.Missing {
		code = int32(slices.Index(x.Columns[j].Levels, d.Level))
	}
	in := make([]float64, len(w.out.Groups))
	all := 0.0
	for i, c := range x.Codes[j] {
		if c != code {
			continue
		}
		all++
		if l := w.out.Labels[i]; l != NoCluster {
			in[l]++
		}
	}
	for k := range in {
		n := float64(w.out.Groups[k].Rows)
		in[k] = in[k]/n - (all-in[k])/max(1, float64(x.Rows)-n)
	}
	return in
}

// A Plane is rows in the plane of two principal components.
type Plane struct {
	Rows           []int // places among the rows that were looked at
	X, Y           []float64
	XShare, YShare float64 // of the variance of the numbers
}

// planeRows is how many rows a picture of a plane shows.
const planeRows = 3000

// mostTreeLeaves is how many groups a picture of a tree has at its foot.
const mostTreeLeaves = 40

// tree prepares the picture of the tree, if there is one.
func (w *clusterWork) tree() {
	tree := w.found.Dendrogram
	m, ok := w.found.Model.(*cluster.Hierarchy)
	if tree == nil || !ok {
		return
	}
	k, n := m.Count, len(tree.Merges)
	leaves, merges := cluster.Top(tree, max(mostTreeLeaves, min(k, 2*mostTreeLeaves)))
	for _, l := range leaves {
		w.out.Tree = append(w.out.Tree, TreeLeaf{l.Size, w.order[m.Labels[l.First]]})
	}
	w.out.Merges = merges
	switch {
	case n == 0:
	case k > 1 && k <= n: // between the last merge that was made and the first that was not
		w.out.TreeCut = (tree.Merges[n-k].Height + tree.Merges[n-k+1].Height) / 2
	case k == 1:
		w.out.TreeCut = tree.Merges[n-1].Height
	}
}

// pictures prepares what is drawn.
func (w *clusterWork) pictures(ctx context.Context) error {
	w.tree()
	var err error
	w.out.Plane, err = planeOf(ctx, w.prepared.z, w.out.Labels, w.run)
	return err
}

// planeOf finds the plane of the first two components of the numbers of z and puts some
// rows into it, chosen so that every stratum keeps some; nil if nothing varies.
func planeOf(ctx context.Context, z *learn.Matrix, strata []int32, run learn.Run) (*Plane, error) {
	c, err := project.PCA{Covariance: true, Components: 2, Simulations: -1}.Fit(ctx, z, learn.Run{Seed: run.Seed, Workers: run.Workers})
	if errors.Is(err, learn.ErrConstant) || errors.Is(err, learn.ErrTooFew) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := &Plane{Rows: project.Sample(strata, z.Rows, planeRows, run.Seed), XShare: c.Share[0]}
	scores, err := c.Project(z.Take(p.Rows))
	if err != nil {
		return nil, err
	}
	p.X, p.Y = scores[0], make([]float64, len(p.Rows))
	if len(scores) > 1 {
		p.Y, p.YShare = scores[1], c.Share[1]
	}
	for i := range p.X {
		if math.IsInf(p.X[i], 0) || math.IsInf(p.Y[i], 0) {
			return nil, nil
		}
	}
	return p, nil
}

// levelName is the level of a difference of levels.
func levelName(d cluster.Difference) string {
	if d.Missing {
		return "(missing)"
	}
	return d.Level
}

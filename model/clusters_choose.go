package model

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
)

// How many rows silhouettes are found of: while a number of clusters is chosen, and in the
// end. Their time grows with the square.
const (
	chosenSilhouettes = 2000
	silhouetteRows    = 5000
)

// clusters makes the clusters of z: of the number asked for, or of the best of several.
func (w *clusterWork) clusters(ctx context.Context, spec cluster.Spec, z *learn.Matrix) (*cluster.Clustering, error) {
	o := &w.options
	w.spec = spec
	given := o.Clusters
	switch s := spec.(type) {
	case cluster.KMeans:
		given = either(given, s.Clusters)
		s.Clusters = given
		w.spec = s
	case cluster.Mixture:
		given = either(given, s.Components)
		s.Components = given
		w.spec = s
	case cluster.Hierarchical:
		if s.Height != nil {
			if given != 0 {
				return nil, fmt.Errorf("distance_threshold says where the tree is cut, and so how many clusters there are: %w; leave one out", learn.ErrSetting)
			}
			given = -1
			break
		}
		given = either(given, s.Clusters)
		s.Clusters = given
		w.spec = s
	default:
		given = -1
	}
	if given != 0 {
		return w.spec.Cluster(ctx, z, nil, w.run)
	}
	choose := cluster.Choose{Min: o.Min, Max: o.Max, By: o.By, SilhouetteRows: chosenSilhouettes}
	if s, ok := spec.(cluster.Hierarchical); ok {
		return w.chooseCut(ctx, s, choose, z)
	}
	choice, err := choose.Run(ctx, spec, z, w.run)
	if err != nil {
		return nil, err
	}
	w.setChoice(choice)
	return choice.Clustering, nil
}

// either is the first number unless that is 0.
func either[T int | float64](a, b T) T {
	if a != 0 {
		return a
	}
	return b
}

// setChoice keeps how the number of clusters was chosen, and the settings with it.
func (w *clusterWork) setChoice(c *cluster.Choice) {
	w.out.Choice = c
	switch s := w.spec.(type) {
	case cluster.KMeans:
		s.Clusters = c.K
		w.spec = s
	case cluster.Mixture:
		s.Components = c.K
		w.spec = s
	case cluster.Hierarchical:
		s.Clusters = c.K
		w.spec = s
	}
}

// chooseCut makes the tree once and tries where to cut it.
func (w *clusterWork) chooseCut(ctx context.Context, s cluster.Hierarchical, choose cluster.Choose, z *learn.Matrix) (*cluster.Clustering, error) {
	low, high := either(choose.Min, 2), either(choose.Max, 10)
	by := choose.By
	if by == "" {
		by = cluster.BySilhouette
	}
	if by == cluster.ByGap || by == cluster.ByBIC {
		return nil, fmt.Errorf("number of clusters by %q of %q: %w", by, s.Kind(), learn.ErrSetting)
	}
	if low < 2 || high < low {
		return nil, fmt.Errorf("from %d to %d clusters: %w; start from 2 or more", low, high, learn.ErrSetting)
	}
	s.Clusters = high
	found, err := s.Cluster(ctx, z, nil, w.run)
	if err != nil {
		return nil, err
	}
	tree, part := found.Dendrogram, z
	if found.Rows != nil {
		part = z.Take(asInts(found.Rows))
	}
	out := &cluster.Choice{By: by, Rule: cutRules[by]}
	best := math.Inf(-1)
	for k := low; k <= high; k++ {
		t, goodness, err := tryCut(ctx, k, by, labelsOf(tree.CutInto(k)), part, w.run, out)
		if err != nil {
			return nil, err
		}
		if out.Trials = append(out.Trials, t); goodness > best || out.K == 0 {
			best, out.K = max(best, goodness), k
		}
		w.run.Report(k-low+1, high-low+1)
	}
	w.setChoice(out)
	if s.Clusters = out.K; s.Clusters == high {
		out.Clustering = found
		return found, nil
	}
	m, ok := found.Model.(*cluster.Hierarchy)
	if !ok {
		return nil, errors.New("hierarchical clustering has another model than its own")
	}
	cut := *m
	cut.Labels, cut.Count = labelsOf(tree.CutInto(out.K)), out.K
	again := *found
	again.Model, again.Labels, again.Sizes = &cut, make([]int32, z.Rows), make([]int, out.K)
	if err := cut.Assign(again.Labels, z); err != nil {
		return nil, err
	}
	for at, l := range cut.Labels { // of equally near rows, a row that was clustered is its own
		row := at
		if found.Rows != nil {
			row = int(found.Rows[at])
		}
		again.Labels[row] = l
	}
	for _, l := range again.Labels {
		again.Sizes[l]++
	}
	out.Clustering = &again
	return &again, nil
}

// cutRules says in words how each criterion chooses.
var cutRules = map[string]string{
	cluster.BySilhouette:       "largest mean silhouette",
	cluster.ByDaviesBouldin:    "least Davies–Bouldin index",
	cluster.ByCalinskiHarabasz: "largest Caliński–Harabasz index",
}

// tryCut measures the groups that a tree is cut into.
func tryCut(ctx context.Context, k int, by string, labels []int32, z *learn.Matrix, r learn.Run, out *cluster.Choice) (t cluster.Trial, goodness float64, err error) {
	t = cluster.Trial{K: k, Inertia: nan, Silhouette: nan, DaviesBouldin: nan, CalinskiHarabasz: nan, Gap: nan, GapError: nan, BIC: nan, AIC: nan}
	s, err := cluster.Silhouette(ctx, z, labels, chosenSilhouettes, r)
	if errors.Is(err, learn.ErrTooFew) {
		return t, math.Inf(-1), nil
	}
	if err != nil {
		return t, 0, err
	}
	t.Silhouette, out.Sampled = s.Mean, s.Sampled
	if t.DaviesBouldin, err = cluster.DaviesBouldin(z, labels); err != nil {
		return t, 0, err
	}
	if t.CalinskiHarabasz, err = cluster.CalinskiHarabasz(z, labels); err != nil && !errors.Is(err, learn.ErrTooFew) {
		return t, 0, err
	}
	switch by {
	case cluster.ByDaviesBouldin:
		return t, -t.DaviesBouldin, nil
	case cluster.ByCalinskiHarabasz:
		return t, t.CalinskiHarabasz, nil
	}
	return t, t.Silhouette, nil
}

func labelsOf(groups []int) []int32 {
	out := make([]int32, len(groups))
	for i, g := range groups {
		out[i] = int32(g)
	}
	return out
}

func asInts(places []int32) []int {
	out := make([]int, len(places))
	for i, p := range places {
		out[i] = int(p)
	}
	return out
}

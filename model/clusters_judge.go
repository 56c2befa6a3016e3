package model

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/project"
)

// clusterDifferences is how many columns that set a cluster apart are kept.
const clusterDifferences = 5

// describe measures the clusters and says what they are.
func (w *clusterWork) describe(ctx context.Context) error {
	w.options.Work.stage("measuring clusters")
	for _, step := range []func(context.Context) error{w.measure, w.profile, w.agree, w.stability, w.pictures} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// measure counts rows and finds what tells good clusters without labels.
func (w *clusterWork) measure(ctx context.Context) error {
	c := w.out
	for k := range c.Groups {
		c.Groups[k].Silhouette, c.Groups[k].Stability = nan, nan
	}
	c.Noise.Silhouette, c.Noise.Stability = nan, nan
	for i, l := range c.Labels {
		g := c.group(l)
		g.Rows++
		g.Spread += c.Distances[i]
	}
	for l := int32(NoCluster); int(l) < len(c.Groups); l++ {
		g := c.group(l)
		g.Spread /= float64(g.Rows)
		g.Share = float64(g.Rows) / float64(len(c.Rows))
	}
	if m, ok := w.found.Model.(*cluster.Gaussians); ok {
		c.BIC = m.BIC()
	}
	c.Silhouette, c.DaviesBouldin, c.CalinskiHarabasz = nan, nan, nan
	s, err := cluster.Silhouette(ctx, w.prepared.z, c.Labels, silhouetteRows, w.run)
	if errors.Is(err, learn.ErrTooFew) {
		return nil
	}
	if err != nil {
		return err
	}
	c.Silhouette, c.Sampled = s.Mean, s.Sampled
	for k, v := range s.ByCluster {
		if k < len(c.Groups) {
			c.Groups[k].Silhouette = v
		}
	}
	if c.DaviesBouldin, err = cluster.DaviesBouldin(w.prepared.z, c.Labels); err != nil {
		return err
	}
	if c.CalinskiHarabasz, err = cluster.CalinskiHarabasz(w.prepared.z, c.Labels); errors.Is(err, learn.ErrTooFew) {
		err = nil
	}
	return err
}

// group returns the rows of a label.
func (c *Clusters) group(label int32) *ClusterGroup {
	if label == NoCluster {
		return &c.Noise
	}
	return &c.Groups[label]
}

// profile finds what sets each cluster apart, in the columns of the table.
func (w *clusterWork) profile(ctx context.Context) error {
	found, err := cluster.Profiles(ctx, w.prepared.x, w.out.Labels, 0, w.run)
	if err != nil {
		return err
	}
	w.out.Heat = w.heat(found)
	for k := range found {
		d := found[k].Differences
		w.out.Groups[k].Apart = slices.Clip(d[:min(len(d), clusterDifferences)])
	}
	return nil
}

// agree holds the clusters against the label.
func (w *clusterWork) agree(context.Context) error {
	d, c := w.data, w.out
	if d.Label == nil {
		return nil
	}
	counts := make([][]int, len(c.Groups)+1) // by label + 1, by level
	for k := range counts {
		counts[k] = make([]int, len(d.Levels))
	}
	var labels, levels, classes []int32
	for i, row := range c.Rows {
		l := d.Label[row]
		if l == learn.NoLevel {
			continue
		}
		labels, levels = append(labels, c.Labels[i]), append(levels, l)
		counts[c.Labels[i]+1][l]++
		if d.Classes.Known() {
			class := int32(0)
			if g := c.group(c.Labels[i]); d.IsAttack(row) {
				class = 1
				g.Attacks++
			}
			classes = append(classes, class)
		}
	}
	for k := range counts {
		g := c.group(int32(k - 1))
		for l, n := range counts[k] {
			if g.Labelled += n; n > 0 {
				g.Levels = append(g.Levels, LevelCount{d.Levels[l], n})
			}
		}
		slices.SortStableFunc(g.Levels, func(a, b LevelCount) int { return cmp.Compare(b.Rows, a.Rows) })
	}
	if len(labels) == 0 {
		return nil
	}
	a, err := cluster.Agree(labels, levels)
	if err != nil {
		return err
	}
	c.Label = &a
	if classes != nil {
		b, err := cluster.Agree(labels, classes)
		if err != nil {
			return err
		}
		c.Class = &b
	}
	return nil
}

// stabilityRows is how many rows are drawn anew at most.
const stabilityRows = 5000

// stability compares the clusters with those of rows drawn anew. They are found among a
// sample if there are many rows; a cluster of all rows has the stability of the cluster of
// the sample that it shares most rows with.
func (w *clusterWork) stability(ctx context.Context) error {
	if w.options.Samples == 0 {
		return nil
	}
	w.options.Work.stage("clustering rows drawn anew")
	z, c := w.prepared.z, w.out
	places := project.Sample(nil, z.Rows, stabilityRows, w.options.Seed+1)
	part := z
	if len(places) < z.Rows {
		part = z.Take(places)
	}
	run := learn.Run{Seed: w.run.Seed, Workers: w.run.Workers}
	alone, err := w.spec.Cluster(ctx, part, nil, run)
	if err != nil {
		return err
	}
	s, err := cluster.Stable(ctx, w.spec, part, w.options.Samples, part.Rows, w.run)
	if err != nil {
		return err
	}
	c.Stability, c.StabilityRows = s.AdjustedRand, s.Rows
	type pair struct{ mine, theirs int32 }
	both, mine, theirs := map[pair]float64{}, map[int32]float64{}, map[int32]float64{}
	for i, row := range places {
		p := pair{c.Labels[row], alone.Labels[i]}
		both[p]++
		mine[p.mine]++
		theirs[p.theirs]++
	}
	for k := range c.Groups {
		best := 0.0
		for t, v := range s.ByCluster {
			p := pair{int32(k), int32(t)}
			if like := both[p] / (mine[p.mine] + theirs[p.theirs] - both[p]); like > best {
				best, c.Groups[k].Stability = like, v
			}
		}
	}
	return nil
}

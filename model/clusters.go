package model

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/prep"
	"github.com/netanom/netanom/model/project"
	"github.com/netanom/netanom/stats"
)

// NoCluster is the label of a row that belongs to no cluster.
const NoCluster = cluster.Noise

// What clustering tells, under the names by which other packages may know it.
type (
	ClusterChoice     = cluster.Choice
	ClusterTrial      = cluster.Trial
	ClusterDifference = cluster.Difference
	Agreement         = cluster.Agreement
)

// A TreeLeaf is a group of rows at the foot of the upper part of a hierarchical tree.
type TreeLeaf struct {
	Size    int
	Cluster int32
}

// ClusterOptions say how to look for clusters. Only Method must be set.
type ClusterOptions struct {
	Method   string          // one of ClusterMethods
	Settings json.RawMessage // an object of settings of the method; nil: none
	Steps    prep.Chain      // before distances are measured; nil: those that prepare distances
	Clusters int             // how many; 0: chosen by By between Min and Max, where the method does not find it
	By       string          // one of ClusterCriteria; "": BIC for a mixture, else the silhouette
	Min, Max int             // 0: 2 and 10
	Rows     int             // how many rows, drawn at random, make the clusters at most, to which the others are given; 0: all
	Samples  int             // how often the clusters of rows drawn anew are compared with these; 0: not at all
	Seed     uint64
	Work     Work
}

// Clusters are groups of rows that are like each other. They are numbered by size,
// from 0 for the largest.
type Clusters struct {
	Method, Title string
	Steps         string // as ParseSteps reads them
	Settings      string // those of the method that are not the usual ones, as JSON
	Distance      string // what Distances are

	Rows      []int     // of the data
	Labels    []int32   // by row: the cluster, or NoCluster
	Distances []float64 // by row: how little it belongs to its cluster, see Distance
	Used      int       // rows that made the clusters; the others were given to these

	Groups           []ClusterGroup // by cluster
	Noise            ClusterGroup   // the rows that belong to no cluster
	Silhouette       float64        // mean over rows; this and the next two are NaN for fewer than two clusters
	DaviesBouldin    float64
	CalinskiHarabasz float64
	Sampled          bool // the silhouettes are of a sample of the rows

	Choice *ClusterChoice // how the number was chosen; nil if it was given or found by the method
	BIC    float64        // of a mixture; else NaN

	Stability     float64 // mean adjusted Rand index of rows drawn anew; NaN if that was not asked for
	StabilityRows int

	// How well clusters fit the label, which had no part in making them; nil without one.
	Label *Agreement // its levels
	Class *Agreement // normal and attack

	Tree    []TreeLeaf    // the foot of the upper part of a hierarchical tree; nil for other methods
	Merges  []stats.Merge // above it
	TreeCut float64       // the height at which it is cut

	Heat  ClusterHeat
	Plane *Plane // some rows in the plane of two principal components; nil if no column of numbers varies
}

// A ClusterGroup is the rows of a cluster.
type ClusterGroup struct {
	Rows       int
	Share      float64 // of all rows
	Silhouette float64 // mean; NaN if it is not known
	Stability  float64 // mean Jaccard similarity with the cluster most like it when rows are drawn anew; NaN if that was not asked for
	Spread     float64 // mean of Distances
	Labelled   int     // rows whose label is known
	Attacks    int     // of these, NaN where normal and attack cannot be told apart
	Levels     []LevelCount
	Apart      []ClusterDifference // what sets it apart from all other rows, the strongest first
}

// A LevelCount is how many rows have a level of the label.
type LevelCount struct {
	Level string
	Rows  int
}

// A clusterMethod is a method of clustering under the name by which users know it.
type clusterMethod struct {
	name, title, distance string
	counted               bool // it is told how many clusters to find
	spec                  func(rows int) learn.Spec
}

// The methods. Where the default of a setting is for a few hundred rows, one is taken that
// suits connection records.
var clusterMethods = []clusterMethod{
	{"kmeans", "k-means", "distance to the centre of the cluster", true, func(int) learn.Spec { return &cluster.KMeans{} }},
	{"gmm", "a mixture of normal distributions", "minus log density", true, func(int) learn.Spec { return &cluster.Mixture{Covariance: cluster.Diagonal} }},
	{"dbscan", "DBSCAN", "distance to the nearest core row", false, func(int) learn.Spec { return &cluster.DBSCAN{} }},
	{"hdbscan", "HDBSCAN", "outlier score (GLOSH)", false, func(rows int) learn.Spec {
		const least, share = 5, 200
		return &cluster.HDBSCAN{MinClusterSize: max(least, rows/share), MinSamples: least}
	}},
	{"hierarchical", "hierarchical clustering", "distance to the nearest row that was clustered", true, func(int) learn.Spec { return &cluster.Hierarchical{} }},
}

// ClusterMethods lists the names of the methods.
func ClusterMethods() []string {
	var names []string
	for _, m := range clusterMethods {
		names = append(names, m.name)
	}
	return names
}

// ClusterCriteria lists what the number of clusters can be chosen by.
func ClusterCriteria() []string {
	return []string{cluster.BySilhouette, cluster.ByDaviesBouldin, cluster.ByCalinskiHarabasz, cluster.ByGap, cluster.ByBIC}
}

// CountsClusters reports whether a method is told how many clusters to find.
func CountsClusters(method string) bool {
	m, err := clusterMethodNamed(method)
	return err == nil && m.counted
}

func clusterMethodNamed(name string) (clusterMethod, error) {
	for _, m := range clusterMethods {
		if m.name == name {
			return m, nil
		}
	}
	_, err := placeOf(ClusterMethods(), "method", name)
	return clusterMethod{}, err
}

// ClusterSettings lists the settings of a method, as JSON and --set know them.
func ClusterSettings(method string) []string {
	m, err := clusterMethodNamed(method)
	if err != nil {
		return nil
	}
	return Settings(m.spec(0))
}

// A prepared is rows as distances between them are measured.
type prepared struct {
	schema Schema
	x      *learn.Matrix // as they are in the table
	chain  prep.Chain
	steps  prep.Fitted
	z      *learn.Matrix // behind the steps
}

// prepare learns the schema and the steps of some rows, without their labels. With a nil
// chain gaps are filled, heavy tails are made logarithms, and numbers brought to like scales.
func (d *Data) prepare(ctx context.Context, rows []int, chain prep.Chain, run learn.Run) (*prepared, error) {
	p := &prepared{chain: chain}
	var err error
	if p.chain == nil {
		if p.chain, err = prep.ParseChain(distanceSteps); err != nil {
			return nil, err
		}
	}
	if p.schema, err = newSchema(d, rows); err != nil {
		return nil, err
	}
	if p.x, err = p.schema.bind(d, rows); err != nil {
		return nil, err
	}
	p.steps, p.z, err = p.chain.Fit(ctx, p.x, learn.Target{}, run)
	return p, err
}

// Cluster looks for clusters among some rows of d and describes them. Labels, if there are
// any, have no part in it; the clusters are held against them afterwards.
//
// Errors wrap learn.ErrSetting for what cannot be asked for, and are those of the methods.
func Cluster(ctx context.Context, d *Data, rows []int, o ClusterOptions) (*Clusters, error) {
	m, err := clusterMethodNamed(o.Method)
	if err != nil {
		return nil, err
	}
	spec, err := o.spec(m, len(rows))
	if err != nil {
		return nil, err
	}
	run := learn.Run{Seed: o.Seed, Workers: o.Work.Workers, Progress: o.Work.Progress}
	o.Work.stage("preparing %d rows", len(rows))
	p, err := d.prepare(ctx, rows, o.Steps, run)
	if err != nil {
		return nil, err
	}
	c := &Clusters{Method: m.name, Title: m.title, Distance: m.distance, Steps: p.chain.String(), Rows: rows, BIC: nan, Stability: nan}
	w := &clusterWork{data: d, options: o, prepared: p, run: run, out: c}
	if err := w.find(ctx, spec); err != nil {
		return nil, err
	}
	text, err := json.Marshal(w.spec)
	if err != nil {
		return nil, err
	}
	c.Settings = string(text)
	return c, w.describe(ctx)
}

// clusterWork is the work on one clustering.
type clusterWork struct {
	data     *Data
	options  ClusterOptions
	prepared *prepared
	run      learn.Run
	spec     cluster.Spec        // with the number of clusters in use
	found    *cluster.Clustering // of the rows that make the clusters
	order    []int32             // by cluster of the model: its number by size
	out      *Clusters
}

// find makes the clusters and gives every row to one.
func (w *clusterWork) find(ctx context.Context, spec cluster.Spec) error {
	z := w.prepared.z
	part := z
	if most := w.options.Rows; most > 0 && most < z.Rows {
		part = z.Take(project.Sample(nil, z.Rows, most, w.options.Seed))
	}
	w.options.Work.stage("clustering by %s", w.out.Title)
	var err error
	if w.found, err = w.clusters(ctx, spec, part); err != nil {
		return err
	}
	w.out.Used = w.found.Used
	w.out.Labels, w.out.Distances = w.found.Labels, make([]float64, z.Rows)
	assign := part != z
	if assign {
		w.out.Labels = make([]int32, z.Rows)
	}
	err = parallel.Each(ctx, (z.Rows+scoreBlock-1)/scoreBlock, w.run.Workers, func(b int) error {
		from, to := b*scoreBlock, min((b+1)*scoreBlock, z.Rows)
		rows := z.Slice(from, to)
		if assign {
			if err := w.found.Model.Assign(w.out.Labels[from:to], rows); err != nil {
				return err
			}
		}
		return w.found.Model.Score(w.out.Distances[from:to], rows)
	})
	if err != nil {
		return err
	}
	if w.found.Outliers != nil && !assign {
		w.out.Distances = w.found.Outliers // of rows held against the others, and not against themselves
	}
	w.number()
	return nil
}

// number numbers the clusters by size.
func (w *clusterWork) number() {
	k := w.found.Model.Clusters()
	sizes, by := make([]int, k), make([]int, k)
	for _, l := range w.out.Labels {
		if l != NoCluster {
			sizes[l]++
		}
	}
	for c := range by {
		by[c] = c
	}
	slices.SortStableFunc(by, func(a, b int) int { return sizes[b] - sizes[a] })
	w.order = make([]int32, k)
	for at, c := range by {
		w.order[c] = int32(at)
	}
	labels := make([]int32, len(w.out.Labels))
	for i, l := range w.out.Labels {
		if labels[i] = l; l != NoCluster {
			labels[i] = w.order[l]
		}
	}
	w.out.Labels = labels
	for k > 0 && sizes[by[k-1]] == 0 { // clusters of a sample to which no row was given
		k--
	}
	w.out.Groups = make([]ClusterGroup, k)
}

// spec returns the settings of a method.
func (o *ClusterOptions) spec(m clusterMethod, rows int) (cluster.Spec, error) {
	spec := m.spec(rows)
	if len(o.Settings) > 0 {
		if err := Set(spec, o.Settings); err != nil {
			return nil, err
		}
	}
	if o.Clusters != 0 && !m.counted {
		return nil, fmt.Errorf("%s finds the number of clusters itself: %w", m.name, learn.ErrSetting)
	}
	switch s := spec.(type) {
	case *cluster.KMeans:
		return *s, nil
	case *cluster.Mixture:
		return *s, nil
	case *cluster.DBSCAN:
		return *s, nil
	case *cluster.HDBSCAN:
		return *s, nil
	case *cluster.Hierarchical:
		return *s, nil
	}
	return nil, fmt.Errorf("method %q: %w", m.name, learn.ErrSetting)
}

// CheckClusterSettings returns an error, which wraps ErrSetting, unless the method has the
// settings.
func CheckClusterSettings(o ClusterOptions) error {
	m, err := clusterMethodNamed(o.Method)
	if err == nil {
		_, err = o.spec(m, 0)
	}
	return err
}

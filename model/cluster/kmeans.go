package cluster

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// KMeans is the settings of k-means: clusters whose rows lie around their mean, with
// the least sum of squared distances to it that is found [1]. Starts are spread out by
// greedy k-means++ [2]; bounds on distances spare most comparisons, and change no
// result [3]. Rows that are the same are compared once. A weight counts as so many
// copies. Clusters are numbered by weight, the heaviest first.
//
// The score of a row is its distance to the nearest centre.
//
// [1] S. P. Lloyd (1982), "Least squares quantization in PCM", IEEE Transactions on
// Information Theory 28(2), 129–137.
//
// [2] D. Arthur and S. Vassilvitskii (2007), "k-means++: the advantages of careful
// seeding", SODA '07, 1027–1035; greedy as in section 5.
//
// [3] Y. Ding, Y. Zhao, X. Shen, M. Musuvathi and T. Mytkowicz (2015), "Yinyang
// k-means: a drop-in replacement of the classic k-means with consistent speedup",
// ICML '15, 579–587.
type KMeans struct {
	// Clusters is how many are looked for; 0 stands for 8.
	Clusters int `json:"n_clusters,omitempty"`
	// Starts is how many times it starts anew; the best is kept. 0 stands for 10, and
	// for 3 with mini-batches.
	Starts int `json:"n_init,omitempty"`
	// MaxIter is how many rounds a start has at most; 0 stands for 300. With
	// mini-batches it is passes through the rows, and 0 stands for 100.
	MaxIter int `json:"max_iter,omitempty"`
	// Tol ends a start when the squared moves of all centres are not more than it
	// times the mean variance of columns. Nil stands for 1e-4; with 0 it goes on
	// until no row changes its cluster.
	Tol *float64 `json:"tol,omitempty"`
	// Algorithm is "lloyd", which goes through all rows in each round, or "minibatch",
	// which learns from samples, comes near, and takes a fraction of the time. "" stands
	// for "lloyd", and for "minibatch" where there are over a million different rows.
	Algorithm string `json:"algorithm,omitempty"`
	// BatchSize is the rows of a mini-batch; 0 stands for 1024.
	BatchSize int `json:"batch_size,omitempty"`
}

// Choices of KMeans.Algorithm.
const (
	Lloyd     = "lloyd"
	MiniBatch = "minibatch"
)

const (
	kindKMeans = "kmeans"
	// miniBatchRows is how many different rows are too many for all of them to be
	// gone through in each round, unless it is asked for.
	miniBatchRows = 1_000_000
)

// Kind is "kmeans".
func (KMeans) Kind() string { return kindKMeans }

// Space is what is worth a search.
func (KMeans) Space() []learn.Dimension {
	return []learn.Dimension{{Name: "n_clusters", Low: 2, High: 64, Log: true, Whole: true}}
}

func (s KMeans) filled(different int) KMeans {
	setDefault(&s.Clusters, 8)
	setDefault(&s.BatchSize, 1024)
	if s.Algorithm == "" {
		s.Algorithm = Lloyd
		if different > miniBatchRows {
			s.Algorithm = MiniBatch
		}
	}
	if s.Algorithm == MiniBatch {
		setDefault(&s.Starts, 3)
		setDefault(&s.MaxIter, 100)
	}
	setDefault(&s.Starts, 10)
	setDefault(&s.MaxIter, 300)
	if s.Tol == nil {
		tol := 1e-4
		s.Tol = &tol
	}
	return s
}

// setDefault gives a setting that is 0 its default.
func setDefault[T cmp.Ordered](at *T, v T) {
	var zero T
	if *at == zero {
		*at = v
	}
}

// atLeast is an error that wraps learn.ErrSetting if a setting is below a bound.
func atLeast(name string, v, least int) error {
	if v < least {
		return fmt.Errorf("%s %d: %w; choose at least %d", name, v, learn.ErrSetting, least)
	}
	return nil
}

func (s *KMeans) check() error {
	if s.Algorithm != Lloyd && s.Algorithm != MiniBatch {
		return fmt.Errorf("algorithm %q: %w; choose %q or %q", s.Algorithm, learn.ErrSetting, Lloyd, MiniBatch)
	}
	if !(*s.Tol >= 0) || math.IsInf(*s.Tol, 1) {
		return fmt.Errorf("tol %v: %w; choose 0 or more", *s.Tol, learn.ErrSetting)
	}
	if err := atLeast("n_clusters", s.Clusters, 1); err != nil {
		return err
	}
	if err := atLeast("n_init", s.Starts, 1); err != nil {
		return err
	}
	if err := atLeast("max_iter", s.MaxIter, 1); err != nil {
		return err
	}
	return atLeast("batch_size", s.BatchSize, 1)
}

// Fit is Cluster, of which it returns the model, a *Centers.
func (s KMeans) Fit(ctx context.Context, x *learn.Matrix, y learn.Target, r learn.Run) (learn.Model, error) {
	return modelOf(ctx, s, x, y, r)
}

// Cluster looks for the clusters. The model is a *Centers. It is an error, which wraps
// learn.ErrTooFew, if there are fewer different rows than clusters.
func (s KMeans) Cluster(ctx context.Context, x *learn.Matrix, weights []float64, r learn.Run) (*Clustering, error) {
	f := s.filled(0)
	if err := f.check(); err != nil {
		return nil, failed(ctx, "k-means", err)
	}
	sp, all, err := prepared(ctx, x, weights)
	if err != nil {
		return nil, failed(ctx, "k-means", err)
	}
	different, _, point := all.merge()
	s = s.filled(different.N)
	if different.N < s.Clusters {
		return nil, failed(ctx, "k-means", fmt.Errorf("%d different rows for %d clusters: %w; set n_clusters lower", different.N, s.Clusters, learn.ErrTooFew))
	}
	m := &means{ctx: ctx, space: sp, rows: different, settings: s, run: r}
	best, err := m.best()
	if err != nil {
		return nil, failed(ctx, "k-means", err)
	}
	return best.clustering(all, point), nil
}

// means is the work on one clustering.
type means struct {
	ctx      context.Context
	space    *space
	rows     *rows // different ones
	settings KMeans
	run      learn.Run
	tol      float64 // of squared moves
}

// A found is where a start led to.
type found struct {
	centers    *panels
	labels     []int32 // by row; of mini-batches nil until the end
	inertia    float64
	iterations int
}

// best goes through all starts.
func (m *means) best() (*result, error) {
	m.tol = *m.settings.Tol * m.variance()
	var best *found
	for start := range m.settings.Starts {
		var f *found
		var err error
		if m.settings.Algorithm == MiniBatch {
			f, err = m.miniBatches(start)
		} else {
			f, err = m.lloyd(start)
		}
		if err != nil {
			return nil, err
		}
		if best == nil || f.inertia < best.inertia {
			best = f
		}
		m.run.Report(start+1, m.settings.Starts)
	}
	return m.finish(best), nil
}

// variance is the mean of that of the places of vectors that count.
func (m *means) variance() float64 {
	s, r := m.space, m.rows
	n := r.Width
	sum, squares := make([]float64, s.dims()), make([]float64, n)
	first, total := r.Row(0), r.total()
	for i := range r.N {
		w := r.weight(i)
		for j, v := range r.Row(i) {
			d := v - first[j]
			sum[j] += w * d
			squares[j] += w * d * d
		}
		for _, slot := range r.Coded(i) {
			sum[n+int(slot)] += w
		}
	}
	out := 0.0
	for j, q := range squares {
		mean := sum[j] / total
		out += max(0, q/total-mean*mean)
	}
	for c := range s.coded {
		for _, w := range sum[n+s.first[c] : n+s.missing(c)] {
			out += w / total * (1 - w/total)
		}
	}
	return out / float64(max(1, s.counted()))
}

// result is the best that was found, with every row at its nearest centre.
type result struct {
	model  *Centers
	labels []int32 // by different row
}

// finish numbers clusters by weight.
func (m *means) finish(f *found) *result {
	k := m.settings.Clusters
	sizes := make([]float64, k)
	for i, l := range f.labels {
		sizes[l] += m.rows.weight(i)
	}
	order := make([]int, k)
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[b], sizes[a]) })
	place := make([]int32, k)
	out := &Centers{Columns: slices.Clone(m.space.columns), Inertia: f.inertia, Iterations: f.iterations}
	for at, c := range order {
		place[c] = int32(at)
		out.Vectors = append(out.Vectors, f.centers.vector(c)...)
		out.Weights = append(out.Weights, sizes[c])
	}
	labels := make([]int32, len(f.labels))
	for i, l := range f.labels {
		labels[i] = place[l]
	}
	out.prepare()
	return &result{out, labels}
}

// clustering spreads the labels of different rows over all, and looks for those of
// rows without weight.
func (r *result) clustering(all *rows, point []int32) *Clustering {
	labels := make([]int32, all.N)
	used := 0
	for i, p := range point {
		if p >= 0 {
			labels[i] = r.labels[p]
			used++
			continue
		}
		c, _ := r.model.panels.nearest(all, i)
		labels[i] = int32(c)
	}
	return newClustering(labels, r.model, used)
}

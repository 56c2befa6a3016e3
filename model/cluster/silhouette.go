package cluster

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// A grouping is the rows of a matrix that are in a cluster.
type grouping struct {
	space  *space
	rows   *rows
	places []int32 // of rows in the matrix
	labels []int32 // from 0 on, without gaps
	names  []int32 // by label: what it was
	sizes  []float64
}

// group lays out the rows that have a label. It is an error unless there are as many
// labels as rows, of at least two clusters.
func group(x *learn.Matrix, labels []int32) (*grouping, error) {
	if len(labels) != x.Rows {
		return nil, fmt.Errorf("%d labels for %d rows: %w", len(labels), x.Rows, learn.ErrTarget)
	}
	if err := x.Check(); err != nil {
		return nil, err
	}
	if err := learn.RefuseMissing(x); err != nil {
		return nil, err
	}
	g := &grouping{space: newSpace(x.Columns)}
	number := make(map[int32]int32)
	for i, l := range labels {
		if l < 0 {
			continue
		}
		at, ok := number[l]
		if !ok {
			at = int32(len(g.names))
			number[l] = at
			g.names = append(g.names, l)
			g.sizes = append(g.sizes, 0)
		}
		g.places = append(g.places, int32(i))
		g.labels = append(g.labels, at)
		g.sizes[at]++
	}
	if len(g.names) < 2 {
		return nil, fmt.Errorf("rows in %d clusters: %w; two are needed to compare", len(g.names), learn.ErrTooFew)
	}
	g.rows = g.space.lay(x)
	if len(g.places) < x.Rows {
		g.rows = g.rows.take(g.places)
	}
	return g, g.rows.checkSize()
}

// Silhouettes are how much nearer rows are to their own cluster than to the next.
type Silhouettes struct {
	Mean      float64   // of rows
	ByCluster []float64 // by label: the mean of its rows; NaN without any
	Rows      []int32   // which rows Values are of: those in a cluster, or a sample of them
	Values    []float64
	Sampled   bool
}

// SilhouetteRows is the default of how many rows Silhouette compares.
const SilhouetteRows = 10_000

// Silhouette returns the silhouettes of clusters [1]: of a row (b−a)/max(a, b), a being
// its mean distance to the other rows of its cluster, b the least mean distance to the
// rows of another; 0 for a row that is alone in its cluster. All lie from −1 to 1, where
// 1 is best. Noise is left out.
//
// All pairs of rows are compared. If more than most rows, which is SilhouetteRows if it
// is 0, are in a cluster, a sample of so many, drawn by the seed, is compared with
// itself.
//
// Errors wrap learn.ErrTooFew for fewer than two clusters, learn.ErrTarget,
// learn.ErrMissing or ErrLarge.
//
// [1] P. J. Rousseeuw (1987), "Silhouettes: a graphical aid to the interpretation and
// validation of cluster analysis", Journal of Computational and Applied Mathematics
// 20, 53–65.
func Silhouette(ctx context.Context, x *learn.Matrix, labels []int32, most int, r learn.Run) (*Silhouettes, error) {
	setDefault(&most, SilhouetteRows)
	if most < 2 {
		return nil, fmt.Errorf("silhouette of %d rows: %w", most, learn.ErrSetting)
	}
	g, err := group(x, labels)
	if err != nil {
		return nil, fmt.Errorf("silhouette: %w", err)
	}
	out := &Silhouettes{Sampled: len(g.labels) > most}
	if out.Sampled {
		g = g.sample(rand.New(rand.NewPCG(r.Seed, 0)), most)
	}
	out.Rows, out.Values = g.places, make([]float64, g.rows.N)
	blocks := (g.rows.N + lanes - 1) / lanes
	err = parallel.Do(ctx, blocks, r.Workers, func() func(int) {
		sums := make([][lanes]float64, len(g.names))
		return func(b int) { g.silhouettes(b*lanes, out.Values, sums) }
	})
	if err != nil {
		return nil, err
	}
	g.average(out)
	return out, nil
}

// sample draws rows. Clusters may lose all of theirs.
func (g *grouping) sample(rng *rand.Rand, most int) *grouping {
	chosen := sample(rng, len(g.labels), most)
	out := &grouping{space: g.space, rows: g.rows.take(chosen), names: g.names, sizes: make([]float64, len(g.sizes))}
	for _, i := range chosen {
		out.places = append(out.places, g.places[i])
		out.labels = append(out.labels, g.labels[i])
		out.sizes[g.labels[i]]++
	}
	return out
}

// silhouettes finds those of eight rows.
func (g *grouping) silhouettes(from int, values []float64, sums [][lanes]float64) {
	k := min(lanes, g.rows.N-from)
	d := g.space.dims()
	vectors := make([]float64, k*d)
	for l := range k {
		g.space.vector(vectors[l*d:(l+1)*d], g.rows, from+l)
	}
	p := newPanels(g.space, vectors, k)
	clear(sums)
	var squared [lanes]float64
	for i := range g.rows.N {
		p.squared(&squared, 0, g.rows, i)
		sum := &sums[g.labels[i]]
		for l, v := range squared {
			sum[l] += math.Sqrt(v)
		}
	}
	for l := range k {
		own := g.labels[from+l]
		if g.sizes[own] < 2 {
			continue
		}
		a, b := sums[own][l]/(g.sizes[own]-1), math.Inf(1)
		for c, sum := range sums {
			if int32(c) != own && g.sizes[c] > 0 {
				b = min(b, sum[l]/g.sizes[c])
			}
		}
		if most := max(a, b); most > 0 && !math.IsInf(b, 1) {
			values[from+l] = (b - a) / most
		}
	}
}

// average sums up the silhouettes of rows.
func (g *grouping) average(out *Silhouettes) {
	most := int32(0)
	for _, name := range g.names {
		most = max(most, name)
	}
	out.ByCluster = make([]float64, most+1)
	for i, v := range out.Values {
		out.ByCluster[g.names[g.labels[i]]] += v
		out.Mean += v / float64(len(out.Values))
	}
	counts := make([]float64, most+1)
	for c, name := range g.names {
		counts[name] = g.sizes[c]
	}
	for c, n := range counts {
		out.ByCluster[c] /= n
	}
}

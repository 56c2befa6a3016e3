package cluster

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/netanom/netanom/model/learn"
)

// Stability tells how far clusters come back when rows are drawn anew.
type Stability struct {
	AdjustedRand float64   // the mean over samples, of the rows drawn
	Samples      []float64 // of each sample
	// ByCluster is the mean, over samples, of how far each cluster has its like there:
	// the largest share of rows in both among the rows in either, of those drawn. Below
	// 0.6 a cluster should not be trusted, from 0.85 on it is highly stable [1].
	ByCluster []float64
	Rows      int // rows that were used
}

// Stable clusters rows again and again as they are drawn with replacement, and compares
// the clusters with those of all rows [1]. A row that is drawn twice weighs 2. samples
// is how often; 0 stands for 20. Of more than most rows, 10,000 if it is 0, a sample is
// taken first.
//
// Errors are those of the Spec.
//
// [1] C. Hennig (2007), "Cluster-wise assessment of cluster stability", Computational
// Statistics & Data Analysis 52(1), 258–271.
func Stable(ctx context.Context, s Spec, x *learn.Matrix, samples, most int, r learn.Run) (*Stability, error) {
	setDefault(&samples, 20)
	setDefault(&most, 10_000)
	if samples < 1 || most < 2 {
		return nil, fmt.Errorf("stability by %d samples of %d rows: %w", samples, most, learn.ErrSetting)
	}
	rng := rand.New(rand.NewPCG(r.Seed, 3))
	if x.Rows > most {
		x = x.Take(ints(sample(rng, x.Rows, most)))
	}
	run := learn.Run{Seed: r.Seed, Workers: r.Workers}
	whole, err := s.Cluster(ctx, x, nil, run)
	if err != nil {
		return nil, err
	}
	out := &Stability{Rows: x.Rows, ByCluster: make([]float64, whole.Model.Clusters())}
	for range samples {
		weights := make([]float64, x.Rows)
		for range x.Rows {
			weights[rng.IntN(x.Rows)]++
		}
		run.Seed = rng.Uint64()
		c, err := s.Cluster(ctx, x, weights, run)
		if err != nil {
			return nil, err
		}
		out.compare(whole.Labels, c.Labels, weights, samples)
		r.Report(len(out.Samples), samples)
	}
	for _, v := range out.Samples {
		out.AdjustedRand += v / float64(samples)
	}
	return out, nil
}

// compare adds one sample.
func (s *Stability) compare(whole, again []int32, weights []float64, samples int) {
	var a, b []int32
	for i, w := range weights {
		if w > 0 {
			a, b = append(a, whole[i]), append(b, again[i])
		}
	}
	cells := crossed(a, b)
	inA, inB, n := margins(cells)
	s.Samples = append(s.Samples, adjustedRand(cells, inA, inB, n))
	best := make([]float64, len(s.ByCluster))
	for _, c := range cells {
		if c.a != Noise && c.b != Noise {
			best[c.a] = max(best[c.a], c.n/(inA[c.a]+inB[c.b]-c.n))
		}
	}
	for c, v := range best {
		s.ByCluster[c] += v / float64(samples)
	}
}

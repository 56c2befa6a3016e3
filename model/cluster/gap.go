package cluster

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// A Gap is how much tighter k clusters are than those of data without any.
type Gap struct {
	K         int
	LogW      float64 // logarithm of the sum of squares within clusters
	Reference float64 // the mean of that of reference data
	Gap       float64 // Reference − LogW
	Error     float64 // standard error of Reference, with that of simulation
}

// Gaps returns the gap statistic of the numbers of clusters low..high [1], found with
// k-means. Reference data have numbers drawn uniformly from the range of each column,
// and levels drawn by their shares, each column by itself. samples is how many such
// data are drawn; 0 stands for 10. Of more than most rows, 5,000 if it is 0, a sample
// is taken first.
//
// Errors are those of KMeans.Cluster.
//
// [1] R. Tibshirani, G. Walther and T. Hastie (2001), "Estimating the number of clusters
// in a data set via the gap statistic", Journal of the Royal Statistical Society B
// 63(2), 411–423.
func Gaps(ctx context.Context, s KMeans, x *learn.Matrix, low, high, samples, most int, r learn.Run) ([]Gap, error) {
	setDefault(&samples, 10)
	setDefault(&most, 5000)
	if low < 1 || high < low || samples < 2 || most < 2 {
		return nil, fmt.Errorf("gap statistic of %d to %d clusters by %d samples of %d rows: %w", low, high, samples, most, learn.ErrSetting)
	}
	rng := rand.New(rand.NewPCG(r.Seed, 2))
	if x.Rows > most {
		x = x.Take(ints(sample(rng, x.Rows, most)))
	}
	logs := make([][]float64, high-low+1) // by k: of the data, then of references
	for b := range samples + 1 {
		data := x
		if b > 0 {
			data = reference(x, rng)
		}
		for k := low; k <= high; k++ {
			s.Clusters = k
			c, err := s.Cluster(ctx, data, nil, learn.Run{Seed: r.Seed, Workers: r.Workers})
			if err != nil {
				return nil, err
			}
			inertia := max(c.Model.(*Centers).Inertia, math.SmallestNonzeroFloat64)
			logs[k-low] = append(logs[k-low], math.Log(inertia))
		}
		r.Report(b+1, samples+1)
	}
	out := make([]Gap, len(logs))
	for i, l := range logs {
		out[i] = gapOf(low+i, l[0], l[1:])
	}
	return out, nil
}

func gapOf(k int, log float64, references []float64) Gap {
	g, n := Gap{K: k, LogW: log}, float64(len(references))
	for _, v := range references {
		g.Reference += v / n
	}
	squares := 0.0
	for _, v := range references {
		squares += square(v-g.Reference) / n
	}
	g.Gap = g.Reference - log
	g.Error = math.Sqrt(squares) * math.Sqrt(1+1/n)
	return g
}

// reference draws data without clusters.
func reference(x *learn.Matrix, rng *rand.Rand) *learn.Matrix {
	out := learn.NewMatrix(x.Columns, x.Rows)
	for j := range x.Columns {
		if codes := x.Codes[j]; codes != nil {
			for i := range out.Codes[j] {
				out.Codes[j][i] = codes[rng.IntN(len(codes))]
			}
			continue
		}
		if x.Rows == 0 {
			continue
		}
		low, high := slices.Min(x.Numbers[j]), slices.Max(x.Numbers[j])
		for i := range out.Numbers[j] {
			out.Numbers[j][i] = low + rng.Float64()*(high-low)
		}
	}
	return out
}

// GapK returns the least number of clusters whose gap is not more than the error of the
// next below the next; the last if there is none.
func GapK(gaps []Gap) int {
	for i := 0; i+1 < len(gaps); i++ {
		if gaps[i].Gap >= gaps[i+1].Gap-gaps[i+1].Error {
			return gaps[i].K
		}
	}
	if len(gaps) == 0 {
		return 0
	}
	return gaps[len(gaps)-1].K
}

package project

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// Hints say by three rules how many components are worth keeping. They often differ:
// Kaiser's keeps too many of many columns, and parallel analysis is commonly held to be
// the best guide [3].
type Hints struct {
	// Kaiser counts components with more than the mean variance [1]: of correlations,
	// with a variance above 1.
	Kaiser int `json:"kaiser"`
	// BrokenStick counts the first components whose share exceeds that of the longest
	// pieces of a stick broken at random, Stick.
	BrokenStick int          `json:"broken_stick"`
	Stick       learn.Floats `json:"stick"`
	// Parallel counts the first components whose variance exceeds Random, the 95th
	// percentile of those of correlations of as many normal columns that have nothing to
	// do with each other (Horn [2]). nil for components of covariances, and if there
	// were no simulations.
	Parallel *int         `json:"parallel,omitempty"`
	Random   learn.Floats `json:"random,omitempty"`
}

// [1] H. F. Kaiser (1960), "The application of electronic computers to factor analysis",
// Educational and Psychological Measurement 20, 141–151.
// [2] J. L. Horn (1965), "A rationale and test for the number of factors in factor
// analysis", Psychometrika 30(2), 179–185; with the percentile of L. W. Glorfeld (1995).
// [3] D. A. Jackson (1993), "Stopping rules in principal components analysis", Ecology
// 74(8), 2204–2214, also for the broken stick; W. R. Zwick and W. F. Velicer (1986).

// hint fills in the hints.
func (c *Components) hint(ctx context.Context, s PCA, r learn.Run) error {
	k := len(c.Variance)
	h := Hints{Stick: brokenStick(k)}
	mean := c.Total / float64(k)
	for _, v := range c.Variance {
		if v > mean*(1+rounding) { // components of like variance are none above it
			h.Kaiser++
		}
	}
	h.BrokenStick = leading(c.Share, h.Stick, rounding/float64(k))
	simulations := cmp.Or(s.Simulations, 200)
	if !s.Covariance && simulations > 0 {
		var err error
		if h.Random, err = parallelAnalysis(ctx, c.Rows, k, simulations, r); err != nil {
			return err
		}
		n := leading(c.Variance, h.Random, rounding*mean)
		h.Parallel = &n
	}
	c.Hints = h
	return nil
}

// rounding is what a variance, divided by the mean, is known to.
const rounding = 1e-9

// leading counts how many of the first values exceed their limits by more than rounding.
func leading(values, limits []float64, rounding float64) int {
	for i, v := range values {
		if v <= limits[i]+rounding {
			return i
		}
	}
	return len(values)
}

// brokenStick returns the expected lengths of the pieces of a stick of length 1 that is
// broken at random into k, the longest first.
func brokenStick(k int) learn.Floats {
	out := make(learn.Floats, k)
	var sum float64
	for i := k; i >= 1; i-- {
		sum += 1 / float64(i)
		out[i-1] = sum / float64(k)
	}
	return out
}

// parallelAnalysis returns the 95th percentiles of the variances of components of
// columns of independent normal numbers, in descending order. The covariances of n rows
// are drawn as such, by Bartlett's decomposition of the Wishart distribution, so that
// the time does not depend on n.
func parallelAnalysis(ctx context.Context, n, k, simulations int, r learn.Run) (learn.Floats, error) {
	drawn := make([][]float64, simulations)
	err := parallel.Each(ctx, simulations, r.Workers, func(i int) error {
		rng := rand.New(rand.NewPCG(r.Seed, uint64(i)<<8|2))
		var e mat.EigenSym
		if e.Factorize(randomCorrelations(n, k, rng), false) {
			drawn[i] = e.Values(nil)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	drawn = slices.DeleteFunc(drawn, func(v []float64) bool { return v == nil })
	out, sample := make(learn.Floats, k), make([]float64, len(drawn))
	for p := range k {
		for i, values := range drawn {
			sample[i] = values[k-1-p]
		}
		slices.Sort(sample)
		if len(sample) > 0 {
			out[p] = stats.Quantiles(sample, 0.95)[0]
		}
	}
	return out, nil
}

// randomCorrelations draws the correlations of k independent normal columns of n rows.
func randomCorrelations(n, k int, rng *rand.Rand) *mat.SymDense {
	freedom := n - 1
	width := min(k, freedom) // of the factor: the rank
	factor := mat.NewDense(k, width, nil)
	for i := range k {
		for j := range min(i, width) {
			factor.Set(i, j, rng.NormFloat64())
		}
		if i < width {
			factor.Set(i, i, math.Sqrt(distuv.ChiSquared{K: float64(freedom - i), Src: rng}.Rand()))
		}
	}
	out := mat.NewSymDense(k, nil)
	out.SymOuterK(1, factor)
	sd := make([]float64, k)
	for i := range sd {
		sd[i] = math.Sqrt(out.At(i, i))
	}
	for i := range k {
		out.SetSym(i, i, 1)
		for j := range i {
			out.SetSym(j, i, out.At(j, i)/(sd[i]*sd[j]))
		}
	}
	return out
}

// longest sorts arrows, the longest first.
func longest(arrows []Arrow) {
	slices.SortStableFunc(arrows, func(a, b Arrow) int {
		return cmp.Compare(math.Hypot(b.X, b.Y), math.Hypot(a.X, a.Y))
	})
}

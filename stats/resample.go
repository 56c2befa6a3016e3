package stats

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
)

// Resampling draws again from the values of one or two samples. Replicate k has a
// random stream of its own, made from the seed and k, so the answer depends neither on
// the number of goroutines nor on which comes first. The time is proportional to the
// number of values times that of replicates.

// MaxResampled is how many values one call of PermutationT or BootstrapMeans draws at
// most, over all replicates: less than a minute's work.
const MaxResampled = 1 << 31

// LeastReplicates is how few replicates may be asked for.
const LeastReplicates = 100

// A Resampling says how often to draw, and from which random numbers.
type Resampling struct {
	Replicates int // 9,999 is a usual number
	Seed       uint64
}

// check returns an error unless so many replicates of so many values can be drawn.
func (o Resampling) check(n int64) error {
	switch {
	case o.Replicates < LeastReplicates:
		return fmt.Errorf("%d replicates: want at least %d", o.Replicates, LeastReplicates)
	case int64(o.Replicates) > MaxResampled/max(n, 1):
		return fmt.Errorf("%d replicates of %d values take too long; ask for at most %d", o.Replicates, n, MaxResampled/max(n, 1))
	}
	return nil
}

// each calls draw for every replicate on several goroutines. What draw leaves in scratch
// is there for the next replicate of the same goroutine. The error is the cause of the
// end of ctx.
func (o Resampling) each(ctx context.Context, draw func(k int, scratch *[]float64, random *rand.PCG)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			var random rand.PCG
			var scratch []float64
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= o.Replicates {
					return
				}
				random.Seed(o.Seed, uint64(k))
				draw(k, &scratch, &random)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// below returns a random whole number from 0 to n−1. The bias of one multiplication
// is at most n/2⁶⁴.
func below(random *rand.PCG, n uint64) uint64 {
	high, _ := bits.Mul64(random.Uint64(), n)
	return high
}

// PermutationT tests whether two groups have one distribution, against a difference in
// means, by the t of WelchT, or of StudentT if pooled, among random assignments of the
// values to the groups. With Welch's t it keeps its level for large samples even where
// the variances differ [1]. p counts the observed assignment as one of them, so it is
// never below 1/(replicates+1) [2].
//
// Estimate, interval and effect are those of the t-test. Errors are those of it, and of
// replicates that are too few or take too long.
//
// [1] A. Janssen (1997), "Studentized permutation tests for non-i.i.d. hypotheses and
// the generalized Behrens-Fisher problem", Statistics & Probability Letters 36, 9–21.
//
// [2] B. Phipson and G. K. Smyth (2010), "Permutation p-values should never be zero",
// Statistical Applications in Genetics and Molecular Biology 9, 39.
func PermutationT(ctx context.Context, t Tally, pooled bool, alt Alternative, level float64, o Resampling) (Result, error) {
	test, contrast := WelchT, welchContrast
	if pooled {
		test, contrast = StudentT, pooledContrast
	}
	if len(t.Counts) != 2 {
		return Result{}, fmt.Errorf("permutation test of %d groups: want two", len(t.Counts))
	}
	r, err := test(t.Moments(0), t.Moments(1), alt, level)
	if err != nil {
		return Result{}, err
	}
	if err := o.check(t.Total()); err != nil {
		return Result{}, fmt.Errorf("permutation test: %w", err)
	}
	values := expanded(t.pooled())
	n1, n2 := t.N(0), t.N(1)
	smaller := min(n1, n2)
	total := shiftedSums(values)
	var extreme atomic.Int64
	err = o.each(ctx, func(_ int, scratch *[]float64, random *rand.PCG) {
		*scratch = append((*scratch)[:0], values...)
		chosen := shuffled(*scratch, int(smaller), random)
		a := shiftedSums(chosen)
		b := total.less(a)
		if n1 != smaller {
			a, b = b, a
		}
		if isExtreme(contrast(a.moments(), b.moments()).t(0), r.Statistic.Value, alt) {
			extreme.Add(1)
		}
	})
	if err != nil {
		return Result{}, err
	}
	r.Method = fmt.Sprintf("permutation of %s, %d replicates", r.Method, o.Replicates)
	return NewResult(r, math.Log(float64(extreme.Load()+1)/float64(o.Replicates+1))), nil
}

// SignFlipT tests whether a population is symmetric about mu, against a mean that
// differs from it, by the t of OneSampleT among random signs of the distances from mu;
// of differences of pairs and mu = 0 it is the permutation test of pairs. All groups of t
// count together. See PermutationT for p and the errors.
//
// R. A. Fisher (1935), The Design of Experiments, Oliver and Boyd, section 21.
func SignFlipT(ctx context.Context, t Tally, mu float64, alt Alternative, level float64, o Resampling) (Result, error) {
	s := t.pooled()
	m := s.moments().unscaled()
	r, err := OneSampleT(m, mu, alt, level)
	if err != nil {
		return Result{}, err
	}
	if err := o.check(m.N); err != nil {
		return Result{}, fmt.Errorf("permutation test: %w", err)
	}
	values := expanded(s)
	observed := 0.0
	for i := range values {
		values[i] += m.Mean - mu
		observed += values[i]
	}
	// The squares stay as they are, so t is extreme where the sum is.
	var extreme atomic.Int64
	err = o.each(ctx, func(_ int, _ *[]float64, random *rand.PCG) {
		if isExtreme(flippedSum(values, random), observed, alt) {
			extreme.Add(1)
		}
	})
	if err != nil {
		return Result{}, err
	}
	r.Method = fmt.Sprintf("random signs, %d replicates", o.Replicates)
	return NewResult(r, math.Log(float64(extreme.Load()+1)/float64(o.Replicates+1))), nil
}

// flippedSum sums the values with random signs.
func flippedSum(values []float64, random *rand.PCG) float64 {
	sum, signs := 0.0, uint64(0)
	for i, x := range values {
		if i%64 == 0 {
			signs = random.Uint64()
		}
		sum += math.Float64frombits(math.Float64bits(x) ^ signs<<63)
		signs >>= 1
	}
	return sum
}

// shuffled moves n values drawn at random without replacement to the front and returns
// them.
func shuffled(values []float64, n int, random *rand.PCG) []float64 {
	for i := range n {
		j := i + int(below(random, uint64(len(values)-i)))
		values[i], values[j] = values[j], values[i]
	}
	return values[:n]
}

// isExtreme reports whether t departs from the null hypothesis at least as far as the
// observed one. Rounding does not make equal ones differ.
func isExtreme(t, observed float64, alt Alternative) bool {
	switch alt {
	case Less:
		t, observed = -t, -observed
	case TwoSided:
		t, observed = math.Abs(t), math.Abs(observed)
	}
	return t >= observed-1e-9*math.Abs(observed)
}

// expanded returns every value of the sample as often as it occurs, less the mean: so
// sums of squares lose no digits.
func expanded(s sample) []float64 {
	out := make([]float64, 0, s.n())
	m := s.moments().unscaled()
	for i, x := range s.values {
		for range s.counts[i] {
			out = append(out, x-m.Mean)
		}
	}
	return out
}

// A shiftedSum is how many values there are, their sum and that of their squares, after
// a common centre was taken off.
type shiftedSum struct {
	n            int64
	sum, squares float64
}

func shiftedSums(values []float64) shiftedSum {
	s := shiftedSum{n: int64(len(values))}
	for _, x := range values {
		s.sum += x
		s.squares += x * x
	}
	return s
}

func (s shiftedSum) less(o shiftedSum) shiftedSum {
	return shiftedSum{s.n - o.n, s.sum - o.sum, s.squares - o.squares}
}

// moments returns what the t-tests need.
func (s shiftedSum) moments() Moments {
	mean := s.sum / float64(s.n)
	return Moments{N: s.n, Mean: mean, M2: max(0, s.squares-s.sum*mean)}
}

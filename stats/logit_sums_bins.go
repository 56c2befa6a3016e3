package stats

import (
	"context"
	"math"
)

// LogitBinning says into which bins rows are counted. With u = (η−Center)/Width of its
// linear predictor η, but no farther from 0 than LogitBinReach, a row is in the bin
// floor(Bins/2 · (1 ± log(1+|u|)/log(1+LogitBinReach))), by the sign of u: bins widen with
// the distance from the center. Rows below Cut and those from there on are apart in any case.
type LogitBinning struct {
	Bins               int
	Center, Width, Cut float64
}

// LogitBinReach is how many widths from the center bins reach.
const LogitBinReach = 1e6

// A LogitBin is the rows whose linear predictors are near each other.
type LogitBin struct {
	Ones, Zeros         int64
	Low, High           float64 // linear predictors
	OneProbs, ZeroProbs float64 // sums of the fitted probabilities of either class
	Squares             float64 // sum of the squared residuals
}

// mean is the mean fitted probability.
func (b *LogitBin) mean() float64 {
	return min(1, (b.OneProbs+b.ZeroProbs)/float64(b.Ones+b.Zeros))
}

const (
	// scoreBins is how many bins there are.
	scoreBins = 40_000

	// binnedWell is the error of the area under the curve for which it is enough to have
	// counted once.
	binnedWell = 1e-5
)

// bin counts the rows by their fitted probability: first in bins that suit the mean and
// the spread of the linear predictor, and then, where rows of both classes are crowded into
// few of them, in bins that suit these. The products are those of UnitWeight.
func (f *LogitFit) bin(ctx context.Context, products []float64) ([]LogitBin, error) {
	const rounds = 3
	o := f.spread(products)
	best, err := f.binned(ctx, o)
	for round := 1; round < rounds && err == nil && areaError(best) > binnedWell; round++ {
		o.Center, o.Width = crowd(best)
		var next []LogitBin
		if next, err = f.binned(ctx, o); err != nil || areaError(next) >= areaError(best) {
			break
		}
		best = next
	}
	return best, err
}

// spread returns bins that suit the mean and the spread of the linear predictor.
func (f *LogitFit) spread(products []float64) LogitBinning {
	cut := f.design.sums.cutoff
	o := LogitBinning{Bins: scoreBins, Width: 1, Cut: math.Log(cut / (1 - cut))}
	p, n := len(f.design.columns), float64(f.N)
	square := 0.0
	for i, x := range f.state.beta {
		o.Center += x * products[i] / n
		square += x * dot(f.state.beta, products[i*p:(i+1)*p]) / n
	}
	if sd := math.Sqrt(square - o.Center*o.Center); sd > 1e-6*math.Abs(o.Center) {
		o.Width = sd / 4
	}
	return o
}

// binned asks for the bins, and adds those of the rows that are told apart.
func (f *LogitFit) binned(ctx context.Context, o LogitBinning) ([]LogitBin, error) {
	s := f.remaining.sums
	bins, err := s.adder.Bins(ctx, LogitPlace{By: s.place(f.state.beta), Gone: s.gone}, o)
	if err != nil || f.Separation.Ones+f.Separation.Zeros == 0 {
		return bins, err
	}
	ones, zeros := f.Separation.Ones, f.Separation.Zeros
	if zeros > 0 {
		bins = append([]LogitBin{{Zeros: zeros, Low: math.Inf(-1), High: math.Inf(-1)}}, bins...)
	}
	if ones > 0 {
		bins = append(bins, LogitBin{Ones: ones, OneProbs: float64(ones), Low: math.Inf(1), High: math.Inf(1)})
	}
	return bins, nil
}

// areaError bounds the error of the area under the ROC curve: rows of both classes in
// one bin count as if they were equal, which some are.
func areaError(bins []LogitBin) float64 {
	var pairs, ones, zeros float64
	for i := range bins {
		pairs += bins[i].pairs()
		ones += float64(bins[i].Ones)
		zeros += float64(bins[i].Zeros)
	}
	return pairs / (2 * ones * zeros)
}

// pairs returns how many pairs of a one and a zero are in a bin, whose order is not known.
func (b *LogitBin) pairs() float64 {
	if b.Low == b.High {
		return 0
	}
	return float64(b.Ones) * float64(b.Zeros)
}

// crowd returns the middle and a quarter of the width of the bins where half of the pairs of
// rows are that share one.
func crowd(bins []LogitBin) (center, width float64) {
	total := 0.0
	for i := range bins {
		total += bins[i].pairs()
	}
	low, high, sum := math.NaN(), math.NaN(), 0.0
	for i := range bins {
		if n := bins[i].pairs(); n > 0 {
			if sum += n; sum >= total/4 && math.IsNaN(low) {
				low = bins[i].Low
			}
			if high = bins[i].High; sum >= 3*total/4 {
				break
			}
		}
	}
	return low/2 + high/2, (high - low) / 4
}

// AUCError returns by how much at most the area under the curve of Scores is wrong
// because rows were counted in bins; 0 of a fit to the rows themselves.
func (f *LogitFit) AUCError() float64 {
	if f.bins == nil {
		return 0
	}
	return areaError(f.bins)
}

// binnedScores is Scores in bins, by their mean probability.
func (f *LogitFit) binnedScores(add func(p float64, ones, zeros int64)) {
	for i := range f.bins {
		add(f.bins[i].mean(), f.bins[i].Ones, f.bins[i].Zeros)
	}
}

// binnedMeasures returns Tjur's and Brier's measures.
func (f *LogitFit) binnedMeasures() (tjur, brier float64) {
	var inOnes, inZeros, squares compensated
	for _, b := range f.bins {
		inOnes, inZeros, squares = inOnes.add(b.OneProbs), inZeros.add(b.ZeroProbs), squares.add(b.Squares)
	}
	return inOnes.value()/float64(f.Ones) - inZeros.value()/float64(f.N-f.Ones), squares.value() / float64(f.N)
}

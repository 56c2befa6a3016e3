package stats

import (
	"fmt"
	"math"
)

// Summary describes one numeric variable. A figure that does not exist (any of
// an empty sample, the spread of one value, the shape of equal ones) is NaN.
type Summary struct {
	N         int64 // values described
	Missing   int64 // values left out before; set by whoever counted them
	Distinct  int64 // different values
	Zeros     int64 // values equal to 0
	Negatives int64 // values below 0

	Sum  float64
	Mean float64
	SD   float64 // standard deviation, divisor n−1
	Var  float64 // variance, divisor n−1; may leave the range of float64 where SD does not
	SE   float64 // standard error of the mean, SD/√n
	CV   float64 // coefficient of variation, SD/mean with its sign

	Min  float64
	Q01  float64 // quantiles are of type 7: linear between the values around (n−1)p
	Q05  float64
	Q25  float64
	Q50  float64
	Q75  float64
	Q95  float64
	Q99  float64
	Q999 float64
	Max  float64

	Range       float64 // Max − Min
	IQR         float64 // Q75 − Q25
	MAD         float64 // median of |x − median|
	MADScaled   float64 // 1.4826·MAD, which estimates the SD of normal data
	TrimmedMean float64 // mean without the ⌊n/10⌋ smallest and largest values

	Skewness float64 // bias-adjusted G₁
	Kurtosis float64 // bias-adjusted excess G₂

	Entropy   float64 // Shannon entropy of the distinct values, in nats
	Mode      float64 // most frequent value, the smallest of several
	ModeCount int64   // how often it occurs

	// Moments are those of the values themselves, or, where fourth powers of
	// those would leave the range of float64, of the values divided by
	// 2^MomentsExponent. Measures of shape do not depend on the scale.
	Moments         Moments
	MomentsExponent int
}

// Summarize describes all groups of t together. It takes time proportional to
// the number of distinct values.
func Summarize(t Tally) Summary { return t.pooled().summary() }

// SummarizeGroup describes group g of t; where there is no such group the sample
// is empty.
func SummarizeGroup(t Tally, g int) Summary { return t.group(g).summary() }

// madScale makes the median absolute deviation estimate the standard deviation
// of normal data: 1/Φ⁻¹(3/4), to the four decimals that are customary.
const madScale = 1.4826

// trimmed is the share of values cut from each side for the trimmed mean.
const trimmed = 0.1

// summary describes the sample.
func (s sample) summary() Summary {
	e := s.moments()
	unit := func(x float64) float64 { return math.Ldexp(x, e.exp) }
	median := s.quantile(0.5)
	v := Summary{
		N:         s.n(),
		Distinct:  int64(len(s.values)),
		Zeros:     s.count(0),
		Negatives: s.below(0),

		Sum:  unit(e.sum),
		Mean: unit(e.Mean),
		SD:   unit(e.SD()),
		Var:  math.Ldexp(e.Variance(), 2*e.exp),
		SE:   unit(e.SE()),
		CV:   e.CV(),

		Min:  s.quantile(0),
		Q01:  s.quantile(0.01),
		Q05:  s.quantile(0.05),
		Q25:  s.quantile(0.25),
		Q50:  median,
		Q75:  s.quantile(0.75),
		Q95:  s.quantile(0.95),
		Q99:  s.quantile(0.99),
		Q999: s.quantile(0.999),
		Max:  s.quantile(1),

		MAD:         s.medianDeviation(median),
		TrimmedMean: s.trimmedMean(trimmed),

		Skewness: e.Skewness(),
		Kurtosis: e.Kurtosis(),
		Entropy:  entropy(s.counts),

		Moments:         e.Moments,
		MomentsExponent: e.exp,
	}
	v.Range, v.IQR, v.MADScaled = v.Max-v.Min, v.Q75-v.Q25, madScale*v.MAD
	v.Mode, v.ModeCount = s.mode()
	if v.N == 0 {
		v.Sum, v.Mean = math.NaN(), math.NaN()
	}
	return v
}

// ValueCount is a value and how often it occurs.
type ValueCount struct {
	Value float64
	Count int64
}

// Extremes returns the k lowest and the k highest distinct values of all groups
// of t together, each list from the outside inwards; fewer if there are not as
// many. The two lists overlap when there are fewer than 2k values.
func Extremes(t Tally, k int) (lowest, highest []ValueCount) {
	s := t.pooled()
	last := len(s.values) - 1
	for i := range min(max(k, 0), len(s.values)) {
		lowest = append(lowest, ValueCount{s.values[i], s.counts[i]})
		highest = append(highest, ValueCount{s.values[last-i], s.counts[last-i]})
	}
	return lowest, highest
}

// LevelSummary describes one categorical variable.
type LevelSummary struct {
	N            int64   // values described
	Missing      int64   // values left out before; set by whoever counted them
	Distinct     int64   // levels that occur
	Top          string  // most frequent level, the first by its bytes of several; "" if none
	TopFreq      int64   // how often it occurs
	EntropyNats  float64 // Shannon entropy of the shares, NaN without values
	EntropyBits  float64 // the same in bits
	GiniImpurity float64 // 1 − Σ share², NaN without values
}

// SummarizeLevels describes a categorical variable by its levels and how often
// each occurs, in any order. The error wraps ErrLengths, or says that a count is
// negative or a level is there twice.
func SummarizeLevels(levels []string, counts []int64) (LevelSummary, error) {
	if len(levels) != len(counts) {
		return LevelSummary{}, fmt.Errorf("%d levels with %d counts: %w", len(levels), len(counts), ErrLengths)
	}
	var v LevelSummary
	seen := make(map[string]bool, len(levels))
	for i, c := range counts {
		if c < 0 {
			return LevelSummary{}, fmt.Errorf("level %q has count %d", levels[i], c)
		}
		if seen[levels[i]] {
			return LevelSummary{}, fmt.Errorf("level %q is there twice", levels[i])
		}
		seen[levels[i]] = true
		if c == 0 {
			continue
		}
		v.N += c
		v.Distinct++
		if c > v.TopFreq || c == v.TopFreq && levels[i] < v.Top {
			v.Top, v.TopFreq = levels[i], c
		}
	}
	v.EntropyNats = entropy(counts)
	v.EntropyBits = v.EntropyNats / math.Ln2
	v.GiniImpurity = giniImpurity(counts, v.N)
	return v, nil
}

// giniImpurity returns the chance that two of n values, drawn with replacement,
// are of different levels, as Σ share·(1−share): without cancellation where one
// level holds nearly all.
func giniImpurity(counts []int64, n int64) float64 {
	if n == 0 {
		return math.NaN()
	}
	var sum compensated
	for _, c := range counts {
		sum = sum.addProduct(float64(c)/float64(n), float64(n-c)/float64(n))
	}
	return sum.value()
}

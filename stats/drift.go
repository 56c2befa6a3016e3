package stats

import (
	"fmt"
	"math"
)

// A Stability is a population stability index with its uncertainty.
type Stability struct {
	PSI  float64
	CI   Interval // within which the index of the populations lies; never below 0
	Bins int      // bins with an observation in either sample

	// Chance is what the index of two samples of these sizes from one and the same
	// distribution stays below with the probability CI.Level. NaN for fewer than two
	// bins.
	Chance float64
}

// PSI returns the population stability index of two samples that are counted in
// the same bins: the sum of (q−p)·ln(q/p) over the bins, p being the shares of the
// reference and q those of the other sample [1]. It is symmetric, 0 where all
// shares are equal, and without upper limit. Conventionally, below 0.1 a
// distribution is stable, and above 0.25 it is another one. Bins that are empty in
// both samples do not count. Where a bin is empty in one of them, half an
// observation is added to every bin of both, so that the index is finite.
//
// The interval is that of the delta method for multinomial counts. Close to 0 it is
// too narrow; there Chance tells more, which follows from the index times
// n₁n₂/(n₁+n₂) being chi-square with one degree of freedom less than bins where
// both samples are from one distribution [2].
//
// The error wraps ErrLengths where the counts do not fit each other and ErrTooFew
// where a sample is empty, or names a count that is negative or a level outside
// (0, 1).
//
// [1] N. Siddiqi (2006), Credit Risk Scorecards, Wiley, chapter 8. The index is the
// divergence of H. Jeffreys (1946), Proc. R. Soc. A 186, 453–461.
//
// [2] B. Yurdakul and J. Naranjo (2020), "Statistical properties of the population
// stability index", Journal of Risk Model Validation 14(4), 89–100.
func PSI(reference, other []int64, level float64) (Stability, error) {
	s := Stability{Chance: math.NaN()}
	if !(level > 0 && level < 1) {
		return s, fmt.Errorf("stability index: level %v: want a number between 0 and 1", level)
	}
	p, q, err := binShares(reference, other)
	if err != nil {
		return s, fmt.Errorf("stability index: %w", err)
	}
	n1, n2 := countSum(reference), countSum(other)
	var first, second gradientMoments
	for i := range p {
		if p[i] == 0 {
			continue
		}
		s.Bins++
		s.PSI += stabilityPart(p[i], q[i])
		logRatio := math.Log(q[i] / p[i])
		first.add(p[i], 1-q[i]/p[i]-logRatio)
		second.add(q[i], 1-p[i]/q[i]+logRatio)
	}
	half := NormalQuantile(0.5+level/2) * math.Sqrt(first.variance()/n1+second.variance()/n2)
	s.CI = Interval{Low: max(0, s.PSI-half), High: s.PSI + half, Level: level}
	if s.Bins > 1 {
		s.Chance = ChiSquaredQuantile(level, float64(s.Bins-1)) * (1/n1 + 1/n2)
	}
	return s, nil
}

// PSIParts returns what each bin adds to the index of PSI, none of it negative; 0 for
// a bin that is empty in both samples. Errors are those of PSI.
func PSIParts(reference, other []int64) ([]float64, error) {
	p, q, err := binShares(reference, other)
	if err != nil {
		return nil, fmt.Errorf("stability index: %w", err)
	}
	parts := make([]float64, len(p))
	for i := range p {
		if p[i] > 0 {
			parts[i] = stabilityPart(p[i], q[i])
		}
	}
	return parts, nil
}

func stabilityPart(p, q float64) float64 { return (q - p) * math.Log(q/p) }

// gradientMoments are the moments of a gradient under the shares that it is by.
type gradientMoments struct{ mean, square float64 }

func (g *gradientMoments) add(share, slope float64) {
	g.mean += share * slope
	g.square += share * slope * slope
}

// variance is that of a sum over multinomial shares, for one observation.
func (g *gradientMoments) variance() float64 { return max(0, g.square-g.mean*g.mean) }

// JensenShannon returns the Jensen–Shannon distance of two samples that are counted
// in the same bins: the square root of the Jensen–Shannon divergence of their
// shares to base 2 (D. M. Endres and J. E. Schindelin 2003, IEEE Trans. Inf. Theory
// 49, 1858–1860). It is a metric, 0 where all shares are equal and 1 where no bin
// has observations of both. Errors are those of PSI.
func JensenShannon(first, second []int64) (float64, error) {
	if err := checkBins(first, second); err != nil {
		return math.NaN(), fmt.Errorf("Jensen-Shannon distance: %w", err)
	}
	n1, n2 := countSum(first), countSum(second)
	sum := 0.0
	for i := range first {
		p, q := float64(first[i])/n1, float64(second[i])/n2
		sum += entropyLoss(p, q) + entropyLoss(q, p)
	}
	return math.Sqrt(min(1, max(0, sum/2))), nil
}

// entropyLoss returns p·log2(p/m), m being the mean of p and q; 0 for p of 0.
func entropyLoss(p, q float64) float64 {
	if p == 0 {
		return 0
	}
	return p * math.Log2(2*p/(p+q))
}

// Wasserstein returns the distance of order 1 between the distributions of the two
// groups of t, in the unit of the values: the area between their distribution
// functions, which is the mean distance by which values must move to make one
// distribution the other (C. Villani 2009, Optimal Transport, Springer, chapter 6).
// It is a metric.
//
// The error wraps ErrTooFew for an empty group; any number of groups but two is
// refused. Beyond the range of float64 the distance is infinite.
func Wasserstein(t Tally) (float64, error) {
	if err := t.check(); err != nil {
		return math.NaN(), fmt.Errorf("Wasserstein distance: %w", err)
	}
	if t.NumGroups() != 2 {
		return math.NaN(), fmt.Errorf("Wasserstein distance: %d groups: want two", t.NumGroups())
	}
	n1, n2 := t.N(0), t.N(1)
	if n1 == 0 || n2 == 0 {
		return math.NaN(), fmt.Errorf("Wasserstein distance: groups of %d and %d values: %w", n1, n2, ErrTooFew)
	}
	var c1, c2 int64
	area := 0.0
	for i := range len(t.Values) - 1 {
		c1, c2 = c1+t.Counts[0][i], c2+t.Counts[1][i]
		height := math.Abs(float64(c1)/float64(n1) - float64(c2)/float64(n2))
		// Products of a half and a factor of two do not overflow before the sum does.
		if height > 0 {
			area += 2 * (height * (t.Values[i+1]/2 - t.Values[i]/2))
		}
	}
	return area, nil
}

// binShares returns the shares of the bins in both samples, smoothed where one is
// empty in one of them; 0 for bins that are empty in both.
func binShares(first, second []int64) (p, q []float64, err error) {
	if err := checkBins(first, second); err != nil {
		return nil, nil, err
	}
	bins, added := 0, 0.0
	for i := range first {
		if first[i] > 0 || second[i] > 0 {
			bins++
			if first[i] == 0 || second[i] == 0 {
				added = 0.5
			}
		}
	}
	n1 := countSum(first) + added*float64(bins)
	n2 := countSum(second) + added*float64(bins)
	p, q = make([]float64, len(first)), make([]float64, len(first))
	for i := range first {
		if first[i] > 0 || second[i] > 0 {
			p[i], q[i] = (float64(first[i])+added)/n1, (float64(second[i])+added)/n2
		}
	}
	return p, q, nil
}

// checkBins returns an error unless both samples are counted in the same bins and
// neither is empty.
func checkBins(first, second []int64) error {
	if len(first) != len(second) {
		return fmt.Errorf("%d and %d bins: %w", len(first), len(second), ErrLengths)
	}
	for i := range first {
		if first[i] < 0 || second[i] < 0 {
			return fmt.Errorf("bin %d has a count of %d", i, min(first[i], second[i]))
		}
	}
	if n1, n2 := countSum(first), countSum(second); n1 == 0 || n2 == 0 {
		return fmt.Errorf("samples of %.0f and %.0f observations: %w", n1, n2, ErrTooFew)
	}
	return nil
}

// countSum adds counts up; as a float64, which counts of any size fit.
func countSum(counts []int64) (sum float64) {
	for _, n := range counts {
		sum += float64(n)
	}
	return sum
}

package stats

import (
	"fmt"
	"math"
	"slices"
)

// A Binning is a way to cut probabilities into bins.
type Binning uint8

// The binnings.
const (
	EqualWidth Binning = iota // between multiples of 1/bins
	EqualMass                 // at quantiles, with about equally many rows in each
)

// Reliability compares probabilities of being positive with what happened, in at most so
// many bins; those without rows are left out. Bins of equal width hold probabilities above
// k/bins and up to (k+1)/bins, the first one 0 too. Those of equal mass are cut at quantiles
// (type 7), and equal probabilities stay together, so that there may be fewer. Observed
// shares have Wilson's interval.
//
// Errors are those of MeasureProbabilities; fewer than 1 and more than 1,000 bins are
// refused.
//
// M. H. DeGroot and S. E. Fienberg (1983), "The comparison and evaluation of forecasters",
// The Statistician 32, 12–22.
func Reliability(p []float64, positive []bool, bins int, how Binning, level float64) ([]CalibrationBin, error) {
	of, count, err := binnedRows(p, positive, bins, how, level)
	if err != nil {
		return nil, err
	}
	out := make([]CalibrationBin, count)
	sums := make([]compensated, count)
	for i, v := range p {
		b := &out[of[i]]
		if b.N == 0 {
			b.Low, b.High = v, v
		}
		b.Low, b.High = min(b.Low, v), max(b.High, v)
		b.N++
		b.Ones += int64(class(positive[i]))
		sums[of[i]] = sums[of[i]].add(v)
	}
	for k := range out {
		b := &out[k]
		b.Predicted = sums[k].value() / float64(b.N)
		b.Observed = float64(b.Ones) / float64(b.N)
		b.CI = WilsonInterval(b.Ones, b.N, level)
	}
	return out, nil
}

// binnedRows returns the bin of each row and how many bins have rows.
func binnedRows(p []float64, positive []bool, bins int, how Binning, level float64) (of []int, count int, err error) {
	const most = 1000
	if err := checkLevel(level); err != nil {
		return nil, 0, err
	}
	if bins < 1 || bins > most {
		return nil, 0, fmt.Errorf("%d bins of probabilities: want from 1 to %d", bins, most)
	}
	if how > EqualMass {
		return nil, 0, fmt.Errorf("unknown binning %d", uint8(how))
	}
	if err := checkProbabilities(p, positive); err != nil {
		return nil, 0, err
	}
	if len(p) == 0 {
		return nil, 0, fmt.Errorf("bins of probabilities: %w", ErrTooFew)
	}
	edges := make([]float64, 0, bins) // the largest probability of the bins but the last
	if how == EqualWidth {
		for k := 1; k < bins; k++ {
			edges = append(edges, float64(k)/float64(bins))
		}
	} else {
		t, err := TallyOf(p)
		if err != nil {
			return nil, 0, err
		}
		for k := 1; k < bins; k++ {
			edges = append(edges, t.Quantile(0, float64(k)/float64(bins)))
		}
		edges = slices.Compact(edges)
	}
	of = make([]int, len(p))
	rows := make([]int, len(edges)+1)
	for i, v := range p {
		k, _ := slices.BinarySearch(edges, v)
		of[i] = k
		rows[k]++
	}
	places := make([]int, len(rows))
	for k, n := range rows {
		places[k] = count
		if n > 0 {
			count++
		}
	}
	for i := range of {
		of[i] = places[of[i]]
	}
	return of, count, nil
}

// CalibrationErrors are distances of the mean probability of a bin from its observed
// share.
type CalibrationErrors struct {
	Expected Measure // mean over the rows
	Largest  Measure // of a bin
	Bins     []CalibrationBin
}

// MeasureCalibration returns the expected and the largest calibration error [1], in the
// bins of Reliability.
//
// The interval of the expected error is that of the mean over the rows of s·(p−y), with s
// the sign of the distance in the row's bin, which counts as known. That of the largest
// reaches from the smallest to the largest distance to Wilson's interval of that bin. Both
// errors are above 0 even for probabilities that are right, the more the fewer rows a bin
// has [2]; near 0 the intervals do not tell, and Spiegelhalter's test does. Errors are
// those of Reliability.
//
// [1] M. P. Naeini, G. F. Cooper and M. Hauskrecht (2015), "Obtaining well calibrated
// probabilities using Bayesian binning", AAAI, 2901–2907.
//
// [2] J. Bröcker (2012), "Estimating reliability and resolution of probability forecasts
// through decomposition of the empirical score", Climate Dynamics 39, 655–667.
func MeasureCalibration(p []float64, positive []bool, bins int, how Binning, level float64) (CalibrationErrors, error) {
	cells, err := Reliability(p, positive, bins, how, level)
	if err != nil {
		return CalibrationErrors{}, err
	}
	of, _, err := binnedRows(p, positive, bins, how, level)
	if err != nil {
		return CalibrationErrors{}, err
	}
	out := CalibrationErrors{Bins: cells}
	var largest *CalibrationBin
	for i := range cells {
		b := &cells[i]
		if largest == nil || math.Abs(b.Predicted-b.Observed) > math.Abs(largest.Predicted-largest.Observed) {
			largest = b
		}
	}
	excess := make([]float64, len(p))
	for i, v := range p {
		excess[i] = v - float64(class(positive[i]))
		if b := &cells[of[i]]; b.Predicted < b.Observed {
			excess[i] = -excess[i]
		}
	}
	out.Expected = meanMeasure(excess, level)
	low, high := largest.CI.Low-largest.Predicted, largest.CI.High-largest.Predicted
	nearest := min(math.Abs(low), math.Abs(high))
	if low <= 0 && high >= 0 {
		nearest = 0
	}
	distance := math.Abs(largest.Predicted - largest.Observed)
	out.Largest = Measure{distance, Interval{nearest, max(math.Abs(low), math.Abs(high)), level}}
	return out, nil
}

// BrierParts splits the Brier score of two classes:
// Brier = Reliability − Resolution + Uncertainty + Within.
type BrierParts struct {
	Brier       float64
	Reliability float64 // mean squared distance of a bin's mean probability from its share; 0 is best
	Resolution  float64 // mean squared distance of the bins' shares from that of all; more is better
	Uncertainty float64 // share·(1−share) of all rows, which no probabilities change
	Within      float64 // what the bins hide: variance less twice the covariance within them; 0 if they hold equal probabilities
}

// SplitBrier splits the Brier score [1] by the bins of Reliability; Within is what a split
// by bins leaves over [2]. Errors are those of Reliability.
//
// [1] A. H. Murphy (1973), "A new vector partition of the probability score", Journal of
// Applied Meteorology 12, 595–600.
//
// [2] D. B. Stephenson, C. A. S. Coelho and I. T. Jolliffe (2008), "Two extra components
// in the Brier score decomposition", Weather and Forecasting 23, 752–757.
func SplitBrier(p []float64, positive []bool, bins int, how Binning) (BrierParts, error) {
	const anyLevel = 0.95
	cells, err := Reliability(p, positive, bins, how, anyLevel)
	if err != nil {
		return BrierParts{}, err
	}
	var brier compensated
	ones := 0.0
	for i, v := range p {
		y := float64(class(positive[i]))
		ones += y
		brier = brier.addProduct(v-y, v-y)
	}
	n := float64(len(p))
	share := ones / n
	parts := BrierParts{Brier: brier.value() / n, Uncertainty: share * (1 - share)}
	for _, b := range cells {
		weight := float64(b.N) / n
		parts.Reliability += weight * (b.Predicted - b.Observed) * (b.Predicted - b.Observed)
		parts.Resolution += weight * (b.Observed - share) * (b.Observed - share)
	}
	parts.Within = parts.Brier - parts.Reliability + parts.Resolution - parts.Uncertainty
	return parts, nil
}

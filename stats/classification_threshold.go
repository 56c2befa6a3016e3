package stats

import (
	"fmt"
	"math"
)

// A RateThreshold is the smallest threshold at which no more than a given share of the
// scores are flagged. Scores of at least Threshold are flagged.
type RateThreshold struct {
	Threshold  float64
	Target     float64 // share asked for
	Flagged, N int64   // scores flagged, of how many
	Rate       Measure // share flagged, with the interval of Clopper and Pearson
}

// ThresholdForFPR returns the smallest threshold whose false positive rate is at most the
// target, from scores of negatives, all groups of t together. It lies just above a score:
// scores equal to that one are not flagged. With a target below one in n it lies just
// above the highest.
//
// The interval is for the rate among other negatives like these: beyond a score that was
// observed, the rate of scores without ties has exactly a beta distribution, and the bounds
// of Clopper and Pearson hold it with at least the level [1]. It does not hold for rows
// that the model was trained with.
//
// The error wraps ErrTooFew without scores, or says that the target is not in [0, 1).
//
// [1] C. J. Clopper and E. S. Pearson (1934), Biometrika 26, 404–413; S. S. Wilks (1941),
// "Determination of sample sizes for setting tolerance limits", Annals of Mathematical
// Statistics 12, 91–96.
func ThresholdForFPR(negatives Tally, target, level float64) (RateThreshold, error) {
	return thresholdForRate("threshold for a false positive rate", negatives, target, level)
}

// ThresholdForAlerts is ThresholdForFPR for a number of alerts a day, from scores of rows
// such as those of a day's traffic, of which there are so many a day. As long as attacks
// are rare, that is all an operator needs to know. It is an error if a number is not
// positive, or there may be an alert for every row.
func ThresholdForAlerts(scores Tally, alerts, rows, level float64) (RateThreshold, error) {
	if !(alerts > 0 && rows > 0) || math.IsInf(alerts, 0) || math.IsInf(rows, 0) {
		return RateThreshold{}, fmt.Errorf("threshold for %v alerts a day of %v rows: want numbers above 0", alerts, rows)
	}
	return thresholdForRate("threshold for alerts a day", scores, alerts/rows, level)
}

func thresholdForRate(what string, t Tally, target, level float64) (RateThreshold, error) {
	if err := checkLevel(level); err != nil {
		return RateThreshold{}, err
	}
	if !(target >= 0 && target < 1) {
		return RateThreshold{}, fmt.Errorf("%s: a share of %v: want one of at least 0 and below 1", what, target)
	}
	if err := t.check(); err != nil {
		return RateThreshold{}, fmt.Errorf("%s: %w", what, err)
	}
	s := t.pooled()
	n := s.n()
	if n == 0 {
		return RateThreshold{}, fmt.Errorf("%s: no scores: %w", what, ErrTooFew)
	}
	r := RateThreshold{Target: target, N: n}
	// A target such as 0.1 that stands for a whole number of rows is met by it, although
	// the product may be less by its rounding.
	most := int64(target * float64(n) * (1 + 1e-14))
	i := len(s.values) - 1
	for ; i >= 0 && r.Flagged+s.counts[i] <= most; i-- {
		r.Flagged += s.counts[i]
	}
	r.Threshold = justAbove(s.values[i])
	r.Rate = Measure{float64(r.Flagged) / float64(n), binomialInterval(float64(r.Flagged), float64(n), level)}
	return r, nil
}

// An OperatingPoint is what flagging the scores of at least a threshold gives.
type OperatingPoint struct {
	Threshold      float64
	TP, FP, TN, FN int64
}

// Confusion returns the counts with the names of the classes, negatives first.
func (o OperatingPoint) Confusion(negative, positive string) (Confusion, error) {
	return ConfusionFromCounts([]string{negative, positive}, [][]int64{{o.TN, o.FP}, {o.FN, o.TP}})
}

// Recall returns TP/(TP+FN), NaN without positives.
func (o OperatingPoint) Recall() float64 { return float64(o.TP) / float64(o.TP+o.FN) }

// FPR returns FP/(FP+TN), NaN without negatives.
func (o OperatingPoint) FPR() float64 { return float64(o.FP) / float64(o.FP+o.TN) }

// OperatingPointAt flags the scores of a tally, whose first group are the positives, at a
// threshold. Either group may be empty. Any number of groups but two is refused.
func OperatingPointAt(t Tally, threshold float64) (OperatingPoint, error) {
	if t.NumGroups() != 2 {
		return OperatingPoint{}, fmt.Errorf("operating point of %d groups of scores: want two", t.NumGroups())
	}
	if err := t.check(); err != nil {
		return OperatingPoint{}, fmt.Errorf("operating point: %w", err)
	}
	if math.IsNaN(threshold) {
		return OperatingPoint{}, fmt.Errorf("operating point: threshold: %w", ErrNotFinite)
	}
	o := OperatingPoint{Threshold: threshold}
	for i, v := range t.Values {
		if v >= threshold {
			o.TP, o.FP = o.TP+t.Counts[0][i], o.FP+t.Counts[1][i]
		} else {
			o.FN, o.TN = o.FN+t.Counts[0][i], o.TN+t.Counts[1][i]
		}
	}
	return o, nil
}

// RecallAtFPR returns the recall at the threshold that ThresholdForFPR chooses from the
// negatives of the same tally, whose first group are the positives. Wilson's interval of
// the recall is given the threshold. Errors are those of Cuts and ThresholdForFPR.
func RecallAtFPR(t Tally, target, level float64) (OperatingPoint, Measure, error) {
	if _, err := Cuts(t); err != nil {
		return OperatingPoint{}, Measure{}, err
	}
	r, err := ThresholdForFPR(t.Group(1), target, level)
	if err != nil {
		return OperatingPoint{}, Measure{}, err
	}
	o, err := OperatingPointAt(t, r.Threshold)
	if err != nil {
		return OperatingPoint{}, Measure{}, err
	}
	return o, Measure{o.Recall(), WilsonInterval(o.TP, o.TP+o.FN, level)}, nil
}

// A Criterion is what BestThreshold makes as large as it can.
type Criterion uint8

// The criteria.
const (
	MaxF1     Criterion = iota // harmonic mean of precision and recall
	MaxMCC                     // Matthews' correlation
	MaxYouden                  // recall less false positive rate (W. J. Youden 1950, Cancer 3, 32–35)
)

// String returns "F1", "MCC" or "Youden's J".
func (c Criterion) String() string {
	switch c {
	case MaxF1:
		return "F1"
	case MaxMCC:
		return "MCC"
	case MaxYouden:
		return "Youden's J"
	}
	return fmt.Sprintf("Criterion(%d)", uint8(c))
}

// value returns the criterion at a point; 0 where it is not defined.
func (c Criterion) value(o OperatingPoint) float64 {
	tp, fp, fn, tn := float64(o.TP), float64(o.FP), float64(o.FN), float64(o.TN)
	switch c {
	case MaxF1:
		return 2 * tp / (2*tp + fp + fn)
	case MaxMCC:
		if tp+fp == 0 || tn+fn == 0 {
			return 0
		}
		return (tp*tn - fp*fn) / (math.Sqrt((tp+fp)*(tp+fn)) * math.Sqrt((tn+fp)*(tn+fn)))
	}
	return o.Recall() - o.FPR()
}

// BestThreshold returns the threshold among the scores that is the best by a criterion,
// and its value there; of equal ones the highest, which flags the fewest. The value is
// too good for other rows: choose on rows that do not serve to judge. The first group of t
// are the positives. Errors are those of Cuts.
func BestThreshold(t Tally, by Criterion) (OperatingPoint, float64, error) {
	if by > MaxYouden {
		return OperatingPoint{}, math.NaN(), fmt.Errorf("best threshold: unknown criterion %d", uint8(by))
	}
	return bestPoint(t, by.value)
}

// ThresholdByCost returns the threshold that costs the least per row, and what it costs:
// (falsePositive·FP + falseNegative·FN)/n. Of equal ones it is the highest; it lies above
// all scores where flagging nothing costs the least. The first group of t are the
// positives, whose share must be the one to be expected. Errors are those of Cuts; costs
// that are negative or not finite are refused.
//
// C. Elkan (2001), "The foundations of cost-sensitive learning", IJCAI, 973–978.
func ThresholdByCost(t Tally, falsePositive, falseNegative float64) (OperatingPoint, float64, error) {
	for _, cost := range []float64{falsePositive, falseNegative} {
		if !(cost >= 0) || math.IsInf(cost, 0) {
			return OperatingPoint{}, math.NaN(), fmt.Errorf("threshold by costs of %v and %v: want numbers of at least 0", falsePositive, falseNegative)
		}
	}
	n := float64(t.Total())
	o, saved, err := bestPoint(t, func(o OperatingPoint) float64 {
		return -(falsePositive*float64(o.FP) + falseNegative*float64(o.FN)) / n
	})
	return o, 0 - saved, err
}

// bestPoint returns the point with the largest value, of equal ones that which flags the
// fewest.
func bestPoint(t Tally, value func(OperatingPoint) float64) (OperatingPoint, float64, error) {
	if err := t.check(); err != nil {
		return OperatingPoint{}, math.NaN(), err
	}
	cuts, err := Cuts(t)
	if err != nil {
		return OperatingPoint{}, math.NaN(), err
	}
	last := cuts[len(cuts)-1]
	best := OperatingPoint{Threshold: justAbove(cuts[0].Threshold), TN: last.FP, FN: last.TP}
	largest := value(best)
	for _, c := range cuts {
		o := OperatingPoint{Threshold: c.Threshold, TP: c.TP, FP: c.FP, TN: last.FP - c.FP, FN: last.TP - c.TP}
		if v := value(o); v > largest {
			best, largest = o, v
		}
	}
	return best, largest, nil
}

package stats

import (
	"errors"
	"fmt"
	"math"
)

// ScoreTally counts scores of positive and of negative rows, as the groups that Cuts,
// DeLong and the functions below want: positives first. The error wraps ErrLengths or
// ErrNotFinite.
func ScoreTally(scores []float64, positive []bool) (Tally, error) {
	if len(scores) != len(positive) {
		return Tally{}, fmt.Errorf("%d scores of %d rows: %w", len(scores), len(positive), ErrLengths)
	}
	group := make([]int, len(scores))
	for i, p := range positive {
		group[i] = 1 - class(p)
	}
	return TallyOfGroups(scores, group, []string{"positive", "negative"})
}

// ScoreMeasures says how well a score tells positives from negatives, whatever the
// threshold.
type ScoreMeasures struct {
	Positives, Negatives int64

	AUC              Measure // the chance that a positive scores higher, ties by half
	AveragePrecision Measure // see AveragePrecision; without skill it is the share of positives
	KS               Measure // the largest distance between recall and false positive rate
}

// MeasureScores returns the measures of a tally whose first group are the positives.
//
// The area has DeLong's interval; where all scores are equal it is ½ without width. That
// of the average precision is of the delta method for the counts of the score's values
// (the sum over the values of share times squared gradient, less the squared mean
// gradient), on the logit scale as with Boyd, Eng and Page [1], whose binomial variance
// AP(1−AP)/n₊ it does without; of a perfect score it is Wilson's of n₊ hits in n₊. KS has
// Newcombe's interval of the difference of two shares at the threshold where it is reached
// [2], as if that were known, and without a sign.
//
// The error wraps ErrTooFew unless both groups have two values; any number of groups but
// two is refused.
//
// [1] K. Boyd, K. H. Eng and C. D. Page (2013), "Area under the precision-recall curve:
// point estimates and confidence intervals", ECML PKDD, LNCS 8190, 451–466.
//
// [2] R. G. Newcombe (1998), Statistics in Medicine 17, 873–890, method 10.
func MeasureScores(t Tally, level float64) (ScoreMeasures, error) {
	area, ci, err := DeLong(t, level)
	if errors.Is(err, ErrConstant) && t.N(0) > 1 && t.N(1) > 1 {
		area, ci, err = 0.5, Interval{0.5, 0.5, level}, nil
	}
	if err != nil {
		return ScoreMeasures{}, fmt.Errorf("measures of a score: %w", err)
	}
	cuts, err := Cuts(t)
	if err != nil {
		return ScoreMeasures{}, err
	}
	distance, err := KolmogorovSmirnovDistance(t)
	if err != nil {
		return ScoreMeasures{}, err
	}
	m := ScoreMeasures{Positives: t.N(0), Negatives: t.N(1), AUC: Measure{area, ci}}
	m.AveragePrecision = averagePrecisionMeasure(cuts, level)
	m.KS = ksMeasure(distance, cuts, level)
	return m, nil
}

// averagePrecisionMeasure returns the average precision with its interval.
func averagePrecisionMeasure(cuts []Cut, level float64) Measure {
	last := cuts[len(cuts)-1]
	n, positives := float64(last.TP+last.FP), float64(last.TP)
	m := Measure{Value: min(AveragePrecision(cuts), 1)}
	variance := averagePrecisionVariance(cuts, m.Value)
	const rounding = 1e-13
	if m.Value > 1-rounding || variance < rounding*rounding {
		return shareMeasure(m.Value, positives, level)
	}
	m.CI = logitScale.interval(m.Value, math.Sqrt(variance/n), level)
	return m
}

// averagePrecisionVariance returns the variance of the average precision for one row,
// given the cuts and its value. With a and b the positives and negatives down to cut k
// and α the positives at it, all as shares, the average precision is Σ α·a/(a+b) over the
// share of the positives. A positive that is more at cut j adds its own precision and
// raises that of all cuts from j on; a negative lowers it.
func averagePrecisionVariance(cuts []Cut, value float64) float64 {
	last := cuts[len(cuts)-1]
	n := float64(last.TP + last.FP)
	prevalence := float64(last.TP) / n
	var g gradientMoments
	var raised, lowered float64 // by a positive, by a negative, at this cut or one above
	for k := len(cuts) - 1; k >= 0; k-- {
		var above Cut
		if k > 0 {
			above = cuts[k-1]
		}
		a, b := float64(cuts[k].TP)/n, float64(cuts[k].FP)/n
		positives, negatives := a-float64(above.TP)/n, b-float64(above.FP)/n
		square := (a + b) * (a + b)
		raised += positives * b / square
		lowered += positives * a / square
		g.add(positives, (a/(a+b)+raised-value)/prevalence)
		g.add(negatives, -lowered/prevalence)
	}
	return g.variance()
}

// ksMeasure returns the distance with its interval, from where it is reached.
func ksMeasure(distance float64, cuts []Cut, level float64) Measure {
	last := cuts[len(cuts)-1]
	positives, negatives := float64(last.TP), float64(last.FP)
	best, recall, alarms := -1.0, 0.0, 0.0
	for _, c := range cuts {
		p, q := float64(c.TP)/positives, float64(c.FP)/negatives
		if d := math.Abs(p - q); d > best {
			best, recall, alarms = d, max(p, q), min(p, q)
		}
	}
	z := NormalQuantile((1 + level) / 2)
	low1, high1 := wilson(recall, positives, z)
	low2, high2 := wilson(alarms, negatives, z)
	return Measure{distance, Interval{
		Low:   max(0, distance-math.Hypot(recall-low1, high2-alarms)),
		High:  min(1, distance+math.Hypot(high1-recall, alarms-low2)),
		Level: level,
	}}
}

// KolmogorovSmirnovDistance returns D, the statistic of KolmogorovSmirnov, without its
// p-value: of scores, the largest distance between recall and false positive rate. Errors
// are those of the test.
func KolmogorovSmirnovDistance(t Tally) (float64, error) {
	d, err := newStepDistance(t)
	if err != nil {
		return math.NaN(), fmt.Errorf("Kolmogorov-Smirnov distance: %w", err)
	}
	return d.value(), nil
}

package stats

import (
	"fmt"
	"math"
	"slices"
)

// A CurvePoint is what a threshold gives: a point of the ROC curve (FPR, Recall), of that
// of precision against recall, and of the detection error trade-off (FPR, 1−Recall).
type CurvePoint struct {
	Cut
	Recall, FPR float64
	Precision   float64 // NaN where nothing is taken for positive
}

// CurvePoints returns at most so many points of the curves of a score, from the one at
// which nothing is taken for positive to the one at which all is; the first group of t
// are the positives. Where there are more thresholds, those on the convex hull of the ROC
// curve come first, so that its area does not shrink, and the best thresholds for any
// costs stay [1]. The others are evenly spaced in recall, in false positive rate, and in
// the logarithm of the number of rows taken for positive, which keeps the low rates at
// which detectors are run. The hull is thinned evenly if it takes more than half.
//
// Errors are those of Cuts; less than 10 points are refused.
//
// [1] F. Provost and T. Fawcett (2001), "Robust classification for imprecise
// environments", Machine Learning 42, 203–231.
func CurvePoints(t Tally, most int) ([]CurvePoint, error) {
	const fewest = 10
	if most < fewest {
		return nil, fmt.Errorf("curve of a score: %d points, want at least %d", most, fewest)
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	cuts, err := Cuts(t)
	if err != nil {
		return nil, err
	}
	cuts = slices.Insert(cuts, 0, Cut{Threshold: justAbove(cuts[0].Threshold)})
	last := cuts[len(cuts)-1]
	points := make([]CurvePoint, 0, min(most, len(cuts)))
	for _, i := range thinCuts(cuts, most) {
		c := cuts[i]
		points = append(points, CurvePoint{
			Cut:       c,
			Recall:    float64(c.TP) / float64(last.TP),
			FPR:       float64(c.FP) / float64(last.FP),
			Precision: float64(c.TP) / float64(c.TP+c.FP),
		})
	}
	return points, nil
}

// justAbove returns the smallest number that exceeds v, or v if there is none.
func justAbove(v float64) float64 { return min(math.Nextafter(v, math.Inf(1)), math.MaxFloat64) }

// thinCuts returns the places of at most so many cuts, in order.
func thinCuts(cuts []Cut, most int) []int {
	if len(cuts) <= most {
		all := make([]int, len(cuts))
		for i := range all {
			all[i] = i
		}
		return all
	}
	kept := evenly(rocHull(cuts), most/2)
	each := (most - len(kept)) / 3
	last := cuts[len(cuts)-1]
	spread := func(of func(c Cut) float64, end float64) {
		for k := range each {
			goal := end * (float64(k) + 0.5) / float64(each)
			i, _ := slices.BinarySearchFunc(cuts, goal, func(c Cut, goal float64) int {
				if of(c) < goal {
					return -1
				}
				return 1
			})
			kept = append(kept, min(i, len(cuts)-1))
		}
	}
	flagged := func(c Cut) float64 { return math.Log1p(float64(c.TP + c.FP)) }
	spread(func(c Cut) float64 { return float64(c.TP) }, float64(last.TP))
	spread(func(c Cut) float64 { return float64(c.FP) }, float64(last.FP))
	spread(flagged, flagged(last))
	slices.Sort(kept)
	return slices.Compact(kept)
}

// evenly returns at most so many of the places, with the first and the last.
func evenly(places []int, most int) []int {
	n := len(places)
	if n <= most {
		return places
	}
	out := make([]int, most)
	for k := range out {
		out[k] = places[k*(n-1)/(most-1)]
	}
	return out
}

// rocHull returns the places of the cuts on the upper convex hull of the ROC curve.
//
// A. M. Andrew (1979), "Another efficient algorithm for convex hulls in two dimensions",
// Information Processing Letters 9, 216–219.
func rocHull(cuts []Cut) []int {
	var hull []int
	for i, c := range cuts {
		for len(hull) > 1 {
			a, b := cuts[hull[len(hull)-2]], cuts[hull[len(hull)-1]]
			turn := float64(b.FP-a.FP)*float64(c.TP-a.TP) - float64(b.TP-a.TP)*float64(c.FP-a.FP)
			if turn < 0 {
				break
			}
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, i)
	}
	return hull
}

// A GainBin is a part of the rows by their score.
type GainBin struct {
	Low, High    float64 // scores in the bin
	N, Positives int64
	Share        Measure // of positives, with Wilson's interval
	Lift         float64 // Share over that of all rows
	Gain         float64 // share of all positives in this bin and those before
	TotalLift    float64 // Lift of this bin and those before together
}

// Gains cuts rows by their score, from the highest, into at most so many bins of about
// equal size (10 for deciles); equal scores stay together, so that there may be fewer. The
// first group of t are the positives. Errors are those of Cuts; fewer than 2 bins are
// refused.
func Gains(t Tally, bins int, level float64) ([]GainBin, error) {
	if err := checkLevel(level); err != nil {
		return nil, err
	}
	if bins < 2 {
		return nil, fmt.Errorf("gains of a score: %d bins, want at least 2", bins)
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	cuts, err := Cuts(t)
	if err != nil {
		return nil, err
	}
	last := cuts[len(cuts)-1]
	n := float64(last.TP + last.FP)
	base := float64(last.TP) / n
	var out []GainBin
	var before Cut // the last of the bins that are whole
	first := 0     // cut of the open bin
	for i, c := range cuts {
		through := float64(c.TP+c.FP) / n * float64(bins)
		if through < float64(len(out)+1)-1e-9 && i < len(cuts)-1 {
			continue
		}
		b := GainBin{Low: c.Threshold, High: cuts[first].Threshold, N: c.TP + c.FP - before.TP - before.FP, Positives: c.TP - before.TP}
		b.Share = shareMeasure(float64(b.Positives)/float64(b.N), float64(b.N), level)
		b.Lift = b.Share.Value / base
		b.Gain = float64(c.TP) / float64(last.TP)
		b.TotalLift = float64(c.TP) / float64(c.TP+c.FP) / base
		out = append(out, b)
		before, first = c, i+1
	}
	return out, nil
}

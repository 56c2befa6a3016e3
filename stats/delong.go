package stats

import (
	"fmt"
	"math"
	"slices"
)

// PairedScores are two scores of the same rows, as ranks: smaller scores have
// smaller ranks, equal ones the same. Ranks need not be dense, but time and memory
// grow with the largest.
type PairedScores struct {
	Positive []bool   // which rows are of the class that high scores should have
	A, B     []uint32 // the ranks of each row
}

// DeLongTest tests whether one score tells two classes apart better than another
// one of the same rows: the null hypothesis is that both have the same area under
// the ROC curve [1]. Greater means that A has the larger area. Scores are compared
// within strata, such as the rows that each fold of a cross-validation held out;
// the areas are means of those of the strata, weighted by their pairs of a positive
// and a negative row.
//
// The statistic is z. The estimate is the difference of the areas, A less B, with
// the interval of the normal approximation. The term "AUC" holds both areas.
//
// Strata without one of the classes are left out. The error wraps ErrTooFew if the
// others do not have two rows of each class, ErrConstant if the difference has no
// variance, as for scores that order the rows in the same way, and ErrLengths if
// the sequences differ in length.
//
// [1] E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson (1988), "Comparing the
// areas under two or more correlated receiver operating characteristic curves: a
// nonparametric approach", Biometrics 44, 837–845.
func DeLongTest(strata []PairedScores, alt Alternative, level float64) (Result, error) {
	const method = "DeLong's test"
	if err := checkLevel(level); err != nil {
		return Result{}, err
	}
	var areaA, areaB, variance, pairs float64
	var n [2]int64
	for i := range strata {
		s := &strata[i]
		if len(s.A) != len(s.Positive) || len(s.B) != len(s.Positive) {
			return Result{}, fmt.Errorf("%s of %d and %d scores of %d rows: %w", method, len(s.A), len(s.B), len(s.Positive), ErrLengths)
		}
		c := s.compare()
		if c.n[0] < 2 || c.n[1] < 2 {
			continue
		}
		weight := float64(c.n[0]) * float64(c.n[1])
		areaA += weight * c.areaA
		areaB += weight * c.areaB
		variance += weight * weight * c.variance
		pairs += weight
		n[0] += c.n[0]
		n[1] += c.n[1]
	}
	if pairs == 0 {
		return Result{}, fmt.Errorf("%s needs two rows of each class in a stratum: %w", method, ErrTooFew)
	}
	difference, sd := (areaA-areaB)/pairs, math.Sqrt(variance)/pairs
	if sd == 0 {
		return Result{}, fmt.Errorf("%s: the difference has no variance: %w", method, ErrConstant)
	}
	reach := sd * NormalQuantile((1+level)/2)
	return NewResult(Result{
		Test:        "equal areas under two ROC curves",
		Method:      "DeLong, paired",
		Alternative: alt,
		Null:        Named{"difference of AUC", 0},
		Statistic:   Named{"z", difference / sd},
		Estimate:    Named{"difference of AUC", difference},
		CI:          Interval{Low: difference - reach, High: difference + reach, Level: level},
		N:           n[:],
		Terms:       []Term{{Name: "AUC", Values: []Named{{"a", areaA / pairs}, {"b", areaB / pairs}}}},
	}, symmetricLogP(difference/sd, alt, LogNormalSF)), nil
}

// comparison is what one stratum says of two scores.
type comparison struct {
	n            [2]int64 // negative and positive rows
	areaA, areaB float64
	variance     float64 // of the difference of the areas
}

// compare computes the areas and the variance of their difference from the
// placements of the rows.
func (s *PairedScores) compare() comparison {
	var c comparison
	for _, p := range s.Positive {
		c.n[class(p)]++
	}
	if c.n[0] == 0 || c.n[1] == 0 {
		return c
	}
	a, b := placements(s.A, s.Positive), placements(s.B, s.Positive)
	var areaA, areaB, difference [2]Moments
	for i, p := range s.Positive {
		x, y := a[class(p)][s.A[i]], b[class(p)][s.B[i]]
		areaA[class(p)].Add(x)
		areaB[class(p)].Add(y)
		difference[class(p)].Add(x - y)
	}
	c.areaA, c.areaB = areaA[1].Mean, areaB[1].Mean
	c.variance = difference[0].Variance()/float64(c.n[0]) + difference[1].Variance()/float64(c.n[1])
	return c
}

func class(positive bool) int {
	if positive {
		return 1
	}
	return 0
}

// placements returns, for each rank, which part of the positive rows a negative
// row of that rank is below of, and which part of the negative rows a positive one
// is above of; ties count by half.
func placements(ranks []uint32, positive []bool) [2][]float64 {
	var counts [2][]int64
	size := 0
	if len(ranks) > 0 {
		size = int(slices.Max(ranks)) + 1
	}
	for k := range counts {
		counts[k] = make([]int64, size)
	}
	var total [2]int64
	for i, r := range ranks {
		k := class(positive[i])
		counts[k][r]++
		total[k]++
	}
	out := [2][]float64{make([]float64, size), make([]float64, size)}
	var below [2]int64
	for r := range size {
		out[0][r] = (float64(total[1]-below[1]) - float64(counts[1][r])/2) / float64(total[1])
		out[1][r] = (float64(below[0]) + float64(counts[0][r])/2) / float64(total[0])
		below[0] += counts[0][r]
		below[1] += counts[1][r]
	}
	return out
}

package stats

import (
	"fmt"
	"math"
)

// TauB is what Kendall's rank correlation needs to know of a sample of pairs.
type TauB struct {
	N     int64   // pairs of observations
	Score int64   // concordant minus discordant pairs, S
	Tau   float64 // τ_b in [-1, 1]; NaN for fewer than two pairs or a constant side
	SD    float64 // standard deviation of S if x and y were independent, given the ties
	Ties  bool    // whether any two values of x, or of y, are equal
}

// KendallTauB compares all pairs of the observations (x[i], y[i]) in
// O(n log n) time by counting the exchanges of a merge sort [1], or in the cross
// table of the values where few of them differ. Ties are corrected for in the
// coefficient, τ_b, and in the standard deviation of the score [2, section 5]. It returns ErrLengths and ErrNotFinite.
//
// [1] W. R. Knight (1966), "A computer method for calculating Kendall's tau with
// ungrouped data", JASA 61, 436–439.
//
// [2] M. G. Kendall (1970), Rank Correlation Methods, 4th ed., Griffin.
func KendallTauB(x, y []float64) (TauB, error) {
	if len(x) != len(y) {
		return TauB{}, fmt.Errorf("rank correlation tau-b of %d and %d values: %w", len(x), len(y), ErrLengths)
	}
	if !allFinite(x) || !allFinite(y) {
		return TauB{}, fmt.Errorf("rank correlation tau-b: %w", ErrNotFinite)
	}
	return tauOf(newOrderNumbers(x), newOrderNumbers(y)), nil
}

// newTauB makes τ_b of a score and the ties.
func newTauB(n, score int64, tiesX, tiesY tieSums) TauB {
	pairs := pairsAmong(n)
	untiedX, untiedY := pairs-tiesX.pairs, pairs-tiesY.pairs
	t := TauB{N: n, Score: score, Tau: math.NaN(), Ties: tiesX.pairs > 0 || tiesY.pairs > 0}
	t.SD = scoreSD(float64(n), tiesX, tiesY)
	if untiedX > 0 && untiedY > 0 {
		// The ratio first: equal sides then give ±1 without rounding.
		tau := float64(t.Score) / float64(untiedX) * math.Sqrt(float64(untiedX)/float64(untiedY))
		t.Tau = min(max(tau, -1), 1)
	}
	return t
}

// pairsAmong returns n(n−1)/2, which fits for n below 2³².
func pairsAmong(n int64) int64 {
	if n%2 == 0 {
		return n / 2 * (n - 1)
	}
	return (n - 1) / 2 * n
}

// tieSums holds sums over the groups of t equal values of one variable.
type tieSums struct {
	pairs int64   // Σ t(t−1)/2
	sum2  float64 // Σ t(t−1)
	sum3  float64 // Σ t(t−1)(t−2)
	sum25 float64 // Σ t(t−1)(2t+5)
}

func (s *tieSums) add(group int) {
	t := float64(group)
	s.pairs += pairsAmong(int64(group))
	s.sum2 += t * (t - 1)
	s.sum3 += t * (t - 1) * (t - 2)
	s.sum25 += t * (t - 1) * (2*t + 5)
}

// scoreSD returns the standard deviation of S under independence, given the ties.
func scoreSD(n float64, x, y tieSums) float64 {
	if n < 2 {
		return math.NaN()
	}
	variance := (n*(n-1)*(2*n+5) - x.sum25 - y.sum25) / 18
	variance += x.sum2 * y.sum2 / (2 * n * (n - 1))
	if n > 2 {
		variance += x.sum3 * y.sum3 / (9 * n * (n - 1) * (n - 2))
	}
	return math.Sqrt(max(variance, 0))
}

// tiedPairs returns the number of pairs of equal values of an ascending slice.
func tiedPairs(sorted []uint32) int64 {
	var pairs, run int64
	for i := 1; i < len(sorted); i++ {
		if sorted[i] != sorted[i-1] {
			run = 0
			continue
		}
		run++
		pairs += run
	}
	return pairs
}

// insertionRun is the length of the runs that countInversions sorts by insertion.
const insertionRun = 16

// countInversions returns the number of pairs i < j with codes[i] > codes[j]. It
// sorts codes.
func countInversions(codes []uint32) int64 {
	var inversions int64
	for lo := 0; lo < len(codes); lo += insertionRun {
		inversions += insertionSort(codes[lo:min(lo+insertionRun, len(codes))])
	}
	from, to := codes, make([]uint32, len(codes))
	for width := insertionRun; width < len(codes); width *= 2 {
		for lo := 0; lo < len(codes); lo += 2 * width {
			mid, hi := min(lo+width, len(codes)), min(lo+2*width, len(codes))
			inversions += mergeRuns(to[lo:hi], from[lo:mid], from[mid:hi])
		}
		from, to = to, from
	}
	return inversions
}

// insertionSort sorts codes and returns the number of inversions it found.
func insertionSort(codes []uint32) int64 {
	var inversions int64
	for i, c := range codes {
		j := i
		for ; j > 0 && codes[j-1] > c; j-- {
			codes[j] = codes[j-1]
		}
		codes[j] = c
		inversions += int64(i - j)
	}
	return inversions
}

// mergeRuns merges two ascending runs into dst and returns the number of pairs
// with the greater value in the left run.
func mergeRuns(dst, left, right []uint32) int64 {
	if len(right) == 0 || left[len(left)-1] <= right[0] {
		copy(dst[copy(dst, left):], right)
		return 0
	}
	var inversions int64
	for i := range dst {
		if len(right) == 0 || len(left) > 0 && left[0] <= right[0] {
			dst[i], left = left[0], left[1:]
			continue
		}
		dst[i], right = right[0], right[1:]
		inversions += int64(len(left))
	}
	return inversions
}

// logInversionTail returns log P(D ≤ d) for the number of inversions D of a
// random order of n distinct values: the exact null distribution of the
// discordant pairs without ties. It is meant for small n; the time grows with n⁴.
func logInversionTail(n int, d int64) float64 {
	// chance[k] is P(D = k); the m-th value adds 0 to m−1 inversions, evenly.
	chance := []float64{1}
	for m := 2; m <= n; m++ {
		next := make([]float64, len(chance)+m-1)
		for k, p := range chance {
			for extra := range m {
				next[k+extra] += p / float64(m)
			}
		}
		chance = next
	}
	var tail float64
	for k := int64(0); k <= d && k < int64(len(chance)); k++ {
		tail += chance[k]
	}
	return math.Log(tail)
}

package model

import (
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// A fusion adds up what several members say of rows: of each member, minus the decimal
// logarithm of the share of normal rows held back from training that score at least as
// high [1]. Members whose scores mean nothing to each other speak one language so: a part
// of 2 is that of one normal row in a hundred.
//
// [1] R. A. Fisher (1925), Statistical Methods for Research Workers, section 21.1, adds
// logarithms of p-values; V. Vovk, A. Gammerman and G. Shafer (2005), Algorithmic Learning
// in a Random World, Springer, makes p-values of scores.
type fusion struct {
	Weights    []float64      `json:"weights"`    // of the members, add up to 1
	References []learn.Floats `json:"references"` // of each member: scores of normal rows held back, ascending
	Sums       learn.Floats   `json:"sums"`       // of the same rows: what the members add up to, ascending
}

// maxReference is how many scores of normal rows are kept; of more, as many quantiles.
const maxReference = 20000

// newFusion learns from scores of normal rows held back, by member and by row.
func newFusion(weights []float64, scores [][]float64) fusion {
	f := fusion{Weights: weights}
	for _, s := range scores {
		f.References = append(f.References, sortedReference(s))
	}
	sums := make([]float64, len(scores[0]))
	for m := range scores {
		f.add(sums, m, scores[m])
	}
	f.Sums = sortedReference(sums)
	return f
}

// sortedReference returns scores in ascending order, thinned if they are many.
func sortedReference(scores []float64) learn.Floats {
	s := slices.Sorted(slices.Values(scores))
	if len(s) <= maxReference {
		return s
	}
	out := make(learn.Floats, maxReference)
	for i := range out {
		out[i] = s[i*(len(s)-1)/(maxReference-1)]
	}
	return out
}

// add adds the part of a member to the sums of rows.
func (f *fusion) add(sums []float64, member int, scores []float64) {
	for i, s := range scores {
		sums[i] += f.Weights[member] * -math.Log10(tailShare(f.References[member], s))
	}
}

// tailShare is the share of reference scores that are at least s, with one more that is:
// never 0, and at most 1.
func tailShare(reference []float64, s float64) float64 {
	below, _ := slices.BinarySearch(reference, s)
	return float64(len(reference)-below+1) / float64(len(reference)+1)
}

// tail is the share of normal rows whose sum is at least that. Beyond the greatest sum
// that was seen it falls on exponentially, as fast as the top tenth of them does.
func (f *fusion) tail(sum float64) float64 {
	n := len(f.Sums)
	most := f.Sums[n-1]
	if sum <= most {
		return tailShare(f.Sums, sum)
	}
	top := f.Sums[n-max(1, n/10):]
	var excess float64
	for _, s := range top {
		excess += s - top[0]
	}
	if excess /= float64(len(top)); excess <= 0 {
		excess = 1 / math.Ln10
	}
	return math.Exp(-(sum-most)/excess) / float64(n+1)
}

// check returns an error unless the fusion is one of so many members.
func (f *fusion) check(kind string, members int) error {
	if len(f.Weights) != members || len(f.References) != members || len(f.Sums) == 0 {
		return learn.Broken(kind, "%d weights and %d references of %d members", len(f.Weights), len(f.References), members)
	}
	for m, r := range f.References {
		if len(r) == 0 || !r.Finite() || !slices.IsSorted(r) {
			return learn.Broken(kind, "the reference of member %d is out of order", m+1)
		}
		if w := f.Weights[m]; !(w >= 0 && w <= 1) {
			return learn.Broken(kind, "member %d weighs %v", m+1, w)
		}
	}
	if !f.Sums.Finite() || !slices.IsSorted(f.Sums) {
		return learn.Broken(kind, "the sums are out of order")
	}
	return nil
}

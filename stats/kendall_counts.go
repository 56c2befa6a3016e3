package stats

import (
	"cmp"
	"fmt"
	"slices"
)

// KendallTauBCounts is KendallTauB of pairs that something else counted: (x[i], y[i])
// occurs counts[i] times. The pairs need no order and may repeat. It takes time
// proportional to n·log n for n pairs, however often they occur. It returns ErrLengths
// and ErrNotFinite, and an error for a negative count or 2³² pairs or more.
func KendallTauBCounts(x, y []float64, counts []int64) (TauB, error) {
	if len(x) != len(y) || len(x) != len(counts) {
		return TauB{}, fmt.Errorf("rank correlation tau-b of %d and %d values with %d counts: %w", len(x), len(y), len(counts), ErrLengths)
	}
	if !allFinite(x) || !allFinite(y) {
		return TauB{}, fmt.Errorf("rank correlation tau-b: %w", ErrNotFinite)
	}
	if len(counts) > 0 && slices.Min(counts) < 0 {
		return TauB{}, fmt.Errorf("rank correlation tau-b: count %d", slices.Min(counts))
	}
	total := int64(0)
	for _, n := range counts {
		if total += n; n >= mostPaired || total >= mostPaired {
			return TauB{}, fmt.Errorf("rank correlation tau-b of %d pairs or more: %w", int64(mostPaired), ErrTooMany)
		}
	}
	ranks := newOrderNumbers(y)
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })

	var n, score int64
	var tiesX, tiesY tieSums
	below := prefixSums{make([]int64, ranks.distinct+1)}
	for lo := 0; lo < len(order); {
		hi, total := lo, int64(0)
		for ; hi < len(order) && x[order[hi]] == x[order[lo]]; hi++ {
			at := order[hi]
			rank := int(ranks.codes[at])
			lesser, upTo := below.sum(rank), below.sum(rank+1) // of the rows with a lesser x
			score += counts[at] * (lesser - (n - upTo))
			total += counts[at]
		}
		for _, at := range order[lo:hi] {
			below.add(int(ranks.codes[at]), counts[at])
		}
		n += total
		tiesX.add(int(total))
		lo = hi
	}
	for rank := range ranks.distinct {
		tiesY.add(int(below.sum(rank+1) - below.sum(rank)))
	}
	return newTauB(n, score, tiesX, tiesY), nil
}

// mostPaired is from how many rows on the pairs of two do not fit in an int64.
const mostPaired = 1 << 32

// prefixSums holds numbers of which the first so many can be added up quickly (P. M.
// Fenwick 1994, "A new data structure for cumulative frequency tables").
type prefixSums struct{ tree []int64 }

// add adds to number i.
func (p *prefixSums) add(i int, x int64) {
	for i++; i < len(p.tree); i += i & -i {
		p.tree[i] += x
	}
}

// sum returns the sum of the first n numbers.
func (p *prefixSums) sum(n int) (sum int64) {
	for ; n > 0; n -= n & -n {
		sum += p.tree[n]
	}
	return sum
}

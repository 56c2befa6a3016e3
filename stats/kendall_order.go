package stats

import "math"

// noCode stands for a missing value among order numbers.
const noCode = math.MaxUint32

// orderNumbers is a column whose values are replaced by the places of the
// distinct ones in ascending order: all that Kendall's τ needs to know.
type orderNumbers struct {
	codes    []uint32 // noCode where the value is NaN
	distinct int
	missing  int
}

// newOrderNumbers numbers the values of x, of which NaN are missing.
func newOrderNumbers(x []float64) orderNumbers {
	o := orderNumbers{codes: make([]uint32, len(x))}
	for i := range o.codes {
		o.codes[i] = noCode
	}
	sorted := sortKeys(x)
	o.missing = len(x) - len(sorted)
	forEachTie(sorted, func(lo, hi int) {
		for _, k := range sorted[lo:hi] {
			o.codes[k.index] = uint32(o.distinct)
		}
		o.distinct++
	})
	return o
}

// Cross tables of the order numbers of two columns have up to crossedPerRow cells
// for each row, and no more than crossedCells: beyond, the merge sort is faster.
const (
	crossedPerRow = 4
	crossedCells  = 1 << 20
)

// tauOf compares all pairs of the rows that have both values.
func tauOf(x, y orderNumbers) TauB {
	if cells := x.distinct * y.distinct; cells <= crossedPerRow*len(x.codes) && cells <= crossedCells {
		return tauOfTable(x, y)
	}
	return tauOfSorted(x, y)
}

// tauOfSorted counts the pairs by a merge sort.
func tauOfSorted(x, y orderNumbers) TauB {
	if x.missing > 0 || y.missing > 0 {
		x, y = presentInBoth(x, y)
	}
	codes, tiesX, tiesY, joint := orderPairs(x, y)
	n := int64(len(codes))
	pairs := n * (n - 1) / 2
	score := pairs - tiesX.pairs - tiesY.pairs + joint - 2*countInversions(codes)
	return newTauB(n, score, tiesX, tiesY)
}

// presentInBoth returns the rows that have both values.
func presentInBoth(x, y orderNumbers) (orderNumbers, orderNumbers) {
	a, b := orderNumbers{distinct: x.distinct}, orderNumbers{distinct: y.distinct}
	for i, c := range x.codes {
		if d := y.codes[i]; c != noCode && d != noCode {
			a.codes, b.codes = append(a.codes, c), append(b.codes, d)
		}
	}
	return a, b
}

// tauOfTable counts the pairs in the cross table of the order numbers: time
// proportional to the rows and the cells, whatever their order.
func tauOfTable(x, y orderNumbers) TauB {
	counts := make([]uint32, x.distinct*y.distinct)
	for i, c := range x.codes {
		if d := y.codes[i]; c != noCode && d != noCode {
			counts[int(c)*y.distinct+int(d)]++
		}
	}
	var n, score int64
	var tiesX, tiesY tieSums
	above := make([]int64, y.distinct) // by column: rows with a lesser x
	for i := range x.distinct {
		row := counts[i*y.distinct : (i+1)*y.distinct]
		var left, total int64 // of the rows with a lesser x: those with a lesser y; those in this row
		rest := n
		for j, c := range row {
			rest -= above[j]
			score += int64(c) * (left - rest)
			left += above[j]
			total += int64(c)
		}
		for j, c := range row {
			above[j] += int64(c)
		}
		n += total
		tiesX.add(int(total))
	}
	for _, total := range above {
		tiesY.add(int(total))
	}
	return newTauB(n, score, tiesX, tiesY)
}

// orderPairs sorts the observations by x and, within equal x, by y; no value is
// missing. It returns the order numbers of y in that order, the ties of x and of
// y, and the number of pairs tied in both.
func orderPairs(x, y orderNumbers) (codes []uint32, tiesX, tiesY tieSums, joint int64) {
	next, tiesX := starts(x)
	dealt, tiesY := starts(y)
	byY := make([]uint32, len(y.codes)) // observations in the order of y
	for i, c := range y.codes {
		byY[dealt[c]] = uint32(i)
		dealt[c]++
	}
	// Dealing the observations out in the order of y keeps that order in each group.
	codes = make([]uint32, len(y.codes))
	for _, i := range byY {
		place := &next[x.codes[i]]
		codes[*place] = y.codes[i]
		*place++
	}
	lo := 0
	for _, hi := range next { // by now the ends of the groups
		joint += tiedPairs(codes[lo:hi])
		lo = hi
	}
	return codes, tiesX, tiesY, joint
}

// starts returns where each group of equal values begins in sorted order, and
// their ties.
func starts(o orderNumbers) (places []int, ties tieSums) {
	sizes := make([]int, o.distinct)
	for _, c := range o.codes {
		sizes[c]++
	}
	places = make([]int, o.distinct)
	from := 0
	for c, size := range sizes {
		places[c] = from
		from += size
		ties.add(size)
	}
	return places, ties
}

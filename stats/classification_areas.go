package stats

import (
	"context"
	"fmt"
	"math"

	"github.com/netanom/netanom/internal/parallel"
)

// ClassAreas are areas under ROC curves of more than two classes.
type ClassAreas struct {
	OneVsRest []Measure // of each class against all others, DeLong's interval; NaN for a class without rows
	Macro     Measure   // mean of OneVsRest over the classes with rows
	Weighted  Measure   // mean of OneVsRest by the number of rows
	HandTill  Measure   // mean over all pairs of classes that have rows, rows of other classes left out
}

// MeasureClassAreas returns the areas of probabilities, or other scores, of classes: one a
// class for each row, row after row, and truth the place of the class that the row is of.
// Of a pair of classes the area is the mean of the two that the scores of either give [1].
//
// The intervals are DeLong's, carried on: each row has a placement in every area that it
// is part of, and the variance of a mean of areas is the sum over the rows of the square
// of what their placements add to it [2]; Weighted adds what their class does to the
// shares of the classes. A class with a single row adds nothing to the variance of areas.
//
// The error wraps ErrLengths, ErrNotFinite or ErrTooFew, the last unless two classes have
// two rows, or is the cause of the end of ctx.
//
// [1] D. J. Hand and R. J. Till (2001), "A simple generalisation of the area under the ROC
// curve for multiple class classification problems", Machine Learning 45, 171–186.
//
// [2] See DeLong.
func MeasureClassAreas(ctx context.Context, scores []float64, truth []int32, classes int, level float64) (ClassAreas, error) {
	if err := checkLevel(level); err != nil {
		return ClassAreas{}, err
	}
	a, err := newClassAreas(scores, truth, classes)
	if err != nil {
		return ClassAreas{}, fmt.Errorf("areas under ROC curves: %w", err)
	}
	rest, pairs := make([]areaPart, classes), make([]areaPart, classes)
	err = parallel.Each(ctx, classes, 0, func(k int) error {
		if a.rows[k] > 0 {
			rest[k], pairs[k] = a.parts(k)
		}
		return nil
	})
	if err != nil {
		return ClassAreas{}, err
	}
	var out ClassAreas
	var macro, weighted, handTill areaPart
	n := float64(len(truth))
	for k := range classes {
		if a.rows[k] == 0 {
			out.OneVsRest = append(out.OneVsRest, undefinedMeasure())
			continue
		}
		out.OneVsRest = append(out.OneVsRest, measureArea(rest[k], level))
		macro.add(rest[k], 1/float64(a.present))
		weighted.add(rest[k], float64(a.rows[k])/n)
		handTill.add(pairs[k], 1/float64(a.present*(a.present-1)))
	}
	for i, k := range truth {
		weighted.part[i] += (rest[k].area - weighted.area) / n
	}
	out.Macro, out.Weighted, out.HandTill = measureArea(macro, level), measureArea(weighted, level), measureArea(handTill, level)
	return out, nil
}

// classAreas are the rows of the areas.
type classAreas struct {
	scores  []float64
	truth   []int32
	classes int
	rows    []int64 // by class
	present int     // classes with rows
}

// An areaPart is an area, or a sum of some, with what each row adds to its error: how far
// its placement is from the area, over the number of rows of its class.
type areaPart struct {
	area float64
	part []float64 // by row
}

// add adds an area so many times.
func (p *areaPart) add(o areaPart, times float64) {
	p.area += times * o.area
	if p.part == nil {
		p.part = make([]float64, len(o.part))
	}
	for i, v := range o.part {
		p.part[i] += times * v
	}
}

func newClassAreas(scores []float64, truth []int32, classes int) (*classAreas, error) {
	if classes < 2 || len(scores) != len(truth)*classes {
		return nil, fmt.Errorf("%d scores of %d rows and %d classes: %w", len(scores), len(truth), classes, ErrLengths)
	}
	if !allFinite(scores) {
		return nil, ErrNotFinite
	}
	a := &classAreas{scores: scores, truth: truth, classes: classes, rows: make([]int64, classes)}
	for i, k := range truth {
		if k < 0 || int(k) >= classes {
			return nil, fmt.Errorf("row %d has class %d of %d", i+1, k, classes)
		}
		a.rows[k]++
	}
	several := 0
	for _, n := range a.rows {
		if n > 0 {
			a.present++
		}
		if n > 1 {
			several++
		}
	}
	if several < 2 {
		return nil, fmt.Errorf("%d classes with two rows: %w", several, ErrTooFew)
	}
	return a, nil
}

// rankedRows are rows in the order of the score of a class, with ranks without gaps.
type rankedRows struct {
	rows  []uint32
	ranks []uint32 // by place in rows
}

// ranked returns all rows by the score of class k, and those of each class.
func (a *classAreas) ranked(k int) (all rankedRows, byClass []rankedRows) {
	column := make([]float64, len(a.truth))
	for i := range column {
		column[i] = a.scores[i*a.classes+k]
	}
	sorted := sortKeys(column)
	byClass = make([]rankedRows, a.classes)
	rank := uint32(0)
	forEachTie(sorted, func(lo, hi int) {
		for _, key := range sorted[lo:hi] {
			all.add(key.index, rank)
			byClass[a.truth[key.index]].add(key.index, rank)
		}
		rank++
	})
	return all, byClass
}

func (r *rankedRows) add(row, rank uint32) {
	r.rows, r.ranks = append(r.rows, row), append(r.ranks, rank)
}

// with returns the rows of both, which are apart, with ranks among them.
func (r rankedRows) with(o rankedRows) rankedRows {
	var out rankedRows
	i, j, rank := 0, 0, uint32(0)
	for i < len(r.rows) || j < len(o.rows) {
		lowest := uint32(math.MaxUint32)
		if i < len(r.ranks) {
			lowest = r.ranks[i]
		}
		if j < len(o.ranks) {
			lowest = min(lowest, o.ranks[j])
		}
		for ; i < len(r.ranks) && r.ranks[i] == lowest; i++ {
			out.add(r.rows[i], rank)
		}
		for ; j < len(o.ranks) && o.ranks[j] == lowest; j++ {
			out.add(o.rows[j], rank)
		}
		rank++
	}
	return out
}

// parts returns the area of a class against all others, and the sum of those against each
// one, all by its own score.
func (a *classAreas) parts(k int) (rest, pairs areaPart) {
	all, byClass := a.ranked(k)
	rest, pairs = areaPart{part: make([]float64, len(a.truth))}, areaPart{part: make([]float64, len(a.truth))}
	rest.place(a, k, all)
	for other := range byClass {
		if other != k && a.rows[other] > 0 {
			pairs.place(a, k, byClass[k].with(byClass[other]))
		}
	}
	return rest, pairs
}

// place adds the area of class k against the other rows among the given ones.
func (p *areaPart) place(a *classAreas, k int, r rankedRows) {
	positive := make([]bool, len(r.rows))
	var n [2]float64
	for i, row := range r.rows {
		positive[i] = a.truth[row] == int32(k)
		n[class(positive[i])]++
	}
	placed := placements(r.ranks, positive)
	var sum compensated
	for i, rank := range r.ranks {
		if positive[i] {
			sum = sum.add(placed[1][rank])
		}
	}
	area := sum.value() / n[1]
	p.area += area
	for i, row := range r.rows {
		if c := class(positive[i]); n[c] > 1 {
			p.part[row] += (placed[c][r.ranks[i]] - area) / math.Sqrt(n[c]*(n[c]-1))
		}
	}
}

// measureArea returns an area with its interval.
func measureArea(p areaPart, level float64) Measure {
	var variance compensated
	for _, v := range p.part {
		variance = variance.addProduct(v, v)
	}
	half := NormalQuantile((1+level)/2) * math.Sqrt(variance.value())
	return Measure{p.area, Interval{max(0, p.area-half), min(1, p.area+half), level}}
}

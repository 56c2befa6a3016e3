package tree

import (
	"cmp"
	"math"
	"slices"
)

// purity is what splits make larger: the weight of the rows times 1 − Gini's
// impurity, or times the entropy in bits, negative.
func (g *grower) purity(sums []float64) float64 {
	var weight, sum float64
	for _, w := range sums {
		weight += w
		if !g.entropy {
			sum += w * w
		} else if w > 0 {
			sum += w * math.Log2(w)
		}
	}
	switch {
	case !(weight > 0):
		return 0
	case g.entropy:
		return sum - weight*math.Log2(weight)
	}
	return sum / weight
}

// scan looks for the division of the groups, between places from and to, that is
// purer than the best split so far; the rows without a number go either way. The
// place is that of the first group that goes high.
func (g *grower) scan(from, to int) (at int, missingLow, ok bool) {
	s, k := &g.search, g.classes
	if k == 2 && !g.entropy && !s.gaps {
		at, ok = g.scanTwo(from, to)
		return at, false, ok
	}
	clear(s.left)
	for i := range to {
		for c, w := range s.sums[i*k : (i+1)*k] {
			s.left[c] += w
		}
		place := i + 1
		if place < from {
			continue
		}
		if g.better() {
			at, missingLow, ok = place, false, true
		}
		if s.gaps && place*k < len(s.sums) {
			for c, w := range s.missing {
				s.left[c] += w
			}
			if g.better() {
				at, missingLow, ok = place, true, true
			}
			for c, w := range s.missing {
				s.left[c] -= w
			}
		}
	}
	return at, missingLow, ok
}

// better reports whether what is left of the place is worth more than the best
// split so far, and notes how much.
func (g *grower) better() bool {
	s := &g.search
	for c, w := range s.left {
		s.right[c] = max(0, g.total[c]-w)
	}
	low, high := total(s.left), total(s.right)
	if !(low > 0 && high > 0) || low < g.leaf || high < g.leaf {
		return false
	}
	p := g.purity(s.left) + g.purity(s.right)
	if !(p > g.best.purity) {
		return false
	}
	g.best.purity = p
	return true
}

// scanTwo is scan for Gini's impurity of two classes, without missing numbers.
func (g *grower) scanTwo(from, to int) (at int, ok bool) {
	var l0, l1 float64
	t0, t1, best := g.total[0], g.total[1], g.best.purity
	sums := g.search.sums
	for i := range to {
		l0 += sums[2*i]
		l1 += sums[2*i+1]
		if i+1 < from {
			continue
		}
		r0, r1 := t0-l0, t1-l1
		l, r := l0+l1, r0+r1
		if !(l > 0 && r > 0) || l < g.leaf || r < g.leaf {
			continue
		}
		if p := ((l0*l0+l1*l1)*r + (r0*r0+r1*r1)*l) / (l * r); p > best {
			at, best, ok = i+1, p, true
		}
	}
	g.best.purity = best
	return at, ok
}

// orders is how many classes levels are ordered by at most.
const orders = 4

// tryLevels looks for the best division of levels. Those of two classes are put in
// the order of the share of the second, in which one of the divisions is the best of
// all [1]. For more classes there is no such order: they are ordered by the share of
// each of the commonest classes of the node in turn, up to four, and the best
// division of any order is taken.
//
// [1] L. Breiman et al. (1984), Classification and Regression Trees, theorem 4.5;
// W. D. Fisher (1958), JASA 53(284), 789–798.
func (g *grower) tryLevels(j int) {
	if g.classes == 2 {
		g.orderLevels(1)
		if at, _, ok := g.scan(1, len(g.search.codes)-1); ok {
			g.keep(j, at, false, false)
		}
		return
	}
	var classes []int
	for c, w := range g.total {
		if w > 0 {
			classes = append(classes, c)
		}
	}
	slices.SortStableFunc(classes, func(a, b int) int { return cmp.Compare(g.total[b], g.total[a]) })
	if len(classes) == 2 {
		classes = classes[:1]
	}
	for _, c := range classes[:min(orders, len(classes))] {
		g.orderLevels(c)
		if at, _, ok := g.scan(1, len(g.search.codes)-1); ok {
			g.keep(j, at, false, false)
		}
	}
}

// orderLevels orders the groups by the share of a class.
func (g *grower) orderLevels(class int) {
	s, k := &g.search, g.classes
	s.keyed = s.keyed[:0]
	for i := range s.codes {
		cells := s.sums[i*k : (i+1)*k]
		s.keyed = append(s.keyed, keyed{cells[class] / total(cells), int32(i)})
	}
	sortKeyed(s.keyed)
	s.order = s.order[:0]
	for _, e := range s.keyed {
		s.order = append(s.order, e.row)
	}
	s.reorder(k)
}

// reorder puts the groups in the order of s.order.
func (s *search) reorder(k int) {
	s.moved = append(s.moved[:0], s.sums...)
	var codes [256]uint8
	copy(codes[:], s.codes)
	for to, from := range s.order {
		s.codes[to] = codes[from]
		copy(s.sums[to*k:(to+1)*k], s.moved[int(from)*k:])
	}
}

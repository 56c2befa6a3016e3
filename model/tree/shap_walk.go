package tree

import (
	"math"

	"github.com/netanom/netanom/model/learn"
)

// A shapWalker explains rows, in scratch space of its own.
type shapWalker struct {
	*shap
	x      *learn.Matrix
	at     int // the row
	parts  []float64
	known  []factor // of each column, as the splits on the path so far have it
	points []point  // of the tree at hand
	levels []level  // by depth
}

// A factor is what a column contributes to the weight of a path, if it is known with
// probability t: (1−t)·unseen + t·seen.
type factor struct {
	unseen  float64   // the share of the training rows that the splits on it let through
	seen    float64   // 1 if they let the row through, 0 if not
	inverse []float64 // 1 over it, at each point; nil for a column that is not on the path
}

// A level is the scratch space of a node.
type level struct {
	weight  []float64 // of the path, at each point
	inverse []float64 // of the factor of the column that the split above looks at
	sum     []float64 // of weight times value over the leaves below
}

func (s *shap) walker(x *learn.Matrix) *shapWalker {
	w := &shapWalker{shap: s, x: x, parts: make([]float64, len(s.e.Columns)), known: make([]factor, len(s.e.Columns)), levels: make([]level, s.depth+1)}
	most := len(s.rules)
	room := make([]float64, 3*most*len(w.levels))
	for d := range w.levels {
		l := room[3*most*d:]
		w.levels[d] = level{weight: l[:most], inverse: l[most : 2*most], sum: l[2*most : 3*most]}
	}
	for j := range w.known {
		w.known[j] = factor{unseen: 1, seen: 1}
	}
	return w
}

// row fills parts with those of a row.
func (w *shapWalker) row(i int) {
	w.at = i
	clear(w.parts)
	for t, root := range w.e.Roots {
		w.points = w.rules[w.shap.points[t]]
		weight := w.levels[0].weight
		for q := range w.points {
			weight[q] = 1
		}
		w.walk(root, 0)
	}
}

// walk fills in the sum of the level of a node, and adds what the splits below are
// worth to the parts of their columns.
func (w *shapWalker) walk(node int32, depth int) {
	n := &w.e.Nodes[node]
	l := &w.levels[depth]
	sum := l.sum[:len(w.points)]
	if n.Column == Leaf {
		v := w.value[node]
		for q, p := range l.weight[:len(sum)] {
			sum[q] = v * p
		}
		return
	}
	clear(sum)
	before := w.known[n.Column]
	low := w.e.low(n, w.x, w.at)
	for side := range int32(2) {
		now := factor{unseen: before.unseen * w.share[n.Low+side]}
		if low == (side == 0) {
			now.seen = before.seen
		}
		if now.unseen == 0 && now.seen == 0 {
			continue // no weight at any point
		}
		if w.e.Nodes[n.Low+side].Column == Leaf {
			w.leaf(n.Low+side, l.weight, sum, n.Column, before, now)
			continue
		}
		w.child(n.Low+side, depth+1, n.Column, before, now)
		for q, s := range w.levels[depth+1].sum[:len(sum)] {
			sum[q] += s
		}
	}
	w.known[n.Column] = before
}

// child walks one side of a split, by which the factor of its column becomes another.
func (w *shapWalker) child(node int32, depth int, column int32, before, now factor) {
	l, weight := &w.levels[depth], w.levels[depth-1].weight
	now.inverse = l.inverse[:len(w.points)]
	for q, p := range w.points {
		f := now.unseen*(1-p.at) + now.seen*p.at
		now.inverse[q] = 1 / f
		if before.inverse != nil {
			f *= before.inverse[q]
		}
		l.weight[q] = weight[q] * f
	}
	w.known[column] = now
	w.walk(node, depth)
	part := (now.seen - now.unseen) * w.integral(l.sum, now.inverse)
	if before.inverse != nil {
		// The split above on this column has counted, or will count, these leaves with
		// the factor it knew.
		part -= (before.seen - before.unseen) * w.integral(l.sum, before.inverse)
	}
	w.parts[column] += part
}

// leaf is child for a leaf, where all comes to sums without a division. The weights
// and the sum are those of its parent.
func (w *shapWalker) leaf(node int32, weight, sum []float64, column int32, before, now factor) {
	v := w.value[node]
	if v == 0 {
		return
	}
	weight = weight[:len(sum)]
	var without, earlier float64
	if before.inverse == nil {
		for q, p := range w.points[:len(sum)] {
			without += p.weight * weight[q]
			sum[q] += v * weight[q] * (now.unseen*(1-p.at) + now.seen*p.at)
		}
	} else {
		inverse := before.inverse[:len(sum)]
		for q, p := range w.points[:len(sum)] {
			rest := weight[q] * inverse[q]
			full := rest * (now.unseen*(1-p.at) + now.seen*p.at)
			without += p.weight * rest
			earlier += p.weight * full * inverse[q]
			sum[q] += v * full
		}
	}
	w.parts[column] += v * ((now.seen-now.unseen)*without - (before.seen-before.unseen)*earlier)
}

// integral is that of what leaves add up to without the factor of a column.
func (w *shapWalker) integral(sum, inverse []float64) float64 {
	var total float64
	for q, p := range w.points {
		total += p.weight * sum[q] * inverse[q]
	}
	return total
}

// A point is one of those at which quadrature from 0 to 1 takes a function.
type point struct{ at, weight float64 }

// legendre returns the n points of Gauss–Legendre quadrature from 0 to 1, which is
// exact for polynomials of degree 2n−1: the roots of the Legendre polynomial, found
// by Newton's method from Tricomi's approximation (Press et al., "Numerical
// Recipes", 3rd ed., section 4.6.1).
func legendre(n int) []point {
	points := make([]point, n)
	for i := range points {
		z := math.Cos(math.Pi * (float64(i) + 0.75) / (float64(n) + 0.5))
		slope := 0.0
		for range 100 {
			p, before := 1.0, 0.0
			for k := range n {
				p, before = ((2*float64(k)+1)*z*p-float64(k)*before)/float64(k+1), p
			}
			slope = float64(n) * (z*p - before) / (z*z - 1)
			step := p / slope
			z -= step
			if math.Abs(step) < 1e-15 {
				break
			}
		}
		points[i] = point{at: (1 - z) / 2, weight: 1 / ((1 - z*z) * slope * slope)}
	}
	return points
}

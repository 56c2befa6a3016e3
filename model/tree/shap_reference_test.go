package tree

import "github.com/netanom/netanom/model/learn"

// explainRecursive is Shap by recursion from each root to the leaves, with a rule of
// its own size for each tree: the same sums in another order.
func explainRecursive(e *Ensemble, x *learn.Matrix, mix []float64) (parts [][]float64, base float64) {
	s := newRecursive(e, mix)
	w := s.walker(x)
	for range e.Columns {
		parts = append(parts, make([]float64, x.Rows))
	}
	for i := range x.Rows {
		w.row(i)
		for j, v := range w.parts {
			parts[j][i] = v
		}
	}
	return parts, s.base
}

// recursive is what all rows share.
type recursive struct {
	e      *Ensemble
	value  []float64 // of leaves, what they hold weighted with mix; of splits, the mean over the training rows below
	share  []float64 // of each node, its part of the training rows of its parent
	depth  int       // splits on the longest path
	points []int     // of each tree, how many points of quadrature it takes
	rules  [][]point // by how many points
	base   float64
}

func newRecursive(e *Ensemble, mix []float64) *recursive {
	s := &recursive{e: e, value: make([]float64, len(e.Nodes)), share: make([]float64, len(e.Nodes)), points: make([]int, len(e.Roots))}
	depth := make([]int, len(e.Nodes))
	on := make([]int, len(e.Columns))
	for t, root := range e.Roots {
		from, to := e.span(t)
		for i := to - 1; i >= from; i-- {
			s.node(t, i, mix)
		}
		s.base += s.value[root]
		for i := from; i < to; i++ {
			if n := &e.Nodes[i]; n.Column != Leaf {
				depth[n.Low], depth[n.Low+1] = depth[i]+1, depth[i]+1
				s.depth = max(s.depth, depth[i]+1)
			}
		}
		s.points[t] = max(1, (e.distinct(root, on)+1)/2)
		for len(s.rules) <= s.points[t] {
			s.rules = append(s.rules, legendre(len(s.rules)))
		}
	}
	return s
}

// node fills in the value of a node whose children have theirs, and their shares.
func (s *recursive) node(tree int, i int32, mix []float64) {
	n := &s.e.Nodes[i]
	if n.Column == Leaf {
		leaf := s.e.Values[n.Low : int(n.Low)+s.e.Width]
		if s.e.Outputs != nil {
			mix = mix[s.e.Outputs[tree]:][:1]
		}
		for k, v := range leaf {
			s.value[i] += mix[k] * v
		}
		return
	}
	low, high := s.e.Cover[n.Low], s.e.Cover[n.Low+1]
	part := 0.5
	if low+high > 0 {
		part = low / (low + high)
	}
	s.share[n.Low], s.share[n.Low+1] = part, 1-part
	s.value[i] = part*s.value[n.Low] + (1-part)*s.value[n.Low+1]
}

// distinct returns the largest number of different columns that a path from a node
// down looks at. on counts the splits on each column above, and comes back as it was.
func (e *Ensemble) distinct(node int32, on []int) int {
	n := &e.Nodes[node]
	if n.Column == Leaf {
		return 0
	}
	more := 0
	if on[n.Column] == 0 {
		more = 1
	}
	on[n.Column]++
	most := max(e.distinct(n.Low, on), e.distinct(n.Low+1, on))
	on[n.Column]--
	return most + more
}

// A recursiveWalker explains rows, in scratch space of its own.
type recursiveWalker struct {
	*recursive
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

func (s *recursive) walker(x *learn.Matrix) *recursiveWalker {
	w := &recursiveWalker{recursive: s, x: x, parts: make([]float64, len(s.e.Columns)), known: make([]factor, len(s.e.Columns)), levels: make([]level, s.depth+1)}
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
func (w *recursiveWalker) row(i int) {
	w.at = i
	clear(w.parts)
	for t, root := range w.e.Roots {
		w.points = w.rules[w.recursive.points[t]]
		weight := w.levels[0].weight
		for q := range w.points {
			weight[q] = 1
		}
		w.walk(root, 0)
	}
}

// walk fills in the sum of the level of a node, and adds what the splits below are
// worth to the parts of their columns.
func (w *recursiveWalker) walk(node int32, depth int) {
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
func (w *recursiveWalker) child(node int32, depth int, column int32, before, now factor) {
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
func (w *recursiveWalker) leaf(node int32, weight, sum []float64, column int32, before, now factor) {
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
func (w *recursiveWalker) integral(sum, inverse []float64) float64 {
	var total float64
	for q, p := range w.points {
		total += p.weight * sum[q] * inverse[q]
	}
	return total
}

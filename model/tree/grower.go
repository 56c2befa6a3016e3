package tree

import (
	"container/heap"
	"context"
	"math/rand/v2"
)

// options steer the growth of a tree. They are checked where settings are.
type options struct {
	entropy  bool // instead of Gini's impurity
	features int  // columns that each split may choose from
	depth    int  // splits above a leaf at most
	split    float64
	leaf     float64
	leaves   int // at most; 0: any number
	random   bool
}

// A grower grows trees, one after the other, in scratch space of its own.
type grower struct {
	*source
	options
	ctx    context.Context
	rng    *rand.Rand
	weight []float64 // by row, in the tree at hand
	pair   []uint64  // by row: its weight, in the half of its class
	rows   []int32   // of the tree; those of a node are neighbours, in ascending order
	spare  []int32

	// Of the node at hand:
	class   []int32   // by row: class
	counts  []float64 // by row: weight
	pairs   []uint64  // by row: weight, in the half of its class; instead of class and counts in large nodes
	total   []float64 // by class
	search  search
	best    split
	columns []int32 // in the order in which they are tried

	// Of the tree at hand:
	nodes []Node
	gain  []float64
	sums  []float64 // of each node, the weight of each class
	sets  []uint64
}

// A candidate is a node that may be split, and its rows.
type candidate struct {
	node     int32
	from, to int
	depth    int
	constant []uint64 // a bit for each column that is known not to vary in the rows
	split    split    // where the best split is sought before the next node is chosen
}

func newGrower(ctx context.Context, s *source, o options) *grower {
	n, k := s.x.Rows, s.classes
	side := n // rows whose classes and weights are put side by side at most
	if s.packed {
		side = min(n, exactRows)
	}
	g := &grower{
		source: s, options: o, ctx: ctx,
		weight: make([]float64, n), rows: make([]int32, n), spare: make([]int32, n),
		class: make([]int32, side), counts: make([]float64, side), total: make([]float64, k),
		columns: make([]int32, len(s.columns)),
	}
	if s.packed {
		g.pair, g.pairs = make([]uint64, n), make([]uint64, n)
	}
	g.search.init(k)
	return g
}

// grow grows a tree on the rows that weigh something.
func (g *grower) grow(rng *rand.Rand) *plant {
	g.rng = rng
	rows := g.rows[:0]
	for i, w := range g.weight {
		if w > 0 {
			rows = append(rows, int32(i))
			if g.packed {
				g.pair[i] = uint64(w) << (32 * g.y[i])
			}
		}
	}
	for j := range g.columns {
		g.columns[j] = int32(j)
	}
	k := g.classes
	g.nodes, g.gain, g.sums, g.sets = make([]Node, 1), make([]float64, 1), make([]float64, k), nil
	for _, r := range rows {
		g.sums[g.y[r]] += g.weight[r]
	}
	g.nodes[0] = Node{Column: Leaf, Set: -1}
	root := candidate{to: len(rows), constant: make([]uint64, words(len(g.columns)))}
	if g.leaves > 0 {
		g.bestFirst(root)
	} else {
		g.depthFirst(root)
	}
	return &plant{nodes: g.nodes, gain: g.gain, sums: g.sums, sets: g.sets, classes: k}
}

// depthFirst splits every node that can be.
func (g *grower) depthFirst(root candidate) {
	stack := []candidate{root}
	for steps := 0; len(stack) > 0; steps++ {
		c := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if (steps&63 == 0 || c.to-c.from > 1000) && g.ctx.Err() != nil {
			return
		}
		if !g.splittable(&c) || !g.find(&c) {
			continue
		}
		low, high := g.apply(&c, &g.best)
		stack = append(stack, high, low)
	}
}

// bestFirst splits the node of the largest gain until there are enough leaves.
func (g *grower) bestFirst(root candidate) {
	var q queue
	push := func(c candidate) {
		if g.splittable(&c) && g.find(&c) {
			c.split = g.best.clone()
			heap.Push(&q, c)
		}
	}
	push(root)
	for leaves := 1; leaves < g.leaves && len(q) > 0 && g.ctx.Err() == nil; leaves++ {
		c := heap.Pop(&q).(candidate)
		low, high := g.apply(&c, &c.split)
		push(low)
		push(high)
	}
}

// A queue gives the candidate of the largest gain first, and of equals the earliest.
type queue []candidate

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q queue) Less(i, j int) bool {
	if q[i].split.gain != q[j].split.gain {
		return q[i].split.gain > q[j].split.gain
	}
	return q[i].node < q[j].node
}
func (q *queue) Push(c any) { *q = append(*q, c.(candidate)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// splittable reports whether a node is mixed and the limits let it be split.
func (g *grower) splittable(c *candidate) bool {
	if c.depth >= g.depth || c.to-c.from < 2 {
		return false
	}
	present, weight := 0, 0.0
	for _, w := range g.sums[int(c.node)*g.classes : int(c.node+1)*g.classes] {
		if w > 0 {
			present++
		}
		weight += w
	}
	return present > 1 && weight >= g.split && weight >= 2*g.leaf
}

// find finds the best split among columns taken at random, and reports whether there
// is one. As in scikit-learn, columns are taken until there are enough and one of
// them varies.
func (g *grower) find(c *candidate) bool {
	rows := g.rows[c.from:c.to]
	g.gather(rows)
	copy(g.total, g.sums[int(c.node)*g.classes:])
	g.best.reset(g.purity(g.total))
	constant, own := c.constant, false
	varied := false
	for tried := 0; tried < len(g.columns) && (tried < g.features || !varied); tried++ {
		if len(rows) > 1<<16 && g.ctx.Err() != nil {
			return false
		}
		at := tried
		if g.features < len(g.columns) {
			at += g.rng.IntN(len(g.columns) - tried)
		}
		g.columns[tried], g.columns[at] = g.columns[at], g.columns[tried]
		j := int(g.columns[tried])
		if constant[j/64]>>(j%64)&1 == 1 {
			continue
		}
		if g.try(j, rows) {
			varied = true
			continue
		}
		if !own { // the sibling has the same list
			constant, own = append([]uint64(nil), constant...), true
		}
		constant[j/64] |= 1 << (j % 64)
	}
	c.constant = constant
	return g.best.column >= 0
}

// gather puts the classes and weights of the rows side by side.
func (g *grower) gather(rows []int32) {
	if g.packed {
		pairs := g.pairs[:len(rows)]
		for i, r := range rows {
			pairs[i] = g.pair[r]
		}
		if len(rows) > exactRows {
			return
		}
	}
	class, counts := g.class[:len(rows)], g.counts[:len(rows)]
	for i, r := range rows {
		class[i], counts[i] = g.y[r], g.weight[r]
	}
}

// apply makes a node a split, and returns its children.
func (g *grower) apply(c *candidate, s *split) (low, high candidate) {
	first := int32(len(g.nodes))
	n := Node{Column: int32(s.column), Low: first, Set: -1, MissingLow: s.missingLow}
	rows := g.rows[c.from:c.to]
	column := &g.source.columns[s.column]
	if column.levels {
		n.Set = int32(len(g.sets))
		g.sets = g.bins.Columns[s.column].Set(g.sets, func(b int) bool { return s.low[b/64]>>(b%64)&1 == 1 })
	} else {
		n.Value = g.threshold(s, rows)
	}
	g.nodes[c.node], g.gain[c.node] = n, s.gain
	leaf := Node{Column: Leaf, Set: -1}
	g.nodes = append(g.nodes, leaf, leaf)
	g.gain = append(g.gain, 0, 0)
	g.sums = append(append(g.sums, s.sums[0]...), s.sums[1]...)
	middle := c.from + g.partition(rows, s, n.Value)
	low = candidate{node: first, from: c.from, to: middle, depth: c.depth + 1, constant: c.constant}
	high = candidate{node: first + 1, from: middle, to: c.to, depth: c.depth + 1, constant: c.constant}
	return low, high
}

// partition puts the rows that go low before those that go high, and keeps their
// order otherwise. It returns how many go low.
func (g *grower) partition(rows []int32, s *split, value float64) int {
	low, high := 0, 0
	spare := g.spare[:len(rows)]
	if s.exact {
		x := g.x.Numbers[s.column]
		for _, r := range rows {
			v := x[r]
			if v <= value || v != v && s.missingLow {
				rows[low] = r
				low++
			} else {
				spare[high] = r
				high++
			}
		}
		copy(rows[low:], spare[:high])
		return low
	}
	var side [256]uint8
	for b := range side {
		side[b] = uint8(s.low[b/64] >> (b % 64) & 1)
	}
	codes := g.bins.Codes[s.column]
	for _, r := range rows {
		rows[low], spare[high] = r, r
		l := int(side[codes[r]])
		low += l
		high += 1 - l
	}
	copy(rows[low:], spare[:high])
	return low
}

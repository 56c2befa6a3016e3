package cluster

import (
	"context"
	"math"
	"slices"

	"github.com/netanom/netanom/model/neighbor"
)

// A boxTree halves points again and again where they are spread widest, and knows the
// box that those of each node lie in. Beside what neighbor.Index offers it lets a
// search leave out points as it goes, which linking clusters lives on.
//
// J. H. Friedman, J. L. Bentley and R. A. Finkel (1977), "An algorithm for finding
// best matches in logarithmic expected time", ACM Transactions on Mathematical
// Software 3(3), 209–226.
type boxTree struct {
	points *rows   // in the order of the tree
	order  []int32 // by point of the tree: the row it was
	nodes  []boxNode
	low    []float64 // by node, by number
	high   []float64
	masks  []uint64 // by node, by coded column: bits of the levels that occur
}

// A boxNode holds the points from..to. Its children are the next node, and right.
type boxNode struct {
	from, to int32
	right    int32 // 0 for a leaf
	parent   int32 // −1 at the top
}

// leafPoints is how many points are not worth a split.
const leafPoints = 16

// newBoxTree grows a tree on rows, or stops with the cause when ctx ends.
func newBoxTree(ctx context.Context, s *space, r *rows) (*boxTree, error) {
	t := &boxTree{order: make([]int32, r.N)}
	for i := range t.order {
		t.order[i] = int32(i)
	}
	g := &boxGrower{boxTree: t, ctx: ctx, space: s, rows: r, spare: make([]int32, r.N), counts: make([]int32, s.slots())}
	g.node(0, r.N, -1)
	t.points = r.take(t.order)
	return t, context.Cause(ctx)
}

// A boxGrower grows a tree, and orders points as it goes.
type boxGrower struct {
	*boxTree
	ctx    context.Context
	space  *space
	rows   *rows
	spare  []int32 // room for one side of a split
	sample []float64
	counts []int32 // by slot; 0 between uses
}

func (g *boxGrower) node(from, to int, parent int32) {
	at := len(g.nodes)
	g.nodes = append(g.nodes, boxNode{from: int32(from), to: int32(to), parent: parent})
	g.box(from, to)
	if to-from <= leafPoints || g.ctx.Err() != nil {
		return
	}
	middle := g.split(at, from, to)
	if middle == from || middle == to {
		return
	}
	g.node(from, middle, int32(at))
	g.nodes[at].right = int32(len(g.nodes))
	g.node(middle, to, int32(at))
}

// box adds the box of the points from..to.
func (g *boxGrower) box(from, to int) {
	w, c := g.rows.Width, g.rows.Codes
	first := g.rows.Row(int(g.order[from]))
	g.low, g.high = append(g.low, first...), append(g.high, first...)
	low, high := g.low[len(g.low)-w:], g.high[len(g.high)-w:]
	g.masks = append(g.masks, make([]uint64, c)...)
	masks := g.masks[len(g.masks)-c:]
	for _, i := range g.order[from:to] {
		for j, v := range g.rows.Row(int(i)) {
			low[j], high[j] = min(low[j], v), max(high[j], v)
		}
		for j, slot := range g.rows.Coded(int(i)) {
			masks[j] |= g.space.bit(j, slot)
		}
	}
}

const (
	levelBits  = 63
	noLevelBit = 1 << levelBits
)

// bit is that of a level. Levels share bits where there are more than these.
func (s *space) bit(c int, slot int32) uint64 {
	if int(slot) == s.missing(c) {
		return noLevelBit
	}
	return 1 << ((int(slot) - s.first[c]) % levelBits)
}

// split orders the points from..to so that those of the left child come first, and
// returns where the right begins: at an end, if they cannot be split.
func (g *boxGrower) split(at, from, to int) int {
	column, coded := g.widest(at, from, to)
	switch {
	case column < 0:
		return from
	case coded:
		most := g.commonest(column, from, to)
		return from + neighbor.Partition(g.order[from:to], g.spare, func(i int32) bool { return g.rows.Coded(int(i))[column] == most })
	}
	w := g.rows.Width
	low, high := g.low[at*w+column], g.high[at*w+column]
	g.take(column, from, to)
	slices.Sort(g.sample)
	cut := g.sample[len(g.sample)/2]
	if cut == high { // all that are equal to it go to the right
		below, _ := slices.BinarySearch(g.sample, high)
		cut = max(low, min(low/2+high/2, math.Nextafter(high, low)))
		if below > 0 {
			cut = g.sample[below-1]
		}
	}
	return from + neighbor.Partition(g.order[from:to], g.spare, func(i int32) bool { return g.rows.Row(int(i))[column] <= cut })
}

// statistics are of enough points if they are of so many of a node.
const samplePoints = 256

// take samples a column of numbers.
func (g *boxGrower) take(column, from, to int) {
	g.sample = g.sample[:0]
	for i := from; i < to; i += max(1, (to-from)/samplePoints) {
		g.sample = append(g.sample, g.rows.Row(int(g.order[i]))[column])
	}
}

// widest returns the column with the largest variance, and whether it is coded; −1
// if none varies. The variance of levels is that of columns of zeros and ones.
func (g *boxGrower) widest(at, from, to int) (column int, coded bool) {
	w := g.rows.Width
	best := 0.0
	column = -1
	for j := range w {
		if !(g.low[at*w+j] < g.high[at*w+j]) {
			continue
		}
		g.take(j, from, to)
		mean, squares := 0.0, 0.0
		for _, v := range g.sample {
			mean += v / float64(len(g.sample))
		}
		for _, v := range g.sample {
			squares += (v - mean) * (v - mean) / float64(len(g.sample))
		}
		if squares > best || column < 0 {
			best, column = squares, j
		}
	}
	for c := range g.rows.Codes {
		same, n := 0.0, 0.0
		for _, slot := range g.codes(c, from, to) {
			same += float64(2*g.counts[slot] + 1)
			g.counts[slot]++
			n++
		}
		clear(g.counts)
		if v := 1 - same/(n*n); v > best {
			best, column, coded = v, c, true
		}
	}
	return column, coded
}

// codes samples a coded column.
func (g *boxGrower) codes(column, from, to int) []int32 {
	var out []int32
	for i := from; i < to; i += max(1, (to-from)/samplePoints) {
		out = append(out, g.rows.Coded(int(g.order[i]))[column])
	}
	return out
}

// commonest returns the most frequent slot of a sample, the first of equally
// frequent ones.
func (g *boxGrower) commonest(column, from, to int) int32 {
	for _, slot := range g.codes(column, from, to) {
		g.counts[slot]++
	}
	most := 0
	for slot, n := range g.counts {
		if n > g.counts[most] {
			most = slot
		}
	}
	clear(g.counts)
	return int32(most)
}

package neighbor

import (
	"context"
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
)

// A tree halves points again and again, by the column in which they differ most, and
// knows the box that those of each node lie in [1].
//
// [1] J. H. Friedman, J. L. Bentley and R. A. Finkel (1977), "An algorithm for
// finding best matches in logarithmic expected time", ACM Transactions on
// Mathematical Software 3(3), 209–226.
type tree struct {
	nodes []node
	boxes []float64 // by node: the least numbers, then the largest
	masks []uint64  // by node, by coded column: the levels that occur
}

// A node holds the points from..to. Its children are the next node, and right.
type node struct {
	from, to int32
	right    int32 // 0 for a leaf
}

// leafPoints is how many points are not worth a split.
const leafPoints = 16

// Bits of a mask. Levels share them where there are more: a bit tells that a level
// may occur.
const (
	levelBits  = 63
	noLevelBit = 1 << levelBits
)

func maskOf(code int32) uint64 {
	if code == learn.NoLevel {
		return noLevelBit
	}
	return 1 << (code % levelBits)
}

// A grower grows a tree on points, and orders them as it goes.
type grower struct {
	ctx    context.Context
	points *Cells
	order  []int32
	counts []int32 // by level, of the largest coded column; 0 between uses
	codes  []int32
	spare  []int32 // room for one side of a split
	sample []float64
	tree
}

// grow returns the tree and the order of points in it, or the cause when ctx ends.
func grow(ctx context.Context, p *Cells, levels int) (tree, []int32, error) {
	g := &grower{ctx: ctx, points: p, order: make([]int32, p.N), counts: make([]int32, levels+1), spare: make([]int32, p.N)}
	for i := range g.order {
		g.order[i] = int32(i)
	}
	g.node(0, p.N)
	return g.tree, g.order, context.Cause(ctx)
}

// node adds the node of the points from..to, and those below.
func (g *grower) node(from, to int) {
	at := len(g.nodes)
	g.nodes = append(g.nodes, node{from: int32(from), to: int32(to)})
	g.box(from, to)
	if to-from <= leafPoints || g.ctx.Err() != nil {
		return
	}
	middle := g.split(at, from, to)
	if middle == from || middle == to {
		return
	}
	g.node(from, middle)
	g.nodes[at].right = int32(len(g.nodes))
	g.node(middle, to)
}

// box adds the box of the points from..to.
func (g *grower) box(from, to int) {
	w, c := g.points.Width, g.points.Codes
	first := g.points.Row(int(g.order[from]))
	g.boxes = append(append(g.boxes, first...), first...)
	low := g.boxes[len(g.boxes)-2*w:][:w:w]
	high := g.boxes[len(g.boxes)-w:]
	g.masks = append(g.masks, make([]uint64, c)...)
	masks := g.masks[len(g.masks)-c:]
	for _, i := range g.order[from:to] {
		for j, v := range g.points.Row(int(i)) {
			if v < low[j] {
				low[j] = v
			} else if v > high[j] {
				high[j] = v
			}
		}
		for j, code := range g.points.Coded(int(i)) {
			masks[j] |= maskOf(code)
		}
	}
}

// split orders the points from..to so that those of the left child come first, and
// returns where the right begins: at an end, if they cannot be split.
func (g *grower) split(at, from, to int) int {
	column, coded := g.widest(at, from, to)
	switch {
	case column < 0:
		return from
	case coded:
		left := g.levelsLeft(column, from, to)
		return from + Partition(g.order[from:to], g.spare, func(i int32) bool { return left(g.points.Levels[int(i)*g.points.Codes+column]) })
	}
	w := g.points.Width
	low, high := g.boxes[at*2*w+column], g.boxes[at*2*w+w+column]
	most := g.median(column, from, to, low, high)
	return from + Partition(g.order[from:to], g.spare, func(i int32) bool { return g.points.Numbers[int(i)*w+column] <= most })
}

// statistics are of enough points if they are of so many of a node.
const samplePoints = 512

// widest returns the column with the largest variance, and whether it is coded; −1
// if none varies. The variance of levels is that of columns of zeros and ones.
func (g *grower) widest(at, from, to int) (column int, coded bool) {
	w := g.points.Width
	low, high := g.boxes[at*2*w:][:w], g.boxes[at*2*w+w:][:w]
	step := max(1, (to-from)/samplePoints)
	best := 0.0
	column = -1
	for j := range w {
		if !(low[j] < high[j]) {
			continue
		}
		g.sample = g.sample[:0]
		for i := from; i < to; i += step {
			g.sample = append(g.sample, g.points.Numbers[int(g.order[i])*w+j])
		}
		if v := variance(g.sample); v > best || column < 0 {
			best, column = v, j
		}
	}
	for j := range g.points.Codes {
		g.sampleCodes(j, from, to)
		same, n := 0.0, float64(len(g.codes))
		for _, code := range g.codes {
			same += float64(2*g.counts[code+1] + 1)
			g.counts[code+1]++
		}
		for _, code := range g.codes {
			g.counts[code+1] = 0
		}
		if v := 1 - same/(n*n); v > best {
			best, column, coded = v, j, true
		}
	}
	return column, coded
}

// median returns a number that about half of the points do not exceed, at least one
// and not all.
func (g *grower) median(column, from, to int, low, high float64) float64 {
	step := max(1, (to-from)/samplePoints)
	g.sample = g.sample[:0]
	for i := from; i < to; i += step {
		g.sample = append(g.sample, g.points.Numbers[int(g.order[i])*g.points.Width+column])
	}
	slices.Sort(g.sample)
	m := g.sample[len(g.sample)/2]
	// Of points that are equal to m, all go to the same side: to the one that leaves
	// the sides better balanced.
	below, _ := slices.BinarySearch(g.sample, m)
	above := below
	for above < len(g.sample) && g.sample[above] == m {
		above++
	}
	if below > 0 && (m == high || len(g.sample)/2-below < above-len(g.sample)/2) {
		return g.sample[below-1]
	}
	if m < high {
		return m
	}
	return max(low, min(low/2+high/2, math.Nextafter(high, low)))
}

// sampleCodes takes a sample of a coded column.
func (g *grower) sampleCodes(column, from, to int) {
	step := max(1, (to-from)/samplePoints)
	g.codes = g.codes[:0]
	for i := from; i < to; i += step {
		g.codes = append(g.codes, g.points.Levels[int(g.order[i])*g.points.Codes+column])
	}
}

// levelsLeft says which levels of a column go to the left: the most frequent alone,
// if it has half of a sample, or else those of low codes, about half.
func (g *grower) levelsLeft(column, from, to int) func(int32) bool {
	g.sampleCodes(column, from, to)
	slices.Sort(g.codes)
	middle := g.codes[len(g.codes)/2]
	first, _ := slices.BinarySearch(g.codes, middle)
	last := first
	for last < len(g.codes) && g.codes[last] == middle {
		last++
	}
	if first == 0 || 2*(last-first) >= len(g.codes) {
		return func(code int32) bool { return code == middle }
	}
	return func(code int32) bool { return code < middle }
}

package boost

import (
	"context"
	"math"
)

// A node is a node of the tree that is growing.
type node struct {
	rows                []span // by shard
	cells               []cell // nil for a node that will not be split
	active              []int  // columns that may divide it
	total               cell
	value, lower, upper float64 // its value without shrinkage, and the bounds of its children's
	depth               int
	place               int // in tree.nodes
	best                split
	low                 int // the place of its children; 0 for a leaf
}

// A span is neighbouring rows of a shard.
type span struct{ from, to int }

// A grower grows trees on the rows of a table, one after the other.
type grower struct {
	*table
	rules
	crew      *crew
	shards    []shard
	of        []pair // by row: gradient, Hessian and count
	most      int    // count of a row at most
	maxLeaves int    // −1 for any number
	maxDepth  int
	bounded   bool // there are monotone constraints
	members   []member
	nodes     []*node
	ripe      queue
	free      [][]cell
	goes      [256]uint8 // of the split that is made: 1 for codes that go low
}

// A member is what one goroutine of the crew needs when it looks for splits of two
// children.
type member struct {
	small, large         finder
	smallOpen, largeOpen []int // columns that may divide them
	_                    [64]byte
}

// A job is the split of a node into its children.
type job struct {
	parent, small, large *node
	low, high            *node
	sum                  bool // the children may be split, too
}

// grow grows a tree at the leaf that gains most, until there are enough leaves or
// none gains any more. columns are those it may use. The result holds until the next
// call. It returns the cause when ctx ends first.
func (g *grower) grow(ctx context.Context, columns []int) ([]*node, error) {
	for _, n := range g.nodes {
		g.release(n)
	}
	root := g.plant(columns)
	g.nodes = append(g.nodes[:0], root)
	g.ripe.reset(g.maxLeaves < 0)
	g.ripe.add(root)
	for leaves := 1; leaves != g.maxLeaves; leaves++ {
		n := g.ripe.take()
		if n == nil {
			break
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		low, high := g.divide(n, leaves+1 != g.maxLeaves)
		g.ripe.add(low)
		g.ripe.add(high)
	}
	return g.nodes, nil
}

// plant returns the root, with its best split.
func (g *grower) plant(columns []int) *node {
	root := &node{rows: make([]span, len(g.shards)), active: columns, lower: math.Inf(-1), upper: math.Inf(1)}
	totals := make([]cell, len(g.shards))
	g.crew.do(func(m int) {
		s := &g.shards[m]
		root.rows[m] = span{0, copy(s.rows, s.all)}
		var total cell
		for _, r := range s.rows {
			total.add(g.of[r].cell())
		}
		totals[m] = total
		s.sum(g.table, s.rows, g.of, g.most)
	})
	for _, c := range totals {
		root.total.add(c)
	}
	if root.total.n < 2*g.minRows || float64(root.total.h) < 2*g.minHessian {
		return root
	}
	root.value = -float64(root.total.g) / (float64(root.total.h) + g.l2)
	root.cells = g.storage()
	g.search(job{small: root})
	return root
}

// divide splits a node. more says whether the children may be split in turn.
func (g *grower) divide(n *node, more bool) (low, high *node) {
	low, high = g.children(n)
	j := job{parent: n, small: high, large: low, low: low, high: high}
	if low.total.n < high.total.n {
		j.small, j.large = low, high
	}
	j.sum = more && (g.open(low) || g.open(high))
	n.low, low.place, high.place = len(g.nodes), len(g.nodes), len(g.nodes)+1
	g.nodes = append(g.nodes, low, high)

	column := &g.columns[n.best.column]
	n.best.lows(column, &g.goes)
	g.crew.do(func(m int) {
		s := &g.shards[m]
		at := n.rows[m]
		middle := at.from + partition(s.rows[at.from:at.to], s.spare, column.codes, &g.goes)
		low.rows[m], high.rows[m] = span{at.from, middle}, span{middle, at.to}
		if j.sum {
			s.sum(g.table, s.rows[j.small.rows[m].from:j.small.rows[m].to], g.of, g.most)
		}
	})
	if j.sum {
		j.small.cells, j.large.cells = g.storage(), n.cells
		n.cells = nil
		g.search(j)
	}
	g.release(n)
	return low, high
}

// children returns those of a node that is split, with their sums, values and bounds.
func (g *grower) children(n *node) (low, high *node) {
	spans := make([]span, 2*len(g.shards))
	rest := n.total
	rest.sub(n.best.low)
	f := finder{rules: g.rules, lower: n.lower, upper: n.upper}
	child := func(total cell, rows []span) *node {
		return &node{
			rows: rows, total: total, depth: n.depth + 1, lower: n.lower, upper: n.upper,
			value: f.value(float64(total.g), float64(total.h)),
		}
	}
	low, high = child(n.best.low, spans[:len(g.shards)]), child(rest, spans[len(g.shards):])
	middle := (low.value + high.value) / 2
	switch sign := g.columns[n.best.column].sign; {
	case sign > 0:
		low.upper, high.lower = middle, middle
	case sign < 0:
		low.lower, high.upper = middle, middle
	}
	return low, high
}

// open reports whether a leaf might be split.
func (g *grower) open(n *node) bool {
	return n.total.n >= 2*g.minRows && float64(n.total.h) >= 2*g.minHessian && n.depth < g.maxDepth
}

// partition puts the rows that go low first, each part in the order it was in, and
// returns how many these are. spare has room for all rows.
func partition(rows, spare []uint32, codes []uint8, goes *[256]uint8) int {
	low, high := 0, 0
	spare = spare[:len(rows)]
	for _, r := range rows {
		rows[low], spare[high] = r, r // one of them to be overwritten: no jump
		step := int(goes[codes[r]])
		low += step
		high += 1 - step
	}
	copy(rows[low:], spare[:high])
	return low
}

// search gathers the sums of the smaller child, takes them from those of the parent
// for the larger one, and finds the best split of both. Without a parent it does so for
// the smaller alone.
func (g *grower) search(j job) {
	columns := j.small.active
	if j.parent != nil {
		columns = j.parent.active
	}
	smallOpen, largeOpen := g.open(j.small), j.large != nil && g.open(j.large)
	shares := g.shares(columns)
	g.crew.do(func(m int) {
		w := &g.members[m]
		w.small.reset(j.small, g.rules, g.bounded)
		if j.large != nil {
			w.large.reset(j.large, g.rules, g.bounded)
		}
		w.smallOpen, w.largeOpen = w.smallOpen[:0], w.largeOpen[:0]
		for _, k := range columns[shares[m]:shares[m+1]] {
			c := &g.columns[k]
			cells := j.small.cells[c.at : c.at+c.size]
			g.gather(cells, k, g.shards, j.small.total)
			if smallOpen && w.small.find(c, k, cells) {
				w.smallOpen = append(w.smallOpen, k)
			}
			if j.large == nil {
				continue
			}
			rest := j.large.cells[c.at : c.at+c.size]
			for i := range rest {
				rest[i].sub(cells[i])
			}
			if largeOpen && w.large.find(c, k, rest) {
				w.largeOpen = append(w.largeOpen, k)
			}
		}
	})
	g.choose(j)
	for _, n := range [...]*node{j.small, j.large} {
		if n != nil && n.best.gain == 0 {
			g.release(n)
		}
	}
}

// choose takes the best of the splits that the members have found.
func (g *grower) choose(j job) {
	j.small.active = nil
	for m := range g.members {
		w := &g.members[m]
		j.small.active = append(j.small.active, w.smallOpen...)
		if w.small.best.gain > j.small.best.gain {
			j.small.best = w.small.best
		}
		if j.large == nil {
			continue
		}
		j.large.active = append(j.large.active, w.largeOpen...)
		if w.large.best.gain > j.large.best.gain {
			j.large.best = w.large.best
		}
	}
}

// shares divides columns among the members so that each has about as many cells:
// member m has those from place m on up to place m+1.
func (g *grower) shares(columns []int) []int {
	total := 0
	for _, k := range columns {
		total += g.columns[k].size
	}
	shares := make([]int, len(g.members)+1)
	at, sum := 0, 0
	for m := range g.members {
		for at < len(columns) && sum*len(g.members) < (m+1)*total {
			sum += g.columns[columns[at]].size
			at++
		}
		shares[m+1] = at
	}
	return shares
}

// storage returns room for the cells of a node.
func (g *grower) storage() []cell {
	if n := len(g.free); n > 0 {
		cells := g.free[n-1]
		g.free = g.free[:n-1]
		return cells
	}
	return make([]cell, g.cells)
}

// release takes back the cells of a node.
func (g *grower) release(n *node) {
	if n.cells != nil {
		g.free = append(g.free, n.cells)
		n.cells = nil
	}
}

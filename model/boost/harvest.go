package boost

import (
	"slices"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/tree"
)

// mostGain bounds gains where weights are huge, so that their sum is finite.
const mostGain = 1e290

// add adds a tree that has grown to the ensemble, and its leaves' values to the
// predictions of output out.
func (b *booster) add(nodes []*node, out int) {
	root := int32(len(b.trees.Nodes))
	b.trees.Roots = append(b.trees.Roots, root)
	if b.loss.outputs() > 1 {
		b.trees.Outputs = append(b.trees.Outputs, int32(out))
	}
	for _, n := range nodes {
		if n.low == 0 {
			n.value *= b.LearningRate
			b.trees.Nodes = append(b.trees.Nodes, tree.Node{Column: tree.Leaf, Low: int32(len(b.trees.Values)), Set: -1})
			b.trees.Values = append(b.trees.Values, n.value)
			b.trees.Gain = append(b.trees.Gain, 0)
			continue
		}
		b.trees.Nodes = append(b.trees.Nodes, b.split(n, nodes[n.low], nodes[n.low+1], root))
		b.trees.Gain = append(b.trees.Gain, min(n.best.gain/b.scale, mostGain))
	}
	b.crew.do(func(m int) {
		rows := b.shards[m].rows
		for _, n := range nodes {
			if n.low == 0 {
				b.loss.update(out, rows[n.rows[m].from:n.rows[m].to], n.value)
			}
		}
	})
	b.trees.Cover = append(b.trees.Cover, b.cover(nodes)...)
}

// split returns a node that is split as it is stored.
func (b *booster) split(n, low, high *node, root int32) tree.Node {
	c := &b.columns[n.best.column]
	bins := &b.bins.Columns[c.source]
	out := tree.Node{Column: int32(c.source), Low: root + int32(n.low), Set: -1, MissingLow: n.best.missingLow}
	if !c.missing {
		out.MissingLow = low.total.n > high.total.n
	}
	if n.best.set == nil {
		out.Value = bins.Threshold(n.best.bin)
		return out
	}
	out.Set = int32(len(b.trees.Sets))
	b.trees.Sets = bins.Set(b.trees.Sets, func(k int) bool {
		if !b.occurs(c, k) {
			return out.MissingLow
		}
		return n.best.set[k/64]>>(k%64)&1 == 1
	})
	return out
}

// occurs reports whether a bin has rows.
func (b *booster) occurs(c *column, bin int) bool { return c.occur[bin/64]>>(bin%64)&1 == 1 }

// cover returns the weight of the training rows of each node.
func (b *booster) cover(nodes []*node) []float64 {
	cover := make([]float64, len(nodes))
	if b.w.by != nil && !b.w.counts {
		b.weigh(cover, nodes)
	}
	for i := len(nodes) - 1; i >= 0; i-- {
		n := nodes[i]
		switch {
		case b.w.by == nil || b.w.counts:
			cover[i] = float64(n.total.n)
		case n.low != 0:
			cover[i] = cover[n.low] + cover[n.low+1]
		}
	}
	return cover
}

// weigh writes the weights of leaves to cover, summed in whole numbers so that their
// order has no part in it.
func (b *booster) weigh(cover []float64, nodes []*node) {
	sums := make([][]int64, len(b.shards))
	b.crew.do(func(m int) {
		sums[m] = make([]int64, len(nodes))
		rows := b.shards[m].rows
		for i, n := range nodes {
			if n.low != 0 {
				continue
			}
			for _, r := range rows[n.rows[m].from:n.rows[m].to] {
				if b.of[r].cell().n > 0 {
					sums[m][i] += max(1, units(b.w.by[r]*b.scale))
				}
			}
		}
	})
	for i := range nodes {
		var sum int64
		for m := range sums {
			sum += sums[m][i]
		}
		cover[i] = float64(sum) / b.scale
	}
}

// model returns what the fit has come to: where rows were held back, up to the round
// after which their loss was least.
func (b *booster) model(y *learn.Target) *Model {
	m := &Model{ClassNames: slices.Clone(y.Classes), Base: b.loss.base(), Trees: b.trees, Losses: b.history}
	if len(b.history) > 1 {
		best := 1 // one round at least, for there must be a tree
		for i := 2; i < len(b.history); i++ {
			if b.history[i] < b.history[best] {
				best = i
			}
		}
		cut(m.Trees, best*len(m.Base))
	}
	return m
}

// cut drops all trees of an ensemble but the first ones.
func cut(e *tree.Ensemble, trees int) {
	if trees >= len(e.Roots) {
		return
	}
	nodes := e.Roots[trees]
	values, sets := 0, 0
	for _, n := range e.Nodes[:nodes] {
		switch {
		case n.Column == tree.Leaf:
			values = max(values, int(n.Low)+e.Width)
		case n.Set >= 0:
			sets = max(sets, int(n.Set)+(len(e.Columns[n.Column].Levels)+63)/64)
		}
	}
	e.Roots, e.Outputs = e.Roots[:trees:trees], e.Outputs[:min(trees, len(e.Outputs))]
	e.Nodes, e.Cover, e.Gain = e.Nodes[:nodes:nodes], e.Cover[:nodes:nodes], e.Gain[:min(int(nodes), len(e.Gain))]
	e.Values, e.Sets = e.Values[:values:values], e.Sets[:sets:sets]
}

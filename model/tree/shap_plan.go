package tree

import (
	"slices"
	"sync"
)

// shap is what explaining any row takes: the trees of which the outputs, mixed, depend
// on the row.
type shap struct {
	e       *Ensemble
	mix     []float64
	base    float64
	stands  []stand
	forks   int // of the largest stand
	spots   int // of the largest stand
	walkers sync.Pool
}

// newShap prepares for explaining outputs of a mix.
func newShap(e *Ensemble, mix []float64) *shap {
	s := &shap{e: e, mix: mix}
	p := shapPlanner{e: e, layout: e.compiled(), means: make([]float64, len(e.Nodes)), flat: make([]bool, len(e.Nodes)), open: make([]opening, len(e.Columns))}
	var plots []*plot // by groups of points, less one
	for t, root := range e.Roots {
		from, to := e.span(t)
		for i := to - 1; i >= from; i-- {
			p.mean(t, i, mix)
		}
		s.base += p.means[root]
		if p.flat[root] {
			continue
		}
		k := (p.distinct(root) - 1) / (2 * points)
		for len(plots) <= k {
			plots = append(plots, newPlot(newRule(len(plots)+1)))
		}
		if len(plots[k].forks)+int(to-from)/2 > standForks {
			s.add(plots[k])
			plots[k] = newPlot(plots[k].rule)
		}
		p.plot = plots[k]
		p.fork(root, 0)
	}
	for _, last := range plots {
		s.add(last)
	}
	return s
}

// standForks is how many forks a stand of several trees may have.
const standForks = 128

// add adds the stand of a plot, if there is anything on it.
func (s *shap) add(p *plot) {
	if len(p.forks) == 0 {
		return
	}
	of := p.stand()
	s.stands = append(s.stands, of)
	s.forks = max(s.forks, len(of.forks))
	s.spots = max(s.spots, len(of.forks)+len(of.leaves))
}

// A shapPlanner finds what trees are when rows are explained.
type shapPlanner struct {
	e      *Ensemble
	layout *layout
	means  []float64 // of each node, the mean over the training rows of what leaves below hold
	flat   []bool    // of each node, all leaves below hold the same
	open   []opening // of each column, the last fork on the path
	plot   *plot     // what forks are added to
}

// An opening is the last fork on a path that looks at a column.
type opening struct {
	above int32   // as in fork; −1 while only columns are counted
	share float64 // of the training rows, that the splits on the column so far let through
}

// mean fills in what leaves below a node hold, of its children known.
func (p *shapPlanner) mean(tree int, i int32, mix []float64) {
	n := &p.e.Nodes[i]
	if n.Column != Leaf {
		share := p.share(n)
		p.means[i] = share[0]*p.means[n.Low] + share[1]*p.means[n.Low+1]
		if p.flat[i] = p.flat[n.Low] && p.flat[n.Low+1] && p.means[n.Low] == p.means[n.Low+1]; p.flat[i] {
			p.means[i] = p.means[n.Low]
		}
		return
	}
	if p.e.Outputs != nil {
		mix = mix[p.e.Outputs[tree]:][:1]
	}
	for k, v := range p.e.Values[n.Low : int(n.Low)+p.e.Width] {
		p.means[i] += mix[k] * v
	}
	p.flat[i] = true
}

// share returns the parts of the training rows of a split that went low and high.
func (p *shapPlanner) share(n *Node) [2]float64 {
	low, high := p.e.Cover[n.Low], p.e.Cover[n.Low+1]
	part := 0.5
	if low+high > 0 {
		part = low / (low + high)
	}
	return [2]float64{part, 1 - part}
}

// distinct returns the largest number of different columns that a path from a node
// down looks at.
func (p *shapPlanner) distinct(node int32) int {
	if p.flat[node] {
		return 0
	}
	n := &p.e.Nodes[node]
	before, more := p.open[n.Column].above, 0
	if before == 0 {
		p.open[n.Column].above, more = -1, 1
	}
	most := max(p.distinct(n.Low), p.distinct(n.Low+1))
	p.open[n.Column].above = before
	return most + more
}

// fork adds a split and what is below to the plot, and returns its number, or that of
// a leaf.
func (p *shapPlanner) fork(node int32, depth int) int32 {
	if p.flat[node] {
		return p.plot.leaf(p.means[node])
	}
	n, at := &p.e.Nodes[node], int32(len(p.plot.forks))
	step, before := &p.layout.nodes[node], p.open[n.Column]
	f := fork{value: step.value, slot: step.slot, share: p.share(n), column: points * n.Column, above: before.above}
	share := 1.0
	if before.above != 0 {
		share = before.share
	}
	p.plot.forks, p.plot.depths, p.plot.shares = append(p.plot.forks, f), append(p.plot.depths, depth), append(p.plot.shares, share)
	for side := range int32(2) {
		p.open[n.Column] = opening{above: (at+1)<<1 | side, share: share * f.share[side]}
		child := p.fork(n.Low+side, depth+1)
		p.plot.forks[at].child[side] = child
	}
	p.open[n.Column] = before
	return at
}

// A plot is where a stand is planned. Forks are told by their numbers, leaves by the
// complement of theirs.
type plot struct {
	rule   *rule
	forks  []fork    // tree by tree, from left to right
	depths []int     // of each
	shares []float64 // of each, the part of the training rows that the forks above on its column let through
	leaves []float64
	places map[float64]int32 // in leaves
}

func newPlot(r *rule) *plot { return &plot{rule: r, places: make(map[float64]int32)} }

// leaf returns the number of a leaf.
func (p *plot) leaf(v float64) int32 {
	at, ok := p.places[v]
	if !ok {
		at = int32(len(p.leaves))
		p.places[v] = at
		p.leaves = append(p.leaves, v)
	}
	return ^at
}

// stand puts the roots first, then the other forks that lead to others, by their
// depth, and then the rest.
func (p *plot) stand() stand {
	s := stand{forks: make([]fork, 0, len(p.forks)), leaves: p.leaves, rule: p.rule}
	for i, depth := range p.depths {
		c := p.forks[i].child
		switch {
		case depth == 0:
			s.roots++
			s.inner++
		case c[0] >= 0 || c[1] >= 0:
			s.inner++
		default:
			p.depths[i] = len(p.forks)
		}
	}
	order, places := p.order()
	var shares []float64
	for _, i := range order {
		f := p.placed(i, places)
		if f.ratio = ratioSize * ratioFirst; f.above > 0 {
			f.ratio = ratioSize * (ratioOwn + int32(len(shares)))
			shares = append(shares, p.shares[i])
		}
		if f.slot < 0 {
			f.slot = ^f.slot
			s.sets = append(s.sets, int32(len(s.forks)))
		}
		s.forks = append(s.forks, f)
	}
	s.ratios = p.rule.ratios(shares)
	return s
}

// order returns the forks by their depths, and the place of each.
func (p *plot) order() (order, places []int32) {
	order, places = make([]int32, len(p.forks)), make([]int32, len(p.forks))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return p.depths[a] - p.depths[b] })
	for at, i := range order {
		places[i] = int32(at)
	}
	return order, places
}

// placed returns a fork with places instead of numbers.
func (p *plot) placed(i int32, places []int32) fork {
	f := p.forks[i]
	if f.above > 0 {
		f.above = (places[f.above>>1-1]+1)<<1 | f.above&1
	}
	for side, c := range f.child {
		if c < 0 {
			f.child[side] = spotSize * (int32(len(places)) + ^c)
		} else {
			f.child[side] = spotSize * places[c]
		}
	}
	return f
}

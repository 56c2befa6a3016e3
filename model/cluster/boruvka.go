package cluster

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync/atomic"

	"github.com/netanom/netanom/internal/parallel"
)

// An edge joins two rows. Edges are ordered by length, then by their rows.
type edge struct {
	a, b   int32 // a < b
	length float64
}

func (e edge) compare(f edge) int {
	return cmp.Or(cmp.Compare(e.length, f.length), cmp.Compare(e.a, f.a), cmp.Compare(e.b, f.b))
}

// A spanner finds the minimum spanning tree of mutual reachability distances: the
// distance of two points, or the core distance of one of them if that is larger. In
// each round every component is joined to the one nearest to it [1, 2].
//
// [1] O. Borůvka (1926), "O jistém problému minimálním", Práce Moravské
// přírodovědecké společnosti 3, 37–58.
//
// [2] W. B. March, P. Ram and A. G. Gray (2010), "Fast Euclidean minimum spanning
// tree: algorithm, analysis, and applications", KDD '10, 603–612.
type spanner struct {
	ctx       context.Context
	space     *space
	tree      *boxTree
	core      []float64 // by point of the tree
	least     []float64 // by node: the least core distance
	lead      []int32   // by point: leads to the first of its component
	component []int32   // by point: the first of its component
	inside    []int32   // by node: the component of all its points, or −1
	nearest   []edge    // by point: the edge to the nearest point outside; b is −1 if that is not known, and the length one that it is not below
	best      []atomic.Uint64
}

// span returns the edges of the tree of rows, by rising length. core are the core
// distances of rows.
func span(ctx context.Context, s *space, r *rows, core []float64, workers int) ([]edge, error) {
	t, err := newBoxTree(ctx, s, r)
	if err != nil {
		return nil, err
	}
	p := &spanner{ctx: ctx, space: s, tree: t, core: make([]float64, r.N), least: make([]float64, len(t.nodes))}
	p.lead, p.component, p.inside = make([]int32, r.N), make([]int32, r.N), make([]int32, len(t.nodes))
	p.nearest, p.best = make([]edge, r.N), make([]atomic.Uint64, r.N)
	for at, i := range t.order {
		p.core[at] = core[i]
		p.lead[at] = int32(at)
		p.nearest[at] = edge{int32(at), -1, core[i]}
	}
	p.leastCores()
	var edges []edge
	for len(edges) < r.N-1 {
		found, err := p.round(workers)
		if err != nil {
			return nil, err
		}
		edges = append(edges, found...)
	}
	for i, e := range edges {
		a, b := t.order[e.a], t.order[e.b]
		edges[i] = edge{min(a, b), max(a, b), e.length}
	}
	slices.SortFunc(edges, edge.compare)
	return edges, nil
}

func (p *spanner) leastCores() {
	for at := len(p.tree.nodes) - 1; at >= 0; at-- {
		n := &p.tree.nodes[at]
		if n.right != 0 {
			p.least[at] = min(p.least[at+1], p.least[n.right])
		} else {
			p.least[at] = slices.Min(p.core[n.from:n.to])
		}
	}
}

// top is the first point of the component of point i.
func (p *spanner) top(i int32) int32 {
	for p.lead[i] != i {
		p.lead[i] = p.lead[p.lead[i]]
		i = p.lead[i]
	}
	return i
}

// round joins each component to the nearest other, and returns the new edges.
func (p *spanner) round(workers int) ([]edge, error) {
	p.begin()
	const block = 64
	n := len(p.core)
	err := parallel.Do(p.ctx, (n+block-1)/block, workers, func() func(int) {
		return func(b int) {
			for i := b * block; i < min((b+1)*block, n); i++ {
				p.look(i)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	shortest := make(map[int32]edge)
	var components []int32
	for i, e := range p.nearest {
		if e.b < 0 {
			continue
		}
		e = edge{min(e.a, e.b), max(e.a, e.b), e.length}
		c := p.component[i]
		if f, ok := shortest[c]; !ok {
			components = append(components, c)
			shortest[c] = e
		} else if e.compare(f) < 0 {
			shortest[c] = e
		}
	}
	var out []edge
	for _, c := range components {
		e := shortest[c]
		a, b := p.top(e.a), p.top(e.b)
		if a != b {
			p.lead[max(a, b)] = min(a, b)
			out = append(out, e)
		}
	}
	return out, nil
}

// begin marks components, and what is known of them.
func (p *spanner) begin() {
	for i := range p.component {
		p.component[i] = p.top(int32(i))
		p.best[i].Store(math.Float64bits(math.Inf(1)))
	}
	for at := len(p.tree.nodes) - 1; at >= 0; at-- {
		n := &p.tree.nodes[at]
		if n.right != 0 {
			if p.inside[at] = p.inside[at+1]; p.inside[at] != p.inside[n.right] {
				p.inside[at] = -1
			}
			continue
		}
		p.inside[at] = p.component[n.from]
		for _, c := range p.component[n.from:n.to] {
			if c != p.inside[at] {
				p.inside[at] = -1
			}
		}
	}
	for i := range p.nearest {
		e := &p.nearest[i]
		if e.b >= 0 && p.component[e.b] == p.component[i] {
			e.b = -1
		}
		if e.b >= 0 {
			p.lower(p.component[i], e.length)
		}
	}
}

// lower notes that a component has an edge so long. Lengths are not negative, so that
// their bits are ordered as they are.
func (p *spanner) lower(component int32, length float64) {
	bits := math.Float64bits(length)
	at := &p.best[component]
	for was := at.Load(); bits < was; was = at.Load() {
		if at.CompareAndSwap(was, bits) {
			return
		}
	}
}

// look finds the point outside that is nearest to point i, unless its component has a
// shorter edge. Whether it looks depends on what other goroutines found; the shortest
// edge of the component does not.
func (p *spanner) look(i int) {
	e := p.nearest[i]
	c := p.component[i]
	limit := math.Float64frombits(p.best[c].Load())
	if e.b >= 0 || e.length > limit {
		return
	}
	q := query{spanner: p, from: p.space.place(p.tree.points, i), core: p.core[i], component: c}
	q.found = edge{int32(i), -1, limit}
	q.squared = squaredLimit(limit)
	q.walk(0)
	p.nearest[i] = q.found
	if q.found.b >= 0 {
		p.lower(c, q.found.length)
	}
}

// rounding is by what share a distance may lie above a core distance, which was summed
// up in another order, and still count as the same. Equal lengths belong together in
// the tree of clusters.
const rounding = 1e-12

// squaredLimit is a number that no square of a distance that counts as within the
// limit exceeds.
func squaredLimit(limit float64) float64 {
	return math.Nextafter(limit*limit*(1+4*rounding), math.Inf(1))
}

// A query looks for the nearest point outside a component, the first of equally near
// ones.
type query struct {
	*spanner
	from      place
	core      float64
	component int32
	found     edge
	squared   float64 // of a distance that matters
}

func (q *query) walk(at int) {
	if q.inside[at] == q.component || q.least[at] > q.found.length {
		return
	}
	n := &q.tree.nodes[at]
	if n.right == 0 {
		q.scan(int(n.from), int(n.to))
		return
	}
	near, far := at+1, int(n.right)
	a, b := q.tree.toBox(&q.from, near, q.squared), q.tree.toBox(&q.from, far, q.squared)
	if b < a {
		near, far, a, b = far, near, b, a
	}
	if a <= q.squared {
		q.walk(near)
	}
	if b <= q.squared {
		q.walk(far)
	}
}

func (q *query) scan(from, to int) {
	for p := from; p < to; p++ {
		if q.spanner.component[p] == q.component || q.spanner.core[p] > q.found.length {
			continue
		}
		d := q.tree.toPoint(q.space, &q.from, p, q.squared)
		if d > q.squared {
			continue
		}
		length := max(q.core, q.spanner.core[p])
		if d := math.Sqrt(d); d > length*(1+rounding) {
			length = d
		}
		first := q.found.b < 0 || int32(p) < q.found.b
		if length < q.found.length || length == q.found.length && first {
			q.found.b, q.found.length = int32(p), length
			q.squared = squaredLimit(length)
		}
	}
}

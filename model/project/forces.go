package project

import (
	"context"
	"math"

	"github.com/netanom/netanom/internal/parallel"
)

// forces are what moves the points of a t-SNE, by the approximation of Barnes and Hut:
// squares of far points repel as one. Every sum has an order that follows from the points
// alone.
type forces struct {
	p    *graph
	tree quadTree
	// By group of the tree:
	rests []float64 // shares of the sum over all pairs
	costs []float64 // shares of Σ p log(1+d²)
	// By point, x and y by turns:
	pull, push []float64
}

// A crowd is what repels the points of a group: points, and squares that count as such.
type crowd struct {
	x, y, mass []float64
}

func newForces(p *graph, theta float64) *forces {
	n := len(p.starts) - 1
	return &forces{p: p, tree: quadTree{theta: theta}, pull: make([]float64, 2*n), push: make([]float64, 2*n)}
}

// measure finds the forces on all points. It returns the sum over all pairs of
// 1/(1+d²), which push is yet to be divided by, and, if asked for, Σ p log(1+d²).
func (f *forces) measure(ctx context.Context, points []float64, workers int, cost bool) (rest, spent float64, err error) {
	f.tree.grow(points)
	groups := len(f.tree.groups)
	f.rests = append(f.rests[:0], make([]float64, groups)...)
	f.costs = append(f.costs[:0], make([]float64, groups)...)
	const block = 4 // groups that one goroutine takes at a time
	err = parallel.Do(ctx, blocks(groups, block), workers, func() func(int) {
		var c crowd
		return func(b int) {
			for g := b * block; g < min((b+1)*block, groups); g++ {
				node := &f.tree.nodes[f.tree.groups[g]]
				f.tree.crowd(&c, node)
				for at := node.from; at < node.to; at++ {
					i := f.tree.order[at]
					var sum float64
					sum, f.push[2*i], f.push[2*i+1] = c.repel(f.tree.x[at], f.tree.y[at])
					f.rests[g] += sum - 1 // without itself
					f.attract(i, points)
					if cost {
						f.costs[g] += f.spent(i, points)
					}
				}
			}
		}
	})
	for g, r := range f.rests {
		rest += r
		spent += f.costs[g]
	}
	return rest, spent, err
}

// crowd collects what repels the points of a group: a square whose points are, seen from
// the nearest corner of the group, within an angle of theta counts as one.
func (t *quadTree) crowd(c *crowd, group *quadNode) {
	c.x, c.y, c.mass = c.x[:0], c.y[:0], c.mass[:0]
	for at := int32(0); at < int32(len(t.nodes)); {
		d := &t.nodes[at]
		dx := max(group.low[0]-d.x, d.x-group.top[0], 0)
		dy := max(group.low[1]-d.y, d.y-group.top[1], 0)
		switch {
		case dx*dx+dy*dy > d.limit:
			c.x, c.y, c.mass = append(c.x, d.x), append(c.y, d.y), append(c.mass, d.mass)
			at = d.next
		case d.leaf:
			c.x, c.y = append(c.x, t.x[d.from:d.to]...), append(c.y, t.y[d.from:d.to]...)
			for range d.to - d.from {
				c.mass = append(c.mass, 1)
			}
			at = d.next
		default:
			at++
		}
	}
}

// repel returns for a point the sum of 1/(1+d²) over the crowd, and the force.
func (c *crowd) repel(px, py float64) (sum, fx, fy float64) {
	x := c.x
	y, mass := c.y[:len(x)], c.mass[:len(x)]
	k := 0
	for ; k+1 < len(x); k += 2 { // one division for two, which are what takes long
		ax, ay := px-x[k], py-y[k]
		bx, by := px-x[k+1], py-y[k+1]
		a, b := 1+(ax*ax+ay*ay), 1+(bx*bx+by*by)
		both := 1 / (a * b)
		qa, qb := both*b, both*a
		wa, wb := mass[k]*qa, mass[k+1]*qb
		sum += wa + wb
		wa *= qa
		wb *= qb
		fx += wa*ax + wb*bx
		fy += wa*ay + wb*by
	}
	if k < len(x) {
		ax, ay := px-x[k], py-y[k]
		q := 1 / (1 + (ax*ax + ay*ay))
		w := mass[k] * q
		sum += w
		w *= q
		fx += w * ax
		fy += w * ay
	}
	return sum, fx, fy
}

// attract finds the force that draws a point to its neighbours.
func (f *forces) attract(i int32, points []float64) {
	from, to := f.p.starts[i], f.p.starts[i+1]
	weights := f.p.weights[from:to]
	px, py := points[2*i], points[2*i+1]
	var fx, fy float64
	for e, j := range f.p.to[from:to] {
		at := points[2*j : 2*j+2 : 2*j+2]
		dx, dy := px-at[0], py-at[1]
		w := weights[e] / (1 + (dx*dx + dy*dy))
		fx += w * dx
		fy += w * dy
	}
	f.pull[2*i], f.pull[2*i+1] = fx, fy
}

// spent is the share of a point in Σ p log(1+d²).
func (f *forces) spent(i int32, points []float64) (sum float64) {
	for e := f.p.starts[i]; e < f.p.starts[i+1]; e++ {
		j := f.p.to[e]
		dx, dy := points[2*i]-points[2*j], points[2*i+1]-points[2*j+1]
		sum += f.p.weights[e] * math.Log1p(dx*dx+dy*dy)
	}
	return sum
}

// divergence returns the Kullback–Leibler divergence of the affinities from those of the
// picture, with the sum over all pairs taken exactly.
func divergence(ctx context.Context, p *graph, points []float64, workers int) (float64, error) {
	const block = 64
	n := len(points) / 2
	rests, costs := make([]float64, blocks(n, block)), make([]float64, blocks(n, block))
	f := forces{p: p}
	all := crowd{x: make([]float64, n), y: make([]float64, n), mass: make([]float64, n)}
	for i := range n {
		all.x[i], all.y[i], all.mass[i] = points[2*i], points[2*i+1], 1
	}
	err := parallel.Each(ctx, len(rests), workers, func(b int) error {
		for i := b * block; i < min((b+1)*block, n); i++ {
			sum, _, _ := all.repel(all.x[i], all.y[i])
			rests[b] += sum - 1
			costs[b] += f.spent(int32(i), points)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	var rest, kl float64
	for b := range rests {
		rest += rests[b]
		kl += costs[b]
	}
	for _, w := range p.weights {
		kl += w * math.Log(w)
	}
	return kl + math.Log(rest), nil
}

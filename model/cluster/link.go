package cluster

import (
	"context"
	"fmt"
	"math"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// A linker finds the clusters of DBSCAN among different rows. Core rows leave the
// tree as they are given to a cluster, so that each is found once.
type linker struct {
	ctx    context.Context
	space  *space
	eps    float64
	limit  float64 // of squared distances that may be within eps
	least  float64 // weight of a core row
	tree   *boxTree
	at     []int32   // by row: its point of the tree
	node   []int32   // by point of the tree: its leaf
	weight []float64 // by node
	cores  []bool    // by point of the tree
	left   []int32   // by node: core rows without a cluster
	points []int32   // by point of the tree: its cluster, or Noise
	labels []int32   // by row
	count  int       // clusters
}

// link finds the clusters.
func (l *linker) link(r *rows, workers int) error {
	l.limit = math.Nextafter(l.eps*l.eps*(1+1e-15), math.Inf(1))
	var err error
	if l.tree, err = newBoxTree(l.ctx, l.space, r); err != nil {
		return err
	}
	l.prepare(r.N)
	if err := l.findCores(workers); err != nil {
		return err
	}
	for i := range r.N {
		if p := l.at[i]; l.cores[p] && l.points[p] == Noise {
			if err := l.flood(p); err != nil {
				return err
			}
			l.count++
		}
	}
	if l.count == 0 {
		return fmt.Errorf("no row has others that weigh %v within %v: %w; set eps higher or min_samples lower", l.least, l.eps, learn.ErrTooFew)
	}
	if err := l.borders(workers); err != nil {
		return err
	}
	l.labels = make([]int32, r.N)
	for i, p := range l.at {
		l.labels[i] = l.points[p]
	}
	return nil
}

// prepare lists where points are, and weighs nodes.
func (l *linker) prepare(n int) {
	t := l.tree
	l.at, l.node, l.points, l.cores = make([]int32, n), make([]int32, n), make([]int32, n), make([]bool, n)
	l.weight, l.left = make([]float64, len(t.nodes)), make([]int32, len(t.nodes))
	for p, i := range t.order {
		l.at[i] = int32(p)
		l.points[p] = Noise
	}
	for at := len(t.nodes) - 1; at >= 0; at-- {
		node := &t.nodes[at]
		if node.right != 0 {
			l.weight[at] = l.weight[at+1] + l.weight[node.right]
			continue
		}
		for p := node.from; p < node.to; p++ {
			l.node[p] = int32(at)
			l.weight[at] += t.points.weight(int(p))
		}
	}
}

// eachPoint calls work for each point of the tree, from several goroutines.
func (l *linker) eachPoint(workers int, work func(p int)) error {
	const block = 64
	n := l.tree.points.N
	return parallel.Do(l.ctx, (n+block-1)/block, workers, func() func(int) {
		return func(b int) {
			for p := b * block; p < min((b+1)*block, n); p++ {
				work(p)
			}
		}
	})
}

// within reports whether a squared distance is one within eps.
func (l *linker) within(squared float64) bool {
	return squared <= l.limit && math.Sqrt(squared) <= l.eps
}

func (l *linker) findCores(workers int) error {
	err := l.eachPoint(workers, func(p int) {
		from := l.space.place(l.tree.points, p)
		l.cores[p] = l.near(&from, int(l.node[p])) >= l.least
	})
	for p, core := range l.cores {
		for at := l.node[p]; core && at >= 0; at = l.tree.nodes[at].parent {
			l.left[at]++
		}
	}
	return err
}

// near adds up the weight within eps of a place, until it is enough: first that in its
// leaf, then that in the other nodes on the way up.
func (l *linker) near(from *place, at int) float64 {
	sum := l.nearIn(from, at, 0)
	for sum < l.least {
		up := int(l.tree.nodes[at].parent)
		if up < 0 {
			return sum
		}
		other := up + 1
		if other == at {
			other = int(l.tree.nodes[up].right)
		}
		sum = l.nearIn(from, other, sum)
		at = up
	}
	return sum
}

func (l *linker) nearIn(from *place, at int, sum float64) float64 {
	t := l.tree
	if sum >= l.least || t.toBox(from, at, l.limit) > l.limit {
		return sum
	}
	node := &t.nodes[at]
	if node.right != 0 {
		return l.nearIn(from, int(node.right), l.nearIn(from, at+1, sum))
	}
	for p := int(node.from); p < int(node.to) && sum < l.least; p++ {
		if l.within(t.toPoint(l.space, from, p, l.limit)) {
			sum += t.points.weight(p)
		}
	}
	return sum
}

// flood gives a new cluster to a core row and all that can be reached from it.
func (l *linker) flood(p int32) error {
	l.give(p)
	reached := []int32{p}
	for steps := 1; len(reached) > 0; steps++ {
		if steps%1024 == 0 && l.ctx.Err() != nil {
			return context.Cause(l.ctx)
		}
		p := reached[len(reached)-1]
		reached = reached[:len(reached)-1]
		from := l.space.place(l.tree.points, int(p))
		reached = l.reach(&from, 0, reached)
	}
	return nil
}

// give gives a core row to the cluster, and takes it out of the tree.
func (l *linker) give(p int32) {
	l.points[p] = int32(l.count)
	for at := l.node[p]; at >= 0; at = l.tree.nodes[at].parent {
		l.left[at]--
	}
}

// reach gives the core rows within eps that have no cluster yet to this one.
func (l *linker) reach(from *place, at int, reached []int32) []int32 {
	t := l.tree
	if l.left[at] == 0 || t.toBox(from, at, l.limit) > l.limit {
		return reached
	}
	node := &t.nodes[at]
	if node.right != 0 {
		return l.reach(from, int(node.right), l.reach(from, at+1, reached))
	}
	for p := node.from; p < node.to; p++ {
		if l.cores[p] && l.points[p] == Noise && l.within(t.toPoint(l.space, from, int(p), l.limit)) {
			l.give(p)
			reached = append(reached, p)
		}
	}
	return reached
}

// borders gives rows that are not core to the first cluster with a core row within
// eps.
func (l *linker) borders(workers int) error {
	return l.eachPoint(workers, func(p int) {
		if l.cores[p] {
			return
		}
		from := l.space.place(l.tree.points, p)
		if first := l.firstIn(&from, 0, int32(l.count)); first < int32(l.count) {
			l.points[p] = first
		}
	})
}

func (l *linker) firstIn(from *place, at int, first int32) int32 {
	t := l.tree
	if first == 0 || t.toBox(from, at, l.limit) > l.limit {
		return first
	}
	node := &t.nodes[at]
	if node.right != 0 {
		return l.firstIn(from, int(node.right), l.firstIn(from, at+1, first))
	}
	for p := node.from; p < node.to; p++ {
		if l.cores[p] && l.points[p] < first && l.within(t.toPoint(l.space, from, int(p), l.limit)) {
			first = l.points[p]
		}
	}
	return first
}

// model keeps the core rows. first says for each different row where it is in x.
func (l *linker) model(ctx context.Context, x *learn.Matrix, first []int32) (*Cores, error) {
	m := &Cores{Eps: l.eps, Count: l.count}
	var places []int
	for i, p := range l.at {
		if l.cores[p] {
			places = append(places, int(first[i]))
			m.Labels = append(m.Labels, l.points[p])
		}
	}
	var err error
	m.Index, err = neighbor.NewIndex(ctx, x.Take(places), neighbor.Euclidean)
	return m, err
}

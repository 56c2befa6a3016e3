package cluster

import (
	"cmp"
	"slices"
)

// A condensed is the tree of clusters as distances shrink [1]: a cluster loses rows,
// and is two where it falls into parts that are both large enough. Instead of
// distances it knows their reciprocals, λ. Cluster 0 is all rows.
//
// [1] R. J. G. B. Campello, D. Moulavi, A. Zimek and J. Sander (2015), "Hierarchical
// density estimates for data clustering, visualization, and outlier detection", ACM
// Transactions on Knowledge Discovery from Data 10(1), 5.
type condensed struct {
	parent    []int32   // by cluster, below it; −1 for the first
	birth     []float64 // by cluster: λ where it begins
	death     []float64 // by cluster: the largest λ of a row in it, or in those it falls into
	stability []float64 // by cluster: how far rows stay beyond its birth, in λ, added up
	label     []int32   // by cluster: that which it, or what it came from, was chosen as, or Noise
	last      []int32   // by row: the cluster it was last in
	lambda    []float64 // by row: where it left
	chosen    int
}

// A splitter makes a condensed tree.
type splitter struct {
	condensed
	n       int
	weights []float64
	core    []float64
	merges  []joint
	least   float64 // weight of a cluster
	floor   float64 // distances below count as this
}

// A joint is a merge of two nodes: rows, or earlier joints, counted from n on.
type joint struct {
	a, b   int32
	length float64
	weight float64
}

// condense makes the tree of the edges of a spanning tree, by rising length.
func condense(edges []edge, weights, core []float64, least float64) *condensed {
	n := len(weights)
	s := &splitter{n: n, weights: weights, core: core, least: least, merges: join(edges, weights)}
	s.last, s.lambda = make([]int32, n), make([]float64, n)
	for _, e := range edges {
		if e.length > 0 {
			s.floor = e.length / 2
			break
		}
	}
	if s.floor == 0 {
		s.floor = 1
	}
	s.split()
	s.weigh()
	return &s.condensed
}

// join makes the tree of merges.
func join(edges []edge, weights []float64) []joint {
	n := len(weights)
	lead := make([]int32, 2*n-1)
	for i := range lead {
		lead[i] = int32(i)
	}
	top := func(i int32) int32 {
		for lead[i] != i {
			lead[i] = lead[lead[i]]
			i = lead[i]
		}
		return i
	}
	out := make([]joint, 0, n-1)
	weigh := func(i int32) float64 {
		if int(i) < n {
			return weights[i]
		}
		return out[int(i)-n].weight
	}
	for _, e := range edges {
		a, b := top(e.a), top(e.b)
		at := int32(n + len(out))
		out = append(out, joint{a, b, e.length, weigh(a) + weigh(b)})
		lead[a], lead[b] = at, at
	}
	return out
}

func (s *splitter) weight(node int32) float64 {
	if int(node) < s.n {
		return s.weights[node]
	}
	return s.merges[int(node)-s.n].weight
}

func (s *splitter) inverse(length float64) float64 { return 1 / max(length, s.floor) }

// add adds a cluster.
func (s *splitter) add(parent int32, birth float64) int32 {
	s.parent = append(s.parent, parent)
	s.birth = append(s.birth, birth)
	s.death = append(s.death, 0)
	s.stability = append(s.stability, 0)
	return int32(len(s.parent) - 1)
}

// A part is a node of which a cluster is left.
type part struct{ node, cluster int32 }

// split goes down from all rows.
func (s *splitter) split() {
	todo := []part{{int32(s.n + len(s.merges) - 1), s.add(-1, 0)}}
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if int(p.node) < s.n { // rows that are the same, enough of them
			s.leave(p.node, p.cluster, s.inverse(s.core[p.node]))
			continue
		}
		j := s.merges[int(p.node)-s.n]
		todo = s.fall(p, j.length, todo)
	}
}

// fall lets a cluster fall into parts where all edges of a length are cut, and adds
// the parts that stay clusters to those that are left to do.
func (s *splitter) fall(p part, length float64, todo []part) []part {
	lambda := s.inverse(length)
	var large []int32
	nodes := []int32{p.node}
	for len(nodes) > 0 {
		i := nodes[len(nodes)-1]
		nodes = nodes[:len(nodes)-1]
		if int(i) >= s.n && s.merges[int(i)-s.n].length == length {
			j := s.merges[int(i)-s.n]
			nodes = append(nodes, j.b, j.a)
		} else if s.weight(i) >= s.least {
			large = append(large, i)
		} else {
			s.leave(i, p.cluster, lambda)
		}
	}
	if len(large) == 1 {
		return append(todo, part{large[0], p.cluster})
	}
	for _, i := range large {
		s.stability[p.cluster] += (lambda - s.birth[p.cluster]) * s.weight(i)
		todo = append(todo, part{i, s.add(p.cluster, lambda)})
	}
	return todo
}

// leave lets the rows of a node drop out of a cluster.
func (s *splitter) leave(node, cluster int32, lambda float64) {
	todo := []int32{node}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if int(i) >= s.n {
			j := s.merges[int(i)-s.n]
			todo = append(todo, j.b, j.a)
			continue
		}
		s.last[i], s.lambda[i] = cluster, lambda
		s.death[cluster] = max(s.death[cluster], lambda)
		s.stability[cluster] += (lambda - s.birth[cluster]) * s.weights[i]
	}
}

// weigh passes the largest λ up. A cluster comes after what it came from.
func (s *splitter) weigh() {
	for c := len(s.parent) - 1; c > 0; c-- {
		s.death[s.parent[c]] = max(s.death[s.parent[c]], s.death[c])
	}
}

// choose takes the clusters that are more stable than those that they fall into
// together, by excess of mass. The first, which is all rows, is taken if that is
// wanted, or else not.
func (c *condensed) choose(single bool) {
	n := len(c.parent)
	below, best := make([]float64, n), make([]float64, n)
	taken, parts := make([]bool, n), make([]bool, n)
	for i := n - 1; i >= 0; i-- {
		best[i] = c.stability[i]
		taken[i] = !parts[i] || below[i] <= c.stability[i]
		if i == 0 {
			taken[i] = taken[i] && single
			break
		}
		if !taken[i] {
			best[i] = below[i]
		}
		below[c.parent[i]] += best[i]
		parts[c.parent[i]] = true
	}
	c.label = make([]int32, n)
	for i := range n {
		switch {
		case i > 0 && c.label[c.parent[i]] != Noise:
			c.label[i] = c.label[c.parent[i]]
		case taken[i]:
			c.label[i] = int32(c.chosen)
			c.chosen++
		default:
			c.label[i] = Noise
		}
	}
	c.renumber()
}

// renumber numbers the chosen clusters by their first rows.
func (c *condensed) renumber() {
	first := make([]int, c.chosen)
	order := make([]int, c.chosen)
	for l := range first {
		first[l], order[l] = len(c.last), l
	}
	for i := len(c.last) - 1; i >= 0; i-- {
		if l := c.label[c.last[i]]; l != Noise {
			first[l] = i
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(first[a], first[b]), cmp.Compare(a, b)) })
	place := make([]int32, c.chosen)
	for at, l := range order {
		place[l] = int32(at)
	}
	for i, l := range c.label {
		if l != Noise {
			c.label[i] = place[l]
		}
	}
}

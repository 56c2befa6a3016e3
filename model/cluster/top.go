package cluster

import (
	"slices"

	"github.com/netanom/netanom/stats"
)

// A Leaf is a group of items at the foot of a condensed dendrogram.
type Leaf struct {
	Size  int // items
	First int // the first of them
}

// Top is the upper part of a dendrogram, for a picture: at most p leaves, in an order in
// which no two branches cross, and the merges above them by rising height. Cluster i
// below the number of leaves is a leaf, and the merge at place i makes cluster number
// of leaves plus i.
func Top(d *stats.Dendrogram, p int) (leaves []Leaf, merges []stats.Merge) {
	if d.Items == 0 {
		return nil, nil
	}
	p = min(max(p, 1), len(d.Merges)+1)
	below := len(d.Merges) - (p - 1) // merges that are left out
	var order []int                  // clusters that are leaves
	nodes := []int{d.Items + len(d.Merges) - 1}
	for len(nodes) > 0 {
		c := nodes[len(nodes)-1]
		nodes = nodes[:len(nodes)-1]
		if c < d.Items+below {
			order = append(order, c)
			continue
		}
		m := d.Merges[c-d.Items]
		nodes = append(nodes, m.B, m.A)
	}
	number := make(map[int]int, 2*p)
	for at, c := range order {
		number[c] = at
		leaves = append(leaves, leaf(d, c))
	}
	for i, m := range d.Merges[below:] {
		number[d.Items+below+i] = len(order) + i
		a, b := number[m.A], number[m.B]
		merges = append(merges, stats.Merge{A: min(a, b), B: max(a, b), Height: m.Height, Size: m.Size})
	}
	return leaves, merges
}

// leaf describes a cluster.
func leaf(d *stats.Dendrogram, c int) Leaf {
	var items []int
	nodes := []int{c}
	for len(nodes) > 0 {
		i := nodes[len(nodes)-1]
		nodes = nodes[:len(nodes)-1]
		if i < d.Items {
			items = append(items, i)
			continue
		}
		nodes = append(nodes, d.Merges[i-d.Items].A, d.Merges[i-d.Items].B)
	}
	return Leaf{Size: len(items), First: slices.Min(items)}
}

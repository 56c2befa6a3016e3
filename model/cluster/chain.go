package cluster

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
)

// A chain joins groups by following each to its nearest neighbour until two are each
// other's [1]. What stats.Cluster does for some variables it does for thousands of
// rows, with weights, and can be told to stop. A group is known by one of its rows.
//
// [1] F. Murtagh (1983), "A survey of recent advances in hierarchical clustering
// algorithms", The Computer Journal 26, 354–359.
type chain struct {
	ctx     context.Context
	run     learn.Run
	linkage stats.Linkage
	n       int
	d       []float64 // of groups: of row i to those before it, row after row
	weights []float64 // of groups
	left    []int32   // groups, rising
	chain   []int32   // each is the nearest neighbour of the one before
	merges  []stats.Merge
}

func (c *chain) each(n int, work func(i int)) error {
	return parallel.Do(c.ctx, n, c.run.Workers, func() func(int) { return work })
}

// cluster joins the rows.
func (c *chain) cluster(s *space, r *rows) (*stats.Dendrogram, error) {
	var err error
	if c.d, err = c.distances(s, r); err != nil {
		return nil, err
	}
	c.left = counting(c.n)
	c.weights = make([]float64, c.n)
	for i := range c.weights {
		c.weights[i] = r.weight(i)
	}
	if c.linkage == stats.WardLinkage && r.weights != nil {
		for i := range c.n {
			for j, d := range c.d[i*(i-1)/2:][:i] {
				a, b := c.weights[i], c.weights[j]
				c.d[i*(i-1)/2+j] = d * math.Sqrt(2*a/(a+b)*b)
			}
		}
	}
	for len(c.merges) < c.n-1 {
		if err := context.Cause(c.ctx); err != nil {
			return nil, err
		}
		c.mergeNearest()
		if len(c.merges)%256 == 0 {
			c.run.Report(len(c.merges), c.n-1)
		}
	}
	return c.dendrogram(), nil
}

// pair is the place of the distance of two groups.
func pair(i, j int) int {
	if i < j {
		i, j = j, i
	}
	return i*(i-1)/2 + j
}

// mergeNearest follows the chain until two groups are each other's nearest, and joins
// them.
func (c *chain) mergeNearest() {
	if len(c.chain) == 0 {
		c.chain = append(c.chain, c.left[0])
	}
	for {
		tip := int(c.chain[len(c.chain)-1])
		near, before := -1, -1
		if len(c.chain) > 1 { // of equally near ones, lest the chain go in circles
			before = int(c.chain[len(c.chain)-2])
			near = before
		} else if near = int(c.left[0]); near == tip {
			near = int(c.left[1])
		}
		best := c.d[pair(tip, near)]
		row := c.d[tip*(tip-1)/2:]
		for _, k := range c.left {
			k := int(k)
			switch {
			case k < tip:
				if d := row[k]; d < best {
					near, best = k, d
				}
			case k > tip:
				if d := c.d[k*(k-1)/2+tip]; d < best {
					near, best = k, d
				}
			}
		}
		if near == before {
			c.chain = c.chain[:len(c.chain)-2]
			c.merge(min(tip, near), max(tip, near), best)
			return
		}
		c.chain = append(c.chain, int32(near))
	}
}

// merge joins group b to group a by the formula of G. N. Lance and W. T. Williams
// (1967), The Computer Journal 9, 373–380.
func (c *chain) merge(a, b int, height float64) {
	wa, wb := c.weights[a], c.weights[b]
	at, _ := slices.BinarySearch(c.left, int32(b))
	c.left = slices.Delete(c.left, at, at+1)
	for _, k := range c.left {
		k := int(k)
		if k == a {
			continue
		}
		to := &c.d[pair(k, a)]
		da, db := *to, c.d[pair(k, b)]
		switch c.linkage {
		case stats.SingleLinkage:
			*to = min(da, db)
		case stats.CompleteLinkage:
			*to = max(da, db)
		case stats.WardLinkage:
			wk := c.weights[k]
			*to = math.Sqrt(max(0, ((wa+wk)*da*da+(wb+wk)*db*db-wk*height*height)/(wa+wb+wk)))
		default:
			*to = (wa*da + wb*db) / (wa + wb)
		}
	}
	c.weights[a] += wb
	c.merges = append(c.merges, stats.Merge{A: a, B: b, Height: height})
}

// dendrogram sorts the merges by height and numbers the clusters. Equal heights stay
// in the order in which they were found, in which no cluster is used before it is made.
func (c *chain) dendrogram() *stats.Dendrogram {
	slices.SortStableFunc(c.merges, func(x, y stats.Merge) int { return cmp.Compare(x.Height, y.Height) })
	cluster, lead, size := make([]int, c.n), make([]int, c.n), slices.Repeat([]int{1}, c.n)
	for i := range lead {
		cluster[i], lead[i] = i, i
	}
	top := func(i int) int {
		for lead[i] != i {
			lead[i] = lead[lead[i]]
			i = lead[i]
		}
		return i
	}
	d := &stats.Dendrogram{Items: c.n}
	for i, m := range c.merges {
		a, b := top(m.A), top(m.B)
		size[a] += size[b]
		d.Merges = append(d.Merges, stats.Merge{A: min(cluster[a], cluster[b]), B: max(cluster[a], cluster[b]), Height: m.Height, Size: size[a]})
		lead[b], cluster[a] = a, c.n+i
	}
	return d
}

package project

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// neighbors are the nearest others of each row.
type neighbors struct {
	n, k      int
	rows      []int32   // by row, the nearest first
	distances []float64 // by row
}

func (b *neighbors) of(i int) ([]int32, []float64) {
	return b.rows[i*b.k : (i+1)*b.k], b.distances[i*b.k : (i+1)*b.k]
}

// nearest finds the k nearest others of each row, of which there are more than k.
func nearest(ctx context.Context, x *learn.Matrix, k, workers int) (*neighbors, error) {
	ix, err := neighbor.NewIndex(ctx, x, neighbor.Euclidean)
	if err != nil {
		return nil, err
	}
	b := &neighbors{n: x.Rows, k: k, rows: make([]int32, x.Rows*k), distances: make([]float64, x.Rows*k)}
	err = ix.EachOther(ctx, k, workers, func(row int, found []neighbor.Neighbor) {
		rows, distances := b.of(row)
		for i, f := range found {
			rows[i], distances[i] = f.Row, f.Distance
		}
	})
	if err != nil {
		return nil, err
	}
	for _, d := range b.distances {
		if d-d != 0 {
			return nil, fmt.Errorf("rows are too far apart for distances: %w; take logarithms or standardise before", learn.ErrSetting)
		}
	}
	return b, nil
}

// A graph joins rows by edges, each listed at both of its ends.
type graph struct {
	starts  []int32 // by row, and the end
	to      []int32 // rising, of one row
	weights []float64
}

// An edge is one end of an edge.
type edge struct {
	to     int32
	weight float64
}

// symmetric makes a graph of directed weights, one for each of the neighbours. The
// weight of an edge is what join makes of those in both directions, 0 where there is
// none. Edges without weight are left out.
func symmetric(ctx context.Context, b *neighbors, weights []float64, workers int, join func(there, back float64) float64) (*graph, error) {
	back := make([]int32, b.n+1) // where the edges that lead to a row begin
	for _, j := range b.rows {
		back[j+1]++
	}
	for i := range b.n {
		back[i+1] += back[i]
	}
	next, sources := slices.Clone(back), make([]edge, len(b.rows))
	for i := range b.n {
		for e, j := range b.rows[i*b.k : (i+1)*b.k] {
			sources[next[j]] = edge{int32(i), weights[i*b.k+e]}
			next[j]++
		}
	}
	const block = 256
	parts := make([][][]edge, blocks(b.n, block))
	err := parallel.Each(ctx, len(parts), workers, func(p int) error {
		for i := p * block; i < min((p+1)*block, b.n); i++ {
			there := make([]edge, b.k)
			for e, j := range b.rows[i*b.k : (i+1)*b.k] {
				there[e] = edge{j, weights[i*b.k+e]}
			}
			slices.SortFunc(there, func(a, b edge) int { return cmp.Compare(a.to, b.to) })
			parts[p] = append(parts[p], joined(there, sources[back[i]:back[i+1]], join))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	g := &graph{starts: make([]int32, 1, b.n+1)}
	for _, part := range parts {
		for _, edges := range part {
			for _, e := range edges {
				g.to, g.weights = append(g.to, e.to), append(g.weights, e.weight)
			}
			g.starts = append(g.starts, int32(len(g.to)))
		}
	}
	return g, nil
}

// joined merges the edges that leave a row with those that lead to it, both rising.
func joined(there, back []edge, join func(there, back float64) float64) []edge {
	out := make([]edge, 0, len(there)+len(back))
	for len(there)+len(back) > 0 {
		var a, b float64
		var to int32
		first := len(back) == 0 || len(there) > 0 && there[0].to <= back[0].to
		second := len(there) == 0 || len(back) > 0 && back[0].to <= there[0].to
		if first {
			to, a, there = there[0].to, there[0].weight, there[1:]
		}
		if second {
			to, b, back = back[0].to, back[0].weight, back[1:]
		}
		if w := join(a, b); w > 0 {
			out = append(out, edge{to, w})
		}
	}
	return out
}

package cluster

import (
	"context"
	"math/rand/v2"

	"github.com/netanom/netanom/model/learn"
)

// kept are the rows that are clustered.
type kept struct {
	rows   *rows   // the different ones
	first  []int32 // by different row: where in the matrix it comes first
	point  []int32 // by row that is clustered: which of the different it is
	chosen []int32 // rows that are clustered; nil if all are
}

// keepRows takes the rows that weigh anything, or a sample if they are too many.
func keepRows(all *rows, most int, seed uint64) *kept {
	k := &kept{chosen: chooseRows(all, most, seed)}
	if k.chosen != nil {
		all = all.take(k.chosen)
	}
	k.rows, k.first, k.point = all.merge()
	if k.chosen != nil {
		for i, f := range k.first {
			k.first[i] = k.chosen[f]
		}
	}
	return k
}

// chooseRows returns the rows that are clustered, if not all of them are: those that
// weigh anything, or so many of them, drawn.
func chooseRows(r *rows, most int, seed uint64) []int32 {
	var weighty []int32
	for i := range r.N {
		if r.weight(i) > 0 {
			weighty = append(weighty, int32(i))
		}
	}
	if len(weighty) > most {
		chosen := sample(rand.New(rand.NewPCG(seed, 1)), len(weighty), most)
		for i, p := range chosen {
			chosen[i] = weighty[p]
		}
		return chosen
	}
	if len(weighty) < r.N {
		return weighty
	}
	return nil
}

// spread gives the labels of different rows to all that were clustered, and assigns
// the others. point says of each row that was clustered which it became.
func spread(ctx context.Context, m Model, x *learn.Matrix, labels, point, chosen []int32, workers int) (*Clustering, error) {
	out := make([]int32, x.Rows)
	if chosen == nil {
		for i, p := range point {
			out[i] = labels[p]
		}
		return newClustering(out, m, x.Rows), nil
	}
	if err := assignParallel(ctx, m, out, x, workers); err != nil {
		return nil, err
	}
	for at, i := range chosen {
		out[i] = labels[point[at]]
	}
	return newClustering(out, m, len(chosen)), nil
}

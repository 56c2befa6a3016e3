package tree

import (
	"context"

	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/model/learn"
)

// outOfBag returns the mean class shares of all rows over the trees they are no part
// of. Rows that weigh nothing are part of none.
func (g *grown) outOfBag(ctx context.Context, x *learn.Matrix, y learn.Target, workers int) ([]float64, error) {
	e, f := g.Trees, g.Trees.compiled()
	k := f.size
	out := make([]float64, x.Rows*k)
	place := places(y, x.Rows)
	err := parallel.Do(ctx, (x.Rows+scoreBlock-1)/scoreBlock, workers, func() func(int) {
		s := new(scratch)
		s.grow(f.width() * scoreBlock)
		return func(b int) {
			from := b * scoreBlock
			to := min(from+scoreBlock, x.Rows)
			var trees [scoreBlock]float64
			f.fill(s.cells, x, from, to)
			for t, root := range e.Roots {
				f.descend(s, root, to-from)
				for i := from; i < to; i++ {
					if place[i] >= 0 && g.bags[t].has(place[i]) {
						continue
					}
					e.add(f, out[i*k:(i+1)*k], t, s.at[i-from])
					trees[i-from]++
				}
			}
			for i := from; i < to; i++ {
				for c := i * k; c < (i+1)*k; c++ {
					if out[c] /= trees[i-from]; out[c] > 1 {
						out[c] = 1
					}
				}
			}
		}
	})
	return out, err
}

// places returns of each row its number among those that weigh something, -1 for the
// others.
func places(y learn.Target, rows int) []int {
	at := make([]int, rows)
	next := 0
	for i := range at {
		if y.Weight(i) == 0 {
			at[i] = -1
			continue
		}
		at[i] = next
		next++
	}
	return at
}

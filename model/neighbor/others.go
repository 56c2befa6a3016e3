package neighbor

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/learn"
)

// EachOther calls visit with the k nearest other rows of each row of the index
// itself, or all others if there are fewer: what outlier detectors ask. Rows that
// are the same are others of each other, at distance 0, and are looked for once. The
// rest is as EachNearest has it.
func (ix *Index) EachOther(ctx context.Context, k, workers int, visit func(row int, found []Neighbor)) error {
	if k < 1 {
		return fmt.Errorf("%d neighbours: %w; choose at least 1", k, learn.ErrSetting)
	}
	own := &Queries{ix.points}
	return ix.EachNearest(ctx, own, k+1, workers, func(p int, found []Neighbor) {
		others := make([]Neighbor, 0, len(found))
		for _, row := range ix.rows[ix.starts[p]:ix.starts[p+1]] {
			others = others[:0]
			for _, n := range found {
				if n.Row != row && len(others) < k {
					others = append(others, n)
				}
			}
			visit(int(row), others)
		}
	})
}

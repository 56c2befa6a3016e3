package eda

import (
	"math"

	"github.com/netanom/netanom/stats"
)

// leafOrder returns columns in an order in which those that go together stand
// together: the leaves of average linkage on 1 − |strength|. Columns without a
// strength are as far apart as they can be.
func leafOrder(columns int, strength func(i, j int) float64) ([]int, error) {
	distances := make([][]float64, columns)
	for i := range distances {
		distances[i] = make([]float64, columns)
		for j := range i {
			d := 1.0
			if r := strength(i, j); !math.IsNaN(r) {
				d = max(0, 1-math.Abs(r))
			}
			distances[i][j], distances[j][i] = d, d
		}
	}
	tree, err := stats.Cluster(distances, stats.AverageLinkage)
	if err != nil {
		return nil, err
	}
	return tree.Order(distances)
}

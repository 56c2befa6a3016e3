package cluster

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// means returns the means of clusters, one after the other.
func (g *grouping) means() *panels {
	d := g.space.dims()
	out := make([]float64, len(g.names)*d)
	for i, c := range g.labels {
		v := out[int(c)*d : (int(c)+1)*d]
		for j, a := range g.rows.Row(i) {
			v[j] += a / g.sizes[c]
		}
		for _, slot := range g.rows.Coded(i) {
			v[g.rows.Width+int(slot)] += 1 / g.sizes[c]
		}
	}
	return newPanels(g.space, out, len(g.names))
}

// within calls visit with the cluster of each row, and its squared distance to the mean.
func (g *grouping) within(p *panels, visit func(c int, squared float64)) {
	var d [lanes]float64
	for i, c := range g.labels {
		p.squared(&d, int(c)/lanes, g.rows, i)
		visit(int(c), d[int(c)%lanes])
	}
}

// DaviesBouldin returns the mean, over clusters, of how near to each other it and its
// worst neighbour are: the mean distances of their rows to their means, added up, over
// the distance of the means [1]. It is 0 or more, and the lower, the better. Noise is
// left out. Errors are those of Silhouette.
//
// [1] D. L. Davies and D. W. Bouldin (1979), "A cluster separation measure", IEEE
// Transactions on Pattern Analysis and Machine Intelligence 1(2), 224–227.
func DaviesBouldin(x *learn.Matrix, labels []int32) (float64, error) {
	g, err := group(x, labels)
	if err != nil {
		return math.NaN(), fmt.Errorf("Davies–Bouldin index: %w", err)
	}
	p := g.means()
	spread := make([]float64, len(g.names))
	g.within(p, func(c int, squared float64) { spread[c] += math.Sqrt(squared) / g.sizes[c] })
	sum := 0.0
	for a := range spread {
		worst := 0.0
		for b := range spread {
			if apart := math.Sqrt(g.space.apart(p.vector(a), p.vector(b))); a != b && apart > 0 {
				worst = max(worst, (spread[a]+spread[b])/apart)
			}
		}
		sum += worst
	}
	return sum / float64(len(spread)), nil
}

// CalinskiHarabasz returns the ratio of the variance between clusters to that within,
// each by its degrees of freedom [1]: the higher, the better; 1 if rows do not differ
// within clusters. Noise is left out. Errors are those of Silhouette; it is one too if
// every row is a cluster.
//
// [1] T. Caliński and J. Harabasz (1974), "A dendrite method for cluster analysis",
// Communications in Statistics 3(1), 1–27.
func CalinskiHarabasz(x *learn.Matrix, labels []int32) (float64, error) {
	g, err := group(x, labels)
	if err != nil {
		return math.NaN(), fmt.Errorf("Caliński–Harabasz index: %w", err)
	}
	n, k := float64(len(g.labels)), float64(len(g.names))
	if n == k {
		return math.NaN(), fmt.Errorf("Caliński–Harabasz index: as many clusters as rows: %w", learn.ErrTooFew)
	}
	p := g.means()
	centre := make([]float64, g.space.dims())
	for c, size := range g.sizes {
		for j, v := range p.vector(c) {
			centre[j] += size / n * v
		}
	}
	between, within := 0.0, 0.0
	for c, size := range g.sizes {
		between += size * g.space.apart(p.vector(c), centre)
	}
	g.within(p, func(_ int, squared float64) { within += squared })
	if within == 0 {
		return 1, nil
	}
	return between / (k - 1) / (within / (n - k)), nil
}

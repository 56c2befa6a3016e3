package cluster_test

import (
	"testing"

	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/modeltest"
)

// On NSL-KDD, numbers standardised, levels as columns of zeros and ones, DBSCAN finds
// what scikit-learn 1.2.1 does: DBSCAN(eps, min_samples=5) gives these counts of clusters
// and of noise, and all labels were compared once. KMeans(8, n_init=10, random_state=1)
// has an inertia of 449,423 there; no worse a one must be found.
func TestNSLKDD(t *testing.T) {
	x, y := modeltest.NSL(t, modeltest.NSLPart)
	x = modeltest.Standardized(x, x)
	for _, c := range []struct {
		eps             float64
		clusters, noise int
	}{{0.5, 301, 3248}, {2, 50, 386}} {
		got := run(t, cluster.DBSCAN{Eps: c.eps}, x, nil)
		if got.Model.Clusters() != c.clusters || got.Noise() != c.noise {
			t.Errorf("eps %v: %d clusters, %d of noise; want %d and %d", c.eps, got.Model.Clusters(), got.Noise(), c.clusters, c.noise)
		}
	}
	c := run(t, cluster.KMeans{}, x, nil)
	if got := c.Model.(*cluster.Centers).Inertia; got > 449_423*1.005 {
		t.Errorf("inertia %v, scikit-learn finds 449423", got)
	}
	if a, err := cluster.Agree(c.Labels, y.Y); err != nil || a.Purity < 0.8 {
		t.Errorf("%+v, %v", a, err)
	}
}

package cluster_test

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
)

// line is a matrix of one column of numbers.
func line(v ...float64) *learn.Matrix {
	x := learn.NewMatrix([]learn.Column{{Name: "v"}}, len(v))
	x.Numbers[0] = v
	return x
}

func show(c *cluster.Clustering, err error) {
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Labels, c.Sizes)
}

func ExampleKMeans() {
	x := line(1, 2, 3, 10, 11, 12, 12)
	c, err := cluster.KMeans{Clusters: 2}.Cluster(context.Background(), x, nil, learn.Run{Seed: 1})
	show(c, err)
	d := make([]float64, 2)
	if err := c.Model.(*cluster.Centers).Distances(d, line(0, 11.25)); err != nil {
		fmt.Println(err)
	}
	fmt.Println(d)
	// Output:
	// [1 1 1 0 0 0 0] [4 3]
	// [2 0]
}

func ExampleDBSCAN() {
	x := line(1, 1.5, 2, 10, 10.5, 11, 30)
	show(cluster.DBSCAN{Eps: 0.6, MinSamples: 2}.Cluster(context.Background(), x, nil, learn.Run{}))
	// Output: [0 0 0 1 1 1 -1] [3 3]
}

// Cutting the edge of length 18 leaves six rows, cutting that of 8 two clusters, whose
// rows leave at a distance of 1. The last row left at 1/18 of the largest λ, which is 1.
func ExampleHDBSCAN() {
	x := line(0, 1, 2, 10, 11, 12, 30)
	c, err := cluster.HDBSCAN{MinClusterSize: 3, MinSamples: 1}.Cluster(context.Background(), x, nil, learn.Run{})
	show(c, err)
	fmt.Printf("%.4f\n%.4f\n", c.Memberships, c.Outliers)
	// Output:
	// [0 0 0 1 1 1 -1] [3 3]
	// [1.0000 1.0000 1.0000 1.0000 1.0000 1.0000 0.0000]
	// [0.0000 0.0000 0.0000 0.0000 0.0000 0.0000 0.9444]
}

func ExampleHierarchical() {
	x := line(0, 1, 5, 7, 20)
	c, err := cluster.Hierarchical{Clusters: 2, Linkage: "single"}.Cluster(context.Background(), x, nil, learn.Run{})
	show(c, err)
	for _, m := range c.Dendrogram.Merges {
		fmt.Println(m.A, m.B, m.Height)
	}
	// Output:
	// [0 0 0 0 1] [4 1]
	// 0 1 1
	// 2 3 2
	// 5 6 4
	// 4 7 13
}

func ExampleMixture() {
	x := line(0, 0.5, 1, 0.25, 10, 10.5, 11)
	c, err := cluster.Mixture{Components: 2}.Cluster(context.Background(), x, nil, learn.Run{Seed: 1})
	show(c, err)
	fmt.Printf("%.3f\n", c.Model.(*cluster.Gaussians).Weights)
	// Output:
	// [0 0 0 0 1 1 1] [4 3]
	// [0.571 0.429]
}

func ExampleChoose() {
	x := line(1, 2, 3, 10, 11, 12, 30, 31, 32)
	c, err := cluster.Choose{Max: 5}.Run(context.Background(), cluster.KMeans{}, x, learn.Run{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.K, "clusters:", c.Rule)
	// Output: 3 clusters: largest mean silhouette
}

package cluster_test

import (
	"context"
	"os"
	"testing"

	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// benchFile is KDDTrain+ where NETANOM_FULL is set, and a fifth of it otherwise.
func benchFile() string {
	if os.Getenv("NETANOM_FULL") != "" {
		return modeltest.NSLWhole
	}
	return modeltest.NSLPart
}

func benchmarkCluster(b *testing.B, s cluster.Spec) {
	x, _ := modeltest.NSL(b, benchFile())
	x = modeltest.Standardized(x, x)
	b.ResetTimer()
	for b.Loop() {
		c, err := s.Cluster(context.Background(), x, nil, learn.Run{Seed: 1, Workers: 2})
		if err != nil {
			b.Fatal(err)
		}
		if m, ok := c.Model.(*cluster.Centers); ok {
			b.ReportMetric(m.Inertia, "inertia")
			b.ReportMetric(float64(m.Iterations), "rounds")
		}
	}
}

func BenchmarkKMeans8(b *testing.B)    { benchmarkCluster(b, cluster.KMeans{}) }
func BenchmarkKMeansOnce(b *testing.B) { benchmarkCluster(b, cluster.KMeans{Starts: 1}) }
func BenchmarkKMeans128(b *testing.B) {
	benchmarkCluster(b, cluster.KMeans{Clusters: 128, Starts: 1})
}
func BenchmarkMiniBatch8(b *testing.B) {
	benchmarkCluster(b, cluster.KMeans{Algorithm: cluster.MiniBatch})
}
func BenchmarkDBSCAN(b *testing.B)     { benchmarkCluster(b, cluster.DBSCAN{Eps: 0.5}) }
func BenchmarkDBSCANWide(b *testing.B) { benchmarkCluster(b, cluster.DBSCAN{Eps: 2}) }
func BenchmarkDBSCANKnee(b *testing.B) { benchmarkCluster(b, cluster.DBSCAN{}) }
func BenchmarkHDBSCAN(b *testing.B) {
	benchmarkCluster(b, cluster.HDBSCAN{MinClusterSize: 50, MinSamples: 5})
}
func BenchmarkWard(b *testing.B) { benchmarkCluster(b, cluster.Hierarchical{}) }

package outlier_test

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/model/cluster"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/outlier"
)

// traffic is connections by service, bytes and seconds, all much alike, and one that
// is not.
func traffic() *learn.Matrix {
	x := learn.NewMatrix([]learn.Column{{Name: "service", Levels: []string{"dns", "http"}}, {Name: "bytes"}, {Name: "seconds"}}, 200)
	for i := range x.Rows {
		x.Codes[0][i] = int32(i % 2)
		x.Numbers[1][i] = float64(i*37%101) / 101
		x.Numbers[2][i] = x.Numbers[1][i] + float64(i*53%97)/97
	}
	x.Numbers[1][150], x.Numbers[2][150] = 4, -1
	return x
}

// oddest fits a detector to traffic and tells the row with the highest score.
func oddest(spec learn.Spec) {
	x := traffic()
	_, scores, err := outlier.FitScores(context.Background(), spec, x, learn.Target{}, learn.Run{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	at := 0
	for i, s := range scores {
		if s > scores[at] {
			at = i
		}
	}
	fmt.Println(spec.Kind(), "finds row", at)
}

func ExampleIsolationForest() {
	oddest(outlier.IsolationForest{})
	// Output: iforest finds row 150
}

func ExampleExtendedForest() {
	oddest(outlier.ExtendedForest{})
	// Output: eif finds row 150
}

func ExampleLOF() {
	oddest(outlier.LOF{Neighbors: 10})
	// Output: lof finds row 150
}

func ExampleKNNDistance() {
	oddest(outlier.KNNDistance{})
	// Output: knndist finds row 150
}

func ExampleOneClassSVM() {
	oddest(outlier.OneClassSVM{Nu: 0.05, Gamma: 0.5})
	// Output: ocsvm finds row 150
}

func ExampleMahalanobis() {
	x := traffic()
	m, err := outlier.Mahalanobis{}.Fit(context.Background(), x, learn.Target{}, learn.Run{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := m.(learn.Explainer).Explain(x.Slice(150, 151))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("squared distance %.1f:", e.Total[0])
	for j, c := range m.Inputs() {
		fmt.Printf(" %s %.1f", c.Name, e.Parts[j][0])
	}
	fmt.Println()
	// Output: squared distance 143.9: service 0.0 bytes 107.4 seconds 36.5
}

func ExamplePCA() {
	oddest(outlier.PCA{Variance: 0.9})
	// Output: pca finds row 150
}

func ExampleECOD() {
	oddest(outlier.ECOD{})
	// Output: ecod finds row 150
}

func ExampleCOPOD() {
	oddest(outlier.COPOD{})
	// Output: copod finds row 150
}

func ExampleHBOS() {
	oddest(outlier.HBOS{})
	// Output: hbos finds row 150
}

func ExampleKMeans() {
	oddest(outlier.KMeans{KMeans: cluster.KMeans{Clusters: 2}})
	// Output: kmeans finds row 150
}

func ExampleMixture() {
	oddest(outlier.Mixture{Mixture: cluster.Mixture{Covariance: cluster.Diagonal, Components: 1}})
	// Output: gmm finds row 150
}

func ExampleEnsemble() {
	oddest(outlier.Ensemble{})
	// Output: ensemble finds row 150
}

func ExampleTailThreshold() {
	scores := make([]float64, 10_000) // an even spread between 0 and 1
	for i := range scores {
		scores[i] = float64(i) / 10_000
	}
	threshold, tail, err := outlier.TailThreshold(context.Background(), scores, 0.001)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f is exceeded once in a thousand; the tail begins at %.3f with the shape %.0f\n", threshold, tail.Start, tail.Shape)
	// Output: 0.999 is exceeded once in a thousand; the tail begins at 0.980 with the shape -1
}

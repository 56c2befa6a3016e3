package outlier_test

import (
	"context"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
	"github.com/netanom/netanom/model/outlier"
)

// BenchmarkFitScores fits to the 25,192 rows of NSL-KDD's fifth and scores them.
func BenchmarkFitScores(b *testing.B) {
	x, _ := modeltest.NSL(b, modeltest.NSLPart)
	x = modeltest.Logs(x)
	x = modeltest.Standardized(x, x)
	for _, kind := range outlier.Kinds() {
		if kind == "gmm" || kind == "kmeans" { // they are measured where they are made
			continue
		}
		b.Run(kind, func(b *testing.B) {
			spec, err := outlier.NewSpec(kind)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, _, err := outlier.FitScores(context.Background(), spec, x, learn.Target{}, learn.Run{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkScoreOne scores one row.
func BenchmarkScoreOne(b *testing.B) {
	x, _ := modeltest.NSL(b, modeltest.NSLPart)
	x = modeltest.Logs(x)
	x = modeltest.Standardized(x, x).Slice(0, 5000)
	for _, kind := range outlier.Kinds() {
		if kind == "gmm" {
			continue
		}
		b.Run(kind, func(b *testing.B) {
			spec, err := outlier.NewSpec(kind)
			if err != nil {
				b.Fatal(err)
			}
			m, _ := fit(b, spec, x)
			row, dst := x.Slice(77, 78), make([]float64, 1)
			for b.Loop() {
				if err := m.Score(dst, row); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFitTail(b *testing.B) {
	scores := make([]float64, 100_000)
	for i := range scores {
		scores[i] = 1 / float64(i+1)
	}
	for b.Loop() {
		if _, err := outlier.FitTail(context.Background(), scores, 1); err != nil {
			b.Fatal(err)
		}
	}
}

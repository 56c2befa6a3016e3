package linear

import (
	"context"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

func benchmarkFit(b *testing.B, s learn.Spec, data func(testing.TB) (*learn.Matrix, learn.Target)) {
	x, y := data(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Fit(context.Background(), x, y, learn.Run{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFitLogistic(b *testing.B)      { benchmarkFit(b, Logistic{}, attacks) }
func BenchmarkFitLasso(b *testing.B)         { benchmarkFit(b, Logistic{Penalty: "l1"}, attacks) }
func BenchmarkFitLogisticTypes(b *testing.B) { benchmarkFit(b, Logistic{}, connections) }
func BenchmarkFitSVM(b *testing.B)           { benchmarkFit(b, SVM{}, attacks) }
func BenchmarkFitHinge(b *testing.B)         { benchmarkFit(b, SVM{Loss: "hinge"}, attacks) }
func BenchmarkFitKernelSVM(b *testing.B)     { benchmarkFit(b, KernelSVM{}, attacks) }

func benchmarkScore(b *testing.B, s learn.Spec) {
	x, y := attacks(b)
	m := modeltest.Fit(b, s, x, y)
	out := make([]float64, x.Rows)
	for b.Loop() {
		if err := m.Score(out, x); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*x.Rows), "ns/row")
}

func BenchmarkScoreLogistic(b *testing.B)  { benchmarkScore(b, Logistic{}) }
func BenchmarkScoreKernelSVM(b *testing.B) { benchmarkScore(b, KernelSVM{}) }

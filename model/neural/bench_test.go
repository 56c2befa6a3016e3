package neural

import (
	"context"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// Each benchmark fits ten epochs to all rows, so that a tenth is an epoch.
func benchmarkFit(b *testing.B, file string, s MLP, kinds bool, workers int) {
	x, y := connections(b, file)
	if kinds {
		y = modeltest.Categories(y)
	} else {
		y = modeltest.Attacks(y)
	}
	off := false
	s.MaxIter, s.EarlyStopping, s.NIterNoChange = 10, &off, 1000
	b.ResetTimer()
	for b.Loop() {
		if _, err := s.Fit(context.Background(), x, y, learn.Run{Workers: workers}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(10*b.N), "ms/epoch")
}

const part, whole = modeltest.NSLPart, modeltest.NSLWhole

func BenchmarkFit(b *testing.B)          { benchmarkFit(b, part, MLP{}, false, 2) }
func BenchmarkFitOneWorker(b *testing.B) { benchmarkFit(b, part, MLP{}, false, 1) }
func BenchmarkFitWhole(b *testing.B)     { benchmarkFit(b, whole, MLP{}, false, 2) }
func BenchmarkFitKinds(b *testing.B)     { benchmarkFit(b, part, MLP{}, true, 2) }
func BenchmarkFitTangent(b *testing.B)   { benchmarkFit(b, part, MLP{Activation: "tanh"}, false, 2) }
func BenchmarkFitLogistic(b *testing.B)  { benchmarkFit(b, part, MLP{Activation: "logistic"}, false, 2) }
func BenchmarkFitDropout(b *testing.B)   { benchmarkFit(b, part, MLP{Dropout: 0.2}, false, 2) }
func BenchmarkFitDeep(b *testing.B) {
	benchmarkFit(b, part, MLP{HiddenLayers: []int{256, 256}}, false, 2)
}
func BenchmarkFitDeepOneWorker(b *testing.B) {
	benchmarkFit(b, part, MLP{HiddenLayers: []int{256, 256}}, false, 1)
}

func BenchmarkScore(b *testing.B) {
	x, y := connections(b, part)
	m, err := (&MLP{MaxIter: 1}).Fit(context.Background(), x, modeltest.Attacks(y), learn.Run{})
	if err != nil {
		b.Fatal(err)
	}
	dst := make([]float64, x.Rows)
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			if err := m.Score(dst, x); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(x.Rows*b.N), "ns/row")
	})
	b.Run("one", func(b *testing.B) {
		one := x.Slice(7, 8)
		for b.Loop() {
			if err := m.Score(dst[:1], one); err != nil {
				b.Fatal(err)
			}
		}
	})
}

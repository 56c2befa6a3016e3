package tree

import (
	"context"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
)

// Fits to all of NSL-KDD's training rows.
func BenchmarkFit(b *testing.B) {
	x, y := modeltest.NSL(b, modeltest.NSLWhole)
	y = modeltest.Attacks(y)
	for _, c := range []struct {
		name string
		spec learn.Spec
	}{{"rf", Forest{}}, {"et", ExtraTrees{}}, {"tree", Tree{}}, {"bag", Bagging{Trees: 10}}, {"ada", AdaBoost{}}} {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				if _, err := c.spec.Fit(context.Background(), x, y, learn.Run{Seed: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// smallTrees are 100 trees of at most 31 leaves, about what gradient boosting makes.
func smallTrees(b *testing.B) (*ForestModel, *learn.Matrix, learn.Target) {
	x, y := modeltest.NSL(b, modeltest.NSLPart)
	y = modeltest.Attacks(y)
	return fit(b, Forest{MaxLeafNodes: 31, MaxFeatures: "0.5"}, x, y).(*ForestModel), x, y
}

func BenchmarkScore(b *testing.B) {
	small, x, y := smallTrees(b)
	full := fit(b, Forest{}, x, y).(*ForestModel)
	for _, c := range []struct {
		name string
		m    *ForestModel
	}{{"small", small}, {"full", full}} {
		dst := make([]float64, 2*x.Rows)
		b.Run(c.name+"/batch", func(b *testing.B) {
			for range b.N {
				if err := c.m.Probabilities(dst, x); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(x.Rows), "ns/row")
		})
		b.Run(c.name+"/row", func(b *testing.B) {
			rows := make([]*learn.Matrix, 1000)
			for i := range rows {
				rows[i] = x.Slice(25*i, 25*i+1)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				if err := c.m.Probabilities(dst[:2], rows[i%len(rows)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkExplain(b *testing.B) {
	small, x, y := smallTrees(b)
	full := fit(b, Forest{}, x, y).(*ForestModel)
	x = x.Slice(0, 200)
	for name, m := range map[string]*ForestModel{"small": small, "full": full} {
		b.Run(name+"/batch", func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Explain(x); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(x.Rows), "ns/row")
		})
		b.Run(name+"/row", func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i = (i + 1) % x.Rows {
				if _, err := m.Explain(x.Slice(i, i+1)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package neighbor_test

import (
	"context"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/modeltest"
	"github.com/netanom/netanom/model/neighbor"
)

// halves returns the rows of NSL-KDD to train with and to score.
func halves(b *testing.B, rows, held int) (x *learn.Matrix, y learn.Target, fresh *learn.Matrix) {
	b.Helper()
	all, target := modeltest.NSL(b, modeltest.NSLWhole)
	all, target = modeltest.Logs(all), modeltest.Attacks(target)
	x = all.Slice(0, rows)
	y = learn.Target{Classes: target.Classes, Y: target.Y[:rows]}
	fresh = all.Slice(all.Rows-held, all.Rows)
	return modeltest.Standardized(x, x), y, modeltest.Standardized(fresh, x)
}

func benchmarkKNN(b *testing.B, rows, held int) {
	x, y, fresh := halves(b, rows, held)
	dst := make([]float64, fresh.Rows)
	for b.Loop() {
		m, err := neighbor.KNN{}.Fit(context.Background(), x, y, learn.Run{})
		if err != nil {
			b.Fatal(err)
		}
		if err := m.Score(dst, fresh); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFitAndScore25192(b *testing.B)  { benchmarkKNN(b, 25192, 25192) }
func BenchmarkFitAndScore100778(b *testing.B) { benchmarkKNN(b, 100778, 25195) }

func BenchmarkFit(b *testing.B) {
	x, y, _ := halves(b, 25192, 1)
	for b.Loop() {
		if _, err := (neighbor.KNN{}).Fit(context.Background(), x, y, learn.Run{}); err != nil {
			b.Fatal(err)
		}
	}
}

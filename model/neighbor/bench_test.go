package neighbor_test

import (
	"context"
	"math"
	"testing"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// scaled returns a matrix with all numbers brought to the mean 0 and the standard
// deviation 1 of log(1+x), by the figures of the first matrix.
func scaled(by, x *learn.Matrix) *learn.Matrix {
	out := learn.NewMatrix(x.Columns, x.Rows)
	for j := range x.Columns {
		if x.Columns[j].Coded() {
			out.Codes[j] = x.Codes[j]
			continue
		}
		var mean, square float64
		for _, v := range by.Numbers[j] {
			mean += math.Log1p(v) / float64(by.Rows)
		}
		for _, v := range by.Numbers[j] {
			d := math.Log1p(v) - mean
			square += d * d / float64(by.Rows)
		}
		if square == 0 {
			square = 1
		}
		for i, v := range x.Numbers[j] {
			out.Numbers[j][i] = (math.Log1p(v) - mean) / math.Sqrt(square)
		}
	}
	return out
}

// halves returns the rows of NSL-KDD to train with and to score.
func halves(b *testing.B, rows, held int) (x *learn.Matrix, y learn.Target, fresh *learn.Matrix) {
	b.Helper()
	all, target := kdd(b, "KDDTrain+.txt.gz")
	target = attacks(target)
	x = all.Slice(0, rows)
	y = learn.Target{Classes: target.Classes, Y: target.Y[:rows]}
	fresh = all.Slice(all.Rows-held, all.Rows)
	return scaled(x, x), y, scaled(x, fresh)
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

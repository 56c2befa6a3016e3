package stats

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
)

// benchmarkColumns returns k columns of n normal values.
func benchmarkColumns(k, n int) [][]float64 {
	r := rand.New(rand.NewPCG(1, 2))
	cols := make([][]float64, k)
	for c := range cols {
		cols[c] = make([]float64, n)
		for i := range cols[c] {
			cols[c][i] = float64(c) + r.NormFloat64()
		}
	}
	return cols
}

func BenchmarkComomentsOf(b *testing.B) {
	const k, n = 38, 1 << 18
	cols := benchmarkColumns(k, n)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			b.SetBytes(8 * k * n)
			for b.Loop() {
				if _, err := ComomentsOf(context.Background(), cols, workers); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkGram(b *testing.B) {
	const k = 39
	x := newPanel(k)
	x.fill(benchmarkColumns(k, panelRows), 0, panelRows, make([]float64, k))
	g := make([]float64, x.width*x.width)
	for name, add := range map[string]func(*panel, []float64){"fastest": addGram, "portable": addGramPortable} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				add(x, g)
			}
			useful := float64(panelRows*k*(k+1)/2) * float64(b.N)
			b.ReportMetric(useful/float64(b.Elapsed().Nanoseconds()), "GFMA/s")
		})
	}
}

func BenchmarkCentre(b *testing.B) {
	src, dst := benchmarkColumns(1, panelRows)[0], make([]float64, panelRows)
	b.SetBytes(8 * panelRows)
	for b.Loop() {
		centre(dst, src, src, 0.5)
	}
}

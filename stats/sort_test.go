package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSortFloatsAgreesWithSlicesSort(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	kinds := map[string]func(i int) float64{
		"random bits":  func(int) float64 { return finiteBits(rng) },
		"normal":       func(int) float64 { return rng.NormFloat64() },
		"few distinct": func(int) float64 { return float64(rng.IntN(7)) - 3 },
		"constant":     func(int) float64 { return -4.25 },
		"ascending":    func(i int) float64 { return float64(i) },
		"descending":   func(i int) float64 { return -float64(i) },
		"subnormal":    func(int) float64 { return math.Float64frombits(rng.Uint64N(1 << 20)) },
		"infinities":   func(i int) float64 { return []float64{math.Inf(1), math.Inf(-1), 0, 1}[i%4] },
	}
	for name, draw := range kinds {
		for _, n := range []int{0, 1, 2, 100, radixMinimum - 1, radixMinimum, 5000} {
			x := make([]float64, n)
			for i := range x {
				x[i] = draw(i)
			}
			want := slices.Clone(x)
			slices.Sort(want)
			SortFloats(x, make([]float64, n))
			if !slices.Equal(x, want) {
				t.Errorf("%s, n = %d: not sorted", name, n)
			}
		}
	}
}

func TestSortFloatsMakesZerosPositive(t *testing.T) {
	for _, n := range []int{4, 4 * radixMinimum} {
		x := make([]float64, n)
		for i := range x {
			x[i] = []float64{1, math.Copysign(0, -1), 0, -1}[i%4]
		}
		SortFloats(x, nil)
		for i, v := range x {
			if v == 0 && math.Signbit(v) {
				t.Fatalf("n = %d: x[%d] is -0", n, i)
			}
		}
		if !slices.IsSorted(x) {
			t.Errorf("n = %d: not sorted", n)
		}
	}
}

// finiteBits returns a float64 drawn evenly over bit patterns.
func finiteBits(rng *rand.Rand) float64 {
	for {
		if v := math.Float64frombits(rng.Uint64()); !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v
		}
	}
}

func BenchmarkSortFloats(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	kinds := []struct {
		name string
		draw func() float64
	}{
		{"lognormal", func() float64 { return math.Exp(rng.NormFloat64()) }},
		{"sixDecimals", func() float64 { return math.Round(1e6*rng.NormFloat64()) / 1e6 }},
		{"counts", func() float64 { return float64(rng.IntN(500)) }},
	}
	for _, kind := range kinds {
		for _, n := range []int{500, 1_000, 100_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", kind.name, n), func(b *testing.B) {
				source := make([]float64, n)
				for i := range source {
					source[i] = kind.draw()
				}
				x, scratch := make([]float64, n), make([]float64, n)
				b.ResetTimer()
				for b.Loop() {
					copy(x, source)
					SortFloats(x, scratch)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/value")
			})
		}
	}
}

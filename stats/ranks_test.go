package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMidranks(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name    string
		x, want []float64
	}{
		{"empty", nil, []float64{}},
		{"one", []float64{7}, []float64{1}},
		{"all equal", []float64{4, 4, 4}, []float64{2, 2, 2}},
		// scipy 1.10.1: scipy.stats.rankdata
		{"ties and zeros of both signs", []float64{3, 1, 2, 2, -1, 0, math.Copysign(0, -1), 3, 3}, []float64{8, 4, 5.5, 5.5, 1, 2.5, 2.5, 8, 8}},
		{"infinities", []float64{inf, 1e308, -inf, -1e308}, []float64{4, 3, 1, 2}},
		{"missing", []float64{2, nan, 1, 2}, []float64{2.5, nan, 1, 2.5}},
	} {
		got := Midranks(c.x)
		same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
		if !slices.EqualFunc(got, c.want, same) {
			t.Errorf("%s: Midranks(%v) = %v, want %v", c.name, c.x, got, c.want)
		}
	}
}

func TestMidranksByCounting(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for name, draw := range map[string]func() float64{
		"continuous": func() float64 { return r.NormFloat64() * math.Exp(50*r.NormFloat64()) },
		"few values": func() float64 { return float64(r.IntN(21) - 10) },
		"some NaN":   func() float64 { return math.Sqrt(float64(r.IntN(1001) - 50)) },
	} {
		for _, n := range []int{2, 30, radixMinimum - 1, radixMinimum, 3000} {
			x := make([]float64, n)
			for i := range x {
				x[i] = draw()
			}
			for i, got := range Midranks(x) {
				below, equal := 0, 0
				for _, v := range x {
					if v < x[i] {
						below++
					} else if v == x[i] {
						equal++
					}
				}
				want := float64(below) + float64(equal+1)/2
				if math.IsNaN(x[i]) {
					want = x[i]
				}
				if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
					t.Fatalf("%s, n = %d: rank of %v = %v, want %v", name, n, x[i], got, want)
				}
			}
		}
	}
}

func TestMidranksAtTheLimitOfTheTable(t *testing.T) {
	for _, distinct := range []int{fewValues, fewValues + 1} {
		x := make([]float64, 3*distinct)
		for i := range x {
			x[i] = float64(i*7919%distinct) * 0x1p-200 // 7919 is prime: each value three times
		}
		for i, got := range Midranks(x) {
			if want := 3*float64(i*7919%distinct) + 2; got != want {
				t.Fatalf("%d distinct values: rank of %v = %v, want %v", distinct, x[i], got, want)
			}
		}
	}
}

func BenchmarkMidranks(b *testing.B) {
	const n = 1 << 20
	r := rand.New(rand.NewPCG(1, 2))
	wide, narrow := make([]float64, n), make([]float64, n)
	for i := range n {
		wide[i], narrow[i] = r.NormFloat64(), float64(r.IntN(512))
	}
	for name, x := range map[string][]float64{"continuous": wide, "512 values": narrow} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Midranks(x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/value")
		})
	}
}

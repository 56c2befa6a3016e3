package neighbor

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Sums within the limit must have the bits that the portable code gives, and others must
// be beyond the limit by both.
func TestVectorsGiveTheSameBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	numbers := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = rng.NormFloat64() * math.Pow(10, float64(rng.IntN(5)-2))
			if rng.IntN(4) == 0 {
				v[i] = 0
			}
		}
		return v
	}
	same := func(got, want, limit float64) bool {
		return got > limit && want > limit || math.Float64bits(got) == math.Float64bits(want)
	}
	for range 3000 {
		w, count := lanes*rng.IntN(8), 1+rng.IntN(leafPoints)
		row, points := numbers(w), numbers(w*count)
		limit := math.Inf(1)
		if rng.IntN(2) == 0 {
			limit = float64(w) * rng.ExpFloat64() * 100
		}
		got, want := make([]float64, count), make([]float64, count)
		for i := range got {
			got[i] = float64(rng.IntN(5))
			want[i] = got[i]
		}
		addSquares(got, row, points, limit)
		addSquaresPortable(want, row, points, limit)
		for i := range got {
			if !same(got[i], want[i], limit) {
				t.Fatalf("%d numbers, limit %v: %v, want %v", w, limit, got[i], want[i])
			}
		}
		low, high := numbers(w), numbers(w)
		for j := range low {
			low[j], high[j] = min(low[j], high[j]), max(low[j], high[j])
		}
		a, b := outsideSquares(row, low, high, 1, limit), Euclidean.outside(row, low, high, 1, limit)
		if !same(a, b, limit) {
			t.Fatalf("box of %d numbers, limit %v: %v, want %v", w, limit, a, b)
		}
	}
}

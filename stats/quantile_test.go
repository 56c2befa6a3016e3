package stats

import (
	"fmt"
	"math"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// R: quantile(c(1, 2, 4, 8, 16), c(0, .01, .25, .3, .5, .95, 1)), type 7.
func TestQuantilesType7(t *testing.T) {
	got := Quantiles([]float64{1, 2, 4, 8, 16}, 0, 0.01, 0.25, 0.3, 0.5, 0.95, 1)
	for i, want := range []float64{1, 1.04, 2, 2.4, 4, 14.4, 16} {
		check.Close(t, fmt.Sprint("quantile ", i), got[i], want, 1e-14)
	}
}

func TestQuantilesUndefined(t *testing.T) {
	for i, q := range Quantiles([]float64{1, 2}, -0.1, 1.1, math.NaN()) {
		check.Close(t, fmt.Sprint("probability ", i), q, math.NaN(), 0)
	}
	check.Close(t, "empty sample", Quantiles(nil, 0.5)[0], math.NaN(), 0)
	check.Close(t, "one value", Quantiles([]float64{7}, 0.3)[0], 7, 0)
}

// The widest range there is must not overflow between its ends, and equal values
// must not differ by rounding.
func TestQuantilesStayInRange(t *testing.T) {
	ends := []float64{-math.MaxFloat64, math.MaxFloat64}
	check.Close(t, "middle of the widest range", Quantiles(ends, 0.5)[0], 0, 0)
	same := []float64{0.1, 0.1, 0.1, 0.1}
	last := math.Inf(-1)
	for p := 0.0; p <= 1; p += 1.0 / 128 {
		if q := Quantiles(same, p)[0]; q != 0.1 {
			t.Fatalf("quantile %v of equal values = %v", p, q)
		}
		q := Quantiles([]float64{-3, 0.1, 0.1, 0.3, 1e9}, p)[0]
		if q < last || q > 1e9 {
			t.Fatalf("quantile %v = %v after %v", p, q, last)
		}
		last = q
	}
}

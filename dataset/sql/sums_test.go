package sql

import (
	"math"
	"math/big"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// A million equal terms are the worst for a plain sum, as every rounding errs to the same
// side.
func TestRoundedTermsAddUpExactly(t *testing.T) {
	check.Long(t)
	const n = 1_000_000
	for _, term := range []float64{0.1, math.Pi * 1e-9, 1e150 / 3, -0.7} {
		for _, bound := range []float64{1, 10, 1e3} { // times the term
			rounder, ok := rounderFor(math.Abs(term)*bound, n)
			if !ok {
				t.Fatalf("%v is too near the ends of the range", term)
			}
			plain, high, low := 0.0, 0.0, 0.0
			exactHigh := new(big.Float).SetPrec(2000)
			for range n {
				rounded := float64(term+rounder) - rounder
				plain, high, low = plain+term, high+rounded, low+(term-rounded)
				exactHigh.Add(exactHigh, big.NewFloat(rounded))
			}
			if want, accuracy := exactHigh.Float64(); high != want || accuracy != big.Exact {
				t.Errorf("%v: the rounded terms add up to %v, want %v", term, high, want)
			}
			want := new(big.Float).SetPrec(2000).Mul(big.NewFloat(term), big.NewFloat(n))
			off := func(sum float64) float64 {
				d, _ := new(big.Float).Sub(new(big.Float).SetPrec(2000).SetFloat64(sum), want).Float64()
				return math.Abs(d / (term * n))
			}
			if off(high+low) > 1e-15 {
				t.Errorf("%v: the sum is off by %v, and a plain one by %v", term, off(high+low), off(plain))
			}
		}
	}
}

func TestSumsNearTheEndsOfTheRangeArePlain(t *testing.T) {
	for _, bound := range []float64{0, 1e-300, 1e300, math.Inf(1), math.NaN()} {
		if _, ok := rounderFor(bound, 10); ok {
			t.Errorf("terms up to %v are rounded", bound)
		}
	}
}

// What was learned of some rows is not taken for what is known of others, or of a number of
// rows that nobody has counted.
func TestSpreadsAreRememberedWithTheirRows(t *testing.T) {
	s := &Source{table: &table{}, condition: "x > 1", counted: &rowCount{n: 5}}
	found := []spread{{n: 4, min: 1, max: 3, mean: 2}}
	s.remember([]string{"x"}, found, 6) // of other rows
	if known, _ := s.knownSpreads([]string{"x"}); known != nil {
		t.Errorf("%v is known of rows that were not there", known)
	}
	s.remember([]string{"x"}, found, 5)
	if known, rows := s.knownSpreads([]string{"x"}); len(known) != 1 || known[0] != found[0] || rows != 5 {
		t.Errorf("%v of %d rows, want %v of 5", known, rows, found)
	}
	for _, n := range []int64{-1, 6} {
		later := *s
		later.counted = &rowCount{n: n}
		if known, rows := later.knownSpreads([]string{"x"}); known != nil {
			t.Errorf("%v of %d rows is known where %d were counted", known, rows, n)
		}
	}
	other := *s
	other.condition = ""
	if known, _ := other.knownSpreads([]string{"x"}); known != nil {
		t.Errorf("%v is known under another condition", known)
	}
}

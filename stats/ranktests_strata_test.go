package stats

import (
	"errors"
	"math"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func strataOf(t *testing.T, strata ...[2][]float64) []Tally {
	t.Helper()
	var out []Tally
	for _, s := range strata {
		groups := append(make([]int, len(s[0])), make([]int, len(s[1]))...)
		for i := range s[1] {
			groups[len(s[0])+i] = 1
		}
		tally, err := TallyOfGroups(append(append([]float64{}, s[0]...), s[1]...), groups, []string{"a", "b"})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, tally)
	}
	return out
}

// One stratum is the plain test.
func TestStratifiedMannWhitneyOne(t *testing.T) {
	strata := strataOf(t, [2][]float64{{1, 2, 2, 5, 9}, {0, 1, 2, 3}})
	for _, alt := range []Alternative{TwoSided, Less, Greater} {
		got, err := StratifiedMannWhitney(strata, alt, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		want, err := MannWhitneyNormal(strata[0], alt, 0.9, false)
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, "p", got.P, want.P, 1e-14)
		check.Close(t, "U", got.Statistic.Value, want.Statistic.Value, 1e-14)
		check.Close(t, "effect", got.Effect.Value, want.Effect.Value, 1e-14)
		check.Close(t, "low", got.Effect.CI.Low, want.Effect.CI.Low, 1e-14)
	}
}

// Pairs are compared within strata: in each of these the first group is smaller,
// though over both it is not.
func TestStratifiedMannWhitney(t *testing.T) {
	strata := strataOf(t,
		[2][]float64{{1, 2, 3}, {4, 5}},
		[2][]float64{{11, 12}, {13, 12}},
		[2][]float64{{7, 7}, {7, 7}}, // undecided
		[2][]float64{{1}, {}})        // nothing to compare
	r, err := StratifiedMannWhitney(strata, Less, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	// Of 6 + 4 + 4 pairs the first group wins none and ties 1 + 4.
	check.Close(t, "AUC", r.Estimate.Value, 2.5/14, 1e-15)
	check.Close(t, "effect", r.Effect.Value, 2*2.5/14-1, 1e-15)
	// Variances n1 n2 / 12 (N + 1 - Σ(t³-t) / (N (N-1))): 3 and 4/12 (5 - 6/12).
	z := (2.5 - 7) / math.Sqrt(3+4.0/12*(5-6.0/12))
	check.Close(t, "z", r.Terms[0].Values[0].Value, z, 1e-14)
	check.Close(t, "p", r.P, math.Erfc(-z/math.Sqrt2)/2, 1e-12)
	if r.N[0] != 7 || r.N[1] != 6 {
		t.Errorf("n = %v, want 7 and 6", r.N)
	}
}

func TestStratifiedMannWhitneyErrors(t *testing.T) {
	equal := strataOf(t, [2][]float64{{1, 1}, {1}}, [2][]float64{{2}, {2}})
	if _, err := StratifiedMannWhitney(equal, TwoSided, 0.95); !errors.Is(err, ErrConstant) {
		t.Errorf("error %v, want %v", err, ErrConstant)
	}
	if _, err := StratifiedMannWhitney(nil, TwoSided, 0.95); !errors.Is(err, ErrTooFew) {
		t.Errorf("error %v, want %v", err, ErrTooFew)
	}
	if _, err := StratifiedMannWhitney(equal, TwoSided, 2); err == nil {
		t.Error("a confidence level of 2 is accepted")
	}
}

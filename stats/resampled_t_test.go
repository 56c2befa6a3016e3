package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func TestResampledTErrors(t *testing.T) {
	for name, test := range map[string]struct {
		differences []float64
		train, test int
		want        error
	}{
		"one split": {[]float64{1}, 9, 1, ErrTooFew}, "none": {nil, 9, 1, ErrTooFew}, "equal": {[]float64{0, 0, 0}, 9, 1, ErrConstant},
		"NaN": {[]float64{0, math.NaN()}, 9, 1, ErrNotFinite}, "no training": {[]float64{0, 1}, 0, 1, nil}, "no test": {[]float64{0, 1}, 9, 0, nil},
	} {
		if _, err := ResampledT(test.differences, test.train, test.test, TwoSided, 0.95); err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if _, err := ResampledT([]float64{0, 1}, 9, 1, TwoSided, 1); err == nil {
		t.Error("a level of 1 is taken")
	}
}

// Without rows in the test sets it would be the paired t-test; both tails add up to one,
// and the sign of the differences is that of t.
func TestResampledTSides(t *testing.T) {
	d := []float64{0.01, 0.03, -0.01, 0.02, 0.015}
	less, err := ResampledT(d, 4, 1, Less, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	greater, err := ResampledT(d, 4, 1, Greater, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "both tails", less.P+greater.P, 1, 1e-14)
	m, _ := MomentsOf(d)
	plain, err := PairedT(m, Greater, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "t", greater.Statistic.Value, plain.Statistic.Value/math.Sqrt(1+5.0/4), 1e-13)
	check.Close(t, "d", greater.Effect.Value, plain.Effect.Value, 0)
	if many, err := ResampledT(d, math.MaxInt, 1, Greater, 0.95); err != nil || math.Abs(many.P-plain.P) > 1e-12 {
		t.Errorf("p is %v, and %v of the paired test: %v", many.P, plain.P, err)
	}
}

// Two models that are equally good: random labels, and models that say at random. Over
// repeated splits of the same rows the test must not find a difference more often than it
// should, where the paired t-test does.
func TestResampledTKeepsItsLevel(t *testing.T) {
	random := rand.New(rand.NewPCG(31, 0))
	const times, rows, repeats, folds = 400, 100, 10, 10
	corrected, plain := 0, 0
	for range times {
		// What a row adds to the difference is the same whoever is trained: −1, 0 or 1.
		row := make([]float64, rows)
		for i := range row {
			row[i] = float64(random.IntN(2) - random.IntN(2))
		}
		var d []float64
		for range repeats {
			order := random.Perm(rows)
			for k := range folds {
				var sum float64
				for _, i := range order[k*rows/folds : (k+1)*rows/folds] {
					sum += row[i]
				}
				d = append(d, sum*folds/rows)
			}
		}
		r, err := ResampledT(d, rows-rows/folds, rows/folds, TwoSided, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if r.P < 0.05 {
			corrected++
		}
		m, _ := MomentsOf(d)
		if p, err := PairedT(m, TwoSided, 0.95); err == nil && p.P < 0.05 {
			plain++
		}
	}
	if share := float64(corrected) / times; share > 0.1 || plain < 2*corrected {
		t.Errorf("of equal models, %d of %d are told apart, and %d by the paired test", corrected, times, plain)
	}
}

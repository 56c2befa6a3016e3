package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// D. R. Helsel and R. M. Hirsch (2002), Statistical Methods in Water Resources,
// section 10.1.2: the median of the 21 slopes is 1, whatever becomes of the sixth
// value.
func TestSenSlopeOfPublishedExample(t *testing.T) {
	r, err := MannKendall([]float64{1, 2, 3, 4, 5, 16, 7}, TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "slope", r.Estimate.Value, 1, 0)
	check.Close(t, "S", termValue(t, r, "score", "S"), 19, 0) // one pair of 21 is discordant
	if len(r.Warnings) != 1 {
		t.Errorf("%d warnings for seven values, want one", len(r.Warnings))
	}
}

// Of a line all pairs agree: S = 45, and its variance is 10·9·25/18 = 125. Gaps
// leave the line a line, and its slope the same.
func TestMannKendallByHand(t *testing.T) {
	x := []float64{1, 3, 5, 7, 9, 11, 13, 15, 17, 19}
	r, err := MannKendall(x, TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "z", r.Statistic.Value, 44/math.Sqrt(125), 1e-14)
	check.Close(t, "variance", termValue(t, r, "score", "variance"), 125, 1e-14)
	if r.Estimate.Value != 2 || r.CI != (Interval{2, 2, 0.95}) || r.Effect.Value != 1 {
		t.Errorf("slope %v, interval %v, tau %v", r.Estimate.Value, r.CI, r.Effect.Value)
	}
	nan := math.NaN()
	r, err = MannKendall([]float64{nan, 1, nan, 5, 7, nan, 11, nan}, TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if r.Estimate.Value != 2 || r.N[0] != 4 || r.Missing != 4 {
		t.Errorf("with gaps: slope %v, n %v, missing %d", r.Estimate.Value, r.N, r.Missing)
	}
	if !math.IsInf(r.CI.Low, -1) || !math.IsInf(r.CI.High, 1) {
		t.Errorf("interval of six slopes %v: want it open", r.CI)
	}
}

func TestMannKendallAlternatives(t *testing.T) {
	falling := slices.Clone(nile)
	rising := slices.Clone(nile)
	slices.Reverse(rising)
	p := map[Alternative]float64{}
	for _, alt := range []Alternative{TwoSided, Less, Greater} {
		r, err1 := MannKendall(falling, alt, 0.95)
		mirror, err2 := MannKendall(rising, map[Alternative]Alternative{TwoSided: TwoSided, Less: Greater, Greater: Less}[alt], 0.95)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		check.Close(t, "p backwards, "+alt.String(), mirror.P, r.P, 1e-12)
		check.Close(t, "slope backwards, "+alt.String(), mirror.Estimate.Value, -r.Estimate.Value, 0)
		check.Close(t, "interval backwards, "+alt.String(), mirror.CI.Low, -r.CI.High, 0)
		p[alt] = r.P
	}
	check.Close(t, "two-sided p over that of a falling trend", p[TwoSided]/p[Less], 2, 1e-12)
	if sum := p[Less] + p[Greater]; sum < 1 || sum > 1.01 {
		t.Errorf("the one-sided p add up to %v, want a little more than 1", sum)
	}
}

// Ranks decide, so a monotone map of the values must leave the test as it is; a
// power of two as unit must leave even the slope's digits.
func TestMannKendallUnderTransformation(t *testing.T) {
	before, err := MannKendall(nile, TwoSided, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	for _, exp := range []int{-800, 0, 1000} {
		mapped, scaled := make([]float64, len(nile)), make([]float64, len(nile))
		for i, v := range nile {
			mapped[i], scaled[i] = math.Exp(v/100), math.Ldexp(v, exp)
		}
		m, err1 := MannKendall(mapped, TwoSided, 0.9)
		s, err2 := MannKendall(scaled, TwoSided, 0.9)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if m.Log10P != before.Log10P || s.Log10P != before.Log10P || s.Estimate.Value != math.Ldexp(before.Estimate.Value, exp) {
			t.Errorf("2^%d: log10 p %v and %v, want %v; slope %v", exp, m.Log10P, s.Log10P, before.Log10P, s.Estimate.Value)
		}
	}
}

// The interval must hold the true slope about as often as it says, even with
// errors of heavy tails.
func TestSenSlopeIntervalCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	const trials, slope = 600, 0.3
	covered := 0
	for range trials {
		x := make([]float64, 25)
		for i := range x {
			x[i] = slope*float64(i) + rng.NormFloat64()/math.Sqrt(rng.ExpFloat64())
		}
		r, err := MannKendall(x, TwoSided, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		if r.CI.Low <= slope && slope <= r.CI.High {
			covered++
		}
	}
	if share := float64(covered) / trials; share < 0.87 || share > 0.95 {
		t.Errorf("the interval of 90 %% covers %.1f %%", 100*share)
	}
}

func TestMannKendallRefusals(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		x    []float64
		want error
	}{
		{"nothing", nil, ErrTooFew},
		{"two values and gaps", []float64{1, nan, 2, nan}, ErrTooFew},
		{"constant", []float64{4, 4, nan, 4, 4}, ErrConstant},
		{"infinity", []float64{1, 2, 3, math.Inf(-1)}, ErrNotFinite},
	} {
		if _, err := MannKendall(c.x, TwoSided, 0.95); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := MannKendall(nile, TwoSided, 0); err == nil {
		t.Error("level 0 was accepted")
	}
}

func ExampleMannKendall() {
	// Failed logins per hour; the third hour was not recorded.
	failed := []float64{3, 5, math.NaN(), 4, 8, 9, 8, 12, 40, 14, 15, 17}
	r, err := MannKendall(failed, TwoSided, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f more each hour, p = %.5f\n", r.Estimate.Value, r.P)
	// Output: 1.25 more each hour, p = 0.00079
}

// slopesOfAllPairs lists the slopes by definition, ascending.
func slopesOfAllPairs(t, x []float64) []float64 {
	var slopes []float64
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			slopes = append(slopes, (x[j]-x[i])/(t[j]-t[i]))
		}
	}
	slices.Sort(slopes)
	return slopes
}

// However the values tie, every rank must give the slope that listing all of them
// gives.
func TestSlopesByRankEqualThoseOfAllPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	draws := map[string]func() float64{
		"normal":       rng.NormFloat64,
		"two values":   func() float64 { return float64(rng.IntN(2)) },
		"mostly zero":  func() float64 { return float64(rng.IntN(10) / 9) },
		"large offset": func() float64 { return 1e9 + rng.NormFloat64() },
		"small counts": func() float64 { return float64(rng.IntN(6)) },
	}
	for name, draw := range draws {
		times, x := make([]float64, 700), make([]float64, 700)
		for i := range x {
			times[i], x[i] = float64(i+i/50), draw()
		}
		want := slopesOfAllPairs(times, x)
		s, exp := newPairSlopes(times, x)
		if exp != 0 {
			t.Fatalf("%s: scaled by 2^%d", name, exp)
		}
		n := len(want)
		for _, rank := range []int{1, 2, n / 100, n / 4, n/2 - 1, n / 2, n/2 + 1, 3 * n / 4, n - 5, n} {
			if got := s.ranked(int64(rank)); got != want[rank-1] {
				t.Errorf("%s: slope %d of %d is %v, want %v", name, rank, n, got, want[rank-1])
			}
		}
	}
}

func BenchmarkMannKendall(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 125_973)
	for i := range x {
		x[i] = float64(rng.IntN(500))
	}
	for b.Loop() {
		if _, err := MannKendall(x, TwoSided, 0.95); err != nil {
			b.Fatal(err)
		}
	}
}

package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// twoGroups tallies two samples.
func twoGroups(t testing.TB, a, b []float64) Tally {
	t.Helper()
	return manyGroups(t, a, b)
}

// manyGroups tallies samples as the groups a, b, c and so on.
func manyGroups(t testing.TB, samples ...[]float64) Tally {
	t.Helper()
	var x []float64
	var groups []int
	var names []string
	for g, sample := range samples {
		names = append(names, string(rune('a'+g)))
		for _, v := range sample {
			x, groups = append(x, v), append(groups, g)
		}
	}
	tally, err := TallyOfGroups(x, groups, names)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// Miles per gallon of the cars of R's mtcars, with automatic and manual gears
// (Motor Trend 1974).
var (
	mpgAutomatic = []float64{21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 21.5, 15.5, 15.2, 13.3, 19.2}
	mpgManual    = []float64{21.0, 21.0, 22.8, 32.4, 30.4, 33.9, 27.3, 26.0, 30.4, 15.8, 19.7, 15.0, 21.4}
)

func TestMannWhitneyInline(t *testing.T) {
	// R: wilcox.test(x, y, alternative = "greater"); M. Hollander and D. A. Wolfe
	// (1973), page 69.
	atTerm := []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
	early := []float64{1.15, 0.88, 0.90, 0.74, 1.21}
	// SciPy: the example of mannwhitneyu.
	males, females := []float64{19, 22, 16, 29, 24}, []float64{20, 11, 17, 12}
	for _, c := range []struct {
		name   string
		a, b   []float64
		alt    Alternative
		u      float64
		p, tol float64
		method string
	}{
		{"permeability", atTerm, early, Greater, 35, 0.1272, 5e-4, "Mann-Whitney, exact"},
		{"ages", males, females, TwoSided, 17, 1.0 / 9, 1e-14, "Mann-Whitney, exact"},
		// R: wilcox.test(mpg ~ am, mtcars).
		{"mtcars", mpgAutomatic, mpgManual, TwoSided, 42, 0.001871, 5e-4, "Mann-Whitney, normal approximation, continuity correction"},
	} {
		r, err := MannWhitney(twoGroups(t, c.a, c.b), c.alt, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, c.name+": U", r.Statistic.Value, c.u, 0)
		check.Close(t, c.name+": p", r.P, c.p, c.tol)
		if r.Method != c.method {
			t.Errorf("%s: method %q, want %q", c.name, r.Method, c.method)
		}
	}
	r, err := MannWhitneyNormal(twoGroups(t, males, females), TwoSided, 0.95, true)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "p of the approximation", r.P, 0.11134688653314041, 1e-12)
	// R, effectsize: rank_biserial(mpg ~ am, data = mtcars) is -0.66.
	r, err = MannWhitney(twoGroups(t, mpgAutomatic, mpgManual), TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "rank-biserial", r.Effect.Value, 2*42.0/(19*13)-1, 1e-14)
	check.Close(t, "AUC", r.Estimate.Value, 42.0/(19*13), 1e-14)
	if r.Effect.Magnitude != "large" || r.CI.High > 0.5 || r.CI.Low < 0.05 {
		t.Errorf("effect %+v, interval of the AUC %+v", r.Effect, r.CI)
	}
}

// The exact distribution must be that of all assignments of the values.
func TestRankSumDistributionByEnumeration(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 4}, {3, 4}, {5, 2}, {6, 6}} {
		n1, n := size[0], size[0]+size[1]
		counts, total := make([]float64, size[0]*size[1]+1), 0.0
		for set := range 1 << n {
			u, second, members := 0, 0, 0
			for bit := range n {
				if set>>bit&1 == 1 {
					u += second
					members++
				} else {
					second++
				}
			}
			if members == n1 {
				counts[u]++
				total++
			}
		}
		for u, p := range rankSumDistribution(size[0], size[1]) {
			check.Close(t, fmt.Sprintf("P(U = %d) of %v", u, size), p, counts[u]/total, 1e-13)
		}
	}
	// The tail of one order in C(98, 49).
	logP := logRankSumP(49, 49, 0, Less)
	choose, _ := math.Lgamma(99)
	half, _ := math.Lgamma(50)
	check.Close(t, "log p of full separation", logP, 2*half-choose, 1e-12)
}

// Exchanging the groups mirrors everything, a monotone map changes nothing, and the
// three alternatives agree with each other.
func TestMannWhitneySymmetry(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for _, n := range []int{8, 90} {
		a, b := make([]float64, n), make([]float64, n+5)
		for i := range a {
			a[i] = rng.NormFloat64() + 0.4
		}
		for i := range b {
			b[i] = rng.NormFloat64()
		}
		direct, swapped := twoGroups(t, a, b), twoGroups(t, b, a)
		mapped, err := direct.Map(math.Exp)
		if err != nil {
			t.Fatal(err)
		}
		p := map[Alternative]float64{}
		for _, c := range [][2]Alternative{{TwoSided, TwoSided}, {Less, Greater}, {Greater, Less}} {
			r, err1 := MannWhitney(direct, c[0], 0.95)
			s, err2 := MannWhitney(swapped, c[1], 0.95)
			m, err3 := MannWhitney(mapped, c[0], 0.95)
			if err := errors.Join(err1, err2, err3); err != nil {
				t.Fatal(err)
			}
			p[c[0]] = r.P
			name := fmt.Sprintf("%d values, %s", n, c[0])
			check.Close(t, name+": p swapped", s.P, r.P, 1e-12)
			check.Close(t, name+": effect swapped", s.Effect.Value, -r.Effect.Value, 1e-14)
			check.Close(t, name+": interval swapped", s.Effect.CI.Low, -r.Effect.CI.High, 1e-10)
			if m.P != r.P || m.Effect != r.Effect {
				t.Errorf("%s: a monotone map changes p from %v to %v", name, r.P, m.P)
			}
		}
		check.Close(t, "two-sided p", p[TwoSided], 2*min(p[Less], p[Greater]), 1e-12)
		if sum := p[Less] + p[Greater]; sum < 1 || sum > 1.2 {
			t.Errorf("%d values: the one-sided p add up to %v", n, sum)
		}
	}
}

// The interval must hold the true AUC about as often as it says, near ½ and near 1,
// and must not shrink to nothing where the groups are apart.
func TestConcordanceIntervalCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, shift := range []float64{0, 1, 2.5} {
		auc := math.Exp(LogNormalCDF(shift / math.Sqrt2))
		const trials = 800
		covered := 0
		for range trials {
			a, b := make([]float64, 25), make([]float64, 40)
			for i := range a {
				a[i] = rng.NormFloat64() + shift
			}
			for i := range b {
				b[i] = rng.NormFloat64()
			}
			r, err := MannWhitneyNormal(twoGroups(t, a, b), TwoSided, 0.95, true)
			if err != nil {
				t.Fatal(err)
			}
			if r.CI.Low <= auc && auc <= r.CI.High {
				covered++
			}
		}
		if share := float64(covered) / trials; share < 0.93 || share > 0.99 {
			t.Errorf("AUC %.3f: the interval of 95 %% covers %.1f %%", auc, 100*share)
		}
	}
	apart := concordanceInterval(1, 20, 30, 0.95)
	if apart.High != 1 || !(apart.Low > 0.8 && apart.Low < 0.99) {
		t.Errorf("interval of groups that are apart: %+v", apart)
	}
	// J. A. Hanley and B. J. McNeil (1982), Radiology 143, page 33: an AUC of 0.893 of
	// 58 and 51 images has standard error 0.032.
	half := concordanceInterval(0.893, 58, 51, 0.6826894921370859)
	if se := (half.High - half.Low) / 2; math.Abs(se-0.032) > 0.001 {
		t.Errorf("half the interval of one standard error is %v, want about 0.032", se)
	}
}

func TestKruskalWallisInline(t *testing.T) {
	for _, c := range []struct {
		name    string
		samples [][]float64
		h, p    float64
		tol     float64
	}{
		// SciPy: the examples of kruskal.
		{"odd and even", [][]float64{{1, 3, 5, 7, 9}, {2, 4, 6, 8, 10}}, 0.2727272727272734, 0.6015081344405895, 1e-13},
		{"constant groups", [][]float64{{1, 1, 1}, {2, 2, 2}, {2, 2}}, 7, 0.0301973834223185, 1e-13},
		// R: kruskal.test on mucociliary efficiency; Hollander and Wolfe (1973), page 116.
		{"mucociliary", [][]float64{{2.9, 3.0, 2.5, 2.6, 3.2}, {3.8, 2.7, 4.0, 2.4}, {2.8, 3.4, 3.7, 2.2, 2.0}}, 0.77143, 0.68, 1e-3},
	} {
		r, err := KruskalWallis(manyGroups(t, c.samples...))
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, c.name+": H", r.Statistic.Value, c.h, c.tol)
		check.Close(t, c.name+": p", r.P, c.p, c.tol)
		check.Close(t, c.name+": df", r.DF[0], float64(len(c.samples)-1), 0)
	}
}

// Of two groups H is the square of Mann and Whitney's z; groups without values do
// not count; huge counts do not overflow.
func TestKruskalWallisOfTwoGroups(t *testing.T) {
	tally := manyGroups(t, mpgAutomatic, nil, mpgManual)
	h, err1 := KruskalWallis(tally)
	u, err2 := MannWhitney(twoGroups(t, mpgAutomatic, mpgManual), TwoSided, 0.95)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	z := termValue(t, u, "normal approximation", "z_uncorrected")
	check.Close(t, "H", h.Statistic.Value, z*z, 1e-12)
	if len(h.N) != 2 || h.DF[0] != 1 {
		t.Errorf("n %v, df %v", h.N, h.DF)
	}
	scaled := Tally{Values: tally.Values, Groups: tally.Groups}
	const times = 1 << 26
	for _, counts := range tally.Counts {
		more := make([]int64, len(counts))
		for i, c := range counts {
			more[i] = c * times
		}
		scaled.Counts = append(scaled.Counts, more)
	}
	big, err := KruskalWallis(scaled)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "epsilon squared of many copies", big.Effect.Value, h.Effect.Value, 1e-13)
	check.Close(t, "mean rank", termValue(t, big, "a", "mean_rank")/times, termValue(t, h, "a", "mean_rank")-0.5, 1e-6)
}

func TestRankTestRefusals(t *testing.T) {
	for _, c := range []struct {
		name  string
		tally Tally
		want  error
	}{
		{"nothing", Tally{}, ErrTooFew},
		{"an empty group", manyGroups(t, []float64{1, 2}, nil), ErrTooFew},
		{"equal values", manyGroups(t, []float64{3, 3}, []float64{3}), ErrConstant},
		{"NaN", Tally{Values: []float64{1, math.NaN()}, Counts: [][]int64{{1, 0}, {0, 1}}, Groups: []string{"a", "b"}}, ErrNotFinite},
		{"ragged", Tally{Values: []float64{1, 2}, Counts: [][]int64{{1, 0}, {1}}, Groups: []string{"a", "b"}}, ErrLengths},
	} {
		_, mw := MannWhitney(c.tally, TwoSided, 0.95)
		_, kw := KruskalWallis(c.tally)
		if !errors.Is(mw, c.want) || !errors.Is(kw, c.want) {
			t.Errorf("%s: errors %v and %v, want %v", c.name, mw, kw, c.want)
		}
	}
	three := manyGroups(t, []float64{1}, []float64{2}, []float64{3})
	if _, err := MannWhitney(three, TwoSided, 0.95); err == nil {
		t.Error("three groups were accepted")
	}
	two := twoGroups(t, []float64{1, 2}, []float64{3})
	if _, err := MannWhitneyNormal(two, 9, 0.95, true); err == nil {
		t.Error("an unknown alternative was accepted")
	}
	if _, err := MannWhitney(two, TwoSided, 1); err == nil {
		t.Error("level 1 was accepted")
	}
}

func TestTallyMap(t *testing.T) {
	tally := twoGroups(t, []float64{-2, -1, 0, 3}, []float64{1, 2, 2, 3, -0.5})
	squared, err := tally.Map(func(x float64) float64 { return x * x })
	if err != nil {
		t.Fatal(err)
	}
	want := twoGroups(t, []float64{4, 1, 0, 9}, []float64{1, 4, 4, 9, 0.25})
	if fmt.Sprint(squared) != fmt.Sprint(want) {
		t.Errorf("squares %v, want %v", squared, want)
	}
	if err := squared.check(); err != nil {
		t.Error(err)
	}
	if _, err := tally.Map(math.Log); !errors.Is(err, ErrNotFinite) {
		t.Errorf("logarithm of 0: error %v", err)
	}
	negated, err := tally.Map(func(x float64) float64 { return -x })
	if err != nil || negated.check() != nil || math.Signbit(negated.Values[3]) && negated.Values[3] == 0 {
		t.Errorf("negated %v, %v", negated, err)
	}
	if empty, err := (Tally{}).Map(math.Exp); err != nil || empty.Len() != 0 || empty.NumGroups() != 0 {
		t.Errorf("of nothing: %v, %v", empty, err)
	}
}

func ExampleMannWhitney() {
	tally, err := TallyOfGroups(
		[]float64{181, 239, 235, 219, 217, 0, 0, 0, 146, 0},
		[]int{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}, []string{"normal", "attack"})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := MannWhitney(tally, TwoSided, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("AUC %.2f (%.2f to %.2f), p = %.3f\n", r.Estimate.Value, r.CI.Low, r.CI.High, r.P)
	// Output: AUC 1.00 (0.64 to 1.00), p = 0.010
}

func ExampleKruskalWallis() {
	tally, err := TallyOfGroups(
		[]float64{2.9, 3.0, 2.5, 2.6, 3.2, 3.8, 2.7, 4.0, 2.4, 2.8, 3.4, 3.7, 2.2, 2.0},
		[]int{0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2}, []string{"normal", "obstructed", "asbestosis"})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := KruskalWallis(tally)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("H = %.3f with %v df, p = %.2f\n", r.Statistic.Value, r.DF[0], r.P)
	// Output: H = 0.771 with 2 df, p = 0.68
}

func ExampleTally_Map() {
	bytes, err := TallyOf([]float64{0, 0, 45, 181, 239, 1_379_963_888})
	if err != nil {
		fmt.Println(err)
		return
	}
	logs, err := bytes.Map(math.Log1p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("skewness %.2f, of the logarithms %.2f\n", Summarize(bytes).Skewness, Summarize(logs).Skewness)
	// Output: skewness 2.45, of the logarithms 1.92
}

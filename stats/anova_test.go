package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// plantGrowth is R's data set of that name: weights of plants under a control and two
// treatments (A. J. Dobson 1983, An Introduction to Statistical Modelling).
func plantGrowth(tb testing.TB) Tally {
	tb.Helper()
	x := []float64{
		4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14,
		4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69,
		6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26,
	}
	group := make([]int, len(x))
	for i := range group {
		group[i] = i / 10
	}
	t, err := TallyOfGroups(x, group, []string{"ctrl", "trt1", "trt2"})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func oneWay(tb testing.TB, t Tally) OneWay {
	tb.Helper()
	a, err := NewOneWay(t)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// TestOneWayPlantGrowth compares with what R prints: summary(aov(weight ~ group)),
// oneway.test(weight ~ group), TukeyHSD, and car's leveneTest.
func TestOneWayPlantGrowth(t *testing.T) {
	tally := plantGrowth(t)
	a := oneWay(t, tally)
	near := func(what string, got, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tolerance) {
			t.Errorf("%s = %v, want %v", what, got, want)
		}
	}
	near("between", a.Between, 3.76634, 5e-6)
	near("within", a.Within, 10.49209, 5e-6)
	f, err := a.F(0.95)
	if err != nil {
		t.Fatal(err)
	}
	near("F", f.Statistic.Value, 4.846, 5e-4)
	near("p", f.P, 0.01591, 5e-6)
	welch, err := a.Welch(0.95)
	if err != nil {
		t.Fatal(err)
	}
	near("Welch's F", welch.Statistic.Value, 5.181, 5e-4)
	near("Welch's df", welch.DF[1], 17.128, 5e-4)
	near("Welch's p", welch.P, 0.01739, 5e-6)
	tukey, err := a.Tukey(0.95)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ difference, low, high, p float64 }{
		{-0.371, -1.0622161, 0.3202161, 0.3908711}, {0.494, -0.1972161, 1.1852161, 0.1979960}, {0.865, 0.1737839, 1.5562161, 0.0120064},
	} {
		c := tukey[i] // the first less the second, where R has it the other way round
		near("difference", -c.Estimate.Value, want.difference, 1e-9)
		near("low", -c.CI.High, want.low, 1e-7)
		near("high", -c.CI.Low, want.high, 1e-7)
		near("adjusted p", c.PAdjusted, want.p, 1e-7)
	}
	variances, err := BrownForsythe(tally)
	if err != nil {
		t.Fatal(err)
	}
	near("Brown-Forsythe's F", variances.Statistic.Value, 1.1192, 5e-5)
	near("Brown-Forsythe's p", variances.P, 0.3412, 5e-5)
}

// TestFStarBalanced: with groups of one size, F* is Fisher's F with fewer degrees of
// freedom.
func TestFStarBalanced(t *testing.T) {
	a := oneWay(t, plantGrowth(t))
	f, _ := a.F(0.95)
	star, err := a.FStar(0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "F*", star.Statistic.Value, f.Statistic.Value, 1e-13)
	if !(star.DF[1] < f.DF[1]) {
		t.Errorf("df of F* is %v, of F %v", star.DF[1], f.DF[1])
	}
}

// TestOneWayTwoGroups: F of two groups is the square of Student's t, so Tukey's q is
// √2 times t and its p that of F.
func TestOneWayTwoGroups(t *testing.T) {
	tally, err := TallyOfGroups([]float64{1.5, 2, 2.5, 7, 4, 5, 6.5}, []int{0, 0, 0, 0, 1, 1, 1}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	a := oneWay(t, tally)
	f, _ := a.F(0.95)
	for name, test := range map[string]func() ([]Comparison, error){
		"Tukey":   func() ([]Comparison, error) { return a.Tukey(0.95) },
		"Dunnett": func() ([]Comparison, error) { return a.Dunnett(1, 0.95) },
	} {
		c, err := test()
		if err != nil {
			t.Fatal(err)
		}
		if !check.Near(c[0].PAdjusted, f.P, 1e-10, 0) || !check.Near(c[0].P, f.P, 1e-12, 0) {
			t.Errorf("%s: p = %v, adjusted %v, want %v", name, c[0].P, c[0].PAdjusted, f.P)
		}
	}
}

// TestOneWaySummaries: groups given by their moments are those of their values.
func TestOneWaySummaries(t *testing.T) {
	a := oneWay(t, plantGrowth(t))
	b, err := OneWayOf(append(a.Names, "none"), append(a.Groups, Moments{}))
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "between", b.Between, a.Between, 1e-12)
	check.Close(t, "within", b.Within, a.Within, 1e-12)
	if len(b.Groups) != 3 {
		t.Errorf("%d groups", len(b.Groups))
	}
}

// TestOneWayNull: without a difference p is uniform.
func TestOneWayNull(t *testing.T) {
	const runs = 2000
	random := rand.New(rand.NewPCG(11, 7))
	below := map[string]int{}
	for range runs {
		var x []float64
		var group []int
		for g, n := range []int{5, 9, 14} {
			for range n {
				x, group = append(x, random.NormFloat64()), append(group, g)
			}
		}
		tally, err := TallyOfGroups(x, group, []string{"a", "b", "c"})
		if err != nil {
			t.Fatal(err)
		}
		a := oneWay(t, tally)
		for name, test := range map[string]func(float64) (Result, error){"F": a.F, "Welch": a.Welch, "F*": a.FStar} {
			r, err := test(0.95)
			if err != nil {
				t.Fatal(err)
			}
			if r.P < 0.1 {
				below[name]++
			}
		}
	}
	for name, n := range below {
		if share := float64(n) / runs; math.Abs(share-0.1) > 0.025 {
			t.Errorf("%s: p is below 0.1 in a share of %v", name, share)
		}
	}
}

func TestOneWayRefuses(t *testing.T) {
	groups := func(x ...[]float64) []Moments {
		var out []Moments
		for _, v := range x {
			m, _ := MomentsOf(v)
			out = append(out, m)
		}
		return out
	}
	names := []string{"a", "b"}
	for what, c := range map[string]struct {
		groups []Moments
		want   error
	}{
		"one group":     {groups([]float64{1, 2}, nil), ErrTooFew},
		"single values": {groups([]float64{1}, []float64{2}), ErrTooFew},
		"constant":      {groups([]float64{3, 3}, []float64{3, 3}), ErrConstant},
		"overflow":      {groups([]float64{1e300, -1e300}, []float64{0, 1}), ErrNotFinite},
	} {
		if _, err := OneWayOf(names, c.groups); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
	}
	a, err := OneWayOf(names, groups([]float64{1}, []float64{2, 3}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Welch(0.95); !errors.Is(err, ErrTooFew) {
		t.Errorf("Welch of a single value: %v", err)
	}
	if _, err := a.F(1); err == nil {
		t.Error("a level of 1 is accepted")
	}
	if _, err := a.Dunnett(2, 0.95); err == nil {
		t.Error("a control that is no group is accepted")
	}
	c, err := a.GamesHowell(0.95)
	if err != nil || !math.IsNaN(c[0].PAdjusted) || len(c[0].Warnings) == 0 {
		t.Errorf("Games-Howell of a single value: %+v, %v", c, err)
	}
}

// TestTwoWayWarpbreaks compares with summary(aov(breaks ~ wool * tension, warpbreaks))
// of R.
func TestTwoWayWarpbreaks(t *testing.T) {
	breaks := [2][3][]float64{
		{{26, 30, 54, 25, 70, 52, 51, 26, 67}, {18, 21, 29, 17, 12, 18, 35, 30, 36}, {36, 21, 24, 18, 10, 43, 28, 15, 26}},
		{{27, 14, 29, 19, 29, 31, 41, 20, 44}, {42, 26, 19, 16, 39, 28, 21, 39, 29}, {20, 21, 24, 17, 13, 15, 15, 16, 28}},
	}
	cells := make([][]Moments, 2)
	for i := range breaks {
		for _, x := range breaks[i] {
			m, err := MomentsOf(x)
			if err != nil {
				t.Fatal(err)
			}
			cells[i] = append(cells[i], m)
		}
	}
	a, err := TwoWayOf([2]string{"wool", "tension"}, cells, false)
	if err != nil {
		t.Fatal(err)
	}
	if !a.Balanced {
		t.Error("the cells have as many values, but are not called balanced")
	}
	for _, kind := range []SumsOfSquares{TypeI, TypeII, TypeIII} {
		sources, err := a.Sources(kind, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []struct{ f, p float64 }{{3.765, 0.058213}, {8.498, 0.000693}, {4.189, 0.021044}} {
			if s := sources[i]; math.Abs(s.Statistic.Value-want.f) > 5e-4 || math.Abs(s.P-want.p) > 5e-7 {
				t.Errorf("type %d, %s: F = %v, p = %v, want %v", kind, s.Name, s.Statistic.Value, s.P, want)
			}
		}
	}
}

func TestTwoWayRefuses(t *testing.T) {
	some, none := Moments{N: 3, Mean: 1, M2: 2}, Moments{}
	other := Moments{N: 2, Mean: 5, M2: 1}
	if _, err := TwoWayOf([2]string{"a", "b"}, [][]Moments{{some, other}}, false); !errors.Is(err, ErrTooFew) {
		t.Errorf("one level: %v", err)
	}
	if _, err := TwoWayOf([2]string{"a", "b"}, [][]Moments{{some, other}, {some}}, false); !errors.Is(err, ErrLengths) {
		t.Errorf("ragged cells: %v", err)
	}
	if _, err := TwoWayOf([2]string{"a", "b"}, nil, false); !errors.Is(err, ErrTooFew) {
		t.Errorf("no cells: %v", err)
	}
	a, err := TwoWayOf([2]string{"a", "b"}, [][]Moments{{some, none}, {none, other}}, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Sources(TypeII, 0.95); err == nil {
		t.Error("two factors that are one are told apart")
	}
	b, err := TwoWayOf([2]string{"a", "b"}, [][]Moments{{some, other}, {none, other}}, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Sources(TypeIII, 0.95); err == nil {
		t.Error("type III is given in spite of an empty cell")
	}
}

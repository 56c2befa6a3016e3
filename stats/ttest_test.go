package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// Hours of sleep gained with two drugs by the same ten patients: Student (1908), the
// data set sleep of R.
var (
	sleepFirst  = []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}
	sleepSecond = []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
)

func momentsOfValues(t testing.TB, x []float64) Moments {
	t.Helper()
	m, err := MomentsOf(x)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func groupsOf(t testing.TB, a, b []float64) Tally {
	t.Helper()
	tally, err := TallyOfGroups(slices.Concat(a, b), slices.Concat(make([]int, len(a)), slices.Repeat([]int{1}, len(b))), []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// The numbers are those of t.test(extra ~ group, data = sleep) in R 4.
func TestTTestsOfSleep(t *testing.T) {
	a, b := momentsOfValues(t, sleepFirst), momentsOfValues(t, sleepSecond)
	var differences []float64
	for i, x := range sleepFirst {
		differences = append(differences, x-sleepSecond[i])
	}
	welch, err1 := WelchT(a, b, TwoSided, 0.95)
	student, err2 := StudentT(a, b, TwoSided, 0.95)
	paired, err3 := PairedT(momentsOfValues(t, differences), TwoSided, 0.95)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		r                  Result
		t, df, p, low, top float64
	}{
		{welch, -1.8608, 17.776, 0.07939, -3.3654832, 0.2054832},
		{student, -1.8608, 18, 0.07919, -3.363874, 0.203874},
		{paired, -4.0621, 9, 0.002833, -2.4598858, -0.7001142},
	} {
		check.Close(t, c.r.Method+": t", c.r.Statistic.Value, c.t, 1e-4)
		check.Close(t, c.r.Method+": df", c.r.DF[0], c.df, 1e-4)
		check.Close(t, c.r.Method+": p", c.r.P, c.p, 2e-4)
		check.Close(t, c.r.Method+": low", c.r.CI.Low, c.low, 1e-6)
		check.Close(t, c.r.Method+": high", c.r.CI.High, c.top, 1e-6)
	}
}

func TestTTestAlternatives(t *testing.T) {
	a, b := momentsOfValues(t, sleepFirst), momentsOfValues(t, sleepSecond)
	tally := groupsOf(t, sleepFirst, sleepSecond)
	swapped := groupsOf(t, sleepSecond, sleepFirst)
	for name, test := range map[string]func(Tally, Alternative) (Result, error){
		"Welch":          func(t Tally, alt Alternative) (Result, error) { return WelchT(t.Moments(0), t.Moments(1), alt, 0.9) },
		"Student":        func(t Tally, alt Alternative) (Result, error) { return StudentT(t.Moments(0), t.Moments(1), alt, 0.9) },
		"Yuen":           func(t Tally, alt Alternative) (Result, error) { return YuenT(t, 0.2, alt, 0.9) },
		"Brunner-Munzel": func(t Tally, alt Alternative) (Result, error) { return BrunnerMunzel(t, alt, 0.9) },
	} {
		two, err1 := test(tally, TwoSided)
		less, err2 := test(tally, Less)
		greater, err3 := test(tally, Greater)
		mirrored, err4 := test(swapped, Greater)
		if err := errors.Join(err1, err2, err3, err4); err != nil {
			t.Fatal(err)
		}
		check.Close(t, name+": less and greater", less.P+greater.P, 1, 1e-12)
		check.Close(t, name+": two-sided", two.P, 2*min(less.P, greater.P), 1e-12)
		check.Close(t, name+": swapped", mirrored.P, less.P, 1e-12)
		check.Close(t, name+": swapped", mirrored.Statistic.Value, -less.Statistic.Value, 1e-12)
		if !math.IsInf(less.CI.Low, -1) && name != "Brunner-Munzel" || less.CI.High > two.CI.High {
			t.Errorf("%s: the one-sided interval is %v beside %v", name, less.CI, two.CI)
		}
	}
	// What was merged from parts is as good as the whole.
	part := momentsOfValues(t, sleepFirst[:3])
	part.Merge(momentsOfValues(t, sleepFirst[3:]))
	merged, err1 := WelchT(part, b, TwoSided, 0.95)
	whole, err2 := WelchT(a, b, TwoSided, 0.95)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	check.Close(t, "merged", merged.Log10P, whole.Log10P, 1e-12)
}

// Far in the tail only the logarithm tells p: that of t = 2000 with 1e6 degrees of
// freedom is the incomplete beta function of mpmath with 50 digits.
func TestTTestFarTail(t *testing.T) {
	a, err1 := NewMoments(500_001, 2000*math.Sqrt(2e6/500_001), 1e6, -1e6, 1e6)
	b, err2 := NewMoments(500_001, 0, 1e6, -1e6, 1e6)
	r, err3 := StudentT(a, b, TwoSided, 0.95)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	check.Close(t, "t", r.Statistic.Value, 2000, 1e-12)
	check.Close(t, "log10 p", r.Log10P, -349488.05177315856, 1e-12)
}

func TestTTestErrors(t *testing.T) {
	some, one, flat := momentsOfValues(t, sleepFirst), momentsOfValues(t, []float64{3}), momentsOfValues(t, []float64{2, 2, 2})
	for name, c := range map[string]struct {
		a, b Moments
		want error
	}{
		"empty":  {some, Moments{}, ErrTooFew},
		"one":    {some, one, ErrTooFew},
		"flat":   {flat, flat, ErrConstant},
		"broken": {some, Moments{N: 4, Mean: math.NaN(), M2: 1}, ErrNotFinite},
		"huge":   {some, momentsOfValues(t, []float64{-1e300, 1e300}), ErrNotFinite},
	} {
		if _, err := WelchT(c.a, c.b, TwoSided, 0.95); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
	if _, err := WelchT(some, some, TwoSided, 1); err == nil {
		t.Error("a level of 1 is no error")
	}
	if _, err := WelchT(some, some, Alternative(9), 0.95); err == nil {
		t.Error("an unknown alternative is no error")
	}
	if r, err := WelchT(some, flat, TwoSided, 0.95); err != nil || math.IsNaN(r.P) {
		t.Errorf("one constant sample: p = %v, error %v", r.P, err)
	}
	if _, err := OneSampleT(one, 0, TwoSided, 0.95); !errors.Is(err, ErrTooFew) {
		t.Errorf("one value: error %v", err)
	}
}

// The numbers are those of the documentation of scipy.stats.brunnermunzel, whose sign is
// the other way round, and of lawstat's brunner.munzel.test.
func TestBrunnerMunzel(t *testing.T) {
	x := []float64{1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1}
	y := []float64{3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4}
	r, err := BrunnerMunzel(groupsOf(t, x, y), TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "statistic", r.Statistic.Value, -3.1374674823029505, 1e-12)
	check.Close(t, "p", r.P, 0.0057862086661515377, 1e-11)
	check.Close(t, "df", r.DF[0], 17.682841979481548, 1e-7)
	check.Close(t, "AUC", r.Estimate.Value, 1-0.788961038961039, 1e-12)
	check.Close(t, "low", r.CI.Low, 1-0.9827052, 1e-5)
	check.Close(t, "high", r.CI.High, 1-0.5952169, 1e-6)
	if _, err := BrunnerMunzel(groupsOf(t, []float64{1, 2, 3}, []float64{4, 5}), TwoSided, 0.95); !errors.Is(err, ErrConstant) {
		t.Errorf("separated groups: error %v", err)
	}
}

// A monotone map changes no rank.
func TestBrunnerMunzelOfLogarithms(t *testing.T) {
	x, y := []float64{1, 5, 20, 300}, []float64{2, 7, 8, 9, 40}
	tally := groupsOf(t, x, y)
	logs, err1 := tally.Map(math.Log)
	a, err2 := BrunnerMunzel(tally, TwoSided, 0.95)
	b, err3 := BrunnerMunzel(logs, TwoSided, 0.95)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if a.P != b.P {
		t.Errorf("p = %v, of logarithms %v", a.P, b.P)
	}
}

// Depression scores before and after therapy: Hollander and Wolfe (1973), table 3.1;
// V and p from wilcox.test in R.
func TestWilcoxonSignedRank(t *testing.T) {
	before := []float64{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30}
	after := []float64{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29}
	var differences []float64
	for i := range before {
		differences = append(differences, before[i]-after[i])
	}
	r, err := WilcoxonSignedRank(tallyOf(t, differences), Greater, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "V", r.Statistic.Value, 40, 0)
	check.Close(t, "p", r.P, 10.0/512, 1e-12) // 0.01953
	if _, err := WilcoxonSignedRank(tallyOf(t, []float64{0, 0}), TwoSided, 0.95); !errors.Is(err, ErrTooFew) {
		t.Errorf("zeros only: error %v", err)
	}
	if r, err := SignTest(tallyOf(t, []float64{1, 2, 3, 4, -5, 0}), Greater, 0.95); err != nil || math.Abs(r.P-6.0/32) > 1e-15 {
		t.Errorf("sign test: p = %v, error %v, want 6/32", r.P, err)
	}
}

// Trimming nothing is Welch's test, and trimmed values do not matter.
func TestYuenT(t *testing.T) {
	tally := groupsOf(t, sleepFirst, sleepSecond)
	plain, err1 := YuenT(tally, 0, TwoSided, 0.95)
	welch, err2 := WelchT(tally.Moments(0), tally.Moments(1), TwoSided, 0.95)
	trimmed, err3 := YuenT(tally, 0.2, TwoSided, 0.95)
	far := slices.Clone(sleepSecond)
	far[6] = 1e9 // the largest
	moved, err4 := YuenT(groupsOf(t, sleepFirst, far), 0.2, TwoSided, 0.95)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	check.Close(t, "untrimmed", plain.Log10P, welch.Log10P, 1e-12)
	check.Close(t, "untrimmed d", plain.Effect.Value, welch.Effect.Value, 1e-12)
	check.Close(t, "outlier", moved.Log10P, trimmed.Log10P, 1e-12)
	check.Close(t, "scale", math.Sqrt(winsorizedVariance(0.2)), 0.642, 1e-3) // Algina et al. (2005)
	if _, err := YuenT(groupsOf(t, []float64{0, 0, 0, 0, 1}, []float64{0, 0, 0, 0, 9}), 0.2, TwoSided, 0.95); !errors.Is(err, ErrConstant) {
		t.Errorf("a middle of zeros: error %v", err)
	}
}

// Under the null hypothesis, p-values are spread evenly.
func TestMeanTestsUnderTheNull(t *testing.T) {
	const runs = 2000
	random := rand.New(rand.NewPCG(1, 2))
	sample := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = random.NormFloat64()
		}
		return x
	}
	var below [5]int
	for range runs {
		tally := groupsOf(t, sample(20), sample(35))
		for k, test := range []func() (Result, error){
			func() (Result, error) { return WelchT(tally.Moments(0), tally.Moments(1), TwoSided, 0.95) },
			func() (Result, error) { return YuenT(tally, 0.2, TwoSided, 0.95) },
			func() (Result, error) { return BrunnerMunzel(tally, TwoSided, 0.95) },
			func() (Result, error) { return WilcoxonSignedRank(tally, TwoSided, 0.95) },
			func() (Result, error) { return BrownForsythe(tally) },
		} {
			r, err := test()
			if err != nil {
				t.Fatal(err)
			}
			if r.P < 0.1 {
				below[k]++
			}
		}
	}
	for k, n := range below {
		if share := float64(n) / runs; share < 0.075 || share > 0.125 {
			t.Errorf("test %d: %.1f %% of p below 0.1", k, 100*share)
		}
	}
}

func TestEquivalenceT(t *testing.T) {
	a, b := momentsOfValues(t, sleepFirst), momentsOfValues(t, sleepSecond)
	const bound = 1.5
	r, err := EquivalenceT(a, b, bound, false, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	// Moving a sample by the bound makes two ordinary one-sided tests of it.
	sd := pooledSD(a, b)
	up, down := a, a
	up.Mean, down.Mean = a.Mean+bound*sd, a.Mean-bound*sd
	lower, err1 := WelchT(up, b, Greater, 0.95)
	upper, err2 := WelchT(down, b, Less, 0.95)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	check.Close(t, "p", r.P, max(lower.P, upper.P), 1e-12)
	if within := r.CI.Low > -bound*sd && r.CI.High < bound*sd; within != (r.P < 0.05) {
		t.Errorf("p = %v beside the interval %v of bounds ±%v", r.P, r.CI, bound*sd)
	}
	for _, bad := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := EquivalenceT(a, b, bad, false, 0.05); err == nil {
			t.Errorf("a bound of %v is no error", bad)
		}
	}
}

// Powers are those of power.t.test(n = 20, delta = 1) in R and of G*Power for d = 0.5
// and 64 values a group.
func TestDetectableD(t *testing.T) {
	check.Close(t, "20", DetectableD(20, 20, TwoSided, 0.05, 0.8689528), 1, 1e-6)
	check.Close(t, "64", DetectableD(64, 64, TwoSided, 0.05, 0.8014596), 0.5, 2e-6)
	for _, bad := range []float64{DetectableD(1, 0, TwoSided, 0.05, 0.8), DetectableD(5, 5, TwoSided, 0, 0.8), DetectableD(5, 5, TwoSided, 0.05, 1)} {
		if !math.IsNaN(bad) {
			t.Errorf("got %v, want NaN", bad)
		}
	}
}

// Secants and bisection find the same noncentrality.
func TestNoncentralityOfTAt(t *testing.T) {
	for _, c := range [][3]float64{{0, 5, 0.025}, {2.1, 3, 0.975}, {-7, 40, 0.05}, {150, 1000, 0.025}, {1.96, 1e6, 0.2}, {0.3, 1, 0.999}} {
		got, want := noncentralityOfTAt(c[0], c[1], c[2]), bisectNoncentralityOfT(c[0], c[1], c[2])
		if math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
			t.Errorf("t = %v, df = %v, p = %v: %v, by bisection %v", c[0], c[1], c[2], got, want)
		}
	}
}

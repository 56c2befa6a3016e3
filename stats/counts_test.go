package stats

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// Newcombe (1998), table II, method 10: 56/70 against 48/80 has 0.0524 to 0.3339,
// 9/10 against 3/10 has 0.1705 to 0.8090, 10/10 against 0/10 has 0.6075 to 1.
func TestRiskDifference(t *testing.T) {
	for _, c := range []struct {
		a, b, c, d int64
		low, high  float64
	}{{56, 14, 48, 32, 0.0524, 0.3339}, {9, 1, 3, 7, 0.1705, 0.8090}, {10, 0, 0, 10, 0.6075, 1}} {
		m, err := CompareShares(crosstab2(t, c.a, c.b, c.c, c.d), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if d := m.RiskDifference; math.Abs(d.CI.Low-c.low) > 5e-5 || math.Abs(d.CI.High-c.high) > 5e-5 {
			t.Errorf("%v: %.4f to %.4f, want %.4f to %.4f", c, d.CI.Low, d.CI.High, c.low, c.high)
		}
	}
}

// Swapping the rows of a table turns odds and risks round, and leaves p as it is.
func TestSwappedRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 0))
	for range 200 {
		var n [4]int64
		for i := range n {
			n[i] = 1 + rng.Int64N(40)
		}
		one, other := crosstab2(t, n[0], n[1], n[2], n[3]), crosstab2(t, n[2], n[3], n[0], n[1])
		r, err := FisherTest(one, TwoSided, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		s, err := FisherTest(other, TwoSided, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		if !check.Near(r.P, s.P, 1e-9, 0) || !check.Near(r.Estimate.Value*s.Estimate.Value, 1, 1e-9, 0) || !check.Near(r.CI.Low*s.CI.High, 1, 1e-9, 0) {
			t.Fatalf("%v: %v %v %v, swapped %v %v %v", n, r.P, r.Estimate.Value, r.CI, s.P, s.Estimate.Value, s.CI)
		}
		a, _ := CompareShares(one, 0.9)
		b, _ := CompareShares(other, 0.9)
		if !check.Near(a.RiskDifference.CI.Low, -b.RiskDifference.CI.High, 1e-12, 1e-15) || !check.Near(a.RiskRatio.CI.Low*b.RiskRatio.CI.High, 1, 1e-12, 0) {
			t.Fatalf("%v: %+v, swapped %+v", n, a, b)
		}
	}
}

// Simulated p-values agree with the exact one, are reproducible, and never 0.
func TestSimulated(t *testing.T) {
	c := crosstab2(t, 2, 7, 8, 2)
	r, err := SimulatedTest(context.Background(), c, 20000, 5, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	exact, err := FisherTest(c, TwoSided, 0.95) // by chi-square the same tables are as far
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(r.P-exact.P) > 4*math.Sqrt(exact.P/20000) {
		t.Errorf("p = %v, want about %v", r.P, exact.P)
	}
	again, _ := SimulatedTest(context.Background(), c, 20000, 5, 0.95)
	if again.P != r.P {
		t.Errorf("the same seed gives %v and %v", r.P, again.P)
	}
	far, err := SimulatedTest(context.Background(), crosstab2(t, 300, 0, 0, 300), 99, 1, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if !check.Near(far.P, 0.01, 1e-12, 0) || len(far.Warnings) != 1 || !errors.Is(far.Warnings[0], ErrUnreached) {
		t.Errorf("p = %v with warnings %v, want 0.01 and ErrUnreached", far.P, far.Warnings)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := SimulatedTest(ctx, c, 10, 1, 0.95); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Tables drawn at random have the margins, and p-values of independent labels are
// about uniform.
func TestSimulatedUnderTheNull(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 0))
	const trials = 200
	below := 0
	for i := range trials {
		var c Crosstab
		for range 60 {
			if err := c.Add(string(rune('a'+rng.IntN(5))), string(rune('x'+rng.IntN(3))), 1); err != nil {
				t.Fatal(err)
			}
		}
		r, err := SimulatedTest(context.Background(), &c, 99, uint64(i), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if r.P <= 0.2 {
			below++
		}
	}
	if share := float64(below) / trials; math.Abs(share-0.2) > 0.1 {
		t.Errorf("%v of the p-values are at most 0.2", share)
	}
}

func TestPoolRare(t *testing.T) {
	c, err := NewCrosstab([]string{"a", "b", "c", "d", "e"}, []string{"x", "y"}, [][]int64{{50, 50}, {40, 60}, {3, 2}, {1, 2}, {1, 0}})
	if err != nil {
		t.Fatal(err)
	}
	c.Missing = 4
	p := c.PoolRare(5)
	// c, d and e have 9 of 209 rows together, of which 4.09 would be x; so b joins.
	if got := p.Table.Table(); len(got.Rows) != 2 || p.Table.Missing != 4 || got.N != 209 {
		t.Errorf("pooled to %+v with %d missing", got, p.Table.Missing)
	}
	if p := c.PoolRare(4); len(p.Rows) != 3 || p.Name != "(rare)" {
		t.Errorf("pooled %v as %s", p.Rows, p.Name)
	}
	if p := c.PoolRare(0); len(p.Rows)+len(p.Cols) != 0 || p.Table.Table().N != 209 {
		t.Errorf("pooled %v and %v where nothing is rare", p.Rows, p.Cols)
	}
	taken, _ := NewCrosstab([]string{"(rare)", "b", "c", "d"}, []string{"x", "y"}, [][]int64{{50, 50}, {40, 60}, {3, 2}, {1, 2}})
	if p := taken.PoolRare(3); p.Name != "((rare))" {
		t.Errorf("the pool is called %s beside a level of that name", p.Name)
	}
}

func TestCountErrors(t *testing.T) {
	three, _ := NewCrosstab([]string{"a", "b", "c"}, []string{"x", "y"}, [][]int64{{1, 2}, {3, 4}, {5, 6}})
	same := crosstab2(t, 4, 0, 0, 5)
	for name, f := range map[string]func() error{
		"Fisher of 3 by 2":     func() error { _, err := FisherTest(&three, TwoSided, 0.95); return err },
		"Fisher of nothing":    func() error { _, err := FisherTest(&Crosstab{}, TwoSided, 0.95); return err },
		"Fisher at level 2":    func() error { _, err := FisherTest(same, TwoSided, 2); return err },
		"shares of 3 by 2":     func() error { _, err := CompareShares(&three, 0.95); return err },
		"McNemar of agreement": func() error { _, err := McNemarTest(same, 0.95); return err },
		"McNemar of others":    func() error { _, err := McNemarTest(&three, 0.95); return err },
		"no strata":            func() error { _, err := MantelHaenszelTest(nil, 0.95); return err },
		"no tables":            func() error { _, err := SimulatedTest(context.Background(), same, 0, 1, 0.95); return err },
		"one level":            func() error { _, err := GoodnessOfFitTest([]string{"a"}, []int64{3}, []float64{1}, 0.95); return err },
		"shares above 1": func() error {
			_, err := GoodnessOfFitTest([]string{"a", "b"}, []int64{3, 4}, []float64{0.7, 0.7}, 0.95)
			return err
		},
		"no counts": func() error {
			_, err := GoodnessOfFitTest([]string{"a", "b"}, []int64{0, 0}, []float64{0.5, 0.5}, 0.95)
			return err
		},
	} {
		if f() == nil {
			t.Errorf("%s is no error", name)
		}
	}
}

// The example of A. Agresti, Categorical Data Analysis (2nd ed., table 10.1):
// approval in two surveys, 794, 150, 86, 570; z² = 17.36.
func TestMcNemarAgresti(t *testing.T) {
	m, err := McNemarTest(crosstab2(t, 794, 150, 86, 570), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if !check.Near(m.Plain.Statistic.Value, 17.3559, 1e-5, 0) || !check.Near(m.Exact.P, 3.715936139571387e-05, 1e-9, 0) {
		t.Errorf("chi-square %v and exact p %v", m.Plain.Statistic.Value, m.Exact.P)
	}
}

// The admissions to Berkeley of 1973 (P. J. Bickel, E. A. Hammel and J. W. O'Connell
// 1975, Science 187, 398–404), in six departments. R 4.2.2,
// mantelhaen.test(UCBAdmissions, correct = FALSE): M² = 1.5246, p = 0.2169, common
// odds ratio 0.9046968 (0.7719074 to 1.0603298).
func TestMantelHaenszelBerkeley(t *testing.T) {
	var strata []Stratum
	for i, c := range [][4]int64{{512, 313, 89, 19}, {353, 207, 17, 8}, {120, 205, 202, 391}, {138, 279, 131, 244}, {53, 138, 94, 299}, {22, 351, 24, 317}} {
		strata = append(strata, Stratum{Name: string(rune('A' + i)), Counts: [2][2]int64{{c[0], c[1]}, {c[2], c[3]}}})
	}
	m, err := MantelHaenszelTest(strata, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		name            string
		got, want, rtol float64
	}{
		{"M²", m.Plain.Statistic.Value, 1.5246, 1e-4}, {"p", m.Plain.P, 0.2169, 1e-3},
		{"odds", m.Plain.Estimate.Value, 0.9046968, 1e-6}, {"low", m.Plain.CI.Low, 0.7719074, 1e-6}, {"high", m.Plain.CI.High, 1.0603298, 1e-6},
	} {
		if !check.Near(v.got, v.want, v.rtol, 0) {
			t.Errorf("%s = %v, want %v", v.name, v.got, v.want)
		}
	}
}

// R 4.2.2: chisq.test, prop.test and fisher.test of small tables.
func TestCountsAgainstR(t *testing.T) {
	pearson := func(counts ...[]int64) Result {
		t.Helper()
		rows := []string{"1", "2", "3", "4"}[:len(counts)]
		cols := []string{"1", "2", "3"}[:len(counts[0])]
		c, err := NewCrosstab(rows, cols, counts)
		if err != nil {
			t.Fatal(err)
		}
		r, err := ChiSquareTest(&c, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	yates := func(a, b, c, d int64) Result {
		t.Helper()
		r, err := YatesTest(crosstab2(t, a, b, c, d), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	fit, err := GoodnessOfFitTest([]string{"1", "2", "3", "4", "5"}, []int64{89, 37, 30, 28, 2}, []float64{0.4, 0.2, 0.2, 0.15, 0.05}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name         string
		got          Result
		statistic, p float64
	}{
		{"given shares", fit.Pearson, 9.99014336917563, 0.0405940433447812},
		{"Yates", yates(12, 5, 7, 7), 0.641120263895032, 0.423305424322418},
		{"two proportions", yates(15, 35, 25, 25), 3.375, 0.0661925797221934},
		{"Yates, equal", yates(20, 30, 30, 20), 3.24, 0.0718606382258519},
		{"plain", pearson([]int64{12, 5}, []int64{7, 7}), 1.37164602683179, 0.241529274763687},
		{"four proportions", pearson([]int64{83, 3}, []int64{90, 3}, []int64{129, 7}, []int64{70, 12}), 12.6004112971276, 0.00558547666162702},
		{"3 by 3", pearson([]int64{63, 31, 25}, []int64{88, 55, 33}, []int64{96, 55, 32}), 1.3121045153816, 0.859318500080788},
		{"2 by 3", pearson([]int64{15, 30, 5}, []int64{20, 35, 15}), 2.84458398744113, 0.241160644293652},
		{"4 by 3", pearson([]int64{15, 30, 15}, []int64{20, 35, 15}, []int64{30, 45, 25}, []int64{35, 50, 30}), 1.46813287815126, 0.961583207657537},
	} {
		if !check.Near(c.got.Statistic.Value, c.statistic, 1e-12, 0) || !check.Near(c.got.P, c.p, 1e-11, 0) {
			t.Errorf("%s: %.15g with p = %.15g, want %.15g with p = %.15g", c.name, c.got.Statistic.Value, c.got.P, c.statistic, c.p)
		}
	}
	tea, err := FisherTest(crosstab2(t, 3, 1, 1, 3), TwoSided, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	// R's bounds are rough; SciPy 1.10.1 has 626.2435 where R has 621.93.
	if !check.Near(tea.Estimate.Value, 6.40830886700579, 1e-4, 0) || !check.Near(tea.CI.Low, 0.211732915305503, 1e-4, 0) || !check.Near(tea.CI.High, 626.2435, 1e-6, 0) {
		t.Errorf("tea: %v, %v", tea.Estimate.Value, tea.CI)
	}
	v := pearson([]int64{762, 327, 468}, []int64{484, 239, 477}) // effectsize::cramers_v
	if !check.Near(v.Estimate.Value, 0.104435802356468, 1e-11, 0) {
		t.Errorf("V = %v", v.Estimate.Value)
	}
}

package stats

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func TestOutlierRulesReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "outliers.json", "outliers") {
		x, _ := tables.sample(t, e)
		tally := tallyOf(t, x)
		got := map[string]float64{}
		store := func(path string, c OutlierCount, err error) {
			got[path+"/lower"], got[path+"/upper"] = c.Lower, c.Upper
			got[path+"/n_low"], got[path+"/n_high"] = float64(c.Below), float64(c.Above)
			got[path+"/n"] = float64(c.Total())
			if err != nil {
				got[path+"/n"] = math.NaN()
			}
		}
		inner, err := TukeyOutliers(tally, TukeyInner)
		store("/tukey15", inner, err)
		outer, err := TukeyOutliers(tally, TukeyOuter)
		store("/tukey30", outer, err)
		hinge, err := HingeOutliers(tally, TukeyInner)
		store("/hinge15", hinge, err)
		z, err := ZScoreOutliers(tally, ZLimit)
		store("/z3", z, err)
		// z-scores with divisor n are larger by √(n/(n−1)).
		n := float64(len(x))
		z, err = ZScoreOutliers(tally, ZLimit*math.Sqrt((n-1)/n))
		store("/z3/population", z, err)
		got["/z3/n_pop_sd"] = got["/z3/population/n"]
		modified, err := ModifiedZOutliers(tally, ModifiedZ)
		store("/modz35", modified, err)
		summary := Summarize(tally)
		got["/modz35/median"], got["/modz35/mad"] = summary.Q50, summary.MAD
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

func TestGrubbsReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "outliers.json", "grubbs") {
		x, _ := tables.sample(t, e)
		r, err := Grubbs(tallyOf(t, x), TwoSided, 0.05)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		compared += e.compare(t, map[string]float64{
			"/n": float64(r.N[0]), "/G": r.Statistic.Value, "/suspect": r.Estimate.Value,
			"/p_two_sided": r.P, "/critical_05": termValue(t, r, "critical value", "statistic"),
		})
	}
	t.Logf("compared %d values", compared)
}

func TestGeneralizedESDReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "outliers.json", "gesd") {
		x, _ := tables.sample(t, e)
		r, err := GeneralizedESD(tallyOf(t, x), int(e.Params["k"].(float64)), e.Params["alpha"].(float64))
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		got := map[string]float64{"/n": float64(r.N[0]), "/n_outliers": r.Estimate.Value}
		for i, step := range r.Terms {
			got[fmt.Sprintf("/value/%d", i)] = termValue(t, r, step.Name, "value")
			got[fmt.Sprintf("/R/%d", i)] = termValue(t, r, step.Name, "statistic")
			got[fmt.Sprintf("/lambda/%d", i)] = termValue(t, r, step.Name, "critical")
		}
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

// The example of NIST's handbook, section 1.3.5.17.3, after Rosner (1983): 54
// values, of which three are outliers. R and λ as printed there, cut or rounded to
// three decimals.
var rosner = []float64{
	-0.25, 0.68, 0.94, 1.15, 1.20, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49, 1.49, 1.55, 1.56, 1.58, 1.65, 1.69, 1.70,
	1.76, 1.77, 1.81, 1.91, 1.94, 1.96, 1.99, 2.06, 2.09, 2.10, 2.14, 2.15, 2.23, 2.24, 2.26, 2.35, 2.37, 2.40,
	2.47, 2.54, 2.62, 2.64, 2.90, 2.92, 2.92, 2.93, 3.21, 3.26, 3.30, 3.59, 3.68, 4.30, 4.64, 5.34, 5.42, 6.01,
}

func TestGeneralizedESDOfPublishedExample(t *testing.T) {
	r, err := GeneralizedESD(tallyOf(t, rosner), 10, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	if r.Estimate.Value != 3 {
		t.Errorf("%v outliers, want 3", r.Estimate.Value)
	}
	wantR := []float64{3.118, 2.942, 3.179, 2.810, 2.815, 2.848, 2.279, 2.310, 2.101, 2.067}
	wantλ := []float64{3.158, 3.151, 3.143, 3.136, 3.128, 3.120, 3.111, 3.103, 3.094, 3.085}
	for i, step := range r.Terms {
		if got := termValue(t, r, step.Name, "statistic"); math.Abs(got-wantR[i]) > 0.0011 {
			t.Errorf("R of step %s = %v, want %v", step.Name, got, wantR[i])
		}
		if got := termValue(t, r, step.Name, "critical"); math.Abs(got-wantλ[i]) > 0.0011 {
			t.Errorf("λ of step %s = %v, want %v", step.Name, got, wantλ[i])
		}
	}
	if !math.IsNaN(r.P) || !math.IsNaN(r.Log10P) {
		t.Errorf("p = %v, want none", r.P)
	}
}

// The example of NIST's handbook, section 1.3.5.17.1: uranium measurements from
// Tietjen and Moore (1972), with G = 2.4687 and the one-sided critical value 2.032
// at level 0.05.
func TestGrubbsOfPublishedExample(t *testing.T) {
	uranium := tallyOf(t, []float64{199.31, 199.53, 200.19, 200.82, 201.92, 201.95, 202.18, 245.57})
	r, err := Grubbs(uranium, Greater, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "G", r.Statistic.Value, 2.4687, 1e-4)
	check.Close(t, "critical value", termValue(t, r, "critical value", "statistic"), 2.032, 5e-4)
	if r.Estimate.Value != 245.57 || r.P > 0.05 {
		t.Errorf("suspect %v with p = %v", r.Estimate.Value, r.P)
	}
	low, err := Grubbs(uranium, Less, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	if low.Estimate.Value != 199.31 || low.P < 0.05 {
		t.Errorf("lower suspect %v with p = %v", low.Estimate.Value, low.P)
	}
}

// Grubbs' p must equal 0.05 where G is the critical value.
func TestGrubbsCriticalValueIsConsistent(t *testing.T) {
	for _, n := range []float64{3, 10, 500} {
		g := grubbsCritical(0.05/2, n)
		p := 2 * n * math.Exp(LogTSF(math.Sqrt(grubbsT2(g, n)), n-2))
		check.Close(t, fmt.Sprintf("p at the critical value of %v values", n), p, 0.05, 1e-11)
	}
}

// Of 1 to 11 with 100: quartiles 3.75 and 9.25 by type 7, hinges 3.5 and 9.5;
// median 6.5, MAD 3 (R: quantile, fivenum, mad(constant = 1)).
func TestOutlierRulesInline(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 100}
	tally := tallyOf(t, x)
	for _, c := range []struct {
		name         string
		rule         func(Tally, float64) (OutlierCount, error)
		limit        float64
		lower, upper float64
		below, above int64
	}{
		{"Tukey 1.5", TukeyOutliers, TukeyInner, -4.5, 17.5, 0, 1},
		{"Tukey on the border", TukeyOutliers, 0.5, 1, 12, 0, 1}, // 1 itself is inside
		{"hinges", HingeOutliers, TukeyInner, -5.5, 18.5, 0, 1},
		{"modified z", ModifiedZOutliers, ModifiedZ, 6.5 - 3.5*3/0.6745, 6.5 + 3.5*3/0.6745, 0, 1},
	} {
		got, err := c.rule(tally, c.limit)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		check.Close(t, c.name+" lower", got.Lower, c.lower, 1e-14)
		check.Close(t, c.name+" upper", got.Upper, c.upper, 1e-14)
		if got.Below != c.below || got.Above != c.above {
			t.Errorf("%s: %d below and %d above, want %d and %d", c.name, got.Below, got.Above, c.below, c.above)
		}
	}
	lower, upper := Hinges(tally)
	check.Close(t, "lower hinge", lower, 3.5, 1e-15)
	check.Close(t, "upper hinge", upper, 9.5, 1e-15)
}

// One value apart from n−1 equal ones has the largest G there is, (n−1)/√n, and
// no probability at all.
func TestGrubbsAtItsLimit(t *testing.T) {
	if within, beyond := grubbsT2(2.66, 9), grubbsT2(2.67, 9); math.IsInf(within, 1) || !math.IsInf(beyond, 1) {
		t.Errorf("t² on both sides of the limit 8/3 of G is %v and %v", within, beyond)
	}
	r, err := Grubbs(tallyOf(t, []float64{5, 5, 5, 5, 5, 5, 5, 5, 6}), TwoSided, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	check.Close(t, "G", r.Statistic.Value, 8.0/3, 1e-14)
	if r.P > 1e-40 {
		t.Errorf("p = %v", r.P)
	}
}

func TestOutlierRefusals(t *testing.T) {
	constant, half := tallyOf(t, []float64{4, 4, 4, 4}), tallyOf(t, []float64{4, 4, 4, 9})
	for _, c := range []struct {
		name  string
		tally Tally
		rule  func(Tally, float64) (OutlierCount, error)
		want  error
	}{
		{"fences of nothing", Tally{}, TukeyOutliers, ErrTooFew},
		{"hinges of nothing", Tally{}, HingeOutliers, ErrTooFew},
		{"z of nothing", Tally{}, ZScoreOutliers, ErrTooFew},
		{"z of a constant", constant, ZScoreOutliers, ErrConstant},
		{"modified z of nothing", Tally{}, ModifiedZOutliers, ErrTooFew},
		{"modified z of mostly equal values", half, ModifiedZOutliers, ErrConstant},
	} {
		if _, err := c.rule(c.tally, 3); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		}
	}
	_, tooFew := Grubbs(tallyOf(t, []float64{1, 2}), TwoSided, 0.05)
	_, noSpread := Grubbs(constant, TwoSided, 0.05)
	_, tooMany := GeneralizedESD(half, 3, 0.05)
	if !errors.Is(tooFew, ErrTooFew) || !errors.Is(noSpread, ErrConstant) || !errors.Is(tooMany, ErrTooFew) {
		t.Errorf("errors %v, %v, %v", tooFew, noSpread, tooMany)
	}
	for _, alpha := range []float64{0, 1, math.NaN()} {
		if _, err := Grubbs(half, TwoSided, alpha); err == nil {
			t.Errorf("level %v was accepted", alpha)
		}
	}
	if _, err := GeneralizedESD(half, 0, 0.05); err == nil {
		t.Error("no outlier to look for was accepted")
	}
}

func TestGeneralizedESDStopsAtEqualValues(t *testing.T) {
	r, err := GeneralizedESD(tallyOf(t, []float64{5, 5, 5, 5, 5, 5, 9}), 4, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Terms) != 1 || r.Estimate.Value != 1 {
		t.Errorf("%d steps and %v outliers, want one of each", len(r.Terms), r.Estimate.Value)
	}
}

func ExampleTukeyOutliers() {
	tally, err := TallyOf([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := TukeyOutliers(tally, TukeyInner)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("outside %v to %v: %d\n", c.Lower, c.Upper, c.Total())
	// Output: outside -4.5 to 17.5: 1
}

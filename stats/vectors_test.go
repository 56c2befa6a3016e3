package stats

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// An rCase is one call of R with its answer.
type rCase struct {
	ID    string
	Input struct {
		X, Y, P, Scores []*float64
		Groups          [][]float64
		Table           [][]int64
		Labels          []int
		Alternative     string
		Exact, Correct  *bool
		Lag             int
	}
	Result map[string]json.RawMessage
}

// number returns a figure of the answer, by its name or that of the only one in it.
func (c *rCase) number(t *testing.T, key string) float64 {
	t.Helper()
	var x float64
	if json.Unmarshal(c.Result[key], &x) == nil {
		return x
	}
	var named map[string]float64
	if err := json.Unmarshal(c.Result[key], &named); err != nil || len(named) != 1 {
		t.Fatalf("%s: %s is %s", c.ID, key, c.Result[key])
	}
	for _, v := range named {
		x = v
	}
	return x
}

// list returns numbers of the answer, NaN for those that are missing.
func (c *rCase) list(t *testing.T, key string) []float64 {
	t.Helper()
	var list []*float64
	if err := json.Unmarshal(c.Result[key], &list); err != nil {
		t.Fatalf("%s: %s is %s", c.ID, key, c.Result[key])
	}
	return finite(list)
}

func finite(list []*float64) []float64 {
	out := make([]float64, len(list))
	for i, x := range list {
		if out[i] = math.NaN(); x != nil {
			out[i] = *x
		}
	}
	return out
}

// alternative reads R's word.
func alternativeOf(t *testing.T, word string) Alternative {
	t.Helper()
	alt, err := ParseAlternative(strings.ReplaceAll(word, ".", "-"))
	if word != "" && err != nil {
		t.Fatal(err)
	}
	return alt
}

// same compares one figure with R's, to the digits to which R's are written.
func (c *rCase) same(t *testing.T, what string, got, want, rtol float64) {
	t.Helper()
	if !agreement.near(rVectors, c.ID+"/"+what, got, want, rtol, 1e-12) {
		t.Errorf("%s: %s = %v, want %v", c.ID, what, got, want)
	}
}

// result compares statistic, p and, where R gives them, estimate and interval.
func (c *rCase) result(t *testing.T, r Result, err error, rtol float64) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", c.ID, err)
		return
	}
	if len(c.Result["statistic"]) > 2 { // else []
		c.same(t, "statistic", r.Statistic.Value, c.number(t, "statistic"), rtol)
	}
	c.same(t, "p", r.P, c.number(t, "p.value"), rtol)
}

func (c *rCase) tally(t *testing.T) Tally {
	t.Helper()
	groups := c.Input.Groups
	if groups == nil {
		groups = [][]float64{finite(c.Input.X)}
		if c.Input.Y != nil {
			groups = append(groups, finite(c.Input.Y))
		}
	}
	var x []float64
	var of []int
	var names []string
	for g, values := range groups {
		names = append(names, fmt.Sprint("g", g))
		for _, v := range values {
			x, of = append(x, v), append(of, g)
		}
	}
	tally, err := TallyOfGroups(x, of, names)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

func (c *rCase) crosstab(t *testing.T) *Crosstab {
	t.Helper()
	return crosstabOf(t, c.Input.Table)
}

func crosstabOf(t *testing.T, counts [][]int64) *Crosstab {
	t.Helper()
	names := func(n int, prefix string) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprint(prefix, i))
		}
		return out
	}
	table, err := NewCrosstab(names(len(counts), "r"), names(len(counts[0]), "c"), counts)
	if err != nil {
		t.Fatal(err)
	}
	return &table
}

func sampleMoments(t *testing.T, x []float64) Moments {
	t.Helper()
	m, err := MomentsOf(x)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestRVectors(t *testing.T) {
	text, err := os.ReadFile(check.Shared(t, "data", "vectors", "r_reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		ID            string
		Input, Result json.RawMessage
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, raw := range cases {
		compare := rComparisons[raw.ID]
		if compare == nil {
			continue
		}
		c := rCase{ID: raw.ID}
		if json.Unmarshal(raw.Input, &c.Input) != nil || json.Unmarshal(raw.Result, &c.Result) != nil {
			t.Fatalf("%s cannot be read", raw.ID)
		}
		compare(t, &c)
		ran++
	}
	if ran != len(rComparisons) {
		t.Errorf("%d of %d cases were found", ran, len(rComparisons))
	}
}

// R writes its figures to 15 digits.
const rDigits = 1e-12

// rComparisons are the cases that ask for what the package has.
var rComparisons = map[string]func(t *testing.T, c *rCase){
	"t.paired.sleep.two.sided": func(t *testing.T, c *rCase) {
		x, y := finite(c.Input.X), finite(c.Input.Y)
		for i := range x {
			x[i] -= y[i]
		}
		r, err := PairedT(sampleMoments(t, x), TwoSided, 0.95)
		c.result(t, r, err, rDigits)
		for i, bound := range []float64{r.CI.Low, r.CI.High} {
			c.same(t, fmt.Sprint("bound ", i), bound, c.list(t, "conf.int")[i], rDigits)
		}
	},
	"t.pooled.sleep.less": func(t *testing.T, c *rCase) {
		r, err := StudentT(sampleMoments(t, finite(c.Input.X)), sampleMoments(t, finite(c.Input.Y)), Less, 0.95)
		c.result(t, r, err, rDigits)
		c.same(t, "upper bound", r.CI.High, c.list(t, "conf.int")[1], 1e-11)
	},
	"mannwhitney.exact.permeability.two.sided":    mannWhitneyCase,
	"mannwhitney.approx.nocorr.permeability.less": mannWhitneyCase, "mannwhitney.approx.nocorr.permeability.greater": mannWhitneyCase,
	"mannwhitney.ties.airquality.5v8": mannWhitneyCase,
	"chisq.gof": func(t *testing.T, c *rCase) {
		shares, total := finite(c.Input.P), 0.0
		for _, p := range shares {
			total += p
		}
		var levels []string
		var counts []int64
		for i, x := range finite(c.Input.X) {
			levels, counts = append(levels, fmt.Sprint(i)), append(counts, int64(x))
			shares[i] /= total
		}
		g, err := GoodnessOfFitTest(levels, counts, shares, 0.95)
		c.result(t, g.Pearson, err, rDigits)
	},
	"chisq.2x2.yates": func(t *testing.T, c *rCase) { r, err := YatesTest(c.crosstab(t), 0.95); c.result(t, r, err, rDigits) },
	"chisq.2x2.noyates": func(t *testing.T, c *rCase) {
		r, err := ChiSquareTest(c.crosstab(t), 0.95)
		c.result(t, r, err, rDigits)
	},
	"fisher.tea.two.sided": fisherCase, "fisher.tea.less": fisherCase, "fisher.convictions.two.sided": fisherCase, "fisher.convictions.less": fisherCase,
	"cor.pearson.tuna.less": pearsonCase, "cor.pearson.tuna.greater": pearsonCase,
	"anderson.darling.norm.mtcars.mpg": normalityCase(AndersonDarling, 1e-9), "anderson.darling.norm.mtcars.hp": normalityCase(AndersonDarling, 1e-9),
	"anderson.darling.norm.mtcars.qsec": normalityCase(AndersonDarling, 1e-9),
	"shapiro.mtcars.hp":                 normalityCase(ShapiroWilk, 1e-9), "shapiro.mtcars.qsec": normalityCase(ShapiroWilk, 1e-9), "shapiro.rivers": normalityCase(ShapiroWilk, 1e-9),
	"lilliefors.mtcars.hp":  normalityCase(Lilliefors, 1e-9),
	"jarque.bera.mtcars.hp": normalityCase(JarqueBera, rDigits), "jarque.bera.mtcars.qsec": normalityCase(JarqueBera, rDigits),
	"kruskal.airquality": normalityCase(KruskalWallis, rDigits), "kruskal.dust": normalityCase(KruskalWallis, rDigits),
	"brown.forsythe.InsectSprays": func(t *testing.T, c *rCase) {
		r, err := BrownForsythe(c.tally(t))
		if err != nil {
			t.Fatal(err)
		}
		c.same(t, "F", r.Statistic.Value, c.number(t, "F"), rDigits)
		c.same(t, "p", r.P, c.number(t, "p.value"), rDigits)
	},
	"tukey.PlantGrowth": tukeyCase, "tukey.InsectSprays": tukeyCase,
	"p.adjust.hochberg": adjustCase(Hochberg), "p.adjust.BH": adjustCase(BenjaminiHochberg), "p.adjust.BY": adjustCase(BenjaminiYekutieli),
	"p.adjust.ties.NA.hochberg": adjustCase(Hochberg), "p.adjust.ties.NA.hommel": adjustCase(Hommel),
	"p.adjust.ties.NA.bonferroni": adjustCase(Bonferroni), "p.adjust.ties.NA.fdr": adjustCase(BenjaminiHochberg),
	"descr": func(t *testing.T, c *rCase) {
		s := Summarize(c.tally(t))
		for key, got := range map[string]float64{"mean": s.Mean, "var": s.Var, "sd": s.SD, "median": s.Q50, "mad_raw": s.MAD, "IQR": s.IQR, "trim10": s.TrimmedMean} {
			c.same(t, key, got, c.number(t, key), rDigits)
		}
	},
	"rank.biserial.permeability": func(t *testing.T, c *rCase) {
		r, err := MannWhitney(c.tally(t), TwoSided, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		c.same(t, "effect", r.Effect.Value, c.number(t, "r_rank_biserial"), rDigits)
	},
	"effect.unadj.cramers_v":    associationCase("Cramers_v", func(a Association) float64 { return a.CramersV }),
	"effect.pearsons_c":         associationCase("Pearsons_c", func(a Association) float64 { return a.ContingencyC }),
	"effect.unadj.tschuprows_t": associationCase("Tschuprows_t", func(a Association) float64 { return a.TschuprowT }),
	"effect.cohens_w":           associationCase("Cohens_w", func(a Association) float64 { return math.Sqrt(a.Phi2) }),
	"effect.eta_squared.PlantGrowth": func(t *testing.T, c *rCase) {
		c.same(t, "eta squared", varianceEffects(t, c)[0].Value, c.number(t, "Eta2"), rDigits)
	},
	"effect.omega_squared.PlantGrowth": func(t *testing.T, c *rCase) {
		c.same(t, "omega squared", varianceEffects(t, c)[1].Value, c.number(t, "Omega2"), rDigits)
	},
	"oddsratio.2x2": func(t *testing.T, c *rCase) {
		s, err := CompareShares(c.crosstab(t), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		for key, got := range map[string]float64{"Odds_ratio": s.OddsRatio.Value, "CI_low": s.OddsRatio.CI.Low, "CI_high": s.OddsRatio.CI.High} {
			c.same(t, key, got, c.number(t, key), rDigits)
		}
	},
	"logit.mtcars.am.wt": func(t *testing.T, c *rCase) {
		data := &LogitData{Terms: []LogitTerm{{Name: "wt", Values: finite(c.Input.X)}}}
		for _, y := range finite(c.Input.Y) {
			data.Ones, data.Zeros = append(data.Ones, int64(y)), append(data.Zeros, 1-int64(y))
		}
		fit, err := FitLogit(context.Background(), data, LogitOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for i, k := range fit.Coefficients { // R stops at 1e-8 of the deviance
			c.same(t, fmt.Sprint("estimate ", i), k.Estimate.Value, c.list(t, "estimate")[i], 1e-7)
			c.same(t, fmt.Sprint("se ", i), k.SE, c.list(t, "se")[i], 1e-4) // of the iteration before
		}
	},
	"auc.delong.aSAH.ndka": areaCase, "auc.delong.aSAH.wfns": areaCase,
}

func mannWhitneyCase(t *testing.T, c *rCase) {
	alt := alternativeOf(t, c.Input.Alternative)
	r, err := MannWhitney(c.tally(t), alt, 0.95)
	if c.Input.Exact != nil && !*c.Input.Exact {
		r, err = MannWhitneyNormal(c.tally(t), alt, 0.95, c.Input.Correct == nil || *c.Input.Correct)
	}
	c.result(t, r, err, rDigits)
}

func fisherCase(t *testing.T, c *rCase) {
	r, err := FisherTest(c.crosstab(t), alternativeOf(t, c.Input.Alternative), 0.95)
	c.result(t, r, err, 1e-7)
	c.same(t, "odds ratio", r.Estimate.Value, c.number(t, "estimate"), 1e-3) // R looks for the root to about 1e-4
}

func pearsonCase(t *testing.T, c *rCase) {
	r, err := CorrelationTest(Pearson, finite(c.Input.X), finite(c.Input.Y), alternativeOf(t, c.Input.Alternative), 0.95)
	c.result(t, r, err, rDigits)
	c.same(t, "r", r.Estimate.Value, c.number(t, "estimate"), rDigits)
}

// normalityCase is of a test that takes a tally alone.
func normalityCase(test func(Tally) (Result, error), rtol float64) func(t *testing.T, c *rCase) {
	return func(t *testing.T, c *rCase) {
		r, err := test(c.tally(t))
		c.result(t, r, err, rtol)
	}
}

func tukeyCase(t *testing.T, c *rCase) {
	a, err := NewOneWay(c.tally(t))
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := a.Tukey(0.95)
	if err != nil {
		t.Fatal(err)
	}
	difference, low, high, p := c.list(t, "diff"), c.list(t, "lwr"), c.list(t, "upr"), c.list(t, "p.adj")
	if len(pairs) != len(p) {
		t.Fatalf("%s: %d pairs, want %d", c.ID, len(pairs), len(p))
	}
	for i, pair := range pairs { // R's are of the later group less the earlier
		c.same(t, fmt.Sprint("difference ", i), -pair.Estimate.Value, difference[i], 1e-11)
		c.same(t, fmt.Sprint("lower ", i), -pair.CI.High, low[i], 1e-6)
		c.same(t, fmt.Sprint("upper ", i), -pair.CI.Low, high[i], 1e-6)
		if math.Abs(pair.PAdjusted-p[i]) > 1e-8 { // ptukey is good to about 1e-9
			t.Errorf("%s: p of pair %d = %v, want %v", c.ID, i, pair.PAdjusted, p[i])
		}
	}
}

func adjustCase(method Adjustment) func(t *testing.T, c *rCase) {
	return func(t *testing.T, c *rCase) {
		var p, want []float64
		for i, x := range c.list(t, "adjusted") {
			if c.Input.P[i] != nil {
				p, want = append(p, *c.Input.P[i]), append(want, x)
			}
		}
		got, err := AdjustP(p, method)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			c.same(t, fmt.Sprint("p ", i), got[i], want[i], rDigits)
		}
	}
}

func associationCase(key string, measure func(Association) float64) func(t *testing.T, c *rCase) {
	return func(t *testing.T, c *rCase) {
		a, err := Associate(c.crosstab(t))
		if err != nil {
			t.Fatal(err)
		}
		c.same(t, key, measure(a), c.number(t, key), rDigits)
	}
}

func varianceEffects(t *testing.T, c *rCase) []Effect {
	t.Helper()
	a, err := NewOneWay(c.tally(t))
	if err != nil {
		t.Fatal(err)
	}
	e, err := a.Effects(0.95)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func areaCase(t *testing.T, c *rCase) {
	group := make([]int, len(c.Input.Labels))
	for i, y := range c.Input.Labels {
		group[i] = 1 - y
	}
	tally, err := TallyOfGroups(finite(c.Input.Scores), group, []string{"1", "0"})
	if err != nil {
		t.Fatal(err)
	}
	area, ci, err := DeLong(tally, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range []float64{ci.Low, area, ci.High} {
		c.same(t, fmt.Sprint("area ", i), got, c.list(t, "ci")[i], 1e-11)
	}
}

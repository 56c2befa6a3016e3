package stats

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// groupedTally counts a column apart for each level of another; names lists the
// levels wanted, or is nil for all.
func (t refTable) groupedTally(tb testing.TB, column, group string, names []string) Tally {
	tb.Helper()
	if names == nil {
		levels := map[string]bool{}
		for _, label := range t[group] {
			if label != "" {
				levels[label] = true
			}
		}
		names = slices.Sorted(maps.Keys(levels))
	}
	var x []float64
	var groups []int
	for i, v := range t.numbers(tb, column) {
		if g := slices.Index(names, t[group][i]); g >= 0 && !math.IsNaN(v) {
			x, groups = append(x, v), append(groups, g)
		}
	}
	tally, err := TallyOfGroups(x, groups, names)
	if err != nil {
		tb.Fatal(err)
	}
	return tally
}

func TestMannWhitneyReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "rank_tests.json", "mwu") {
		tally := tables.table(t, e).groupedTally(t, e.Params["col"].(string), e.Params["group"].(string), e.names("groups"))
		corrected, err1 := MannWhitneyNormal(tally, TwoSided, 0.95, true)
		plain, err2 := MannWhitneyNormal(tally, TwoSided, 0.95, false)
		greater, err3 := MannWhitneyNormal(tally, Greater, 0.95, true)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatalf("%s: %v, %v, %v", e.ID, err1, err2, err3)
		}
		n1, n2 := float64(corrected.N[0]), float64(corrected.N[1])
		compared += e.compare(t, map[string]float64{
			"/n1": n1, "/n2": n2, "/U1": corrected.Statistic.Value, "/U2": n1*n2 - corrected.Statistic.Value,
			"/z":    termValue(t, plain, "normal approximation", "z_uncorrected"),
			"/z_cc": termValue(t, corrected, "normal approximation", "z"),
			"/p_cc": corrected.P, "/log10p_cc": corrected.Log10P,
			"/p_nocc": plain.P, "/log10p_nocc": plain.Log10P, "/p_greater_cc": greater.P,
			"/rank_biserial": corrected.Effect.Value, "/cles": corrected.Estimate.Value,
		})
	}
	t.Logf("compared %d values", compared)
}

func TestKolmogorovSmirnovReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "rank_tests.json", "ks2") {
		tally := tables.table(t, e).groupedTally(t, e.Params["col"].(string), e.Params["group"].(string), e.names("groups"))
		r, err := KolmogorovSmirnov(tally)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		d, err := newStepDistance(tally)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		limiting := d.limitingLogP()
		got := map[string]float64{
			"/n1": float64(r.N[0]), "/n2": float64(r.N[1]), "/D": r.Statistic.Value,
			"/p_limiting": math.Exp(limiting), "/log10p_limiting": Log10(limiting),
		}
		for _, key := range []string{"p_exact", "p_exact_conditional_on_ties"} {
			if _, stated := e.Expected[key]; stated {
				got["/"+key] = r.P
				if !strings.HasSuffix(r.Method, "exact") {
					t.Errorf("%s: method %q", e.ID, r.Method)
				}
			}
		}
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

func TestKruskalWallisReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "anova.json", "anova1") {
		tally := tables.table(t, e).groupedTally(t, e.Params["col"].(string), e.Params["group"].(string), nil)
		r, err := KruskalWallis(tally)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		e.Expected = map[string]any{"kruskal": e.Expected["kruskal"]}
		compared += e.compare(t, map[string]float64{
			"/kruskal/H": r.Statistic.Value, "/kruskal/df": r.DF[0], "/kruskal/p": r.P, "/kruskal/log10p": r.Log10P,
			"/kruskal/epsilon2": r.Effect.Value, "/kruskal/eta2_H": termValue(t, r, "eta squared", "estimate"),
		})
	}
	t.Logf("compared %d values", compared)
}

func TestStandardizedDifferenceReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "ttest.json", "ttest2") {
		names := e.names("groups")
		tally := tables.table(t, e).groupedTally(t, e.Params["col"].(string), e.Params["group"].(string), names)
		a, b := tally.Moments(0), tally.Moments(1)
		exact, err1 := CohensD(a, b, NoncentralT, 0.95)
		large, err2 := CohensD(a, b, LargeSample, 0.95)
		g, err3 := HedgesG(a, b, NoncentralT, 0.95)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatalf("%s: %v, %v, %v", e.ID, err1, err2, err3)
		}
		effect := e.Expected["effect"].(map[string]any)
		delete(effect, "hedges_g_approx") // the factor is exact here
		for key, value := range effect {
			if strings.Contains(key, "_nct_") && value == nil {
				delete(effect, key) // the tools fail beyond |t| = 30
			}
		}
		e.Expected = map[string]any{"effect": effect}
		compared += e.compare(t, map[string]float64{
			"/effect/cohen_d": exact.Value, "/effect/hedges_g": g.Value,
			"/effect/cohen_d_ci_nct_low": exact.CI.Low, "/effect/cohen_d_ci_nct_high": exact.CI.High,
			"/effect/cohen_d_ci_normal_low": large.CI.Low, "/effect/cohen_d_ci_normal_high": large.CI.High,
			"/effect/cohen_d_avg_var": CohensDAverage(a, b), "/effect/glass_delta_sd2": GlassDelta(a, b),
		})
	}
	t.Logf("compared %d values", compared)
}

func TestOneSampleDifferenceReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, operation := range []string{"ttest1", "paired"} {
		for _, e := range refEntries(t, "ttest.json", operation) {
			var m Moments
			mu, name := 0.0, "z"
			if operation == "ttest1" {
				x, _ := tables.sample(t, e)
				m, mu, name = tallyOf(t, x).Moments(0), e.Params["mu"].(float64), ""
			} else {
				table := tables.table(t, e)
				first, second := table.numbers(t, e.Params["col1"].(string)), table.numbers(t, e.Params["col2"].(string))
				var differences []float64
				for i, v := range first {
					if d := v - second[i]; !math.IsNaN(d) {
						differences = append(differences, d)
					}
				}
				m = tallyOf(t, differences).Moments(0)
			}
			d, err := CohensDOneSample(m, mu, 0.95)
			if err != nil {
				t.Fatalf("%s: %v", e.ID, err)
			}
			cohen, hedges := "cohen_d"+name, "hedges_g"+name
			expected := map[string]any{}
			for _, key := range []string{cohen, cohen + "_ci_low", cohen + "_ci_high", hedges} {
				value, stated := e.Expected[key]
				if !stated {
					t.Fatalf("%s does not state %s", e.ID, key)
				}
				expected[key] = value
			}
			e.Expected = expected
			compared += e.compare(t, map[string]float64{
				"/" + cohen: d.Value, "/" + cohen + "_ci_low": d.CI.Low, "/" + cohen + "_ci_high": d.CI.High,
				"/" + hedges: d.Value * HedgesCorrection(float64(m.N-1)),
			})
		}
	}
	t.Logf("compared %d values", compared)
}

// The bytes of all 125,973 connections of NSL-KDD's training data: their means say
// "no difference" between normal and attack, their ranks and logarithms the opposite.
// The figures were measured with R and SciPy.
func TestRankingOfAllTrainingData(t *testing.T) {
	file, err := os.Open(check.Shared(t, "data", "nsl-kdd", "KDDTrain+.txt.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	table := make(refTable)
	for _, record := range records {
		for c, name := range kddColumns {
			table[name] = append(table[name], record[c])
		}
	}
	table.derive()
	byLabel := func(column string) Tally {
		return table.groupedTally(t, column, "label", []string{"normal", "attack"})
	}
	for _, c := range []struct {
		column    string
		z, log10P float64
	}{{"src_bytes", 252, -13820}, {"dst_bytes", 267, -15467}} {
		r, err := MannWhitney(byLabel(c.column), TwoSided, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		check.Close(t, c.column+": z", math.Round(termValue(t, r, "normal approximation", "z")), c.z, 0)
		check.Close(t, c.column+": log10 p", math.Round(r.Log10P), c.log10P, 0)
		check.Close(t, c.column+": rank-biserial", math.Round(100*r.Effect.Value), 80, 0)
	}
	raw := byLabel("src_bytes")
	logs, err := raw.Map(math.Log1p)
	if err != nil {
		t.Fatal(err)
	}
	d, err1 := CohensD(raw.Moments(0), raw.Moments(1), NoncentralT, 0.95)
	dLog, err2 := CohensD(logs.Moments(0), logs.Moments(1), NoncentralT, 0.95)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	check.Close(t, "d", math.Round(1000*d.Value), -12, 0)
	check.Close(t, "d of the logarithms", math.Round(100*dLog.Value), 214, 0)
}

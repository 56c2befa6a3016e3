package stats

import (
	"math"
	"testing"
)

// momentsPair returns the moments of both groups of a tally.
func momentsPair(t Tally) (a, b Moments) { return t.Moments(0), t.Moments(1) }

// otherSide returns the p-value of the same test for one side.
func otherSide(t *testing.T, r Result, err error) float64 {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return r.P
}

func TestTwoSampleTReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "ttest.json", "ttest2") {
		tally := tables.table(t, e).groupedTally(t, e.Params["col"].(string), e.Params["group"].(string), e.names("groups"))
		a, b := momentsPair(tally)
		got := map[string]float64{
			"/n1": float64(a.N), "/n2": float64(b.N), "/mean1": a.Mean, "/mean2": b.Mean, "/sd1": a.SD(), "/sd2": b.SD(),
			"/effect/cohen_d_avg_var": CohensDAverage(a, b), "/effect/glass_delta_sd2": GlassDelta(a, b),
		}
		for name, test := range map[string]func(a, b Moments, alt Alternative, level float64) (Result, error){"student": StudentT, "welch": WelchT} {
			r, err := test(a, b, TwoSided, 0.95)
			if err != nil {
				t.Fatalf("%s: %v", e.ID, err)
			}
			path := "/" + name
			resultNumbers(got, path, r)
			got[path+"/mean_diff"], got[path+"/se"] = r.Estimate.Value, r.Estimate.Value/r.Statistic.Value
			greater, err := test(a, b, Greater, 0.95)
			got[path+"/p_greater"] = otherSide(t, greater, err)
			got["/effect/cohen_d"] = r.Effect.Value
			got["/effect/cohen_d_ci_nct_low"], got["/effect/cohen_d_ci_nct_high"] = r.Effect.CI.Low, r.Effect.CI.High
			if math.Abs(got["/student/t"]) > 30 { // where R gives none
				got["/effect/cohen_d_ci_nct_low"], got["/effect/cohen_d_ci_nct_high"] = math.NaN(), math.NaN()
			}
		}
		g, err := HedgesG(a, b, NoncentralT, 0.95)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		got["/effect/hedges_g"] = g.Value
		got["/effect/hedges_g_approx"] = got["/effect/cohen_d"] * (1 - 3/(4*got["/student/df"]-1))
		normal, err := CohensD(a, b, LargeSample, 0.95)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		got["/effect/cohen_d_ci_normal_low"], got["/effect/cohen_d_ci_normal_high"] = normal.CI.Low, normal.CI.High
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

func TestOneSampleTReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "ttest.json", "ttest1") {
		x, _ := tables.sample(t, e)
		m, mu := tallyOf(t, x).Moments(0), e.Params["mu"].(float64)
		r, err := OneSampleT(m, mu, TwoSided, 0.95)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		got := map[string]float64{
			"/mean": m.Mean, "/mean_diff": m.Mean - mu, "/hedges_g": r.Effect.Value * HedgesCorrection(float64(m.N-1)),
			"/cohen_d": r.Effect.Value, "/cohen_d_ci_low": r.Effect.CI.Low, "/cohen_d_ci_high": r.Effect.CI.High,
		}
		resultNumbers(got, "", r)
		got["/ci_low"], got["/ci_high"] = r.CI.Low-mu, r.CI.High-mu
		greater, err := OneSampleT(m, mu, Greater, 0.95)
		got["/p_greater"] = otherSide(t, greater, err)
		less, err := OneSampleT(m, mu, Less, 0.95)
		got["/p_less"] = otherSide(t, less, err)
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

func TestPairedReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "ttest.json", "paired") {
		table := tables.table(t, e)
		first, second := table.numbers(t, e.Params["col1"].(string)), table.numbers(t, e.Params["col2"].(string))
		var differences []float64
		for i := range first {
			if d := first[i] - second[i]; !math.IsNaN(d) {
				differences = append(differences, d)
			}
		}
		tally := tallyOf(t, differences)
		m := tally.Moments(0)
		r, err := PairedT(m, TwoSided, 0.95)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		corrected, err1 := WilcoxonSignedRankNormal(tally, TwoSided, 0.95, true)
		plain, err2 := WilcoxonSignedRankNormal(tally, TwoSided, 0.95, false)
		sign, err3 := SignTest(tally, TwoSided, 0.95)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatalf("%s: %v, %v, %v", e.ID, err1, err2, err3)
		}
		got := map[string]float64{
			"/mean_diff": m.Mean, "/sd_diff": m.SD(), "/hedges_gz": r.Effect.Value * HedgesCorrection(float64(m.N-1)),
			"/cohen_dz": r.Effect.Value, "/cohen_dz_ci_low": r.Effect.CI.Low, "/cohen_dz_ci_high": r.Effect.CI.High,
			"/wilcoxon/W_plus": corrected.Statistic.Value, "/wilcoxon/W_minus": termValue(t, corrected, "below 0", "rank_sum"),
			"/wilcoxon/n_nonzero": float64(corrected.N[0]), "/wilcoxon/p_cc": corrected.P, "/wilcoxon/p_nocc": plain.P,
			"/wilcoxon/rank_biserial": corrected.Effect.Value, "/sign_test_p": sign.P,
		}
		resultNumbers(got, "", r)
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

func TestVariancesReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "variance_tests.json", "vartests") {
		var names []string
		if e.Params["groups"] != nil {
			names = e.names("groups")
		}
		tally := tables.table(t, e).groupedTally(t, e.Params["col"].(string), e.Params["group"].(string), names)
		got := map[string]float64{"/k": float64(tally.NumGroups()), "/n": float64(tally.Total())}
		moments := make([]Moments, tally.NumGroups())
		for g := range moments {
			moments[g] = tally.Moments(g)
		}
		for path, test := range map[string]func(Tally) (Result, error){
			"/levene_mean": Levene, "/brown_forsythe": BrownForsythe, "/fligner": FlignerKilleen,
		} {
			r, err := test(tally)
			if err != nil {
				t.Fatalf("%s: %v", e.ID, err)
			}
			varianceNumbers(got, path, r)
		}
		if r, err := Bartlett(moments); err == nil {
			varianceNumbers(got, "/bartlett", r)
		} else {
			got["/bartlett"] = math.NaN()
		}
		if len(moments) == 2 {
			r, err := VarianceRatioTest(moments[0], moments[1], TwoSided, 0.95)
			if err != nil {
				t.Fatalf("%s: %v", e.ID, err)
			}
			varianceNumbers(got, "/ftest", r)
		}
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

// varianceNumbers stores the numbers of a test of variances under a path.
func varianceNumbers(into map[string]float64, path string, r Result) {
	resultNumbers(into, path, r)
	into[path+"/chi2"], into[path+"/K2"] = r.Statistic.Value, r.Statistic.Value
	into[path+"/df1"] = r.DF[0]
	if len(r.DF) > 1 {
		into[path+"/df2"] = r.DF[1]
	}
}

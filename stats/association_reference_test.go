package stats

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
)

// resultNumbers stores the common numbers of a result under a path.
func resultNumbers(into map[string]float64, path string, r Result) {
	into[path+"/n"] = 0
	for _, n := range r.N {
		into[path+"/n"] += float64(n)
	}
	into[path+"/r"] = r.Estimate.Value
	into[path+"/"+r.Statistic.Name] = r.Statistic.Value
	if len(r.DF) == 1 {
		into[path+"/df"] = r.DF[0]
	}
	into[path+"/p"] = r.P
	into[path+"/log10p"] = r.Log10P
	into[path+"/ci_low"] = r.CI.Low
	into[path+"/ci_high"] = r.CI.High
}

func TestCorrelationReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "correlation.json", "corr") {
		method, err := ParseCorrelationMethod(e.Params["method"].(string))
		if err != nil {
			t.Fatal(err)
		}
		o := CorrelationOptions{Method: method, Workers: 2}
		if e.Params["deletion"] == "listwise" {
			o.Deletion = Listwise
		}
		table, names := e.table(t), e.names("cols")
		cols := make([][]float64, len(names))
		for i, name := range names {
			cols[i] = table.numbers(t, name)
		}
		m, err := Correlations(context.Background(), names, cols, o)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		got := make(map[string]float64)
		for i, a := range names {
			for j := i + 1; j < len(names); j++ {
				path := "/" + a + "|" + names[j]
				got[path+"/n"], got[path+"/r"] = float64(m.N(i, j)), m.At(i, j)
				got[path+"/cov"] = m.Covariance(i, j)
				if r, err := m.Test(i, j, TwoSided, 0.95); err == nil {
					resultNumbers(got, path, r)
				}
			}
		}
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

func TestCramersVReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "correlation.json", "cramers") {
		table, names := e.table(t), e.names("cols")
		got := make(map[string]float64)
		for i, a := range names {
			for _, b := range names[i+1:] {
				c := table.crosstab(t, a, b)
				r, err := ChiSquareTest(c, 0.95)
				if err != nil {
					t.Fatalf("%s: %s and %s: %v", e.ID, a, b, err)
				}
				m, err := Associate(c)
				if err != nil {
					t.Fatalf("%s: %s and %s: %v", e.ID, a, b, err)
				}
				path := "/" + a + "|" + b
				resultNumbers(got, path, r)
				got[path+"/V"] = r.Estimate.Value
				got[path+"/V_bias_corrected"] = r.Effect.Value
				got[path+"/V_bias_corrected_formula"] = m.CramersVCorrected
				got[path+"/mutual_information_nats"] = m.MutualInformation
				got[path+"/theil_u_first_given_second"] = m.UncertaintyRow
				got[path+"/theil_u_second_given_first"] = m.UncertaintyCol
			}
		}
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

func TestPointBiserialReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "correlation.json", "pointbiserial") {
		groups := e.table(t).groupMoments(t, e.Params["col"].(string), e.Params["group"].(string))
		names := e.names("groups")
		r, err := PointBiserialTest(groups[names[0]], groups[names[1]], TwoSided, 0.95)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		got := make(map[string]float64)
		resultNumbers(got, "", r)
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

func TestCorrelationRatioReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "correlation.json", "eta") {
		var all []Moments
		var n int64
		for _, m := range e.table(t).groupMoments(t, e.Params["col"].(string), e.Params["group"].(string)) {
			all = append(all, m)
			n += m.N
		}
		eta := CorrelationRatio(all)
		compared += e.compare(t, map[string]float64{"/n": float64(n), "/eta": eta, "/eta2": eta * eta})
	}
	t.Logf("compared %d values", compared)
}

func TestIndependenceReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "chisq.json", "chisq") {
		c := e.table(t).crosstab(t, e.Params["a"].(string), e.Params["b"].(string))
		compared += e.compare(t, independenceNumbers(t, c))
	}
	t.Logf("compared %d values", compared)
}

// independenceNumbers computes all that the reference says of a cross table.
func independenceNumbers(t *testing.T, c *Crosstab) map[string]float64 {
	t.Helper()
	table := c.Table()
	chi, err := ChiSquareTest(c, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	g, err := GTest(c, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Associate(c)
	if err != nil {
		t.Fatal(err)
	}
	expected := table.ExpectedCounts()
	got := map[string]float64{
		"/rows": float64(len(table.Rows)), "/cols": float64(len(table.Cols)),
		"/min_expected": expected.Min, "/cells_expected_below5": float64(expected.Below5),
		"/cramers_v": m.CramersV, "/cramers_v_bias_corrected": m.CramersVCorrected,
		"/contingency_c": m.ContingencyC, "/tschuprow_t": m.TschuprowT, "/phi2": m.Phi2,
		"/G": g.Statistic.Value, "/G_p": g.P, "/G_log10p": g.Log10P,
	}
	resultNumbers(got, "", chi)
	if len(table.Rows) == 2 && len(table.Cols) == 2 {
		yates, err := YatesTest(c, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		got["/yates_chi2"], got["/yates_p"], got["/yates_log10p"] = yates.Statistic.Value, yates.P, yates.Log10P
	}
	for _, cell := range table.Cells() {
		at := "/" + cell.Row + "/" + cell.Col
		got["/observed"+at] = float64(cell.Observed)
		got["/expected"+at] = cell.Expected
		got["/pearson_residuals"+at] = cell.Residual
		got["/adjusted_residuals"+at] = cell.AdjResidual
	}
	return got
}

func TestAdjustReference(t *testing.T) {
	compared := 0
	names := map[Adjustment]string{
		Bonferroni: "bonferroni", Sidak: "sidak", Holm: "holm", Hochberg: "hochberg",
		Hommel: "hommel", BenjaminiHochberg: "BH", BenjaminiYekutieli: "BY",
	}
	for _, e := range refEntries(t, "multiple_testing.json", "padjust") {
		var p, log10p []float64
		for _, v := range e.Params["p"].([]any) {
			p = append(p, v.(float64))
			log10p = append(log10p, math.Log10(v.(float64)))
		}
		plain, logs := make(map[string]float64), make(map[string]float64)
		for method, name := range names {
			q, err := AdjustP(p, method)
			if err != nil {
				t.Fatal(err)
			}
			logq, err := AdjustLog10P(log10p, method)
			if err != nil {
				t.Fatal(err)
			}
			for i := range q {
				path := fmt.Sprintf("/%s/%d", name, i)
				plain[path], logs[path] = q[i], math.Pow(10, logq[i])
			}
		}
		compared += e.compare(t, plain) + e.compare(t, logs)
	}
	t.Logf("compared %d values, half of them on the logarithmic scale", compared)
}

func TestMahalanobisReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "outliers.json", "mahalanobis") {
		table, names := e.table(t), e.names("cols")
		cols := make([][]float64, len(names))
		for i, name := range names {
			cols[i] = table.numbers(t, name)
		}
		d, err := Mahalanobis(context.Background(), cols, 0.999, 2)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		squared := slices.DeleteFunc(slices.Clone(d.Squared), math.IsNaN)
		got := map[string]float64{
			"/n": float64(d.N), "/p": float64(d.Columns), "/cutoff": d.Cutoff,
			"/n_outliers": float64(len(d.Outliers())),
			"/d2_max":     slices.Max(squared),
			"/argmax_row": float64(1 + slices.Index(squared, slices.Max(squared))),
		}
		for i, v := range squared {
			got["/d2_sum"] += v
			if i < 5 {
				got[fmt.Sprintf("/d2_first5/%d", i)] = v
			}
		}
		slices.Sort(squared)
		for i, q := range Quantiles(squared, 0.25, 0.5, 0.75, 0.99) {
			got["/"+[]string{"d2_q25", "d2_q50", "d2_q75", "d2_q99"}[i]] = q
		}
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

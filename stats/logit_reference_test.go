package stats

import (
	"context"
	"slices"
	"testing"
)

// logitEntry builds the data of a reference entry; rows with a missing value are
// left out, and rows that agree are one pattern.
func logitEntry(t *testing.T, tables refTables, e refEntry) *LogitData {
	t.Helper()
	table := tables.table(t, e)
	outcome := table[e.Params["y"].(string)]
	present := make([]bool, len(outcome))
	for i, y := range outcome {
		present[i] = y != ""
	}
	var data LogitData
	for _, spec := range e.Params["terms"].([]any) {
		term := spec.(map[string]any)
		name := term["col"].(string)
		for i, text := range table[name] {
			present[i] = present[i] && text != ""
		}
		built := LogitTerm{Name: name}
		if term["type"] == "cat" {
			built.Levels = slices.Compact(slices.Sorted(slices.Values(slices.DeleteFunc(slices.Clone(table[name]), func(s string) bool { return s == "" }))))
			built.Ref = slices.Index(built.Levels, term["ref"].(string))
			for _, text := range table[name] {
				built.Codes = append(built.Codes, uint32(max(0, slices.Index(built.Levels, text))))
			}
		} else {
			built.Values = table.numbers(t, name)
		}
		data.Terms = append(data.Terms, built)
	}
	positive, named := e.Params["positive"].(string)
	if !named {
		positive = "1"
	}
	for i, y := range outcome {
		one := y == positive
		data.Ones, data.Zeros = append(data.Ones, count01(present[i] && one)), append(data.Zeros, count01(present[i] && !one))
	}
	for k, spec := range e.Params["terms"].([]any) {
		term := &data.Terms[k]
		for i := range term.Values {
			if !present[i] {
				term.Values[i] = 0
			}
		}
		if spec.(map[string]any)["type"] == "std" {
			var m Moments
			for i, x := range term.Values {
				if present[i] {
					m.Add(x)
				}
			}
			for i, x := range term.Values {
				term.Values[i] = (x - m.Mean) / m.SD()
			}
		}
	}
	patterns, _ := data.Patterns()
	return patterns
}

func count01(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func fitLogit(t testing.TB, data *LogitData, o LogitOptions) *LogitFit {
	t.Helper()
	f, err := FitLogit(context.Background(), data, o)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Converged {
		t.Fatalf("not converged after %d iterations", f.Iterations)
	}
	return f
}

// logitNumbers are the numbers of a fit by the names of the reference.
func logitNumbers(t *testing.T, e refEntry, f *LogitFit) map[string]float64 {
	t.Helper()
	model := f.Test()
	fit := f.Measures()
	got := map[string]float64{"/n": float64(f.N), "/k": float64(f.Rank()), "/loglik": f.LogLik, "/loglik_null": f.NullLogLik,
		"/lr_chi2": model.Statistic.Value, "/lr_df": model.DF[0], "/lr_p": model.P, "/lr_log10p": model.Log10P,
		"/mcfadden_r2": fit.McFadden, "/cox_snell_r2": fit.CoxSnell, "/nagelkerke_r2": fit.Nagelkerke,
		"/aic": fit.AIC, "/bic": fit.BIC, "/deviance": fit.Deviance}
	diverging, _ := e.Params["diverging"].([]any)
	for i := range f.Coefficients {
		c := &f.Coefficients[i]
		at := "/coefficients/" + c.Name()
		if slices.Contains(diverging, any(c.Name())) != (c.State == Infinite) {
			t.Errorf("%s: %s has the state %d", e.ID, c.Name(), c.State)
		}
		got[at+"/coef"], got[at+"/se"], got[at+"/z"] = c.Estimate.Value, c.SE, c.Statistic.Value
		got[at+"/p"], got[at+"/log10p"] = c.P, c.Log10P
		got[at+"/ci_low"], got[at+"/ci_high"] = c.CI.Low, c.CI.High
		got[at+"/odds_ratio"], got[at+"/or_ci_low"], got[at+"/or_ci_high"] = c.Effect.Value, c.Effect.CI.Low, c.Effect.CI.High
		got[at+"/diverges"] = float64(c.Sign)
	}
	return got
}

// Values of R (glm, brglm2, logistf), statsmodels and 60-digit arithmetic.
func TestLogitReference(t *testing.T) {
	tables, compared := refTables{}, 0
	for _, e := range refEntries(t, "logit.json", "logit") {
		f := fitLogit(t, logitEntry(t, tables, e), LogitOptions{Workers: 2})
		compared += e.compare(t, logitNumbers(t, e, f))
	}
	t.Logf("compared %d values", compared)
}

func TestFirthReference(t *testing.T) {
	tables, compared := refTables{}, 0
	ctx := context.Background()
	for _, e := range refEntries(t, "logit.json", "firth") {
		f := fitLogit(t, logitEntry(t, tables, e), LogitOptions{Firth: true})
		got := map[string]float64{"/n": float64(f.N), "/loglik": f.LogLik, "/penalized_loglik": f.Objective}
		for i := range f.Coefficients {
			c := &f.Coefficients[i]
			profile, err := f.Profile(ctx, i)
			if err != nil {
				t.Errorf("%s: %v", e.ID, err)
				continue
			}
			at := "/coefficients/" + c.Name()
			got[at+"/coef"], got[at+"/se"] = c.Estimate.Value, c.SE
			got[at+"/wald_ci_low"], got[at+"/wald_ci_high"] = c.CI.Low, c.CI.High
			got[at+"/pl_ci_low"], got[at+"/pl_ci_high"], got[at+"/plr_p"] = profile.CI.Low, profile.CI.High, profile.P
		}
		null := f.problem
		null.free = []int{0}
		at, err := null.maximize(ctx, make([]float64, len(f.design.columns)))
		if err != nil {
			t.Fatal(err)
		}
		got["/penalized_loglik_null"] = at.objective + f.design.logScale(null.kept)
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

func TestSeparationReference(t *testing.T) {
	tables := refTables{}
	for _, e := range refEntries(t, "logit.json", "separation") {
		f := fitLogit(t, logitEntry(t, tables, e), LogitOptions{})
		if got := f.Separation.Kind.String(); got != e.Expected["separation"] {
			t.Errorf("%s: separation %s, want %v", e.ID, got, e.Expected["separation"])
		}
		infinite := slices.ContainsFunc(f.Coefficients, func(c LogitCoefficient) bool { return c.State == Infinite })
		if infinite == e.Expected["finite_mle"].(bool) {
			t.Errorf("%s: infinite %v", e.ID, infinite)
		}
	}
}

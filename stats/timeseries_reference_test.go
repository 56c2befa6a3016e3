package stats

import (
	"fmt"
	"math"
	"testing"
)

func TestCorrelogramReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "time_series.json", "ts") {
		x, _ := tables.sample(t, e)
		c, err := NewCorrelogram(x, int(e.Params["lags"].(float64)), 0.95)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		dw, err := DurbinWatson(x)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		got := map[string]float64{"/n": float64(c.N), "/acf_bound95": c.Bound, "/durbin_watson_of_demeaned": dw}
		for k := range c.ACF[1:] {
			got[fmt.Sprintf("/acf/%d", k)] = c.ACF[k+1]
			got[fmt.Sprintf("/pacf/%d", k)] = c.PACF[k+1]
		}
		for _, lag := range e.Params["lb"].([]any) {
			path := fmt.Sprintf("/ljung_box/lag%v/", lag)
			lb, err1 := LjungBox(x, int(lag.(float64)), 0)
			bp, err2 := BoxPierce(x, int(lag.(float64)), 0)
			if err1 != nil || err2 != nil {
				t.Fatalf("%s: %v, %v", e.ID, err1, err2)
			}
			got[path+"Q"], got[path+"df"] = lb.Statistic.Value, lb.DF[0]
			got[path+"p"], got[path+"log10p"] = lb.P, lb.Log10P
			got[path+"box_pierce_Q"], got[path+"box_pierce_p"] = bp.Statistic.Value, bp.P
		}
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

func TestUnitRootReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "time_series.json", "adf") {
		x, _ := tables.sample(t, e)
		lags := int(e.Params["lags"].(float64))
		got := map[string]float64{"/n": float64(len(x)), "/lags": float64(lags)}
		for key, around := range map[string]Stationarity{"n": AroundZero, "c": AroundLevel, "ct": AroundTrend} {
			r, err := ADF(x, around, lags)
			if err != nil {
				t.Fatalf("%s: %v", e.ID, err)
			}
			got["/stat_"+key], got["/p_mackinnon_"+key], got["/nobs"] = r.Statistic.Value, r.P, float64(r.N[0])
			for _, percent := range []string{"1", "5", "10"} {
				got["/crit_"+key+"/"+percent+"%"] = termValue(t, r, "critical value at "+percent+" %", "statistic")
			}
		}
		for key, around := range map[string]Stationarity{"/kpss_level": AroundLevel, "/kpss_trend": AroundTrend} {
			r, err := KPSS(x, around, AutoLags)
			if err != nil {
				t.Fatalf("%s: %v", e.ID, err)
			}
			got[key], got["/kpss_lags"] = r.Statistic.Value, termValue(t, r, "lags", "n")
		}
		compared += e.compare(t, got)
	}
	t.Logf("compared %d values", compared)
}

func TestMannKendallReference(t *testing.T) {
	compared := 0
	tables := refTables{}
	for _, e := range refEntries(t, "time_series.json", "mk") {
		x, _ := tables.sample(t, e)
		r, err := MannKendall(x, TwoSided, 0.95)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		compared += e.compare(t, map[string]float64{
			"/n": float64(r.N[0]), "/S": termValue(t, r, "score", "S"), "/varS": termValue(t, r, "score", "variance"),
			"/z": r.Statistic.Value, "/p": r.P, "/log10p": r.Log10P,
			"/tau_b": r.Effect.Value, "/tau_a": termValue(t, r, "score", "tau_a"), "/sen_slope": r.Estimate.Value,
		})
		if !(r.CI.Low <= r.Estimate.Value && r.Estimate.Value <= r.CI.High) || math.IsInf(r.CI.High, 0) {
			t.Errorf("%s: Sen's slope %v with interval %v", e.ID, r.Estimate.Value, r.CI)
		}
	}
	t.Logf("compared %d values", compared)
}

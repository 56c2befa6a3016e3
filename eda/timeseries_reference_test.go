package eda_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// followed returns the series of an entry's column, one row a step in row order;
// false if it has gaps, which the references leave out and which are stretches here.
func (r refTables) followed(t *testing.T, e *refEntry) (*eda.Series, bool) {
	t.Helper()
	src := r.numbers(t, e)
	if e.Data.Rows != "" {
		src = e.source(t, dataset.Number)
	}
	s := timeSeries(t, src, eda.TimeSeriesOptions{RowOrder: true, StepRows: 1, Features: e.Columns, Lags: e.Params.Lags})
	name := "mean " + e.Columns[0]
	i := slices.IndexFunc(s.Series, func(s eda.Series) bool { return s.Name == name })
	return &s.Series[i], s.Series[i].N == s.Steps
}

// terms returns the numbers of a result's terms by name: "lags/n".
func terms(r stats.Result) map[string]float64 {
	out := map[string]float64{}
	for _, term := range r.Terms {
		for _, v := range term.Values {
			out[term.Name+"/"+v.Name] = v.Value
		}
	}
	return out
}

// TestTimeSeriesReference compares what is said of a series with R, statsmodels and
// pymannkendall, as far as the references chose the same lags.
func TestTimeSeriesReference(t *testing.T) {
	tables, compared := refTables{}, 0
	for _, operation := range []string{"ts", "adf", "mk"} {
		for _, e := range refEntries(t, "time_series.json", operation) {
			s, whole := tables.followed(t, &e)
			if !whole {
				t.Logf("%s has gaps", e.ID)
				continue
			}
			v := &s.Views[0]
			got := map[string]float64{"/n": float64(s.N)}
			switch operation {
			case "ts":
				got["/acf_bound95"] = v.Correlogram.Bound
				for k := 1; k < len(v.Correlogram.ACF); k++ {
					got[fmt.Sprintf("/acf/%d", k-1)], got[fmt.Sprintf("/pacf/%d", k-1)] = v.Correlogram.ACF[k], v.Correlogram.PACF[k]
				}
				lb := v.Test(eda.TestWhiteNoise)
				got["/ljung_box/lag10/Q"], got["/ljung_box/lag10/p"], got["/ljung_box/lag10/log10p"] = lb.Statistic.Value, lb.P, lb.Log10P
			case "adf":
				level, trend := v.Test(eda.TestLevel), v.Test(eda.TestTrendLevel)
				got["/kpss_level"], got["/kpss_trend"], got["/kpss_lags"] = level.Statistic.Value, trend.Statistic.Value, terms(level.Result)["lags/n"]
				root, around := v.Test(eda.TestUnitRoot), v.Test(eda.TestUnitTrend)
				if int(terms(root.Result)["lags/n"]) == e.Params.Lags {
					got["/stat_c"], got["/p_mackinnon_c"] = root.Statistic.Value, root.P
				}
				if int(terms(around.Result)["lags/n"]) == e.Params.Lags {
					got["/stat_ct"], got["/p_mackinnon_ct"] = around.Statistic.Value, around.P
				}
			case "mk":
				mk := v.Test(eda.TestMonotone)
				got["/z"], got["/p"], got["/tau_b"], got["/sen_slope"] = mk.Statistic.Value, mk.P, mk.Effect.Value, mk.Estimate.Value
				got["/S"], got["/varS"], got["/tau_a"] = terms(mk.Result)["score/S"], terms(mk.Result)["score/variance"], terms(mk.Result)["score/tau_a"]
			}
			compared += e.compareSome(t, got)
		}
	}
	t.Logf("compared %d values", compared)
	if compared < 100 {
		t.Errorf("only %d values were compared", compared)
	}
}

// compareSome checks those expected values that got has, and returns how many.
func (e *refEntry) compareSome(t *testing.T, got map[string]float64) int {
	t.Helper()
	want := map[string]any{}
	flatten(want, "", e.Expected)
	for path, x := range want {
		if list, isList := x.([]any); isList {
			for i, y := range list {
				want[fmt.Sprintf("%s/%d", path, i)] = y
			}
		}
	}
	compared := 0
	for _, path := range slices.Sorted(maps.Keys(got)) {
		w, isNumber := want[path].(float64)
		if !isNumber {
			t.Errorf("%s: there is no reference %s; there are %s", e.ID, path, strings.Join(slices.Sorted(maps.Keys(want)), " "))
			continue
		}
		compared++
		if tol := e.tolerance(path); math.IsNaN(got[path]) || !check.Near(got[path], w, tol.Rtol, tol.Atol) {
			t.Errorf("%s: %s = %.17g, want %.17g within %+v", e.ID, path, got[path], w, tol)
		}
	}
	return compared
}

package stats

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// The reference values of tests of counts: R 4.2.2 (stats, vcd, DescTools), SciPy
// 1.10.1 and statsmodels 0.13.5, which agree, and 60-digit arithmetic.

func TestGoodnessOfFitReference(t *testing.T) {
	for _, e := range refEntries(t, "chisq.json", "gof") {
		count := make(map[string]int64)
		for _, v := range e.table(t)[e.Params["col"].(string)] {
			if v != "" {
				count[v]++
			}
		}
		levels := slices.Sorted(maps.Keys(count))
		given, _ := e.Params["probs"].(map[string]any)
		var counts []int64
		var shares []float64
		for _, l := range levels {
			counts, shares = append(counts, count[l]), append(shares, 1/float64(len(levels)))
			if given != nil {
				shares[len(shares)-1] = given[l].(float64)
			}
		}
		fit, err := GoodnessOfFitTest(levels, counts, shares, 0.95)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		got := map[string]float64{"/k": float64(len(levels)), "/G": fit.G.Statistic.Value, "/G_p": fit.G.P, "/G_log10p": fit.G.Log10P}
		resultNumbers(got, "", fit.Pearson)
		for _, c := range fit.Cells {
			got["/expected/"+c.Row], got["/residuals/"+c.Row] = c.Expected, c.Residual
		}
		e.compare(t, got)
	}
}

func TestFisherReference(t *testing.T) {
	for _, e := range refEntries(t, "chisq.json", "fisher") {
		c := e.table(t).crosstab(t, e.Params["a"].(string), e.Params["b"].(string))
		table := c.Table()
		got := map[string]float64{
			"/a": float64(table.Counts[0][0]), "/b": float64(table.Counts[0][1]),
			"/c": float64(table.Counts[1][0]), "/d": float64(table.Counts[1][1]),
		}
		for _, a := range []struct {
			key string
			alt Alternative
		}{{"/p", TwoSided}, {"/p_greater", Greater}, {"/p_less", Less}} {
			r, err := FisherTest(c, a.alt, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			got[a.key] = r.P
			got["/log10p"+a.key[2:]] = r.Log10P
			if a.alt == TwoSided {
				got["/log10p"] = r.Log10P
				got["/or_conditional"], got["/or_ci_low"], got["/or_ci_high"] = r.Estimate.Value, r.CI.Low, r.CI.High
			}
		}
		m, err := CompareShares(c, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		got["/or_sample"], got["/or_wald_ci_low"], got["/or_wald_ci_high"] = m.OddsRatio.Value, m.OddsRatio.CI.Low, m.OddsRatio.CI.High
		got["/risk_ratio"], got["/rr_ci_low"], got["/rr_ci_high"] = m.RiskRatio.Value, m.RiskRatio.CI.Low, m.RiskRatio.CI.High
		e.compare(t, got)
	}
}

func TestMcNemarReference(t *testing.T) {
	for _, e := range refEntries(t, "chisq.json", "mcnemar") {
		m, err := McNemarTest(pairedColumns(t, &e), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		e.compare(t, map[string]float64{
			"/b": float64(m.Discord[0]), "/c": float64(m.Discord[1]), "/p_exact": m.Exact.P,
			"/chi2": m.Plain.Statistic.Value, "/p": m.Plain.P, "/chi2_cc": m.Corrected.Statistic.Value, "/p_cc": m.Corrected.P,
		})
	}
}

// pairedColumns counts the two columns of an entry; those of a table written out
// row by row carry the names of its sides.
func pairedColumns(t *testing.T, e *refEntry) *Crosstab {
	t.Helper()
	plain := e.table(t).crosstab(t, e.Params["a"].(string), e.Params["b"].(string))
	table := plain.Table()
	if slices.Equal(table.Rows, table.Cols) {
		return plain
	}
	c, err := NewCrosstab([]string{"1", "2"}, []string{"1", "2"}, table.Counts)
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

func TestMantelHaenszelReference(t *testing.T) {
	for _, e := range refEntries(t, "chisq.json", "cmh") {
		m, err := MantelHaenszelTest(e.table(t).strata(t, e.Params["a"].(string), e.Params["b"].(string), e.Params["strata"].(string)), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		e.compare(t, map[string]float64{
			"/n": float64(m.Plain.N[0]), "/strata": float64(m.Used), "/M2": m.Plain.Statistic.Value, "/p": m.Plain.P, "/log10p": m.Plain.Log10P,
			"/M2_cc": m.Corrected.Statistic.Value, "/p_cc": m.Corrected.P,
			"/common_or": m.Plain.Estimate.Value, "/or_ci_low": m.Plain.CI.Low, "/or_ci_high": m.Plain.CI.High,
			"/breslow_day": m.Homogeneity.Statistic.Value, "/breslow_day_p": m.Homogeneity.P,
			"/breslow_day_tarone": m.Tarone.Statistic.Value, "/breslow_day_tarone_p": m.Tarone.P,
		})
	}
}

// strata counts two columns apart by a third, all by the bytes of their levels.
func (t refTable) strata(tb testing.TB, row, col, by string) []Stratum {
	tb.Helper()
	all := t.crosstab(tb, row, col).Table()
	counts := make(map[string]*Stratum)
	for i, level := range t[by] {
		r, c := slices.Index(all.Rows, t[row][i]), slices.Index(all.Cols, t[col][i])
		if level == "" || r < 0 || c < 0 {
			continue
		}
		if counts[level] == nil {
			counts[level] = &Stratum{Name: level}
		}
		counts[level].Counts[r][c]++
	}
	var out []Stratum
	for _, level := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, *counts[level])
	}
	return out
}

// R's fisher.test finds p to the last digits, but its roots, in units of 1/odds where the
// odds are large, only to a few per cent: for the table 0 5 1 4 and a level of 0.99 it says
// 198.02 where 1/(1+odds) = 0.005 has the root 199. TestOddsIntervalDefinition is exact.
func TestFisherAgainstR(t *testing.T) {
	text, err := os.ReadFile(check.Shared(t, "data", "vectors", "fisher_exact_from_r.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Table     [2][2]int64
			Level     any   `json:"alternative"` // the file has these two names the wrong way round
			Side      any   `json:"conf_level"`
			OddsRatio any   `json:"odds_ratio_cmle"`
			CI        []any `json:"ci"`
			P         any   `json:"p_value"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	number := func(v any) float64 {
		switch v := v.(type) {
		case float64:
			return v
		case string:
			if v == "Infinity" || v == "inf" || v == "Inf" {
				return math.Inf(1)
			}
		}
		return math.NaN()
	}
	for _, c := range file.Cases {
		level, side := c.Level, c.Side
		if _, wrong := level.(string); wrong {
			level, side = side, level
		}
		alternative := map[any]Alternative{"two.sided": TwoSided, "less": Less, "greater": Greater}[side]
		tab, err := NewCrosstab([]string{"1", "2"}, []string{"1", "2"}, [][]int64{c.Table[0][:], c.Table[1][:]})
		if err != nil {
			t.Fatal(err)
		}
		r, err := FisherTest(&tab, alternative, number(level))
		if err != nil {
			t.Logf("%v: %v", c.Table, err)
			continue
		}
		for _, v := range []struct {
			name       string
			got, want  float64
			rtol, atol float64
		}{
			{"p", r.P, number(c.P), 1e-7, 1e-14}, {"odds ratio", r.Estimate.Value, number(c.OddsRatio), 0.08, 1e-6},
			{"low", r.CI.Low, number(c.CI[0]), 0.08, 1e-6}, {"high", r.CI.High, number(c.CI[1]), 0.08, 1e-6},
		} {
			if !agreement.near(fisherVectors, fmt.Sprint(c.Table, side, level, v.name), v.got, v.want, v.rtol, v.atol) {
				t.Errorf("%v %v: %s = %v, want %v", c.Table, side, v.name, v.got, v.want)
			}
		}
	}
	t.Logf("%d tables", len(file.Cases))
}

package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

// effectTable is an empty table of effect sizes.
func effectTable(note string) Table {
	return Table{Name: "effects", Title: "Effect sizes", Note: note, Columns: detail(Cols("effect_name", "effect", "effect_low", "effect_high", "magnitude", "method"), "method")}
}

// addEffect appends an effect size and the method of its interval, which programs
// find in a column of its own.
func (t *Table) addEffect(name string, value float64, ci stats.Interval, magnitude, method string) {
	t.Rows = append(t.Rows, []any{name, value, ci.Low, ci.High, words(magnitude), words(method)})
}

// effectsOf lists all measures of how levels and groups go together.
func effectsOf(x *eda.TableTest) Table {
	none := stats.Interval{Low: math.NaN(), High: math.NaN()}
	e, m, i := x.Pearson.Effect, x.Measures, x.Information
	t := effectTable(fmt.Sprintf("Magnitude: %s. Intervals of %s: of V by the noncentral chi-square, of information by the delta method.", e.Rule, Format(Share, e.CI.Level)))
	t.addEffect("Cramér's V, bias-corrected", e.Value, e.CI, e.Magnitude, "noncentral chi-square")
	t.addEffect("Cramér's V", x.V.Value, x.V.CI, x.V.Magnitude, "noncentral chi-square")
	t.addEffect("Tschuprow's T", m.TschuprowT, none, "", "")
	t.addEffect(fmt.Sprintf("Theil's U of %s", x.By), m.UncertaintyCol, none, "", "")
	t.addEffect(fmt.Sprintf("Theil's U of %s", x.Name), m.UncertaintyRow, none, "", "")
	t.addEffect("mutual information (bits)", i.Test.Estimate.Value, i.Test.CI, "", "delta method")
	if s := x.Shares; s != nil {
		rows, col := x.Table.Rows, x.Table.Cols[0]
		t.Note += fmt.Sprintf(" Ratios and difference: %s in %s (%s) against %s (%s).", col, rows[0], Format(Share, s.Share[0]), rows[1], Format(Share, s.Share[1]))
		t.addEffect("odds ratio (Woolf)", s.OddsRatio.Value, s.OddsRatio.CI, "", "Woolf")
		exact := "exact"
		if x.Exact.Alternative != stats.TwoSided {
			exact += ", one-sided"
		}
		t.addEffect("odds ratio, conditional ("+exact+")", x.Exact.Estimate.Value, x.Exact.CI, "", "exact")
		t.addEffect("risk ratio (Katz)", s.RiskRatio.Value, s.RiskRatio.CI, "", "Katz")
		t.addEffect("risk difference (Newcombe)", s.RiskDifference.Value, s.RiskDifference.CI, "", "Newcombe")
	}
	return t
}

// testTable lists results by their statistics.
func testTable(results ...*stats.Result) Table {
	t := Table{Name: "tests", Title: "Tests", Columns: detail(Cols("method", "alternative", "statistic_name", "statistic", "df", "p", "log10_p", "p_adj", "log10_p_adj", "n", "missing"),
		"alternative", "log10_p", "p_adj", "log10_p_adj", "n", "missing")}
	for _, r := range results {
		if r == nil {
			continue
		}
		t.Rows = append(t.Rows, []any{r.Method, r.Alternative.String(), words(r.Statistic.Name), r.Statistic.Value, first(r.DF),
			P{r.P, r.Log10P}, r.Log10P, nil, nil, total(r.N), r.Missing})
		for _, w := range r.Warnings {
			t.Footnotes = append(t.Footnotes, r.Method+": "+w.Error()+".")
		}
	}
	return t
}

// testsOf lists the tests of a table of counts.
func testsOf(x *eda.TableTest) Table {
	t := testTable(&x.Pearson, &x.G, x.Yates, x.Exact, x.Simulated)
	t.Rows[0][t.column("p_adj")], t.Rows[0][t.column("log10_p_adj")] = P{x.PAdjusted, x.Log10PAdjusted}, x.Log10PAdjusted
	if x.Exact != nil && x.Exact.Alternative != stats.TwoSided {
		t.Columns[t.column("alternative")].Detail = false
	}
	t.Note = fmt.Sprintf("Smallest expected count: %s; %d of %d cells (%s) are below 5.", Format(Real, x.Expected.Min),
		x.Expected.Below5, x.Expected.Cells, Format(Share, ratio(int64(x.Expected.Below5), int64(x.Expected.Cells))))
	t.Footnotes = nil
	if x.Simulated != nil && len(x.Simulated.Warnings) > 0 {
		t.Footnotes = []string{"Simulation: " + x.Simulated.Warnings[0].Error() + "."}
	}
	return t
}

// cellsOf lists the cells by what they contribute.
func cellsOf(x *eda.TableTest) Table {
	t := Table{Name: "cells", Title: "Cells by contribution",
		Columns: detail(Cols("level", "group", "observed", "expected", "adj_residual", "contribution", "p_adj", "residual", "row_share", "col_share", "p", "log10_p", "log10_p_adj"),
			"residual", "row_share", "col_share", "p", "log10_p", "log10_p_adj"),
		Note: "Adjusted residual: standard normal under independence; its p is adjusted over the cells."}
	for _, c := range x.Cells {
		t.Rows = append(t.Rows, []any{c.Row, c.Col, c.Observed, c.Expected, c.AdjResidual, c.Contribution / x.Pearson.Statistic.Value,
			P{c.PAdjusted, c.Log10PAdjusted}, c.Residual, c.LevelShare, c.GroupShare, P{c.P, c.Log10P}, c.Log10P, c.Log10PAdjusted})
	}
	return t
}

// levelsOf lists the levels, the commonest first, with the group that each has
// most.
func levelsOf(x *eda.TableTest) Table {
	t := Table{Name: "levels", Title: "Levels, the commonest first", Columns: Cols("level", "rows", "share", "top_group", "row_share", "min_expected")}
	for _, i := range x.Levels() {
		top, least := 0, math.Inf(1)
		for j, n := range x.Table.Counts[i] {
			least = min(least, x.Table.Expected(i, j))
			if n > x.Table.Counts[i][top] {
				top = j
			}
		}
		n := x.Table.RowTotals[i]
		t.Rows = append(t.Rows, []any{x.Table.Rows[i], n, ratio(n, x.Table.N), x.Table.Cols[top], ratio(x.Table.Counts[i][top], n), least})
	}
	return t
}

// pooledOf sets the test beside that with rare levels put together.
func pooledOf(x *eda.TableTest) Table {
	p := x.Pooled
	t := Table{Name: "pooled", Title: "With rare levels put together",
		Columns: detail(Cols("counts_as", "n_levels", "min_expected", "below_5", "effect", "statistic", "df", "p", "n_cells", "cramers_v", "effect_low", "effect_high", "log10_p"),
			"n_cells", "cramers_v", "effect_low", "effect_high", "log10_p"),
		Note: fmt.Sprintf("While an expected count is below 5, the rarest level joins %s. %s", p.Name, pooledNames(x))}
	add := func(as string, levels int, e stats.ExpectedCounts, r stats.Result, v float64) {
		t.Rows = append(t.Rows, []any{as, levels, e.Min, e.Below5, r.Effect.Value, r.Statistic.Value, first(r.DF), P{r.P, r.Log10P},
			e.Cells, v, r.Effect.CI.Low, r.Effect.CI.High, r.Log10P})
	}
	add("as they are", len(x.Table.Rows), x.Expected, x.Pearson, x.V.Value)
	add("rare together", p.Size[0], p.Expected, p.Pearson, p.V.Value)
	return t
}

// pooledNames says which levels and groups were put together.
func pooledNames(x *eda.TableTest) string {
	const most = 8
	var out []string
	for _, side := range []struct {
		of    string
		names []string
	}{{x.Name, x.Pooled.Rows}, {x.By, x.Pooled.Cols}} {
		if len(side.names) == 0 {
			continue
		}
		shown := strings.Join(side.names[:min(most, len(side.names))], ", ")
		if more := len(side.names) - most; more > 0 {
			shown += fmt.Sprintf(" and %d more", more)
		}
		out = append(out, fmt.Sprintf("Together, of %s: %s.", side.of, shown))
	}
	return strings.Join(out, " ")
}

// pooledCells is the table of counts with rare levels put together.
func pooledCells(x *eda.TableTest) Table {
	t := Table{Name: "pooled_cells", Title: "Cells with rare levels put together",
		Columns: detail(Cols("level", "group", "observed", "expected", "adj_residual", "contribution", "residual"), "residual")}
	for _, c := range x.Pooled.Cells {
		t.Rows = append(t.Rows, []any{c.Row, c.Col, c.Observed, c.Expected, c.AdjResidual, c.Contribution / x.Pooled.Pearson.Statistic.Value, c.Residual})
	}
	return t
}

// oneGroupOf lists the levels that one group has to itself.
func oneGroupOf(x *eda.TableTest) Table {
	t := Table{Name: "one_group_levels", Title: fmt.Sprintf("%s in one group only", things(int64(len(x.OneGroup)), "level")),
		Columns: detail(Cols("level", "group", "rows", "p", "log10_p"), "log10_p"),
		Note:    "p: the chance that so many rows agree without regard to the group, not adjusted."}
	for _, l := range x.OneGroup {
		t.Rows = append(t.Rows, []any{l.Level, l.Class, l.N, P{math.Pow(10, l.Log10P), l.Log10P}, l.Log10P})
	}
	return t
}

package eda_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

func described(t testing.TB, src dataset.Source, features ...string) *eda.Profile {
	t.Helper()
	p, err := eda.Describe(context.Background(), src, eda.DescribeOptions{Features: features})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDescribeReference(t *testing.T) {
	compared, tables := 0, refTables{}
	for _, e := range refEntries(t, "describe.json", "describe") {
		p := described(t, tables.numbers(t, &e), e.Columns...)
		compared += e.compare(t, numbersOf(&p.Columns[0]))
	}
	t.Logf("%d values compared", compared)
}

// numbersOf returns the figures of a numeric column by the names of the
// reference values.
func numbersOf(c *eda.ColumnProfile) map[string]any {
	s := c.Number
	if s == nil { // no value: nothing is known but that
		nothing := stats.Summarize(stats.Tally{})
		s = &nothing
	}
	m := s.Moments
	return map[string]any{
		"/n": float64(c.Rows - c.Missing), "/missing": float64(c.Missing), "/distinct": float64(c.Distinct), "/zeros": float64(s.Zeros),
		"/sum": s.Sum, "/mean": s.Mean, "/var": s.Var, "/sd": s.SD, "/se": s.SE, "/cv": s.CV,
		"/min": s.Min, "/max": s.Max, "/range": s.Range, "/iqr": s.IQR, "/mad": s.MAD, "/mad_scaled": s.MADScaled,
		"/q01": s.Q01, "/q05": s.Q05, "/q25": s.Q25, "/q50": s.Q50, "/q75": s.Q75, "/q95": s.Q95, "/q99": s.Q99,
		"/skew_g1": m.MomentSkewness(), "/skew_G1": s.Skewness, "/skew_b1": m.MinitabSkewness(),
		"/kurt_g2": m.MomentKurtosis(), "/kurt_G2": s.Kurtosis, "/kurt_b2": m.MinitabKurtosis(),
	}
}

func TestDescribeLevelsReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "describe.json", "describe_cat") {
		p := described(t, e.source(t, dataset.Category, e.Columns...), e.Columns...)
		c := &p.Columns[0]
		got := map[string]any{
			"/n": float64(c.Level.N), "/missing": float64(c.Missing), "/distinct": float64(c.Distinct),
			"/top": c.Level.Top, "/top_freq": float64(c.Level.TopFreq), "/entropy_nats": c.Level.EntropyNats,
			"/entropy_bits": c.Level.EntropyBits, "/gini_impurity": c.Level.GiniImpurity,
		}
		for _, l := range c.Levels {
			got["/counts/"+l.Level] = float64(l.N)
		}
		if want := len(e.Expected["counts"].(map[string]any)); len(c.Levels) != want {
			t.Errorf("%s: %d levels, want %d", e.ID, len(c.Levels), want)
		}
		compared += e.compare(t, got)
	}
	t.Logf("%d values compared", compared)
}

// shape returns the counts of a whole table.
func shape(t *testing.T, src dataset.Source) map[string]any {
	t.Helper()
	gaps, err := eda.Missing(context.Background(), src, eda.MissingOptions{})
	if err != nil {
		t.Fatal(err)
	}
	repeats, err := eda.Duplicates(context.Background(), src, eda.Classes{Column: -1})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]any{
		"/rows": float64(gaps.Rows), "/cols": float64(len(gaps.Columns)),
		"/complete_rows": float64(gaps.Complete), "/duplicate_rows": float64(repeats.Exact),
	}
	for _, c := range gaps.Columns {
		got["/missing/"+c.Column.Canon] = float64(c.Missing)
		got["/missing/"+c.Column.Name] = float64(c.Missing)
	}
	return got
}

func TestShapeReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "describe.json", "shape") {
		compared += e.compare(t, shape(t, e.source(t, dataset.Unknown)))
	}
	for _, e := range refEntries(t, "parsing.json", "parse") {
		got := shape(t, e.source(t, dataset.Unknown))
		// How records and cells are cut from the text is the matter of package dataset.
		delete(e.Expected, "cells")
		delete(e.Expected, "physical_lines")
		if same, ok := e.Expected["same_results_as"].(string); ok {
			delete(e.Expected, "same_results_as")
			other := e
			other.Data.File = same
			for path, x := range shape(t, other.source(t, dataset.Unknown)) {
				if got[path] != x {
					t.Errorf("%s: %s = %v, but %v of %s", e.ID, path, got[path], x, same)
				}
				compared++
			}
		}
		compared += e.compare(t, got)
	}
	t.Logf("%d values compared", compared)
}

func TestCorrelateReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "correlation.json", "corr") {
		method, err := stats.ParseCorrelationMethod(e.Params.Method)
		if err != nil {
			t.Fatal(err)
		}
		src := e.source(t, dataset.Number, e.Columns...)
		if e.Params.Deletion == "listwise" {
			var missing []string
			for _, c := range e.Columns {
				missing = append(missing, "isnull("+c+")")
			}
			if src, err = dataset.Where(src, "not ("+strings.Join(missing, " or ")+")"); err != nil {
				t.Fatal(err)
			}
		}
		c, err := eda.Correlate(context.Background(), src, eda.CorrelateOptions{Features: e.Columns, Method: method})
		if strings.HasSuffix(e.ID, ".constant") {
			// A column without variance is left out, which leaves too few.
			if err == nil || !strings.Contains(err.Error(), "there is 1") {
				t.Errorf("%s: error %v", e.ID, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		got := map[string]any{}
		for _, p := range c.Pairs {
			path := "/" + p.A + "|" + p.B
			for name, x := range map[string]float64{
				"r": p.Estimate.Value, "n": float64(p.N[0]), "p": p.P, "log10p": p.Log10P,
				"ci_low": p.CI.Low, "ci_high": p.CI.High, p.Statistic.Name: p.Statistic.Value,
				"cov": c.Matrix.Covariance(slices.Index(e.Columns, p.A), slices.Index(e.Columns, p.B)),
			} {
				got[path+"/"+name] = x
			}
			if len(p.DF) > 0 {
				got[path+"/df"] = p.DF[0]
			}
		}
		compared += e.compare(t, got)
	}
	t.Logf("%d values compared", compared)
}

func TestAssociateReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "correlation.json", "cramers") {
		src := e.source(t, dataset.Category, e.Columns...)
		a, err := eda.Associate(context.Background(), src, eda.AssociateOptions{Features: e.Columns})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]any{}
		for _, p := range a.Pairs {
			for name, x := range map[string]float64{
				"n": float64(p.Measures.N), "chi2": p.Test.Statistic.Value, "df": p.Test.DF[0], "p": p.Test.P, "log10p": p.Test.Log10P,
				"V": p.V.Value, "V_bias_corrected": p.Corrected.Value, "V_bias_corrected_formula": p.Measures.CramersVCorrected,
				"mutual_information_nats":    p.Measures.MutualInformation,
				"theil_u_first_given_second": p.Measures.UncertaintyRow, "theil_u_second_given_first": p.Measures.UncertaintyCol,
			} {
				got[fmt.Sprintf("/%s|%s/%s", p.A, p.B, name)] = x
			}
		}
		compared += e.compare(t, got)
	}
	t.Logf("%d values compared", compared)
}

func TestRelateGroupsReference(t *testing.T) {
	compared := 0
	for operation, method := range map[string]eda.GroupMethod{"pointbiserial": eda.PointBiserial, "eta": eda.CorrelationRatio} {
		for _, e := range refEntries(t, "correlation.json", operation) {
			number, group := e.Params.Col, e.Params.Group
			src := e.grouped(t)
			name := group
			if method == eda.PointBiserial {
				name += " (class)"
			}
			g, err := eda.RelateGroups(context.Background(), src, eda.GroupOptions{Features: []string{number, group}, Method: method, Normal: e.normal()})
			if err != nil {
				t.Fatalf("%s: %v", e.ID, err)
			}
			at := slices.IndexFunc(g.Pairs, func(p eda.GroupedPair) bool { return p.Number == number && p.Group == name })
			if at < 0 {
				t.Fatalf("%s: no pair among %+v", e.ID, g.Pairs)
			}
			p := g.Pairs[at]
			n := int64(0)
			for _, size := range p.N {
				n += size
			}
			compared += e.compare(t, map[string]any{
				"/n": float64(n), "/r": p.Estimate.Value, "/t": p.Statistic.Value, "/df": p.DF[0], "/p": p.P, "/log10p": p.Log10P,
				"/eta": p.Estimate.Value, "/eta2": p.Effect.Value,
			})
		}
	}
	t.Logf("%d values compared", compared)
}

func TestInformReference(t *testing.T) {
	compared := 0
	for _, e := range refEntries(t, "correlation.json", "cramers") {
		n, err := eda.Inform(context.Background(), e.source(t, dataset.Category, e.Columns...), eda.InformOptions{Features: e.Columns})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]any{}
		flatten(want, "", e.Expected)
		for _, p := range n.Pairs {
			for name, x := range map[string]float64{
				"n": float64(p.Test.N[0]), "df": p.Test.DF[0], "mutual_information_nats": p.Bits * math.Ln2,
				"theil_u_first_given_second": p.UncertaintyRow, "theil_u_second_given_first": p.UncertaintyCol,
			} {
				path := fmt.Sprintf("/%s|%s/%s", p.A, p.B, name)
				tol := e.tolerance(path)
				if w, ok := want[path].(float64); !ok || !check.Near(x, w, tol.Rtol, tol.Atol) {
					t.Errorf("%s: %s = %v, want %v", e.ID, path, x, want[path])
				}
				compared++
			}
		}
	}
	t.Logf("%d values compared", compared)
}

func TestOutliersReference(t *testing.T) {
	compared, tables := 0, refTables{}
	for _, e := range refEntries(t, "outliers.json", "outliers") {
		src := tables.numbers(t, &e)
		got := map[string]any{}
		for name, k := range map[string]float64{"tukey15": 1.5, "tukey30": 3} {
			o, err := eda.FindOutliers(context.Background(), src, eda.OutlierOptions{Features: e.Columns, TukeyK: k, Rows: 3})
			if err != nil {
				t.Fatal(err)
			}
			for path, x := range rulesOf(t, o, name) {
				got[path] = x
			}
		}
		p := described(t, src, e.Columns...)
		got["/modz35/median"], got["/modz35/mad"] = p.Columns[0].Number.Q50, p.Columns[0].Number.MAD
		for path, x := range otherRules(t, p.Columns[0].Tally) {
			got[path] = x
		}
		compared += e.compare(t, got)
	}
	t.Logf("%d values compared", compared)
}

// rulesOf returns what the rules found, and checks the rows listed against it.
func rulesOf(t *testing.T, o *eda.Outliers, tukey string) map[string]any {
	t.Helper()
	got := map[string]any{}
	for _, r := range o.Rules {
		n := float64(r.Total())
		if r.Method == "modified_z" {
			if r.Why != "" {
				n = math.NaN()
			}
			got["/modz35/n"] = n
			continue
		}
		got["/"+tukey+"/n"], got["/"+tukey+"/n_low"], got["/"+tukey+"/n_high"] = n, float64(r.Below), float64(r.Above)
		got["/"+tukey+"/lower"], got["/"+tukey+"/upper"] = r.Lower, r.Upper
		if want := min(3, int(r.Total())); len(o.Rows) != want {
			t.Errorf("%s: %d rows listed of %d", r.Column, len(o.Rows), r.Total())
		}
		for _, row := range o.Rows {
			if row.Value >= r.Lower && row.Value <= r.Upper {
				t.Errorf("%s: row %d with %v lies inside the fences", r.Column, row.Row, row.Value)
			}
		}
	}
	return got
}

// otherRules applies to a profile's tally the rules that FindOutliers does not
// offer.
func otherRules(t *testing.T, tally stats.Tally) map[string]any {
	t.Helper()
	n := float64(tally.Total())
	got := map[string]any{}
	for path, limit := range map[string]float64{"/z3/n": 3, "/z3/n_pop_sd": 3 * math.Sqrt((n-1)/n)} {
		z, err := stats.ZScoreOutliers(tally, limit)
		got[path] = float64(z.Total())
		if errors.Is(err, stats.ErrConstant) {
			got[path] = math.NaN()
		} else if err != nil {
			t.Fatal(err)
		}
	}
	hinges, err := stats.HingeOutliers(tally, stats.TukeyInner)
	if err != nil {
		t.Fatal(err)
	}
	got["/hinge15/n"] = float64(hinges.Total())
	return got
}

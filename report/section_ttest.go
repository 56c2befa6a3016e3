package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

// TTest shows a comparison of means: how large the differences are, what the tests
// that do not look at means say, and what the samples look like.
func TTest(m *eda.Means) (Section, error) {
	s := Section{ID: "ttest", Title: meansTitle(m), Lead: meansLead(m), Warnings: meansWarnings(m)}
	tables := []Table{effectsTable(m), meanTestsTable(m), estimatesTable(m), samplesTable(m), variancesTable(m), sampleNormalityTable(m), equivalenceTable(m), bootstrapTable(m)}
	if len(m.Features) > 1 {
		s.Tables = append(s.Tables, meansTable(m))
	}
	for _, t := range tables {
		if len(t.Rows) == 0 {
			continue
		}
		if len(m.Features) == 1 {
			detail(t.Columns, "feature")
		}
		s.Tables = append(s.Tables, t)
	}
	if len(m.Features) == 1 { // the row that a gate looks at
		row := meansTable(m)
		row.Title, row.Note = "In one row", ""
		s.Tables = append(s.Tables, row)
	}
	return s, meansFigures(&s, m)
}

// TTestDigest is what of a comparison of many columns is shown at once; nil for one
// column, of which everything is.
func TTestDigest(s Section) []Section {
	if len(s.Tables) == 0 || s.Tables[0].Name != "ttest" {
		return nil
	}
	s.Tables, s.Figures = s.Tables[:1], nil
	return []Section{s}
}

func meansTitle(m *eda.Means) string {
	switch m.Options.Design {
	case eda.OneSample:
		return "Means against " + Format(Real, m.Options.Mu)
	case eda.PairedSample:
		return "Paired means: " + m.Features[0].Name
	}
	return fmt.Sprintf("Means of %s and %s", m.Groups[0], m.Groups[1])
}

// meansWarnings lists what was left out or has no answer. Of many columns, tests
// without an answer are counted.
func meansWarnings(m *eda.Means) []string {
	out := append(append([]string{}, m.Warnings...), m.LeftOut...)
	if len(m.Features) == 1 {
		return append(out, m.Features[0].NotDone...)
	}
	var names []string
	for i := range m.Features {
		if len(m.Features[i].NotDone) > 0 {
			names = append(names, m.Features[i].Name)
		}
	}
	if len(names) > 0 {
		out = append(out, "Some tests have no answer because the middle of the values does not vary, or they are too few: "+strings.Join(names, ", ")+".")
	}
	return out
}

// meansTable has one row for each column.
func meansTable(m *eda.Means) Table {
	t := Table{Name: "ttest", Title: "Columns by effect",
		Columns: detail(Cols("feature", "effect", "effect_low", "effect_high", "magnitude", "rank_biserial", "log_effect", "verdict", "statistic", "df", "p", "p_adj",
			"effect_name", "estimate", "conf_low", "conf_high", "log10_p", "log10_p_adj", "log10_p_ranks", "n_by_group", "missing", "method", "alternative", "detectable"),
			"effect_name", "estimate", "conf_low", "conf_high", "log10_p", "log10_p_adj", "log10_p_ranks", "n_by_group", "missing", "method", "alternative", "detectable"),
		Note: directionNote(m) + " Effect: " + m.Features[0].Tests[0].Effect.Name + " (" + m.Features[0].Tests[0].Effect.Rule + ")." + adjustedNote(m)}
	for i := range m.Features {
		f := &m.Features[i]
		r := &f.Tests[0]
		t.Rows = append(t.Rows, []any{f.Name, r.Effect.Value, r.Effect.CI.Low, r.Effect.CI.High, words(r.Effect.Magnitude),
			effectOf(f, eda.Ranks), effectOf(f, eda.LogMeans), f.Verdict.String(), r.Statistic.Value, first(r.DF), P{r.P, r.Log10P}, P{r.PAdjusted, r.Log10PAdjusted},
			words(r.Effect.Name), r.Estimate.Value, r.CI.Low, r.CI.High, r.Log10P, r.Log10PAdjusted, log10POf(f, eda.Ranks),
			sizes(r.N), r.Missing, r.Method, r.Alternative.String(), f.Detectable})
	}
	return t
}

// adjustedNote says how p-values were adjusted.
func adjustedNote(m *eda.Means) string {
	return fmt.Sprintf(" p adjusted: for %d columns by %s, test by test.", len(m.Features), m.Options.Adjust)
}

// directionNote says which way differences go.
func directionNote(m *eda.Means) string {
	switch m.Options.Design {
	case eda.OneSample:
		return fmt.Sprintf("Differences are of the mean less %s.", Format(Real, m.Options.Mu))
	case eda.PairedSample:
		return "Differences are of the first column less the second."
	}
	return fmt.Sprintf("Differences are of %s less %s: above 0, %s has the greater values.", m.Groups[0], m.Groups[1], m.Groups[0])
}

func effectOf(f *eda.MeanTest, kind eda.TestKind) any {
	if t, ok := f.Test(kind); ok {
		return t.Effect.Value
	}
	return nil
}

func log10POf(f *eda.MeanTest, kind eda.TestKind) any {
	if t, ok := f.Test(kind); ok {
		return t.Log10P
	}
	return nil
}

// sizes writes the sizes of samples.
func sizes(n []int64) string {
	each := make([]string, len(n))
	for i, count := range n {
		each[i] = Format(Count, count)
	}
	return strings.Join(each, " + ")
}

// effectsTable lists the sizes of the effects.
func effectsTable(m *eda.Means) Table {
	t := Table{Name: "ttest_effects", Title: "How large", Note: directionNote(m) + " Words of d after Cohen 1988, of the rank-biserial correlation after Vargha and Delaney 2000.",
		Columns: detail(Cols("feature", "effect_name", "effect", "effect_low", "effect_high", "magnitude", "magnitude_rule", "conf_level", "verdict", "detectable"),
			"magnitude_rule", "conf_level", "verdict", "detectable")}
	for i := range m.Features {
		for _, e := range m.Features[i].Effects {
			t.Rows = append(t.Rows, []any{m.Features[i].Name, e.Name, e.Value, e.CI.Low, e.CI.High, words(e.Magnitude), e.Rule, e.CI.Level, m.Features[i].Verdict.String(), m.Features[i].Detectable})
		}
	}
	return t
}

// testName is the short name of a test.
func testName(m *eda.Means, kind eda.TestKind) string {
	two := m.Options.Design == eda.TwoSamples
	t := "Welch's t"
	switch {
	case m.Options.Design == eda.PairedSample:
		t = "paired t"
	case !two:
		t = "one-sample t"
	case m.Options.Pooled:
		t = "Student's t"
	}
	switch kind {
	case eda.LogMeans:
		return t + ", log(1+x)"
	case eda.TrimmedMeans:
		return either(two, "Yuen's t", "trimmed t") + ", 20 %"
	case eda.Ranks:
		return either(two, "Mann-Whitney", "signed ranks")
	case eda.Order:
		return either(two, "Brunner-Munzel", "sign test")
	case eda.Permuted:
		return t + either(two, ", permuted", ", random signs")
	}
	return t
}

// either returns the first of two words if it applies, else the second.
func either(first bool, one, other string) string {
	if first {
		return one
	}
	return other
}

// estimatesTable lists what the tests estimate.
func estimatesTable(m *eda.Means) Table {
	t := Table{Name: "ttest_estimates", Title: "Differences", Columns: detail(Cols("feature", "test_name", "estimate_name", "estimate", "conf_low", "conf_high", "conf_level"), "conf_level")}
	if _, ranked := m.Features[0].Test(eda.Ranks); ranked && m.Options.Design == eda.TwoSamples {
		t.Note = fmt.Sprintf("AUC: the chance that a value of %s exceeds one of %s, ties by half.", m.Groups[0], m.Groups[1])
	}
	for i := range m.Features {
		f := &m.Features[i]
		for k := range f.Tests {
			if r := &f.Tests[k]; r.Kind != eda.Permuted { // it estimates what the t-test does
				t.Rows = append(t.Rows, []any{f.Name, testName(m, r.Kind), words(r.Estimate.Name), r.Estimate.Value, r.CI.Low, r.CI.High, r.CI.Level})
			}
		}
	}
	return t
}

// meanTestsTable lists the tests of every column.
func meanTestsTable(m *eda.Means) Table {
	t := Table{Name: "ttest_tests", Title: "How sure",
		Columns: detail(Cols("feature", "test_name", "statistic", "df", "p", "log10_p", "p_adj", "log10_p_adj", "method", "null_name", "null", "alternative", "statistic_name", "n_by_group", "missing"),
			"method", "null_name", "null", "alternative", "statistic_name", "n_by_group", "missing"),
		Note: "Alternative: " + m.Options.Alternative.String() + "."}
	for j := range t.Columns {
		if t.Columns[j].Key == "log10_p" {
			t.Columns[j].Detail = false
		}
	}
	if len(m.Features) == 1 { // nothing to adjust for
		detail(t.Columns, "p_adj")
		t.Note += " One column, so p is not adjusted." + detectableWords(&m.Features[0])
	} else {
		t.Note = strings.TrimSpace(t.Note + adjustedNote(m))
	}
	for i := range m.Features {
		f := &m.Features[i]
		for k := range f.Tests {
			r := &f.Tests[k]
			t.Rows = append(t.Rows, []any{f.Name, testName(m, r.Kind), r.Statistic.Value, first(r.DF), P{r.P, r.Log10P}, r.Log10P, P{r.PAdjusted, r.Log10PAdjusted}, r.Log10PAdjusted,
				r.Method, words(r.Null.Name), r.Null.Value, r.Alternative.String(), words(r.Statistic.Name), sizes(r.N), r.Missing})
		}
		if share := f.NonZero(); share < 1 {
			t.Footnotes = append(t.Footnotes, fmt.Sprintf("%s: signed ranks and signs look at the %s of the rows that differ.", f.Name, Format(Share, share)))
		}
	}
	return t
}

// samplesTable describes the samples.
func samplesTable(m *eda.Means) Table {
	t := Table{Name: "ttest_groups", Title: "The samples", Columns: Cols("feature", "group", "n", "missing", "mean", "q50", "sd", "skewness")}
	for i := range m.Features {
		for _, g := range m.Features[i].Samples {
			t.Rows = append(t.Rows, []any{m.Features[i].Name, g.Group, g.N, g.Missing, g.Mean, g.Median, g.SD, g.Skewness})
		}
	}
	return t
}

// variancesTable lists the tests of equal variances.
func variancesTable(m *eda.Means) Table {
	t := Table{Name: "ttest_variances", Title: "Equal variances?", Columns: Cols("feature", "method", "statistic", "df", "df2", "p", "log10_p"),
		Note: "The first two are for normal data only; Fligner-Killeen minds the shape least."}
	for i := range m.Features {
		for _, r := range m.Features[i].Variances {
			var df2 any
			if len(r.DF) > 1 {
				df2 = r.DF[1]
			}
			t.Rows = append(t.Rows, []any{m.Features[i].Name, r.Method, r.Statistic.Value, first(r.DF), df2, P{r.P, r.Log10P}, r.Log10P})
		}
	}
	return t
}

// sampleNormalityTable says how far the samples are from normal.
func sampleNormalityTable(m *eda.Means) Table {
	t := Table{Name: "ttest_normality", Title: "Normal?", Columns: Cols("feature", "group", "skewness", "normal_distance", "method", "statistic", "p", "log10_p"),
		Note: "With many values the smallest departure is significant: look at D (0 to 1) and the skewness, not at p."}
	for i := range m.Features {
		for _, g := range m.Features[i].Samples {
			if math.IsNaN(g.Distance) {
				continue
			}
			t.Rows = append(t.Rows, []any{m.Features[i].Name, g.Group, g.Skewness, g.Distance, g.K2.Method, g.K2.Statistic.Value, P{g.K2.P, g.K2.Log10P}, g.K2.Log10P})
		}
	}
	return t
}

// equivalenceTable shows the two one-sided tests.
func equivalenceTable(m *eda.Means) Table {
	t := Table{Name: "ttest_equivalence", Title: "Equivalent?",
		Columns: Cols("feature", "effect", "effect_low", "effect_high", "estimate", "conf_low", "conf_high", "conf_level", "bound_low", "bound_high", "statistic", "df", "p", "log10_p"),
		Note:    fmt.Sprintf("Equivalent within ±%s standard deviations where p is small; a large p says nothing.", Format(Real, m.Options.Equivalence))}
	for i := range m.Features {
		if r := m.Features[i].Equivalence; r != nil {
			t.Rows = append(t.Rows, []any{m.Features[i].Name, r.Effect.Value, r.Effect.CI.Low, r.Effect.CI.High, r.Estimate.Value, r.CI.Low, r.CI.High, r.CI.Level,
				termNumber(r.Terms[0], "bound"), termNumber(r.Terms[1], "bound"), r.Statistic.Value, first(r.DF), P{r.P, r.Log10P}, r.Log10P})
		}
	}
	return t
}

func termNumber(t stats.Term, name string) float64 {
	for _, v := range t.Values {
		if v.Name == name {
			return v.Value
		}
	}
	return math.NaN()
}

// bootstrapTable shows the intervals from samples drawn again.
func bootstrapTable(m *eda.Means) Table {
	t := Table{Name: "ttest_bootstrap", Title: "Intervals by bootstrap (BCa)", Columns: Cols("feature", "estimate_name", "estimate", "conf_low", "conf_high", "conf_level", "replicates")}
	for i := range m.Features {
		if b := m.Features[i].Bootstrap; b != nil {
			t.Rows = append(t.Rows, []any{m.Features[i].Name, m.Features[i].Tests[0].Estimate.Name, b.Difference, b.DifferenceCI.Low, b.DifferenceCI.High, b.DifferenceCI.Level, b.Replicates},
				[]any{m.Features[i].Name, "Cohen's d", b.D, b.DCI.Low, b.DCI.High, b.DCI.Level, b.Replicates - b.Undefined})
		}
	}
	return t
}

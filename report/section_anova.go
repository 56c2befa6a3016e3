package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

// Anova shows how columns differ between groups: a ranking if there are several, and
// each in full if they were asked for by name.
func Anova(a *eda.AnovaReport) ([]Section, error) {
	var out []Section
	if len(a.Features) > 1 || !a.Detailed {
		s, err := anovaRanking(a)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if a.Detailed {
		for i := range a.Features {
			s, err := anovaFeature(a, &a.Features[i])
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
	}
	out[0].Warnings = append(out[0].Warnings, a.LeftOut...)
	if len(a.Constant) > 0 {
		out[0].Warnings = append(out[0].Warnings, "Left out because all values are equal: "+strings.Join(a.Constant, ", ")+".")
	}
	if a.Ungrouped > 0 {
		out[0].Warnings = append(out[0].Warnings, fmt.Sprintf("%s in no group and do not count.", areRows(a.Ungrouped)))
	}
	return out, nil
}

// areRows begins a sentence about some rows.
func areRows(n int64) string {
	if n == 1 {
		return "1 row is"
	}
	return Format(Count, n) + " rows are"
}

// anovaRanking lists the features by the share of their variance between groups.
func anovaRanking(a *eda.AnovaReport) (Section, error) {
	s := Section{ID: "anova", Title: "Means by " + a.By}
	t := Table{Name: "anova", Title: "Features by share of variance between groups",
		Columns: detail(Cols("feature", "effect", "effect_low", "effect_high", "magnitude", "rank_epsilon_squared", "log_eta_squared", "p_adj", "n",
			"effect_name", "missing", "statistic", "df", "df2", "p", "log10_p", "log10_p_adj"),
			"n", "effect_name", "missing", "statistic", "df", "df2", "p", "log10_p", "log10_p_adj"),
		Note: "Effect: η², the share of the variance between the groups. Where it and that of the ranks differ much, a few large values govern the means."}
	disagree := 0
	for i := range a.Features {
		f := &a.Features[i]
		row := []any{f.Name, f.F.Effect.Value, f.F.Effect.CI.Low, f.F.Effect.CI.High, f.F.Effect.Magnitude, rankShare(f), logShare(f),
			P{f.PAdjusted, f.Log10PAdjusted}, f.N, f.F.Effect.Name, f.F.Missing, f.F.Statistic.Value, f.F.DF[0], f.F.DF[1], P{f.F.P, f.F.Log10P}, f.F.Log10P, f.Log10PAdjusted}
		t.Rows = append(t.Rows, row)
		if meanDisagreement(f) != "" {
			disagree++
		}
		if f.Within == 0 {
			s.Warnings = append(s.Warnings, fmt.Sprintf("Within the groups no values of %s differ, so that there is no error to compare with; it may be a matter of a single row.", f.Name))
		}
	}
	s.Tables = []Table{t}
	top := &a.Features[0]
	s.Lead = fmt.Sprintf("Of %s, %s differs most by %s: %s.", countOf(len(a.Features), "column"), top.Name, a.By, shareSentence(top))
	if disagree > 0 {
		s.Lead += fmt.Sprintf(" In %s, means tell of another magnitude than ranks or logarithms", countOf(disagree, "column"))
		if a.Detailed {
			s.Lead += "; see there."
		} else {
			s.Lead += "; look at each with --feature."
		}
	}
	return s, anovaRankingFigure(&s, a)
}

// countOf writes a number of things.
func countOf(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func rankShare(f *eda.AnovaFeature) any {
	if f.Ranks == nil {
		return nil
	}
	return f.Ranks.Effect.Value
}

func logShare(f *eda.AnovaFeature) any {
	if f.Log == nil {
		return nil
	}
	return f.Log.Effect.Value
}

// shareSentence says how much of the variance lies between the groups.
func shareSentence(f *eda.AnovaFeature) string {
	e := f.F.Effect
	return fmt.Sprintf("the groups account for %s of its variance, %s (η² = %s, %s interval %s to %s; %s), p %s",
		Format(Share, e.Value), effectWord(e.Magnitude), Format(Real, e.Value), Format(Share, e.CI.Level), Format(Real, e.CI.Low), Format(Real, e.CI.High), e.Rule,
		equalsP(f.F))
}

// equalsP says what p is, or below what, in a sentence after "p".
func equalsP(r stats.Result) string {
	text := Format(PValue, P{r.P, r.Log10P})
	if strings.HasPrefix(text, "<") {
		return text
	}
	return "= " + text
}

// effectWord puts the word for a magnitude into a sentence.
func effectWord(magnitude string) string { return "a " + magnitude + " effect" }

// meanDisagreement says that means, ranks and logarithms tell of effects of different
// magnitude, if so, and more surely than by the width of their intervals.
func meanDisagreement(f *eda.AnovaFeature) string {
	views := []string{fmt.Sprintf("its means tell of a %s effect (η² = %s)", f.F.Effect.Magnitude, Format(Real, f.F.Effect.Value))}
	differ := false
	for _, view := range []struct {
		r          *stats.Result
		of, symbol string
	}{{f.Ranks, "its ranks", "ε²"}, {f.Log, "its logarithms", "η²"}} {
		if view.r != nil {
			differ = differ || view.r.Effect.Magnitude != f.F.Effect.Magnitude && apart(view.r.Effect.CI, f.F.Effect.CI)
			views = append(views, fmt.Sprintf("%s of a %s one (%s = %s)", view.of, view.r.Effect.Magnitude, view.symbol, Format(Real, view.r.Effect.Value)))
		}
	}
	if !differ {
		return ""
	}
	return fmt.Sprintf("The measures of %s disagree: %s. A mean follows the few largest values of its group; ranks and logarithms do not.", f.Name, strings.Join(views, ", "))
}

// apart reports whether two intervals have nothing in common.
func apart(a, b stats.Interval) bool { return a.High < b.Low || b.High < a.Low }

// anovaFeature shows all of one feature.
func anovaFeature(a *eda.AnovaReport, f *eda.AnovaFeature) (Section, error) {
	s := Section{ID: "anova_" + f.Name, Title: f.Name + " by " + a.By, Lead: verdict(a, f), Warnings: slices.Clone(f.Notes)}
	s.Tables = append(s.Tables, anovaEffects(f), anovaTests(f), anovaSources(f), anovaGroups(f))
	if p := f.Posthoc; p != nil {
		s.Tables = append(s.Tables, anovaPairs(f, p))
	}
	if len(f.Variances) > 0 {
		s.Tables = append(s.Tables, anovaVariances(f))
	}
	if err := anovaBoxes(&s, a, f); err != nil {
		return s, err
	}
	return s, anovaPairsFigure(&s, f)
}

// verdict says in words what the tests found, by the effect, and what a reader of p
// alone would get wrong.
func verdict(a *eda.AnovaReport, f *eda.AnovaFeature) string {
	alpha := 1 - a.Level
	var said []string
	if s := meanDisagreement(f); s != "" {
		if f.Posthoc != nil && f.Posthoc.Method != eda.PosthocDunn {
			s += " Compare pairs by ranks with --posthoc dunn."
		}
		said = append(said, s)
	}
	said = append(said, fmt.Sprintf("By the means of %s, %s.", f.Name, shareSentence(f)))
	switch significant := f.F.P < alpha; {
	case f.Within == 0:
		said = append(said, "Within the groups no values differ, so that there is no error to compare with: F is infinite, and its p no measure of how sure this is.")
	case significant && f.F.Effect.Magnitude == "negligible":
		said = append(said, fmt.Sprintf("The small p says only that %s values suffice to see so little.", Format(Count, f.N)))
	case !significant && (f.Ranks != nil && f.Ranks.P < alpha || f.Log != nil && f.Log.P < alpha):
		said = append(said, "That p is of the means alone: by ranks or logarithms the groups do differ.")
	case !significant:
		said = append(said, "So large a p does not tell the means apart; nor does it show that they are equal.")
	}
	if i := slices.IndexFunc(f.Robust, func(r stats.Result) bool { return r.Method == "Welch" }); i >= 0 && (f.Robust[i].P < alpha) != (f.F.P < alpha) {
		said = append(said, fmt.Sprintf("Welch's test, which does not take the variances for equal, says p %s; it is to be trusted more where the standard deviations differ.",
			equalsP(f.Robust[i])))
	}
	return strings.Join(said, " ")
}

// anovaEffects lists the estimates of the share of variance between the groups.
func anovaEffects(f *eda.AnovaFeature) Table {
	t := Table{Name: "anova_effects", Title: "Share of variance between groups",
		Columns: detail(Cols("effect_name", "effect", "effect_low", "effect_high", "magnitude", "magnitude_rule", "conf_level"), "magnitude_rule", "conf_level"),
		Note:    "η² is too large in small samples; ω² and ε² allow for that. All three of the means share one interval, which may lie below η² where groups differ by chance alone."}
	add := func(name string, e stats.Effect) {
		t.Rows = append(t.Rows, []any{name, e.Value, e.CI.Low, e.CI.High, e.Magnitude, e.Rule, e.CI.Level})
	}
	for i, e := range f.Effects {
		add([]string{"η² of means", "ω² of means", "ε² of means"}[i], e)
	}
	for _, r := range f.Robust {
		add("ω² of means, "+r.Method, r.Effect)
	}
	if f.Log != nil {
		add("η² of log(1+x)", f.Log.Effect)
	}
	if f.Ranks != nil {
		add("ε² of ranks", f.Ranks.Effect)
	}
	return t
}

// anovaTests lists the tests of equal means, and of equal ranks.
func anovaTests(f *eda.AnovaFeature) Table {
	t := Table{Name: "anova_tests", Title: "Tests",
		Columns: detail(Cols("method", "statistic_name", "statistic", "df", "df2", "p", "log10_p", "p_adj", "log10_p_adj", "n", "missing"),
			"log10_p", "p_adj", "log10_p_adj", "n", "missing")}
	results := append([]stats.Result{f.F}, f.Robust...)
	for _, r := range []*stats.Result{f.Log, f.Ranks} {
		if r != nil {
			results = append(results, *r)
		}
	}
	for i, r := range results {
		row := []any{r.Method, r.Statistic.Name, r.Statistic.Value, first(r.DF), nil, P{r.P, r.Log10P}, r.Log10P, nil, nil, total(r.N), f.F.Missing}
		if len(r.DF) > 1 {
			row[4] = r.DF[1]
		}
		if i == 0 {
			row[7], row[8] = P{f.PAdjusted, f.Log10PAdjusted}, f.Log10PAdjusted
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// anovaSources is the classic table of the analysis of variance.
func anovaSources(f *eda.AnovaFeature) Table {
	df1, df2 := f.OneWay.DF()
	t := Table{Name: "anova_sources", Title: "Analysis of variance", Columns: detail(Cols("term", "sum_sq", "df", "mean_sq", "statistic", "p", "log10_p"), "log10_p")}
	t.Columns[4].Title = "F"
	t.Rows = [][]any{
		{"between groups", f.Between, df1, f.Between / df1, f.F.Statistic.Value, P{f.F.P, f.F.Log10P}, f.F.Log10P},
		{"within groups", f.Within, df2, f.Within / df2, nil, nil, nil},
		{"total", f.OneWay.Total(), df1 + df2, nil, nil, nil, nil},
	}
	return t
}

// anovaGroups describes the groups.
func anovaGroups(f *eda.AnovaFeature) Table {
	t := Table{Name: "anova_groups", Title: "Groups", Columns: Cols("group", "n", "mean", "sd", "q25", "q50", "q75", "letters")}
	lettered := f.Posthoc != nil && f.Posthoc.Letters != nil
	if lettered {
		t.Note = "Groups that share a letter are not told apart, or have no test."
	}
	for g, m := range f.Groups {
		row := []any{f.Names[g], m.N, m.Mean, m.SD(), nil, nil, nil, nil}
		if f.Quartiles != nil {
			q := f.Quartiles[g]
			row[4], row[5], row[6] = q[0], q[1], q[2]
		}
		if lettered {
			row[7] = f.Posthoc.Letters[g]
		}
		t.Rows = append(t.Rows, row)
	}
	t.hideEmpty()
	const readable = 12
	t.Columns[7].Detail = t.Columns[7].Detail || slices.ContainsFunc(t.Rows, func(row []any) bool {
		letters, _ := row[7].(string)
		return len(letters) > readable
	})
	if t.Columns[7].Detail {
		t.Note = ""
	}
	return t
}

// anovaVariances lists the tests of equal variances.
func anovaVariances(f *eda.AnovaFeature) Table {
	t := Table{Name: "anova_variances", Title: "Equal variances?",
		Columns: detail(Cols("method", "effect", "effect_low", "effect_high", "magnitude", "p", "effect_name", "statistic", "df", "df2", "log10_p"), "effect_name", "statistic", "df", "df2", "log10_p"),
		Note:    "Effect: η² of the distances from the mean of the group (Levene) or from its median (Brown-Forsythe)."}
	for _, r := range f.Variances {
		t.Rows = append(t.Rows, []any{r.Method, r.Effect.Value, r.Effect.CI.Low, r.Effect.CI.High, r.Effect.Magnitude, P{r.P, r.Log10P}, r.Effect.Name, r.Statistic.Value, r.DF[0], r.DF[1], r.Log10P})
	}
	return t
}

package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

// coefficientNames are what the coefficients are called in pictures.
var coefficientNames = map[stats.CorrelationMethod]string{
	stats.Pearson: "Pearson's r", stats.Spearman: "Spearman's ρ", stats.Kendall: "Kendall's τ",
}

// Correlations shows the correlations of numeric columns, strongest first.
func Correlations(c *eda.Correlations) Section {
	method := c.Matrix.Method.String()
	s := Section{ID: "corr_" + method, Title: "Correlation: " + coefficientNames[c.Matrix.Method], Warnings: c.Warnings,
		Commands: []string{"netanom corr --method " + method}}
	t := Table{Name: "corr_" + method, Title: "Pairs, strongest first",
		Columns: detail(Cols("feature", "feature2", "estimate", "conf_low", "conf_high", "p_adj", "n", "magnitude", "statistic", "df", "p", "log10_p", "log10_p_adj"), "statistic", "df", "p", "log10_p", "log10_p_adj")}
	for _, p := range c.Pairs {
		t.Rows = append(t.Rows, []any{p.A, p.B, p.Estimate.Value, p.CI.Low, p.CI.High, P{p.PAdjusted, p.Log10PAdjusted},
			total(p.N), p.Effect.Magnitude, p.Statistic.Value, first(p.DF), P{p.P, p.Log10P}, p.Log10P, p.Log10PAdjusted})
	}
	if len(c.Pairs) > 0 {
		top := c.Pairs[0]
		s.Lead = fmt.Sprintf("%s: %s (%s). Magnitudes after %s.", strongest(len(c.Pairs), top.A, top.B),
			Format(Real, top.Estimate.Value), coefficientNames[c.Matrix.Method], top.Effect.Rule)
	}
	switch groups := len(c.Redundant); {
	case groups == 1:
		s.Lead += fmt.Sprintf(" One group of columns says nearly the same, above %s.", Format(Real, c.Threshold))
	case groups > 1:
		s.Lead += fmt.Sprintf(" %d groups of columns say nearly the same, above %s.", groups, Format(Real, c.Threshold))
	}
	if len(c.Constant) > 0 {
		t.Footnotes = append(t.Footnotes, "Left out because all values are equal: "+strings.Join(c.Constant, ", ")+".")
	}
	s.Tables = append(s.Tables, t)
	if r := redundancyTable(c); len(r.Rows) > 0 {
		s.Tables = append(s.Tables, r)
	}
	correlationFigure(&s, c)
	s.drawScatters(c)
	return s
}

// strongest begins the sentence about the first of some pairs.
func strongest(pairs int, a, b string) string {
	if pairs == 1 {
		return fmt.Sprintf("The only pair is %s with %s", a, b)
	}
	return fmt.Sprintf("The strongest of %d pairs is %s with %s", pairs, a, b)
}

func total(n []int64) int64 {
	var sum int64
	for _, x := range n {
		sum += x
	}
	return sum
}

func first(x []float64) any {
	if len(x) == 0 {
		return nil
	}
	return x[0]
}

func correlationFigure(s *Section, c *eda.Correlations) {
	strong := 0
	for _, p := range c.Pairs {
		if math.Abs(p.Estimate.Value) > 0.9 {
			strong++
		}
	}
	title := fmt.Sprintf("%d of %d pairs have a correlation beyond ±0.9", strong, len(c.Pairs))
	if strong == 0 && len(c.Pairs) > 0 {
		title = fmt.Sprintf("No correlation is beyond ±0.9; the strongest is %s", Format(Real, c.Pairs[0].Estimate.Value))
	}
	s.drawMatrix(c.Matrix.Names, c.Order, c.Matrix.At,
		plots.HeatmapData{Title: title, Label: coefficientNames[c.Matrix.Method], Correlation: true})
}

// Associations shows Cramér's V of columns with levels, strongest first.
func Associations(a *eda.Associations) Section {
	s := Section{ID: "corr_cramers", Title: "Association: Cramér's V", Warnings: a.Warnings, Commands: []string{"netanom corr --method cramers"}}
	t := Table{Name: "corr_cramers", Title: "Pairs, strongest first",
		Columns: detail(Cols("feature", "feature2", "cramers_v_adj", "effect_low", "effect_high", "cramers_v", "p_adj", "n", "magnitude", "statistic", "df", "p", "log10_p", "log10_p_adj"),
			"statistic", "df", "p", "log10_p", "log10_p_adj"),
		Note: "V is corrected for its bias (Bergsma 2013), and so is its interval."}
	for _, p := range a.Pairs {
		t.Rows = append(t.Rows, []any{p.A, p.B, p.Corrected.Value, p.Corrected.CI.Low, p.Corrected.CI.High, p.V.Value, P{p.PAdjusted, p.Log10PAdjusted},
			p.Measures.N, p.Corrected.Magnitude, p.Test.Statistic.Value, first(p.Test.DF), P{p.Test.P, p.Test.Log10P}, p.Test.Log10P, p.Log10PAdjusted})
	}
	if len(a.Pairs) > 0 && !math.IsNaN(a.Pairs[0].Corrected.Value) {
		top := a.Pairs[0]
		s.Lead = fmt.Sprintf("%s: V = %s. Magnitudes after %s.", strongest(len(a.Pairs), top.A, top.B), Format(Real, top.Corrected.Value), top.Corrected.Rule)
	}
	if len(a.LeftOut) > 0 {
		t.Footnotes = append(t.Footnotes, "Left out because they have too many levels: "+strings.Join(a.LeftOut, ", ")+".")
	}
	if len(a.Constant) > 0 {
		t.Footnotes = append(t.Footnotes, "Left out because they have one level only: "+strings.Join(a.Constant, ", ")+".")
	}
	s.Tables = []Table{t}
	associationFigure(&s, a)
	return s
}

func associationFigure(s *Section, a *eda.Associations) {
	if len(a.Pairs) == 0 || math.IsNaN(a.Pairs[0].Corrected.Value) {
		return
	}
	top := a.Pairs[0]
	s.drawMatrix(a.Names, a.Order, func(i, j int) float64 { return a.V[i][j] }, plots.HeatmapData{Label: "Cramér's V, bias-corrected", Scale: plots.Linear,
		Title: fmt.Sprintf("%s and %s go together most (V = %s)", top.A, top.B, Format(Real, top.Corrected.Value))})
}

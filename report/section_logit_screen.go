package report

import (
	"fmt"

	"github.com/netanom/netanom/eda"
)

// LogitScreen shows the regressions on each column alone, the strongest first.
func LogitScreen(l *eda.LogitScreen) (Section, error) {
	s := Section{ID: "logit", Title: fmt.Sprintf("Logistic regression of %s against %s by each column", l.One, l.Zero), Warnings: append(l.Warnings, l.LeftOut...)}
	t := Table{Name: "logit_screen", Title: "Columns alone, the strongest first",
		Columns: detail(Cols("feature", "deviance_share", "roc_auc", "roc_auc_low", "roc_auc_high", "odds_ratio", "or_low", "or_high", "magnitude", "p_adj", "note", "n", "missing", "statistic", "df", "p", "log10_p", "log10_p_adj", "converged"),
			"roc_auc_low", "roc_auc_high", "n", "missing", "statistic", "df", "p", "log10_p", "log10_p_adj", "converged"),
		Note: "Odds ratios are per SD of a number, or of 1 against 0. A number counts with one slope: where its effect is no line, log1p(column) may show more."}
	for _, m := range l.Models {
		t.Rows = append(t.Rows, []any{m.Column.Name, m.Effect.Value, m.AUC, m.AUCInterval.Low, m.AUCInterval.High,
			m.OddsRatio.Value, m.OddsRatio.CI.Low, m.OddsRatio.CI.High, words(m.OddsRatio.Magnitude), P{m.PAdjusted, m.Log10PAdjusted}, separatedBy(m),
			total(m.N), m.Missing, m.Statistic.Value, first(m.DF), P{m.P, m.Log10P}, m.Log10P, m.Log10PAdjusted, m.Converged})
	}
	s.Tables = []Table{t}
	if len(l.Models) == 0 {
		s.Lead = "No column varies in both classes."
		return s, nil
	}
	top := l.Models[0]
	s.Lead = fmt.Sprintf("Alone, %s takes away most of the deviance of %s against %s: %s (AUC %s%s). Rank by effect, not by p: with %s rows nearly every p is small.",
		top.Column.Name, l.One, l.Zero, Format(Share, top.Effect.Value), Format(Real, top.AUC), bounds(top.AUCInterval.Low, top.AUCInterval.High), Format(Count, l.Rows))
	return s, screenFigure(&s, l)
}

// separatedBy says which rows of a column are all of one class, or else whether its
// slope contradicts its ranks, as it does where few large values decide it.
func separatedBy(m eda.LogitAlone) any {
	switch n := len(m.Causes); {
	case n == 0:
		if m.AUC < 0.45 {
			return "ranks say the contrary; see log1p(" + m.Column.Name + ")"
		}
		return nil
	case n == 1:
		return "separated: " + m.Causes[0].Rule
	default:
		return fmt.Sprintf("separated: %s and %d more", m.Causes[0].Rule, n-1)
	}
}

package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

// Logit shows a logistic regression: its coefficients as odds ratios, what each term
// adds, how well it fits and predicts, and which rows move it.
func Logit(l *eda.Logit) (Section, error) {
	s := Section{ID: "logit", Title: fmt.Sprintf("Logistic regression: %s against %s", l.One, l.Zero), Lead: logitLead(l), Warnings: l.Warnings}
	s.Tables = []Table{coefficientTable(l), termTable(l), fitTable(l), scoreTable(l), cutoffTable(l), calibrationTable(l)}
	if len(l.Influence) > 0 {
		s.Tables = append(s.Tables, influenceTable(l))
	}
	if len(l.Causes) > 0 {
		s.Tables = append(s.Tables, separationTable(l))
	}
	s.Findings = separationFindings(l)
	return s, logitFigures(&s, l)
}

// logitLead says how well the terms tell the classes apart, what separates them, and
// what a single coefficient says.
func logitLead(l *eda.Logit) string {
	test := l.Fit.Test()
	var names []string
	for _, t := range l.Terms {
		names = append(names, t.Name)
	}
	what := strings.Join(names, ", ")
	if len(names) > 3 {
		what = fmt.Sprintf("%d terms", len(names))
	}
	text := fmt.Sprintf("By %s, the model ranks a random row of %s above one of %s with probability %s%s (AUC), and takes away %s of the deviance (p %s).",
		what, l.One, l.Zero, Format(Real, l.AUC), bounds(l.AUCInterval.Low, l.AUCInterval.High), Format(Share, test.Effect.Value), pText(test))
	if l.Fit.Separation.Kind != stats.Overlap {
		return text + separationLead(l)
	}
	if len(l.Fit.Coefficients) == 2 && l.Fit.Coefficients[1].State == stats.Estimated {
		text += singleLead(l)
	}
	return text
}

// bounds writes an interval behind a name, if there is one.
func bounds(low, high float64) string {
	if math.IsNaN(low) || math.IsNaN(high) {
		return ""
	}
	return fmt.Sprintf(" [%s to %s]", Format(Real, low), Format(Real, high))
}

// pText writes the p-value of a result behind the letter.
func pText(r stats.Result) string {
	text := Format(PValue, P{r.P, r.Log10P})
	if strings.HasPrefix(text, "<") || strings.HasPrefix(text, ">") {
		return text
	}
	return "= " + text
}

// singleLead says what the only coefficient means, and what a literal reading of it
// would get wrong.
func singleLead(l *eda.Logit) string {
	c, r, t := &l.Fit.Coefficients[1], l.Coefficients[1], l.Terms[0]
	effect := unitEffect(l, c)
	if r.Method != c.Method && c.Level == "" { // a profile's interval is not that of the errors
		effect = poweredEffect(r.Effect, t.SD)
	}
	factor := Format(Real, effect.Value) + bounds(effect.CI.Low, effect.CI.High)
	text := fmt.Sprintf(" A standard deviation more of %s changes the odds of %s by the factor %s (p %s)", c.Name(), l.One, factor, pText(r))
	if t.SD == 1 || t.Reference != "" {
		text = fmt.Sprintf(" With %s the odds of %s are %s times those without (p %s)", c.Name(), l.One, factor, pText(r))
	}
	alpha := math.Log10(1 - c.CI.Level)
	switch whole := l.Fit.Test(); {
	case (r.Log10P < alpha) != (whole.Log10P < alpha):
		text += fmt.Sprintf("; the likelihood ratio disagrees (p %s), and is the one to believe (--ci profile).", pText(whole))
	case r.CI.Low < 0 && r.CI.High > 0:
		text += "; the interval holds 1, so these rows do not tell which way it goes."
	default:
		text += "."
	}
	if l.AUC < 0.45 {
		text += fmt.Sprintf(" The ranks say the contrary of the slope, which a few large values decide: look at log1p(%s).", t.Name)
	}
	return text
}

// poweredEffect is an odds ratio for a change by that many units.
func poweredEffect(e stats.Effect, units float64) stats.Effect {
	e.Value, e.CI.Low, e.CI.High = math.Pow(e.Value, units), math.Pow(e.CI.Low, units), math.Pow(e.CI.High, units)
	return e
}

// separationLead names what separates the classes.
func separationLead(l *eda.Logit) string {
	text := fmt.Sprintf(" Separation is %s: %s. Coefficients of those do not exist (–)", l.Fit.Separation.Kind, causesText(l, l.Causes))
	if l.Summed {
		return text + "."
	}
	return text + "; Firth's, beside them, do."
}

// causeText says which rows are all of one class.
func causeText(l *eda.Logit, c eda.SeparationCause) string {
	switch {
	case c.Zeros == 0:
		return fmt.Sprintf("rows with %s are all %s (%s)", c.Rule, l.One, Format(Count, c.Ones))
	case c.Ones == 0:
		return fmt.Sprintf("rows with %s are all %s (%s)", c.Rule, l.Zero, Format(Count, c.Zeros))
	}
	return fmt.Sprintf("%s separates %s rows %s", c.Term, Format(Count, c.Ones+c.Zeros), c.Rule)
}

// separationFindings says what to do about separation, once for each term.
func separationFindings(l *eda.Logit) []Finding {
	var out []Finding
	for i := 0; i < len(l.Causes); {
		term, n := l.Causes[i].Term, 1
		for i+n < len(l.Causes) && l.Causes[i+n].Term == term {
			n++
		}
		text := causesText(l, l.Causes[i:i+n])
		next := "Read Firth's odds ratio and its interval; a rule that never fails in these rows may still fail in others."
		if l.Summed {
			next = "A rule that never fails in these rows may still fail in others; for a finite odds ratio, fit a part of the rows, with --where."
		}
		out = append(out, Finding{Level: Warning, About: term, Text: strings.ToUpper(text[:1]) + text[1:] + ", so that no finite odds ratio fits best.", Next: next})
		i += n
	}
	return out
}

// causesText says which rows are all of one class, those of most rows by name.
func causesText(l *eda.Logit, causes []eda.SeparationCause) string {
	const named = 3
	var parts []string
	for _, c := range causes[:min(named, len(causes))] {
		parts = append(parts, causeText(l, c))
	}
	if more := len(causes) - named; more > 0 {
		parts = append(parts, fmt.Sprintf("and so on for %d more", more))
	}
	return strings.Join(parts, "; ")
}

// separationTable lists the rows that are told apart without a mistake.
func separationTable(l *eda.Logit) Table {
	t := Table{Name: "logit_separation", Title: "What only one class has", Columns: Cols("term", "rule", "class", "rows")}
	for _, c := range l.Causes {
		class := any(l.One)
		switch {
		case c.Ones > 0 && c.Zeros > 0:
			class = nil
		case c.Ones == 0:
			class = l.Zero
		}
		t.Rows = append(t.Rows, []any{c.Term, c.Rule, class, c.Ones + c.Zeros})
	}
	return t
}

// stateNames are what coefficients are, in words.
var stateNames = map[stats.CoefficientState]string{stats.Estimated: "estimated", stats.Infinite: "infinite", stats.Aliased: "aliased"}

// coefficientTable lists the coefficients of both fits.
func coefficientTable(l *eda.Logit) Table {
	t := Table{Name: "logit", Title: "Coefficients as odds ratios",
		Columns: detail(Cols("term", "odds_ratio", "or_low", "or_high", "p", "firth_odds_ratio", "firth_or_low", "firth_or_high", "firth_p", "or_sd", "magnitude",
			"state", "coef", "std_error", "conf_low", "conf_high", "conf_level", "method", "statistic", "log10_p", "firth_coef", "firth_std_error", "firth_log10_p"),
			"state", "coef", "std_error", "conf_low", "conf_high", "conf_level", "method", "statistic", "firth_coef", "firth_std_error", "firth_log10_p")}
	quantities := false
	for j := range l.Fit.Coefficients {
		c, r := &l.Fit.Coefficients[j], l.Coefficients[j]
		perSD := unitEffect(l, c)
		quantities = quantities || !math.IsNaN(perSD.Value) && perSD.Value != c.Effect.Value
		row := []any{c.Name(), r.Effect.Value, finite(r.Effect.CI.Low), finite(r.Effect.CI.High), P{r.P, r.Log10P}, nil, nil, nil, nil, perSD.Value, magnitudeOf(c, perSD),
			stateNames[c.State], c.Estimate.Value, c.SE, r.CI.Low, r.CI.High, l.Fit.Coefficients[0].CI.Level, r.Method, r.Statistic.Value, r.Log10P, nil, nil, nil}
		if l.Firth != nil {
			b, f := &l.Firth.Coefficients[j], l.FirthCoefficients[j]
			copy(row[5:9], []any{f.Effect.Value, f.Effect.CI.Low, f.Effect.CI.High, P{f.P, f.Log10P}})
			copy(row[20:], []any{b.Estimate.Value, b.SE, f.Log10P})
		}
		t.Rows = append(t.Rows, row)
	}
	for i := range t.Columns {
		key := t.Columns[i].Key
		t.Columns[i].Detail = t.Columns[i].Detail || l.Firth == nil && strings.HasPrefix(key, "firth_") || key == "or_sd" && (!quantities || l.Firth != nil) || key == "firth_p" || key == "p" && l.Firth != nil
	}
	t.Note = coefficientNote(l)
	return t
}

// finite is a bound for people: one at infinity is open, and so missing.
func finite(x float64) any {
	if math.IsInf(x, 0) {
		return nil
	}
	return x
}

// coefficientNote says how to read the coefficients.
func coefficientNote(l *eda.Logit) string {
	var references []string
	for _, t := range l.Terms {
		if t.Reference != "" && t.Reference != "(reference)" {
			references = append(references, t.Name+" = "+t.Reference)
		}
	}
	note := fmt.Sprintf("Factors of the odds of %s, the other terms held fixed", l.One)
	if len(references) > 0 {
		note += "; levels against " + strings.Join(references, ", ")
	}
	return fmt.Sprintf("%s. %s %s intervals (%s errors). Magnitudes after %s, of an SD or against the reference.",
		note, Format(Share, l.Fit.Coefficients[0].CI.Level), l.Coefficients[0].Method, l.Fit.Errors(), l.Fit.Coefficients[0].Effect.Rule)
}

// unitEffect is the odds ratio by which terms compare: of a standard deviation of a
// quantity, or of a level.
func unitEffect(l *eda.Logit, c *stats.LogitCoefficient) stats.Effect {
	for _, t := range l.Terms {
		if t.Name == c.Term && c.Level == "" {
			return c.Scaled(t.SD)
		}
	}
	if c.Level != "" {
		return c.Effect
	}
	return c.Scaled(math.NaN())
}

// magnitudeOf returns the word for a coefficient but the intercept, of which it would
// say nothing.
func magnitudeOf(c *stats.LogitCoefficient, e stats.Effect) any {
	if c.Term == "" {
		return nil
	}
	return words(e.Magnitude)
}

// termTable says what each term adds to the others.
func termTable(l *eda.Logit) Table {
	t := Table{Name: "logit_terms", Title: "What each term adds to the others",
		Columns: detail(Cols("term", "deviance_share", "statistic", "df", "p", "vif_root", "reference", "log10_p", "vif"), "log10_p", "vif"),
		Note:    "Likelihood-ratio tests of the model against that without the term. VIF per df: beyond about 2, other terms say much the same."}
	if len(l.Terms) > 0 && l.Terms[0].Test.Method == "Wald" {
		t.Note = "Wald tests of the estimated coefficients, because so many likelihood-ratio tests would take long. VIF per df: beyond about 2, other terms say much the same."
	}
	for _, term := range l.Terms {
		t.Rows = append(t.Rows, []any{term.Name, term.Test.Effect.Value, term.Test.Statistic.Value, first(term.Test.DF), P{term.Test.P, term.Test.Log10P},
			math.Pow(term.VIF, 1/(2*float64(term.DF))), words(term.Reference), term.Test.Log10P, term.VIF})
	}
	return t
}

// fitTable holds what is computed from the likelihood.
func fitTable(l *eda.Logit) Table {
	m, r := l.Fit.Measures(), l.Fit.Test()
	t := Table{Name: "logit_fit", Title: "Fit against the intercept alone",
		Columns: detail(Cols("mcfadden", "tjur", "nagelkerke", "statistic", "df", "p", "aic", "bic", "cox_snell", "deviance", "log_likelihood", "log10_p", "n", "missing", "iterations", "converged"),
			"cox_snell", "deviance", "log_likelihood", "log10_p", "missing", "iterations", "converged")}
	t.Rows = [][]any{{m.McFadden, m.Tjur, m.Nagelkerke, r.Statistic.Value, first(r.DF), P{r.P, r.Log10P}, m.AIC, m.BIC, m.CoxSnell, m.Deviance, l.Fit.LogLik, r.Log10P, l.Fit.N, l.Missing, l.Fit.Iterations, l.Fit.Converged}}
	return t
}

// scoreTable says how good the probabilities are.
func scoreTable(l *eda.Logit) Table {
	m, h := l.Fit.Measures(), l.Calibrated
	t := Table{Name: "logit_scores", Title: "Probabilities, in the rows that made them",
		Columns:   detail(Cols("roc_auc", "roc_auc_low", "roc_auc_high", "pr_auc", "brier", "log_loss", "statistic", "df", "p", "log10_p"), "log10_p"),
		Rows:      [][]any{{l.AUC, l.AUCInterval.Low, l.AUCInterval.High, stats.AveragePrecision(l.Cuts), m.Brier, m.LogLoss, h.Statistic.Value, first(h.DF), P{h.P, h.Log10P}, h.Log10P}},
		Footnotes: []string{"Statistic, df and p are Hosmer and Lemeshow's test of calibration. With many rows it finds departures too small to matter: look at the bins. Other rows will be told apart less well."},
	}
	if l.Summed {
		t.Footnotes = append(t.Footnotes, fmt.Sprintf("Areas and the test of calibration count rows in narrow bins of the probability: the ROC AUC is exact to %s.", Format(Real, l.Fit.AUCError())))
	}
	return t
}

// cutoffTable counts the mistakes at the cut-off.
func cutoffTable(l *eda.Logit) Table {
	t := Table{Name: "logit_cutoff", Title: fmt.Sprintf("Classed as %s from a probability of %s on", l.One, Format(Real, l.Cutoff)),
		Columns: detail(Cols("accuracy", "balanced_accuracy", "precision", "recall", "fpr", "mcc", "tp", "fp", "tn", "fn", "threshold", "f1"), "threshold", "f1")}
	var tp, fp int64
	for _, c := range l.Cuts {
		if c.Threshold >= l.Cutoff {
			tp, fp = c.TP, c.FP
		}
	}
	fn, tn := l.Fit.Ones-tp, l.Fit.N-l.Fit.Ones-fp
	a, b, c, d := float64(tp), float64(fp), float64(tn), float64(fn)
	recall, specificity := a/(a+d), c/(b+c)
	t.Rows = [][]any{{(a + c) / (a + b + c + d), (recall + specificity) / 2, a / (a + b), recall, 1 - specificity,
		(a*c - b*d) / math.Sqrt((a+b)*(a+d)*(c+b)*(c+d)), tp, fp, tn, fn, l.Cutoff, 2 * a / (2*a + b + d)}}
	return t
}

func calibrationTable(l *eda.Logit) Table {
	t := Table{Name: "logit_calibration", Title: "Calibration: probabilities and what was observed",
		Columns: Cols("probability_low", "probability_high", "probability", "observed_share", "observed_low", "observed_high", "n")}
	for _, b := range l.Bins {
		t.Rows = append(t.Rows, []any{b.Low, b.High, b.Predicted, b.Observed, b.CI.Low, b.CI.High, b.N})
	}
	return t
}

func influenceTable(l *eda.Logit) Table {
	t := Table{Name: "logit_influence", Title: "Rows that move the fit most",
		Columns: detail(Cols("row", "first_line", "class", "rows", "probability", "cook", "leverage", "deviance_residual", "pearson_residual"), "pearson_residual"),
		Note:    "Rows counts those equal in class and terms; the figures are those of each."}
	for _, r := range l.Influence {
		class := l.Zero
		if r.One {
			class = l.One
		}
		t.Rows = append(t.Rows, []any{known(r.Row), known(r.Line), class, r.Rows, r.Probability, r.Cook, r.Leverage, r.Deviance, r.Pearson})
	}
	return t
}

// known returns the number of a row or line, nil for 0, which stands for none.
func known(n int64) any {
	if n > 0 {
		return n
	}
	return nil
}

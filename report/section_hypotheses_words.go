package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

// answerOf says by the effect what the tests of a hypothesis found; "" without one.
func answerOf(h *eda.Hypotheses, x *eda.Hypothesis) string {
	var said []string
	for _, t := range x.Leading() {
		shown := t.PAdjusted < h.Alpha()
		size := fmt.Sprintf("%s %s%s, %s, adjusted p %s", t.Effect.Name, Format(Real, t.Effect.Value), bounds(t.Effect.CI.Low, t.Effect.CI.High), t.Effect.Magnitude,
			equalsP(stats.Result{P: t.PAdjusted, Log10P: t.Log10PAdjusted}))
		switch {
		case x.Means != nil && shown:
			said = append(said, fmt.Sprintf("%s tends to be greater in %s rows (%s).", t.Feature, x.Means.Groups[which(t.Effect.Value)], size))
		case x.Means != nil:
			said = append(said, fmt.Sprintf("That %s differs is not shown (%s).", t.Feature, size))
		case x.Counts != nil && shown:
			said = append(said, fmt.Sprintf("%s goes with the class (%s).", t.Feature, size))
		case x.Counts != nil:
			said = append(said, fmt.Sprintf("That %s goes with the class is not shown (%s).", t.Feature, size))
		case x.Positive > 0:
			said = append(said, urgentAnswer(x, t, shown))
		default:
			said = append(said, flagAnswer(x.Regressions[0], t, shown))
		}
	}
	return strings.Join(said, " ")
}

// flagAnswer says how well the levels of a column tell the classes apart.
func flagAnswer(l *eda.Logit, t *eda.HypothesisTest, shown bool) string {
	p := equalsP(stats.Result{P: t.PAdjusted, Log10P: t.Log10PAdjusted})
	text := fmt.Sprintf("by %s alone, a random row of %s ranks above one of %s with probability %s%s (%s %s, %s, adjusted p %s).",
		t.Feature, l.One, l.Zero, Format(Real, l.AUC), bounds(l.AUCInterval.Low, l.AUCInterval.High), t.Effect.Name, Format(Real, t.Effect.Value), t.Effect.Magnitude, p)
	if !shown {
		return fmt.Sprintf("That %s tells the classes apart is not shown: %s", t.Feature, text)
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// urgentAnswer says what rows above 0 do to the odds.
func urgentAnswer(x *eda.Hypothesis, t *eda.HypothesisTest, shown bool) string {
	size := fmt.Sprintf("with %s above 0 the odds of attack are %s%s times those without, adjusted p %s", x.Columns[0], Format(Real, t.Effect.Value),
		bounds(t.Effect.CI.Low, t.Effect.CI.High), equalsP(stats.Result{P: t.PAdjusted, Log10P: t.Log10PAdjusted}))
	switch {
	case !shown && t.Effect.CI.Low < 1 && t.Effect.CI.High > 1:
		return fmt.Sprintf("That %s goes with attacks is not shown: %s; the interval holds 1.", x.Columns[0], size)
	case !shown:
		return fmt.Sprintf("That %s goes with attacks is not shown: %s.", x.Columns[0], size)
	case t.Effect.Value < 1:
		return fmt.Sprintf("%s goes with normal rows, not with attacks: %s.", x.Columns[0], size)
	}
	return fmt.Sprintf("%s goes with attacks: %s.", x.Columns[0], size)
}

// cautionOf says what a literal reading of the tests would get wrong; "" without any.
func cautionOf(h *eda.Hypotheses, x *eda.Hypothesis) string {
	switch {
	case len(x.Leading()) == 0:
		return ""
	case x.Means != nil:
		return volumeCaution(h, x)
	case x.Counts != nil:
		return countsCaution(x.Counts)
	case x.Positive > 0:
		return urgentCaution(h, x)
	}
	return flagCaution(x.Regressions[0])
}

// volumeCaution sets the means beside the ranks where they tell otherwise.
func volumeCaution(h *eda.Hypotheses, x *eda.Hypothesis) string {
	var otherwise []string
	shown, skewed := false, false
	for i := range x.Means.Features {
		f := &x.Means.Features[i]
		t := &f.Tests[0]
		shown = shown || t.P < h.Alpha()
		if f.Verdict.Disagrees() {
			otherwise = append(otherwise, fmt.Sprintf("%s d = %s, %s, p %s", f.Name, Format(Real, t.Effect.Value), t.Effect.Magnitude, equalsP(t.Result)))
			skewed = skewed || slices.ContainsFunc(f.Samples, func(g eda.SampleShape) bool { return isSkewed(&g) })
		}
	}
	var text string
	switch {
	case len(otherwise) > 0:
		text = fmt.Sprintf("The means tell otherwise (%s)", strings.Join(otherwise, "; "))
		if skewed {
			text += ": the few rows in a long tail decide them, and leave ranks and logarithms alone"
		}
		text += "."
	case shown:
		text = "Means and ranks tell about the same here; p says how sure that is, not how large."
	default:
		text = "A large p does not show that the groups are equal."
	}
	if x.Variance == nil {
		return text
	}
	var hidden []string
	for i := range x.Variance.Features {
		if f := &x.Variance.Features[i]; f.Ranks != nil && meanDisagreement(f) != "" {
			hidden = append(hidden, fmt.Sprintf("%s %s of the values, %s of the ranks", f.Name, Format(Real, f.F.Effect.Value), Format(Real, f.Ranks.Effect.Value)))
		}
	}
	if len(hidden) > 0 {
		text += fmt.Sprintf(" Between the categories likewise, by the share of variance that they explain: %s.", strings.Join(hidden, "; "))
	}
	return text
}

// countsCaution says what p does not tell of a table of counts.
func countsCaution(t *eda.TableTest) string {
	n, enough := Format(Count, t.Table.N), Format(Real, t.Sufficient)
	text := fmt.Sprintf("A small p says nothing of size: with %s rows V = %s has p = %s already.", n, enough, Format(Real, t.Alpha))
	shown := t.Soundest().P < t.Alpha
	switch {
	case !shown && t.Sufficient > 1:
		text = fmt.Sprintf("A large p does not show independence: with %s no V has p = %s.", things(t.Table.N, "row"), Format(Real, t.Alpha))
	case !shown:
		text = fmt.Sprintf("A large p does not show independence: with %s rows V would have to be %s to have p = %s.", n, enough, Format(Real, t.Alpha))
	}
	if t.Sparse() {
		text += fmt.Sprintf(" Expected counts are too small for chi-square (%d of %d cells below 5, the least %s), so Pearson's p = %s is not to be relied on; the one used is %s.",
			t.Expected.Below5, t.Expected.Cells, Format(Real, t.Expected.Min), Format(PValue, P{t.Pearson.P, t.Pearson.Log10P}), pOf(t.Soundest()))
	}
	if k := len(t.OneGroup); k > 0 && shown {
		text += fmt.Sprintf(" %s %s in one class only: a new file need not keep to that.", things(int64(k), "level"), occur(k))
	}
	return text
}

// flagCaution names what has no odds ratio, and what the others are against.
func flagCaution(l *eda.Logit) string {
	text := fmt.Sprintf("Odds ratios of single levels are against %s, not against all other rows.", l.Terms[0].Reference)
	if l.Fit.Separation.Kind != stats.Overlap {
		rule := causesText(l, l.Causes)
		text += fmt.Sprintf(" %s: no odds ratio exists there, and one that is printed anyway is where the fit gave up; Firth's method gives a finite one.", strings.ToUpper(rule[:1])+rule[1:])
	}
	return text
}

// urgentCaution says how few rows the odds ratio rests on.
func urgentCaution(h *eda.Hypotheses, x *eda.Hypothesis) string {
	t, l := x.Leading()[0], x.Regressions[0]
	few := fmt.Sprintf("%s above 0 in %s of %s rows", x.Columns[0], Format(Count, x.Positive), Format(Count, h.Rows))
	text := fmt.Sprintf("The odds ratio is no measure of use: with %s it takes away %s of the deviance.", few, Format(Share, l.Fit.Test().Effect.Value))
	if t.P >= h.Alpha() {
		text = fmt.Sprintf("A large p does not show that it means nothing: with %s, the data cannot tell.", few)
	}
	if l.Fit.Separation.Kind != stats.Overlap {
		text += fmt.Sprintf(" By maximum likelihood it does not exist, since %s; this one is Firth's.", causesText(l, l.Causes))
	} else if whole := l.Fit.Test(); (whole.P < h.Alpha()) != (t.P < h.Alpha()) {
		text += fmt.Sprintf(" The likelihood ratio disagrees: p %s.", equalsP(whole))
	}
	return text
}

package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/netanom/netanom/eda"
)

// Hypotheses shows the answers to all hypotheses, then each with the analyses that it
// rests on.
func Hypotheses(h *eda.Hypotheses) ([]Section, error) {
	overview := Section{ID: "hypotheses", Title: "Five hypotheses about attacks", Lead: hypothesesLead(h), Tables: []Table{answersTable(h), hypothesisTests(h)}}
	out := []Section{overview}
	for i := range h.Each {
		x := &h.Each[i]
		out = append(out, hypothesisSection(h, x))
		full, err := analysesOf(x)
		if err != nil {
			return nil, err
		}
		out = append(out, full...)
	}
	return out, nil
}

// hypothesisID begins the names of the sections of single hypotheses.
const hypothesisID = "hypothesis_"

// HypothesesDigest is what of the sections is shown at once: all but the analyses.
func HypothesesDigest(sections []Section) []Section {
	var out []Section
	for _, s := range sections {
		if s.ID == "hypotheses" || strings.HasPrefix(s.ID, hypothesisID) {
			out = append(out, s)
		}
	}
	return out
}

// hypothesisSection is the answer to one hypothesis in words.
func hypothesisSection(h *eda.Hypotheses, x *eda.Hypothesis) Section {
	return Section{ID: hypothesisID + strconv.Itoa(x.Number), Title: fmt.Sprintf("%d. %s", x.Number, x.Statement),
		Lead: strings.TrimSpace(answerOf(h, x) + " " + cautionOf(h, x)), Warnings: x.Untested}
}

// analysesOf shows the analyses of a hypothesis in full. A regression is named by its
// term, since there are several.
func analysesOf(x *eda.Hypothesis) ([]Section, error) {
	var out []Section
	if x.Means != nil {
		s, err := TTest(x.Means)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if x.Variance != nil {
		sections, err := Anova(x.Variance)
		if err != nil {
			return nil, err
		}
		out = append(out, sections...)
	}
	if x.Counts != nil {
		s, err := CountTest(x.Counts)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	for _, l := range x.Regressions {
		s, err := Logit(l)
		if err != nil {
			return nil, err
		}
		term := l.Terms[0].Name
		s.ID += "_" + term
		s.Title += " by " + term
		s.about(term)
		out = append(out, s)
	}
	return out, nil
}

// found says in a word or two how large an effect speaks for a hypothesis.
func found(h *eda.Hypotheses, x *eda.Hypothesis) string {
	strongest := x.Strongest(h.Alpha())
	switch {
	case len(x.Leading()) == 0:
		return "not tested"
	case strongest == nil:
		return "not shown"
	case strongest.Effect.Magnitude == "":
		return "shown"
	}
	return strongest.Effect.Magnitude
}

// hypothesesLead counts the hypotheses by what was found.
func hypothesesLead(h *eda.Hypotheses) string {
	var said []string
	for _, word := range []string{"large", "medium", "small", "negligible", "shown", "not shown", "not tested"} {
		var numbers []string
		for i := range h.Each {
			if found(h, &h.Each[i]) == word {
				numbers = append(numbers, strconv.Itoa(h.Each[i].Number))
			}
		}
		if len(numbers) > 0 {
			said = append(said, fmt.Sprintf("%s (%s)", word, strings.Join(numbers, ", ")))
		}
	}
	return fmt.Sprintf("What the effects say for the hypotheses: %s. Read sizes before p: with many rows nearly every p is small.", strings.Join(said, ", "))
}

// answersTable has one row for each hypothesis.
func answersTable(h *eda.Hypotheses) Table {
	t := Table{Name: "hypotheses", Title: "Answers", Columns: detail(Cols("hypothesis", "statement", "found", "answer", "caution"), "answer", "caution")}
	for i := range h.Each {
		x := &h.Each[i]
		t.Rows = append(t.Rows, []any{strconv.Itoa(x.Number), x.Statement, found(h, x), words(answerOf(h, x)), words(cautionOf(h, x))})
	}
	return t
}

// hypothesisTests lists the tests of all hypotheses.
func hypothesisTests(h *eda.Hypotheses) Table {
	t := Table{Name: "hypothesis_tests", Title: "Tests",
		Columns: detail(Cols("hypothesis", "feature", "effect_name", "effect", "effect_low", "effect_high", "magnitude", "test_name", "p_adj",
			"statistic", "df", "df2", "p", "log10_p", "log10_p_adj", "adjust", "method", "magnitude_rule", "conf_level", "n", "missing"),
			"statistic", "df", "df2", "p", "log10_p", "log10_p_adj", "adjust", "method", "magnitude_rule", "conf_level", "n", "missing"),
		Note: fmt.Sprintf("Intervals of %s. An odds ratio of 1 is no effect; of the others 0 is. p adjusted: over all %d tests (%s).", Format(Share, h.Level), testsOfAll(h), h.Adjust)}
	for i := range h.Each {
		x := &h.Each[i]
		for k := range x.Tests {
			r := &x.Tests[k]
			var df2 any
			if len(r.DF) > 1 {
				df2 = r.DF[1]
			}
			t.Rows = append(t.Rows, []any{strconv.Itoa(x.Number), r.Feature, words(r.Effect.Name), r.Effect.Value, r.Effect.CI.Low, r.Effect.CI.High, words(r.Effect.Magnitude),
				r.Name, P{r.PAdjusted, r.Log10PAdjusted}, r.Statistic.Value, first(r.DF), df2, P{r.P, r.Log10P}, r.Log10P, r.Log10PAdjusted, h.Adjust.String(), words(r.Method), words(r.Effect.Rule), r.Effect.CI.Level, total(r.N), r.Missing})
		}
	}
	return t
}

// testsOfAll counts the tests that p-values are adjusted for.
func testsOfAll(h *eda.Hypotheses) int {
	n := 0
	for i := range h.Each {
		n += len(h.Each[i].Tests)
	}
	return n
}

package eda

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// nearlyTold is the share of a class guess's errors that a column must remove for
// it to be suspected of giving the label away.
const nearlyTold = 0.98

// leakFindings name the columns that give the label away, and those that may.
func (e *Exploration) leakFindings(s *dataset.Schema) []Finding {
	var out []Finding
	for i := range s.Columns {
		c := &s.Columns[i]
		if c.Role != dataset.Derivative {
			continue
		}
		out = append(out, Finding{Warning, c.Name,
			"This column was made from the label or from how hard a row was to classify, so it leaks the answer" + e.toldAlone(c.Name) + ".",
			"It is refused as a feature here; never give it to a model."})
	}
	if e.Ranking == nil {
		return out
	}
	base := e.Ranking.Base()
	for _, f := range e.Ranking.Features {
		if 1-f.Alone > (1-nearlyTold)*(1-base) {
			continue
		}
		out = append(out, Finding{Warning, f.Column.Name,
			fmt.Sprintf("Alone it tells normal from attack in %s of the rows (always the larger class: %s). It may have been made from the label.", percent(f.Alone), percent(base)),
			"Find out how it was recorded; if it was not known when the traffic passed, leave it out."})
	}
	return out
}

// toldAlone says how well a refused column alone would have told the class.
func (e *Exploration) toldAlone(name string) string {
	if e.Ranking == nil {
		return ""
	}
	for _, r := range e.Ranking.Refused {
		if r.Column.Name == name && r.Alone == r.Alone {
			return fmt.Sprintf(": alone it classes %s of the rows rightly, against %s for always the larger class", percent(r.Alone), percent(e.Ranking.Base()))
		}
	}
	return ""
}

// rankingFindings say which features tell the classes apart, and which of their
// values one class has to itself.
func (e *Exploration) rankingFindings() []Finding {
	r := e.Ranking
	if r == nil {
		return nil
	}
	var out []Finding
	var best []string
	for _, f := range r.Features[:min(3, len(r.Features))] {
		if strength(f.Effect.Value) > 0 && f.Log10PAdjusted < significant {
			best = append(best, fmt.Sprintf("%s (%s %.2f, %s)", f.Column.Name, f.Effect.Name, f.Effect.Value, f.sense()))
		}
	}
	switch {
	case len(r.Features) == 0:
	case len(best) == 0:
		out = append(out, Finding{Notice, wholeTable, "No single feature tells normal from attack beyond chance.",
			"Look at features together, or ask whether the label belongs to these rows."})
	default:
		out = append(out, Finding{Info, wholeTable,
			fmt.Sprintf("These features tell normal from attack best, one by one: %s.", strings.Join(best, "; ")),
			"Begin a rule or a model with them; the ranking has all features with intervals."})
	}
	if len(r.Pure) > 0 {
		var names []string
		for _, p := range r.Pure {
			names = append(names, fmt.Sprintf("%s (%s, %s)", p.Rule(), p.Class, plural(p.N, "row")))
		}
		out = append(out, Finding{Notice, wholeTable,
			fmt.Sprintf("Some ranges occur in one class only: %s.", listed(names, 5)),
			"A rule is as good as a model there, on data like these; a logistic regression will not converge on them (separation)."})
	}
	return append(out, r.oneClassFindings(e.private)...)
}

// sense says in words how large the effect is, and which class has the greater
// values.
func (f *RankedFeature) sense() string {
	switch {
	case f.Column.Dict != nil:
		return f.Effect.Magnitude
	case f.Effect.Value < 0:
		return f.Effect.Magnitude + ", smaller in attacks"
	}
	return f.Effect.Magnitude + ", greater in attacks"
}

// significant is the common logarithm of 0.05.
const significant = -1.3010299956639813

// oneClassFindings name the columns that have levels that one class has to itself,
// unless chance explains all of them, after Bonferroni.
func (r *Ranking) oneClassFindings(private bool) []Finding {
	var columns, texts []string
	for _, c := range r.OneClass {
		unlikely := func(l OneClassLevel) bool { return l.Log10P+math.Log10(float64(c.Of)) < significant }
		if !slices.ContainsFunc(c.Levels, unlikely) {
			continue
		}
		var names []string
		for _, l := range c.Levels {
			rows := plural(l.N, "normal row")
			if l.Class == AttackClass {
				rows = plural(l.N, "attack")
			}
			names = append(names, l.Level+" in "+rows)
		}
		columns = append(columns, c.Column)
		text := fmt.Sprintf("%d of %d of %s", len(c.Levels), c.Of, c.Column)
		if !private {
			text += fmt.Sprintf(" (%s)", listed(names, 3))
		}
		texts = append(texts, text)
	}
	if len(columns) == 0 {
		return nil
	}
	return []Finding{{Notice, strings.Join(columns, ", "),
		fmt.Sprintf("Levels that occur in one class only: %s.", strings.Join(texts, "; ")),
		"A model will take them for certain, also where they are rare; join rare levels, and judge it on another day's data."}}
}

// Rule writes the range as a condition for --where.
func (p PureRange) Rule() string {
	sign := "<"
	if p.Above {
		sign = ">"
	}
	name := p.Column
	if strings.ContainsFunc(name, func(r rune) bool { return !isNameRune(r) }) {
		name = "`" + name + "`"
	}
	return name + " " + sign + " " + plainNumber(p.Limit)
}

// gapFindings say where being missing goes with the class.
func (e *Exploration) gapFindings() []Finding {
	var out []Finding
	for _, g := range e.Gaps.ByClass {
		if !g.telling() {
			continue
		}
		out = append(out, Finding{Notice, g.Column,
			fmt.Sprintf("Whether it is missing goes with the class: in %s of the normal rows and %s of the attacks.",
				percent(share(g.Normal, g.NormalRows)), percent(share(g.Attack, g.AttackRows))),
			"Do not drop such rows; keep a column that says whether it is missing, and ask why it is."})
	}
	return out
}

// share returns the quotient of two counts, NaN for none of none.
func share(part, whole int64) float64 { return float64(part) / float64(whole) }

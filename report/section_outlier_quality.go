package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

// severalFeatures stands for the feature of a score, which uses several.
const severalFeatures = "(several)"

// outlierQuality shows how well each rule and score finds the attacks.
func outlierQuality(o *eda.Outliers) Section {
	s := Section{ID: "outlier_quality", Title: "How well outliers find attacks", Lead: qualityLead(o)}
	if o.Within != "" {
		s.Title = fmt.Sprintf("How well outliers within %s find attacks", o.Within)
	}
	t := Table{Name: "outlier_quality", Title: "Rules by their use, the best first",
		Columns: detail(Cols("feature", "method", "precision", "recall", "fpr", "lift", "informedness", "roc_auc", "n_flagged", "base_rate", "tp", "fp", "tn", "fn"),
			"informedness", "roc_auc", "n_flagged", "base_rate", "tp", "fp", "tn", "fn"),
		Note: "Precision: attacks among the rows flagged. Recall: attacks that are flagged. False alarm rate: normal rows that are flagged. Lift: precision over the share of attacks among all rows. The best is that of the largest recall less false alarm rate (Youden's J)."}
	for i := range o.Quality {
		q := &o.Quality[i]
		t.Rows = append(t.Rows, []any{cmp.Or(q.Column, severalFeatures), q.Method, q.Precision(), q.Recall(), q.FPR(), q.Lift(), q.Informedness(), q.AUC,
			q.Flagged(), q.BaseRate(), q.Found, q.Alarms, q.Normal - q.Alarms, q.Attacks - q.Found})
	}
	s.Tables = []Table{t}
	boxFigures(&s, o)
	return s
}

// qualityLead names the best rule, and how many are worse than chance.
func qualityLead(o *eda.Outliers) string {
	worse, silent := 0, 0
	for i := range o.Quality {
		switch q := &o.Quality[i]; {
		case q.Flagged() == 0:
			silent++
		case q.Lift() < 1:
			worse++
		}
	}
	best, n := &o.Quality[0], len(o.Quality)
	if silent == n {
		return fmt.Sprintf("None of %d rules for outliers flags a row.", n)
	}
	lead := fmt.Sprintf("None of %d rules for outliers finds attacks better than chance.", n)
	if best.Informedness() > 0 {
		lead = fmt.Sprintf("Of %d rules for outliers, %s tells attacks best: it finds %s of them at %s false alarms, and %s of the %s rows it flags are attacks, %.2f times the share among all rows.",
			n, best.Name(), Format(Share, best.Recall()), Format(Share, best.FPR()),
			Format(Share, best.Precision()), Format(Count, best.Flagged()), best.Lift())
	}
	if worse > 0 {
		lead += fmt.Sprintf(" %d %s fewer attacks among what %s than rows drawn by lot would hold.", worse, oneOr(worse, "finds", "find"), oneOr(worse, "it flags", "they flag"))
	}
	if silent > 0 {
		lead += fmt.Sprintf(" %d %s nothing.", silent, oneOr(silent, "flags", "flag"))
	}
	return lead
}

func oneOr(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// maxBoxes is how many columns are drawn by class.
const maxBoxes = 4

// boxFigures draws, by class, the columns with the most values outside fences that
// have a width.
func boxFigures(s *Section, o *eda.Outliers) {
	if o.Within != "" { // the boxes would not be those of the fences
		return
	}
	rules := slices.DeleteFunc(slices.Clone(o.Rules), func(r eda.OutlierRule) bool {
		split, ok := o.ByClass[r.Column]
		return r.Method != "tukey" || r.Total() == 0 || r.Lower == r.Upper || !ok || split.Normal.Total() == 0 || split.Attack.Total() == 0
	})
	slices.SortStableFunc(rules, func(a, b eda.OutlierRule) int { return cmp.Compare(b.Total(), a.Total()) })
	for _, r := range rules[:min(maxBoxes, len(rules))] {
		split := o.ByClass[r.Column]
		normal, attack := boxOf(split.Normal, o.TukeyK), boxOf(split.Attack, o.TukeyK)
		fig, _, err := plots.Boxes(plots.BoxData{Label: r.Column, Names: []string{r.Column},
			Title: fmt.Sprintf("%s: %s of the values lie outside the fences; the median is %s for attacks, %s for normal rows", r.Column,
				Format(Share, ratio(r.Total(), r.N)), Format(Real, attack.Median), Format(Real, normal.Median)),
			Caption: fmt.Sprintf("Boxes hold the middle half of a class; whiskers reach to its farthest value within %g box lengths.", o.TukeyK),
			Groups:  []plots.BoxGroup{{Name: eda.NormalClass, Boxes: []plots.Box{normal}}, {Name: eda.AttackClass, Boxes: []plots.Box{attack}}}})
		s.draw(r.Column, fig, err)
	}
}

// boxOf returns the quartiles of a tally that has values, with whiskers that reach
// to the farthest values within k interquartile ranges of them.
func boxOf(t stats.Tally, k float64) plots.Box {
	q := t.Quantiles(0, 0.25, 0.5, 0.75)
	b := plots.Box{N: t.Total(), Q1: q[0], Median: q[1], Q3: q[2]}
	lower, upper := stats.TukeyFences(b.Q1, b.Q3, k)
	first := slices.IndexFunc(t.Values, func(x float64) bool { return x >= lower })
	last := len(t.Values) - 1
	for last > first && t.Values[last] > upper {
		last--
	}
	b.Low, b.High = t.Values[first], t.Values[last]
	return b
}

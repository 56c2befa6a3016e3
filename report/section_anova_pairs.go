package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

// posthocTitles are what the ways to compare pairs are called.
var posthocTitles = map[eda.Posthoc]string{
	eda.PosthocTukey: "Tukey-Kramer", eda.PosthocGamesHowell: "Games-Howell", eda.PosthocDunn: "Dunn, adjusted after Holm", eda.PosthocDunnett: "Dunnett",
}

// byFallingEffect returns the comparisons by the size that their effect has at least:
// the end of its interval that is nearer to 0. So small groups do not come first
// because little is known of them.
func byFallingEffect(comparisons []stats.Comparison) []stats.Comparison {
	least := func(c *stats.Comparison) float64 {
		switch ci := c.Effect.CI; {
		case math.IsNaN(c.PAdjusted) || math.IsNaN(c.Effect.Value):
			return -2
		case ci.Low > 0 || ci.High < 0:
			return min(math.Abs(ci.Low), math.Abs(ci.High))
		}
		return -1
	}
	out := slices.Clone(comparisons)
	slices.SortStableFunc(out, func(a, b stats.Comparison) int {
		return cmp.Or(cmp.Compare(least(&b), least(&a)), cmp.Compare(math.Abs(b.Effect.Value), math.Abs(a.Effect.Value)))
	})
	return out
}

// anovaPairs lists the comparisons of pairs, the surest large effects first.
func anovaPairs(f *eda.AnovaFeature, p *eda.PosthocReport) Table {
	t := Table{Name: "anova_pairs", Title: "Pairs of groups: " + posthocTitles[p.Method],
		Columns: detail(Cols("group", "group2", "estimate", "conf_low", "conf_high", "effect", "magnitude", "p_adj", "effect_low", "effect_high", "effect_name", "estimate_name", "n1", "n2", "statistic_name", "statistic", "df", "p", "log10_p", "log10_p_adj"),
			"effect_low", "effect_high", "effect_name", "estimate_name", "n1", "n2", "statistic_name", "statistic", "df", "p", "log10_p", "log10_p_adj"),
		Note: "Estimate: the mean of the first group less that of the second, with an interval for all pairs together. Effect: Hedges' g, in pooled standard deviations (Cohen 1988)."}
	if p.Method == eda.PosthocDunn {
		t.Note = "Estimate: the mean rank of the first group less that of the second, with an interval for this pair alone. Effect: the rank-biserial correlation (Vargha and Delaney 2000) of the pair ranked apart from the others, so that its sign may differ where it is small."
	}
	if p.Why != "" {
		t.Note = p.Why + " " + t.Note
	}
	for _, c := range byFallingEffect(p.Comparisons) {
		t.Rows = append(t.Rows, []any{f.Names[c.A], f.Names[c.B], c.Estimate.Value, c.CI.Low, c.CI.High, c.Effect.Value, c.Effect.Magnitude, P{c.PAdjusted, c.Log10PAdjusted},
			c.Effect.CI.Low, c.Effect.CI.High, c.Effect.Name, c.Estimate.Name, c.N[0], c.N[1], c.Statistic.Name, c.Statistic.Value, first(c.DF), P{c.P, c.Log10P}, c.Log10P, c.Log10PAdjusted})
		if len(c.Warnings) > 0 && t.Footnotes == nil {
			t.Footnotes = []string{"A pair without a test has a group with a single value, or two groups that do not vary."}
		}
	}
	return t
}

// AnovaDigest is what of an analysis of variance fits a terminal: of many pairs, or of
// many cells, the first.
func AnovaDigest(sections []Section) []Section {
	const most = 30
	out := slices.Clone(sections)
	for i := range out {
		out[i].Tables = slices.Clone(out[i].Tables)
		for j := range out[i].Tables {
			t := &out[i].Tables[j]
			if n := len(t.Rows); n > most && (t.Name == "anova_pairs" || t.Name == "anova_cells") {
				t.Rows = t.Rows[:most]
				t.Footnotes = append(slices.Clone(t.Footnotes), fmt.Sprintf("The first %d of %s rows; the report folder, --format csv and --format json have all.", most, Format(Count, n)))
			}
		}
	}
	return out
}

// anovaPairsFigure draws the effects of the pairs with their intervals.
func anovaPairsFigure(s *Section, f *eda.AnovaFeature) error {
	if f.Posthoc == nil {
		return nil
	}
	d := plots.RankingData{Label: "Hedges' g", Interval: "interval", Below: "second group larger", Above: "first group larger", Small: 0.2, Medium: 0.5, Large: 0.8}
	if f.Posthoc.Method == eda.PosthocDunn {
		d.Label, d.Small, d.Medium, d.Large = "rank-biserial correlation", 0.12, 0.28, 0.42
	}
	large, defined := 0, 0
	for _, c := range byFallingEffect(f.Posthoc.Comparisons) {
		if math.IsNaN(c.Effect.Value) || math.IsNaN(c.PAdjusted) {
			continue
		}
		defined++
		if c.Effect.Magnitude == "large" {
			large++
		}
		if len(d.Rows) < maxRanked {
			d.Rows = append(d.Rows, plots.Effect{Name: f.Names[c.A] + " – " + f.Names[c.B], Estimate: c.Effect.Value, Low: c.Effect.CI.Low, High: c.Effect.CI.High})
		}
	}
	if defined == 0 {
		return nil
	}
	d.Title = fmt.Sprintf("%d of %s of groups show a large effect on %s; of %s it is %s", large, countOf(defined, "pair"), f.Name, d.Rows[0].Name, Format(Real, d.Rows[0].Estimate))
	if large == 0 {
		d.Title = fmt.Sprintf("No pair of groups shows a large effect on %s; of %s it is %s", f.Name, d.Rows[0].Name, Format(Real, d.Rows[0].Estimate))
	}
	fig, err := plots.Ranking(d)
	if err != nil {
		return err
	}
	s.Figures = append(s.Figures, drawn("pairs", fig))
	return nil
}

// anovaRankingFigure draws the features with the largest effects.
func anovaRankingFigure(s *Section, a *eda.AnovaReport) error {
	d := plots.RankingData{Label: "η²", Interval: Format(Share, a.Level) + " interval", Small: 0.01, Medium: 0.06, Large: 0.14}
	large := 0
	for i := range a.Features {
		e := a.Features[i].F.Effect
		if e.Magnitude == "large" {
			large++
		}
		if len(d.Rows) < maxRanked {
			// With small groups the interval may lie below the estimate.
			d.Rows = append(d.Rows, plots.Effect{Name: a.Features[i].Name, Estimate: e.Value, Low: e.CI.Low, High: max(e.CI.High, e.Value)})
		}
	}
	d.Title = fmt.Sprintf("The variance of %d of %s lies in large part between the groups of %s, most that of %s", large, countOf(len(a.Features), "column"), a.By, a.Features[0].Name)
	if large == 0 {
		d.Title = fmt.Sprintf("Of no column does a large part of the variance lie between the groups of %s; the largest is that of %s", a.By, a.Features[0].Name)
	}
	fig, err := plots.Ranking(d)
	if err != nil {
		return err
	}
	s.Figures = append(s.Figures, drawn("anova", fig))
	return nil
}

// anovaBoxes draws the values of each group.
func anovaBoxes(s *Section, a *eda.AnovaReport, f *eda.AnovaFeature) error {
	if f.Quartiles == nil {
		return nil
	}
	d := plots.BoxData{Label: f.Name, Names: f.Names}
	boxes := plots.BoxGroup{}
	low, high := 0, 0
	for g, q := range f.Quartiles {
		boxes.Boxes = append(boxes.Boxes, plots.Box{N: f.Groups[g].N, Low: f.Whiskers[g][0], High: f.Whiskers[g][1], Q1: q[0], Median: q[1], Q3: q[2]})
		if q[1] < f.Quartiles[low][1] {
			low = g
		}
		if q[1] > f.Quartiles[high][1] {
			high = g
		}
	}
	d.Groups = []plots.BoxGroup{boxes}
	d.Title = fmt.Sprintf("The median of %s runs from %s (%s) to %s (%s)", f.Name, Format(Real, f.Quartiles[low][1]), f.Names[low], Format(Real, f.Quartiles[high][1]), f.Names[high])
	if f.Quartiles[low][1] == f.Quartiles[high][1] {
		d.Title = fmt.Sprintf("The median of %s is %s in every group of %s", f.Name, Format(Real, f.Quartiles[low][1]), a.By)
	}
	fig, _, err := plots.Boxes(d)
	if err != nil {
		return err
	}
	s.Figures = append(s.Figures, drawn("boxes", fig))
	return nil
}

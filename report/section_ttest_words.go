package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

// meansLead says in words what a comparison of means found: first where means and
// ranks disagree, then how large the difference is.
func meansLead(m *eda.Means) string {
	if len(m.Features) == 1 {
		return strings.TrimSpace(meanLead(m, &m.Features[0]) + equivalenceWords(m, &m.Features[0]))
	}
	disagree := disagreeing(m)
	large := 0
	for i := range m.Features {
		if m.Features[i].Tests[0].Effect.Magnitude == "large" {
			large++
		}
	}
	lead := ""
	if n := len(disagree); n > 0 {
		const most = 6
		list := strings.Join(disagree[:min(n, most)], ", ")
		if n > most {
			list += fmt.Sprintf(" and %d more", n-most)
		}
		lead = fmt.Sprintf("Means and ranks disagree on %s: do not read the means alone there. ", list)
	}
	top := &m.Features[0]
	e := top.Tests[0].Effect
	count := fmt.Sprintf("%d of %d columns have a large difference in means", large, len(m.Features))
	if large == 0 {
		count = fmt.Sprintf("None of %d columns has a large difference in means", len(m.Features))
	}
	return lead + fmt.Sprintf("%s; the largest is that of %s: %s = %s.", count, top.Name, e.Name, Format(Real, e.Value))
}

// disagreeing lists the columns whose means alone would mislead, those with the largest
// difference of ranks first.
func disagreeing(m *eda.Means) []string {
	var found []*eda.MeanTest
	for i := range m.Features {
		if m.Features[i].Verdict.Disagrees() {
			found = append(found, &m.Features[i])
		}
	}
	strength := func(f *eda.MeanTest) float64 {
		t, _ := f.Test(eda.Ranks) // without ranks there is no disagreement
		return math.Abs(t.Effect.Value)
	}
	slices.SortStableFunc(found, func(a, b *eda.MeanTest) int { return cmp.Compare(strength(b), strength(a)) })
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = f.Name
	}
	return names
}

// meanLead is the lead of one column.
func meanLead(m *eda.Means, f *eda.MeanTest) string {
	t := &f.Tests[0]
	ranks, ranked := f.Test(eda.Ranks)
	means := fmt.Sprintf("%s = %s, %s, %s, p = %s", t.Effect.Name, Format(Real, t.Effect.Value), intervalWords(t.Effect.CI), t.Effect.Magnitude, Format(PValue, P{t.P, t.Log10P}))
	if !ranked {
		return fmt.Sprintf("%s: %s. There is no test of ranks to compare with.", meansSay(m, f, t.Effect.Value), means)
	}
	rank := fmt.Sprintf("rank-biserial %s, %s, p = %s", Format(Real, ranks.Effect.Value), ranks.Effect.Magnitude, Format(PValue, P{ranks.P, ranks.Log10P}))
	if share := f.NonZero(); share < 1 {
		rank += fmt.Sprintf(", among the %s of the rows that differ", Format(Share, share))
	}
	if logs, ok := f.Test(eda.LogMeans); ok {
		rank += fmt.Sprintf("; on the scale of log(1+x) d = %s, %s", Format(Real, logs.Effect.Value), logs.Effect.Magnitude)
	}
	switch f.Verdict {
	case eda.Opposed:
		return fmt.Sprintf("Means and ranks of %s point in opposite directions. %s (%s), yet %s (%s). %sDo not judge by the means alone.",
			f.Name, meansSay(m, f, t.Effect.Value), means, ranksSay(m, ranks.Effect.Value), rank, tailWords(f))
	case eda.RanksDiffer:
		return fmt.Sprintf("The means of %s hide a difference. By ranks, %s (%s); the means say less: %s. %sDo not judge by the means alone.",
			f.Name, ranksSay(m, ranks.Effect.Value), rank, means, tailWords(f))
	case eda.MeansDiffer:
		return fmt.Sprintf("The means of %s differ more than its values do. %s (%s), but ranks say less: %s. %sDo not judge by the means alone.",
			f.Name, meansSay(m, f, t.Effect.Value), means, rank, tailWords(f))
	}
	switch {
	case t.Effect.Magnitude == "negligible" && f.RankMagnitude() == "negligible":
		return fmt.Sprintf("By means and by ranks, %s differs negligibly: %s; %s.", f.Name, means, rank)
	case t.P >= m.Alpha() && m.Options.Alternative != stats.TwoSided:
		return fmt.Sprintf("%s was not shown: %s; ranks agree (%s).", alternativeSays(m, f), means, rank)
	case t.P >= m.Alpha():
		return fmt.Sprintf("The difference of %s may be chance: %s; %s.", f.Name, means, rank)
	}
	return fmt.Sprintf("%s: %s; ranks agree (%s).", meansSay(m, f, t.Effect.Value), means, rank)
}

// meansSay begins a sentence about the direction of the means.
func meansSay(m *eda.Means, f *eda.MeanTest, effect float64) string {
	switch m.Options.Design {
	case eda.OneSample:
		return fmt.Sprintf("The mean of %s lies %s %s", f.Name, aboveOrBelow(effect), Format(Real, m.Options.Mu))
	case eda.PairedSample:
		return fmt.Sprintf("The mean of %s lies %s 0", f.Name, aboveOrBelow(effect))
	}
	return fmt.Sprintf("The mean of %s is greater in %s than in %s", f.Name, m.Groups[which(effect)], m.Groups[1-which(effect)])
}

// alternativeSays puts a one-sided alternative into words.
func alternativeSays(m *eda.Means, f *eda.MeanTest) string {
	word := map[stats.Alternative]string{stats.Less: "smaller", stats.Greater: "greater"}[m.Options.Alternative]
	switch m.Options.Design {
	case eda.OneSample:
		return fmt.Sprintf("That the mean of %s is %s than %s", f.Name, word, Format(Real, m.Options.Mu))
	case eda.PairedSample:
		return fmt.Sprintf("That the mean of %s is %s than 0", f.Name, word)
	}
	return fmt.Sprintf("That the mean of %s is %s in %s than in %s", f.Name, word, m.Groups[0], m.Groups[1])
}

// ranksSay says the direction of the ranks.
func ranksSay(m *eda.Means, effect float64) string {
	switch m.Options.Design {
	case eda.OneSample:
		return fmt.Sprintf("most of the weight lies %s %s", aboveOrBelow(effect), Format(Real, m.Options.Mu))
	case eda.PairedSample:
		return fmt.Sprintf("most of the weight lies %s 0", aboveOrBelow(effect))
	}
	return m.Groups[which(effect)] + " tends to have the greater values"
}

// which returns the group, 0 or 1, that has the greater values.
func which(effect float64) int {
	if effect < 0 {
		return 1
	}
	return 0
}

func aboveOrBelow(effect float64) string {
	if effect < 0 {
		return "below"
	}
	return "above"
}

func intervalWords(ci stats.Interval) string {
	return fmt.Sprintf("%s interval %s to %s", Format(Share, ci.Level), Format(Real, ci.Low), Format(Real, ci.High))
}

// tailWords says which sample has a tail that draws its mean: that of the greater
// mean, or else the most skewed one.
func tailWords(f *eda.MeanTest) string {
	g := &f.Samples[0]
	for i := range f.Samples {
		if f.Samples[i].Mean > g.Mean {
			g = &f.Samples[i]
		}
	}
	for i := range f.Samples {
		if !isSkewed(g) && isSkewed(&f.Samples[i]) {
			g = &f.Samples[i]
		}
	}
	if !isSkewed(g) {
		return ""
	}
	return fmt.Sprintf("A long tail draws the mean of %s (skewness %s, median %s, mean %s). ",
		g.Group, Format(Real, g.Skewness), Format(Real, g.Median), Format(Real, g.Mean))
}

// isSkewed reports whether the skewness of a sample is that of an exponential
// distribution at least.
func isSkewed(g *eda.SampleShape) bool { return math.Abs(g.Skewness) >= 2 }

// detectableWords says what a test of this size could have found.
func detectableWords(f *eda.MeanTest) string {
	if math.IsNaN(f.Detectable) {
		return ""
	}
	return fmt.Sprintf(" With so many values a d of %s would be found with 80 %% power.", Format(Real, f.Detectable))
}

func equivalenceWords(m *eda.Means, f *eda.MeanTest) string {
	r := f.Equivalence
	switch bound := Format(Real, m.Options.Equivalence); {
	case r == nil:
		return ""
	case r.P < m.Alpha():
		return fmt.Sprintf(" The means are equivalent within d = ±%s (p = %s).", bound, Format(PValue, P{r.P, r.Log10P}))
	default:
		return fmt.Sprintf(" Equivalence of the means within d = ±%s was not shown (p = %s).", bound, Format(PValue, P{r.P, r.Log10P}))
	}
}

package report

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

// meansFigures draws one column's samples, or the effects of many.
func meansFigures(s *Section, m *eda.Means) error {
	if len(m.Features) > 1 {
		return meansRanking(s, m)
	}
	f := &m.Features[0]
	if f.Kind != dataset.Number || f.Samples[0].Values.Len() == 0 { // of summaries there is nothing to draw
		return nil
	}
	if err := samplesHistogram(s, f); err != nil {
		return err
	}
	return samplesBoxes(s, m, f)
}

// meansRanking draws the effects of many columns.
func meansRanking(s *Section, m *eda.Means) error {
	effect := m.Features[0].Tests[0].Effect
	d := plots.RankingData{Label: effect.Name, Interval: Format(Share, m.Options.Level) + " interval", Small: 0.2, Medium: 0.5, Large: 0.8}
	if m.Options.Design == eda.TwoSamples {
		d.Below, d.Above = "greater in "+m.Groups[1], "greater in "+m.Groups[0]
	}
	disagree := 0
	for i := range m.Features {
		f := &m.Features[i]
		if f.Verdict.Disagrees() {
			disagree++
		}
		if e := f.Tests[0].Effect; len(d.Rows) < maxRanked {
			d.Rows = append(d.Rows, plots.Effect{Name: f.Name, Estimate: e.Value, Low: e.CI.Low, High: e.CI.High})
		}
	}
	d.Title = fmt.Sprintf("%s differs most (%s = %s); means and ranks disagree on %d of %d columns", m.Features[0].Name, effect.Name, Format(Real, effect.Value), disagree, len(m.Features))
	if math.IsNaN(effect.Value) {
		return nil
	}
	fig, err := plots.Ranking(d)
	if err != nil {
		return err
	}
	s.Figures = append(s.Figures, drawn("effects", fig))
	return nil
}

// samplesHistogram draws the distributions of the samples.
func samplesHistogram(s *Section, f *eda.MeanTest) error {
	var all stats.Tally
	for _, g := range f.Samples {
		all = all.Merge(g.Values)
	}
	d := plots.HistogramData{Label: f.Name, Values: all.Values, Title: samplesTitle(f)}
	for _, g := range f.Samples {
		d.Groups = append(d.Groups, plots.Group{Name: g.Group, Counts: spread(g.Values, all.Values)})
	}
	fig, _, err := plots.Histogram(d)
	if err != nil {
		return err
	}
	s.Figures = append(s.Figures, drawn("histogram", fig))
	return nil
}

// samplesTitle says where means and medians lie.
func samplesTitle(f *eda.MeanTest) string {
	if len(f.Samples) == 1 {
		g := f.Samples[0]
		return fmt.Sprintf("%s: mean %s, median %s", f.Name, Format(Real, g.Mean), Format(Real, g.Median))
	}
	a, b := f.Samples[0], f.Samples[1]
	return fmt.Sprintf("%s: means %s (%s) and %s (%s), medians %s and %s", f.Name,
		Format(Real, a.Mean), a.Group, Format(Real, b.Mean), b.Group, Format(Real, a.Median), Format(Real, b.Median))
}

// samplesBoxes draws a box for each sample.
func samplesBoxes(s *Section, m *eda.Means, f *eda.MeanTest) error {
	if len(f.Samples) < 2 {
		return nil
	}
	d := plots.BoxData{Label: f.Name, Caption: "Whiskers reach to the outermost values within 1.5 interquartile ranges of the box."}
	boxes := plots.BoxGroup{}
	for _, g := range f.Samples {
		q := g.Values.Quantiles(0, 0.25, 0.5, 0.75)
		lower, upper := stats.TukeyFences(q[0], q[2], stats.TukeyInner)
		b := plots.Box{N: g.N, Low: math.Inf(1), High: math.Inf(-1), Q1: q[0], Median: q[1], Q3: q[2]}
		for _, x := range g.Values.Values {
			if x >= lower && x <= upper {
				b.Low, b.High = min(b.Low, x), max(b.High, x)
			}
		}
		d.Names, boxes.Boxes = append(d.Names, g.Group), append(boxes.Boxes, b)
	}
	r, ok := f.Test(eda.Ranks)
	if !ok {
		return nil
	}
	d.Title = fmt.Sprintf("A value of %s exceeds one of %s in %s of all pairs, ties by half", m.Groups[0], m.Groups[1], Format(Share, r.Estimate.Value))
	d.Groups = []plots.BoxGroup{boxes}
	fig, _, err := plots.Boxes(d)
	if err != nil {
		return err
	}
	s.Figures = append(s.Figures, drawn("boxes", fig))
	return nil
}

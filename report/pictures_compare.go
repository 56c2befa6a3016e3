package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
)

const (
	drawnDrifts = 4       // numbers and columns of levels that are drawn, each
	perTable    = 100_000 // records that each table is drawn as, so that tables of any sizes compare
)

// comparePictures draws the drift of all columns, and those that drift most.
func comparePictures(sections []Section, c *eda.Comparison, private bool) {
	for i := range sections {
		s := &sections[i]
		switch s.ID {
		case "compare":
			driftFigure(s, c)
		case "compare_numbers":
			driftHistograms(s, c)
		case "compare_parts":
			if !private {
				driftBars(s, c)
			}
		case "compare_labels":
			if !private {
				labelBars(s, c.Labels)
			}
		}
	}
}

// driftFigure draws the indices of stability.
func driftFigure(s *Section, c *eda.Comparison) {
	if len(c.Columns) == 0 {
		return
	}
	d := plots.RankingData{Label: "PSI", Interval: Format(Share, c.Columns[0].Stability.CI.Level) + " interval",
		Title:   fmt.Sprintf("%d of %d columns drift (PSI > %s)", c.Of(eda.Drifts), len(c.Columns), Format(Real, c.PSI)),
		Caption: "PSI is the population stability index: up to 0.1 a column counts as stable; the index has no upper limit."}
	for i := range c.Columns[:min(len(c.Columns), maxRanked)] {
		col := &c.Columns[i]
		d.Rows = append(d.Rows, plots.Effect{Name: col.First.Name, Estimate: col.PSI, Low: col.Stability.CI.Low, High: col.Stability.CI.High})
	}
	fig, err := plots.Ranking(d)
	s.draw("drift", fig, err)
}

// driftHistograms draws the numbers that drift most.
func driftHistograms(s *Section, c *eda.Comparison) {
	count := 0
	for i := range c.Columns {
		d := &c.Columns[i]
		if d.Verdict == eda.Stable || count == drawnDrifts {
			return
		}
		if d.N1 == 0 || d.N2 == 0 || d.First.Kind != dataset.Number && d.Second.Kind != dataset.Number {
			continue
		}
		count++
		h := plots.HistogramData{Label: d.First.Name, Values: d.Values.Values, Caption: perTableCaption,
			Title: fmt.Sprintf("The median of %s is %s in the first table and %s in the second (PSI %s)", d.First.Name, Format(Real, d.Summary1.Q50), Format(Real, d.Summary2.Q50), Format(Real, d.PSI)),
			Groups: []plots.Group{
				{Name: "first", Counts: perFileCounts(d.Values.Counts[0], d.N1)},
				{Name: "second", Counts: perFileCounts(d.Values.Counts[1], d.N2)},
			}}
		fig, _, err := plots.Histogram(h)
		s.draw(d.First.Name, fig, err)
	}
}

const perTableCaption = "Each table is drawn as 100,000 records, so that tables of different sizes compare."

// perFileCounts scales the counts of n records. The remainders are carried on from
// one value to the next, so that many rare values are not all rounded away.
func perFileCounts(counts []int64, n int64) []int64 {
	out := make([]int64, len(counts))
	var seen, given int64
	for i, k := range counts {
		seen += k
		upTo := int64(math.Round(float64(seen) / float64(n) * perTable))
		out[i], given = upTo-given, upTo
	}
	return out
}

// driftBars draws the levels of the columns that drift most.
func driftBars(s *Section, c *eda.Comparison) {
	count := 0
	for i := range c.Columns {
		d := &c.Columns[i]
		if d.Verdict == eda.Stable || count == drawnDrifts {
			return
		}
		if d.First.Kind != dataset.Category || d.N1 == 0 || d.N2 == 0 {
			continue
		}
		count++
		var names []string
		var n1, n2 []int64
		for _, p := range d.Parts {
			if !p.Missing {
				names, n1, n2 = append(names, p.Level), append(n1, p.N1), append(n2, p.N2)
			}
		}
		most := d.Moved(1)[0]
		title := fmt.Sprintf("%s is %v in %s of the first table and %s of the second", d.First.Name, partName(&most.DriftPart, false), Format(Share, most.Share1), Format(Share, most.Share2))
		drawLevels(s, d.First.Name, title, names, n1, n2)
	}
}

// labelBars draws the labels of both tables.
func labelBars(s *Section, l *eda.LabelShift) {
	var names []string
	var n1, n2 []int64
	for _, level := range l.Levels {
		names, n1, n2 = append(names, level.Level), append(n1, level.N1), append(n2, level.N2)
	}
	title := fmt.Sprintf("%s in the first table and in the second", l.Name1)
	if l.Known {
		a1, a2 := l.Attacks()
		title = fmt.Sprintf("Attacks are %s of the first table and %s of the second", Format(Share, a1), Format(Share, a2))
	}
	drawLevels(s, l.Name1, title, names, n1, n2)
}

// drawLevels draws levels of both tables as bars, the most frequent in both first.
func drawLevels(s *Section, label, title string, names []string, n1, n2 []int64) {
	n1, n2 = perFileCounts(n1, total(n1)), perFileCounts(n2, total(n2))
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(n1[b]+n2[b], n1[a]+n2[a]) })
	d := plots.BarsData{Label: label, Title: title, Caption: perTableCaption, Groups: []plots.Group{{Name: "first"}, {Name: "second"}}}
	for _, i := range order {
		d.Names = append(d.Names, names[i])
		d.Groups[0].Counts, d.Groups[1].Counts = append(d.Groups[0].Counts, n1[i]), append(d.Groups[1].Counts, n2[i])
	}
	fig, err := plots.Bars(d)
	s.draw(label, fig, err)
}

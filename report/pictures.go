package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
	"github.com/netanom/netanom/stats"
)

// maxPictures bounds the histograms and the bars of a report each, so that all
// pictures find room in its page whatever the table.
const maxPictures = 12

// addPictures draws the profiled columns into the sections of their tables;
// private leaves out the levels of categories.
func addPictures(sections []Section, e *eda.Exploration, private bool) {
	for i := range sections {
		s := &sections[i]
		switch {
		case s.ID == "numbers":
			addHistograms(s, e)
			addQQ(s, e)
		case s.ID == "levels" && !private:
			addBars(s, e)
		}
	}
}

// addHistograms draws the numeric columns that take more than two values, in
// the order of the table: all, or those that tell most of the class.
func addHistograms(s *Section, e *eda.Exploration) {
	columns := e.Profile.Columns
	var chosen []int
	for i := range columns {
		if p := &columns[i]; p.Number != nil && p.Tally.Len() > 0 && p.Distinct > 2 && p.Column.Kind == dataset.Number && p.Index != e.Classes.Column {
			chosen = append(chosen, i)
		}
	}
	if all := len(chosen); all > maxPictures {
		rank := ranks(e.Ranking)
		slices.SortStableFunc(chosen, func(a, b int) int {
			return cmp.Compare(rank(columns[a].Column.Name), rank(columns[b].Column.Name))
		})
		chosen = chosen[:maxPictures]
		slices.Sort(chosen)
		which := "first"
		if e.Ranking != nil {
			which = "most telling"
		}
		s.Warnings = append(s.Warnings, fmt.Sprintf("Only the %d %s of %d columns are drawn; choose others with --feature.", maxPictures, which, all))
	}
	for _, i := range chosen {
		fig, err := histogram(&columns[i], e)
		s.draw(columns[i].Column.Name, fig, err)
	}
}

// ranks returns the place of features in a ranking; those that are not in it come
// last.
func ranks(r *eda.Ranking) func(name string) int {
	place := map[string]int{}
	if r != nil {
		for i, f := range r.Features {
			place[f.Column.Name] = i + 1
		}
	}
	return func(name string) int {
		if at := place[name]; at > 0 {
			return at
		}
		return len(place) + 1
	}
}

func histogram(p *eda.ColumnProfile, e *eda.Exploration) (*plots.Figure, error) {
	d := plots.HistogramData{Title: histogramTitle(p), Label: p.Column.Name, Values: p.Tally.Values,
		Groups: []plots.Group{{Name: "all", Counts: p.Tally.Counts[0]}}}
	if split, ok := e.ByClass[p.Column.Name]; ok && split.Normal.Total() > 0 && split.Attack.Total() > 0 {
		both := split.Normal.Merge(split.Attack)
		d.Values = both.Values
		d.Groups = []plots.Group{
			{Name: eda.NormalClass, Counts: spread(split.Normal, both.Values)},
			{Name: eda.AttackClass, Counts: spread(split.Attack, both.Values)},
		}
	}
	fig, _, err := plots.Histogram(d)
	return fig, err
}

// spread gives the counts of a tally at the values of a larger one.
func spread(t stats.Tally, values []float64) []int64 {
	counts := make([]int64, len(values))
	j := 0
	for i, v := range values {
		if j < len(t.Values) && t.Values[j] == v {
			counts[i] = t.Counts[0][j]
			j++
		}
	}
	return counts
}

// histogramTitle says what is most worth seeing: a pile of zeros, a tail, or
// where the middle half lies.
func histogramTitle(p *eda.ColumnProfile) string {
	s := p.Number
	zeros := ratio(s.Zeros, s.N)
	switch {
	case zeros >= 0.5:
		return fmt.Sprintf("%s is 0 in %s of the rows and reaches %s", p.Column.Name, Format(Share, zeros), Format(Real, s.Max))
	case s.Min >= 0 && s.Q50 > 0 && s.Max > 100*s.Q50:
		return fmt.Sprintf("%s is at most %s in half of the rows and reaches %s", p.Column.Name, Format(Real, s.Q50), Format(Real, s.Max))
	}
	return fmt.Sprintf("Half of the values of %s lie between %s and %s", p.Column.Name, Format(Real, s.Q25), Format(Real, s.Q75))
}

// maxQQ is how many columns are compared with the normal distribution.
const maxQQ = 3

// addQQ compares the numbers with the most different values with the normal
// distribution: those of few values are steps, of which everybody sees that they
// are not normal.
func addQQ(s *Section, e *eda.Exploration) {
	var columns []*eda.ColumnProfile
	for i := range e.Profile.Columns {
		p := &e.Profile.Columns[i]
		if p.Normal != nil && p.Column.Role == dataset.Feature && p.Distinct > 100 && p.Tally.Len() > 0 {
			columns = append(columns, p)
		}
	}
	slices.SortStableFunc(columns, func(a, b *eda.ColumnProfile) int { return cmp.Compare(b.Distinct, a.Distinct) })
	for _, p := range columns[:min(maxQQ, len(columns))] {
		const points = 199
		d := plots.QQData{Label: p.Column.Name, Q1: p.Number.Q25, Q3: p.Number.Q75,
			Title: fmt.Sprintf("%s and a normal distribution of its mean and SD differ by up to D = %s", p.Column.Name, Format(Real, p.Distance))}
		probabilities := make([]float64, points)
		for i := range probabilities {
			probabilities[i] = float64(i+1) / (points + 1)
			d.Normal = append(d.Normal, stats.NormalQuantile(probabilities[i]))
		}
		d.Sample = p.Tally.Quantiles(0, probabilities...)
		fig, err := plots.QQ(d)
		s.draw("qq_"+p.Column.Name, fig, err)
	}
}

// maxBarLevels is how many levels a column may have of which the commonest are
// drawn: of more, such as ports, bars show next to nothing.
const maxBarLevels = 500

// addBars draws the categories.
func addBars(s *Section, e *eda.Exploration) {
	count := 0
	for i := range e.Profile.Columns {
		p := &e.Profile.Columns[i]
		if p.Level == nil || p.Column.Kind != dataset.Category || p.Distinct < 2 || p.Distinct > maxBarLevels {
			continue
		}
		if count++; count > maxPictures {
			return
		}
		d := plots.BarsData{Label: p.Column.Name,
			Title: fmt.Sprintf("%s is %s in %s of the rows", p.Column.Name, p.Level.Top, Format(Share, ratio(p.Level.TopFreq, p.Level.N)))}
		g := plots.Group{Name: "all"}
		for _, l := range p.Levels {
			d.Names, g.Counts = append(d.Names, l.Level), append(g.Counts, l.N)
		}
		d.Groups = []plots.Group{g}
		fig, err := plots.Bars(d)
		s.draw(p.Column.Name, fig, err)
	}
}

package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
)

// maxSeriesPictures bounds the pictures of series in a report.
const maxSeriesPictures = 12

// seriesFigures draws each series with its band, and the correlogram of the first
// that has one.
func seriesFigures(s *Section, t *eda.TimeSeries) {
	drawnSeries := 0
	for i := range t.Series {
		if t.Series[i].Summary.N == 0 {
			continue
		}
		if drawnSeries++; drawnSeries > maxSeriesPictures {
			s.Warnings = append(s.Warnings, fmt.Sprintf("Only the first %d series are drawn; choose others with --feature.", maxSeriesPictures))
			break
		}
		fig, err := seriesFigure(t, &t.Series[i])
		s.draw(t.Series[i].Key, fig, err)
	}
	for i := range t.Series {
		if len(t.Series[i].Views) > 0 {
			correlogramFigures(s, t, &t.Series[i])
			break
		}
	}
}

func seriesFigure(t *eda.TimeSeries, s *eda.Series) (*plots.Figure, error) {
	d := plots.SeriesData{Title: seriesTitle(t, s), Label: perStep(t, s),
		Lines: []plots.Line{{Name: s.Name, Values: s.Values, Spikes: drawnSpikes(s)}},
		Band:  &plots.Band{Name: fmt.Sprintf("rolling median of %d steps ± %g deviations", t.Window, t.ModZ), Low: s.Low, High: s.High, Middle: s.Expected}}
	d.Changes = drawnChanges(s)
	if t.RowOrder() {
		d.RowsPerPoint = int(t.Step)
	} else {
		for k := range t.Steps {
			d.Times = append(d.Times, t.At(k))
		}
	}
	return plots.Series(d)
}

// What can be told apart in one picture.
const (
	mostDrawnSpikes  = 200
	mostDrawnChanges = 40
)

// drawnSpikes lists the steps that stand out, of many the farthest.
func drawnSpikes(s *eda.Series) []int {
	far := slices.Clone(s.Spikes)
	slices.SortStableFunc(far, func(a, b eda.SeriesSpike) int { return cmp.Compare(math.Abs(b.Score), math.Abs(a.Score)) })
	var out []int
	for _, p := range far[:min(len(far), mostDrawnSpikes)] {
		out = append(out, p.Index)
	}
	slices.Sort(out)
	return out
}

// drawnChanges lists the steps with which a new level begins, of many those that
// change it most.
func drawnChanges(s *eda.Series) []int {
	if len(s.Levels) < 2 {
		return nil
	}
	large := slices.Clone(s.Levels[1:])
	slices.SortStableFunc(large, func(a, b eda.Level) int { return cmp.Compare(math.Abs(b.Shift), math.Abs(a.Shift)) })
	var out []int
	for _, level := range large[:min(len(large), mostDrawnChanges)] {
		out = append(out, level.First)
	}
	slices.Sort(out)
	return out
}

// perStep names the values of a series with their unit.
func perStep(t *eda.TimeSeries, s *eda.Series) string {
	if s.Measure == eda.MeanOfCells {
		return s.Name + " of " + t.StepName()
	}
	return s.Name + " per " + t.StepName()
}

// seriesTitle says what is most worth seeing in a series.
func seriesTitle(t *eda.TimeSeries, s *eda.Series) string {
	switch p := s.Rhythm(); {
	case len(s.Spikes) > 0:
		return fmt.Sprintf("%s: %s of %s steps stand out; the largest value is %s", sentenceCase(s.Name), Format(Count, len(s.Spikes)), Format(Count, t.Steps), Format(Real, s.Summary.Max))
	case p != nil:
		return fmt.Sprintf("%s repeat every %s", sentenceCase(s.Name), p.Name)
	}
	return fmt.Sprintf("%s: no step stands out; half of them are at most %s", sentenceCase(s.Name), Format(Real, s.Summary.Q50))
}

// sentenceCase begins a name with a capital, unless a column's own name begins it.
func sentenceCase(name string) string {
	if name == "" || name[0] < 'a' || name[0] > 'z' {
		return name
	}
	return string(name[0]-'a'+'A') + name[1:]
}

// correlogramFigures draws the autocorrelations of each view of a series.
func correlogramFigures(s *Section, t *eda.TimeSeries, series *eda.Series) {
	for k := range series.Views {
		v := &series.Views[k]
		if v.Correlogram == nil || len(v.Correlogram.ACF) < 2 {
			continue
		}
		suffix := ""
		if k > 0 {
			suffix = "_calm"
		}
		for _, partial := range []bool{false, true} {
			d := plots.CorrelogramData{Title: correlogramTitle(v, partial), Label: v.Name, Step: "steps of " + t.StepName(),
				Partial: partial, Coefficients: v.Correlogram.ACF[1:], Bound: v.Correlogram.Bound}
			name := "acf" + suffix
			if partial {
				name, d.Coefficients = "p"+name, v.Correlogram.PACF[1:]
			}
			fig, err := plots.Correlogram(d)
			s.draw(name, fig, err)
		}
	}
}

// correlogramTitle says how many lags lie beyond the band.
func correlogramTitle(v *eda.View, partial bool) string {
	coefficients, what := v.Correlogram.ACF[1:], "autocorrelations"
	if partial {
		coefficients, what = v.Correlogram.PACF[1:], "partial autocorrelations"
	}
	beyond := 0
	for _, r := range coefficients {
		if math.Abs(r) > v.Correlogram.Bound {
			beyond++
		}
	}
	return fmt.Sprintf("%s: %d of %d %s lie beyond the band", sentenceCase(v.Name), beyond, len(coefficients), what)
}

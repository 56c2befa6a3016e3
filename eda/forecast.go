package eda

import (
	"errors"
	"fmt"
	"math"

	"github.com/netanom/netanom/stats"
)

// ForecastOptions say how far a forecast looks ahead.
type ForecastOptions struct {
	Steps int // from 1 to 1,000; 0: 24
}

// A Forecast is what series are expected to be in the steps to come.
type Forecast struct {
	Start   float64          `json:"start"`   // where the first step to come begins, in seconds since the Unix epoch
	Step    float64          `json:"step"`    // seconds of a step
	Steps   int              `json:"steps"`   // ahead
	Series  []SeriesForecast `json:"series"`  // in the order of the time series, the share of attacks last
	Remarks []string         `json:"remarks"` // about all series, in sentences
}

// A SeriesForecast is the forecast of one series. Points and bounds are those of the
// series, cut where it can have no values: below 0 if it has none there, and for shares
// above 1. They have one number for each step ahead, and none if there is no forecast.
type SeriesForecast struct {
	Name   string `json:"name"`             // "connections", "bytes out", "attack share"
	Key    string `json:"key"`              // the same for programs: "bytes_out"
	Reason string `json:"reason,omitempty"` // why there is no forecast, in a sentence

	Method    string                 `json:"method"`           // "ETS(A,Ad,N)", see stats.SmoothingForm
	Logarithm bool                   `json:"logarithm"`        // whether log(1+x) was modelled: points are medians then
	Season    int                    `json:"season"`           // steps of a season in the model, 0 without one
	Period    string                 `json:"period,omitempty"` // "day" for such a season
	Weights   stats.SmoothingWeights `json:"weights"`
	N         int                    `json:"n"`    // steps that the model was fitted to, the last before Start
	From      float64                `json:"from"` // where the first of them begins

	Points []float64 `json:"points"`
	Low80  []float64 `json:"low80"`
	High80 []float64 `json:"high80"`
	Low95  []float64 `json:"low95"`
	High95 []float64 `json:"high95"`

	Test    *BackTest `json:"back_test"` // nil where there is none
	Remarks []string  `json:"remarks"`   // what is to be known of it, the verdict of the back-test first
}

// What a forecast takes.
const (
	usualAhead       = 24
	mostAhead        = 1000
	minForecastSteps = 20    // whole steps without a gap, the last before the forecast
	mostFitted       = 2000  // steps that a model is fitted to
	mostSeason       = 168   // steps of a season
	partialStep      = 0.05  // part of a step beyond which one that data do not cover is left out
	largestForecast  = 1e100 // value of a series, so that no square of it is infinite
	largestBound     = 1e300 // of a forecast, for the same
)

// ErrNoForecast is the cause when series cannot be continued at all.
var ErrNoForecast = errors.New("no forecast")

// ForecastOf continues each series of a time series and the share of attacks, which it
// makes of their counts, by exponential smoothing: additive models of level, trend and
// season are fitted by maximum likelihood and the one with the least AICc is taken, see
// stats.FitSmoothing. A season is the rhythm that the steps show (see Series.Rhythm) if
// it takes no more than 168 of them. Series without a negative value, except shares, are
// modelled by log(1+x) if they are likelier so. Whatever is chosen, is for the back-test
// chosen anew from the steps before it.
//
// A first or last step of which more than 5 % are not covered by data is left out: the
// forecast may thus begin with the last step of the table. Models look at the last 2,000
// steps at most, and of series with gaps at those after the last gap. How good forecasts
// would have been is told by a back-test, see BackTest.
//
// The error wraps ErrNoForecast in row order and for less than 20 whole steps. A single
// series that cannot be continued has a reason instead of numbers. Time series are not
// changed.
func ForecastOf(t *TimeSeries, o ForecastOptions) (*Forecast, error) {
	if o.Steps == 0 {
		o.Steps = usualAhead
	}
	switch {
	case o.Steps < 1 || o.Steps > mostAhead:
		return nil, fmt.Errorf("%d steps ahead: want 1 to %s", o.Steps, grouped(mostAhead))
	case t.RowOrder():
		return nil, fmt.Errorf("%w: the order of rows is no time, so that it has no future; name a column of times with --time", ErrNoForecast)
	}
	first, end := t.wholeSteps()
	if end-first < minForecastSteps {
		return nil, fmt.Errorf("%w from %s: it takes %d at least; shorter ones (--every) make more of them",
			ErrNoForecast, plural(int64(max(end-first, 0)), "whole step"), minForecastSteps)
	}
	f := &Forecast{Start: t.At(end), Step: t.Step, Steps: o.Steps, Remarks: []string{}}
	if end < t.Steps {
		f.Remarks = append(f.Remarks, fmt.Sprintf("The last step is left out, because the data end within it; the forecast begins there, at %s.", t.When(end)))
	}
	for _, s := range t.continued() {
		f.Series = append(f.Series, t.continueSeries(s, first, end, o.Steps))
	}
	return f, nil
}

// At returns where step h ahead begins, from 0, in seconds since the Unix epoch.
func (f *Forecast) At(h int) float64 { return f.Start + float64(h)*f.Step }

// StepName writes the length of a step: "10 min".
func (f *Forecast) StepName() string { return spanWords(f.Step) }

// wholeSteps returns the first step that data cover and the one behind the last.
func (t *TimeSeries) wholeSteps() (first, end int) {
	end = t.Steps
	if t.First-t.At(0) > partialStep*t.Step {
		first = 1
	}
	if t.At(end)-t.Last > max(partialStep*t.Step, t.usualGap()) {
		end--
	}
	return first, end
}

// usualGap is how long after the last row the data may well go on, where rows are rare:
// three times the mean time between two, and no more than half a step.
func (t *TimeSeries) usualGap() float64 {
	rows := total(t.Counts)
	if rows < 2 {
		return 0
	}
	return min(3*(t.Last-t.First)/float64(rows-1), t.Step/2)
}

// A toContinue is a series as a forecast takes it.
type toContinue struct {
	name, key string
	values    []float64
	first     int // step of the first value
	measure   Measure
	share     bool // between 0 and 1
}

// continued lists what is forecast: each series but the counts of attacks, in whose
// stead there is their share.
func (t *TimeSeries) continued() []toContinue {
	var out []toContinue
	for i := range t.Series {
		if s := &t.Series[i]; s.Measure != CountAttacks {
			out = append(out, toContinue{name: s.Name, key: s.Key, values: s.Values, measure: s.Measure})
		}
	}
	if t.Attacks == nil {
		return out
	}
	share := toContinue{name: "attack share", key: "attack_share", values: make([]float64, t.Steps), measure: MeanOfCells, share: true}
	for i, n := range t.Counts {
		share.values[i] = float64(t.Attacks[i]) / float64(n) // a gap without rows
	}
	return append(out, share)
}

// Known returns the values of the steps before a time, of a series that is forecast under
// this key; nil if there is none.
func (t *TimeSeries) Known(key string, before float64) []float64 {
	for _, s := range t.continued() {
		if s.key == key {
			return s.values[:max(0, min(t.Steps, int(math.Round((before-t.Start)/t.Step))))]
		}
	}
	return nil
}

// continueSeries fits, forecasts and tests one series.
func (t *TimeSeries) continueSeries(s toContinue, first, end, ahead int) SeriesForecast {
	out := SeriesForecast{Name: s.name, Key: s.key, Remarks: []string{}}
	from := max(first, end-mostFitted)
	for i := end - 1; i >= from; i-- {
		if math.IsNaN(s.values[i]) {
			from = i + 1
		}
	}
	s.values, s.first = s.values[from:end], from
	out.N, out.From = end-from, t.At(from)
	if out.N < minForecastSteps {
		out.Reason = fmt.Sprintf("Behind the last step without a value there is no more than %s; a forecast takes %d. Longer steps (--every) leave fewer gaps.",
			plural(int64(out.N), "step"), minForecastSteps)
		return out
	}
	m, err := t.modelOf(s)
	if err != nil {
		out.Reason = noModel(err)
		return out
	}
	out.take(m, ahead)
	out.Test, err = t.backTest(s, ahead)
	out.remark(t, m, s.first, err)
	return out
}

// noModel says why there is no model.
func noModel(err error) string {
	switch {
	case errors.Is(err, stats.ErrConstant):
		return "All values are equal; there is nothing to forecast but that they stay so."
	case errors.Is(err, stats.ErrNotFinite):
		return "Some values are too large to be computed with."
	}
	return "No model can be fitted: " + err.Error() + "."
}

// take fills in the model and what it expects.
func (f *SeriesForecast) take(m *seriesModel, ahead int) {
	f.Method, f.Logarithm, f.Weights = m.smoothing.String(), m.logarithm, m.smoothing.SmoothingWeights
	if m.smoothing.Season > 1 {
		f.Season, f.Period = m.smoothing.Season, m.period.Name
	}
	o := m.outlook(m.reach(ahead))
	f.Points, f.Low80, f.High80, f.Low95, f.High95 = o.points, o.low80, o.high80, o.low95, o.high95
}

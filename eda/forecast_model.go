package eda

import (
	"math"

	"github.com/netanom/netanom/stats"
)

// A seriesModel is a smoothing model with the way from a series to the scale on which
// it was fitted, and back.
type seriesModel struct {
	smoothing *stats.Smoothing
	period    *Period // that the values show, nil without one
	logarithm bool    // log(1+x) was fitted
	low, high float64 // between which all values lie
}

// modelOf fits a series. It looks at nothing but the values that it is given, so that
// the model of a back-test knows nothing of what it is tested with.
func (t *TimeSeries) modelOf(s toContinue) (*seriesModel, error) {
	m := &seriesModel{low: math.Inf(-1), high: math.Inf(1)}
	looked := Series{Name: s.name, Values: s.values, Measure: s.measure, N: len(s.values)}
	tally, err := stats.TallyOf(s.values)
	if err != nil {
		return nil, err
	}
	looked.Summary = stats.Summarize(tally)
	if err := looked.expect(&TimeSeriesOptions{Window: t.Window, ModZ: t.ModZ}); err != nil {
		return nil, err
	}
	switch {
	case looked.Summary.Distinct == 1:
		return nil, stats.ErrConstant
	case max(looked.Summary.Max, -looked.Summary.Min) > largestForecast:
		return nil, stats.ErrNotFinite
	}
	looked.Periods = t.periods(&looked)
	m.period = looked.Rhythm()
	if looked.Summary.Min >= 0 {
		m.low = 0
		m.logarithm = !s.share && likelierByLogarithms(s.values, m.season())
	}
	if s.share {
		m.high = 1
	}
	m.smoothing, err = stats.FitSmoothing(m.forth(s.values), stats.SmoothingOptions{Season: m.season()})
	return m, err
}

// likelierByLogarithms reports whether values without a negative one are more likely if
// their logarithms log(1+x) have normal errors than if they have themselves, as judged by
// the simplest model of a level and, where there is one, a season. Densities of logarithms
// become such of values by the derivative 1/(1+x).
func likelierByLogarithms(values []float64, season int) bool {
	if len(values) < 2*season {
		season = 0
	}
	o := stats.SmoothingOptions{Forms: []stats.SmoothingForm{{Trend: stats.NoTrend, Season: season}}}
	logs := logarithms(values)
	plain, err := stats.FitSmoothing(values, o)
	logged, err2 := stats.FitSmoothing(logs, o)
	if err != nil || err2 != nil {
		return false
	}
	derivatives := 0.0
	for _, v := range logs {
		derivatives -= v
	}
	return logged.LogLikelihood+derivatives > plain.LogLikelihood
}

// season is the number of steps after which the values repeat, 0 where they do not or
// where it is too long.
func (m *seriesModel) season() int {
	if m.period == nil || m.period.Steps > mostSeason {
		return 0
	}
	return m.period.Steps
}

// forth returns values on the scale of the model.
func (m *seriesModel) forth(values []float64) []float64 {
	if m.logarithm {
		return logarithms(values)
	}
	return values
}

// back returns a value on the scale of the series, within what it can be.
func (m *seriesModel) back(v float64) float64 {
	if m.logarithm {
		v = math.Expm1(v)
	}
	return min(max(v, m.low, -largestBound), m.high, largestBound)
}

// advance takes the next value in.
func (m *seriesModel) advance(value float64) {
	if m.logarithm {
		value = math.Log1p(value)
	}
	m.smoothing.Advance(value)
}

// An outlook is what a model expects of the steps to come, on the scale of the series.
type outlook struct{ points, low80, high80, low95, high95 []float64 }

// reach is how far the bounds of each step lie from the forecast, on the scale of the
// model; it is the same wherever the forecast begins.
func (m *seriesModel) reach(ahead int) (reach80, reach95 []float64) {
	for _, v := range m.smoothing.ForecastVariances(ahead) {
		reach80 = append(reach80, stats.NormalQuantile(0.9)*math.Sqrt(v))
		reach95 = append(reach95, stats.NormalQuantile(0.975)*math.Sqrt(v))
	}
	return reach80, reach95
}

// outlook forecasts as many steps as there are reaches.
func (m *seriesModel) outlook(reach80, reach95 []float64) outlook {
	var o outlook
	for h, v := range m.smoothing.Forecast(len(reach80)) {
		o.points = append(o.points, m.back(v))
		o.low80, o.high80 = append(o.low80, m.back(v-reach80[h])), append(o.high80, m.back(v+reach80[h]))
		o.low95, o.high95 = append(o.low95, m.back(v-reach95[h])), append(o.high95, m.back(v+reach95[h]))
	}
	return o
}

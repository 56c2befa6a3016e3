package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/plots"
)

// Forecast shows what the series are expected to be, in full: models, every step ahead,
// back-tests and pictures.
func Forecast(t *eda.TimeSeries, f *eda.Forecast) Section {
	s := forecastSection(f)
	s.Tables = []Table{forecastModels(f), backTests(f), forecastSteps(f)}
	for i := range f.Series {
		if p := &f.Series[i]; p.Reason == "" {
			fig, err := forecastFigure(t, f, p)
			s.draw(p.Key, fig, err)
		}
	}
	return s
}

// ForecastDigest is what of a forecast fits a terminal: models, back-tests, and the
// first steps of each series.
func ForecastDigest(f *eda.Forecast) Section {
	s := forecastSection(f)
	s.Tables = []Table{forecastModels(f), backTests(f)}
	all := forecastSteps(f)
	for i := range f.Series {
		if f.Series[i].Reason == "" {
			s.Tables = append(s.Tables, firstSteps(all, &f.Series[i]))
		}
	}
	return s
}

// forecastSection is a section of a forecast without its tables.
func forecastSection(f *eda.Forecast) Section {
	return Section{ID: "forecast", Title: "Forecast", Warnings: f.Remarks, Findings: findingsOf(f.Findings()), Commands: []string{"netanom timeseries --forecast " + fmt.Sprint(f.Steps)},
		Lead: fmt.Sprintf("%s of %s from %s UTC on, by exponential smoothing. Intervals take errors for normal and independent and leave out that the model is an estimate.",
			stepsAhead(f.Steps), f.StepName(), Format(Time, f.Start))}
}

// stepsAhead writes how many steps are forecast.
func stepsAhead(n int) string {
	if n == 1 {
		return "1 step"
	}
	return Format(Count, n) + " steps"
}

// forecastModels has a row for the model of each series.
func forecastModels(f *eda.Forecast) Table {
	table := Table{Name: "forecast_models", Title: "Models", Columns: detail(Cols("series", "smoothing", "season", "fitted_steps", "logarithm", "alpha_level", "beta_slope", "gamma_season", "phi_damping"), "phi_damping"),
		Note: "The one of six forms of additive errors, trend and season that has the least AICc, fitted by maximum likelihood."}
	for i := range f.Series {
		s := &f.Series[i]
		if s.Reason != "" {
			table.Footnotes = append(table.Footnotes, s.Name+": "+s.Reason)
			continue
		}
		w := s.Weights
		row := []any{s.Name, s.Method, words(s.Period), int64(s.N), s.Logarithm, w.Alpha, nil, nil, nil}
		if w.Beta > 0 {
			row[6], row[8] = w.Beta, w.Phi
		}
		if s.Season > 0 {
			row[7] = w.Gamma
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// backTests has a row for the back-test of each series, and what is to be known of its
// forecast below.
func backTests(f *eda.Forecast) Table {
	table := Table{Name: "back_tests", Title: "How good such forecasts were", Columns: detail(Cols("series", "smoothing", "origins", "horizon", "forecast_mae", "naive_mae", "relative_mae", "mase", "coverage80", "coverage95"), "smoothing", "mase"),
		Note: "Back-tests of the last steps: models that know only the steps before forecast them again and again, each time from one step later."}
	for i := range f.Series {
		s := &f.Series[i]
		if len(s.Remarks) > 0 {
			table.Footnotes = append(table.Footnotes, sentenceCase(s.Name)+": "+strings.Join(s.Remarks, " "))
		}
		if b := s.Test; b != nil {
			table.Rows = append(table.Rows, []any{s.Name, b.Method, int64(b.Origins), int64(b.Horizon), b.MAE, b.NaiveMAE, ratioCell(b.Relative), ratioCell(b.MASE), b.Coverage80, b.Coverage95})
		}
	}
	return table
}

// ratioCell is the cell of a number that may be missing.
func ratioCell(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

// forecastSteps lists every step ahead of every series.
func forecastSteps(f *eda.Forecast) Table {
	table := Table{Name: "forecast", Title: "Steps ahead", Columns: Cols("series", "time", "forecast", "low80", "high80", "low95", "high95")}
	for i := range f.Series {
		s := &f.Series[i]
		for h, v := range s.Points {
			table.Rows = append(table.Rows, []any{s.Name, f.At(h), v, s.Low80[h], s.High80[h], s.Low95[h], s.High95[h]})
		}
	}
	return table
}

// mostStepsShown is how many steps ahead the terminal shows of a series.
const mostStepsShown = 24

// firstSteps are the first steps ahead of one series.
func firstSteps(all Table, s *eda.SeriesForecast) Table {
	table := Table{Name: "forecast_" + s.Key, Title: sentenceCase(s.Name), Columns: all.Columns[1:]}
	for _, row := range all.Rows {
		if row[0] == s.Name && len(table.Rows) < mostStepsShown {
			table.Rows = append(table.Rows, row[1:])
		}
	}
	if n := len(s.Points); n > mostStepsShown {
		table.Title = fmt.Sprintf("%s, the first %d of %s steps ahead", table.Title, mostStepsShown, Format(Count, n))
	}
	return table
}

// forecastFigure draws the last steps of a series and those ahead.
func forecastFigure(t *eda.TimeSeries, f *eda.Forecast, s *eda.SeriesForecast) (*plots.Figure, error) {
	past := t.Known(s.Key, f.Start)
	past = past[max(0, len(past)-max(3*f.Steps, 2*s.Season, 48)):]
	gaps := slices.Repeat([]float64{math.NaN()}, len(past))
	d := plots.SeriesData{
		Title: fmt.Sprintf("%s: %s ahead by %s", sentenceCase(s.Name), stepsAhead(f.Steps), s.Method), Label: s.Name + " per " + f.StepName(),
		Lines: []plots.Line{{Name: s.Name, Values: slices.Concat(past, slices.Repeat([]float64{math.NaN()}, f.Steps))}},
		Band:  &plots.Band{Name: "forecast with 95 % intervals", Low: slices.Concat(gaps, s.Low95), High: slices.Concat(gaps, s.High95), Middle: slices.Concat(gaps, s.Points)},
	}
	for i := range d.Lines[0].Values {
		d.Times = append(d.Times, f.At(i-len(past)))
	}
	return plots.Series(d)
}

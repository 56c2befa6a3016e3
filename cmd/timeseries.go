package cmd

import (
	"context"
	"math"

	"github.com/spf13/cobra"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/report"
)

type timeSeriesOptions struct {
	analysis
	time                           string
	every                          span
	rowOrder                       bool
	rows                           number
	window, modifiedZ, lags, alpha number
	forecast                       number
}

func newTimeSeries(w *world) *cobra.Command {
	o := &timeSeriesOptions{
		rows:      number{low: 0, high: 1e9, kind: whole},
		window:    number{value: 15, low: 3, high: 10001, kind: whole},
		modifiedZ: number{value: 3.5, high: math.MaxFloat64, kind: open},
		lags:      number{low: 0, high: 400, kind: whole},
		alpha:     number{value: 0.05, high: 1, kind: open},
		forecast:  number{low: 0, high: 1000, kind: whole},
	}
	c := o.command(w, &cobra.Command{
		Use:        "timeseries",
		Aliases:    []string{"ts"},
		SuggestFor: []string{"time", "series", "trend", "seasonality", "acf", "timeline"},
		Short:      "Follow traffic over time",
		Long: `Timeseries counts connections, bytes and attacks in equal steps of time and says
what is to be seen in them: steps that stand out and whether attacks are in
them, autocorrelation, stationarity, trend, daily and weekly rhythm, and where
the level changes. Rows need not be in order of time.

Without --every the step is the shortest round span that makes no more than 500
steps, or one for every five rows if these are fewer, but 100 at least. Steps
without rows are 0 for counts and sums, and missing for means. Times are UTC.

A table without times is refused; --row-order then makes steps of consecutive
rows, which are labelled so: files need not be in order of time, and KDD files
are shuffled.

With --forecast the series go on: models of exponential smoothing say what each
step ahead is expected to be, with intervals of 80 and 95 %, and a back-test how
good such forecasts were and whether they beat the naive one.`,
		Example: `  netanom timeseries
  netanom timeseries --every 10m --feature duration --window 25
  netanom timeseries --every 1h --forecast 24
  netanom timeseries --format csv --fail-if 'deviation > 1000'`,
	}, o.ask)
	f := c.Flags()
	f.StringVar(&o.time, "time", "", "`column` of times (default: found)")
	f.Var(&o.every, "every", "length of a step, as 30s, 10m, 1h, 1d or 1w (default: chosen)")
	f.StringSliceVar(&o.features, "feature", nil, "numeric `column` whose mean is followed too; repeatable")
	f.BoolVar(&o.rowOrder, "row-order", false, "make steps of consecutive rows instead of time")
	f.Var(&o.rows, "rows", "rows of a step in row order (default: chosen)")
	f.Var(&o.window, "window", "steps of the rolling median")
	f.Var(&o.modifiedZ, "modified-z", "limit of spikes, in scaled median absolute deviations")
	f.Var(&o.lags, "lags", "lags of the autocorrelation (default: chosen)")
	f.Var(&o.forecast, "forecast", "steps to forecast, 0 for none")
	f.Var(&o.alpha, "alpha", "level of the tests, adjusted for the number of series")
	for _, name := range []string{"time", "feature"} {
		w.complete(c, name, o.input.completeColumns)
	}
	w.complete(c, "every", words("1s", "10s", "1m", "10m", "30m", "1h", "1d"))
	return c
}

func (o *timeSeriesOptions) ask(ctx context.Context, in *input) (answer, error) {
	switch {
	case o.rowOrder && (o.time != "" || o.every > 0):
		return answer{}, usagef("--row-order makes steps of rows; it does not go with --time or --every")
	case !o.rowOrder && o.rows.value > 0:
		return answer{}, usagef("--rows goes with --row-order")
	case o.rowOrder && o.forecast.value > 0:
		return answer{}, usagef("--forecast goes with time, not with --row-order: the order of rows has no future")
	}
	if err := in.load(ctx); err != nil {
		return answer{}, err
	}
	t, err := eda.TimeSeriesOf(ctx, in.source, eda.TimeSeriesOptions{
		Time: o.time, Every: float64(o.every), RowOrder: o.rowOrder, StepRows: int64(o.rows.value), Features: o.features, Normal: o.input.normal,
		Window: int(o.window.value), ModZ: o.modifiedZ.value, Lags: int(o.lags.value), Alpha: o.alpha.value, Stage: in.progress.stageIs,
	})
	if err != nil {
		return answer{}, err
	}
	full, err := report.TimeSeries(t)
	if err != nil {
		return answer{}, err
	}
	digest := report.TimeDigest(t)
	full.Findings = report.TimeFindings(t)
	digest.Findings = full.Findings
	out := answer{rows: t.Rows, sections: []report.Section{full}, digest: []report.Section{digest}}
	if o.forecast.value == 0 {
		return out, nil
	}
	in.progress.stageIs("forecasting")
	f, err := eda.ForecastOf(t, eda.ForecastOptions{Steps: int(o.forecast.value)})
	if err != nil {
		return answer{}, err
	}
	out.sections = append(out.sections, report.Forecast(t, f))
	out.digest = append(out.digest, report.ForecastDigest(f))
	return out, nil
}

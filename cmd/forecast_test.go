package cmd

import (
	"strings"
	"testing"
)

// A forecast is in every format, begins behind the whole steps, and comes with its test.
func TestTimeSeriesForecast(t *testing.T) {
	t.Chdir(t.TempDir())
	run(t, "simulate", "--connections", "4000", "--days", "4", "--seed", "5", "--out", "traffic.csv", "--quiet")
	tables := seriesTables(t, run(t, "timeseries", "traffic.csv", "--every", "1h", "--forecast", "7", "--format", "json", "--no-report"))
	if got := len(tables["forecast_models"]); got != 4 {
		t.Errorf("%d series are forecast", got)
	}
	steps := tables["series"]
	last := steps[len(steps)-1]["time"].(float64)
	for i, row := range tables["forecast"] {
		if at := row["time"].(float64); at != tables["forecast"][0]["time"].(float64)+3600*float64(i%7) || at < last || row["low95"].(float64) < 0 {
			t.Errorf("row %d of the forecast: %v", i, row)
		}
	}
	if len(tables["forecast"]) != 4*7 {
		t.Errorf("%d rows for 7 steps of 4 series", len(tables["forecast"]))
	}
	for _, row := range tables["back_tests"] {
		if row["origins"].(float64) < 10 || row["horizon"].(float64) != 7 {
			t.Errorf("back-test %v", row)
		}
	}
	if text := run(t, "timeseries", "traffic.csv", "--every", "1h", "--forecast", "2", "--format", "csv", "--no-report"); !strings.Contains(text, "series,time,forecast,low80,high80,low95,high95\n") {
		t.Error("CSV has no table of the forecast")
	}
	if _, known := seriesTables(t, run(t, "timeseries", "traffic.csv", "--every", "1h", "--format", "json", "--no-report"))["forecast"]; known {
		t.Error("there is a forecast that nobody asked for")
	}
}

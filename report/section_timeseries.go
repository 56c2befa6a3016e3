package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/eda"
	"github.com/netanom/netanom/stats"
)

// TimeSeries shows a table resampled into equal steps, in full: the series
// themselves, what stands out, and their pictures.
func TimeSeries(t *eda.TimeSeries) (Section, error) {
	s := Section{ID: "timeseries", Title: "Time series", Lead: timeLead(t), Warnings: t.Warnings, Commands: []string{"netanom timeseries"}}
	if t.RowOrder() {
		s.Title = "Series in row order, not time"
	}
	s.Tables = append(s.Tables, seriesSummary(t))
	for _, table := range []Table{
		spikeTable(t), stationarityTable(t), trendTable(t), periodTable(t), segmentTable(t), hourTable(t), correlogramTable(t),
	} {
		if len(table.Rows) > 0 {
			s.Tables = append(s.Tables, table)
		}
	}
	tests, err := seriesTests(t)
	if err != nil {
		return s, err
	}
	if len(tests.Rows) > 0 {
		s.Tables = append(s.Tables, tests)
	}
	if t.Steps <= maxBandSteps {
		s.Tables = append(s.Tables, bandTable(t))
	} else {
		s.Warnings = append(slices.Clone(s.Warnings), fmt.Sprintf("The band of each step is not listed: there are more than %s steps.", Format(Count, maxBandSteps)))
	}
	s.Tables = append(s.Tables, stepTable(t))
	seriesFigures(&s, t)
	return s, nil
}

// maxBandSteps bounds the table of bands, which has a row for each step of each
// series.
const maxBandSteps = 5000

// TimeFindings are the findings of series.
func TimeFindings(t *eda.TimeSeries) []Finding { return findingsOf(t.Findings()) }

// findingsOf turns findings into those of a document.
func findingsOf(list []eda.Finding) []Finding {
	out := []Finding{}
	for _, f := range list {
		out = append(out, Finding{Level: Level(f.Severity), About: f.About, Text: f.Text, Next: f.Next})
	}
	return out
}

// timeLead says what the steps are.
func timeLead(t *eda.TimeSeries) string {
	if t.RowOrder() {
		return fmt.Sprintf("%s steps of %s in the order of the file.", Format(Count, t.Steps), t.StepName())
	}
	var rows int64
	for _, n := range t.Counts {
		rows += n
	}
	return fmt.Sprintf("%s rows by the column %s, %s to %s UTC, in %s steps of %s. The first and the last step may be covered in part only.",
		Format(Count, rows), t.Clock, Format(Time, math.Floor(t.First)), Format(Time, math.Floor(t.Last)), Format(Count, t.Steps), t.StepName())
}

// place returns the column that says where a step begins: its time, or in row order
// its first row.
func place(t *eda.TimeSeries) Column {
	if t.RowOrder() {
		return Col("row")
	}
	return Col("time")
}

// at returns where a step begins, as a cell.
func at(t *eda.TimeSeries, step int) any {
	switch {
	case step < 0:
		return nil
	case t.RowOrder():
		return int64(t.At(step))
	}
	return t.At(step)
}

// seriesSummary describes every series in a row.
func seriesSummary(t *eda.TimeSeries) Table {
	table := Table{Name: "summary", Title: "Per step of " + t.StepName(), Columns: detail(Cols("series", "n", "missing", "mean", "sd", "q50", "max", "max_time", "n_spikes", "per_second", "max_per_second"), "n", "missing", "sd")}
	if t.RowOrder() {
		table.Columns[7] = Col("max_row")
	}
	for i := range t.Series {
		s := &t.Series[i]
		row := []any{s.Name, s.Summary.N, int64(t.Steps) - s.Summary.N, s.Summary.Mean, s.Summary.SD, s.Summary.Q50, s.Summary.Max, at(t, s.Highest), int64(len(s.Spikes)), nil, nil}
		if !t.RowOrder() && s.Measure != eda.MeanOfCells {
			row[9], row[10] = s.Summary.Mean/t.Step, s.Summary.Max/t.Step
		}
		table.Rows = append(table.Rows, row)
	}
	if t.RowOrder() {
		table.Columns = detail(table.Columns, "per_second", "max_per_second")
	}
	return table
}

// spikeTable lists the steps that stand out, series by series.
func spikeTable(t *eda.TimeSeries) Table {
	table := Table{Name: "spikes", Title: "Steps outside the band around the rolling median",
		Columns: detail(append([]Column{Col("series"), place(t)}, Cols("value", "rolling_median", "lower", "upper", "deviation", "rows", "attack_share", "top_attack")...), "rows"),
		Note:    bandNote(t)}
	for i := range t.Series {
		for _, p := range t.Series[i].Spikes {
			table.Rows = append(table.Rows, append([]any{t.Series[i].Name}, spikeRow(t, &t.Series[i], p)...))
		}
	}
	if t.Attacks == nil {
		table.Columns = detail(table.Columns, "attack_share", "top_attack")
	}
	return table
}

func spikeRow(t *eda.TimeSeries, s *eda.Series, p eda.SeriesSpike) []any {
	return []any{at(t, p.Index), p.Value, p.Median, s.Low[p.Index], s.High[p.Index], p.Score, p.Rows, p.Share, words(p.Attack)}
}

// bandNote says what the band is.
func bandNote(t *eda.TimeSeries) string {
	note := fmt.Sprintf("The band is %g scaled median absolute deviations around the median of %d steps.", t.ModZ, t.Window)
	var logs []string
	for i := range t.Series {
		if t.Series[i].Logarithmic {
			logs = append(logs, t.Series[i].Name)
		}
	}
	if len(logs) > 0 {
		note += fmt.Sprintf(" Over orders of magnitude it is computed by logarithms: %s.", joined(logs, 10))
	}
	return note
}

// views lists those of all series.
func views(t *eda.TimeSeries) []*eda.View {
	var out []*eda.View
	for i := range t.Series {
		for k := range t.Series[i].Views {
			out = append(out, &t.Series[i].Views[k])
		}
	}
	return out
}

// stationarityTable reads the tests of stationarity together.
func stationarityTable(t *eda.TimeSeries) Table {
	table := Table{Name: "stationarity", Title: "Does it stay around one level?", Columns: Cols("series", "reading", "p_adf", "p_kpss", "p_white"),
		Note: "A small p excludes a unit root (ADF), a fixed level (KPSS), steps that have nothing to do with their neighbours (Ljung-Box); it is adjusted for the number of rows. The reading is where ADF and KPSS agree. Calm: with spikes set to the rolling median."}
	for _, v := range views(t) {
		row := []any{v.Name, v.Reading.String(), nil, nil, nil}
		for k, name := range []string{eda.TestUnitRoot, eda.TestLevel, eda.TestWhiteNoise} {
			if test := v.Test(name); test != nil {
				row[2+k] = P{test.PAdjusted, test.Log10PAdjusted}
			}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// trendTable lists the monotone trends.
func trendTable(t *eda.TimeSeries) Table {
	table := Table{Name: "trend", Title: "Trend (Mann-Kendall, Sen's slope per hour)",
		Columns: detail(Cols("series", "slope", "slope_low", "slope_high", "tau", "p_adj", "log10_p_adj"), "log10_p_adj"),
		Note:    "p takes the steps for independent; where they go with their neighbours it is too small."}
	if t.RowOrder() {
		table.Title = "Trend in row order (Mann-Kendall, Sen's slope per step)"
	}
	h := t.PerHour()
	for _, v := range views(t) {
		if m := v.Test(eda.TestMonotone); m != nil {
			table.Rows = append(table.Rows, []any{v.Name, m.Estimate.Value * h, m.CI.Low * h, m.CI.High * h, m.Effect.Value, P{m.PAdjusted, m.Log10PAdjusted}, m.Log10PAdjusted})
		}
	}
	return table
}

// periodTable lists the candidate periods, for each series the clearest first.
func periodTable(t *eda.TimeSeries) Table {
	table := Table{Name: "periods", Title: "Does it repeat itself?", Columns: Cols("series", "period", "cycles", "acf", "strength", "skill", "supported"),
		Note: "Without spikes, and by logarithms where no value is negative. A rhythm takes three cycles, each foretold by the others in at least 0.1 of how it varies."}
	for i := range t.Series {
		for _, p := range t.Series[i].Periods {
			table.Rows = append(table.Rows, []any{t.Series[i].Name, p.Name, math.Round(p.Cycles*100) / 100, p.ACF, p.Strength, p.Skill, p.Supported})
		}
	}
	return table
}

// segmentTable lists the stretches of series whose level changes.
func segmentTable(t *eda.TimeSeries) Table {
	table := Table{Name: "levels", Title: "Where the level changes", Columns: append([]Column{Col("series"), place(t)}, Cols("steps", "typical", "factor", "change")...),
		Note: "Without spikes. Changes are looked for with the rhythm taken off, and by logarithms where no value is negative; so is the factor."}
	factors := false
	for i := range t.Series {
		s := &t.Series[i]
		if len(s.Levels) < 2 {
			continue
		}
		for k, level := range s.Levels {
			factor, change := math.NaN(), math.NaN()
			if k > 0 {
				change = level.Typical - s.Levels[k-1].Typical
				if s.Summary.Min >= 0 {
					factor, factors = math.Exp(level.Shift), true
				}
			}
			table.Rows = append(table.Rows, []any{s.Name, at(t, level.First), level.N, level.Typical, factor, change})
		}
	}
	if factors {
		table.Columns = detail(table.Columns, "change")
	}
	return table
}

// hourTable describes the hours of the day.
func hourTable(t *eda.TimeSeries) Table {
	table := Table{Name: "hours", Title: "Hours of the day, per step of " + t.StepName(), Columns: Cols("series", "hour", "steps", "mean", "q50", "max")}
	for _, h := range t.Hours {
		table.Rows = append(table.Rows, []any{h.Series, fmt.Sprintf("%02d:00", h.Hour), h.N, h.Mean, h.Median, h.Max})
	}
	return table
}

// correlogramTable lists the autocorrelations of every series.
func correlogramTable(t *eda.TimeSeries) Table {
	table := Table{Name: "correlogram", Title: "Autocorrelation", Columns: Cols("series", "lag", "acf", "pacf")}
	for _, v := range views(t) {
		c := v.Correlogram
		if c == nil {
			continue
		}
		if note := fmt.Sprintf("Of %s steps of white noise, 95 %% of the coefficients lie within ±%s.", Format(Count, c.N), Format(Real, c.Bound)); !slices.Contains(table.Footnotes, note) {
			table.Footnotes = append(table.Footnotes, note)
		}
		for k := 1; k < len(c.ACF); k++ {
			table.Rows = append(table.Rows, []any{v.Name, int64(k), c.ACF[k], c.PACF[k]})
		}
	}
	return table
}

// seriesTests lists every test in full.
func seriesTests(t *eda.TimeSeries) (Table, error) {
	f := Family{By: "series", Adjust: "bh, each test over all series"}
	var results []stats.Result
	for _, v := range views(t) {
		for _, test := range v.Tests {
			f.Labels, f.Log10PAdj, results = append(f.Labels, v.Name), append(f.Log10PAdj, test.Log10PAdjusted), append(results, test.Result)
		}
	}
	table, err := f.Table("tests", "Tests of the series", results)
	table.Columns = detail(table.Columns, "effect_name", "effect", "estimate_name", "estimate", "conf_low", "conf_high", "conf_level", "null_name", "null", "alternative", "statistic_name", "test")
	return table, err
}

// bandTable lists each step of each series with its band.
func bandTable(t *eda.TimeSeries) Table {
	table := Table{Name: "bands", Title: "Each step with its band", Columns: append([]Column{Col("series"), place(t)}, Cols("value", "rolling_median", "lower", "upper", "is_spike")...), Note: bandNote(t)}
	for i := range t.Series {
		s := &t.Series[i]
		spikes := map[int]bool{}
		for _, p := range s.Spikes {
			spikes[p.Index] = true
		}
		for k := range s.Expected {
			table.Rows = append(table.Rows, []any{s.Name, at(t, k), s.Values[k], s.Expected[k], s.Low[k], s.High[k], spikes[k]})
		}
	}
	return table
}

// stepTable lists the steps with all series side by side, and those that are amounts
// as rates too.
func stepTable(t *eda.TimeSeries) Table {
	table := Table{Name: "series", Title: "All series, per step of " + t.StepName(), Columns: []Column{place(t), Col("rows")}}
	type cell struct {
		values []float64
		by     float64
	}
	cells := []cell{}
	for i := range t.Series {
		s := &t.Series[i]
		c, known := Lookup(s.Key)
		if !known {
			c = Column{Key: s.Key, Title: s.Name, Kind: Real}
		}
		table.Columns, cells = append(table.Columns, c), append(cells, cell{s.Values, 1})
	}
	for i := range t.Series {
		if s := &t.Series[i]; !t.RowOrder() && s.Measure != eda.MeanOfCells {
			c := Col(s.Key + "_per_second")
			c.Detail = true
			table.Columns, cells = append(table.Columns, c), append(cells, cell{s.Values, t.Step})
		}
	}
	for k := range t.Steps {
		row := []any{at(t, k), t.Counts[k]}
		for _, c := range cells {
			row = append(row, c.values[k]/c.by)
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/eda"
)

// TimeDigest is what of the series fits a terminal.
func TimeDigest(t *eda.TimeSeries) Section {
	s := Section{ID: "timeseries", Title: "Time series", Lead: timeLead(t), Warnings: t.Warnings}
	if t.RowOrder() {
		s.Title = "Series in row order, not time"
	}
	s.Tables = append(s.Tables, seriesSummary(t))
	for _, table := range []Table{digestSpikes(t), stationarityTable(t), trendTable(t), periodTable(t), digestLevels(t), digestHours(t)} {
		if len(table.Rows) > 0 {
			s.Tables = append(s.Tables, table)
		}
	}
	return s
}

// overTime is what of the series a first look shows.
func overTime(t *eda.TimeSeries) Section {
	table := seriesSummary(t)
	table.Columns = detail(table.Columns, "per_second", "max_per_second")
	return Section{ID: "timeseries", Title: "Over time", Lead: timeLead(t), Tables: []Table{table}}
}

// mostDigestRows is how many rows of a list the terminal shows.
const mostDigestRows = 10

// digestSpikes lists the farthest spikes of the first series that has any, in order
// of time.
func digestSpikes(t *eda.TimeSeries) Table {
	table := Table{}
	for i := range t.Series {
		s := &t.Series[i]
		if len(s.Spikes) == 0 {
			continue
		}
		far := slices.Clone(s.Spikes)
		slices.SortStableFunc(far, func(a, b eda.SeriesSpike) int { return cmp.Compare(math.Abs(b.Score), math.Abs(a.Score)) })
		far = far[:min(len(far), mostDigestRows)]
		slices.SortFunc(far, func(a, b eda.SeriesSpike) int { return cmp.Compare(a.Index, b.Index) })
		table = spikeTable(t)
		table.Columns, table.Rows = detail(slices.Clone(table.Columns[1:]), "rolling_median"), nil
		table.Title = fmt.Sprintf("Steps of %s outside the band", s.Name)
		if len(far) < len(s.Spikes) {
			table.Title = fmt.Sprintf("The %d of %d steps of %s that are farthest outside the band", len(far), len(s.Spikes), s.Name)
		}
		for _, p := range far {
			table.Rows = append(table.Rows, spikeRow(t, s, p))
		}
		return table
	}
	return table
}

// digestLevels lists the levels of series that change a few times.
func digestLevels(t *eda.TimeSeries) Table {
	table := segmentTable(t)
	counts := map[any]int{}
	for _, row := range table.Rows {
		counts[row[0]]++
	}
	var left []string
	table.Rows = slices.DeleteFunc(table.Rows, func(row []any) bool { return counts[row[0]] > mostDigestRows })
	for i := range t.Series {
		if n := counts[t.Series[i].Name]; n > mostDigestRows {
			left = append(left, fmt.Sprintf("%s (%d)", t.Series[i].Name, n-1))
		}
	}
	if len(left) > 0 {
		table.Footnotes = []string{fmt.Sprintf("Not shown because of many changes: %s.", joined(left, 10))}
	}
	return table
}

// digestHours describes the hours of the day of the first series.
func digestHours(t *eda.TimeSeries) Table {
	table := hourTable(t)
	if len(table.Rows) == 0 {
		return table
	}
	first := table.Rows[0][0]
	table.Rows = slices.DeleteFunc(table.Rows, func(row []any) bool { return row[0] != first })
	for i := range table.Rows {
		table.Rows[i] = table.Rows[i][1:]
	}
	table.Columns = table.Columns[1:]
	table.Title = fmt.Sprintf("Hours of the day (UTC): %s per step of %s", first, t.StepName())
	return table
}

package eda_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/eda"
)

func timeSeries(t testing.TB, src dataset.Source, o eda.TimeSeriesOptions) *eda.TimeSeries {
	t.Helper()
	s, err := eda.TimeSeriesOf(context.Background(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// hours is a table over twelve hours, out of order, whose sums can be checked by hand.
const hours = `timestamp,src_bytes,dst_bytes,load,attack
2026-03-02T03:10:00Z,100,5,0.5,normal
2026-03-02T00:00:00Z,10,1,1,normal
2026-03-02T00:59:59.999Z,20,2,2,smurf
2026-03-02T11:59:00Z,1,1,8,normal
,7,7,7,smurf
2026-03-02T05:00:00Z,1000,50,,neptune
2026-03-02T05:30:00Z,2000,,4,neptune
2026-03-02T05:45:00Z,3000,50,6,smurf
2026-03-02T05:50:00Z,,25,2,normal
2026-03-02T07:00:00Z,,4,,normal
2026-03-02T03:50:00Z,200,5,1.5,
`

func TestTimeSeries(t *testing.T) {
	sources(t, hours, func(t *testing.T, src dataset.Source) {
		s := timeSeries(t, src, eda.TimeSeriesOptions{Every: 3600, Features: []string{"load"}})
		start := float64(time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC).Unix())
		if s.Clock != "timestamp" || s.Start != start || s.Step != 3600 || s.Steps != 12 || s.Rows != 11 || s.Untimed != 1 || s.First != start || s.Last != start+11*3600+59*60 {
			t.Errorf("steps %+v", s)
		}
		nan := math.NaN()
		same(t, "counts", s.Counts, []int64{2, 0, 0, 2, 0, 4, 0, 1, 0, 0, 0, 1})
		same(t, "attacks", s.Attacks, []int64{1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0})
		var names []string
		for i := range s.Series {
			names = append(names, s.Series[i].Name)
		}
		same(t, "names", names, []string{"connections", "bytes out", "bytes in", "attacks", "mean load"})
		for i, want := range [][]float64{
			{2, 0, 0, 2, 0, 4, 0, 1, 0, 0, 0, 1},
			{30, 0, 0, 300, 0, 6000, 0, nan, 0, 0, 0, 1},
			{3, 0, 0, 10, 0, 125, 0, 4, 0, 0, 0, 1},
			{1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0},
			{1.5, nan, nan, 1, nan, 4, nan, nan, nan, nan, nan, 8},
		} {
			same(t, names[i], s.Series[i].Values, want)
		}
		connections := &s.Series[0]
		if connections.Highest != 5 || connections.Summary.Max != 4 || connections.N != 12 || len(connections.Views) == 0 {
			t.Errorf("connections %+v", connections)
		}
		if load := &s.Series[4]; load.N != 1 || load.Views != nil || len(load.Skipped) == 0 {
			t.Errorf("mean load %+v", load)
		}
		if got := s.When(5); got != "2026-03-02 05:00" {
			t.Errorf("step 5 begins %q", got)
		}
	})
}

// Steps begin at whole multiples of their length, weeks on Mondays.
func TestTimeSeriesSteps(t *testing.T) {
	for _, c := range []struct {
		from, to string
		rows     int
		every    float64
		step     float64
		start    string
	}{
		{"2026-03-02T00:05:00Z", "2026-03-15T23:00:00Z", 5000, 0, 3600, "2026-03-02T00:00:00Z"},
		{"2026-03-02T00:05:00Z", "2026-03-08T23:00:00Z", 5000, 0, 1800, "2026-03-02T00:00:00Z"},
		{"2026-03-02T00:05:07Z", "2026-03-02T00:59:00Z", 5000, 0, 10, "2026-03-02T00:05:00Z"},
		{"2026-03-02T00:05:07Z", "2026-03-02T00:05:07.9Z", 5000, 0, 0.002, "2026-03-02T00:05:07Z"},
		{"2026-03-02T00:05:07Z", "2026-03-02T00:59:00Z", 50, 0, 60, "2026-03-02T00:05:00Z"},
		{"2000-01-05T00:00:00Z", "2026-01-05T00:00:00Z", 5000, 0, 28 * 86400, "1999-12-27T00:00:00Z"},
		{"2026-03-05T12:00:00Z", "2026-06-05T12:00:00Z", 300, 7 * 86400, 7 * 86400, "2026-03-02T00:00:00Z"},
		{"2026-03-05T12:34:56Z", "2026-03-05T20:00:00Z", 300, 5400, 5400, "2026-03-05T12:00:00Z"},
	} {
		from, to := instant(t, c.from), instant(t, c.to)
		var b strings.Builder
		b.WriteString("ts,x\n")
		for i := range c.rows {
			fmt.Fprintf(&b, "%s,1\n", dataset.FormatTime(from+(to-from)*float64(i)/float64(c.rows-1)))
		}
		s := timeSeries(t, tableOf(t, b.String(), dataset.Options{}), eda.TimeSeriesOptions{Every: c.every})
		if s.Step != c.step || dataset.FormatTime(s.Start) != c.start {
			t.Errorf("%s to %s, %d rows: steps of %v from %s, want %v from %s", c.from, c.to, c.rows, s.Step, dataset.FormatTime(s.Start), c.step, c.start)
		}
		var rows int64
		for _, n := range s.Counts {
			rows += n
		}
		if rows != int64(c.rows) || s.At(s.Steps) <= to || s.At(s.Steps-1) > to {
			t.Errorf("%s to %s: %d rows in steps to %s", c.from, c.to, rows, dataset.FormatTime(s.At(s.Steps)))
		}
	}
}

func instant(t testing.TB, text string) float64 {
	t.Helper()
	x, ok := dataset.ParseTime([]byte(text), dataset.ISO8601)
	if !ok {
		t.Fatalf("%s is no time", text)
	}
	return x
}

// minutely returns a table of n rows, one a minute, with x as given.
func minutely(n int, x func(i int) float64) string {
	var b strings.Builder
	b.WriteString("ts,x\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%g\n", 1772409600+60*i, x(i))
	}
	return b.String()
}

// Rows far away from all others do not stretch the steps, few or ordinary ones do.
func TestTimeSeriesStrays(t *testing.T) {
	one := func(int) float64 { return 1 }
	for _, c := range []struct {
		name, more string
		outside    int64
	}{
		{"one in 1970", "86400,1\n", 1},
		{"one on either side", "86400,1\n4102444700,1\n", 2},
		{"more than one in a hundred", strings.Repeat("86400,1\n", 5), 0},
		{"one that is late, but not by much", "1772413200,1\n1772430000,1\n", 0},
		{"none", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := timeSeries(t, tableOf(t, minutely(300, one)+c.more, dataset.Options{Types: map[string]dataset.Kind{"ts": dataset.Time}}), eda.TimeSeriesOptions{})
			if s.Outside.Rows != c.outside {
				t.Errorf("%d rows are outside (%+v), want %d", s.Outside.Rows, s.Outside, c.outside)
			}
			if c.outside > 0 && (s.Steps != 60 || s.Step != 300 || s.Outside.Earliest != 86400 || !strings.Contains(strings.Join(s.Warnings, " "), "1970-01-02")) {
				t.Errorf("%d steps, outside %+v, warnings %q", s.Steps, s.Outside, s.Warnings)
			}
		})
	}
}

func TestTimeSeriesRowOrder(t *testing.T) {
	sources(t, flows, func(t *testing.T, src dataset.Source) {
		s := timeSeries(t, src, eda.TimeSeriesOptions{RowOrder: true, StepRows: 7, Features: []string{"serror_rate"}})
		if !s.RowOrder() || s.Steps != 4 || s.Leftover != 2 || s.When(1) != "row 8" || s.StepName() != "7 rows" {
			t.Errorf("%d steps, %d left over, the second from %s on", s.Steps, s.Leftover, s.When(1))
		}
		var names []string
		for i := range s.Series {
			names = append(names, s.Series[i].Name)
		}
		same(t, "names", names, []string{"bytes out", "attacks", "mean serror_rate"})
		same(t, "bytes out", s.Series[0].Values, []float64{150, 392, 1260, 1750})
		same(t, "attacks", s.Attacks, []int64{0, 3, 1, 7})
		if text := strings.Join(s.Warnings, " "); !strings.Contains(text, "not time") || !strings.Contains(text, "last 2 rows") {
			t.Errorf("warnings %q", s.Warnings)
		}
		if s.Hours != nil || s.Series[0].Periods != nil {
			t.Error("row order has hours or periods")
		}
	})
}

// The order of the rows does not matter.
func TestTimeSeriesOfShuffledRows(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	var rows []string
	for range 3000 {
		label := "normal"
		if r.Float64() < 0.2 {
			label = "smurf"
		}
		rows = append(rows, fmt.Sprintf("%.3f,%d,%s", 1772409600+3*86400*r.Float64(), r.IntN(5000), label))
	}
	of := func() *eda.TimeSeries {
		return timeSeries(t, tableOf(t, "ts,src_bytes,label\n"+strings.Join(rows, "\n")+"\n", dataset.Options{}), eda.TimeSeriesOptions{})
	}
	want := of()
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	same(t, "shuffled", of(), want)
}

// Each spike says what its rows are; of equal attacks the first by name counts.
func TestTimeSeriesSpikes(t *testing.T) {
	var b strings.Builder
	b.WriteString("ts,label\n")
	for h := range 48 {
		n := 10 + h%3
		if h == 30 {
			n = 100
		}
		for i := range n {
			label := "normal"
			if h == 30 && i >= 20 {
				label = []string{"smurf", "neptune"}[i%2]
			}
			fmt.Fprintf(&b, "%d,%s\n", 1772409600+3600*h+i, label)
		}
	}
	s := timeSeries(t, tableOf(t, b.String(), dataset.Options{}), eda.TimeSeriesOptions{Every: 3600})
	for _, series := range s.Series {
		if len(series.Spikes) != 1 {
			t.Fatalf("%s has the spikes %+v", series.Name, series.Spikes)
		}
		p := series.Spikes[0]
		if p.Index != 30 || p.Rows != 100 || p.Attacks != 80 || p.Share != 0.8 || p.Attack != "neptune" || p.AttackRows != 40 {
			t.Errorf("%s: %+v", series.Name, p)
		}
		if p.Value <= series.High[30] || series.Low[30] > p.Median || p.Median > series.High[30] {
			t.Errorf("%s: %v is within %v to %v", series.Name, p.Value, series.Low[30], series.High[30])
		}
	}
	found := s.Findings()
	if !slices.ContainsFunc(found, func(f eda.Finding) bool {
		return strings.Contains(f.Text, "In 1 of them most rows are attacks; attacks are 80 %") && strings.Contains(f.Text, "neptune")
	}) {
		t.Errorf("findings %+v", found)
	}
}

// A rhythm is only stated where cycles foretell each other.
func TestTimeSeriesRhythm(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	hourly := func(days int, level func(h int) float64) *eda.TimeSeries {
		text := "ts,x\n"
		for h := range 24 * days {
			text += fmt.Sprintf("%d,%.6f\n", 1772409600+3600*h, level(h))
		}
		return timeSeries(t, tableOf(t, text, dataset.Options{}), eda.TimeSeriesOptions{Every: 3600, Features: []string{"x"}})
	}
	x := func(s *eda.TimeSeries) *eda.Series { return &s.Series[1] }
	daily := func(h int) float64 { return 10 + 3*math.Sin(2*math.Pi*float64(h)/24) + r.NormFloat64() }
	if p := x(hourly(10, daily)).Rhythm(); p == nil || p.Name != "day" || p.Skill < 0.5 {
		t.Errorf("a daily rhythm is read as %+v", p)
	}
	if p := x(hourly(2, daily)).Rhythm(); p != nil {
		t.Errorf("two days are read as %+v", p)
	}
	weekly := func(h int) float64 { return daily(h) + 6*float64(h/24%7/5) }
	if p := x(hourly(28, weekly)).Rhythm(); p == nil || p.Name != "week" {
		t.Errorf("a weekly rhythm is read as %+v", p)
	}
	for run := range 20 {
		last := 0.0
		noise := x(hourly(14, func(int) float64 { last = 0.8*last + r.NormFloat64(); return last }))
		if p := noise.Rhythm(); p != nil {
			t.Errorf("noise %d with memory is read as %+v", run, p)
		}
	}
	s := hourly(3, func(h int) float64 { return float64(h % 24) })
	if len(s.Hours) != 48 {
		t.Fatalf("%d hours", len(s.Hours))
	}
	for h, level := range s.Hours[24:] {
		if level.Series != "mean x" || level.Hour != h || level.N != 3 || level.Mean != float64(h) || level.Median != float64(h) || level.Max != float64(h) {
			t.Errorf("hour %d: %+v", h, level)
		}
	}
}

// Steps, trends, walks and noise are told apart.
func TestTimeSeriesReadings(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	walk := 0.0
	for _, c := range []struct {
		name    string
		x       func(i int) float64
		reading eda.Reading
		levels  int
	}{
		{"noise", func(int) float64 { return r.NormFloat64() }, eda.Stationary, 1},
		{"a line", func(i int) float64 { return 0.05*float64(i) + r.NormFloat64() }, eda.TrendStationary, 0},
		{"a walk", func(int) float64 { walk += r.NormFloat64(); return walk }, eda.Wandering, 0},
		{"a step", func(i int) float64 { return -5 + 10*float64(i/150) + r.NormFloat64() }, 0, 2},
	} {
		s := timeSeries(t, tableOf(t, minutely(300, c.x), dataset.Options{}), eda.TimeSeriesOptions{Every: 60, Features: []string{"x"}})
		series := &s.Series[1]
		if got := series.Views[0].Reading; c.reading != 0 && got != c.reading {
			t.Errorf("%s is read as %s", c.name, got)
		}
		if got := len(series.Levels); c.levels != 0 && got != c.levels {
			t.Errorf("%s has the levels %+v", c.name, series.Levels)
		}
		if c.levels == 2 && (series.Levels[1].First != 150 || math.Abs(series.Levels[1].Shift-10) > 0.5) {
			t.Errorf("%s has the levels %+v", c.name, series.Levels)
		}
		if series.Views[0].Test(eda.TestMonotone) == nil || series.Views[0].Test("nothing") != nil {
			t.Errorf("%s: tests %+v", c.name, series.Views[0].Tests)
		}
	}
}

// What cannot be followed is refused with a sentence, or said.
func TestTimeSeriesRefusals(t *testing.T) {
	one := func(int) float64 { return 1 }
	for _, c := range []struct {
		name, text string
		o          eda.TimeSeriesOptions
		want       string
	}{
		{"no time", "x,label\n1,normal\n2,smurf\n", eda.TimeSeriesOptions{}, "--row-order"},
		{"no such column", minutely(30, one), eda.TimeSeriesOptions{Time: "tz"}, "no column"},
		{"no times in it", minutely(30, one), eda.TimeSeriesOptions{Time: "x"}, "--type x=time"},
		{"one instant", "ts,x\n1772409600,1\n1772409600,2\n", eda.TimeSeriesOptions{}, "the same time"},
		{"too many steps", minutely(3000, one), eda.TimeSeriesOptions{Every: 1}, "--every"},
		{"too many rows", "x,label\n1,normal\n2,smurf\n", eda.TimeSeriesOptions{RowOrder: true, StepRows: 3}, "--rows"},
		{"nothing in row order", "x\n1\n2\n", eda.TimeSeriesOptions{RowOrder: true}, "--feature"},
		{"words", "ts,x\n1772409600,a\n1772409700,b\n", eda.TimeSeriesOptions{Features: []string{"x"}}, "no mean"},
		{"row order and time", minutely(30, one), eda.TimeSeriesOptions{RowOrder: true, Time: "ts"}, "row order"},
		{"rows without row order", minutely(30, one), eda.TimeSeriesOptions{StepRows: 4}, "row order"},
		{"no step", minutely(30, one), eda.TimeSeriesOptions{Every: -1}, "seconds"},
		{"level", minutely(30, one), eda.TimeSeriesOptions{Alpha: 1}, "level"},
	} {
		_, err := eda.TimeSeriesOf(context.Background(), tableOf(t, c.text, dataset.Options{}), c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want something with %q", c.name, err, c.want)
		}
		if c.name == "no time" && !errors.Is(err, eda.ErrNoTime) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	few := timeSeries(t, tableOf(t, minutely(5, one), dataset.Options{}), eda.TimeSeriesOptions{Every: 60})
	if s := few.Series[0]; s.Views != nil || len(s.Skipped) != 1 || len(few.Warnings) != 1 {
		t.Errorf("few steps: %+v, warnings %q", s, few.Warnings)
	}
	constant := timeSeries(t, tableOf(t, minutely(50, one), dataset.Options{}), eda.TimeSeriesOptions{Every: 60})
	if s := constant.Series[0]; s.Views != nil || len(s.Skipped) != 1 || len(constant.Findings()) != 0 {
		t.Errorf("constant: %+v", s)
	}
}

// Of several columns of times the clock counts, then the first.
func TestTimeSeriesClocks(t *testing.T) {
	row := func(i int) string {
		return fmt.Sprintf("2026-03-02T00:%02d:00Z,2026-03-03T00:%02d:00Z\n", i, 2*i)
	}
	body := ""
	for i := range 30 {
		body += row(i)
	}
	for _, c := range []struct {
		header, time, clock string
		others              []string
	}{
		{"seen,left", "", "seen", []string{"left"}},
		{"seen,timestamp", "", "timestamp", nil},
		{"seen,timestamp", "seen", "seen", nil},
	} {
		s := timeSeries(t, tableOf(t, c.header+"\n"+body, dataset.Options{}), eda.TimeSeriesOptions{Time: c.time})
		if said := strings.Contains(strings.Join(s.Warnings, " "), "--time chooses"); s.Clock != c.clock || !slices.Equal(s.OtherClocks, c.others) || said != (c.others != nil) {
			t.Errorf("%s, --time %q: clock %s, others %q, warnings %q", c.header, c.time, s.Clock, s.OtherClocks, s.Warnings)
		}
	}
}

// Explore follows the table over time by the way.
func TestExploreOverTime(t *testing.T) {
	sources(t, hours, func(t *testing.T, src dataset.Source) {
		e := explored(t, src, eda.ExploreOptions{})
		same(t, "time series", e.TimeSeries, timeSeries(t, src, eda.TimeSeriesOptions{}))
	})
	if e := explored(t, tableOf(t, flows, dataset.Options{}), eda.ExploreOptions{}); e.TimeSeries != nil || len(e.Skipped) != 0 {
		t.Errorf("a table without times: %+v, skipped %q", e.TimeSeries, e.Skipped)
	}
	e := explored(t, tableOf(t, "ts,x\n1772409600,1\n1772409600,2\n", dataset.Options{}), eda.ExploreOptions{})
	if e.TimeSeries != nil || !strings.Contains(strings.Join(e.Skipped, " "), "the same time") {
		t.Errorf("one instant: %+v, skipped %q", e.TimeSeries, e.Skipped)
	}
}

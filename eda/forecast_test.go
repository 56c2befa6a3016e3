package eda_test

import (
	"encoding/json"
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
	"github.com/netanom/netanom/internal/check"
)

// seriesOf is hourly connections, with data in every step to its end.
func seriesOf(values []float64) *eda.TimeSeries {
	n := len(values)
	t := &eda.TimeSeries{Clock: "ts", Start: 1772409600, Step: 3600, Steps: n, Counts: make([]int64, n), Window: 15, ModZ: 3.5,
		Series: []eda.Series{{Name: "connections", Key: "connections", Measure: eda.CountRows, Values: values}}}
	t.First, t.Last = t.Start, t.At(n)-1
	return t
}

func forecast(t testing.TB, s *eda.TimeSeries, steps int) *eda.Forecast {
	t.Helper()
	f, err := eda.ForecastOf(s, eda.ForecastOptions{Steps: steps})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(f); err != nil {
		t.Fatal(err)
	}
	return f
}

// hourlyRows is a table with as many rows in each hour as given, the first of each at its
// beginning, the last a minute before its end; every fifth is an attack.
func hourlyRows(counts []int) string {
	var b strings.Builder
	b.WriteString("timestamp,src_bytes,attack\n")
	k := 0
	for hour, n := range counts {
		for i := range n {
			label := "normal"
			if k++; k%5 == 0 {
				label = "smurf"
			}
			fmt.Fprintf(&b, "%s,%d,%s\n", dataset.FormatTime(1772409600+3600*float64(hour)+3540*float64(i)/float64(max(n-1, 1))), 10+i%3, label)
		}
	}
	return b.String()
}

// Counts that grow by one a step go on growing. The naive forecast h steps ahead is h too
// low, so that its mean error over horizons of 1 to 6 is 3.5.
func TestForecastOfARamp(t *testing.T) {
	counts := make([]int, 60)
	for i := range counts {
		counts[i] = 10 + i
	}
	s := timeSeries(t, tableOf(t, hourlyRows(counts), dataset.Options{}), eda.TimeSeriesOptions{Every: 3600})
	f := forecast(t, s, 6)
	if f.Start != 1772409600+60*3600 || f.Step != 3600 || f.Steps != 6 || len(f.Remarks) > 0 {
		t.Errorf("forecast %+v", f)
	}
	var keys []string
	for i := range f.Series {
		keys = append(keys, f.Series[i].Key)
	}
	same(t, "series", keys, []string{"connections", "bytes_out", "attack_share"})
	c := f.Series[0]
	for h, v := range c.Points {
		check.Close(t, fmt.Sprintf("step %d", h), v, float64(70+h), 1e-6)
	}
	b := c.Test
	if c.Method != "ETS(A,A,N)" || c.Logarithm || c.N != 60 || c.Reason != "" || b == nil {
		t.Fatalf("connections %+v", c)
	}
	if b.Origins != 10 || b.Horizon != 6 || b.NaiveSeason != 1 || b.From != s.At(45) || b.MAE > 1e-6 {
		t.Errorf("back-test %+v", b)
	}
	check.Close(t, "mean error of the naive forecast", b.NaiveMAE, 3.5, 1e-12)
}

// A day that repeats itself but for noise is found and goes on; its back-test computed by
// other loops has the same naive errors.
func TestForecastOfARhythm(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	day := func(i int) float64 { return 100 + 60*math.Sin(2*math.Pi*float64(i)/24) }
	x := make([]float64, 24*28)
	for i := range x {
		x[i] = math.Round(day(i) + 5*r.NormFloat64())
	}
	f := forecast(t, seriesOf(x), 24)
	c := f.Series[0]
	if c.Season != 24 || c.Period != "day" || !strings.HasSuffix(c.Method, ",A)") {
		t.Fatalf("connections are forecast by %s with a season of %d (%s)", c.Method, c.Season, c.Period)
	}
	for h, v := range c.Points {
		if d := math.Abs(v - day(len(x)+h)); d > 6 {
			t.Errorf("step %d ahead: %g, the noise is around %g", h, v, day(len(x)+h))
		}
	}
	const tested, horizon = 135, 24 // the last fifth of 672
	known := len(x) - tested
	naive, n, scale := 0.0, 0, 0.0
	for origin := known; origin+horizon <= len(x); origin++ {
		for h := range horizon {
			naive += math.Abs(x[origin+h] - x[origin+h-24])
			n++
		}
	}
	for i := 24; i < known; i++ {
		scale += math.Abs(x[i] - x[i-24])
	}
	b := c.Test
	if b.Origins != tested-horizon+1 || b.Horizon != horizon || b.NaiveSeason != 24 {
		t.Errorf("back-test %+v", b)
	}
	check.Close(t, "mean error of the naive forecast", b.NaiveMAE, naive/float64(n), 1e-12)
	check.Close(t, "MASE", *b.MASE, b.MAE/(scale/float64(known-24)), 1e-12)
	check.Close(t, "relative error", *b.Relative, b.MAE/b.NaiveMAE, 1e-12)
	if *b.Relative > 0.9 || b.Coverage95 < 0.88 || b.Coverage80 < 0.68 || b.Coverage80 > 0.92 {
		t.Errorf("back-test %+v: relative error %g", b, *b.Relative)
	}
}

// What comes after the first origin changes neither the model of the back-test nor what
// its errors are divided by.
func TestBackTestDoesNotLookAhead(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	x := make([]float64, 100)
	for i := range x {
		x[i] = math.Round(200 + 20*r.NormFloat64())
	}
	a := forecast(t, seriesOf(slices.Clone(x)), 5).Series[0].Test
	for i := 80; i < 100; i++ {
		x[i] = 3000 * float64(i-79)
	}
	b := forecast(t, seriesOf(x), 5).Series[0].Test
	if a.From != b.From || a.Method != b.Method || a.From != 1772409600+80*3600 {
		t.Errorf("the back-test %+v became %+v", a, b)
	}
	check.Close(t, "scale of MASE", b.MAE / *b.MASE, a.MAE / *a.MASE, 1e-12)
	if b.Coverage95 > 0.2 {
		t.Errorf("%g of values that nobody could expect lie within the intervals", b.Coverage95)
	}
}

// Steps that the data do not cover take no part.
func TestForecastOfPartialSteps(t *testing.T) {
	x := make([]float64, 40)
	for i := range x {
		x[i] = 100 + float64(i%3)
	}
	x[0], x[39] = 1, 1
	s := seriesOf(x)
	s.First, s.Last = s.At(0)+3000, s.At(39)+600
	for i := range s.Counts {
		s.Counts[i] = int64(x[i])
	}
	f := forecast(t, s, 3)
	c := f.Series[0]
	if f.Start != s.At(39) || c.N != 38 || c.From != s.At(1) || len(f.Remarks) != 1 {
		t.Errorf("forecast from %v by %d steps: %v", f.Start, c.N, f.Remarks)
	}
	if c.Points[0] < 90 {
		t.Errorf("a step that data cover in part makes the forecast %g", c.Points[0])
	}
	same(t, "known steps", s.Known("connections", f.Start), x[:39])
	if s.Known("nothing", f.Start) != nil {
		t.Error("there is a series of nothing")
	}
}

func TestForecastRefusals(t *testing.T) {
	long := seriesOf(slices.Repeat([]float64{3}, 40))
	long.Attacks = make([]int64, 40)
	for i := range long.Counts {
		long.Counts[i] = int64(i % 2 * 4)
	}
	rows := *long
	rows.Clock = ""
	for _, c := range []struct {
		name, hint string
		s          *eda.TimeSeries
		steps      int
		cause      error
	}{
		{"row order", "--time", &rows, 5, eda.ErrNoForecast},
		{"few steps", "--every", seriesOf(make([]float64, 19)), 5, eda.ErrNoForecast},
		{"no steps ahead", "want 1 to 1,000", long, -1, nil},
		{"too many ahead", "want 1 to 1,000", long, 1001, nil},
	} {
		_, err := eda.ForecastOf(c.s, eda.ForecastOptions{Steps: c.steps})
		if err == nil || !strings.Contains(err.Error(), c.hint) || c.cause != nil && !errors.Is(err, c.cause) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	f := forecast(t, long, 0)
	if f.Steps != 24 || f.Series[0].Reason == "" || len(f.Series[0].Points) > 0 || !strings.Contains(f.Series[1].Reason, "--every") {
		t.Errorf("a constant and a series of gaps are forecast: %+v", f)
	}
	if found := f.Findings(); len(found) != 2 {
		t.Errorf("findings %+v", found)
	}
}

// A forecast that is no better than the naive one says so: that of a walk at random.
func TestForecastNoBetterThanNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	x, level := make([]float64, 200), 1e6
	for i := range x {
		level += 1000 * r.NormFloat64()
		x[i] = math.Round(level)
	}
	f := forecast(t, seriesOf(x), 5)
	c := f.Series[0]
	said := strings.Contains(strings.Join(c.Remarks, " "), "no better than the naive forecast")
	if said != (*c.Test.Relative >= 1) || said != (len(f.Findings()) > 0) || *c.Test.Relative < 0.9 {
		t.Errorf("relative error %g: %q, %+v", *c.Test.Relative, c.Remarks, f.Findings())
	}
	x[199] = 1e6
	for i := 100; i < 200; i++ { // from then on a naive forecast is always right
		x[i] = x[99]
	}
	f = forecast(t, seriesOf(x), 5)
	if c := f.Series[0]; c.Test == nil || c.Test.Relative != nil || !strings.Contains(c.Remarks[0], "no better") || len(f.Findings()) == 0 {
		t.Errorf("%+v: %q", c.Test, c.Remarks)
	}
}

// No series breaks a forecast: bounds lie in order and within what the series can be.
func TestForecastOfAnySeries(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	odd := []float64{math.NaN(), 0, -1, 1e-300, 1e99, 1e308, -1e308, math.Inf(1)}
	for range 60 {
		n := 15 + r.IntN(120)
		x := make([]float64, n)
		oddness, scale := r.Float64()*r.Float64()*0.2, math.Pow(10, float64(r.IntN(20)-4))
		for i := range x {
			x[i] = math.Abs(scale * (1 + math.Sin(float64(i)/4) + r.NormFloat64()))
			if r.Float64() < oddness {
				x[i] = odd[r.IntN(len(odd))]
			}
		}
		s := seriesOf(x)
		s.Attacks = make([]int64, n)
		for i := range s.Counts {
			s.Counts[i] = int64(r.IntN(9))
			s.Attacks[i] = int64(r.IntN(int(s.Counts[i]) + 1))
		}
		f, err := eda.ForecastOf(s, eda.ForecastOptions{Steps: 1 + r.IntN(40)})
		if err != nil {
			continue
		}
		if _, err := json.Marshal(f); err != nil {
			t.Errorf("%v: %v", x, err)
		}
		for _, c := range f.Series {
			inOrder(t, c, slices.Min(x) >= 0)
		}
	}
}

// inOrder checks the bounds of a forecast.
func inOrder(t *testing.T, c eda.SeriesForecast, positive bool) {
	t.Helper()
	for h, v := range c.Points {
		if bounds := []float64{c.Low95[h], c.Low80[h], v, c.High80[h], c.High95[h]}; !slices.IsSorted(bounds) {
			t.Errorf("%s, step %d: %v", c.Method, h, bounds)
		}
		if share := c.Key == "attack_share"; positive && c.Low95[h] < 0 || share && (c.Low95[h] < 0 || c.High95[h] > 1) {
			t.Errorf("%s, step %d of %s: %g to %g", c.Method, h, c.Key, c.Low95[h], c.High95[h])
		}
	}
}

// Four series of 500 steps with a season of 24 are forecast within half a second on an
// idle machine; the test allows for a busy one.
func TestForecastIsQuick(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	s := seriesOf(make([]float64, 500))
	s.Series = nil
	for k := range 4 {
		x := make([]float64, 500)
		for i := range x {
			x[i] = math.Round(1000 * math.Exp(0.5*math.Sin(2*math.Pi*float64(i)/24)+0.1*r.NormFloat64()))
		}
		s.Series = append(s.Series, eda.Series{Name: fmt.Sprint(k), Key: fmt.Sprint(k), Measure: eda.SumCells, Values: x})
	}
	begin := time.Now()
	f := forecast(t, s, 24)
	took := time.Since(begin)
	t.Logf("%v for %d series of 500 steps", took, len(f.Series))
	if f.Series[0].Season != 24 || took > 10*time.Second {
		t.Errorf("%+v took %v", f.Series[0].Method, took)
	}
}

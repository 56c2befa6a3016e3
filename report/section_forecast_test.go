package report

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/eda"
)

// A forecast of connections that repeat themselves each day, and of attacks that are
// none, fits 80 columns, has a picture, and names what cannot be forecast.
func TestForecastSections(t *testing.T) {
	const n = 24 * 6
	s := &eda.TimeSeries{Clock: "ts", Start: 1772409600, Step: 3600, Steps: n, Counts: make([]int64, n), Attacks: make([]int64, n), Window: 15, ModZ: 3.5}
	values := make([]float64, n)
	for i := range values {
		values[i] = math.Round(5000 + 3000*math.Sin(2*math.Pi*float64(i)/24) + 200*math.Sin(float64(i*i)))
		s.Counts[i] = int64(values[i])
	}
	s.First, s.Last = s.Start, s.At(n)-1
	s.Series = []eda.Series{{Name: "connections", Key: "connections", Measure: eda.CountRows, Values: values}}
	f, err := eda.ForecastOf(s, eda.ForecastOptions{Steps: 30})
	if err != nil {
		t.Fatal(err)
	}
	full, digest := Forecast(s, f), ForecastDigest(f)
	if len(full.Figures) != 1 || full.Figures[0].Name != "connections" {
		t.Errorf("pictures %+v, warnings %q", full.Figures, full.Warnings)
	}
	if steps := full.Tables[2]; steps.Name != "forecast" || len(steps.Rows) != 30 || steps.Rows[0][1] != s.At(n) || steps.Rows[0][2] != f.Series[0].Points[0] || steps.Rows[29][6] != f.Series[0].High95[29] {
		t.Errorf("steps %+v", steps)
	}
	if tests := full.Tables[1]; len(tests.Rows) != 1 || tests.Rows[0][4] != f.Series[0].Test.MAE || tests.Rows[0][6] != *f.Series[0].Test.Relative {
		t.Errorf("back-tests %+v", tests)
	}
	for _, section := range []Section{full, digest} {
		doc := Document{Command: "timeseries", Sections: []Section{section}}
		if err := doc.Check(); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := doc.WriteText(&out, TextOptions{Width: 80}); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if len([]rune(line)) > 80 {
				t.Errorf("a line is longer than 80 columns: %s", line)
			}
		}
	}
	var out bytes.Buffer
	if err := (Document{Command: "timeseries", Sections: []Section{digest}}).WriteText(&out, TextOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"the first 24 of 30 steps ahead", "ETS(A,", "day", "attack share: All values are equal", "1 d before", "MAE by"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the digest does not say %q:\n%s", want, out.String())
		}
	}
}

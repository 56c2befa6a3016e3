package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// etsReference is testdata/ets.json, which testdata/ets.py wrote.
type etsReference struct {
	MadeBy string `json:"made_by"`
	Fixed  []struct {
		etsForm
		SmoothingWeights
		Level, Slope            float64
		Seasonal                []float64
		Levels, Slopes, Effects []float64
		Forecast, Variance      []float64
		LogLikelihood           float64 `json:"log_likelihood"`
		SSE                     float64 `json:"sse"`
	} `json:"fixed"`
	Fitted []struct {
		etsForm
		LogLikelihood float64 `json:"log_likelihood"`
	} `json:"fitted"`
}

type etsForm struct {
	Series string
	Trend  SmoothingTrend
	Season int
}

func (f etsForm) form() SmoothingForm { return SmoothingForm{f.Trend, f.Season} }

func (f etsForm) values(t *testing.T) []float64 {
	t.Helper()
	switch f.Series {
	case "nile":
		return nile
	case "airPassengers":
		return airPassengers
	case "formula":
		return formulaSeries(240)
	}
	t.Fatalf("the reference has a series %q", f.Series)
	return nil
}

// formulaSeries is that of formula in testdata/ets.py.
func formulaSeries(n int) []float64 {
	x := make([]float64, n)
	for k := range x {
		i := float64(k)
		x[k] = 100 + 20*math.Sin(2*math.Pi*i/24) + 6*math.Cos(4*math.Pi*i/24) + 0.02*i + 12*math.Sin(i/37) + 5*math.Sin(i*i)
	}
	return x
}

func readETS(t *testing.T) etsReference {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "ets.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r etsReference
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Fixed) != 7 || len(r.Fitted) != 12 {
		t.Fatalf("the reference has %d runs and %d fits", len(r.Fixed), len(r.Fitted))
	}
	return r
}

// At given weights and initial states, statsmodels' ETSModel.smooth computes the same
// errors, states, forecasts and variances.
func TestSmoothReference(t *testing.T) {
	for _, want := range readETS(t).Fixed {
		x, form := want.values(t), want.form()
		name := want.Series + " " + form.String()
		s, err := Smooth(x, form, want.SmoothingWeights, SmoothingState{want.Level, want.Slope, want.Seasonal})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		check.Close(t, name+" SSE", s.SSE, want.SSE, 1e-11)
		check.Close(t, name+" log-likelihood", s.LogLikelihood, want.LogLikelihood, 1e-12)
		forecast, variance := s.Forecast(30), s.ForecastVariances(30)
		for h := range forecast {
			check.Close(t, fmt.Sprintf("%s forecast %d", name, h+1), forecast[h], want.Forecast[h], 1e-10)
			check.Close(t, fmt.Sprintf("%s variance %d", name, h+1), variance[h], want.Variance[h], 1e-10)
		}
		step, err := Smooth(x[:1], form, want.SmoothingWeights, SmoothingState{want.Level, want.Slope, want.Seasonal})
		if err != nil {
			t.Fatal(err)
		}
		for i := range x {
			if i > 0 {
				check.Close(t, fmt.Sprintf("%s error %d", name, i), step.Advance(x[i]), s.Errors[i], 1e-15)
			}
			check.Close(t, fmt.Sprintf("%s level %d", name, i), step.Final.Level, want.Levels[i], 1e-11)
			if form.Trend != NoTrend {
				checkNear(t, fmt.Sprintf("%s slope %d", name, i), step.Final.Slope, want.Slopes[i])
			}
			if form.Season > 0 {
				checkNear(t, fmt.Sprintf("%s effect %d", name, i), step.Final.Seasonal[form.Season-1], want.Effects[i])
			}
		}
	}
}

// checkNear compares numbers that may lie at 0, of series of some hundreds.
func checkNear(t *testing.T, name string, got, want float64) {
	t.Helper()
	if !check.Near(got, want, 1e-10, 1e-10) {
		t.Errorf("%s = %.17g, want %.17g", name, got, want)
	}
}

// No fit is less likely than what statsmodels finds from four starts within the same
// bounds, with the same initial states to be estimated.
func TestFitSmoothingReference(t *testing.T) {
	for _, want := range readETS(t).Fitted {
		form := want.form()
		s, err := FitSmoothing(want.values(t), SmoothingOptions{Forms: []SmoothingForm{form}})
		if err != nil {
			t.Fatalf("%s %s: %v", want.Series, form, err)
		}
		t.Logf("%s %s: %.6f, statsmodels %.6f", want.Series, form, s.LogLikelihood, want.LogLikelihood)
		if s.LogLikelihood < want.LogLikelihood-1e-3 {
			t.Errorf("%s %s: log-likelihood %.6f, statsmodels finds %.6f", want.Series, form, s.LogLikelihood, want.LogLikelihood)
		}
	}
}

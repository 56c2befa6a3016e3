package dashboard

import (
	"math"
	"strconv"

	"github.com/netanom/netanom/eda"
)

// shownPast is how many steps before a forecast the page shows.
const shownPast = 96

// A pageForecast is a forecast as the script knows it.
type pageForecast struct {
	Start  float64      `json:"start"`
	Step   float64      `json:"step"`
	Name   string       `json:"name"` // of a step
	Series []pageSeries `json:"series"`
}

type pageSeries struct {
	Name    string      `json:"name"`
	Key     string      `json:"key"`
	Method  string      `json:"method"`
	Reason  string      `json:"reason"`
	Remarks []string    `json:"remarks"`
	Past    sevenDigits `json:"past"`
	Points  sevenDigits `json:"points"`
	Low80   sevenDigits `json:"low80"`
	High80  sevenDigits `json:"high80"`
	Low95   sevenDigits `json:"low95"`
	High95  sevenDigits `json:"high95"`
}

// sevenDigits are numbers that are written with seven digits, which is more than a chart shows; gaps as null.
type sevenDigits []float64

// MarshalJSON implements json.Marshaler.
func (f sevenDigits) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, x := range f {
		if i > 0 {
			out = append(out, ',')
		}
		if math.IsNaN(x) || math.IsInf(x, 0) {
			out = append(out, "null"...)
			continue
		}
		out = strconv.AppendFloat(out, x, 'g', 7, 64)
	}
	return append(out, ']'), nil
}

// forecastOf takes a forecast for a page, with what came before it; nil of nothing.
func forecastOf(f *eda.Forecast, t *eda.TimeSeries) *pageForecast {
	if f == nil || t == nil {
		return nil
	}
	out := &pageForecast{Start: f.Start, Step: f.Step, Name: f.StepName()}
	for i := range f.Series {
		s := &f.Series[i]
		past := t.Known(s.Key, f.Start)
		past = past[max(0, len(past)-shownPast):]
		out.Series = append(out.Series, pageSeries{s.Name, s.Key, s.Method, s.Reason, append([]string{}, s.Remarks...), past, s.Points, s.Low80, s.High80, s.Low95, s.High95})
	}
	return out
}

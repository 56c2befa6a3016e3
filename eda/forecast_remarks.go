package eda

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/stats"
)

// What coverage is taken for too narrow or too wide intervals. These are conventions.
const (
	leastCoverage95 = 0.85
	mostCoverage80  = 0.95
)

// remark says what is to be known of a forecast: the verdict of the back-test first.
func (f *SeriesForecast) remark(t *TimeSeries, m *seriesModel, first int, noTest error) {
	add := func(format string, args ...any) { f.Remarks = append(f.Remarks, fmt.Sprintf(format, args...)) }
	if b := f.Test; b != nil {
		f.Remarks = append(f.Remarks, b.verdict(t))
		switch {
		case b.Coverage95 < leastCoverage95:
			add("The intervals are too narrow: those of 95 %% held %s of the values of the back-test.", percent(b.Coverage95))
		case b.Coverage80 > mostCoverage80:
			add("The intervals are wide: those of 80 %% held %s of the values of the back-test.", percent(b.Coverage80))
		}
		if b.Method != f.Method {
			add("The steps before the back-test chose another form, %s.", b.Method)
		}
	} else {
		add("There is no back-test, so how good it is cannot be told: in the steps before it, %s.", untested(noTest))
	}
	if m.period != nil && m.season() == 0 {
		add("The rhythm of one %s takes %s, more than the %d that a season may have; longer steps (--every) take it in.", m.period.Name, plural(int64(m.period.Steps), "step"), mostSeason)
	}
	if f.Logarithm {
		add("The model is one of log(1+x), which suits the values better; points are medians.")
	}
	if bounded := f.cut(m); bounded != "" {
		add("Bounds are cut at %s.", bounded)
	}
	if first > 1 { // more than a first step that data cover in part
		add("The model looks at the last %s, from %s on.", plural(int64(f.N), "step"), t.When(first))
	}
}

// verdict holds the forecasts against the naive ones.
func (b *BackTest) verdict(t *TimeSeries) string {
	naive := "naive forecast that nothing changes"
	if b.NaiveSeason > 1 {
		naive = "naive forecast that each step is as that " + spanWords(float64(b.NaiveSeason)*t.Step) + " before"
	}
	r := b.Relative
	switch {
	case r == nil && b.MAE == 0:
		return "In the back-test all forecasts were right, and so was the " + naive + "."
	case r == nil:
		return "It is no better than the " + naive + ", which was always right in the back-test."
	case *r >= 1:
		return fmt.Sprintf("It is no better than the %s: its mean error in the back-test is %.2f times as large.", naive, *r)
	}
	return fmt.Sprintf("Its mean error in the back-test is %s below that of the %s.", percent(1-*r), naive)
}

// untested says why there is no back-test.
func untested(err error) string {
	if errors.Is(err, stats.ErrConstant) {
		return "all values are equal"
	}
	return fmt.Sprint(err)
}

// cut names the values at which points or bounds are cut.
func (f *SeriesForecast) cut(m *seriesModel) string {
	at := func(v float64, bounds ...[]float64) bool {
		return !math.IsInf(v, 0) && slices.ContainsFunc(bounds, func(b []float64) bool { return slices.Contains(b, v) })
	}
	low, high := at(m.low, f.Points, f.Low80, f.Low95), at(m.high, f.Points, f.High80, f.High95)
	switch {
	case low && high:
		return "0 and 1"
	case low:
		return "0"
	case high:
		return "1"
	}
	return ""
}

// Findings says of which series the forecasts are not worth much.
func (f *Forecast) Findings() []Finding {
	var out []Finding
	add := func(s *SeriesForecast, text, next string) {
		out = append(out, Finding{Notice, s.Name, text, next})
	}
	for i := range f.Series {
		switch s := &f.Series[i]; {
		case s.Reason != "":
			add(s, "There is no forecast. "+s.Reason, "")
		case s.Test == nil:
			add(s, "The forecast could not be tested.", "")
		case s.Test.Relative == nil && s.Test.MAE > 0, s.Test.Relative != nil && *s.Test.Relative >= 1:
			add(s, "The forecast is no better than the naive one: "+s.Test.compared()+".", "Do not plan with it; try longer steps (--every).")
		case s.Test.Coverage95 < leastCoverage95:
			add(s, fmt.Sprintf("The intervals of the forecast are too narrow: those of 95 %% held %s of the values of the back-test.", percent(s.Test.Coverage95)), "Allow for more than they say.")
		}
	}
	return out
}

// compared is the error of a back-test beside that of the naive forecast.
func (b *BackTest) compared() string {
	return fmt.Sprintf("in the back-test their mean errors are %s and %s", shortNumber(b.MAE), shortNumber(b.NaiveMAE))
}

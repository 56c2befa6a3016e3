package plots

import (
	"math"
	"strings"
	"testing"
)

func TestRelationErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	series := func(change func(*SeriesData)) error {
		d := SeriesData{Label: "x", Times: []float64{1, 2, 3}, Lines: []Line{{Name: "a", Values: []float64{1, 2, 3}}}}
		change(&d)
		_, err := Series(d)
		return err
	}
	band := func(b Band) error { return series(func(d *SeriesData) { d.Band = &b }) }
	correlogram := func(bound float64, values ...float64) error {
		_, err := Correlogram(CorrelogramData{Label: "x", Coefficients: values, Bound: bound})
		return err
	}
	qq := func(change func(*QQData)) error {
		d := QQData{Label: "x", Normal: []float64{-1, 0, 1}, Sample: []float64{1, 2, 3}, Q1: 1, Q3: 3}
		change(&d)
		_, err := QQ(d)
		return err
	}
	density := func(groups ...PointGroup) error {
		_, err := Density(DensityData{XLabel: "x", YLabel: "y", Groups: groups})
		return err
	}
	ranking := func(small, medium, large float64, rows ...Effect) error {
		_, err := Ranking(RankingData{Label: "x", Rows: rows, Small: small, Medium: medium, Large: large})
		return err
	}
	three := []float64{1, 2, 3}
	row := Effect{"a", 0.5, 0.4, 0.6}
	tests := []struct {
		name string
		err  error
		want string // part of the sentence; "" if there is no error
	}{
		{"series", series(func(*SeriesData) {}), ""},
		{"no line", series(func(d *SeriesData) { d.Lines = nil }), `series of "x": there are 0 lines`},
		{"three lines", series(func(d *SeriesData) { d.Lines = make([]Line, 3) }), "there are 3 lines"},
		{"no points", series(func(d *SeriesData) { d.Lines[0].Values = nil }), "there are no points"},
		{"times", series(func(d *SeriesData) { d.Times = three[:2] }), "there are 2 times for 3 points"},
		{"equal times", series(func(d *SeriesData) { d.Times = []float64{1, 2, 2} }), "time 2 (2) is not later than the one before it (2)"},
		{"NaN time", series(func(d *SeriesData) { d.Times = []float64{1, nan, 2} }), "time 1 is NaN"},
		{"infinite time", series(func(d *SeriesData) { d.Times = []float64{1, 2, inf} }), "time 2 is +Inf, which is not within"},
		{"milliseconds", series(func(d *SeriesData) { d.Times = []float64{1545403816e3, 1545403817e3, 1545403818e3} }), "not within the years 1 to 9999"},
		{"rows", series(func(d *SeriesData) { d.RowsPerPoint = -1 }), "cannot stand for -1 rows"},
		{"many rows", series(func(d *SeriesData) { d.RowsPerPoint = math.MaxInt }), "3 points cannot stand for"},
		{"second line", series(func(d *SeriesData) { d.Lines = append(d.Lines, Line{Name: "b", Values: three[:1]}) }), `line "b": there are 1 values for 3 points`},
		{"infinite value", series(func(d *SeriesData) { d.Lines[0].Values = []float64{1, inf, 2} }), `line "a": value 1 is infinite`},
		{"a gap", series(func(d *SeriesData) { d.Lines[0].Values = []float64{1, nan, 2} }), ""},
		{"all missing", series(func(d *SeriesData) { d.Lines[0].Values = []float64{nan, nan, nan} }), "all values are missing"},
		{"spike", series(func(d *SeriesData) { d.Lines[0].Spikes = []int{3} }), "there is no point 3, which is marked as a spike"},
		{"missing spike", series(func(d *SeriesData) { d.Lines[0] = Line{Values: []float64{1, nan, 2}, Spikes: []int{1}} }), "value 1 is missing, but marked as a spike"},
		{"change", series(func(d *SeriesData) { d.Changes = []int{0} }), "cannot begin with point 0 of 3"},
		{"late change", series(func(d *SeriesData) { d.Changes = []int{3} }), "cannot begin with point 3 of 3"},
		{"scale", series(func(d *SeriesData) { d.Scale = 7 }), "unknown scale (7)"},
		{"logarithm", series(func(d *SeriesData) { d.Scale, d.Lines[0].Values = Log, []float64{-1, 1, 2} }), "cannot show the negative value -1"},
		{"logarithm of zeros", series(func(d *SeriesData) { d.Scale, d.Lines[0].Values = Log, []float64{0, 0, 0} }), "needs a positive value"},
		{"band", band(Band{Low: []float64{nan, nan, nan}, High: three}), ""},
		{"short band", band(Band{Low: three, High: three[:2]}), "the band has 3, 0 and 2 numbers for 3 points"},
		{"short middle", band(Band{Low: three, High: three, Middle: three[:1]}), "the band has 3, 1 and 3 numbers for 3 points"},
		{"infinite band", band(Band{Low: three, High: []float64{1, 2, inf}}), "the band at point 2 is infinite"},
		{"band upside down", band(Band{Low: three, High: []float64{1, 1, 3}}), "the band at point 1 is upside down, from 2 to 1"},

		{"correlogram", correlogram(0.1, 0.5, -1), ""},
		{"no lags", correlogram(0.1), `correlogram of "x": there are no lags`},
		{"many lags", correlogram(0.1, make([]float64, 401)...), "401 lags are too many"},
		{"no bound", correlogram(0, 0.5), "the bound 0 is not between 0 and 1"},
		{"NaN bound", correlogram(nan, 0.5), "the bound NaN"},
		{"coefficient", correlogram(0.1, 0.5, 1.01), "lag 2 has the coefficient 1.01"},
		{"NaN coefficient", correlogram(0.1, nan), "lag 1 has the coefficient NaN"},

		{"quantiles", qq(func(*QQData) {}), ""},
		{"one quantile", qq(func(d *QQData) { d.Normal = []float64{0} }), `Q-Q plot of "x": there are fewer than two quantiles`},
		{"many quantiles", qq(func(d *QQData) { d.Normal = make([]float64, 1001) }), "1001 quantiles are too many"},
		{"pairs", qq(func(d *QQData) { d.Sample = three[:2] }), "there are 2 quantiles of the sample for 3 normal ones"},
		{"normal order", qq(func(d *QQData) { d.Normal = []float64{-1, 1, 1} }), "normal quantile 2 (1) is not greater"},
		{"sample order", qq(func(d *QQData) { d.Sample = []float64{1, 3, 2} }), "sample quantile 2 (2) is less than the one before it (3)"},
		{"infinite quantile", qq(func(d *QQData) { d.Normal = []float64{-inf, 0, 1} }), "normal quantile 0 is infinite"},
		{"NaN quantile", qq(func(d *QQData) { d.Sample = []float64{1, nan, 2} }), "sample quantile 1 is NaN"},
		{"NaN quartile", qq(func(d *QQData) { d.Q3 = nan }), "a quartile is NaN"},
		{"quartiles", qq(func(d *QQData) { d.Q1 = 4 }), "the quartiles 4 and 3 are not in order"},
		{"logarithm of a quantile", qq(func(d *QQData) { d.Scale, d.Sample = Log, []float64{-1, 0, 1} }), "cannot show the negative value -1"},

		{"density", density(PointGroup{X: three, Y: three}), ""},
		{"no groups", density(), `density of "y" by "x": there are no points`},
		{"no points", density(PointGroup{}), "there are no points"},
		{"nine groups", density(make([]PointGroup, 9)...), "9 groups are too many"},
		{"lengths", density(PointGroup{Name: "a", X: three, Y: three[:2]}), `group "a" has 3 values of x and 2 of y`},
		{"NaN x", density(PointGroup{X: []float64{nan}, Y: []float64{1}}), "x of point 0 is NaN"},
		{"infinite y", density(PointGroup{X: []float64{1}, Y: []float64{inf}}), "y of point 0 is infinite"},

		{"ranking", ranking(0.1, 0.3, 0.5, row), ""},
		{"no bands", ranking(0, 0, 0, row, Effect{"b", nan, nan, nan}), ""},
		{"no interval", ranking(0, 0, 0, Effect{"a", 1, nan, nan}), ""},
		{"no rows", ranking(0, 0, 0), `ranking by "x": there are no rows`},
		{"many rows", ranking(0, 0, 0, make([]Effect, 46)...), "46 rows are too many"},
		{"nothing defined", ranking(0, 0, 0, Effect{"a", nan, 1, 2}), "no effect is defined"},
		{"infinite effect", ranking(0, 0, 0, Effect{"a", inf, 1, 2}), `"a": the estimate is infinite`},
		{"infinite limit", ranking(0, 0, 0, Effect{"a", 1, -inf, 2}), "the lower limit is infinite"},
		{"interval", ranking(0, 0, 0, Effect{"a", 3, 1, 2}), "the interval from 1 to 2 does not hold the estimate 3"},
		{"limits", ranking(0.1, 0.1, 0.5, row), "do not increase from zero"},
		{"one limit", ranking(0, 0.1, 0, row), "do not increase from zero"},
		{"NaN limit", ranking(0.1, nan, 0.5, row), "a limit of the magnitudes is NaN"},
	}
	for _, test := range tests {
		switch {
		case test.want == "" && test.err != nil:
			t.Errorf("%s: %v, want no error", test.name, test.err)
		case test.want != "" && (test.err == nil || !strings.Contains(test.err.Error(), test.want)):
			t.Errorf("%s: %v, want %q", test.name, test.err, test.want)
		}
	}
}

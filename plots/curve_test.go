package plots

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func TestCurvesErrors(t *testing.T) {
	line := func(x, y []float64) []Curve { return []Curve{{Name: "c", X: x, Y: y}} }
	for _, c := range []struct {
		curves []Curve
		want   string
	}{
		{nil, "no curve"},
		{make([]Curve, 9), "too many"},
		{line(nil, nil), "no points"},
		{line([]float64{0, 1}, []float64{0}), "differ in length"},
		{line([]float64{0, 2}, []float64{0, 1}), "not a share"},
		{line([]float64{0, math.NaN()}, []float64{0, 1}), "not a share"},
		{line([]float64{1, 0}, []float64{0, 1}), "left to right"},
		{[]Curve{{X: []float64{0.5}, Y: []float64{0.5}, Low: []float64{0.4}}}, "differ in length"},
		{line(make([]float64, maxCurvePoints+1), make([]float64, maxCurvePoints+1)), "too many"},
	} {
		if _, err := Curves(CurveData{Curves: c.curves}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one that says %q", err, c.want)
		}
	}
}

func TestCurvesDraw(t *testing.T) {
	check.Long(t)
	f, err := Curves(CurveData{Title: "Title", X: "expected", Y: "observed", Diagonal: "well calibrated", Curves: []Curve{
		{Name: "line", X: []float64{0, 0.2, 1}, Y: []float64{0, 0.9, 1}},
		{Name: "dots", X: []float64{0.1, 0.9}, Y: []float64{0.2, 0.8}, Low: []float64{0.1, 0.7}, High: []float64{0.3, 0.9}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{320, 640, 1600} {
		var png, svg bytes.Buffer
		if err := f.WritePNG(&png, Size{Width: width}); err != nil {
			t.Error(err)
		}
		if err := f.WriteSVG(&svg, Size{Width: width}); err != nil {
			t.Error(err)
		}
		if png.Len() == 0 || !strings.Contains(svg.String(), "well calibrated") {
			t.Errorf("width %d: a picture without its words", width)
		}
	}
}

func TestRankingRatios(t *testing.T) {
	rows := []Effect{{"up", 20, 9.3, 42.9}, {"doubtful", 0.57, 0.14, 2.3}}
	f, err := Ranking(RankingData{Ratios: true, Label: "odds ratio", Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	var svg bytes.Buffer
	if err := f.WriteSVG(&svg, Size{}); err != nil || !strings.Contains(svg.String(), "holds one") {
		t.Errorf("the key does not say that an interval holds one: %v", err)
	}
	for _, d := range []RankingData{
		{Ratios: true, Rows: []Effect{{"zero", 0, 0, 1}}},
		{Ratios: true, Rows: []Effect{{"negative", 1, -1, 2}}},
		{Ratios: true, Rows: rows, Small: 0.1, Medium: 0.3, Large: 0.5},
	} {
		if _, err := Ranking(d); err == nil {
			t.Errorf("%+v was drawn", d)
		}
	}
}

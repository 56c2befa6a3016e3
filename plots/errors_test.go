package plots

import (
	"math"
	"strings"
	"testing"
)

func TestErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	one := []Group{{"all", []int64{1}}}
	histogram := func(d HistogramData) error { _, _, err := Histogram(d); return err }
	bars := func(d BarsData) error { _, err := Bars(d); return err }
	heatmap := func(d HeatmapData) error { _, err := Heatmap(d); return err }
	missing := func(d MissingData) error { _, err := MissingMatrix(d); return err }
	boxes := func(b ...Box) error {
		_, _, err := Boxes(BoxData{Label: "x", Names: make([]string, len(b)), Groups: []BoxGroup{{"all", b}}})
		return err
	}
	cells := func(rows ...[]float64) HeatmapData {
		return HeatmapData{Rows: make([]string, len(rows)), Columns: make([]string, len(rows[0])), Values: rows}
	}
	correlations := func(rows ...[]float64) HeatmapData {
		d := cells(rows...)
		d.Correlation = true
		return d
	}
	ordered := Box{N: 5, Low: 1, Q1: 2, Median: 3, Q3: 4, High: 5}
	with := func(change func(*Box)) Box {
		b := ordered
		change(&b)
		return b
	}
	tests := []struct {
		name string
		err  error
		want string // part of the sentence; "" if there is no error
	}{
		{"histogram", histogram(HistogramData{Values: []float64{1}, Groups: one}), ""},
		{"no values", histogram(HistogramData{Label: "x"}), `histogram of "x": there are no values`},
		{"NaN", histogram(HistogramData{Values: []float64{nan}, Groups: one}), "value 0 is NaN"},
		{"infinity", histogram(HistogramData{Values: []float64{-inf}, Groups: one}), "value 0 is infinite"},
		{"large value", histogram(HistogramData{Values: []float64{1e301}, Groups: one}), "beyond what an axis can show"},
		{"small value", histogram(HistogramData{Values: []float64{1e-310}, Groups: one}), "beyond what an axis can show"},
		{"equal values", histogram(HistogramData{Values: []float64{1, 1}, Groups: one}), "value 1 (1) is not greater"},
		{"not sorted", histogram(HistogramData{Values: []float64{7, 5}, Groups: one}), "value 1 (5) is not greater than the one before it (7)"},
		{"no group", histogram(HistogramData{Values: []float64{1}}), "there is no group"},
		{"nine groups", histogram(HistogramData{Values: []float64{1}, Groups: make([]Group, 9)}), "9 groups are too many"},
		{"counts too few", histogram(HistogramData{Values: []float64{1, 2}, Groups: one}), `group "all" has 1 counts for 2 values`},
		{"negative count", histogram(HistogramData{Values: []float64{1}, Groups: []Group{{"a", []int64{-1}}}}), "count 0 is negative (-1)"},
		{"all zero", histogram(HistogramData{Values: []float64{1}, Groups: []Group{{"a", []int64{0}}}}), "all counts are zero"},
		{"overflow", histogram(HistogramData{Values: []float64{1}, Groups: []Group{{"a", []int64{math.MaxInt64}}, {"b", []int64{1}}}}), "more than an integer can hold"},
		{"log of negative", histogram(HistogramData{Values: []float64{-2}, Groups: one, X: Log}), "cannot show the negative value -2"},
		{"log of zero", histogram(HistogramData{Values: []float64{0}, Groups: one, X: Log}), "needs a positive value"},

		{"unknown scale", histogram(HistogramData{Values: []float64{1}, Groups: one, X: 3}), "the values have an unknown scale (3)"},
		{"unknown count scale", histogram(HistogramData{Values: []float64{1}, Groups: one, Y: 3}), "the counts have an unknown scale (3)"},

		{"bars", bars(BarsData{Names: []string{""}, Groups: one}), ""},
		{"no categories", bars(BarsData{Label: "flag"}), `bars of "flag": there are no categories`},
		{"no groups", bars(BarsData{Names: []string{"a"}}), "there is no group"},
		{"limit", bars(BarsData{Names: []string{"a"}, Groups: one, Limit: 61}), "limit of 61 bars"},
		{"negative limit", bars(BarsData{Names: []string{"a"}, Groups: one, Limit: -1}), "limit of -1 bars"},
		{"lengths", bars(BarsData{Names: []string{"a", "b"}, Groups: one}), "1 counts for 2 categories"},

		{"cells", heatmap(cells([]float64{0, nan})), ""},
		{"rounded correlation", heatmap(correlations([]float64{1 + 1e-12})), ""},
		{"no cells", heatmap(HeatmapData{Label: "r"}), `heat map of "r": there are no cells`},
		{"too many", heatmap(cells(make([]float64, 61))), "1 by 61 cells are too many"},
		{"rows", heatmap(HeatmapData{Rows: []string{"a"}, Columns: []string{"b"}}), "0 rows of values for 1 row names"},
		{"ragged", heatmap(cells([]float64{1, 2}, []float64{1})), "row 1 has 1 values for 2 column names"},
		{"nothing defined", heatmap(cells([]float64{nan})), "no cell has a value"},
		{"beyond one", heatmap(correlations([]float64{1.01})), "row 0, column 0 holds 1.01, which is not a correlation between -1 and 1"},
		{"infinite correlation", heatmap(correlations([]float64{inf})), "not a correlation between -1 and 1"},
		{"negative magnitude", heatmap(cells([]float64{-3})), "holds -3, but a magnitude cannot be negative"},
		{"infinite magnitude", heatmap(cells([]float64{inf})), "row 0, column 0 is infinite"},
		{"log of zeros", heatmap(HeatmapData{Rows: []string{"a"}, Columns: []string{"b"}, Values: [][]float64{{0}}, Scale: Log}), "needs a positive value"},

		{"strips", missing(MissingData{Columns: []string{"a"}, Blocks: [][]float64{{0, 1}}, Shares: []float64{0.5}, Rows: 2}), ""},
		{"no columns", missing(MissingData{}), "matrix of missing values: there are no columns"},
		{"many columns", missing(MissingData{Columns: make([]string, 121)}), "121 columns are too many"},
		{"no strips", missing(MissingData{Columns: []string{"a"}}), "blocks of 0 columns for 1 names"},
		{"no shares", missing(MissingData{Columns: []string{"a"}, Blocks: [][]float64{{0}}}), "0 shares for 1 columns"},
		{"no blocks", missing(MissingData{Columns: []string{"a"}, Blocks: [][]float64{{}}, Shares: []float64{0}}), "no blocks of rows"},
		{"many blocks", missing(MissingData{Columns: []string{"a"}, Blocks: [][]float64{make([]float64, 401)}, Shares: []float64{0}, Rows: 1000}), "401 blocks of rows are too many"},
		{"few rows", missing(MissingData{Columns: []string{"a"}, Blocks: [][]float64{{0, 0}}, Shares: []float64{0}, Rows: 1}), "1 rows do not make 2 blocks"},
		{"ragged strips", missing(MissingData{Columns: []string{"a", "b"}, Blocks: [][]float64{{0, 0}, {0}}, Shares: []float64{0, 0}, Rows: 9}), `column "b" has 1 blocks, the first column 2`},
		{"NaN share", missing(MissingData{Columns: []string{"a"}, Blocks: [][]float64{{nan}}, Shares: []float64{0}, Rows: 9}), `column "a", block 0: the share NaN is not between 0 and 1`},
		{"share", missing(MissingData{Columns: []string{"a"}, Blocks: [][]float64{{0}}, Shares: []float64{1.5}, Rows: 9}), `column "a": the share 1.5`},

		{"box", boxes(ordered, Box{}), ""},
		{"whiskers within the box", boxes(with(func(b *Box) { b.High = 3 })), ""},
		{"no boxes", boxes(), `box plot of "x": there are no samples`},
		{"many boxes", boxes(make([]Box, 121)...), "121 boxes are too many"},
		{"empty samples", boxes(Box{}, Box{}), "all samples are empty"},
		{"negative n", boxes(with(func(b *Box) { b.N = -1 })), "the number of values is negative (-1)"},
		{"NaN quartile", boxes(with(func(b *Box) { b.Q1 = nan })), "the lower quartile is NaN"},
		{"infinite whisker", boxes(with(func(b *Box) { b.High = inf })), "the upper whisker is infinite"},
		{"order", boxes(with(func(b *Box) { b.Q1 = 9 })), "are not in order"},
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

func TestBarsFoldTheRest(t *testing.T) {
	d := BarsData{Names: []string{"a", "b", "c", "d", "e"}, Limit: 2,
		Groups: []Group{{"normal", []int64{9, 5, 3, 2, 1}}, {"attack", []int64{0, 1, 0, 4, 0}}}}
	var b bars
	b.fold(d)
	want := []barRow{
		{"a", []int64{9, 0}, 9, false},
		{"b", []int64{5, 1}, 6, false},
		{"other (3 levels)", []int64{6, 4}, 10, true},
	}
	if len(b.rows) != len(want) || b.total != 25 || b.longest != 10 {
		t.Fatalf("rows %+v, total %d, longest %d", b.rows, b.total, b.longest)
	}
	for i, w := range want {
		got := b.rows[i]
		if got.name != w.name || got.sum != w.sum || got.other != w.other || got.parts[0] != w.parts[0] || got.parts[1] != w.parts[1] {
			t.Errorf("row %d is %+v, want %+v", i, got, w)
		}
	}
	d.Limit = 4
	b = bars{}
	if b.fold(d); len(b.rows) != 5 || b.rows[4].name != "e" {
		t.Errorf("a single other level got the row %+v", b.rows[len(b.rows)-1])
	}
}

func TestHeatmapShades(t *testing.T) {
	nan := math.NaN()
	tests := []struct {
		name  string
		h     heatmap
		scale Scale
		cells map[float64]float64 // value to shade
	}{
		{"correlations", heatmap{correlation: true, values: [][]float64{{1, nan}}}, Linear, map[float64]float64{-1: 0, 0: 0.5, 1: 1}},
		{"magnitudes", heatmap{values: [][]float64{{0, 4, 8}}}, Linear, map[float64]float64{0: 0, 4: 0.5, 8: 1}},
		{"zeros alone", heatmap{values: [][]float64{{0, 0}}}, Linear, map[float64]float64{0: 0}},
		{"heavy tail", heatmap{values: [][]float64{{0, 1, 10, 1e4}}}, Log, map[float64]float64{0: 0, 1: 0.1, 100: 0.55, 1e4: 1}},
	}
	for _, test := range tests {
		h := test.h
		if err := h.spread(Auto); err != nil {
			t.Fatal(err)
		}
		if h.scale != test.scale {
			t.Errorf("%s: %v scale, want %v", test.name, h.scale, test.scale)
		}
		for v, want := range test.cells {
			if got := h.shade(v); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s: the shade of %v is %v, want %v", test.name, v, got, want)
			}
		}
		if !math.IsNaN(h.shade(nan)) {
			t.Errorf("%s: an undefined cell has a shade", test.name)
		}
	}
}

func TestScaleOfBoxes(t *testing.T) {
	box := func(low, q1, median, q3, high float64) Box { return Box{10, low, high, q1, median, q3} }
	tests := []struct {
		name  string
		boxes []Box
		want  Scale
	}{
		{"close together", []Box{box(0, 1, 2, 3, 4), box(10, 20, 30, 40, 50)}, Linear},
		{"far apart", []Box{box(0, 1, 2, 3, 4), box(0, 1, 2, 3, 4), box(0, 1e3, 1e4, 1e5, 1e6)}, Log},
		{"negative", []Box{box(-1, 1, 2, 3, 4), box(0, 1e3, 1e4, 1e5, 1e6)}, Linear},
		{"all zero", []Box{box(0, 0, 0, 0, 0)}, Linear},
		{"constant", []Box{box(5, 5, 5, 5, 5)}, Linear},
	}
	for _, test := range tests {
		_, got, err := Boxes(BoxData{Names: make([]string, len(test.boxes)), Groups: []BoxGroup{{"all", test.boxes}}})
		if err != nil || got != test.want {
			t.Errorf("%s: %v axis (%v), want %v", test.name, got, err, test.want)
		}
	}
}

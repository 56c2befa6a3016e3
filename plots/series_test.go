package plots

import (
	"math"
	"slices"
	"testing"
)

// drawnSeries returns the body of a series.
func drawnSeries(t *testing.T, d SeriesData) *series {
	t.Helper()
	f, err := Series(d)
	if err != nil {
		t.Fatal(err)
	}
	return f.body.(*series)
}

func TestThinned(t *testing.T) {
	nan := math.NaN()
	values := []float64{5, 1, 9, 5, nan, nan, nan, nan, 2, nan, 7, 3, 4, 4, 4, 4}
	tests := []struct {
		most int
		want []int
	}{
		{16, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}},
		// Two stretches of eight: first, least, greatest, last of each.
		{8, []int{0, 1, 2, 3, 8, 10, 15}},
		{4, []int{0, 1, 2, 15}},
	}
	for _, test := range tests {
		if got := thinned(values, test.most); !slices.Equal(got, test.want) {
			t.Errorf("at most %d: %v, want %v", test.most, got, test.want)
		}
	}
	if got := thinned([]float64{1, nan, nan, 1, 1, 1, 1, 1, nan, nan, nan, nan}, 8); !slices.Equal(got, []int{0, 5, 6, 7}) {
		t.Errorf("stretches of 6: %v", got)
	}
	if got := thinned([]float64{1, 1, 1, 1, 1, nan, nan, nan, nan, nan}, 8); !slices.Equal(got, []int{0, 4, 5}) {
		t.Errorf("a stretch that is missing: %v, want a gap at 5", got)
	}
}

// Whatever the length, a single spike is kept, and the line stays in order.
func TestThinnedKeepsSpikes(t *testing.T) {
	for _, n := range []int{4999, 5000, 5001, 5003, 6251, 12345, 100_000} {
		values := make([]float64, n)
		spike := n * 2 / 3
		values[spike], values[n/7] = 1, -1
		kept := thinned(values, mostDrawn)
		if len(kept) > mostDrawn || !slices.IsSorted(kept) || kept[0] != 0 || kept[len(kept)-1] != n-1 {
			t.Errorf("%d points: %d are kept, from %d to %d", n, len(kept), kept[0], kept[len(kept)-1])
		}
		if !slices.Contains(kept, spike) || !slices.Contains(kept, n/7) {
			t.Errorf("%d points: a spike is lost", n)
		}
	}
}

func TestSeriesDrawsWhatIsGiven(t *testing.T) {
	nan := math.NaN()
	times := []float64{100, 160, 220, 280}
	d := SeriesData{
		Times: times,
		Lines: []Line{
			{Name: "out", Values: []float64{3, nan, 8, 4}, Spikes: []int{2}},
			{Name: "in", Values: []float64{1, 2, 3, 4}},
		},
		Band:    &Band{Low: []float64{2, nan, 2, 2}, Middle: []float64{3, 3, nan, 3}, High: []float64{4, 4, 4, 4}},
		Changes: []int{3},
	}
	s := drawnSeries(t, d)
	if !sameData(s.lines[0], []datum{{100, 3}, {160, nan}, {220, 8}, {280, 4}}) {
		t.Errorf("the first line is %v", s.lines[0])
	}
	if !sameData(s.spikes[0], []datum{{220, 8}}) || len(s.spikes[1]) > 0 {
		t.Errorf("the spikes are %v", s.spikes)
	}
	if !sameData(s.band.high, []datum{{100, 4}, {160, nan}, {220, 4}, {280, 4}}) {
		t.Errorf("the upper limit is %v, want a gap where the lower one is missing", s.band.high)
	}
	if !slices.Equal(s.changes, []float64{280}) {
		t.Errorf("the level changes at %v, want 280", s.changes)
	}
	d.Times, d.RowsPerPoint = nil, 100
	if s := drawnSeries(t, d); !sameData(s.lines[1], []datum{{1, 1}, {101, 2}, {201, 3}, {301, 4}}) {
		t.Errorf("in row order the second line is %v", s.lines[1])
	}
	d.RowsPerPoint = 0
	if s := drawnSeries(t, d); s.last != 4 || s.when(3) != "row 3" || s.levelTitle() != "row (row order, not time)" {
		t.Errorf("in row order the last point is %v, called %q on %q", s.last, s.when(3), s.levelTitle())
	}
}

// sameData reports whether both are equal, NaN being equal to itself.
func sameData(a, b []datum) bool {
	return slices.EqualFunc(a, b, func(a, b datum) bool {
		return a.x == b.x && (a.v == b.v || math.IsNaN(a.v) && math.IsNaN(b.v))
	})
}

func TestScaleOfSeries(t *testing.T) {
	nan := math.NaN()
	tests := []struct {
		name   string
		values []float64
		wish   Scale
		want   Scale
		zeros  bool
		lo     float64 // the lower end of a linear axis; NaN if it is not zero
	}{
		{"counts", []float64{3, 5, 8}, Auto, Linear, false, 0},
		{"high level", []float64{100, 101, 103}, Auto, Linear, false, nan},
		{"negative", []float64{-3, 5, 1e6}, Auto, Linear, false, nan},
		{"a spike", []float64{1, 2, 0, 2, 201}, Auto, Log, true, nan},
		{"a spike, never zero", []float64{1, 2, 1, 2, 201}, Auto, Log, false, nan},
		{"a lesser spike", []float64{1, 2, 0, 2, 200}, Auto, Linear, false, 0},
		{"forced linear", []float64{1, 2, 0, 2, 2001}, Linear, Linear, false, 0},
		{"forced logarithm", []float64{1, nan, 2}, Log, Log, false, nan},
		{"zeros alone", []float64{0, 0}, Auto, Linear, false, nan},
	}
	for _, test := range tests {
		s := drawnSeries(t, SeriesData{Lines: []Line{{Values: test.values}}, Scale: test.wish})
		if s.y.scale != test.want || s.y.zeros != test.zeros {
			t.Errorf("%s: %v axis, zeros %t; want %v, %t", test.name, s.y.scale, s.y.zeros, test.want, test.zeros)
		}
		if !math.IsNaN(test.lo) && s.y.lo != test.lo || math.IsNaN(test.lo) && s.y.lo == 0 {
			t.Errorf("%s: the axis begins at %v, want %v", test.name, s.y.lo, test.lo)
		}
	}
}

// A band that reaches below zero ends there if no value is negative, and is
// always within the plot.
func TestBandWithinAxes(t *testing.T) {
	for _, values := range [][]float64{{10, 11, 12}, {0, 1, 1000}, {-5, 0, 5}} {
		d := SeriesData{
			Lines: []Line{{Values: values}},
			Band:  &Band{Low: []float64{-40, 1e-9, 9}, High: []float64{20, 20, 2000}},
		}
		s := drawnSeries(t, d)
		wantLow := 0.0
		if values[0] < 0 {
			wantLow = -40
		}
		if s.y.scale == Linear && s.y.lo > wantLow || s.y.hi < 2000 {
			t.Errorf("%v: the axis from %v to %v does not hold the band", values, s.y.lo, s.y.hi)
		}
	}
}

// Labels of spikes lie within the plot and cover no line, spike or each other.
func TestLabelsOfSpikes(t *testing.T) {
	plot := rect{50, 20, 400, 200}
	for x := plot.x; x <= plot.right(); x += 13 {
		for y := plot.y + labelRoom; y <= plot.bottom(); y += 17 {
			for _, r := range besides(point{x, y}, 60, plot) {
				if r.x < plot.x || r.right() > plot.right() || r.y < plot.y-4 || r.bottom() > plot.bottom() {
					t.Errorf("a label of the spike at %v, %v lies outside: %+v", x, y, r)
				}
				if r.x < x && x < r.right() && r.y < y && y < r.bottom() {
					t.Errorf("a label covers its own spike at %v, %v", x, y)
				}
			}
			if len(besides(point{x, y}, 60, plot)) == 0 {
				t.Errorf("there is no place for a label of the spike at %v, %v", x, y)
			}
		}
	}
	place := rect{100, 100, 50, 15}
	tests := []struct {
		name  string
		taken []rect
		lines [][]point
		want  bool
	}{
		{"nothing", nil, nil, true},
		{"another label", []rect{{140, 110, 50, 15}}, nil, false},
		{"a label beside", []rect{{151, 100, 50, 15}}, nil, true},
		{"a level line", nil, [][]point{{{0, 107}, {400, 107}}}, false},
		{"an upright line", nil, [][]point{{{120, 0}, {120, 200}}}, false},
		{"a line below", nil, [][]point{{{0, 120}, {400, 118}}}, true},
	}
	for _, test := range tests {
		if got := free(place, test.taken, test.lines); got != test.want {
			t.Errorf("%s: free = %t, want %t", test.name, got, test.want)
		}
	}
}

func TestRankedSpikes(t *testing.T) {
	s := drawnSeries(t, SeriesData{Lines: []Line{
		{Values: []float64{1, 9, 2, 8}, Spikes: []int{1, 3}},
		{Values: []float64{1, 1, 9, 2}, Spikes: []int{2}},
	}})
	if got := s.ranked(); !sameData(got, []datum{{2, 9}, {3, 9}, {4, 8}}) {
		t.Errorf("the spikes are ranked %v", got)
	}
}

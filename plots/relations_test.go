package plots

import (
	"math"
	"slices"
	"testing"
)

func TestCorrelogramAxis(t *testing.T) {
	for _, values := range [][]float64{{0.9, 0.5, -0.2}, {0}, {0.01, -0.01}, {-1, 1}, {1 + 1e-12}} {
		d := CorrelogramData{Coefficients: values, Bound: 0.1}
		f, err := Correlogram(d)
		if err != nil {
			t.Fatal(err)
		}
		c := f.body.(correlogram)
		if !slices.Equal(c.coefficients, values) || c.bound != 0.1 {
			t.Errorf("%v within ±0.1 are drawn as %v within ±%v", values, c.coefficients, c.bound)
		}
		a := c.coefficientAxis()
		if a.lo > -0.1 || a.hi < 0.1 || a.lo > slices.Min(values) || a.hi < slices.Max(values) {
			t.Errorf("%v: the axis from %v to %v does not hold them and the band", values, a.lo, a.hi)
		}
	}
}

// The line passes through the quartiles, as that of R's qqline does: with
// quartiles 10 and 20 its slope is 10/1.348980 and it is 15 at zero.
func TestQQLine(t *testing.T) {
	d := QQData{Normal: []float64{-3, 0, 3}, Sample: []float64{1, 12, 90}, Q1: 10, Q3: 20}
	body := func(scale Scale) qq {
		d.Scale = scale
		f, err := QQ(d)
		if err != nil {
			t.Fatal(err)
		}
		return f.body.(qq)
	}
	q := body(Linear)
	if !slices.Equal(q.normal, d.Normal) || !slices.Equal(q.sample, d.Sample) {
		t.Errorf("the points %v, %v are drawn as %v, %v", d.Normal, d.Sample, q.normal, q.sample)
	}
	close := func(name string, got, want float64) {
		if math.Abs(got-want) > 1e-9*math.Abs(want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	close("the middle", q.expected(0), 15)
	close("the slope", q.expected(1)-q.expected(0), 10/1.3489795003921634)
	q = body(Log)
	close("the middle of logarithms", q.expected(0), math.Sqrt(200))
	close("the upper quartile of logarithms", q.expected(upperQuartile), 20)
	if d.Q1 = 0; body(Log).lined() {
		t.Error("there is a line through a quartile that has no logarithm")
	}
	if !body(Linear).lined() {
		t.Error("there is no line on a linear axis")
	}
}

func TestScaleOfQuantiles(t *testing.T) {
	tests := []struct {
		name   string
		sample []float64
		want   Scale
		zeros  bool
	}{
		{"bell", []float64{-2, 0, 2}, Linear, false},
		{"heavy tail", []float64{0, 1, 1000}, Log, true},
		{"heavy tail without zeros", []float64{1, 2, 1000}, Log, false},
		{"constant", []float64{5, 5, 5}, Linear, false},
	}
	for _, test := range tests {
		f, err := QQ(QQData{Normal: []float64{-1, 0, 1}, Sample: test.sample, Q1: 1, Q3: 2})
		if err != nil {
			t.Fatal(err)
		}
		if q := f.body.(qq); q.y.scale != test.want || q.y.zeros != test.zeros {
			t.Errorf("%s: %v axis, zeros %t; want %v, %t", test.name, q.y.scale, q.y.zeros, test.want, test.zeros)
		}
	}
}

// gridPoints returns n·n points of whole numbers from 0 to n-1.
func gridPoints(n int) PointGroup {
	var g PointGroup
	for i := range n * n {
		g.X, g.Y = append(g.X, float64(i%n)), append(g.Y, float64(i/n))
	}
	return g
}

func TestDensityCountsEveryPoint(t *testing.T) {
	g := gridPoints(50)
	heavy := PointGroup{Name: "heavy"}
	for i := range 600 {
		heavy.X = append(heavy.X, math.Pow(10, float64(i%9)))
		heavy.Y = append(heavy.Y, float64(i%3))
	}
	heavy.X[0] = 0
	for _, groups := range [][]PointGroup{{g}, {g, heavy}} {
		f, err := Density(DensityData{Groups: groups})
		if err != nil {
			t.Fatal(err)
		}
		d := f.body.(density)
		if d.points != nil {
			t.Fatal("more than 2,000 points are drawn one by one")
		}
		for i, group := range groups {
			// The definition of a cell, point by point.
			var sum int64
			for k, at := range d.cells[i].cells {
				var want int64
				for j := range group.X {
					if within(d.x, at.x, group.X[j]) && within(d.y, at.y, group.Y[j]) {
						want++
					}
				}
				if got := d.cells[i].counts[k]; got != want {
					t.Errorf("group %d, cell %v holds %d, want %d", i, at, got, want)
				}
				sum += want
			}
			if sum != int64(len(group.X)) {
				t.Errorf("group %d: the cells hold %d of %d points", i, sum, len(group.X))
			}
		}
	}
}

// within reports whether a bin holds a value by the definition in Bins.
func within(b Bins, bin int, v float64) bool {
	if bin < 0 || b.Zeros != nil && v == 0 {
		return bin < 0 && v == 0
	}
	last := bin == len(b.Edges)-2 && v == b.Edges[bin+1]
	return b.Edges[bin] <= v && v < b.Edges[bin+1] || last
}

func TestDensityOfFewPoints(t *testing.T) {
	half := gridPoints(31)
	full := PointGroup{X: half.X, Y: half.Y}
	for _, test := range []struct {
		groups []PointGroup
		points bool
	}{
		{[]PointGroup{full}, true},
		{[]PointGroup{full, full}, true}, // 1,922
		{[]PointGroup{full, full, full}, false},
		{[]PointGroup{{}, {X: []float64{1}, Y: []float64{2}}}, true},
	} {
		f, err := Density(DensityData{Groups: test.groups})
		if err != nil {
			t.Fatal(err)
		}
		d := f.body.(density)
		if (d.points != nil) != test.points || (d.cells == nil) != test.points {
			t.Errorf("%d points are drawn one by one: %t, want %t", d.total, d.points != nil, test.points)
		}
		for i := range d.points {
			if !slices.Equal(d.points[i].X, test.groups[i].X) || !slices.Equal(d.points[i].Y, test.groups[i].Y) {
				t.Errorf("group %d is not drawn as given", i)
			}
		}
	}
}

// A single record differs from an empty cell, and the fullest is darkest.
func TestDensityShades(t *testing.T) {
	for _, fullest := range []int64{1, 7, 10, 9000} {
		d := density{fullest: fullest}
		if got := d.shade(1); got != countedColor {
			t.Errorf("of at most %d, one has the shade %v", fullest, got)
		}
		if got := d.shade(d.most()); math.Abs(got-1) > 1e-12 {
			t.Errorf("of at most %d, the most have the shade %v", fullest, got)
		}
	}
}

func TestRankingNumbers(t *testing.T) {
	nan := math.NaN()
	of := func(largest float64) ranking {
		return ranking{rows: []Effect{{"a", largest, nan, nan}, {"b", nan, -1e9, 1e9}}}
	}
	tests := []struct {
		largest, v float64
		want       string
	}{
		{0.8, 0.8, "0.80"},
		{0.8, -0.004, "0.00"},
		{-0.8, -0.006, "−0.01"},
		{0.8, nan, "–"},
		{0.05, 0.0123, "0.012"},
		{0.004, 0.004, "0.004"},
		{0, 0, "0.00"},
		{12.345, 12.345, "12.3"},
		{-1234.5, -1234.5, "−1,234"},
		{2.5e6, 2.5e6, "2.5M"},
	}
	for _, test := range tests {
		if got := of(test.largest).number(test.v); got != test.want {
			t.Errorf("%v where the largest is %v: %q, want %q", test.v, test.largest, got, test.want)
		}
	}
}

func TestRankingRows(t *testing.T) {
	nan := math.NaN()
	rows := []Effect{{"b", -0.5, -0.7, -0.3}, {"a", 0.1, -0.1, 0.2}, {"c", 0.3, nan, nan}, {"d", nan, 0, 9}, {"e", 0.2, 0, 0.3}}
	f, err := Ranking(RankingData{Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	r := f.body.(ranking)
	for i, doubtful := range []bool{false, true, false, false, true} {
		if r.rows[i].Name != rows[i].Name || r.rows[i].doubtful(0) != doubtful {
			t.Errorf("row %d is %q, doubtful %t", i, r.rows[i].Name, r.rows[i].doubtful(0))
		}
	}
	if lo, hi := r.extent(); lo != -0.7 || hi != 0.3 {
		t.Errorf("the effects lie from %v to %v, want -0.7 to 0.3", lo, hi)
	}
	if len(r.key()) != 1 {
		t.Errorf("without bands there are %d signs, want that of doubt", len(r.key()))
	}
}

func TestExtent(t *testing.T) {
	nan := math.NaN()
	e := extentOf([]float64{3, nan, 0}, nil, []float64{7, -2, 5})
	if e.lowest != -2 || e.highest != 7 || e.least != 3 || e.typical != 5 || !e.whole {
		t.Errorf("the extent is %+v", e)
	}
	if !extentOf([]float64{nan}).empty() || e.empty() {
		t.Error("an extent without values is not empty, or one with values is")
	}
	for _, pair := range [][2]float64{{0, 0}, {1, 1}, {-1e300, 1e300}, {1e-300, 1e-300}, {1e9, math.Nextafter(1e9, 2e9)}, {3, 4}} {
		if lo, hi := padded(pair[0], pair[1], 0.04); !(lo < pair[0] && hi > pair[1]) || math.IsInf(hi-lo, 0) {
			t.Errorf("padded(%v, %v) = %v, %v", pair[0], pair[1], lo, hi)
		}
	}
	for _, pair := range [][2]float64{{1, 1}, {1e-300, 1e300}, {1e-300, 1e-300}, {1e300, 1e300}, {2, 300}} {
		lo, hi := decades(pair[0], pair[1])
		if !(lo < pair[0] && hi > pair[1]) || lo <= 0 || math.IsInf(hi, 0) || math.Log10(hi)-math.Log10(lo) < 1-1e-9 {
			t.Errorf("decades(%v, %v) = %v, %v", pair[0], pair[1], lo, hi)
		}
	}
}

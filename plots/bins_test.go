package plots

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
)

// sample returns sorted distinct values with a count of one each.
func sample(values ...float64) HistogramData {
	counts := make([]int64, len(values))
	for i := range counts {
		counts[i] = 1
	}
	return HistogramData{Label: "x", Values: values, Groups: []Group{{Name: "all", Counts: counts}}}
}

// sequence returns from, from+step, ... with n values.
func sequence(from, step float64, n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = from + float64(i)*step
	}
	return values
}

// checkBins fails the test unless the bins hold each value where they say.
func checkBins(t *testing.T, d HistogramData, b Bins) {
	t.Helper()
	bins := len(b.Edges) - 1
	if bins < 1 || bins > 80 {
		t.Errorf("%d bins", bins)
	}
	for i := range bins {
		if !(b.Edges[i] < b.Edges[i+1]) {
			t.Errorf("edges %d and %d do not increase: %v, %v", i, i+1, b.Edges[i], b.Edges[i+1])
		}
	}
	if b.X == Auto || b.Y == Auto || b.Rule == "" {
		t.Errorf("a choice is not told: x %v, y %v, rule %q", b.X, b.Y, b.Rule)
	}
	for g, group := range d.Groups {
		want := make([]int64, bins)
		var zeros int64
		for i, v := range d.Values {
			if v == 0 && b.Zeros != nil {
				zeros += group.Counts[i]
				continue
			}
			// The definition of a bin, without a search.
			for k := range bins {
				if b.Edges[k] <= v && (v < b.Edges[k+1] || k == bins-1 && v == b.Edges[k+1]) {
					want[k] += group.Counts[i]
				}
			}
		}
		if !slices.Equal(b.Counts[g], want) {
			t.Errorf("group %q: counts %v, want %v", group.Name, b.Counts[g], want)
		}
		sum := zeros
		for _, c := range want {
			sum += c
		}
		if total := totals(d.Groups)[g]; sum != total {
			t.Errorf("group %q: the bins hold %d of %d", group.Name, sum, total)
		}
		if b.Zeros != nil && b.Zeros[g] != zeros {
			t.Errorf("group %q: %d zeros, want %d", group.Name, b.Zeros[g], zeros)
		}
	}
}

func TestBinsOfKnownWidth(t *testing.T) {
	tests := []struct {
		name  string
		d     HistogramData
		first float64 // lower limit of the first bin
		width float64 // of every bin; 0 if they differ
		bins  int
		rule  string
	}{
		// One bin for each of 0 to 10, around the number.
		{"few whole numbers", sample(sequence(0, 1, 11)...), -0.5, 1, 11, "one bin a value"},
		// n = 1000, quartiles 250 and 750: 2·500/10 = 100, more than a
		// twentieth of the range, 49.95, which rounds to 50.
		{"many whole numbers", sample(sequence(1, 1, 1000)...), -0.5, 50, 21, "Freedman-Diaconis"},
		// n = 27, quartiles 1.5 and 4.75 (the 7th and 21st of 0, 0.25, ...):
		// 2·3.5/3 = 2.33, more than the range divided by √27, 1.25, which rounds to 1.
		{"few values", sample(sequence(0, 0.25, 27)...), 0, 1, 7, "Freedman-Diaconis"},
		// n = 10,100, quartiles 0.25 and 0.75: 2·0.5/21.6 = 0.046, which rounds to 0.05.
		{"shares", shares(), 0, 0.05, 20, "Freedman-Diaconis"},
		{"one value", sample(7), 6.5, 1, 1, "one bin a value"},
		{"zero alone", sample(0), -0.5, 1, 1, "one bin a value"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, err := makeBins(test.d)
			if err != nil {
				t.Fatal(err)
			}
			checkBins(t, test.d, b)
			if b.X != Linear || b.Edges[0] != test.first || len(b.Edges)-1 != test.bins || b.Rule != test.rule {
				t.Errorf("%v axis from %v in %d bins by %q, want a linear one from %v in %d by %q",
					b.X, b.Edges[0], len(b.Edges)-1, b.Rule, test.first, test.bins, test.rule)
			}
			for i := range len(b.Edges) - 1 {
				if width := b.Edges[i+1] - b.Edges[i]; math.Abs(width-test.width) > 1e-12 {
					t.Errorf("bin %d is %v wide, want %v", i, width, test.width)
				}
			}
		})
	}
}

// hundredths returns 0, 0.01, ... 1 as a file would give them.
func hundredths() []float64 {
	values := make([]float64, 101)
	for i := range values {
		values[i] = float64(i) / 100
	}
	return values
}

// shares returns each of the hundredths a hundred times.
func shares() HistogramData {
	d := sample(hundredths()...)
	for i := range d.Groups[0].Counts {
		d.Groups[0].Counts[i] = 100
	}
	return d
}

// Shares with two decimals fall on the edges of bins, always on the same side.
func TestBinsOnLatticeHoldEqualShares(t *testing.T) {
	b, err := makeBins(shares())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range b.Counts[0] {
		want := int64(500)
		if i == len(b.Counts[0])-1 {
			want = 600 // the last bin also holds 1
		}
		if c != want {
			t.Errorf("bin [%v, %v) holds %d of the hundredths, want %d", b.Edges[i], b.Edges[i+1], c, want)
		}
	}
}

func TestScaleOfValues(t *testing.T) {
	heavy := []float64{0, 1, 2, 3, 5, 8, 1e5, 1e9}
	tests := []struct {
		name   string
		values []float64
		wish   Scale
		want   Scale
		zeros  bool
	}{
		{"heavy tail with zeros", heavy, Auto, Log, true},
		{"heavy tail", heavy[1:], Auto, Log, false},
		{"forced linear", heavy, Linear, Linear, false},
		{"negative values", append([]float64{-1}, heavy...), Auto, Linear, false},
		{"exactly a hundredfold", []float64{0, 1, 2, 3, 200}, Auto, Linear, false},
		{"a little more", []float64{0, 1, 2, 3, 200.5}, Auto, Log, true},
		{"shares", hundredths(), Auto, Linear, false},
		{"forced logarithm", []float64{0, 1, 2}, Log, Log, true},
		{"nearly equal values", []float64{1, math.Nextafter(1, 2)}, Log, Log, false},
		{"600 decades", []float64{1e-300, 1, 1e300}, Log, Log, false},
		{"just below a power of ten", []float64{math.Nextafter(1000, 0)}, Log, Log, false},
		{"178 decades in two bins", []float64{8.6e-255, 1.4e-76}, Log, Log, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := sample(test.values...)
			d.X = test.wish
			b, err := makeBins(d)
			if err != nil {
				t.Fatal(err)
			}
			checkBins(t, d, b)
			if b.X != test.want || (b.Zeros != nil) != test.zeros {
				t.Errorf("%v axis, zeros apart: %t; want %v, %t", b.X, b.Zeros != nil, test.want, test.zeros)
			}
		})
	}
}

func TestScaleOfCounts(t *testing.T) {
	tests := []struct {
		name   string
		counts []int64
		want   Scale
	}{
		{"one bar dwarfs the rest", []int64{10000, 3, 1, 2}, Log},
		{"half of the bars are dwarfed", []int64{10000, 9000, 1, 2}, Log},
		{"less than half", []int64{10000, 9000, 8000, 2}, Linear},
		{"a fiftieth can be seen", []int64{5000, 100}, Linear},
		{"empty bins do not count", []int64{5000, 0, 0, 0, 4000}, Linear},
		{"one bar", []int64{5000}, Linear},
	}
	for _, test := range tests {
		d := HistogramData{Values: sequence(0, 1, len(test.counts)), Groups: []Group{{Counts: test.counts}}}
		b, err := makeBins(d)
		if err != nil {
			t.Fatal(err)
		}
		checkBins(t, d, b)
		if b.Y != test.want {
			t.Errorf("%s: %v counts, want %v", test.name, b.Y, test.want)
		}
	}
}

func TestWholeNumbersLeaveNoGapsOnLogAxis(t *testing.T) {
	d := sample(sequence(1, 1, 3000)...)
	d.X = Log
	b, err := makeBins(d)
	if err != nil {
		t.Fatal(err)
	}
	checkBins(t, d, b)
	for i, c := range b.Counts[0] {
		if c == 0 {
			t.Errorf("the bin from %v to %v is empty though every whole number occurs", b.Edges[i], b.Edges[i+1])
		}
	}
}

func TestBinsOfNearlyEqualValues(t *testing.T) {
	for _, values := range [][]float64{
		{1e9, math.Nextafter(1e9, 2e9)},
		{-1e300, -1e300 * (1 - 1e-15)},
		{1e-300, 1.0000001e-300},
		{1e15 + 0.5, 1e15 + 1.5},
		{-1e300, 1e300},
		{1.7e9, 1.7e9 + 0.25, 1.7e9 + 100},
	} {
		slices.Sort(values)
		d := sample(values...)
		b, err := makeBins(d)
		if err != nil {
			t.Errorf("%v: %v", values, err)
			continue
		}
		checkBins(t, d, b)
	}
}

// FuzzHistogram draws whatever finite sample the bytes make.
func FuzzHistogram(f *testing.F) {
	f.Add([]byte{}, uint8(0))
	seed := func(values ...float64) []byte {
		var data []byte
		for _, v := range values {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
		}
		return data
	}
	f.Add(seed(0, 1, 2, 1e9), uint8(2))
	f.Add(seed(-1e300, 1e300, 0), uint8(0))
	f.Add(seed(0.1, 0.2, 0.3), uint8(5))
	f.Add(seed(8.6e-255, 1.4e-76), uint8(23)) // two values, 178 decades apart
	f.Fuzz(func(t *testing.T, data []byte, choice uint8) {
		var values []float64
		for ; len(data) >= 8 && len(values) < 200; data = data[8:] {
			values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(data)))
		}
		slices.Sort(values)
		values = slices.Compact(values)
		d := sample(values...)
		d.X, d.Y = Scale(choice%3), Scale(choice/3%3)
		figure, b, err := Histogram(d)
		if err != nil {
			return
		}
		checkBins(t, d, b)
		if err := figure.WriteSVG(discard{}, Size{}); err != nil {
			t.Error(err)
		}
	})
}

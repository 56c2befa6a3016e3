package plots

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
)

// numbers returns the floats that the bytes make, at most 60.
func numbers(data []byte) []float64 {
	var values []float64
	for ; len(data) >= 8 && len(values) < 60; data = data[8:] {
		values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(data)))
	}
	return values
}

// encode is the inverse of numbers.
func encode(values ...float64) []byte {
	var data []byte
	for _, v := range values {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	return data
}

// write fails the test unless the figure can be written, if there is one, with
// finite coordinates.
func write(t *testing.T, f *Figure, err error) {
	t.Helper()
	if err != nil {
		return
	}
	var svg bytes.Buffer
	if err := f.WriteSVG(&svg, Size{Width: 320}); err != nil {
		t.Error(err)
	}
	for _, word := range []string{"NaN", "Inf"} {
		if strings.Contains(svg.String(), word) {
			t.Errorf("the SVG holds %s", word)
		}
	}
	if err := f.WritePNG(discard{}, Size{Width: 320, Scale: 1}); err != nil {
		t.Error(err)
	}
}

// FuzzSeries draws whatever values and times the bytes make.
func FuzzSeries(f *testing.F) {
	f.Add(encode(1, 2, 3), encode(5, 7, 9), uint8(0), 1)
	f.Add(encode(1545403816, 1545403816.25), encode(0, 1e9), uint8(2), 0)
	f.Add(encode(-62135596800, 0, 253402300799), encode(-1e300, 0, 1e300), uint8(1), 0)
	f.Add(encode(), encode(1e-300, math.NaN(), 1e300, 0), uint8(2), 1<<40)
	f.Add(encode(math.Nextafter(1e9, 0), 1e9), encode(7, 7), uint8(0), 2)
	f.Fuzz(func(t *testing.T, times, values []byte, scale uint8, rows int) {
		v := numbers(values)
		d := SeriesData{Times: numbers(times), Lines: []Line{{Values: v, Spikes: []int{0}}}, Scale: Scale(scale % 3), RowsPerPoint: rows}
		slices.Sort(d.Times)
		figure, err := Series(d)
		write(t, figure, err)
		reversed := slices.Clone(v)
		slices.Reverse(reversed)
		d.Band, d.Times, d.Lines[0].Spikes = &Band{Low: v, High: reversed}, nil, nil
		for i := range v {
			if v[i] > reversed[i] {
				v[i], reversed[i] = reversed[i], v[i]
			}
		}
		figure, err = Series(d)
		write(t, figure, err)
	})
}

// FuzzRelations draws whatever numbers as quantiles, points and effects.
func FuzzRelations(f *testing.F) {
	f.Add(encode(1, 2, 3, 4), uint8(0))
	f.Add(encode(0, 0, 1e-300, 1e300), uint8(2))
	f.Add(encode(-1e300, -1, 1, 1e300), uint8(1))
	f.Add(encode(7, 7, 7, 7), uint8(2))
	f.Add(encode(1, math.Nextafter(1, 2), 1e9, math.Nextafter(1e9, 2e9)), uint8(5))
	f.Fuzz(func(t *testing.T, data []byte, choice uint8) {
		values := numbers(data)
		if len(values) < 4 {
			return
		}
		scale, second := Scale(choice%3), Scale(choice/3%3)
		shuffled := slices.Concat(values[1:], values[:1])
		figure, err := Density(DensityData{Groups: []PointGroup{{X: values, Y: shuffled}}, X: scale, Y: second})
		write(t, figure, err)
		var many PointGroup
		for range mostPoints {
			many.X, many.Y = append(many.X, shuffled[0]), append(many.Y, values[0])
		}
		figure, err = Density(DensityData{Groups: []PointGroup{{X: values, Y: shuffled}, many}, X: second, Y: scale})
		write(t, figure, err)

		limits := shuffled[:3]
		rows := []Effect{{"a", values[0], values[1], values[2]}, {"b", values[3], math.NaN(), math.NaN()}}
		figure, err = Ranking(RankingData{Rows: rows, Small: limits[0], Medium: limits[1], Large: limits[2]})
		write(t, figure, err)
		figure, err = Ranking(RankingData{Rows: rows[1:]})
		write(t, figure, err)
		figure, err = Correlogram(CorrelogramData{Coefficients: values[1:], Bound: math.Abs(values[0])})
		write(t, figure, err)

		slices.Sort(values)
		normal := slices.Compact(slices.Clone(values))
		figure, err = QQ(QQData{Normal: normal, Sample: values[:len(normal)], Q1: values[0], Q3: values[len(values)-1], Scale: scale})
		write(t, figure, err)
	})
}

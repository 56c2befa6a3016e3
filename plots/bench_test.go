package plots

import (
	"fmt"
	"io"
	"testing"
)

// BenchmarkSeries draws lines with a band, up to the most points that are drawn.
func BenchmarkSeries(b *testing.B) {
	for _, n := range []int{500, 2000, mostDrawn} {
		values, low, high := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			values[i], low[i] = float64(i*7919%1000), float64(i*31%100)
			high[i] = 500 + low[i]
		}
		f, err := Series(SeriesData{Label: "x", Lines: []Line{{Values: values}}, Band: &Band{Low: low, High: high}})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if err := f.WritePNG(io.Discard, Size{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

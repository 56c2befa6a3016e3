package plots

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"
)

// FuzzLabel writes whatever text as every label of a figure.
func FuzzLabel(f *testing.F) {
	for _, label := range hostile {
		f.Add(label)
	}
	f.Fuzz(func(t *testing.T, label string) {
		figure, err := Bars(BarsData{
			Title: label, Caption: label, Alt: label, Label: label, Counted: label,
			Names: []string{label, "b"}, Groups: []Group{{label, []int64{3, 1}}, {"attack", []int64{0, 2}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		var svg bytes.Buffer
		if err := figure.WriteSVG(&svg, Size{Width: 320}); err != nil {
			t.Fatal(err)
		}
		for decoder := xml.NewDecoder(&svg); ; {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("the SVG is not well formed: %v", err)
			}
		}
		if err := figure.WritePNG(io.Discard, Size{Width: 320, Scale: 1}); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzBoxes draws whatever box, beside one of common size.
func FuzzBoxes(f *testing.F) {
	f.Add(0.0, 0.0, 44.0, 276.0, 690.0, uint8(0))
	f.Add(-1e300, -1.0, 0.0, 1.0, 1e300, uint8(1))
	f.Add(1e-300, 1e-300, 1e-300, 1e-300, 1e-300, uint8(2))
	f.Fuzz(func(t *testing.T, low, q1, median, q3, high float64, scale uint8) {
		boxes := []Box{{N: 3, Low: low, Q1: q1, Median: median, Q3: q3, High: high}}
		for _, all := range [][]Box{boxes, append(boxes, Box{N: 1, Low: 1, Q1: 2, Median: 3, Q3: 4, High: 5})} {
			figure, _, err := Boxes(BoxData{Names: make([]string, len(all)), Groups: []BoxGroup{{"all", all}}, Scale: Scale(scale % 3)})
			if err != nil {
				return
			}
			if err := figure.WritePNG(io.Discard, Size{Width: 320, Scale: 1}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

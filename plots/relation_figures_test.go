package plots

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// relationFigures returns one figure or more of each kind that shows how
// numbers belong together, labelled with the given texts in turn.
func relationFigures(t testing.TB, texts []string) []named {
	t.Helper()
	set := newSet(t, texts)
	text, add := set.text, set.add
	title, caption := text(), text()
	for _, d := range seriesFigures(text) {
		d.Title, d.Caption, d.Label = title, caption, text()
		f, err := Series(d)
		add("series", f, err)
	}
	for _, n := range []int{1, 40, 400} {
		f, err := Correlogram(CorrelogramData{Title: title, Caption: caption, Label: text(), Step: text(), BandName: text(),
			Coefficients: sequence(0.9, -1.8/400, n), Bound: 0.05, Partial: n == 40})
		add("correlogram", f, err)
	}
	normal := sequence(-3, 0.06, 101)
	for _, scale := range []Scale{Linear, Log} {
		for _, sample := range [][]float64{sequence(0, 3, 101), append(make([]float64, 60), sequence(1, 1e6, 41)...)} {
			f, err := QQ(QQData{Title: title, Caption: caption, Label: text(), Normal: normal, Sample: sample, Q1: sample[25], Q3: sample[75], Scale: scale})
			add("quantiles", f, err)
		}
	}
	many, few := gridPoints(46), gridPoints(9)
	few.Name, many.Name = text(), text()
	few.Y[80] = 1e7
	for _, groups := range [][]PointGroup{{few}, {few, {Name: text()}}, {many}, {many, few}, {many, few, few, many, few}} {
		f, err := Density(DensityData{Title: title, Caption: caption, XLabel: text(), YLabel: text(), Counted: text(), Groups: groups})
		add("density", f, err)
	}
	for _, n := range []int{1, 45} {
		d := RankingData{Title: title, Caption: caption, Label: text(), Interval: text(), Below: text(), Above: text()}
		for i := range n {
			v := float64(20-i) / 30
			d.Rows = append(d.Rows, Effect{text(), v, v - 0.1, v + 0.05})
		}
		f, err := Ranking(d)
		add("ranking", f, err)
		d.Small, d.Medium, d.Large = 0.147, 0.33, 0.474
		d.Rows[0].Low, d.Rows[n-1].High = -1234.5, math.NaN()
		f, err = Ranking(d)
		add("ranking in bands", f, err)
	}
	return set.figures
}

// seriesFigures returns series of all kinds.
func seriesFigures(text func() string) []SeriesData {
	start := 1545403816.0
	values := sequence(5, 0, 300)
	for i := range values {
		values[i] += 4 * math.Sin(float64(i)/9)
	}
	values[40], values[41], values[299], values[120] = 30, 28, 31, math.NaN()
	low, high := sequence(-2, 0, 300), sequence(11, 0.01, 300)
	band := &Band{Name: text(), Low: low, High: high, Middle: sequence(4, 0.01, 300)}
	spikes := []int{40, 41, 299}
	rows := []Line{{Name: text(), Values: values, Spikes: spikes}}
	heavy := append(sequence(0, 1, 299), 1e6)
	all := []SeriesData{
		{Lines: rows, Band: band, Changes: []int{39, 200}},
		{Lines: rows, Band: band, RowsPerPoint: 12345},
		{Lines: []Line{{Values: heavy, Spikes: []int{0, 298, 299}}, {Name: text(), Values: values}}, Band: band},
		{Lines: []Line{{Values: []float64{7}, Spikes: []int{0}}}},
		{Lines: []Line{{Values: []float64{7}}}, Times: []float64{start}},
	}
	for _, step := range []float64{1e-3, 0.25, 1, 60, 3600, 86400, 86400 * 30} {
		all = append(all, SeriesData{
			Times: sequence(start, step, 300), Lines: []Line{rows[0], {Name: text(), Values: low}}, Changes: []int{150},
		})
	}
	return all
}

func TestRelationsSameDataSameBytes(t *testing.T) {
	check.Long(t)
	again := relationFigures(t, plain)
	for i, f := range relationFigures(t, plain) {
		png1, svg1 := render(t, f.figure, Size{Scale: 1})
		png2, svg2 := render(t, again[i].figure, Size{Scale: 1})
		if !bytes.Equal(png1, png2) || !bytes.Equal(svg1, svg2) {
			t.Errorf("%s %d differs from one time to the next", f.name, i)
		}
		img, err := png.Decode(bytes.NewReader(png1))
		if err != nil {
			t.Fatalf("%s %d: %v", f.name, i, err)
		}
		if b := img.Bounds(); b.Dx() != 640 || b.Dy() != f.figure.Height(Size{}) {
			t.Errorf("%s %d: the image is %v, want 640 by %d", f.name, i, b, f.figure.Height(Size{}))
		}
		checkBorder(t, f.name, img.(*image.Paletted))
		if alt := f.figure.Alt; !strings.HasSuffix(alt, ".") || strings.Contains(alt, "NaN") || strings.Contains(alt, "Inf") {
			t.Errorf("%s %d: the description is %q", f.name, i, alt)
		}
	}
}

func TestRelationsConcurrentWriting(t *testing.T) {
	for i, f := range relationFigures(t, hostile) {
		if i%4 != 0 {
			continue
		}
		wantPNG, wantSVG := render(t, f.figure, Size{Scale: 1})
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() {
				var p, s bytes.Buffer
				if err := errors.Join(f.figure.WritePNG(&p, Size{Scale: 1}), f.figure.WriteSVG(&s, Size{Scale: 1})); err != nil {
					t.Error(err)
				}
				if !bytes.Equal(p.Bytes(), wantPNG) || !bytes.Equal(s.Bytes(), wantSVG) {
					t.Errorf("%s %d differs where several goroutines write it", f.name, i)
				}
			})
		}
		wait.Wait()
	}
}

// No text covers another or leaves the figure, at any width, none is smaller
// than 11 pixels, and the document is well formed.
func TestRelationsTexts(t *testing.T) {
	check.Long(t)
	for _, labels := range [][]string{plain, hostile} {
		for _, width := range []int{320, 640, 1000} {
			for i, f := range relationFigures(t, labels) {
				name := fmt.Sprintf("%s %d of width %d", f.name, i, width)
				var svg bytes.Buffer
				if err := f.figure.WriteSVG(&svg, Size{Width: width}); err != nil {
					t.Fatal(err)
				}
				checkTexts(t, name, svg.String(), float64(width), float64(f.figure.Height(Size{Width: width})))
				checkWellFormed(t, name, svg.Bytes())
			}
		}
	}
}

// checkTexts fails the test unless all texts lie within the figure and apart.
func checkTexts(t *testing.T, name, svg string, width, height float64) {
	t.Helper()
	all := texts(t, svg, height)
	for i, a := range all {
		if a.x < 0 || a.y < 0 || a.right() > width || a.bottom() > height {
			t.Errorf("%s: %q lies outside at %+v", name, a.text, a.rect)
		}
		if min(a.w, a.h)/0.93 < 10.99 && len(a.text) > 2 {
			t.Errorf("%s: %q is set in %.1f pixels", name, a.text, min(a.w, a.h)/0.93)
		}
		for _, b := range all[:i] {
			if a.overlaps(b.rect) {
				t.Errorf("%s: %q at %+v covers %q at %+v", name, a.text, a.rect, b.text, b.rect)
			}
		}
	}
}

// checkWellFormed fails the test unless the document has the elements of a
// figure only.
func checkWellFormed(t *testing.T, name string, svg []byte) {
	t.Helper()
	for decoder := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: the SVG is not well formed: %v", name, err)
		}
		if element, ok := token.(xml.StartElement); ok && !strings.Contains(" svg title desc g path text ", " "+element.Name.Local+" ") {
			t.Errorf("%s: the SVG has an element <%s>", name, element.Name.Local)
		}
	}
}

// A figure shares nothing with the data it was made from.
func TestRelationsKeepTheirData(t *testing.T) {
	values, other := sequence(1, 1, 9), sequence(2, 1, 9)
	rows := []Effect{{"a", 0.5, 0.4, 0.6}}
	var all []*Figure
	add := func(f *Figure, err error) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	band := &Band{Low: values, High: other, Middle: values}
	spikes := []int{4}
	add(Series(SeriesData{Times: values, Lines: []Line{{Values: values, Spikes: spikes}}, Band: band, Changes: spikes}))
	add(QQ(QQData{Normal: values, Sample: other, Q1: 4, Q3: 8}))
	add(Density(DensityData{Groups: []PointGroup{{X: values, Y: other}}}))
	add(Ranking(RankingData{Rows: rows}))
	coefficients := []float64{0.5, 0.2}
	add(Correlogram(CorrelogramData{Coefficients: coefficients, Bound: 0.1}))
	var before [][]byte
	for _, f := range all {
		data, _ := render(t, f, Size{Scale: 1})
		before = append(before, data)
	}
	values[3], other[3], rows[0].Estimate, coefficients[0], spikes[0] = 50, 60, -1, -0.5, 2
	for i, f := range all {
		if after, _ := render(t, f, Size{Scale: 1}); !bytes.Equal(before[i], after) {
			t.Errorf("figure %d changed with the data it was made from", i)
		}
	}
}

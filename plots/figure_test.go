package plots

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// discard is an io.Writer that keeps nothing.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// A named is a figure of the test set.
type named struct {
	name   string
	figure *Figure
}

// A figureSet gathers figures that are labelled with some texts in turn.
type figureSet struct {
	t       testing.TB
	texts   []string
	next    int
	figures []named
}

func newSet(t testing.TB, texts []string) *figureSet { return &figureSet{t: t, texts: texts} }

func (s *figureSet) text() string {
	s.next++
	return s.texts[(s.next-1)%len(s.texts)]
}

func (s *figureSet) list(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = s.text()
	}
	return out
}

func (s *figureSet) add(name string, f *Figure, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
	s.figures = append(s.figures, named{name, f})
}

// figures returns one figure or more of each kind, labelled with the given
// texts in turn.
func figures(t testing.TB, texts []string) []named {
	t.Helper()
	set := newSet(t, texts)
	text, list, add := set.text, set.list, set.add
	title, caption := text(), text()

	values := append([]float64{0}, sequence(1, 7, 60)...)
	values = append(values, 1e6, 3e8)
	counts := make([]int64, len(values))
	fewer := make([]int64, len(values))
	for i := range counts {
		counts[i], fewer[i] = int64(10000/(i+1)), int64(i%3)
	}
	one := []Group{{text(), counts}}
	two := []Group{{text(), counts}, {text(), fewer}}
	for _, groups := range [][]Group{one, two, {two[0], two[1], one[0]}} {
		f, _, err := Histogram(HistogramData{Title: title, Caption: caption, Label: text(), Counted: text(), Values: values, Groups: groups})
		add("histogram", f, err)
		f, _, err = Histogram(HistogramData{Title: title, Label: text(), Values: values, Groups: groups, X: Linear, Y: Linear})
		add("linear histogram", f, err)
		bars, err := Bars(BarsData{Title: title, Caption: caption, Label: text(), Counted: text(), Names: list(len(values)), Groups: groups})
		add("bars", bars, err)
	}
	for _, n := range []int{1, 12, 45} {
		data := HeatmapData{Title: title, Caption: caption, Label: text(), Rows: list(n), Columns: list(n), Correlation: true}
		for i := range n {
			row := sequence(-1, 0.01, n)
			row[i] = math.NaN()
			if n == 1 {
				row[i] = 1
			}
			data.Values = append(data.Values, row)
		}
		f, err := Heatmap(data)
		add("correlations", f, err)
	}
	f, err := Heatmap(HeatmapData{Title: title, Label: text(), Rows: list(2), Columns: list(3), Values: [][]float64{{0, 1, 20}, {12345, 3, 1e7}}})
	add("magnitudes", f, err)
	f, err = MissingMatrix(MissingData{Title: title, Caption: caption, Columns: list(3), Rows: 1000,
		Blocks: [][]float64{{0, 0, 0, 0}, {0, 1, 0.001, 0.5}, {1, 1, 1, 1}}, Shares: []float64{0, 0.37, 1}})
	add("missing", f, err)
	box := []Box{{N: 10, Low: 0, Q1: 0, Median: 44, Q3: 276, High: 690}, {}, {N: 1, Low: 1e6, Q1: 1e6, Median: 1e6, Q3: 1e6, High: 1e6}}
	for _, scale := range []Scale{Linear, Log} {
		f, _, err := Boxes(BoxData{Title: title, Caption: caption, Label: text(), Names: list(3), Scale: scale,
			Groups: []BoxGroup{{text(), box}, {text(), box}}})
		add("boxes", f, err)
	}
	return set.figures
}

// plain are labels as real data have them.
var plain = []string{"src_bytes", "normal", "attack", "dst_host_srv_diff_host_rate", "http", "tcp", "duration", "S0"}

func render(t testing.TB, f *Figure, size Size) (pngBytes, svgBytes []byte) {
	t.Helper()
	var p, s bytes.Buffer
	if err := f.WritePNG(&p, size); err != nil {
		t.Fatal(err)
	}
	if err := f.WriteSVG(&s, size); err != nil {
		t.Fatal(err)
	}
	return p.Bytes(), s.Bytes()
}

func TestSameDataSameBytes(t *testing.T) {
	check.Long(t)
	again := figures(t, plain)
	for i, f := range figures(t, plain) {
		png1, svg1 := render(t, f.figure, Size{Scale: 1})
		png2, svg2 := render(t, again[i].figure, Size{Scale: 1})
		if !bytes.Equal(png1, png2) {
			t.Errorf("%s: the PNG differs from one time to the next", f.name)
		}
		if !bytes.Equal(svg1, svg2) {
			t.Errorf("%s: the SVG differs from one time to the next", f.name)
		}
	}
}

func TestConcurrentWriting(t *testing.T) {
	f := figures(t, hostile)[1].figure
	wantPNG, wantSVG := render(t, f, Size{Scale: 1})
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			var p, s bytes.Buffer
			if err := errors.Join(f.WritePNG(&p, Size{Scale: 1}), f.WriteSVG(&s, Size{Scale: 1})); err != nil {
				t.Error(err)
			}
			if !bytes.Equal(p.Bytes(), wantPNG) || !bytes.Equal(s.Bytes(), wantSVG) {
				t.Error("a figure written by several goroutines differs")
			}
		})
	}
	wait.Wait()
}

// A figure shares nothing with the data it was made from.
func TestFigureKeepsItsData(t *testing.T) {
	values := [][]float64{{1, 0.5}, {0.5, 1}}
	f, err := Heatmap(HeatmapData{Rows: []string{"a", "b"}, Columns: []string{"a", "b"}, Values: values, Correlation: true})
	if err != nil {
		t.Fatal(err)
	}
	d := sample(sequence(1, 1, 10)...)
	h, bins, err := Histogram(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*Figure{f, h} {
		before, _ := render(t, f, Size{Scale: 1})
		values[0][1] = -1
		d.Values[3], d.Groups[0].Counts[2] = 77, 99
		bins.Edges[0], bins.Counts[0][0] = -100, 1e6
		if after, _ := render(t, f, Size{Scale: 1}); !bytes.Equal(before, after) {
			t.Error("the figure changed with the data it was made from")
		}
	}
}

func TestPNG(t *testing.T) {
	check.Long(t)
	for _, f := range figures(t, plain) {
		data, _ := render(t, f.figure, Size{Scale: 1})
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		paletted, ok := img.(*image.Paletted)
		if !ok {
			t.Fatalf("%s: the image is a %T, want a palette", f.name, img)
		}
		height := f.figure.Height(Size{})
		if b := img.Bounds(); b.Dx() != 640 || b.Dy() != height {
			t.Errorf("%s: the image is %v, want 640 by %d", f.name, b, height)
		}
		checkBorder(t, f.name, paletted)
	}
}

// checkBorder fails the test if anything reaches the border of the image, as
// text does that is cut off.
func checkBorder(t *testing.T, name string, img *image.Paletted) {
	t.Helper()
	b := img.Bounds()
	paper := img.ColorIndexAt(0, 0)
	for y := range b.Dy() {
		for x := range b.Dx() {
			inside := x >= 4 && x < b.Dx()-4 && y >= 4 && y < b.Dy()-4
			if !inside && img.ColorIndexAt(x, y) != paper {
				t.Errorf("%s: something is drawn at the border, at %d, %d", name, x, y)
				return
			}
		}
	}
}

// Every colour that was drawn is kept exactly, also in figures with many.
func TestPaletteKeepsColours(t *testing.T) {
	for _, f := range figures(t, plain) {
		if f.name != "correlations" {
			continue
		}
		data, _ := render(t, f.figure, Size{Scale: 1})
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 60_000 {
			t.Errorf("the image takes %d bytes", len(data))
		}
		found := make(map[opaque]bool)
		for _, c := range img.(*image.Paletted).Palette {
			r, g, b, _ := c.RGBA()
			found[opaque(r>>8)<<16|opaque(g>>8)<<8|opaque(b>>8)] = true
		}
		ramp := f.figure.Theme.Diverging
		// The colour bar shows nearly every shade; both ends and the middle are sure.
		for _, shade := range []float64{1.0 / shades, 0.5, 1 - 1.0/shades} {
			c := ramp.At(shade)
			if !found[opaque(c.R)<<16|opaque(c.G)<<8|opaque(c.B)] {
				t.Errorf("the colour of shade %v is not in the palette", shade)
			}
		}
	}
}

// The SVG of hostile labels is well formed, has no element but those of a
// figure, and gives back the labels as text.
func TestHostileLabels(t *testing.T) {
	check.Long(t)
	allowed := map[string]bool{"svg": true, "title": true, "desc": true, "g": true, "path": true, "text": true}
	for _, f := range figures(t, hostile) {
		if err := f.figure.WritePNG(io.Discard, Size{Scale: 1}); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
		_, svg := render(t, f.figure, Size{Scale: 1})
		decoder := xml.NewDecoder(bytes.NewReader(svg))
		for {
			token, err := decoder.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: the SVG is not well formed: %v", f.name, err)
			}
			element, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			if !allowed[element.Name.Local] {
				t.Errorf("%s: the SVG has an element <%s>", f.name, element.Name.Local)
			}
			for _, attribute := range element.Attr {
				if strings.HasPrefix(attribute.Name.Local, "on") || attribute.Name.Local == "href" {
					t.Errorf("%s: the SVG has an attribute %s", f.name, attribute.Name.Local)
				}
			}
		}
	}
	quoted := `style="font-family:Liberation Sans;`
	f, err := Bars(BarsData{Names: []string{quoted}, Groups: []Group{{Counts: []int64{1}}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, svg := render(t, f, Size{}); !strings.Contains(string(svg), "style=&#34;font-family:Liberation Sans;<") {
		t.Error("a label that looks like the attribute of a font was changed")
	}
}

func TestSVGHead(t *testing.T) {
	f, err := Bars(BarsData{Title: "a < b", Alt: "c & d", Names: []string{"x"}, Groups: []Group{{Counts: []int64{1}}}})
	if err != nil {
		t.Fatal(err)
	}
	_, svg := render(t, f, Size{Width: 800})
	for _, want := range []string{`<svg xmlns="http://www.w3.org/2000/svg" role="img"`, `width="800"`, "<title>a &lt; b</title>", "<desc>c &amp; d</desc>"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the SVG lacks %s", want)
		}
	}
	if strings.Contains(string(svg), "Generated by") || strings.Contains(string(svg), `font-family:Liberation`) {
		t.Error("the SVG keeps the head or the fonts of the canvas")
	}
}

func TestSizes(t *testing.T) {
	f := figures(t, plain)[0].figure
	for _, size := range []Size{{Width: 319}, {Width: 1601}, {Width: -1}, {Scale: 4}, {Scale: -1}} {
		if err := f.WritePNG(io.Discard, size); err == nil {
			t.Errorf("a PNG of size %+v was written", size)
		}
		if err := f.WriteSVG(io.Discard, size); err == nil {
			t.Errorf("an SVG of size %+v was written", size)
		}
		if h := f.Height(size); h != 0 {
			t.Errorf("size %+v has height %d", size, h)
		}
	}
}

// failing is a writer that has no room.
type failing struct{}

var errNoRoom = errors.New("no room")

func (failing) Write([]byte) (int, error) { return 0, errNoRoom }

func TestWriteErrors(t *testing.T) {
	f := figures(t, plain)[0].figure
	if err := f.WritePNG(failing{}, Size{}); !errors.Is(err, errNoRoom) {
		t.Errorf("WritePNG = %v, want the writer's error", err)
	}
	if err := f.WriteSVG(failing{}, Size{}); !errors.Is(err, errNoRoom) {
		t.Errorf("WriteSVG = %v, want the writer's error", err)
	}
}

func TestAlt(t *testing.T) {
	for _, f := range figures(t, plain) {
		if f.figure.Alt == "" || !strings.HasSuffix(f.figure.Alt, ".") || strings.Contains(f.figure.Alt, "NaN") {
			t.Errorf("%s: the description is %q", f.name, f.figure.Alt)
		}
	}
}

func BenchmarkWritePNG(b *testing.B) {
	seen := make(map[string]bool)
	for _, f := range figures(b, plain) {
		if seen[f.name] {
			continue
		}
		seen[f.name] = true
		b.Run(strings.ReplaceAll(f.name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				if err := f.figure.WritePNG(io.Discard, Size{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

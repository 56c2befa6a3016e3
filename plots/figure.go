package plots

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Figure is a picture ready to be written. It is made by the constructors of
// this package and may be written by several goroutines at once, as long as
// none changes it.
type Figure struct {
	// Title stands above the picture: a sentence that says what is seen.
	Title string

	// Caption stands below it in small print: sample, source, conventions.
	Caption string

	// Alt describes the picture to those who cannot see it. It becomes the
	// description inside an SVG file and belongs into the alt attribute of a
	// page. Constructors write one from the data if none is given.
	Alt string

	// Theme holds the colours.
	Theme Theme

	legend []legendEntry
	body   body
}

// A body is the part of a figure between legend and caption.
type body interface {
	// height returns the height that the body needs at a width.
	height(width float64) float64
	// draw draws the body within the area.
	draw(p *painter, area rect)
}

// A slanted body has lines that are neither level nor upright, which a browser
// must smooth; rectangles are sharper if it does not.
type slanted interface{ slanted() }

// A legendEntry explains a colour; the groups' colours follow from all names.
type legendEntry struct {
	group, text string
}

// newFigure returns a figure with the default theme. The alternative text
// is used if the caller gave none.
func newFigure(title, caption, alt, fallback string, b body) *Figure {
	if alt == "" {
		alt = fallback
	}
	return &Figure{Title: title, Caption: caption, Alt: alt, Theme: DefaultTheme(), body: b}
}

// explain adds a legend of the groups if there is more than one.
func (f *Figure) explain(groups []string, totals []int64) {
	if len(groups) < 2 {
		return
	}
	for i, name := range groups {
		text := name
		if totals != nil {
			text = fmt.Sprintf("%s (%s)", name, count(totals[i]))
		}
		f.legend = append(f.legend, legendEntry{group: name, text: text})
	}
}

// A Size says how large a figure is drawn. Its height follows from its width.
type Size struct {
	// Width is the width in CSS pixels, 320 to 1600; 0 means 640, for which
	// the text sizes are made.
	Width int
	// Scale is the number of dots of a PNG image to a CSS pixel, 1 to 3;
	// 0 means 2, which is sharp on most screens. SVG ignores it.
	Scale int
}

// resolve returns the size with the defaults filled in, or an error.
func (s Size) resolve() (Size, error) {
	if s.Width == 0 {
		s.Width = 640
	}
	if s.Scale == 0 {
		s.Scale = 2
	}
	if s.Width < 320 || s.Width > 1600 {
		return s, fmt.Errorf("a figure cannot be %d pixels wide, only 320 to 1600", s.Width)
	}
	if s.Scale < 1 || s.Scale > 3 {
		return s, fmt.Errorf("a figure cannot have %d dots to a pixel, only 1 to 3", s.Scale)
	}
	return s, nil
}

// Height returns the height in CSS pixels that the figure has at a size, for
// the height attribute of a page; 0 if the size is not possible.
func (f *Figure) Height(size Size) int {
	size, err := size.resolve()
	if err != nil {
		return 0
	}
	return int(f.arrange(float64(size.Width)).height)
}

// WritePNG writes the figure as a PNG image with at most 256 colours.
func (f *Figure) WritePNG(w io.Writer, size Size) error {
	size, err := size.resolve()
	if err != nil {
		return err
	}
	a := f.arrange(float64(size.Width))
	canvas := vgimg.NewWith(
		vgimg.UseWH(vg.Length(a.width)*pixel, vg.Length(a.height)*pixel),
		vgimg.UseDPI(96*size.Scale),
		vgimg.UseBackgroundColor(f.Theme.Paper),
	)
	p := &painter{canvas: canvas, height: a.height, theme: f.Theme, raster: true}
	f.draw(p, a)
	img, ok := canvas.Image().(*image.RGBA)
	if !ok {
		return png.Encode(w, canvas.Image())
	}
	return encodePNG(w, img, p.drawn)
}

// WriteSVG writes the figure as an SVG document that can also stand inside an
// HTML page. Its text stays text, in Liberation Sans or a font of equal widths.
func (f *Figure) WriteSVG(w io.Writer, size Size) error {
	size, err := size.resolve()
	if err != nil {
		return err
	}
	a := f.arrange(float64(size.Width))
	canvas := vgsvg.NewWith(vgsvg.UseWH(vg.Length(a.width)*pixel, vg.Length(a.height)*pixel))
	f.draw(&painter{canvas: canvas, height: a.height, theme: f.Theme}, a)
	var buf bytes.Buffer
	if _, err := canvas.WriteTo(&buf); err != nil {
		return err
	}
	_, err = w.Write(f.finishSVG(buf.Bytes(), a))
	return err
}

// Lengths of the page around a body, in pixels.
const (
	sideMargin   = 18.0
	topMargin    = 16.0
	bottomMargin = 14.0
	swatch       = 11.0
)

// lineHeight returns the distance between lines of text.
func lineHeight(s textStyle) float64 { return math.Round(s.size * 1.35) }

// An arrangement is the places of a figure's parts at a width.
type arrangement struct {
	width, height  float64
	title, caption []string
	legend         []point // the left middle of each entry
	body           rect
	captionTop     float64
}

// arrange places title, legend, body and caption one below the other.
func (f *Figure) arrange(width float64) arrangement {
	inner := width - 2*sideMargin
	a := arrangement{
		width:   width,
		title:   balance(titleText, clean(f.Title), inner, 3),
		caption: wrap(captionText, clean(f.Caption), inner, 4),
	}
	y := topMargin
	if len(a.title) > 0 {
		y += float64(len(a.title))*lineHeight(titleText) + 6
	}
	if len(f.legend) > 0 {
		x := sideMargin
		y += 8
		for _, entry := range f.legend {
			w := swatch + 6 + labelText.width(fit(labelText, entry.text, inner-swatch-6))
			if x > sideMargin && x+w > width-sideMargin {
				x, y = sideMargin, y+lineHeight(labelText)
			}
			a.legend = append(a.legend, point{x, y})
			x += w + 18
		}
		y += lineHeight(labelText)/2 + 6
	}
	a.body = rect{sideMargin, y, inner, f.body.height(inner)}
	y = a.body.bottom()
	if len(a.caption) > 0 {
		y += 10
		a.captionTop = y
		y += float64(len(a.caption)) * lineHeight(captionText)
	}
	a.height = math.Ceil(y + bottomMargin)
	return a
}

// draw draws the whole figure.
func (f *Figure) draw(p *painter, a arrangement) {
	p.fill(f.Theme.Paper, rect{0, 0, a.width, a.height})
	p.lines(titleText, f.Theme.Ink, topMargin, a.title)
	colors := f.legendColors()
	for i, entry := range f.legend {
		at := a.legend[i]
		p.fill(colors[i], rect{at.x, at.y - swatch/2, swatch, swatch})
		text := fit(labelText, entry.text, a.width-2*sideMargin-swatch-6)
		p.text(labelText, f.Theme.Ink, at.x+swatch+6, at.y, left, text)
	}
	f.body.draw(p, a.body)
	p.lines(captionText, f.Theme.Muted, a.captionTop, a.caption)
}

// legendColors returns the colour of each legend entry.
func (f *Figure) legendColors() []color.NRGBA {
	groups := make([]string, len(f.legend))
	for i, entry := range f.legend {
		groups[i] = entry.group
	}
	return f.Theme.groupColors(groups)
}

// lines draws lines of text from the left margin down.
func (p *painter) lines(s textStyle, c color.NRGBA, top float64, lines []string) {
	for i, line := range lines {
		p.text(s, c, sideMargin, top+(float64(i)+0.5)*lineHeight(s), left, line)
	}
}

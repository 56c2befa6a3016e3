package plots

import (
	"image/color"
	"math"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// pixel is a CSS pixel, the unit of every length in this package.
const pixel = vg.Inch / 96

// A textStyle is one of the few ways in which text is set.
type textStyle struct {
	size float64 // pixels
	bold bool
}

// The text styles. The smallest is still readable in a report column.
var (
	titleText   = textStyle{size: 16, bold: true}
	labelText   = textStyle{size: 12.5}
	tickText    = textStyle{size: 12}
	captionText = textStyle{size: 12}
	smallText   = textStyle{size: 11}
)

// capHeight is the height of capitals and digits of Liberation Sans in ems.
const capHeight = 0.72

// face returns the font of the style in gonum's embedded Liberation Sans.
func (s textStyle) face() font.Face {
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if s.bold {
		f.Weight = 3 // golang.org/x/image/font.WeightBold
	}
	return plot.DefaultTextHandler.Cache().Lookup(f, vg.Length(s.size)*pixel)
}

// width returns the width of a line of text in pixels. Characters that the
// font lacks are taken to be as wide as the text is high.
func (s textStyle) width(text string) float64 {
	face := s.face()
	known, missing := text, 0
	if !isASCII(text) {
		known = strings.Map(func(r rune) rune {
			if has(face, r) {
				return r
			}
			missing++
			return -1
		}, text)
	}
	return float64(face.Width(known)/pixel) + float64(missing)*s.size
}

// isASCII reports whether the text has only characters that every font has.
func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// has reports whether the font has a glyph for the character.
func has(face font.Face, r rune) bool {
	glyph, err := face.Face.GlyphIndex(nil, r)
	return err == nil && glyph != 0
}

// An alignment says which part of a text lies at its position.
type alignment float64

const (
	left   alignment = 0
	center alignment = 0.5
	right  alignment = 1
)

// A point is a place in pixels from the top left corner.
type point struct{ x, y float64 }

// A rect is an upright rectangle in pixels, y downwards.
type rect struct{ x, y, w, h float64 }

func (r rect) right() float64  { return r.x + r.w }
func (r rect) bottom() float64 { return r.y + r.h }

// snap rounds to half pixels, which are whole dots at the usual resolution.
func snap(v float64) float64 { return math.Round(v*2) / 2 }

// snapSpan rounds both ends of a span. A span of a pixel or less is moved to a
// whole pixel, or it would vanish at the resolution of one dot to a pixel.
func snapSpan(from, length float64) (float64, float64) {
	a, b := snap(from), snap(from+length)
	if a < b && b-a <= 1 {
		a = math.Floor(a)
		b = a + 1
	}
	return a, b
}

// A painter draws on a gonum canvas in pixels from the top left corner.
type painter struct {
	canvas vg.Canvas
	height float64 // of the whole canvas
	theme  Theme
	raster bool          // letters become dots, so that no other font can step in
	drawn  []color.NRGBA // the colours used, in order, with repetitions
}

// ink sets the colour of what is drawn next.
func (p *painter) ink(c color.NRGBA) {
	p.canvas.SetColor(c)
	if n := len(p.drawn); n == 0 || p.drawn[n-1] != c {
		p.drawn = append(p.drawn, c)
	}
}

func (p *painter) point(at point) vg.Point {
	return vg.Point{X: vg.Length(at.x) * pixel, Y: vg.Length(p.height-at.y) * pixel}
}

// fill fills rectangles, as one path. Edges are snapped to dots, so that
// rectangles that touch leave no seam.
func (p *painter) fill(c color.NRGBA, rects ...rect) {
	var path vg.Path
	for _, r := range rects {
		x0, x1 := snapSpan(r.x, r.w)
		y0, y1 := snapSpan(r.y, r.h)
		if x1 <= x0 || y1 <= y0 {
			continue
		}
		path.Move(p.point(point{x0, y0}))
		path.Line(p.point(point{x1, y0}))
		path.Line(p.point(point{x1, y1}))
		path.Line(p.point(point{x0, y1}))
		path.Close()
	}
	if len(path) > 0 {
		p.ink(c)
		p.canvas.Fill(path)
	}
}

// horizontal draws a level line one pixel thick, vertical an upright one.
func (p *painter) horizontal(c color.NRGBA, x0, x1, y float64) {
	p.fill(c, rect{x0, y - 0.5, x1 - x0, 1})
}

func (p *painter) vertical(c color.NRGBA, x, y0, y1 float64) {
	p.fill(c, rect{x - 0.5, y0, 1, y1 - y0})
}

// longestStroke is how many points of an image's line are drawn at once. The time of
// a stroke grows much faster than its length: 5,000 points take seconds.
const longestStroke = 256

// stroke draws a line through points. In an image, long ones are drawn in pieces that
// share two points, so that every corner is whole in one of them.
func (p *painter) stroke(c color.NRGBA, width float64, points []point) {
	if len(points) < 2 {
		return
	}
	p.ink(c)
	p.canvas.SetLineWidth(vg.Length(width) * pixel)
	for p.raster && len(points) > longestStroke {
		p.canvas.Stroke(p.path(points[:longestStroke]))
		points = points[longestStroke-2:]
	}
	p.canvas.Stroke(p.path(points))
}

// polygon fills the area within points.
func (p *painter) polygon(c color.NRGBA, points []point) {
	if len(points) < 3 {
		return
	}
	path := p.path(points)
	path.Close()
	p.ink(c)
	p.canvas.Fill(path)
}

func (p *painter) path(points []point) vg.Path {
	var path vg.Path
	path.Move(p.point(points[0]))
	for _, at := range points[1:] {
		path.Line(p.point(at))
	}
	return path
}

// text draws one line of text; its capitals are centred on y.
func (p *painter) text(s textStyle, c color.NRGBA, x, y float64, align alignment, text string) {
	if text == "" {
		return
	}
	x -= float64(align) * s.width(text)
	p.ink(c)
	p.canvas.FillString(s.face(), p.point(point{snap(x), snap(y + capHeight/2*s.size)}), p.shown(s, text))
}

// textUp draws one line of text that reads upwards from y and is centred on x.
func (p *painter) textUp(s textStyle, c color.NRGBA, x, y float64, text string) {
	if text == "" {
		return
	}
	at := p.point(point{snap(x + capHeight/2*s.size), snap(y)})
	p.canvas.Push()
	p.canvas.Translate(at)
	p.canvas.Rotate(math.Pi / 2)
	p.ink(c)
	p.canvas.FillString(s.face(), vg.Point{}, p.shown(s, text))
	p.canvas.Pop()
}

// shown returns the text with a box for each character that the font lacks.
// Where the viewer chooses the font, the text stays as it is.
func (p *painter) shown(s textStyle, text string) string {
	if !p.raster || isASCII(text) {
		return text
	}
	face := s.face()
	return strings.Map(func(r rune) rune {
		if has(face, r) {
			return r
		}
		return '□'
	}, text)
}

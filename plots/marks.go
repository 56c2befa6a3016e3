package plots

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
)

// discs fills circles of the given radius around points, as one path.
func (p *painter) discs(c color.NRGBA, radius float64, points ...point) {
	if radius <= 0 {
		return
	}
	var path vg.Path
	for _, at := range points {
		middle := p.point(at)
		r := vg.Length(radius) * pixel
		path.Move(vg.Point{X: middle.X + r, Y: middle.Y})
		path.Arc(middle, r, 0, 2*math.Pi)
		path.Close()
	}
	if len(path) > 0 {
		p.ink(c)
		p.canvas.Fill(path)
	}
}

// rings draws circles with a border, so that they stand out from lines and
// from each other.
func (p *painter) rings(border, inside color.NRGBA, radius float64, points ...point) {
	for _, at := range points {
		p.discs(border, radius, at)
		p.discs(inside, radius-1.25, at)
	}
}

// Lengths of a dashed line in pixels.
const (
	dash    = 4.0
	dashGap = 3.0
)

// dashed draws an upright dashed line one pixel thick.
func (p *painter) dashed(c color.NRGBA, x, y0, y1 float64) {
	var dashes []rect
	for y := y0; y < y1; y += dash + dashGap {
		dashes = append(dashes, rect{x - 0.5, y, 1, min(dash, y1-y)})
	}
	p.fill(c, dashes...)
}

// A mark is a sign that a figure uses, with its explanation.
type mark struct {
	text  string
	width float64 // of the sign
	draw  func(p *painter, sign rect)
}

// A markKey explains the signs of a figure in lines above its axes.
type markKey []mark

// Lengths of a key in pixels.
const (
	wideSign   = 20.0 // a piece of a line, or of an area
	narrowSign = 9.0
	signHeight = 11.0
	signGap    = 6.0  // to the text
	markGap    = 18.0 // to the next sign
	keyPitch   = 19.0
	keyGap     = 5.0 // to what is below
)

// places returns the left middle of each mark from the top left corner, and the
// height of all.
func (k markKey) places(width float64) ([]point, float64) {
	if len(k) == 0 {
		return nil, 0
	}
	var places []point
	x, y := 0.0, keyPitch/2
	for _, m := range k {
		w := m.width + signGap + labelText.width(m.fitted(width))
		if x > 0 && x+w > width {
			x, y = 0, y+keyPitch
		}
		places = append(places, point{x, y})
		x += w + markGap
	}
	return places, y + keyPitch/2 + keyGap
}

// fitted returns the explanation as it fits a key of the given width.
func (m mark) fitted(width float64) string {
	return fit(labelText, m.text, width-m.width-signGap)
}

func (k markKey) height(width float64) float64 {
	_, height := k.places(width)
	return height
}

// draw draws the key at the top of the area and returns what is left of it.
func (k markKey) draw(p *painter, area rect) rect {
	places, height := k.places(area.w)
	for i, m := range k {
		x, y := area.x+places[i].x, area.y+places[i].y
		m.draw(p, rect{x, y - signHeight/2, m.width, signHeight})
		p.text(labelText, p.theme.Ink, x+m.width+signGap, y, left, m.fitted(area.w))
	}
	return rect{area.x, area.y + height, area.w, area.h - height}
}

// middle returns the centre of a rectangle.
func (r rect) middle() point { return point{r.x + r.w/2, r.y + r.h/2} }

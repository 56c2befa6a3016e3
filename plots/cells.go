package plots

import (
	"image/color"
	"math"
)

// shades is the number of colours that cells are drawn in. It keeps files
// small; steps between neighbours cannot be seen.
const shades = 64

// cells draws rectangles in the colours of a ramp, those of a colour together.
// A shade that is NaN is drawn in the colour for undefined cells.
type cells struct {
	ramp    Ramp
	rects   [shades + 1][]rect
	unknown []rect
}

// add adds a rectangle with a shade between 0 and 1.
func (c *cells) add(shade float64, r rect) {
	if math.IsNaN(shade) {
		c.unknown = append(c.unknown, r)
		return
	}
	i := level(shade)
	c.rects[i] = append(c.rects[i], r)
}

// level returns the colour of a shade as a number from 0 to shades.
func level(shade float64) int {
	return int(math.Round(min(max(shade, 0), 1) * shades))
}

// color returns the colour in which a shade is drawn.
func (c *cells) color(t Theme, shade float64) color.NRGBA {
	if math.IsNaN(shade) {
		return t.Void
	}
	return c.ramp.At(float64(level(shade)) / shades)
}

func (c *cells) draw(p *painter) {
	p.fill(p.theme.Void, c.unknown...)
	for i, rects := range c.rects {
		p.fill(c.ramp.At(float64(i)/shades), rects...)
	}
}

// Lengths of a colour bar in pixels.
const (
	colorBar       = 10.0 // thickness
	colorBarLength = 220.0
	colorBarHeight = 14 + colorBar + tickLabels // with the gap above and the numbers below
)

// A colorKey is the explanation of a ramp below a matrix.
type colorKey struct {
	ramp      Ramp
	axis      axis // without pixels
	shade     func(float64) float64
	format    func(tick) string
	label     string
	zero      bool // zero has a place of its own
	undefined bool // there are cells without a value
}

// draw draws the key at the left top, within the width.
func (k colorKey) draw(p *painter, x, y, width float64) {
	y += 14
	var bar cells
	bar.ramp = k.ramp
	a := k.axis
	a.from = x
	if k.zero {
		bar.add(0, rect{x, y, 14, colorBar})
		p.text(tickText, p.theme.Muted, x+7, y+colorBar+10, center, "0")
		a.from = x + 24
	}
	a.to = a.from + min(colorBarLength, width/2)
	step := (a.to - a.from) / shades
	for i := range shades {
		f := (float64(i) + 0.5) / shades
		bar.add(k.shade(a.value(f)), rect{a.from + float64(i)*step, y, step, colorBar})
	}
	bar.draw(p)
	for _, t := range a.fitted(10, tickText.width) {
		if t.label != "" {
			p.vertical(p.theme.Muted, a.at(t.value), y+colorBar, y+colorBar+3)
			p.text(tickText, p.theme.Muted, a.at(t.value), y+colorBar+10, center, k.format(t))
		}
	}
	at := a.to + 14
	label := fit(tickText, k.label, x+width-at-90)
	p.text(tickText, p.theme.Muted, at, y+colorBar/2, left, label)
	if k.undefined {
		at += tickText.width(label) + 18
		p.fill(p.theme.Void, rect{at, y, swatch, colorBar})
		p.text(tickText, p.theme.Muted, at+swatch+6, y+colorBar/2, left, "undefined")
	}
}

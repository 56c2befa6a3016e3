package plots

import (
	"cmp"
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"
)

// maxLags is the most lags of a correlogram.
const maxLags = 400

// CorrelogramData is what Correlogram draws: how a series agrees with itself
// some steps later.
type CorrelogramData struct {
	Title, Caption, Alt string // see Figure

	// Label names the series: "connections a minute".
	Label string
	// Step names what one lag is: "minutes". Empty if that is not known.
	Step string
	// Partial says that the coefficients are partial autocorrelations.
	Partial bool

	// Coefficients are those of the lags 1, 2, and so on, between -1 and 1.
	Coefficients []float64
	// Bound is the half width of the band in which the coefficients of white
	// noise lie, such as 1.96/√n for 95 % of them.
	Bound float64
	// BandName says what the band is, "band of white noise" if empty.
	BandName string
}

// Correlogram draws autocorrelations as stems from lag 1 on; the one of lag 0
// is always 1 and left out. Stems within the band of white noise are grey.
//
// It returns an error if there are no lags, or more than 400 of them, if a
// coefficient is not between -1 and 1, or if the bound is not between 0 and 1.
func Correlogram(d CorrelogramData) (*Figure, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("correlogram of %q: %w", d.Label, err)
	}
	c := correlogram{
		label: cmp.Or(clean(d.Label), "values"), step: clean(d.Step), name: "autocorrelation",
		coefficients: slices.Clone(d.Coefficients), bound: d.Bound,
		band: fmt.Sprintf("%s (±%s)", cmp.Or(clean(d.BandName), "band of white noise"), short(d.Bound)),
	}
	if d.Partial {
		c.name = "partial autocorrelation"
	}
	return newFigure(d.Title, d.Caption, d.Alt, c.describe(), c), nil
}

// check returns an error unless the data can be drawn.
func (d CorrelogramData) check() error {
	const rounding = 1e-9
	switch n := len(d.Coefficients); {
	case n == 0:
		return errors.New("there are no lags")
	case n > maxLags:
		return fmt.Errorf("%d lags are too many to read, at most %d can be drawn", n, maxLags)
	case !(d.Bound > 0 && d.Bound <= 1): // also if it is NaN
		return fmt.Errorf("the bound %v is not between 0 and 1", d.Bound)
	}
	for i, v := range d.Coefficients {
		if !(math.Abs(v) <= 1+rounding) {
			return fmt.Errorf("lag %d has the coefficient %v, which is not between -1 and 1", i+1, v)
		}
	}
	return nil
}

// correlogram is the body of a figure of autocorrelations.
type correlogram struct {
	label, step, name string
	coefficients      []float64
	bound             float64
	band              string
}

// describe returns the alternative text.
func (c correlogram) describe() string {
	outside, largest := 0, 0
	for i, v := range c.coefficients {
		if math.Abs(v) > c.bound {
			outside++
		}
		if math.Abs(v) > math.Abs(c.coefficients[largest]) {
			largest = i
		}
	}
	return fmt.Sprintf("Correlogram of %s: %s at %s, %d of them beyond the band of ±%s, the largest %s at lag %d.",
		c.label, c.name, plural(len(c.coefficients), "lag"), outside, short(c.bound), short(c.coefficients[largest]), largest+1)
}

const correlogramPlot = 210.0

// Lengths of a stem in pixels.
const (
	stemWidth = 2.0
	stemDot   = 2.75 // radius
	dotPitch  = 7.0  // the distance between stems that have dots
)

// key explains the colours of the stems and the band.
func (c correlogram) key() markKey {
	return markKey{
		{"beyond the band", narrowSign, func(p *painter, sign rect) {
			p.stem(p.theme.Normal, sign.middle().x, sign.bottom(), sign.y+stemDot, stemWidth, stemDot)
		}},
		{c.band, wideSign, func(p *painter, sign rect) {
			p.fill(bandShade(p.theme), sign)
			p.stem(stemShade(p.theme), sign.middle().x, sign.bottom(), sign.y+stemDot, stemWidth, stemDot)
		}},
	}
}

// bandShade and stemShade return the colours of the band of white noise and of
// the stems that end within it.
func bandShade(t Theme) color.NRGBA { return tint(t.Void, t.Paper, 0.35) }
func stemShade(t Theme) color.NRGBA { return tint(t.Muted, t.Paper, 0.6) }

// stem draws an upright line from a baseline to a dot.
func (p *painter) stem(c color.NRGBA, x, base, end, width, radius float64) {
	p.fill(c, rect{x - width/2, min(base, end), width, math.Abs(end - base)})
	p.discs(c, radius, point{x, end})
}

func (c correlogram) height(width float64) float64 {
	return c.key().height(width) + axisTitle + correlogramPlot + tickLabels + axisTitle
}

func (c correlogram) draw(p *painter, area rect) {
	area = c.key().draw(p, area)
	p.text(labelText, p.theme.Muted, area.x, area.y+axisTitle/2-2, left, fit(labelText, c.name+" of "+c.label, area.w))
	y, plot := c.coefficientAxis().draw(p, rect{area.x, area.y + axisTitle, area.w, correlogramPlot})

	low, high := y.at(c.bound), y.at(-c.bound)
	p.fill(bandShade(p.theme), rect{plot.x, low, plot.w, high - low})
	n := float64(len(c.coefficients))
	x := axis{scale: Linear, lo: 0.5, hi: n + 0.5, whole: true, from: plot.x, to: plot.right()}
	c.stems(p, x, y)
	p.horizontal(p.theme.Ink, plot.x, plot.right(), y.at(0))
	for _, t := range x.fitted(12, tickText.width) {
		p.text(tickText, p.theme.Muted, x.at(t.value), plot.bottom()+tickLength+10, center, t.label)
	}
	title := "lag"
	if c.step != "" {
		title += " (" + c.step + ")"
	}
	p.text(labelText, p.theme.Muted, plot.x+plot.w/2, area.bottom()-axisTitle/2, center, fit(labelText, title, plot.w))
}

// coefficientAxis returns the upright axis: around zero and the band, and as
// far as the coefficients reach.
func (c correlogram) coefficientAxis() uprightAxis {
	lowest := min(slices.Min(c.coefficients), -1.5*c.bound)
	highest := max(slices.Max(c.coefficients), 1.5*c.bound)
	lo, hi := padded(lowest, highest, 0.03)
	return uprightAxis{axis: axis{scale: Linear, lo: lo, hi: hi}}
}

// stems draws the coefficients, with dots if there is room.
func (c correlogram) stems(p *painter, x, y axis) {
	pitch := (x.to - x.from) / (x.hi - x.lo)
	width, radius := stemWidth, stemDot
	if pitch < dotPitch {
		radius = 0
	}
	if pitch < 2*stemWidth {
		width = 1
	}
	for i, v := range c.coefficients {
		ink := stemShade(p.theme)
		if math.Abs(v) > c.bound {
			ink = p.theme.Normal
		}
		p.stem(ink, snap(x.at(float64(i+1))), y.at(0), y.at(v), width, radius)
	}
}

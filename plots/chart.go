package plots

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"github.com/netanom/netanom/stats"
)

// A chartLine is one line of a chart, in units of its axes.
type chartLine struct {
	name      string
	x, y      []float64
	low, high []float64 // a band around it, or nil
	chosen    []RatePoint
	dots      bool // its points are marked
}

// A chartAxis is a direction of a chart. On an axis of normal deviates, shares stand where
// the normal distribution has them as its probability.
type chartAxis struct {
	axis
	title   string
	deviate bool
}

// place returns the pixel of a value; what is beyond an end, at that end.
func (a chartAxis) place(v float64) float64 {
	if a.deviate {
		v = min(max(stats.NormalQuantile(min(max(v, 1e-300), 1-1e-16)), a.lo), a.hi)
	}
	return a.at(min(max(v, a.lo), a.hi))
}

// beyond reports whether a value lies above an axis of normal deviates.
func (a chartAxis) beyond(v float64) bool {
	return a.deviate && stats.NormalQuantile(min(max(v, 1e-300), 1-1e-16)) > a.hi+1e-9
}

// deviateShares are the ticks of an axis of normal deviates.
var deviateShares = []float64{
	1e-6, 1e-5, 1e-4, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999,
}

// marks returns the ticks whose labels keep apart.
func (a chartAxis) marks(gap float64, size func(string) float64) []tick {
	if !a.deviate {
		return a.fitted(gap, size)
	}
	var ticks []tick
	for _, share := range deviateShares {
		z := stats.NormalQuantile(share)
		if z < a.lo-1e-9 || z > a.hi+1e-9 {
			continue
		}
		t := tick{z, short(100*share) + "%"}
		if !a.apart(append(ticks, t), gap, size) {
			t.label = ""
		}
		ticks = append(ticks, t)
	}
	return ticks
}

// chart is the body of a figure of lines over numbers.
type chart struct {
	x, y     chartAxis
	tall     float64 // height of the area within the axes
	square   bool    // it is not much wider than tall
	lines    []chartLine
	diagonal string  // what equal shares mean; "" for no line
	level    float64 // of a level line
	levelled string  // what it means; "" for no line
	cuts     []float64
	cut      string    // what upright dashed lines mean
	rug      []float64 // values that stand as strokes on the level axis
	rugged   string    // what they are
	band     string    // what bands are
	chosen   string    // what rings are
}

// slanted implements slanted.
func (chart) slanted() {}

const (
	chartTall  = 320.0
	chartRight = 14.0 // room for half of the last label
	chartTop   = 7.0  // room for half of the label above
	ringSize   = 5.0
	rugSize    = 6.0
	lineWidth  = 2.0
)

// names returns those of the lines.
func (c chart) names() []string {
	var out []string
	for _, line := range c.lines {
		out = append(out, line.name)
	}
	return out
}

// key explains what is not a line of the legend.
func (c chart) key() markKey {
	var k markKey
	level := func(p *painter, sign rect) { p.horizontal(p.theme.Muted, sign.x, sign.right(), sign.middle().y) }
	if c.diagonal != "" {
		k = append(k, mark{c.diagonal, wideSign, level})
	}
	if c.levelled != "" {
		k = append(k, mark{c.levelled, wideSign, level})
	}
	var banded, ringed bool
	for _, line := range c.lines {
		banded = banded || line.low != nil
		ringed = ringed || len(line.chosen) > 0
	}
	if banded {
		k = append(k, mark{c.band, wideSign, func(p *painter, sign rect) { p.fill(translucent(p.theme.Ink), sign) }})
	}
	if ringed {
		k = append(k, mark{c.chosen, narrowSign, func(p *painter, sign rect) {
			p.rings(p.theme.Ink, p.theme.Paper, ringSize, sign.middle())
		}})
	}
	if len(c.cuts) > 0 {
		k = append(k, mark{c.cut, narrowSign, func(p *painter, sign rect) {
			p.dashed(p.theme.Ink, sign.middle().x, sign.y-2, sign.bottom()+2)
		}})
	}
	if len(c.rug) > 0 {
		k = append(k, mark{c.rugged, narrowSign, func(p *painter, sign rect) {
			p.vertical(p.theme.Muted, sign.middle().x, sign.middle().y-rugSize/2, sign.middle().y+rugSize/2)
		}})
	}
	return k
}

func (c chart) height(width float64) float64 {
	return c.key().height(width) + axisTitle + c.tall + tickLabels + axisTitle
}

func (c chart) draw(p *painter, area rect) {
	area = c.key().draw(p, area)
	x, plot := c.frame(p, area)
	p.text(labelText, p.theme.Muted, plot.x+plot.w/2, area.y+axisTitle+c.tall+tickLabels+axisTitle/2, center, fit(labelText, c.x.title, plot.w))
	c.bottom(p, x, plot)
}

// frame draws what is within the axes, and the upright one. It returns the level axis and
// the area within.
func (c chart) frame(p *painter, area rect) (chartAxis, rect) {
	p.text(labelText, p.theme.Muted, area.x, area.y+axisTitle/2-2, left, fit(labelText, c.y.title, area.w))
	inner := rect{area.x, area.y + axisTitle, area.w - chartRight, c.tall}
	if c.square {
		inner.w = min(inner.w, 1.4*c.tall)
	}
	y := c.y
	y.from, y.to = inner.bottom(), inner.y+chartTop
	plot := p.leftAxis(y.axis, y.marks(16, func(string) float64 { return tickText.size }), inner)
	x := c.x
	x.from, x.to = plot.x, plot.right()
	c.lines = slices.Clone(c.lines)
	c.references(p, x, y, plot)
	colors := p.theme.groupColors(c.names())
	for i := range c.lines {
		c.lines[i] = c.lines[i].within(x, y)
	}
	for i, line := range c.lines {
		line.drawBand(p, x, y, colors[i])
	}
	for i, line := range c.lines {
		line.draw(p, x, y, colors[i])
	}
	for i, line := range c.lines {
		for _, at := range line.chosen {
			p.rings(p.theme.Ink, colors[i], ringSize, point{x.place(at.X), y.place(at.Y)})
		}
	}
	return x, plot
}

// references draws the diagonal, the level line, the cuts and the rug.
func (c chart) references(p *painter, x, y chartAxis, plot rect) {
	if c.diagonal != "" {
		const steps = 100
		var points []point
		for i := range steps + 1 {
			v := x.value(float64(i) / steps)
			points = append(points, point{x.place(v), y.place(v)})
		}
		p.stroke(p.theme.Muted, 1, points)
	}
	if c.levelled != "" {
		p.horizontal(p.theme.Muted, x.from, x.to, y.place(c.level))
	}
	for _, v := range c.cuts {
		p.dashed(p.theme.Ink, x.place(v), plot.y, plot.bottom())
	}
	var strokes []rect
	for _, v := range c.rug {
		strokes = append(strokes, rect{x.place(v) - 0.5, plot.bottom() - rugSize, 1, rugSize})
	}
	p.fill(p.theme.Muted, strokes...)
}

// bottom draws the level axis.
func (c chart) bottom(p *painter, x chartAxis, plot rect) {
	if !x.deviate {
		p.bottomAxis(x.axis, plot.bottom(), plot.x, false)
		return
	}
	p.horizontal(p.theme.Ink, plot.x, x.to, plot.bottom())
	for _, t := range x.marks(12, tickText.width) {
		at, length := x.at(t.value), tickLength
		if t.label == "" {
			length /= 2
		}
		p.vertical(p.theme.Ink, at, plot.bottom(), plot.bottom()+length)
		p.text(tickText, p.theme.Muted, at, plot.bottom()+tickLength+10, center, t.label)
	}
}

// within returns the line without the points at its ends that lie above an axis; the
// figure keeps them.
func (l chartLine) within(x, y chartAxis) chartLine {
	from, to := 0, len(l.x)
	for from < to && (x.beyond(l.x[from]) || y.beyond(l.y[from])) {
		from++
	}
	for to > from && (x.beyond(l.x[to-1]) || y.beyond(l.y[to-1])) {
		to--
	}
	l.x, l.y = l.x[from:to], l.y[from:to]
	if l.low != nil {
		l.low, l.high = l.low[from:to], l.high[from:to]
	}
	return l
}

func (l chartLine) drawBand(p *painter, x, y chartAxis, c color.NRGBA) {
	if l.low == nil {
		return
	}
	var points []point
	for i := range l.x {
		points = append(points, point{x.place(l.x[i]), y.place(l.high[i])})
	}
	for i := len(l.x) - 1; i >= 0; i-- {
		points = append(points, point{x.place(l.x[i]), y.place(l.low[i])})
	}
	p.polygon(translucent(c), points)
}

func (l chartLine) draw(p *painter, x, y chartAxis, c color.NRGBA) {
	var points []point
	for i := range l.x {
		points = append(points, point{x.place(l.x[i]), y.place(l.y[i])})
	}
	p.stroke(c, lineWidth, points)
	if l.dots || len(points) == 1 {
		p.discs(c, curveDot, points...)
	}
}

// describe writes where a line begins and ends, and the middle of it.
func (l chartLine) describe() string {
	at := func(i int) string { return "(" + short(l.x[i]) + ", " + short(l.y[i]) + ")" }
	last := len(l.x) - 1
	s := cmp.Or(l.name, "curve") + ": " + plural(len(l.x), "point") + " from " + at(0) + " by " + at(last/2) + " to " + at(last)
	for _, c := range l.chosen {
		s += ", chosen (" + short(c.X) + ", " + short(c.Y) + ")"
	}
	return s
}

// describe returns the alternative text.
func (c chart) describe() string {
	s := c.y.title + " against " + c.x.title
	for _, line := range c.lines {
		s += "; " + line.describe()
	}
	return s + "."
}

// shareAxis is an axis from 0 to 1.
func shareAxis(title string) chartAxis {
	return chartAxis{axis: axis{scale: Linear, lo: 0, hi: 1}, title: title}
}

// numberAxis is an axis of values of any size. A logarithmic one leaves no room for zero.
func numberAxis(title string, wish Scale, samples ...[]float64) (chartAxis, error) {
	e := extentOf(samples...)
	scale, err := chooseScale(wish, e.lowest, e.highest, e.typical)
	if err != nil {
		return chartAxis{}, err
	}
	if scale == Log && e.lowest == 0 {
		scale = Linear
	}
	a := chartAxis{axis: e.axis(scale), title: axisName(title, scale)}
	a.whole = false
	return a, nil
}

// powerBelow returns the power of ten at or below a positive value.
func powerBelow(v float64) float64 { return math.Pow(10, math.Floor(math.Log10(v)+1e-9)) }

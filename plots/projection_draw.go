package plots

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// A sign is how the points of a group look.
type sign struct {
	color color.NRGBA
	shape int // a disc, or so many corners
}

// signs returns another sign for each of up to 12 names. The eight colours are used up
// before one comes again in another shape.
func (t Theme) signs(names []string) []sign {
	shapes := [4]int{0, 4, 3, 40} // 40: a square that stands on a side
	plain := t.groupColors(names[:min(len(names), maxGroups)])
	out := make([]sign, len(names))
	for i := range out {
		out[i] = sign{plain[i%maxGroups], shapes[(i+i/maxGroups)%len(shapes)]}
	}
	return out
}

// draw draws the signs around points, as one path.
func (s sign) draw(p *painter, c color.NRGBA, radius float64, points ...point) {
	if s.shape == 0 {
		p.discs(c, radius, points...)
		return
	}
	corners, turn, size := s.shape, 0.0, 1.25*radius
	if s.shape == 40 {
		corners, turn = 4, math.Pi/4
	}
	var path vg.Path
	for _, at := range points {
		for k := range corners {
			angle := turn + 2*math.Pi*float64(k)/float64(corners)
			corner := p.point(point{at.x + size*math.Sin(angle), at.y - size*math.Cos(angle)})
			if k == 0 {
				path.Move(corner)
			} else {
				path.Line(corner)
			}
		}
		path.Close()
	}
	if len(path) > 0 {
		p.ink(c)
		p.canvas.Fill(path)
	}
}

const (
	projectionPlot = 430.0
	rareGroup      = 100 // a group with no more points has borders
	arrowHead      = 7.0
)

// key explains the signs.
func (b projection) key(t Theme) markKey {
	if len(b.points) < 2 {
		return nil
	}
	var k markKey
	for i, s := range t.signs(b.names) {
		text := fmt.Sprintf("%s (%s)", cmp.Or(b.names[i], "(empty)"), count(int64(len(b.points[i].X))))
		k = append(k, mark{text, narrowSign, func(p *painter, in rect) { s.draw(p, s.color, 4.5, in.middle()) }})
	}
	return k
}

func (b projection) height(width float64) float64 {
	h := b.key(DefaultTheme()).height(width) + b.above() + projectionPlot + b.below()
	if !b.unitless {
		h += tickLabels
	}
	if b.scores != nil {
		h += colorBarHeight
	}
	return h
}

// above and below are the heights of the names of the axes.
func (b projection) above() float64 {
	if b.y == "" && b.unitless {
		return 4
	}
	return axisTitle
}

func (b projection) below() float64 {
	if b.x == "" && b.unitless {
		return 0
	}
	return axisTitle
}

func (b projection) draw(p *painter, area rect) {
	area = b.key(p.theme).draw(p, area)
	p.text(labelText, p.theme.Muted, area.x, area.y+axisTitle/2-2, left, fit(labelText, b.y, area.w))
	x, y, plot := b.axes(p, rect{area.x, area.y + b.above(), area.w, projectionPlot})
	if b.scores != nil {
		b.shaded(p, x, y)
	} else {
		b.grouped(p, x, y)
	}
	b.drawArrows(p, x, y, plot)
	below := plot.bottom() + axisTitle/2
	if !b.unitless {
		p.bottomAxis(x, plot.bottom(), plot.x, false)
		below += tickLabels
	}
	p.text(labelText, p.theme.Muted, plot.middle().x, below, center, fit(labelText, b.x, plot.w))
	if b.scores != nil {
		b.scoreKey(p.theme).draw(p, area.x, area.bottom()-colorBarHeight, area.w)
	}
}

// axes draws what lies behind the points, and returns the axes and the area within.
func (b projection) axes(p *painter, area rect) (x, y axis, plot rect) {
	var xs, ys [][]float64
	for _, g := range b.points {
		xs, ys = append(xs, g.X), append(ys, g.Y)
	}
	if b.arrows != nil {
		xs, ys = append(xs, []float64{0}), append(ys, []float64{0})
	}
	ex, ey := extentOf(xs...), extentOf(ys...)
	ex.whole, ey.whole = false, false
	x, y = ex.axis(Linear), ey.axis(Linear)
	if b.unitless {
		plot = area
		p.frame(p.theme.Grid, plot)
		unit := max((x.hi-x.lo)/plot.w, (y.hi-y.lo)/plot.h)
		widen := func(a axis, pixels float64) axis {
			middle := a.lo + (a.hi-a.lo)/2
			a.lo, a.hi = middle-unit*pixels/2, middle+unit*pixels/2
			return a
		}
		x, y = widen(x, plot.w), widen(y, plot.h)
		y.from, y.to = plot.bottom(), plot.y
	} else {
		y, plot = uprightAxis{axis: y, room: 6}.draw(p, area)
	}
	x.from, x.to = plot.x, plot.right()
	return x, y, plot
}

// dot returns the radius of a sign, which is smaller where there are many.
func (b projection) dot() float64 {
	switch n := b.total(); {
	case n <= 300:
		return 3.5
	case n <= 2000:
		return 2.75
	default:
		return 2.1
	}
}

// grouped draws the points of all groups, the largest group first.
func (b projection) grouped(p *painter, x, y axis) {
	order := make([]int, len(b.points))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(len(b.points[j].X), len(b.points[i].X)) })
	signs := p.theme.signs(b.names)
	for _, i := range order {
		g, s := b.points[i], signs[i]
		var places []point
		for k := range g.X {
			places = append(places, point{x.at(g.X[k]), y.at(g.Y[k])})
		}
		places = distinct(places)
		if len(b.points) > 1 && len(g.X) <= rareGroup {
			for _, at := range places {
				s.draw(p, p.theme.Paper, b.dot()+1.9, at)
				s.draw(p, s.color, b.dot()+0.9, at)
			}
			continue
		}
		c := s.color
		c.A = dotOpacity
		for chunk := range slices.Chunk(places, longestStroke) {
			s.draw(p, c, b.dot(), chunk...)
		}
	}
}

// distinct returns points that differ by half a pixel or more, in their order.
func distinct(points []point) []point {
	seen := make(map[point]bool, len(points))
	return slices.DeleteFunc(points, func(at point) bool {
		at = point{snap(at.x), snap(at.y)}
		again := seen[at]
		seen[at] = true
		return again
	})
}

// scoreScale returns the axis of the scores, without pixels.
func (b projection) scoreScale() axis {
	a := axis{scale: Linear, lo: 0, hi: 1}
	if e := extentOf(b.scores); !e.empty() {
		a.lo, a.hi = padded(e.lowest, e.highest, 0)
		if e.highest > e.lowest {
			a.lo, a.hi = e.lowest, e.highest
		}
	}
	return a
}

// shade returns the position of a score on the ramp of colours.
func (b projection) shade(a axis, v float64) float64 {
	return countedColor + (1-countedColor)*(v-a.lo)/(a.hi-a.lo)
}

func (b projection) scoreKey(t Theme) colorKey {
	a := b.scoreScale()
	return colorKey{
		ramp: t.Sequential, axis: a, shade: func(v float64) float64 { return b.shade(a, v) },
		format: func(t tick) string { return t.label }, label: b.label, undefined: slices.ContainsFunc(b.scores, math.IsNaN),
	}
}

// shaded draws points in the colours of their scores, the highest last.
func (b projection) shaded(p *painter, x, y axis) {
	var unknown []point
	var levels [shades + 1][]point
	a := b.scoreScale()
	for i, s := range b.scores {
		at := point{x.at(b.points[0].X[i]), y.at(b.points[0].Y[i])}
		if math.IsNaN(s) {
			unknown = append(unknown, at)
			continue
		}
		k := level(b.shade(a, s))
		levels[k] = append(levels[k], at)
	}
	draw := func(c color.NRGBA, places []point) {
		for chunk := range slices.Chunk(distinct(places), longestStroke) {
			p.discs(c, b.dot(), chunk...)
		}
	}
	draw(p.theme.Void, unknown)
	for k, places := range levels {
		draw(p.theme.Sequential.At(float64(k)/shades), places)
	}
}

// drawArrows draws arrows so long that the longest comes near the border, and their names
// where no other name stands.
func (b projection) drawArrows(p *painter, x, y axis, plot rect) {
	origin := point{x.at(0), y.at(0)}
	stretch := math.Inf(1) // pixels to a unit of the arrows, which is the same for all
	for _, a := range b.arrows {
		dx, dy := a.X*(x.at(1)-origin.x), a.Y*(y.at(1)-origin.y)
		stretch = min(stretch, fitting(dx, plot.x-origin.x+0.12*plot.w, plot.right()-origin.x-0.12*plot.w),
			fitting(dy, plot.y-origin.y+0.05*plot.h, plot.bottom()-origin.y-0.05*plot.h))
	}
	if math.IsInf(stretch, 1) {
		return // none has a length
	}
	var taken []rect
	var draw []func() // arrows lie over names
	for _, a := range b.arrows {
		tip := point{origin.x + stretch*a.X*(x.at(1)-origin.x), origin.y + stretch*a.Y*(y.at(1)-origin.y)}
		length := math.Hypot(tip.x-origin.x, tip.y-origin.y)
		if length < arrowHead {
			continue
		}
		ux, uy := (tip.x-origin.x)/length, (tip.y-origin.y)/length
		back := point{tip.x - arrowHead*ux, tip.y - arrowHead*uy}
		draw = append(draw, func() {
			p.stroke(p.theme.Ink, 1.25, []point{origin, back})
			p.polygon(p.theme.Ink, []point{tip, {back.x - 3*uy, back.y + 3*ux}, {back.x + 3*uy, back.y - 3*ux}})
		})
		taken = append(taken, b.nameArrow(p, a.Name, tip, point{ux, uy}, plot, taken))
	}
	for _, arrow := range draw {
		arrow()
	}
}

// fitting returns by how much d can be multiplied to stay within low and high.
func fitting(d, low, high float64) float64 {
	switch {
	case d > 0:
		return max(high/d, 0)
	case d < 0:
		return max(low/d, 0)
	}
	return math.Inf(1)
}

// nameArrow writes a name beyond a tip, moved up or down until it is clear of those that
// are written, and returns its place.
func (b projection) nameArrow(p *painter, name string, tip, toward point, plot rect, taken []rect) rect {
	text := fit(smallText, name, 0.35*plot.w)
	w, h := smallText.width(text), smallText.size+2
	at := rect{tip.x + 4, tip.y - h/2 + 8*toward.y, w, h}
	if toward.x < 0 {
		at.x = tip.x - 4 - w
	}
	at.x = min(max(at.x, plot.x), plot.right()-w)
	start := at.y
	for step := range 2 * maxArrows { // to one side and the other in turn
		at.y = start + float64((step+1)/2)*h*float64(1-2*(step%2))
		if !slices.ContainsFunc(taken, func(r rect) bool {
			return at.x < r.right() && r.x < at.right() && at.y < r.bottom() && r.y < at.bottom()
		}) {
			break
		}
	}
	paper := p.theme.Paper
	paper.A = 0xD0
	p.fill(paper, rect{at.x - 2, at.y, w + 4, h})
	p.text(smallText, p.theme.Ink, at.x, at.y+h/2, left, text)
	return at
}

package plots

import (
	"cmp"
	"math"
	"slices"
)

const (
	densityPlot  = 270.0 // height of the area within the axes
	panelPlot    = 220.0 // the same of one of several panels
	panelGap     = 20.0
	widePanels   = 520.0 // the width from which on two panels stand side by side
	densityDot   = 2.5   // radius
	dotOpacity   = 0x90
	countedColor = 0.12 // keeps a single record apart from an empty cell
)

// panels returns how many panels there are, and how many side by side.
func (d density) panels(width float64) (n, columns int) {
	switch {
	case d.points != nil || len(d.groups) == 1:
		return 1, 1
	case width < widePanels:
		return len(d.groups), 1
	}
	return len(d.groups), 2
}

// panelHeight returns the height of one panel.
func (d density) panelHeight(n int) float64 {
	if n == 1 {
		return axisTitle + densityPlot + tickLabels + axisTitle
	}
	return axisTitle + panelPlot + tickLabels + axisTitle + keyPitch
}

func (d density) height(width float64) float64 {
	n, columns := d.panels(width)
	rows := float64((n + columns - 1) / columns)
	height := rows*d.panelHeight(n) + (rows-1)*panelGap
	if d.points == nil {
		height += colorBarHeight
	}
	return height
}

// A panel is one of the plots of a figure, with its axes.
type panel struct {
	area, plot rect
	x, y       axis
}

func (d density) draw(p *painter, area rect) {
	n, columns := d.panels(area.w)
	height := d.panelHeight(n)
	width := (area.w - float64(columns-1)*panelGap) / float64(columns)
	var panels []panel
	for i := range n {
		within := rect{
			area.x + float64(i%columns)*(width+panelGap),
			area.y + float64(i/columns)*(height+panelGap), width, height,
		}
		if n > 1 {
			name := cmp.Or(d.groups[i], "(empty)") + " (" + count(d.sizes[i]) + ")"
			p.text(panelText, p.theme.Ink, within.x, within.y+keyPitch/2, left, fit(panelText, name, within.w))
			within.y, within.h = within.y+keyPitch, within.h-keyPitch
		}
		panels = append(panels, d.panel(p, within))
	}
	if d.points != nil {
		d.dots(p, panels[0])
	} else {
		d.counts(p, panels, area)
	}
	for _, each := range panels {
		p.bottomAxis(each.x, each.plot.bottom(), each.plot.x, d.x.Zeros != nil)
		p.text(labelText, p.theme.Muted, each.plot.middle().x, each.area.bottom()-axisTitle/2, center,
			fit(labelText, axisName(d.xLabel, d.x.X), each.plot.w))
	}
}

// panelText is the name of a panel.
var panelText = textStyle{size: 12.5, bold: true}

// panel draws the upright axis of a panel, and places the level one.
func (d density) panel(p *painter, area rect) panel {
	p.text(labelText, p.theme.Muted, area.x, area.y+axisTitle/2-2, left, fit(labelText, axisName(d.yLabel, d.y.X), area.w))
	upright := uprightAxis{axis: histogram{bins: d.y}.valueAxis(), zeros: d.y.Zeros != nil}
	y, plot := upright.draw(p, rect{area.x, area.y + axisTitle, area.w, area.h - 2*axisTitle - tickLabels})
	x := histogram{bins: d.x}.valueAxis()
	x.from, x.to = plot.x, plot.right()
	if d.x.Zeros != nil {
		x.zeroAt = plot.x + zeroSlot/2 + 2
		x.from = x.zeroAt + zeroSlot/2 + zeroGap
	}
	return panel{area, plot, x, y}
}

// counts draws the counted cells of all panels, and what their colours mean at
// the bottom of the area.
func (d density) counts(p *painter, panels []panel, area rect) {
	counted := cells{ramp: p.theme.Sequential}
	for i, group := range d.cells {
		x, y := panels[i].x, panels[i].y
		for k, at := range group.cells {
			x0, x1 := d.x.span(x, at.x, zeroSlot)
			y1, y0 := d.y.span(y, at.y, -zeroRow)
			counted.add(d.shade(float64(group.counts[k])), rect{x0, y0, x1 - x0, y1 - y0})
		}
	}
	counted.draw(p)
	key := colorKey{
		ramp: counted.ramp, axis: axis{scale: Log, lo: 1, hi: d.most(), whole: true},
		shade: d.shade, format: func(t tick) string { return t.label },
	}
	top := area.bottom() - colorBarHeight
	key.draw(p, area.x, top, area.w)
	end := area.x + min(colorBarLength, area.w/2) + 14
	p.text(tickText, p.theme.Muted, end, top+14+colorBar/2, left, fit(tickText, d.counted+" in a bin", area.right()-end))
}

// most returns the count at the dark end of the colours.
func (d density) most() float64 { return float64(max(d.fullest, 10)) }

// shade returns the position of a count on the ramp of colours.
func (d density) shade(n float64) float64 {
	return countedColor + (1-countedColor)*math.Log10(n)/math.Log10(d.most())
}

// dots draws the points of all groups, the largest group first, so that the
// others are not hidden.
func (d density) dots(p *painter, in panel) {
	order := make([]int, len(d.points))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(d.points[b].X), len(d.points[a].X)) })
	colors := p.theme.groupColors(d.groups)
	for _, i := range order {
		c := colors[i]
		c.A = dotOpacity
		for k := range d.points[i].X {
			p.discs(c, densityDot, point{in.x.at(d.points[i].X[k]), in.y.at(d.points[i].Y[k])})
		}
	}
}

// span returns the pixels of an axis between the edges of a bin; -1 is that of
// the zeros, which has the given size.
func (b *Bins) span(a axis, bin int, zeros float64) (from, to float64) {
	if bin < 0 {
		return a.zeroAt - zeros/2, a.zeroAt + zeros/2
	}
	return a.at(b.Edges[bin]), a.at(b.Edges[bin+1])
}

package plots

import (
	"image/color"
	"math"
)

const (
	rankPitch  = 20.0
	rankDot    = 4.0  // radius
	rankGap    = 14.0 // between plot and numbers
	rankMargin = 10.0 // between labels and plot
)

// bandColor returns the colour of a band of magnitudes, darker for larger ones.
func bandColor(t Theme, magnitude int) color.NRGBA {
	return tint(t.Void, t.Paper, 0.13*float64(magnitude))
}

// key explains bands and dots.
func (r ranking) key() markKey {
	var k markKey
	for i, name := range magnitudes {
		if !r.banded() {
			break
		}
		text := name
		if i > 0 {
			text += " from " + short(r.limits[i-1])
		}
		k = append(k, mark{text, signHeight, func(p *painter, sign rect) {
			p.fill(p.theme.Void, sign)
			p.fill(bandColor(p.theme, i), rect{sign.x + 1, sign.y + 1, sign.w - 2, sign.h - 2})
		}})
	}
	for _, row := range r.rows {
		if row.doubtful(r.null) {
			return append(k, mark{r.interval + " holds " + r.nothing(), narrowSign, func(p *painter, sign rect) {
				p.rings(p.theme.Normal, p.theme.Paper, rankDot, sign.middle())
			}})
		}
	}
	return k
}

// nothing names the value of no effect.
func (r ranking) nothing() string {
	if r.null == 1 {
		return "one"
	}
	return "zero"
}

func (r ranking) height(width float64) float64 {
	return r.key().height(width) + axisTitle + rankPitch*float64(len(r.rows)) + tickLabels + axisTitle
}

func (r ranking) draw(p *painter, area rect) {
	area = r.key().draw(p, area)
	var names []string
	for _, row := range r.rows {
		names = append(names, row.Name)
	}
	labelWidth := widest(labelText, names, max(0.34*area.w, min(0.45*area.w, 150)))
	columns, columnsWidth := r.columns(area.w - labelWidth - rankMargin)
	plot := rect{
		area.x + labelWidth + rankMargin, area.y + axisTitle,
		area.w - labelWidth - rankMargin - columnsWidth, rankPitch * float64(len(r.rows)),
	}
	x := axis{scale: r.scale, from: plot.x, to: plot.right()}
	lowest, highest := r.extent()
	if x.lo, x.hi = padded(lowest, highest, 0.05); r.scale == Log {
		lo, hi := padded(math.Log10(lowest), math.Log10(highest), 0.05)
		x.lo, x.hi = math.Pow(10, lo), math.Pow(10, hi)
	}
	r.background(p, x, plot)
	r.directions(p, x.at(r.null), rect{area.x, area.y, plot.right() - area.x, axisTitle - 4})
	for i, row := range r.rows {
		middle := plot.y + (float64(i)+0.5)*rankPitch
		p.text(labelText, p.theme.Ink, plot.x-rankMargin, middle, right, fit(labelText, row.Name, labelWidth))
		row.draw(p, x, snap(middle), r.null)
	}
	right := plot.right()
	for _, c := range columns {
		right += rankGap + c.width
		r.column(p, c, right, plot, area.y+axisTitle/2-2)
	}
	p.bottomAxis(x, plot.bottom(), plot.x, false)
	p.text(labelText, p.theme.Muted, plot.x+plot.w/2, area.bottom()-axisTitle/2, center, fit(labelText, r.label, plot.w))
}

// columns returns the column of estimates, that of intervals if it leaves most
// of the room to the plot, and the width of all.
func (r ranking) columns(room float64) ([]column, float64) {
	estimates, intervals := column{title: r.label}, column{title: r.interval}
	known := false
	for _, row := range r.rows {
		estimates.cells = append(estimates.cells, r.number(row.Estimate))
		text := ""
		if row.bounded() {
			text = r.number(row.Low) + " to " + r.number(row.High)
			known = true
		}
		intervals.cells = append(intervals.cells, text)
	}
	columns := []column{estimates}
	if known {
		columns = append(columns, intervals)
	}
	var width float64
	for i := range columns {
		c := &columns[i]
		c.title = fit(tickText, c.title, min(90, room/3))
		c.width = max(tickText.width(c.title), widest(labelText, c.cells, 170))
		if i > 0 && width+rankGap+c.width > room/2 {
			return columns[:i], width
		}
		width += rankGap + c.width
	}
	return columns, width
}

// column draws a column of numbers that ends at the pixel right.
func (r ranking) column(p *painter, c column, end float64, plot rect, title float64) {
	p.text(tickText, p.theme.Muted, end, title, right, c.title)
	for i, text := range c.cells {
		p.text(labelText, p.theme.Ink, end, plot.y+(float64(i)+0.5)*rankPitch, right, text)
	}
}

// background draws bands, grid lines and the line at zero.
func (r ranking) background(p *painter, x axis, plot rect) {
	if r.banded() {
		edges := append([]float64{0}, r.limits[:]...)
		for magnitude := 1; magnitude < len(magnitudes); magnitude++ {
			from, to := edges[magnitude], math.Inf(1)
			if magnitude+1 < len(edges) {
				to = edges[magnitude+1]
			}
			c := bandColor(p.theme, magnitude)
			for _, side := range [2][2]float64{{from, to}, {-to, -from}} {
				left, right := x.at(max(side[0], x.lo)), x.at(min(side[1], x.hi))
				if left < right {
					p.fill(c, rect{left, plot.y, right - left, plot.h})
				}
			}
		}
	}
	for i := range r.rows {
		p.horizontal(p.theme.Grid, plot.x, plot.right(), snap(plot.y+(float64(i)+0.5)*rankPitch))
	}
	p.vertical(p.theme.Ink, x.at(r.null), plot.y, plot.bottom())
}

// directions writes what both sides of zero mean into the line above them, beside
// the pixel of zero or as near to it as there is room.
func (r ranking) directions(p *painter, zero float64, line rect) {
	const gap = 6
	below, above := r.below, r.above
	if below != "" {
		below = fit(tickText, "← "+below, line.w/2-gap)
	}
	if above != "" {
		above = fit(tickText, above+" →", line.w/2-gap)
	}
	between := min(zero, line.right()-tickText.width(above)-gap)
	between = max(between, line.x+tickText.width(below)+gap)
	p.text(tickText, p.theme.Muted, between-gap, line.middle().y, right, below)
	p.text(tickText, p.theme.Muted, between+gap, line.middle().y, left, above)
}

// draw draws the dot and the interval of an effect on a level line.
func (e Effect) draw(p *painter, x axis, middle, null float64) {
	if !e.defined() {
		return
	}
	c := p.theme.Normal
	if e.bounded() {
		from, to := x.at(e.Low), x.at(e.High)
		p.fill(c, rect{from, middle - 1, to - from, 2})
	}
	inside := c
	if e.doubtful(null) {
		inside = p.theme.Paper
	}
	p.rings(c, inside, rankDot, point{x.at(e.Estimate), middle})
}

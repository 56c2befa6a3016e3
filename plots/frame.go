package plots

// Heights and widths around the area within the axes, in pixels.
const (
	axisTitle  = 22.0
	tickLabels = 22.0
	tickLength = 4.0
)

// leftAxis draws the labels of an upright axis at the left of the area and grid
// lines across the rest, which it returns.
func (p *painter) leftAxis(y axis, ticks []tick, area rect) rect {
	var width float64
	for _, t := range ticks {
		width = max(width, tickText.width(t.label))
	}
	plot := rect{area.x + width + 8, area.y, area.w - width - 8, area.h}
	for _, t := range ticks {
		if t.label == "" {
			continue
		}
		at := y.at(t.value)
		p.horizontal(p.theme.Grid, plot.x, plot.right(), at)
		p.text(tickText, p.theme.Muted, plot.x-8, at, right, t.label)
	}
	return plot
}

// bottomAxis draws a level axis below the baseline at y, with a separate stretch
// for zero from the pixel start if zero is drawn apart.
func (p *painter) bottomAxis(x axis, y, start float64, zero bool) {
	ticks := x.fitted(12, tickText.width)
	if zero {
		p.horizontal(p.theme.Ink, start, x.zeroAt+zeroSlot/2+2, y)
		p.text(tickText, p.theme.Muted, x.zeroAt, y+tickLength+10, center, "0")
		p.vertical(p.theme.Ink, x.zeroAt, y, y+tickLength)
		start = x.from - 2
	}
	p.horizontal(p.theme.Ink, start, x.to, y)
	for _, t := range ticks {
		at := x.at(t.value)
		if t.label == "" {
			p.vertical(p.theme.Muted, at, y, y+tickLength/2)
			continue
		}
		p.vertical(p.theme.Ink, at, y, y+tickLength)
		// Labels at the ends are moved in rather than out of the figure.
		half := tickText.width(t.label) / 2
		at = min(at, x.to+sideMargin-2-half)
		p.text(tickText, p.theme.Muted, at, y+tickLength+10, center, t.label)
	}
}

package plots

import "math"

const (
	mostNumbers     = 12    // columns up to which numbers stand in the cells
	widestCell      = 60.0  // pixels
	lowestCell      = 13.5  // the height that a row label needs
	tallestCell     = 30.0  // the height of a cell with a number
	narrowestColumn = 10.5  // the width that an upright column label needs
	longestUpright  = 168.0 // the length of an upright column label
)

// A grid is the places of the cells of a heat map in an area.
type grid struct {
	text          textStyle
	rowLabels     float64 // width
	columnLabels  float64 // height
	level         bool    // column labels are level, not upright
	width, height float64 // of a cell
}

// grid returns the places for an area of the given width.
func (h heatmap) grid(width float64) grid {
	n := float64(len(h.columns))
	g := grid{text: tickText}
	if n > 24 {
		g.text = smallText
	}
	longest := min(0.3*width, max(width-n*narrowestColumn-8, 0.16*width))
	g.rowLabels = widest(g.text, h.rows, longest)
	g.width = min((width-g.rowLabels-8)/n, widestCell)
	g.height = max(min(g.width, tallestCell), lowestCell)
	upright := widest(g.text, h.columns, longestUpright)
	g.level = widest(g.text, h.columns, math.Inf(1)) <= g.width-6
	g.columnLabels = upright + 6
	if g.level {
		g.columnLabels = 20
	}
	return g
}

func (h heatmap) height(width float64) float64 {
	g := h.grid(width)
	return g.columnLabels + g.height*float64(len(h.rows)) + colorBarHeight
}

func (h heatmap) draw(p *painter, area rect) {
	g := h.grid(area.w)
	x, y := area.x+g.rowLabels+8, area.y+g.columnLabels
	h.labels(p, g, x, y)

	gap := 1.0
	if g.width < 8 {
		gap = 0.5
	}
	matrix := cells{ramp: h.ramp(p.theme)}
	cell := func(i, j int) rect {
		// Snapped before the gap is taken off, so that all gaps are equal.
		x0, x1 := snap(x+float64(j)*g.width), snap(x+float64(j+1)*g.width)
		y0, y1 := snap(y+float64(i)*g.height), snap(y+float64(i+1)*g.height)
		return rect{x0, y0, x1 - x0 - gap, y1 - y0 - gap}
	}
	for i, row := range h.values {
		for j, v := range row {
			matrix.add(h.shade(v), cell(i, j))
		}
	}
	matrix.draw(p)
	if h.numbered(g) {
		for i, row := range h.values {
			for j, v := range row {
				if math.IsNaN(v) {
					continue
				}
				r := cell(i, j)
				ink := p.theme.inkOn(matrix.color(p.theme, h.shade(v)))
				if v == 0 && !h.correlation {
					ink = p.theme.Muted
				}
				p.text(tickText, ink, r.x+r.w/2, r.y+r.h/2, center, h.number(v))
			}
		}
	}
	key := colorKey{
		ramp: matrix.ramp, axis: axis{scale: h.scale, lo: h.lo, hi: h.hi}, shade: h.shade,
		format: func(t tick) string { return t.label }, label: h.label,
		zero: h.zeros, undefined: h.undefined,
	}
	key.draw(p, x, y+g.height*float64(len(h.rows)), area.right()-x)
}

// labels draws the names of rows and columns beside the cells at x, y. Where
// columns are narrower than a line of text, only every second or third name is
// written; in a matrix with equal rows and columns the rows name them all.
func (h heatmap) labels(p *painter, g grid, x, y float64) {
	for i, name := range h.rows {
		middle := y + (float64(i)+0.5)*g.height
		p.text(g.text, p.theme.Ink, x-8, middle, right, fit(g.text, name, g.rowLabels))
	}
	every := max(1, int(math.Ceil(0.93*g.text.size/g.width)))
	for j := 0; j < len(h.columns); j += every {
		middle := x + (float64(j)+0.5)*g.width
		if g.level {
			p.text(g.text, p.theme.Ink, middle, y-10, center, h.columns[j])
			continue
		}
		p.textUp(g.text, p.theme.Ink, middle, y-6, fit(g.text, h.columns[j], longestUpright))
	}
}

// numbered reports whether numbers stand in the cells: if there are few columns
// and all numbers fit.
func (h heatmap) numbered(g grid) bool {
	if len(h.columns) > mostNumbers || g.height < 1.2*tickText.size {
		return false
	}
	for _, row := range h.values {
		for _, v := range row {
			if !math.IsNaN(v) && tickText.width(h.number(v)) > g.width-4 {
				return false
			}
		}
	}
	return true
}

package plots

import (
	"cmp"
	"image/color"
	"math"
	"slices"
)

const (
	seriesPlot = 240.0 // height of the area within the axes
	labelRoom  = 20.0  // above the largest value, for the label of a spike
	spikeLabel = 15.0  // height of the label of a spike
	spikeSize  = 3.75  // radius of the mark of a spike
	mostLabels = 5
)

// slanted implements slanted.
func (*series) slanted() {}

func (s *series) height(width float64) float64 {
	return s.key(nil).height(width) + axisTitle + seriesPlot + tickLabels + axisTitle
}

// key explains the lines if there are two, and all other signs. The colours
// are those of the lines.
func (s *series) key(colors []color.NRGBA) markKey {
	var k markKey
	add := func(text string, width float64, draw func(p *painter, sign rect)) {
		k = append(k, mark{text, width, draw})
	}
	for i, name := range s.names {
		add(cmp.Or(name, s.label), wideSign, func(p *painter, sign rect) {
			p.fill(colors[i], rect{sign.x, sign.middle().y - 1, sign.w, 2})
		})
	}
	if s.band != nil {
		add(cmp.Or(s.band.name, "expected range"), wideSign, func(p *painter, sign rect) {
			p.fill(translucent(colors[0]), sign)
			if len(s.band.middle) > 0 {
				p.horizontal(p.theme.Muted, sign.x, sign.right(), sign.middle().y)
			}
		})
	}
	if len(s.ranked()) > 0 {
		add("spike", narrowSign, func(p *painter, sign rect) {
			p.rings(p.theme.Ink, p.theme.Paper, spikeSize, sign.middle())
		})
	}
	if len(s.changes) > 0 {
		add("level change", narrowSign, func(p *painter, sign rect) {
			p.dashed(p.theme.Ink, sign.middle().x, sign.y-2, sign.bottom()+2)
		})
	}
	if len(k) == 1 {
		return nil
	}
	return k
}

// translucent returns the colour as it shades an area.
func translucent(c color.NRGBA) color.NRGBA {
	c.A = 0x38
	return c
}

func (s *series) draw(p *painter, area rect) {
	colors := p.theme.groupColors(s.names)
	area = s.key(colors).draw(p, area)
	p.text(labelText, p.theme.Muted, area.x, area.y+axisTitle/2-2, left, fit(labelText, axisName(s.label, s.y.scale), area.w))
	y, plot := s.y.draw(p, rect{area.x, area.y + axisTitle, area.w, seriesPlot})
	x := s.x
	x.from, x.to = plot.x+5, plot.right()-8

	at := func(d datum) point {
		// Limits of a band can lie below a logarithmic axis.
		return point{x.at(d.x), min(y.at(d.v), plot.bottom())}
	}
	if s.band != nil {
		s.band.draw(p, at, colors[0])
	}
	for _, change := range s.changes {
		p.dashed(p.theme.Ink, x.at(change), plot.y, plot.bottom())
	}
	thickness := 1.5
	if float64(s.points) > 2*plot.w {
		thickness = 1
	}
	var drawn [][]point
	for i, line := range s.lines {
		for _, run := range runs(line, at) {
			p.stroke(colors[i], thickness, run)
			if len(run) == 1 {
				p.discs(colors[i], 1.5, run[0])
			}
			drawn = append(drawn, run)
		}
	}
	for i, spikes := range s.spikes {
		p.rings(p.theme.Ink, colors[i], spikeSize, apartPoints(spikes, at)...)
	}
	s.labels(p, at, plot, drawn)
	p.bottomAxis(x, plot.bottom(), plot.x, false)
	p.horizontal(p.theme.Ink, x.to, plot.right(), plot.bottom())
	p.text(labelText, p.theme.Muted, plot.x+plot.w/2, area.bottom()-axisTitle/2, center, fit(labelText, s.levelTitle(), plot.w))
}

// levelTitle returns the title of the level axis.
func (s *series) levelTitle() string {
	switch {
	case s.layout != "":
		return "time (UTC), " + dateRange(s.first, s.last)
	case s.rowsPerPoint > 1:
		return "row (row order, not time), " + count(int64(s.rowsPerPoint)) + " rows a point"
	}
	return "row (row order, not time)"
}

// draw draws the area between the limits, and the line in its middle.
func (b *bandLines) draw(p *painter, at func(datum) point, c color.NRGBA) {
	low, high := runs(b.low, at), runs(b.high, at)
	for i := range min(len(low), len(high)) {
		slices.Reverse(high[i])
		p.polygon(translucent(c), append(low[i], high[i]...))
	}
	for _, run := range runs(b.middle, at) {
		p.stroke(p.theme.Muted, 1, run)
	}
}

// runs returns the places of the data between gaps.
func runs(data []datum, at func(datum) point) [][]point {
	var all [][]point
	open := false
	for _, d := range data {
		if math.IsNaN(d.v) {
			open = false
			continue
		}
		if !open {
			all, open = append(all, nil), true
		}
		all[len(all)-1] = append(all[len(all)-1], at(d))
	}
	return all
}

// apartPoints returns the places of data without those that would hide each
// other.
func apartPoints(data []datum, at func(datum) point) []point {
	var points []point
	taken := make(map[point]bool)
	for _, d := range data {
		place := at(d)
		cell := point{math.Round(place.x), math.Round(place.y)}
		if !taken[cell] {
			taken[cell] = true
			points = append(points, place)
		}
	}
	return points
}

// ranked returns the spikes of all lines from the largest to the smallest.
func (s *series) ranked() []datum {
	all := slices.Concat(s.spikes...)
	slices.SortStableFunc(all, func(a, b datum) int {
		return cmp.Or(cmp.Compare(b.v, a.v), cmp.Compare(a.x, b.x))
	})
	return all
}

// labels writes the time, or row, beside the largest spikes, where it covers
// neither a line nor another label.
func (s *series) labels(p *painter, at func(datum) point, plot rect, lines [][]point) {
	ranked := s.ranked()
	var taken []rect
	for _, d := range ranked {
		spot := at(d)
		taken = append(taken, rect{spot.x - spikeSize, spot.y - spikeSize, 2 * spikeSize, 2 * spikeSize})
	}
	for _, change := range s.changes {
		taken = append(taken, rect{at(datum{x: change}).x - 1, plot.y, 2, plot.h})
	}
	for _, d := range ranked[:min(len(ranked), mostLabels)] {
		text := s.when(d.x)
		for _, place := range besides(at(d), tickText.width(text), plot) {
			if free(place, taken, lines) {
				p.text(tickText, p.theme.Ink, place.x, place.y+place.h/2, left, text)
				taken = append(taken, place)
				break
			}
		}
	}
}

// besides returns the places for a label of the given width around a point that
// lie within the plot, the best first.
func besides(at point, width float64, plot rect) []rect {
	const distance = spikeSize + 3
	above, level := at.y-distance-spikeLabel, at.y-spikeLabel/2
	middle := min(max(at.x-width/2, plot.x+2), plot.right()-width)
	candidates := []rect{
		{middle, above, width, spikeLabel},
		{at.x + distance, level, width, spikeLabel},
		{at.x - distance - width, level, width, spikeLabel},
		{at.x + 2, above, width, spikeLabel},
		{at.x - 2 - width, above, width, spikeLabel},
		{middle, at.y + distance, width, spikeLabel},
	}
	return slices.DeleteFunc(candidates, func(r rect) bool {
		return r.x < plot.x || r.right() > plot.right() || r.y < plot.y-4 || r.bottom() > plot.bottom()
	})
}

// free reports whether a label at the place covers nothing.
func free(place rect, taken []rect, lines [][]point) bool {
	covers := func(r rect) bool {
		return place.x < r.right() && r.x < place.right() && place.y < r.bottom() && r.y < place.bottom()
	}
	if slices.ContainsFunc(taken, covers) {
		return false
	}
	for _, line := range lines {
		for i := range len(line) - 1 {
			a, b := line[i], line[i+1]
			// The box around a piece of a line holds it.
			box := rect{min(a.x, b.x), min(a.y, b.y), math.Abs(a.x - b.x), math.Abs(a.y - b.y)}
			box.w, box.h = box.w+0.5, box.h+0.5
			if covers(box) {
				return false
			}
		}
	}
	return true
}

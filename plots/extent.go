package plots

import (
	"math"
	"slices"
)

// An extent is the range of the values that an axis has to show.
type extent struct {
	lowest, highest float64
	least           float64 // the least positive value, NaN if there is none
	typical         float64 // the median of the positive values, NaN if there is none
	whole           bool    // all are integers that a double tells from their neighbours
}

// extentOf returns the extent of the values, leaving out NaN; lowest exceeds
// highest if none is left.
func extentOf(samples ...[]float64) extent {
	e := extent{lowest: math.Inf(1), highest: math.Inf(-1), least: math.NaN(), typical: math.NaN(), whole: true}
	var positive []float64
	for _, values := range samples {
		for _, v := range values {
			if math.IsNaN(v) {
				continue
			}
			e.lowest, e.highest = min(e.lowest, v), max(e.highest, v)
			e.whole = e.whole && v == math.Trunc(v) && math.Abs(v) <= 1<<51
			if v > 0 {
				positive = append(positive, v)
			}
		}
	}
	if len(positive) > 0 {
		slices.Sort(positive)
		e.least, e.typical = positive[0], positive[(len(positive)-1)/2]
	}
	return e
}

// empty reports whether no value is left.
func (e extent) empty() bool { return e.lowest > e.highest }

// axis returns an axis of a scale that chooseScale allows, without pixels.
func (e extent) axis(scale Scale) axis {
	a := axis{scale: scale, whole: e.whole}
	if scale == Log {
		a.lo, a.hi = decades(e.least, e.highest)
	} else {
		a.lo, a.hi = padded(e.lowest, e.highest, 0.04)
	}
	return a
}

// decades returns limits a little beyond positive values, at least a factor of
// ten apart, so that a logarithmic axis has ticks.
func decades(least, highest float64) (lo, hi float64) {
	span := math.Log10(highest) - math.Log10(least)
	margin := math.Pow(10, max(0.1, 0.03*span, (1-span)/2))
	// Values of all magnitudes leave no more room than this.
	const beyond = 1e5
	margin = min(margin, beyond)
	return least / margin, highest * margin
}

// padded returns limits beyond values by a fraction of their distance, or where
// that is nearly nothing by as much as an axis can show.
func padded(lowest, highest, fraction float64) (lo, hi float64) {
	margin := fraction * (highest - lowest)
	magnitude := max(math.Abs(lowest), math.Abs(highest))
	if highest-lowest <= 1e-9*magnitude {
		margin = max(1e-6*magnitude, highest-lowest)
	}
	if margin == 0 {
		margin = 0.5
	}
	return lowest - margin, highest + margin
}

// An upright axis and the area within which it is drawn: its title above, then
// the labels at the left of the plot.
type uprightAxis struct {
	axis
	zeros bool    // zero has a place of its own below a logarithmic axis
	room  float64 // free above the largest value
}

// zeroRow is the height of the place of zeros below an upright axis.
const zeroRow = 14.0

// over returns the axis from the bottom of the area to its top.
func (u uprightAxis) over(area rect) axis {
	y := u.axis
	y.from, y.to = area.bottom(), area.y+u.room
	y.zeroAt = y.from
	if u.zeros {
		y.zeroAt = y.from - zeroRow/2
		y.from -= zeroRow + zeroGap/2
	}
	return y
}

// draw draws labels and grid lines and returns the axis and the area right of
// the labels.
func (u uprightAxis) draw(p *painter, area rect) (axis, rect) {
	y := u.over(area)
	ticks := y.fitted(16, func(string) float64 { return tickText.size })
	if u.zeros {
		ticks = append([]tick{{0, "0"}}, ticks...)
	}
	return y, p.leftAxis(y, ticks, area)
}

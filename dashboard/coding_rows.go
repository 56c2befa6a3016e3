package dashboard

import (
	"math"
	"slices"
)

// writeClock appends ticks to the body if no column tells the times of the rows.
func (d *Data) writeClock(body []byte) (*blockClock, []byte) {
	head := &blockClock{Name: d.Clock.Name, Start: d.Clock.Start, Column: slices.IndexFunc(d.Columns, d.Clock.toldBy)}
	if head.Column >= 0 {
		return head, body
	}
	var ticks []uint32
	head.Unit, ticks = d.Clock.ticks()
	return head, appendPlanes(body, ticks, 4)
}

// toldBy tells whether the column has the very times of the rows, and none where the clock
// is at 0 because there is none.
func (c *Clock) toldBy(column Column) bool {
	if column.Name != c.Name || column.Values == nil || column.Rounded {
		return false
	}
	for i, k := range column.Codes {
		since := 0.0
		if int(k) < len(column.Values) {
			since = column.Values[k] - c.Start
		}
		if since != c.Since[i] {
			return false
		}
	}
	return true
}

// writeLines appends the lines of rows to the body, if they are not one behind the other.
func writeLines(lines []int64, body []byte) (*blockLines, []byte) {
	if len(lines) == 0 || slices.Max(lines) > math.MaxUint32 || slices.Min(lines) < 0 {
		return nil, body
	}
	steps := make([]uint32, len(lines))
	simple := true
	for i := 1; i < len(lines); i++ {
		steps[i] = uint32(lines[i] - lines[i-1])
		simple = simple && steps[i] == 1
	}
	head := &blockLines{First: uint32(lines[0]), Listed: !simple}
	if simple {
		return head, body
	}
	return head, appendPlanes(body, steps, 4)
}

// ticks returns the time between each row and the row before, in the finest unit in which
// every one fits: packed they take little room.
func (c *Clock) ticks() (unit float64, out []uint32) {
	largest := 0.0
	for i := 1; i < len(c.Since); i++ {
		largest = max(largest, c.Since[i]-c.Since[i-1])
	}
	for _, unit = range []float64{1e-6, 1e-3, 1} {
		if largest/unit < math.MaxUint32 {
			break
		}
	}
	out = make([]uint32, len(c.Since))
	last := 0.0
	for i, t := range c.Since {
		now := math.Round(t / unit)
		out[i] = uint32(min(max(0, now-last), math.MaxUint32))
		last = now
	}
	return unit, out
}

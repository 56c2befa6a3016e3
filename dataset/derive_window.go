package dataset

import (
	"fmt"
	"math"
)

// maxWindowRows bounds the rows that a window of time can hold.
const maxWindowRows = 1 << 22

// A windowDeriver is a window that slides over the rows in their order. It must
// see every row once.
type windowDeriver struct {
	op      Op
	seconds float64 // 0: a window of rows
	most    int
	clock   int // columns, -1: none
	by      int
	input   int
	names   [2]string // of the column that is made, and of the clock

	room   []float64
	times  []float64
	out    []float64
	seen   int64   // rows
	latest float64 // time
	queue  []windowRow
	head   int // first row of the queue that is in the window
	groups map[uint32]*windowGroup
}

// A windowRow is what a window has to know of a row until it leaves.
type windowRow struct {
	at    float64
	group uint32
	level uint32
	value float64
}

// A windowGroup sums up those rows in the window that have one level of the
// column By.
type windowGroup struct {
	rows    int64
	levels  map[uint32]int64
	present int64 // values that are not missing
	sum     float64
	rest    float64 // rounding errors of sum, so that what has left leaves no trace
}

// newWindow returns the window of a derivation.
func newWindow(d *Derivation, s *Schema, inputs []int, by, clock int) *windowDeriver {
	w := &windowDeriver{op: d.Op, seconds: d.Seconds, most: d.Rows, by: by, clock: -1, input: -1,
		latest: math.Inf(-1), groups: map[uint32]*windowGroup{}}
	w.names[0] = d.Name
	if d.Seconds > 0 {
		w.clock, w.names[1] = clock, s.Columns[clock].Name
	}
	if len(inputs) > 0 {
		w.input = inputs[0]
	}
	return w
}

// fill moves the window over the rows of a batch.
func (w *windowDeriver) fill(b *Batch, out *Vector) error {
	w.out = w.out[:0]
	if w.clock >= 0 {
		w.times = appendNumbers(w.times[:0], &b.Columns[w.clock], b.Rows)
	}
	if w.op == OpWindowMean {
		w.room = appendNumbers(w.room[:0], &b.Columns[w.input], b.Rows)
	}
	for i := range b.Rows {
		w.seen++
		x, err := w.step(w.row(b, i))
		if err != nil {
			return err
		}
		w.out = append(w.out, x)
	}
	setFloats(out, w.out)
	return nil
}

// row returns what the window has to know of a row.
func (w *windowDeriver) row(b *Batch, i int) windowRow {
	r := windowRow{level: MissingCode, value: math.NaN()}
	if w.clock >= 0 {
		r.at = w.times[i]
	}
	if w.by >= 0 {
		r.group = codeAt(&b.Columns[w.by], i)
	}
	switch w.op {
	case OpWindowDistinct:
		r.level = codeAt(&b.Columns[w.input], i)
	case OpWindowMean:
		r.value = w.room[i]
	}
	return r
}

// step takes in a row and returns the new column's cell. A row without a time, or
// without a level of the column By, has none.
func (w *windowDeriver) step(r windowRow) (float64, error) {
	if math.IsNaN(r.at) {
		return math.NaN(), nil
	}
	if r.at < w.latest {
		return 0, fmt.Errorf("column %q looks back in time, and the rows are not in order of %s: row %d is earlier than one before it; sort them by %s first (--sort)",
			w.names[0], w.names[1], w.seen, w.names[1])
	}
	w.latest = r.at
	w.leave(r.at)
	if len(w.queue)-w.head >= maxWindowRows {
		return 0, fmt.Errorf("column %q: more than %d rows lie within %g seconds; choose a shorter window", w.names[0], maxWindowRows, w.seconds)
	}
	w.queue = append(w.queue, r)
	if r.group == MissingCode {
		return math.NaN(), nil
	}
	g := w.groups[r.group]
	if g == nil {
		g = &windowGroup{levels: map[uint32]int64{}}
		w.groups[r.group] = g
	}
	g.add(r, 1)
	switch w.op {
	case OpWindowCount:
		return float64(g.rows), nil
	case OpWindowDistinct:
		return float64(len(g.levels)), nil
	}
	return (g.sum + g.rest) / float64(g.present), nil
}

// leave takes the rows out of the window that are no longer in it, before a row
// of that time comes in.
func (w *windowDeriver) leave(at float64) {
	for w.head < len(w.queue) {
		r := w.queue[w.head]
		if w.seconds > 0 && at-r.at < w.seconds || w.seconds == 0 && len(w.queue)-w.head < w.most {
			break
		}
		w.head++
		if g := w.groups[r.group]; r.group != MissingCode {
			if g.add(r, -1); g.rows == 0 {
				delete(w.groups, r.group)
			}
		}
	}
	if w.head > len(w.queue)/2 {
		w.queue = w.queue[:copy(w.queue, w.queue[w.head:])]
		w.head = 0
	}
}

// add takes a row in (n = 1) or out (n = -1).
func (g *windowGroup) add(r windowRow, n int64) {
	g.rows += n
	if r.level != MissingCode {
		if g.levels[r.level] += n; g.levels[r.level] == 0 {
			delete(g.levels, r.level)
		}
	}
	if math.IsNaN(r.value) {
		return
	}
	x := r.value * float64(n)
	sum := g.sum + x
	t := sum - g.sum
	g.rest += (g.sum - (sum - t)) + (x - t) // D. E. Knuth, TAOCP 2, 4.2.2
	if g.sum = sum; g.present+n == 0 {
		g.sum, g.rest = 0, 0
	}
	g.present += n
}

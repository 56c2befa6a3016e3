package eda

import (
	"cmp"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// outlierRows is the analysis that finds the rows farthest outside the fences
// of each column, and counts by class what lies outside the limits. Of equal
// distances the first in the file are kept.
type outlierRows struct {
	limits  []columnLimits
	columns []int    // those of the limits in which something is to be found
	groups  []string // with within: those that have limits
	within  int      // the column that makes them, -1 without
	most    int      // rows kept of each column
	classes Classes

	schema  *dataset.Schema
	label   int           // -1 without one
	places  [][]int       // per column and group: place of the limits, -1 for none
	found   [][]outlierAt // per column, merged in file order
	unnamed []string      // columns of an engine that no condition can name
	unasked []string      // those of which a group is one that no condition can hold
	workers []outlierBatch
}

// An outlierBatch is what one worker found.
type outlierBatch struct {
	rows   int // of the chunk at hand, seen so far
	found  []farthest
	counts []limitCount // by place of the limits, of all chunks
	class  *dataset.Decoder[rowClass]
	group  *dataset.Decoder[int]
	in     []int      // the groups of the batch at hand
	is     []rowClass // and its classes
}

// farthest is the rows of the chunk at hand farthest outside a column's fences.
type farthest struct {
	list  []outlierAt
	bound float64 // as many rows as will be kept lie this far out, in this chunk or one before
}

// A limitCount counts the rows that have a value, and those outside the limits.
type limitCount struct {
	below, above          int64 // the fences
	seen, fence, modified byClass
}

type outlierAt struct {
	value  float64
	reach  float64 // distance from the fence
	row    int64   // within the chunk, then of the table; -1 if unknown
	line   int64
	inFile int // position within the chunk's file, for its line
	group  int
	label  uint32
}

// idle reports whether there is nothing to look for.
func (r *outlierRows) idle() bool { return len(r.columns) == 0 }

// Start implements dataset.Analysis.
func (r *outlierRows) Start(s *dataset.Schema, workers int) error {
	r.schema, r.label = s, s.Label()
	if r.label >= 0 && s.Columns[r.label].Dict == nil {
		r.label = -1
	}
	r.places = placesOf(r.limits, r.columns, r.groups, r.within)
	r.found = make([][]outlierAt, len(r.columns))
	r.workers = make([]outlierBatch, workers)
	for i := range r.workers {
		w := &r.workers[i]
		w.found, w.counts = make([]farthest, len(r.columns)), make([]limitCount, len(r.limits))
		if r.classes.Known() {
			w.class = classOf(s, r.classes)
		}
		if r.within >= 0 {
			w.group = groupOf(s, r.within, r.groups)
		}
	}
	return nil
}

// placesOf returns, for each column and group, the place of its limits, -1 where it
// has none. Without groups, the first is that of all rows.
func placesOf(limits []columnLimits, columns []int, groups []string, within int) [][]int {
	if within < 0 {
		groups = []string{""}
	}
	places := make([][]int, len(columns))
	for k, column := range columns {
		places[k] = make([]int, len(groups))
		for g, group := range groups {
			places[k][g] = slices.IndexFunc(limits, func(l columnLimits) bool { return l.column == column && l.group == group })
		}
	}
	return places
}

// Columns implements dataset.Selective.
func (r *outlierRows) Columns(*dataset.Schema) []int {
	out := slices.Clone(r.columns)
	if r.label >= 0 {
		out = append(out, r.label)
	}
	if r.within >= 0 {
		out = append(out, r.within)
	}
	return out
}

// Batch implements dataset.Analysis.
func (r *outlierRows) Batch(worker int, b *dataset.Batch) error {
	w := &r.workers[worker]
	w.place(r, b)
	for k, column := range r.columns {
		v := &b.Columns[column]
		for i := range b.Rows {
			x := v.Float(i)
			at := noGroup
			if g := w.in[i]; g != noGroup {
				at = r.places[k][g]
			}
			if x != x || at < 0 {
				continue
			}
			l := &r.limits[at]
			reach := w.counts[at].take(x, l, w.is[i])
			if f := &w.found[k]; reach > f.bound && r.most > 0 {
				row := outlierAt{value: x, reach: reach, row: int64(w.rows + i), inFile: b.RowInChunk(i), group: w.in[i], label: dataset.MissingCode}
				if r.label >= 0 {
					row.label = b.Columns[r.label].Codes[i]
				}
				f.add(row, r.most)
			}
		}
	}
	w.rows += b.Rows
	return nil
}

// place finds the groups and the classes of a batch's rows; without groups all
// are in the first.
func (w *outlierBatch) place(r *outlierRows, b *dataset.Batch) {
	w.in, w.is = slices.Grow(w.in[:0], b.Rows)[:b.Rows], slices.Grow(w.is[:0], b.Rows)[:b.Rows]
	for i := range b.Rows {
		w.in[i], w.is[i] = 0, unlabelledRow
		if w.group != nil {
			w.in[i] = w.group.Of(b.Columns[r.within].Codes[i])
		}
		if w.class != nil {
			w.is[i] = w.class.Of(b.Columns[r.classes.Column].Codes[i])
		}
	}
}

// take counts a value, and returns how far outside the fences it lies: 0 inside.
func (c *limitCount) take(x float64, l *columnLimits, class rowClass) (reach float64) {
	c.seen.count(class)
	if x > l.modified.Upper || x < l.modified.Lower {
		c.modified.count(class)
	}
	switch {
	case x > l.fence.Upper:
		c.above++
	case x < l.fence.Lower:
		c.below++
	default:
		return 0
	}
	c.fence.count(class)
	return max(x-l.fence.Upper, l.fence.Lower-x)
}

// add takes a row, which is behind all others. When twice as many are there as
// will be kept, the nearer half goes.
func (f *farthest) add(at outlierAt, most int) {
	f.list = append(f.list, at)
	if len(f.list) >= 2*most {
		sortFarthest(f.list)
		f.list = f.list[:most]
		f.bound = f.list[most-1].reach
	}
}

// sortFarthest sorts rows from the farthest out, equals in file order.
func sortFarthest(list []outlierAt) {
	slices.SortFunc(list, func(a, b outlierAt) int {
		if a.reach != b.reach {
			return cmp.Compare(b.reach, a.reach)
		}
		return cmp.Compare(a.row, b.row)
	})
}

// EndChunk implements dataset.Analysis.
func (r *outlierRows) EndChunk(worker int, c dataset.Chunk) error {
	w := &r.workers[worker]
	for k := range w.found {
		f := &w.found[k]
		for _, at := range f.list {
			at.row += c.FirstRow
			at.line = c.Line(at.inFile)
			r.found[k] = append(r.found[k], at)
		}
		sortFarthest(r.found[k])
		r.found[k] = r.found[k][:min(len(r.found[k]), r.most)]
		f.list = f.list[:0]
	}
	w.rows = 0
	return nil
}

// counted returns what was counted of some limits.
func (r *outlierRows) counted(at int) (sum limitCount) {
	for i := range r.workers {
		c := &r.workers[i].counts[at]
		sum.below += c.below
		sum.above += c.above
		sum.seen.add(c.seen)
		sum.fence.add(c.fence)
		sum.modified.add(c.modified)
	}
	return sum
}

// result lists what was found, and names the label.
func (r *outlierRows) result() (rows []OutlierRow, label string) {
	if r.label >= 0 {
		label = r.schema.Columns[r.label].Name
	}
	for k, list := range r.found {
		for _, at := range list {
			row := OutlierRow{Column: r.schema.Columns[r.columns[k]].Name, Value: at.value, Row: at.row + 1, Line: at.line}
			if r.within >= 0 {
				row.Group = r.groups[at.group]
			}
			if at.label != dataset.MissingCode {
				row.Label = r.schema.Columns[r.label].Dict.Level(at.label)
			}
			rows = append(rows, row)
		}
	}
	return rows, label
}

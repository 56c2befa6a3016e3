package eda

import (
	"cmp"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// outlierRows is the analysis that finds the rows farthest outside the fences
// of each column. Of equal distances the first in the file are kept.
type outlierRows struct {
	columns []outlierColumn
	most    int // rows kept of each column
	schema  *dataset.Schema
	label   int           // -1 without one
	found   [][]outlierAt // per column, merged in file order
	workers []outlierBatch
}

// An outlierColumn is a column with Tukey's fences.
type outlierColumn struct {
	column   int
	fence    stats.OutlierCount
	counting int // place of the rule whose values are to be counted; -1: they are
}

// An outlierBatch is what one worker found.
type outlierBatch struct {
	rows  int // of the chunk at hand, seen so far
	found []farthest
}

// farthest is the rows of the chunk at hand farthest outside a column's fences.
type farthest struct {
	list         []outlierAt
	bound        float64 // as many rows as will be kept lie this far out, in this chunk or one before
	below, above int64   // rows outside, of all chunks
}

type outlierAt struct {
	value  float64
	reach  float64 // distance from the fence
	row    int64   // within the chunk, then of the table
	line   int64
	inFile int // position within the chunk's file, for its line
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
	r.found = make([][]outlierAt, len(r.columns))
	r.workers = make([]outlierBatch, workers)
	for i := range r.workers {
		r.workers[i].found = make([]farthest, len(r.columns))
	}
	return nil
}

// Columns implements dataset.Selective.
func (r *outlierRows) Columns(*dataset.Schema) []int {
	var out []int
	for _, c := range r.columns {
		out = append(out, c.column)
	}
	if r.label >= 0 {
		out = append(out, r.label)
	}
	return out
}

// Batch implements dataset.Analysis.
func (r *outlierRows) Batch(worker int, b *dataset.Batch) error {
	w := &r.workers[worker]
	for k, c := range r.columns {
		v, f := &b.Columns[c.column], &w.found[k]
		for i := range b.Rows {
			x := v.Float(i)
			switch {
			case x > c.fence.Upper:
				f.above++
			case x < c.fence.Lower:
				f.below++
			default:
				continue
			}
			if reach := max(x-c.fence.Upper, c.fence.Lower-x); reach > f.bound && r.most > 0 {
				at := outlierAt{value: x, reach: reach, row: int64(w.rows + i), inFile: b.RowInChunk(i), label: dataset.MissingCode}
				if r.label >= 0 {
					at.label = b.Columns[r.label].Codes[i]
				}
				f.add(at, r.most)
			}
		}
	}
	w.rows += b.Rows
	return nil
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

// outside returns how many rows lie outside the fences of a column.
func (r *outlierRows) outside(k int) (below, above int64) {
	for i := range r.workers {
		below += r.workers[i].found[k].below
		above += r.workers[i].found[k].above
	}
	return below, above
}

// result lists what was found, and names the label.
func (r *outlierRows) result() (rows []OutlierRow, label string) {
	if r.label >= 0 {
		label = r.schema.Columns[r.label].Name
	}
	for k, list := range r.found {
		for _, at := range list {
			row := OutlierRow{Column: r.schema.Columns[r.columns[k].column].Name, Value: at.value, Row: at.row + 1, Line: at.line}
			if at.label != dataset.MissingCode {
				row.Label = r.schema.Columns[r.label].Dict.Level(at.label)
			}
			rows = append(rows, row)
		}
	}
	return rows, label
}

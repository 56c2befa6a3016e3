package dataset

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sort"
)

// A Table holds a whole table in memory, compactly: numbers as scaled integers
// of one, two or four bytes where that is exact, levels as codes. KDD records
// take less than two bytes a cell. It may be used by many goroutines.
type Table struct {
	schema   Schema
	chunks   []tableChunk
	rows     int64
	problems Problems
	jobs     int
}

type tableChunk struct {
	first   int64
	rows    int
	lines   rowLines
	columns []storedColumn
}

// Load reads a source into memory.
func Load(ctx context.Context, src Source) (*Table, error) {
	l := &loader{}
	if err := src.Scan(ctx, l); err != nil {
		return nil, err
	}
	t := &Table{schema: *src.Schema(), chunks: l.chunks, jobs: runtime.GOMAXPROCS(0)}
	t.schema.Columns = append([]Column(nil), t.schema.Columns...)
	for i := range t.chunks {
		t.rows += int64(t.chunks[i].rows)
	}
	t.problems = ProblemsOf(src)
	switch o := Origin(src).(type) {
	case *File:
		t.jobs = o.opt.Jobs
	case *Table:
		t.jobs = o.jobs
	}
	t.sortLevels()
	return t, nil
}

// A loader is the analysis that keeps everything.
type loader struct {
	schema  *Schema
	workers [][]columnBuilder
	kept    [][]uint32 // per worker: positions of kept rows, when a filter left some out
	chunks  []tableChunk
}

// Start implements Analysis.
func (l *loader) Start(s *Schema, workers int) error {
	*l = loader{schema: s, workers: make([][]columnBuilder, workers), kept: make([][]uint32, workers)}
	for i := range l.workers {
		l.workers[i] = make([]columnBuilder, len(s.Columns))
		for c := range l.workers[i] {
			l.workers[i][c].reset()
		}
	}
	return nil
}

// Batch implements Analysis.
func (l *loader) Batch(worker int, b *Batch) error {
	for c := range b.Columns {
		builder := &l.workers[worker][c]
		if l.schema.Columns[c].Kind != Text {
			builder.add(&b.Columns[c])
			continue
		}
		builder.gaps += b.Columns[c].Missing
		for row := range b.Rows {
			cell := b.Text(c, row)
			if b.absent(cell) {
				cell = nil
			}
			builder.addText(cell)
		}
	}
	l.kept[worker] = append(l.kept[worker], b.Kept...)
	return nil
}

// EndChunk implements Analysis.
func (l *loader) EndChunk(worker int, c Chunk) error {
	rows := c.Rows
	stored := tableChunk{lines: c.lines, columns: make([]storedColumn, len(l.schema.Columns))}
	if kept := l.kept[worker]; c.filtered {
		stored.lines.each = make([]uint32, len(kept))
		for i, k := range kept {
			stored.lines.each[i] = uint32(c.Line(int(k)) - c.lines.first)
		}
		rows = len(kept)
	}
	l.kept[worker] = l.kept[worker][:0]
	for i := range stored.columns {
		builder := &l.workers[worker][i]
		stored.columns[i] = builder.store(l.schema.Columns[i].Kind)
		builder.reset()
	}
	if stored.rows = rows; rows > 0 {
		if n := len(l.chunks); n > 0 {
			stored.first = l.chunks[n-1].first + int64(l.chunks[n-1].rows)
		}
		l.chunks = append(l.chunks, stored)
	}
	return nil
}

// sortLevels gives the codes the order of the levels' bytes, which does not
// depend on the number of workers.
func (t *Table) sortLevels() {
	for c := range t.schema.Columns {
		col := &t.schema.Columns[c]
		if col.Dict == nil {
			continue
		}
		sorted := newDict()
		code := make([]uint32, col.Dict.Len())
		for _, old := range col.Dict.Sorted() {
			code[old] = sorted.add([]byte(col.Dict.Level(old)))
		}
		for i := range t.chunks {
			s := &t.chunks[i].columns[c]
			codes := make([]uint32, t.chunks[i].rows)
			s.copyInts(codes, 0, len(codes))
			for j, x := range codes {
				if x != MissingCode {
					codes[j] = code[x]
				}
			}
			s.setInts(codes, uint32(max(col.Dict.Len(), 1)-1))
		}
		col.Dict = sorted
	}
}

// Schema returns the columns.
func (t *Table) Schema() *Schema { return &t.schema }

// Settled reports whether the kinds are final, which they are.
func (t *Table) Settled() bool { return true }

// Rows returns the number of rows.
func (t *Table) Rows() int64 { return t.rows }

// Problems returns what could not be read when the table was loaded.
func (t *Table) Problems() Problems { return t.problems }

// Bytes returns the memory that the cells take.
func (t *Table) Bytes() int64 {
	var n int64
	for i := range t.chunks {
		for c := range t.chunks[i].columns {
			n += t.chunks[i].columns[c].bytes()
		}
	}
	return n
}

// Line returns the line of the file on which a row begins, 0 if unknown.
func (t *Table) Line(row int64) int64 {
	c := t.chunk(row)
	if c == nil {
		return 0
	}
	return c.lines.at(int(row - c.first))
}

func (t *Table) chunk(row int64) *tableChunk {
	i := sort.Search(len(t.chunks), func(i int) bool { return t.chunks[i].first > row }) - 1
	if i < 0 || row-t.chunks[i].first >= int64(t.chunks[i].rows) {
		return nil
	}
	return &t.chunks[i]
}

// Floats returns a numeric column as a new slice, NaN where a cell is missing.
func (t *Table) Floats(column int) ([]float64, error) {
	c := &t.schema.Columns[column]
	if !c.Kind.Numeric() && c.Kind != Unknown {
		return nil, fmt.Errorf("column %q holds %s cells, not numbers", c.Name, c.Kind)
	}
	out := make([]float64, 0, t.rows)
	var ints []uint32
	var floats []float64
	for i := range t.chunks {
		n := t.chunks[i].rows
		if cap(ints) < n {
			ints, floats = make([]uint32, n), make([]float64, n)
		}
		var v Vector
		t.chunks[i].columns[column].slice(&v, 0, n, ints[:n], floats[:n])
		out = v.AppendFloats(out)
	}
	return out, nil
}

// Codes returns the level codes of a coded column, MissingCode where a cell is
// missing. Codes are in the order of the levels' bytes.
func (t *Table) Codes(column int) ([]uint32, error) {
	c := &t.schema.Columns[column]
	if c.Dict == nil {
		return nil, fmt.Errorf("column %q holds %s cells, not levels", c.Name, c.Kind)
	}
	out := make([]uint32, t.rows)
	for i := range t.chunks {
		ch := &t.chunks[i]
		ch.columns[column].copyInts(out[ch.first:ch.first+int64(ch.rows)], 0, ch.rows)
	}
	return out, nil
}

// Cell returns one cell as text: as written for words, in the shortest exact
// form for numbers, empty where missing.
func (t *Table) Cell(row int64, column int) string {
	ch := t.chunk(row)
	if ch == nil {
		return ""
	}
	return string(ch.text(&t.schema, column, int(row-ch.first)))
}

// FormatNumber writes a number of a column of that kind in the shortest form that reads as the
// same number; NaN, which is a missing one, as nothing.
func FormatNumber(x float64, kind Kind) string {
	switch {
	case math.IsNaN(x):
		return ""
	case kind == Time:
		return FormatTime(x)
	}
	return shortest(x)
}

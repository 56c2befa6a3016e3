package sql

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// rowsPerBatch is how many rows of a server are shown to analyses at a time.
const rowsPerBatch = 1 << 12

// rowsPerChunk is how many rows the chunks of a table have, which cores share.
const rowsPerChunk = 1 << 13

// rows are rows of a source in memory.
type rows struct {
	schema  dataset.Schema
	n       int
	columns []rowsColumn
}

// A rowsColumn is one column in the form of its kind.
type rowsColumn struct {
	numbers []float64
	codes   []uint32
	words   []string
	dict    *dataset.Dict
	place   int // in the blocks; −1 for a column without any value
}

// newRows returns room for rows of the source, whose cells come in the blocks of a
// statement that begins with cells.
func (s *Source) newRows() *rows {
	r := &rows{schema: s.schema, columns: make([]rowsColumn, len(s.schema.Columns))}
	r.schema.Columns = append([]dataset.Column(nil), s.schema.Columns...)
	place := 0
	for i := range r.columns {
		c, column := &r.columns[i], &r.schema.Columns[i]
		if c.place = -1; column.Kind != dataset.Unknown {
			c.place = place
			place++
		}
		if column.Dict != nil {
			c.dict = dataset.NewDict(func() []string { return nil })
			column.Dict = c.dict
		}
	}
	return r
}

// cells are the expressions of all columns that have values, and what they are.
func (s *Source) cells() (list []string, types []Type) {
	return s.cellsOf(func(int) bool { return true })
}

// cellsOf is cells without the values of columns that are not wanted.
func (s *Source) cellsOf(wanted func(column int) bool) (list []string, types []Type) {
	for i := range s.schema.Columns {
		switch c := &s.schema.Columns[i]; {
		case c.Kind == dataset.Unknown:
		case !wanted(i) && c.Kind.Numeric():
			list, types = append(list, s.d.CastReal("NULL")), append(types, Real)
		case !wanted(i):
			list, types = append(list, s.d.Word("")), append(types, Words)
		case c.Kind.Numeric():
			list, types = append(list, s.d.CastReal(s.number(i))), append(types, Real)
		default:
			list, types = append(list, s.text(i)), append(types, Words)
		}
	}
	return list, types
}

// add appends a row of a block.
func (r *rows) add(b *Block, row int) {
	for i := range r.columns {
		c := &r.columns[i]
		switch {
		case c.place < 0:
			c.numbers = append(c.numbers, math.NaN())
		case c.dict != nil:
			c.codes = append(c.codes, c.code(b.Columns[c.place].Words[row]))
		case r.schema.Columns[i].Kind == dataset.Text:
			c.words = append(c.words, strings.Clone(b.Columns[c.place].Words[row]))
		default:
			x := b.Columns[c.place].Reals[row]
			if math.IsInf(x, 0) {
				x = math.NaN()
			}
			c.numbers = append(c.numbers, x+0) // -0 is 0
		}
	}
	r.n++
}

func (c *rowsColumn) code(word string) uint32 {
	if word == "" {
		return dataset.MissingCode
	}
	return c.dict.Code(word)
}

// grow makes room for so many rows, so that what is too small is not left behind again and
// again.
func (r *rows) grow(n int) {
	for i := range r.columns {
		switch c := &r.columns[i]; {
		case c.dict != nil:
			c.codes = slices.Grow(c.codes, n)
		case r.schema.Columns[i].Kind == dataset.Text:
			c.words = slices.Grow(c.words, n)
		default:
			c.numbers = slices.Grow(c.numbers, n)
		}
	}
}

// order puts the rows in another order.
func (r *rows) order(order []int) {
	numbers, codes, words := make([]float64, len(order)), make([]uint32, len(order)), make([]string, len(order))
	for i := range r.columns {
		c := &r.columns[i]
		ordered(c.numbers, numbers, order)
		ordered(c.codes, codes, order)
		ordered(c.words, words, order)
	}
}

// ordered puts x in another order, by way of a buffer of its length.
func ordered[T any](x, buffer []T, order []int) {
	if len(x) == 0 {
		return
	}
	for i, from := range order {
		buffer[i] = x[from]
	}
	copy(x, buffer)
}

// table returns the rows as a table.
func (r *rows) table(ctx context.Context) (*dataset.Table, error) { return dataset.Load(ctx, r) }

// Schema implements dataset.Source.
func (r *rows) Schema() *dataset.Schema { return &r.schema }

// Scan implements dataset.Source, with one worker.
func (r *rows) Scan(ctx context.Context, analyses ...dataset.Analysis) error {
	for _, a := range analyses {
		if err := a.Start(&r.schema, 1); err != nil {
			return err
		}
	}
	for from, index := 0, 0; from < r.n; from, index = from+rowsPerChunk, index+1 {
		to := min(from+rowsPerChunk, r.n)
		if err := r.showPart(ctx, analyses, from, to); err != nil {
			return err
		}
		for _, a := range analyses {
			if err := a.EndChunk(0, dataset.Chunk{Index: index, FirstRow: int64(from), Rows: to - from}); err != nil {
				return err
			}
		}
	}
	return nil
}

// show passes the rows to analyses, in batches of one chunk.
func (r *rows) show(ctx context.Context, analyses []dataset.Analysis) error {
	return r.showPart(ctx, analyses, 0, r.n)
}

// showPart does so with the rows of a chunk.
func (r *rows) showPart(ctx context.Context, analyses []dataset.Analysis, start, end int) error {
	for from := start; from < end; from += rowsPerBatch {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		b := r.batch(from, min(from+rowsPerBatch, end))
		b.Row0 = from - start
		for _, a := range analyses {
			if err := a.Batch(0, &b); err != nil {
				return err
			}
		}
	}
	return nil
}

// empty drops the rows; levels keep their codes.
func (r *rows) empty() {
	for i := range r.columns {
		c := &r.columns[i]
		c.numbers, c.codes, c.words = c.numbers[:0], c.codes[:0], c.words[:0]
	}
	r.n = 0
}

func (r *rows) batch(from, to int) dataset.Batch {
	columns := make([]dataset.Vector, len(r.columns))
	for i := range r.columns {
		c, v := &r.columns[i], &columns[i]
		switch {
		case c.dict != nil:
			v.Codes = c.codes[from:to]
		case c.words == nil:
			v.Floats = c.numbers[from:to]
		}
		v.Missing = c.missing(from, to)
	}
	return dataset.NewBatch(to-from, columns, func(column, row int) []byte { return []byte(r.cell(column, from+row)) })
}

// cell returns a cell as text, empty where it is missing.
func (r *rows) cell(column, row int) string {
	c := &r.columns[column]
	switch {
	case c.words != nil:
		return c.words[row]
	case c.dict == nil:
		return dataset.FormatNumber(c.numbers[row], r.schema.Columns[column].Kind)
	case c.codes[row] == dataset.MissingCode:
		return ""
	}
	return c.dict.Level(c.codes[row])
}

// missing counts the cells without a value.
func (c *rowsColumn) missing(from, to int) (n int) {
	for i := from; i < to; i++ {
		switch {
		case c.dict != nil && c.codes[i] == dataset.MissingCode,
			c.words != nil && c.words[i] == "",
			c.numbers != nil && c.numbers[i] != c.numbers[i]:
			n++
		}
	}
	return n
}

package dataset

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// sortedChunk is how many rows of a sorted table are stored together.
const sortedChunk = 1 << 16

// SortBy returns a table with the same rows in ascending order of a column of
// numbers or times. Rows with equal values keep their order, and those without a
// value come last. The lines of the rows are those of the file still. It is an
// error if the column holds no numbers.
func (t *Table) SortBy(column int) (*Table, error) {
	keys, err := t.Floats(column)
	if err != nil {
		return nil, fmt.Errorf("the rows cannot be sorted: %w", err)
	}
	order := make([]int64, len(keys))
	for i := range order {
		order[i] = int64(i)
	}
	slices.SortStableFunc(order, func(a, b int64) int {
		x, y := keys[a], keys[b]
		if math.IsNaN(x) || math.IsNaN(y) {
			return cmp.Compare(gapLast(x), gapLast(y))
		}
		return cmp.Compare(x, y)
	})
	out := &Table{schema: t.schema, rows: t.rows, problems: t.problems, jobs: t.jobs}
	for from := int64(0); from < t.rows; from += sortedChunk {
		rows := order[from:min(from+sortedChunk, t.rows)]
		out.chunks = append(out.chunks, tableChunk{first: from, rows: len(rows), lines: t.linesOf(rows),
			columns: make([]storedColumn, len(t.schema.Columns))})
	}
	for c := range t.schema.Columns {
		if err := t.sortColumn(out, c, order); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func gapLast(x float64) int {
	if math.IsNaN(x) {
		return 1
	}
	return 0
}

// linesOf returns the lines of some rows; none where they are not known, or lie
// too far apart to be kept.
func (t *Table) linesOf(rows []int64) rowLines {
	lines := rowLines{first: math.MaxInt64, each: make([]uint32, len(rows))}
	for _, row := range rows {
		lines.first = min(lines.first, t.Line(row))
	}
	for i, row := range rows {
		offset := t.Line(row) - lines.first
		if lines.first == 0 || offset > math.MaxUint32 {
			return rowLines{}
		}
		lines.each[i] = uint32(offset)
	}
	return lines
}

// sortColumn stores one column of a table in another order.
func (t *Table) sortColumn(out *Table, column int, order []int64) error {
	var b columnBuilder
	fill, err := t.cellsOf(column)
	if err != nil {
		return err
	}
	for i := range out.chunks {
		chunk := &out.chunks[i]
		b.reset()
		fill(&b, order[chunk.first:chunk.first+int64(chunk.rows)])
		chunk.columns[column] = b.store(t.schema.Columns[column].Kind)
	}
	return nil
}

// cellsOf returns what hands some cells of a column to a builder.
func (t *Table) cellsOf(column int) (fill func(b *columnBuilder, rows []int64), err error) {
	c := &t.schema.Columns[column]
	switch {
	case c.Kind == Text:
		return func(b *columnBuilder, rows []int64) {
			for _, row := range rows {
				chunk := t.chunk(row)
				cell := chunk.text(&t.schema, column, int(row-chunk.first))
				if len(cell) == 0 {
					b.gaps++
				}
				b.addText(cell)
			}
		}, nil
	case c.Dict != nil:
		codes, err := t.Codes(column)
		return func(b *columnBuilder, rows []int64) {
			v := Vector{Codes: make([]uint32, len(rows))}
			for i, row := range rows {
				if v.Codes[i] = codes[row]; codes[row] == MissingCode {
					v.Missing++
				}
			}
			b.add(&v)
		}, err
	}
	numbers, err := t.Floats(column)
	return func(b *columnBuilder, rows []int64) {
		v := Vector{Floats: make([]float64, len(rows))}
		for i, row := range rows {
			v.Floats[i] = numbers[row]
		}
		v.Missing = countNaN(v.Floats)
		b.add(&v)
	}, err
}

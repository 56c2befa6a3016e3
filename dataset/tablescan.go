package dataset

import (
	"context"
	"math"
	"strconv"
	"sync"
)

// tableBatch is how many rows of a Table are widened at a time.
const tableBatch = 4096

// Scan passes the rows to the analyses, chunk by chunk on all cores.
func (t *Table) Scan(ctx context.Context, analyses ...Analysis) error {
	wanted := make([]bool, len(t.schema.Columns))
	for _, a := range analyses {
		if err := a.Start(&t.schema, t.jobs); err != nil {
			return err
		}
		wantColumns(wanted, a, &t.schema)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	turns := make([]chan struct{}, len(t.chunks)+1)
	for i := range turns {
		turns[i] = make(chan struct{})
	}
	close(turns[0])
	next := make(chan int, len(t.chunks))
	for i := range t.chunks {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	for id := range t.jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			w := tableWorker{t: t, id: id, analyses: analyses, wanted: wanted}
			if err := w.work(ctx, next, turns); err != nil {
				cancel(err)
			}
		}()
	}
	wg.Wait()
	return context.Cause(ctx)
}

type tableWorker struct {
	t        *Table
	id       int
	analyses []Analysis
	wanted   []bool
	ints     [][]uint32
	floats   [][]float64
	batch    Batch
}

func (w *tableWorker) work(ctx context.Context, next <-chan int, turns []chan struct{}) error {
	w.ints = make([][]uint32, len(w.wanted))
	w.floats = make([][]float64, len(w.wanted))
	for c, wanted := range w.wanted {
		if wanted {
			w.ints[c], w.floats[c] = make([]uint32, tableBatch), make([]float64, tableBatch)
		}
	}
	w.batch.Columns = make([]Vector, len(w.wanted))
	for i := range next {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := w.chunk(&w.t.chunks[i])
		select {
		case <-turns[i]:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if err == nil {
			err = w.end(i)
		}
		if err != nil {
			return err
		}
		close(turns[i+1])
	}
	return nil
}

func (w *tableWorker) chunk(c *tableChunk) error {
	b := &w.batch
	for from := 0; from < c.rows; from += tableBatch {
		to := min(from+tableBatch, c.rows)
		b.Rows, b.Row0, b.Kept = to-from, from, nil
		for i, wanted := range w.wanted {
			if wanted {
				c.columns[i].slice(&b.Columns[i], from, to, w.ints[i], w.floats[i])
			}
		}
		b.absent = func(cell []byte) bool { return len(cell) == 0 }
		b.text = func(column, row int) []byte { return c.text(&w.t.schema, column, from+row) }
		for _, a := range w.analyses {
			if err := a.Batch(w.id, b); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *tableWorker) end(i int) error {
	c := &w.t.chunks[i]
	chunk := Chunk{Index: i, FirstRow: c.first, Rows: c.rows, lines: c.lines}
	for _, a := range w.analyses {
		if err := a.EndChunk(w.id, chunk); err != nil {
			return err
		}
	}
	return nil
}

// text returns a cell as text.
func (c *tableChunk) text(s *Schema, column, row int) []byte {
	col := &c.columns[column]
	if col.starts != nil {
		return col.text[col.starts[row]:col.starts[row+1]]
	}
	var v Vector
	col.slice(&v, row, row+1, make([]uint32, 1), make([]float64, 1))
	switch {
	case v.Missing > 0:
		return nil
	case v.Codes != nil:
		return []byte(s.Columns[column].Dict.Level(v.Codes[0]))
	}
	return []byte(FormatNumber(v.Float(0), s.Columns[column].Kind))
}

// shortest writes a number in the shortest form that reads as the same float64,
// with an exponent only where the digits would be many zeros.
func shortest(x float64) string {
	form := byte('f')
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e21) {
		form = 'e'
	}
	return strconv.FormatFloat(x, form, -1, 64)
}

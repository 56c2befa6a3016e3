package dataset

import (
	"bytes"
	"context"
	"unicode/utf8"
)

// A worker reads and decodes chunks on one goroutine. Its buffers serve every
// chunk.
type worker struct {
	id      int
	run     *run
	columns []columnDecoder
	batch   Batch
	norm    *normaliser
	text    []byte // a chunk's buffer
	ends    []uint32
	span    cellSpan // of the batch at hand, first column

	// Of the chunk at hand:
	rows     int
	newlines int64
	offsets  []uint32 // line of each row from the chunk's first, if they are not consecutive
	bad      rowProblems
}

func newWorker(id int, r *run) *worker {
	w := &worker{id: id, run: r, norm: r.f.normaliser()}
	w.columns = make([]columnDecoder, len(r.f.plans))
	for i := range w.columns {
		c := &w.columns[i]
		c.plan, c.wanted = r.f.plans[i], r.wanted[i]
		c.numbers.facts = &c.facts
		if c.dict = r.f.schema.Columns[i].Dict; c.dict != nil {
			c.cache = newDictCache(c.dict, r.f.d.missing)
		}
	}
	w.batch.Columns = make([]Vector, len(w.columns))
	w.batch.absent = r.f.d.missing
	w.batch.text = func(column, row int) []byte {
		s := w.span
		s.ends = s.ends[column:]
		return s.cell(row)
	}
	return w
}

// work takes chunks until there are no more.
func (w *worker) work(ctx context.Context) error {
	for {
		t, err := w.run.take(ctx, w.text)
		if err != nil || t.chunk == nil {
			return err
		}
		err = w.decode(t.chunk)
		if turnErr := t.await(ctx); turnErr != nil {
			return turnErr
		}
		if err == nil {
			err = w.endChunk(t.chunk)
		}
		if err != nil {
			return err // without passing the turn on: nothing behind this chunk counts
		}
		close(t.done)
		w.text = t.chunk.buf
	}
}

// decode finds and decodes the cells of a chunk, batch by batch.
func (w *worker) decode(c *textChunk) error {
	w.rows, w.newlines, w.offsets, w.bad = 0, 0, nil, rowProblems{}
	for i := range w.columns {
		w.columns[i].numbers.scale = 0
	}
	if !w.indexable(c) {
		return w.normalised(c, frontPad)
	}
	if w.run.f.d.returns {
		c.buf = dropReturns(c.buf)
	}
	stride, block := len(w.columns), w.norm.block
	w.ends = append(w.ends[:0], frontPad-1)
	checked := false
	for from := frontPad; from < len(c.buf); {
		to := min(from+block, len(c.buf))
		var seen textFeatures
		w.ends, seen = appendEnds(w.ends, c.buf, from, to, w.run.f.d.comma)
		from = to
		start := int(w.ends[0]) + 1
		if seen.odd && !checked {
			if checked = plainText(c.buf[start:]); !checked {
				return w.normalised(c, start)
			}
		}
		rows := (len(w.ends) - 1) / stride
		if !oneRowALine(c.buf, w.ends, stride, rows) || seen.newlines != rows {
			return w.normalised(c, start)
		}
		if rows == 0 {
			continue
		}
		if err := w.decodeBatch(cellSpan{c.buf, w.ends, stride, rows}); err != nil {
			return err
		}
		w.ends = append(w.ends[:0], w.ends[rows*stride:]...)
	}
	w.newlines = int64(w.rows)
	if start := int(w.ends[0]) + 1; start < len(c.buf) {
		return w.normalised(c, start)
	}
	return nil
}

// indexable reports whether the index may be tried on the chunk: nothing in it
// is known to need the normaliser.
func (w *worker) indexable(c *textChunk) bool {
	d, text := w.run.f.d, c.text()
	switch {
	case c.quoted || c.layout != nil || d.format == JSONLines || len(w.columns) == 1:
		return false
	case d.comment != 0 && (text[0] == d.comment || bytes.Contains(text, []byte{'\n', d.comment})):
		return false
	case d.format == ARFF && bytes.ContainsAny(text, " \t'\"\\{"):
		return false
	}
	return true
}

// dropReturns removes the carriage returns that stand before newlines, in place.
func dropReturns(buf []byte) []byte {
	to := max(0, bytes.IndexByte(buf, '\r'))
	if to == 0 {
		return buf
	}
	for from := to; from < len(buf); {
		if bytes.HasPrefix(buf[from:], []byte("\r\n")) {
			from++
		}
		end := bytes.IndexByte(buf[from+1:], '\r') + from + 1
		if end == from {
			end = len(buf)
		}
		to += copy(buf[to:], buf[from:end])
		from = end
	}
	return buf[:to]
}

// plainText reports whether odd bytes in a text are only characters beyond
// ASCII.
func plainText(text []byte) bool {
	return bytes.IndexByte(text, '\r') < 0 && bytes.IndexByte(text, 0) < 0 && utf8.Valid(text)
}

// oneRowALine reports whether every row of the batch ends with its line. With
// as many newlines as rows, no row then takes more than one.
func oneRowALine(buf []byte, ends []uint32, stride, rows int) bool {
	var differ byte
	for k := stride; k <= rows*stride; k += stride {
		differ |= buf[ends[k]] ^ '\n'
	}
	return differ == 0
}

// normalised decodes what remains of a chunk by way of the normaliser. The rows
// before it were one line each.
func (w *worker) normalised(c *textChunk, from int) error {
	n := w.norm
	n.start(c, from, w.rows)
	for n.fill() {
		if n.rows == 0 {
			continue
		}
		if err := w.decodeBatch(cellSpan{n.buf, n.ends, len(w.columns), n.rows}); err != nil {
			return err
		}
	}
	w.newlines, w.offsets, w.bad = int64(n.line), n.lineOffsets(), n.bad
	return nil
}

// decodeBatch decodes the wanted columns and shows the batch to the analyses.
func (w *worker) decodeBatch(s cellSpan) error {
	w.span = s
	b := &w.batch
	b.Rows, b.Row0, b.Kept = s.rows, w.rows, nil
	for i := range w.columns {
		c := &w.columns[i]
		if !c.wanted {
			continue
		}
		column := s
		column.ends = s.ends[i:]
		listed := len(c.facts.listed)
		c.facts.cells += int64(s.rows)
		if err := c.decode(&b.Columns[i], &column, w.run.f.d); err != nil {
			return err
		}
		for k := listed; k < len(c.facts.listed); k++ {
			c.facts.listed[k].row += w.rows
		}
	}
	for _, a := range w.run.analyses {
		if err := a.Batch(w.id, b); err != nil {
			return err
		}
	}
	w.rows += s.rows
	return nil
}

// endChunk does what must be done in file order: problems get their lines, rows
// their numbers, and the analyses merge what depends on order.
func (w *worker) endChunk(c *textChunk) error {
	r := w.run
	chunk := Chunk{Index: c.index, FirstRow: r.rows, Rows: w.rows, lines: rowLines{r.line, w.offsets}}
	found := w.problems(&chunk)
	r.problems.BadRows += int64(w.bad.left)
	r.problems.Recoded += int64(w.bad.recoded)
	r.problems.add(found)
	if err := r.bearable(found); err != nil {
		return err
	}
	if err := r.addLate(append(c.late, w.norm.unknown...)); err != nil {
		return err
	}
	w.norm.unknown = w.norm.unknown[:0]
	r.rows += int64(w.rows)
	r.line += w.newlines
	for _, a := range r.analyses {
		if err := a.EndChunk(w.id, chunk); err != nil {
			return err
		}
	}
	return nil
}

// problems turns the chunk's bad rows and cells into errors with a place.
func (w *worker) problems(c *Chunk) []CellError {
	var found []CellError
	f := w.run.f
	for _, b := range w.bad.listed {
		e := CellError{Path: f.name(), Line: c.lines.first + int64(b.line), Err: b.err}
		if b.column >= 0 {
			e.Column = f.schema.Columns[b.column].Name
		}
		found = append(found, e)
	}
	for i := range w.columns {
		col := &w.columns[i]
		for _, b := range col.facts.listed {
			if !b.infinite {
				w.run.sample(i, b.text)
			}
			found = append(found, CellError{Path: f.name(), Line: c.Line(b.row),
				Column: f.schema.Columns[i].Name, Text: b.text, Err: col.plan.complaint(b.infinite)})
		}
		col.facts.listed = col.facts.listed[:0]
	}
	return found
}

package dataset

import (
	"context"
	"fmt"
	"strings"
	"sync"
)

// Where returns the rows of a source for which the condition is true, as a
// source; CompileFilter describes the language.
//
// Analyses see the rows that are left as if there were no others: Chunk.Rows and
// Chunk.FirstRow count them alone, Batch.Kept and RowInChunk tell where they
// stand in the file's chunk, and Chunk.Line gives their lines. A scan that
// leaves no row fails with ErrNoData. Warnings tells of words that do not occur.
//
// What is wrong with the expression is reported at once. Only what may change
// with the first scan of a file waits until that is over: kinds that are guesses,
// and names of columns that may yet appear in JSON lines and Zeek logs.
func Where(src Source, expr string) (Source, error) {
	if e, ok := EngineOf(src); ok {
		return e.Where(expr)
	}
	parsed, err := parseFilter(expr)
	if err != nil {
		return nil, err
	}
	if _, err := parsed.compile(src.Schema()); err != nil && isFinal(err, src) {
		return nil, err
	}
	return &Filtered{src: src, expr: parsed}, nil
}

// isFinal reports whether no scan of the source can mend the error.
func isFinal(err error, src Source) bool {
	e, ok := err.(*FilterError)
	f, unread := Origin(src).(*File)
	switch {
	case !ok || !unread || f.settled || e.stage == syntaxStage:
		return true
	case e.stage == namingStage:
		return f.d.format != JSONLines && f.d.format != Zeek
	}
	for _, column := range e.columns {
		if i := columnOfOrigin(src, column); i >= 0 && !f.plans[i].fixed {
			return false
		}
	}
	return true
}

// columnOfOrigin returns where a column of a source stands in its origin, -1 for
// one that Derive has made.
func columnOfOrigin(src Source, column int) int {
	for {
		switch s := src.(type) {
		case *selection:
			column = s.columns[column]
		case *derived:
			if column >= len(s.schema.Columns)-len(s.columns) {
				return -1
			}
		}
		s, ok := src.(unwrapper)
		if !ok {
			return column
		}
		src = s.Unwrap()
	}
}

// An unwrapper is a source made from another one.
type unwrapper interface{ Unwrap() Source }

// Origin returns the File or the Table from which a source was made by Where and
// Select, or the source itself.
func Origin(src Source) Source {
	for {
		s, ok := src.(unwrapper)
		if !ok {
			return src
		}
		src = s.Unwrap()
	}
}

// Warnings returns what looked like a mistake in the conditions of a source when
// it was last scanned: see Filter.Warnings.
func Warnings(src Source) []error {
	var found []error
	for {
		if f, ok := src.(*Filtered); ok {
			found = append(f.Warnings(), found...)
		}
		s, ok := src.(unwrapper)
		if !ok {
			return found
		}
		src = s.Unwrap()
	}
}

// A Filtered is a source that Where has made.
type Filtered struct {
	src  Source
	expr *filterExpr

	mu       sync.Mutex // guards what follows
	rows     int64
	warnings []error
}

// Schema returns the columns of the source beneath, which are all there.
func (w *Filtered) Schema() *Schema { return w.src.Schema() }

// Unwrap returns the source beneath.
func (w *Filtered) Unwrap() Source { return w.src }

// Rows returns how many rows the last scan has left.
func (w *Filtered) Rows() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rows
}

// Warnings returns what looked like a mistake in the last scan.
func (w *Filtered) Warnings() []error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.warnings
}

// Scan passes the rows for which the condition is true to the analyses.
func (w *Filtered) Scan(ctx context.Context, analyses ...Analysis) error {
	var p *filterPass
	for range 2 {
		p = &filterPass{expr: w.expr, analyses: analyses}
		if err := w.src.Scan(ctx, p); err != nil {
			return err
		}
		if p.refused == nil {
			return w.finish(p)
		}
		// The kinds that the condition did not suit were guesses, and are none now.
		if _, err := w.expr.compile(w.src.Schema()); err != nil {
			return err
		}
	}
	return p.refused
}

// finish takes over the results of a scan.
func (w *Filtered) finish(p *filterPass) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rows, w.warnings = p.rows, p.workers[0].filter.Warnings()
	if p.rows > 0 {
		return nil
	}
	var hints strings.Builder
	for _, h := range w.warnings {
		hints.WriteString("; " + h.Error())
	}
	return fmt.Errorf("%w: none of %d rows meets %s%s", ErrNoData, p.all, shorten([]byte(w.expr.text)), hints.String())
}

// A filterPass is one scan of the source beneath, in which the filter is the
// analysis and the analyses see what it leaves.
type filterPass struct {
	expr     *filterExpr
	analyses []Analysis
	wanted   []bool // columns that the analyses ask for
	workers  []filterWorker
	refused  error // the condition does not suit the columns
	rows     int64 // left, in the chunks that have ended
	all      int64
}

// A filterWorker filters the batches of one worker.
type filterWorker struct {
	filter *Filter
	inner  *Batch   // the batch at hand
	kept   []uint32 // its rows that are left
	batch  Batch    // the same for the analyses
	ints   [][]uint32
	floats [][]float64
	rows   int // left in the chunk at hand
}

// Start implements Analysis.
func (p *filterPass) Start(s *Schema, workers int) error {
	p.rows, p.all, p.refused = 0, 0, nil
	p.wanted, p.workers = make([]bool, len(s.Columns)), make([]filterWorker, workers)
	for _, a := range p.analyses {
		if err := a.Start(s, workers); err != nil {
			return err
		}
		wantColumns(p.wanted, a, s)
	}
	for i := range p.workers {
		w := &p.workers[i]
		if w.filter, p.refused = p.expr.compile(s); p.refused != nil {
			return nil
		}
		w.ints, w.floats = make([][]uint32, len(s.Columns)), make([][]float64, len(s.Columns))
		w.batch.Columns = make([]Vector, len(s.Columns))
		w.batch.text = func(column, row int) []byte { return w.inner.text(column, int(w.kept[row])) }
	}
	return nil
}

// Columns implements Selective.
func (p *filterPass) Columns(*Schema) []int {
	var out []int
	for i, wanted := range p.wanted {
		if wanted {
			out = append(out, i)
		}
	}
	if p.refused == nil {
		out = append(out, p.workers[0].filter.columns...)
	}
	return out
}

// Batch implements Analysis.
func (p *filterPass) Batch(worker int, b *Batch) error {
	if p.refused != nil {
		return nil
	}
	w := &p.workers[worker]
	w.inner, w.kept = b, w.filter.Rows(w.kept[:0], b)
	if len(w.kept) == 0 {
		return nil
	}
	out := &w.batch
	out.Rows, out.Row0, out.Kept, out.absent = len(w.kept), w.rows, out.Kept[:0], b.absent
	for _, row := range w.kept {
		out.Kept = append(out.Kept, uint32(b.RowInChunk(int(row))))
	}
	for c, wanted := range p.wanted {
		if wanted {
			w.pick(c, &b.Columns[c], &out.Columns[c])
		}
	}
	w.rows += out.Rows
	for _, a := range p.analyses {
		if err := a.Batch(worker, out); err != nil {
			return err
		}
	}
	return nil
}

// pick copies the cells of a column that are left.
func (w *filterWorker) pick(column int, from, to *Vector) {
	if *to = *from; len(w.kept) == w.inner.Rows {
		return
	}
	to.Missing = 0
	switch {
	case from.Codes != nil:
		to.Codes, to.Missing = pickInts(&w.ints[column], from.Codes, w.kept)
	case from.Ints != nil:
		to.Ints, to.Missing = pickInts(&w.ints[column], from.Ints, w.kept)
	case from.Floats != nil:
		picked := w.floats[column][:0]
		for _, row := range w.kept {
			picked = append(picked, from.Floats[row])
		}
		to.Floats, to.Missing, w.floats[column] = picked, countNaN(picked), picked
	case from.Missing > 0:
		for _, row := range w.kept {
			if w.inner.TextMissing(column, int(row)) {
				to.Missing++
			}
		}
	}
}

// pickInts returns some of the numbers or codes in the buffer, and how many of
// them are missing; MissingInt and MissingCode are the same.
func pickInts(buffer *[]uint32, from, rows []uint32) (picked []uint32, missing int) {
	picked = (*buffer)[:0]
	for _, row := range rows {
		x := from[row]
		picked = append(picked, x)
		if x == MissingInt {
			missing++
		}
	}
	*buffer = picked
	return picked, missing
}

// EndChunk implements Analysis.
func (p *filterPass) EndChunk(worker int, c Chunk) error {
	if p.refused != nil {
		return nil
	}
	w := &p.workers[worker]
	p.all += int64(c.Rows)
	c.FirstRow, c.Rows, c.filtered = p.rows, w.rows, true
	p.rows += int64(w.rows)
	w.rows = 0
	for _, a := range p.analyses {
		if err := a.EndChunk(worker, c); err != nil {
			return err
		}
	}
	return nil
}

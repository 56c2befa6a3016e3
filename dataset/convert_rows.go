package dataset

import (
	"context"
	"fmt"
	"io"
	"slices"
)

// A RowPicker is an analysis that chooses the rows that WriteRows writes, and what
// stands before their cells. It sees every chunk before it is asked about its rows.
type RowPicker interface {
	Analysis

	// Names are those of the cells that Pick returns.
	Names() []string

	// Pick says whether to write a row of the chunk that has just ended, by its place
	// among the chunk's rows, and the cells before its own. It is called in file order,
	// by the worker that has seen the chunk, after EndChunk.
	Pick(worker, row int) (cells []string, keep bool)
}

// WriteRows writes some rows of a source as WriteCSV does, with columns before
// their own, and returns how many they are. A leading column whose name the source
// has already is called netanom_ and that name. Memory is bounded by the size of a
// chunk of the source.
func WriteRows(ctx context.Context, src Source, w io.Writer, pick RowPicker, o CSVOptions) (rows int64, err error) {
	c, err := newCSVWriter(ctx, src, w, o)
	if err != nil {
		return 0, err
	}
	r := &rowWriter{csvWriter: c, pick: pick}
	if err := src.Scan(ctx, r); err != nil {
		return c.rows, err
	}
	return c.rows, c.header() // where no row was chosen
}

// A rowWriter is the analysis that writes the rows that are picked.
type rowWriter struct {
	*csvWriter
	pick RowPicker
	ends [][]int // per worker: where the rows of the chunk at hand end in its buffer
	line []byte
}

// Start implements Analysis.
func (r *rowWriter) Start(s *Schema, workers int) error {
	r.ends = make([][]int, workers)
	r.lead = slices.Clone(r.pick.Names())
	for i := range r.lead {
		for slices.Contains(s.Names(), r.lead[i]) {
			r.lead[i] = "netanom_" + r.lead[i]
		}
	}
	if err := r.pick.Start(s, workers); err != nil {
		return err
	}
	return r.csvWriter.Start(s, workers)
}

// Batch implements Analysis.
func (r *rowWriter) Batch(worker int, b *Batch) error {
	if err := r.pick.Batch(worker, b); err != nil {
		return err
	}
	f := &r.workers[worker]
	for row := range b.Rows {
		r.format(f, b, row)
		r.ends[worker] = append(r.ends[worker], len(f.out))
	}
	return nil
}

// EndChunk implements Analysis.
func (r *rowWriter) EndChunk(worker int, chunk Chunk) error {
	if err := r.pick.EndChunk(worker, chunk); err != nil {
		return err
	}
	if err := r.header(); err != nil {
		return err
	}
	f, from := &r.workers[worker], 0
	lead := csvFormatter{opt: r.opt, out: r.line[:0]}
	for row, end := range r.ends[worker] {
		if cells, keep := r.pick.Pick(worker, row); keep {
			for _, cell := range cells {
				lead.cell([]byte(cell))
				lead.out = append(lead.out, r.opt.Delimiter)
			}
			lead.out = append(lead.out, f.out[from:end]...)
			r.rows++
		}
		from = end
	}
	_, err := r.w.Write(lead.out)
	r.line, f.out, f.row, r.ends[worker] = lead.out, f.out[:0], 0, r.ends[worker][:0]
	if err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

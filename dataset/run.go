package dataset

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// A run is one reading of the file.
type run struct {
	f        *File
	analyses []Analysis
	wanted   []bool // columns that some analysis or the settling needs
	workers  []*worker

	// Taking chunks is for one worker at a time.
	taking sync.Mutex
	chunks chunker
	turn   <-chan struct{} // of the chunk to be taken next
	failed error           // reading went wrong; nothing more is taken

	// What follows is only touched in file order, by the worker whose turn it is.
	rows     int64
	line     int64 // of the first record of the chunk, from 1
	problems Problems
	samples  [][]string // per column: the first bad cells
	late     []string   // keys or fields that are no columns yet
	doubt    error      // the first bad cell, to be reported if its column keeps its kind
}

// maxLate is how many columns a file may gain after its head. Objects with more
// keys are not records of one table.
const maxLate = 4096

func (f *File) newRun(analyses []Analysis) (*run, error) {
	columns := len(f.plans)
	r := &run{f: f, analyses: analyses, wanted: make([]bool, columns), samples: make([][]string, columns), line: f.d.line}
	for _, a := range analyses {
		if err := a.Start(&f.schema, f.opt.Jobs); err != nil {
			return nil, err
		}
		wantColumns(r.wanted, a, &f.schema)
	}
	if !f.settled {
		for i := range r.wanted {
			r.wanted[i] = true
		}
	}
	for id := range f.opt.Jobs {
		r.workers = append(r.workers, newWorker(id, r))
	}
	return r, nil
}

// wantColumns marks the columns that an analysis asks for.
func wantColumns(wanted []bool, a Analysis, s *Schema) {
	sel, ok := a.(Selective)
	if !ok {
		for i := range wanted {
			wanted[i] = true
		}
		return
	}
	for _, i := range sel.Columns(s) {
		wanted[i] = true
	}
}

func (r *run) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s, err := r.f.in.stream(ctx, r.f.opt.Progress)
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := io.CopyN(io.Discard, s, int64(r.f.d.body)); err != nil {
		return r.f.in.explain(err, 0)
	}
	first := make(chan struct{})
	close(first)
	r.turn = first
	r.chunks = chunker{d: r.f.d, size: cmp.Or(r.f.chunk, chunkSize), r: s, fields: r.layout, layout: r.f.firstLayout()}
	var wg sync.WaitGroup
	for _, w := range r.workers {
		wg.Go(func() {
			if err := w.work(ctx); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// A ticket is a chunk with its place in the queue for the work that is done in
// file order. At the end of the file it has no chunk.
type ticket struct {
	chunk *textChunk
	turn  <-chan struct{} // closed when the chunk before is done
	done  chan struct{}
}

func (t *ticket) await(ctx context.Context) error {
	select {
	case <-t.turn:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// take reads the next chunk into buf. If that fails, it first waits for the
// chunks before, so that of several errors the first in the file is the one
// reported.
func (r *run) take(ctx context.Context, buf []byte) (ticket, error) {
	r.taking.Lock()
	defer r.taking.Unlock()
	if r.failed != nil || ctx.Err() != nil {
		return ticket{}, cmp.Or(r.failed, context.Cause(ctx))
	}
	c, err := r.chunks.next(buf)
	t := ticket{c, r.turn, make(chan struct{})}
	if err == nil {
		if c != nil {
			r.turn = t.done
		}
		return t, nil
	}
	if r.failed = t.await(ctx); r.failed == nil {
		r.failed = r.place(err)
	}
	return ticket{}, r.failed
}

// place finishes an error of the chunker. It may only be called when all chunks
// before are done.
func (r *run) place(err error) error {
	var p *placedError
	if !errors.As(err, &p) {
		return err
	}
	err = p.err(r.line + p.below)
	var cell *CellError
	if errors.As(err, &cell) {
		cell.Path = r.f.name()
		return err
	}
	return r.f.in.explain(err, r.line+p.below-1)
}

// bearable returns the first problem of a chunk if none is allowed. A bad cell
// of a column whose kind is only guessed may yet turn out to be a good one.
func (r *run) bearable(found []CellError) error {
	if !r.f.opt.Strict {
		return nil
	}
	for i := range found {
		e := &found[i]
		switch {
		case e.Err == errInfinite:
		case e.Err != errNotNumber && e.Err != errNotTime, r.final(e.Column):
			return e
		case r.doubt == nil:
			r.doubt = e
		}
	}
	return nil
}

func (r *run) final(column string) bool {
	i := slices.IndexFunc(r.f.schema.Columns, func(c Column) bool { return c.Name == column })
	return r.f.settled || r.f.plans[i].final()
}

// sample keeps a bad cell as evidence of what its column may be.
func (r *run) sample(column int, cell string) {
	if len(r.samples[column]) < maxListed {
		r.samples[column] = append(r.samples[column], cell)
	}
}

// addLate notes names that are no columns yet.
func (r *run) addLate(names []string) error {
	for _, name := range names {
		if !slices.Contains(r.late, name) {
			r.late = append(r.late, name)
		}
	}
	if len(r.late) > maxLate {
		return fmt.Errorf("%s: line %d and before: more than %d different keys; are these records of one table?", r.f.name(), r.line, maxLate)
	}
	return nil
}

// firstLayout is the layout of the header that the file begins with: not nil if
// a later one has added fields.
func (f *File) firstLayout() []int {
	if f.d.format != Zeek || f.named == len(f.schema.Columns) {
		return nil
	}
	layout := make([]int, f.named)
	for i := range layout {
		layout[i] = i
	}
	return layout
}

// layout maps the fields of a header met on the way to the table's columns, and
// returns those that are none. The layout of an unchanged header is nil.
func (r *run) layout(names []string) (layout []int, late []string) {
	names, _ = UniqueNames(names)
	layout = make([]int, len(names))
	same := len(names) == len(r.f.schema.Columns)
	for i, name := range names {
		layout[i] = slices.IndexFunc(r.f.schema.Columns, func(c Column) bool { return c.Name == name })
		if layout[i] < 0 {
			late = append(late, name)
		}
		same = same && layout[i] == i
	}
	if same {
		return nil, late
	}
	return layout, late
}

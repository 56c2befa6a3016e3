package dataset

import "slices"

// A derivePass is one scan of the source beneath, in which the recipe is the
// analysis and the analyses see its columns too.
//
// Without windows, every batch goes on as it comes. With windows, the batches of
// a chunk are copied and go on when the chunk ends, because that alone happens in
// the order of the rows.
type derivePass struct {
	d        *derived
	analyses []Analysis
	verbatim bool // the text of cells may be asked for

	refused error  // the recipe does not suit the columns
	wanted  []bool // columns that the analyses ask for, or what is made from them
	inner   int    // columns beneath
	plans   []derivePlan
	windows []*windowDeriver // by derivation; nil for those that look at no other row
	ordered bool             // there are windows
	workers []deriveWorker
}

// A deriveWorker fills the batches of one worker.
type deriveWorker struct {
	steps []deriver // by derivation; nil where nobody wants the column
	inner *Batch    // the batch at hand
	batch Batch     // the same with the new columns
	held  []*heldBatch
	free  []*heldBatch
	cell  []byte
}

// Start implements Analysis.
func (p *derivePass) Start(_ *Schema, workers int) error {
	p.d.refresh()
	s := &p.d.schema
	p.inner = len(s.Columns) - len(p.d.columns)
	p.wanted, p.workers = make([]bool, len(s.Columns)), make([]deriveWorker, workers)
	for _, a := range p.analyses {
		if err := a.Start(s, workers); err != nil {
			return err
		}
		wantColumns(p.wanted, a, s)
	}
	if p.plans, p.refused = p.d.plan(); p.refused != nil {
		return nil
	}
	p.require()
	p.open(s)
	for i := range p.workers {
		w := &p.workers[i]
		w.batch.Columns = make([]Vector, len(s.Columns))
		w.batch.text = func(column, row int) []byte { return w.text(p, column, row) }
		w.steps = make([]deriver, len(p.plans))
		for k := range p.plans {
			switch {
			case !p.wanted[p.inner+k]:
			case p.windows[k] != nil:
				w.steps[k] = p.windows[k]
			default:
				w.steps[k] = newDeriver(&p.d.recipe.Derivations[k], s, p.plans[k].inputs)
			}
		}
	}
	return nil
}

// require wants the inputs of every column that is wanted. Inputs stand before
// what is made from them.
func (p *derivePass) require() {
	for k := range slices.Backward(p.plans) {
		if p.wanted[p.inner+k] {
			for _, i := range p.plans[k].uses() {
				p.wanted[i] = true
			}
		}
	}
}

// open makes the windows, which all workers share.
func (p *derivePass) open(s *Schema) {
	p.windows, p.ordered = make([]*windowDeriver, len(p.plans)), false
	for k := range p.plans {
		d, plan := &p.d.recipe.Derivations[k], &p.plans[k]
		if d.Windowed() && p.wanted[p.inner+k] {
			p.windows[k] = newWindow(d, s, plan.inputs, plan.by, plan.clock)
			p.ordered = true
		}
	}
}

// Columns implements Selective.
func (p *derivePass) Columns(*Schema) []int {
	var out []int
	for i, wanted := range p.wanted[:p.inner] {
		if wanted {
			out = append(out, i)
		}
	}
	return out
}

// Batch implements Analysis.
func (p *derivePass) Batch(worker int, b *Batch) error {
	w := &p.workers[worker]
	switch {
	case p.refused != nil:
		return nil
	case p.ordered:
		w.hold(p, b)
		return nil
	}
	return p.pass(worker, b)
}

// pass fills the new columns of a batch and passes it on.
func (p *derivePass) pass(worker int, b *Batch) error {
	w := &p.workers[worker]
	vectors := w.batch.Columns
	text := w.batch.text
	w.inner, w.batch = b, *b
	w.batch.Columns, w.batch.text = vectors, text
	copy(vectors, b.Columns)
	for k, step := range w.steps {
		if step == nil {
			continue
		}
		if err := step.fill(&w.batch, &vectors[p.inner+k]); err != nil {
			return err
		}
	}
	for _, a := range p.analyses {
		if err := a.Batch(worker, &w.batch); err != nil {
			return err
		}
	}
	return nil
}

// text returns a cell: of the source beneath as it is, of a new column in the
// shortest form that reads as the same value.
func (w *deriveWorker) text(p *derivePass, column, row int) []byte {
	if column < p.inner {
		return w.inner.text(column, row)
	}
	v, c := &w.batch.Columns[column], &p.d.schema.Columns[column]
	switch {
	case v.Codes != nil && v.Codes[row] == MissingCode:
		return nil
	case v.Codes != nil:
		return []byte(c.Dict.Level(v.Codes[row]))
	}
	x := v.Float(row)
	if x != x {
		return nil
	}
	w.cell = appendExact(w.cell[:0], x, c.Kind)
	return w.cell
}

// EndChunk implements Analysis.
func (p *derivePass) EndChunk(worker int, c Chunk) error {
	if p.refused != nil {
		return nil
	}
	w := &p.workers[worker]
	for _, h := range w.held {
		if err := p.pass(worker, &h.batch); err != nil {
			return err
		}
	}
	w.free, w.held = append(w.free, w.held...), w.held[:0]
	for _, a := range p.analyses {
		if err := a.EndChunk(worker, c); err != nil {
			return err
		}
	}
	return nil
}

// A heldBatch is a copy of a batch that outlives the call it was passed to.
type heldBatch struct {
	batch  Batch
	cells  []byte
	starts [][]uint32 // by column, where its cells begin in cells; nil if their text is not kept
}

// hold copies a batch.
func (w *deriveWorker) hold(p *derivePass, b *Batch) {
	h := &heldBatch{}
	if n := len(w.free); n > 0 {
		h, w.free = w.free[n-1], w.free[:n-1]
	}
	h.batch = Batch{Rows: b.Rows, Row0: b.Row0, Kept: slices.Clone(b.Kept), Columns: make([]Vector, p.inner), absent: b.absent}
	h.batch.text = h.text
	h.cells, h.starts = h.cells[:0], make([][]uint32, p.inner)
	for i, wanted := range p.wanted[:p.inner] {
		if !wanted {
			continue
		}
		h.batch.Columns[i] = copyVector(&b.Columns[i])
		if kind := p.d.schema.Columns[i].Kind; p.verbatim || kind == Text || kind == Unknown {
			h.keepText(b, i)
		}
	}
	w.held = append(w.held, h)
}

// keepText copies the text of a column's cells.
func (h *heldBatch) keepText(b *Batch, column int) {
	starts := make([]uint32, 0, b.Rows+1)
	for row := range b.Rows {
		starts = append(starts, uint32(len(h.cells)))
		h.cells = append(h.cells, b.text(column, row)...)
	}
	h.starts[column] = append(starts, uint32(len(h.cells)))
}

// text returns a cell whose text was kept.
func (h *heldBatch) text(column, row int) []byte {
	if s := h.starts[column]; s != nil {
		return h.cells[s[row]:s[row+1]]
	}
	return nil
}

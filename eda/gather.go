package eda

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// maxGatheredCells bounds the memory that correlations take for their columns:
// eight bytes a cell, and as much again for ranks.
const maxGatheredCells = 1 << 26

// A Fetch says which rows of an engine are fetched for what its sums cannot answer.
type Fetch struct {
	Rows int64  // at most; 0: 200,000
	Seed uint64 // by which they are chosen
}

const usualFetch = 200_000

// A gatherer is the analysis that keeps some columns of numbers, or the codes of
// levels, as floats in file order, NaN where a cell is missing. Once there are more rows than fit, it keeps
// only those whose number is a multiple of the step. Of an engine it keeps a sample,
// and knows whom to ask for more: see asks.
type gatherer struct {
	columns []int
	coded   []int // columns whose codes are kept
	placed  bool  // whether the rows' lines are kept
	hint    int64 // rows expected; 0: unknown
	limit   int   // rows kept; 0: what maxGatheredCells allows
	fetch   Fetch // of an engine
	full    bool  // of an engine: how many numbers differ is asked for, too

	step    int64
	rows    int64
	values  [][]float64 // per column
	codes   [][]uint32  // per coded column
	lines   []int64     // where placed; 0 where a row has none
	workers []gatherBatch

	engine dataset.Engine              // nil for a source of rows
	sample *dataset.Sample             // of the engine: what was kept
	known  map[int]dataset.WideSummary // of the engine: columns of numbers, see prepare
	counts map[int]cellTable           // of the engine: how often each cell of a column occurs
}

// A gatherBatch is what one worker has gathered of the chunk at hand.
type gatherBatch struct {
	values [][]float64
	codes  [][]uint32
	kept   []uint32 // positions within the chunk of the rows that a filter left
}

// rowsOf returns how many rows a source is known to hand out, 0 if that is unknown.
func rowsOf(src dataset.Source) int64 {
	if s, ok := src.(interface{ Rows() int64 }); ok {
		return handedOut(src, s.Rows())
	}
	return 0
}

// handedOut returns how many of so many rows a source hands out: an engine does not
// say.
func handedOut(src dataset.Source, rows int64) int64 {
	if _, ok := dataset.EngineOf(src); ok {
		return 0
	}
	return rows
}

// Start implements dataset.Analysis.
func (g *gatherer) Start(_ *dataset.Schema, workers int) error {
	if g.limit == 0 {
		g.limit = maxGatheredCells / max(1, len(g.columns))
	}
	g.step, g.rows, g.engine = 1, 0, nil
	g.values = make([][]float64, len(g.columns))
	for k := range g.values {
		g.values[k] = make([]float64, 0, min(g.hint, int64(g.limit)))
	}
	g.codes, g.lines = make([][]uint32, len(g.coded)), nil
	g.workers = make([]gatherBatch, workers)
	for i := range g.workers {
		g.workers[i] = gatherBatch{values: make([][]float64, len(g.columns)), codes: make([][]uint32, len(g.coded))}
	}
	return nil
}

// Columns implements dataset.Selective.
func (g *gatherer) Columns(*dataset.Schema) []int { return slices.Concat(g.columns, g.coded) }

// Batch implements dataset.Analysis.
func (g *gatherer) Batch(worker int, b *dataset.Batch) error {
	w := &g.workers[worker]
	for k, i := range g.columns {
		w.values[k] = appendCells(w.values[k], &b.Columns[i], b.Rows)
	}
	for k, i := range g.coded {
		w.codes[k] = append(w.codes[k], b.Columns[i].Codes...)
	}
	if g.placed {
		w.kept = append(w.kept, b.Kept...)
	}
	return nil
}

// of returns the values of a column, nil if it was not gathered.
func (g *gatherer) of(column int) []float64 {
	if k := slices.Index(g.columns, column); k >= 0 {
		return g.values[k]
	}
	return nil
}

// kept returns how many rows were kept.
func (g *gatherer) kept() int64 {
	if g.engine != nil {
		return int64(g.gathered())
	}
	return (g.rows + g.step - 1) / g.step
}

// also adds columns to those that are gathered, each once.
func (g *gatherer) also(columns ...int) {
	for _, i := range columns {
		if i >= 0 && !slices.Contains(g.columns, i) {
			g.columns = append(g.columns, i)
		}
	}
}

// warnings says that not all rows were kept, if so.
func (g *gatherer) warnings(what string) []string {
	switch {
	case g.asks():
		return []string{fmt.Sprintf("The %s use %s.", what, g.sampleWords())}
	case g.step == 1:
		return nil
	}
	return []string{fmt.Sprintf("The %s use one row in %d, %s of %s, because all would not fit memory.",
		what, g.step, grouped(g.kept()), plural(g.rows, "row"))}
}

// Ask implements dataset.Asking: it keeps a sample, in which each label has its share.
func (g *gatherer) Ask(ctx context.Context, e dataset.Engine) error {
	s := e.Schema()
	o := dataset.SampleOptions{Rows: min(cmp.Or(g.fetch.Rows, usualFetch), int64(g.limit)), Seed: g.fetch.Seed, By: s.Label()}
	if o.By >= 0 && s.Columns[o.By].Dict == nil {
		o.By = -1
	}
	o.Only = append(slices.Concat(g.columns, g.coded), max(o.By, 0))
	sample, err := e.Sample(ctx, o)
	if err != nil {
		return err
	}
	if err := sample.Scan(ctx, g); err != nil {
		return err
	}
	g.engine, g.sample, g.rows = e, sample, sample.Of
	g.recode(sample.Schema(), s)
	return nil
}

// recode gives gathered levels the codes that they have in another schema.
func (g *gatherer) recode(from, to *dataset.Schema) {
	dicts := func(column int) (a, b *dataset.Dict, differ bool) {
		a, b = from.Columns[column].Dict, to.Columns[column].Dict
		return a, b, a != nil && b != nil && a != b
	}
	for k, i := range g.columns {
		if a, b, differ := dicts(i); differ {
			for row, x := range g.values[k] {
				g.values[k][row] = math.NaN()
				if code := sameLevel(a, b, codeOf(x)); code != dataset.MissingCode {
					g.values[k][row] = float64(code)
				}
			}
		}
	}
	for k, i := range g.coded {
		if a, b, differ := dicts(i); differ {
			for row, code := range g.codes[k] {
				g.codes[k][row] = sameLevel(a, b, code)
			}
		}
	}
}

// codeOf returns the code that a gathered cell is.
func codeOf(cell float64) uint32 {
	if cell != cell {
		return dataset.MissingCode
	}
	return uint32(cell)
}

// sameLevel returns the code in one dictionary of what is a code of another.
func sameLevel(from, to *dataset.Dict, code uint32) uint32 {
	if code != dataset.MissingCode {
		if same, there := to.Lookup(from.Level(code)); there {
			return same
		}
	}
	return dataset.MissingCode
}

// asks reports whether what was gathered is a part of an engine's rows, of which the
// engine knows more.
func (g *gatherer) asks() bool { return g.engine != nil && !g.sample.Whole() }

// sampleWords says what was kept of an engine.
func (g *gatherer) sampleWords() string {
	shares := ""
	if g.sample.By != "" {
		shares = ", each label with its share"
	}
	return fmt.Sprintf("a sample of %s of %s (seed %d%s)", grouped(g.kept()), plural(g.rows, "row"), g.fetch.Seed, shares)
}

// appendCells appends numbers or codes, NaN where a cell is missing or nothing was
// decoded.
func appendCells(dst []float64, v *dataset.Vector, rows int) []float64 {
	switch {
	case v.Codes != nil:
		for _, code := range v.Codes {
			if code == dataset.MissingCode {
				dst = append(dst, math.NaN())
				continue
			}
			dst = append(dst, float64(code))
		}
		return dst
	case v.Ints == nil && v.Floats == nil:
		for range rows {
			dst = append(dst, math.NaN())
		}
		return dst
	}
	return v.AppendFloats(dst)
}

// EndChunk implements dataset.Analysis.
func (g *gatherer) EndChunk(worker int, chunk dataset.Chunk) error {
	if g.engine != nil {
		return nil // it was asked, and the chunk is all of its rows
	}
	from := (g.step - g.rows%g.step) % g.step // the first row to keep
	g.rows += int64(chunk.Rows)
	w := &g.workers[worker]
	for k, x := range w.values {
		g.values[k] = appendEvery(g.values[k], x, from, g.step)
		w.values[k] = x[:0]
	}
	for k, x := range w.codes {
		g.codes[k] = appendEvery(g.codes[k], x, from, g.step)
		w.codes[k] = x[:0]
	}
	if g.placed {
		for row := from; row < int64(chunk.Rows); row += g.step {
			at := int(row)
			if len(w.kept) > 0 {
				at = int(w.kept[row])
			}
			g.lines = append(g.lines, chunk.Line(at))
		}
		w.kept = w.kept[:0]
	}
	for g.gathered() > g.limit {
		g.thin()
	}
	return nil
}

// appendEvery appends every so many values of x, beginning with one.
func appendEvery[T any](dst, x []T, from, step int64) []T {
	if step == 1 {
		return append(dst, x...)
	}
	dst = slices.Grow(dst, len(x)/int(step)+1)
	for i := from; i < int64(len(x)); i += step {
		dst = append(dst, x[i])
	}
	return dst
}

// gathered returns how many rows are kept.
func (g *gatherer) gathered() int {
	switch {
	case len(g.values) > 0:
		return len(g.values[0])
	case len(g.codes) > 0:
		return len(g.codes[0])
	}
	return len(g.lines)
}

// thin drops every other row that was kept.
func (g *gatherer) thin() {
	g.step *= 2
	for k, x := range g.values {
		g.values[k] = everyOther(x)
	}
	for k, x := range g.codes {
		g.codes[k] = everyOther(x)
	}
	g.lines = everyOther(g.lines)
}

// everyOther keeps every other value of x, in its place.
func everyOther[T any](x []T) []T {
	half := x[:0]
	for i := 0; i < len(x); i += 2 {
		half = append(half, x[i])
	}
	return half
}

package eda

import (
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// maxGatheredCells bounds the memory that correlations take for their columns:
// eight bytes a cell, and as much again for ranks.
const maxGatheredCells = 1 << 26

// A gatherer is the analysis that keeps some columns of numbers, or the codes of
// levels, as floats in file order, NaN where a cell is missing. Once there are more rows than fit, it keeps
// only those whose number is a multiple of the step.
type gatherer struct {
	columns []int
	hint    int64 // rows expected; 0: unknown
	limit   int   // rows kept; 0: what maxGatheredCells allows

	step    int64
	rows    int64
	values  [][]float64   // per column
	workers [][][]float64 // per worker and column: of the chunk at hand
}

// rowsOf returns how many rows a source is known to hold, 0 if that is unknown.
func rowsOf(src dataset.Source) int64 {
	if s, ok := src.(interface{ Rows() int64 }); ok {
		return s.Rows()
	}
	return 0
}

// Start implements dataset.Analysis.
func (g *gatherer) Start(_ *dataset.Schema, workers int) error {
	if g.limit == 0 {
		g.limit = maxGatheredCells / max(1, len(g.columns))
	}
	g.step, g.rows = 1, 0
	g.values = make([][]float64, len(g.columns))
	for k := range g.values {
		g.values[k] = make([]float64, 0, min(g.hint, int64(g.limit)))
	}
	g.workers = make([][][]float64, workers)
	for i := range g.workers {
		g.workers[i] = make([][]float64, len(g.columns))
	}
	return nil
}

// Columns implements dataset.Selective.
func (g *gatherer) Columns(*dataset.Schema) []int { return g.columns }

// Batch implements dataset.Analysis.
func (g *gatherer) Batch(worker int, b *dataset.Batch) error {
	for k, i := range g.columns {
		g.workers[worker][k] = appendCells(g.workers[worker][k], &b.Columns[i], b.Rows)
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
func (g *gatherer) kept() int64 { return (g.rows + g.step - 1) / g.step }

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
	if g.step == 1 {
		return nil
	}
	return []string{fmt.Sprintf("The %s use one row in %d, %s of %s, because all would not fit memory.",
		what, g.step, grouped(g.kept()), plural(g.rows, "row"))}
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
	from := (g.step - g.rows%g.step) % g.step // the first row to keep
	g.rows += int64(chunk.Rows)
	kept := 0
	for k, x := range g.workers[worker] {
		if g.step == 1 {
			g.values[k] = append(g.values[k], x...)
		} else {
			for row := from; row < int64(len(x)); row += g.step {
				g.values[k] = append(g.values[k], x[row])
			}
		}
		kept = len(g.values[k])
		g.workers[worker][k] = x[:0]
	}
	for kept > g.limit {
		kept = g.thin()
	}
	return nil
}

// thin drops every other row that was kept and returns how many are left.
func (g *gatherer) thin() (kept int) {
	g.step *= 2
	for k, x := range g.values {
		half := x[:0]
		for i := 0; i < len(x); i += 2 {
			half = append(half, x[i])
		}
		g.values[k], kept = half, len(half)
	}
	return kept
}

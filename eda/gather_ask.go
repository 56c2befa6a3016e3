package eda

import (
	"context"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// A cellTable is how many rows have each combination of the cells of a set.
type cellTable struct {
	cells [][]float64 // by key and group: the number or the code, NaN where it is missing
	n     []int64     // rows of each group
	sums  [][]float64 // by Set.Sums and group
	known [][]int64   // by Set.Sums and group: cells that are there
	over  bool        // there are more groups than are of use, and none is kept
}

// countCells asks an engine for sets of cells.
func countCells(ctx context.Context, e dataset.Engine, sets ...dataset.Set) ([]cellTable, error) {
	tables := make([]cellTable, len(sets))
	for i, set := range sets {
		tables[i] = cellTable{cells: make([][]float64, len(set.Keys)), sums: make([][]float64, len(set.Sums)), known: make([][]int64, len(set.Sums))}
	}
	over, err := dataset.CountGroups(ctx, e, sets, func(set int, g *dataset.Groups) { tables[set].add(g) })
	if err != nil {
		return nil, err
	}
	for i := range over {
		if over[i] {
			tables[i] = cellTable{over: true}
		}
	}
	return tables, nil
}

func (t *cellTable) add(g *dataset.Groups) {
	for k := range t.cells {
		t.cells[k] = appendCells(t.cells[k], &g.Cells.Columns[k], len(g.N))
	}
	t.n = append(t.n, g.N...)
	for k := range t.sums {
		t.sums[k], t.known[k] = append(t.sums[k], g.Sums[k]...), append(t.known[k], g.Known[k]...)
	}
}

// cellsOf is the set of the cells of some columns together.
func cellsOf(most int64, columns ...int) dataset.Set {
	s := dataset.Set{Most: most}
	for _, i := range columns {
		s.Keys = append(s.Keys, dataset.Key{Column: i})
	}
	return s
}

// prepare asks the engine, if there is one with more rows than were gathered, for what
// it can say of all: a summary of columns of numbers, and how often each cell of
// others occurs. What it has said before it is not asked again.
func (g *gatherer) prepare(ctx context.Context, s *dataset.Schema, numbers, counted []int) error {
	if !g.asks() {
		return nil
	}
	if g.known == nil {
		g.known, g.counts = map[int]dataset.WideSummary{}, map[int]cellTable{}
	}
	numbers = slices.DeleteFunc(slices.Clone(numbers), func(i int) bool {
		_, known := g.known[i]
		return known || !s.Columns[i].Kind.Numeric() // no column of an unknown kind has a value
	})
	if len(numbers) > 0 {
		var p []float64
		if g.full {
			p = []float64{}
		}
		wide, err := g.engine.Wide(ctx, numbers, p)
		if err != nil {
			return err
		}
		for k, i := range numbers {
			g.known[i] = wide[k]
		}
	}
	counted = slices.DeleteFunc(slices.Clone(counted), func(i int) bool {
		_, known := g.counts[i]
		return known
	})
	sets := make([]dataset.Set, len(counted))
	for k, i := range counted {
		sets[k] = cellsOf(g.engine.Budget(), i)
	}
	tables, err := countCells(ctx, g.engine, sets...)
	for k, t := range tables {
		g.counts[counted[k]] = t
	}
	return err
}

// constant reports whether a gathered column of numbers does not vary, or holds no
// value, in any row.
func (g *gatherer) constant(column int) bool {
	if g.asks() {
		known := g.known[column]
		return known.Moments.N == 0 || known.Moments.Min == known.Moments.Max
	}
	return isConstant(g.of(column))
}

// missing returns how many rows have no number in a column.
func (g *gatherer) missing(column int) int64 {
	if g.asks() {
		return g.rows - g.known[column].Moments.N
	}
	return countMissing(g.of(column))
}

// few reports whether so few values of a column of numbers differ that an engine will
// count them.
func (g *gatherer) few(column int) bool { return g.known[column].Distinct <= g.engine.Budget() }

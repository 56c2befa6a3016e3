package eda

import (
	"context"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A sampledColumn is a column of the measured rows: each cell as the rank of its
// number among the different ones, or as the place of its level among the sorted
// ones.
type sampledColumn struct {
	name    string
	kind    dataset.Kind
	codes   []uint32  // by row; gap for a missing cell
	values  []float64 // of the codes, ascending; nil for levels
	levels  []string  // of the codes, ascending by bytes; nil for numbers
	missing int64
}

// gap is the code of a missing cell: one above the others.
func (c *sampledColumn) gap() uint32 { return uint32(max(len(c.values), len(c.levels))) }

// size is the number of codes, that of a missing cell included.
func (c *sampledColumn) size() int { return int(c.gap()) + 1 }

// counts counts the cells of each code.
func (c *sampledColumn) counts() []int64 {
	n := make([]int64, c.size())
	for _, code := range c.codes {
		n[code]++
	}
	return n
}

// sampleColumns scans a source and returns some columns of its rows, or of evenly
// spaced ones if there are more than limit, and the gatherer, which knows how many
// rows there are and the step between those sampled. Other analyses may see the
// same scan.
func sampleColumns(ctx context.Context, src dataset.Source, columns []int, limit int, others ...dataset.Analysis) (sampled []sampledColumn, g *gatherer, err error) {
	g = &gatherer{columns: columns, hint: rowsOf(src), limit: limit}
	if err := src.Scan(ctx, append(others, g)...); err != nil {
		return nil, nil, err
	}
	s := src.Schema()
	for k, i := range columns {
		c := &s.Columns[i]
		sampled = append(sampled, newSampledColumn(c, g.values[k]))
		g.values[k] = nil
	}
	return sampled, g, nil
}

// newSampledColumn ranks the cells of a column.
func newSampledColumn(c *dataset.Column, cells []float64) sampledColumn {
	out := sampledColumn{name: c.Name, kind: c.Kind, codes: make([]uint32, len(cells))}
	if c.Dict != nil {
		occurs, place := make([]bool, c.Dict.Len()), make([]uint32, c.Dict.Len())
		for _, x := range cells {
			if !math.IsNaN(x) {
				occurs[int(x)] = true
			}
		}
		for _, code := range c.Dict.Sorted() {
			if occurs[code] {
				place[code] = uint32(len(out.levels))
				out.levels = append(out.levels, c.Dict.Level(code))
			}
		}
		out.fill(cells, func(x float64) uint32 { return place[int(x)] })
		return out
	}
	present := slices.DeleteFunc(slices.Clone(cells), math.IsNaN)
	stats.SortFloats(present, nil)
	out.values = slices.Clip(slices.Compact(present))
	out.fill(cells, func(x float64) uint32 {
		at, _ := slices.BinarySearch(out.values, x)
		return uint32(at)
	})
	return out
}

// fill sets the codes.
func (c *sampledColumn) fill(cells []float64, code func(float64) uint32) {
	for row, x := range cells {
		if math.IsNaN(x) {
			c.codes[row] = c.gap()
			c.missing++
			continue
		}
		c.codes[row] = code(x)
	}
}

// A timeOrder is the analysis that finds out whether rows are in the order of
// their clock, whatever the number of workers.
type timeOrder struct {
	clock    int         // the column
	workers  [][]float64 // times of the chunk at hand
	latest   float64
	row      int64 // rows seen
	unsorted int64 // number of the first row that is earlier than one before it, from 1; 0: none
}

// Start implements dataset.Analysis.
func (o *timeOrder) Start(_ *dataset.Schema, workers int) error {
	o.workers, o.latest, o.row, o.unsorted = make([][]float64, workers), math.Inf(-1), 0, 0
	return nil
}

// Columns implements dataset.Selective.
func (o *timeOrder) Columns(*dataset.Schema) []int { return []int{o.clock} }

// Batch implements dataset.Analysis.
func (o *timeOrder) Batch(worker int, b *dataset.Batch) error {
	o.workers[worker] = appendCells(o.workers[worker], &b.Columns[o.clock], b.Rows)
	return nil
}

// EndChunk implements dataset.Analysis.
func (o *timeOrder) EndChunk(worker int, _ dataset.Chunk) error {
	for _, t := range o.workers[worker] {
		o.row++
		if t < o.latest && o.unsorted == 0 {
			o.unsorted = o.row
		}
		if t > o.latest {
			o.latest = t
		}
	}
	o.workers[worker] = o.workers[worker][:0]
	return nil
}

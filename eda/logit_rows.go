package eda

import (
	"context"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// findRows looks up the rows that move the fit most.
func (l *Logit) findRows(ctx context.Context, src dataset.Source, g *gatherer, data *stats.LogitData, place []int, most int) error {
	list, err := l.Fit.Influence(ctx, most)
	if err != nil {
		return err
	}
	for _, influence := range list {
		row := slices.IndexFunc(place, func(pattern int) bool { return pattern == influence.Pattern })
		for (data.Ones[row] > 0) != influence.One {
			row += 1 + slices.IndexFunc(place[row+1:], func(pattern int) bool { return pattern == influence.Pattern })
		}
		l.Influence = append(l.Influence, InfluentialRow{LogitInfluence: influence, Row: int64(row)*g.step + 1})
	}
	if _, ok := dataset.EngineOf(src); ok { // rows of a database have no number
		for k := range l.Influence {
			l.Influence[k].Row = 0
		}
		return nil
	}
	if table, ok := src.(interface{ Line(row int64) int64 }); ok {
		for k := range l.Influence {
			l.Influence[k].Line = table.Line(l.Influence[k].Row - 1)
		}
		return nil
	}
	if len(l.Influence) == 0 {
		return nil
	}
	finder := &lineFinder{lines: map[int64]int64{}}
	for _, r := range l.Influence {
		finder.lines[r.Row-1] = 0
	}
	if err := src.Scan(ctx, finder); err != nil {
		return err
	}
	for k := range l.Influence {
		l.Influence[k].Line = finder.lines[l.Influence[k].Row-1]
	}
	return nil
}

// A lineFinder is the analysis that finds the lines of some rows.
type lineFinder struct {
	lines   map[int64]int64 // by row, from 0; 0 until it is found
	wanted  []int64         // rows, ascending
	rows    int64
	workers [][]int // positions of the chunk's rows
}

// Start implements dataset.Analysis.
func (f *lineFinder) Start(_ *dataset.Schema, workers int) error {
	f.wanted, f.rows, f.workers = nil, 0, make([][]int, workers)
	for row := range f.lines {
		f.wanted = append(f.wanted, row)
	}
	slices.Sort(f.wanted)
	return nil
}

// Columns implements dataset.Selective.
func (f *lineFinder) Columns(*dataset.Schema) []int { return nil }

// Batch implements dataset.Analysis.
func (f *lineFinder) Batch(worker int, b *dataset.Batch) error {
	for i := range b.Rows {
		f.workers[worker] = append(f.workers[worker], b.RowInChunk(i))
	}
	return nil
}

// EndChunk implements dataset.Analysis.
func (f *lineFinder) EndChunk(worker int, c dataset.Chunk) error {
	positions := f.workers[worker]
	at, _ := slices.BinarySearch(f.wanted, f.rows)
	for ; at < len(f.wanted) && f.wanted[at] < f.rows+int64(len(positions)); at++ {
		f.lines[f.wanted[at]] = c.Line(positions[f.wanted[at]-f.rows])
	}
	f.rows += int64(len(positions))
	f.workers[worker] = positions[:0]
	return nil
}

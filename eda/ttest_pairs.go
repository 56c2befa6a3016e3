package eda

import (
	"context"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A pairGatherer is the analysis that keeps two columns of numbers row by row, or
// counts the differences of the pairs that an engine hands out.
type pairGatherer struct {
	columns [2]int
	rows    *gatherer

	differences []float64 // of the engine's pairs
	n           []int64   // rows of each
	asked, over bool      // an engine was asked; it has too many pairs
}

// differences reads two columns and returns the first less the second, and of how many
// rows it is. Where an engine has too many different pairs, some rows stand for all.
func (m *Means) differences(ctx context.Context, src dataset.Source, columns [2]int) (t stats.Tally, rows int64, err error) {
	p := &pairGatherer{columns: columns, rows: &gatherer{hint: rowsOf(src), columns: columns[:], fetch: m.Options.Fetch}}
	if err = src.Scan(ctx, p); err == nil && p.over {
		err = src.Scan(ctx, p.rows)
	}
	if err != nil {
		return t, 0, err
	}
	if m.Rows = p.rows.rows; p.asked && !p.over {
		t, err = stats.TallyFromCounts(p.differences, p.n)
		return t, m.Rows, err
	}
	m.Warnings = p.rows.warnings("pairs")
	first, second := p.rows.of(columns[0]), p.rows.of(columns[1])
	var differences []float64
	for row, x := range first {
		if d := x - second[row]; d == d {
			differences = append(differences, d)
		}
	}
	t, err = stats.TallyOf(differences)
	return t, p.rows.kept(), err
}

// Start implements dataset.Analysis.
func (p *pairGatherer) Start(s *dataset.Schema, workers int) error {
	p.differences, p.n, p.asked, p.over = nil, nil, false, false
	return p.rows.Start(s, workers)
}

// Columns implements dataset.Selective.
func (p *pairGatherer) Columns(s *dataset.Schema) []int { return p.rows.Columns(s) }

// Batch implements dataset.Analysis.
func (p *pairGatherer) Batch(worker int, b *dataset.Batch) error { return p.rows.Batch(worker, b) }

// EndChunk implements dataset.Analysis.
func (p *pairGatherer) EndChunk(worker int, c dataset.Chunk) error {
	return p.rows.EndChunk(worker, c)
}

// Sets implements dataset.Tallied.
func (p *pairGatherer) Sets(*dataset.Schema) []dataset.Set {
	p.asked = true
	return []dataset.Set{{Keys: cellKeys(p.columns[:]...)}}
}

// Groups implements dataset.Tallied.
func (p *pairGatherer) Groups(_ int, g *dataset.Groups) error {
	for row, n := range g.N {
		if d := g.Cells.Columns[0].Float(row) - g.Cells.Columns[1].Float(row); d == d {
			p.differences, p.n = append(p.differences, d), append(p.n, n)
		}
	}
	return nil
}

// Overflow implements dataset.Tallied.
func (p *pairGatherer) Overflow(int) error {
	p.differences, p.n, p.over = nil, nil, true
	return nil
}

package dataset

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Select returns some columns of a source, in the order in which they are named,
// as a source. Names may be spelt in any way that Resolve takes.
//
// It is an error to name no column, one that does not exist or one twice.
func Select(src Source, columns []string) (Source, error) {
	if len(columns) == 0 {
		return nil, errors.New("no column is selected; name at least one")
	}
	inner := src.Schema()
	s := &selection{src: src}
	for _, name := range columns {
		i, err := inner.Resolve(name)
		if err != nil {
			return nil, err
		}
		if containsInt(s.columns, i) {
			return nil, fmt.Errorf("column %q is selected twice", inner.Columns[i].Name)
		}
		s.columns = append(s.columns, i)
	}
	if e, ok := EngineOf(src); ok {
		return e.Select(s.columns)
	}
	s.schema = Schema{Name: inner.Name, Columns: make([]Column, len(s.columns))}
	s.refresh()
	return s, nil
}

// A selection is a source that Select has made.
type selection struct {
	src     Source
	columns []int // of the source beneath
	schema  Schema
}

// refresh takes over what has been learned of the columns. It writes only where
// something is new, so that tables may go on being used by many goroutines.
func (s *selection) refresh() {
	inner := s.src.Schema()
	for i, c := range s.columns {
		if s.schema.Columns[i] != inner.Columns[c] {
			s.schema.Columns[i] = inner.Columns[c]
		}
	}
}

// Schema returns the selected columns.
func (s *selection) Schema() *Schema {
	s.refresh()
	return &s.schema
}

// Unwrap returns the source beneath.
func (s *selection) Unwrap() Source { return s.src }

// Scan passes the selected columns of every row to the analyses.
func (s *selection) Scan(ctx context.Context, analyses ...Analysis) error {
	err := s.src.Scan(ctx, &selectPass{s: s, analyses: analyses})
	s.refresh() // the analyses hold the schema
	return err
}

// A selectPass is one scan of the source beneath, in which the selection is the
// analysis and the analyses see its columns.
type selectPass struct {
	s        *selection
	analyses []Analysis
	wanted   []bool // which of the selected columns the analyses ask for
	batches  []Batch
}

// Start implements Analysis.
func (p *selectPass) Start(_ *Schema, workers int) error {
	p.s.refresh()
	p.wanted, p.batches = make([]bool, len(p.s.columns)), make([]Batch, workers)
	for i := range p.batches {
		p.batches[i].Columns = make([]Vector, len(p.s.columns))
	}
	for _, a := range p.analyses {
		if err := a.Start(&p.s.schema, workers); err != nil {
			return err
		}
		wantColumns(p.wanted, a, &p.s.schema)
	}
	return nil
}

// Columns implements Selective.
func (p *selectPass) Columns(*Schema) []int {
	var out []int
	for i, wanted := range p.wanted {
		if wanted {
			out = append(out, p.s.columns[i])
		}
	}
	return out
}

// Batch implements Analysis.
func (p *selectPass) Batch(worker int, b *Batch) error {
	out := &p.batches[worker]
	vectors := out.Columns
	*out = *b
	out.Columns = vectors
	for i, c := range p.s.columns {
		vectors[i] = b.Columns[c]
	}
	out.text = func(column, row int) []byte { return b.text(p.s.columns[column], row) }
	for _, a := range p.analyses {
		if err := a.Batch(worker, out); err != nil {
			return err
		}
	}
	return nil
}

// EndChunk implements Analysis.
func (p *selectPass) EndChunk(worker int, c Chunk) error {
	for _, a := range p.analyses {
		if err := a.EndChunk(worker, c); err != nil {
			return err
		}
	}
	return nil
}

// ProblemsOf returns what could not be read in the file behind a source, with
// the counts by column in the order of the source's columns. They are of the
// whole file, also where Where leaves rows out.
func ProblemsOf(src Source) Problems {
	switch s := src.(type) {
	case *File:
		return s.problems
	case *Table:
		return s.problems
	case *selection:
		p := ProblemsOf(s.src)
		if p.Columns == nil {
			return p
		}
		all := p.Columns
		p.Columns = make([]ColumnProblems, len(s.columns))
		for i, c := range s.columns {
			p.Columns[i] = all[c]
		}
		return p
	case *derived:
		p := ProblemsOf(s.src)
		if p.Columns != nil { // nothing is wrong with new cells
			p.Columns = append(slices.Clone(p.Columns), make([]ColumnProblems, len(s.columns))...)
		}
		return p
	case unwrapper:
		return ProblemsOf(s.Unwrap())
	case interface{ Problems() Problems }:
		return s.Problems()
	}
	return Problems{}
}

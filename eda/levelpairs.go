package eda

import (
	"fmt"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A pairCounter is the analysis that counts rows by the levels of each of some
// columns and those of one other, apart for each level of a third if there is one.
// Numbers are levels too, while few enough differ.
type pairCounter struct {
	columns []int // each against by
	by      int
	strata  int // -1: none
	schema  *dataset.Schema
	rows    int64
	workers []pairWorker
	over    []bool // by column: an engine has more groups than make a table
}

// A pairWorker is one worker's counts.
type pairWorker struct {
	by, strata levelCoder
	columns    []levelCoder
	tables     [][]crossTable // by column and stratum
}

// A levelCoder turns the cells of a column into codes.
type levelCoder struct {
	codes  []uint32 // of the batch at hand
	values []float64
	code   map[float64]uint32 // of numbers, which have no dictionary
	full   bool               // more values differ than there are codes
}

// read sets the codes of a batch.
func (l *levelCoder) read(v *dataset.Vector) {
	if v.Codes != nil {
		l.codes = append(l.codes[:0], v.Codes...)
		return
	}
	l.codes = l.codes[:0]
	if l.code == nil {
		l.code = make(map[float64]uint32)
	}
	for i := range max(len(v.Ints), len(v.Floats)) {
		l.codes = append(l.codes, l.codeOf(v.Float(i)))
	}
}

// codeOf returns the code of a number, a new one if it has not been met.
func (l *levelCoder) codeOf(x float64) uint32 {
	if x != x {
		return dataset.MissingCode
	}
	code, met := l.code[x]
	switch {
	case met:
		return code
	case len(l.values) == maxCrossLevels:
		l.full = true
		return dataset.MissingCode
	}
	code = uint32(len(l.values))
	l.code[x] = code
	l.values = append(l.values, x)
	return code
}

// name returns what a code stands for.
func (l *levelCoder) name(c *dataset.Column, code int) string {
	if c.Dict != nil {
		return c.Dict.Level(uint32(code))
	}
	return plainNumber(l.values[code])
}

// Start implements dataset.Analysis.
func (p *pairCounter) Start(s *dataset.Schema, workers int) error {
	p.schema, p.rows, p.over = s, 0, make([]bool, len(p.columns))
	p.workers = make([]pairWorker, workers)
	for i := range p.workers {
		p.workers[i] = pairWorker{columns: make([]levelCoder, len(p.columns)), tables: make([][]crossTable, len(p.columns))}
	}
	return nil
}

// Columns implements dataset.Selective.
func (p *pairCounter) Columns(*dataset.Schema) []int {
	out := append([]int{p.by}, p.columns...)
	if p.strata >= 0 {
		out = append(out, p.strata)
	}
	return out
}

// Batch implements dataset.Analysis.
func (p *pairCounter) Batch(worker int, b *dataset.Batch) error {
	w := &p.workers[worker]
	w.by.read(&b.Columns[p.by])
	if p.strata >= 0 {
		w.strata.read(&b.Columns[p.strata])
	}
	for k, c := range p.columns {
		w.columns[k].read(&b.Columns[c])
		if p.strata < 0 {
			w.count(k, 0, w.columns[k].codes, w.by.codes)
			continue
		}
		for row, stratum := range w.strata.codes {
			if stratum != dataset.MissingCode {
				w.count(k, int(stratum), w.columns[k].codes[row:row+1], w.by.codes[row:row+1])
			}
		}
	}
	return nil
}

// count adds rows of a column to the table of a stratum.
func (w *pairWorker) count(k, stratum int, codes, by []uint32) {
	table := w.table(k, stratum)
	*table = table.count(codes, by)
}

// table returns the table of a column in a stratum.
func (w *pairWorker) table(k, stratum int) *crossTable {
	for stratum >= len(w.tables[k]) {
		w.tables[k] = append(w.tables[k], nil)
	}
	return &w.tables[k][stratum]
}

// Sets implements dataset.Tallied: the cells of each column with those of the others.
func (p *pairCounter) Sets(s *dataset.Schema) []dataset.Set {
	others := []int{p.by}
	if p.strata >= 0 {
		others = append(others, p.strata)
	}
	var out []dataset.Set
	for _, c := range p.columns {
		keys := append([]int{c}, others...)
		most := int64(1)
		for _, i := range keys {
			levels := maxCrossLevels
			if dict := s.Columns[i].Dict; dict != nil {
				levels = dict.Len()
			}
			most = min(most*int64(levels+1), maxCrossCells) // one more for missing
		}
		out = append(out, dataset.Set{Keys: cellKeys(keys...), Most: most})
	}
	return out
}

// Groups implements dataset.Tallied.
func (p *pairCounter) Groups(set int, g *dataset.Groups) error {
	w, cells := &p.workers[0], g.Cells.Columns
	coder := &w.columns[set]
	coder.read(&cells[0])
	w.by.read(&cells[1])
	if p.strata >= 0 {
		w.strata.read(&cells[2])
	}
	for row, n := range g.N {
		stratum := uint32(0)
		if p.strata >= 0 {
			stratum = w.strata.codes[row]
		}
		if stratum != dataset.MissingCode {
			table := w.table(set, int(stratum))
			*table = table.add(coder.codes[row], w.by.codes[row], n)
		}
	}
	return nil
}

// Overflow implements dataset.Tallied.
func (p *pairCounter) Overflow(set int) error {
	p.over[set], p.workers[0].tables[set] = true, nil
	return nil
}

// EndChunk implements dataset.Analysis.
func (p *pairCounter) EndChunk(_ int, c dataset.Chunk) error {
	p.rows += int64(c.Rows)
	return nil
}

// check returns an error if more numbers of a column differ than can be levels.
func (p *pairCounter) check(column int, coder func(*pairWorker) *levelCoder) error {
	for i := range p.workers {
		if coder(&p.workers[i]).full {
			return tooManyLevels(&p.schema.Columns[column])
		}
	}
	return nil
}

// tooManyLevels says that a column has too many levels for a table.
func tooManyLevels(c *dataset.Column) error {
	return fmt.Errorf("column %q has more than %s different values, too many for a table of counts", c.Name, grouped(maxCrossLevels))
}

// overflowed says why an engine has too many groups of a column.
func (p *pairCounter) overflowed(k int) error {
	a, b := &p.schema.Columns[p.columns[k]], &p.schema.Columns[p.by]
	for _, c := range []*dataset.Column{a, b} {
		if c.Dict == nil { // levels were counted before
			return tooManyLevels(c)
		}
	}
	return fmt.Errorf("columns %q and %q have more different values together than the database hands out; choose fewer rows with --where", a.Name, b.Name)
}

// each calls f with every count of a column: the names of the stratum, of the
// level, and of the level of the other column.
func (p *pairCounter) each(k int, f func(stratum, level, by string, n int64) error) error {
	for i := range p.workers {
		w := &p.workers[i]
		for stratum, table := range w.tables[k] {
			name := ""
			if p.strata >= 0 {
				name = w.strata.name(&p.schema.Columns[p.strata], stratum)
			}
			for a, row := range table {
				for b, n := range row {
					if n == 0 {
						continue
					}
					if err := f(name, w.columns[k].name(&p.schema.Columns[p.columns[k]], a), w.by.name(&p.schema.Columns[p.by], b), n); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// crosstab counts the rows of a column by its levels and by what group makes of
// those of the other; "" is no group. Rows of no group are counted as other, rows
// that miss a value as missing.
func (p *pairCounter) crosstab(k int, group func(by string) string) (c stats.Crosstab, other int64, err error) {
	if err := p.check(p.columns[k], func(w *pairWorker) *levelCoder { return &w.columns[k] }); err != nil {
		return c, 0, err
	}
	if p.over[k] {
		return c, 0, p.overflowed(k)
	}
	c.Missing = p.rows
	err = p.each(k, func(_, level, by string, n int64) error {
		c.Missing -= n
		g := group(by)
		if g == "" {
			other += n
			return nil
		}
		return c.Add(level, g, n)
	})
	return c, other, err
}

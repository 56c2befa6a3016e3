package sql

import "github.com/netanom/netanom/dataset"

// Problems returns the cells of the whole table that count as missing although something
// stands in them: numbers that are infinite, and words where numbers are read.
func (s *Source) Problems() dataset.Problems {
	p := dataset.Problems{Columns: make([]dataset.ColumnProblems, len(s.columns))}
	for i, c := range s.columns {
		f := &s.facts[c]
		p.Columns[i] = dataset.ColumnProblems{Infinite: f.infinite, BadCells: f.words}
		if f.learned && s.all.n >= 0 {
			p.Columns[i].Missing = s.all.n - f.n
		}
		p.Infinite += f.infinite
		p.BadCells += f.words
	}
	return p
}

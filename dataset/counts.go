package dataset

import (
	"fmt"
	"slices"
	"sync"
)

// Counts is the analysis that counts every value of every column: exactly, in
// bounded memory, and without regard to the number of workers. Describing a
// table needs nothing else, unless a column has more different numbers than the
// budget lets it keep; see Overflowed. After the scan, several goroutines may ask
// for answers. It is Tallied: an engine counts for it, with the same result.
//
// An analysis that Counts is a part of, and that makes groups of its own, has to make
// them for both ways: in Batch, by putting the groups in place of the codes of By,
// and in Sets and Groups, by SetsBy and GroupsBy.
type Counts struct {
	By     int   // column whose levels make groups, or -1
	Needed []int // columns to count; nil: all
	Budget int   // different numbers kept over all columns, which get equal shares; 0: 1<<27, about a gigabyte

	schema  *Schema
	columns []int // to count
	share   int   // of the budget, for a column of numbers with all its groups
	rows    int64 // in the chunks that have ended
	parts   []countsPart

	sets      []countsSet      // that a source was asked for
	estimates map[int]estimate // by column of text with too many different cells to hand out

	locks []sync.Mutex // by column: answers are made from the parts when they are asked for
	over  []uint8      // by column: whether the share was exceeded
}

const usualBudget = 1 << 27

// countsPart is one worker's part.
type countsPart struct {
	share   int
	missing []int64
	groups  []groupCounts // by group code
	texts   []*textCounts
	budgets []columnBudget
	split   splitter
}

// groupCounts are the counts of one group; of a coded column, of its codes.
type groupCounts struct {
	rows    int64
	columns []*numberCounts // nil: no cell yet
}

// A columnBudget watches what a worker keeps of one column.
type columnBudget struct {
	kept  int // in all groups
	limit int // at which values are sorted, to see how many differ
	over  bool
}

// Start implements Analysis.
func (c *Counts) Start(s *Schema, workers int) error {
	if c.By >= len(s.Columns) {
		return fmt.Errorf("column %d does not exist", c.By)
	}
	if c.By >= 0 && s.Columns[c.By].Dict == nil {
		return fmt.Errorf("column %q holds %s cells; groups need levels (--type %s=category)", s.Columns[c.By].Name, s.Columns[c.By].Kind, s.Columns[c.By].Name)
	}
	c.schema, c.columns, c.rows = s, nil, 0
	c.sets, c.estimates = nil, map[int]estimate{}
	c.locks, c.over = make([]sync.Mutex, len(s.Columns)), make([]uint8, len(s.Columns))
	numbers := 0
	for i := range s.Columns {
		if c.Needed == nil || slices.Contains(c.Needed, i) {
			c.columns = append(c.columns, i)
		}
		if s.Columns[i].Kind != Text && s.Columns[i].Dict == nil {
			numbers++
		}
	}
	c.share = c.Budget / max(numbers, 1)
	if c.Budget == 0 {
		c.share = usualBudget / max(numbers, 1)
	}
	c.parts = make([]countsPart, workers)
	for i := range c.parts {
		c.parts[i].start(s, c.share)
	}
	return nil
}

func (p *countsPart) start(s *Schema, share int) {
	p.share = share
	p.missing = make([]int64, len(s.Columns))
	p.texts = make([]*textCounts, len(s.Columns))
	p.budgets = make([]columnBudget, len(s.Columns))
	for j := range s.Columns {
		p.budgets[j].limit = share + sortAfter
		if s.Columns[j].Kind == Text {
			p.texts[j] = newTextCounts()
		}
	}
}

// Columns implements Selective.
func (c *Counts) Columns(s *Schema) []int {
	var out []int
	if c.Needed == nil {
		for i := range s.Columns {
			out = append(out, i)
		}
		return out
	}
	out = append(out, c.Needed...)
	if c.By >= 0 {
		out = append(out, c.By)
	}
	return out
}

// Batch implements Analysis.
func (c *Counts) Batch(worker int, b *Batch) error {
	p := &c.parts[worker]
	if c.By >= 0 {
		p.split.sort(b.Columns[c.By].Codes)
		p.room(len(p.split.rows), len(c.schema.Columns))
		for code, rows := range p.split.rows {
			p.groups[code].rows += int64(len(rows))
		}
	} else {
		p.room(1, len(c.schema.Columns))
	}
	for _, i := range c.columns {
		v, levels := &b.Columns[i], 0
		if dict := c.schema.Columns[i].Dict; dict != nil {
			levels = dict.Len()
		}
		p.missing[i] += int64(v.Missing)
		switch {
		case p.texts[i] != nil:
			p.addText(i, b)
		case c.By < 0:
			p.add(0, i, v, levels)
		default:
			for code, rows := range p.split.rows {
				if len(rows) > 0 {
					part := p.split.pick(v, rows)
					p.add(code, i, &part, levels)
				}
			}
		}
	}
	return nil
}

// room makes room for so many groups.
func (p *countsPart) room(groups, columns int) {
	for len(p.groups) < groups {
		p.groups = append(p.groups, groupCounts{columns: make([]*numberCounts, columns)})
	}
}

// fewGroups is how many groups may have tables that are fast rather than small.
const fewGroups = 64

// add counts the cells of one group. Codes are counted like numbers: all are
// below levels.
func (p *countsPart) add(group, column int, v *Vector, levels int) {
	budget := &p.budgets[column]
	if budget.over {
		return
	}
	n := p.groups[group].columns[column]
	if n == nil {
		n = &numberCounts{small: group >= fewGroups}
		p.groups[group].columns[column] = n
	}
	if v.Codes != nil {
		v = &Vector{Ints: v.Codes, Or: uint32(max(levels-1, 0)), Missing: v.Missing}
	}
	kept := n.kept()
	n.add(v)
	if budget.kept += n.kept() - kept; budget.kept > budget.limit {
		p.shrink(column, levels > 0)
	}
}

// shrink sorts what is kept of a column, and gives a column of numbers up if
// even the different ones are more than its share.
func (p *countsPart) shrink(column int, coded bool) {
	budget := &p.budgets[column]
	budget.kept = 0
	for g := range p.groups {
		if n := p.groups[g].columns[column]; n != nil {
			n.compact()
			budget.kept += n.kept()
		}
	}
	budget.limit = max(p.share, 2*budget.kept) + sortAfter
	if budget.kept > p.share && !coded {
		p.giveUp(column)
	}
}

// giveUp forgets what is kept of a column of numbers.
func (p *countsPart) giveUp(column int) {
	p.budgets[column].over = true
	for g := range p.groups {
		p.groups[g].columns[column] = nil
	}
}

func (p *countsPart) addText(column int, b *Batch) {
	t := p.texts[column]
	for row := range b.Rows {
		if cell := b.Text(column, row); !b.absent(cell) {
			t.add(mixedFNV(cell))
		}
	}
}

// EndChunk implements Analysis.
func (c *Counts) EndChunk(_ int, chunk Chunk) error {
	c.rows += int64(chunk.Rows)
	return nil
}

func containsInt(list []int, x int) bool { return slices.Contains(list, x) }

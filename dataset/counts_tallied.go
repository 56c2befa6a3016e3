package dataset

import (
	"fmt"
	"math"
	"slices"
)

// A countsSet is what Counts asks for in one of its sets.
type countsSet struct {
	column  int   // counted in this set; −1: none
	columns []int // of the keys
	gaps    bool  // the keys say which cells of columns of text are missing
}

// An estimate is how many cells of a text column differ, as the source says.
type estimate struct {
	n     int64
	exact bool
}

// Sets implements Tallied.
func (c *Counts) Sets(*Schema) []Set {
	if c.By < 0 {
		return c.SetsBy()
	}
	return c.SetsBy(c.By)
}

// Groups implements Tallied.
func (c *Counts) Groups(set int, g *Groups) error {
	return c.GroupsBy(set, g, func(b *Batch, row int) int {
		if c.By < 0 {
			return 0
		}
		return groupOfCode(b.Columns[c.By].Codes[row])
	})
}

func groupOfCode(code uint32) int {
	if code == MissingCode {
		return -1
	}
	return int(code)
}

// SetsBy returns the sets of an analysis that counts apart for groups that it makes
// from the levels of some columns; without columns, all rows are one group. It
// remembers them for GroupsBy, and serves analyses that Counts is a part of.
func (c *Counts) SetsBy(columns ...int) []Set {
	c.sets = nil
	var texts []int
	var out []Set
	add := func(s countsSet, most int64) {
		set := Set{Most: most}
		for _, i := range s.columns {
			set.Keys = append(set.Keys, Key{Column: i, Gap: s.gaps})
		}
		c.sets, out = append(c.sets, s), append(out, set)
	}
	if len(columns) > 0 {
		add(countsSet{column: -1, columns: columns}, 0)
	}
	for _, i := range c.columns {
		switch {
		case c.parts[0].texts[i] != nil:
			texts = append(texts, i)
			add(countsSet{column: i, columns: []int{i}}, maxHashes+1)
		case slices.Contains(columns, i):
			add(countsSet{column: i, columns: columns}, 0)
		default:
			add(countsSet{column: i, columns: append([]int{i}, columns...)}, c.most(i, columns))
		}
	}
	if texts != nil { // of which missing cells count where different ones are too many
		add(countsSet{column: -1, columns: texts, gaps: true}, 0)
	}
	return out
}

// most returns how many groups of a column can be of use: its share of different values
// and the missing cells, for every level that groups are made of, for these may be
// counted together or not at all. More than maxApart are not worth their way here.
func (c *Counts) most(column int, by []int) int64 {
	if c.schema.Columns[column].Dict != nil {
		return 0
	}
	n := float64(c.share) + 1
	for _, i := range by {
		n *= float64(c.schema.Columns[i].Dict.Len()) + 1
	}
	return int64(min(n, max(2*(float64(c.share)+1), maxApart)))
}

// maxApart is how many groups of values and levels are asked for at most, unless the
// share of the budget is larger.
const maxApart = 1 << 20

// GroupsBy takes in groups of a set of SetsBy, and belongs to the same analyses.
// group returns the group of a row of a batch, −1 for none; it finds the columns of
// SetsBy at their places in the schema.
func (c *Counts) GroupsBy(set int, g *Groups, group func(b *Batch, row int) int) error {
	if err := c.knows(set); err != nil {
		return err
	}
	s, p := &c.sets[set], &c.parts[0]
	if s.gaps {
		p.addGaps(s.columns, g)
		return nil
	}
	b := Batch{Rows: g.Cells.Rows, Columns: make([]Vector, len(c.schema.Columns))}
	for k, i := range s.columns {
		b.Columns[i] = g.Cells.Columns[k]
	}
	switch {
	case s.column < 0:
		for row, n := range g.N {
			if code := group(&b, row); code >= 0 {
				p.room(code+1, len(c.schema.Columns))
				p.groups[code].rows += n
			}
		}
	case p.texts[s.column] != nil:
		for row := range g.N {
			if cell := g.Cells.Text(0, row); len(cell) > 0 {
				p.texts[s.column].add(mixedFNV(cell))
			}
		}
	default:
		p.addGroups(s.column, &b, g.N, group)
	}
	return nil
}

func (c *Counts) knows(set int) error {
	if set < 0 || set >= len(c.sets) {
		return fmt.Errorf("set %d was not asked for", set)
	}
	return nil
}

// addGaps counts the missing cells of columns of text.
func (p *countsPart) addGaps(columns []int, g *Groups) {
	for k, i := range columns {
		for row, n := range g.N {
			if g.Cells.Columns[k].Float(row) != 0 {
				p.missing[i] += n
			}
		}
	}
}

// addGroups counts the cells of a column of numbers or levels.
func (p *countsPart) addGroups(column int, b *Batch, rows []int64, group func(b *Batch, row int) int) {
	v := &b.Columns[column]
	for row, n := range rows {
		var x float64
		switch {
		case v.Codes == nil:
			x = v.Float(row)
		case v.Codes[row] == MissingCode:
			x = math.NaN()
		default:
			x = float64(v.Codes[row])
		}
		if x != x {
			p.missing[column] += n
		} else if code := group(b, row); code >= 0 {
			p.room(code+1, len(b.Columns))
			p.addTimes(code, column, x+0, n, v.Codes != nil) // -0 is 0
		}
	}
}

// addTimes counts a number, or a code, that a group has n times.
func (p *countsPart) addTimes(group, column int, x float64, n int64, coded bool) {
	budget := &p.budgets[column]
	if budget.over {
		return
	}
	counts := &p.groups[group].columns[column]
	if *counts == nil {
		*counts = &numberCounts{small: group >= fewGroups}
	}
	kept := (*counts).kept()
	(*counts).addTimes(x, n)
	if budget.kept += (*counts).kept() - kept; budget.kept > budget.limit {
		p.shrink(column, coded)
	}
}

// Overflow implements Tallied. Columns of numbers are given up, as in a scan, and of
// columns of text only an estimate is known; levels cannot do without.
func (c *Counts) Overflow(set int) error {
	if err := c.knows(set); err != nil {
		return err
	}
	s, p := &c.sets[set], &c.parts[0]
	switch {
	case s.gaps:
		for _, i := range s.columns {
			p.missing[i] = notCounted
		}
		return nil
	case s.column >= 0 && p.texts[s.column] != nil:
		c.estimates[s.column] = estimate{n: notCounted}
		return nil
	case s.column >= 0 && c.schema.Columns[s.column].Dict == nil:
		p.giveUp(s.column)
		p.missing[s.column] = notCounted
		return nil
	}
	i := s.columns[0]
	return fmt.Errorf("column %q has more levels, or more of them by group, than can be counted apart; leave it out, or choose other groups", c.schema.Columns[i].Name)
}

// notCounted stands for a number that a source has not counted.
const notCounted = -1

// Estimate implements Estimating.
func (c *Counts) Estimate(set int, n int64, exact bool) error {
	if err := c.knows(set); err != nil {
		return err
	}
	if s := &c.sets[set]; !s.gaps && s.column >= 0 && c.parts[0].texts[s.column] != nil {
		c.estimates[s.column] = estimate{n, exact}
	}
	return nil
}

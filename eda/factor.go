package eda

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A factor divides rows into named levels by the codes of a column.
type factor struct {
	name   string
	column int
	levels []string
	of     []int // the level of each code, -1 for none
}

// labelFactor divides the rows by the categories of their label, normal first and
// attacks of no known category last, or by its levels where normal and attack cannot
// be told apart.
func labelFactor(s *dataset.Schema, classes *Classes) (factor, error) {
	if classes.Column < 0 {
		return factor{}, fmt.Errorf("groups need a label with levels, which this table does not have; name a column with --by, or the label with --label")
	}
	if !classes.Known() {
		return levelFactor(s, classes.Column, nil)
	}
	f := factor{name: classes.Name + " (category)", column: classes.Column}
	names := s.Columns[classes.Column].Dict.Levels()
	for _, level := range names {
		if category := classes.Category(level); !slices.Contains(f.levels, category) {
			f.levels = append(f.levels, category)
		}
	}
	rank := func(category string) int {
		switch category {
		case dataset.CategoryNormal:
			return 0
		case AttackClass:
			return 2
		}
		return 1
	}
	slices.SortFunc(f.levels, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	for _, level := range names {
		f.of = append(f.of, slices.Index(f.levels, classes.Category(level)))
	}
	return f, nil
}

// levelFactor divides the rows by the levels of a column in the order of their bytes,
// or by some of them in the given order.
func levelFactor(s *dataset.Schema, column int, some []string) (factor, error) {
	c := &s.Columns[column]
	if c.Dict == nil {
		return factor{}, fmt.Errorf("column %q holds %s cells; groups need levels (%s)", c.Name, c.Kind, typeFlag(c.Name, dataset.Category))
	}
	names := c.Dict.Levels()
	f := factor{name: c.Name, column: column, levels: slices.Sorted(slices.Values(names))}
	for _, level := range names {
		f.of = append(f.of, slices.Index(f.levels, level))
	}
	return f, f.keep(some)
}

// keep leaves the rows of other levels out; none means all.
func (f *factor) keep(some []string) error {
	if len(some) == 0 {
		return nil
	}
	place := make([]int, len(f.levels))
	for i := range place {
		place[i] = -1
	}
	for k, name := range some {
		at := slices.Index(f.levels, name)
		switch {
		case at < 0:
			return fmt.Errorf("--group %s: %s has no such group; it has %s", name, f.name, listed(f.levels, 8))
		case place[at] >= 0:
			return fmt.Errorf("--group %s is given twice", name)
		}
		place[at] = k
	}
	for code, level := range f.of {
		if level >= 0 {
			f.of[code] = place[level]
		}
	}
	f.levels = slices.Clone(some)
	return nil
}

// A factorCounter is the analysis that counts columns apart for each level of a factor,
// or for each pair of levels of two. Rows without a level are left out.
type factorCounter struct {
	regrouped
	first, second *factor // second is nil for one factor
}

// newFactorCounter counts columns of a source whose kinds are settled.
func newFactorCounter(first, second *factor, columns []int, budget int) *factorCounter {
	c := &factorCounter{first: first, second: second}
	c.Counts = dataset.Counts{By: first.column, Needed: columns, Budget: budget}
	c.group = c.cell
	if second != nil {
		c.also = []int{second.column}
	}
	return c
}

// cell returns the group of a row, -1 for none.
func (c *factorCounter) cell(b *dataset.Batch, row int) int {
	group := c.first.level(b, row)
	if c.second == nil || group < 0 {
		return group
	}
	inner := c.second.level(b, row)
	if inner < 0 {
		return -1
	}
	return group*len(c.second.levels) + inner
}

// level returns the level of a row, -1 for none.
func (f *factor) level(b *dataset.Batch, row int) int {
	return groupOfCode(f.of, b.Columns[f.column].Codes[row])
}

// groupRows returns the rows of each group, pairs of levels in the order of the first.
func (c *factorCounter) groupRows() []int64 {
	groups := len(c.first.levels)
	if c.second != nil {
		groups *= len(c.second.levels)
	}
	rows := make([]int64, groups)
	for g := range rows {
		rows[g] = c.RowsOf(g)
	}
	return rows
}

// tallies returns the values of a column in each group. It answers once.
func (c *factorCounter) tallies(column int) ([]stats.Tally, error) {
	out := make([]stats.Tally, len(c.groupRows()))
	for g := range out {
		var err error
		if out[g], err = c.Tally(column, g); err != nil {
			return nil, err
		}
	}
	return out, nil
}

package dataset

import (
	"errors"
	"fmt"

	"github.com/netanom/netanom/stats"
)

// ErrOverflow is the cause when a column has more different numbers than the
// budget of Counts lets it keep.
var ErrOverflow = errors.New("too many different numbers to keep")

// Rows returns the number of rows seen.
func (c *Counts) Rows() int64 { return c.rows }

// RowsOf returns the number of rows of a group, which is all of them without groups.
func (c *Counts) RowsOf(group int) int64 {
	if c.By < 0 {
		return c.rows
	}
	var n int64
	for i := range c.parts {
		if g := c.parts[i].groups; group < len(g) {
			n += g[group].rows
		}
	}
	return n
}

// Missing returns the number of cells of a column without a value. It is −1 where an
// engine has not counted them, for a column of numbers that it would not hand out:
// Engine.Wide tells.
func (c *Counts) Missing(column int) int64 {
	var n int64
	for i := range c.parts {
		n += c.parts[i].missing[column]
	}
	return n
}

// A LevelCount is a level of a coded column and how often it occurs.
type LevelCount struct {
	Level string
	N     int64
}

// Levels returns the levels of a coded column that occur in the group (0
// without groups), in the order of their bytes.
func (c *Counts) Levels(column, group int) []LevelCount {
	dict := c.schema.Columns[column].Dict
	if dict == nil {
		return nil
	}
	c.locks[column].Lock()
	defer c.locks[column].Unlock()
	runs := c.merge(column, group)
	counts := make([]int64, dict.Len())
	for i, code := range runs.x {
		counts[int(code)] = runs.n[i]
	}
	var out []LevelCount
	for _, code := range dict.Sorted() {
		if n := counts[code]; n > 0 {
			out = append(out, LevelCount{dict.Level(code), n})
		}
	}
	return out
}

// GroupLevels returns the codes of the groups that occur, in the order of their
// levels' bytes, with their levels and rows.
func (c *Counts) GroupLevels() (codes []int, groups []LevelCount) {
	dict := c.schema.Columns[c.By].Dict
	for _, code := range dict.Sorted() {
		if n := c.RowsOf(int(code)); n > 0 {
			codes = append(codes, int(code))
			groups = append(groups, LevelCount{dict.Level(code), n})
		}
	}
	return codes, groups
}

// Tally returns the distinct numbers of a column with their counts; none for a
// column of words. It empties the tables behind them, so it answers once. The error wraps ErrOverflow if
// the column has too many; see Overflowed.
func (c *Counts) Tally(column, group int) (stats.Tally, error) {
	if c.schema.Columns[column].Dict != nil {
		return stats.Tally{}, nil
	}
	c.locks[column].Lock()
	defer c.locks[column].Unlock()
	if c.overflowed(column) {
		return stats.Tally{}, fmt.Errorf("column %q: %w", c.schema.Columns[column].Name, ErrOverflow)
	}
	runs := c.merge(column, group)
	for i := range c.parts {
		if g := c.parts[i].groups; group < len(g) {
			g[group].columns[column] = nil
		}
	}
	if len(runs.x) == 0 {
		return stats.Tally{}, nil
	}
	return stats.Tally{Values: runs.x, Counts: [][]int64{runs.n}}, nil
}

// merge joins what the workers have counted of a column in a group, and leaves
// it with the first of them. The column must be locked.
func (c *Counts) merge(column, group int) valueRuns {
	var into *numberCounts
	for i := range c.parts {
		if group >= len(c.parts[i].groups) {
			continue
		}
		from := &c.parts[i].groups[group].columns[column]
		switch {
		case *from == nil:
		case into == nil:
			into = *from
		default:
			into.join(*from)
			*from = nil
		}
	}
	if into == nil {
		return valueRuns{}
	}
	into.fold()
	return into.sorted
}

// Overflowed returns the columns of numbers that have more different values, in
// all groups together, than their share of the budget: they were not counted.
// ScanWide describes them exactly with further scans. It may be asked before
// Tally empties a column.
func (c *Counts) Overflowed() []int {
	var out []int
	for _, i := range c.columns {
		c.locks[i].Lock()
		if c.overflowed(i) {
			out = append(out, i)
		}
		c.locks[i].Unlock()
	}
	return out
}

// overflowed decides from the different values, which do not depend on the
// workers, and remembers the answer. The column must be locked.
func (c *Counts) overflowed(column int) bool {
	if c.over[column] == unknown {
		c.over[column] = within
		if c.schema.Columns[column].Dict == nil && c.exceeds(column) {
			c.over[column] = beyond
		}
	}
	return c.over[column] == beyond
}

// What is known of a column's share of the budget.
const (
	unknown uint8 = iota
	within
	beyond
)

// exceeds reports whether a column of numbers has more different values than
// its share. It merges the parts only if they could.
func (c *Counts) exceeds(column int) bool {
	groups, most := 0, 0
	for i := range c.parts {
		p := &c.parts[i]
		if p.budgets[column].over {
			return true
		}
		groups = max(groups, len(p.groups))
		for g := range p.groups {
			if n := p.groups[g].columns[column]; n != nil {
				most += n.kept() + len(n.table) + laneSize
			}
		}
	}
	if most <= c.share {
		return false
	}
	distinct := 0
	for g := range groups {
		distinct += len(c.merge(column, g).x)
	}
	return distinct > c.share
}

// Distinct returns the number of different cells of a text column, and whether
// it is exact or an estimate; −1 where an engine knows neither.
func (c *Counts) Distinct(column int) (n int64, exact bool) {
	if e, ok := c.estimates[column]; ok {
		return e.n, e.exact
	}
	all := newTextCounts()
	for i := range c.parts {
		if t := c.parts[i].texts[column]; t != nil {
			all.merge(t)
		}
	}
	return all.distinct()
}

package eda

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A groupCounter is the analysis that counts numbers apart for a few groups of rows,
// each of one or more levels of a column.
type groupCounter struct {
	regrouped
	groups int
	of     []int // group of each code, −1 for none
}

func newGroupCounter(s *dataset.Schema, by, budget, groups int, group func(level string) int) *groupCounter {
	c := &groupCounter{groups: groups, of: codeGroups(s.Columns[by].Dict, group)}
	c.Counts = dataset.Counts{By: by, Budget: budget}
	c.group = func(b *dataset.Batch, row int) int { return groupOfCode(c.of, b.Columns[by].Codes[row]) }
	return c
}

// gatherGroups counts the columns by group in one scan. Columns of which too many
// values differ are sampled in a second one.
func (m *Means) gatherGroups(ctx context.Context, src dataset.Source, c *groupCounter) ([]meanSample, error) {
	columns, err := m.columns(ctx, src, c.By)
	if err != nil {
		return nil, err
	}
	c.Needed, c.Budget = columns, budgetOf(src, m.Options.Budget)
	if err := src.Scan(ctx, c); err != nil {
		return nil, err
	}
	m.Rows = c.Counts.Rows()
	rows := make([]int64, c.groups)
	for g := range rows {
		if rows[g] = c.RowsOf(g); rows[g] == 0 {
			return nil, fmt.Errorf("no row is %s, so there is nothing to compare", m.Groups[g])
		}
	}
	overflowed := c.Overflowed()
	out := make([]meanSample, len(columns))
	for k, i := range columns {
		col := &src.Schema().Columns[i]
		out[k] = meanSample{name: col.Name, kind: col.Kind}
		if slices.Contains(overflowed, i) {
			continue
		}
		for g := range rows {
			t, err := c.Tally(i, g)
			if err != nil {
				return nil, err
			}
			out[k].add(m.Groups[g], t, rows[g])
		}
	}
	if len(overflowed) > 0 {
		return out, m.sampleWide(ctx, src, c, columns, overflowed, out)
	}
	return out, nil
}

// add adds the values of one more group.
func (s *meanSample) add(group string, t stats.Tally, rows int64) {
	if t.Counts == nil {
		t.Counts = [][]int64{nil}
	}
	t.Groups = []string{group}
	s.missing = append(s.missing, rows-t.Total())
	if len(s.missing) == 1 {
		s.values = t
		return
	}
	s.values = s.values.Merge(t)
}

// sampleWide fills in the columns of which too many values differ from evenly spaced
// rows, or from some that an engine has chosen.
func (m *Means) sampleWide(ctx context.Context, src dataset.Source, c *groupCounter, columns, wide []int, out []meanSample) error {
	g := &gatherer{hint: rowsOf(src), columns: slices.Clone(wide), fetch: m.Options.Fetch}
	g.also(c.By)
	if err := src.Scan(ctx, g); err != nil {
		return err
	}
	m.Warnings = append(m.Warnings, g.warnings("tests of columns with more different numbers than fit memory")...)
	codes := g.of(c.By)
	for _, i := range wide {
		parts := make([][]float64, c.groups)
		rows := make([]int64, c.groups)
		for row, x := range g.of(i) {
			group := 0
			if c.By >= 0 {
				if math.IsNaN(codes[row]) {
					continue
				}
				group = groupOfCode(c.of, uint32(codes[row]))
			}
			if group < 0 {
				continue
			}
			rows[group]++
			if x == x {
				parts[group] = append(parts[group], x)
			}
		}
		for group, part := range parts {
			t, err := stats.TallyOf(part)
			if err != nil {
				return err
			}
			out[slices.Index(columns, i)].add(m.Groups[group], t, rows[group])
		}
	}
	return nil
}

// gatherPairs reads two columns and returns their difference row by row.
func (m *Means) gatherPairs(ctx context.Context, src dataset.Source) ([]meanSample, error) {
	columns, err := resolve(ctx, src, m.Options.Paired[:])
	if err != nil {
		return nil, err
	}
	if len(columns) != 2 {
		return nil, designErrorf("--paired: name two different columns of numbers")
	}
	s := src.Schema()
	if _, err := numericColumns(s, columns); err != nil {
		return nil, err
	}
	t, rows, err := m.differences(ctx, src, [2]int(columns))
	if err != nil {
		return nil, fmt.Errorf("the differences of %s and %s: %w", s.Columns[columns[0]].Name, s.Columns[columns[1]].Name, err)
	}
	name := s.Columns[columns[0]].Name + " − " + s.Columns[columns[1]].Name
	m.Groups = []string{"differences"}
	out := meanSample{name: name, kind: dataset.Number}
	out.add(m.Groups[0], t, rows)
	return []meanSample{out}, nil
}

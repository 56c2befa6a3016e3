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
// each of one or more levels of a column. Rows of other levels, or of none, do not
// count. With By below 0, all rows are one group.
type groupCounter struct {
	dataset.Counts
	dict    *dataset.Dict
	group   func(level string) int // −1: none
	groups  int
	workers []groupBatch
}

// A groupBatch is the batch that one worker passes on, with groups for codes.
type groupBatch struct {
	batch dataset.Batch
	codes []uint32
	known []uint32 // group of each code, dataset.MissingCode for none
	rows  []int64  // by group
}

func newGroupCounter(s *dataset.Schema, by, budget, groups int, group func(level string) int) *groupCounter {
	return &groupCounter{Counts: dataset.Counts{By: by, Budget: budget}, dict: s.Columns[by].Dict, group: group, groups: groups}
}

// Start implements dataset.Analysis.
func (c *groupCounter) Start(s *dataset.Schema, workers int) error {
	c.workers = make([]groupBatch, workers)
	for i := range c.workers {
		c.workers[i].rows = make([]int64, c.groups)
	}
	return c.Counts.Start(s, workers)
}

// Batch implements dataset.Analysis.
func (c *groupCounter) Batch(worker int, b *dataset.Batch) error {
	w := &c.workers[worker]
	if c.By < 0 {
		w.rows[0] += int64(b.Rows)
		return c.Counts.Batch(worker, b)
	}
	w.codes = w.codes[:0]
	for _, code := range b.Columns[c.By].Codes {
		g := w.groupOf(code, c)
		if g != dataset.MissingCode {
			w.rows[g]++
		}
		w.codes = append(w.codes, g)
	}
	columns := append(w.batch.Columns[:0], b.Columns...)
	columns[c.By].Codes = w.codes
	w.batch = *b
	w.batch.Columns = columns
	return c.Counts.Batch(worker, &w.batch)
}

// groupOf returns the group of a code.
func (w *groupBatch) groupOf(code uint32, c *groupCounter) uint32 {
	if code == dataset.MissingCode {
		return code
	}
	for at := len(w.known); at <= int(code); at++ {
		group := uint32(dataset.MissingCode)
		if g := c.group(c.dict.Level(uint32(at))); g >= 0 {
			group = uint32(g)
		}
		w.known = append(w.known, group)
	}
	return w.known[code]
}

// rowsOf counts the rows of a group.
func (c *groupCounter) rowsOf(group int) (n int64) {
	for i := range c.workers {
		n += c.workers[i].rows[group]
	}
	return n
}

// gatherGroups counts the columns by group in one scan. Columns of which too many
// values differ are sampled in a second one.
func (m *Means) gatherGroups(ctx context.Context, src dataset.Source, c *groupCounter) ([]meanSample, error) {
	columns, err := m.columns(ctx, src, c.By)
	if err != nil {
		return nil, err
	}
	c.Needed, c.Budget = columns, m.Options.Budget
	if err := src.Scan(ctx, c); err != nil {
		return nil, err
	}
	m.Rows = c.Counts.Rows()
	rows := make([]int64, c.groups)
	for g := range rows {
		if rows[g] = c.rowsOf(g); rows[g] == 0 {
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
// rows.
func (m *Means) sampleWide(ctx context.Context, src dataset.Source, c *groupCounter, columns, wide []int, out []meanSample) error {
	g := &gatherer{hint: rowsOf(src), columns: slices.Clone(wide)}
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
				group = c.group(c.dict.Level(uint32(codes[row])))
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
	g := &gatherer{hint: rowsOf(src), columns: columns}
	if err := src.Scan(ctx, g); err != nil {
		return nil, err
	}
	m.Rows, m.Warnings = g.rows, g.warnings("pairs")
	first, second := g.of(columns[0]), g.of(columns[1])
	var differences []float64
	for row, x := range first {
		if d := x - second[row]; d == d {
			differences = append(differences, d)
		}
	}
	t, err := stats.TallyOf(differences)
	if err != nil {
		return nil, fmt.Errorf("the differences of %s and %s: %w", s.Columns[columns[0]].Name, s.Columns[columns[1]].Name, err)
	}
	name := s.Columns[columns[0]].Name + " − " + s.Columns[columns[1]].Name
	m.Groups = []string{"differences"}
	out := meanSample{name: name, kind: dataset.Number}
	out.add(m.Groups[0], t, g.kept())
	return []meanSample{out}, nil
}

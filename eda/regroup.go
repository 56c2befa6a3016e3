package eda

import "github.com/netanom/netanom/dataset"

// A regrouped is the analysis that counts columns apart for groups of rows that are
// not the levels of a column but made from them. Rows of no group do not count. With
// By below 0, all rows are one group.
type regrouped struct {
	dataset.Counts
	group   func(b *dataset.Batch, row int) int // −1: none; nil: the code of the column By
	also    []int                               // columns that group looks at beside By
	workers []regroupedBatch
}

// A regroupedBatch is the batch that one worker passes on, with groups for codes.
type regroupedBatch struct {
	batch dataset.Batch
	codes []uint32
}

// codeGroups tabulates the group of every code, −1 for none.
func codeGroups(dict *dataset.Dict, group func(level string) int) []int {
	var of []int
	for _, level := range dict.Levels() {
		of = append(of, group(level))
	}
	return of
}

// groupOfCode looks a code up in such a table.
func groupOfCode(of []int, code uint32) int {
	if int64(code) >= int64(len(of)) { // the code of a missing cell is the largest
		return -1
	}
	return of[code]
}

// Start implements dataset.Analysis.
func (c *regrouped) Start(s *dataset.Schema, workers int) error {
	c.workers = make([]regroupedBatch, workers)
	return c.Counts.Start(s, workers)
}

// Batch implements dataset.Analysis.
func (c *regrouped) Batch(worker int, b *dataset.Batch) error {
	w := &c.workers[worker]
	if c.By < 0 || c.group == nil {
		return c.Counts.Batch(worker, b)
	}
	w.codes = w.codes[:0]
	for row := range b.Rows {
		code := uint32(dataset.MissingCode)
		if g := c.group(b, row); g >= 0 {
			code = uint32(g)
		}
		w.codes = append(w.codes, code)
	}
	columns := append(w.batch.Columns[:0], b.Columns...)
	columns[c.By].Codes = w.codes
	w.batch = *b
	w.batch.Columns = columns
	return c.Counts.Batch(worker, &w.batch)
}

// Columns implements dataset.Selective.
func (c *regrouped) Columns(s *dataset.Schema) []int {
	return append(c.Counts.Columns(s), c.also...)
}

// Sets implements dataset.Tallied: what dataset.Counts asks, apart for all columns that
// make the groups.
func (c *regrouped) Sets(s *dataset.Schema) []dataset.Set {
	if c.By < 0 {
		return c.Counts.Sets(s)
	}
	return c.SetsBy(append([]int{c.By}, c.also...)...)
}

// Groups implements dataset.Tallied.
func (c *regrouped) Groups(set int, g *dataset.Groups) error {
	if c.By < 0 || c.group == nil {
		return c.Counts.Groups(set, g)
	}
	return c.GroupsBy(set, g, c.group)
}

package eda

import "github.com/netanom/netanom/dataset"

// A regrouped is the analysis that counts columns apart for groups of rows that are
// not the levels of a column but made from them. Rows of no group do not count. With
// By below 0, all rows are one group.
type regrouped struct {
	dataset.Counts
	group   func(b *dataset.Batch, row int) int // −1: none; nil: the code of the column By
	workers []regroupedBatch
}

// A regroupedBatch is the batch that one worker passes on, with groups for codes.
type regroupedBatch struct {
	batch dataset.Batch
	codes []uint32
	rows  []int64 // by group
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
	switch {
	case c.By < 0:
		w.rows = append(w.rows[:0], int64(b.Rows)+total(w.rows))
		return c.Counts.Batch(worker, b)
	case c.group == nil:
		w.rows = countCodes(w.rows, b.Columns[c.By].Codes)
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
	w.rows = countCodes(w.rows, w.codes)
	columns := append(w.batch.Columns[:0], b.Columns...)
	columns[c.By].Codes = w.codes
	w.batch = *b
	w.batch.Columns = columns
	return c.Counts.Batch(worker, &w.batch)
}

// rowsOf counts the rows of a group.
func (c *regrouped) rowsOf(group int) (n int64) {
	for i := range c.workers {
		if rows := c.workers[i].rows; group < len(rows) {
			n += rows[group]
		}
	}
	return n
}

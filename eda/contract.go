package eda

import (
	"context"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// A Breach counts the cells of a column that break the rule of its layout.
type Breach struct {
	Column string
	Rule   string // what the layout allows, in words
	Cells  int64
	Lines  []int64  // of the first cells, up to five; empty if unknown
	Values []string // the first different offending values, up to five; numbers in their shortest form
}

const (
	breachLines  = 5
	breachValues = 5
)

// Contract checks what each column of a known layout may contain: flags are 0 or
// 1, rates lie in [0, 1], counts are not negative. It returns the breaches in the
// order of the columns. A missing cell breaks no rule. Tables of unknown layout
// have no rules and so no breaches.
//
// Of an engine, no lines are known, and the values are the least. Where more numbers of
// a column differ than it hands out, those are counted that are too small or too large;
// whether the others are whole is not known.
func Contract(ctx context.Context, src dataset.Source) ([]Breach, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	c := &contractCheck{}
	if columns, _ := ruled(src.Schema()); len(columns) == 0 {
		return nil, nil
	}
	if err := src.Scan(ctx, c); err != nil {
		return nil, err
	}
	return c.result(), nil
}

// A contractCheck is the analysis behind Contract.
type contractCheck struct {
	schema   *dataset.Schema
	columns  []int          // those that have a rule
	rules    []dataset.Rule // theirs
	breaches []Breach       // theirs, merged in file order
	workers  [][]columnBreach
	asked    []contractSet // of an engine
}

// columnBreach is what one worker found of one column in the chunk at hand.
type columnBreach struct {
	cells   int64
	rows    []int          // of the first ones, within the chunk
	words   []string       // the first different ones
	numbers []float64      // the same where they are numbers
	levels  []levelVerdict // by code
}

type levelVerdict uint8

const (
	unjudged levelVerdict = iota
	allowed
	refused
)

// result returns the breaches of the columns that have any.
func (c *contractCheck) result() []Breach {
	var out []Breach
	for _, b := range c.breaches {
		if b.Cells > 0 {
			out = append(out, b)
		}
	}
	return out
}

// Start implements dataset.Analysis.
func (c *contractCheck) Start(s *dataset.Schema, workers int) error {
	*c = contractCheck{schema: s, workers: make([][]columnBreach, workers)}
	c.columns, c.rules = ruled(s)
	for _, rule := range c.rules {
		c.breaches = append(c.breaches, Breach{Column: rule.Column, Rule: rule.Text})
	}
	for w := range c.workers {
		c.workers[w] = make([]columnBreach, len(c.columns))
	}
	return nil
}

// ruled returns the columns that have a rule, and theirs.
func ruled(s *dataset.Schema) (columns []int, rules []dataset.Rule) {
	for i, rule := range dataset.Rules(s) {
		if rule.Text != "" {
			columns, rules = append(columns, i), append(rules, rule)
		}
	}
	return columns, rules
}

// Columns implements dataset.Selective.
func (c *contractCheck) Columns(*dataset.Schema) []int { return c.columns }

// Batch implements dataset.Analysis.
func (c *contractCheck) Batch(worker int, b *dataset.Batch) error {
	for k, i := range c.columns {
		v, w, rule := &b.Columns[i], &c.workers[worker][k], &c.rules[k]
		switch {
		case v.Codes != nil:
			w.checkLevels(c.schema.Columns[i].Dict, rule, b, v.Codes)
		case v.Ints != nil:
			w.checkInts(rule, b, v)
		default:
			for row, x := range v.Floats {
				w.checkNumber(rule, b, row, x)
			}
		}
	}
	return nil
}

// checkInts looks closely only at cells above the limit, where the rule is no more
// than one.
func (w *columnBreach) checkInts(rule *dataset.Rule, b *dataset.Batch, v *dataset.Vector) {
	scale := math.Pow10(int(v.Scale))
	if rule.Min > 0 || rule.Integer && v.Scale > 0 {
		for row := range v.Ints {
			w.checkNumber(rule, b, row, v.Float(row))
		}
		return
	}
	limit := uint32(min(math.Floor(rule.Max*scale), dataset.MissingInt-1))
	if v.Or <= limit {
		return
	}
	for row, x := range v.Ints {
		if x > limit {
			w.checkNumber(rule, b, row, v.Float(row))
		}
	}
}

func (w *columnBreach) checkNumber(rule *dataset.Rule, b *dataset.Batch, row int, x float64) {
	if !rule.Allows(x) {
		w.add(b.RowInChunk(row))
		w.numbers = appendNew(w.numbers, x)
	}
}

// checkLevels judges every level once.
func (w *columnBreach) checkLevels(dict *dataset.Dict, rule *dataset.Rule, b *dataset.Batch, codes []uint32) {
	for row, code := range codes {
		if code == dataset.MissingCode {
			continue
		}
		for int(code) >= len(w.levels) {
			w.levels = append(w.levels, unjudged)
		}
		if w.levels[code] == unjudged {
			w.levels[code] = refused
			if rule.AllowsLevel(dict.Level(code)) {
				w.levels[code] = allowed
			}
		}
		if w.levels[code] == refused {
			w.add(b.RowInChunk(row))
			w.words = appendNew(w.words, dict.Level(code))
		}
	}
}

func (w *columnBreach) add(row int) {
	w.cells++
	if len(w.rows) < breachLines {
		w.rows = append(w.rows, row)
	}
}

// appendNew appends a value that is not there yet, while there is room.
func appendNew[T comparable](values []T, value T) []T {
	if len(values) >= breachValues || slices.Contains(values, value) {
		return values
	}
	return append(values, value)
}

// EndChunk implements dataset.Analysis.
func (c *contractCheck) EndChunk(worker int, chunk dataset.Chunk) error {
	c.answer()
	for k := range c.columns {
		w, b := &c.workers[worker][k], &c.breaches[k]
		b.Cells += w.cells
		for _, row := range w.rows {
			if line := chunk.Line(row); line > 0 && len(b.Lines) < breachLines {
				b.Lines = append(b.Lines, line)
			}
		}
		for _, x := range w.numbers {
			w.words = append(w.words, plainNumber(x))
		}
		for _, v := range w.words {
			b.Values = appendNew(b.Values, v)
		}
		w.cells, w.rows, w.words, w.numbers = 0, w.rows[:0], w.words[:0], w.numbers[:0]
	}
	return nil
}

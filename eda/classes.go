package eda

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// Classes tells the levels of a label that mean normal from those that mean an
// attack. The zero value is not that of a table without a label: Column is 0.
type Classes struct {
	Column int      // the label, -1 if the table has none with levels
	Name   string   // its name; "" if the table has none
	Normal []string // levels that mean normal, as they are spelt; empty if that cannot be told
}

// The words for the two classes.
const (
	NormalClass = "normal"
	AttackClass = "attack"
)

// FindClasses finds the label of a scanned source and which of its levels mean
// normal. normal, if not empty, is the user's word on that; a level may be given
// without a point at its end, which KDD'99 has. It is an error if there is
// no such level, or no label that has levels. Without normal, levels that say so
// in words are found, and the negative side of pairs such as 0 and 1; where
// nothing can be told, Classes.Known is false.
func FindClasses(s *dataset.Schema, normal []string) (Classes, error) {
	c := Classes{Column: s.Label()}
	if c.Column < 0 {
		if len(normal) > 0 {
			return c, fmt.Errorf("--normal needs a label; name the column with --label")
		}
		return c, nil
	}
	col := &s.Columns[c.Column]
	c.Name = col.Name
	if col.Dict == nil {
		c.Column = -1
		if len(normal) > 0 {
			return c, fmt.Errorf("--normal needs a label with levels; column %q holds %s cells (--type %s=category)", c.Name, col.Kind, c.Name)
		}
		return c, nil
	}
	levels := col.Dict.Levels()
	sort.Strings(levels)
	if len(normal) == 0 {
		c.Normal = dataset.NormalValues(levels)
		return c, nil
	}
	for _, n := range normal {
		at := slices.Index(levels, n)
		if at < 0 {
			at = slices.IndexFunc(levels, func(l string) bool { return strings.TrimSuffix(l, ".") == n })
		}
		if at < 0 {
			return c, fmt.Errorf("--normal %s: column %q has no such level; it has %s", n, c.Name, listed(levels, 8))
		}
		c.Normal = append(c.Normal, levels[at])
	}
	return c, nil
}

// Known reports whether normal and attack can be told apart.
func (c Classes) Known() bool { return c.Column >= 0 && len(c.Normal) > 0 }

// Of returns the class of a level: NormalClass if it is among the normal ones,
// else AttackClass.
func (c Classes) Of(level string) string {
	if slices.Contains(c.Normal, level) {
		return NormalClass
	}
	return AttackClass
}

// A ClassSplit is the values of a column in normal traffic and in attacks.
type ClassSplit struct {
	Normal, Attack stats.Tally // each a single unnamed group; empty if the class has no value
}

// A classCounter is the analysis that counts the values of columns apart for
// normal traffic and attacks. It counts by the label, whose codes it replaces by
// those of the two classes. Rows without a label do not count.
type classCounter struct {
	dataset.Counts
	classes Classes
	dict    *dataset.Dict
	workers []classBatch
}

// The codes of the classes.
const (
	normalCode = 0
	attackCode = 1
)

// A classBatch is the batch that one worker passes on.
type classBatch struct {
	batch dataset.Batch
	codes []uint32 // the classes of its rows
	known []uint32 // class of each code of the label
}

func newClassCounter(classes Classes, budget int, columns []int) *classCounter {
	return &classCounter{classes: classes, Counts: dataset.Counts{By: classes.Column, Needed: columns, Budget: budget}}
}

// Start implements dataset.Analysis.
func (c *classCounter) Start(s *dataset.Schema, workers int) error {
	c.dict = s.Columns[c.By].Dict
	c.workers = make([]classBatch, workers)
	return c.Counts.Start(s, workers)
}

// Batch implements dataset.Analysis.
func (c *classCounter) Batch(worker int, b *dataset.Batch) error {
	w := &c.workers[worker]
	w.codes = w.codes[:0]
	for _, code := range b.Columns[c.By].Codes {
		w.codes = append(w.codes, w.class(code, c))
	}
	columns := append(w.batch.Columns[:0], b.Columns...)
	columns[c.By].Codes = w.codes
	w.batch = *b
	w.batch.Columns = columns
	return c.Counts.Batch(worker, &w.batch)
}

// class returns the code of a label's class.
func (w *classBatch) class(code uint32, c *classCounter) uint32 {
	if code == dataset.MissingCode {
		return code
	}
	for at := len(w.known); at <= int(code); at++ {
		class := uint32(attackCode)
		if c.classes.Of(c.dict.Level(uint32(at))) == NormalClass {
			class = normalCode
		}
		w.known = append(w.known, class)
	}
	return w.known[code]
}

// result returns the values of each column in both classes, but of columns of
// which too many values differ to be kept. It answers once.
func (c *classCounter) result(s *dataset.Schema) (map[string]ClassSplit, error) {
	splits := make(map[string]ClassSplit, len(c.Needed))
	overflowed := c.Overflowed()
	for _, i := range c.Needed {
		if slices.Contains(overflowed, i) {
			continue
		}
		normal, err := c.Tally(i, normalCode)
		if err != nil {
			return nil, err
		}
		attack, err := c.Tally(i, attackCode)
		if err != nil {
			return nil, err
		}
		splits[s.Columns[i].Name] = ClassSplit{Normal: normal, Attack: attack}
	}
	return splits, nil
}

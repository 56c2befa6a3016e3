package eda

import (
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A LabelGroup is the rows that share a level of the label.
type LabelGroup struct {
	Level    string // "" where the label has too many levels to count them apart
	Class    string // NormalClass or AttackClass
	Category string // see Classes.Category
	Rows     int64
}

// A labelSplit is the values of columns, counted apart for each group of rows
// that share a level of the label.
type labelSplit struct {
	groups  []LabelGroup
	numbers map[int][]stats.Tally          // by column of numbers: of each group
	levels  map[int][][]dataset.LevelCount // by column of levels: of each group
}

// maxApart is how many levels of a label are counted apart. Rows of a label with
// more are counted by their class.
const maxApart = 64

// A labelCounter is the analysis behind a labelSplit. It counts by the label,
// whose codes it replaces by those of the two classes if there are too many. Rows
// without a label do not count.
type labelCounter struct {
	regrouped
	classes Classes
	dict    *dataset.Dict
	apart   bool
}

// The codes of the classes.
const (
	normalCode = 0
	attackCode = 1
)

// newLabelCounter counts columns of numbers and of levels. The kinds of the
// source's columns must be settled.
func newLabelCounter(s *dataset.Schema, classes Classes, budget int, columns []int) *labelCounter {
	dict := s.Columns[classes.Column].Dict
	c := &labelCounter{classes: classes, dict: dict, apart: dict.Len() <= maxApart}
	c.Counts = dataset.Counts{By: classes.Column, Needed: columns, Budget: budget}
	if c.apart {
		return c
	}
	of := codeGroups(dict, func(level string) int {
		if classes.Of(level) == NormalClass {
			return normalCode
		}
		return attackCode
	})
	c.group = func(b *dataset.Batch, row int) int { return groupOfCode(of, b.Columns[classes.Column].Codes[row]) }
	return c
}

// result returns the values of each column in every group, but of columns of
// which too many values differ to be kept. It answers once.
func (c *labelCounter) result(s *dataset.Schema) (*labelSplit, error) {
	codes, groups := c.groups()
	out := &labelSplit{groups: groups, numbers: map[int][]stats.Tally{}, levels: map[int][][]dataset.LevelCount{}}
	overflowed := c.Overflowed()
	for _, i := range c.Needed {
		if slices.Contains(overflowed, i) {
			continue
		}
		for _, code := range codes {
			if s.Columns[i].Dict != nil {
				out.levels[i] = append(out.levels[i], c.Levels(i, code))
				continue
			}
			t, err := c.Tally(i, code)
			if err != nil {
				return nil, err
			}
			out.numbers[i] = append(out.numbers[i], t)
		}
	}
	return out, nil
}

// groups returns the codes of the groups that occur with what they are, in the
// order of their levels' bytes, or normal before attack.
func (c *labelCounter) groups() (codes []int, groups []LabelGroup) {
	order := []uint32{normalCode, attackCode}
	if c.apart {
		order = c.dict.Sorted()
	}
	for _, code := range order {
		g := LabelGroup{Class: NormalClass, Category: dataset.CategoryNormal}
		if c.apart {
			g.Level = c.dict.Level(code)
			g.Class, g.Category = c.classes.Of(g.Level), c.classes.Category(g.Level)
		} else if code == attackCode {
			g.Class, g.Category = AttackClass, AttackClass
		}
		if g.Rows = c.RowsOf(int(code)); g.Rows > 0 {
			codes, groups = append(codes, int(code)), append(groups, g)
		}
	}
	return codes, groups
}

// classes returns the values of a column of numbers in both classes.
func (l *labelSplit) classes(column int) ClassSplit {
	return ClassSplit{
		Normal: l.merged(column, func(g *LabelGroup) bool { return g.Class == NormalClass }),
		Attack: l.merged(column, func(g *LabelGroup) bool { return g.Class == AttackClass }),
	}
}

// byClass returns the values of all columns of numbers in both classes, by the
// columns' names.
func (l *labelSplit) byClass(s *dataset.Schema) map[string]ClassSplit {
	out := make(map[string]ClassSplit, len(l.numbers))
	for i := range l.numbers {
		out[s.Columns[i].Name] = l.classes(i)
	}
	return out
}

// merged returns the values of a column of numbers in some groups together.
func (l *labelSplit) merged(column int, in func(*LabelGroup) bool) stats.Tally {
	var out stats.Tally
	for g, t := range l.numbers[column] {
		switch {
		case !in(&l.groups[g]):
		case out.Len() == 0:
			out = t
		default:
			out = out.Merge(t)
		}
	}
	return out
}

// rows counts the rows of a class.
func (l *labelSplit) rows(class string) (n int64) {
	for _, g := range l.groups {
		if g.Class == class {
			n += g.Rows
		}
	}
	return n
}

// categories returns the categories that occur: normal, those of attacks that are
// known from the commonest, and last attacks of no known category.
func (l *labelSplit) categories() []string {
	rows := map[string]int64{}
	var names []string
	for _, g := range l.groups {
		if rows[g.Category] == 0 {
			names = append(names, g.Category)
		}
		rows[g.Category] += g.Rows
	}
	rank := func(name string) int {
		switch name {
		case dataset.CategoryNormal:
			return 0
		case AttackClass:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(names, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return int(min(1, max(-1, rows[b]-rows[a])))
	})
	return names
}

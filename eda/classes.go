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
			return c, fmt.Errorf("--normal needs a label with levels; column %q holds %s cells (%s)", c.Name, col.Kind, typeFlag(c.Name, dataset.Category))
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

// Category returns the category of a level: CategoryNormal of package dataset if
// it is among the normal ones, else the category of attacks that it is known to
// belong to, else AttackClass.
func (c Classes) Category(level string) string {
	if c.Of(level) == NormalClass {
		return dataset.CategoryNormal
	}
	if category, known := dataset.AttackCategory(level); known && category != dataset.CategoryNormal {
		return category
	}
	return AttackClass
}

// A ClassSplit is the values of a column in normal traffic and in attacks.
type ClassSplit struct {
	Normal, Attack stats.Tally // each a single unnamed group; empty if the class has no value
}

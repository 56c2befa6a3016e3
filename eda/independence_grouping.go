package eda

import (
	"fmt"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// Names of groupings that are made from the label.
const (
	ByClass    = "class"    // normal and attack
	ByCategory = "category" // normal, dos, probe, r2l, u2r
)

// A GroupError says why rows cannot be grouped as asked.
type GroupError struct{ text string }

// Error reads as a sentence.
func (e *GroupError) Error() string { return e.text }

// nearestFirst returns words with those first that are spelt nearly like one.
func nearestFirst(word string, words []string) []string {
	near := dataset.Nearest(word, words)
	out := slices.Clone(near)
	for _, w := range words {
		if !slices.Contains(near, w) {
			out = append(out, w)
		}
	}
	return out
}

// A rowGroup says to which group a row belongs.
type rowGroup struct {
	column int
	name   string                    // of the grouping
	of     func(level string) string // the group of a level of the column; "" if none
}

// groupRows finds the column that groups rows: the label, by its classes, for no
// name or ByClass, and by its categories for ByCategory, unless a column has that
// name; else the column named. Where the label's classes cannot be told, its levels
// are the groups. chosen, if not empty, are the only groups.
func groupRows(s *dataset.Schema, by string, chosen, normal []string) (rowGroup, error) {
	g, err := everyGroup(s, by, normal)
	if err != nil || len(chosen) == 0 {
		return g, err
	}
	if c := &s.Columns[g.column]; c.Dict != nil {
		var there []string
		for _, level := range c.Dict.Levels() {
			if group := g.of(level); group != "" && !slices.Contains(there, group) {
				there = append(there, group)
			}
		}
		slices.Sort(there)
		for _, name := range chosen {
			if !slices.Contains(there, name) {
				return g, &GroupError{fmt.Sprintf("--group %s: %s has no such group; it has %s", name, g.name, listed(nearestFirst(name, there), 8))}
			}
		}
	}
	all := g.of
	g.of = func(level string) string {
		if group := all(level); slices.Contains(chosen, group) {
			return group
		}
		return ""
	}
	return g, nil
}

// everyGroup is groupRows with all groups.
func everyGroup(s *dataset.Schema, by string, normal []string) (rowGroup, error) {
	same := func(level string) string { return level }
	if by != "" {
		at, err := s.Resolve(by)
		switch {
		case err == nil:
			c := &s.Columns[at]
			if !hasLevels(c) {
				return rowGroup{}, &GroupError{fmt.Sprintf("--by %s: column %q holds %s cells, which make no groups (%s)", by, c.Name, c.Kind, typeFlag(c.Name, dataset.Category))}
			}
			return rowGroup{at, c.Name, same}, nil
		case by != ByClass && by != ByCategory:
			return rowGroup{}, fmt.Errorf("--by: %w", err)
		}
	}
	classes, err := FindClasses(s, normal)
	switch {
	case err != nil:
		return rowGroup{}, &GroupError{err.Error()}
	case classes.Column < 0:
		return rowGroup{}, &GroupError{"there is no label to group rows by; name it with --label, or another column with --by"}
	case !classes.Known() && by != "":
		return rowGroup{}, &GroupError{fmt.Sprintf("--by %s: which levels of %s are normal cannot be told; name them with --normal", by, classes.Name)}
	case !classes.Known():
		return rowGroup{classes.Column, classes.Name, same}, nil
	case by == ByCategory:
		return rowGroup{classes.Column, ByCategory, classes.Category}, nil
	}
	return rowGroup{classes.Column, ByClass, classes.Of}, nil
}

// hasLevels reports whether the values of a column can be counted as levels, if
// few enough differ.
func hasLevels(c *dataset.Column) bool {
	return c.Dict != nil || c.Kind == dataset.Flag || c.Kind == dataset.Number
}

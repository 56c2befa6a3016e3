package eda

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// A columnPair is a column of the first table and its like in the second.
type columnPair struct{ first, second int }

// matchedColumns says which columns of two tables belong together.
type matchedColumns struct {
	pairs        []columnPair // all, in the order of the first table
	compared     []columnPair // those whose distributions are compared
	label        *columnPair  // the labels of both tables; nil unless both have levels
	only1, only2 []string     // columns of one table only
	asked        bool         // whether the columns were asked for by name
	leftOut      []string     // why columns of both are not compared, in sentences
}

// matchColumns finds the columns that both tables have, and which of them to
// compare: the features, or those that are asked for by name.
func matchColumns(s1, s2 *dataset.Schema, features []string) (*matchedColumns, error) {
	m := &matchedColumns{pairs: pairColumns(s1, s2)}
	of := map[int]int{}
	for _, p := range m.pairs {
		of[p.first] = p.second
		if c1, c2 := &s1.Columns[p.first], &s2.Columns[p.second]; c1.Role == dataset.Label && c2.Role == dataset.Label && c1.Dict != nil && c2.Dict != nil {
			m.label = &columnPair{p.first, p.second}
		}
	}
	for i := range s1.Columns {
		if _, both := of[i]; !both {
			m.only1 = append(m.only1, s1.Columns[i].Name)
		}
	}
	for j := range s2.Columns {
		if !slices.ContainsFunc(m.pairs, func(p columnPair) bool { return p.second == j }) {
			m.only2 = append(m.only2, s2.Columns[j].Name)
		}
	}
	if len(m.pairs) == 0 {
		return nil, fmt.Errorf("the tables have no column in common: the first has %s, the second %s", listed(m.only1, 6), listed(m.only2, 6))
	}
	wanted, err := resolveIn(s1, features)
	if err != nil {
		return nil, err
	}
	for _, i := range wanted {
		if _, both := of[i]; !both {
			return nil, fmt.Errorf("--feature: only the first table has the column %q; the second has %s", s1.Columns[i].Name, listed(s2.Names(), 6))
		}
	}
	m.choose(s1, s2, wanted)
	return m, nil
}

// pairColumns matches columns: labels first, then by the name in a known layout, then
// by the spelling.
func pairColumns(s1, s2 *dataset.Schema) []columnPair {
	like := make([]int, len(s1.Columns))
	taken := make([]bool, len(s2.Columns))
	for i := range like {
		like[i] = -1
	}
	pair := func(i, j int) {
		if i >= 0 && j >= 0 && like[i] < 0 && !taken[j] {
			like[i], taken[j] = j, true
		}
	}
	pair(s1.Label(), s2.Label())
	for i := range s1.Columns {
		pair(i, slices.IndexFunc(s2.Columns, func(c dataset.Column) bool { return c.Canon == s1.Columns[i].Canon }))
	}
	for i := range s1.Columns {
		for _, name := range []string{s1.Columns[i].Name, s1.Columns[i].Canon} {
			if j, err := s2.Resolve(name); err == nil {
				pair(i, j)
			}
		}
	}
	var out []columnPair
	for i, j := range like {
		if j >= 0 {
			out = append(out, columnPair{i, j})
		}
	}
	return out
}

// choose says which pairs are compared, and why others are not.
func (m *matchedColumns) choose(s1, s2 *dataset.Schema, wanted []int) {
	m.asked = wanted != nil
	why := map[string][]string{}
	var order []string
	for _, p := range m.pairs {
		if wanted != nil && !slices.Contains(wanted, p.first) {
			continue
		}
		c1, c2 := &s1.Columns[p.first], &s2.Columns[p.second]
		reason := incomparable(c1, c2)
		if reason == "" && wanted == nil {
			reason = unlikely(c1, c2)
		}
		if reason == "" {
			m.compared = append(m.compared, p)
			continue
		}
		if m.label != nil && p == *m.label {
			continue // it has a section of its own
		}
		if why[reason] == nil {
			order = append(order, reason)
		}
		why[reason] = append(why[reason], c1.Name)
	}
	for _, reason := range order {
		m.leftOut = append(m.leftOut, fmt.Sprintf("Not compared: %s (%s).", strings.Join(why[reason], ", "), reason))
	}
}

// unlikely says why two columns are compared only if asked for; empty if they are
// anyway.
func unlikely(c1, c2 *dataset.Column) string {
	switch {
	case dataset.WhyNoFeature(c1) != "":
		return dataset.WhyNoFeature(c1)
	case c1.Kind == dataset.Address:
		return "addresses name the hosts of one network; ask for them with --feature"
	case c1.Dict != nil && levelsOf(c1) > maxCrossLevels, c2.Dict != nil && levelsOf(c2) > maxCrossLevels:
		return fmt.Sprintf("more than %s levels; ask for them with --feature", grouped(maxCrossLevels))
	}
	return ""
}

// incomparable says why two columns cannot be compared; empty if they can.
func incomparable(c1, c2 *dataset.Column) string {
	numbers := func(c *dataset.Column) bool { return c.Kind == dataset.Number || c.Kind == dataset.Flag }
	levels := func(c *dataset.Column) bool { return c.Dict != nil }
	empty := func(c *dataset.Column) bool { return c.Kind == dataset.Unknown }
	switch {
	case c1.Kind == dataset.Time && c2.Kind == dataset.Time:
		return "times move on"
	case c1.Kind == dataset.Text && c2.Kind == dataset.Text:
		return "free text"
	case (numbers(c1) || empty(c1)) && (numbers(c2) || empty(c2)), (levels(c1) || empty(c1)) && (levels(c2) || empty(c2)):
		return ""
	}
	return fmt.Sprintf("a %s in the first table and a %s in the second; say with --type what it is", c1.Kind, c2.Kind)
}

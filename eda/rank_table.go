package eda

import (
	"math"
	"strconv"

	"github.com/netanom/netanom/stats"
)

// A labelTable counts the rows of each group of the label by the values of one
// column: its levels, or its numbers, or bins of them.
type labelTable struct {
	groups []LabelGroup
	names  []string  // of levels; nil for numbers
	counts [][]int64 // per value and group
}

const (
	maxPlainValues = 50 // numbers with at most so many different values are not binned
	labelBins      = 20
)

// newLabelTable makes the table of a column that was counted; an empty one for
// others.
func newLabelTable(split *labelSplit, column int) *labelTable {
	t := &labelTable{groups: split.groups}
	if tallies, ok := split.numbers[column]; ok {
		t.bin(tallies)
		return t
	}
	place := map[string]int{}
	for g, levels := range split.levels[column] {
		for _, l := range levels {
			k, ok := place[l.Level]
			if !ok {
				k = len(t.names)
				place[l.Level] = k
				t.names = append(t.names, l.Level)
				t.counts = append(t.counts, make([]int64, len(t.groups)))
			}
			t.counts[k][g] += l.N
		}
	}
	return t
}

// bin counts numbers: by their values if these are few, else in bins with about
// equally many rows, which hold their upper edge.
func (t *labelTable) bin(tallies []stats.Tally) {
	var all stats.Tally
	for _, g := range tallies {
		all = all.Merge(g)
	}
	edges := all.Values
	if len(edges) > maxPlainValues {
		edges = stats.QuantileBins(all, labelBins)
	}
	t.counts = make([][]int64, len(edges))
	for k := range t.counts {
		t.counts[k] = make([]int64, len(t.groups))
	}
	for g, tally := range tallies {
		k := 0
		for i, x := range tally.Values {
			for x > edges[k] {
				k++
			}
			t.counts[k][g] += tally.Counts[0][i]
		}
	}
}

// crosstab counts the rows by the values of the column and what name makes of
// the groups.
func (t *labelTable) crosstab(name func(*LabelGroup) string) (stats.Crosstab, error) {
	var c stats.Crosstab
	for k, counts := range t.counts {
		value := strconv.Itoa(k)
		if t.names != nil {
			value = t.names[k]
		}
		for g, n := range counts {
			if err := c.Add(value, name(&t.groups[g]), n); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

// alone returns the share of rows that the column classes rightly, each by the
// other rows of its value: by the class that most of them have, or, where there are
// none or as many of both, by the larger class of all. Leaving the row itself out
// keeps values that occur once from looking as if they told the class. NaN if there
// are no rows.
func (t *labelTable) alone() float64 {
	var byClass [2]int64
	pairs := make([][2]int64, len(t.counts))
	for k, counts := range t.counts {
		pairs[k] = t.classes(counts)
		byClass[normalCode] += pairs[k][normalCode]
		byClass[attackCode] += pairs[k][attackCode]
	}
	larger := normalCode
	if byClass[attackCode] > byClass[normalCode] {
		larger = attackCode
	}
	var right int64
	for _, n := range pairs {
		for class, own := range n {
			switch other := n[1-class]; {
			case own-1 > other, own-1 == other && class == larger:
				right += own
			}
		}
	}
	return float64(right) / float64(byClass[normalCode]+byClass[attackCode])
}

// classes sums counts of groups by class.
func (t *labelTable) classes(counts []int64) (n [2]int64) {
	for g, rows := range counts {
		if t.groups[g].Class == NormalClass {
			n[normalCode] += rows
		} else {
			n[attackCode] += rows
		}
	}
	return n
}

// explained returns Theil's U at each depth of the label.
func (t *labelTable) explained() Explained {
	e := Explained{
		Class:    t.uncertainty(func(g *LabelGroup) string { return g.Class }),
		Category: t.uncertainty(func(g *LabelGroup) string { return g.Category }),
		Label:    math.NaN(),
	}
	if len(t.groups) > 0 && t.groups[0].Level != "" {
		e.Label = t.uncertainty(func(g *LabelGroup) string { return g.Level })
	}
	return e
}

func (t *labelTable) uncertainty(name func(*LabelGroup) string) float64 {
	table, err := t.crosstab(name)
	if err != nil {
		return math.NaN()
	}
	a, err := stats.Associate(&table)
	if err != nil { // the column or the label does not vary
		return math.NaN()
	}
	return a.UncertaintyCol
}

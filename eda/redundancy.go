package eda

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A Redundancy is a group of columns that say nearly the same, with a proposal
// which of them to keep.
type Redundancy struct {
	Columns []RedundantColumn // in file order, one of them to be kept
	Why     string            // what speaks for that one: "it has the fewest gaps; of those it comes first"
}

// A RedundantColumn is a column of such a group and what the proposal goes by.
type RedundantColumn struct {
	Name    string
	Keep    bool
	Missing int64   // rows without a value
	Label   float64 // correlation ratio with the classes of the label, or its levels; NaN without two of them
	Mean    float64 // mean absolute correlation with the others of the group
}

// Kept returns the name of the column that is to be kept.
func (r *Redundancy) Kept() string {
	for _, c := range r.Columns {
		if c.Keep {
			return c.Name
		}
	}
	return ""
}

// Proposal says in sentences which columns to keep and to drop, and why.
func (r *Redundancy) Proposal() string {
	var dropped []string
	for _, c := range r.Columns {
		if !c.Keep {
			dropped = append(dropped, c.Name)
		}
	}
	return fmt.Sprintf("Keep %s: %s. Drop %s.", r.Kept(), r.Why, strings.Join(dropped, ", "))
}

// redundancies returns the groups of features that correlations above the
// threshold link, and proposes which column of each to keep: the one with the
// fewest gaps; of several, the one that goes most with the label; then the one
// with the highest mean absolute correlation with the others; then the first. The
// label and what was made from it are in no group.
func (c *Correlations) redundancies(ctx context.Context, s *dataset.Schema, g *gatherer, classes *Classes, threshold float64) ([]Redundancy, error) {
	label, labelled := labelGrouping(s, g, classes)
	labelled = labelled && label.used() > 1
	usable := func(i int) bool {
		role := s.Columns[c.columns[i]].Role
		return role != dataset.Label && role != dataset.Derivative
	}
	var out []Redundancy
	var sampled []string
	for _, members := range c.linked(threshold, usable) {
		var r Redundancy
		for _, i := range members {
			column := RedundantColumn{Name: c.Matrix.Names[i], Label: math.NaN(), Missing: g.missing(c.columns[i])}
			if labelled {
				moments, exact, err := g.momentsBy(ctx, c.columns[i], label)
				if err != nil {
					return nil, err
				}
				if column.Label = stats.CorrelationRatio(moments); !exact {
					sampled = append(sampled, column.Name)
				}
			}
			for _, j := range members {
				if i != j {
					column.Mean += math.Abs(c.Matrix.At(i, j)) / float64(len(members)-1)
				}
			}
			r.Columns = append(r.Columns, column)
		}
		r.propose()
		out = append(out, r)
	}
	if len(sampled) > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("How redundant columns go with the label is known from %s for those of which too many values differ: %s.",
			g.sampleWords(), listed(sampled, mostNamed)))
	}
	return out, nil
}

// momentsBy returns the moments of a column in the groups, and whether they are those
// of all rows and not of a sample.
func (g *gatherer) momentsBy(ctx context.Context, column int, by grouping) (moments []stats.Moments, exact bool, err error) {
	all, err := g.exactMoments(ctx, column, []grouping{by})
	if err != nil || all[0] != nil {
		return all[0], true, err
	}
	moments, err = by.moments(g.of(column))
	return moments, !g.asks(), err
}

// mostNamed is how many columns or pairs a sentence names.
const mostNamed = 5

func countMissing(x []float64) (n int64) {
	for _, v := range x {
		if v != v {
			n++
		}
	}
	return n
}

// propose chooses the column to keep, by one criterion after the other until one is
// left.
func (r *Redundancy) propose() {
	left := make([]int, len(r.Columns)) // candidates
	for i := range left {
		left[i] = i
	}
	var why []string
	for _, criterion := range []struct {
		why   string
		value func(c *RedundantColumn) float64 // higher is better
	}{
		{"has the fewest gaps", func(c *RedundantColumn) float64 { return -float64(c.Missing) }},
		{"goes most with the label", func(c *RedundantColumn) float64 { return c.Label }},
		{"has the highest mean correlation with the others", func(c *RedundantColumn) float64 { return c.Mean }},
	} {
		best := math.Inf(-1)
		for _, i := range left {
			best = max(best, orLowest(criterion.value(&r.Columns[i])))
		}
		before := len(left)
		left = slices.DeleteFunc(left, func(i int) bool { return orLowest(criterion.value(&r.Columns[i])) < best })
		if len(left) < before {
			why = append(why, criterion.why)
		}
	}
	if len(left) > 1 {
		why = append(why, "comes first")
	}
	r.Why = "it " + strings.Join(why, "; of those it ")
	r.Columns[left[0]].Keep = true
}

// orLowest makes an unknown value the lowest.
func orLowest(x float64) float64 {
	if math.IsNaN(x) {
		return math.Inf(-1)
	}
	return x
}

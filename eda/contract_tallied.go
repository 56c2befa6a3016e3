package eda

import (
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// A contractSet is what an engine is asked of a ruled column.
type contractSet struct {
	rule      int
	limits    bool    // how many numbers are too small or too large, not the values
	low, high float64 // the keys of these numbers, NaN where there is no limit
	cells     int64
	numbers   []float64 // that break the rule
	words     []string
	over      bool
}

// Sets implements dataset.Tallied: the values of every column, and how many numbers
// are outside the limits, in case too many values differ.
func (c *contractCheck) Sets(s *dataset.Schema) []dataset.Set {
	var out []dataset.Set
	c.asked = nil
	for k, i := range c.columns {
		column, rule := &s.Columns[i], &c.rules[k]
		if column.Dict == nil && !column.Kind.Numeric() {
			continue
		}
		c.asked, out = append(c.asked, contractSet{rule: k}), append(out, dataset.Set{Keys: cellKeys(i)})
		limits := contractSet{rule: k, limits: true}
		if bounds := limits.bound(rule); column.Kind == dataset.Number && bounds != nil {
			c.asked, out = append(c.asked, limits), append(out, dataset.Set{Keys: []dataset.Key{{Column: i, Bounds: bounds}}})
		}
	}
	return out
}

// bound returns the greatest number below what a rule allows, and the greatest that it
// allows, as far as there are limits.
func (a *contractSet) bound(rule *dataset.Rule) (bounds []float64) {
	a.low, a.high = math.NaN(), math.NaN()
	if !math.IsInf(rule.Min, -1) {
		a.low, bounds = 0, append(bounds, math.Nextafter(rule.Min, math.Inf(-1)))
	}
	if !math.IsInf(rule.Max, 1) {
		bounds = append(bounds, rule.Max)
		a.high = float64(len(bounds))
	}
	return bounds
}

// Groups implements dataset.Tallied.
func (c *contractCheck) Groups(set int, g *dataset.Groups) error {
	a, cells := &c.asked[set], &g.Cells.Columns[0]
	column, rule := &c.schema.Columns[c.columns[a.rule]], &c.rules[a.rule]
	for row, n := range g.N {
		switch {
		case a.limits:
			if below := cells.Float(row); below == a.low || below == a.high {
				a.cells += n
			}
		case column.Dict == nil:
			if x := cells.Float(row); !rule.Allows(x) {
				a.cells, a.numbers = a.cells+n, append(a.numbers, x)
			}
		case cells.Codes[row] != dataset.MissingCode:
			if level := column.Dict.Level(cells.Codes[row]); !rule.AllowsLevel(level) {
				a.cells, a.words = a.cells+n, append(a.words, level)
			}
		}
	}
	return nil
}

// Overflow implements dataset.Tallied.
func (c *contractCheck) Overflow(set int) error {
	a := &c.asked[set]
	a.over, a.cells, a.numbers, a.words = true, 0, nil, nil
	return nil
}

// answer turns what an engine has told into breaches.
func (c *contractCheck) answer() {
	for k := range c.asked {
		a := &c.asked[k]
		b := &c.breaches[a.rule]
		if a.limits && !c.asked[k-1].over { // the values before have told more
			continue
		}
		b.Cells += a.cells
		slices.Sort(a.words)
		slices.Sort(a.numbers)
		for _, x := range a.numbers {
			if len(a.words) == breachValues {
				break
			}
			a.words = append(a.words, plainNumber(x))
		}
		b.Values = append(b.Values, a.words[:min(len(a.words), breachValues)]...)
	}
}

package eda

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"sync/atomic"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/internal/parallel"
	"github.com/netanom/netanom/stats"
)

// A GroupMethod is a measure of how numbers differ between groups of rows.
type GroupMethod uint8

// The measures.
const (
	// PointBiserial is the correlation of a number with a flag, or with the label as
	// normal (0) or attack (1).
	PointBiserial GroupMethod = iota
	// CorrelationRatio is η of a number within the levels of a category, or of the
	// label.
	CorrelationRatio
)

// groupNames holds the word of each GroupMethod, in order.
var groupNames = [...]string{PointBiserial: "pointbiserial", CorrelationRatio: "eta"}

// String returns "pointbiserial" or "eta".
func (m GroupMethod) String() string {
	if int(m) < len(groupNames) {
		return groupNames[m]
	}
	return fmt.Sprintf("GroupMethod(%d)", uint8(m))
}

// GroupOptions choose the columns and the measure.
type GroupOptions struct {
	Features []string // columns by any spelling; empty or "all": every column
	Normal   []string // levels of the label that mean normal; empty: found by name
	Method   GroupMethod
	Level    float64          // confidence level; 0: 0.95
	Adjust   stats.Adjustment // of the p-values over all pairs; zero: none
	Fetch    Fetch            // rows of an engine for what it cannot count
}

// Grouped is how numbers differ between groups of rows.
type Grouped struct {
	Method   GroupMethod
	Rows     int64         // rows of the table
	Numbers  []string      // columns of numbers that vary, in file order
	Groups   []string      // what makes the groups, in file order, the classes of the label last
	Pairs    []GroupedPair // by falling strength; pairs without one are left out
	LeftOut  []string      // columns with too many levels
	Constant []string      // columns left out because they have one value, or none
	Warnings []string      // what is not as asked, in sentences
}

// Matrix returns the coefficients by Numbers and Groups, NaN where there is none.
func (n *Grouped) Matrix() [][]float64 {
	out := make([][]float64, len(n.Numbers))
	for i := range out {
		out[i] = slices.Repeat([]float64{math.NaN()}, len(n.Groups))
	}
	for _, p := range n.Pairs {
		out[slices.Index(n.Numbers, p.Number)][slices.Index(n.Groups, p.Group)] = p.Estimate.Value
	}
	return out
}

// A GroupedPair is a column of numbers, what makes the groups, and the test of the
// two.
type GroupedPair struct {
	Number, Group string
	stats.Result
	PAdjusted      float64
	Log10PAdjusted float64
}

// RelateGroups measures how numbers differ between groups, over the rows that have
// both, with intervals and p-values adjusted over all pairs: the point-biserial
// correlation of every number with every flag and with the label as normal or
// attack, or the correlation ratio of every number within every category, the
// label's levels, and its two classes if it has more levels. Rows in which a flag
// is neither 0 nor 1 are left out of its pairs, which the warnings say. Where
// features are named, but none on one side, all columns of that side are taken.
//
// Columns with one value, and categories with more than 1000 levels, are left out
// and named. It is an error if no pair is left, if a column asked for by name can be
// on neither side, and if Normal is no level of the label.
//
// A table with more than 67,108,864 cells in these columns is reduced to evenly
// spaced rows, which the warnings say. An engine counts; only pairs of too many
// different values are those of a sample, which the warnings say too.
func RelateGroups(ctx context.Context, src dataset.Source, o GroupOptions) (*Grouped, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	wanted, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	s := src.Schema()
	numbers, groups, err := o.Method.sides(s, wanted)
	if err != nil {
		return nil, err
	}
	g := &gatherer{hint: rowsOf(src), columns: slices.Clone(numbers), fetch: o.Fetch, full: true}
	g.also(groups...)
	if err := src.Scan(ctx, g); err != nil {
		return nil, err
	}
	return relateGroups(ctx, s, g, numbers, groups, o)
}

// makesGroups reports whether a column can make groups.
func (m GroupMethod) makesGroups(c *dataset.Column) bool {
	switch {
	case c.Role == dataset.Identifier:
		return false
	case c.Role == dataset.Label && c.Dict != nil:
		return true
	case m == PointBiserial:
		return c.Kind == dataset.Flag
	}
	return c.Kind == dataset.Category && c.Dict != nil
}

// sides divides the wanted columns, all for nil, into numbers and what makes
// groups.
func (m GroupMethod) sides(s *dataset.Schema, wanted []int) (numbers, groups []int, err error) {
	grouping := func(i int) bool { return m.makesGroups(&s.Columns[i]) }
	choose := func(columns []int) {
		if len(numbers) == 0 {
			numbers = measuredAmong(s, columns)
		}
		if len(groups) == 0 {
			groups = slices.DeleteFunc(orAll(s, columns), func(i int) bool { return !grouping(i) })
		}
	}
	for _, i := range wanted {
		if c := &s.Columns[i]; !grouping(i) && c.Kind != dataset.Number {
			needed := "numbers, categories and the label"
			if m == PointBiserial {
				needed = "numbers, flags (0 or 1) and the label"
			}
			return nil, nil, fmt.Errorf("column %q holds %s cells; this measure is for %s", c.Name, c.Kind, needed)
		}
	}
	if wanted != nil {
		choose(wanted)
	}
	choose(nil)
	return numbers, groups, nil
}

// relateGroups measures gathered columns.
func relateGroups(ctx context.Context, s *dataset.Schema, g *gatherer, numbers, groups []int, o GroupOptions) (*Grouped, error) {
	classes, err := FindClasses(s, o.Normal)
	if err != nil {
		return nil, err
	}
	out := &Grouped{Method: o.Method, Rows: g.rows}
	if !g.asks() {
		out.Warnings = g.warnings(o.Method.plural())
	}
	if err := g.prepare(ctx, s, numbers, groups); err != nil {
		return nil, err
	}
	groupings := out.groupings(s, g, &classes, groups)
	var varying []int
	for _, i := range numbers {
		if g.constant(i) {
			out.Constant = append(out.Constant, s.Columns[i].Name)
		} else {
			varying, out.Numbers = append(varying, i), append(out.Numbers, s.Columns[i].Name)
		}
	}
	if len(varying) == 0 || len(groupings) == 0 {
		return nil, &fewColumnsError{o.Method.lack(len(varying) == 0)}
	}
	if err := out.test(ctx, g, varying, groupings, orDefault(o.Level)); err != nil {
		return nil, err
	}
	err = adjust(o.Adjust, len(out.Pairs), func(k int) (*stats.Result, *float64, *float64) {
		p := &out.Pairs[k]
		return &p.Result, &p.PAdjusted, &p.Log10PAdjusted
	})
	sort.SliceStable(out.Pairs, func(i, j int) bool {
		return strength(out.Pairs[i].Estimate.Value) > strength(out.Pairs[j].Estimate.Value)
	})
	return out, err
}

// lack says which side of the pairs there is nothing for.
func (m GroupMethod) lack(numbers bool) string {
	switch {
	case m == PointBiserial && numbers:
		return "a point-biserial correlation needs a number that varies, beside flags; there is none"
	case m == PointBiserial:
		return "a point-biserial correlation needs a flag that varies, or a label that says what is normal; there is none"
	case numbers:
		return "a correlation ratio needs a number that varies; there is none"
	}
	return "a correlation ratio needs a category that varies; there is none"
}

// plural names several of the measure.
func (m GroupMethod) plural() string {
	if m == PointBiserial {
		return "correlations"
	}
	return "correlation ratios"
}

// groupings returns what divides the gathered rows into two groups at least.
func (n *Grouped) groupings(s *dataset.Schema, g *gatherer, classes *Classes, columns []int) []grouping {
	var out []grouping
	add := func(x grouping) {
		if x.used() < 2 {
			n.Constant = append(n.Constant, x.name)
			return
		}
		n.Groups, out = append(n.Groups, x.name), append(out, x)
	}
	for _, i := range columns {
		c := &s.Columns[i]
		switch {
		case n.Method == PointBiserial && c.Dict != nil: // the label, by its classes
		case n.Method == PointBiserial:
			flag := g.grouping(c.Name, i, nil, 2)
			if flag.other > 0 {
				n.Warnings = append(n.Warnings, fmt.Sprintf("%s is neither 0 nor 1 in %s, which %s left out of its pairs.",
					c.Name, plural(flag.other, "row"), choose(flag.other, "is", "are")))
			}
			add(flag)
		case levelsOf(c) > maxCrossLevels:
			n.LeftOut = append(n.LeftOut, c.Name)
		default:
			add(levelGrouping(s, g, i))
		}
	}
	byClass, ok := classGrouping(s, g, classes)
	if ok && slices.Contains(columns, classes.Column) && (n.Method == PointBiserial || moreThanTwo(out, classes.Name)) {
		add(byClass)
	}
	return out
}

// moreThanTwo reports whether a column makes more groups than two.
func moreThanTwo(groupings []grouping, name string) bool {
	return slices.ContainsFunc(groupings, func(g grouping) bool { return g.name == name && g.used() > 2 })
}

// test tests every number in every grouping. Pairs without a result because of
// their data are left out.
func (n *Grouped) test(ctx context.Context, g *gatherer, numbers []int, groupings []grouping, level float64) error {
	t := groupTester{out: n, numbers: numbers, groupings: groupings, level: level, gathered: g, huge: make([]atomic.Bool, len(numbers))}
	for _, i := range numbers {
		exact, err := g.exactMoments(ctx, i, groupings)
		if err != nil {
			return err
		}
		t.exact = append(t.exact, exact...)
	}
	pairs, defined := make([]GroupedPair, len(t.exact)), make([]bool, len(t.exact))
	err := parallel.Each(ctx, len(pairs), 0, func(k int) (err error) {
		defined[k], err = t.test(k, &pairs[k])
		return err
	})
	var sampled []string
	for k, p := range pairs {
		if defined[k] {
			n.Pairs = append(n.Pairs, p)
		}
		if g.asks() && t.exact[k] == nil {
			sampled = append(sampled, p.Number+" by "+p.Group)
		}
	}
	if len(sampled) > 0 {
		n.Warnings = append(n.Warnings, g.fromSample(n.Method.plural(), whyManyValues, sampled, len(pairs)))
	}
	for i := range t.huge {
		if t.huge[i].Load() {
			n.Warnings = append(n.Warnings, fmt.Sprintf("The squares of %s are beyond the range of numbers; its pairs are left out.", n.Numbers[i]))
		}
	}
	return err
}

// whyManyValues is why an engine does not count pairs.
const whyManyValues = "too many values differ to count them"

// fromSample says which of so many pairs are those of the sample, and why.
func (g *gatherer) fromSample(what, why string, pairs []string, all int) string {
	if len(pairs) == all {
		return fmt.Sprintf("The %s are those of %s, because %s.", what, g.sampleWords(), why)
	}
	return fmt.Sprintf("The %s of %s are those of %s, because %s: %s.", what, plural(int64(len(pairs)), "pair"), g.sampleWords(), why, listed(pairs, mostNamed))
}

// A groupTester tests the pairs of numbers and groupings, in several goroutines.
type groupTester struct {
	out       *Grouped
	numbers   []int
	groupings []grouping
	level     float64
	gathered  *gatherer
	exact     [][]stats.Moments // by pair: over all rows of an engine, nil where that is not known
	huge      []atomic.Bool     // by number: its squares are no numbers
}

// test tests a pair; false if it has no result because of its data.
func (t *groupTester) test(k int, p *GroupedPair) (defined bool, err error) {
	number, by := k/len(t.groupings), &t.groupings[k%len(t.groupings)]
	p.Number, p.Group = t.out.Numbers[number], by.name
	moments, rows := t.exact[k], t.gathered.rows
	if moments == nil {
		rows = t.gathered.kept()
		if moments, err = by.moments(t.gathered.of(t.numbers[number])); err != nil {
			return false, err
		}
	}
	if t.out.Method == PointBiserial {
		p.Result, err = stats.PointBiserialTest(moments[0], moments[1], stats.TwoSided, t.level)
	} else {
		p.Result, err = stats.CorrelationRatioTest(moments, t.level)
	}
	if undefined(err) {
		return false, nil
	}
	if errors.Is(err, stats.ErrNotFinite) {
		t.huge[number].Store(true)
		return false, nil
	}
	p.Missing = rows
	for _, size := range p.N {
		p.Missing -= size
	}
	return err == nil, err
}

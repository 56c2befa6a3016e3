package eda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// CompareOptions choose what Compare looks at.
type CompareOptions struct {
	Features []string         // columns by any spelling; empty or "all": all features that both tables have
	Normal   []string         // levels of both labels that mean normal; empty: found by name
	Level    float64          // of intervals, and of what chance may do; 0: 0.95
	Adjust   stats.Adjustment // of the p-values over all columns; zero: Benjamini and Hochberg's
	PSI      float64          // above which a column drifts; 0: 0.25
	Budget   int              // different numbers kept in memory for each table, see dataset.Counts; 0: half the usual
	Stage    func(name string)
}

// A Comparison says how the second of two tables differs from the first.
type Comparison struct {
	Rows1, Rows2 int64
	Columns      []ColumnDrift // by falling index of stability
	Common       int           // columns that both tables have
	Only1, Only2 []string      // columns of one table only
	LeftOut      []string      // columns of both that are not compared, and why, in sentences
	PSI          float64       // above which a column drifts
	Labels       *LabelShift   // nil unless both tables have a label with levels
	Overlap      *Overlap      // nil where no column can be compared row by row, or a table is an engine
	Findings     []Finding
}

// The verdicts on a column. They look at the index of stability, which does not grow
// with the number of rows as a test statistic does.
const (
	Stable     = "stable"       // the index is at most 0.1
	Shifts     = "shifts"       // it is above 0.1
	Drifts     = "drifts"       // it is above the limit, 0.25 unless asked otherwise
	TooFewRows = "too few rows" // it is above 0.1, but samples of these sizes from one distribution may be so too
)

// The conventional limits of the index of stability.
const (
	shiftingPSI = 0.1
	driftingPSI = 0.25
)

// A ColumnDrift compares one column of both tables.
type ColumnDrift struct {
	First, Second      dataset.Column
	N1, N2             int64 // values
	Missing1, Missing2 int64

	stats.Stability         // over Parts
	JS              float64 // Jensen–Shannon distance over Parts
	Verdict         string
	Normal          stats.Stability // among normal rows alone; PSI is NaN where it is not known

	// The test of one distribution: Kolmogorov and Smirnov's for numbers, with D as
	// effect; Pearson's chi-square over Parts for levels, with the bias-corrected
	// Cramér's V. Rows without a value do not count. Where there is none, P is NaN.
	stats.Result
	PAdjusted      float64
	Log10PAdjusted float64

	Summary1, Summary2 *stats.Summary // of numbers; nil without a value
	Wasserstein        float64        // of numbers, in their unit; NaN for levels
	Scaled             float64        // the same in standard deviations of the first table; NaN where that is 0
	Values             stats.Tally    // of numbers: both tables as two groups

	Parts         []DriftPart
	New, Vanished []dataset.LevelCount // levels of one table only, from the most frequent

	pair    columnPair
	levels1 int64 // different levels of the first table
}

// Compare asks whether the second table holds the same traffic as the first, which
// is the reference. Columns are matched by their names in a known layout, or else by
// any spelling; the label of one is matched with the label of the other. Numbers are
// binned at the deciles of the first table, levels stand for themselves, missing
// cells make a bin of their own; see ColumnDrift. Columns that are no features are
// compared only if asked for.
//
// Both tables are scanned up to three times. Columns of which too many numbers differ
// to be kept, or of which most rows have a level of their own, are left out; LeftOut
// says so.
//
// It is an error if a table cannot be read or has no row, if a feature is not in both, if Normal
// is a level of neither label, and if the tables have no column in common.
func Compare(ctx context.Context, first, second dataset.Source, o CompareOptions) (*Comparison, error) {
	o.complete()
	for _, src := range []dataset.Source{first, second} {
		if err := settle(ctx, src); err != nil {
			return nil, err
		}
	}
	m, err := matchColumns(first.Schema(), second.Schema(), o.Features)
	if err != nil {
		return nil, err
	}
	c := &comparer{first: first, second: second, matched: m, options: o}
	out := &Comparison{Common: len(m.pairs), Only1: m.only1, Only2: m.only2, LeftOut: m.leftOut, PSI: o.PSI}
	o.Stage("counting every value")
	if err := c.count(ctx, out); err != nil {
		return nil, err
	}
	o.Stage("comparing columns")
	if err := c.compareColumns(out); err != nil {
		return nil, err
	}
	if err := c.compareLabels(out); err != nil {
		return nil, err
	}
	o.Stage("comparing normal rows")
	if err := c.compareNormal(ctx, out); err != nil {
		return nil, err
	}
	o.Stage("looking for rows of the first table in the second")
	if err := c.compareRows(ctx, out); err != nil {
		return nil, err
	}
	out.Findings = out.findings()
	return out, nil
}

// complete replaces zero values by what they stand for.
func (o *CompareOptions) complete() {
	o.Level = cmp.Or(o.Level, defaultLevel)
	o.PSI = cmp.Or(o.PSI, driftingPSI)
	if o.Adjust == stats.NoAdjustment {
		o.Adjust = stats.BenjaminiHochberg
	}
	if o.Stage == nil {
		o.Stage = func(string) {}
	}
}

// A comparer asks the questions of one comparison.
type comparer struct {
	first, second dataset.Source
	matched       *matchedColumns
	options       CompareOptions

	counts1, counts2 *dataset.Counts
	labels           spelling
	normal           []string // levels that mean normal, as labels spells them
}

// budget returns how many different numbers of a table to keep.
func (c *comparer) budget(src dataset.Source) int {
	return cmp.Or(budgetOf(src, c.options.Budget), 1<<26)
}

// count counts the values of the columns to compare, and of the labels.
func (c *comparer) count(ctx context.Context, out *Comparison) error {
	counted := slices.Clone(c.matched.compared)
	if l := c.matched.label; l != nil && !slices.Contains(counted, *l) {
		counted = append(counted, *l)
	}
	needed1, needed2 := []int{}, []int{} // empty: none; nil would be all
	for _, p := range counted {
		needed1, needed2 = append(needed1, p.first), append(needed2, p.second)
	}
	c.counts1 = &dataset.Counts{By: -1, Needed: needed1, Budget: c.budget(c.first)}
	c.counts2 = &dataset.Counts{By: -1, Needed: needed2, Budget: c.budget(c.second)}
	if err := c.first.Scan(ctx, c.counts1); err != nil {
		return err
	}
	if err := c.second.Scan(ctx, c.counts2); err != nil {
		return err
	}
	out.Rows1, out.Rows2 = c.counts1.Rows(), c.counts2.Rows()
	switch {
	case out.Rows1 == 0:
		return errors.New("the first table has no row to compare with")
	case out.Rows2 == 0:
		return errors.New("the second table has no row to compare")
	}
	return nil
}

// compareColumns compares every pair of columns, and sorts them.
func (c *comparer) compareColumns(out *Comparison) error {
	over1, over2 := c.counts1.Overflowed(), c.counts2.Overflowed()
	for _, p := range c.matched.compared {
		d := ColumnDrift{First: c.first.Schema().Columns[p.first], Second: c.second.Schema().Columns[p.second], pair: p,
			Wasserstein: math.NaN(), Scaled: math.NaN(), Normal: stats.Stability{PSI: math.NaN()}}
		if slices.Contains(over1, p.first) || slices.Contains(over2, p.second) {
			out.LeftOut = append(out.LeftOut, fmt.Sprintf("Not compared: %s (too many different values to keep).", d.First.Name))
			continue
		}
		if err := c.fill(&d, p); err != nil {
			return fmt.Errorf("column %q: %w", d.First.Name, err)
		}
		if !c.matched.asked && d.names() {
			out.LeftOut = append(out.LeftOut, fmt.Sprintf("Not compared: %s (most rows of the first table have a level of their own; ask for it with --feature).", d.First.Name))
			continue
		}
		d.judge(c.options.PSI)
		out.Columns = append(out.Columns, d)
	}
	err := adjust(c.options.Adjust, len(out.Columns), func(k int) (*stats.Result, *float64, *float64) {
		d := &out.Columns[k]
		return &d.Result, &d.PAdjusted, &d.Log10PAdjusted
	})
	slices.SortStableFunc(out.Columns, func(a, b ColumnDrift) int {
		return cmp.Or(cmp.Compare(b.PSI, a.PSI), cmp.Compare(strength(b.Effect.Value), strength(a.Effect.Value)))
	})
	return err
}

// fill counts and compares the values of a column.
func (c *comparer) fill(d *ColumnDrift, p columnPair) (err error) {
	if d.levelled() {
		d.setLevels(c.counts1.Levels(p.first, 0), c.counts2.Levels(p.second, 0), c.counts1.Missing(p.first), c.counts2.Missing(p.second))
	} else {
		var t1, t2 stats.Tally
		if t1, err = c.counts1.Tally(p.first, 0); err != nil {
			return err
		}
		if t2, err = c.counts2.Tally(p.second, 0); err != nil {
			return err
		}
		err = d.setNumbers(t1, t2, c.counts1.Rows(), c.counts2.Rows())
	}
	if err != nil {
		return err
	}
	if err := d.test(c.options.Level); err != nil {
		return err
	}
	n1, n2 := d.counts()
	if d.Stability, err = stats.PSI(n1, n2, c.options.Level); err != nil {
		return err
	}
	d.JS, err = stats.JensenShannon(n1, n2)
	return err
}

// names reports whether the levels name rows rather than kinds of them: on average
// fewer than two rows of the first table share one.
func (d *ColumnDrift) names() bool { return d.N1 >= fewRows && 2*d.levels1 > d.N1 }

// judge gives the verdict. limit is the index above which a column drifts.
func (d *ColumnDrift) judge(limit float64) {
	switch {
	case d.PSI <= min(shiftingPSI, limit):
		d.Verdict = Stable
	case d.PSI <= d.Chance:
		d.Verdict = TooFewRows
	case d.PSI > limit:
		d.Verdict = Drifts
	default:
		d.Verdict = Shifts
	}
}

// Of returns how many columns have a verdict.
func (c *Comparison) Of(verdict string) (n int) {
	for i := range c.Columns {
		if c.Columns[i].Verdict == verdict {
			n++
		}
	}
	return n
}

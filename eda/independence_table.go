package eda

import (
	"context"
	"math"
	"sort"

	"github.com/netanom/netanom/stats"
)

// TableOptions choose how a table of counts is tested.
type TableOptions struct {
	Level       float64           // confidence level; 0: 0.95
	Adjust      stats.Adjustment  // of p-values, over columns and over cells; zero: none
	Alternative stats.Alternative // of the exact test of two levels in two groups
	Simulate    int               // tables drawn for a p-value; 0: simulatedTables where counts are sparse
	Seed        uint64            // of these
}

// A TableTest is all that a table of counts says of whether its rows and columns,
// the levels of a column and groups, are independent.
type TableTest struct {
	Name, By string // of the column, and of what makes the groups
	Table    stats.ContingencyTable
	Other    int64 // rows of groups that do not count

	Pearson, G     stats.Result
	PAdjusted      float64 // of Pearson's p, over all columns tested together
	Log10PAdjusted float64
	Yates, Exact   *stats.Result // of two levels in two groups
	Simulated      *stats.Result // nil unless asked for, or where counts are sparse

	Expected    stats.ExpectedCounts
	V           stats.Effect // Cramér's V as it is; the corrected one is Pearson's effect
	Measures    stats.Association
	Information stats.Information
	Shares      *stats.TwoByTwo // of two levels in two groups
	Cells       []TestedCell    // by falling contribution
	OneGroup    []OneClassLevel // levels that one group has to itself, the commonest first
	Pooled      *PooledTest     // nil if no expected count is small, or none can be mended
	Alpha       float64         // 1 − the confidence level
	Sufficient  float64         // the V from which on p is below Alpha with so many rows
	TooLarge    bool            // for tables to be simulated unasked, though counts are sparse
}

// A PooledTest is the same test after rare levels were put together.
type PooledTest struct {
	stats.Pooled
	Pearson  stats.Result
	V        stats.Effect
	Expected stats.ExpectedCounts
	Cells    []stats.Cell // by falling contribution
	Size     [2]int       // rows and columns
}

const (
	// smallExpected is the expected count below which levels are rare.
	smallExpected = 5

	// simulatedTables is how many tables are drawn unasked, and maxSimulatedCells in
	// tables of how many cells at most.
	simulatedTables   = 2000
	maxSimulatedCells = 4000
)

// TestTable tests a table of counts: by Pearson's chi-square and G, with Yates'
// correction and exactly if it is two by two, and by simulated tables where that is
// asked for or where an expected count is below 1 or a fifth of them below 5; cell
// by cell; and again with rare levels put together. Errors are those of
// stats.ChiSquareTest.
func TestTable(ctx context.Context, name, by string, c stats.Crosstab, o TableOptions) (*TableTest, error) {
	o.Level = orDefault(o.Level)
	t := &TableTest{Name: name, By: by, Table: c.Table(), Alpha: alphaOf(o.Level)}
	for _, step := range []func() error{
		func() error { return t.measure(&c, o) },
		func() error { return t.compareTwo(&c, o) },
		func() error { return t.simulate(ctx, &c, o) },
		func() error { return t.judgeCells(o.Adjust) },
		func() error { return t.pool(&c, o) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	t.findOneGroup()
	return t, nil
}

// alphaOf returns the rest of a confidence level: of 0.95, 0.05 and not
// 0.05000000000000004.
func alphaOf(level float64) float64 { return math.Round((1-level)*1e12) / 1e12 }

// measure takes the tests and measures that every table has.
func (t *TableTest) measure(c *stats.Crosstab, o TableOptions) (err error) {
	if t.Pearson, err = stats.ChiSquareTest(c, o.Level); err != nil {
		return err
	}
	if t.G, err = stats.GTest(c, o.Level); err != nil {
		return err
	}
	if t.V, _, err = stats.CramersV(c, o.Level); err != nil {
		return err
	}
	if t.Measures, err = stats.Associate(c); err != nil {
		return err
	}
	if t.Information, err = stats.MutualInformation(c, o.Level); err != nil {
		return err
	}
	t.PAdjusted, t.Log10PAdjusted = t.Pearson.P, t.Pearson.Log10P
	t.Expected = t.Table.ExpectedCounts()
	least := stats.ChiSquaredQuantile(o.Level, t.Pearson.DF[0])
	t.Sufficient = math.Sqrt(least / float64(t.Table.N) / float64(smallerSide(c)))
	return nil
}

// compareTwo adds what only a table of two levels in two groups has.
func (t *TableTest) compareTwo(c *stats.Crosstab, o TableOptions) error {
	if len(t.Table.Rows) != 2 || len(t.Table.Cols) != 2 {
		return nil
	}
	yates, err := stats.YatesTest(c, o.Level)
	if err != nil {
		return err
	}
	exact, err := stats.FisherTest(c, o.Alternative, o.Level)
	if err != nil {
		return err
	}
	shares, err := stats.CompareShares(c, o.Level)
	t.Yates, t.Exact, t.Shares = &yates, &exact, &shares
	return err
}

// Sparse reports whether expected counts are too small for chi-square: one below 1,
// or more than a fifth below 5.
func (t *TableTest) Sparse() bool { return t.Expected.Warning() != nil }

// Soundest returns the result whose p-value is right for the counts: Pearson's, or
// where they are sparse Fisher's or that of simulated tables.
func (t *TableTest) Soundest() stats.Result {
	switch {
	case t.Sparse() && t.Exact != nil:
		return *t.Exact
	case t.Sparse() && t.Simulated != nil:
		return *t.Simulated
	}
	return t.Pearson
}

func (t *TableTest) simulate(ctx context.Context, c *stats.Crosstab, o TableOptions) error {
	tables := o.Simulate
	if tables == 0 {
		if !t.Sparse() || t.Exact != nil {
			return nil
		}
		if t.TooLarge = t.Expected.Cells > maxSimulatedCells; t.TooLarge {
			return nil
		}
		tables = simulatedTables
	}
	r, err := stats.SimulatedTest(ctx, c, tables, o.Seed, o.Level)
	t.Simulated = &r
	return err
}

// pool repeats the test with rare levels put together.
func (t *TableTest) pool(c *stats.Crosstab, o TableOptions) error {
	if t.Expected.Min >= smallExpected {
		return nil
	}
	pooled := c.PoolRare(smallExpected)
	if len(pooled.Rows)+len(pooled.Cols) == 0 {
		return nil
	}
	p := &PooledTest{Pooled: pooled}
	var err error
	if p.Pearson, err = stats.ChiSquareTest(&p.Table, o.Level); err != nil {
		return err
	}
	if p.V, _, err = stats.CramersV(&p.Table, o.Level); err != nil {
		return err
	}
	table := p.Table.Table()
	p.Expected, p.Cells, p.Size = table.ExpectedCounts(), table.Cells(), [2]int{len(table.Rows), len(table.Cols)}
	sort.SliceStable(p.Cells, func(i, j int) bool { return p.Cells[i].Contribution > p.Cells[j].Contribution })
	t.Pooled = p
	return nil
}

// findOneGroup lists the levels of which every row is of the same group.
func (t *TableTest) findOneGroup() {
	for i, counts := range t.Table.Counts {
		for j, n := range counts {
			if own := t.Table.ColTotals[j]; n == t.Table.RowTotals[i] {
				t.OneGroup = append(t.OneGroup, OneClassLevel{t.Table.Rows[i], t.Table.Cols[j], n, log10Unmixed(n, own, t.Table.N-own)})
			}
		}
	}
	sortByRows(t.OneGroup, func(l OneClassLevel) int64 { return l.N })
}

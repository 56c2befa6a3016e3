package eda

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// IndependenceOptions choose what TestIndependence looks at, and how.
type IndependenceOptions struct {
	Features []string // columns by any spelling; empty or "all": every category and flag
	By       string   // what groups the rows: a column, ByClass, ByCategory; empty: the class
	Groups   []string // the groups that count; empty: all
	Normal   []string // levels of the label that mean normal; empty: found by name
	TableOptions
}

// Independence is how columns of levels go with the groups of rows.
type Independence struct {
	Rows     int64        // of the table
	By       string       // what groups the rows
	Tests    []*TableTest // by falling effect
	All      bool         // every column was looked at, none was asked for by name
	LeftOut  []string     // columns without a test, and why, in sentences
	Adjust   stats.Adjustment
	Warnings []string
}

// TestIndependence tests whether columns of levels are independent of groups of
// rows, which are normal traffic and attacks unless By says otherwise. Flags count
// as levels, and numbers that are asked for by name and of which few differ. Rows
// that miss either value are left out and counted, and so are those of groups that
// were not chosen. P-values are adjusted over all columns.
//
// It is an error if a column that is asked for by name has no levels or more than
// 1000 of them, or if it or the groups do not vary; of all columns such are left
// out. The source is scanned once beyond what it takes to know its columns.
func TestIndependence(ctx context.Context, src dataset.Source, o IndependenceOptions) (*Independence, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	wanted, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	s := src.Schema()
	by, err := groupRows(s, o.By, o.Groups, o.Normal)
	if err != nil {
		return nil, err
	}
	out := &Independence{By: by.name, All: wanted == nil, Adjust: o.Adjust}
	counter := &pairCounter{by: by.column, strata: -1}
	if counter.columns, err = out.testable(s, wanted, by); err != nil {
		return nil, err
	}
	if err := src.Scan(ctx, counter); err != nil {
		return nil, err
	}
	out.Rows = counter.rows
	if err := counter.check(by.column, func(w *pairWorker) *levelCoder { return &w.by }); err != nil {
		return nil, err
	}
	for k := range counter.columns {
		if err := out.add(ctx, counter, k, by, o.TableOptions); err != nil {
			return nil, err
		}
	}
	if len(out.Tests) == 0 {
		return nil, out.nothing()
	}
	return out, out.rank()
}

// testable returns the columns that have levels to test.
func (d *Independence) testable(s *dataset.Schema, wanted []int, by rowGroup) ([]int, error) {
	if c := &s.Columns[by.column]; levelsOf(c) > maxCrossLevels {
		return nil, tooManyLevels(c)
	}
	var out []int
	cells := 0
	for _, i := range orAll(s, wanted) {
		c := &s.Columns[i]
		more := levelsOf(c) * levelsOf(&s.Columns[by.column])
		switch {
		case wanted == nil && (c.Kind != dataset.Category && c.Kind != dataset.Flag || c.Role != dataset.Feature || i == by.column):
		case wanted == nil && levelsOf(c) > maxCrossLevels:
			d.LeftOut = append(d.LeftOut, fmt.Sprintf("%s is left out: it has more than %s levels.", c.Name, grouped(maxCrossLevels)))
		case i == by.column:
			return nil, fmt.Errorf("column %q is what the rows are grouped by; choose another with --feature or --by", c.Name)
		case !hasLevels(c):
			return nil, fmt.Errorf("column %q holds %s cells, which are no levels (%s)", c.Name, c.Kind, typeFlag(c.Name, dataset.Category))
		case levelsOf(c) > maxCrossLevels:
			return nil, tooManyLevels(c)
		case cells+more > maxCrossCells && wanted == nil:
			d.LeftOut = append(d.LeftOut, fmt.Sprintf("%s is left out: its table and those before it would not fit memory.", c.Name))
		case cells+more > maxCrossCells:
			return nil, fmt.Errorf("the tables of these columns against %s would not fit memory; choose fewer with --feature", by.name)
		default:
			out, cells = append(out, i), cells+more
		}
	}
	return out, nil
}

// add tests one counted column.
func (d *Independence) add(ctx context.Context, counter *pairCounter, k int, by rowGroup, o TableOptions) error {
	name := counter.schema.Columns[counter.columns[k]].Name
	table, other, err := counter.crosstab(k, by.of)
	if err != nil && d.All && counter.over[k] {
		d.LeftOut = append(d.LeftOut, fmt.Sprintf("%s is left out: it has more levels within the groups than the database hands out.", name))
		return nil
	} else if err != nil {
		return err
	}
	test, err := TestTable(ctx, name, by.name, table, o)
	switch {
	case undefined(err) && d.All:
		d.LeftOut = append(d.LeftOut, fmt.Sprintf("%s is left out: %s.", name, whyUntested(&table)))
		return nil
	case undefined(err):
		return fmt.Errorf("column %q against %s: %s", name, by.name, whyUntested(&table))
	case err != nil:
		return fmt.Errorf("column %q against %s: %w", name, by.name, err)
	}
	test.Other = other
	d.Tests = append(d.Tests, test)
	return nil
}

// whyUntested says why independence cannot be tested in a table.
func whyUntested(c *stats.Crosstab) string {
	switch t := c.Table(); {
	case t.N == 0:
		return "no row has both values"
	case len(t.Rows) == 1:
		return fmt.Sprintf("it is %s in every row", t.Rows[0])
	case len(t.Cols) == 1:
		return fmt.Sprintf("every row with a value is %s", t.Cols[0])
	}
	return "there are too few rows"
}

// nothing says why no column was tested.
func (d *Independence) nothing() error {
	if len(d.LeftOut) > 0 {
		return fmt.Errorf("there is nothing to test against %s: %s", d.By, strings.TrimSuffix(d.LeftOut[0], "."))
	}
	return fmt.Errorf("there is no category or flag to test against %s; name a column of few numbers with --feature", d.By)
}

// rank adjusts the p-values over all columns and sorts these by effect.
func (d *Independence) rank() error {
	err := adjust(d.Adjust, len(d.Tests), func(k int) (*stats.Result, *float64, *float64) {
		t := d.Tests[k]
		return &t.Pearson, &t.PAdjusted, &t.Log10PAdjusted
	})
	sort.SliceStable(d.Tests, func(i, j int) bool {
		return strength(d.Tests[i].Pearson.Effect.Value) > strength(d.Tests[j].Pearson.Effect.Value)
	})
	return err
}

// Levels returns the levels of the column that is tested, the commonest first.
func (t *TableTest) Levels() []int {
	order := make([]int, len(t.Table.Rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(min(1, max(-1, t.Table.RowTotals[b]-t.Table.RowTotals[a]))) })
	return order
}

package eda

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// TestCounts tests whether the levels and groups of a table of counts, in a form
// that CountsOf reads, are independent. Errors are those of CountsOf, and of counts
// in which only one level or group occurs.
func TestCounts(ctx context.Context, t *dataset.Table, o TableOptions) (*Independence, error) {
	counts, name, by, err := CountsOf(t)
	if err != nil {
		return nil, err
	}
	test, err := TestTable(ctx, name, by, counts, o)
	if undefined(err) {
		return nil, fmt.Errorf("column %q against %s: %s", name, by, whyUntested(&counts))
	}
	return &Independence{Rows: t.Rows(), By: by, Tests: []*TableTest{test}, Adjust: o.Adjust}, err
}

// countNames are what a column of counts is called in a table in long form.
var countNames = []string{"n", "count", "counts", "freq", "frequency", "observed", "rows"}

// CountsOf reads a table that holds counts instead of rows. In wide form its first
// column names a level in each row and every other column holds the counts of a
// group, which it names; in long form there are three columns, level, group and
// count: the second holds no numbers, or the third is called n, count or the like.
// It returns the counts with the names of what makes the levels and the groups.
//
// It is an error if the table has another form, or if a count is missing, negative
// or no whole number.
func CountsOf(t *dataset.Table) (counts stats.Crosstab, name, by string, err error) {
	columns := t.Schema().Columns
	if len(columns) < 2 {
		return counts, "", "", fmt.Errorf("a table of counts needs a column of levels and one of counts for every group, or level, group and count")
	}
	name, by = columns[0].Name, "group"
	if isLong(t) {
		by = columns[1].Name
		err = readCounts(t, 2, func(row int64) string { return t.Cell(row, 1) }, &counts)
		return counts, name, by, err
	}
	for i := 1; i < len(columns); i++ {
		group := columns[i].Name
		if err := readCounts(t, i, func(int64) string { return group }, &counts); err != nil {
			return counts, "", "", err
		}
	}
	return counts, name, by, nil
}

// isLong reports whether columns are level, group and count.
func isLong(t *dataset.Table) bool {
	columns := t.Schema().Columns
	if len(columns) != 3 {
		return false
	}
	if slices.Contains(countNames, strings.ToLower(columns[2].Name)) {
		return true
	}
	for row := range t.Rows() {
		if _, err := strconv.ParseFloat(t.Cell(row, 1), 64); err != nil {
			return true
		}
	}
	return false
}

// readCounts adds the counts of a column, each to the level in the first. A count is
// read from its text: a group called attack looks like a label, whose cells are no
// numbers.
func readCounts(t *dataset.Table, column int, group func(row int64) string, into *stats.Crosstab) error {
	name := t.Schema().Columns[column].Name
	for row := range t.Rows() {
		level, text := t.Cell(row, 0), t.Cell(row, column)
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || !(n >= 0) || n != math.Trunc(n) || n > 1<<53 {
			return fmt.Errorf("column %q: the count of %q is %q, not a whole number from 0 on", name, level, text)
		}
		if err := into.Add(level, group(row), int64(n)); err != nil {
			return err
		}
	}
	return nil
}

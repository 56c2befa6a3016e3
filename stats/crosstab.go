package stats

import (
	"fmt"
	"maps"
	"slices"
)

// Crosstab counts observations by two labels. The zero value is the empty count.
// Copies share their counts; use Merge into an empty Crosstab for one of its own.
type Crosstab struct {
	// Missing counts observations left out because a label was missing. Tests
	// pass it on; nothing else depends on it.
	Missing int64

	counts map[labelPair]int64
}

// labelPair names a cell.
type labelPair struct{ row, col string }

// NewCrosstab returns the cross table of aggregated counts, counts[i][j] being
// the observations with labels rows[i] and cols[j]. Repeated labels are added up.
// The error wraps ErrLengths when the counts do not fit the labels; a negative
// count is refused too.
func NewCrosstab(rows, cols []string, counts [][]int64) (Crosstab, error) {
	var c Crosstab
	if len(counts) != len(rows) {
		return c, fmt.Errorf("%d rows of counts for %d labels: %w", len(counts), len(rows), ErrLengths)
	}
	for i, row := range counts {
		if len(row) != len(cols) {
			return Crosstab{}, fmt.Errorf("row %q has %d counts for %d labels: %w", rows[i], len(row), len(cols), ErrLengths)
		}
		for j, n := range row {
			if err := c.Add(rows[i], cols[j], n); err != nil {
				return Crosstab{}, err
			}
		}
	}
	return c, nil
}

// Add counts n observations with the given labels. A negative n is an error.
func (c *Crosstab) Add(row, col string, n int64) error {
	if n < 0 {
		return fmt.Errorf("cell %q, %q: count %d is negative", row, col, n)
	}
	if n == 0 {
		return nil
	}
	if c.counts == nil {
		c.counts = make(map[labelPair]int64)
	}
	c.counts[labelPair{row, col}] += n
	return nil
}

// Merge adds the counts of o. Either side may be empty. Merging is associative
// and commutative.
func (c *Crosstab) Merge(o Crosstab) {
	c.Missing += o.Missing
	if c.counts == nil {
		c.counts = maps.Clone(o.counts)
		return
	}
	for cell, n := range o.counts {
		c.counts[cell] += n
	}
}

// Table returns the counts as a table. Rows and columns are the labels that
// occur, sorted by the bytes of their text, whatever the order of counting.
func (c *Crosstab) Table() ContingencyTable {
	rows, cols := make(map[string]int), make(map[string]int)
	for cell := range c.counts {
		rows[cell.row], cols[cell.col] = 0, 0
	}
	t := ContingencyTable{
		Rows:      numberLabels(rows),
		Cols:      numberLabels(cols),
		RowTotals: make([]int64, len(rows)),
		ColTotals: make([]int64, len(cols)),
		Counts:    make([][]int64, len(rows)),
	}
	for i := range t.Counts {
		t.Counts[i] = make([]int64, len(cols))
	}
	for cell, n := range c.counts {
		i, j := rows[cell.row], cols[cell.col]
		t.Counts[i][j] = n
		t.RowTotals[i] += n
		t.ColTotals[j] += n
		t.N += n
	}
	return t
}

// numberLabels sorts the labels and stores the place of each.
func numberLabels(places map[string]int) []string {
	labels := slices.Sorted(maps.Keys(places))
	for i, label := range labels {
		places[label] = i
	}
	return labels
}

// ContingencyTable is a cross table with its margins. No row or column is empty.
type ContingencyTable struct {
	Rows, Cols           []string
	Counts               [][]int64 // Counts[i][j] observations in row i and column j
	RowTotals, ColTotals []int64
	N                    int64
}

// Expected returns the count that independence of rows and columns would put
// into row i and column j, given the margins; i and j are indices of t.Counts.
func (t *ContingencyTable) Expected(i, j int) float64 {
	return float64(t.RowTotals[i]) * (float64(t.ColTotals[j]) / float64(t.N))
}

// df returns the degrees of freedom of independence.
func (t *ContingencyTable) df() float64 {
	return float64(len(t.Rows)-1) * float64(len(t.Cols)-1)
}

// smallerSide returns the least number of levels less one: the df* of Cramér's V.
func (t *ContingencyTable) smallerSide() int { return min(len(t.Rows), len(t.Cols)) - 1 }

// eachCell calls f with the observed and the expected count of each cell.
func (t *ContingencyTable) eachCell(f func(i, j int, observed, expected float64)) {
	for i, row := range t.Counts {
		for j, n := range row {
			f(i, j, float64(n), t.Expected(i, j))
		}
	}
}

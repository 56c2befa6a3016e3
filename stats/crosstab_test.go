package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// newCrosstab counts the cells of a table whose levels have no names that matter.
func newCrosstab(t *testing.T, counts [][]int64) *Crosstab {
	t.Helper()
	levels := []string{"a", "b", "c", "d", "e"}
	c, err := NewCrosstab(levels[:len(counts)], levels[:len(counts[0])], counts)
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

func TestCrosstabTable(t *testing.T) {
	var c Crosstab
	for _, o := range []struct {
		row, col string
		n        int64
	}{
		{"udp", "normal", 2}, {"tcp", "ärger", 1}, {"tcp", "normal", 3}, {"icmp", "normal", 0},
		{"tcp", "Attack", 4}, {"udp", "normal", 1},
	} {
		if err := c.Add(o.row, o.col, o.n); err != nil {
			t.Fatal(err)
		}
	}
	want := ContingencyTable{
		Rows:      []string{"tcp", "udp"}, // icmp never occurred
		Cols:      []string{"Attack", "normal", "ärger"},
		Counts:    [][]int64{{4, 3, 1}, {0, 3, 0}},
		RowTotals: []int64{8, 3},
		ColTotals: []int64{4, 6, 1},
		N:         11,
	}
	if got := c.Table(); !reflect.DeepEqual(got, want) {
		t.Errorf("Table() = %+v, want %+v", got, want)
	}
	if err := c.Add("tcp", "normal", -1); err == nil {
		t.Error("a negative count was accepted")
	}
}

func TestCrosstabConstructorErrors(t *testing.T) {
	_, rows := NewCrosstab([]string{"a", "b"}, []string{"x"}, [][]int64{{1}})
	_, cols := NewCrosstab([]string{"a"}, []string{"x", "y"}, [][]int64{{1}})
	if !errors.Is(rows, ErrLengths) || !errors.Is(cols, ErrLengths) {
		t.Errorf("misshapen counts: %v, %v", rows, cols)
	}
	if _, err := NewCrosstab([]string{"a"}, []string{"x"}, [][]int64{{-3}}); err == nil {
		t.Error("a negative count was accepted")
	}
}

func TestCrosstabMergeEqualsWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	var whole, left, right, empty Crosstab
	left.Missing, right.Missing, whole.Missing = 2, 3, 5
	for i := range 500 {
		row, col := string(rune('a'+r.IntN(4))), string(rune('p'+r.IntN(6)))
		part := &left
		if i%3 == 0 {
			part = &right
		}
		if err := errors.Join(whole.Add(row, col, 1), part.Add(row, col, 1)); err != nil {
			t.Fatal(err)
		}
	}
	before := right.Table()
	for name, parts := range map[string][]Crosstab{
		"left, right": {left, right}, "right, left": {right, left}, "with empty": {empty, left, empty, right},
	} {
		var c Crosstab
		for _, p := range parts {
			c.Merge(p)
		}
		if !reflect.DeepEqual(c.Table(), whole.Table()) || c.Missing != whole.Missing {
			t.Errorf("%s: merged %+v, want %+v", name, c.Table(), whole.Table())
		}
	}
	if !reflect.DeepEqual(right.Table(), before) {
		t.Error("merging changed what was merged")
	}
}

func TestEmptyCrosstab(t *testing.T) {
	var c Crosstab
	table := c.Table()
	if table.N != 0 || len(table.Rows) != 0 || len(table.Cells()) != 0 || !math.IsNaN(table.ExpectedCounts().Min) {
		t.Errorf("empty table: %+v", table)
	}
	c.Merge(Crosstab{})
	if _, err := ChiSquareTest(&c, 0.95); !errors.Is(err, ErrTooFew) {
		t.Errorf("test of an empty table: %v", err)
	}
}

func TestExpectedCountsKeepTheMargins(t *testing.T) {
	table := newCrosstab(t, [][]int64{{12, 3, 5}, {2, 14, 6}, {4, 5, 21}}).Table()
	rows := make([]float64, 3)
	for _, c := range table.Cells() {
		rows[slices.Index(table.Rows, c.Row)] += c.Expected
	}
	for i, total := range table.RowTotals {
		if math.Abs(rows[i]-float64(total)) > 1e-12 {
			t.Errorf("expected counts of row %d add up to %v, want %d", i, rows[i], total)
		}
	}
}

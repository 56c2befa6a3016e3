package learn

import (
	"fmt"
	"slices"
)

// NoLevel is the code of a cell whose level is missing, or was not there when the
// levels were settled.
const NoLevel = -1

// A Column says what one column of a Matrix holds.
type Column struct {
	Name   string   `json:"name"`
	Source string   `json:"source,omitempty"` // the column of the table it was made from, "" for Name itself
	Levels []string `json:"levels"`           // what codes stand for; nil for numbers
}

// Coded reports whether the column holds levels.
func (c *Column) Coded() bool { return c.Levels != nil }

// Origin is the column of the table that the column was made from.
func (c *Column) Origin() string {
	if c.Source != "" {
		return c.Source
	}
	return c.Name
}

// same reports whether two columns hold the same kind of cells under one name.
func (c *Column) same(d *Column) bool {
	if c.Name != d.Name || len(c.Levels) != len(d.Levels) || c.Coded() != d.Coded() {
		return false
	}
	return len(c.Levels) == 0 || &c.Levels[0] == &d.Levels[0] || slices.Equal(c.Levels, d.Levels)
}

// A Matrix is rows to learn from or to score, column by column. For each column
// either Numbers or Codes is filled, as Column.Coded says. Whoever is handed a
// Matrix must not change its cells: matrices share columns.
type Matrix struct {
	Columns []Column
	Rows    int
	Numbers [][]float64 // by column; NaN where missing; nil for levels
	Codes   [][]int32   // by column; NoLevel or an index into Levels; nil for numbers
}

// NewMatrix returns a matrix of so many rows, in which all numbers are 0 and all
// levels are NoLevel.
func NewMatrix(columns []Column, rows int) *Matrix {
	x := &Matrix{Columns: columns, Rows: rows, Numbers: make([][]float64, len(columns)), Codes: make([][]int32, len(columns))}
	for j := range columns {
		if !columns[j].Coded() {
			x.Numbers[j] = make([]float64, rows)
			continue
		}
		x.Codes[j] = make([]int32, rows)
		for i := range x.Codes[j] {
			x.Codes[j][i] = NoLevel
		}
	}
	return x
}

// Check returns an error unless every column has a name of its own and as many
// cells of its kind as there are rows, and every code is that of a level. Infinite
// numbers are an error too.
func (x *Matrix) Check() error {
	if len(x.Numbers) != len(x.Columns) || len(x.Codes) != len(x.Columns) || x.Rows < 0 {
		return fmt.Errorf("a matrix of %d columns has cells of %d and %d", len(x.Columns), len(x.Numbers), len(x.Codes))
	}
	if err := CheckColumns(x.Columns); err != nil {
		return err
	}
	for j := range x.Columns {
		if err := x.checkColumn(j); err != nil {
			return fmt.Errorf("column %q: %w", x.Columns[j].Name, err)
		}
	}
	return nil
}

func (x *Matrix) checkColumn(j int) error {
	c := &x.Columns[j]
	n, m := len(x.Numbers[j]), len(x.Codes[j])
	if c.Coded() && (m != x.Rows || n != 0) || !c.Coded() && (n != x.Rows || m != 0) {
		return fmt.Errorf("%d numbers and %d codes for %d rows", n, m, x.Rows)
	}
	for _, code := range x.Codes[j] {
		if code < NoLevel || int(code) >= len(c.Levels) {
			return fmt.Errorf("code %d of %d levels", code, len(c.Levels))
		}
	}
	for i, v := range x.Numbers[j] {
		if v-v != 0 && v == v {
			return fmt.Errorf("row %d holds %v, which is no finite number", i+1, v)
		}
	}
	return nil
}

// CheckColumns returns an error unless every column has a name of its own and, if it
// is coded, levels that differ.
func CheckColumns(columns []Column) error {
	seen := make(map[string]bool, len(columns))
	for i := range columns {
		c := &columns[i]
		if c.Name == "" {
			return fmt.Errorf("column %d has no name", i+1)
		}
		if seen[c.Name] {
			return fmt.Errorf("two columns have the name %q", c.Name)
		}
		seen[c.Name] = true
		levels := make(map[string]bool, len(c.Levels))
		for _, l := range c.Levels {
			if levels[l] {
				return fmt.Errorf("column %q has the level %q twice", c.Name, l)
			}
			levels[l] = true
		}
	}
	return nil
}

// Index returns the place of the column of that name, -1 if there is none.
func (x *Matrix) Index(name string) int {
	return slices.IndexFunc(x.Columns, func(c Column) bool { return c.Name == name })
}

// Bind returns the given columns of x, found by their names, in the given order:
// x itself if it has just these. It is an error if one is not there, or holds
// another kind of cells or other levels. Cells are shared.
func (x *Matrix) Bind(columns []Column) (*Matrix, error) {
	if x.bound(columns) {
		return x, nil
	}
	out := &Matrix{Columns: columns, Rows: x.Rows, Numbers: make([][]float64, len(columns)), Codes: make([][]int32, len(columns))}
	for j := range columns {
		at := x.Index(columns[j].Name)
		if at < 0 {
			return nil, fmt.Errorf("there is no column %q, which the model was trained with", columns[j].Name)
		}
		if !x.Columns[at].same(&columns[j]) {
			return nil, fmt.Errorf("column %q does not hold what it held in training", columns[j].Name)
		}
		out.Numbers[j], out.Codes[j] = x.Numbers[at], x.Codes[at]
	}
	return out, nil
}

func (x *Matrix) bound(columns []Column) bool {
	if len(x.Columns) != len(columns) {
		return false
	}
	if len(columns) > 0 && &x.Columns[0] == &columns[0] {
		return true
	}
	for j := range columns {
		if !x.Columns[j].same(&columns[j]) {
			return false
		}
	}
	return true
}

// Take returns the rows at the given places, in that order, as a matrix of its own.
func (x *Matrix) Take(rows []int) *Matrix {
	out := &Matrix{Columns: x.Columns, Rows: len(rows), Numbers: make([][]float64, len(x.Columns)), Codes: make([][]int32, len(x.Columns))}
	for j := range x.Columns {
		if x.Columns[j].Coded() {
			out.Codes[j] = Take(x.Codes[j], rows)
		} else {
			out.Numbers[j] = Take(x.Numbers[j], rows)
		}
	}
	return out
}

// Slice returns the rows from..to, sharing cells.
func (x *Matrix) Slice(from, to int) *Matrix {
	out := &Matrix{Columns: x.Columns, Rows: to - from, Numbers: make([][]float64, len(x.Columns)), Codes: make([][]int32, len(x.Columns))}
	for j := range x.Columns {
		if x.Columns[j].Coded() {
			out.Codes[j] = x.Codes[j][from:to]
		} else {
			out.Numbers[j] = x.Numbers[j][from:to]
		}
	}
	return out
}

// Take returns the elements at the given places.
func Take[T any](x []T, places []int) []T {
	out := make([]T, len(places))
	for i, p := range places {
		out[i] = x[p]
	}
	return out
}

package report

import (
	"fmt"
	"slices"
)

// A Column says what the values below it are and how they are written.
type Column struct {
	Key   string // the name by which programs know it, unique in its table
	Title string // the name by which people know it
	Kind  Kind
	Unit  string // "s", "MiB"; empty where the kind already tells
	Help  string // one sentence of meaning

	// Detail marks a column that text, Markdown and HTML leave out because
	// another column tells people the same; CSV, JSON and gates have it.
	Detail bool
}

// heading is the column's title with its unit.
func (c Column) heading() string {
	title := c.Title
	if title == "" {
		title = c.Key
	}
	if c.Unit != "" {
		title += " (" + c.Unit + ")"
	}
	return printable(title)
}

// A Table is columns and rows of raw values. A cell holds a string, float64,
// int, int64, bool, P, or nil for missing; NaN is missing too. Every row has as
// many cells as there are columns.
type Table struct {
	Name      string // the name by which programs and files know it
	Title     string
	Note      string // a sentence below the title
	Columns   []Column
	Rows      [][]any
	Footnotes []string // warnings and explanations below the table
}

// Check returns an error unless every column has a key of its own, every row
// fits the columns, and every cell holds a value that a table knows. All writers
// call it first.
func (t Table) Check() error {
	seen := make(map[string]bool, len(t.Columns))
	for i, c := range t.Columns {
		if c.Key == "" {
			return fmt.Errorf("table %q: column %d has no key", t.Name, i+1)
		}
		if seen[c.Key] {
			return fmt.Errorf("table %q: two columns have the key %q", t.Name, c.Key)
		}
		seen[c.Key] = true
	}
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("table %q: row %d has %d cells for %d columns", t.Name, i+1, len(row), len(t.Columns))
		}
		for j, value := range row {
			if err := checkValue(value); err != nil {
				return fmt.Errorf("table %q: row %d, column %q: %w", t.Name, i+1, t.Columns[j].Key, err)
			}
		}
	}
	return nil
}

// column returns the index of the column with that key, or -1.
func (t Table) column(key string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Key == key })
}

// shown returns the table without its detail columns.
func (t Table) shown() Table { return t.only(func(c Column) bool { return !c.Detail }) }

// only returns the table with some of its columns.
func (t Table) only(keeps func(Column) bool) Table {
	var keep []int
	for j, c := range t.Columns {
		if keeps(c) {
			keep = append(keep, j)
		}
	}
	if len(keep) == len(t.Columns) {
		return t
	}
	s := t
	s.Columns = make([]Column, len(keep))
	s.Rows = make([][]any, len(t.Rows))
	for k, j := range keep {
		s.Columns[k] = t.Columns[j]
	}
	for i, row := range t.Rows {
		s.Rows[i] = make([]any, len(keep))
		for k, j := range keep {
			s.Rows[i][k] = row[j]
		}
	}
	return s
}

// texts returns every cell as Format writes it.
func (t Table) texts() [][]string {
	texts := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		texts[i] = make([]string, len(row))
		for j, value := range row {
			texts[i][j] = Format(t.Columns[j].Kind, value)
		}
	}
	return texts
}

// heading is the title of the table, or its name if it has none.
func (t Table) heading() string {
	if t.Title != "" {
		return printable(t.Title)
	}
	return printable(t.Name)
}

package project

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/model/neighbor"
)

// refuseMissing returns an error that wraps learn.ErrMissing and names the columns in
// which numbers are missing.
func refuseMissing(x *learn.Matrix) error {
	const most = 5
	var gaps []string
	more := 0
	for j := range x.Columns {
		missing := 0
		for _, v := range x.Numbers[j] {
			if v != v {
				missing++
			}
		}
		switch {
		case missing == 0:
		case len(gaps) < most:
			gaps = append(gaps, fmt.Sprintf("%q (%d of %d rows)", x.Columns[j].Name, missing, x.Rows))
		default:
			more++
		}
	}
	if gaps == nil {
		return nil
	}
	names := strings.Join(gaps, ", ")
	if more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Errorf("column %s: %w, and a projection cannot do without; fill gaps or leave the column out", names, learn.ErrMissing)
}

// sound returns an error unless the rows can be projected.
func sound(x *learn.Matrix) error {
	if len(x.Numbers) == len(x.Columns) {
		if err := refuseMissing(x); err != nil {
			return err
		}
	}
	if err := x.Check(); err != nil {
		return err
	}
	if len(x.Columns) == 0 || x.Rows == 0 {
		return fmt.Errorf("%d rows of %d columns: %w", x.Rows, len(x.Columns), learn.ErrTooFew)
	}
	return nil
}

// numbersOf returns the columns of numbers of a matrix, sharing cells, and the names of
// the others.
func numbersOf(x *learn.Matrix) (*learn.Matrix, []string) {
	out := &learn.Matrix{Rows: x.Rows}
	var left []string
	for j := range x.Columns {
		if x.Columns[j].Coded() {
			left = append(left, x.Columns[j].Name)
			continue
		}
		out.Columns = append(out.Columns, x.Columns[j])
		out.Numbers, out.Codes = append(out.Numbers, x.Numbers[j]), append(out.Codes, nil)
	}
	return out, left
}

// mostIndicators is how many levels of a matrix become columns of zeros and ones where a
// method needs numbers only.
const mostIndicators = 256

// spread returns the columns of numbers, and one of zeros and ones for each level that
// occurs in some rows and not in all: of the most frequent ones, if there are too many.
// Source and Name of such a column are the column's name and the level.
func spread(x *learn.Matrix) *learn.Matrix {
	out, _ := numbersOf(x)
	type level struct{ column, code, count int }
	var levels []level
	for j := range x.Columns {
		if !x.Columns[j].Coded() {
			continue
		}
		counts := make([]int, len(x.Columns[j].Levels))
		for _, code := range x.Codes[j] {
			if code >= 0 {
				counts[code]++
			}
		}
		for code, n := range counts {
			if n > 0 && n < x.Rows {
				levels = append(levels, level{j, code, n})
			}
		}
	}
	if len(levels) > mostIndicators {
		slices.SortStableFunc(levels, func(a, b level) int { return b.count - a.count })
		levels = levels[:mostIndicators]
	}
	for _, l := range levels {
		cells := make([]float64, x.Rows)
		for i, code := range x.Codes[l.column] {
			if int(code) == l.code {
				cells[i] = 1
			}
		}
		c := &x.Columns[l.column]
		out.Columns = append(out.Columns, learn.Column{Name: c.Levels[l.code], Source: c.Name})
		out.Numbers, out.Codes = append(out.Numbers, cells), append(out.Codes, nil)
	}
	return out
}

// apart is the squared distance of two rows.
func apart(c *neighbor.Cells, i, j int) float64 {
	var sum float64
	a, b := c.Row(i), c.Row(j)
	for k, v := range a {
		d := v - b[k]
		sum += d * d
	}
	p, q := c.Coded(i), c.Coded(j)
	for k, code := range p {
		switch {
		case code == q[k]:
		case code < 0 || q[k] < 0:
			sum++
		default:
			sum += 2
		}
	}
	return sum
}

// workersOf is how many goroutines a number of workers stands for.
func workersOf(workers int) int {
	if workers <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return workers
}

// blocks is how many blocks of so many rows there are.
func blocks(n, size int) int { return (n + size - 1) / size }

// ended returns the cause if ctx has ended.
func ended(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

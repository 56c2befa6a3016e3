package eda

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A grouping divides gathered rows into groups.
type grouping struct {
	name    string
	column  int       // whose cells make the groups
	meaning []float64 // of its codes: the group, from 0 on; nil where the cells are the groups

	sizes []int64 // rows of each group
	other int64   // rows with a value that makes no group

	rows  []int // gathered rows that are in a group, group by group
	bound []int // where each group begins among rows, and the end of the last
}

// grouping groups rows by the cells of a gathered column, or by their meanings:
// numbers from 0 on, below groups; others are no group.
func (g *gatherer) grouping(name string, column int, meaning []float64, groups int) grouping {
	by := grouping{name: name, column: column, meaning: meaning, sizes: make([]int64, groups)}
	by.divide(g.of(column))
	if counted, ok := g.counts[column]; ok && !counted.over {
		by.count(&counted)
	}
	return by
}

// group returns the group of a cell, -1 if it is in none.
func (by *grouping) group(cell float64) int {
	if by.meaning != nil && cell == cell {
		cell = by.meaning[int(cell)]
	}
	if cell >= 0 && cell < float64(len(by.sizes)) && cell == math.Trunc(cell) {
		return int(cell)
	}
	return -1
}

// divide finds the groups of gathered rows.
func (by *grouping) divide(cells []float64) {
	by.bound = make([]int, len(by.sizes)+1)
	for _, x := range cells {
		switch at := by.group(x); {
		case at >= 0:
			by.sizes[at]++
		case x == x:
			by.other++
		}
	}
	for i, n := range by.sizes {
		by.bound[i+1] = by.bound[i] + int(n)
	}
	by.rows = make([]int, by.bound[len(by.sizes)])
	next := slices.Clone(by.bound)
	for row, x := range cells {
		if at := by.group(x); at >= 0 {
			by.rows[next[at]] = row
			next[at]++
		}
	}
}

// count finds the sizes of the groups among all rows of an engine.
func (by *grouping) count(t *cellTable) {
	clear(by.sizes)
	by.other = 0
	for k, n := range t.n {
		switch at := by.group(t.cells[0][k]); {
		case at >= 0:
			by.sizes[at] += n
		case t.cells[0][k] == t.cells[0][k]:
			by.other += n
		}
	}
}

// used returns how many groups have rows.
func (by *grouping) used() (n int) {
	for _, size := range by.sizes {
		if size > 0 {
			n++
		}
	}
	return n
}

// moments returns the moments of the values of gathered rows in each group, NaN left
// out. The error wraps stats.ErrNotFinite.
func (by *grouping) moments(x []float64) ([]stats.Moments, error) {
	out := make([]stats.Moments, len(by.sizes))
	values := make([]float64, 0, len(by.rows))
	for i := range out {
		values = values[:0]
		for _, row := range by.rows[by.bound[i]:by.bound[i+1]] {
			if v := x[row]; v == v {
				values = append(values, v)
			}
		}
		var err error
		if out[i], err = stats.MomentsOf(values); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// countedMoments returns the moments of a number in each group, from how many rows of
// an engine have which number with which cell of the column that makes the groups.
func (by *grouping) countedMoments(t *cellTable) ([]stats.Moments, error) {
	values, counts := make([][]float64, len(by.sizes)), make([][]int64, len(by.sizes))
	for k, x := range t.cells[0] {
		if at := by.group(t.cells[1][k]); at >= 0 && x == x {
			values[at], counts[at] = append(values[at], x), append(counts[at], t.n[k])
		}
	}
	out := make([]stats.Moments, len(by.sizes))
	for at := range out {
		tally, err := stats.TallyFromCounts(values[at], counts[at])
		if err != nil {
			return nil, err
		}
		out[at] = tally.Moments(0)
	}
	return out, nil
}

// exactMoments returns the moments of a column of numbers in the groups of each
// grouping over all rows of the engine; nil for a grouping with which the number
// makes too many combinations, and where the gathered rows are all there are.
func (g *gatherer) exactMoments(ctx context.Context, number int, groupings []grouping) ([][]stats.Moments, error) {
	out := make([][]stats.Moments, len(groupings))
	if !g.asks() || !g.few(number) {
		return out, nil
	}
	var columns []int
	var sets []dataset.Set
	for _, by := range groupings {
		if !slices.Contains(columns, by.column) {
			columns, sets = append(columns, by.column), append(sets, cellsOf(g.engine.Budget(), number, by.column))
		}
	}
	tables, err := countCells(ctx, g.engine, sets...)
	if err != nil {
		return nil, err
	}
	for k := range groupings {
		t := &tables[slices.Index(columns, groupings[k].column)]
		if t.over {
			continue
		}
		if out[k], err = groupings[k].countedMoments(t); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// classSuffix marks the label as seen by its two classes.
const classSuffix = " (class)"

// classMeanings returns the class of each code of the label, normalCode or attackCode.
func classMeanings(s *dataset.Schema, classes *Classes) []float64 {
	dict := s.Columns[classes.Column].Dict
	class := make([]float64, dict.Len())
	for code := range class {
		class[code] = attackCode
		if classes.Of(dict.Level(uint32(code))) == NormalClass {
			class[code] = normalCode
		}
	}
	return class
}

// classOfRows returns the class of each gathered row, normalCode or attackCode, NaN
// for rows without a label; nil if the classes cannot be told.
func classOfRows(s *dataset.Schema, g *gatherer, classes *Classes) []float64 {
	if !classes.Known() || g.of(classes.Column) == nil {
		return nil
	}
	return translated(g.of(classes.Column), classMeanings(s, classes))
}

// translated returns what codes stand for, NaN for NaN.
func translated(codes, meanings []float64) []float64 {
	out := slices.Clone(codes)
	for row, code := range out {
		if code == code {
			out[row] = meanings[int(code)]
		}
	}
	return out
}

// classGrouping groups the rows into normal traffic and attacks; false if that
// cannot be told.
func classGrouping(s *dataset.Schema, g *gatherer, classes *Classes) (grouping, bool) {
	if !classes.Known() || g.of(classes.Column) == nil {
		return grouping{}, false
	}
	return g.grouping(classes.Name+classSuffix, classes.Column, classMeanings(s, classes), 2), true
}

// levelGrouping groups the rows by the levels of a column that has a dictionary, in
// the order of their bytes: that of the codes depends on who read the file first.
func levelGrouping(s *dataset.Schema, g *gatherer, column int) grouping {
	levels := s.Columns[column].Dict.Levels()
	codes := make([]int, len(levels))
	for code := range codes {
		codes[code] = code
	}
	slices.SortFunc(codes, func(a, b int) int { return cmp.Compare(levels[a], levels[b]) })
	place := make([]float64, len(levels))
	for at, code := range codes {
		place[code] = float64(at)
	}
	return g.grouping(s.Columns[column].Name, column, place, len(levels))
}

// labelGrouping groups the rows by the classes of the label, or else by its levels;
// false without a label that has levels.
func labelGrouping(s *dataset.Schema, g *gatherer, classes *Classes) (grouping, bool) {
	if byClass, ok := classGrouping(s, g, classes); ok {
		return byClass, true
	}
	if classes.Column < 0 || g.of(classes.Column) == nil {
		return grouping{}, false
	}
	return levelGrouping(s, g, classes.Column), true
}

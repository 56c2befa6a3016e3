package eda

import (
	"cmp"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A grouping divides gathered rows into groups.
type grouping struct {
	name  string
	rows  []int // rows that are in a group, group by group
	bound []int // where each group begins among rows, and the end of the last
	other int64 // rows with a value that makes no group
}

// newGrouping groups rows by numbers from 0 on, below groups; NaN is no group.
func newGrouping(name string, of []float64, groups int) grouping {
	g := grouping{name: name, bound: make([]int, groups+1)}
	in := func(x float64) bool { return x >= 0 && x < float64(groups) && x == math.Trunc(x) }
	for _, x := range of {
		switch {
		case in(x):
			g.bound[int(x)+1]++
		case x == x:
			g.other++
		}
	}
	for i := range groups {
		g.bound[i+1] += g.bound[i]
	}
	g.rows = make([]int, g.bound[groups])
	next := append([]int(nil), g.bound[:groups]...)
	for row, x := range of {
		if in(x) {
			g.rows[next[int(x)]] = row
			next[int(x)]++
		}
	}
	return g
}

// used returns how many groups have rows.
func (g *grouping) used() (n int) {
	for i := range len(g.bound) - 1 {
		if g.bound[i] < g.bound[i+1] {
			n++
		}
	}
	return n
}

// moments returns the moments of the values in each group, NaN left out. The error
// wraps stats.ErrNotFinite.
func (g *grouping) moments(x []float64) ([]stats.Moments, error) {
	out := make([]stats.Moments, len(g.bound)-1)
	values := make([]float64, 0, len(g.rows))
	for i := range out {
		values = values[:0]
		for _, row := range g.rows[g.bound[i]:g.bound[i+1]] {
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

// classSuffix marks the label as seen by its two classes.
const classSuffix = " (class)"

// classOfRows returns the class of each gathered row, normalCode or attackCode, NaN
// for rows without a label; nil if the classes cannot be told.
func classOfRows(s *dataset.Schema, g *gatherer, classes *Classes) []float64 {
	if !classes.Known() || g.of(classes.Column) == nil {
		return nil
	}
	dict := s.Columns[classes.Column].Dict
	class := make([]float64, dict.Len())
	for code := range class {
		class[code] = attackCode
		if classes.Of(dict.Level(uint32(code))) == NormalClass {
			class[code] = normalCode
		}
	}
	return translated(g.of(classes.Column), class)
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
	class := classOfRows(s, g, classes)
	if class == nil {
		return grouping{}, false
	}
	return newGrouping(classes.Name+classSuffix, class, 2), true
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
	return newGrouping(s.Columns[column].Name, translated(g.of(column), place), len(levels))
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

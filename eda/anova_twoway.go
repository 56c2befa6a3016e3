package eda

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// TwoWayOptions choose what AnalyzeTwoWay looks at. The fields that AnovaOptions has
// too mean the same.
type TwoWayOptions struct {
	Features   []string // columns of numbers by any spelling
	By, And    string   // columns whose levels make the factors; an empty By is the label's categories
	Groups     []string // levels of By; empty: all
	Normal     []string
	Additive   bool // the factors do not interact
	Sequential bool // type I too
	Level      float64
	Budget     int
}

// maxCells is how many cells two factors may make.
const maxCells = 400

// A TwoWayReport says how columns of numbers depend on two factors.
type TwoWayReport struct {
	Rows      int64
	Factors   [2]string
	Levels    [2][]string // of the factors that have rows
	Ungrouped int64       // rows without a level of both
	Level     float64
	Features  []TwoWayFeature
	LeftOut   []string // features without a test, and why, in sentences
}

// A TwoWayFeature is how one column depends on both factors.
type TwoWayFeature struct {
	Name string
	*stats.TwoWay
	Cells [][]stats.Moments // by the levels of both
	Sums  []TwoWaySums
	Log   []stats.Source // type II of log(1+x); nil if a value is below 0
	Notes []string       // what was left out and why, in sentences
}

// TwoWaySums are the sources of variation by sums of squares of one type.
type TwoWaySums struct {
	Kind    stats.SumsOfSquares
	Sources []stats.Source
}

// AnalyzeTwoWay tests of every feature whether its mean depends on two factors, and on
// one by way of the other. It is an error if the source cannot be read, if a column or
// group does not exist, if the factors make more than 400 cells or one of them has
// fewer than two levels, and if no feature is left.
func AnalyzeTwoWay(ctx context.Context, src dataset.Source, o TwoWayOptions) (*TwoWayReport, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	s := src.Schema()
	first, err := anovaFactor(s, AnovaOptions{By: o.By, Groups: o.Groups, Normal: o.Normal})
	if err != nil {
		return nil, err
	}
	second, err := namedFactor(s, "--and", o.And, nil)
	if err != nil {
		return nil, err
	}
	if first.column == second.column {
		return nil, fmt.Errorf("two factors need two columns; both are %q", s.Columns[first.column].Name)
	}
	if n := len(first.levels) * len(second.levels); n > maxCells {
		return nil, fmt.Errorf("%s and %s make %s cells; two factors may make at most %d: choose fewer levels with --group or --where", first.name, second.name, grouped(int64(n)), maxCells)
	}
	wanted, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	columns, err := anovaColumns(s, wanted, first.column)
	if err != nil {
		return nil, err
	}
	c := newFactorCounter(&first, &second, columns, budgetOf(src, o.Budget))
	if err := src.Scan(ctx, c); err != nil {
		return nil, err
	}
	out := &TwoWayReport{Rows: c.Rows(), Factors: [2]string{first.name, second.name}, Level: orDefault(o.Level)}
	kept := out.countLevels(c)
	for _, i := range columns {
		if err := out.test(c, s.Columns[i].Name, i, kept, o); err != nil {
			return nil, err
		}
	}
	if len(out.Features) == 0 {
		return nil, errors.New(out.LeftOut[0])
	}
	return out, nil
}

// countLevels returns the levels of both factors that have rows.
func (r *TwoWayReport) countLevels(c *factorCounter) (kept [2][]int) {
	r.Ungrouped = r.Rows
	for g, n := range c.groupRows() {
		if n == 0 {
			continue
		}
		r.Ungrouped -= n
		i, j := g/len(c.second.levels), g%len(c.second.levels)
		for k, level := range [2]int{i, j} {
			if !slices.Contains(kept[k], level) {
				kept[k] = append(kept[k], level)
			}
		}
	}
	for k, f := range [2]*factor{c.first, c.second} {
		slices.Sort(kept[k])
		for _, level := range kept[k] {
			r.Levels[k] = append(r.Levels[k], f.levels[level])
		}
	}
	return kept
}

// test analyses one column.
func (r *TwoWayReport) test(c *factorCounter, name string, column int, kept [2][]int, o TwoWayOptions) error {
	if slices.Contains(c.Overflowed(), column) {
		r.LeftOut = append(r.LeftOut, fmt.Sprintf("%s is left out: it has too many different values to count them by group.", name))
		return nil
	}
	tallies, err := c.tallies(column)
	if err != nil {
		return err
	}
	cells := func(f func(stats.Tally) (stats.Tally, error)) ([][]stats.Moments, error) {
		out := make([][]stats.Moments, len(kept[0]))
		for i, a := range kept[0] {
			for _, b := range kept[1] {
				t, err := f(tallies[a*len(c.second.levels)+b])
				if err != nil {
					return nil, err
				}
				out[i] = append(out[i], t.Moments(0))
			}
		}
		return out, nil
	}
	f := TwoWayFeature{Name: name}
	if f.Cells, err = cells(func(t stats.Tally) (stats.Tally, error) { return t, nil }); err != nil {
		return err
	}
	if f.TwoWay, err = stats.TwoWayOf(r.Factors, f.Cells, o.Additive); err == nil {
		err = f.sum(o, r.Level)
	}
	switch {
	case errors.Is(err, stats.ErrConstant):
		r.LeftOut = append(r.LeftOut, fmt.Sprintf("%s is left out: its values do not vary within the cells, or so little that their squares are beyond the range of numbers.", name))
		return nil
	case errors.Is(err, stats.ErrTooFew):
		r.LeftOut = append(r.LeftOut, fmt.Sprintf("%s is left out: two factors need two levels each, and more values than cells.", name))
		return nil
	case errors.Is(err, stats.ErrNotFinite):
		r.LeftOut = append(r.LeftOut, fmt.Sprintf("%s is left out: its squares are beyond the range of numbers.", name))
		return nil
	case err != nil:
		return err
	}
	if logs, err := cells(logTally); err == nil {
		if a, err := stats.TwoWayOf(r.Factors, logs, o.Additive); err == nil {
			f.Log, _ = a.Sources(stats.TypeII, r.Level)
		}
	}
	r.Features = append(r.Features, f)
	return nil
}

// sum finds the sums of squares of all types that are wanted and exist.
func (f *TwoWayFeature) sum(o TwoWayOptions, level float64) error {
	kinds := []stats.SumsOfSquares{stats.TypeII}
	if !o.Additive {
		kinds = append(kinds, stats.TypeIII)
	}
	if o.Sequential {
		kinds = append(kinds, stats.TypeI)
	}
	for _, kind := range kinds {
		sources, err := f.TwoWay.Sources(kind, level)
		switch {
		case err != nil && kind != stats.TypeIII:
			return err
		case err != nil:
			f.Notes = append(f.Notes, sentence(err))
		default:
			f.Sums = append(f.Sums, TwoWaySums{kind, sources})
			if len(sources) < 3 && kind == stats.TypeII && !o.Additive {
				f.Notes = append(f.Notes, "The cells that have values say nothing of an interaction.")
			}
		}
	}
	return nil
}

// logTally returns the tally of log(1+x); the error is that of a value below 0.
func logTally(t stats.Tally) (stats.Tally, error) {
	if t.Len() > 0 && t.Values[0] < 0 {
		return stats.Tally{}, fmt.Errorf("the logarithm of 1 plus %v is not taken", t.Values[0])
	}
	return t.Map(math.Log1p)
}

package eda

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// An ExpectedShare is the share of the rows that a level is expected to have.
// Shares of several levels need not sum to 1: counts will do.
type ExpectedShare struct {
	Level string
	Share float64
}

// FitOptions choose what TestFit compares.
type FitOptions struct {
	Features []string         // columns by any spelling; at least one
	Expected []ExpectedShare  // empty: all levels that occur alike
	Level    float64          // confidence level; 0: 0.95
	Adjust   stats.Adjustment // of p-values, over columns and over levels; zero: none
}

// Fits is how the levels of columns agree with expected shares.
type Fits struct {
	Rows     int64
	Equal    bool // the shares expected are equal
	Fits     []*Fit
	Warnings []string
}

// A Fit is how the levels of one column agree with expected shares.
type Fit struct {
	Name           string
	Missing        int64
	Test           stats.GoodnessOfFit
	PAdjusted      float64 // of Pearson's p, over the columns
	Log10PAdjusted float64
	Cells          []TestedCell // by falling contribution
	Expected       stats.ExpectedCounts
	Alpha          float64
}

// TestFit tests whether the levels of columns occur in expected shares. Levels that
// were expected but do not occur count as 0. It is an error if a column has no
// levels or more than 1000, if fewer than two are expected, and if a level occurs
// that was not expected.
func TestFit(ctx context.Context, src dataset.Source, o FitOptions) (*Fits, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	columns, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	s := src.Schema()
	for _, i := range columns {
		c := &s.Columns[i]
		if !hasLevels(c) {
			return nil, fmt.Errorf("column %q holds %s cells, which are no levels (%s)", c.Name, c.Kind, typeFlag(c.Name, dataset.Category))
		}
	}
	if len(columns) == 0 {
		return nil, fmt.Errorf("expected shares are those of a column; name it with --feature")
	}
	counts := &dataset.Counts{By: -1, Needed: columns, Budget: budgetOf(src, 0)}
	if err := src.Scan(ctx, counts); err != nil {
		return nil, err
	}
	out := &Fits{Rows: counts.Rows(), Equal: len(o.Expected) == 0}
	for _, i := range columns {
		levels, err := levelCounts(counts, &s.Columns[i], i)
		if err != nil {
			return nil, err
		}
		f, err := fitted(s.Columns[i].Name, levels, o)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", s.Columns[i].Name, err)
		}
		f.Missing = counts.Missing(i)
		out.Fits = append(out.Fits, f)
	}
	return out, adjust(o.Adjust, len(out.Fits), func(k int) (*stats.Result, *float64, *float64) {
		f := out.Fits[k]
		return &f.Test.Pearson, &f.PAdjusted, &f.Log10PAdjusted
	})
}

// levelCounts returns the levels of a counted column, in the order of their bytes
// or numbers.
func levelCounts(counts *dataset.Counts, c *dataset.Column, column int) ([]dataset.LevelCount, error) {
	if c.Dict != nil {
		levels := counts.Levels(column, 0)
		if len(levels) > maxCrossLevels {
			return nil, tooManyLevels(c)
		}
		return levels, nil
	}
	t, err := counts.Tally(column, 0)
	if err != nil || t.Len() > maxCrossLevels {
		return nil, tooManyLevels(c)
	}
	var levels []dataset.LevelCount
	for k, x := range t.Values {
		levels = append(levels, dataset.LevelCount{Level: plainNumber(x), N: t.Counts[0][k]})
	}
	return levels, nil
}

// fitted tests the levels of one column.
func fitted(name string, levels []dataset.LevelCount, o FitOptions) (*Fit, error) {
	names, counts, shares, err := expectations(levels, o.Expected)
	if err != nil {
		return nil, err
	}
	level := orDefault(o.Level)
	f := &Fit{Name: name, Alpha: alphaOf(level)}
	if f.Test, err = stats.GoodnessOfFitTest(names, counts, shares, level); err != nil {
		if undefined(err) {
			return nil, fmt.Errorf("a test of shares needs two levels and a row with a value")
		}
		return nil, err
	}
	f.Expected = stats.ExpectedCounts{Min: math.Inf(1), Cells: len(names)}
	for _, c := range f.Test.Cells {
		f.Expected.Min = min(f.Expected.Min, c.Expected)
		if c.Expected < smallExpected {
			f.Expected.Below5++
		}
	}
	f.Cells, err = judgedCells(f.Test.Cells, o.Adjust)
	return f, err
}

// expectations lays the levels that occur beside the shares expected of them, which
// are made to sum to 1.
func expectations(levels []dataset.LevelCount, expected []ExpectedShare) (names []string, counts []int64, shares []float64, err error) {
	sum := 0.0
	for _, e := range expected {
		sum += e.Share
	}
	if len(expected) == 0 {
		for _, l := range levels {
			names, counts, shares = append(names, l.Level), append(counts, l.N), append(shares, 1/float64(len(levels)))
		}
		return names, counts, shares, nil
	}
	for _, l := range levels {
		if !slices.ContainsFunc(expected, func(e ExpectedShare) bool { return e.Level == l.Level }) {
			return nil, nil, nil, fmt.Errorf("level %q occurs in %s, but --expected says nothing of it", l.Level, plural(l.N, "row"))
		}
	}
	for _, e := range expected {
		n := int64(0)
		if at := slices.IndexFunc(levels, func(l dataset.LevelCount) bool { return l.Level == e.Level }); at >= 0 {
			n = levels[at].N
		}
		names, counts, shares = append(names, e.Level), append(counts, n), append(shares, e.Share/sum)
	}
	return names, counts, shares, nil
}

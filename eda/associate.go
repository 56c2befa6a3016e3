package eda

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// AssociateOptions choose the columns whose association is measured.
type AssociateOptions struct {
	Features []string         // columns by any spelling; empty or "all": every category and flag
	Level    float64          // confidence level; 0: 0.95
	Adjust   stats.Adjustment // of the p-values over all pairs; zero: none
}

// Associations are Cramér's V of every two columns with levels.
type Associations struct {
	Rows     int64            // rows of the table
	Names    []string         // the columns, in the order of the features
	V        [][]float64      // bias-corrected, by Names; NaN where it is undefined
	Order    []int            // Names so that those that go together stand together
	Pairs    []AssociatedPair // by falling corrected V; pairs without one are left out
	Constant []string         // columns left out because they have one level or none
	LeftOut  []string         // columns left out because they have too many levels, or name the row
	Warnings []string         // what is not as asked, in sentences
}

// An AssociatedPair is one cross table's test and measures.
type AssociatedPair struct {
	A, B           string
	Test           stats.Result // Pearson's chi-square; rows without either value are its missing ones
	V, Corrected   stats.Effect // Cramér's V as it is, and corrected for its bias
	Measures       stats.Association
	PAdjusted      float64
	Log10PAdjusted float64
}

// Associate measures how strongly every two columns of levels go together, by
// Cramér's V. Flags count as levels. Rows that miss either value are left out of
// that pair, and counted.
//
// Columns with one level or more than 1000 are left out and named, and so are
// those with the most levels while all cross tables together would have more than
// 8,388,608 cells. It is an error if fewer than two are left, or if a column
// asked for by name has no levels.
func Associate(ctx context.Context, src dataset.Source, o AssociateOptions) (*Associations, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	wanted, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	if wanted, err = levelColumns(src.Schema(), wanted); err != nil {
		return nil, err
	}
	x := newCrosser(src.Schema(), wanted)
	if err := src.Scan(ctx, x); err != nil {
		return nil, err
	}
	return associate(x, o)
}

// levelColumns returns those of the wanted columns that have levels, which all
// must that were asked for by name; of all columns (nil), categories and flags.
func levelColumns(s *dataset.Schema, wanted []int) ([]int, error) {
	if wanted == nil {
		return levelledAmong(s, nil), nil
	}
	for _, i := range wanted {
		if c := &s.Columns[i]; c.Dict == nil && c.Kind != dataset.Flag {
			return nil, fmt.Errorf("column %q holds %s cells; an association needs levels (%s)", c.Name, c.Kind, typeFlag(c.Name, dataset.Category))
		}
	}
	return wanted, nil
}

// levelledAmong returns the categories and flags among the columns, or among all
// for nil.
func levelledAmong(s *dataset.Schema, columns []int) []int {
	return slices.DeleteFunc(orAll(s, columns), func(i int) bool {
		return s.Columns[i].Kind != dataset.Category && s.Columns[i].Kind != dataset.Flag
	})
}

// associate measures every two columns that were crossed and vary.
func associate(x *crosser, o AssociateOptions) (*Associations, error) {
	a := &Associations{Rows: x.rows, LeftOut: x.leftOut, Warnings: x.warnings}
	var varying []int
	for k := range x.columns {
		if x.levels(k) > 1 {
			varying, a.Names = append(varying, k), append(a.Names, x.name(k))
		} else {
			a.Constant = append(a.Constant, x.name(k))
		}
	}
	if len(varying) < 2 {
		return nil, fewColumns("an association needs two columns with levels that vary", len(varying))
	}
	a.V = make([][]float64, len(varying))
	for i := range a.V {
		a.V[i] = slices.Repeat([]float64{math.NaN()}, len(varying))
		a.V[i][i] = 1
	}
	for i := range varying {
		for j := i + 1; j < len(varying); j++ {
			p, err := associated(x, varying[i], varying[j], orDefault(o.Level))
			if undefined(err) {
				continue
			}
			if err != nil {
				return nil, err
			}
			a.Pairs = append(a.Pairs, p)
			a.V[i][j], a.V[j][i] = p.Corrected.Value, p.Corrected.Value
		}
	}
	var err error
	if a.Order, err = leafOrder(len(a.Names), func(i, j int) float64 { return a.V[i][j] }); err != nil {
		return nil, err
	}
	return a, a.adjust(o.Adjust)
}

// adjust adjusts the p-values of all pairs and sorts them.
func (a *Associations) adjust(method stats.Adjustment) error {
	err := adjust(method, len(a.Pairs), func(k int) (*stats.Result, *float64, *float64) {
		p := &a.Pairs[k]
		return &p.Test, &p.PAdjusted, &p.Log10PAdjusted
	})
	sort.SliceStable(a.Pairs, func(i, j int) bool {
		return strength(a.Pairs[i].Corrected.Value) > strength(a.Pairs[j].Corrected.Value)
	})
	return err
}

// associated tests and measures one pair.
func associated(x *crosser, i, j int, level float64) (AssociatedPair, error) {
	p := AssociatedPair{A: x.name(i), B: x.name(j)}
	table, err := x.crosstab(i, j)
	if err != nil {
		return p, err
	}
	if p.Test, err = stats.ChiSquareTest(&table, level); err != nil {
		return p, err
	}
	if p.Measures, err = stats.Associate(&table); err != nil {
		return p, err
	}
	// The test's estimate is V and its effect the corrected V, both with intervals.
	p.Corrected = p.Test.Effect
	p.V = stats.Effect{Name: p.Test.Estimate.Name, Value: p.Test.Estimate.Value, CI: p.Test.CI}
	p.V.Magnitude, p.V.Rule = stats.CramersVMagnitude(p.V.Value, smallerSide(&table))
	return p, nil
}

// smallerSide returns the least number of levels of a cross table, less one.
func smallerSide(c *stats.Crosstab) int {
	t := c.Table()
	return min(len(t.Rows), len(t.Cols)) - 1
}

package eda

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A Stratified is how a column of two levels goes with two groups within strata.
type Stratified struct {
	Rows           int64
	Name, By       string
	StrataOf       string // column that makes the strata
	Levels, Groups [2]string
	Strata         []stats.Stratum // by the bytes of their names
	Test           stats.MantelHaenszel
	Crude          stats.TwoByTwo // of all strata together
	Missing        int64          // rows that miss one of the three values
	Alpha          float64
}

// TestStrata tests by Cochran, Mantel and Haenszel's test whether the two levels of
// a column are independent of two groups of rows within each level of another
// column, and whether they go together alike in all. It takes one feature. It is an
// error if that or the groups are not two, or if no stratum has both.
func TestStrata(ctx context.Context, src dataset.Source, strata string, o IndependenceOptions) (*Stratified, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	s := src.Schema()
	feature, err := resolve(ctx, src, o.Features)
	if err != nil {
		return nil, err
	}
	if len(feature) != 1 {
		return nil, fmt.Errorf("--strata needs one column; name it with --feature")
	}
	at, err := s.Resolve(strata)
	if err != nil {
		return nil, fmt.Errorf("--strata: %w", err)
	}
	by, err := groupRows(s, o.By, o.Groups, o.Normal)
	if err != nil {
		return nil, err
	}
	for _, i := range []int{feature[0], at} {
		if c := &s.Columns[i]; !hasLevels(c) {
			return nil, fmt.Errorf("column %q holds %s cells, which are no levels (%s)", c.Name, c.Kind, typeFlag(c.Name, dataset.Category))
		} else if levelsOf(c) > maxCrossLevels {
			return nil, tooManyLevels(c)
		}
	}
	if at == feature[0] || at == by.column || feature[0] == by.column {
		return nil, fmt.Errorf("--strata needs three different columns; %s, %s and %s are not", s.Columns[feature[0]].Name, s.Columns[by.column].Name, s.Columns[at].Name)
	}
	if levelsOf(&s.Columns[at])*levelsOf(&s.Columns[feature[0]])*levelsOf(&s.Columns[by.column]) > maxCrossCells {
		return nil, fmt.Errorf("the tables of %s against %s within %s would not fit memory", s.Columns[feature[0]].Name, by.name, s.Columns[at].Name)
	}
	counter := &pairCounter{columns: feature, by: by.column, strata: at}
	if err := src.Scan(ctx, counter); err != nil {
		return nil, err
	}
	out := &Stratified{Rows: counter.rows, Name: s.Columns[feature[0]].Name, By: by.name, StrataOf: s.Columns[at].Name, Alpha: alphaOf(orDefault(o.Level))}
	return out, out.test(counter, by, orDefault(o.Level))
}

// test fills in what was counted, and tests it.
func (t *Stratified) test(counter *pairCounter, by rowGroup, level float64) error {
	if err := counter.check(counter.strata, func(w *pairWorker) *levelCoder { return &w.strata }); err != nil {
		return err
	}
	all, _, err := counter.crosstab(0, by.of)
	if err != nil {
		return err
	}
	t.Missing = all.Missing
	table := all.Table()
	if len(table.Rows) != 2 {
		return fmt.Errorf("--strata needs a column of two levels; %s has %d (--where leaves out others)", t.Name, len(table.Rows))
	}
	if len(table.Cols) != 2 {
		return fmt.Errorf("--strata needs two groups; %s has %d (choose two with --group)", t.By, len(table.Cols))
	}
	t.Levels, t.Groups = [2]string(table.Rows), [2]string(table.Cols)
	strata := make(map[string]*stats.Stratum)
	err = counter.each(0, func(stratum, level, other string, n int64) error {
		group := by.of(other)
		if group == "" {
			return nil
		}
		if strata[stratum] == nil {
			strata[stratum] = &stats.Stratum{Name: stratum}
		}
		strata[stratum].Counts[slices.Index(table.Rows, level)][slices.Index(table.Cols, group)] += n
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(strata)) {
		t.Strata = append(t.Strata, *strata[name])
	}
	if t.Crude, err = stats.CompareShares(&all, level); err != nil {
		return err
	}
	if t.Test, err = stats.MantelHaenszelTest(t.Strata, level); undefined(err) {
		return fmt.Errorf("no stratum of %s has both levels of %s and both groups", t.StrataOf, t.Name)
	}
	return err
}

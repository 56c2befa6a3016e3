package eda

import (
	"context"
	"fmt"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A Paired is how two columns with the same two levels disagree.
type Paired struct {
	Rows  int64
	A, B  string
	Table stats.ContingencyTable
	Test  stats.McNemar
	Alpha float64
}

// TestPaired tests by McNemar's test whether two columns that have the same two
// levels, such as the verdicts of two detectors, have them equally often. Rows that
// miss either are left out and counted. It is an error if the columns have other
// levels, or agree in every row.
func TestPaired(ctx context.Context, src dataset.Source, a, b string, level float64) (*Paired, error) {
	if err := settle(ctx, src); err != nil {
		return nil, err
	}
	s := src.Schema()
	var columns [2]int
	for k, name := range []string{a, b} {
		i, err := s.Resolve(name)
		if err != nil {
			return nil, fmt.Errorf("--mcnemar: %w", err)
		}
		if c := &s.Columns[i]; !hasLevels(c) {
			return nil, fmt.Errorf("column %q holds %s cells, which are no levels (%s)", c.Name, c.Kind, typeFlag(c.Name, dataset.Category))
		}
		columns[k] = i
	}
	if columns[0] == columns[1] {
		return nil, fmt.Errorf("--mcnemar needs two columns; both are %s", s.Columns[columns[0]].Name)
	}
	counter := &pairCounter{columns: columns[:1], by: columns[1], strata: -1}
	if err := src.Scan(ctx, counter); err != nil {
		return nil, err
	}
	if err := counter.check(columns[1], func(w *pairWorker) *levelCoder { return &w.by }); err != nil {
		return nil, err
	}
	c, _, err := counter.crosstab(0, func(level string) string { return level })
	if err != nil {
		return nil, err
	}
	p := &Paired{Rows: counter.rows, A: s.Columns[columns[0]].Name, B: s.Columns[columns[1]].Name, Table: c.Table(), Alpha: alphaOf(orDefault(level))}
	if levels := unionOf(p.Table.Rows, p.Table.Cols); levels != 2 {
		return nil, fmt.Errorf("--mcnemar needs two columns with the same two levels; %s and %s have %d in all", p.A, p.B, levels)
	}
	if p.Test, err = stats.McNemarTest(&c, orDefault(level)); undefined(err) {
		return nil, fmt.Errorf("%s and %s are equal in every row; there is nothing to test", p.A, p.B)
	} else if err != nil {
		return nil, fmt.Errorf("%s against %s: %w", p.A, p.B, err)
	}
	return p, nil
}

// unionOf returns how many different words two lists hold.
func unionOf(a, b []string) int {
	all := slices.Sorted(slices.Values(slices.Concat(a, b)))
	return len(slices.Compact(all))
}

package eda

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// isSettled reports whether the kinds of a source's columns are certain: those
// of a file are guesses until it has been scanned once, those of an engine are not.
func isSettled(src dataset.Source) bool {
	if _, ok := dataset.EngineOf(src); ok {
		return true
	}
	s, ok := dataset.Origin(src).(interface{ Settled() bool })
	return ok && s.Settled()
}

// settle makes the kinds of a source's columns certain.
func settle(ctx context.Context, src dataset.Source) error {
	if isSettled(src) {
		return nil
	}
	return src.Scan(ctx)
}

// resolve finds columns by name, each once, in the order of the names; nil, which
// stands for all, for no names and for "all". A column that is not there yet may
// turn up late in a file that has not been scanned, so that one is scanned first.
func resolve(ctx context.Context, src dataset.Source, names []string) ([]int, error) {
	columns, err := resolveIn(src.Schema(), names)
	if err == nil || isSettled(src) {
		return columns, err
	}
	if err := src.Scan(ctx); err != nil {
		return nil, err
	}
	return resolveIn(src.Schema(), names)
}

func resolveIn(s *dataset.Schema, names []string) ([]int, error) {
	var out []int
	for _, name := range names {
		i, err := s.Resolve(name)
		switch {
		case err == nil:
			if !slices.Contains(out, i) {
				out = append(out, i)
			}
		case name == "all":
			return nil, nil
		default:
			return nil, fmt.Errorf("--feature: %w", err)
		}
	}
	return out, nil
}

// numericColumns returns those of the wanted columns that hold numbers, which
// all must that were asked for by name; of all columns (nil), those of numbers
// and flags that do not just name the row.
func numericColumns(s *dataset.Schema, wanted []int) ([]int, error) {
	if wanted == nil {
		return numericAmong(s, nil), nil
	}
	for _, i := range wanted {
		if c := &s.Columns[i]; !c.Kind.Numeric() && c.Kind != dataset.Unknown {
			return nil, fmt.Errorf("column %q holds %s cells where numbers are needed; leave it out, or read it with %s", c.Name, c.Kind, typeFlag(c.Name, dataset.Number))
		}
	}
	return wanted, nil
}

// numericAmong returns the columns of numbers and flags among some, or among all
// for nil.
func numericAmong(s *dataset.Schema, columns []int) []int {
	return slices.DeleteFunc(orAll(s, columns), func(i int) bool {
		c := &s.Columns[i]
		return c.Kind != dataset.Number && c.Kind != dataset.Flag || c.Role == dataset.Identifier
	})
}

// measuredAmong returns the columns among some, or among all for nil, whose
// values are measurements: numbers but not flags, names of rows or the label.
func measuredAmong(s *dataset.Schema, columns []int) []int {
	return slices.DeleteFunc(numericAmong(s, columns), func(i int) bool {
		return s.Columns[i].Kind != dataset.Number || s.Columns[i].Role == dataset.Label
	})
}

// orAll returns a copy of the columns, or all of the schema for nil.
func orAll(s *dataset.Schema, columns []int) []int {
	if columns != nil {
		return slices.Clone(columns)
	}
	all := make([]int, len(s.Columns))
	for i := range all {
		all[i] = i
	}
	return all
}

// budgetOf returns how many different numbers of all columns together may be kept, for
// dataset.Counts: what was asked for, or, for 0, what an engine hands out of every
// column; else 0, the usual.
func budgetOf(src dataset.Source, asked int) int {
	e, ok := dataset.EngineOf(src)
	if !ok || asked != 0 {
		return asked
	}
	numbers := int64(0)
	for _, c := range src.Schema().Columns {
		if c.Kind != dataset.Text && c.Dict == nil {
			numbers++
		}
	}
	each := max(e.Budget(), 1)
	if numbers = max(numbers, 1); each > math.MaxInt/numbers {
		return math.MaxInt
	}
	return int(each * numbers)
}

// cellKeys returns the keys of a set that are cells of columns.
func cellKeys(columns ...int) []dataset.Key {
	keys := make([]dataset.Key, len(columns))
	for k, i := range columns {
		keys[k].Column = i
	}
	return keys
}

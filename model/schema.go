package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model/learn"
	"github.com/netanom/netanom/stats"
	"github.com/netanom/netanom/traffic"
)

// A Schema says what rows a pipeline scores: their columns, and what these held in
// training.
type Schema struct {
	Layout  string          `json:"layout,omitempty"` // the known layout of the training file
	Setting traffic.Setting `json:"setting,omitzero"` // how the features of the training rows were made
	Inputs  []Input         `json:"inputs"`

	columns []learn.Column // of the matrix that Inputs make
}

// An Input is a column that a pipeline scores rows by.
type Input struct {
	Name    string     `json:"name"`            // as the training file spelt it
	Canon   string     `json:"canon,omitempty"` // its name in the known layout, where that differs
	Levels  []string   `json:"levels"`          // of the training rows, in the order of their bytes; null for numbers
	Counts  []int64    `json:"counts"`          // training rows of each level, or in each bin of numbers
	Uppers  []float64  `json:"uppers"`          // the greatest number of each bin but the last, which is for greater ones than training had; null for levels
	Range   [2]float64 `json:"range"`           // the least and the greatest number
	Median  float64    `json:"median"`          // of numbers
	Whole   bool       `json:"whole,omitempty"` // no number has a fraction
	Missing int64      `json:"missing"`         // training rows without a value
}

// Coded reports whether the input holds levels.
func (in *Input) Coded() bool { return in.Levels != nil }

// The sizes of a schema.
const (
	maxInputs     = 10000
	maxKeptLevels = 4096 // levels of a column; rarer ones are as good as unseen
	schemaBins    = 10   // of numbers, for telling drift
)

// newSchema learns the schema of some rows.
func newSchema(d *Data, rows []int) (Schema, error) {
	s := Schema{Layout: d.Layout, Setting: d.Setting, Inputs: make([]Input, len(d.columns))}
	for j := range d.columns {
		c := &d.columns[j]
		in := &s.Inputs[j]
		if in.Name = c.Name; c.Canon != c.Name {
			in.Canon = c.Canon
		}
		if d.x.Columns[j].Coded() {
			in.learnLevels(d.x.Columns[j].Levels, d.x.Codes[j], rows)
			continue
		}
		if err := in.learnNumbers(learn.Take(d.x.Numbers[j], rows)); err != nil {
			return s, fmt.Errorf("column %q: %w", c.Name, err)
		}
	}
	s.settle()
	return s, nil
}

// settle makes the columns of the matrix.
func (s *Schema) settle() {
	s.columns = make([]learn.Column, len(s.Inputs))
	for j := range s.Inputs {
		s.columns[j] = learn.Column{Name: s.Inputs[j].Name, Levels: s.Inputs[j].Levels}
	}
}

// learnLevels keeps the levels that occur, the most frequent if they are many.
func (in *Input) learnLevels(levels []string, codes []int32, rows []int) {
	counts := make([]int64, len(levels))
	for _, r := range rows {
		if c := codes[r]; c == learn.NoLevel {
			in.Missing++
		} else {
			counts[c]++
		}
	}
	var kept []int
	for k, n := range counts {
		if n > 0 {
			kept = append(kept, k)
		}
	}
	if len(kept) > maxKeptLevels {
		slices.SortStableFunc(kept, func(a, b int) int { return cmp.Compare(counts[b], counts[a]) })
		kept = kept[:maxKeptLevels]
		slices.Sort(kept)
	}
	in.Levels, in.Counts = []string{}, []int64{}
	for _, k := range kept {
		in.Levels, in.Counts = append(in.Levels, levels[k]), append(in.Counts, counts[k])
	}
}

// learnNumbers learns from the numbers of the training rows, NaN where missing.
func (in *Input) learnNumbers(x []float64) error {
	present := x[:0]
	in.Whole = true
	for _, v := range x {
		if v != v {
			in.Missing++
			continue
		}
		in.Whole = in.Whole && v == math.Trunc(v)
		present = append(present, v)
	}
	in.Uppers, in.Counts = []float64{}, []int64{0}
	if len(present) == 0 {
		in.Whole = false
		return nil
	}
	t, err := stats.TallyOf(present)
	if err != nil {
		return err
	}
	in.Range = [2]float64{t.Values[0], t.Values[t.Len()-1]}
	in.Median = t.Quantile(0, 0.5)
	if uppers := stats.QuantileBins(t, schemaBins); len(uppers) > 0 {
		in.Uppers = uppers
	}
	in.Counts = binCounts(in.Uppers, present)
	return nil
}

// binCounts counts numbers in bins: one up to each upper limit, and one above all.
// Missing ones do not count.
func binCounts(uppers, x []float64) []int64 {
	counts := make([]int64, len(uppers)+1)
	for _, v := range x {
		if v == v {
			bin, _ := slices.BinarySearch(uppers, v)
			counts[bin]++
		}
	}
	return counts
}

// levelPlaces returns the place of each of the levels among the known ones, which are
// in the order of their bytes.
func levelPlaces(levels, known []string) []int32 {
	place := make([]int32, len(levels))
	for k, l := range levels {
		place[k] = levelPlace(known, l)
	}
	return place
}

// levelPlace returns the place of a level, learn.NoLevel if it is not known.
func levelPlace[Text string | []byte](known []string, level Text) int32 {
	at, found := slices.BinarySearchFunc(known, level, func(k string, l Text) int {
		switch {
		case k < string(l):
			return -1
		case k > string(l):
			return 1
		}
		return 0
	})
	if !found {
		return learn.NoLevel
	}
	return int32(at)
}

// check returns an error unless the schema is one that newSchema can have made.
func (s *Schema) check() error {
	if len(s.Inputs) == 0 || len(s.Inputs) > maxInputs {
		return learn.Broken("schema", "%d columns", len(s.Inputs))
	}
	for j := range s.Inputs {
		if err := s.Inputs[j].check(); err != nil {
			return err
		}
	}
	s.settle()
	if err := learn.CheckColumns(s.columns); err != nil {
		return learn.Broken("schema", "%v", err)
	}
	return nil
}

func (in *Input) check() error {
	switch {
	case in.Coded() && (in.Uppers != nil || len(in.Counts) != len(in.Levels) || len(in.Levels) > maxKeptLevels):
		return learn.Broken("schema", "column %q has %d counts for %d levels", in.Name, len(in.Counts), len(in.Levels))
	case in.Coded() && !slices.IsSorted(in.Levels):
		return learn.Broken("schema", "the levels of column %q are out of order", in.Name)
	case !in.Coded() && len(in.Counts) != len(in.Uppers)+1:
		return learn.Broken("schema", "column %q has %d counts for %d limits", in.Name, len(in.Counts), len(in.Uppers))
	case !slices.IsSorted(in.Uppers) || !(in.Range[0] <= in.Range[1]) || in.Missing < 0:
		return learn.Broken("schema", "the numbers of column %q are out of order", in.Name)
	}
	for _, n := range in.Counts {
		if n < 0 || n > 1<<48 {
			return learn.Broken("schema", "column %q counts %d rows", in.Name, n)
		}
	}
	return nil
}

// canonical is the name by which other files may know the column too.
func (in *Input) canonical() string {
	if in.Canon != "" {
		return in.Canon
	}
	return in.Name
}

// find returns the column of a table that holds the input: the one of the same name
// in the known layout, or of the same name in any spelling.
func (in *Input) find(s *dataset.Schema) (int, error) {
	for j := range s.Columns {
		if s.Columns[j].Canon == in.canonical() || s.Columns[j].Name == in.Name {
			return j, nil
		}
	}
	return s.Resolve(in.Name)
}

// ColumnsOf returns the names of the columns of a table that hold the inputs, in their
// order. A *MissingError lists those that are not there.
func (s *Schema) ColumnsOf(t *dataset.Schema) ([]string, error) {
	lacking := &MissingError{Inputs: len(s.Inputs)}
	names := make([]string, len(s.Inputs))
	for j := range s.Inputs {
		at, err := s.Inputs[j].find(t)
		if err != nil {
			lacking.Columns = append(lacking.Columns, s.Inputs[j].Name)
			continue
		}
		names[j] = t.Columns[at].Name
	}
	if len(lacking.Columns) > 0 {
		return nil, lacking
	}
	return names, nil
}

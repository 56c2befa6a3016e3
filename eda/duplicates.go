package eda

import (
	"context"

	"github.com/netanom/netanom/dataset"
)

// Repeats says which rows repeat another.
type Repeats struct {
	Rows     int64 // rows of the table
	Exact    int64 // rows equal to an earlier one in every column but those that name the row
	Features int64 // rows equal to an earlier one in every feature column; 0 for a table without any

	// Contradictory is the number of different feature rows that carry more than
	// one label, ContradictoryRows how many rows they are, and BothClasses how many
	// of them are normal in one row and an attack in another. Rows without a label
	// contradict none.
	Contradictory     int64
	ContradictoryRows int64
	BothClasses       int64
	Examples          []RepeatExample // the first ten contradictions, in file order

	HasLabel bool
	Checked  bool // false for a table with more rows than fit memory, or than an engine hands out; all counts but Rows are then 0
}

// A RepeatExample is one contradiction: rows with the same features and
// different labels.
type RepeatExample struct {
	Lines  []int64  // of the first five rows; empty if unknown
	Labels []string // the different labels, in file order
}

const (
	maxRepeatRows = 1 << 24 // rows whose hashes are kept, 32 bytes each
	maxToldRows   = 1 << 21 // different rows of an engine whose hashes are fetched
	maxExamples   = 10
	maxLines      = 5
)

// Duplicates finds repeated rows in one scan, by 64-bit hashes of their values:
// among a million different rows, one is taken for a repeat by mistake in fewer
// than one table of ten million. Numbers compare by value, so 1 and 1.0 are
// equal, and missing equals missing. Columns that name the row, such as a row
// number or Zeek's uid, do not count.
//
// classes tells normal labels from attacks; without that (see Classes.Known),
// BothClasses is 0. A table of more than 16,777,216 rows is not checked, which
// the result says.
//
// An engine hashes the rows by itself, to 53 bits. It is not checked if more than
// 2,097,152 rows differ. Its examples have no lines, and are the contradictions of the
// most rows, their labels in the order of their bytes.
func Duplicates(ctx context.Context, src dataset.Source, classes Classes) (*Repeats, error) {
	h := &rowHasher{}
	if err := src.Scan(ctx, h); err != nil {
		return nil, err
	}
	return h.result(classes), nil
}

// result looks for repeats in all buckets.
func (h *rowHasher) result(classes Classes) *Repeats {
	if h.told != nil {
		return h.told.result(h, classes)
	}
	out := &Repeats{Rows: h.rows, HasLabel: h.label >= 0, Checked: !h.tooMany.Load()}
	if !out.Checked {
		return out
	}
	c := &repeatCounter{classes: classes}
	if h.label >= 0 {
		c.dict = h.schema.Columns[h.label].Dict
	}
	var examples []placedExample
	for _, bucket := range c.countAll(&h.buckets) {
		out.Exact += bucket.Exact
		out.Features += bucket.Features
		out.Contradictory += bucket.Contradictory
		out.ContradictoryRows += bucket.ContradictoryRows
		out.BothClasses += bucket.BothClasses
		examples = append(examples, bucket.examples...)
	}
	for _, e := range firstExamples(examples) {
		out.Examples = append(out.Examples, e.RepeatExample)
	}
	if len(h.features) == 0 { // all rows are equal in nothing
		return &Repeats{Rows: out.Rows, Exact: out.Exact, HasLabel: out.HasLabel, Checked: true}
	}
	return out
}

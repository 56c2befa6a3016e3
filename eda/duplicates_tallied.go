package eda

import (
	"cmp"
	"slices"

	"github.com/netanom/netanom/dataset"
)

// toldRepeats are the different rows of an engine.
type toldRepeats struct {
	different int64     // rows that differ in a column that does not name the row
	features  []toldRow // rows that differ in their features or their label
}

// A toldRow is equal rows.
type toldRow struct {
	hash  float64 // of the features
	label uint32
	rows  int64
}

// Sets implements dataset.Tallied: the rows by all columns that count, then by the
// features and the label.
func (h *rowHasher) Sets(*dataset.Schema) []dataset.Set {
	h.told = &toldRepeats{}
	out := []dataset.Set{{Keys: hashKey(slices.Concat(h.features, h.others)), Most: maxToldRows}}
	if len(h.features) > 0 {
		keys := hashKey(h.features)
		if h.label >= 0 {
			keys = append(keys, dataset.Key{Column: h.label})
		}
		out = append(out, dataset.Set{Keys: keys, Most: maxToldRows})
	}
	return out
}

// hashKey tells rows apart by columns; without any, all are equal.
func hashKey(columns []int) []dataset.Key {
	if len(columns) == 0 {
		return nil
	}
	return []dataset.Key{{Column: columns[0], Hash: columns}}
}

// Groups implements dataset.Tallied.
func (h *rowHasher) Groups(set int, g *dataset.Groups) error {
	if set == 0 {
		h.told.different += int64(len(g.N))
		return nil
	}
	for row, n := range g.N {
		r := toldRow{hash: g.Cells.Columns[0].Float(row), label: dataset.MissingCode, rows: n}
		if h.label >= 0 {
			r.label = g.Cells.Columns[1].Codes[row]
		}
		h.told.features = append(h.told.features, r)
	}
	return nil
}

// Overflow implements dataset.Tallied.
func (h *rowHasher) Overflow(int) error {
	h.tooMany.Store(true)
	return nil
}

// result counts the rows beyond the different ones.
func (t *toldRepeats) result(h *rowHasher, classes Classes) *Repeats {
	out := &Repeats{Rows: h.rows, HasLabel: h.label >= 0, Checked: !h.tooMany.Load()}
	if !out.Checked {
		return out
	}
	out.Exact = h.rows - t.different
	if len(h.features) == 0 { // all rows are equal in nothing
		return out
	}
	slices.SortFunc(t.features, func(a, b toldRow) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.label, b.label))
	})
	out.Features = h.rows
	var found []contradiction
	for from, to := 0, 0; from < len(t.features); from = to {
		for to = from + 1; to < len(t.features) && t.features[to].hash == t.features[from].hash; to++ {
		}
		out.Features--
		if c := contradictionOf(t.features[from:to], h); len(c.labels) > 1 {
			found = append(found, c)
		}
	}
	out.addContradictions(found, classes)
	return out
}

// A contradiction is rows with the same features and different labels.
type contradiction struct {
	rows   int64
	labels []string
}

// contradictionOf looks at rows with the same features, of which those without a label
// contradict none.
func contradictionOf(same []toldRow, h *rowHasher) (c contradiction) {
	if h.label < 0 {
		return c
	}
	for _, r := range same {
		if r.label != dataset.MissingCode {
			c.rows, c.labels = c.rows+r.rows, append(c.labels, h.schema.Columns[h.label].Dict.Level(r.label))
		}
	}
	slices.Sort(c.labels)
	return c
}

// addContradictions counts contradictions, and lists those of the most rows.
func (r *Repeats) addContradictions(found []contradiction, classes Classes) {
	for _, c := range found {
		r.Contradictory++
		r.ContradictoryRows += c.rows
		attack := func(label string) bool { return classes.Of(label) == AttackClass }
		normal := func(label string) bool { return classes.Of(label) == NormalClass }
		if classes.Known() && slices.ContainsFunc(c.labels, attack) && slices.ContainsFunc(c.labels, normal) {
			r.BothClasses++
		}
	}
	slices.SortStableFunc(found, func(a, b contradiction) int {
		return cmp.Or(cmp.Compare(b.rows, a.rows), slices.Compare(a.labels, b.labels))
	})
	for _, c := range found[:min(len(found), maxExamples)] {
		r.Examples = append(r.Examples, RepeatExample{Labels: c.labels})
	}
}

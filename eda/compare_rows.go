package eda

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"sync/atomic"

	"github.com/netanom/netanom/dataset"
)

// An Overlap says which rows of the second table the first has already: a detector
// that learned the first by heart would get these right, or wrong where their label
// is another one.
type Overlap struct {
	Rows     int64 // of the second table
	Columns  int   // features compared
	Features int64 // rows whose features all occur together in a row of the first
	Labelled int64 // rows that also have the label of such a row; 0 without labels
	Exact    int64 // rows equal to such a row in every other column too, but those that name the row

	// OtherLabel and OtherClass count the rows whose features occur in the first table
	// with a label, but never with theirs, or never with their class. Rows without a
	// label do not count.
	OtherLabel int64
	OtherClass int64

	HasLabel bool // both tables have a label
	HasClass bool // and normal rows and attacks can be told apart
	Checked  bool // false where the first table has more rows than fit memory; all counts but Rows are then 0
}

// compareRows looks for rows of the first table in the second, by 64-bit hashes of
// the columns that both have. As in Duplicates, numbers compare by value, and
// missing equals missing. An engine hands out no rows to look for.
func (c *comparer) compareRows(ctx context.Context, out *Comparison) error {
	first, second := c.rowColumns()
	if len(first.features) == 0 {
		return nil
	}
	for _, src := range []dataset.Source{c.first, c.second} {
		if _, ok := dataset.EngineOf(src); ok {
			out.LeftOut = append(out.LeftOut, "Which rows both tables have is not known: that takes the rows, and a database is read by its counts.")
			return nil
		}
	}
	reference := &referenceRows{rowColumns: first}
	if err := c.first.Scan(ctx, reference); err != nil {
		return err
	}
	o := &Overlap{Rows: out.Rows2, Columns: len(first.features), HasLabel: c.matched.label != nil, Checked: !reference.tooMany.Load()}
	o.HasClass = o.HasLabel && len(c.normal) > 0
	out.Overlap = o
	if !o.Checked {
		return nil
	}
	reference.sort()
	matcher := &rowMatcher{rowColumns: second, reference: reference, overlap: o}
	if err := c.second.Scan(ctx, matcher); err != nil {
		return err
	}
	matcher.result()
	return nil
}

// rowColumns says which columns to hash of both tables, and what their labels are.
func (c *comparer) rowColumns() (first, second rowColumns) {
	s1, s2 := c.first.Schema(), c.second.Schema()
	for _, p := range c.matched.pairs {
		c1, c2 := &s1.Columns[p.first], &s2.Columns[p.second]
		same := incomparable(c1, c2) == "" || c1.Kind == c2.Kind
		switch {
		case c.matched.label != nil && p == *c.matched.label, !same, c1.Role == dataset.Identifier:
		case c1.Role == dataset.Feature:
			first.features, second.features = append(first.features, p.first), append(second.features, p.second)
		default:
			first.others, second.others = append(first.others, p.first), append(second.others, p.second)
		}
	}
	first.label, second.label = -1, -1
	if l := c.matched.label; l != nil {
		first.label, second.label = l.first, l.second
		known := labelNumbers{}
		first.labels = known.of(s1.Columns[l.first].Dict, c)
		second.labels = known.of(s2.Columns[l.second].Dict, c)
	}
	return first, second
}

// labelNumbers number the levels of both labels alike.
type labelNumbers map[string]uint32

// A classedLabel is the number of a level and its class.
type classedLabel struct {
	number uint32
	attack bool
}

// of returns what every code of a label means.
func (l labelNumbers) of(dict *dataset.Dict, c *comparer) []classedLabel {
	out := make([]classedLabel, dict.Len())
	for code, level := range dict.Levels() {
		name := c.labels.of(level)
		if _, known := l[name]; !known {
			l[name] = uint32(len(l))
		}
		out[code] = classedLabel{l[name], !slices.Contains(c.normal, name)}
	}
	return out
}

// rowColumns are the columns of one table that make the hashes of its rows, in the
// order of the first table.
type rowColumns struct {
	features, others []int
	label            int // -1: none
	labels           []classedLabel

	schema  *dataset.Schema
	workers []hashWorker
}

// start prepares for a scan.
func (r *rowColumns) start(s *dataset.Schema, workers int) {
	r.schema, r.workers = s, make([]hashWorker, workers)
	for i := range r.workers {
		r.workers[i].levels = make([][]uint64, len(s.Columns))
	}
}

// Columns implements dataset.Selective.
func (r *rowColumns) Columns(*dataset.Schema) []int {
	columns := slices.Concat(r.features, r.others)
	if r.label >= 0 {
		columns = append(columns, r.label)
	}
	return columns
}

// A comparedRow is what is kept of a row: 24 bytes.
type comparedRow struct {
	features, others uint64
	label            uint32 // number of the label, or dataset.MissingCode
	attack           bool
}

// batch hashes the rows of a batch; the result is valid until the worker's next.
func (r *rowColumns) batch(worker int, b *dataset.Batch, rows []comparedRow) []comparedRow {
	w := &r.workers[worker]
	rows = rows[:0]
	for range b.Rows {
		rows = append(rows, comparedRow{features: hashSeed, others: hashSeed, label: dataset.MissingCode})
	}
	for _, c := range r.features {
		for i, cell := range w.column(r.schema, c, b) {
			rows[i].features = mix(rows[i].features, cell)
		}
	}
	for _, c := range r.others {
		for i, cell := range w.column(r.schema, c, b) {
			rows[i].others = mix(rows[i].others, cell)
		}
	}
	if r.label < 0 {
		return rows
	}
	for i, code := range b.Columns[r.label].Codes {
		if code != dataset.MissingCode {
			rows[i].label, rows[i].attack = r.labels[code].number, r.labels[code].attack
		}
	}
	return rows
}

// referenceRows is the analysis that keeps the rows of the first table.
type referenceRows struct {
	rowColumns
	batches [][]comparedRow // per worker
	parts   [][hashBuckets][]comparedRow
	buckets [hashBuckets][]comparedRow
	rows    atomic.Int64
	tooMany atomic.Bool
}

// Start implements dataset.Analysis.
func (r *referenceRows) Start(s *dataset.Schema, workers int) error {
	r.start(s, workers)
	r.rows.Store(0)
	r.batches, r.parts = make([][]comparedRow, workers), make([][hashBuckets][]comparedRow, workers)
	return nil
}

// Batch implements dataset.Analysis.
func (r *referenceRows) Batch(worker int, b *dataset.Batch) error {
	if r.tooMany.Load() {
		return nil
	}
	if r.rows.Add(int64(b.Rows)) > maxRepeatRows {
		r.tooMany.Store(true)
		return nil
	}
	r.batches[worker] = r.batch(worker, b, r.batches[worker])
	part := &r.parts[worker]
	for _, row := range r.batches[worker] {
		at := row.features % hashBuckets
		part[at] = append(part[at], row)
	}
	return nil
}

// EndChunk implements dataset.Analysis.
func (r *referenceRows) EndChunk(int, dataset.Chunk) error { return nil }

// sort joins the workers' rows, each kept once, and sorts every bucket.
func (r *referenceRows) sort() {
	for at := range r.buckets {
		var bucket []comparedRow
		for worker := range r.parts {
			bucket = append(bucket, r.parts[worker][at]...)
			r.parts[worker][at] = nil
		}
		slices.SortFunc(bucket, func(a, b comparedRow) int {
			return cmp.Or(cmp.Compare(a.features, b.features), cmp.Compare(a.label, b.label), cmp.Compare(a.others, b.others))
		})
		r.buckets[at] = slices.Clip(slices.Compact(bucket))
	}
}

// same returns the rows with the same features, sorted by their label and then by
// the other columns.
func (r *referenceRows) same(features uint64) []comparedRow {
	return equalRun(r.buckets[features%hashBuckets], features, func(row comparedRow) uint64 { return row.features })
}

// equalRun returns the rows that have the key, of rows sorted by it.
func equalRun[K cmp.Ordered](rows []comparedRow, key K, of func(comparedRow) K) []comparedRow {
	from := sort.Search(len(rows), func(i int) bool { return of(rows[i]) >= key })
	return rows[from:][:sort.Search(len(rows)-from, func(i int) bool { return of(rows[from+i]) > key })]
}

// A rowMatcher is the analysis that looks for rows of the second table among those of
// the first. It keeps no rows.
type rowMatcher struct {
	rowColumns
	reference *referenceRows
	overlap   *Overlap
	batches   [][]comparedRow // per worker
	counts    []Overlap       // per worker
}

// Start implements dataset.Analysis.
func (m *rowMatcher) Start(s *dataset.Schema, workers int) error {
	m.start(s, workers)
	m.batches, m.counts = make([][]comparedRow, workers), make([]Overlap, workers)
	return nil
}

// Batch implements dataset.Analysis.
func (m *rowMatcher) Batch(worker int, b *dataset.Batch) error {
	m.batches[worker] = m.batch(worker, b, m.batches[worker])
	for _, row := range m.batches[worker] {
		m.counts[worker].match(row, m.reference.same(row.features))
	}
	return nil
}

// EndChunk implements dataset.Analysis.
func (m *rowMatcher) EndChunk(int, dataset.Chunk) error { return nil }

// match counts a row by the rows of the first table with the same features.
func (o *Overlap) match(row comparedRow, same []comparedRow) {
	if len(same) == 0 {
		return
	}
	o.Features++
	label := func(r comparedRow) uint32 { return r.label }
	agreeing := equalRun(same, row.label, label)
	o.Exact += oneIf(len(equalRun(agreeing, row.others, func(r comparedRow) uint64 { return r.others })) > 0)
	switch {
	case row.label == dataset.MissingCode:
	case len(agreeing) > 0:
		o.Labelled++
	case same[0].label != dataset.MissingCode: // the greatest number, and so the last
		o.OtherLabel++
		sameClass := false
		for rest := same; len(rest) > 0 && rest[0].label != dataset.MissingCode; rest = rest[len(equalRun(rest, rest[0].label, label)):] {
			sameClass = sameClass || rest[0].attack == row.attack
		}
		o.OtherClass += oneIf(!sameClass)
	}
}

func oneIf(holds bool) int64 {
	if holds {
		return 1
	}
	return 0
}

// result adds the workers' counts up.
func (m *rowMatcher) result() {
	o := m.overlap
	for i := range m.counts {
		c := &m.counts[i]
		o.Features, o.Labelled, o.Exact = o.Features+c.Features, o.Labelled+c.Labelled, o.Exact+c.Exact
		o.OtherLabel, o.OtherClass = o.OtherLabel+c.OtherLabel, o.OtherClass+c.OtherClass
	}
	if !o.HasClass {
		o.OtherClass = 0
	}
}

// overlapLimit says that the rows were not compared.
func overlapLimit() string {
	return fmt.Sprintf("The rows of the tables are not compared with each other: the first has more than %s, which do not fit memory.", grouped(maxRepeatRows))
}

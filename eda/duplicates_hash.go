package eda

import (
	"math"
	"sync/atomic"

	"github.com/netanom/netanom/dataset"
)

// A rowHasher is the analysis behind Duplicates. It keeps two hashes of every row
// and what it takes to name it.
type rowHasher struct {
	schema   *dataset.Schema
	label    int   // -1 without one
	features []int // columns of features
	others   []int // the other columns, but for those that name the row
	workers  []hashWorker
	rows     int64
	buckets  [hashBuckets][]hashedRow // by the first bits of the hash of the features
	limit    int64                    // rows kept; 0: maxRepeatRows
	tooMany  atomic.Bool
	told     *toldRepeats // of an engine; nil for rows
}

// hashBuckets is a number of buckets small enough to sort each in a core's cache.
const hashBuckets = 256

// A hashedRow is what is kept of a row.
type hashedRow struct {
	features uint64
	others   uint64 // of the other columns
	line     int64
	row      uint32 // where it stands in the chunk's file, then in the table
	label    uint32
}

// A hashWorker hashes the rows of the chunk at hand.
type hashWorker struct {
	levels [][]uint64 // per column: hash of each code, 0 if unknown
	cells  []uint64   // of one column of the batch at hand
	rows   []hashedRow
}

// Start implements dataset.Analysis.
func (h *rowHasher) Start(s *dataset.Schema, workers int) error {
	*h = rowHasher{schema: s, label: s.Label(), workers: make([]hashWorker, workers), limit: h.limit}
	if h.limit == 0 {
		h.limit = maxRepeatRows
	}
	if h.label >= 0 && s.Columns[h.label].Dict == nil {
		h.label = -1
	}
	for i := range s.Columns {
		switch s.Columns[i].Role {
		case dataset.Feature:
			h.features = append(h.features, i)
		case dataset.Identifier:
		default:
			h.others = append(h.others, i)
		}
	}
	for i := range h.workers {
		h.workers[i].levels = make([][]uint64, len(s.Columns))
	}
	return nil
}

// Columns implements dataset.Selective.
func (h *rowHasher) Columns(*dataset.Schema) []int {
	return append(append([]int(nil), h.features...), h.others...)
}

// Batch implements dataset.Analysis.
func (h *rowHasher) Batch(worker int, b *dataset.Batch) error {
	if h.tooMany.Load() {
		return nil
	}
	w := &h.workers[worker]
	from := len(w.rows)
	for i := range b.Rows {
		w.rows = append(w.rows, hashedRow{features: hashSeed, others: hashSeed, row: uint32(b.RowInChunk(i)), label: dataset.MissingCode})
	}
	rows := w.rows[from:]
	for _, c := range h.features {
		for i, cell := range w.column(h.schema, c, b) {
			rows[i].features = mix(rows[i].features, cell)
		}
	}
	for _, c := range h.others {
		for i, cell := range w.column(h.schema, c, b) {
			rows[i].others = mix(rows[i].others, cell)
		}
	}
	if h.label >= 0 {
		for i, code := range b.Columns[h.label].Codes {
			rows[i].label = code
		}
	}
	return nil
}

// What an empty row and a missing cell hash to.
const (
	hashSeed    = 0x9e3779b97f4a7c15
	missingHash = 0xd6e8feb86659fd93
)

// mix folds a cell into a row's hash, by the finaliser of splitmix64 (G. L.
// Steele, D. Lea and C. H. Flood 2014, "Fast splittable pseudorandom number
// generators").
func mix(h, cell uint64) uint64 {
	h = (h ^ cell) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>29) * 0x94d049bb133111eb
	return h ^ h>>32
}

// column returns the hashes of one column's cells, valid until the next call.
func (w *hashWorker) column(s *dataset.Schema, c int, b *dataset.Batch) []uint64 {
	for len(w.cells) < b.Rows {
		w.cells = append(w.cells, 0)
	}
	cells, v := w.cells[:b.Rows], &b.Columns[c]
	switch {
	case v.Codes != nil:
		for i, code := range v.Codes {
			cells[i] = w.level(s.Columns[c].Dict, c, code)
		}
	case v.Ints != nil || v.Floats != nil:
		for i := range cells {
			cells[i] = hashNumber(v.Float(i))
		}
	default:
		for i := range cells {
			cells[i] = missingHash
			if !b.TextMissing(c, i) {
				cells[i] = hashText(b.Text(c, i))
			}
		}
	}
	return cells
}

func hashNumber(x float64) uint64 {
	if x != x {
		return missingHash
	}
	return math.Float64bits(x + 0) // -0 is 0
}

// level returns the hash of a level's text, since codes mean nothing across
// readings of a file.
func (w *hashWorker) level(dict *dataset.Dict, c int, code uint32) uint64 {
	if code == dataset.MissingCode {
		return missingHash
	}
	known := w.levels[c]
	for int(code) >= len(known) {
		known = append(known, 0)
	}
	w.levels[c] = known
	if known[code] == 0 {
		known[code] = hashText([]byte(dict.Level(code))) | 1
	}
	return known[code]
}

// hashText is the 64-bit FNV-1a hash.
func hashText(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// EndChunk implements dataset.Analysis.
func (h *rowHasher) EndChunk(worker int, chunk dataset.Chunk) error {
	w := &h.workers[worker]
	first := uint32(h.rows)
	h.rows += int64(chunk.Rows)
	if h.told != nil {
		return nil
	}
	if h.rows > h.limit {
		h.tooMany.Store(true)
		h.buckets = [hashBuckets][]hashedRow{}
		w.rows = nil
		return nil
	}
	for i, r := range w.rows {
		r.line, r.row = chunk.Line(int(r.row)), first+uint32(i)
		at := r.features % hashBuckets
		h.buckets[at] = append(h.buckets[at], r)
	}
	w.rows = w.rows[:0]
	return nil
}

package eda

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// A crosser is the analysis that counts the pairs of levels of every two of its
// columns. The levels of a column of numbers are bins.
type crosser struct {
	columns  []int
	bins     map[int][]float64 // of columns of numbers: the largest value of each bin but the last, see binOf
	leftOut  []string          // columns with too many levels
	warnings []string
	schema   *dataset.Schema
	rows     int64
	workers  []crossWorker
}

const (
	// maxCrossLevels is how many levels a column of a cross table may have: beyond
	// it hardly a cell holds enough rows to say anything.
	maxCrossLevels = 1000

	// maxCrossCells bounds the memory that all cross tables together take for each
	// worker: eight bytes a cell.
	maxCrossCells = 1 << 23
)

// newCrosser crosses those of the columns whose cross tables are not too large.
func newCrosser(s *dataset.Schema, columns []int) *crosser {
	return newCrosserOf(s, columns, nil)
}

// newCrosserOf is newCrosser with bins of some columns.
func newCrosserOf(s *dataset.Schema, columns []int, bins map[int][]float64) *crosser {
	x := &crosser{bins: bins}
	for _, i := range columns {
		if c := &s.Columns[i]; c.Role == dataset.Identifier || x.levelsOf(s, i) > maxCrossLevels {
			x.leftOut = append(x.leftOut, c.Name)
		} else {
			x.columns = append(x.columns, i)
		}
	}
	var squeezed []string
	for x.cells(s) > maxCrossCells {
		most := 0
		for k, i := range x.columns {
			if x.levelsOf(s, i) >= x.levelsOf(s, x.columns[most]) {
				most = k
			}
		}
		squeezed = append(squeezed, s.Columns[x.columns[most]].Name)
		x.columns = slices.Delete(x.columns, most, most+1)
	}
	if len(squeezed) > 0 {
		x.leftOut = append(x.leftOut, squeezed...)
		x.warnings = []string{fmt.Sprintf("All cross tables together would not fit memory; the columns with the most levels are left out: %s.", strings.Join(squeezed, ", "))}
	}
	return x
}

// levelsOf returns how many levels a column has, 2 for a flag.
func levelsOf(c *dataset.Column) int {
	if c.Dict == nil {
		return 2
	}
	return c.Dict.Len()
}

// levelsOf returns how many levels or bins a column has.
func (x *crosser) levelsOf(s *dataset.Schema, column int) int {
	if bins, ok := x.bins[column]; ok {
		return len(bins) + 1
	}
	return levelsOf(&s.Columns[column])
}

// cells returns how many cells all cross tables of the columns have.
func (x *crosser) cells(s *dataset.Schema) int {
	cells, before := 0, 0
	for _, i := range x.columns {
		n := x.levelsOf(s, i)
		cells += n * before
		before += n
	}
	return cells
}

// A crossWorker is one worker's counts.
type crossWorker struct {
	codes  [][]uint32   // per column: of the batch at hand
	counts [][]int64    // per column: rows of each code
	pairs  []crossTable // per pair, see crosser.pair
}

// A crossTable counts rows by the codes of two columns; what was not met is not
// there.
type crossTable [][]int64

// Start implements dataset.Analysis.
func (x *crosser) Start(s *dataset.Schema, workers int) error {
	x.schema, x.rows = s, 0
	x.workers = make([]crossWorker, workers)
	k := len(x.columns)
	for i := range x.workers {
		x.workers[i] = crossWorker{codes: make([][]uint32, k), counts: make([][]int64, k), pairs: make([]crossTable, k*(k-1)/2)}
	}
	return nil
}

// Columns implements dataset.Selective.
func (x *crosser) Columns(*dataset.Schema) []int { return x.columns }

// pair returns the place of the pair of two columns, the first before the
// second.
func pair(i, j int) int { return j*(j-1)/2 + i }

// unpair returns the columns of a place.
func unpair(at int) (i, j int) {
	for j = 1; at >= j; j++ {
		at -= j
	}
	return at, j
}

// Batch implements dataset.Analysis.
func (x *crosser) Batch(worker int, b *dataset.Batch) error {
	w := &x.workers[worker]
	for k, c := range x.columns {
		if bins, ok := x.bins[c]; ok {
			w.codes[k] = binCodes(w.codes[k][:0], &b.Columns[c], bins)
		} else {
			w.codes[k] = levelCodes(w.codes[k][:0], &b.Columns[c])
		}
		w.counts[k] = countCodes(w.counts[k], w.codes[k])
	}
	for j := range w.codes {
		for i := range j {
			t := &w.pairs[pair(i, j)]
			*t = t.count(w.codes[i], w.codes[j])
		}
	}
	return nil
}

// levelCodes returns the codes of a coded column, or the values of a flag.
func levelCodes(dst []uint32, v *dataset.Vector) []uint32 {
	if v.Codes != nil {
		return append(dst, v.Codes...)
	}
	for i := range max(len(v.Ints), len(v.Floats)) {
		dst = append(dst, flagCode(v.Float(i)))
	}
	return dst
}

// binCodes returns the bins of a column of numbers.
func binCodes(dst []uint32, v *dataset.Vector, bins []float64) []uint32 {
	for i := range max(len(v.Ints), len(v.Floats)) {
		dst = append(dst, binOf(v.Float(i), bins))
	}
	return dst
}

// binOf returns the number of a value's bin: that of the first bound not below it,
// one more than there are if all are.
func binOf(x float64, bins []float64) uint32 {
	if x != x {
		return dataset.MissingCode
	}
	lo, hi := 0, len(bins)
	for lo < hi {
		if mid := (lo + hi) / 2; bins[mid] < x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return uint32(lo)
}

// flagCode is the level of a flag's value, which in dirty data is not always 0
// or 1. What is no whole number below maxCrossLevels is no level.
func flagCode(x float64) uint32 {
	if x >= 0 && x < maxCrossLevels && x == float64(uint32(x)) {
		return uint32(x)
	}
	return dataset.MissingCode
}

// countCodes adds the rows of each code to counts that grow as needed.
func countCodes(counts []int64, codes []uint32) []int64 {
	for _, c := range codes {
		if c == dataset.MissingCode {
			continue
		}
		for int(c) >= len(counts) {
			counts = append(counts, 0)
		}
		counts[c]++
	}
	return counts
}

// addCode is countCodes of n rows that have the same code.
func addCode(counts []int64, code uint32, n int64) []int64 {
	if code == dataset.MissingCode {
		return counts
	}
	for int(code) >= len(counts) {
		counts = append(counts, 0)
	}
	counts[code] += n
	return counts
}

// addCodes is countCodes of groups of rows.
func addCodes(counts []int64, codes []uint32, n []int64) []int64 {
	for row, c := range codes {
		counts = addCode(counts, c, n[row])
	}
	return counts
}

// count adds rows to the table and returns it, for it may grow.
func (t crossTable) count(a, b []uint32) crossTable {
	for k, code := range a {
		other := b[k]
		if code == dataset.MissingCode || other == dataset.MissingCode {
			continue
		}
		if int(code) >= len(t) || int(other) >= len(t[code]) {
			t = t.grow(code, other)
		}
		t[code][other]++
	}
	return t
}

// add is count of n rows that have the same codes.
func (t crossTable) add(code, other uint32, n int64) crossTable {
	if code == dataset.MissingCode || other == dataset.MissingCode {
		return t
	}
	if int(code) >= len(t) || int(other) >= len(t[code]) {
		t = t.grow(code, other)
	}
	t[code][other] += n
	return t
}

// grow makes room for a cell.
func (t crossTable) grow(code, other uint32) crossTable {
	for int(code) >= len(t) {
		t = append(t, nil)
	}
	if short := int(other) + 1 - len(t[code]); short > 0 {
		t[code] = append(t[code], make([]int64, short)...)
	}
	return t
}

// Sets implements dataset.Tallied: every column by itself, then every two.
func (x *crosser) Sets(*dataset.Schema) []dataset.Set {
	var out []dataset.Set
	for k := range x.columns {
		out = append(out, dataset.Set{Keys: []dataset.Key{x.key(k)}})
	}
	for j := range x.columns {
		for i := range j {
			out = append(out, dataset.Set{Keys: []dataset.Key{x.key(i), x.key(j)}})
		}
	}
	return out
}

// key returns what tells the levels of a column apart. Without a bound all values are
// one bin, and only whether there is one matters.
func (x *crosser) key(k int) dataset.Key {
	bins, binned := x.bins[x.columns[k]]
	if binned && len(bins) == 0 {
		return dataset.Key{Column: x.columns[k], Gap: true}
	}
	return dataset.Key{Column: x.columns[k], Bounds: bins}
}

// Groups implements dataset.Tallied.
func (x *crosser) Groups(set int, g *dataset.Groups) error {
	w := &x.workers[0]
	if set < len(x.columns) {
		w.counts[set] = addCodes(w.counts[set], x.groupCodes(set, &g.Cells.Columns[0]), g.N)
		return nil
	}
	i, j := unpair(set - len(x.columns))
	a, b := x.groupCodes(i, &g.Cells.Columns[0]), x.groupCodes(j, &g.Cells.Columns[1])
	t := &w.pairs[pair(i, j)]
	for row, n := range g.N {
		*t = t.add(a[row], b[row], n)
	}
	return nil
}

// groupCodes returns the codes of groups of a column.
func (x *crosser) groupCodes(k int, v *dataset.Vector) []uint32 {
	w := &x.workers[0]
	w.codes[k] = levelCodes(w.codes[k][:0], v)
	if x.key(k).Gap {
		for row, gap := range w.codes[k] {
			if gap == 1 {
				w.codes[k][row] = dataset.MissingCode
			}
		}
	}
	return w.codes[k]
}

// Overflow implements dataset.Tallied. The pair stays without a table, and so without
// a measure.
func (x *crosser) Overflow(set int) error {
	if set < len(x.columns) {
		return tooManyLevels(&x.schema.Columns[x.columns[set]])
	}
	i, j := unpair(set - len(x.columns))
	x.workers[0].pairs[pair(i, j)] = nil
	x.warnings = append(x.warnings, fmt.Sprintf("The cross table of %s and %s is left out: it has more cells than the database hands out.", x.name(i), x.name(j)))
	return nil
}

// EndChunk implements dataset.Analysis.
func (x *crosser) EndChunk(_ int, c dataset.Chunk) error {
	x.rows += int64(c.Rows)
	return nil
}

func (x *crosser) name(k int) string { return x.schema.Columns[x.columns[k]].Name }

// levels returns how many levels of a column occur.
func (x *crosser) levels(k int) (n int) {
	var counts []int64
	for i := range x.workers {
		for code, rows := range x.workers[i].counts[k] {
			for code >= len(counts) {
				counts = append(counts, 0)
			}
			counts[code] += rows
		}
	}
	for _, rows := range counts {
		if rows > 0 {
			n++
		}
	}
	return n
}

// crosstab returns the cross table of two columns, the first before the second.
func (x *crosser) crosstab(i, j int) (stats.Crosstab, error) {
	t := stats.Crosstab{Missing: x.rows}
	for w := range x.workers {
		for a, row := range x.workers[w].pairs[pair(i, j)] {
			for b, n := range row {
				if n == 0 {
					continue
				}
				t.Missing -= n
				if err := t.Add(x.level(i, a), x.level(j, b), n); err != nil {
					return t, err
				}
			}
		}
	}
	return t, nil
}

// level returns the text of a code.
func (x *crosser) level(k, code int) string {
	if dict := x.schema.Columns[x.columns[k]].Dict; dict != nil {
		return dict.Level(uint32(code))
	}
	return strconv.Itoa(code)
}

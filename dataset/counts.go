package dataset

import (
	"fmt"

	"github.com/netanom/netanom/stats"
)

// Counts is the analysis that counts every value of every column: exactly, in
// bounded memory for columns whose values repeat, and without regard to the
// number of workers. Describing a table needs nothing else.
type Counts struct {
	By     int   // column whose levels make groups, or -1
	Needed []int // columns to count; nil: all
	groups []string
	schema *Schema
	rows   int64
	parts  []countsPart
}

// countsPart is one worker's share.
type countsPart struct {
	rows    int64
	missing []int64
	numbers [][]numberCounts // per group code, then column
	levels  [][][]int64      // per group code, then column: cells per code
	texts   []*textCounts
	cells   [][]int64 // per group code: rows
}

// Start implements Analysis.
func (c *Counts) Start(s *Schema, workers int) error {
	c.schema, c.rows = s, 0
	if c.By >= len(s.Columns) {
		return fmt.Errorf("column %d does not exist", c.By)
	}
	if c.By >= 0 && s.Columns[c.By].Dict == nil {
		return fmt.Errorf("column %q holds %s cells; groups need levels (--type %s=category)", s.Columns[c.By].Name, s.Columns[c.By].Kind, s.Columns[c.By].Name)
	}
	c.parts = make([]countsPart, workers)
	for i := range c.parts {
		p := &c.parts[i]
		p.missing = make([]int64, len(s.Columns))
		p.texts = make([]*textCounts, len(s.Columns))
		for j := range p.texts {
			if s.Columns[j].Kind == Text {
				p.texts[j] = newTextCounts()
			}
		}
	}
	return nil
}

// Columns implements Selective.
func (c *Counts) Columns(s *Schema) []int {
	var out []int
	if c.Needed == nil {
		for i := range s.Columns {
			out = append(out, i)
		}
		return out
	}
	out = append(out, c.Needed...)
	if c.By >= 0 {
		out = append(out, c.By)
	}
	return out
}

// group makes room for the group of that code.
func (p *countsPart) group(code, columns int) {
	for len(p.numbers) <= code {
		p.numbers = append(p.numbers, make([]numberCounts, columns))
		p.levels = append(p.levels, make([][]int64, columns))
		p.cells = append(p.cells, make([]int64, 1))
	}
}

// Batch implements Analysis.
func (c *Counts) Batch(worker int, b *Batch) error {
	p := &c.parts[worker]
	p.rows += int64(b.Rows)
	if c.By < 0 {
		p.group(0, len(c.schema.Columns))
	}
	var split splitter
	if c.By >= 0 {
		split = newSplitter(b.Columns[c.By].Codes)
		p.group(split.most, len(c.schema.Columns))
		for code, rows := range split.rows {
			p.cells[code][0] += int64(len(rows))
		}
	}
	for i := range c.schema.Columns {
		if c.Needed != nil && !containsInt(c.Needed, i) {
			continue
		}
		v := &b.Columns[i]
		p.missing[i] += int64(v.Missing)
		if c.schema.Columns[i].Kind == Text {
			p.addText(i, b)
			continue
		}
		if c.By < 0 {
			p.add(0, i, v)
			continue
		}
		for code, rows := range split.rows {
			if len(rows) > 0 {
				part := split.pick(v, rows)
				p.add(code, i, &part)
			}
		}
	}
	return nil
}

func containsInt(list []int, x int) bool {
	for _, v := range list {
		if v == x {
			return true
		}
	}
	return false
}

func (p *countsPart) add(code, column int, v *Vector) {
	if v.Codes == nil {
		p.numbers[code][column].add(v)
		return
	}
	counts := p.levels[code][column]
	for _, x := range v.Codes {
		if x == MissingCode {
			continue
		}
		if int(x) >= len(counts) {
			counts = append(counts, make([]int64, int(x)+1-len(counts))...)
		}
		counts[x]++
	}
	p.levels[code][column] = counts
}

func (p *countsPart) addText(column int, b *Batch) {
	t := p.texts[column]
	for row := range b.Rows {
		if cell := b.Text(column, row); !b.absent(cell) {
			t.add(mixedFNV(cell))
		}
	}
}

// mixedFNV hashes a cell the same way in every run: FNV-1a, with the mixing of
// splitmix64 because estimates need all bits to be evenly spread.
func mixedFNV(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// EndChunk implements Analysis.
func (c *Counts) EndChunk(int, Chunk) error { return nil }

// A splitter sorts the rows of a batch by group.
type splitter struct {
	rows [][]int32 // per group code
	most int
	ints []uint32
	real []float64
}

func newSplitter(codes []uint32) splitter {
	var s splitter
	for j, code := range codes {
		if code == MissingCode {
			continue
		}
		for len(s.rows) <= int(code) {
			s.rows = append(s.rows, nil)
		}
		s.rows[code] = append(s.rows[code], int32(j))
	}
	s.most = len(s.rows) - 1
	return s
}

// pick returns the cells of some rows.
func (s *splitter) pick(v *Vector, rows []int32) Vector {
	out := Vector{Scale: v.Scale, Or: v.Or}
	switch {
	case v.Floats != nil:
		s.real = s.real[:0]
		for _, j := range rows {
			s.real = append(s.real, v.Floats[j])
		}
		out.Floats = s.real
		return out
	case v.Codes != nil:
		s.ints = gather(s.ints[:0], v.Codes, rows)
		out.Codes = s.ints
		return out
	}
	s.ints = gather(s.ints[:0], v.Ints, rows)
	out.Ints = s.ints
	for _, x := range s.ints {
		if x == MissingInt {
			out.Missing++
		}
	}
	return out
}

func gather(dst, x []uint32, rows []int32) []uint32 {
	for _, j := range rows {
		dst = append(dst, x[j])
	}
	return dst
}

// Rows returns the number of rows seen.
func (c *Counts) Rows() int64 {
	var n int64
	for i := range c.parts {
		n += c.parts[i].rows
	}
	return n
}

// Missing returns the number of cells of a column without a value.
func (c *Counts) Missing(column int) int64 {
	var n int64
	for i := range c.parts {
		n += c.parts[i].missing[column]
	}
	return n
}

// A LevelCount is a level of a coded column and how often it occurs.
type LevelCount struct {
	Level string
	N     int64
}

// Levels returns the levels of a coded column that occur in the group (0
// without groups), in the order of their bytes.
func (c *Counts) Levels(column, group int) []LevelCount {
	dict := c.schema.Columns[column].Dict
	if dict == nil {
		return nil
	}
	var out []LevelCount
	for _, code := range dict.Sorted() {
		var n int64
		for i := range c.parts {
			if p := &c.parts[i]; group < len(p.levels) && int(code) < len(p.levels[group][column]) {
				n += p.levels[group][column][code]
			}
		}
		if n > 0 {
			out = append(out, LevelCount{dict.Level(code), n})
		}
	}
	return out
}

// Groups returns the codes of the groups that occur, in the order of their
// levels' bytes, with their levels and rows.
func (c *Counts) Groups() (codes []int, groups []LevelCount) {
	for _, code := range c.schema.Columns[c.By].Dict.Sorted() {
		var n int64
		for i := range c.parts {
			if int(code) < len(c.parts[i].cells) {
				n += c.parts[i].cells[code][0]
			}
		}
		if n > 0 {
			codes = append(codes, int(code))
			groups = append(groups, LevelCount{c.schema.Columns[c.By].Dict.Level(code), n})
		}
	}
	return codes, groups
}

// Tally returns the distinct numbers of a column with their counts. It empties
// the tables behind them, so it answers once.
func (c *Counts) Tally(column, group int) (stats.Tally, error) {
	var raw numberCounts
	var runs valueRuns
	for i := range c.parts {
		p := &c.parts[i]
		if group >= len(p.numbers) {
			continue
		}
		n := &p.numbers[group][column]
		if len(raw.wide) == 0 || raw.scale == n.scale {
			raw.scale = n.scale
			raw.wide = append(raw.wide, n.wide...)
			n.wide = nil
		}
		raw.reals = append(raw.reals, n.reals...)
		n.reals = nil
		n.fold()
		runs = mergeRuns(runs, n.sorted)
		*n = numberCounts{}
	}
	raw.flushWide()
	runs = mergeRuns(runs, raw.sorted)
	return stats.TallyFromCounts(runs.x, runs.n)
}

// Distinct returns the number of different cells of a text column, and whether
// it is exact or an estimate.
func (c *Counts) Distinct(column int) (n int64, exact bool) {
	all := newTextCounts()
	for i := range c.parts {
		if t := c.parts[i].texts[column]; t != nil {
			all.merge(t)
		}
	}
	return all.distinct()
}

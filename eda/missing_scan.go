package eda

import (
	"math"

	"github.com/netanom/netanom/dataset"
)

// A gapFinder is the analysis behind Missing. Workers note the gaps of a chunk;
// what depends on the order of the rows is merged when the chunk ends.
type gapFinder struct {
	schema  *dataset.Schema
	workers []gapWorker

	// Merged in file order:
	rows     int64
	complete int64
	first    []int64   // per column: line of the first gap
	missing  [][]int64 // per column: gaps in each unit, as far as there are any
	span     int64     // rows of a unit
	patterns patternCounts
	others   int64 // rows whose pattern found no room
	counted  bool  // by an engine, which knows of no order
}

// A gapWorker notes the gaps of the chunk at hand.
type gapWorker struct {
	rows     int
	complete int64
	gaps     [][]uint32 // per column: the rows without a value
	firstRow []int      // per column: where the first of them stands in the chunk's file
	sets     [][]byte   // per row of the batch at hand: its missing columns, as bits
	patterns patternCounts
}

// patternCounts counts sets of columns, in the order in which they first occur.
type patternCounts struct {
	list  []patternCount
	index map[string]int // place of each set in the list
}

type patternCount struct {
	set  string // one bit for every column
	rows int64
}

// add counts rows with the set, unless it would be one more than there is room
// for.
func (p *patternCounts) add(set []byte, rows int64, room int) bool {
	i, ok := p.index[string(set)]
	if !ok {
		if len(p.list) >= room {
			return false
		}
		if p.index == nil {
			p.index = map[string]int{}
		}
		i = len(p.list)
		p.list = append(p.list, patternCount{set: string(set)})
		p.index[string(set)] = i
	}
	p.list[i].rows += rows
	return true
}

// Start implements dataset.Analysis.
func (g *gapFinder) Start(s *dataset.Schema, workers int) error {
	columns := len(s.Columns)
	*g = gapFinder{schema: s, workers: make([]gapWorker, workers), first: make([]int64, columns), missing: make([][]int64, columns), span: 1}
	for i := range g.workers {
		g.workers[i] = gapWorker{gaps: make([][]uint32, columns), firstRow: make([]int, columns)}
	}
	return nil
}

// Batch implements dataset.Analysis.
func (g *gapFinder) Batch(worker int, b *dataset.Batch) error {
	w := &g.workers[worker]
	gaps := false
	for c := range b.Columns {
		if b.Columns[c].Missing == 0 {
			continue
		}
		if !gaps {
			w.clearSets(b.Rows, len(b.Columns))
			gaps = true
		}
		w.column(c, b)
	}
	w.rows += b.Rows
	if !gaps {
		w.complete += int64(b.Rows)
		return nil
	}
	for _, set := range w.sets[:b.Rows] {
		if isEmpty(set) {
			w.complete++
		} else {
			w.patterns.add(set, 1, math.MaxInt)
		}
	}
	return nil
}

// clearSets makes an empty set for each row of a batch.
func (w *gapWorker) clearSets(rows, columns int) {
	for len(w.sets) < rows {
		w.sets = append(w.sets, make([]byte, (columns+7)/8))
	}
	for _, set := range w.sets[:rows] {
		clear(set)
	}
}

func isEmpty(set []byte) bool {
	for _, x := range set {
		if x != 0 {
			return false
		}
	}
	return true
}

// column notes the gaps of one column.
func (w *gapWorker) column(c int, b *dataset.Batch) {
	from := len(w.gaps[c])
	for row := range b.Rows {
		if isMissing(b, c, row) {
			w.gaps[c] = append(w.gaps[c], uint32(w.rows+row))
			w.sets[row][c/8] |= 1 << (c % 8)
		}
	}
	if from == 0 && len(w.gaps[c]) > 0 {
		w.firstRow[c] = b.RowInChunk(int(w.gaps[c][0]) - w.rows)
	}
}

// isMissing reports whether a cell has no value.
func isMissing(b *dataset.Batch, column, row int) bool {
	v := &b.Columns[column]
	switch {
	case v.Codes != nil:
		return v.Codes[row] == dataset.MissingCode
	case v.Ints != nil:
		return v.Ints[row] == dataset.MissingInt
	case v.Floats != nil:
		return v.Floats[row] != v.Floats[row]
	}
	return b.TextMissing(column, row)
}

// Sets implements dataset.Tallied: which cells are missing together, and in each column.
func (g *gapFinder) Sets(s *dataset.Schema) []dataset.Set {
	keys := make([]dataset.Key, len(s.Columns))
	out := []dataset.Set{{Keys: keys}}
	for c := range keys {
		keys[c] = dataset.Key{Column: c, Gap: true}
		out = append(out, dataset.Set{Keys: keys[c : c+1]})
	}
	g.counted = true
	return out
}

// Groups implements dataset.Tallied.
func (g *gapFinder) Groups(at int, groups *dataset.Groups) error {
	cells := groups.Cells.Columns
	if at > 0 {
		for row, n := range groups.N {
			if cells[0].Float(row) == 1 {
				g.missing[at-1] = addCode(g.missing[at-1], 0, n)
			}
		}
		return nil
	}
	set := make([]byte, (len(g.schema.Columns)+7)/8)
	for row, n := range groups.N {
		clear(set)
		for c := range g.schema.Columns {
			if cells[c].Float(row) == 1 {
				set[c/8] |= 1 << (c % 8)
			}
		}
		if isEmpty(set) {
			g.complete += n
		} else {
			g.patterns.add(set, n, math.MaxInt)
		}
	}
	return nil
}

// Overflow implements dataset.Tallied. What is missing together is not known then.
func (g *gapFinder) Overflow(int) error {
	g.patterns, g.complete = patternCounts{}, -1
	return nil
}

// EndChunk implements dataset.Analysis.
func (g *gapFinder) EndChunk(worker int, chunk dataset.Chunk) error {
	if g.counted {
		g.rows = int64(chunk.Rows)
		return nil
	}
	w := &g.workers[worker]
	before := g.rows
	g.rows += int64(w.rows)
	g.complete += w.complete
	for g.rows > g.span*maxUnits {
		g.joinUnits()
	}
	for c, rows := range w.gaps {
		if len(rows) > 0 && g.first[c] == 0 {
			g.first[c] = chunk.Line(w.firstRow[c])
		}
		for _, row := range rows {
			g.addGap(c, int((before+int64(row))/g.span))
		}
		w.gaps[c] = rows[:0]
	}
	for _, p := range w.patterns.list {
		if !g.patterns.add([]byte(p.set), p.rows, maxPatterns) {
			g.others += p.rows
		}
	}
	w.rows, w.complete, w.patterns.list = 0, 0, w.patterns.list[:0]
	clear(w.patterns.index)
	return nil
}

func (g *gapFinder) addGap(column, unit int) {
	for len(g.missing[column]) <= unit {
		g.missing[column] = append(g.missing[column], 0)
	}
	g.missing[column][unit]++
}

// joinUnits makes one unit of every two.
func (g *gapFinder) joinUnits() {
	g.span *= 2
	for c, units := range g.missing {
		half := units[:0]
		for i := 0; i < len(units); i += 2 {
			sum := units[i]
			if i+1 < len(units) {
				sum += units[i+1]
			}
			half = append(half, sum)
		}
		g.missing[c] = half
	}
}

// units returns the number of units that the rows take.
func (g *gapFinder) units() int { return int((g.rows + g.span - 1) / g.span) }

package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// A normaliser rewrites the records that the plain index cannot take: with
// quotes, carriage returns, comments, blank or ragged lines, other layouts, or
// JSON. The result is the same as for plain text: a buffer and the ends of the
// cells, one byte apart. As ends are positions, cells may hold anything.
type normaliser struct {
	d       *dialect
	columns int
	block   int            // bytes of cells after which a batch is full
	byName  map[string]int // column of each JSON key, -1 if it has none yet
	unknown []string       // JSON keys without a column
	members []jsonMember
	cells   [][]byte // the cells of one record by column, where they come in another order
	utf8    []byte   // a record that had to be recoded

	// Of the chunk at hand:
	text   []byte // not read yet
	layout []int
	line   uint32 // of the next record; offset from the chunk's first line
	lines  []uint32
	bad    rowProblems

	// Of the batch at hand:
	buf  []byte
	ends []uint32
	rows int
}

// rowProblems counts rows of a chunk that were left out or recoded, and lists
// the first.
type rowProblems struct {
	left    int
	recoded int
	listed  []rowProblem
}

type rowProblem struct {
	line   uint32 // offset from the chunk's first line
	column int    // -1: the whole row
	err    error
}

// maxListed is how many problems of a kind are listed; all are counted.
const maxListed = 20

var (
	errNotUTF8  = errors.New("the text is not UTF-8; it was read as Windows-1252")
	errNUL      = errors.New("the row holds a NUL byte, which is not text")
	errTooShort = errors.New("too few cells")
)

func (p *rowProblems) list(line uint32, column int, err error) {
	if len(p.listed) < maxListed {
		p.listed = append(p.listed, rowProblem{line, column, err})
	}
}

// start takes over a chunk from the given offset of its buffer, before which
// lines records of one line each were read.
func (n *normaliser) start(c *textChunk, from, lines int) {
	n.text, n.layout, n.line = c.buf[from:], c.layout, uint32(lines)
	n.lines, n.bad = n.lines[:0], rowProblems{}
	for i := range n.line {
		n.lines = append(n.lines, i)
	}
}

// fill reads the next batch of records; false at the end of the chunk.
func (n *normaliser) fill() bool {
	n.buf = append(n.buf[:0], make([]byte, frontPad)...)
	n.ends = append(n.ends[:0], frontPad-1)
	n.rows = 0
	for len(n.text) > 0 && len(n.buf)-frontPad < n.block {
		end, ok := n.recordEnd(n.text)
		if !ok {
			end = len(n.text)
		}
		raw := n.text[:end]
		n.text = n.text[min(end+1, len(n.text)):]
		n.record(bytes.TrimSuffix(raw, []byte{'\r'}))
		n.line += 1 + uint32(bytes.Count(raw, newline))
	}
	return n.rows > 0 || len(n.text) > 0
}

// lineOffsets returns the line of each record of the chunk as an offset from
// its first line; nil if every line was a record.
func (n *normaliser) lineOffsets() []uint32 {
	if len(n.lines) == 0 || int(n.lines[len(n.lines)-1]) == len(n.lines)-1 {
		return nil
	}
	return slices.Clone(n.lines)
}

func (n *normaliser) recordEnd(text []byte) (int, bool) {
	return recordEnd(text, n.d.comma, n.d.quote)
}

// record reads one record without the end of its line.
func (n *normaliser) record(raw []byte) {
	if n.d.comment != 0 && len(raw) > 0 && raw[0] == n.d.comment || n.blank(raw) {
		return
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		n.reject(errNUL)
		return
	}
	if !utf8.Valid(raw) {
		n.bad.recoded++
		n.bad.list(n.line, n.invalidColumn(raw), errNotUTF8)
		n.utf8 = appendUTF8(n.utf8[:0], raw)
		raw = n.utf8
	}
	mark, end := len(n.ends), len(n.buf)
	if err := n.split(raw); err != nil {
		n.ends, n.buf = n.ends[:mark], n.buf[:end]
		n.reject(err)
		return
	}
	n.lines = append(n.lines, n.line)
	n.rows++
}

// blank reports whether a line holds no record. In a table of one column only
// the empty line is blank; else white space without a delimiter is, too.
func (n *normaliser) blank(raw []byte) bool {
	if n.d.format != JSONLines && (n.columns == 1 || bytes.IndexByte(raw, n.d.comma) >= 0) {
		return len(raw) == 0
	}
	return len(bytes.TrimSpace(raw)) == 0
}

func (n *normaliser) reject(err error) {
	n.bad.left++
	n.bad.list(n.line, -1, err)
}

func (n *normaliser) split(raw []byte) error {
	switch {
	case n.d.format == JSONLines:
		return n.json(raw)
	case n.d.format == ARFF:
		return n.arff(raw)
	case n.layout != nil:
		return n.mapped(raw)
	}
	return n.delimited(raw)
}

// invalidColumn returns the column of the first cell that is not UTF-8, or -1.
func (n *normaliser) invalidColumn(raw []byte) int {
	if n.d.format != CSV && n.d.format != Zeek || n.layout != nil {
		return -1
	}
	for i, cell := range splitRecord(raw, n.d.comma, n.d.quote) {
		if !utf8.Valid(cell) && i < n.columns {
			return i
		}
	}
	return -1
}

func (n *normaliser) cell(text []byte) {
	n.buf = append(n.buf, text...)
	n.ends = append(n.ends, uint32(len(n.buf)))
	n.buf = append(n.buf, n.d.comma)
}

func (n *normaliser) delimited(raw []byte) error {
	for count := 1; ; count++ {
		cell, rest, more := cutCell(raw, n.d.comma, n.d.quote)
		if n.d.format == Zeek && !more && count < n.columns {
			cell, rest, more = bytes.Cut(cell, threeBlanks)
			rest = bytes.ReplaceAll(rest, threeBlanks, []byte{n.d.comma})
		}
		n.cell(cell)
		switch {
		case !more && count == n.columns:
			return nil
		case !more:
			return tooFew(count, n.columns)
		case count == n.columns:
			return tooMany(n.columns+len(splitRecord(rest, n.d.comma, n.d.quote)), n.columns)
		}
		raw = rest
	}
}

func tooFew(got, want int) error {
	return fmt.Errorf("%w: %d where the header has %d", errTooShort, got, want)
}

func tooMany(got, want int) error {
	return fmt.Errorf("too many cells: %d where the header has %d", got, want)
}

// threeBlanks stand before the label columns of an IoT-23 log in place of the
// separator.
var threeBlanks = []byte("   ")

// mapped reads a record whose fields stand in another order or number than the
// table's columns.
func (n *normaliser) mapped(raw []byte) error {
	fields := splitRecord(raw, n.d.comma, n.d.quote)
	if last := len(fields) - 1; len(fields) < len(n.layout) {
		fields = append(fields[:last], bytes.Split(fields[last], threeBlanks)...)
	}
	if len(fields) != len(n.layout) {
		return fmt.Errorf("%d cells where the last header has %d", len(fields), len(n.layout))
	}
	n.clearCells()
	for i, f := range fields {
		if n.layout[i] >= 0 {
			n.cells[n.layout[i]] = f
		}
	}
	n.flushCells()
	return nil
}

// json reads an object. Of members with the same key the last counts.
func (n *normaliser) json(raw []byte) error {
	var err error
	if n.members, err = appendMembers(n.members[:0], raw); err != nil {
		return err
	}
	n.clearCells()
	for _, m := range n.members {
		i, ok := n.byName[string(m.key)]
		switch {
		case !ok:
			n.byName[string(m.key)] = -1
			n.unknown = append(n.unknown, string(m.key))
		case i >= 0:
			n.cells[i] = m.value
		}
	}
	n.flushCells()
	return nil
}

func (n *normaliser) clearCells() {
	if n.cells == nil {
		n.cells = make([][]byte, n.columns)
	}
	clear(n.cells)
}

func (n *normaliser) flushCells() {
	for _, c := range n.cells {
		n.cell(c)
	}
}

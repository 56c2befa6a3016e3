package dataset

import (
	"bytes"
	"math"
	"unicode/utf8"
)

// A wordColumn is the cells of a column of words, as a filter compares them.
type wordColumn struct {
	schema  *Schema
	column  int
	address bool
	label   bool // a point at the end does not count
	lower   bool // in lower case
}

func (w *wordColumn) dict() *Dict { return w.schema.Columns[w.column].Dict }

// trim drops what does not count at the end of a cell.
func (w *wordColumn) trim(cell []byte) []byte {
	if w.label {
		return bytes.TrimSuffix(cell, []byte{'.'})
	}
	return cell
}

// clean returns the word that a cell is compared by.
func (w *wordColumn) clean(cell []byte) []byte {
	cell = w.trim(cell)
	if w.lower {
		return bytes.ToLower(cell)
	}
	return cell
}

// test returns the condition that holds for the words that pass, which is what asked
// says.
func (w *wordColumn) test(asked wordQuestion, pass func(word []byte) bool) condition {
	return &wordTest{column: w.column, words: newPerLevel(w, pass), of: w, asked: asked}
}

// numbers returns what f makes of each word, NaN where the cell is missing.
func (w *wordColumn) numbers(f func(word []byte) float64) *wordNumbers {
	return &wordNumbers{column: w.column, words: newPerLevel(w, f), of: w}
}

// lengths returns how many characters each word has.
func (w *wordColumn) lengths() quantity {
	q := w.numbers(func(cell []byte) float64 { return float64(utf8.RuneCount(cell)) })
	q.length = true
	return q
}

// A wordQuestion is what a condition asks of a word, for those who cannot call the
// condition's function.
type wordQuestion struct {
	operator string   // in, contains, startsWith, endsWith, matches, <, <=, > or >=; "" asks what the word spells
	texts    []string // what stands behind the operator
	want     bool     // the answer that passes
}

// orderQuestion is a comparison with a word.
func orderQuestion(op comparison, text string) wordQuestion {
	q := wordQuestion{operator: "in", texts: []string{text}, want: op != unequalTo}
	if !op.equality() {
		q.operator = op.String()
	}
	return q
}

// listQuestion is a comparison with the words of a list.
func listQuestion(items []operand, want bool) wordQuestion {
	q := wordQuestion{operator: "in", want: want}
	for _, item := range items {
		if item.kind != wordOperand {
			return wordQuestion{}
		}
		q.texts = append(q.texts, item.text)
	}
	return q
}

// A perLevel is a function of words that is computed once for every level of a
// coded column.
type perLevel[T any] struct {
	dict  *Dict // nil: a text column
	of    func(cell []byte) T
	known []T // by code
}

func newPerLevel[T any](w *wordColumn, f func(word []byte) T) perLevel[T] {
	return perLevel[T]{dict: w.dict(), of: func(cell []byte) T { return f(w.clean(cell)) }}
}

// at returns the result for the level of that code.
func (p *perLevel[T]) at(code uint32) T {
	if int(code) >= len(p.known) {
		p.learn()
	}
	return p.known[code]
}

func (p *perLevel[T]) learn() {
	for code := len(p.known); code < p.dict.Len(); code++ {
		p.known = append(p.known, p.of([]byte(p.dict.Level(uint32(code)))))
	}
}

// lookup returns the result for a cell, and false if the cell is missing.
func (p *perLevel[T]) lookup(b *Batch, column int, row uint32) (result T, ok bool) {
	v := &b.Columns[column]
	switch {
	case v.Codes == nil && p.dict != nil:
		return result, false // no cell was decoded
	case v.Codes == nil:
		cell := b.Text(column, int(row))
		if b.absent(cell) {
			return result, false
		}
		return p.of(cell), true
	case v.Codes[row] == MissingCode:
		return result, false
	}
	return p.at(v.Codes[row]), true
}

// A wordTest keeps the rows whose word passes.
type wordTest struct {
	column int
	words  perLevel[bool]
	of     *wordColumn
	asked  wordQuestion
}

func (c *wordTest) keep(dst []uint32, b *Batch, rows []uint32, _ *scratch) []uint32 {
	codes := b.Columns[c.column].Codes
	if codes == nil {
		for _, r := range rows {
			if pass, ok := c.words.lookup(b, c.column, r); ok && pass {
				dst = append(dst, r)
			}
		}
		return dst
	}
	for _, r := range rows {
		if code := codes[r]; code != MissingCode && c.words.at(code) {
			dst = append(dst, r)
		}
	}
	return dst
}

// wordNumbers is a number made of each word.
type wordNumbers struct {
	column int
	words  perLevel[float64]
	of     *wordColumn
	length bool // whether it is the number of characters, not what the word spells
}

func (q *wordNumbers) numbers(dst []float64, b *Batch, rows []uint32, _ *scratch) []float64 {
	for _, r := range rows {
		x, ok := q.words.lookup(b, q.column, r)
		if !ok {
			x = math.NaN()
		}
		dst = append(dst, x)
	}
	return dst
}

// A wordPair compares the words of two columns.
type wordPair struct {
	op            comparison
	left, right   int
	first, second perLevel[[]byte]
	of, with      *wordColumn
}

func newWordPair(op comparison, l, r *wordColumn) *wordPair {
	same := func(word []byte) []byte { return word }
	return &wordPair{op: op, left: l.column, right: r.column, first: newPerLevel(l, same), second: newPerLevel(r, same), of: l, with: r}
}

func (c *wordPair) keep(dst []uint32, b *Batch, rows []uint32, _ *scratch) []uint32 {
	for _, r := range rows {
		x, ok := c.first.lookup(b, c.left, r)
		if !ok {
			continue
		}
		y, ok := c.second.lookup(b, c.right, r)
		if ok && c.op.holds(float64(bytes.Compare(x, y)), 0) {
			dst = append(dst, r)
		}
	}
	return dst
}

// A missingCell keeps the rows in which a cell has no value, or has one.
type missingCell struct {
	column int
	want   bool
}

func (c *missingCell) keep(dst []uint32, b *Batch, rows []uint32, _ *scratch) []uint32 {
	v := &b.Columns[c.column]
	for _, r := range rows {
		var missing bool
		switch {
		case v.Codes != nil:
			missing = v.Codes[r] == MissingCode
		case v.Ints != nil:
			missing = v.Ints[r] == MissingInt
		case v.Floats != nil:
			missing = math.IsNaN(v.Floats[r])
		default:
			missing = v.Missing > 0 && b.TextMissing(c.column, int(r))
		}
		if missing == c.want {
			dst = append(dst, r)
		}
	}
	return dst
}

// truthOf reads T, true, 1, F, false or 0, in any case, as 1 or 0.
func truthOf(word []byte) (x float64, ok bool) {
	switch {
	case equalFoldASCII(word, "t"), equalFoldASCII(word, "true"):
		return 1, true
	case equalFoldASCII(word, "f"), equalFoldASCII(word, "false"):
		return 0, true
	}
	x, ok = ParseNumber(word)
	return x, ok && (x == 0 || x == 1)
}

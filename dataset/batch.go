package dataset

import "math"

// Marks of a missing cell in the compact forms of a Vector.
const (
	MissingInt  = math.MaxUint32
	MissingCode = math.MaxUint32
)

// A Vector is one column of a Batch in the form that suited its cells: exactly
// one of Ints, Floats and Codes is filled, or none for a Text column, whose
// cells are had from Batch.Text.
type Vector struct {
	Ints    []uint32  // the number is Ints[i] / 10^Scale, exactly as written
	Floats  []float64 // numbers that do not fit Ints: negative, long, with exponent
	Codes   []uint32  // codes of levels, see Dict.Level
	Scale   uint8
	Or      uint32 // no Ints[i] but MissingInt is larger: the bitwise or of them, or a wider bound
	Missing int    // cells without a value in this batch
}

// Float returns cell i of a numeric vector, NaN where it is missing. The
// division is exact decimal rounding: both operands are exact.
func (v *Vector) Float(i int) float64 {
	if v.Floats != nil {
		return v.Floats[i]
	}
	if v.Ints == nil || v.Ints[i] == MissingInt {
		return math.NaN()
	}
	return float64(v.Ints[i]) / pow10[v.Scale]
}

// AppendFloats appends the cells of a numeric vector to dst, NaN where missing.
func (v *Vector) AppendFloats(dst []float64) []float64 {
	if v.Floats != nil {
		return append(dst, v.Floats...)
	}
	div := pow10[v.Scale]
	for _, x := range v.Ints {
		if x == MissingInt {
			dst = append(dst, math.NaN())
			continue
		}
		dst = append(dst, float64(x)/div)
	}
	return dst
}

var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
	1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// A Batch is some consecutive rows of a table, column by column. It and
// everything in it is only valid during the call it is passed to.
type Batch struct {
	Rows    int
	Row0    int      // position of the first row within its chunk, among those that a filter kept
	Kept    []uint32 // positions within the chunk of the rows that a filter kept; nil: all
	Columns []Vector // in the order of the schema; not filled for columns that nobody asked for
	text    func(column, row int) []byte
	absent  func(cell []byte) bool
}

// RowInChunk returns the position within the chunk of row i of the batch, for
// Chunk.Line. Rows that a filter left out count.
func (b *Batch) RowInChunk(i int) int {
	if b.Kept != nil {
		return int(b.Kept[i])
	}
	return b.Row0 + i
}

// Text returns the text of a cell as it was written, without quotes. It may
// only be called for columns that were asked for, and must not be kept.
func (b *Batch) Text(column, row int) []byte { return b.text(column, row) }

// TextMissing reports whether a cell says that there is no value.
func (b *Batch) TextMissing(column, row int) bool { return b.absent(b.text(column, row)) }

// A Chunk tells where a run of batches stands in its file.
type Chunk struct {
	Index    int
	FirstRow int64 // number of the chunk's first row in the table, from 0
	Rows     int
	lines    rowLines
	filtered bool // some analyses saw only the rows that a filter kept
}

// Line returns the line of the file, from 1, on which the chunk's row begins;
// 0 where the table did not come from a file of lines.
func (c *Chunk) Line(row int) int64 { return c.lines.at(row) }

// rowLines finds the line of a row within a chunk. Most chunks hold one row a
// line; the others list the line of every row.
type rowLines struct {
	first int64
	each  []uint32 // line offsets from first, when rows and lines differ
}

func (r rowLines) at(row int) int64 {
	switch {
	case r.first == 0:
		return 0
	case r.each == nil:
		return r.first + int64(row)
	case row < len(r.each):
		return r.first + int64(r.each[row])
	}
	return 0
}

// An Analysis gathers what it needs from the batches of a scan.
//
// Start is called before the first batch, and again from the beginning when
// the kinds of the columns turn out to be different from what was guessed.
// Batch is called for several workers at a time, for one worker in order.
// EndChunk is called in file order, one at a time, by the worker that has just
// seen the chunk's last batch: what must not depend on the number of workers,
// such as sums of floats, is merged there.
type Analysis interface {
	Start(s *Schema, workers int) error
	Batch(worker int, b *Batch) error
	EndChunk(worker int, c Chunk) error
}

// A Selective analysis asks for some columns only.
type Selective interface {
	Columns(s *Schema) []int
}

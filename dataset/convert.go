package dataset

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CSVOptions say how to write CSV. The zero value is the usual way.
type CSVOptions struct {
	Delimiter byte // 0: a comma

	// EscapeFormulas puts an apostrophe before names and cells that a spreadsheet
	// would run: those that are no number and begin with = + - @, a tab or a
	// carriage return. The apostrophes are part of the text afterwards.
	EscapeFormulas bool
}

// WriteCSV writes a source as CSV with a header and returns the number of rows.
// Memory is bounded whatever the size, and the order is that of the file.
//
// Cells that come from a file are written as they stand there, also where they
// are no number or time although the column is one; those of a Table as the
// shortest text that reads as the same value. Cells without a value (empty, NA,
// NaN, ?, and Zeek's -) are written empty. Quotes are only where RFC 4180 needs
// them, lines end with a newline alone.
//
// Reading the result gives the same table, provided it is read with the same
// Options of columns and delimiter, and with HeaderYes if a column's name looks
// like a value; writing that again gives the same bytes. What text cannot tell
// is the difference between a missing cell and a word such as NA in a table that
// was not read from a file.
//
// A file whose kinds are guesses is scanned once more beforehand, so that
// nothing written has to be taken back. If no row is left by Where, nothing is
// written.
func WriteCSV(ctx context.Context, src Source, w io.Writer, o CSVOptions) (rows int64, err error) {
	c, err := newCSVWriter(ctx, src, w, o)
	if err != nil {
		return 0, err
	}
	if err := src.Scan(ctx, c); err != nil {
		return c.rows, err
	}
	return c.rows, c.header() // of a table without rows
}

// newCSVWriter checks the options and makes the kinds of a file's columns certain.
func newCSVWriter(ctx context.Context, src Source, w io.Writer, o CSVOptions) (*csvWriter, error) {
	switch c := o.Delimiter; {
	case c == 0:
		o.Delimiter = ','
	case c == '\n' || c == '\r' || c == '"' || c >= 0x80:
		return nil, fmt.Errorf("%q cannot delimit cells; use one of , ; | or a tab", string(rune(c)))
	}
	_, fromFile := Origin(src).(*File)
	return &csvWriter{w: w, opt: o, verbatim: fromFile}, Settle(ctx, src)
}

// Settle makes the kinds of a source's columns certain, by a scan if they are not, so that no later
// scan begins anew.
func Settle(ctx context.Context, src Source) error {
	if f, ok := Origin(src).(*File); ok && !f.settled {
		return src.Scan(ctx)
	}
	return nil
}

// A csvWriter is the analysis that writes: workers format their chunks, which
// are then written in order.
type csvWriter struct {
	w        io.Writer
	opt      CSVOptions
	verbatim bool // Batch.Text is what the file says
	schema   *Schema
	workers  []csvFormatter
	lead     []string // names of columns before those of the source
	headed   bool
	rows     int64
}

// Start implements Analysis.
func (c *csvWriter) Start(s *Schema, workers int) error {
	c.schema, c.workers = s, make([]csvFormatter, workers)
	for i := range c.workers {
		c.workers[i].opt = c.opt
	}
	return nil
}

// Batch implements Analysis.
func (c *csvWriter) Batch(worker int, b *Batch) error {
	for row := range b.Rows {
		c.format(&c.workers[worker], b, row)
	}
	return nil
}

// format appends a row to the buffer.
func (c *csvWriter) format(f *csvFormatter, b *Batch, row int) {
	for i := range b.Columns {
		if i > 0 {
			f.out = append(f.out, c.opt.Delimiter)
		}
		if c.verbatim || c.schema.Columns[i].Kind == Text {
			f.text(b, i, row)
		} else {
			f.value(&b.Columns[i], &c.schema.Columns[i], row)
		}
	}
	f.endRow(len(b.Columns))
}

// EndChunk implements Analysis.
func (c *csvWriter) EndChunk(worker int, chunk Chunk) error {
	if err := c.header(); err != nil {
		return err
	}
	f := &c.workers[worker]
	_, err := c.w.Write(f.out)
	f.out, f.row = f.out[:0], 0
	if err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	c.rows += int64(chunk.Rows)
	return nil
}

// header writes the names of the columns, once.
func (c *csvWriter) header() error {
	if c.headed {
		return nil
	}
	c.headed = true
	f := csvFormatter{opt: c.opt}
	for i, name := range slices.Concat(c.lead, c.schema.Names()) {
		if i > 0 {
			f.out = append(f.out, c.opt.Delimiter)
		}
		// Unquoted, such a first name would make the file look like another format.
		if i == 0 && (strings.HasPrefix(name, "\ufeff") || strings.ContainsAny(name[:min(1, len(name))], "#%@[{")) {
			f.quote([]byte(name))
		} else {
			f.cell([]byte(name))
		}
	}
	f.endRow(len(c.lead) + len(c.schema.Columns))
	if _, err := c.w.Write(f.out); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

// A csvFormatter writes rows to a buffer.
type csvFormatter struct {
	opt    CSVOptions
	out    []byte
	row    int // where the row at hand begins in out
	number []byte
}

// text writes a cell as the source spells it.
func (f *csvFormatter) text(b *Batch, column, row int) {
	if cell := b.text(column, row); !b.absent(cell) {
		f.cell(cell)
	}
}

// value writes a cell that has no text of its own.
func (f *csvFormatter) value(v *Vector, c *Column, row int) {
	if v.Codes != nil {
		if code := v.Codes[row]; code != MissingCode {
			f.cell([]byte(c.Dict.Level(code)))
		}
		return
	}
	if x := v.Float(row); !math.IsNaN(x) {
		f.number = appendExact(f.number[:0], x, c.Kind)
		f.cell(f.number)
	}
}

// cell writes a cell that has a value.
func (f *csvFormatter) cell(text []byte) {
	if f.opt.EscapeFormulas && isFormula(text) {
		text = append([]byte{'\''}, text...)
	}
	for _, c := range text {
		if c == f.opt.Delimiter || c == '"' || c == '\n' || c == '\r' {
			f.quote(text)
			return
		}
	}
	f.out = append(f.out, text...)
}

func (f *csvFormatter) quote(text []byte) {
	f.out = append(f.out, '"')
	for _, c := range text {
		if c == '"' {
			f.out = append(f.out, '"')
		}
		f.out = append(f.out, c)
	}
	f.out = append(f.out, '"')
}

// endRow ends the row. The missing cell of a table with one column is written
// as "", because a blank line is no row.
func (f *csvFormatter) endRow(columns int) {
	if columns == 1 && len(f.out) == f.row {
		f.out = append(f.out, `""`...)
	}
	f.out = append(f.out, '\n')
	f.row = len(f.out)
}

// isFormula reports whether a spreadsheet might run the text.
func isFormula(text []byte) bool {
	if len(text) == 0 || strings.IndexByte("=+-@\t\r", text[0]) < 0 {
		return false
	}
	return !isNumberCell(text)
}

// appendExact appends the shortest text that ParseNumber or, for times, ParseTime
// reads as x. Times that cannot be written as dates are seconds.
func appendExact(dst []byte, x float64, kind Kind) []byte {
	if kind == Time {
		const digits = "2006-01-02T15:04:05.999999999Z07:00"
		at := FormatTime(x)
		if at != "" && !isTime(at, x) {
			whole := math.Floor(x)
			at = time.Unix(int64(whole), int64(math.Round((x-whole)*1e9))).UTC().Format(digits)
		}
		if isTime(at, x) {
			return append(dst, at...)
		}
	}
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(dst, x, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, x, 'f', -1, 64)
}

func isTime(text string, x float64) bool {
	y, ok := ParseTime([]byte(text), ISO8601)
	return ok && y == x
}

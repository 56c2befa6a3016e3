package clickhouse

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/netanom/netanom/dataset/sql"
)

const (
	blockRows = 8192    // most rows of a block
	maxText   = 1 << 28 // most bytes of a text: more is no text but bytes that are misread
	textStep  = 1 << 16 // a text is believed to be long only as it comes
)

var errMisread = errors.New("the answer does not hold what was asked for")

// rowReader reads FORMAT RowBinary: an Int is an Int64, a Real a Nullable(Float64) and
// Words a String.
type rowReader struct {
	in    *bufio.Reader
	types []sql.Type
	block sql.Block
	text  []byte
}

// newRowReader returns a reader of rows of these types.
func newRowReader(in io.Reader, types []sql.Type) *rowReader {
	return &rowReader{
		in: bufio.NewReaderSize(in, 1<<16), types: types,
		block: sql.Block{Columns: make([]sql.Cells, len(types))},
	}
}

// read passes all rows on. The error of each stays what it is; others say what is wrong
// with the answer.
func (r *rowReader) read(each func(*sql.Block) error) error {
	if len(r.types) == 0 {
		return fmt.Errorf("%w: no column was", errMisread)
	}
	for {
		err := r.fill()
		if err != nil && err != io.EOF {
			return err
		}
		if r.block.Rows > 0 {
			if err := each(&r.block); err != nil {
				return &callerError{err}
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// callerError is an error of who takes the rows.
type callerError struct{ err error }

func (e *callerError) Error() string { return e.err.Error() }

func (e *callerError) Unwrap() error { return e.err }

// fill reads the next rows, and returns io.EOF if they are the last.
func (r *rowReader) fill() error {
	r.block.Rows = 0
	for i := range r.block.Columns {
		c := &r.block.Columns[i]
		c.Ints, c.Reals, c.Words = c.Ints[:0], c.Reals[:0], c.Words[:0]
	}
	for r.block.Rows < blockRows {
		start, err := r.in.Peek(1)
		if err != nil {
			return err // io.EOF between rows is the end
		}
		if start[0] == 'C' || start[0] == '\r' || start[0] == '_' {
			if err := r.trailing(); err != nil {
				return err
			}
		}
		if err := r.row(); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		r.block.Rows++
	}
	return nil
}

// trailing returns an error if, in the place of a row, there is the text of an error.
// That comes where something between here and the server has not let it wait for the
// end of the query.
func (r *rowReader) trailing() error {
	head, _ := r.in.Peek(64)
	if bytes.HasPrefix(bytes.TrimLeft(head, "\r\n"), []byte("__exception__")) {
		rest, _ := io.ReadAll(io.LimitReader(r.in, maxErrorBody))
		rest = bytes.TrimLeft(rest, "\r\n")
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
		return parseException(rest)
	}
	if !exceptionStart.Match(head) {
		return nil
	}
	rest, _ := io.ReadAll(io.LimitReader(r.in, maxErrorBody))
	return parseException(rest)
}

// row reads a row.
func (r *rowReader) row() (err error) {
	for i, t := range r.types {
		c := &r.block.Columns[i]
		switch t {
		case sql.Int:
			var bits uint64
			bits, err = r.bits()
			c.Ints = append(c.Ints, int64(bits))
		case sql.Real:
			var x float64
			x, err = r.real()
			c.Reals = append(c.Reals, x)
		default:
			var s string
			s, err = r.word()
			c.Words = append(c.Words, s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// bits reads 8 bytes.
func (r *rowReader) bits() (uint64, error) {
	b, err := r.in.Peek(8)
	if err != nil {
		return 0, err
	}
	v := binary.LittleEndian.Uint64(b)
	r.in.Discard(8)
	return v, nil
}

// real reads a number that may be NULL.
func (r *rowReader) real() (float64, error) {
	null, err := r.in.ReadByte()
	switch {
	case err != nil:
		return 0, err
	case null == 1:
		return math.NaN(), nil
	case null != 0:
		return 0, fmt.Errorf("%w: a number was", errMisread)
	}
	bits, err := r.bits()
	return math.Float64frombits(bits), err
}

// word reads a text.
func (r *rowReader) word() (string, error) {
	n, err := binary.ReadUvarint(r.in)
	if err != nil {
		if err != io.EOF && err != io.ErrUnexpectedEOF && n != 0 {
			err = fmt.Errorf("%w: a text was", errMisread)
		}
		return "", err
	}
	if n > maxText {
		return "", fmt.Errorf("%w: a text was", errMisread)
	}
	r.text = r.text[:0]
	for left := int(n); left > 0; {
		step := min(left, textStep)
		at := len(r.text)
		r.text = append(r.text, make([]byte, step)...)
		if _, err := io.ReadFull(r.in, r.text[at:]); err != nil {
			return "", err
		}
		left -= step
	}
	return string(r.text), nil
}

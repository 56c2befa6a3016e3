package dataset

import (
	"errors"
	"fmt"
)

// Causes that callers may want to tell apart, found with errors.Is.
var (
	ErrEmpty   = errors.New("the file is empty")
	ErrNoRows  = errors.New("there is a header but no row below it")
	ErrBinary  = errors.New("this is not a text file")
	ErrTooBad  = errors.New("too many bad rows")
	ErrNoData  = errors.New("no row is left")
	ErrTooLong = errors.New("a record is too long")
)

// A CellError is one cell or row that could not be read: where it is and why.
type CellError struct {
	Path   string
	Line   int64  // physical line, from 1; 0 when unknown
	Column string // "" when the whole row is meant
	Text   string // the cell as written, shortened
	Err    error
}

// Error reads as a sentence: flows.csv:17: column "src_bytes": "12O0" is not a number.
func (e *CellError) Error() string {
	where := e.Path
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", e.Path, e.Line)
	}
	switch {
	case e.Column == "":
		return fmt.Sprintf("%s: %v", where, e.Err)
	case e.Text == "":
		return fmt.Sprintf("%s: column %q: %v", where, e.Column, e.Err)
	}
	return fmt.Sprintf("%s: column %q: %q %v", where, e.Column, e.Text, e.Err)
}

// Unwrap returns the cause.
func (e *CellError) Unwrap() error { return e.Err }

// shorten cuts a cell for a message: data may be of any length.
func shorten(b []byte) string {
	const most = 40
	if len(b) <= most {
		return string(b)
	}
	cut := most
	for cut > 0 && b[cut]&0xC0 == 0x80 {
		cut--
	}
	return string(b[:cut]) + "…"
}

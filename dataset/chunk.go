package dataset

import (
	"bytes"
	"fmt"
	"io"
)

const (
	chunkSize = 512 << 10 // text per chunk: large enough to amortise a hand-over, small enough for a core's cache
	maxRecord = 16 << 20  // a longer record is a quote that was never closed, or no table
	frontPad  = 16        // bytes before the text, so that the decoders may load the 8 or 16 bytes that end a cell
)

var newline = []byte{'\n'}

// A textChunk is some whole records of the file. Where chunks begin and end
// depends on the text alone, never on the number of workers.
type textChunk struct {
	index  int
	buf    []byte   // frontPad bytes, then the text
	quoted bool     // the text holds a quote character
	layout []int    // column of each field, where the file has changed its header; nil: in order
	late   []string // fields of such a header that are no column yet
}

func (c *textChunk) text() []byte { return c.buf[frontPad:] }

// A chunker cuts a stream into chunks at record boundaries. It does not count
// lines: whoever finishes the chunks in file order knows them.
type chunker struct {
	d      *dialect
	size   int // text per chunk
	r      io.Reader
	carry  []byte // text read beyond the last boundary
	index  int
	eof    bool
	layout []int
	late   []string
	fields func(names []string) (layout []int, late []string) // of a header met on the way
}

// A placedError is an error with its place: so many lines below the end of the
// last chunk. The line itself is only known when that chunk is done.
type placedError struct {
	below int64
	err   func(line int64) error
}

func (e *placedError) Error() string { return e.err(0).Error() }

// next reads the next chunk into buf, which it may enlarge; nil at the end.
// Errors that belong to a line are a *placedError.
func (k *chunker) next(buf []byte) (*textChunk, error) {
	if cap(buf) == 0 {
		buf = make([]byte, frontPad, frontPad+k.size+k.size/4)
	}
	return k.read(buf[:frontPad])
}

// read fills a buffer up to a record boundary.
func (k *chunker) read(buf []byte) (*textChunk, error) {
	buf = append(buf, k.carry...)
	k.carry = k.carry[:0]
	want := k.size
	for {
		if err := k.fill(&buf, want); err != nil {
			return nil, err
		}
		text := buf[frontPad:]
		if len(text) == 0 {
			return nil, nil
		}
		end, quoted, open := k.boundary(text)
		if k.eof && open < 0 {
			end = len(text)
		}
		switch {
		case end > 0:
			return k.cut(buf, end, quoted), nil
		case open >= 0 && (k.eof || len(text) > maxRecord):
			return nil, k.unclosed(text, open)
		case len(text) > maxRecord:
			return nil, &placedError{0, func(line int64) error {
				return &CellError{Line: line, Err: fmt.Errorf("%w: it is over %d MiB; is this the right delimiter, and is this a table?", ErrTooLong, maxRecord>>20)}
			}}
		}
		want = min(2*len(text), maxRecord+1)
	}
}

// fill reads until the text has the wanted size or the stream ends.
func (k *chunker) fill(buf *[]byte, want int) error {
	b := *buf
	for !k.eof && len(b)-frontPad < want {
		if cap(b) < frontPad+want {
			grown := make([]byte, len(b), frontPad+want+want/8)
			copy(grown, b)
			b = grown
		}
		n, err := k.r.Read(b[len(b) : frontPad+want])
		b = b[:len(b)+n]
		if err == io.EOF {
			k.eof = true
		} else if err != nil {
			return &placedError{int64(bytes.Count(b[frontPad:], newline)), func(int64) error { return err }}
		}
	}
	*buf = b
	return nil
}

// boundary returns the length of the text up to and including the last newline
// that ends a record, and the offset of a quote that is still open (or -1).
func (k *chunker) boundary(text []byte) (end int, quoted bool, open int) {
	if k.d.quote == 0 || bytes.IndexByte(text, k.d.quote) < 0 {
		return bytes.LastIndexByte(text, '\n') + 1, false, -1
	}
	pos := 0
	for {
		q := bytes.IndexByte(text[pos:], k.d.quote)
		if q < 0 {
			q = len(text) - pos
		}
		q += pos
		if nl := bytes.LastIndexByte(text[pos:q], '\n'); nl >= 0 {
			end = pos + nl + 1
		}
		if q == len(text) {
			return end, true, -1
		}
		if q > 0 && text[q-1] != k.d.comma && text[q-1] != '\n' {
			pos = q + 1 // a quote inside a cell is text
			continue
		}
		closing := closingQuote(text[q+1:], k.d.quote)
		if closing < 0 || (q+2+closing == len(text) && !k.eof) {
			return end, true, q
		}
		pos = q + 2 + closing
	}
}

// cut hands out the text up to end and keeps the rest.
func (k *chunker) cut(buf []byte, end int, quoted bool) *textChunk {
	text := buf[frontPad:]
	if k.d.format == Zeek {
		end = k.header(text, end)
	}
	k.carry = append(k.carry, text[end:]...)
	c := &textChunk{index: k.index, buf: buf[:frontPad+end], quoted: quoted, layout: k.layout, late: k.late}
	k.index++
	k.late = nil
	return c
}

// header lets a chunk of a Zeek log end before the next #fields line, and takes
// over the layout of one that it begins with.
func (k *chunker) header(text []byte, end int) int {
	mark := []byte("\n#fields")
	if bytes.HasPrefix(text, mark[1:]) {
		line, _, _ := bytes.Cut(text, newline)
		_, value, _ := bytes.Cut(bytes.TrimSuffix(line, []byte{'\r'}), []byte{k.d.comma})
		k.layout, k.late = k.fields(zeekFields(value, k.d.comma))
	}
	if i := bytes.Index(text[:end], mark); i >= 0 {
		return i + 1
	}
	return end
}

// unclosed says where the quote begins that has no end, in a text that begins
// with its record.
func (k *chunker) unclosed(text []byte, open int) error {
	column := ""
	if i := len(splitRecord(text[:open], k.d.comma, k.d.quote)) - 1; i < len(k.d.header) {
		column = k.d.header[i]
	}
	return &placedError{int64(bytes.Count(text[:open], newline)), func(line int64) error {
		return &CellError{Line: line, Column: column,
			Err: fmt.Errorf("%w: the quoted cell that begins here is not closed within %d MiB or the file; close the quote, or read with --quotes=no", ErrTooLong, maxRecord>>20)}
	}}
}

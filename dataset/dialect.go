package dataset

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Format is a way of writing a table as text.
type Format uint8

// The formats netanom reads.
const (
	CSV Format = iota
	Zeek
	JSONLines
	ARFF
)

var formatNames = [...]string{"csv", "zeek", "json", "arff"}

// String returns the format's name.
func (f Format) String() string { return formatNames[min(int(f), len(formatNames)-1)] }

// A dialect is everything about the text that must be known before its cells
// can be found.
type dialect struct {
	format  Format
	comma   byte
	quote   byte // 0: quotes are text
	comment byte // lines that begin with it are not records; 0: none
	header  []string
	returns bool  // lines end with a carriage return and a newline
	named   bool  // the header was read from the file
	body    int   // offset of the first record in the text
	line    int64 // its line, from 1
	unset   [][]byte
	schema  *Schema // already known from the header's own type lines or the cells
}

// missing reports whether the cell says that there is no value.
func (d *dialect) missing(cell []byte) bool {
	if IsMissing(cell) {
		return true
	}
	for _, u := range d.unset {
		if bytes.Equal(cell, u) {
			return true
		}
	}
	return false
}

var utf8BOM = []byte{0xef, 0xbb, 0xbf}

// sniff finds the dialect from the first text of a file. whole says that head
// is all there is.
func sniff(head []byte, whole bool, opt Options) (*dialect, error) {
	bom := 0
	if bytes.HasPrefix(head, utf8BOM) {
		bom = len(utf8BOM)
	}
	text := head[bom:]
	if err := checkText(head, text); err != nil {
		return nil, err
	}
	d, err := sniffFormat(text, whole, opt)
	if err != nil {
		return nil, err
	}
	line, _, _ := bytes.Cut(text, newline)
	d.returns = bytes.HasSuffix(line, []byte{'\r'})
	d.body += bom
	return d, nil
}

// checkText refuses what is not text, with a word on what it looks like.
func checkText(head, text []byte) error {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return ErrEmpty
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return fmt.Errorf("the text is UTF-16; save it as UTF-8 first (iconv -f UTF-16 -t UTF-8)")
	case bytes.HasPrefix(head, []byte("PAR1")):
		return fmt.Errorf("%w: it is a Parquet file; export it as CSV", ErrBinary)
	case bytes.HasPrefix(head, []byte{0xd4, 0xc3, 0xb2, 0xa1}), bytes.HasPrefix(head, []byte{0xa1, 0xb2, 0xc3, 0xd4}), bytes.HasPrefix(head, []byte{0x0a, 0x0d, 0x0d, 0x0a}):
		return fmt.Errorf("%w: it is a packet capture, not a table of connections", ErrBinary)
	}
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') >= 0 {
		return fmt.Errorf("the lines end with carriage returns only; make them newlines first (tr '\\r' '\\n')")
	}
	for i, c := range text {
		if c == 0 || (c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b) {
			return fmt.Errorf("%w: byte 0x%02x at offset %d does not occur in text", ErrBinary, c, i)
		}
	}
	return nil
}

func sniffFormat(text []byte, whole bool, opt Options) (*dialect, error) {
	switch first := bytes.TrimLeft(text, " \t\r\n"); {
	case bytes.HasPrefix(first, []byte("#separator")), bytes.HasPrefix(first, []byte("#fields")):
		return sniffZeek(text)
	case first[0] == '{':
		return sniffJSON(text, whole)
	case first[0] == '[' && opensArray(first[1:]):
		return nil, fmt.Errorf("the file is one JSON array; write one object a line (jq -c '.[]')")
	case isARFF(first):
		return sniffARFF(text, whole)
	}
	return sniffCSV(text, whole, opt)
}

// opensArray reports whether the text behind a bracket is the beginning of a
// JSON array rather than of a name in brackets.
func opensArray(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) == 0 || text[0] == '{' || text[0] == '[' || text[0] == ']'
}

// sniffCSV finds the delimiter and whether the first record is a header.
func sniffCSV(text []byte, whole bool, opt Options) (*dialect, error) {
	d := &dialect{format: CSV, quote: '"', line: 1}
	if opt.NoQuotes {
		d.quote = 0
	}
	if d.comma = opt.Delimiter; d.comma == 0 {
		d.comma = sniffDelimiter(text, whole, d.quote)
	}
	records := headRecords(text, whole, d, 2000)
	if len(records) == 0 {
		return nil, fmt.Errorf("%w: the first has no end within %d KiB; is a quote left open, or is this no table?", ErrTooLong, len(text)>>10)
	}
	first := records[0].cells
	if known, ok := RecogniseHeaderless(texts(records[:min(len(records), 50)])); ok && opt.Header != HeaderYes {
		d.header, d.schema = known.Names(), &known
		d.body, d.line = records[0].offset, records[0].line
		return d, nil
	}
	if opt.Header == HeaderNo || (opt.Header == HeaderAuto && !looksLikeHeader(records)) {
		for i := range first {
			d.header = append(d.header, fmt.Sprintf("column_%d", i+1))
		}
		d.body, d.line = records[0].offset, records[0].line
		return d, nil
	}
	d.named = true
	for _, cell := range first {
		d.header = append(d.header, strings.TrimSpace(string(cell)))
	}
	d.body, d.line = records[0].next, records[0].nextLine
	return d, nil
}

// sniffDelimiter chooses the delimiter that cuts the first records into the
// most columns while nearly all of them agree on the number.
func sniffDelimiter(text []byte, whole bool, quote byte) byte {
	best, bestScore := byte(','), 0.0
	for _, comma := range []byte{',', '\t', ';', '|'} {
		records := headRecords(text, whole, &dialect{comma: comma, quote: quote, line: 1}, 100)
		widths := map[int]int{}
		for _, r := range records {
			widths[len(r.cells)]++
		}
		common, times := 1, 0
		for w, n := range widths {
			if n > times || (n == times && w > common) {
				common, times = w, n
			}
		}
		if common < 2 {
			continue
		}
		agree := float64(times) / float64(len(records))
		if score := agree * agree * (1 + float64(common)/1000); score > bestScore {
			best, bestScore = comma, score
		}
	}
	return best
}

// looksLikeHeader reports whether the first record names columns: every cell
// holds a word of its own that is not a number, and where the cells below are
// all words too, the first is at least not repeated below.
func looksLikeHeader(records []record) bool {
	first := records[0].cells
	seen := map[string]bool{}
	known := Recognise(cellTexts(first))
	blank := 0
	for _, cell := range first {
		name := bytes.TrimSpace(cell)
		if len(name) == 0 {
			blank++
			continue
		}
		if _, number := ParseNumber(name); number {
			return false
		}
		seen[string(name)] = true
	}
	if blank > len(first)/2 {
		return false
	}
	if known.Name != "" || len(records) == 1 {
		return true
	}
	for c := range first {
		for _, r := range records[1:] {
			if c < len(r.cells) && len(r.cells[c]) > 0 && bytes.Equal(r.cells[c], first[c]) {
				return false
			}
		}
	}
	return true
}

// A record is one record of the head, cell by cell.
type record struct {
	cells    [][]byte
	offset   int // where it begins in the text
	next     int // where the next begins
	line     int64
	nextLine int64
}

// headRecords cuts up to most complete records from the text. The last one
// counts only if the text is whole or a newline ends it.
func headRecords(text []byte, whole bool, d *dialect, most int) []record {
	var out []record
	pos, line := 0, int64(1)
	for pos < len(text) && len(out) < most {
		end, ok := recordEnd(text[pos:], d.comma, d.quote)
		if !ok && !whole {
			break
		}
		if !ok {
			end = len(text) - pos
		}
		raw := text[pos : pos+end]
		next := min(pos+end+1, len(text))
		nextLine := line + int64(bytes.Count(text[pos:next], []byte{'\n'}))
		if body := bytes.TrimSuffix(raw, []byte{'\r'}); len(body) > 0 && (d.comment == 0 || body[0] != d.comment) {
			out = append(out, record{splitRecord(body, d.comma, d.quote), pos, next, line, nextLine})
		}
		pos, line = next, nextLine
	}
	return out
}

// recordEnd returns the offset of the newline that ends the first record, which
// is the first newline outside quotes.
func recordEnd(text []byte, comma, quote byte) (int, bool) {
	if quote == 0 {
		i := bytes.IndexByte(text, '\n')
		return i, i >= 0
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			return i, true
		case quote:
			if i > 0 && text[i-1] != comma {
				continue
			}
			closing := closingQuote(text[i+1:], quote)
			if closing < 0 {
				return 0, false
			}
			i += 1 + closing
		}
	}
	return 0, false
}

// closingQuote returns the offset of the quote that closes a field whose
// content begins at b, or -1. A doubled quote is content.
func closingQuote(b []byte, quote byte) int {
	for i := 0; ; {
		j := bytes.IndexByte(b[i:], quote)
		if j < 0 {
			return -1
		}
		i += j
		if i+1 < len(b) && b[i+1] == quote {
			i += 2
			continue
		}
		return i
	}
}

// splitRecord cuts a record without its newline into cells, quotes removed.
func splitRecord(raw []byte, comma, quote byte) [][]byte {
	var cells [][]byte
	for {
		cell, rest, more := cutCell(raw, comma, quote)
		cells = append(cells, cell)
		if !more {
			return cells
		}
		raw = rest
	}
}

// cutCell takes the first cell off a record. Text between a closing quote and
// the delimiter is kept as it stands, after the quoted content.
func cutCell(raw []byte, comma, quote byte) (cell, rest []byte, more bool) {
	if quote != 0 && len(raw) > 0 && raw[0] == quote {
		if c := closingQuote(raw[1:], quote); c >= 0 {
			cell = unquote(raw[1:1+c], quote)
			after := raw[2+c:]
			i := bytes.IndexByte(after, comma)
			if i < 0 {
				return append(cell, after...), nil, false
			}
			return append(cell, after[:i]...), after[i+1:], true
		}
	}
	i := bytes.IndexByte(raw, comma)
	if i < 0 {
		return raw, nil, false
	}
	return raw[:i], raw[i+1:], true
}

// unquote returns a copy of the content of a quoted cell, each doubled quote
// made one.
func unquote(content []byte, quote byte) []byte {
	out := make([]byte, 0, len(content))
	for {
		i := bytes.IndexByte(content, quote)
		if i < 0 {
			return append(out, content...)
		}
		out = append(out, content[:i+1]...)
		content = content[min(i+2, len(content)):]
	}
}

func cellTexts(cells [][]byte) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.ToValidUTF8(string(c), string(utf8.RuneError))
	}
	return out
}

func texts(records []record) [][]string {
	out := make([][]string, len(records))
	for i, r := range records {
		out[i] = cellTexts(r.cells)
	}
	return out
}

package serve

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
)

// A sheet is a body of delimited text: what the answer repeats of it.
type sheet struct {
	text      []byte
	delimiter byte
	header    []byte   // as it came; nil: there was none
	names     []string // of the columns
	lines     [][]byte // each record as it came
}

// readSheet reads records from CSV, from other delimited text, or from a Zeek log, into
// the batch. The names of columns are in the first line, unless the lines are KDD
// records without a header.
func readSheet(text []byte, b *batch) (*sheet, *problem) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return nil, newProblem(http.StatusBadRequest, "malformed", "the text is not UTF-8")
	}
	if bytes.HasPrefix(text, []byte("#separator")) {
		return readZeek(text, b)
	}
	s := &sheet{text: text}
	first, _, _ := bytes.Cut(bytes.TrimLeft(text, "\r\n"), []byte("\n"))
	if n := bytes.Count(first, []byte{delimiterOf(first)}); n >= maxFields {
		return nil, newProblem(http.StatusRequestEntityTooLarge, "too-large", "a record has more than %d fields", maxFields)
	}
	s.delimiter = delimiterOf(first)
	return s, s.read(b)
}

// delimiterOf is the one of some characters that a line has most of.
func delimiterOf(line []byte) byte {
	best, most := byte(','), 0
	for _, d := range []byte(",\t;|") {
		if n := bytes.Count(line, []byte{d}); n > most {
			best, most = d, n
		}
	}
	return best
}

// read offers the records to the batch.
func (s *sheet) read(b *batch) *problem {
	c := csv.NewReader(bytes.NewReader(s.text))
	c.Comma, c.FieldsPerRecord, c.ReuseRecord, c.LazyQuotes = rune(s.delimiter), -1, true, true
	var f *form
	for {
		from := c.InputOffset()
		record, err := c.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			line, column := c.FieldPos(0)
			return newProblem(http.StatusBadRequest, "malformed", "line %d, column %d is not CSV", line, column)
		case len(record) > maxFields:
			return newProblem(http.StatusRequestEntityTooLarge, "too-large", "a record has more than %d fields", maxFields)
		}
		raw := bytes.Trim(s.text[from:c.InputOffset()], "\r\n")
		if f == nil {
			var p *problem
			if f, p = s.head(b, record, raw); p != nil {
				return p
			}
			if s.header != nil {
				continue
			}
		}
		if p := s.record(b, f, record, raw); p != nil {
			return p
		}
	}
}

// head finds the names of the columns in the first record.
func (s *sheet) head(b *batch, record []string, raw []byte) (*form, *problem) {
	names := slices.Clone(record)
	if known, ok := dataset.RecogniseHeaderless([][]string{names}); ok {
		s.names = known.Names()
		return b.form(s.names)
	}
	f, p := b.form(names)
	if p != nil {
		return nil, p
	}
	if f.binding.Bound() == 0 {
		return nil, newProblem(http.StatusBadRequest, "malformed", "the first line names no column of the model; send a header")
	}
	s.header, s.names = raw, names
	return f, nil
}

// record offers one record.
func (s *sheet) record(b *batch, f *form, record []string, raw []byte) *problem {
	s.lines = append(s.lines, raw)
	b.start()
	if len(record) != len(f.names) {
		return b.refuse("length", "the record has another number of cells than the header has names")
	}
	for _, text := range record {
		from := len(b.arena)
		b.arena = append(b.arena, text...)
		b.cells = append(b.cells, cell{model.TextCell, from, len(b.arena)})
	}
	return b.finish(f)
}

// readZeek reads the records of a log that Zeek wrote as tab-separated text.
func readZeek(text []byte, b *batch) (*sheet, *problem) {
	s := &sheet{text: text, delimiter: '\t'}
	unset, empty := []byte("-"), []byte("(empty)")
	var f *form
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			continue
		}
		if line[0] == '#' {
			switch name, value, _ := bytes.Cut(line, []byte("\t")); string(name) {
			case "#fields":
				s.names = strings.Split(string(value), "\t")
				if len(s.names) > maxFields {
					return s, newProblem(http.StatusRequestEntityTooLarge, "too-large", "a record has more than %d fields", maxFields)
				}
				var p *problem
				if f, p = b.form(s.names); p != nil {
					return s, p
				}
				s.header = value
			case "#unset_field":
				unset = value
			case "#empty_field":
				empty = value
			}
			continue
		}
		if f == nil {
			return s, newProblem(http.StatusBadRequest, "malformed", "the log has no line of #fields before its records")
		}
		if p := s.zeekRecord(b, f, line, unset, empty); p != nil {
			return s, p
		}
	}
	return s, nil
}

func (s *sheet) zeekRecord(b *batch, f *form, line, unset, empty []byte) *problem {
	s.lines = append(s.lines, line)
	b.start()
	n := 0
	for part := range bytes.SplitSeq(line, []byte("\t")) {
		kind := model.TextCell
		if bytes.Equal(part, unset) || bytes.Equal(part, empty) {
			kind, part = model.NullCell, nil
		}
		if n++; n > len(f.names) {
			break
		}
		b.add(kind, part)
	}
	if n != len(f.names) {
		b.cells = b.cells[:b.from()]
		return b.refuse("length", "the record has another number of cells than #fields has names")
	}
	return b.finish(f)
}

// appendSheet writes the answer as delimited text: the records as they came, behind what
// predict writes before them.
func (b *batch) appendSheet(dst []byte, a *ask, s *sheet) []byte {
	d := s.delimiter
	for _, name := range b.sheetNames(a) {
		if slices.Contains(s.names, name) {
			name = "netanom_" + name
		}
		dst = append(append(dst, name...), d)
	}
	if s.header != nil {
		dst = append(dst, s.header...)
	} else {
		dst = append(dst, strings.Join(s.names, string(d))...)
	}
	dst = append(dst, '\n')
	rejects := b.errors(model.Reject)
	for i, line := range s.lines {
		dst = b.appendSheetCells(dst, a, i, d, rejects)
		dst = append(s.appendLine(dst, a, line), '\n')
	}
	return dst
}

// sheetNames are those of the columns before the client's own.
func (b *batch) sheetNames(a *ask) []string {
	names := []string{"score", "verdict"}
	if b.model.typed() {
		names = append(names, "class")
	}
	if a.reasons > 0 {
		names = append(names, "reasons")
	}
	if a.byRow {
		names = append(names, "error")
	}
	return names
}

// appendSheetCells writes the cells before the client's own.
func (b *batch) appendSheetCells(dst []byte, a *ask, record int, d byte, rejects []fieldError) []byte {
	var score, label, class, reasons, wrong []byte
	if row := b.place[record]; row >= 0 {
		score = appendNumber(nil, b.found.Score[row])
		label = []byte(b.label(row))
		class = []byte(b.model.pipeline.Classes[b.found.Class[row]])
		if b.reasons != nil {
			reasons = []byte(model.ReasonsText(b.reasons[row]))
		}
	} else {
		label, wrong = []byte("rejected"), []byte("the record was rejected")
		for _, e := range errorsOf(rejects, record) {
			if wrong = append(wrong, "; "...); e.Column != "" {
				wrong = append(append(wrong, e.Column...), ": "...)
			}
			wrong = append(wrong, e.Message...)
		}
	}
	dst = append(append(dst, score...), d)
	dst = append(appendCell(dst, label, d, a.formulas), d)
	if b.model.typed() {
		dst = append(appendCell(dst, class, d, a.formulas), d)
	}
	if a.reasons > 0 {
		dst = append(appendCell(dst, reasons, d, a.formulas), d)
	}
	if a.byRow {
		dst = append(appendCell(dst, wrong, d, a.formulas), d)
	}
	return dst
}

// appendLine writes a record as it came, or with cells that a spreadsheet would run made
// harmless.
func (s *sheet) appendLine(dst []byte, a *ask, line []byte) []byte {
	if !a.formulas {
		return append(dst, line...)
	}
	c := csv.NewReader(bytes.NewReader(line))
	c.Comma, c.FieldsPerRecord, c.LazyQuotes = rune(s.delimiter), -1, true
	record, err := c.Read()
	if err != nil {
		return appendCell(dst, line, s.delimiter, true)
	}
	for i, text := range record {
		if i > 0 {
			dst = append(dst, s.delimiter)
		}
		dst = appendCell(dst, []byte(text), s.delimiter, true)
	}
	return dst
}

// appendCell writes a cell, quoted where it needs to be.
func appendCell(dst, text []byte, d byte, harmless bool) []byte {
	if harmless && len(text) > 0 && bytes.IndexByte([]byte("=+-@\t\r"), text[0]) >= 0 {
		if _, number := dataset.ParseNumber(text); !number {
			text = append([]byte("'"), text...)
		}
	}
	if bytes.IndexByte(text, d) < 0 && !bytes.ContainsAny(text, "\"\r\n") {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	dst = append(dst, bytes.ReplaceAll(text, []byte(`"`), []byte(`""`))...)
	return append(dst, '"')
}

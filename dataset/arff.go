package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

func isARFF(text []byte) bool {
	for len(text) > 0 && text[0] == '%' {
		_, rest, ok := bytes.Cut(text, []byte{'\n'})
		if !ok {
			return false
		}
		text = bytes.TrimLeft(rest, " \t\r\n")
	}
	return hasKeyword(text, "@relation")
}

func hasKeyword(line []byte, word string) bool {
	return len(line) > len(word) && strings.EqualFold(string(line[:len(word)]), word) && (line[len(word)] == ' ' || line[len(word)] == '\t')
}

// sniffARFF reads the declarations of Weka's format up to @data. Declared
// kinds are kept: a nominal attribute is a category even if its levels are
// digits.
func sniffARFF(text []byte, whole bool) (*dialect, error) {
	d := &dialect{format: ARFF, comma: ',', comment: '%', named: true, line: 1}
	var kinds []Kind
	for d.body < len(text) {
		line, rest, ok := bytes.Cut(text[d.body:], []byte{'\n'})
		if !ok && !whole {
			break
		}
		d.body = len(text) - len(rest)
		d.line++
		line = bytes.TrimSpace(line)
		switch {
		case strings.EqualFold(string(line), "@data") && d.header == nil:
			return nil, fmt.Errorf("line %d: the ARFF file has no @attribute before @data", d.line-1)
		case strings.EqualFold(string(line), "@data"):
			return d.declared(kinds), nil
		case hasKeyword(line, "@attribute"):
			name, kind, err := arffAttribute(string(line[len("@attribute"):]))
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", d.line-1, err)
			}
			d.header, kinds = append(d.header, name), append(kinds, kind)
		}
	}
	return nil, fmt.Errorf("the ARFF file has no @data line within its first %d lines", d.line)
}

// declared finishes the schema: the declared kinds win over what is known of
// columns of that name, except that flags stay flags.
func (d *dialect) declared(kinds []Kind) *dialect {
	s := Recognise(d.header)
	for i := range s.Columns {
		c := &s.Columns[i]
		if kinds[i] == Category && c.Kind != Flag || kinds[i] == Number && c.Kind == Unknown {
			c.Kind = kinds[i]
		}
	}
	d.schema = &s
	return d
}

// arffAttribute reads the rest of an @attribute line: a name, which may be
// quoted, and a type.
func arffAttribute(s string) (name string, kind Kind, err error) {
	s = strings.TrimSpace(s)
	if s != "" && (s[0] == '\'' || s[0] == '"') {
		end := strings.IndexByte(s[1:], s[0])
		if end < 0 {
			return "", Unknown, fmt.Errorf("the quote around an attribute's name is not closed")
		}
		name, s = s[1:1+end], strings.TrimSpace(s[2+end:])
	} else {
		end := strings.IndexAny(s, " \t{")
		if end <= 0 {
			return "", Unknown, fmt.Errorf("@attribute needs a name and a type")
		}
		name, s = s[:end], strings.TrimSpace(s[end:])
	}
	switch word := strings.ToLower(s); {
	case strings.HasPrefix(word, "{"):
		return name, Category, nil
	case strings.HasPrefix(word, "numeric"), strings.HasPrefix(word, "real"), strings.HasPrefix(word, "integer"):
		return name, Number, nil
	}
	return name, Unknown, nil
}

var (
	errSparse = errors.New("sparse ARFF rows, in braces, are not read; write all values")
	errOpen   = errors.New("a quote is not closed on its line")
)

// arff reads a row of an ARFF file.
func (n *normaliser) arff(raw []byte) error {
	for count := 1; ; count++ {
		var more bool
		var err error
		if n.buf, raw, more, err = appendARFF(n.buf, raw); err != nil {
			return err
		}
		n.cell(nil)
		switch {
		case !more && count == n.columns:
			return nil
		case !more:
			return tooFew(count, n.columns)
		case count == n.columns:
			return tooMany(count+1+bytes.Count(raw, []byte{','}), n.columns)
		}
	}
}

// appendARFF appends the first value of a row to dst, without the blanks and
// quotes around it. Quotes are single or double; inside, a backslash keeps the
// next character from being special.
func appendARFF(dst, raw []byte) (out, rest []byte, more bool, err error) {
	raw = bytes.TrimLeft(raw, " \t")
	if len(raw) > 0 && raw[0] == '{' {
		return dst, nil, false, errSparse
	}
	if len(raw) == 0 || raw[0] != '\'' && raw[0] != '"' {
		value, rest, more := bytes.Cut(raw, []byte{','})
		return append(dst, bytes.TrimRight(value, " \t")...), rest, more, nil
	}
	quote := raw[0]
	for i := 1; i < len(raw); i++ {
		switch {
		case raw[i] == '\\' && i+1 < len(raw):
			i++
			dst = append(dst, raw[i])
		case raw[i] != quote:
			dst = append(dst, raw[i])
		case i+1 < len(raw) && raw[i+1] == quote:
			i++
			dst = append(dst, quote)
		default:
			_, rest, more := bytes.Cut(raw[i+1:], []byte{','})
			return dst, rest, more, nil
		}
	}
	return dst, nil, false, errOpen
}

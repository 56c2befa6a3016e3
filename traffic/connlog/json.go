package connlog

import (
	"bytes"
	"encoding/json"
	"errors"
)

// maxNesting bounds brackets within brackets.
const maxNesting = 256

var errJSON = errors.New("is not a whole JSON object")

// walk fills the cells with those members of a JSON object that have a name among the
// words; a member of an object in it is called "outer.inner". Strings come without their
// quotes, null not at all. What lies deeper, and arrays, is passed over. Only the form is
// checked that is needed to find the members. The cells point into the line.
func walk(line []byte, words map[string]field, c *cells) error {
	var room [128]byte
	w := walker{line: line, words: words, cells: c}
	if err := w.object(room[:0], true); err != nil {
		return err
	}
	w.blanks()
	if w.at != len(line) {
		return errJSON
	}
	return nil
}

type walker struct {
	line  []byte
	at    int
	words map[string]field
	cells *cells
}

// next steps over blanks and over one byte, which it returns; 0 at the end.
func (w *walker) next() byte {
	w.blanks()
	if w.at == len(w.line) {
		return 0
	}
	w.at++
	return w.line[w.at-1]
}

func (w *walker) blanks() {
	for w.at < len(w.line) {
		switch w.line[w.at] {
		case ' ', '\t', '\r', '\n':
			w.at++
		default:
			return
		}
	}
}

// object reads an object whose members' paths begin with prefix.
func (w *walker) object(prefix []byte, outer bool) error {
	if w.next() != '{' {
		return errJSON
	}
	for first := true; ; first = false {
		c := w.next()
		if c == '}' && first {
			return nil
		}
		if c != '"' {
			return errJSON
		}
		name, err := w.text()
		if err != nil {
			return err
		}
		if w.next() != ':' {
			return errJSON
		}
		if err := w.member(prefix, name, outer); err != nil {
			return err
		}
		switch w.next() {
		case ',':
		case '}':
			return nil
		default:
			return errJSON
		}
	}
}

func (w *walker) member(prefix, name []byte, outer bool) error {
	path := name
	if !outer {
		path = append(prefix, name...)
	}
	w.blanks()
	if w.at == len(w.line) {
		return errJSON
	}
	switch c := w.line[w.at]; {
	case c == '"':
		w.at++
		value, err := w.text()
		if err != nil {
			return err
		}
		w.cells[w.words[string(path)]] = value
	case c == '{' && outer:
		return w.object(append(append(prefix, name...), '.'), false)
	case c == '{' || c == '[':
		return w.skip()
	default:
		return w.literal(path)
	}
	return nil
}

// text reads a string whose first quote is behind.
func (w *walker) text() ([]byte, error) {
	start := w.at
	for escaped := false; ; {
		quote := bytes.IndexByte(w.line[w.at:], '"')
		if quote < 0 {
			return nil, errJSON
		}
		piece := w.line[w.at : w.at+quote]
		w.at += quote + 1
		if bytes.IndexByte(piece, '\\') < 0 {
			if escaped {
				return unescape(w.line[start-1 : w.at])
			}
			return w.line[start : w.at-1], nil
		}
		escaped = true
		if backslashes := len(piece) - len(bytes.TrimRight(piece, `\`)); backslashes%2 == 0 {
			return unescape(w.line[start-1 : w.at])
		}
	}
}

// unescape resolves the escapes of a string with its quotes. They are rare in these logs.
func unescape(quoted []byte) ([]byte, error) {
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		return nil, errJSON
	}
	return []byte(s), nil
}

// literal reads a number, true, false or null.
func (w *walker) literal(path []byte) error {
	start := w.at
	for w.at < len(w.line) && isLiteral(w.line[w.at]) {
		w.at++
	}
	switch value := w.line[start:w.at]; {
	case w.at == len(w.line) || len(value) == 0:
		return errJSON
	case string(value) == "null":
	case value[0] == '-' || value[0] >= '0' && value[0] <= '9', string(value) == "true", string(value) == "false":
		w.cells[w.words[string(path)]] = value
	default:
		return errJSON
	}
	return nil
}

func isLiteral(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '-' || c == '+'
}

// skip steps over an object or array.
func (w *walker) skip() error {
	for depth := 0; w.at < len(w.line); {
		c := w.line[w.at]
		w.at++
		switch c {
		case '"':
			if _, err := w.text(); err != nil {
				return err
			}
		case '{', '[':
			if depth++; depth > maxNesting {
				return errJSON
			}
		case '}', ']':
			if depth--; depth == 0 {
				return nil
			}
		}
	}
	return errJSON
}

package dataset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// sniffJSON takes the columns from the keys of the first objects, in order of
// appearance. Keys that come later join when the file is scanned.
func sniffJSON(text []byte, whole bool) (*dialect, error) {
	d := &dialect{format: JSONLines, named: true, line: 1}
	seen := map[string]bool{}
	var members []jsonMember
	for pos, line := 0, 1; pos < len(text) && line <= 1000; line++ {
		raw, rest, ended := bytes.Cut(text[pos:], newline)
		if !ended && !whole {
			break
		}
		pos = len(text) - len(rest)
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		var err error
		members, err = appendMembers(members[:0], appendUTF8(nil, raw))
		if err != nil && len(d.header) == 0 {
			return nil, fmt.Errorf("line %d looks like JSON but is not an object: %w", line, err)
		}
		for _, m := range members {
			if !seen[string(m.key)] && err == nil {
				seen[string(m.key)] = true
				d.header = append(d.header, string(m.key))
			}
		}
	}
	if len(d.header) == 0 {
		return nil, fmt.Errorf("the first JSON objects are empty")
	}
	return d, nil
}

// A jsonMember is one member of a flat object with the text its value has as a
// cell: strings without quotes, numbers as written, null as nothing, true and
// false as T and F like Zeek's own logs, arrays as JSON.
type jsonMember struct{ key, value []byte }

// appendMembers appends the members of the object on a line. Those of nested
// objects get the outer key and a dot in front, as Zeek and ECS write them.
func appendMembers(dst []jsonMember, line []byte) ([]jsonMember, error) {
	if flat, ok := appendFlat(dst, line); ok {
		return flat, nil
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	tok, err := dec.Token()
	if err != nil {
		return dst, jsonCause(err)
	}
	if tok != json.Delim('{') {
		return dst, fmt.Errorf("the line is not a JSON object")
	}
	if dst, err = appendNested(dst, dec, "", 0); err != nil {
		return dst, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return dst, fmt.Errorf("there is text behind the JSON object")
	}
	return dst, nil
}

// maxJSONDepth bounds nesting, so that a hostile line cannot exhaust the stack.
const maxJSONDepth = 32

// appendNested appends the members of the object whose opening brace the
// decoder has just read.
func appendNested(dst []jsonMember, dec *json.Decoder, prefix string, depth int) ([]jsonMember, error) {
	if depth > maxJSONDepth {
		return dst, fmt.Errorf("the JSON object is nested more than %d deep", maxJSONDepth)
	}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return dst, jsonCause(err)
		}
		key, ok := tok.(string)
		if !ok {
			return dst, fmt.Errorf("the JSON object has a key that is not a string")
		}
		if dst, err = appendValue(dst, dec, prefix+key, depth); err != nil {
			return dst, err
		}
	}
	_, err := dec.Token() // the closing brace
	return dst, jsonCause(err)
}

func appendValue(dst []jsonMember, dec *json.Decoder, key string, depth int) ([]jsonMember, error) {
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return dst, jsonCause(err)
	}
	if raw[0] == '{' {
		inner := json.NewDecoder(bytes.NewReader(raw))
		inner.UseNumber()
		if _, err := inner.Token(); err != nil {
			return dst, jsonCause(err)
		}
		return appendNested(dst, inner, key+".", depth+1)
	}
	value, err := jsonScalar(raw)
	return append(dst, jsonMember{[]byte(key), value}), err
}

func jsonScalar(raw []byte) ([]byte, error) {
	switch {
	case bytes.Equal(raw, []byte("null")):
		return nil, nil
	case bytes.Equal(raw, []byte("true")):
		return []byte{'T'}, nil
	case bytes.Equal(raw, []byte("false")):
		return []byte{'F'}, nil
	case raw[0] == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return []byte(s), jsonCause(err)
	}
	return raw, nil
}

func jsonCause(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the JSON object is not closed")
	}
	if err != nil {
		return fmt.Errorf("the line is not valid JSON: %w", err)
	}
	return nil
}

// appendFlat cuts a flat object whose strings hold no escapes, which is how
// Zeek writes nearly every line. Anything else is left to encoding/json.
func appendFlat(dst []jsonMember, line []byte) (out []jsonMember, ok bool) {
	b := bytes.TrimSpace(line)
	if len(b) < 2 || b[0] != '{' || b[len(b)-1] != '}' {
		return dst, false
	}
	b = skipSpace(b[1:])
	if len(b) == 1 {
		return dst, true
	}
	out = dst
	for {
		key, rest, ok := plainString(b)
		if !ok {
			return dst, false
		}
		b = skipSpace(rest)
		if len(b) == 0 || b[0] != ':' {
			return dst, false
		}
		value, rest, ok := plainValue(skipSpace(b[1:]))
		if !ok {
			return dst, false
		}
		out = append(out, jsonMember{key, value})
		b = skipSpace(rest)
		switch {
		case len(b) == 1 && b[0] == '}':
			return out, true
		case len(b) > 1 && b[0] == ',':
			b = skipSpace(b[1:])
		default:
			return dst, false
		}
	}
}

func skipSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '\r') {
		b = b[1:]
	}
	return b
}

func plainString(b []byte) (s, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		return nil, nil, false
	}
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return b[1:i], b[i+1:], true
		case c == '\\' || c < 0x20:
			return nil, nil, false
		}
	}
	return nil, nil, false
}

func plainValue(b []byte) (v, rest []byte, ok bool) {
	if len(b) == 0 {
		return nil, nil, false
	}
	if b[0] == '"' {
		return plainString(b)
	}
	end := bytes.IndexAny(b, ",} \t\r")
	if end <= 0 {
		return nil, nil, false
	}
	word := b[:end]
	switch string(word) {
	case "null":
		return nil, b[end:], true
	case "true":
		return []byte{'T'}, b[end:], true
	case "false":
		return []byte{'F'}, b[end:], true
	}
	if !jsonNumber(word) {
		return nil, nil, false
	}
	return word, b[end:], true
}

// jsonNumber reports whether the word is a number by JSON's grammar.
func jsonNumber(w []byte) bool {
	if len(w) > 0 && w[0] == '-' {
		w = w[1:]
	}
	digits := leadingDigits(w)
	if digits == 0 || digits > 1 && w[0] == '0' {
		return false
	}
	w = w[digits:]
	if len(w) > 0 && w[0] == '.' {
		n := leadingDigits(w[1:])
		if n == 0 {
			return false
		}
		w = w[1+n:]
	}
	if len(w) > 0 && (w[0] == 'e' || w[0] == 'E') {
		w = w[1:]
		if len(w) > 0 && (w[0] == '+' || w[0] == '-') {
			w = w[1:]
		}
		n := leadingDigits(w)
		return n > 0 && n == len(w)
	}
	return len(w) == 0
}

func leadingDigits(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n
}

package serve

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/netanom/netanom/model"
)

// A jsonReader reads records from JSON. Duplicate names and text that is not UTF-8 are
// refused, so that nothing behind a proxy reads another record than the proxy did.
type jsonReader struct {
	dec   *jsontext.Decoder
	body  bytes.Buffer
	depth int
}

var jsonReaders = sync.Pool{New: func() any { return &jsonReader{dec: jsontext.NewDecoder(bytes.NewReader(nil))} }}

// readJSON reads the body of a request into a reader, which the caller must give back.
func readJSON(r io.Reader, limits Limits) (*jsonReader, *problem) {
	j := jsonReaders.Get().(*jsonReader)
	j.body.Reset()
	j.depth = limits.Depth
	if _, err := j.body.ReadFrom(r); err != nil {
		j.give()
		return nil, bodyProblem(err)
	}
	if len(bytes.TrimSpace(j.body.Bytes())) == 0 {
		j.give()
		return nil, newProblem(http.StatusBadRequest, "malformed", "the body is empty; send a record as a JSON object, or an array of them")
	}
	j.dec.Reset(&j.body)
	return j, nil
}

// give gives the reader back, unless its buffer has grown too large to keep.
func (j *jsonReader) give() {
	if j.body.Cap() <= largestArena {
		jsonReaders.Put(j)
	}
}

// bodyProblem says why a body could not be read to its end.
func bodyProblem(err error) *problem {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return newProblem(http.StatusRequestEntityTooLarge, "too-large", "the body is larger than %d bytes; send fewer records at a time, or a stream of lines as application/x-ndjson", large.Limit)
	case errors.Is(err, errUnpack):
		return newProblem(http.StatusBadRequest, "malformed", "the body cannot be unpacked")
	case errors.Is(err, errNoRoom):
		return newProblem(http.StatusServiceUnavailable, "overloaded", "there is no room for another large body; try again").after(time.Second)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return newProblem(http.StatusRequestTimeout, "timeout", "the body did not arrive in time")
	}
	return newProblem(http.StatusBadRequest, "malformed", "the body breaks off, or is not sent as it should be")
}

// malformed says where JSON is none.
func (j *jsonReader) malformed(err error) *problem {
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		return newProblem(http.StatusBadRequest, "malformed", "the JSON ends too early")
	}
	what := "it is not valid JSON"
	switch {
	case errors.Is(syntax.Err, jsontext.ErrDuplicateName):
		what = "a name is there twice in one object"
	case errors.Is(syntax.Err, io.ErrUnexpectedEOF):
		what = "the JSON ends too early"
	case strings.Contains(syntax.Err.Error(), "UTF-8"):
		what = "the text is not UTF-8"
	}
	return newProblem(http.StatusBadRequest, "malformed", "%s, at byte %d", what, syntax.ByteOffset)
}

// deep refuses what is nested too deeply.
func (j *jsonReader) deep() *problem {
	if j.dec.StackDepth() > j.depth {
		return newProblem(http.StatusBadRequest, "malformed", "the JSON is nested more than %d deep", j.depth)
	}
	return nil
}

// token reads the next token, which is known to be a bracket.
func (j *jsonReader) token() *problem {
	if _, err := j.dec.ReadToken(); err != nil {
		return j.malformed(err)
	}
	return j.deep()
}

// ended refuses what stands behind the value.
func (j *jsonReader) ended() *problem {
	if _, err := j.dec.ReadToken(); err != io.EOF {
		if err == nil {
			return newProblem(http.StatusBadRequest, "malformed", "there is something behind the JSON value, at byte %d", j.dec.InputOffset())
		}
		return j.malformed(err)
	}
	return nil
}

// value reads a value that is no object and no array as a cell.
func (j *jsonReader) value() (kind model.CellKind, text []byte, p *problem) {
	if k := j.dec.PeekKind(); k == '[' || k == '{' {
		return model.OtherCell, nil, j.skip()
	}
	v, err := j.dec.ReadValue()
	if err != nil {
		return 0, nil, j.malformed(err)
	}
	switch v.Kind() {
	case 'n':
		return model.NullCell, nil, nil
	case 't':
		return model.TrueCell, nil, nil
	case 'f':
		return model.FalseCell, nil, nil
	case '"':
		return model.TextCell, unquoted(v), nil
	}
	return model.NumberCell, v, nil
}

// skip reads a list or an object and forgets it.
func (j *jsonReader) skip() *problem {
	for depth := j.dec.StackDepth(); ; {
		if p := j.token(); p != nil {
			return p
		}
		if j.dec.StackDepth() == depth {
			return nil
		}
	}
}

// unquoted returns the text of a JSON string.
func unquoted(v []byte) []byte {
	if bytes.IndexByte(v, '\\') < 0 {
		return v[1 : len(v)-1]
	}
	text, err := jsontext.AppendUnquote(nil, v)
	if err != nil { // the decoder has seen that it is a string
		return nil
	}
	return text
}

// object reads the members of an object, whose opening brace comes next, as cells of
// the record at hand. Those of inner objects get the outer name and a point before
// theirs. special, if not nil, may read a member itself, and says whether it did.
func (j *jsonReader) object(b *batch, prefix string, special func(name string, kind jsontext.Kind) (bool, *problem)) *problem {
	if p := j.token(); p != nil {
		return p
	}
	for {
		kind := j.dec.PeekKind()
		if kind == '}' {
			return j.token()
		}
		name, err := j.dec.ReadValue()
		if err != nil {
			return j.malformed(err)
		}
		if len(b.names) >= maxFields {
			return newProblem(http.StatusRequestEntityTooLarge, "too-large", "a record has more than %d fields", maxFields)
		}
		from := len(b.arena)
		b.arena = append(append(b.arena, prefix...), unquoted(name)...)
		if len(b.arena)-from > maxName {
			return newProblem(http.StatusRequestEntityTooLarge, "too-large", "the name of a field is longer than %d bytes", maxName)
		}
		field := cell{from: from, to: len(b.arena)}
		kind = j.dec.PeekKind()
		if special != nil && (kind == '[' || kind == '{') {
			if taken, p := special(string(b.text(field)), kind); p != nil || taken {
				if p != nil {
					return p
				}
				continue
			}
		}
		if kind == '{' {
			if p := j.object(b, string(b.text(field))+".", nil); p != nil {
				return p
			}
			continue
		}
		valueKind, text, p := j.value()
		if p != nil {
			return p
		}
		b.names = append(b.names, field)
		b.add(valueKind, text)
	}
}

// records reads an array of records: objects, or lists of the model's columns.
func (j *jsonReader) records(b *batch) *problem {
	if p := j.token(); p != nil {
		return p
	}
	for {
		switch j.dec.PeekKind() {
		case ']':
			return j.token()
		case '{':
			b.start()
			if p := j.object(b, "", nil); p != nil {
				return p
			}
			if p := b.finish(nil); p != nil {
				return p
			}
		case '[':
			f, p := b.ownForm()
			if p != nil {
				return p
			}
			if p := j.list(b, f); p != nil {
				return p
			}
		default:
			if _, err := j.dec.ReadValue(); err != nil {
				return j.malformed(err)
			}
			if p := b.refuse("type", "a record is an object of named fields"); p != nil {
				return p
			}
		}
	}
}

// list reads a record that is a list of values for the names of f.
func (j *jsonReader) list(b *batch, f *form) *problem {
	if p := j.token(); p != nil {
		return p
	}
	b.start()
	n := 0
	for ; j.dec.PeekKind() != ']'; n++ {
		kind, text, p := j.value()
		if p != nil {
			return p
		}
		if n < len(f.names) {
			b.add(kind, text)
		}
	}
	if p := j.token(); p != nil {
		return p
	}
	if n != len(f.names) {
		b.cells = b.cells[:b.from()]
		return b.refuse("length", "the record is no list of as many values as there are columns")
	}
	return b.finish(f)
}

// lists reads an array of records that are lists of values for the names of f.
func (j *jsonReader) lists(b *batch, f *form) *problem {
	if p := j.token(); p != nil {
		return p
	}
	for {
		switch j.dec.PeekKind() {
		case ']':
			return j.token()
		case '[':
			if p := j.list(b, f); p != nil {
				return p
			}
		default:
			if _, err := j.dec.ReadValue(); err != nil {
				return j.malformed(err)
			}
			if p := b.refuse("type", "a record is a list of values"); p != nil {
				return p
			}
		}
	}
}

// strings reads an array of strings.
func (j *jsonReader) strings(what string) (out []string, p *problem) {
	if j.dec.PeekKind() != '[' {
		return nil, newProblem(http.StatusBadRequest, "malformed", "%s is to be an array of names", what)
	}
	if p := j.token(); p != nil {
		return nil, p
	}
	for {
		switch j.dec.PeekKind() {
		case ']':
			return out, j.token()
		case '"':
			v, err := j.dec.ReadValue()
			if err != nil {
				return nil, j.malformed(err)
			}
			if out = append(out, string(unquoted(v))); len(out) > maxFields {
				return nil, newProblem(http.StatusRequestEntityTooLarge, "too-large", "%s has more than %d names", what, maxFields)
			}
		default:
			if _, err := j.dec.ReadValue(); err != nil {
				return nil, j.malformed(err)
			}
			return nil, newProblem(http.StatusBadRequest, "malformed", "%s is to be an array of names", what)
		}
	}
}

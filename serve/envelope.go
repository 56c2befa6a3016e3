package serve

import (
	"bytes"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
)

// read reads what /v1/predict takes as JSON: a record, an array of records, {"records":
// […]}, or {"columns": […], "data": [[…]]}; the last two with parameters beside them.
func (j *jsonReader) read(b *batch, a *ask) *problem {
	var p *problem
	switch j.dec.PeekKind() {
	case '[':
		p = j.records(b)
	case '{':
		p = j.recordOrEnvelope(b, a)
	default:
		if _, err := j.dec.ReadValue(); err != nil {
			return j.malformed(err)
		}
		p = newProblem(http.StatusBadRequest, "malformed", "send a record as a JSON object, or an array of them")
	}
	if p != nil {
		return p
	}
	return j.ended()
}

// An envelope is an object that holds records.
type envelope struct {
	reader  *jsonReader
	batch   *batch
	columns []string
	data    []byte // lists, read before the columns were known
	held    bool   // something has been found in it
}

// recordOrEnvelope reads an object that is a record, or holds records.
func (j *jsonReader) recordOrEnvelope(b *batch, a *ask) *problem {
	e := &envelope{reader: j, batch: b}
	outer := b.outside() // cells of the object itself are apart from those of the records in it
	if p := j.object(outer, "", e.member); p != nil {
		return p
	}
	if e.held {
		if p := e.finish(); p != nil {
			return p
		}
		return a.setCells(outer)
	}
	b.arena, outer.arena = outer.arena, b.arena
	b.cells, outer.cells = outer.cells, b.cells
	b.names, outer.names = outer.names, b.names
	return b.finish(nil)
}

// member reads a member of an envelope.
func (e *envelope) member(name string, kind jsontext.Kind) (bool, *problem) {
	if kind != '[' {
		return false, nil
	}
	switch name {
	case "records":
		e.held = true
		return true, e.reader.records(e.batch)
	case "columns":
		e.held = true
		columns, p := e.reader.strings("columns")
		e.columns = columns
		return true, p
	case "data":
		e.held = true
		if e.columns != nil {
			f, p := e.batch.form(e.columns)
			if p != nil {
				return true, p
			}
			return true, e.reader.lists(e.batch, f)
		}
		v, err := e.reader.dec.ReadValue()
		if err != nil {
			return true, e.reader.malformed(err)
		}
		e.data = append([]byte{}, v...)
		return true, nil
	}
	return false, nil
}

// finish reads lists that came before their columns.
func (e *envelope) finish() *problem {
	if e.data == nil {
		return nil
	}
	if e.columns == nil {
		return newProblem(http.StatusBadRequest, "malformed", `"data" needs "columns" beside it`)
	}
	inner := &jsonReader{depth: e.reader.depth, dec: jsontext.NewDecoder(bytes.NewBuffer(e.data))}
	f, p := e.batch.form(e.columns)
	if p != nil {
		return p
	}
	return inner.lists(e.batch, f)
}

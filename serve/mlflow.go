package serve

import (
	"net/http"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/netanom/netanom/model"
)

// What MLflow's scoring servers take at /invocations: exactly one of dataframe_split,
// dataframe_records, instances and inputs.

var frameNames = []string{"dataframe_split", "dataframe_records", "instances", "inputs"}

// A frame is a body of /invocations.
type frame struct {
	reader *jsonReader
	batch  *batch
	ask    *ask
	found  []string // of frameNames
}

// readFrame reads a body of /invocations into the batch.
func (j *jsonReader) readFrame(b *batch, a *ask) *problem {
	f := &frame{reader: j, batch: b, ask: a}
	if j.dec.PeekKind() != '{' {
		return f.wrong()
	}
	if p := j.object(b.outside(), "", f.member); p != nil {
		return p
	}
	if len(f.found) != 1 {
		return f.wrong()
	}
	return j.ended()
}

func (f *frame) wrong() *problem {
	return newProblem(http.StatusBadRequest, "malformed", "send an object with exactly one of dataframe_split, dataframe_records, instances and inputs")
}

// member reads a member of the body.
func (f *frame) member(name string, kind jsontext.Kind) (bool, *problem) {
	if slices.Contains(frameNames, name) {
		if f.found = append(f.found, name); len(f.found) > 1 {
			return true, f.wrong()
		}
	}
	switch {
	case name == "dataframe_split" && kind == '{':
		return true, f.split()
	case slices.Contains(frameNames[1:], name) && kind == '[':
		return true, f.reader.records(f.batch)
	case (name == "instances" || name == "inputs") && kind == '{':
		return true, f.columns()
	case name == "params" && kind == '{':
		t := &tensors{reader: f.reader, ask: f.ask}
		return true, t.parameters()
	case slices.Contains(frameNames, name):
		return true, f.wrong()
	}
	return true, f.reader.skip()
}

// split reads {"columns": […], "data": [[…]]}, in which an index may be.
func (f *frame) split() *problem {
	e := &envelope{reader: f.reader, batch: f.batch}
	special := func(name string, kind jsontext.Kind) (bool, *problem) {
		if name == "columns" || name == "data" {
			return e.member(name, kind)
		}
		return true, f.reader.skip()
	}
	if p := f.reader.object(&batch{}, "", special); p != nil {
		return p
	}
	return e.finish()
}

// columns reads {"src_bytes": […], "flag": […]}: a list of values a column.
func (f *frame) columns() *problem {
	t := &tensors{reader: f.reader, cells: &batch{}, ask: f.ask}
	special := func(name string, kind jsontext.Kind) (bool, *problem) {
		if kind != '[' {
			return true, f.reader.skip()
		}
		if len(t.list) >= maxFields {
			return true, newProblem(http.StatusRequestEntityTooLarge, "too-large", "there are more than %d columns", maxFields)
		}
		from := len(t.cells.cells)
		p := t.elements(t.cells)
		t.list = append(t.list, tensor{name: name, from: from, to: len(t.cells.cells)})
		return true, p
	}
	if p := f.reader.object(&batch{}, "", special); p != nil {
		return p
	}
	rows := 0
	for i, one := range t.list {
		if n := one.to - one.from; i > 0 && n != rows {
			return newProblem(http.StatusBadRequest, "malformed", "the columns are not equally long")
		} else {
			rows = n
		}
	}
	return t.offer(f.batch, rows)
}

// appendFrame writes the answer of /invocations: what a model that returns a data frame
// would give.
func (b *batch) appendFrame(dst []byte, a *ask, request string) []byte {
	dst = append(dst, `{"predictions":[`...)
	for row := range b.found.Score {
		if row > 0 {
			dst = append(dst, ',')
		}
		dst = append(b.appendScore(append(dst, '{'), a, row), '}')
	}
	dst = append(dst, ']')
	if warned := b.errors(model.Warn); len(warned) > 0 {
		dst = appendErrors(append(dst, `,"warnings":`...), warned)
	}
	dst = append(dst, `,"model":`...)
	dst = appendString(dst, b.model.name)
	dst = appendString(append(dst, `,"version":`...), b.model.version)
	dst = appendNumber(append(dst, `,"threshold":`...), a.pipeline(b.model).Cut.Threshold)
	dst = appendString(append(dst, `,"request":`...), request)
	return append(dst, "}\n"...)
}

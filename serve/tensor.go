package serve

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/netanom/netanom/model"
)

// The Open Inference Protocol, version 2: each column of the model is a tensor of its
// name, with one element a record.

// A tensor is an input of an inference request.
type tensor struct {
	name, datatype string
	shape          []int
	from, to       int // its elements, among the cells of tensors
}

// tensors are the inputs of an inference request, and the text of their elements.
type tensors struct {
	reader *jsonReader
	cells  *batch // only the arena and cells are used
	list   []tensor
	fields *batch // of the object at hand
	ask    *ask
}

// datatypes of the protocol, and the kinds of cells that their elements are.
var datatypes = map[string][]model.CellKind{
	"BOOL":  {model.TrueCell, model.FalseCell, model.NullCell},
	"BYTES": {model.TextCell, model.NullCell},
	"UINT8": numberCells, "UINT16": numberCells, "UINT32": numberCells, "UINT64": numberCells,
	"INT8": numberCells, "INT16": numberCells, "INT32": numberCells, "INT64": numberCells,
	"FP16": numberCells, "FP32": numberCells, "FP64": numberCells,
}

var numberCells = []model.CellKind{model.NumberCell, model.NullCell}

// readTensors reads an inference request into the batch.
func (j *jsonReader) readTensors(b *batch, a *ask) *problem {
	t := &tensors{reader: j, cells: &batch{}, fields: &batch{}, ask: a}
	if j.dec.PeekKind() != '{' {
		return newProblem(http.StatusBadRequest, "malformed", "an inference request is an object with inputs")
	}
	if p := j.object(t.fields, "", t.member); p != nil {
		return p
	}
	if p := j.ended(); p != nil {
		return p
	}
	if i := t.fields.named("id"); i >= 0 {
		a.id = string(t.fields.text(t.fields.cells[i]))
	}
	rows, p := t.check()
	if p != nil {
		return p
	}
	return t.offer(b, rows)
}

// named returns the place of a field of the record at hand, -1 if there is none.
func (b *batch) named(name string) int {
	return slices.IndexFunc(b.names, func(c cell) bool { return string(b.text(c)) == name })
}

// member reads a member of the request.
func (t *tensors) member(name string, kind jsontext.Kind) (bool, *problem) {
	switch {
	case name == "inputs" && kind == '[':
		return true, t.each(t.input)
	case name == "outputs" && kind == '[':
		return true, t.each(t.output)
	case name == "parameters" && kind == '{':
		return true, t.parameters()
	}
	return true, t.reader.skip()
}

// each reads an array of objects.
func (t *tensors) each(read func() *problem) *problem {
	if p := t.reader.token(); p != nil {
		return p
	}
	for t.reader.dec.PeekKind() == '{' {
		if p := read(); p != nil {
			return p
		}
	}
	if k := t.reader.dec.PeekKind(); k != ']' {
		if _, err := t.reader.dec.ReadValue(); err != nil {
			return t.reader.malformed(err)
		}
		return newProblem(http.StatusBadRequest, "malformed", "inputs and outputs are arrays of objects")
	}
	return t.reader.token()
}

// parameters reads parameters, of which those that are not known are for others.
func (t *tensors) parameters() *problem {
	given := &batch{}
	if p := t.reader.object(given, "", nil); p != nil {
		return p
	}
	for i, field := range given.names {
		if name := string(given.text(field)); parameters[name] != nil && name != "on_error" {
			one := &batch{arena: given.arena, names: given.names[i : i+1], cells: given.cells[i : i+1]}
			if p := t.ask.setCells(one); p != nil {
				return p
			}
		}
	}
	return nil
}

// output reads the name of an output that is asked for.
func (t *tensors) output() *problem {
	given := &batch{}
	if p := t.reader.object(given, "", func(string, jsontext.Kind) (bool, *problem) { return true, t.reader.skip() }); p != nil {
		return p
	}
	if i := given.named("name"); i >= 0 {
		t.ask.outputs = append(t.ask.outputs, string(given.text(given.cells[i])))
	}
	return nil
}

// input reads a tensor.
func (t *tensors) input() *problem {
	if len(t.list) >= maxFields {
		return newProblem(http.StatusRequestEntityTooLarge, "too-large", "there are more than %d inputs", maxFields)
	}
	one := tensor{from: len(t.cells.cells), to: len(t.cells.cells)}
	given := &batch{}
	special := func(name string, kind jsontext.Kind) (bool, *problem) {
		if kind == '{' || name != "shape" && name != "data" {
			return true, t.reader.skip()
		}
		if name == "shape" {
			p := t.elements(given)
			for _, c := range given.cells[len(given.names):] {
				n, err := strconv.Atoi(string(given.text(c)))
				if err != nil || n < 0 {
					n = -1
				}
				one.shape = append(one.shape, n)
			}
			given.cells = given.cells[:len(given.names)]
			return true, p
		}
		p := t.elements(t.cells)
		one.to = len(t.cells.cells)
		return true, p
	}
	if p := t.reader.object(given, "", special); p != nil {
		return p
	}
	if i := given.named("name"); i >= 0 {
		one.name = string(given.text(given.cells[i]))
	}
	if i := given.named("datatype"); i >= 0 {
		one.datatype = string(given.text(given.cells[i]))
	}
	t.list = append(t.list, one)
	return nil
}

// elements reads an array of values, in which arrays may be nested, as cells.
func (t *tensors) elements(to *batch) *problem {
	if p := t.reader.token(); p != nil {
		return p
	}
	for {
		switch t.reader.dec.PeekKind() {
		case ']':
			return t.reader.token()
		case '[':
			if p := t.elements(to); p != nil {
				return p
			}
		default:
			kind, text, p := t.reader.value()
			if p != nil {
				return p
			}
			to.add(kind, text)
		}
	}
}

// check returns the number of records.
func (t *tensors) check() (int, *problem) {
	if len(t.list) == 0 {
		return 0, newProblem(http.StatusBadRequest, "malformed", "an inference request needs inputs")
	}
	rows := -1
	for i := range t.list {
		one := &t.list[i]
		kinds, known := datatypes[one.datatype]
		elements := one.to - one.from
		size := 1
		for _, n := range one.shape {
			if n < 0 || n > elements {
				size = -1
				break
			}
			size *= n
		}
		switch {
		case one.name == "" || !known:
			return 0, tensorProblem(i, "it needs a name and a datatype of the protocol")
		case len(one.shape) == 0 || len(one.shape) > 2 || len(one.shape) == 2 && one.shape[1] != 1 || size != elements:
			return 0, tensorProblem(i, "its shape is to be [n] or [n, 1], with n elements of data: a tensor is one column of n records")
		case rows >= 0 && elements != rows:
			return 0, tensorProblem(i, "it has another number of elements than those before")
		}
		rows = elements
		for _, c := range t.cells.cells[one.from:one.to] {
			if !slices.Contains(kinds, c.kind) {
				return 0, tensorProblem(i, "an element is not of its datatype")
			}
		}
	}
	return rows, nil
}

func tensorProblem(i int, text string) *problem {
	return newProblem(http.StatusBadRequest, "malformed", "input %d: %s", i, text)
}

// offer offers the records, which lie across the tensors, to the batch.
func (t *tensors) offer(b *batch, rows int) *problem {
	names := make([]string, len(t.list))
	for i := range t.list {
		names[i] = t.list[i].name
	}
	f, p := b.form(names)
	if p != nil {
		return p
	}
	if rows > b.limits.Rows {
		return tooManyRows(b.limits.Rows)
	}
	for r := range rows {
		b.start()
		for i := range t.list {
			c := t.cells.cells[t.list[i].from+r]
			b.add(c.kind, t.cells.text(c))
		}
		if p := b.finish(f); p != nil {
			return p
		}
	}
	return nil
}

// appendTensors writes the answer to an inference request.
func (b *batch) appendTensors(dst []byte, a *ask, request string) []byte {
	dst = appendString(append(dst, `{"model_name":`...), b.model.name)
	dst = appendString(append(dst, `,"model_version":`...), b.model.version)
	if a.id != "" {
		request = a.id
	}
	dst = appendString(append(dst, `,"id":`...), request)
	dst = appendNumber(append(dst, `,"parameters":{"threshold":`...), a.pipeline(b.model).Cut.Threshold)
	if n := len(b.errors(model.Warn)); n > 0 {
		dst = strconv.AppendInt(append(dst, `,"warnings":`...), int64(n), 10)
	}
	dst = append(dst, `},"outputs":[`...)
	first := true
	for _, o := range b.outputs(a) {
		if len(a.outputs) > 0 && !slices.Contains(a.outputs, o.name) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendString(append(dst, `{"name":`...), o.name)
		dst = append(dst, `,"shape":[`...)
		dst = strconv.AppendInt(dst, int64(len(b.found.Score)), 10)
		dst = append(dst, `],"datatype":"`...)
		dst = append(dst, o.datatype...)
		dst = append(dst, `","data":[`...)
		for row := range b.found.Score {
			if row > 0 {
				dst = append(dst, ',')
			}
			dst = o.element(dst, row)
		}
		dst = append(dst, "]}"...)
	}
	return append(dst, "]}\n"...)
}

// An output is a tensor of an answer.
type output struct {
	name, datatype string
	element        func(dst []byte, row int) []byte
}

// outputs are the tensors that an answer has.
func (b *batch) outputs(a *ask) []output {
	score := func(dst []byte, row int) []byte { return appendNumber(dst, b.found.Score[row]) }
	out := []output{{"score", "FP64", score}}
	if b.model.probable() {
		out = append(out, output{"probability", "FP64", score})
	}
	out = append(out, output{"label", "BYTES", func(dst []byte, row int) []byte { return appendString(dst, b.label(row)) }})
	if b.model.typed() {
		out = append(out, output{"class", "BYTES", func(dst []byte, row int) []byte {
			return appendString(dst, b.model.pipeline.Classes[b.found.Class[row]])
		}})
	}
	if b.reasons != nil {
		out = append(out, output{"reasons", "BYTES", func(dst []byte, row int) []byte {
			return appendString(dst, model.ReasonsText(b.reasons[row]))
		}})
	}
	return out
}

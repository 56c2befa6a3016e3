package serve

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/netanom/netanom/model"
)

// A batch is the records of one request on their way to their scores. It serves one
// request at a time, and is used again for another of the same model.
type batch struct {
	model  *loaded
	intake *model.Intake
	limits Limits
	forms  map[string]*form
	last   *form // the one that the latest record had

	arena []byte    // the text of cells
	cells []cell    // of the record at hand, or of all records if they are kept
	rows  []stretch // of cells: each record, if they are kept
	names []cell    // of the record at hand
	keep  bool      // records will be asked for again
	given []model.Cell
	outer *batch // cells of an object that may turn out to hold the records

	malformed []fieldError // records that are none; fields that are wrong are the intake's
	broken    int          // records that are none
	found     model.Scores
	reasons   [][]model.Reason // by row of the matrix; nil if not asked for
	place     []int            // by record: its row in the matrix, -1 if it was rejected
}

// A cell is a piece of the arena.
type cell struct {
	kind     model.CellKind
	from, to int
}

// A stretch is the cells of a record, and what their names are.
type stretch struct {
	form     *form
	from, to int
}

// A form is the names of the fields of records, in the order in which they came.
type form struct {
	names   []string
	binding *model.Binding
}

// maxForms is how many forms a batch remembers, maxFields how many fields a record has.
const (
	maxForms  = 32
	maxFields = 4096
)

// begin takes a batch for a model.
func (m *loaded) begin(limits Limits, keep bool) *batch {
	b, ok := m.scorers.Get().(*batch)
	if !ok {
		b = &batch{model: m, intake: m.pipeline.NewIntake(m.policy), forms: map[string]*form{}}
	}
	b.limits, b.keep = limits, keep
	return b
}

// largestArena is how much text a batch may hold on to between requests.
const largestArena = 1 << 20

// end gives a batch back.
func (b *batch) end() {
	b.clear()
	if cap(b.arena) <= largestArena && cap(b.cells) <= largestArena/16 {
		b.model.scorers.Put(b)
	}
}

// clear empties the batch for further records.
func (b *batch) clear() {
	b.intake.Reset()
	b.arena, b.cells, b.rows, b.names = b.arena[:0], b.cells[:0], b.rows[:0], b.names[:0]
	b.malformed, b.broken, b.reasons, b.place = b.malformed[:0], 0, nil, b.place[:0]
	b.found = model.Scores{}
}

// outside returns an empty batch that only holds cells.
func (b *batch) outside() *batch {
	if b.outer == nil {
		b.outer = &batch{}
	}
	o := b.outer
	o.arena, o.cells, o.names = o.arena[:0], o.cells[:0], o.names[:0]
	return o
}

// start begins a record.
func (b *batch) start() {
	b.names = b.names[:0]
	if !b.keep {
		b.arena, b.cells = b.arena[:0], b.cells[:0]
	}
}

// from is where the cells of the record at hand begin.
func (b *batch) from() int {
	if n := len(b.rows); b.keep && n > 0 {
		return b.rows[n-1].to
	}
	return 0
}

// add adds a cell to the record at hand.
func (b *batch) add(kind model.CellKind, text []byte) {
	from := len(b.arena)
	b.arena = append(b.arena, text...)
	b.cells = append(b.cells, cell{kind, from, len(b.arena)})
}

// text returns the text of a cell.
func (b *batch) text(c cell) []byte { return b.arena[c.from:c.to] }

// finish offers the record at hand to the model. Its cells have the names of f, or, if f
// is nil, those that were added with them.
func (b *batch) finish(f *form) *problem {
	if f == nil {
		f = b.formOf()
	}
	if b.intake.Offered >= b.limits.Rows {
		return tooManyRows(b.limits.Rows)
	}
	cells := b.cells[b.from():]
	b.given = b.given[:0]
	for _, c := range cells {
		b.given = append(b.given, model.Cell{Kind: c.kind, Text: b.text(c)})
	}
	if b.intake.Offer(f.binding, b.given) {
		b.place = append(b.place, len(b.intake.Taken)-1)
	} else {
		b.place = append(b.place, -1)
	}
	if b.keep {
		b.rows = append(b.rows, stretch{f, b.from(), len(b.cells)})
	}
	return nil
}

// refuse counts a record that is none.
func (b *batch) refuse(code, message string) *problem {
	if b.intake.Offered >= b.limits.Rows {
		return tooManyRows(b.limits.Rows)
	}
	row := b.intake.Offered
	if b.broken++; len(b.malformed) < model.MaxFaults {
		b.malformed = append(b.malformed, fieldError{Row: row, Code: code, Message: message})
	}
	b.intake.Refuse()
	b.place = append(b.place, -1)
	if b.keep {
		b.cells = b.cells[:b.from()]
		b.rows = append(b.rows, stretch{&form{}, b.from(), b.from()})
	}
	return nil
}

func tooManyRows(limit int) *problem {
	return newProblem(http.StatusRequestEntityTooLarge, "too-large", "more than %d records; send fewer at a time, or a stream of lines as application/x-ndjson", limit)
}

// formOf returns the form of the record at hand, by the names of its cells.
func (b *batch) formOf() *form {
	if b.last.has(b) {
		return b.last
	}
	names := make([]string, len(b.names))
	for i, c := range b.names {
		names[i] = string(b.text(c))
	}
	b.last = b.form(names)
	return b.last
}

// has reports whether the record at hand has the names of the form.
func (f *form) has(b *batch) bool {
	if f == nil || len(f.names) != len(b.names) {
		return false
	}
	for i, c := range b.names {
		if f.names[i] != string(b.text(c)) {
			return false
		}
	}
	return true
}

// form returns the form of records with these names.
func (b *batch) form(names []string) *form {
	key := strings.Join(names, "\x00")
	f := b.forms[key]
	if f == nil {
		if len(b.forms) >= maxForms {
			clear(b.forms)
		}
		f = &form{names: names, binding: b.model.pipeline.Schema.Bind(names)}
		b.forms[key] = f
	}
	return f
}

// ownForm is that of records which are lists of the model's columns in their order.
func (b *batch) ownForm() *form {
	inputs := b.model.pipeline.Schema.Inputs
	names := make([]string, len(inputs))
	for j := range inputs {
		names[j] = inputs[j].Name
	}
	return b.form(names)
}

// record writes a kept record as a JSON object, without the fields to be redacted.
func (b *batch) record(row int, redacted map[string]bool) json.RawMessage {
	r := b.rows[row]
	out := []byte{'{'}
	for i, c := range b.cells[r.from:r.to] {
		if i >= len(r.form.names) || redacted[r.form.names[i]] {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(appendString(out, r.form.names[i]), ':')
		out = b.appendValue(out, c)
	}
	return append(out, '}')
}

// values writes the values of a kept record as a JSON array.
func (b *batch) values(row int) []byte {
	r := b.rows[row]
	out := []byte{'['}
	for i, c := range b.cells[r.from:r.to] {
		if i > 0 {
			out = append(out, ',')
		}
		out = b.appendValue(out, c)
	}
	return append(out, ']')
}

// objectOf puts names to values that values has written.
func objectOf(names []string, values []byte) json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(values, &list) != nil { // nothing else writes such arrays
		return json.RawMessage("{}")
	}
	out := []byte{'{'}
	for i, v := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(appendString(out, names[i]), ':'), v...)
	}
	return append(out, '}')
}

// appendValue writes a cell as JSON.
func (b *batch) appendValue(dst []byte, c cell) []byte {
	switch c.kind {
	case model.NullCell:
		return append(dst, "null"...)
	case model.TrueCell:
		return append(dst, "true"...)
	case model.FalseCell:
		return append(dst, "false"...)
	case model.NumberCell:
		return append(dst, b.text(c)...)
	}
	return appendString(dst, b.text(c))
}

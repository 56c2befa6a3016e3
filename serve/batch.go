package serve

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/netanom/netanom/dataset"
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
	own    *form // that of lists of the model's columns; nil before it is asked for

	arena []byte    // the text of cells
	cells []cell    // of the record at hand, or of all records if they are kept
	rows  []stretch // of cells: each record, if they are kept
	names []cell    // of the record at hand
	keep  bool      // records will be asked for again
	given []model.Cell
	outer *batch // cells of an object that may turn out to hold the records

	malformed []fieldError // records that are none; fields that are wrong are the intake's
	broken    int          // records that are none
	bound     int          // forms that this request has brought
	found     model.Scores
	reasons   [][]model.Reason // by row of the matrix; nil if not asked for
	place     []int            // by record: its row in the matrix, -1 if it was rejected
	strange   []strange        // levels that training did not have, for the dashboard
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
	names    []string
	binding  *model.Binding
	redacted []bool // by field: it is left out of alerts and logged rows
}

// The limits of the names of fields.
const (
	maxForms    = 32  // that a batch remembers
	maxNewForms = 256 // in one request
	maxFields   = 1024
	maxName     = 256 // bytes
	keptFields  = 128 // of a form that is remembered
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
	held := cap(b.arena)
	if b.outer != nil {
		held += cap(b.outer.arena)
	}
	if held <= largestArena && cap(b.cells) <= largestArena/16 {
		b.model.scorers.Put(b)
	}
}

// clear empties the batch for further records.
func (b *batch) clear() {
	b.intake.Reset()
	b.arena, b.cells, b.rows, b.names = b.arena[:0], b.cells[:0], b.rows[:0], b.names[:0]
	b.malformed, b.broken, b.bound, b.reasons, b.place = b.malformed[:0], 0, 0, nil, b.place[:0]
	b.found, b.strange = model.Scores{}, b.strange[:0]
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
		var p *problem
		if f, p = b.formOf(); p != nil {
			return p
		}
	}
	if b.intake.Offered >= b.limits.Rows {
		return tooManyRows(b.limits.Rows)
	}
	cells := b.cells[b.from():]
	b.given = b.given[:0]
	for _, c := range cells {
		b.given = append(b.given, model.Cell{Kind: c.kind, Text: b.text(c)})
	}
	unseen := b.intake.Counts[model.UnseenLevel]
	if b.intake.Offer(f.binding, b.given) {
		b.place = append(b.place, len(b.intake.Taken)-1)
		if b.model.shown && b.intake.Counts[model.UnseenLevel] > unseen {
			b.note(f)
		}
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
	if b.broken++; len(b.malformed) < max(model.MaxFaults, b.intake.Most) {
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
func (b *batch) formOf() (*form, *problem) {
	if b.last.has(b) {
		return b.last, nil
	}
	names := make([]string, len(b.names))
	for i, c := range b.names {
		names[i] = string(b.text(c))
	}
	f, p := b.form(names)
	if p == nil {
		b.last = f
	}
	return f, p
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

// form returns the form of records with these names, none of which may be there twice.
func (b *batch) form(names []string) (*form, *problem) {
	key := strings.Join(names, "\x00")
	if f := b.forms[key]; f != nil && slices.Equal(f.names, names) { // a name may hold the separator
		return f, nil
	}
	if p := checkNames(names); p != nil {
		return nil, p
	}
	if b.bound++; b.bound > maxNewForms {
		return nil, newProblem(http.StatusRequestEntityTooLarge, "too-large", "the records have more than %d different sets of fields; send those of one set together", maxNewForms)
	}
	f := &form{names: names, binding: b.model.pipeline.Schema.Bind(names), redacted: make([]bool, len(names))}
	for i, name := range names {
		f.redacted[i] = b.model.redacts(name, f.binding.Input(i))
	}
	if len(names) <= keptFields {
		if len(b.forms) >= maxForms {
			clear(b.forms)
		}
		b.forms[key] = f
	}
	return f, nil
}

// checkNames refuses names that are too many, too long, or there twice.
func checkNames(names []string) *problem {
	if len(names) > maxFields {
		return newProblem(http.StatusRequestEntityTooLarge, "too-large", "a record has more than %d fields", maxFields)
	}
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if len(name) > maxName {
			return newProblem(http.StatusRequestEntityTooLarge, "too-large", "the name of a field is longer than %d bytes", maxName)
		}
		if seen[name] {
			return newProblem(http.StatusBadRequest, "malformed", "a name of a field is there twice")
		}
		seen[name] = true
	}
	return nil
}

// redacts reports whether a field is to be left out of alerts and logs, in whatever spelling
// it came.
func (m *loaded) redacts(name string, input int) bool {
	if m.redacted[dataset.Spelling(name)] {
		return true
	}
	if input < 0 {
		return false
	}
	in := &m.pipeline.Schema.Inputs[input]
	return m.redacted[dataset.Spelling(in.Name)] || m.redacted[dataset.Spelling(in.Canon)]
}

// ownForm is that of records which are lists of the model's columns in their order.
func (b *batch) ownForm() (*form, *problem) {
	if b.own != nil {
		return b.own, nil
	}
	inputs := b.model.pipeline.Schema.Inputs
	names := make([]string, len(inputs))
	for j := range inputs {
		names[j] = inputs[j].Name
	}
	f, p := b.form(names)
	b.own = f
	return f, p
}

// record writes a kept record as a JSON object, without the fields to be redacted.
func (b *batch) record(row int) json.RawMessage {
	r := b.rows[row]
	out := []byte{'{'}
	for i, c := range b.cells[r.from:r.to] {
		if i >= len(r.form.names) || r.form.redacted[i] {
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

// objectOf puts names to values that values has written, but for those that are not wanted.
func objectOf(names []string, values []byte, unwanted func(name string) bool) json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(values, &list) != nil { // nothing else writes such arrays
		return json.RawMessage("{}")
	}
	out := []byte{'{'}
	for i, v := range list[:min(len(list), len(names))] {
		if unwanted(names[i]) {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(appendString(out, names[i]), ':'), v...)
	}
	return append(out, '}')
}

// appendValue writes a cell as JSON.
func (b *batch) appendValue(dst []byte, c cell) []byte {
	switch c.kind {
	case model.NullCell, model.OtherCell:
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

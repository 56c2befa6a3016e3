package model

import (
	"errors"
	"math"
	"slices"
	"strconv"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model/learn"
)

// A Binding says which inputs of a schema the fields of some records are, in whatever
// spelling and order they come. It never changes.
type Binding struct {
	names  []string
	place  []int // by field: the input, -1 for a field that is none
	absent []int // inputs that have no field
}

// Bind finds the inputs among the names of fields, as it would find them in the header
// of a file. Of several fields that are the same input only the one that fits best
// counts.
func (s *Schema) Bind(names []string) *Binding {
	b := &Binding{names: slices.Clone(names), place: make([]int, len(names))}
	for i := range b.place {
		b.place[i] = -1
	}
	header := dataset.Recognise(names)
	columns := header.Resolver()
	byCanon := map[string]int{}
	for i := range header.Columns {
		if _, there := byCanon[header.Columns[i].Canon]; !there {
			byCanon[header.Columns[i].Canon] = i
		}
	}
	for j := range s.Inputs {
		in := &s.Inputs[j]
		at, ok := byCanon[in.canonical()]
		if !ok {
			at = columns.Find(in.Name)
		}
		if at < 0 || b.place[at] >= 0 {
			b.absent = append(b.absent, j)
			continue
		}
		b.place[at] = j
	}
	return b
}

// Input returns the place of the input that a field is, -1 for a field that is none.
func (b *Binding) Input(field int) int { return b.place[field] }

// Bound is how many inputs are among the fields.
func (b *Binding) Bound() int {
	n := 0
	for _, j := range b.place {
		if j >= 0 {
			n++
		}
	}
	return n
}

// A CellKind says what a cell of a record is.
type CellKind uint8

// The kinds of cells.
const (
	NullCell   CellKind = iota // no value
	OtherCell                  // a list or an object, which no column has
	TextCell                   // text, which may hold a number or say that there is no value
	NumberCell                 // a decimal number, as text
	TrueCell
	FalseCell
)

// A Cell is a field of a record as it came, before it means anything to a model.
type Cell struct {
	Kind CellKind
	Text []byte // valid only until the call that takes the cell returns
}

// A Fault is a field that is not as training had it.
type Fault struct {
	Row     int    // of those offered to the intake, from 0
	Field   string // as the record spells it, or as the model does where it is not there
	Trouble Trouble
	Action  Action
	Text    string // what is wrong, without the value
}

// An Intake makes a matrix of single records, and counts what is wrong with them. It
// serves one goroutine, and may be reset and used again. The value of a field means
// the same as in a file.
type Intake struct {
	schema *Schema
	policy Policy
	x      *learn.Matrix

	Offered int     // rows
	Taken   []int   // the rows that are in the matrix
	Faults  []Fault // the first, at most Most of rejected rows and as many others
	Most    int     // 0: MaxFaults
	Refused int     // rows that were rejected

	Counts [troubles]int64 // of all faults
	Unseen []int64         // by input: cells with a level that training did not have

	rejects, warns int // in Faults
}

// MaxFaults is how many faults are listed.
const MaxFaults = 100

// NewIntake returns an intake for records that shall be scored by p.
func (p *Pipeline) NewIntake(policy Policy) *Intake {
	in := &Intake{schema: &p.Schema, policy: policy, Unseen: make([]int64, len(p.Schema.Inputs))}
	in.x = &learn.Matrix{Columns: p.Schema.columns, Numbers: make([][]float64, len(p.Schema.columns)), Codes: make([][]int32, len(p.Schema.columns))}
	return in
}

// Reset empties the intake.
func (in *Intake) Reset() {
	for j := range in.x.Columns {
		in.x.Numbers[j], in.x.Codes[j] = in.x.Numbers[j][:0], in.x.Codes[j][:0]
	}
	in.x.Rows, in.Offered, in.Refused, in.rejects, in.warns = 0, 0, 0, 0, 0
	in.Taken, in.Faults, in.Counts = in.Taken[:0], in.Faults[:0], [troubles]int64{}
	clear(in.Unseen)
}

// Matrix returns the rows that were taken, one for each of Taken. It is valid until the
// intake is used again.
func (in *Intake) Matrix() *learn.Matrix { return in.x }

// Offer takes in a record, one cell for each field of the binding; cells that are not
// there are without a value. It reports whether the row is in the matrix.
func (in *Intake) Offer(b *Binding, cells []Cell) bool {
	row := in.Offered
	in.Offered++
	ok := true
	for _, j := range b.absent {
		in.pad(j)
		if in.schema.Inputs[j].Missing == 0 {
			ok = in.fault(row, in.schema.Inputs[j].Name, MissingField, "required, and not there") && ok
		}
	}
	for i, j := range b.place {
		var c Cell
		if i < len(cells) {
			c = cells[i]
		}
		if j < 0 {
			ok = in.fault(row, b.names[i], ExtraField, "no column of the model") && ok
			continue
		}
		ok = in.put(row, b.names[i], j, c) && ok
	}
	if !ok {
		in.Refused++
		in.drop()
		return false
	}
	in.x.Rows++
	in.Taken = append(in.Taken, row)
	return true
}

// Refuse counts a record that cannot be read at all as a rejected row.
func (in *Intake) Refuse() {
	in.Offered++
	in.Refused++
}

// pad appends a missing value to an input.
func (in *Intake) pad(j int) {
	if in.schema.Inputs[j].Coded() {
		in.x.Codes[j] = append(in.x.Codes[j], learn.NoLevel)
		return
	}
	in.x.Numbers[j] = append(in.x.Numbers[j], nan)
}

// drop takes the cells of the row at hand back.
func (in *Intake) drop() {
	for j := range in.x.Columns {
		in.x.Numbers[j] = in.x.Numbers[j][:min(len(in.x.Numbers[j]), in.x.Rows)]
		in.x.Codes[j] = in.x.Codes[j][:min(len(in.x.Codes[j]), in.x.Rows)]
	}
}

// put appends a cell to an input.
func (in *Intake) put(row int, field string, j int, c Cell) bool {
	input := &in.schema.Inputs[j]
	if c.Kind == NullCell || c.Kind == TextCell && dataset.IsMissing(c.Text) {
		in.pad(j)
		return input.Missing > 0 || in.fault(row, field, MissingValue, "has no value, which no row of training lacked")
	}
	if c.Kind == OtherCell {
		in.pad(j)
		return in.fault(row, field, WrongType, "a list or an object")
	}
	if input.Coded() {
		w := input.levelOf(c)
		in.x.Codes[j] = append(in.x.Codes[j], w.code)
		if w.known {
			return true
		}
		in.Unseen[j]++
		return in.fault(row, field, UnseenLevel, "a level that did not occur in training")
	}
	v, why := input.numberOf(c)
	in.x.Numbers[j] = append(in.x.Numbers[j], v)
	switch {
	case why != nil:
		return in.fault(row, field, WrongType, why.Error())
	case v < input.Range[0] || v > input.Range[1]:
		return in.fault(row, field, OutOfRange, "beyond the range "+formatted(input.Range[0])+" to "+formatted(input.Range[1])+" of training")
	}
	return true
}

// formatted writes a number without an exponent where that is not long.
func formatted(v float64) string {
	if math.Abs(v) < 1e15 && math.Abs(v) >= 1e-6 || v == 0 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// fault counts a fault, and reports whether the row may be scored all the same.
func (in *Intake) fault(row int, field string, t Trouble, text string) bool {
	in.Counts[t]++
	action := in.policy[t]
	switch {
	case action == Reject && in.rejects < in.most():
		in.rejects++
	case action == Warn && in.warns < in.most():
		in.warns++
	default:
		return action != Reject
	}
	in.Faults = append(in.Faults, Fault{Row: row, Field: field, Trouble: t, Action: action, Text: text})
	return action != Reject
}

func (in *Intake) most() int {
	if in.Most == 0 {
		return MaxFaults
	}
	return in.Most
}

// levelOf returns what a cell means to an input of levels.
func (in *Input) levelOf(c Cell) word {
	switch c.Kind {
	case NumberCell:
		if v, ok := dataset.ParseNumber(c.Text); ok {
			return in.level(v)
		}
	case TrueCell:
		return in.firstKnown("T", "true", "True", "1")
	case FalseCell:
		return in.firstKnown("F", "false", "False", "0")
	}
	return in.wordOf(c.Text)
}

// firstKnown returns the first of some spellings that is a level of the input.
func (in *Input) firstKnown(spellings ...string) (w word) {
	for _, s := range spellings {
		if w = in.word(s); w.known {
			break
		}
	}
	return w
}

// wordOf is word for a level in bytes.
func (in *Input) wordOf(text []byte) word {
	code := levelPlace(in.Levels, text)
	return word{code: code, known: code != learn.NoLevel}
}

var (
	errNoNumber  = errors.New("no number")
	errNotFinite = errors.New("no finite number")
	errNoFlag    = errors.New("true or false, where a number is wanted")
)

// numberOf returns what a cell means to an input of numbers: NaN and why, if nothing.
// True and false are 1 and 0 where training had nothing else.
func (in *Input) numberOf(c Cell) (float64, error) {
	if c.Kind == TrueCell || c.Kind == FalseCell {
		if !in.Whole || in.Range[0] < 0 || in.Range[1] > 1 {
			return nan, errNoFlag
		}
		if c.Kind == TrueCell {
			return 1, nil
		}
		return 0, nil
	}
	v, ok := dataset.ParseNumber(c.Text)
	switch {
	case ok:
		return v, nil
	case dataset.IsInfinity(c.Text):
		return nan, errNotFinite
	}
	return nan, errNoNumber
}

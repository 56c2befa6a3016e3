package dataset

import (
	"fmt"
	"slices"
)

// A plan is how the cells of one column are decoded. It begins as a guess from
// the head of the file, and is settled once every cell has been seen.
type plan struct {
	kind    Kind
	fixed   bool // given by the layout, the format or the user: cells that do not fit are problems, not evidence
	settled bool // by what a complete scan has shown
	layout  TimeLayout
}

// final reports whether cells that do not fit can no longer change the kind.
func (p plan) final() bool { return p.fixed || p.settled }

// guess plans a column from the cells at the head of the file.
func guess(c *Column, cells [][]byte, d *dialect, tolerance float64) plan {
	var values [][]byte
	for _, cell := range cells {
		if !d.missing(cell) && !IsInfinity(cell) {
			values = append(values, cell)
		}
	}
	switch {
	case c.Kind != Unknown:
		return declared(c, values, tolerance)
	case c.Role == Label:
		return plan{kind: Category, fixed: true}
	case len(values) == 0:
		return plan{kind: Number}
	case mostly(values, tolerance, IsAddress):
		return plan{kind: Address}
	}
	numbers := mostly(values, tolerance, isNumberCell) && !anyLeadingZero(values)
	if named := c.Role == Clock || NamedLikeTime(c.Name); !numbers || named {
		if layout := timeLayout(values, named, tolerance); layout != NotTime {
			return plan{kind: Time, layout: layout}
		}
	}
	if numbers {
		return plan{kind: Number}
	}
	return plan{kind: wordKind(values)}
}

// declared plans a column whose kind was given.
func declared(c *Column, values [][]byte, tolerance float64) plan {
	p := plan{kind: c.Kind, fixed: true}
	if c.Kind == Time {
		p.layout = timeLayout(values, true, tolerance)
		if p.layout == NotTime && mostly(values, tolerance, isNumberCell) {
			p.layout = EpochSeconds // of another time than ours, or relative
		}
	}
	return p
}

// timeLayout finds the layout of instants, of which a few may be bad. named says
// that bare numbers are likely to be epoch times.
func timeLayout(values [][]byte, named bool, tolerance float64) TimeLayout {
	if layout, _ := DetectTimeLayout(values, named); layout != NotTime {
		return layout
	}
	readable := func(v []byte) bool {
		layout, _ := DetectTimeLayout([][]byte{v}, named)
		return layout != NotTime
	}
	if !slices.ContainsFunc(values[:min(3, len(values))], readable) {
		return NotTime
	}
	var good [][]byte
	for _, v := range values {
		if readable(v) {
			good = append(good, v)
		}
	}
	if float64(len(values)-len(good)) > tolerance*float64(len(values)) {
		return NotTime
	}
	layout, _ := DetectTimeLayout(good, named)
	return layout
}

// wordKind tells levels from free text: a column whose cells hardly repeat
// names things.
func wordKind(values [][]byte) Kind {
	const few = 50
	distinct := map[string]bool{}
	long := 0
	for _, v := range values {
		distinct[string(v)] = true
		if len(v) > 100 {
			long++
		}
	}
	if len(distinct) > few && 2*len(distinct) > len(values) || 2*long > len(values) {
		return Text
	}
	return Category
}

// mostly reports whether all but a share of tolerance of the values pass.
func mostly(values [][]byte, tolerance float64, pass func([]byte) bool) bool {
	bad := 0
	for _, v := range values {
		if !pass(v) {
			bad++
		}
	}
	return float64(bad) <= tolerance*float64(len(values))
}

func isNumberCell(b []byte) bool {
	_, ok := ParseNumber(b)
	return ok
}

// leadingZero reports whether the cell is digits with a zero in front, as in
// 02134: a code, which would lose its zero as a number.
func leadingZero(b []byte) bool {
	return len(b) > 1 && b[0] == '0' && leadingDigits(b) == len(b)
}

func anyLeadingZero(values [][]byte) bool {
	for _, v := range values {
		if leadingZero(v) {
			return true
		}
	}
	return false
}

// settle decides the column's kind from facts about all of its cells. It
// returns the plan to read it with; the scan was good if that is the plan it
// was made with. samples are the first bad cells of the file.
func (p plan) settle(f *facts, samples []string, levels []levelCount, tolerance float64) plan {
	tooBad := float64(f.bad) > tolerance*float64(f.present())
	if p.kind == Time {
		return p.settleTime(f, samples, tooBad)
	}
	if p.final() {
		return p
	}
	kind := p.kind
	switch p.kind {
	case Number:
		if tooBad && f.bad == f.present() { // the head had no value at all
			if layout := timeLayout(asBytes(samples), false, 0); layout != NotTime {
				return plan{kind: Time, layout: layout}
			}
		}
		if f.leadingZero || tooBad {
			return plan{kind: Category}
		}
	case Category, Address:
		kind = levelsKind(p.kind, levels, tolerance)
	case Text:
		if f.present() > 0 && float64(f.present()-f.numbers) <= tolerance*float64(f.present()) && !f.leadingZero {
			kind = Number
		}
	}
	if kind == p.kind {
		return p
	}
	return plan{kind: kind, settled: true}
}

// settleTime changes the layout of times that the head did not tell: which of
// two numbers is the day, or anything if it held no value.
func (p plan) settleTime(f *facts, samples []string, tooBad bool) plan {
	next := p
	next.settled = true
	switch {
	case !p.settled && f.onlyOther > f.onlyThis:
		next.layout = p.layout.otherOrder()
		return next
	case !tooBad:
		return p
	case !p.settled:
		next.layout = timeLayout(asBytes(samples), true, 0)
		if next.layout != NotTime && next.layout != p.layout {
			return next
		}
	}
	if p.fixed {
		return p
	}
	return plan{kind: Category}
}

func asBytes(texts []string) [][]byte {
	out := make([][]byte, len(texts))
	for i, t := range texts {
		out[i] = []byte(t)
	}
	return out
}

// otherOrder swaps day and month.
func (l TimeLayout) otherOrder() TimeLayout {
	if l == DayFirst {
		return MonthFirst
	}
	return DayFirst
}

type levelCount struct {
	level string
	n     int64
}

// levelsKind looks at all levels with their counts.
func levelsKind(planned Kind, levels []levelCount, tolerance float64) Kind {
	var total, numbers, addresses int64
	zeros := false
	for _, l := range levels {
		b := []byte(l.level)
		switch {
		case IsInfinity(b):
			continue
		case IsAddress(b):
			addresses += l.n
		case isNumberCell(b):
			numbers += l.n
			zeros = zeros || l.n > 0 && leadingZero(b)
		}
		total += l.n
	}
	limit := tolerance * float64(total)
	switch {
	case total == 0:
		return planned
	case float64(total-addresses) <= limit:
		return Address
	case float64(total-numbers) <= limit && !zeros:
		return Number
	}
	return Category
}

// refuse returns an error if a declared column has too many cells it cannot
// take.
func (p plan) refuse(path string, c *Column, f *facts, first *CellError, maxBad float64) error {
	if !p.fixed || float64(f.bad) <= maxBad*float64(f.present()) {
		return nil
	}
	cause := fmt.Errorf("%w: %d of %d cells are not a %s; read the column as it is with --type %s=category, or allow more with --max-bad",
		ErrTooBad, f.bad, f.present(), p.kind, c.Name)
	if first != nil {
		return &CellError{Path: path, Line: first.Line, Column: c.Name, Text: first.Text, Err: fmt.Errorf("is not a %s; %w", p.kind, cause)}
	}
	return &CellError{Path: path, Column: c.Name, Err: cause}
}

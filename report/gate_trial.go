package report

import (
	"fmt"
	"strings"
)

// A Trial is a gate that was tried on every table of a document.
type Trial struct {
	Gate      Gate
	Crossings []Crossing // the rows that cross it, in order; none if it holds
	Err       error      // why it could not be tried; nil if it was
}

// TryGates tries gates on the tables of sections and on the table of their
// findings, in order. A gate that cannot be tried hinders no other.
func TryGates(gates []Gate, sections []Section) []Trial {
	tables := Document{Sections: sections}.tables()
	if t, looked := FindingsTable(sections); looked {
		tables = append(tables, t)
	}
	trials := make([]Trial, len(gates))
	for i, g := range gates {
		crossings, err := g.Check(tables)
		trials[i] = Trial{Gate: g, Crossings: crossings, Err: err}
	}
	return trials
}

// Crossed reports whether a row crosses the gate.
func (t Trial) Crossed() bool { return len(t.Crossings) > 0 }

// String says in a sentence which row crosses the gate first, and how many more
// do, or why the gate could not be tried.
func (t Trial) String() string {
	switch {
	case t.Err != nil:
		return t.Err.Error()
	case !t.Crossed():
		return t.Gate.String() + " holds for no row"
	}
	more := ""
	if n := len(t.Crossings) - 1; n > 0 {
		more = ", and for " + things(int64(n), "more row")
	}
	return t.sentence(t.Crossings[0]) + more
}

// sentence says that the gate's condition holds for a row.
func (t Trial) sentence(c Crossing) string {
	row := fmt.Sprintf("row %d", c.Row+1)
	if len(c.Labels) > 0 {
		row = strings.Join(c.Labels, ", ")
	}
	return fmt.Sprintf("%s holds for %q in the table %s (%s)", t.Gate, row, c.Table, strings.Join(c.Values, ", "))
}

package report

import (
	"fmt"
	"slices"
)

// A Level says how much a finding matters.
type Level uint8

// The levels, from the least to the most pressing.
const (
	Info    Level = iota // good to know
	Notice               // worth a look
	Warning              // results may mislead
	Problem              // results are wrong until it is mended
)

// levelNames holds the name of each Level, in order.
var levelNames = [...]string{"info", "notice", "warning", "problem"}

// String returns "info", "notice", "warning" or "problem".
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return fmt.Sprintf("level(%d)", uint8(l))
}

// MarshalText writes the name of the level.
func (l Level) MarshalText() ([]byte, error) {
	if int(l) >= len(levelNames) {
		return nil, fmt.Errorf("%v is not a level of a finding", l)
	}
	return []byte(levelNames[l]), nil
}

// UnmarshalText reads the name of a level.
func (l *Level) UnmarshalText(text []byte) error {
	i := slices.Index(levelNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("%q is not a level of a finding; choose one of %v", text, levelNames)
	}
	*l = Level(i)
	return nil
}

// A Finding is something the reader should know, and what to do about it.
type Finding struct {
	Level Level  `json:"level"`
	About string `json:"about"` // what it is about: a feature, a file; may be empty
	Text  string `json:"text"`  // what was found, in a sentence
	Next  string `json:"next"`  // the next step: a sentence or a command
}

// FindingsTable lists the findings of sections, so that gates can look at them;
// false if no section looks for any.
func FindingsTable(sections []Section) (Table, bool) {
	t := Table{Name: "findings", Title: "Findings", Columns: Cols("about", "finding", "text")}
	looked := false
	for _, s := range sections {
		looked = looked || s.Findings != nil
		for _, f := range s.Findings {
			t.Rows = append(t.Rows, []any{f.About, f.Level.String(), f.Text})
		}
	}
	return t, looked
}

// sorted returns findings with the most pressing first, else in their order.
func sorted(findings []Finding) []Finding {
	out := slices.Clone(findings)
	slices.SortStableFunc(out, func(a, b Finding) int { return int(b.Level) - int(a.Level) })
	return out
}

package model

import (
	"fmt"
	"slices"
	"strings"
)

// An Action is what becomes of a field that is not as training had it. Whatever is
// done, it is counted.
type Action uint8

// The actions.
const (
	Other  Action = iota // the row is scored as well as it can be: see Trouble
	Warn                 // the same, and the answer says so
	Reject               // the row is not scored
)

var actionNames = []string{"other", "warn", "reject"}

// String returns the name of the action.
func (a Action) String() string { return nameOf(actionNames, int(a)) }

// MarshalText writes the name of the action.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads the name of an action.
func (a *Action) UnmarshalText(text []byte) error {
	i, err := placeOf(actionNames, "action", string(text))
	*a = Action(i)
	return err
}

// A Trouble is a way in which a field is not as training had it.
type Trouble uint8

// The troubles, each with what Other makes of it.
const (
	MissingField Trouble = iota // a column is not there, though training always had it: its value is missing
	MissingValue                // a field says that it has no value, though training always had one: it is missing
	ExtraField                  // a field belongs to no column of the model: it is left out
	WrongType                   // a number is wanted and there is none, or none that is finite: the value is missing
	OutOfRange                  // a number is beyond those of training: it is taken as it is
	UnseenLevel                 // a level did not occur in training: it is the level that stands for all such
	troubles     = iota
)

var troubleNames = []string{"missing", "null", "extra", "type", "range", "level"}

// String returns the name of the trouble.
func (t Trouble) String() string { return nameOf(troubleNames, int(t)) }

// Troubles lists the names of the troubles.
func Troubles() []string { return slices.Clone(troubleNames) }

// A Policy says, for each trouble, what becomes of it where records are scored one by
// one. A pipeline carries the policy that it was trained with.
type Policy [troubles]Action

// UsualPolicy refuses records in which a field is not there or is no number, because a
// score of such a record would look like any other, and takes the rest as it is.
func UsualPolicy() Policy {
	var p Policy
	p[MissingField], p[WrongType] = Reject, Reject
	return p
}

// ParsePolicy changes a policy by pairs such as level=reject.
func ParsePolicy(p Policy, pairs []string) (Policy, error) {
	for _, pair := range pairs {
		name, word, ok := strings.Cut(pair, "=")
		if !ok {
			return p, fmt.Errorf("%q: write trouble=action, with a trouble of %s and an action of %s", pair, strings.Join(troubleNames, ", "), strings.Join(actionNames, ", "))
		}
		t, err := placeOf(troubleNames, "trouble", name)
		if err != nil {
			return p, err
		}
		if err := p[t].UnmarshalText([]byte(word)); err != nil {
			return p, err
		}
	}
	return p, nil
}

// Pairs writes the policy as pairs, one a trouble.
func (p Policy) Pairs() []string {
	out := make([]string, troubles)
	for t, a := range p {
		out[t] = troubleNames[t] + "=" + a.String()
	}
	return out
}

// check returns an error unless each action is one that there is.
func (p Policy) check() error {
	for t, a := range p {
		if a > Reject {
			return fmt.Errorf("there is no action %d for %s", a, Trouble(t))
		}
	}
	return nil
}

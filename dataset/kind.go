package dataset

import (
	"fmt"
	"strings"
)

// A Kind says what the cells of a column mean, and so which questions may be
// asked of it.
type Kind uint8

// The kinds, from the most to the least numeric.
const (
	Unknown  Kind = iota // not decided yet, or no cell held a value
	Number               // a quantity; sums and means make sense
	Flag                 // 0 or 1
	Time                 // seconds since the Unix epoch, with fractions
	Category             // one of a limited set of levels
	Address              // an IPv4 or IPv6 address
	Text                 // anything else: identifiers, notes, paths
)

var kindNames = [...]string{"unknown", "number", "flag", "time", "category", "address", "text"}

// Kinds lists the names a user may give to --type.
func Kinds() []string { return append([]string(nil), kindNames[1:]...) }

// String returns the kind's name as a user writes it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Numeric reports whether cells of this kind are stored as numbers.
func (k Kind) Numeric() bool { return k == Number || k == Flag || k == Time }

// ParseKind returns the kind of that name.
func ParseKind(name string) (Kind, error) {
	for i, n := range kindNames[1:] {
		if strings.EqualFold(name, n) {
			return Kind(i + 1), nil
		}
	}
	return Unknown, fmt.Errorf("%q is not a kind of column; choose one of %s", name, strings.Join(kindNames[1:], ", "))
}

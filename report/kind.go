package report

import "fmt"

// A Kind says what the values of a column mean, and so how they are written.
type Kind uint8

// The kinds. Text is the zero value.
const (
	Text     Kind = iota // words of any length
	Label                // a short name: a feature, a group, a level
	Real                 // a number
	Count                // a whole number of things
	Share                // a part of a whole, 0 to 1, read as percent
	PValue               // a probability that may be far too small for a float64: float64 or P
	Bytes                // an amount of data, in bytes
	Duration             // a span of time, in seconds
	Bool                 // yes or no
	Time                 // an instant, in seconds since the Unix epoch, read as UTC
)

// kindNames holds the name of each Kind, in order.
var kindNames = [...]string{
	"text", "label", "real", "count", "share", "p_value", "bytes", "duration", "bool", "time",
}

// String returns the name of the kind as JSON carries it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// ParseKind returns the kind of that name. The error of any other name lists the
// choices.
func ParseKind(name string) (Kind, error) {
	for k, n := range kindNames {
		if n == name {
			return Kind(k), nil
		}
	}
	return Text, fmt.Errorf("%q is not a kind of column; choose one of %v", name, kindNames)
}

// Numeric reports whether values of the kind are numbers, which are aligned to
// the right and compared by size.
func (k Kind) Numeric() bool {
	switch k {
	case Real, Count, Share, PValue, Bytes, Duration, Time:
		return true
	default:
		return false
	}
}

// MarshalText writes the name of the kind.
func (k Kind) MarshalText() ([]byte, error) {
	if int(k) >= len(kindNames) {
		return nil, fmt.Errorf("%v is not a kind of column", k)
	}
	return []byte(kindNames[k]), nil
}

// UnmarshalText reads the name of a kind.
func (k *Kind) UnmarshalText(text []byte) error {
	kind, err := ParseKind(string(text))
	*k = kind
	return err
}

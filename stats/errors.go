package stats

import "errors"

// The conditions of the data under which a statistic does not exist. Functions
// wrap them with what they were looking at; compare with errors.Is.
var (
	// ErrTooFew says that a sample holds fewer values than the method needs.
	ErrTooFew = errors.New("too few values")

	// ErrTooMany says that a sample holds more values than the method was made
	// for.
	ErrTooMany = errors.New("too many values")

	// ErrConstant says that a sample does not vary where the method divides by
	// its spread.
	ErrConstant = errors.New("the values do not vary")

	// ErrLengths says that two sequences that belong together differ in length.
	ErrLengths = errors.New("lengths differ")

	// ErrNotFinite says that a value is NaN or infinite. Missing values are
	// removed, and counted, before a sample comes here.
	ErrNotFinite = errors.New("value is NaN or infinite")
)

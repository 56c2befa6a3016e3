package dataset

// A Decoder tells what the codes of a column mean to a question. It asks once for
// every level; while a file is read there may come more. It serves one goroutine.
type Decoder[T any] struct {
	Dict    *Dict
	Meaning func(level string) T
	Missing T // the meaning of a cell without a value

	known []T // of the codes seen so far
}

// Of returns the meaning of a code.
func (d *Decoder[T]) Of(code uint32) T {
	if code == MissingCode {
		return d.Missing
	}
	for at := len(d.known); at <= int(code); at++ {
		d.known = append(d.known, d.Meaning(d.Dict.Level(uint32(at))))
	}
	return d.known[code]
}

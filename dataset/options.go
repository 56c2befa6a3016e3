package dataset

import (
	"fmt"
	"io"
	"runtime"
)

// Options say how to read a file. The zero value finds everything out.
type Options struct {
	Delimiter byte            // 0: found
	Header    HeaderMode      // whether the first record names the columns
	NoQuotes  bool            // quotes are text
	Types     map[string]Kind // kinds that the user knows better, by any spelling of the column
	Label     string          // the label column, by any spelling; "": found by name
	Strict    bool            // the first bad row or cell is an error
	MaxBad    float64         // share of bad rows, or of bad cells in a column, above which reading fails; 0: 0.01
	Jobs      int             // workers; 0: one a core

	Stdin io.Reader // what "-" reads
	// Converter returns how to make a table of a file that begins so, unpacked; nil if it
	// is to be read as it is.
	Converter func(head []byte) Conversion

	Progress func(done, total int64) // called with the bytes read so far, from one goroutine at a time
}

// A HeaderMode says whether the first record names the columns.
type HeaderMode uint8

// The header modes.
const (
	HeaderAuto HeaderMode = iota
	HeaderYes
	HeaderNo
)

func (o Options) validate() (Options, error) {
	switch {
	case o.MaxBad < 0 || o.MaxBad > 1 || o.MaxBad != o.MaxBad:
		return o, fmt.Errorf("the largest share of bad rows must lie between 0 and 1, not %v", o.MaxBad)
	case o.Jobs < 0:
		return o, fmt.Errorf("the number of workers cannot be negative (%d)", o.Jobs)
	case o.Delimiter == '\n' || o.Delimiter == '\r' || o.Delimiter == '"' || o.Delimiter >= 0x80:
		return o, fmt.Errorf("%q cannot delimit cells; use one of , ; | or a tab", string(o.Delimiter))
	}
	if o.MaxBad == 0 {
		o.MaxBad = usualBad
	}
	if o.Jobs == 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	return o, nil
}

// usualBad is the share of cells that may be bad before a column that looks
// like numbers, times or addresses is taken for words.
const usualBad = 0.01

// tolerance is the share of bad cells with which a column keeps its kind. Who
// bears more bad cells does not therefore want words taken for numbers.
func (o Options) tolerance() float64 { return min(o.MaxBad, usualBad) }

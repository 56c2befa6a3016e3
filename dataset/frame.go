package dataset

import (
	"context"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// maxFrameCells is how large a dataframe may become. Each cell takes 16 bytes as
// a number and 24 and more as a word, and most operations of gota copy all of
// them, so that this many already want about two gigabytes.
const maxFrameCells = 50_000_000

// DataFrame returns the table as a dataframe of gota, for programs that want to
// work on it in ways that netanom does not offer.
//
// Numbers, flags and times (as seconds since the epoch) become Float series, in
// which comparisons with fractions work; levels, addresses and text become
// String series. Missing cells are NaN in either, for which IsNaN is true.
//
// A table of more than 50 million cells is refused: choose rows with Where or
// columns with Select first.
//
// Some functions of gota v0.12 give wrong answers and are best left alone:
// GroupBy, Arrange by three or more columns, Describe and Median where cells are
// missing, and reading and writing CSV, for which there are Open and WriteCSV.
func (t *Table) DataFrame() (dataframe.DataFrame, error) {
	columns := int64(len(t.schema.Columns))
	if t.rows > maxFrameCells/columns {
		return dataframe.DataFrame{}, fmt.Errorf("%d rows of %d columns are too many for a dataframe, which holds %d at that width; choose rows with Where or columns with Select",
			t.rows, columns, maxFrameCells/columns)
	}
	all := make([]series.Series, columns)
	for i := range t.schema.Columns {
		s, err := t.series(i)
		if err != nil {
			return dataframe.DataFrame{}, err
		}
		all[i] = s
	}
	df := dataframe.New(all...)
	return df, df.Err
}

// missingWord is the text that gota takes for a missing cell of a String series.
const missingWord = "NaN"

// series returns one column.
func (t *Table) series(column int) (series.Series, error) {
	c := &t.schema.Columns[column]
	switch {
	case c.Kind.Numeric() || c.Kind == Unknown:
		x, err := t.Floats(column)
		return series.New(x, series.Float, c.Name), err
	case c.Dict != nil:
		codes, err := t.Codes(column)
		if err != nil {
			return series.Series{}, err
		}
		levels := c.Dict.Levels()
		words := make([]string, len(codes))
		for i, code := range codes {
			words[i] = missingWord
			if code != MissingCode {
				words[i] = levels[code]
			}
		}
		return series.New(words, series.String, c.Name), nil
	}
	words := make([]string, t.rows)
	for i := range words {
		if words[i] = t.Cell(int64(i), column); words[i] == "" {
			words[i] = missingWord
		}
	}
	return series.New(words, series.String, c.Name), nil
}

// FromDataFrame returns a dataframe of gota as a table.
//
// Columns are recognised by their names as those of a file are. Other than in a
// file, where words that look like numbers are numbers, the type of the series
// decides: Float and Int are numbers (flags if all are 0 or 1 and one is 1, times
// if the column is the clock and all are seconds of the years 1990 to 2099), Bool
// are flags, String are levels, addresses or text. A table that DataFrame has
// turned into a dataframe comes back as it was, except that times other than the
// clock come back as numbers.
//
// Cells that are NaN are missing, and so are empty words, as everywhere in
// netanom. NA is a word. Infinite numbers count as missing and are counted in
// Problems. Integers beyond 2^53 that a float64 does not hold and words that are
// not valid UTF-8 are errors.
func FromDataFrame(df dataframe.DataFrame) (*Table, error) {
	if df.Err != nil {
		return nil, fmt.Errorf("the dataframe is an error: %w", df.Err)
	}
	if df.Ncol() == 0 {
		return nil, errors.New("the dataframe has no columns")
	}
	names, renamed := UniqueNames(df.Names())
	f := &frame{df: df, schema: Recognise(names), columns: make([]frameColumn, df.Ncol())}
	problems := Problems{Renamed: renamed, Columns: make([]ColumnProblems, df.Ncol())}
	for i := range f.columns {
		if err := f.read(i, &problems.Columns[i]); err != nil {
			return nil, err
		}
		problems.Infinite += problems.Columns[i].Infinite
	}
	t, err := Load(context.Background(), f)
	if err != nil {
		return nil, err
	}
	t.problems = problems
	return t, nil
}

// A frame is the source that FromDataFrame loads from.
type frame struct {
	df      dataframe.DataFrame
	schema  Schema
	columns []frameColumn
}

// A frameColumn is one column with all its cells, in one of the three forms.
type frameColumn struct {
	floats []float64
	codes  []uint32
	text   []string
}

// read takes over one series and decides on its kind.
func (f *frame) read(column int, p *ColumnProblems) (err error) {
	if f.df.Types()[column] == series.String {
		err = f.readWords(column)
	} else {
		err = f.readNumbers(column, p)
	}
	if err != nil {
		return err
	}
	for row := range f.df.Nrow() {
		if f.columns[column].missing(row) {
			p.Missing++
		}
	}
	return nil
}

func (c *frameColumn) missing(row int) bool {
	switch {
	case c.floats != nil:
		return math.IsNaN(c.floats[row])
	case c.codes != nil:
		return c.codes[row] == MissingCode
	}
	return c.text[row] == ""
}

func (f *frame) readNumbers(column int, p *ColumnProblems) error {
	c := &f.schema.Columns[column]
	x := make([]float64, f.df.Nrow())
	flags, ones, times, values := true, false, true, false
	for row := range x {
		e := f.df.Elem(row, column)
		if x[row] = e.Float(); e.Type() == series.Int && !e.IsNA() {
			if n, err := e.Int(); err != nil || int(x[row]) != n || math.Abs(x[row]) >= 1<<63 {
				return fmt.Errorf("column %q, row %d: the integer %s cannot be held exactly; convert the series to strings or floats first", c.Name, row+1, e)
			}
		}
		if math.IsInf(x[row], 0) {
			p.Infinite++
			x[row] = math.NaN()
		}
		if v := x[row]; v == v {
			values = true
			flags = flags && (v == 0 || v == 1)
			ones = ones || v == 1
			times = times && v >= 631152000 && v < 4102444800
		}
	}
	f.columns[column].floats = x
	switch {
	case !values:
		c.Kind = Unknown
	case flags && ones || f.df.Types()[column] == series.Bool:
		c.Kind = Flag
	case c.Kind == Time || c.Role == Clock && times:
		c.Kind = Time
	case c.Kind != Flag: // of a known layout, even if its data break the rule
		c.Kind = Number
	}
	return nil
}

func (f *frame) readWords(column int) error {
	c := &f.schema.Columns[column]
	words := make([]string, f.df.Nrow())
	var values [][]byte
	address := true
	for row := range words {
		e := f.df.Elem(row, column)
		if e.IsNA() {
			continue
		}
		words[row] = e.String()
		if !utf8.ValidString(words[row]) {
			return fmt.Errorf("column %q, row %d: the text is not valid UTF-8", c.Name, row+1)
		}
		if words[row] != "" {
			b := []byte(words[row])
			values = append(values, b)
			address = address && IsAddress(b)
		}
	}
	switch {
	case len(values) == 0 && c.Kind != Text:
		c.Kind = Category
	case c.Role == Label:
		c.Kind = Category
	case address:
		c.Kind = Address
	case c.Kind != Category && c.Kind != Text:
		c.Kind = wordKind(values)
	}
	if c.Kind == Text || !f.encode(column, words) {
		c.Kind, c.Dict = Text, nil
		f.columns[column].text = words
	}
	return nil
}

// encode turns words into codes, unless they are too many.
func (f *frame) encode(column int, words []string) bool {
	dict := newDict()
	codes := make([]uint32, len(words))
	for row, w := range words {
		if codes[row] = MissingCode; w != "" {
			codes[row] = dict.add([]byte(w))
		}
		if dict.Len() > maxLevels {
			return false
		}
	}
	f.schema.Columns[column].Dict, f.columns[column].codes = dict, codes
	return true
}

// Schema implements Source.
func (f *frame) Schema() *Schema { return &f.schema }

// Scan implements Source, with one worker.
func (f *frame) Scan(ctx context.Context, analyses ...Analysis) error {
	for _, a := range analyses {
		if err := a.Start(&f.schema, 1); err != nil {
			return err
		}
	}
	for from, index := 0, 0; from < f.df.Nrow(); from, index = from+tableBatch, index+1 {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := f.batch(from, min(from+tableBatch, f.df.Nrow()))
		for _, a := range analyses {
			if err := a.Batch(0, b); err != nil {
				return err
			}
			if err := a.EndChunk(0, Chunk{Index: index, FirstRow: int64(from), Rows: b.Rows}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *frame) batch(from, to int) *Batch {
	b := &Batch{Rows: to - from, Columns: make([]Vector, len(f.columns))}
	for i := range f.columns {
		c, v := &f.columns[i], &b.Columns[i]
		switch {
		case c.floats != nil:
			v.Floats = c.floats[from:to]
		case c.codes != nil:
			v.Codes = c.codes[from:to]
		}
		for row := from; row < to; row++ {
			if c.missing(row) {
				v.Missing++
			}
		}
	}
	b.text = func(column, row int) []byte { return []byte(f.columns[column].text[from+row]) }
	b.absent = func(cell []byte) bool { return len(cell) == 0 }
	return b
}

package model

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model/learn"
)

// A reader makes the schema's matrix of batches of a table. It serves one goroutine.
type reader struct {
	schema  *Schema
	setting *settingReader
	columns []int // of the table, by input; −1 for one that is not there
	words   []*dataset.Decoder[word]
	unseen  []int64 // by input: cells with a level that training did not have
	missing []int64 // by input: cells without a value
}

// A word is what a level of a table means to an input.
type word struct {
	code   int32
	number float64
	known  bool
}

// A MissingError says which columns a table lacks that a pipeline scores by.
type MissingError struct {
	Columns []string
	Inputs  int // columns that the pipeline scores by
}

// Error names the columns.
func (e *MissingError) Error() string {
	what := "column"
	if len(e.Columns) > 1 {
		what = "columns"
	}
	return fmt.Sprintf("the table lacks %d of the %d columns that the model was trained with: %s %s", len(e.Columns), e.Inputs, what, strings.Join(firstOf(e.Columns, 8), ", "))
}

// newReader finds the schema's columns in a table. A *MissingError lists those that
// are not there.
func newReader(s *Schema, t *dataset.Schema) (*reader, error) {
	r := &reader{schema: s, columns: make([]int, len(s.Inputs)), words: make([]*dataset.Decoder[word], len(s.Inputs)),
		unseen: make([]int64, len(s.Inputs)), missing: make([]int64, len(s.Inputs))}
	lacking := &MissingError{Inputs: len(s.Inputs)}
	for j := range s.Inputs {
		in := &s.Inputs[j]
		at, err := in.find(t)
		if err != nil {
			lacking.Columns = append(lacking.Columns, in.Name)
			continue
		}
		c := &t.Columns[at]
		if !learnable(c) && c.Kind != dataset.Unknown {
			return nil, fmt.Errorf("column %q holds %s, but the model was trained with %s", c.Name, c.Kind, in.holds())
		}
		r.columns[j] = at
		if c.Dict != nil {
			r.words[j] = &dataset.Decoder[word]{Dict: c.Dict, Missing: word{code: learn.NoLevel, number: nan, known: true}, Meaning: in.word}
		}
	}
	if len(lacking.Columns) > 0 {
		return nil, lacking
	}
	var err error
	r.setting, err = newSettingReader(s.Setting, t)
	return r, err
}

// Lacking lists the columns that the pipeline scores by and a table does not have.
func (s *Schema) Lacking(t *dataset.Schema) []string {
	var out []string
	for j := range s.Inputs {
		if _, err := s.Inputs[j].find(t); err != nil {
			out = append(out, s.Inputs[j].Name)
		}
	}
	return out
}

func (in *Input) holds() string {
	if in.Coded() {
		return "levels"
	}
	return "numbers"
}

// word returns what a cell of text means to the input.
func (in *Input) word(text string) word {
	if in.Coded() {
		code := levelPlace(in.Levels, text)
		return word{code: code, known: code != learn.NoLevel}
	}
	v, ok := dataset.ParseNumber([]byte(text))
	return word{number: v, known: ok}
}

// number returns the code of a number in a column that held levels in training.
func (in *Input) level(v float64) word { return in.word(strconv.FormatFloat(v, 'f', -1, 64)) }

// read appends the rows of a batch to a matrix of the schema's columns.
func (r *reader) read(x *learn.Matrix, b *dataset.Batch) {
	for j := range r.columns {
		v := &b.Columns[r.columns[j]]
		in := &r.schema.Inputs[j]
		switch {
		case in.Coded():
			x.Codes[j] = r.appendCodes(x.Codes[j], j, in, v, b.Rows)
		case v.Codes != nil:
			x.Numbers[j] = r.appendWords(x.Numbers[j], j, v)
		case v.Ints == nil && v.Floats == nil:
			x.Numbers[j] = appendNaN(x.Numbers[j], b.Rows)
			r.missing[j] += int64(b.Rows)
		default:
			x.Numbers[j] = v.AppendFloats(x.Numbers[j])
			r.missing[j] += int64(v.Missing)
		}
	}
	x.Rows += b.Rows
}

func appendNaN(dst []float64, n int) []float64 {
	for range n {
		dst = append(dst, nan)
	}
	return dst
}

func (r *reader) appendCodes(dst []int32, j int, in *Input, v *dataset.Vector, rows int) []int32 {
	for i := range rows {
		var w word
		switch {
		case v.Codes != nil:
			w = r.words[j].Of(v.Codes[i])
			if v.Codes[i] == dataset.MissingCode {
				r.missing[j]++
			}
		case v.Ints == nil && v.Floats == nil:
			w = word{code: learn.NoLevel, known: true}
			r.missing[j]++
		default:
			if f := v.Float(i); f == f {
				w = in.level(f)
			} else {
				w = word{code: learn.NoLevel, known: true}
				r.missing[j]++
			}
		}
		if !w.known {
			r.unseen[j]++
		}
		dst = append(dst, w.code)
	}
	return dst
}

func (r *reader) appendWords(dst []float64, j int, v *dataset.Vector) []float64 {
	for _, code := range v.Codes {
		w := r.words[j].Of(code)
		if w.number != w.number {
			r.missing[j]++
		}
		dst = append(dst, w.number)
	}
	return dst
}

// A RowError says which fields of one record cannot be read.
type RowError struct{ Fields []error }

// Error lists the fields.
func (e *RowError) Error() string { return errors.Join(e.Fields...).Error() }

// Unwrap returns the error of each field.
func (e *RowError) Unwrap() []error { return e.Fields }

// Row makes a matrix of one row of a record whose fields get returns as text, found by
// any name that the schema knows the column by: the road by which single records
// come to a model. A field that is not there, or says that it has no value, is
// missing. A number that cannot be read is an error, and a *RowError has them all.
func (s *Schema) Row(get func(name string) (string, bool)) (*learn.Matrix, error) {
	x := learn.NewMatrix(s.columns, 1)
	var wrong RowError
	for j := range s.Inputs {
		in := &s.Inputs[j]
		text, there := get(in.Name)
		if !there && in.Canon != "" {
			text, there = get(in.Canon)
		}
		if !there || dataset.IsMissing([]byte(text)) || dataset.IsInfinity([]byte(text)) {
			if !in.Coded() {
				x.Numbers[j][0] = nan
			}
			continue
		}
		w := in.word(text)
		switch {
		case in.Coded():
			x.Codes[j][0] = w.code
		case w.known:
			x.Numbers[j][0] = w.number
		default:
			wrong.Fields = append(wrong.Fields, &dataset.CellError{Column: in.Name, Text: text, Err: errors.New("is not a number")})
		}
	}
	if len(wrong.Fields) > 0 {
		return nil, &wrong
	}
	return x, nil
}

package sql

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/netanom/netanom/dataset"
)

// Options say how to understand a table. The zero value finds everything out.
type Options struct {
	Types   map[string]dataset.Kind // kinds that the user knows better, by any spelling of the column
	Label   string                  // the label column, by any spelling; "": found by name
	Columns []string                // the columns of which the data are looked at, by any spelling; nil: all

	Explain  func(statement string)  // told every statement before it is sent; may be nil
	Progress func(done, total int64) // told how many rows the server has read of how many; may be nil
}

// A Source is a table of a database, or some of its rows and columns. It implements
// dataset.Engine. It is not safe for concurrent scans.
type Source struct {
	*table
	columns   []int // where each column of the schema stands in the table
	schema    dataset.Schema
	condition string // on its rows, in the words of the server; "": all
	expr      string // the same as it was asked for
	counted   *rowCount
	levels    []*levelStore // by column of the schema; nil where there are none
	lost      map[int]error // by column of the schema: why its Dict has no levels; under mu
}

// A table is what all sources made of one table share.
type table struct {
	conn    Conn
	d       Dialect
	address Address
	opt     Options
	infos   []ColumnInfo
	facts   []columnFacts
	all     *rowCount // of the table
	prefix  string    // of aliases: no column's name begins so

	mu     sync.Mutex           // of what changes, here and in the sources
	spread map[spreadKey]spread // that have been asked for
	ctx    context.Context      // of the work at hand, in which levels are asked for when somebody needs them
}

// columnFacts are what was learned of a column of numbers.
type columnFacts struct {
	n        int64 // finite numbers
	min, max float64
	beyond   int64   // numbers that are neither 0 nor 1
	infinite int64   // cells that are missing because they are infinite
	words    int64   // cells that are no number, where numbers are read from text
	unit     float64 // the table's numbers in a second, of times that are numbers there; else 1
	learned  bool
}

// A rowCount is a number of rows, −1 until it is known.
type rowCount struct {
	mu sync.Mutex
	n  int64
}

// usualBudget is how many groups of a column are handed out: few enough for netanom
// to stay small whatever the table.
const usualBudget = 1 << 17

// Schema implements dataset.Source. The kinds are final.
func (s *Source) Schema() *dataset.Schema { return &s.schema }

// Settled reports that kinds are final.
func (s *Source) Settled() bool { return true }

// Budget implements dataset.Engine.
func (s *Source) Budget() int64 { return usualBudget }

// Rows implements dataset.Engine.
func (s *Source) Rows() int64 {
	s.counted.mu.Lock()
	defer s.counted.mu.Unlock()
	return s.counted.n
}

// Address returns where the table is.
func (s *Source) Address() Address { return s.address }

// count returns the number of rows, which is asked for once. Without any it is an error.
func (s *Source) count(ctx context.Context) (int64, error) {
	s.counted.mu.Lock()
	defer s.counted.mu.Unlock()
	if s.counted.n < 0 {
		n, rows := int64(0), s.d.Int(s.d.Count())
		err := s.query(ctx, "SELECT "+rows+" FROM "+s.from(), []Type{Int}, func(b *Block) error {
			for _, x := range b.Columns[0].Ints {
				n += x
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
		s.counted.n = n
	}
	switch {
	case s.counted.n > 0:
		return s.counted.n, nil
	case s.condition == "" || s.all.n == 0:
		return 0, &emptyError{s.name()}
	}
	return 0, fmt.Errorf("%w: none of %d rows meets %s", dataset.ErrNoData, s.all.n, shorten(s.expr))
}

// agree returns an error unless a statement saw all rows that there are.
func (s *Source) agree(seen int64) error {
	if n := s.Rows(); n >= 0 && n != seen {
		return s.moved(fmt.Sprintf(" (from %d to %d rows)", n, seen))
	}
	return nil
}

// changed says that two statements saw different rows.
func (s *Source) changed() error { return s.moved("") }

func (s *Source) moved(how string) error {
	return fmt.Errorf("%s changed while it was read%s, so that its numbers would not fit together; "+
		"leave out what is still being added with --where and an upper bound of a time or an id", s.name(), how)
}

// An emptyError says that a table has no rows.
type emptyError struct{ table string }

// Error reads as a sentence.
func (e *emptyError) Error() string { return e.table + " has no rows" }

// Unwrap returns the cause.
func (e *emptyError) Unwrap() error { return dataset.ErrNoRows }

// name is how errors call the table.
func (s *table) name() string { return s.address.String() }

// query runs a statement, and tells of it and of its progress.
func (s *table) query(ctx context.Context, statement string, types []Type, each func(*Block) error) error {
	return s.ask(ctx, Query{SQL: statement, Types: types}, each)
}

// ask sends a statement, which is shown to who wants to see it.
func (s *table) ask(ctx context.Context, q Query, each func(*Block) error) error {
	if s.opt.Explain != nil {
		s.opt.Explain(q.SQL)
	}
	q.Progress = s.opt.Progress
	return s.conn.Query(ctx, q, each)
}

// from is what stands behind FROM: the table, and the condition on its rows if there
// is one. further are conditions that have to hold too.
func (s *Source) from(further ...string) string {
	out := s.d.From(s.address.Table)
	var all []string
	for _, c := range append([]string{s.condition}, further...) {
		if c != "" {
			all = append(all, "("+c+")")
		}
	}
	if len(all) == 0 {
		return out
	}
	return out + " WHERE " + strings.Join(all, " AND ")
}

// alias returns a name that no column of the table has and that needs no quotes: an
// alias that shadows a column would be taken for it in the rest of the statement.
func (s *table) alias(letter string, i int) string { return fmt.Sprintf("%s%s%d", s.prefix, letter, i) }

// aliasPrefix returns what none of the names begins with.
func aliasPrefix(infos []ColumnInfo) string {
	prefix := "na_"
	for i := 0; i < len(infos); {
		if i++; strings.HasPrefix(strings.ToLower(infos[i-1].Name), prefix) {
			prefix, i = prefix+"_", 0
		}
	}
	return prefix
}

// info returns what the server says of a column of the schema.
func (s *Source) info(column int) ColumnInfo { return s.infos[s.columns[column]] }

// fact returns what was learned of a column of the schema.
func (s *Source) fact(column int) *columnFacts { return &s.facts[s.columns[column]] }

// raw is the expression of a column as it is in the table.
func (s *Source) raw(column int) string { return s.d.Quote(s.info(column).Name) }

// number is the expression of a column as a Real: NULL where it is missing, and
// seconds where it is a time.
func (s *Source) number(column int) string { return s.numberOf(s.raw(column), column) }

// numberOf is the same of the column's cell, or of its Key, by another name.
func (s *Source) numberOf(e string, column int) string {
	e = s.d.Number(e, s.info(column))
	if unit := cmp.Or(s.fact(column).unit, 1); unit != 1 {
		return "(" + e + ") / " + s.d.Real(unit)
	}
	return "(" + e + ")"
}

// text is the expression of a column as Words, empty wherever it is missing.
func (s *Source) text(column int) string {
	return "CASE WHEN " + s.present(column) + " THEN " + s.d.Text(s.raw(column), s.info(column)) + " ELSE '' END"
}

// present is a condition: whether a cell of words has a value.
func (s *Source) present(column int) string {
	raw, info := s.raw(column), s.info(column)
	switch {
	case info.Form == Float || info.Form == Decimal || info.Form == Moment: // which may be infinite, or no number
		return "(" + s.d.Number(raw, info) + ") IS NOT NULL"
	case info.Form != Word && info.Form != Other:
		return raw + " IS NOT NULL"
	}
	return "(" + s.d.Text(raw, info) + ") NOT IN ('', " + s.d.Word("NA") + ", " + s.d.Word("NaN") + ", " + s.d.Word("?") + ")"
}

// missing reports whether a text that the server wrote stands for no value.
func missing(word string, info ColumnInfo) bool {
	cell := []byte(word)
	return dataset.IsMissing(cell) || info.Form == Float && (strings.EqualFold(word, "nan") || dataset.IsInfinity(cell))
}

// shorten cuts a text for a message: it may be of any length.
func shorten(text string) string {
	const most = 40
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}

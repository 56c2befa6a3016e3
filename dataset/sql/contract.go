package sql

import (
	"context"
	"errors"
)

// ErrGroups is the cause when a statement makes more groups than are of use.
var ErrGroups = errors.New("there are too many groups")

// A Conn is a way to a server. It may be used by several goroutines. A cancelled
// context ends the query on the server too. Errors are sentences that name the server
// and never a secret.
type Conn interface {
	// Dialect returns how the server's language differs.
	Dialect() Dialect
	// Columns lists the columns of a table in their order. It is an error if there is no
	// such table.
	Columns(ctx context.Context, t Name) ([]ColumnInfo, error)
	// Query runs a statement that reads, and passes its rows on in blocks, which are
	// valid until each returns. An error means that what was passed on is no answer.
	Query(ctx context.Context, q Query, each func(*Block) error) error
	// Insert adds rows to a table, all or none. It is an error where the connection may
	// only read.
	Insert(ctx context.Context, t Name, columns []string, b *Block) error
	// Exec runs a statement that changes something, such as CREATE TABLE. It is an error
	// where the connection may only read.
	Exec(ctx context.Context, statement string) error
	// Close ends all that is still running.
	Close() error
}

// A Name names a table of a database, or of a schema within one.
type Name struct{ Database, Table string }

// A ColumnInfo is what a server says of a column.
type ColumnInfo struct {
	Name string
	Type string // in the server's words: "LowCardinality(String)", "double precision"
	Form Form
	Null bool // cells may be NULL
}

// A Form is how the cells of a column are to be understood.
type Form uint8

// The forms.
const (
	Other   Form = iota // arrays, blobs: shown as text, and no more
	Integer             // whole numbers and booleans
	Float               // binary floating point, which may be NaN or infinite
	Decimal             // exact fractions
	Moment              // dates and times
	Word                // text that may be a level
	Host                // IPv4 and IPv6 addresses
)

// A Query is a statement and what its columns are.
type Query struct {
	SQL   string
	Types []Type // of the result's columns, in order

	// Groups, if above 0, is how many groups are of use: a server that is able to stop when it
	// meets more does, and the error then wraps ErrGroups.
	Groups int64

	// Progress is told, from time to time, how many rows the server has read, of how many
	// it believes it will; 0 if it does not know. It may be nil.
	Progress func(done, total int64)
}

// A Type is what a cell of a result is. Statements cast their columns accordingly.
type Type uint8

// The types.
const (
	Int   Type = iota // 64 bits, never NULL
	Real              // NaN for NULL
	Words             // "" for NULL
)

// A Block is some rows of a result, column by column.
type Block struct {
	Rows    int
	Columns []Cells
}

// Cells are the cells of one column of a Block; what its Type says is filled.
type Cells struct {
	Ints  []int64
	Reals []float64
	Words []string
}

// A Dialect is how a server's language says things. Arguments named e are
// expressions; what is returned stands wherever an expression may, without
// brackets around it.
type Dialect interface {
	Name() string // "clickhouse"
	Quote(identifier string) string
	Word(text string) string // a literal, safe whatever the text
	Real(x float64) string   // a literal of a finite number that reads as the same float64

	// Key is the cell of a column in the form in which it is cheapest to group by; NULL, or
	// what IsMissing finds, where there is no value.
	Key(c ColumnInfo) string
	// Number makes a Real of a column, or of a Key: dates are seconds since 1970 in UTC,
	// NULL stands for what is missing, not a number or infinite, and there is no negative zero.
	Number(e string, c ColumnInfo) string
	// Text makes Words of a column, or of a Key, '' where it is NULL.
	Text(e string, c ColumnInfo) string
	// Infinite is a condition: whether a Float is infinite, which counts as missing.
	Infinite(c ColumnInfo) string

	Int(e string) string      // casts to a result of Type Int
	CastReal(e string) string // casts to a result of Type Real, NULL allowed
	Count() string            // of rows
	CountIf(condition string) string
	Sum(e string) string // of Reals, as a Real; NULLs do not count; of none: 0 or NULL
	Floor(e string) string
	Map(e string, from, to []float64) string // the value of to at the place of e in the ascending from; NULL if it is nowhere
	Below(e string, bounds []float64) string // how many of the ascending bounds lie below e, as a Real; NULL for NULL
	Hash(es []string) string                 // of Words: an integer from 0 below 2^53
	Distinct(e string) string                // an estimate of the number of different values, as an aggregate, or "" if there is none
	// Lot is a pseudo-random integer from 0 below 2^53 for a row that stays the same while the
	// table does.
	Lot(seed uint64) string
	// Match is a condition: whether a text matches a regular expression of RE2; "" if the
	// server has another kind.
	Match(e, pattern string) string
	// From is how a table is named behind FROM.
	From(t Name) string
}

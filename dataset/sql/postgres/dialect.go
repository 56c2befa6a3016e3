package postgres

import (
	"math"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset/sql"
)

// dialect is PostgreSQL's. What it returns is closed: a call, a literal, or in brackets.
type dialect struct{}

// Name implements sql.Dialect.
func (dialect) Name() string { return "postgres" }

// Quote implements sql.Dialect.
func (dialect) Quote(identifier string) string { return quote(identifier) }

func quote(identifier string) string {
	return `"` + strings.ReplaceAll(possible(identifier), `"`, `""`) + `"`
}

// possible replaces what no text in PostgreSQL has: NUL, and bytes that are not UTF-8.
func possible(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// Word implements sql.Dialect. Backslashes mean the same in this kind of literal whatever
// standard_conforming_strings says.
func (dialect) Word(text string) string {
	return "(E'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(possible(text)) + "'::text)"
}

// Real implements sql.Dialect.
func (dialect) Real(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "(NULL::float8)"
	}
	return "float8 '" + strconv.FormatFloat(x, 'g', -1, 64) + "'"
}

// reals is an array as a constant.
func reals(xs []float64) string {
	var b strings.Builder
	b.WriteString("('{")
	for i, x := range xs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatFloat(x, 'g', -1, 64))
	}
	b.WriteString("}'::float8[])")
	return b.String()
}

// Key implements sql.Dialect. Exact fractions are float64s, since others that are the same
// float64 belong into the same group.
func (d dialect) Key(c sql.ColumnInfo) string {
	e := quote(c.Name)
	switch {
	case c.Form == sql.Integer, c.Type == money:
		return e
	case seconds(c):
		return "(CASE WHEN isfinite(" + e + ") THEN " + e + " END)"
	case c.Form == sql.Float, c.Form == sql.Decimal:
		return d.Number(e, c)
	case c.Form == sql.Host: // without the mask, which the text has not either
		return "set_masklen(" + e + ", CASE family(" + e + ") WHEN 4 THEN 32 ELSE 128 END)"
	}
	return inBytes(e)
}

// inBytes is a text that is equal to another, and before it, as its bytes are.
func inBytes(e string) string { return "((" + e + `)::text COLLATE "C")` }

const (
	boolean = "boolean"
	money   = "money"
)

// seconds reports a type whose numbers are its seconds.
func seconds(c sql.ColumnInfo) bool {
	return c.Form == sql.Moment || strings.HasPrefix(c.Type, "interval")
}

// largest is the largest number, as a text.
var largest = strconv.FormatFloat(math.MaxFloat64, 'g', -1, 64)

// Number implements sql.Dialect. Of columns that are not numbers, there are none.
func (dialect) Number(e string, c sql.ColumnInfo) string {
	switch {
	case seconds(c):
		return "(CASE WHEN isfinite(" + e + ") THEN extract(epoch FROM " + e + ")::float8 END)"
	case c.Type == boolean:
		return "((" + e + ")::int::float8)"
	case c.Type == money:
		return "((" + e + ")::numeric::float8)"
	case c.Form == sql.Integer:
		return "((" + e + ")::float8)"
	case c.Form == sql.Float: // NaN is greater than all others; adding 0 makes −0 a 0
		return "(CASE WHEN (" + e + ")::float8 BETWEEN float8 '-" + largest + "' AND float8 '" + largest + "' THEN (" + e + ")::float8 + float8 '0' END)"
	case c.Form == sql.Decimal: // exceeding the largest would be an error
		return "(CASE WHEN (" + e + ") BETWEEN numeric '-" + largest + "' AND numeric '" + largest + "' THEN (" + e + ")::float8 END)"
	}
	return "(NULL::float8)"
}

// Text implements sql.Dialect. Numbers are written as float64s, and booleans as 0 and 1:
// what has the same number has the same text.
func (d dialect) Text(e string, c sql.ColumnInfo) string {
	text := "(" + e + ")::text"
	switch {
	case c.Type == boolean:
		text = "(" + e + ")::int::text"
	case seconds(c):
		text = "CASE WHEN isfinite(" + e + ") THEN (" + e + ")::text END"
	case c.Form == sql.Float, c.Form == sql.Decimal:
		text = d.Number(e, c) + "::text"
	case c.Form == sql.Host:
		text = "host(" + e + ")"
	}
	return "coalesce(" + inBytes(text) + ", '')"
}

// Infinite implements sql.Dialect.
func (dialect) Infinite(c sql.ColumnInfo) string {
	e := quote(c.Name)
	switch {
	case seconds(c):
		return "coalesce(NOT isfinite(" + e + "), false)"
	case c.Form == sql.Float:
		return "coalesce(abs(" + e + ") = 'Infinity', false)"
	case c.Form == sql.Decimal && c.Type != money: // NaN is the greatest
		return "coalesce(abs(" + e + ") > numeric '" + largest + "' AND " + e + " <> 'NaN', false)"
	}
	return "false"
}

// Int implements sql.Dialect.
func (dialect) Int(e string) string { return "((" + e + ")::int8)" }

// CastReal implements sql.Dialect.
func (dialect) CastReal(e string) string { return "((" + e + ")::float8)" }

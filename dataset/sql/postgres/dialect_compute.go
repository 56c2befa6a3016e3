package postgres

import (
	"math"
	"strconv"

	"github.com/netanom/netanom/dataset/sql"
)

// Count implements sql.Dialect.
func (dialect) Count() string { return "count(*)" }

// CountIf implements sql.Dialect.
func (dialect) CountIf(condition string) string { return "count(*) FILTER (WHERE " + condition + ")" }

// Sum implements sql.Dialect. It adds as float64, in any order; of none it is NULL.
func (dialect) Sum(e string) string { return "sum((" + e + ")::float8)" }

// Floor implements sql.Dialect.
func (dialect) Floor(e string) string { return "floor((" + e + ")::float8)" }

// Map implements sql.Dialect. The place is found by bisection.
func (dialect) Map(e string, from, to []float64) string {
	n := min(len(from), len(to))
	real, keys := "(("+e+")::float8)", reals(from[:n])
	place := "[width_bucket(" + real + ", " + keys + ")]"
	return "(CASE WHEN " + keys + place + " = " + real + " THEN " + reals(to[:n]) + place + " END)"
}

// Below implements sql.Dialect. width_bucket counts bounds that are equal too, and so each
// is replaced by the next number above it.
func (dialect) Below(e string, bounds []float64) string {
	above := make([]float64, len(bounds))
	for i, b := range bounds {
		above[i] = math.Nextafter(b, math.Inf(1))
	}
	return "(width_bucket((" + e + ")::float8, " + reals(above) + ")::float8)"
}

// mask53 leaves the lowest 53 bits.
const mask53 = " & 9007199254740991)"

// Hash implements sql.Dialect. The hash of each text is the seed for the next, so texts
// are not confused with others that only read the same one behind the other.
func (dialect) Hash(es []string) string {
	hash := "int8 '0'"
	for _, e := range es {
		hash = "hashtextextended(coalesce(" + inBytes(e) + ", ''), " + hash + ")"
	}
	return "(" + hash + mask53
}

// Distinct implements sql.Dialect: there is no estimate.
func (dialect) Distinct(string) string { return "" }

// Lot implements sql.Dialect. It is a hash of where the row stands, which is unique within
// the table it is in: of a partitioned one, each partition. Views have no such place; an
// error says so.
func (dialect) Lot(seed uint64) string {
	return "(hashtextextended(ctid::text, tableoid::int8 # int8 '" + strconv.FormatInt(int64(seed), 10) + "')" + mask53
}

// Match implements sql.Dialect: regular expressions here are of another kind than RE2.
func (dialect) Match(string, string) string { return "" }

// From implements sql.Dialect.
func (dialect) From(t sql.Name) string {
	if t.Database == "" {
		return quote(t.Table)
	}
	return quote(t.Database) + "." + quote(t.Table)
}

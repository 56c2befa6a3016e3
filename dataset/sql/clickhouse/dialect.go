package clickhouse

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/netanom/netanom/dataset/sql"
)

// dialect is how ClickHouse says things.
type dialect struct {
	ownAddresses bool // IPv4 and IPv6 are types of their own, not other names of UInt32 and FixedString
	compensates  bool // there is a sum that makes good what rounding takes, and that shards can hand on
}

// below53 makes a number below 2^53 of a hash.
const below53 = " % 9007199254740992)"

// nowhere stands for a value that Map does not find; it is no float of a table that anyone maps to.
const nowhere = -math.MaxFloat64

// Name returns "clickhouse".
func (dialect) Name() string { return "clickhouse" }

// Quote returns an identifier that the server takes as it stands.
func (dialect) Quote(identifier string) string { return quoted(identifier, '`') }

// Word returns a literal of a text, of whatever bytes.
func (dialect) Word(text string) string { return quoted(text, '\'') }

// Real returns a literal. Tiny numbers are told by their bits, since the server's parser
// refuses them, and so is the sign of zero.
func (dialect) Real(x float64) string {
	if math.Abs(x) < 0x1p-1021 && (x != 0 || math.Signbit(x)) {
		return fmt.Sprintf("reinterpretAsFloat64(reinterpretAsString(toUInt64(%d)))", math.Float64bits(x))
	}
	return "toFloat64(" + number(x) + ")"
}

// number returns a number as the server's parser reads it without loss: not for those
// below 2^-1022.
func number(x float64) string {
	s := strconv.FormatFloat(x, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += "." // else an integer, of a type that depends on its size
	}
	return s
}

// Key is the cell as it is; floats have one zero and neither NaN nor infinities.
func (d dialect) Key(c sql.ColumnInfo) string {
	e := d.Quote(c.Name)
	switch c.Form {
	case sql.Float:
		return plain(e)
	case sql.Other: // servers may refuse to group by such a type
		return d.Text(e, c)
	}
	return e
}

// plain is finite for cells that stay of their type, so that texts of them are those of the table.
func plain(e string) string {
	return "if(isFinite(" + e + "), if((" + e + ") = 0, abs(" + e + "), " + e + "), NULL)"
}

// finite makes one zero of both, and NULL of what is no number.
func finite(e string) string { return "if(isFinite(" + e + "), (" + e + ") + 0, NULL)" }

// Number makes a number of a cell, and NULL of one that is no number.
func (dialect) Number(e string, c sql.ColumnInfo) string {
	switch c.Form {
	case sql.Integer, sql.Decimal:
		return "toFloat64(" + e + ")"
	case sql.Float:
		return finite("toFloat64(" + e + ")")
	case sql.Moment:
		return seconds(e, parseKind(c.Type))
	}
	return "CAST(NULL AS Nullable(Float64))"
}

// seconds since 1970: of days, those of midnight in UTC, whatever the server's time zone.
func seconds(e string, k kind) string {
	switch k.base {
	case "Date", "Date32":
		return "(toFloat64(toInt32(" + e + ")) * 86400)"
	case "DateTime64":
		return "toFloat64(" + e + ")"
	}
	return "toFloat64(toUnixTimestamp(" + e + "))"
}

// Text makes a text of a cell.
func (d dialect) Text(e string, c sql.ColumnInfo) string {
	k := parseKind(c.Type)
	switch {
	case c.Form == sql.Float:
		return "ifNull(toString(" + plain(e) + "), '')"
	case c.Form == sql.Host && !d.ownAddresses:
		return "ifNull(" + k.base + "NumToString(" + e + "), '')"
	case k.null && (k.base == "Enum8" || k.base == "Enum16"):
		return enumText(e, k)
	}
	return "ifNull(toString(" + e + "), '')"
}

// enumText is for levels that may be NULL: in old servers, 0 is beneath NULL, which need
// not be a level, and toString fails on it. So NULL becomes the empty level.
func enumText(e string, k kind) string {
	none, levels := "-32768", "'' = -32768, "+k.args
	if m := emptyLevel.FindStringSubmatch(k.args); m != nil {
		none, levels = m[1], k.args
	}
	return "toString(CAST(ifNull(toInt16(" + e + "), " + none + ") AS Enum16(" + levels + ")))"
}

var emptyLevel = regexp.MustCompile(`(?:^|, )'' = (-?\d+)`)

// Infinite is whether a float is infinite.
func (d dialect) Infinite(c sql.ColumnInfo) string {
	if c.Form != sql.Float {
		return "0"
	}
	return "isInfinite(" + d.Quote(c.Name) + ")"
}

// Int casts to Int64, and NULL to 0.
func (dialect) Int(e string) string { return "ifNull(toInt64(" + e + "), 0)" }

// CastReal casts to Nullable(Float64).
func (dialect) CastReal(e string) string { return "CAST(" + e + " AS Nullable(Float64))" }

// Count counts rows.
func (dialect) Count() string { return "count()" }

// CountIf counts rows of which a condition holds; it does not if it is NULL.
func (dialect) CountIf(condition string) string { return "countIf(ifNull(" + condition + ", 0))" }

// Sum adds up; of nothing it is 0, or NULL if there are NULLs. Servers of version 18.16 have
// sumKahan, too, but crash where it is asked of a Distributed table.
func (d dialect) Sum(e string) string {
	if d.compensates {
		return "sumKahan(" + e + ")"
	}
	return "sum(" + e + ")"
}

// Compensates reports whether sums are compensated for what rounding takes from them.
func (d dialect) Compensates() bool { return d.compensates }

// Floor rounds down.
func (dialect) Floor(e string) string { return "floor(" + e + ")" }

// Map looks the bits of a number up, since old servers do not find floats.
func (d dialect) Map(e string, from, to []float64) string {
	if len(from) == 0 {
		return "CAST(NULL AS Nullable(Float64))"
	}
	bits, values := make([]string, len(from)), make([]string, len(from))
	for i, x := range from {
		bits[i] = strconv.FormatUint(math.Float64bits(x+0), 10) // x+0: one zero
		values[i] = d.element(to[i])
	}
	return fmt.Sprintf("nullIf(transform(reinterpretAsUInt64(reinterpretAsString(toFloat64(%s) + 0)), [%s], [%s], %s), %s)",
		e, strings.Join(bits, ", "), strings.Join(values, ", "), number(nowhere), number(nowhere))
}

// element is a number within an array, which is read at once only if all are plain.
func (d dialect) element(x float64) string {
	if math.Abs(x) < 0x1p-1021 && x != 0 {
		return d.Real(x)
	}
	return number(x + 0)
}

// mostAdded is how many bounds are compared one by one. The time that old servers take to
// understand a sum grows with the square of its length.
const mostAdded = 500

// Below adds up comparisons: of what old servers have, that is the fastest for more than
// a few bounds.
func (d dialect) Below(e string, bounds []float64) string {
	switch {
	case len(bounds) == 0:
		return "(toFloat64(" + e + ") * 0 + 0)"
	case len(bounds) <= mostAdded:
		return "toFloat64(" + d.compare(e, bounds) + ")"
	}
	elements := make([]string, len(bounds))
	for i, x := range bounds {
		elements[i] = d.element(x)
	}
	return fmt.Sprintf("if(isNull(%s), NULL, toFloat64(arrayCount(b -> b < assumeNotNull(%s), [%s])))", e, e, strings.Join(elements, ", "))
}

// compare keeps the sum balanced: servers limit how deep an expression may be.
func (d dialect) compare(e string, bounds []float64) string {
	if len(bounds) == 1 {
		return "greater(" + e + ", " + d.element(bounds[0]) + ")"
	}
	half := len(bounds) / 2
	return "plus(" + d.compare(e, bounds[:half]) + ", " + d.compare(e, bounds[half:]) + ")"
}

// Hash is of the texts together.
func (dialect) Hash(es []string) string {
	return "(cityHash64(" + strings.Join(es, ", ") + ")" + below53
}

// Distinct is an estimate.
func (dialect) Distinct(e string) string { return "uniq(" + e + ")" }

// Lot is a hash of where a row stands; see parameters.
func (dialect) Lot(seed uint64) string {
	return fmt.Sprintf("(cityHash64(%s, hostName(), toUInt64(%d))%s", rowNumber, seed, below53)
}

// Match is whether a text matches; a dot is no line break, as in Go.
func (d dialect) Match(e, pattern string) string {
	return "match(" + e + ", " + d.Word("(?-s)"+pattern) + ")"
}

// From names a table.
func (d dialect) From(t sql.Name) string {
	if t.Database == "" {
		return d.Quote(t.Table)
	}
	return d.Quote(t.Database) + "." + d.Quote(t.Table)
}

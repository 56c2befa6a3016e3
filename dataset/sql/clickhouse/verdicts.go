package clickhouse

import (
	"cmp"
	"strings"

	"github.com/netanom/netanom/dataset/sql"
)

var _ sql.KeyDialect = dialect{}

// Mark implements sql.KeyDialect. Times are told by their seconds, or as they are in UTC: an
// hour of a time zone may come twice.
func (dialect) Mark(e string, c sql.ColumnInfo) string {
	text := "toString(" + e + ")"
	switch parseKind(c.Type).base {
	case "DateTime":
		text = "toString(toUnixTimestamp(" + e + "))"
	case fineTime:
		text = "toString(" + e + ", 'UTC')"
	}
	return "ifNull(" + text + ", '')"
}

// fineTime is the type of times with parts of a second.
const fineTime = "DateTime64"

// fineTimeOf makes a time of the mark of one.
func fineTimeOf(mark string, k kind) string {
	digits, _, _ := strings.Cut(k.args, ",")
	return "toDateTime64(" + mark + ", " + cmp.Or(strings.TrimSpace(digits), "3") + ", 'UTC')"
}

// Literal implements sql.KeyDialect.
func (d dialect) Literal(mark string, c sql.ColumnInfo) string {
	k := parseKind(c.Type)
	switch {
	case k.base == "DateTime":
		return "toDateTime(toUInt32(" + d.Word(mark) + "))"
	case k.base == fineTime:
		return fineTimeOf(d.Word(mark), k)
	case k.base == "String":
		return d.Word(mark)
	}
	return "CAST(" + d.Word(mark) + " AS " + k.String() + ")"
}

// String is the type without its wrappers.
func (k kind) String() string {
	if k.args == "" {
		return k.base
	}
	return k.base + "(" + k.args + ")"
}

// usualTypes are those of new columns.
var usualTypes = map[sql.Form]string{sql.Integer: "Int64", sql.Float: "Float64", sql.Decimal: "Decimal(38, 9)", sql.Moment: "DateTime"}

// Create implements sql.KeyDialect. The server does not see to it that no key comes twice.
func (d dialect) Create(t sql.Name, columns []sql.ColumnInfo, key []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		typ := c.Type
		if typ != "" {
			typ = parseKind(typ).String()
		}
		list[i] = d.Quote(c.Name) + " " + cmp.Or(typ, usualTypes[c.Form], "String")
	}
	names := make([]string, len(key))
	for i, name := range key {
		names[i] = d.Quote(name)
	}
	return "CREATE TABLE IF NOT EXISTS " + d.From(t) + " (" + strings.Join(list, ", ") + ") ENGINE = MergeTree ORDER BY (" + strings.Join(names, ", ") + ")"
}

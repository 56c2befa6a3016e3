package clickhouse

import (
	"strings"

	"github.com/netanom/netanom/dataset/sql"
)

// forms says how cells of a type are understood; what is not named is Other.
var forms = map[string]sql.Form{
	"Bool": sql.Integer,
	"Int8": sql.Integer, "Int16": sql.Integer, "Int32": sql.Integer, "Int64": sql.Integer, "Int128": sql.Integer, "Int256": sql.Integer,
	"UInt8": sql.Integer, "UInt16": sql.Integer, "UInt32": sql.Integer, "UInt64": sql.Integer, "UInt128": sql.Integer, "UInt256": sql.Integer,
	"Float32": sql.Float, "Float64": sql.Float, "BFloat16": sql.Float,
	"Decimal": sql.Decimal, "Decimal32": sql.Decimal, "Decimal64": sql.Decimal, "Decimal128": sql.Decimal, "Decimal256": sql.Decimal,
	"Date": sql.Moment, "Date32": sql.Moment, "DateTime": sql.Moment, "DateTime32": sql.Moment, "DateTime64": sql.Moment,
	"String": sql.Word, "FixedString": sql.Word, "Enum8": sql.Word, "Enum16": sql.Word, "UUID": sql.Word,
	"IPv4": sql.Host, "IPv6": sql.Host,
}

// A kind is a type of the server, taken apart.
type kind struct {
	base string // "Enum8"
	args string // what stands in brackets behind it: "'a' = 1"
	null bool
}

// parseKind takes a type such as LowCardinality(Nullable(String)) apart. Wrappers that
// do not change what a cell is are left out.
func parseKind(t string) (k kind) {
	for {
		t = strings.TrimSpace(t)
		open := strings.IndexByte(t, '(')
		if open < 0 || !strings.HasSuffix(t, ")") {
			k.base, k.args = t, ""
			return k
		}
		k.base, k.args = t[:open], t[open+1:len(t)-1]
		switch k.base {
		case "LowCardinality":
		case "Nullable":
			k.null = true
		case "SimpleAggregateFunction":
			_, inner, ok := strings.Cut(k.args, ",")
			if !ok {
				return k
			}
			k.args = inner
		default:
			return k
		}
		t = k.args
	}
}

// form returns how cells of the type are understood.
func (k kind) form() sql.Form { return forms[k.base] }

// column describes a column of a type.
func column(name, typ string) sql.ColumnInfo {
	k := parseKind(typ)
	return sql.ColumnInfo{Name: name, Type: typ, Form: k.form(), Null: k.null}
}

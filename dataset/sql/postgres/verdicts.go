package postgres

import (
	"cmp"
	"strings"

	"github.com/netanom/netanom/dataset/sql"
)

var _ sql.KeyDialect = dialect{}

// Mark implements sql.KeyDialect.
func (dialect) Mark(e string, c sql.ColumnInfo) string {
	if c.Type == boolean {
		return "((" + e + ")::int::text)"
	}
	return "((" + e + ")::text)"
}

// Literal implements sql.KeyDialect.
func (d dialect) Literal(mark string, c sql.ColumnInfo) string {
	return "(" + d.Word(mark) + "::" + c.Type + ")"
}

// usualTypes are those of new columns.
var usualTypes = map[sql.Form]string{
	sql.Integer: "bigint", sql.Float: "double precision", sql.Decimal: "numeric",
	sql.Moment: "timestamp with time zone", sql.Host: "inet",
}

// Create implements sql.KeyDialect.
func (dialect) Create(t sql.Name, columns []sql.ColumnInfo, key []string) string {
	lines := make([]string, 0, len(columns)+1)
	for _, c := range columns {
		lines = append(lines, quote(c.Name)+" "+cmp.Or(c.Type, usualTypes[c.Form], "text"))
	}
	quoted := make([]string, len(key))
	for i, name := range key {
		quoted[i] = quote(name)
	}
	lines = append(lines, "PRIMARY KEY ("+strings.Join(quoted, ", ")+")")
	return "CREATE TABLE IF NOT EXISTS " + dialect{}.From(t) + " (" + strings.Join(lines, ", ") + ")"
}

// Fence keeps PostgreSQL from writing what a subquery computes into every place where it
// is used, which would compute it as often.
func (dialect) Fence() string { return "OFFSET 0" }

package postgres

import (
	"context"
	"errors"

	"github.com/netanom/netanom/dataset/sql"
)

// columnsQuery lists the columns of a table. Types made by CREATE DOMAIN are what they
// are made of.
const columnsQuery = `
WITH RECURSIVE base AS (
	SELECT a.attnum, a.attname, a.attnotnull AS filled, a.atttypid AS type, a.atttypmod AS typmod
	FROM pg_catalog.pg_attribute a
	WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
	UNION ALL
	SELECT b.attnum, b.attname, b.filled OR t.typnotnull, t.typbasetype, t.typtypmod
	FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype = 'd'
)
SELECT b.attname, pg_catalog.format_type(b.type, b.typmod), t.typname, t.typcategory, b.filled
FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd'
ORDER BY b.attnum`

// relations are the kinds of pg_class that have rows.
const relations = "rpvmf"

// Columns lists the columns of a table, a partitioned or foreign table, or a view, which
// may be a materialised one. From then on nobody can change them while the Conn is open, as
// the reading transaction holds the least of the locks.
func (c *Conn) Columns(ctx context.Context, t sql.Name) ([]sql.ColumnInfo, error) {
	var columns []sql.ColumnInfo
	err := c.reading(ctx, "find the columns of "+dialect{}.From(t)+" in", func(ctx context.Context) error {
		oid, err := c.read.find(ctx, t)
		if err != nil {
			return err
		}
		if columns, err = c.read.columns(ctx, oid); err != nil {
			return err
		}
		if err := c.read.exec(ctx, "SELECT 1 FROM "+dialect{}.From(t)+" LIMIT 0"); err != nil {
			return err
		}
		return c.read.exec(ctx, mark) // a later restore keeps the lock
	})
	return columns, err
}

// find returns the number of a table.
func (l *link) find(ctx context.Context, t sql.Name) (string, error) {
	rows, err := l.ask(ctx, `SELECT c.oid, strpos($2, c.relkind::text) FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1)`,
		dialect{}.From(t), relations)
	switch {
	case err != nil:
		return "", err
	case len(rows) == 0:
		return "", errors.New("there is no such table, or it was made just now; look for a slip in the address, or begin again")
	case rows[0][1] == "0":
		return "", errors.New("that is neither a table nor a view")
	}
	return rows[0][0], nil
}

func (l *link) columns(ctx context.Context, oid string) ([]sql.ColumnInfo, error) {
	rows, err := l.ask(ctx, columnsQuery, oid)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("it has no columns, or they were made just now; begin again")
	}
	columns := make([]sql.ColumnInfo, len(rows))
	for i, r := range rows {
		columns[i] = sql.ColumnInfo{Name: r[0], Type: r[1], Form: formOf(r[2], r[3]), Null: r[4] != "t"}
	}
	return columns, nil
}

var forms = map[string]sql.Form{
	"bool": sql.Integer, "int2": sql.Integer, "int4": sql.Integer, "int8": sql.Integer,
	"float4": sql.Float, "float8": sql.Float,
	"numeric": sql.Decimal, "money": sql.Decimal,
	"interval": sql.Decimal, // to the server, a year is as long as 360 days, but has other seconds
	"date":     sql.Moment, "timestamp": sql.Moment, "timestamptz": sql.Moment,
	"inet": sql.Host,
	"char": sql.Word, "uuid": sql.Word, "cidr": sql.Word, "macaddr": sql.Word, "macaddr8": sql.Word,
}

// formOf returns the form of a type by its name and its category, which is S for texts
// and E for enumerations.
func formOf(name, category string) sql.Form {
	if f, known := forms[name]; known {
		return f
	}
	if category == "S" || category == "E" {
		return sql.Word
	}
	return sql.Other
}

package postgres

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/netanom/netanom/dataset/sql"
)

// cell is a value of a type, and what is to become of it.
type cell struct {
	value    string // "" for NULL
	number   float64
	text     string
	infinite bool
}

var nan = math.NaN()

var null = cell{"NULL", nan, "", false}

// kinds are all types there are for data, with their cells.
var kinds = []struct {
	kind  string
	form  sql.Form
	cells []cell
}{
	{"smallint", sql.Integer, []cell{{"'-32768'", -32768, "-32768", false}, null}},
	{"integer", sql.Integer, []cell{{"7", 7, "7", false}, null}},
	{"bigint", sql.Integer, []cell{{"9223372036854775807", 1 << 63, "9223372036854775807", false}, null}},
	{"boolean", sql.Integer, []cell{{"true", 1, "1", false}, {"false", 0, "0", false}, null}},
	{"real", sql.Float, []cell{{"0.5", 0.5, "0.5", false}, {"'NaN'", nan, "", false}, {"'-Infinity'", nan, "", true}, {"'-0'", 0, "0", false}, null}},
	{"double precision", sql.Float, []cell{{"0.1", 0.1, "0.1", false}, {"'NaN'", nan, "", false}, {"'Infinity'", nan, "", true}, {"'-0'", 0, "0", false}, {"1.7976931348623157e308", math.MaxFloat64, "1.7976931348623157e+308", false}, null}},
	{"numeric", sql.Decimal, []cell{{"0.1", 0.1, "0.1", false}, {"'NaN'", nan, "", false}, {"'1e400'", nan, "", true}, {"'-1e400'", nan, "", true}, null}},
	{"numeric(10,2)", sql.Decimal, []cell{{"1.10", 1.1, "1.1", false}, null}},
	{"money", sql.Decimal, []cell{{"'1.25'", 1.25, "1.25", false}, null}},
	{"interval", sql.Decimal, []cell{{"'1 year'", 31557600, "1 year", false}, {"'360 days'", 31104000, "360 days", false}, {"'1 hour 1.5 seconds'", 3601.5, "01:00:01.5", false}, null}},
	{"date", sql.Moment, []cell{{"'1970-01-02'", 86400, "1970-01-02", false}, {"'infinity'", nan, "", true}, {"'-infinity'", nan, "", true}, null}},
	{"timestamp without time zone", sql.Moment, []cell{{"'2020-01-01 00:00:00.25'", 1577836800.25, "2020-01-01 00:00:00.25", false}, {"'infinity'", nan, "", true}, null}},
	{"timestamp with time zone", sql.Moment, []cell{{"'2020-01-01 02:00:00+02'", 1577836800, "2020-01-01 00:00:00+00", false}, {"'-infinity'", nan, "", true}, null}},
	{"text", sql.Word, []cell{{"'tcp'", nan, "tcp", false}, {"''", nan, "", false}, null}},
	{"character varying(9)", sql.Word, []cell{{"'tcp'", nan, "tcp", false}, null}},
	{"character(5)", sql.Word, []cell{{"'tcp'", nan, "tcp", false}, null}},
	{"name", sql.Word, []cell{{"'tcp'", nan, "tcp", false}, null}},
	{`"char"`, sql.Word, []cell{{"'x'", nan, "x", false}, null}},
	{"uuid", sql.Word, []cell{{"'6c84fb90-12c4-11e1-840d-7b25c5ee775a'", nan, "6c84fb90-12c4-11e1-840d-7b25c5ee775a", false}, null}},
	{"macaddr", sql.Word, []cell{{"'08:00:2b:01:02:03'", nan, "08:00:2b:01:02:03", false}, null}},
	{"cidr", sql.Word, []cell{{"'10.0.0.0/8'", nan, "10.0.0.0/8", false}, null}},
	{"inet", sql.Host, []cell{{"'10.0.0.1'", nan, "10.0.0.1", false}, {"'10.0.0.2/24'", nan, "10.0.0.2", false}, {"'2001:DB8::1/64'", nan, "2001:db8::1", false}, null}},
	{"bytea", sql.Other, []cell{{`'\x00ff'`, nan, `\x00ff`, false}, null}},
	{"json", sql.Other, []cell{{`'{"a": 1}'`, nan, `{"a": 1}`, false}, null}},
	{"jsonb", sql.Other, []cell{{`'{"a": 1}'`, nan, `{"a": 1}`, false}, null}},
	{"integer[]", sql.Other, []cell{{"'{1,2}'", nan, "{1,2}", false}, null}},
	{"time without time zone", sql.Other, []cell{{"'01:02:03'", nan, "01:02:03", false}, null}},
	{"point", sql.Other, []cell{{"'(1,2)'", nan, "(1,2)", false}, null}},
	{"xml", sql.Other, []cell{{"'<a/>'", nan, "<a/>", false}, null}},
	{"bit(3)", sql.Other, []cell{{"'101'", nan, "101", false}, null}},
}

// Each type has its form, and its cells become numbers and texts: from the column, and
// from what is grouped by.
func TestTypes(t *testing.T) {
	c, schema := scratch(t)
	d := dialect{}
	for i, k := range kinds {
		table := sql.Name{Database: schema, Table: fmt.Sprint("t", i)}
		run(t, c, fmt.Sprintf(`CREATE TABLE %s (i int, "the cell" %s)`, d.From(table), k.kind))
		for j, cell := range k.cells {
			run(t, c, fmt.Sprintf("INSERT INTO %s VALUES (%d, %s::%s)", d.From(table), j, cell.value, k.kind))
		}
		columns, err := c.Columns(context.Background(), table)
		if err != nil || len(columns) != 2 {
			t.Fatal(columns, err)
		}
		col := columns[1]
		if want := (sql.ColumnInfo{Name: "the cell", Type: k.kind, Form: k.form, Null: true}); col != want {
			t.Errorf("%+v, want %+v", col, want)
		}
		e, types := quote(col.Name), []sql.Type{sql.Real, sql.Words, sql.Int}
		direct := mustFetch(t, c, fmt.Sprintf("SELECT %s, %s, (CASE WHEN %s THEN 1 ELSE 0 END)::int8 FROM %s ORDER BY i", d.Number(e, col), d.Text(e, col), d.Infinite(col), d.From(table)), types...)
		keyed := mustFetch(t, c, fmt.Sprintf("SELECT %s, %s, i::int8 FROM (SELECT %s AS k, i FROM %s GROUP BY 1, 2) q ORDER BY i", d.Number("k", col), d.Text("k", col), d.Key(col), d.From(table)), types...)
		for j, cell := range k.cells {
			compare(t, k.kind, cell, direct, j)
			compare(t, k.kind+" by its key", cell, keyed, j)
			if got := direct.Columns[2].Ints[j] == 1; got != cell.infinite {
				t.Errorf("%s %s: infinite is %v", k.kind, cell.value, got)
			}
		}
	}
}

func compare(t *testing.T, name string, want cell, got *sql.Block, row int) {
	t.Helper()
	number, text := got.Columns[0].Reals[row], got.Columns[1].Words[row]
	if math.Float64bits(number) != math.Float64bits(want.number) && !(math.IsNaN(number) && math.IsNaN(want.number)) {
		t.Errorf("%s %s: the number is %g, want %g", name, want.value, number, want.number)
	}
	if text != want.text && want.text != "" || math.IsNaN(want.number) && text != want.text {
		t.Errorf("%s %s: the text is %q, want %q", name, want.value, text, want.text)
	}
}

// Relations of all kinds have columns; other things, and dropped columns, do not.
func TestColumnsOfRelations(t *testing.T) {
	c, schema := scratch(t)
	for _, s := range []string{
		"SET search_path = " + quote(schema),
		"CREATE DOMAIN port AS integer NOT NULL CHECK (VALUE < 65536)",
		"CREATE DOMAIN port2 AS port",
		"CREATE TYPE proto AS ENUM ('tcp', 'udp')",
		"CREATE TABLE base (gone int, a port2, b proto, c numeric(5,1) NOT NULL)",
		"ALTER TABLE base DROP COLUMN gone",
		"CREATE VIEW seen AS SELECT * FROM base",
		"CREATE MATERIALIZED VIEW kept AS SELECT * FROM base",
		"CREATE TABLE parted (LIKE base) PARTITION BY LIST (a)",
		"CREATE SEQUENCE counter",
		"CREATE TABLE bare ()",
	} {
		run(t, c, s)
	}
	for name, null := range map[string]bool{"base": false, "parted": false, "seen": true, "kept": true} {
		columns, err := c.Columns(context.Background(), sql.Name{Database: schema, Table: name})
		if err != nil || len(columns) != 3 {
			t.Errorf("%s: %+v, %v", name, columns, err)
			continue
		}
		if a, b, d := columns[0], columns[1], columns[2]; a != (sql.ColumnInfo{Name: "a", Type: "integer", Form: sql.Integer, Null: false}) || b.Form != sql.Word ||
			d != (sql.ColumnInfo{Name: "c", Type: "numeric(5,1)", Form: sql.Decimal, Null: null}) {
			t.Errorf("%s: %+v", name, columns)
		}
	}
	_, err := c.Columns(context.Background(), sql.Name{Database: schema, Table: "counter"})
	says(t, err, "neither a table nor a view")
	_, err = c.Columns(context.Background(), sql.Name{Database: schema, Table: "bare"})
	says(t, err, "no columns")
	// Without a schema it is searched for.
	if columns, err := c.Columns(context.Background(), sql.Name{Table: "pg_class"}); err != nil || columns[1].Form != sql.Word {
		t.Errorf("%v", err)
	}
}

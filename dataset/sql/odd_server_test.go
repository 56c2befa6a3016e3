package sql_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
)

// oddCells are columns of a table, with their cells as literals, and what they are.
type oddCells struct {
	name, typ string
	kind      dataset.Kind // as which they are read; Unknown: as is found
	cells     []string
	missing   int64
	different []string // "" where that is not looked at
}

// oddColumns are of types and with cells that a server has and a file has not.
var oddColumns = map[string][]oddCells{
	"postgres": {
		{"exact", "numeric", dataset.Category, []string{"'NaN'", "1.0", "1.00", "NULL"}, 2, []string{"1"}},
		{"moment", "timestamptz", dataset.Category, []string{"'infinity'", "'-infinity'", "'2024-01-01 00:00:00Z'", "NULL"}, 3, nil},
		{"length", "interval", dataset.Number, []string{"'1 year'", "'360 days'", "'1 mon'", "'30 days'"}, 0, []string{"2592000", "31104000", "31557600"}},
		{"large", "bigint", dataset.Number, []string{"9007199254740993", "9007199254740992", "-9223372036854775808", "NULL"}, 1, []string{"-9223372036854775808", "9007199254740992"}},
		{"truth", "boolean", dataset.Unknown, []string{"true", "false", "NULL", "true"}, 1, []string{"0", "1"}},
		{"list", "int[]", dataset.Unknown, []string{"'{1,2}'", "'{}'", "NULL", "'{1,2}'"}, 1, nil},
		{"words", "text", dataset.Text, []string{"''", "'NA'", "'x'", "'y'"}, 2, nil},
	},
	"clickhouse": {
		{"large", "UInt64", dataset.Number, []string{"18446744073709551615", "18446744073709551614", "9007199254740993", "0"}, 0, []string{"0", "9007199254740992", "18446744073709551615"}},
		{"signed", "Nullable(Int64)", dataset.Number, []string{"-9223372036854775808", "9223372036854775807", "NULL", "-1"}, 1, []string{"-9223372036854775808", "-1", "9223372036854775807"}},
		{"level", "Nullable(Enum8('' = 1, 'NA' = 2, 'x' = -3))", dataset.Category, []string{"''", "'NA'", "'x'", "NULL"}, 3, []string{"x"}},
		{"fixed", "FixedString(4)", dataset.Category, []string{"'ab'", "'abcd'", "''", "'ab'"}, 1, []string{"ab", "abcd"}},
		{"list", "Array(Int32)", dataset.Unknown, []string{"[1,2]", "[]", "[1]", "[1,2]"}, 0, nil},
		{"day", "Date", dataset.Unknown, []string{"'2024-01-01'", "'2024-01-02'", "'1970-01-01'", "'2024-01-01'"}, 0, []string{"0", "1704067200", "1704153600"}},
		{"made", "Int32 MATERIALIZED toInt32(7)", dataset.Number, nil, 0, []string{"7"}},
		{"other", "Int32 ALIAS made + 1", dataset.Number, nil, 0, []string{"8"}},
	},
}

// TestOddCellsOfServers: the cells of all types are the numbers and the words that they look like.
func TestOddCellsOfServers(t *testing.T) {
	for name, server := range testServers {
		t.Run(name, func(t *testing.T) {
			conn, at := serverAt(t, server, environment(t, server.variable, server.example))
			columns, types := oddColumns[name], map[string]dataset.Kind{}
			d := conn.Dialect()
			var list, names []string
			var rows [4][]string
			for _, c := range columns {
				list = append(list, c.name+" "+c.typ)
				if c.kind != dataset.Unknown {
					types[c.name] = c.kind
				}
				if c.cells == nil {
					continue
				}
				names = append(names, c.name)
				for i, cell := range c.cells {
					rows[i] = append(rows[i], cell)
				}
			}
			ctx := context.Background()
			values := make([]string, len(rows))
			for i, row := range rows {
				values[i] = "(" + strings.Join(row, ", ") + ")"
			}
			t.Cleanup(func() { conn.Exec(ctx, "DROP TABLE IF EXISTS "+d.From(at.Table)) })
			for _, statement := range []string{fmt.Sprintf(server.create, d.From(at.Table), strings.Join(list, ", ")),
				fmt.Sprintf("INSERT INTO %s (%s) VALUES %s", d.From(at.Table), strings.Join(names, ", "), strings.Join(values, ", "))} {
				if err := conn.Exec(ctx, statement); err != nil {
					t.Fatal(err)
				}
			}
			src, err := sql.Open(ctx, conn, at, sql.Options{Types: types})
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range columns {
				oddColumn(t, src, i, c)
			}
		})
	}
}

// oddColumn compares a column with what it should be, by counts and by a condition.
func oddColumn(t *testing.T, src *sql.Source, i int, want oddCells) {
	t.Helper()
	counts := &dataset.Counts{By: -1, Needed: []int{i}}
	if err := src.Scan(context.Background(), counts); err != nil {
		t.Errorf("%s: %v", want.name, err)
		return
	}
	var got []string
	if src.Schema().Columns[i].Dict != nil {
		for _, l := range counts.Levels(i, 0) {
			got = append(got, l.Level)
		}
	} else if tally, err := counts.Tally(i, 0); err == nil {
		for _, x := range tally.Values {
			got = append(got, dataset.FormatNumber(x, dataset.Number))
		}
	}
	if n := counts.Missing(i); n != want.missing || want.different != nil && !sameNumbers(got, want.different) {
		t.Errorf("%s: %d missing and %q, want %d and %q", want.name, n, got, want.missing, want.different)
	}
	without, err := src.Where("isnull(" + want.name + ")")
	if err != nil {
		t.Errorf("%s: %v", want.name, err)
		return
	}
	rows := &dataset.Counts{By: -1, Needed: []int{i}}
	if err := without.Scan(context.Background(), rows); (err != nil) != (want.missing == 0) || err == nil && rows.Rows() != want.missing {
		t.Errorf("%s: %d rows without a value (%v), want %d", want.name, rows.Rows(), err, want.missing)
	}
}

// sameNumbers compares texts, and numbers however they are written.
func sameNumbers(got, want []string) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		x, ok := dataset.ParseNumber([]byte(got[i]))
		y, _ := dataset.ParseNumber([]byte(want[i]))
		if got[i] != want[i] && !(ok && math.Abs(x-y) == 0) {
			return false
		}
	}
	return true
}

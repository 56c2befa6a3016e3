package sql_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/dataset/sql/clickhouse"
	"github.com/netanom/netanom/dataset/sql/postgres"
)

// A testServer is a server on which the rows of a file are put for a test.
type testServer struct {
	variable, example string
	dial              func(context.Context, sql.Address, sql.Access) (sql.Conn, error)
	types             [7]string // of the columns of testRows
	create            string    // with the name and the columns
	schema            string
}

var testServers = map[string]testServer{
	"clickhouse": {"NETANOM_CLICKHOUSE", "clickhouse://127.0.0.1:8123/default", clickhouse.Dial,
		[7]string{"UInt32", "Float64", "Nullable(Float64)", "Float64", "String", "UInt8", "DateTime('UTC')"},
		"CREATE TABLE %s (%s) ENGINE = MergeTree ORDER BY tuple()", ""},
	"postgres": {"NETANOM_POSTGRES", "postgres://user@127.0.0.1:5433/db", postgres.Dial,
		[7]string{"bigint NOT NULL", "double precision", "double precision", "numeric(20,3)", "text", "smallint", "timestamp with time zone"},
		"CREATE TABLE %s (%s)", "/public"},
}

// testColumns are the columns of testRows.
var testColumns = []string{"id", "bytes", "rate", "cost", "attack_type", "flagged", "began"}

// testRows returns rows, as a block and as CSV, in another order than that of id.
func testRows(n int) (*sql.Block, []byte) {
	r := rand.New(rand.NewPCG(11, 12))
	b := &sql.Block{Rows: n, Columns: make([]sql.Cells, len(testColumns))}
	var csv bytes.Buffer
	fmt.Fprintln(&csv, strings.Join(testColumns, ","))
	for _, i := range r.Perm(n) {
		heavy := strconv.FormatFloat(math.Floor(math.Exp(4*r.NormFloat64())*8)/8, 'f', -1, 64)
		rate := strconv.FormatFloat(1e6+r.NormFloat64(), 'g', -1, 64)
		cost := strconv.FormatFloat(float64(r.IntN(9_000_000)-1000)/1000, 'f', 3, 64)
		level := []string{"normal", "normal", "normal", "normal", "neptune", "neptune", "smurf", "it's \\ä", ""}[r.IntN(9)]
		if r.IntN(10) == 0 {
			rate = ""
		}
		if r.IntN(7) == 0 {
			cost = ""
		}
		if r.IntN(500) == 0 {
			level = "rare"
		}
		began := fmt.Sprintf("2024-03-%02d %02d:%02d:%02d", 1+i/2000%28, r.IntN(24), r.IntN(60), r.IntN(60))
		cells := []string{strconv.Itoa(3 * i), heavy, rate, cost, level, strconv.Itoa(r.IntN(2)), began}
		for c, cell := range cells {
			if to := &b.Columns[c]; c == 4 || c == 6 {
				to.Words = append(to.Words, cell)
			} else {
				x, err := strconv.ParseFloat(cell, 64)
				if err != nil {
					x = math.NaN()
				}
				to.Reals = append(to.Reals, x)
			}
		}
		cells[6] += "Z"
		fmt.Fprintln(&csv, strings.Join(cells, ","))
	}
	return b, csv.Bytes()
}

// A loaded is the same rows on a server and in a file.
type loaded struct {
	conn sql.Conn
	src  *sql.Source
	file *dataset.Table
	at   sql.Address
}

// onServers runs a test with rows on every server that is there.
func onServers(t *testing.T, rows int, test func(t *testing.T, l loaded)) {
	for name, server := range testServers {
		t.Run(name, func(t *testing.T) {
			test(t, server.load(t, environment(t, server.variable, server.example), rows))
		})
	}
}

func (server testServer) load(t *testing.T, at string, rows int) (l loaded) {
	t.Helper()
	ctx := context.Background()
	table := fmt.Sprintf("netanom_rows_%d", rand.Uint64())
	var err error
	if l.at, err = sql.ParseAddress(strings.TrimSuffix(at, "/") + server.schema + "/" + table); err != nil {
		t.Fatal(err)
	}
	if l.conn, err = server.dial(ctx, l.at, sql.Access{User: l.at.User, Write: true}); err != nil {
		t.Fatal(err)
	}
	d := l.conn.Dialect()
	drop := func(n sql.Name) {
		if err := l.conn.Exec(ctx, "DROP TABLE IF EXISTS "+d.From(n)); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(func() {
		drop(l.at.Table)
		drop(sql.Name{Database: l.at.Table.Database, Table: table + "_verdicts"})
		l.conn.Close()
	})
	columns := make([]string, len(testColumns))
	for i, name := range testColumns {
		columns[i] = d.Quote(name) + " " + server.types[i]
	}
	if err := l.conn.Exec(ctx, fmt.Sprintf(server.create, d.From(l.at.Table), strings.Join(columns, ", "))); err != nil {
		t.Fatal(err)
	}
	block, csv := testRows(rows)
	if err := l.conn.Insert(ctx, l.at.Table, testColumns, block); err != nil {
		t.Fatal(err)
	}
	types := map[string]dataset.Kind{"attack_type": dataset.Category, "flagged": dataset.Number}
	if l.src, err = sql.Open(ctx, l.conn, l.at, sql.Options{Types: types}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(path, csv, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := dataset.Open(ctx, path, dataset.Options{Types: types})
	if err != nil {
		t.Fatal(err)
	}
	if l.file, err = dataset.Load(ctx, f); err != nil {
		t.Fatal(err)
	}
	return l
}

// rowsOf returns all cells of a table as text.
func rowsOf(t *dataset.Table) []string {
	out := make([]string, t.Rows())
	for i := range out {
		var cells []string
		for c := range t.Schema().Columns {
			cells = append(cells, t.Cell(int64(i), c))
		}
		out[i] = strings.Join(cells, "|")
	}
	return out
}

func TestHeadOnServers(t *testing.T) {
	onServers(t, 5000, func(t *testing.T, l loaded) {
		want := l.file
		ids, _ := want.Floats(0)
		costs, _ := want.Floats(3)
		all := rowsOf(want)
		order := make([]int, len(all))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int {
			if x, y := costs[a], costs[b]; math.IsNaN(x) != math.IsNaN(y) {
				return map[bool]int{true: 1, false: -1}[math.IsNaN(x)]
			} else if x != y && x == x {
				return int(math.Copysign(1, y-x))
			}
			return int(ids[a] - ids[b])
		})
		for _, n := range []int64{0, 1, 10, 5000, 6000} {
			got, err := l.src.Head(context.Background(), n, dataset.Order{Column: 3, Falling: true})
			if err != nil {
				t.Fatal(err)
			}
			cells := rowsOf(got)
			if len(cells) != int(min(n, 5000)) {
				t.Fatalf("%d rows, want %d", len(cells), min(n, 5000))
			}
			for i, cell := range cells {
				if cell != all[order[i]] {
					t.Fatalf("row %d = %s, want %s", i, cell, all[order[i]])
				}
			}
		}
		byLevel, err := l.src.Head(context.Background(), 5000, dataset.Order{Column: 4})
		if err != nil {
			t.Fatal(err)
		}
		levels := make([]string, 5000)
		for i := range levels {
			levels[i] = byLevel.Cell(int64(i), 4)
		}
		if levels[0] != "it's \\ä" || levels[4999] != "" {
			t.Errorf("levels go from %q to %q, want it's \\ä first and gaps last", levels[0], levels[4999])
		}
		if _, err := l.src.Head(context.Background(), 1, dataset.Order{Column: 99}); err == nil {
			t.Error("an order by no column was taken")
		}
	})
}

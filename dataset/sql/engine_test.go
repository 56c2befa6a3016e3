package sql_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/dataset/sql/clickhouse"
	"github.com/netanom/netanom/dataset/sql/postgres"
	"github.com/netanom/netanom/internal/check"
)

// A server is one that tests may write to, and what its columns are to be.
type server struct {
	scheme, variable string
	port             string
	types            []string
	nan, infinity    string // literals
	engine           string // behind CREATE TABLE
	dial             func(context.Context, sql.Address, sql.Access) (sql.Conn, error)
}

var servers = []server{
	{"postgres", "NETANOM_POSTGRES", "5432", []string{"timestamptz", "text", "integer", "text", "bigint", "double precision", "smallint", "text", "integer", "numeric(9,2)"},
		"'NaN'", "'-Infinity'", "", postgres.Dial},
	{"clickhouse", "NETANOM_CLICKHOUSE", "8123", []string{"DateTime('UTC')", "String", "UInt16", "String", "Nullable(Int64)", "Nullable(Float64)", "UInt8", "String", "Nullable(Int32)", "Decimal(9,2)"},
		"nan", "-inf", " ENGINE = MergeTree ORDER BY tuple()", clickhouse.Dial},
}

var flowNames = []string{"when_seen_time", "src", "dst_port", "proto", "bytes", "rate", "is_long", "note", "nothing", "price"}

// table makes a table on a server and the same as a file, with so many rows.
func (s server) table(t *testing.T, rows int) (sql.Conn, sql.Address, string) {
	t.Helper()
	u, err := url.Parse(environment(t, s.variable, s.scheme+"://user@127.0.0.1/database"))
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("netanom_flows_%d", time.Now().UnixNano())
	port, _ := strconv.Atoi(cmp.Or(u.Port(), s.port))
	a := sql.Address{Scheme: s.scheme, User: u.User.Username(), Host: u.Hostname(), Port: port, Database: strings.Trim(u.Path, "/"), Table: sql.Name{Table: name}}
	if s.scheme == "clickhouse" {
		a.Table.Database = a.Database
	}
	conn, err := s.dial(context.Background(), a, sql.Access{User: a.User, Write: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Exec(context.Background(), "DROP TABLE "+name); err != nil {
			t.Error(err)
		}
		conn.Close()
	})
	csv, values := strings.Join(flowNames, ",")+"\n", []string{}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range rows {
		cells := flow(r, i)
		csv += strings.Join(cells, ",") + "\n"
		values = append(values, "("+strings.Join(s.literals(cells), ", ")+")")
	}
	var columns []string
	for i, c := range flowNames {
		columns = append(columns, c+" "+s.types[i])
	}
	for _, statement := range []string{"CREATE TABLE " + name + " (" + strings.Join(columns, ", ") + ")" + s.engine, "INSERT INTO " + name + " VALUES " + strings.Join(values, ", ")} {
		if err := conn.Exec(context.Background(), statement); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "flows.csv")
	if err := os.WriteFile(path, []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	return conn, a, path
}

// flow is a row as a file has it.
func flow(r *rand.Rand, i int) []string {
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	return []string{
		time.Unix(1537522822+int64(i/3), 0).UTC().Format("2006-01-02 15:04:05"),
		fmt.Sprintf("10.0.%d.%d", r.IntN(3), r.IntN(5)),
		pick("80", "443", "22", "8080"),
		pick("tcp", "tcp", "udp", "", "NA", "?", "it's \\ é"),
		pick("", "0", strconv.Itoa(r.IntN(100000)), strconv.Itoa(r.IntN(5)), "9007199254740993", "9007199254740992"),
		pick("", "NaN", "-inf", "-0.0", "0", strconv.FormatFloat(r.NormFloat64()*1e3, 'g', -1, 64), "0.1"),
		pick("0", "0", "1"),
		fmt.Sprintf("note %d", i),
		"",
		pick("0.25", "10.10", "-3.00", "7.99"),
	}
}

// literals are the cells of a row in SQL.
func (s server) literals(cells []string) []string {
	out := make([]string, len(cells))
	for i, cell := range cells {
		words := strings.HasPrefix(s.types[i], "text") || strings.HasPrefix(s.types[i], "String")
		switch {
		case words:
			text := strings.ReplaceAll(cell, "'", "''")
			if s.scheme == "clickhouse" {
				text = strings.ReplaceAll(strings.ReplaceAll(cell, `\`, `\\`), "'", `\'`)
			}
			out[i] = "'" + text + "'"
		case cell == "":
			out[i] = "NULL"
		case cell == "NaN":
			out[i] = s.nan
		case cell == "-inf":
			out[i] = s.infinity
		case i == 0:
			out[i] = "'" + cell + "'"
		default:
			out[i] = cell
		}
	}
	return out
}

// flowSets are sets with keys of every form.
func flowSets() []dataset.Set {
	sets := []dataset.Set{{}, {Sums: []int{4, 5, 0, 9}}}
	for column := range flowNames {
		sets = append(sets, dataset.Set{Keys: []dataset.Key{{Column: column}}}, dataset.Set{Keys: []dataset.Key{{Column: column, Gap: true}}})
	}
	cell := func(column int) dataset.Key { return dataset.Key{Column: column} }
	return append(sets,
		dataset.Set{Keys: []dataset.Key{cell(3), cell(6)}, Sums: []int{4, 5, 0, 9, 8, 6}},
		dataset.Set{Keys: []dataset.Key{cell(5), cell(1), cell(4)}, Sums: []int{9}},
		dataset.Set{Keys: []dataset.Key{cell(7), cell(8), cell(2)}},
		dataset.Set{Keys: []dataset.Key{{Column: 5, Bounds: []float64{-100, 0, .1, 500}}, {Column: 9, Bounds: []float64{7.99}}}, Sums: []int{5}},
		dataset.Set{Keys: []dataset.Key{{Column: 0, Start: 1537522800, Step: 60}, {Column: 5, Step: 250}, cell(6)}, Sums: []int{4}},
		dataset.Set{Keys: []dataset.Key{{Column: 8, Bounds: []float64{1}}, {Column: 8, Step: 2}}},
		dataset.Set{Keys: []dataset.Key{{Hash: []int{0, 1, 2, 3, 4, 5, 6, 8, 9}}}},
		dataset.Set{Keys: []dataset.Key{{Hash: []int{3, 5}}}},
		dataset.Set{Keys: []dataset.Key{{Hash: []int{7, 2}}}},
	)
}

func TestEngineAgreesWithFile(t *testing.T) {
	check.Long(t)
	ctx := context.Background()
	for _, s := range servers {
		t.Run(s.scheme, func(t *testing.T) {
			conn, a, path := s.table(t, 700)
			file, err := dataset.Open(ctx, path, dataset.Options{Jobs: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			engine, err := sql.Open(ctx, conn, a, sql.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := file.Scan(ctx); err != nil {
				t.Fatal(err)
			}
			for i, want := range file.Schema().Columns {
				if got := engine.Schema().Columns[i]; got.Name != want.Name || got.Canon != want.Canon || got.Kind != want.Kind || got.Role != want.Role {
					t.Errorf("got column %+v, want %+v", got, want)
				}
			}
			if engine.Rows() != file.Rows() {
				t.Errorf("%d rows, want %d", engine.Rows(), file.Rows())
			}
			agree(t, engine, file)
			for _, expr := range []string{`bytes > 4 && proto == "tcp"`, `isnull(rate) or rate < 0`, `proto == "it's \\ é"`, `src == "10.0.1.1" or dst_port == 443`, `not (is_long == 1) and isnull(proto)`} {
				narrow, err := dataset.Where(engine, expr)
				if err != nil {
					t.Fatal(err)
				}
				kept, err := dataset.Where(file, expr)
				if err != nil {
					t.Fatal(err)
				}
				agree(t, narrow, kept)
			}
			none, err := dataset.Where(engine, "bytes < -1")
			if err != nil {
				t.Fatal(err)
			}
			if err := none.Scan(ctx, &tally{}); !errors.Is(err, dataset.ErrNoData) {
				t.Errorf("of no row: %v", err)
			}
		})
	}
}

// agree checks that both sources answer all sets alike.
func agree(t *testing.T, engine, file dataset.Source) {
	t.Helper()
	got, want := &tally{sets: flowSets()}, &tally{sets: flowSets()}
	if err := engine.Scan(context.Background(), got); err != nil {
		t.Fatal(err)
	}
	if err := file.Scan(context.Background(), want); err != nil {
		t.Fatal(err)
	}
	compare(t, got, want)
}

func TestEngineNoticesChanges(t *testing.T) {
	ctx := context.Background()
	for _, s := range servers {
		t.Run(s.scheme, func(t *testing.T) {
			conn, a, _ := s.table(t, 50)
			engine, err := sql.Open(ctx, conn, a, sql.Options{})
			if err != nil {
				t.Fatal(err)
			}
			row := strings.Join(s.literals(flow(rand.New(rand.NewPCG(3, 4)), 0)), ", ")
			if err := conn.Exec(ctx, "INSERT INTO "+a.Table.Table+" VALUES ("+row+")"); err != nil {
				t.Fatal(err)
			}
			if err := engine.Scan(ctx, &tally{sets: []dataset.Set{{}}}); err == nil || !strings.Contains(err.Error(), "from 50 to 51 rows") {
				t.Errorf("got %v", err)
			}
			narrow, err := engine.Where("isnull(nothing)")
			if err != nil {
				t.Fatal(err)
			}
			if err := narrow.Scan(ctx, &tally{sets: []dataset.Set{{}}}); err != nil {
				t.Error(err)
			}
		})
	}
}

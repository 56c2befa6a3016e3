package sql_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sourcetest"
	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/internal/check"
)

// awkwardTypes are what the columns of sourcetest.Awkward are on servers: of as many types
// as there are forms.
var awkwardTypes = map[string]map[string]string{
	"clickhouse": {
		"ts": "Nullable(DateTime('Asia/Kolkata'))", "src": "String", "proto": "Enum8('tcp' = -3, 'udp' = 2, 'icmp' = 9)", "word": "String",
		"note": "Nullable(String)", "small": "Nullable(Int8)", "offset": "Nullable(Float64)", "real": "Nullable(Float64)",
		`share of "bytes", %`: "Nullable(Float64)", "whole": "UInt64", "flagged": "Nullable(UInt8)", "constant": "Nullable(Decimal(9, 2))",
		"nothing": "Nullable(Float64)", "label": "Nullable(String)",
	},
	"postgres": {
		"ts": "timestamptz", "src": "inet", "proto": "varchar(10) NOT NULL", "word": "text",
		"note": "text", "small": "smallint", "offset": "double precision", "real": "double precision",
		`share of "bytes", %`: "numeric(9, 2)", "whole": "bigint NOT NULL", "flagged": "boolean", "constant": "real",
		"nothing": "double precision", "label": "char(12)",
	},
}

// awkwardOptions say what the first rows of so few cannot.
var awkwardOptions = sql.Options{Types: map[string]dataset.Kind{
	"src": dataset.Address, "proto": dataset.Category, "word": dataset.Category, "note": dataset.Text,
}}

// awkwardBlock makes a block of records, whose missing words are NULL or empty as the column has it.
func awkwardBlock(r *sourcetest.Records) *sql.Block {
	b := &sql.Block{Rows: len(r.Rows), Columns: make([]sql.Cells, len(r.Header))}
	for i, kind := range r.Kinds {
		to := &b.Columns[i]
		for _, row := range r.Rows {
			x, isNumber := dataset.ParseNumber([]byte(row[i]))
			switch {
			case kind == dataset.Time && row[i] != "":
				x, _ = dataset.ParseTime([]byte(row[i]), dataset.ISO8601)
				to.Words = append(to.Words, time.Unix(int64(x), 0).UTC().Format("2006-01-02 15:04:05"))
			case !kind.Numeric() || kind == dataset.Time:
				to.Words = append(to.Words, row[i])
			case isNumber:
				to.Reals = append(to.Reals, x)
			default:
				to.Reals = append(to.Reals, math.NaN())
			}
		}
	}
	return b
}

// awkwardTable makes a table for the records on a server.
func awkwardTable(t *testing.T, server testServer, conn sql.Conn, at sql.Address, r *sourcetest.Records) {
	t.Helper()
	ctx, d := context.Background(), conn.Dialect()
	columns := awkwardColumns(conn, r)
	if err := conn.Exec(ctx, fmt.Sprintf(server.create, d.From(at.Table), columns)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Exec(ctx, "DROP TABLE "+d.From(at.Table)); err != nil {
			t.Error(err)
		}
	})
}

func awkwardColumns(conn sql.Conn, r *sourcetest.Records) string {
	d := conn.Dialect()
	var columns []string
	for _, name := range r.Header {
		columns = append(columns, d.Quote(name)+" "+awkwardTypes[d.Name()][name])
	}
	return strings.Join(columns, ", ")
}

// serverAt returns where a table of a server would be, and a connection that writes.
func serverAt(t *testing.T, server testServer, at string) (sql.Conn, sql.Address) {
	t.Helper()
	a, err := sql.ParseAddress(strings.TrimSuffix(at, "/") + server.schema + fmt.Sprintf("/netanom_contract_%d", rand.Uint64()))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := server.dial(context.Background(), a, sql.Access{User: a.User, Write: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn, a
}

// TestContractOnServers: a table of a server is the engine that it says to be.
func TestContractOnServers(t *testing.T) {
	check.Long(t)
	r := sourcetest.Awkward(t)
	for name, server := range testServers {
		t.Run(name, func(t *testing.T) {
			conn, at := serverAt(t, server, environment(t, server.variable, server.example))
			awkwardTable(t, server, conn, at, r)
			if err := conn.Insert(context.Background(), at.Table, r.Header, awkwardBlock(r)); err != nil {
				t.Fatal(err)
			}
			src, err := sql.Open(context.Background(), conn, at, awkwardOptions)
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Check(t, src, r.Table)
		})
	}
}

// TestContractOnShards: nor does it matter on how many servers the rows lie.
func TestContractOnShards(t *testing.T) {
	check.Long(t)
	shards := strings.Split(environment(t, "NETANOM_SHARDS", "127.0.0.1:8123,127.0.0.1:8124 of the cluster netanom"), ",")
	r, server := sourcetest.Awkward(t), testServers["clickhouse"]
	conn, at := serverAt(t, server, "clickhouse://"+shards[0]+"/default")
	all := at
	all.Table.Table += "_all"
	ctx, d := context.Background(), conn.Dialect()
	distributed := fmt.Sprintf("ENGINE = Distributed(netanom, '%s', '%s', rand())", at.Table.Database, at.Table.Table)
	whole := testServer{create: "CREATE TABLE %s (%s) " + distributed}
	block := awkwardBlock(r)
	for i, shard := range shards {
		one := at
		of, here := serverAt(t, server, "clickhouse://"+shard+"/default")
		one.Host, one.Port = here.Host, here.Port
		awkwardTable(t, server, of, one, r)
		if err := of.Insert(ctx, one.Table, r.Header, part(block, i, len(shards))); err != nil {
			t.Fatal(err)
		}
	}
	awkwardTable(t, whole, conn, all, r)
	src, err := sql.Open(ctx, conn, all, awkwardOptions)
	if err != nil {
		t.Fatal(err, d.From(all.Table))
	}
	sourcetest.Check(t, src, r.Table)
}

// part returns every so manieth row of a block, from one on.
func part(b *sql.Block, from, step int) *sql.Block {
	out := &sql.Block{Rows: (b.Rows - from + step - 1) / step, Columns: make([]sql.Cells, len(b.Columns))}
	for row := from; row < b.Rows; row += step {
		for i, c := range b.Columns {
			if to := &out.Columns[i]; c.Words != nil {
				to.Words = append(to.Words, c.Words[row])
			} else {
				to.Reals = append(to.Reals, c.Reals[row])
			}
		}
	}
	return out
}

// environment returns what says where a server is; without it the test is none.
func environment(t *testing.T, variable, example string) string {
	t.Helper()
	at := os.Getenv(variable)
	if at == "" {
		why := variable + " is not set: the test needs a server, such as " + example
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	return at
}

// TestWideTables: there may be a thousand columns, of any name.
func TestWideTables(t *testing.T) {
	check.Long(t)
	most := make([]string, 1000)
	for i := range most {
		most[i] = fmt.Sprintf("c%d", i)
	}
	copy(most, []string{"select", "it's", `"quoted"`, "`ticks`", `back\slash`, "two\nlines", "日本語", "percent %s", "na_x0", "semi;colon --"})
	types := map[string][3]string{"clickhouse": {"Float64", "Nullable(Int32)", "String"}, "postgres": {"double precision", "integer", "text"}}
	for name, server := range testServers {
		t.Run(name, func(t *testing.T) {
			conn, at := serverAt(t, server, environment(t, server.variable, server.example))
			ctx, d, names := context.Background(), conn.Dialect(), most
			if name == "clickhouse" { // which takes a second to understand what it answers at once
				names = most[:200]
			}
			var list []string
			b := &sql.Block{Rows: 3, Columns: make([]sql.Cells, len(names))}
			for i, c := range names {
				list = append(list, d.Quote(c)+" "+types[name][i%3])
				if b.Columns[i].Reals = []float64{float64(i), 2, 3}; i%3 == 2 {
					b.Columns[i] = sql.Cells{Words: []string{"a", "b", "b"}}
				}
			}
			if err := conn.Exec(ctx, fmt.Sprintf(server.create, d.From(at.Table), strings.Join(list, ", "))); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Exec(ctx, "DROP TABLE "+d.From(at.Table)) })
			if err := conn.Insert(ctx, at.Table, names, b); err != nil {
				t.Fatal(err)
			}
			src, err := sql.Open(ctx, conn, at, sql.Options{Types: map[string]dataset.Kind{names[2]: dataset.Category}})
			if err != nil {
				t.Fatal(err)
			}
			wideTable(t, src, names)
		})
	}
}

// wideTable asks a table of three rows for all that is asked for of all columns.
func wideTable(t *testing.T, src *sql.Source, names []string) {
	t.Helper()
	ctx := context.Background()
	if got := src.Schema().Names(); !slices.Equal(got, names) {
		t.Fatalf("the columns are %q", got)
	}
	var all []int
	for i := range names {
		all = append(all, i)
	}
	counts := &dataset.Counts{By: -1, Needed: all[:10]} // with the odd names
	hash := &setReader{sets: []dataset.Set{{Keys: []dataset.Key{{Hash: all}}}}}
	if err := src.Scan(ctx, counts, hash); err != nil || counts.Rows() != 3 || hash.groups != 3 {
		t.Fatalf("%d rows and %d groups (%v), want 3", counts.Rows(), hash.groups, err)
	}
	head, err := src.Head(ctx, 2, dataset.Order{Column: 3})
	if err != nil || head.Rows() != 2 || head.Cell(0, 3) != "2" {
		t.Errorf("Head: %v", err)
	}
	sample, err := src.Sample(ctx, dataset.SampleOptions{Rows: 2, By: -1})
	if err != nil || sample.Rows() != 2 {
		t.Errorf("Sample: %v", err)
	}
	whole, err := src.Sample(ctx, dataset.SampleOptions{Rows: 9, By: 2})
	if err != nil || !whole.Whole() {
		t.Errorf("Sample of all rows: %v", err)
	}
}

// A setReader counts the groups of its sets.
type setReader struct {
	sets   []dataset.Set
	groups int
}

func (r *setReader) Start(*dataset.Schema, int) error      { return nil }
func (r *setReader) Batch(int, *dataset.Batch) error       { return nil }
func (r *setReader) EndChunk(int, dataset.Chunk) error     { return nil }
func (r *setReader) Sets(*dataset.Schema) []dataset.Set    { return r.sets }
func (r *setReader) Overflow(int) error                    { return nil }
func (r *setReader) Groups(_ int, g *dataset.Groups) error { r.groups += len(g.N); return nil }

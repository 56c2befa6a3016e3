package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/dataset/sql"
	"github.com/netanom/netanom/dataset/sql/clickhouse"
	"github.com/netanom/netanom/dataset/sql/postgres"
	"github.com/netanom/netanom/internal/check"
)

// A testServer is a database that tests load tables into.
type testServer struct {
	name string
	base string     // address of a table without its name
	all  []sql.Conn // where its rows go in turn; the first is asked
	ints string     // types of columns of whole numbers, of others, and of words
	real string
	word string
}

// testServers are the databases that are there; where tests are checked, all must be.
func testServers(t testing.TB) []testServer {
	t.Helper()
	var out []testServer
	if base := databaseVariable(t, "NETANOM_CLICKHOUSE"); base != "" {
		s := testServer{name: "clickhouse", base: base, ints: "Int64", real: "Float64", word: "String"}
		for _, at := range strings.Split(databaseVariable(t, "NETANOM_SHARDS"), ",") {
			s.all = append(s.all, dialTest(t, "clickhouse://"+at+"/default/t"))
		}
		out = append(out, s)
	}
	if base := databaseVariable(t, "NETANOM_POSTGRES"); base != "" {
		out = append(out, testServer{name: "postgres", base: base, ints: "bigint", real: "double precision", word: "text",
			all: []sql.Conn{dialTest(t, base+"/t")}})
	}
	if len(out) == 0 {
		t.Skip("neither NETANOM_CLICKHOUSE nor NETANOM_POSTGRES is set (.ci/databases starts both)")
	}
	return out
}

func databaseVariable(t testing.TB, name string) string {
	text := os.Getenv(name)
	if text == "" && os.Getenv("CI") != "" {
		t.Fatalf("%s is not set, and CI is to have a database", name)
	}
	return text
}

func dialTest(t testing.TB, text string) sql.Conn {
	t.Helper()
	at, err := sql.ParseAddress(text)
	if err != nil {
		t.Fatal(err)
	}
	dial := clickhouse.Dial
	if at.Scheme == "postgres" {
		dial = postgres.Dial
	}
	conn, err := dial(t.Context(), at, sql.Access{User: at.User, Write: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// load makes a table of a file, its rows over all shards, and returns its address.
func (s *testServer) load(t testing.TB, name, path string) string {
	t.Helper()
	f, err := dataset.Open(t.Context(), path, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := dataset.Load(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	at, err := sql.ParseAddress(s.base + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	local := at.Table
	if s.name == "clickhouse" {
		local.Table += "_local"
	}
	names, columns, types := s.cells(t, table)
	for i, conn := range s.all {
		engine := ""
		if s.name == "clickhouse" {
			engine = " ENGINE = MergeTree ORDER BY tuple() PARTITION BY tuple()"
		}
		s.exec(t, conn, "DROP TABLE IF EXISTS "+conn.Dialect().From(local))
		s.exec(t, conn, fmt.Sprintf("CREATE TABLE %s (%s)%s", conn.Dialect().From(local), types, engine))
		part := sharePart(columns, int(table.Rows()), i, len(s.all))
		if err := conn.Insert(t.Context(), local, names, part); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Exec(context.Background(), "DROP TABLE IF EXISTS "+conn.Dialect().From(local)) })
	}
	if s.name == "clickhouse" {
		d := s.all[0].Dialect()
		s.exec(t, s.all[0], "DROP TABLE IF EXISTS "+d.From(at.Table))
		s.exec(t, s.all[0], fmt.Sprintf("CREATE TABLE %s AS %s ENGINE = Distributed(netanom, %s, %s, rand())", d.From(at.Table), d.From(local), d.Quote(local.Database), d.Quote(local.Table)))
		t.Cleanup(func() { _ = s.all[0].Exec(context.Background(), "DROP TABLE IF EXISTS "+d.From(at.Table)) })
	}
	return s.base + "/" + name
}

func (s *testServer) exec(t testing.TB, conn sql.Conn, statement string) {
	t.Helper()
	if err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// cells turns a table into cells with the types of their columns.
func (s *testServer) cells(t testing.TB, table *dataset.Table) (names []string, cells []sql.Cells, types string) {
	t.Helper()
	d := s.all[0].Dialect()
	var list []string
	for i, c := range table.Schema().Columns {
		names = append(names, c.Name)
		var out sql.Cells
		kind := s.word
		switch {
		case c.Kind.Numeric():
			x, err := table.Floats(i)
			if err != nil {
				t.Fatal(err)
			}
			kind, out = s.numbers(x)
		default:
			for row := range table.Rows() {
				out.Words = append(out.Words, table.Cell(row, i))
			}
		}
		cells, list = append(cells, out), append(list, d.Quote(c.Name)+" "+kind)
	}
	return names, cells, strings.Join(list, ", ")
}

func (s *testServer) numbers(x []float64) (kind string, out sql.Cells) {
	for _, v := range x {
		if v != math.Trunc(v) {
			return s.real, sql.Cells{Reals: x}
		}
	}
	for _, v := range x {
		out.Ints = append(out.Ints, int64(v))
	}
	return s.ints, out
}

// sharePart returns every so many rows of some columns.
func sharePart(columns []sql.Cells, rows, from, step int) *sql.Block {
	b := &sql.Block{Columns: make([]sql.Cells, len(columns))}
	for row := from; row < rows; row += step {
		b.Rows++
		for k, c := range columns {
			out := &b.Columns[k]
			switch {
			case c.Ints != nil:
				out.Ints = append(out.Ints, c.Ints[row])
			case c.Reals != nil:
				out.Reals = append(out.Reals, c.Reals[row])
			default:
				out.Words = append(out.Words, c.Words[row])
			}
		}
	}
	return b
}

// TestDatabasesAnswerAsFiles asks the same of a file and of a table that holds its rows.
func TestDatabasesAnswerAsFiles(t *testing.T) {
	check.Long(t)
	dir := t.TempDir()
	kdd, traffic := filepath.Join(dir, "kdd.csv"), filepath.Join(dir, "traffic.csv")
	run(t, "convert", check.Shared(t, "data", "nsl-kdd", "KDDTrain+.txt.gz"), "--out", kdd, "--quiet")
	run(t, "simulate", "--connections", "20000", "--seed", "3", "--out", traffic, "--quiet")
	files := map[string]string{"kdd": kdd, "traffic": traffic}
	var fromFile sync.Map // by question, func() map[string]any: a file is asked once for all servers
	for _, s := range testServers(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tables := map[string]string{"kdd": s.load(t, "netanom_kdd", kdd), "traffic": s.load(t, "netanom_traffic", traffic)}
			for _, line := range questions {
				if s.name == "postgres" && line == "eda kdd" { // hundreds of cross tables, one after the other
					continue
				}
				t.Run(line, func(t *testing.T) {
					ask, _ := fromFile.LoadOrStore(line, sync.OnceValue(func() map[string]any { return answered(t, line, files) }))
					want := ask.(func() map[string]any)()
					compareAnswers(t, answered(t, line, tables), want)
				})
			}
		})
	}
}

// questions are commands, with the name of the table in the place of a file.
var questions = []string{
	"describe kdd",
	"describe kdd --by protocol_type --feature src_bytes,count,flag",
	"describe kdd --where 'protocol_type == \"tcp\" && src_bytes > 100' --select src_bytes,flag,service",
	"describe traffic",
	"missing kdd",
	"missing traffic",
	"corr kdd",
	"corr kdd --method spearman --feature src_bytes,dst_bytes,count,srv_count,serror_rate,rerror_rate,same_srv_rate,dst_host_count,duration,hot",
	"corr kdd --method kendall --feature count,srv_count,serror_rate",
	"corr kdd --method cramers",
	"corr kdd --method pointbiserial --feature count,srv_count,logged_in",
	"corr kdd --method eta --feature count,src_bytes,flag",
	"corr kdd --method mi --feature count,src_bytes,flag,service",
	"ttest kdd --feature all",
	"ttest kdd --by logged_in --feature count,src_bytes --type logged_in=category",
	"anova kdd --by protocol_type --feature src_bytes,count",
	"anova kdd --by protocol_type --and flag --feature count",
	"chisq kdd --feature protocol_type",
	"chisq kdd",
	"logit kdd --feature protocol_type,flag,logged_in",
	"logit kdd --feature log1p(src_bytes),count",
	"compare kdd kdd",
	"timeseries traffic",
	"timeseries traffic --every 1h --feature src_bytes",
	"outliers kdd --feature src_bytes,duration,count",
	"outliers traffic --feature src_bytes --within protocol_type",
	"test all kdd",
	"eda traffic",
	"eda kdd",
}

// rowsOnly are the tables of answers that only rows in a file can give.
var rowsOnly = []string{"overlap", "outlier_scores", "outlier_top", "contradictions"}

// rowMethods are scores of rows, of which a database gives those of a sample.
var rowMethods = []any{"isolation", "mahalanobis", "mcd"}

// answered runs a question on some tables and returns the tables of its answer by name.
func answered(t *testing.T, line string, tables map[string]string) map[string]any {
	t.Helper()
	args := oneCommand(t, line)
	for i := range args {
		if at, ok := tables[args[i]]; ok {
			args[i] = at
		}
	}
	out := run(t, append(args, "--format", "json", "--no-report", "--quiet")...)
	var doc struct {
		Tables []map[string]any
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || len(doc.Tables) == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	named := map[string]any{}
	for _, table := range doc.Tables {
		if name := table["name"].(string); !slices.Contains(rowsOnly, name) {
			named[name] = slices.DeleteFunc(table["rows"].([]any), func(row any) bool { return slices.Contains(rowMethods, row.(map[string]any)["method"]) })
		}
	}
	return named
}

// compareAnswers holds the tables of two answers to each other.
func compareAnswers(t *testing.T, got, want any) {
	t.Helper()
	wrong := 0
	report := func(at string, got, want any) {
		if wrong++; wrong <= 10 {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	}
	compareValues("", got, want, report)
	if wrong > 10 {
		t.Errorf("and %d more", wrong-10)
	}
}

func compareValues(at string, got, want any, report func(at string, got, want any)) {
	switch w := want.(type) {
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			report(at, fmt.Sprintf("%d elements", len(g)), fmt.Sprintf("%d elements", len(w)))
			return
		}
		for i := range w {
			compareValues(fmt.Sprintf("%s[%d]", at, i), g[i], w[i], report)
		}
	case map[string]any:
		g, _ := got.(map[string]any)
		for key, value := range w {
			if key == "label" && strings.Contains(at, "outlier_rows") { // of rows that are equally far out, any may be listed
				continue
			}
			if placed := key == "row" || strings.HasSuffix(key, "line") || strings.HasSuffix(key, "lines"); !placed || g[key] != nil { // a database knows no places
				compareValues(at+"."+key, g[key], value, report)
			}
		}
	case float64:
		g, ok := got.(float64)
		if !ok || !closeAnswers(at, g, w) {
			report(at, got, want)
		}
	default:
		if got != want {
			report(at, got, want)
		}
	}
}

// closeAnswers allows for the order in which numbers are added.
func closeAnswers(at string, got, want float64) bool {
	key := at[strings.LastIndexByte(at, '.')+1:]
	difference := math.Abs(got - want)
	switch {
	case strings.HasPrefix(key, "log10_p"):
		return difference <= 1e-9 || difference <= 1e-12*math.Abs(want)
	case key == "p" || strings.HasPrefix(key, "p_"):
		return difference <= 1e-8*math.Abs(want)
	}
	return difference <= 1e-12*math.Abs(want) || difference < 1e-300
}

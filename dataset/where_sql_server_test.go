package dataset

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// testPhrases is the words of a server for a table that fillSQL has made: column i is
// c<i>, a nullable number or text.
type testPhrases struct{ name string }

func (p testPhrases) Name() string             { return p.name }
func (p testPhrases) Number(column int) string { return "c" + strconv.Itoa(column) }
func (p testPhrases) Text(column int) string   { return "c" + strconv.Itoa(column) }

func (p testPhrases) Word(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), `'`, `\'`)
	if p.name == "postgres" {
		return "E'" + text + "'"
	}
	return "'" + text + "'"
}

func (p testPhrases) Real(x float64) string {
	text := strconv.FormatFloat(x, 'g', -1, 64)
	if p.name == "postgres" {
		return "'" + text + "'::float8"
	}
	return "toFloat64(" + text + ")"
}

func (p testPhrases) Match(e, pattern string) string {
	if p.name == "postgres" {
		return ""
	}
	return "match(" + e + ", " + p.Word(pattern) + ")"
}

// fillSQL writes the statements that make a table with the cells of another one, in
// columns c0, c1 … and the number of the row in r.
func fillSQL(p testPhrases, name string, table *Table) []string {
	number, word := p.types()
	var columns, rows []string
	for i := range table.Schema().Columns {
		if table.Schema().Columns[i].Kind.Numeric() {
			columns = append(columns, fmt.Sprintf("c%d %s", i, number))
		} else {
			columns = append(columns, fmt.Sprintf("c%d %s", i, word))
		}
	}
	for row := range table.Rows() {
		cells := []string{strconv.FormatInt(row, 10)}
		for i := range table.Schema().Columns {
			cells = append(cells, sqlCell(p, table, row, i))
		}
		rows = append(rows, "SELECT "+strings.Join(cells, ", "))
	}
	create := map[string]string{"clickhouse": "CREATE TABLE %s (r Int64, %s) ENGINE = Memory", "postgres": "CREATE TEMPORARY TABLE %s (r int8, %s)"}[p.name]
	return []string{
		fmt.Sprintf(create, name, strings.Join(columns, ", ")),
		fmt.Sprintf("INSERT INTO %s %s", name, strings.Join(rows, " UNION ALL ")),
	}
}

// sqlCell is a cell as a literal: ClickHouse reads those of a SELECT exactly, and rows
// behind VALUES not.
func sqlCell(p testPhrases, table *Table, row int64, column int) string {
	text, kind := "NULL", table.Schema().Columns[column].Kind
	if kind.Numeric() {
		if xs, err := table.Floats(column); err == nil && xs[row] == xs[row] {
			text = p.Real(xs[row])
		}
	} else if cell := table.chunks[0].text(&table.schema, column, int(row)); kind != Unknown && len(cell) > 0 {
		text = p.Word(string(cell))
	}
	number, word := p.types()
	if kind.Numeric() {
		return "CAST(" + text + " AS " + number + ")"
	}
	return "CAST(" + text + " AS " + word + ")"
}

// types are those of columns of numbers and of words.
func (p testPhrases) types() (number, word string) {
	if p.name == "postgres" {
		return "float8", "text"
	}
	return "Nullable(Float64)", "Nullable(String)"
}

// A testServer answers conditions with the rows for which they are true.
type testServer interface {
	// answers returns a list of rows such as "0,3" for each condition, or what the server
	// says is wrong.
	answers(t *testing.T, table *Table, conditions []string) []string
}

// serverOf returns the server that an environment variable names.
func serverOf(t *testing.T, name string) (testServer, testPhrases) {
	t.Helper()
	variable := map[string]string{"clickhouse": "NETANOM_CLICKHOUSE", "postgres": "NETANOM_POSTGRES"}[name]
	address := os.Getenv(variable)
	psql, err := exec.LookPath("psql")
	switch {
	case address == "" && os.Getenv("CI") != "":
		t.Fatalf("%s is not set, and CI is to have a database", variable)
	case address == "":
		t.Skipf("%s is not set: what a filter finds needs a server", variable)
	case name == "postgres" && err != nil && os.Getenv("CI") != "":
		t.Fatal("there is no psql, and CI is to have a database")
	case name == "postgres" && err != nil:
		t.Skip("there is no psql to ask the server")
	}
	if name == "postgres" {
		return postgresServer{psql, address}, testPhrases{name}
	}
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	at.Scheme = "http"
	at.Path = "/"
	return clickhouseServer{at}, testPhrases{name}
}

type clickhouseServer struct{ at *url.URL }

func (s clickhouseServer) ask(t *testing.T, query string) string {
	t.Helper()
	resp, err := http.Post(s.at.String(), "text/plain", strings.NewReader(query))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		return "error: " + string(body)
	}
	return strings.TrimSpace(string(body))
}

func (s clickhouseServer) answers(t *testing.T, table *Table, conditions []string) []string {
	name := fmt.Sprintf("netanom_where_%d", os.Getpid())
	t.Cleanup(func() { s.ask(t, "DROP TABLE IF EXISTS "+name) })
	for _, statement := range fillSQL(testPhrases{"clickhouse"}, name, table) {
		if said := s.ask(t, statement); said != "" {
			t.Fatal(said)
		}
	}
	var out []string
	for _, condition := range conditions {
		out = append(out, s.ask(t, "SELECT arrayStringConcat(arrayMap(r -> toString(r), arraySort(groupArray(r))), ',') FROM "+name+" WHERE "+condition))
	}
	return out
}

type postgresServer struct{ psql, address string }

func (s postgresServer) answers(t *testing.T, table *Table, conditions []string) []string {
	name := "netanom_where"
	statements := fillSQL(testPhrases{"postgres"}, name, table)
	for i, condition := range conditions {
		statements = append(statements, fmt.Sprintf("SELECT '%d:' || coalesce(string_agg(r::text, ',' ORDER BY r), '') FROM %s WHERE %s", i, name, condition))
	}
	cmd := exec.CommandContext(t.Context(), s.psql, "-XAtq", s.address)
	cmd.Stdin = strings.NewReader(strings.Join(statements, ";\n") + ";\n")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("psql: %v: %s", err, stderr.String())
	}
	out := make([]string, len(conditions))
	for i := range out {
		out[i] = "error: " + stderr.String()
	}
	for line := range strings.Lines(stdout.String()) {
		number, rows, _ := strings.Cut(strings.TrimSpace(line), ":")
		if i, err := strconv.Atoi(number); err == nil && i < len(out) {
			out[i] = rows
		}
	}
	return out
}

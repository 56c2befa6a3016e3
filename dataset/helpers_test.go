package dataset

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// writeFile makes a file of that content for one test.
func writeFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// openText opens a file of that content, and closes it when the test is over.
func openText(t testing.TB, name, content string, opt Options) *File {
	t.Helper()
	f, err := Open(context.Background(), writeFile(t, name, content), opt)
	if err != nil {
		t.Fatalf("Open(%s): %v", name, err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// memory is a file that is only in memory.
type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// smallHead is a head that small tests can have more than.
const smallHead = 4096

// openMemory opens a text as a file named t.csv.
func openMemory(text []byte, opt Options) (*File, error) {
	opt, err := opt.validate()
	if err != nil {
		return nil, err
	}
	in := &input{path: "t.csv", file: memory{bytes.NewReader(text)}, size: int64(len(text)), kind: plainKind, open: openPlain}
	if len(text) == 0 {
		return nil, ErrEmpty
	}
	f := &File{path: in.path, opt: opt, in: in, head: smallHead}
	return f, f.readHead(context.Background())
}

// readError opens and scans a file of that content, which must fail.
func readError(t testing.TB, name, content string, opt Options) error {
	t.Helper()
	f, err := Open(context.Background(), writeFile(t, name, content), opt)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Scan(context.Background()); err != nil {
		return err
	}
	t.Errorf("%s was read without an error", name)
	return nil
}

// A gatherer keeps every cell of a scan, in the order of the rows.
type gatherer struct {
	schema  *Schema
	workers []gathered
	rows    []gatheredRow
	chunks  int
}

type gathered []gatheredRow

type gatheredRow struct {
	line   int64
	text   []string // as Batch.Text gives it
	values []string // as the vectors give it: "-" for missing, else level, number or text
}

const noValue = "∅"

func (g *gatherer) Start(s *Schema, workers int) error {
	*g = gatherer{schema: s, workers: make([]gathered, workers)}
	return nil
}

func (g *gatherer) Batch(worker int, b *Batch) error {
	for i := range b.Rows {
		var row gatheredRow
		for c := range b.Columns {
			row.text = append(row.text, string(b.Text(c, i)))
			row.values = append(row.values, vectorValue(g.schema, b, c, i))
		}
		g.workers[worker] = append(g.workers[worker], row)
	}
	return nil
}

func vectorValue(s *Schema, b *Batch, column, row int) string {
	v := &b.Columns[column]
	switch {
	case s.Columns[column].Kind == Text:
		if IsMissing(b.Text(column, row)) {
			return noValue
		}
		return string(b.Text(column, row))
	case v.Codes != nil && v.Codes[row] == MissingCode:
		return noValue
	case v.Codes != nil:
		return s.Columns[column].Dict.Level(v.Codes[row])
	}
	if x := v.Float(row); !math.IsNaN(x) {
		return shortest(x)
	}
	return noValue
}

func (g *gatherer) EndChunk(worker int, c Chunk) error {
	if c.Index != g.chunks || c.FirstRow != int64(len(g.rows)) || c.Rows != len(g.workers[worker]) {
		return fmt.Errorf("chunk %d, row %d, %d rows: want chunk %d, row %d, %d rows",
			c.Index, c.FirstRow, c.Rows, g.chunks, len(g.rows), len(g.workers[worker]))
	}
	g.chunks++
	for i, row := range g.workers[worker] {
		row.line = c.Line(i)
		g.rows = append(g.rows, row)
	}
	g.workers[worker] = g.workers[worker][:0]
	return nil
}

// scanRows scans a source and returns its cells.
func scanRows(t testing.TB, src Source) []gatheredRow {
	t.Helper()
	var g gatherer
	if err := src.Scan(context.Background(), &g); err != nil {
		t.Fatalf("Scan: %v", err)
	}
	return g.rows
}

// load reads a source into memory.
func load(t testing.TB, src Source) *Table {
	t.Helper()
	table, err := Load(context.Background(), src)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return table
}

// joined writes rows in a form that is easy to read in a table of tests: cells
// with a bar between them.
func joined(rows []gatheredRow) []string {
	var out []string
	for _, r := range rows {
		out = append(out, strings.Join(r.text, "|"))
	}
	return out
}

func linesOf(rows []gatheredRow) []int64 {
	var out []int64
	for _, r := range rows {
		out = append(out, r.line)
	}
	return out
}

// sizes are chunk and block sizes under which a reading must give the same.
var sizes = []struct{ chunk, block int }{{chunkSize, indexBlock}, {1, 1}, {7, 3}, {64, 16}, {100, 1000}, {1000, 64}}

// kindsOf lists the kinds of a schema by the columns' names.
func kindsOf(s *Schema) string {
	var out []string
	for _, c := range s.Columns {
		out = append(out, c.Name+":"+c.Kind.String())
	}
	return strings.Join(out, " ")
}

// referenceFile returns the path of a file of reference data, and skips the test
// where there is none.
func referenceFile(t testing.TB, elem ...string) string {
	t.Helper()
	dir := os.Getenv("NETANOM_SHARED")
	if dir == "" {
		t.Skipf("NETANOM_SHARED is not set: %s is needed", filepath.Join(elem...))
	}
	return filepath.Join(slices.Insert(elem, 0, dir)...)
}

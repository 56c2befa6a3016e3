package dataset

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A messyTable makes random tables in which columns have characters of their
// own and anything may be quoted.
type messyTable struct {
	rng     *rand.Rand
	comma   byte
	end     string // of lines
	columns []func() string
}

func newMessyTable(rng *rand.Rand) *messyTable {
	m := &messyTable{rng: rng, comma: ",\t;|"[rng.IntN(4)], end: []string{"\n", "\r\n"}[rng.IntN(2)]}
	for range 1 + rng.IntN(6) {
		m.columns = append(m.columns, m.column())
	}
	return m
}

func (m *messyTable) pick(from ...string) string { return from[m.rng.IntN(len(from))] }

// column returns a maker of cells of one sort, with an odd one now and then.
func (m *messyTable) column() func() string {
	odd := m.rng.IntN(4) == 0
	sorts := []func() string{
		func() string { return m.pick("0", "1") },
		func() string { return m.pick("0", "7", "9") },
		func() string { return fmt.Sprint(m.rng.IntN(1000000)) },
		func() string { return fmt.Sprint(m.rng.Uint64() >> m.rng.IntN(60)) },
		func() string { return fmt.Sprint(m.rng.IntN(2000) - 1000) },
		func() string { return fmt.Sprintf("%.2f", m.rng.Float64()) },
		func() string { return fmt.Sprintf("%.6f", m.rng.Float64()*10) },
		func() string { return fmt.Sprintf("%.*f", m.rng.IntN(12), m.rng.NormFloat64()*100) },
		func() string { return m.pick("1e3", ".5", "5.", "+5", "-0", "2.50E-3", " 7 ", "1.0", "0") },
		func() string { return m.pick("tcp", "udp", "icmp") },
		func() string { return m.pick("a", "b", "") + m.pick("é", "日本", "🚨", "") },
		func() string { return fmt.Sprintf("10.0.0.%d", m.rng.IntN(9)) },
		func() string { return fmt.Sprintf("2018-09-%02d 09:40:%02d.5", 1+m.rng.IntN(30), m.rng.IntN(60)) },
		func() string { return fmt.Sprintf("id-%d", m.rng.IntN(1<<30)) },
		func() string { return fmt.Sprintf("%05d", m.rng.IntN(90000)) },
		func() string {
			return m.pick("x, y", "it's; so", "tab\there", "a|b", "say \"hi\"", "line\nbreak", "5\" disk", "end\"", " padded ")
		},
	}
	sort := sorts[m.rng.IntN(len(sorts))]
	return func() string {
		switch {
		case odd && m.rng.IntN(10) == 0:
			return m.pick("", "NA", "NaN", "?", "word", "-1.5", "Infinity", "99999999999", "1e400", "\"")
		case odd && m.rng.IntN(50) == 0:
			return m.pick("\n", "\n\n", "\"\"", ",\n,", strings.Repeat("long ", 50))
		}
		return sort()
	}
}

// quote writes a cell so that encoding/csv and netanom read it alike.
func (m *messyTable) quote(cell string) string {
	must := cell == "" && len(m.columns) == 1 || strings.ContainsAny(cell, "\n\r") || strings.IndexByte(cell, m.comma) >= 0 ||
		strings.HasPrefix(cell, `"`) || len(m.columns) == 1 && strings.TrimSpace(cell) == ""
	if must || m.rng.IntN(20) == 0 {
		return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
	}
	return cell
}

func (m *messyTable) write(rows int) string {
	var b strings.Builder
	for i := range m.columns {
		fmt.Fprintf(&b, "%sc%d", strings.Repeat(string(m.comma), min(i, 1)), i)
	}
	ragged := m.rng.IntN(3) == 0
	for range rows {
		b.WriteString(m.end)
		if m.rng.IntN(30) == 0 {
			b.WriteString(m.end)
		}
		for i, column := range m.columns {
			if i > 0 {
				b.WriteByte(m.comma)
			}
			b.WriteString(m.quote(column()))
			if ragged && m.rng.IntN(100) == 0 {
				b.WriteString(m.pick(string(m.comma), m.end))
			}
		}
	}
	if m.rng.IntN(2) == 0 {
		b.WriteString(m.end)
	}
	return b.String()
}

// slowRead reads a text with encoding/csv: the cells of the rows that have the
// right number of them, and their lines.
func slowRead(t *testing.T, text string, comma byte) (cells [][]string, lines []int64, bad int64) {
	t.Helper()
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = rune(comma), -1, true
	columns := 0
	for {
		record, err := r.Read()
		if err == io.EOF {
			return cells, lines, bad
		}
		if err != nil {
			t.Fatalf("encoding/csv: %v in %q", err, text)
		}
		line, _ := r.FieldPos(0)
		switch {
		case columns == 0:
			columns = len(record)
		case len(record) != columns:
			bad++
		default:
			cells, lines = append(cells, record), append(lines, int64(line))
		}
	}
}

// wantValue is the value that a cell must have in a column of that kind.
func wantValue(cell string, c *Column, layout TimeLayout) string {
	b := []byte(cell)
	if IsMissing(b) {
		return noValue
	}
	x, ok := 0.0, true
	switch c.Kind {
	case Text, Category, Address:
		return cell
	case Time:
		x, ok = ParseTime(b, layout)
	default:
		x, ok = ParseNumber(b)
	}
	if !ok {
		return noValue
	}
	return shortest(x)
}

// TestReadersAgree holds the scan of a file, under all sizes of chunks and
// numbers of workers, and the scan of the loaded table to what encoding/csv
// reads and ParseNumber understands.
func TestReadersAgree(t *testing.T) {
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 1))
		m := newMessyTable(rng)
		text := m.write(rng.IntN(300))
		cells, lines, bad := slowRead(t, text, m.comma)
		if len(cells)+int(bad) == 0 {
			continue
		}
		var first *File
		for _, size := range sizes {
			opt := Options{Delimiter: m.comma, Header: HeaderYes, MaxBad: 1, Jobs: 1 + rng.IntN(4)}
			f := openText(t, "t.csv", text, opt)
			f.chunk, f.block = size.chunk, size.block
			rows := scanRows(t, f)
			if got := f.Problems().BadRows; got != bad || len(rows) != len(cells) {
				t.Fatalf("seed %d, %v: %d rows and %d bad ones, want %d and %d", seed, size, len(rows), got, len(cells), bad)
			}
			for i, row := range rows {
				checkRow(t, f, row, cells[i], lines[i], fmt.Sprintf("seed %d, %v, row %d", seed, size, i))
			}
			if first == nil {
				first = f
				checkTable(t, f, rows, seed)
			}
			compareFiles(t, f, first, fmt.Sprintf("seed %d, %v", seed, size))
		}
	}
}

func checkRow(t *testing.T, f *File, row gatheredRow, cells []string, line int64, where string) {
	t.Helper()
	if row.line != line || !slices.Equal(row.text, cells) {
		t.Fatalf("%s: line %d %q, want line %d %q", where, row.line, row.text, line, cells)
	}
	for c := range cells {
		column := &f.schema.Columns[c]
		if want := wantValue(cells[c], column, f.plans[c].layout); row.values[c] != want {
			t.Fatalf("%s, column %s (%s): %q is %s, want %s", where, column.Name, column.Kind, cells[c], row.values[c], want)
		}
	}
}

// checkTable holds a loaded table to the scan of its file.
func checkTable(t *testing.T, f *File, rows []gatheredRow, seed uint64) {
	t.Helper()
	table := load(t, f)
	again := scanRows(t, table)
	if len(again) != len(rows) || table.Rows() != int64(len(rows)) {
		t.Fatalf("seed %d: the table has %d rows, want %d", seed, len(again), len(rows))
	}
	for i := range rows {
		if again[i].line != rows[i].line || !slices.Equal(again[i].values, rows[i].values) || table.Line(int64(i)) != rows[i].line {
			t.Fatalf("seed %d, row %d: the table has %v, want %v", seed, i, again[i], rows[i])
		}
	}
	for c := range table.Schema().Columns {
		checkColumn(t, table, c, rows, seed)
	}
}

// TestTablesAgree: the same file gives the same table down to the form in which
// it is kept, whatever the number of workers.
func TestTablesAgree(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 5))
		m := newMessyTable(rng)
		text := []byte(m.write(2000))
		first := ""
		for _, jobs := range []int{1, 2, 3, 7} {
			f, err := openMemory(text, Options{Delimiter: m.comma, Header: HeaderYes, MaxBad: 1, Jobs: jobs})
			if err != nil {
				t.Fatal(err)
			}
			f.chunk, f.block = 3000, 500
			kept := fmt.Sprint(load(t, f).chunks)
			if first == "" {
				first = kept
			}
			if kept != first {
				t.Fatalf("seed %d, %d jobs: the table is kept otherwise", seed, jobs)
			}
		}
	}
}

// checkColumn holds the accessors of a table to its scan.
func checkColumn(t *testing.T, table *Table, c int, rows []gatheredRow, seed uint64) {
	t.Helper()
	column := &table.Schema().Columns[c]
	floats, noFloats := table.Floats(c)
	codes, noCodes := table.Codes(c)
	numeric, coded := column.Kind.Numeric() || column.Kind == Unknown, column.Dict != nil
	if numeric != (noFloats == nil) || coded != (noCodes == nil) {
		t.Fatalf("seed %d, column %s (%s): %v, %v", seed, column.Name, column.Kind, noFloats, noCodes)
	}
	for i := range rows {
		got, cell := rows[i].values[c], table.Cell(int64(i), c)
		switch {
		case numeric && math.IsNaN(floats[i]), coded && codes[i] == MissingCode:
			got, cell = noValue, noValue+cell
		case numeric:
			got = shortest(floats[i])
			if column.Kind == Time {
				cell = got
			}
		case coded:
			got = column.Dict.Level(codes[i])
		case IsMissing([]byte(cell)):
			cell = noValue
		}
		if got != rows[i].values[c] || cell != got {
			t.Fatalf("seed %d, row %d, column %s (%s): %q and %q, want %q", seed, i, column.Name, column.Kind, got, cell, rows[i].values[c])
		}
	}
}

// compareFiles holds two readings of the same text to the same conclusions.
func compareFiles(t *testing.T, a, b *File, where string) {
	t.Helper()
	if got, want := kindsOf(a.Schema()), kindsOf(b.Schema()); got != want {
		t.Fatalf("%s: kinds %s, want %s", where, got, want)
	}
	pa, pb := a.Problems(), b.Problems()
	for _, p := range []*Problems{&pa, &pb} {
		for i := range p.Listed {
			p.Listed[i].Path = ""
		}
	}
	if !reflect.DeepEqual(pa, pb) {
		t.Fatalf("%s: problems %+v, want %+v", where, pa, pb)
	}
}

package dataset

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// columnText writes a table of one interesting column beside a number, which
// cell gives for every row from 0.
func columnText(name string, rows int, cell func(row int) string) string {
	var b strings.Builder
	b.WriteString(name + ",n\n")
	for i := range rows {
		b.WriteString(cell(i))
		b.WriteString(",5\n")
	}
	return b.String()
}

// behindHead is a number of rows that fills a small head with rows of four
// bytes.
const behindHead = smallHead/4 + 1

func switchAt(row int, before, after func(int) string) func(int) string {
	return func(i int) string {
		if i < row {
			return before(i)
		}
		return after(i)
	}
}

func repeated(cell string) func(int) string { return func(int) string { return cell } }
func number(i int) string                   { return fmt.Sprint(i % 50) }
func everyNth(n int, cell, other string) func(int) string {
	return func(i int) string {
		if i%n == n-1 {
			return cell
		}
		return other
	}
}

// TestKinds: the kind of a column follows from all of its cells, and does not
// depend on the number of workers.
func TestKinds(t *testing.T) {
	for _, c := range []struct {
		name, column string
		rows         int
		cell         func(int) string
		kind         Kind
		bad, missing int64
		value        string // of the last row
	}{
		{"numbers", "x", 1000, number, Number, 0, 0, "49"},
		{"flags", "x", 1000, everyNth(3, "1", "0"), Flag, 0, 0, "0"},
		{"flags with decimals", "x", 100_000, everyNth(3, "1.00", "0.00"), Flag, 0, 0, "0"},
		{"flags and missing cells", "x", 1000, everyNth(3, "1", ""), Flag, 0, 667, noValue},
		{"only zeros", "x", 1000, repeated("0"), Number, 0, 0, "0"},
		{"hundredths between 0 and 1", "x", 100_000, everyNth(100_000, "0.50", "1.00"), Number, 0, 0, "0.5"},
		{"0, 1 and late 2", "x", behindHead, switchAt(behindHead-1, everyNth(2, "0", "1"), repeated("2")), Number, 0, 0, "2"},
		{"0, 1 and late -1", "x", behindHead, switchAt(behindHead-1, everyNth(2, "0", "1"), repeated("-1")), Number, 0, 0, "-1"},
		{"0, 1 and late 0.5", "x", behindHead, switchAt(behindHead-1, everyNth(2, "0", "1"), repeated(".5")), Number, 0, 0, "0.5"},
		{"all missing", "x", 1000, everyNth(2, "", "?"), Unknown, 0, 1000, noValue},
		{"numbers, then words", "x", behindHead + 10_000, switchAt(behindHead, number, repeated("word")), Category, 0, 0, "word"},
		{"numbers, then leading zeros", "x", behindHead, switchAt(behindHead-1, number, repeated("007")), Category, 0, 0, "007"},
		{"leading zeros, then numbers", "x", behindHead, switchAt(5, repeated("02134"), number), Category, 0, 0, fmt.Sprint((behindHead - 1) % 50)},
		{"one bad cell", "x", 100_000, switchAt(99_999, number, repeated("12O0")), Number, 1, 1, noValue},
		{"one bad cell in the head", "x", 1000, switchAt(999, number, repeated("12O0")), Number, 1, 1, noValue},
		{"over 1 % bad cells", "x", 10_000, everyNth(99, "oops", "5"), Category, 0, 0, "5"},
		{"words, then numbers", "x", 2 * behindHead, switchAt(behindHead/10, repeated("none"), number), Category, 0, 0, fmt.Sprint((2*behindHead - 1) % 50)},
		{"few words first, then numbers", "x", 3 * behindHead, switchAt(1, repeated("none"), number), Number, 1, 1, fmt.Sprint((3*behindHead - 1) % 50)},
		{"few levels", "x", 1000, everyNth(2, "tcp", "udp"), Category, 0, 0, "tcp"},
		{"65,536 levels", "x", 70_000, func(i int) string { return fmt.Sprint("w", i%65_536) }, Text, 0, 0, "w4463"},
		{"65,536 levels that the head does not show", "x", behindHead + 140_000, switchAt(behindHead, everyNth(2, "w0", "w1"), func(i int) string { return fmt.Sprint("w", i%65_536) }), Category, 0, 0, "w9952"},
		{"65,537 levels that the head does not show", "x", behindHead + 140_000, switchAt(behindHead, everyNth(2, "w0", "w1"), func(i int) string { return fmt.Sprint("w", i%65_537) }), Text, 0, 0, "w9950"},
		{"names", "x", 1000, func(i int) string { return fmt.Sprint("C", i) }, Text, 0, 0, "C999"},
		{"names that end up numbers", "x", 100_000, switchAt(600, func(i int) string { return fmt.Sprint("C", i) }, number), Number, 600, 600, ""},
		{"addresses", "x", 1000, func(i int) string { return fmt.Sprintf("10.0.0.%d", i%200) }, Address, 0, 0, "10.0.0.199"},
		{"addresses of both sorts", "x", 1000, everyNth(2, "fe80::1", "10.0.0.1"), Address, 0, 0, "fe80::1"},
		{"addresses, then words", "x", 2 * behindHead, switchAt(behindHead, repeated("10.0.0.1"), repeated("host")), Category, 0, 0, "host"},
		{"addresses behind an empty head", "x", 2 * behindHead, switchAt(behindHead, repeated(""), repeated("10.0.0.1")), Address, 0, behindHead, "10.0.0.1"},
		{"numbers behind an empty head", "x", 2 * behindHead, switchAt(behindHead, repeated(""), number), Number, 0, behindHead, fmt.Sprint((2*behindHead - 1) % 50)},
		{"words behind an empty head", "x", 2 * behindHead, switchAt(behindHead, repeated(""), repeated("w")), Category, 0, behindHead, "w"},
		{"times behind an empty head", "x", 2 * behindHead, switchAt(behindHead, repeated(""), repeated("2018-09-21 00:00:01")), Time, 0, behindHead, "1537488001"},
		{"epoch seconds", "ts", 1000, func(i int) string { return fmt.Sprint(1537522822+i, ".5") }, Time, 0, 0, "1537523821.5"},
		{"epoch milliseconds", "ts", 1000, func(i int) string { return fmt.Sprint(1537522822500 + int64(i)) }, Time, 0, 0, "1537522823.499"},
		{"epoch microseconds", "ts", 1000, func(i int) string { return fmt.Sprint(1537522822500000 + int64(i)) }, Time, 0, 0, "1537522822.500999"},
		{"epoch seconds without a telling name", "x", 1000, func(i int) string { return fmt.Sprint(1537522822 + i) }, Number, 0, 0, "1537523821"},
		{"small numbers under a name of times", "ts", 1000, number, Number, 0, 0, "49"},
		{"ISO 8601", "x", 1000, repeated("2018-09-21T00:00:01.5Z"), Time, 0, 0, "1537488001.5"},
		{"ISO 8601 with a bad cell", "x", 1000, switchAt(999, repeated("2018-09-21"), repeated("2018-02-30")), Time, 1, 1, noValue},
		{"times, then words", "x", 2 * behindHead, switchAt(behindHead, repeated("2018-09-21"), repeated("never")), Category, 0, 0, "never"},
		{"day first", "x", 1000, everyNth(2, "21/09/2018", "01/09/2018"), Time, 0, 0, "1537488000"},
		{"month first", "x", 1000, everyNth(2, "09/21/2018", "09/01/2018"), Time, 0, 0, "1537488000"},
		{"month first, seen late", "x", behindHead, switchAt(behindHead-1, repeated("09/01/2018"), repeated("09/21/2018")), Time, 0, 0, "1537488000"},
		{"day first, seen late, and a bad cell", "x", behindHead, switchAt(behindHead-3, repeated("01/09/2018"), func(i int) string {
			return []string{"13/13/2018", "21/09/2018", "21/09/2018"}[i-behindHead+3]
		}), Time, 1, 1, "1537488000"},
		{"neither order", "x", behindHead, switchAt(behindHead/2, repeated("21/09/2018"), repeated("09/21/2018")), Category, 0, 0, "09/21/2018"},
		{"infinite cells", "x", 1000, everyNth(10, "Infinity", "5"), Number, 0, 100, noValue},
		{"only infinite cells", "x", 1000, repeated("inf"), Number, 0, 1000, noValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := columnText(c.column, c.rows, c.cell)
			var first *File
			for _, jobs := range []int{1, 3} {
				f, err := openMemory([]byte(text), Options{Jobs: jobs})
				if err != nil {
					t.Fatal(err)
				}
				f.chunk = 16 << 10
				table := load(t, f)
				p := f.Problems().Columns[0]
				if got := f.Schema().Columns[0].Kind; got != c.kind || p.BadCells != c.bad || p.Missing != c.missing {
					t.Errorf("%d jobs: %s, %d bad and %d missing cells; want %s, %d and %d", jobs, got, p.BadCells, p.Missing, c.kind, c.bad, c.missing)
				}
				if got := lastValue(table); c.value != "" && got != c.value {
					t.Errorf("%d jobs: the last cell is %q, want %q", jobs, got, c.value)
				}
				if first == nil {
					first = f
				}
				compareFiles(t, f, first, fmt.Sprint(jobs, " jobs"))
			}
		})
	}
}

// lastValue returns the last cell of the first column.
func lastValue(t *Table) string {
	if !t.schema.Columns[0].Kind.Numeric() {
		if cell := t.Cell(t.Rows()-1, 0); cell != "" {
			return cell
		}
		return noValue
	}
	x, _ := t.Floats(0)
	if last := x[len(x)-1]; last == last {
		return shortest(last)
	}
	return noValue
}

// TestAmbiguousDates: dates that fit both orders are read day first, and said
// to be ambiguous.
func TestAmbiguousDates(t *testing.T) {
	for cell, ambiguous := range map[string]bool{"02/03/2018": true, "22/03/2018": false, "2018-03-02": false} {
		f := openText(t, "t.csv", columnText("x", 10, repeated(cell)), Options{})
		if err := f.Scan(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := f.Problems().Columns[0]; f.Schema().Columns[0].Kind != Time || got.DayOrMonth != ambiguous {
			t.Errorf("%s: %s, %+v", cell, f.Schema().Columns[0].Kind, got)
		}
	}
}

// TestBadCellsAreListed: the number of bad cells is exact and the first are
// listed with their place.
func TestBadCellsAreListed(t *testing.T) {
	f := openText(t, "t.csv", columnText("x", 100_000, func(i int) string {
		switch {
		case i%1000 == 7:
			return "12O0"
		case i == 20_000:
			return "-inf"
		}
		return number(i)
	}), Options{Jobs: 3})
	if err := f.Scan(context.Background()); err != nil {
		t.Fatal(err)
	}
	p := f.Problems()
	if p.BadCells != 100 || p.Infinite != 1 || p.Columns[0].Missing != 101 || p.BadRows != 0 || len(p.Listed) != maxListed {
		t.Fatalf("problems %+v", p)
	}
	for i, e := range p.Listed {
		if e.Line != int64(1000*i+9) || e.Column != "x" || e.Text != "12O0" {
			t.Errorf("%d: %v", i, &e)
		}
	}
}

// kddRows writes KDD records with something else in one column of some rows.
func kddRows(rows, column int, cell func(row int) string) string {
	var b strings.Builder
	fields := strings.Split("0,tcp,http,SF,181,5450,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,8,8,0.00,0.00,0.00,0.00,1.00,0.00,0.00,9,9,1.00,0.00,0.11,0.00,0.00,0.00,0.00,0.00,normal,21", ",")
	for i := range rows {
		fields[column] = cell(i)
		b.WriteString(strings.Join(fields, ",") + "\n")
	}
	return b.String()
}

// TestDeclaredKinds: the cells of a known column that do not fit are problems,
// and too many of them are an error.
func TestDeclaredKinds(t *testing.T) {
	text := kddRows(1000, 4, everyNth(90, "12O0", "181"))
	err := readError(t, "t.csv", text, Options{})
	want := `t.csv:90: column "src_bytes": "12O0" is not a number; too many bad rows: 11 of 1000 cells are not a number; read the column as it is with --type src_bytes=category, or allow more with --max-bad`
	if err == nil || !strings.HasSuffix(err.Error(), want) || !errors.Is(err, ErrTooBad) {
		t.Errorf("error %v, want %q at its end", err, want)
	}
	f := openText(t, "t.csv", text, Options{MaxBad: 0.02})
	if err := f.Scan(context.Background()); err != nil || f.Problems().BadCells != 11 {
		t.Errorf("%v, problems %+v", err, f.Problems())
	}
	f = openText(t, "t.csv", text, Options{Types: map[string]Kind{"SrcBytes": Category}})
	if err := f.Scan(context.Background()); err != nil || f.Schema().Columns[4].Kind != Category || !f.problems.None() {
		t.Errorf("%v, %s, problems %+v", err, f.Schema().Columns[4].Kind, f.Problems())
	}
	// A number of the layout stays one although all its cells are 0 or 1, and a
	// flag stays one although some cells are 2.
	f = openText(t, "t.csv", kddRows(100, 8, everyNth(3, "1", "0")), Options{})
	if err := f.Scan(context.Background()); err != nil || f.Schema().Columns[8].Kind != Number {
		t.Errorf("urgent: %v, %s", err, f.Schema().Columns[8].Kind)
	}
	f = openText(t, "t.csv", kddRows(100, 14, everyNth(3, "2", "0")), Options{})
	if err := f.Scan(context.Background()); err != nil || f.Schema().Columns[14].Kind != Flag || f.Problems().BadCells != 0 {
		t.Errorf("su_attempted: %v, %s", err, f.Schema().Columns[14].Kind)
	}
}

// TestTypes: the user's word on a column is final.
func TestTypes(t *testing.T) {
	text := "when,code,y,label\n12,007,1,0\n15,3,0,1\n99,20,1,1\n"
	for _, c := range []struct {
		types map[string]Kind
		label string
		want  string
	}{
		{nil, "", "when:number code:category y:flag label:category"},
		{map[string]Kind{"code": Number}, "", "when:number code:number y:flag label:category"},
		{map[string]Kind{"when": Time}, "", "when:time code:category y:flag label:category"},
		{map[string]Kind{"when": Text, "code": Text}, "", "when:text code:text y:flag label:category"},
		{map[string]Kind{"y": Number}, "", "when:number code:category y:number label:category"},
		{map[string]Kind{"LABEL": Number}, "Label", "when:number code:category y:flag label:number"},
		{nil, "y", "when:number code:category y:category label:number"},
	} {
		f := openText(t, "t.csv", text, Options{Types: c.types, Label: c.label})
		if err := f.Scan(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := kindsOf(f.Schema()); got != c.want && strings.ReplaceAll(got, "label:flag", "label:number") != c.want {
			t.Errorf("%v, label %q: %s, want %s", c.types, c.label, got, c.want)
		}
	}
	if err := readError(t, "t.csv", "a,b\nx,1\ny,2\n", Options{Types: map[string]Kind{"a": Time}}); err == nil || !strings.Contains(err.Error(), `t.csv:2: column "a": "x" is not a time`) {
		t.Errorf("words declared to be times: %v", err)
	}
}

// TestSecondScan: a second scan gives the same, in one reading.
func TestSecondScan(t *testing.T) {
	f, err := openMemory([]byte(columnText("x", 2*behindHead, switchAt(behindHead, number, everyNth(2, "v", "w")))), Options{Jobs: 3})
	if err != nil {
		t.Fatal(err)
	}
	f.chunk = 500
	first := scanRows(t, f)
	kinds, problems := kindsOf(f.Schema()), f.Problems()
	var starts startCounter
	if err := f.Scan(context.Background(), &starts); err != nil || starts != 1 {
		t.Errorf("%d readings, %v", starts, err)
	}
	if second := scanRows(t, f); !reflect.DeepEqual(first, second) {
		t.Error("the second scan gives other cells")
	}
	if got := kindsOf(f.Schema()); got != kinds || !reflect.DeepEqual(f.Problems(), problems) {
		t.Errorf("kinds %s, want %s", got, kinds)
	}
}

// A startCounter counts how often a scan begins.
type startCounter int

func (c *startCounter) Start(*Schema, int) error  { *c++; return nil }
func (c *startCounter) Batch(int, *Batch) error   { return nil }
func (c *startCounter) EndChunk(int, Chunk) error { return nil }

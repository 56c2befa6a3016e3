package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func writeCSV(t testing.TB, src Source, o CSVOptions) string {
	t.Helper()
	var b bytes.Buffer
	rows, err := WriteCSV(context.Background(), src, &b, o)
	if err != nil {
		t.Fatal(err)
	}
	if n := tableOf(t, src).Rows(); rows != n {
		t.Errorf("WriteCSV says %d rows, want %d", rows, n)
	}
	return b.String()
}

func TestWriteCSV(t *testing.T) {
	tests := []struct {
		name, file, in, want string
		opt                  Options
		csv                  CSVOptions
	}{
		{"as written", "a.csv",
			"x,word,ts\n1.50,tcp,2018-09-21 10:00\n 2e3,udp,2018-09-21T10:00:00+02:00\n007,b,2018-09-21\n",
			"x,word,ts\n1.50,tcp,2018-09-21 10:00\n 2e3,udp,2018-09-21T10:00:00+02:00\n007,b,2018-09-21\n",
			Options{}, CSVOptions{}},
		{"missing", "a.csv",
			"x,word\nNA,NaN\n?,\n1,-\n",
			"x,word\n,\n,\n1,-\n", Options{}, CSVOptions{}},
		{"no number", "a.csv",
			"x,y\n1,Infinity\n12O0,2\n",
			"x,y\n1,Infinity\n12O0,2\n", Options{MaxBad: 0.5, Types: map[string]Kind{"x": Number}}, CSVOptions{}},
		{"quotes", "a.csv",
			"x,word\r\n1,\"a,b\"\r\n2,\"say \"\"hi\"\"\"\r\n3,\"two\nlines\"\r\n4,\"plain\"\r\n5,in\"side\r\n6,\"\r\"\r\n",
			"x,word\n1,\"a,b\"\n2,\"say \"\"hi\"\"\"\n3,\"two\nlines\"\n4,plain\n5,\"in\"\"side\"\n6,\"\r\"\n", Options{}, CSVOptions{}},
		{"delimiter", "a.csv", "x,word\n1,a;b\n2,\"a,b\"\n", "x;word\n1;\"a;b\"\n2;a,b\n", Options{}, CSVOptions{Delimiter: ';'}},
		{"tabs", "a.csv", "x;word\n1;a\n2;b\n", "x\tword\n1\ta\n2\tb\n", Options{}, CSVOptions{Delimiter: '\t'}},
		{"one column", "a.csv", "x\n1\nNA\n3\n", "x\n1\n\"\"\n3\n", Options{}, CSVOptions{}},
		{"no header", "a.csv", "1,a\n2,b\n", "column_1,column_2\n1,a\n2,b\n", Options{Header: HeaderNo}, CSVOptions{}},
		{"header like another format", "a.csv", "\"{x\",\"#y\"\n1,a\n2,b\n", "\"{x\",#y\n1,a\n2,b\n", Options{}, CSVOptions{}},
		{"formulas", "a.csv",
			"=x,word\n-1,=1+2\n+2,+3\n-1e3,-\n4,@a\n5,\"\ta\"\n6,-5-3\n",
			"'=x,word\n-1,'=1+2\n+2,+3\n-1e3,'-\n4,'@a\n5,'\ta\n6,'-5-3\n", Options{}, CSVOptions{EscapeFormulas: true}},
		{"zeek", "conn.log",
			"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\tts\tuid\tproto\tlocal_orig\tbytes\n" +
				"#types\ttime\tstring\tenum\tbool\tcount\n1537522822.965530\tC1\ttcp\tT\t5\n1537522823.1\t-\tudp\t-\t-\n1537522824\tC3\t(empty)\tF\t7\n#close\tx\n",
			"ts,uid,proto,local_orig,bytes\n1537522822.965530,C1,tcp,T,5\n1537522823.1,,udp,,\n1537522824,C3,,F,7\n", Options{}, CSVOptions{}},
		{"json", "a.json",
			"{\"a\":1,\"b\":{\"c\":\"x,y\"}}\n{\"a\":2.0,\"d\":true}\n",
			"a,b.c,d\n1,\"x,y\",\n2.0,,T\n", Options{}, CSVOptions{}},
	}
	for _, tt := range tests {
		f := fileWith(t, tt.file, tt.in, tt.opt)
		if got := writeCSV(t, f, tt.csv); got != tt.want {
			t.Errorf("%s: got\n%q\nwant\n%q", tt.name, got, tt.want)
		}
	}
}

// What has no text of its own is written as the shortest text that reads as the
// same value.
func TestWriteCSVOfTable(t *testing.T) {
	f := fileWith(t, "a.csv", "x,ts,word,host,text,flag\n"+
		"1.50,2018-09-21 10:00,tcp,10.0.0.1,a,1\n"+
		"-0,2018-09-21T10:00:00.123456Z,NA,,\"b,c\",0\n"+
		"1e300,,udp,10.0.0.2,-,1\n"+
		"1000000,2018-09-21T10:00:00.123456789Z,a b,10.0.0.1,,0\n"+
		"1e-9,9999-12-31,x,10.0.0.1,é,\n", Options{Types: map[string]Kind{"text": Text, "host": Address}})
	want := "x,ts,word,host,text,flag\n" +
		"1.5,2018-09-21T10:00:00Z,tcp,10.0.0.1,a,1\n" +
		"-0,2018-09-21T10:00:00.123456Z,,,\"b,c\",0\n" +
		"1e+300,,udp,10.0.0.2,-,1\n" +
		"1000000,2018-09-21T10:00:00.123456717Z,a b,10.0.0.1,,0\n" +
		"1e-09,9999-12-31T00:00:00Z,x,10.0.0.1,é,\n"
	if got := writeCSV(t, tableOf(t, f), CSVOptions{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAppendExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for range 20_000 {
		x := math.Float64frombits(rng.Uint64())
		if math.IsNaN(x) || math.IsInf(x, 0) {
			continue
		}
		text := appendExact(nil, x, Number)
		if y, ok := ParseNumber(text); !ok || math.Float64bits(y) != math.Float64bits(x) {
			t.Errorf("%g is written as %s, which reads as %g", x, text, y)
		}
		at := 631152000 + rng.Float64()*(4102444800-631152000) // 1990 to 2099
		text = appendExact(nil, at, Time)
		if y, ok := ParseTime(text, ISO8601); !ok || y != at {
			t.Errorf("the time %v is written as %s, which reads as %v", at, text, y)
		}
	}
	// No date is as exact so near to 1970, and the others are no dates at all.
	for _, x := range []float64{12345.678901234567, -1e12, 1e300, 1e-300, 5e-324} {
		text := appendExact(nil, x, Time)
		if y, ok := ParseNumber(text); !ok || y != x {
			t.Errorf("the time %v is written as %s", x, text)
		}
	}
}

// sameTable fails unless both tables have the same columns and cells.
func sameTable(t testing.TB, what string, got, want *Table) {
	t.Helper()
	if got.Rows() != want.Rows() || len(got.Schema().Columns) != len(want.Schema().Columns) {
		t.Errorf("%s: %d rows of %d columns, want %d of %d", what, got.Rows(), len(got.Schema().Columns), want.Rows(), len(want.Schema().Columns))
		return
	}
	for c := range want.Schema().Columns {
		g, w := &got.Schema().Columns[c], &want.Schema().Columns[c]
		if g.Name != w.Name || g.Kind != w.Kind || g.Role != w.Role || g.Canon != w.Canon {
			t.Errorf("%s: column %d is %s %s %s %s, want %s %s %s %s", what, c, g.Name, g.Canon, g.Kind, g.Role, w.Name, w.Canon, w.Kind, w.Role)
			return
		}
		sameCells(t, what, got, want, c)
	}
}

// sameCells compares one column, numbers bit by bit.
func sameCells(t testing.TB, what string, got, want *Table, c int) {
	t.Helper()
	if want.Schema().Columns[c].Kind.Numeric() {
		x, errX := got.Floats(c)
		y, errY := want.Floats(c)
		if errX != nil || errY != nil {
			t.Errorf("%s: %v, %v", what, errX, errY)
			return
		}
		for row := range y {
			if math.Float64bits(x[row]) != math.Float64bits(y[row]) && (x[row] == x[row] || y[row] == y[row]) {
				t.Errorf("%s: %s of row %d is %v, want %v", what, want.Schema().Columns[c].Name, row, x[row], y[row])
				return
			}
		}
		return
	}
	for row := range want.Rows() {
		if x, y := got.Cell(row, c), want.Cell(row, c); x != y {
			t.Errorf("%s: %s of row %d is %q, want %q", what, want.Schema().Columns[c].Name, row, x, y)
			return
		}
	}
}

// Reading what was written gives the same table, and writing that the same
// bytes, whatever the number of workers.
func TestWriteCSVRoundTrip(t *testing.T) {
	check.Long(t)
	random, _ := randomTable(rand.New(rand.NewPCG(13, 14)), 40_000)
	tests := []struct {
		name, file, in string
		opt            Options
	}{
		{"kinds", "a.csv", filterData, filterOptions},
		{"random", "a.csv", random, Options{}},
		{"bad cells", "a.csv", "a,b\n1,x\n2,inf\n12O0,y\n3,\"q\"\"\"\n", Options{MaxBad: 0.4, Types: map[string]Kind{"a": Number}}},
		{"carriage returns", "a.csv", "a,b\r\n1,\"x\r\ny\"\r\n2,z\r\n", Options{}},
		{"one column", "a.csv", "a\n1\n\"\"\n2\n", Options{}},
		{"words", "a.csv", "a,b\n001,'x'\n002, x\n,x \n010,\n", Options{}},
	}
	for _, tt := range tests {
		first := fileWith(t, tt.file, tt.in, tt.opt)
		one := writeCSV(t, first, CSVOptions{})
		for jobs := 1; jobs <= 3; jobs++ {
			opt := tt.opt
			opt.Jobs = jobs
			second := fileWith(t, "second.csv", one, opt)
			if again := writeCSV(t, second, CSVOptions{}); again != one {
				t.Errorf("%s: writing again with %d workers gives other bytes", tt.name, jobs)
			}
			sameTable(t, tt.name, tableOf(t, second), tableOf(t, first))
		}
		fromTable := fileWith(t, "table.csv", writeCSV(t, tableOf(t, first), CSVOptions{}), tt.opt)
		sameTable(t, tt.name+" from memory", tableOf(t, fromTable), tableOf(t, first))
	}
}

func TestWriteCSVOfFilteredRows(t *testing.T) {
	f := openFilterData(t)
	w, err := Where(f, `src_bytes > 5`)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Select(w, []string{"note", "n", "src_bytes"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := writeCSV(t, s, CSVOptions{}), "note,n,src_bytes\n,3,700\nFIFTH,5,1e9\né,6,7\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	w, err = Where(f, `src_bytes > 1e10`)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if rows, err := WriteCSV(context.Background(), w, &b, CSVOptions{}); !errors.Is(err, ErrNoData) || rows != 0 {
		t.Errorf("no row is left, but WriteCSV gives %d, %v", rows, err)
	}
}

type failingWriter struct{ room int }

var errDiskFull = errors.New("no space left")

func (w *failingWriter) Write(b []byte) (int, error) {
	if w.room -= len(b); w.room < 0 {
		return 0, errDiskFull
	}
	return len(b), nil
}

func TestWriteCSVErrors(t *testing.T) {
	f := openFilterData(t)
	for room := range 3 {
		_, err := WriteCSV(context.Background(), f, &failingWriter{room: room * 130}, CSVOptions{})
		if !errors.Is(err, errDiskFull) || !strings.HasPrefix(err.Error(), "writing CSV: ") {
			t.Errorf("a full disk gives %v", err)
		}
	}
	for _, c := range []byte{'\n', '\r', '"', 0x80} {
		if _, err := WriteCSV(context.Background(), f, &bytes.Buffer{}, CSVOptions{Delimiter: c}); err == nil {
			t.Errorf("%q is accepted as a delimiter", c)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := WriteCSV(ctx, f, &bytes.Buffer{}, CSVOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled conversion gives %v", err)
	}
}

func ExampleWriteCSV() {
	path := exampleFile("#separator \\x09\n#unset_field\t-\n#fields\tproto\tservice\torig_bytes\n#types\tenum\tstring\tcount\ntcp\tssl\t517\nudp\t-\t-\n")
	defer os.Remove(path)
	f, err := Open(context.Background(), path, Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	rows, err := WriteCSV(context.Background(), f, os.Stdout, CSVOptions{})
	fmt.Println(rows, err)
	// Output:
	// proto,service,orig_bytes
	// tcp,ssl,517
	// udp,,
	// 2 <nil>
}

// Whatever table can be read: what is written reads as the same table, and
// writing that gives the same bytes.
func FuzzWriteCSV(f *testing.F) {
	for _, text := range []string{
		"a,b\n1,x\n2,\"y,\"\"z\"\n", "a\n1\n\nNA\n", "a;b\n1;NaN\n", "x,x,\n1,2,3\n", "a,b\r\n1,\"x\r\ny\"\r\n", "#fields\ta\tb\n1\t-\n",
		"{\"a\":1}\n{\"b\":\"=x\"}\n", "@relation r\n@attribute a numeric\n@data\n1\n", "a,b\n-0,1e400\n+.5,inf\n", "\ufeffa,b\n2018-09-21,1\n", "1,2\n3,4\n", "a,a,", "@relation r\n@data\n1\n",
	} {
		f.Add(text, byte(','))
	}
	f.Fuzz(func(t *testing.T, text string, comma byte) {
		opt := Options{MaxBad: 1, Jobs: 2}
		first, ok := openFuzz(t, text, opt)
		if !ok {
			return
		}
		want, err := Load(context.Background(), first)
		if err != nil || want.Rows() == 0 { // all rows are bad
			return
		}
		var one, two bytes.Buffer
		if _, err := WriteCSV(context.Background(), first, &one, CSVOptions{Delimiter: comma}); err != nil {
			if comma < 0x80 && !strings.ContainsRune("\n\r\"", rune(comma)) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if comma == 0 {
			comma = ','
		}
		second, ok := openFuzz(t, one.String(), Options{MaxBad: 1, Header: HeaderYes, Delimiter: comma})
		if !ok {
			if strings.ContainsFunc(one.String(), func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' }) {
				return // JSON may hold characters that no text may
			}
			t.Fatalf("%q is written as %q, which cannot be read", text, one.String())
		}
		if first.d.format == CSV { // the other formats may declare kinds
			sameTable(t, fmt.Sprintf("%q, %q", text, one.String()), tableOf(t, second), want)
		}
		if _, err := WriteCSV(context.Background(), second, &two, CSVOptions{Delimiter: comma}); err != nil || two.String() != one.String() {
			t.Errorf("%q is written as %q, and that as %q, %v", text, one.String(), two.String(), err)
		}
	})
}

func openFuzz(t *testing.T, text string, opt Options) (*File, bool) {
	path := t.TempDir() + "/fuzz"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(context.Background(), path, opt)
	if err != nil {
		return nil, false
	}
	t.Cleanup(func() { f.Close() })
	return f, true
}

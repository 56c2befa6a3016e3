package dataset

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// readings are texts with the cells and lines that they must give.
var readings = []struct {
	name, text string
	opt        Options
	header     string
	rows       []string
	lines      []int64
	bad        int64
	listed     string // the first problem
}{
	{name: "commas", text: "a,b\n1,x\n2,y\n", header: "a|b", rows: []string{"1|x", "2|y"}, lines: []int64{2, 3}},
	{name: "tabs", text: "a\tb\n1,5\tx\n2\ty\n", header: "a|b", rows: []string{"1,5|x", "2|y"}, lines: []int64{2, 3}},
	{name: "semicolons", text: "a;b\n1;x\n2;y\n", header: "a|b", rows: []string{"1|x", "2|y"}, lines: []int64{2, 3}},
	{name: "bars", text: "a|b\n1|x\n2|y\n", header: "a|b", rows: []string{"1|x", "2|y"}, lines: []int64{2, 3}},
	{name: "decimal commas", text: "a;b\n1,5;2,5\n3,5;4,5\n", header: "a|b", rows: []string{"1,5|2,5", "3,5|4,5"}, lines: []int64{2, 3}},
	{name: "delimiter given", text: "a:b\n1:x\n", opt: Options{Delimiter: ':'}, header: "a|b", rows: []string{"1|x"}, lines: []int64{2}},
	{name: "no header", text: "1,x\n2,y\n", header: "column_1|column_2", rows: []string{"1|x", "2|y"}, lines: []int64{1, 2}},
	{name: "no header, as told", text: "a,b\nc,d\n", opt: Options{Header: HeaderNo}, header: "column_1|column_2", rows: []string{"a|b", "c|d"}, lines: []int64{1, 2}},
	{name: "words as header, as told", text: "1,2\n3,4\n", opt: Options{Header: HeaderYes}, header: "1|2", rows: []string{"3|4"}, lines: []int64{2}},
	{name: "first row repeats below", text: "tcp,x\nudp,y\ntcp,z\n", header: "column_1|column_2", rows: []string{"tcp|x", "udp|y", "tcp|z"}, lines: []int64{1, 2, 3}},
	{name: "byte-order mark", text: "\ufeffa,b\n1,x\n", header: "a|b", rows: []string{"1|x"}, lines: []int64{2}},
	{name: "byte-order mark and quote", text: "\ufeff\"a\",b\n1,x\n", header: "a|b", rows: []string{"1|x"}, lines: []int64{2}},
	{name: "byte-order mark, no header", text: "\ufeff1,x\n2,y\n", header: "column_1|column_2", rows: []string{"1|x", "2|y"}, lines: []int64{1, 2}},
	{name: "carriage returns", text: "a,b\r\n1,x\r\n2,y\r\n", header: "a|b", rows: []string{"1|x", "2|y"}, lines: []int64{2, 3}},
	{name: "carriage return at the end", text: "a,b\r\n1,x\r", header: "a|b", rows: []string{"1|x"}, lines: []int64{2}},
	{name: "carriage return inside", text: "a,b\n1,x\ry\n", header: "a|b", rows: []string{"1|x\ry"}, lines: []int64{2}},
	{name: "mixed line ends", text: "a,b\r\n1,x\n2,y\r\n3,z\n", header: "a|b", rows: []string{"1|x", "2|y", "3|z"}, lines: []int64{2, 3, 4}},
	{name: "quoted", text: "a,b\n1,\"x, y\"\n\"2\",\"\"\n", header: "a|b", rows: []string{"1|x, y", "2|"}, lines: []int64{2, 3}},
	{name: "quoted newlines", text: "a,b\n1,\"x\ny\n\nz\"\n2,w\n", header: "a|b", rows: []string{"1|x\ny\n\nz", "2|w"}, lines: []int64{2, 6}},
	{name: "quoted newlines, carriage returns", text: "a,b\r\n1,\"x\r\ny\"\r\n2,w\r\n", header: "a|b", rows: []string{"1|x\r\ny", "2|w"}, lines: []int64{2, 4}},
	{name: "doubled quotes", text: "a,b\n1,\"say \"\"hi\"\"\"\n2,\"\"\"\"\n", header: "a|b", rows: []string{`1|say "hi"`, `2|"`}, lines: []int64{2, 3}},
	{name: "quotes inside cells", text: "a,b\n1,5\" disk\n2,it\"\"s\n3,x\"\n", header: "a|b", rows: []string{`1|5" disk`, `2|it""s`, `3|x"`}, lines: []int64{2, 3, 4}},
	{name: "text behind a closing quote", text: "a,b\n1,\"x\"y\n\"2\"3,z\n", header: "a|b", rows: []string{"1|xy", "23|z"}, lines: []int64{2, 3}},
	{name: "quotes are text", text: "a,b\n1,\"x\n2,y\"\n", opt: Options{NoQuotes: true}, header: "a|b", rows: []string{`1|"x`, `2|y"`}, lines: []int64{2, 3}},
	{name: "quoted header", text: "\"a, b\",\"c\nd\"\n1,x\n", header: "a, b|c\nd", rows: []string{"1|x"}, lines: []int64{3}},
	{name: "blank lines", text: "\na,b\n\n1,x\n\n\n2,y\n\n", header: "a|b", rows: []string{"1|x", "2|y"}, lines: []int64{4, 7}},
	{name: "blank lines, carriage returns", text: "a,b\r\n\r\n1,x\r\n\r\n2,y\r\n", header: "a|b", rows: []string{"1|x", "2|y"}, lines: []int64{3, 5}},
	{name: "lines of white space", text: "a,b\n1,x\n  \t \n2,y\n", header: "a|b", rows: []string{"1|x", "2|y"}, lines: []int64{2, 4}},
	{name: "no final newline", text: "a,b\n1,x\n2,y", header: "a|b", rows: []string{"1|x", "2|y"}, lines: []int64{2, 3}},
	{name: "empty last cell, no final newline", text: "a,b\n1,x\n2,", header: "a|b", rows: []string{"1|x", "2|"}, lines: []int64{2, 3}},
	{name: "empty cells", text: "a,b,c\n,,\n1,,\n,,2\n", header: "a|b|c", rows: []string{"||", "1||", "||2"}, lines: []int64{2, 3, 4}},
	{name: "one column", text: "a\n1\n2\n3\n", header: "a", rows: []string{"1", "2", "3"}, lines: []int64{2, 3, 4}},
	{name: "one column of words", text: "name\nx, y and z\nw\n", opt: Options{Delimiter: ';'}, header: "name", rows: []string{"x, y and z", "w"}, lines: []int64{2, 3}},
	{name: "one column, blank lines and blanks", text: "a\n1\n\n \n2\n", header: "a", rows: []string{"1", " ", "2"}, lines: []int64{2, 4, 5}},
	{name: "one column, no header", text: "1\n2\n", header: "column_1", rows: []string{"1", "2"}, lines: []int64{1, 2}},
	{name: "white space is kept", text: "a,b\n1, x \n2,  \n", header: "a|b", rows: []string{"1| x ", "2|  "}, lines: []int64{2, 3}},
	{name: "duplicate and empty names", text: "a,a,,b\n1,2,3,4\n", header: "a|a_2|column_3|b", rows: []string{"1|2|3|4"}, lines: []int64{2}},
	{name: "Unicode", text: "ä,β\n日本,🚨\n", header: "ä|β", rows: []string{"日本|🚨"}, lines: []int64{2}},
	{name: "too few cells", text: "a,b,c\n1,2,3\n4,5\n6,7,8\n", opt: Options{MaxBad: 0.5}, header: "a|b|c", rows: []string{"1|2|3", "6|7|8"}, lines: []int64{2, 4},
		bad: 1, listed: "t.csv:3: too few cells: 2 where the header has 3"},
	{name: "too many cells", text: "a,b\n1,2\n4,5,6,7\n6,7\n", opt: Options{MaxBad: 0.5}, header: "a|b", rows: []string{"1|2", "6|7"}, lines: []int64{2, 4},
		bad: 1, listed: "t.csv:3: too many cells: 4 where the header has 2"},
	{name: "ragged both ways", text: "a,b\n1,2\n3\n4,5,6\n7,8\n", opt: Options{MaxBad: 0.5}, header: "a|b", rows: []string{"1|2", "7|8"}, lines: []int64{2, 5},
		bad: 2, listed: "t.csv:3: too few cells: 1 where the header has 2"},
	{name: "ragged rows that fit together", text: "a,b,c\n1,2\n3,4,5,6\n7,8,9\n", opt: Options{MaxBad: 0.9}, header: "a|b|c", rows: []string{"7|8|9"}, lines: []int64{4},
		bad: 2, listed: "t.csv:2: too few cells: 2 where the header has 3"},
	{name: "ragged last row", text: "a,b\n1,2\n3,4\n5", opt: Options{MaxBad: 0.5}, header: "a|b", rows: []string{"1|2", "3|4"}, lines: []int64{2, 3},
		bad: 1, listed: "t.csv:4: too few cells: 1 where the header has 2"},
	{name: "not UTF-8", text: "a,b\n1,Web Attack \x96 XSS\n2,caf\xe9\n3,caf\u00e9\n", header: "a|b", rows: []string{"1|Web Attack – XSS", "2|café", "3|café"}, lines: []int64{2, 3, 4},
		listed: `t.csv:2: column "b": the text is not UTF-8; it was read as Windows-1252`},
	{name: "header not UTF-8", text: "gr\xfc\xdfe,b\n1,2\n", header: "grüße|b", rows: []string{"1|2"}, lines: []int64{2}},
	{name: "NUL later", text: "a,b\n1,x\n2,\x00\n3,z\n" + strings.Repeat("4,w\n", headSize/4), opt: Options{MaxBad: 0.5}, header: "a|b"},
}

func TestReadCSV(t *testing.T) {
	for _, c := range readings {
		if c.rows == nil {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			for _, size := range sizes {
				for _, jobs := range []int{1, 3} {
					c.opt.Jobs = jobs
					f := openText(t, "t.csv", c.text, c.opt)
					f.chunk, f.block = size.chunk, size.block
					rows := scanRows(t, f)
					where := fmt.Sprintf("chunk %d, block %d, %d jobs", size.chunk, size.block, jobs)
					if got := strings.Join(f.Schema().Names(), "|"); got != c.header {
						t.Errorf("%s: header %q, want %q", where, got, c.header)
					}
					if got := joined(rows); !slices.Equal(got, c.rows) {
						t.Errorf("%s: rows %q, want %q", where, got, c.rows)
					}
					if got := linesOf(rows); !slices.Equal(got, c.lines) {
						t.Errorf("%s: lines %d, want %d", where, got, c.lines)
					}
					checkProblems(t, where, f, c.bad, c.listed)
				}
			}
		})
	}
}

func checkProblems(t *testing.T, where string, f *File, bad int64, listed string) {
	t.Helper()
	p := f.Problems()
	if p.BadRows != bad {
		t.Errorf("%s: %d bad rows, want %d", where, p.BadRows, bad)
	}
	first := ""
	if len(p.Listed) > 0 {
		first = strings.TrimPrefix(p.Listed[0].Error(), strings.TrimSuffix(f.Path(), "t.csv"))
	}
	if first != listed {
		t.Errorf("%s: listed %q, want %q", where, first, listed)
	}
}

// TestReadCSVErrors holds what cannot be read to a sentence with its place.
func TestReadCSVErrors(t *testing.T) {
	many := strings.Repeat("1,2\n", 200)
	for _, c := range []struct {
		name, text string
		opt        Options
		is         error
		want       string
	}{
		{"empty", "", Options{}, ErrEmpty, "t.csv: the file is empty"},
		{"white space only", " \n\t\r\n\n", Options{}, ErrEmpty, "t.csv: the file is empty"},
		{"byte-order mark only", "\ufeff", Options{}, ErrEmpty, "t.csv: the file is empty"},
		{"header only", "a,b\n", Options{}, ErrNoRows, "t.csv: there is a header but no row below it"},
		{"header of many columns only", "a,b,c,d\n", Options{}, ErrNoRows, "t.csv: there is a header but no row below it"},
		{"header only, no newline", "a,b", Options{}, ErrNoRows, "t.csv: there is a header but no row below it"},
		{"header and blank lines", "a,b\n\n\n", Options{}, ErrNoRows, "t.csv: there is a header but no row below it"},
		{"binary", "\x7fELF\x02\x01\x01\x00\x00", Options{}, ErrBinary, "t.csv: this is not a text file: byte 0x02 at offset 4"},
		{"NUL in the head", "a,b\n1,\x00\n", Options{}, ErrBinary, "t.csv: this is not a text file: byte 0x00 at offset 6"},
		{"Parquet", "PAR1\x15\x04", Options{}, ErrBinary, "it is a Parquet file"},
		{"capture", "\xd4\xc3\xb2\xa1\x02\x00", Options{}, ErrBinary, "it is a packet capture"},
		{"UTF-16", "\xff\xfea\x00,\x00b\x00", Options{}, nil, "the text is UTF-16; save it as UTF-8 first"},
		{"old Macintosh", "a,b\r1,2\r3,4\r", Options{}, nil, "carriage returns only"},
		{"JSON array", "[\n{\"a\":1}]", Options{}, nil, "one JSON array"},
		{"too many bad rows", "a,b\n" + many + "3\n4\n5\n", Options{}, ErrTooBad,
			"too many bad rows: 3 of 203 (1.5 %), more than the 1 % that --max-bad allows; the first: "},
		{"the first bad row is named", "a,b\n" + many + "3\n4\n5\n", Options{}, ErrTooBad, "t.csv:202: too few cells: 1 where the header has 2"},
		{"all rows bad", "a,b\n1\n2\n", Options{}, ErrTooBad, "2 of 2 (100.0 %)"},
		{"strict row", "a,b\n" + many + "3\n", Options{Strict: true}, nil, "t.csv:202: too few cells: 1 where the header has 2"},
		{"strict cell", "a,b\n" + many + "3,x\n", Options{Strict: true}, nil, `t.csv:202: column "b": "x" is not a number`},
		{"strict encoding", "a,b\n" + many + "3,\xff\n", Options{Strict: true}, nil, `t.csv:202: column "b": the text is not UTF-8`},
		{"open quote", "a,b\n1,x\n2,\"y\n3,z\n", Options{}, ErrTooLong, `t.csv:3: column "b": a record is too long: the quoted cell that begins here is not closed`},
		{"open quote behind quoted newlines", "a,b\n1,\"x\n\n\"\n2,\"y\n3,z\n", Options{}, ErrTooLong, `t.csv:5: column "b": `},
		{"open quote in the first column", "a,b\n1,x\n\"2,y\n3,z\n", Options{}, ErrTooLong, `t.csv:3: column "a": `},
		{"negative share", "a,b\n1,2\n", Options{MaxBad: -1}, nil, "the largest share of bad rows must lie between 0 and 1, not -1"},
		{"negative jobs", "a,b\n1,2\n", Options{Jobs: -1}, nil, "the number of workers cannot be negative (-1)"},
		{"newline as delimiter", "a,b\n1,2\n", Options{Delimiter: '\n'}, nil, `"\n" cannot delimit cells`},
		{"unknown label", "a,b\n1,2\n", Options{Label: "c"}, nil, `--label: no column "c"`},
		{"unknown typed column", "a,b\n1,2\n", Options{Types: map[string]Kind{"c": Number}}, nil, `--type c=number: no column "c"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := readError(t, "t.csv", c.text, c.opt)
			if err == nil {
				return
			}
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v is not %q", err, c.is)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q, want %q in it", err, c.want)
			}
		})
	}
}

// TestStrictBelievesTheWholeColumn: a word in a column that looks like numbers
// at first is no error if the column turns out to hold words.
func TestStrictBelievesTheWholeColumn(t *testing.T) {
	f := openText(t, "t.csv", "a,b\n"+strings.Repeat("1,2\n", headSize/4)+strings.Repeat("1,x\n", headSize/8), Options{Strict: true})
	if err := f.Scan(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := kindsOf(f.Schema()); got != "a:number b:category" && got != "a:flag b:category" {
		t.Errorf("kinds %s", got)
	}
}

func TestNULLaterInTheFile(t *testing.T) {
	f := openText(t, "t.csv", "a,b\n"+strings.Repeat("1,x\n", headSize/4)+"2,y\x00z\n3,w\n", Options{})
	rows := scanRows(t, f)
	if got := rows[len(rows)-1]; got.line != headSize/4+3 || got.text[1] != "w" {
		t.Errorf("last row %v", got)
	}
	p := f.Problems()
	if p.BadRows != 1 || len(p.Listed) != 1 || p.Listed[0].Line != headSize/4+2 || p.Listed[0].Err != errNUL {
		t.Errorf("problems %+v", p)
	}
}

// TestLongRecords: a record may be larger than a chunk, but not endless.
func TestLongRecords(t *testing.T) {
	long := strings.Repeat("x", 5<<20)
	f := openText(t, "t.csv", "a,b\n1,\""+long+"\n\"\n2,"+long+"\n3,y\n", Options{})
	rows := scanRows(t, f)
	if len(rows) != 3 || rows[0].text[1] != long+"\n" || rows[1].text[1] != long || rows[2].line != 5 {
		t.Errorf("%d rows", len(rows))
	}
	endless := strings.Repeat("x", 20<<20)
	for _, c := range []struct{ text, want string }{
		{"a,b\n1,y\n2," + endless + "\n", ":3: a record is too long: it is over 16 MiB"},
		{"a,b\n1,y\n2,\"" + endless + "\"\n", `:3: column "b": a record is too long: the quoted cell that begins here is not closed`},
		{endless, "a record is too long: the first has no end within 1024 KiB"},
	} {
		if err := readError(t, "t.csv", c.text, Options{}); err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, ErrTooLong) {
			t.Errorf("error %v, want %q in it", err, c.want)
		}
	}
}

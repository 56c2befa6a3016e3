package dataset

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// zeekLog writes a log: lines of cells with blanks between, in which ~ stands
// for a blank. Lines that begin with # keep their first word apart.
func zeekLog(lines ...string) string {
	var b strings.Builder
	b.WriteString("#separator \\x09\n")
	for _, l := range lines {
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(l, " ", "\t"), "~", " "))
		b.WriteByte('\n')
	}
	return b.String()
}

var zeekReadings = []struct {
	name, text, kinds string
	rows              []string
	lines             []int64
	bad               int64
}{
	{name: "one header",
		text: zeekLog("#set_separator ,", "#empty_field (empty)", "#unset_field -", "#path conn", "#open 2018-09-21",
			"#fields ts id.orig_p proto duration", "#types time port enum interval",
			"1537522822.5 443 tcp 0.5", "1537522823.5 53 udp -", "#close 2018-09-22"),
		kinds: "ts:time id.orig_p:category proto:category duration:number",
		rows:  []string{"1537522822.5|443|tcp|0.5", "1537522823.5|53|udp|" + noValue}, lines: []int64{9, 10}},
	{name: "another unset field",
		text:  zeekLog("#unset_field none", "#empty_field (empty)", "#fields a b", "#types count string", "1 x", "none -", "3 (empty)"),
		kinds: "a:number b:category", rows: []string{"1|x", noValue + "|-", "3|" + noValue}, lines: []int64{6, 7, 8}},
	{name: "a long unset field",
		text:  zeekLog("#unset_field not~available", "#fields a", "#types count", "1", "not~available", "2"),
		kinds: "a:number", rows: []string{"1", noValue, "2"}, lines: []int64{5, 6, 7}},
	{name: "the header again",
		text: zeekLog("#unset_field -", "#fields a b", "#types count string", "1 x", "2 y", "#close 2018") +
			zeekLog("#unset_field -", "#fields a b", "#types count string", "3 z"),
		kinds: "a:number b:category", rows: []string{"1|x", "2|y", "3|z"}, lines: []int64{5, 6, 12}},
	{name: "fields in another order",
		text: zeekLog("#unset_field -", "#fields a b", "#types count string", "1 x") +
			zeekLog("#unset_field -", "#fields b a", "#types string count", "y 2", "- 3"),
		kinds: "a:number b:category", rows: []string{"1|x", "2|y", "3|" + noValue}, lines: []int64{5, 10, 11}},
	{name: "new fields in the middle, and old ones gone",
		text: zeekLog("#unset_field -", "#fields a b", "#types count string", "1 x") +
			zeekLog("#unset_field -", "#fields a c b", "#types count double string", "2 0.5 y", "3 z") +
			zeekLog("#unset_field -", "#fields c", "#types double", "1.5"),
		kinds: "a:number b:category c:number", rows: []string{"1|x|" + noValue, "2|y|0.5", noValue + "|" + noValue + "|1.5"},
		lines: []int64{5, 10, 16}, bad: 1},
	{name: "an extra first column",
		text:  zeekLog("#unset_field -", "#fields _node ts uid", "#types string time string", "n1 1537522822.5 C1", "n2 1537522823 C2"),
		kinds: "_node:category ts:time uid:category", rows: []string{"n1|1537522822.5|C1", "n2|1537522823|C2"}, lines: []int64{5, 6}},
	{name: "labels behind three blanks",
		text:  zeekLog("#unset_field -", "#fields a tunnel_parents~~~label~~~detailed-label", "#types count set[string]~~~string~~~string", "1 (x)~~~Malicious~~~C&C", "2 -~~~benign~~~-"),
		kinds: "a:number tunnel_parents:category label:category detailed-label:category",
		rows:  []string{"1|(x)|Malicious|C&C", "2|" + noValue + "|benign|" + noValue}, lines: []int64{5, 6}},
	{name: "labels behind three blanks, header again with another field",
		text: zeekLog("#unset_field -", "#fields a p~~~label", "1 x~~~Malicious") +
			zeekLog("#unset_field -", "#fields a b p~~~label", "2 7 y~~~benign"),
		kinds: "a:number p:category label:category b:number",
		rows:  []string{"1|x|Malicious|" + noValue, "2|y|benign|7"}, lines: []int64{4, 8}},
	{name: "blank lines and carriage returns",
		text:  strings.ReplaceAll(zeekLog("#unset_field -", "#fields a b", "", "1 x", "~", "2 y", ""), "\n", "\r\n"),
		kinds: "a:number b:category", rows: []string{"1|x", "2|y"}, lines: []int64{5, 7}},
	{name: "commas as separator",
		text:  "#separator ,\n#unset_field,-\n#fields,a,b\n1,x\n-,y\n",
		kinds: "a:flag b:category", rows: []string{"1|x", noValue + "|y"}, lines: []int64{4, 5}},
	{name: "duplicate fields in every header",
		text:  zeekLog("#unset_field -", "#fields a a", "1 2") + zeekLog("#unset_field -", "#fields a a", "3 4"),
		kinds: "a:number a_2:number", rows: []string{"1|2", "3|4"}, lines: []int64{4, 8}},
	{name: "quotes are text",
		text:  zeekLog("#unset_field -", "#fields a b", "1 \"x", "2 y\""),
		kinds: "a:number b:category", rows: []string{`1|"x`, `2|y"`}, lines: []int64{4, 5}},
}

// checkReading reads a text under all sizes of chunks.
func checkReading(t *testing.T, name, text, kinds string, rows []string, lines []int64, bad int64) {
	t.Helper()
	for _, size := range sizes {
		for _, jobs := range []int{1, 3} {
			f := openText(t, name, text, Options{MaxBad: 0.5, Jobs: jobs})
			f.chunk, f.block = size.chunk, size.block
			got := scanRows(t, f)
			where := fmt.Sprintf("chunk %d, block %d, %d jobs", size.chunk, size.block, jobs)
			if k := kindsOf(f.Schema()); k != kinds {
				t.Errorf("%s: kinds %s, want %s", where, k, kinds)
			}
			var values []string
			for i := range got {
				values = append(values, strings.Join(got[i].values, "|"))
			}
			if !slices.Equal(values, rows) {
				t.Errorf("%s: rows %q, want %q", where, values, rows)
			}
			if l := linesOf(got); !slices.Equal(l, lines) {
				t.Errorf("%s: lines %d, want %d", where, l, lines)
			}
			if p := f.Problems(); p.BadRows != bad {
				t.Errorf("%s: %d bad rows, want %d: %v", where, p.BadRows, bad, p.Listed)
			}
		}
	}
}

func TestReadZeek(t *testing.T) {
	for _, c := range zeekReadings {
		t.Run(c.name, func(t *testing.T) { checkReading(t, "conn.log", c.text, c.kinds, c.rows, c.lines, c.bad) })
	}
}

var jsonReadings = []struct {
	name, text, kinds string
	rows              []string
	lines             []int64
	bad               int64
}{
	{name: "flat", text: `{"ts":1537522822.5,"p":"tcp","n":3}` + "\n" + `{"ts":1537522823,"p":"udp","n":4}` + "\n",
		kinds: "ts:time p:category n:number", rows: []string{"1537522822.5|tcp|3", "1537522823|udp|4"}, lines: []int64{1, 2}},
	{name: "blanks, blank lines, carriage returns, no newline at the end",
		text:  "\n { \"a\" : 2 , \"b\" : \"x\" } \r\n\r\n{\"a\":3,\"b\":\"y\"}",
		kinds: "a:number b:category", rows: []string{"2|x", "3|y"}, lines: []int64{2, 4}},
	{name: "missing keys and null", text: `{"a":2,"b":"x"}` + "\n" + `{"b":"y"}` + "\n" + `{"a":null}` + "\n{}\n",
		kinds: "a:number b:category", rows: []string{"2|x", noValue + "|y", noValue + "|" + noValue, noValue + "|" + noValue}, lines: []int64{1, 2, 3, 4}},
	{name: "keys in another order", text: `{"a":2,"b":"x"}` + "\n" + `{"b":"y","a":3}` + "\n",
		kinds: "a:number b:category", rows: []string{"2|x", "3|y"}, lines: []int64{1, 2}},
	{name: "the last of several", text: `{"a":2,"a":3}` + "\n" + `{"a":4}` + "\n", kinds: "a:number", rows: []string{"3", "4"}, lines: []int64{1, 2}},
	{name: "nested", text: `{"id":{"orig_h":"10.0.0.1","port":[1,2]},"x":{}}` + "\n" + `{"id":{"orig_h":"10.0.0.2","deep":{"er":5}}}` + "\n",
		kinds: "id.orig_h:address id.port:category id.deep.er:number", rows: []string{"10.0.0.1|[1,2]|" + noValue, "10.0.0.2|" + noValue + "|5"}, lines: []int64{1, 2}},
	{name: "words of JSON", text: `{"a":true,"b":false,"c":"null"}` + "\n", kinds: "a:category b:category c:category", rows: []string{"T|F|null"}, lines: []int64{1}},
	{name: "numbers as written", text: `{"a":-1.50e3,"b":12345678901234567890}` + "\n", kinds: "a:number b:number", rows: []string{"-1500|12345678901234567000"}, lines: []int64{1}},
	{name: "escapes", text: `{"a":"x\ny\t\"z\"","k\u0065y":"\u65e5\ud83d\udea8\/"}` + "\n", kinds: "a:category key:category", rows: []string{"x\ny\t\"z\"|日🚨/"}, lines: []int64{1}},
	{name: "a broken line in the middle", text: `{"a":2}` + "\n" + `{"a":3,"new":` + "\n" + `{"a":4}` + "\n", kinds: "a:number", rows: []string{"2", "4"}, lines: []int64{1, 3}, bad: 1},
	{name: "other broken lines", text: `{"a":2}` + "\n[1]\n5\n{\"a\":3}}\n{\"a\":01}\n{'a':3}\n{\"a\":4}\n{\"a\":5}\n{\"a\":6}\n{\"a\":7}\n{\"a\":8}\n", kinds: "a:number",
		rows: []string{"2", "4", "5", "6", "7", "8"}, lines: []int64{1, 7, 8, 9, 10, 11}, bad: 5},
	{name: "byte-order mark", text: "\ufeff{\"a\":2}\n", kinds: "a:number", rows: []string{"2"}, lines: []int64{1}},
	{name: "not UTF-8", text: "{\"a\":\"caf\xe9\"}\n", kinds: "a:category", rows: []string{"café"}, lines: []int64{1}},
}

func TestReadJSON(t *testing.T) {
	for _, c := range jsonReadings {
		t.Run(c.name, func(t *testing.T) { checkReading(t, "conn.json", c.text, c.kinds, c.rows, c.lines, c.bad) })
	}
}

// TestLateKeys: a key that first appears far behind the head becomes a column,
// of any kind, and takes nothing from the columns there are.
func TestLateKeys(t *testing.T) {
	text := strings.Repeat(`{"class":"normal","n":7}`+"\n", headSize/10) + `{"late":0.5,"class":"dos","label":"x"}` + "\n" + `{"n":8,"later":"w"}` + "\n"
	for _, jobs := range []int{1, 3} {
		f := openText(t, "t.json", text, Options{Jobs: jobs})
		table := load(t, f)
		if got, want := kindsOf(table.Schema()), "class:category n:number late:number label:category later:category"; got != want {
			t.Errorf("kinds %s, want %s", got, want)
		}
		last := int64(headSize/10) + 1
		if got := table.Cell(last-1, 2) + table.Cell(last, 4) + table.Cell(last, 2); got != "0.5w" || table.Rows() != last+1 {
			t.Errorf("%q, %d rows", got, table.Rows())
		}
		if got := table.Schema().Label(); got != 0 {
			t.Errorf("the label is column %d", got)
		}
	}
}

func TestTooManyKeys(t *testing.T) {
	var b strings.Builder
	b.WriteString(strings.Repeat("{\"a\":1}\n", headSize/8+1))
	for i := range maxLate + 1 {
		fmt.Fprintf(&b, "{\"k%d\":1}\n", i)
	}
	err := readError(t, "t.json", b.String(), Options{})
	if err == nil || !strings.Contains(err.Error(), "more than 4096 different keys; are these records of one table?") {
		t.Errorf("error %v", err)
	}
}

const arffHead = "% a comment\n@RELATION 'two words'\n\n@ATTRIBUTE n NUMERIC\n@attribute 'p q' {tcp, 'u d p'}\n@attribute land {0,1}\n@attribute s string\n@DATA\n"

var arffReadings = []struct {
	name, text string
	rows       []string
	lines      []int64
	bad        int64
}{
	{name: "plain", text: "1,tcp,0,x\n2,tcp,1,y\n", rows: []string{"1|tcp|0|x", "2|tcp|1|y"}, lines: []int64{9, 10}},
	{name: "missing", text: "?,?,?,?\n2,tcp,1,y\n", rows: []string{"∅|∅|∅|∅", "2|tcp|1|y"}, lines: []int64{9, 10}},
	{name: "blanks and comments", text: "% one\n1 ,\ttcp,  0, x\n\n%two\n 2,tcp,1,y z\n", rows: []string{"1|tcp|0|x", "2|tcp|1|y z"}, lines: []int64{10, 13}},
	{name: "quotes", text: "1,'u d p',0,'it\\'s, so'\n2, \"tcp\" ,1, 'a''b'\n", rows: []string{"1|u d p|0|it's, so", "2|tcp|1|a'b"}, lines: []int64{9, 10}},
	{name: "bad rows", text: "1,tcp,0\n2,tcp,1,y\n3,tcp,1,y,z\n4,tcp,1,'y\n{0 1, 2 x}\n2,tcp,1,y\n2,tcp,1,y\n2,tcp,1,y\n",
		rows: []string{"2|tcp|1|y", "2|tcp|1|y", "2|tcp|1|y", "2|tcp|1|y"}, lines: []int64{10, 14, 15, 16}, bad: 4},
}

func TestReadARFF(t *testing.T) {
	kinds := "n:number p q:category land:category s:category"
	for _, c := range arffReadings {
		t.Run(c.name, func(t *testing.T) {
			checkReading(t, "t.arff", arffHead+c.text, kinds, c.rows, c.lines, c.bad)
			checkReading(t, "t.arff", strings.ReplaceAll(arffHead+c.text, "\n", "\r\n"), kinds, c.rows, c.lines, c.bad)
		})
	}
}

// TestFormatErrors holds what cannot be read in the other formats to a
// sentence.
func TestFormatErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"#separator \\x09\n#path conn\n1\t2\n", "the Zeek log has no #fields line"},
		{"#separator ab\n#fields\ta\n", `the Zeek log's #separator "ab" is not one character`},
		{zeekLog("#fields a", "#types count"), "there is a header but no row below it"},
		{zeekLog("#fields ts", "#types time", "XXX", "YYY"), `column "ts": "XXX" is not a time; too many bad rows: 2 of 2 cells`},
		{"{\"a\":\n1}\n", "line 1 looks like JSON but is not an object: the JSON object is not closed"},
		{"{}\n{}\n", "the first JSON objects are empty"},
		{"@relation x\n@attribute a numeric\n", "the ARFF file has no @data line"},
		{"@relation x\n@attribute 'a numeric\n@data\n1\n", "line 2: the quote around an attribute's name is not closed"},
		{"@relation x\n@attribute\n@data\n1\n", "line 3: the ARFF file has no @attribute before @data"},
		{"@relation x\n@attribute a numeric\n@data\n", "there is a header but no row below it"},
		{"@relation x\n@attribute a numeric\n@data\n{0 1}\n", "sparse ARFF rows, in braces, are not read"},
	} {
		if err := readError(t, "t", c.text, Options{}); err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %q, want %q in it", c.text, err, c.want)
		}
	}
}

// TestHeaderless: KDD files have no header, two or three columns that tell the
// truth, and labels with a point behind them in the oldest.
func TestHeaderless(t *testing.T) {
	const features = "0,tcp,http,SF,181,5450,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,8,8,0.00,0.00,0.00,0.00,1.00,0.00,0.00,9,9,1.00,0.00,0.11,0.00,0.00,0.00,0.00,0.00"
	for _, c := range []struct {
		truth   string
		columns int
		label   string
	}{{"", 41, ""}, {",normal.", 42, "normal."}, {",neptune", 42, "neptune"}, {",normal,21", 43, "normal"}} {
		f := openText(t, "KDDTrain+.txt", strings.Repeat(features+c.truth+"\n", 5), Options{})
		rows := scanRows(t, f)
		s := f.Schema()
		if s.Name != LayoutKDD || len(s.Columns) != c.columns || len(rows) != 5 || rows[0].line != 1 || rows[4].line != 5 {
			t.Errorf("%q: %s, %d columns, %d rows", c.truth, s.Name, len(s.Columns), len(rows))
		}
		label := s.Label()
		if (label >= 0) != (c.label != "") || label >= 0 && rows[2].values[label] != c.label {
			t.Errorf("%q: label in column %d", c.truth, label)
		}
		if got := s.Columns[0].Name + s.Columns[24].Name; got != "durationserror_rate" {
			t.Errorf("%q: names %s", c.truth, got)
		}
	}
	f := openText(t, "t.csv", strings.Repeat(features+",normal\n", 5), Options{Header: HeaderNo})
	if err := f.Scan(context.Background()); err != nil || f.Rows() != 5 {
		t.Errorf("told that there is no header: %d rows, %v", f.Rows(), err)
	}
}

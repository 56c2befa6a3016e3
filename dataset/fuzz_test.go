package dataset

import (
	"bytes"
	"context"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// readTwice reads a text in small pieces with several workers and as a whole
// with one, which must make no difference. It returns nil if the text cannot be
// read.
func readTwice(t *testing.T, text []byte, opt Options, chunk, block int) (*File, []gatheredRow) {
	t.Helper()
	var files [2]*File
	var rows [2]gatherer
	var errs [2]error
	for i, size := range []struct{ chunk, block, jobs int }{{1 << 14, 0, 1}, {chunk, block, 3}} {
		opt.Jobs = size.jobs
		if files[i], errs[i] = openMemory(text, opt); errs[i] == nil {
			files[i].chunk, files[i].block = size.chunk, size.block
			errs[i] = files[i].Scan(context.Background(), &rows[i])
		}
	}
	switch {
	case errs[0] == nil && errs[1] == nil:
	case errs[0] == nil || errs[1] == nil || errs[0].Error() != errs[1].Error():
		t.Fatalf("%q\nas a whole: %v\nin pieces: %v", text, errs[0], errs[1])
	default:
		return nil, nil
	}
	if len(rows[0].rows) != len(rows[1].rows) {
		t.Fatalf("%q: %d rows, in pieces %d", text, len(rows[0].rows), len(rows[1].rows))
	}
	for i := range rows[0].rows {
		if !reflect.DeepEqual(rows[0].rows[i], rows[1].rows[i]) {
			t.Fatalf("%q: row %d is %v, in pieces %v", text, i, rows[0].rows[i], rows[1].rows[i])
		}
	}
	compareFiles(t, files[1], files[0], "in pieces")
	return files[0], rows[0].rows
}

// rewrite writes cells so that they can be read again.
func rewrite(header []string, rows []gatheredRow) []byte {
	var b bytes.Buffer
	record := func(cells []string) {
		for i, cell := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		}
		b.WriteByte('\n')
	}
	record(header)
	for _, r := range rows {
		record(r.text)
	}
	return b.Bytes()
}

func FuzzReadCSV(f *testing.F) {
	for _, c := range readings {
		if len(c.text) < 1000 {
			f.Add([]byte(c.text), byte(c.opt.Header), c.opt.NoQuotes, byte(5), byte(9))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, header byte, noQuotes bool, chunk, block byte) {
		opt := Options{Header: HeaderMode(header % 3), NoQuotes: noQuotes, MaxBad: 1}
		file, rows := readTwice(t, text, opt, 1+int(chunk), 1+int(block))
		if file == nil || file.d.format != CSV {
			return
		}
		again, back := readTwice(t, rewrite(file.Schema().Names(), rows), Options{Header: HeaderYes, Delimiter: ',', MaxBad: 1}, 1+int(block), 1+int(chunk))
		if len(rows) == 0 && again == nil {
			return
		}
		if again == nil || len(back) != len(rows) || !slices.Equal(again.Schema().Names(), file.Schema().Names()) {
			t.Fatalf("%q: %d rows, written and read again %d", text, len(rows), len(back))
		}
		for i := range rows {
			if !slices.Equal(rows[i].text, back[i].text) {
				t.Fatalf("%q: row %d is %q, written and read again %q", text, i, rows[i].text, back[i].text)
			}
		}
	})
}

func FuzzReadZeek(f *testing.F) {
	for _, c := range zeekReadings {
		f.Add([]byte(c.text), byte(20), byte(9))
	}
	f.Fuzz(func(t *testing.T, text []byte, chunk, block byte) {
		readTwice(t, append([]byte("#separator \\x09\n"), text...), Options{MaxBad: 1}, 1+int(chunk), 1+int(block))
	})
}

func FuzzReadJSON(f *testing.F) {
	for _, c := range jsonReadings {
		f.Add([]byte(c.text), byte(20), byte(9))
	}
	f.Fuzz(func(t *testing.T, text []byte, chunk, block byte) {
		readTwice(t, append([]byte(`{"k":1}`+"\n"), text...), Options{MaxBad: 1}, 1+int(chunk), 1+int(block))
	})
}

// FuzzMembers holds the fast reader of flat objects to encoding/json.
func FuzzMembers(f *testing.F) {
	for _, c := range jsonReadings {
		for line := range strings.Lines(c.text) {
			f.Add([]byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		fast, ok := appendFlat(nil, line)
		if !ok || len(fast) == 0 || !utf8.Valid(line) {
			return
		}
		// A blank escape keeps the slow road from being avoided, and the value as it is.
		slow, err := appendMembers(nil, append([]byte(`{"\u0020":{},`), bytes.TrimSpace(line)[1:]...))
		if err != nil || !reflect.DeepEqual(textsOf(fast), textsOf(slow)) {
			t.Fatalf("%q: %q, encoding/json %q, %v", line, textsOf(fast), textsOf(slow), err)
		}
	})
}

func textsOf(members []jsonMember) (out []string) {
	for _, m := range members {
		out = append(out, string(m.key), string(m.value))
	}
	return out
}

func FuzzReadARFF(f *testing.F) {
	for _, c := range arffReadings {
		f.Add([]byte(arffHead+c.text), byte(20), byte(9))
	}
	f.Fuzz(func(t *testing.T, text []byte, chunk, block byte) {
		readTwice(t, append([]byte("@relation x\n"), text...), Options{MaxBad: 1}, 1+int(chunk), 1+int(block))
	})
}

func FuzzSniff(f *testing.F) {
	for _, text := range []string{smallTable, arffHead, zeekReadings[0].text, jsonReadings[0].text, "\ufeff;\n", "a\tb|c\n", "[1]", "%\n@relation"} {
		f.Add([]byte(text), true, byte(0))
		f.Add([]byte(text), false, byte('\t'))
	}
	f.Fuzz(func(t *testing.T, head []byte, whole bool, delimiter byte) {
		opt, err := Options{Delimiter: delimiter}.validate()
		if err != nil {
			return
		}
		d, err := sniff(head, whole, opt)
		switch {
		case err != nil && d != nil:
			t.Fatalf("a dialect and an error: %v", err)
		case err != nil:
		case len(d.header) == 0 || d.body < 0 || d.body > len(head) || d.line < 1:
			t.Fatalf("%+v", d)
		case d.body < len(head) && int64(bytes.Count(head[:d.body], newline)) != d.line-1:
			t.Fatalf("the body at %d is not on line %d", d.body, d.line)
		}
	})
}

// numberSpan lays the cells of a text, one a line, out as a column of two, so
// that every cell has a neighbour.
func numberSpan(text []byte) (s cellSpan, cells [][]byte) {
	buf := make([]byte, frontPad)
	ends := []uint32{frontPad - 1}
	for cell := range bytes.SplitSeq(text, newline) {
		for _, part := range [][]byte{cell, []byte("99")} {
			buf = append(buf, part...)
			ends = append(ends, uint32(len(buf)))
			buf = append(buf, ',')
		}
		cells = append(cells, cell)
	}
	return cellSpan{buf: buf, ends: ends, stride: 2, rows: len(cells)}, cells
}

// FuzzDecodeNumbers holds every way of decoding numbers to ParseNumber.
func FuzzDecodeNumbers(f *testing.F) {
	for _, text := range []string{"1\n2\n3", "0\n12345678\n007\n99999999", "0.25\n1.00\n9.99", "0.123456\n123.456789\n0.000000", "-1\n1e3\n\n?", ":\n/\n;", "0:25\n0.2/",
		"4294967295\n4294967294", "18446744074\n0.123456789", "0.1\n0.12\n0.123\n429496.7295", "-0\n+0\n.5\n5.", " 7\n7 ", "Infinity\n1e999\nabc", "12345678901234567890\n1"} {
		f.Add([]byte(text), byte(0), byte(0))
		f.Add([]byte(text), byte(2), byte(2))
		f.Add([]byte(text), byte(fixedPoint), byte(6))
		f.Add([]byte(text), byte(anyNumber), byte(6))
	}
	d := &dialect{comma: ','}
	f.Fuzz(func(t *testing.T, text []byte, path, scale byte) {
		s, cells := numberSpan(text)
		facts := &facts{}
		n := numberDecoder{path: numberPath(path % (byte(anyNumber) + 1)), decimals: scale % 8, scale: scale % (maxScale + 1), facts: facts}
		for range 3 {
			*facts = emptyFacts
			facts.cells = int64(len(cells))
			var v Vector
			n.decode(&v, &s, d)
			checkNumbers(t, &v, facts, cells)
		}
	})
}

var emptyFacts facts

// checkNumbers holds a decoded vector and the facts about it to the cells.
func checkNumbers(t *testing.T, v *Vector, f *facts, cells [][]byte) {
	t.Helper()
	var want facts
	missing := 0
	for j, cell := range cells {
		x, ok := ParseNumber(cell)
		got := v.Float(j)
		if math.Float64bits(got) != math.Float64bits(x) && (ok || !math.IsNaN(got)) {
			t.Fatalf("cell %d of %q is %v, want %v", j, cells, got, x)
		}
		if v.Ints != nil && v.Ints[j] != MissingInt && v.Ints[j]&^v.Or != 0 && v.Ints[j] > v.Or {
			t.Fatalf("cell %d of %q is %d beyond %d", j, cells, v.Ints[j], v.Or)
		}
		switch {
		case ok:
			want.ones = want.ones || x == 1
			want.beyondFlag = want.beyondFlag || x != 0 && x != 1
			want.leadingZero = want.leadingZero || leadingZero(cell)
			continue
		case IsMissing(cell):
		case IsInfinity(cell):
			want.infinite++
		default:
			want.bad++
		}
		missing++
	}
	if v.Missing != missing || f.missing != int64(missing) || f.bad != want.bad || f.infinite != want.infinite {
		t.Fatalf("%q: %d and %d missing, %d bad, %d infinite; want %d, %d, %d", cells, v.Missing, f.missing, f.bad, f.infinite, missing, want.bad, want.infinite)
	}
	if want.ones = want.ones && !want.beyondFlag; f.flag() != want.ones || f.beyondFlag != want.beyondFlag || f.leadingZero != want.leadingZero {
		t.Fatalf("%q: facts %+v, want %+v", cells, f, want)
	}
}

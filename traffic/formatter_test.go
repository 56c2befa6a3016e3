package traffic

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// everything are options that ask for all columns.
var everything = WriterOptions{
	Setting: Setting{Windows: PerHost, Services: ModernServices}, UID: true, CommunityID: true, Label: true,
}

func TestFormatterColumns(t *testing.T) {
	base := Columns()[:46]
	for _, tc := range []struct {
		o    WriterOptions
		want []string
	}{
		{WriterOptions{Label: true}, Columns()},
		{WriterOptions{}, base},
		{WriterOptions{UID: true}, slices.Insert(slices.Clone(base), 1, "uid")},
		{WriterOptions{CommunityID: true, Label: true}, append(slices.Clone(base), "community_id", "attack")},
		{WriterOptions{Setting: Setting{Windows: Documented}}, append(slices.Clone(base), "netanom_windows")},
		{everything, append(slices.Insert(slices.Clone(base), 1, "uid"), "community_id", "attack", "netanom_windows", "netanom_service_map")},
	} {
		f := NewFormatter(tc.o)
		if got := f.Columns(); !slices.Equal(got, tc.want) {
			t.Errorf("%+v: columns %v, want %v", tc.o, got, tc.want)
		}
		if got := f.Cells(&Record{}); len(got) != len(tc.want) {
			t.Errorf("%+v: %d cells, want %d", tc.o, len(got), len(tc.want))
		}
	}
}

// written returns the header and the line of a record, read back.
func written(t testing.TB, o WriterOptions, r *Record) map[string]string {
	t.Helper()
	var out bytes.Buffer
	w := NewWriterWith(&out, o)
	do(t, w.WriteHeader())
	do(t, w.Write(r))
	do(t, w.Flush())
	rows, err := csv.NewReader(&out).ReadAll()
	do(t, err)
	if len(rows) != 2 {
		t.Fatalf("%d lines, want 2", len(rows))
	}
	cells := map[string]string{}
	for i, name := range rows[0] {
		cells[name] = rows[1][i]
	}
	return cells
}

// TestWriterLacks: what is lacking is empty, and only that, whatever the source.
func TestWriterLacks(t *testing.T) {
	features := Columns()[5:46]
	for l := range Lack(16) {
		r := Record{Connection: Connection{Lacks: l, Content: Content{LoggedIn: true}}}
		told := l.Features()
		cells, zeros := written(t, WriterOptions{}, &r), written(t, WriterOptions{Zeros: true}, &r)
		for _, name := range features {
			if slices.Contains(told, name) == (cells[name] == "") {
				t.Errorf("lack %04b: %s is %q, told: %t", l, name, cells[name], slices.Contains(told, name))
			}
			if want := cells[name]; zeros[name] != want && (want != "" || zeros[name] != "0") {
				t.Errorf("lack %04b with zeros: %s is %q, want 0", l, name, zeros[name])
			}
		}
		if cells["logged_in"] != "1" {
			t.Errorf("lack %04b: logged_in is %q, want 1", l, cells["logged_in"])
		}
	}
}

func TestWriterText(t *testing.T) {
	for _, tc := range []struct{ text, escaped string }{
		{"", ""}, {"normal", "normal"}, {"a,b", "a,b"}, {`say "x"`, `say "x"`}, {"two\nlines", "two\nlines"}, {" x", " x"},
		{"=1+1", "'=1+1"}, {"+1", "'+1"}, {"-1", "'-1"}, {"@x", "'@x"}, {"\tx", "'\tx"}, {"=a,b", "'=a,b"}, {"a=b", "a=b"},
	} {
		r := Record{Connection: Connection{UID: tc.text, Label: tc.text}}
		if got := written(t, everything, &r); got["uid"] != tc.text || got["attack"] != tc.text {
			t.Errorf("%q read back as %q and %q", tc.text, got["uid"], got["attack"])
		}
		o := everything
		o.EscapeFormulas = true
		if got := written(t, o, &r); got["uid"] != tc.escaped || got["attack"] != tc.escaped {
			t.Errorf("%q escaped as %q and %q, want %q", tc.text, got["uid"], got["attack"], tc.escaped)
		}
	}
}

func TestWriterCells(t *testing.T) {
	r := Record{Connection: Connection{
		Src: netip.MustParseAddr("fe80::1%eth0,1"), Dst: netip.MustParseAddr("66.35.250.204"), DstPort: 443,
		Lacks: LacksContent | LacksFragment | LacksUrgent,
	}}
	got := written(t, everything, &r)
	for name, want := range map[string]string{
		"src_ip": "fe80::1", "service": "http", "urgent": "", "hot": "", "logged_in": "0", "count": "0",
		"community_id": r.CommunityID(0), "netanom_windows": "per-host", "netanom_service_map": "modern",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

// TestCellsAreTheCSV: three roads to the same text.
func TestCellsAreTheCSV(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for _, record := range counted(randomConnections(8, 500)) {
		record.UID, record.Label, record.Lacks = "C,1", "\"spy\"", Lack(r.IntN(16))
		o := everything
		o.UID, o.Label, o.CommunityID = r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0
		want := written(t, o, &record)

		f := NewFormatter(o)
		for i, cell := range f.Cells(&record) {
			if got := string(cell); got != want[f.columns[i]] {
				t.Fatalf("cell %s is %q, want %q", f.columns[i], got, want[f.columns[i]])
			}
		}
		for name, v := range objectOf(t, o, &record) {
			if got := fmt.Sprint(v); got != want[name] && (v != nil || want[name] != "") {
				t.Fatalf("%s is %v in JSON, want %q", name, v, want[name])
			}
		}
	}
}

// objectOf returns what the record is in JSON.
func objectOf(t testing.TB, o WriterOptions, r *Record) map[string]any {
	t.Helper()
	var out bytes.Buffer
	w := NewWriterWith(&out, o)
	do(t, w.WriteJSON(r))
	do(t, w.Flush())
	if !strings.HasSuffix(out.String(), "}\n") || strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("not one line: %q", out.String())
	}
	d := json.NewDecoder(&out)
	d.UseNumber()
	values := map[string]any{}
	do(t, d.Decode(&values))
	if len(values) != len(w.Columns()) {
		t.Fatalf("%d keys, want %d", len(values), len(w.Columns()))
	}
	return values
}

func TestWriteJSONKinds(t *testing.T) {
	r := Record{Connection: Connection{UID: "1e5", DstPort: 80, Lacks: LacksContent}, Features: Features{SerrorRate: 33}}
	values := objectOf(t, everything, &r)
	for name, want := range map[string]any{
		"uid": "1e5", "dst_port": json.Number("80"), "serror_rate": json.Number("0.33"), "hot": nil,
		"logged_in": json.Number("0"), "flag": "SF", "attack": nil, "netanom_windows": "per-host",
	} {
		if values[name] != want {
			t.Errorf("%s is %#v, want %#v", name, values[name], want)
		}
	}
}

// FuzzWriterText: whatever the text, CSV and JSON stay whole and say it.
func FuzzWriterText(f *testing.F) {
	for _, s := range []string{"normal", "=x,\"y\"", "a\r\nb", "\xff\x00", "ü\u2028", " ", "'"} {
		f.Add(s, int64(len(s))*1e15)
	}
	f.Fuzz(func(t *testing.T, text string, start int64) {
		r := Record{Connection: Connection{Start: start, UID: text, Label: text}}
		got := written(t, everything, &r)
		// Readers of CSV take the end of a line in a cell for one line feed.
		if want := strings.ReplaceAll(text, "\r\n", "\n"); got["uid"] != want || got["attack"] != want {
			t.Errorf("%q read back as %q and %q", text, got["uid"], got["attack"])
		}
		if want := strings.ToValidUTF8(text, "\ufffd"); text != "" && strings.ToValidUTF8(text, "") == text {
			if v := objectOf(t, everything, &r); v["uid"] != want || v["attack"] != want {
				t.Errorf("%q is %q and %q in JSON", text, v["uid"], v["attack"])
			}
		} else {
			objectOf(t, everything, &r)
		}
	})
}

func BenchmarkWriter(b *testing.B) {
	rs := benchmarkRecords()
	w := NewWriter(io.Discard)
	for i := 0; b.Loop(); i++ {
		if err := w.Write(&rs[i%len(rs)]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func benchmarkRecords() []Record {
	var w Windows
	cs := randomConnections(5, 4096)
	rs := make([]Record, len(cs))
	for i := range cs {
		rs[i] = Record{Connection: cs[i], Features: w.Add(&cs[i])}
		rs[i].UID, rs[i].SrcBytes, rs[i].DstBytes = "CHhAvVGS1DHFjwGM9", 300, 12345
	}
	return rs
}

func BenchmarkFormatter(b *testing.B) {
	rs := benchmarkRecords()
	for i := range rs {
		rs[i].Lacks = LacksContent | LacksFragment | LacksUrgent
	}
	w := NewWriterWith(io.Discard, WriterOptions{UID: true})
	for name, write := range map[string]func(*Record){
		"csv":   func(r *Record) { do(b, w.Write(r)) },
		"json":  func(r *Record) { do(b, w.WriteJSON(r)) },
		"cells": func(r *Record) { w.format.Cells(r) },
	} {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				write(&rs[i%len(rs)])
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

package dataset

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestTable(t *testing.T) {
	f := openText(t, "t.csv", "n,x,c,s,ts\n1,0.50,udp,id-1,2018-09-21\n\n,1e21,tcp,,\n-3,2,NA,id-3,2018-09-22 12:00:00.25\n",
		Options{Types: map[string]Kind{"s": Text}})
	table := load(t, f)
	if got, want := kindsOf(table.Schema()), "n:number x:number c:category s:text ts:time"; got != want {
		t.Fatalf("kinds %s, want %s", got, want)
	}
	want := []string{"1|0.5|udp|id-1|2018-09-21T00:00:00Z", "|1e+21|tcp||", "-3|2||id-3|2018-09-22T12:00:00.25Z"}
	for row := range want {
		var cells []string
		for c := range table.Schema().Columns {
			cells = append(cells, table.Cell(int64(row), c))
		}
		if got := strings.Join(cells, "|"); got != want[row] {
			t.Errorf("row %d is %s, want %s", row, got, want[row])
		}
	}
	for row, line := range map[int64]int64{0: 2, 1: 4, 2: 5, 3: 0, -1: 0} {
		if got := table.Line(row); got != line {
			t.Errorf("row %d is on line %d, want %d", row, got, line)
		}
	}
	if got := table.Cell(3, 0); got != "" {
		t.Errorf("a row that does not exist has the cell %q", got)
	}
	codes, err := table.Codes(2)
	if err != nil || !slices.Equal(codes, []uint32{1, 0, MissingCode}) {
		t.Errorf("codes %d, %v; want the order of the levels", codes, err)
	}
	if _, err := table.Codes(0); err == nil || err.Error() != `column "n" holds number cells, not levels` {
		t.Errorf("codes of numbers: %v", err)
	}
	if _, err := table.Floats(3); err == nil || err.Error() != `column "s" holds text cells, not numbers` {
		t.Errorf("numbers of a text: %v", err)
	}
	if p := table.Problems(); p.Columns[0].Missing != 1 {
		t.Errorf("problems %+v", p)
	}
}

// TestTableIsCompact: KDD records take less than two bytes a cell, and reals no
// more than eight and a half.
func TestTableIsCompact(t *testing.T) {
	for _, c := range []struct {
		text  []byte
		cells int64
		most  float64
	}{{kddText(10_000), 43 * 10_000, 2}, {wideText(10_000, 20), 20 * 10_000, 4.1}} {
		f, err := openMemory(c.text, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := float64(load(t, f).Bytes()) / float64(c.cells); got > c.most {
			t.Errorf("%.2f bytes a cell, want at most %v", got, c.most)
		}
	}
}

// TestTableForManyGoroutines: a table may be scanned by several at a time.
func TestTableForManyGoroutines(t *testing.T) {
	f := openText(t, "t.csv", manyRows(10_000), Options{Jobs: 2})
	f.chunk = 1000
	table := load(t, f)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			c := Counts{By: -1}
			if err := table.Scan(context.Background(), &c); err != nil || c.Rows() != 10_000 {
				t.Errorf("%d rows, %v", c.Rows(), err)
			}
			if tally, err := c.Tally(0, 0); err != nil || tally.Total() != 10_000 {
				t.Errorf("%d numbers, %v", tally.Total(), err)
			}
		})
	}
	group.Wait()
}

func TestDict(t *testing.T) {
	d := newDict()
	for i, level := range []string{"udp", "tcp", "udp", "", "ä"} {
		if got, want := d.add([]byte(level)), []uint32{0, 1, 0, 2, 3}[i]; got != want {
			t.Errorf("%q has code %d, want %d", level, got, want)
		}
	}
	if code, ok := d.Lookup("tcp"); code != 1 || !ok {
		t.Errorf("tcp is %d, %v", code, ok)
	}
	if _, ok := d.Lookup("icmp"); ok {
		t.Error("icmp was never added")
	}
	if got := d.Sorted(); !slices.Equal(got, []uint32{2, 1, 0, 3}) || d.Len() != 4 || d.Level(3) != "ä" {
		t.Errorf("sorted %d of %q", got, d.Levels())
	}
}

// TestDictCache: cells of all lengths keep apart, through all growth of the
// table, and several caches agree on the codes.
func TestDictCache(t *testing.T) {
	var cells []string
	for i := range 3000 {
		for _, pad := range []string{"", "x", "\x00", "1234567", "123456789012", strings.Repeat("long ", 5)} {
			cells = append(cells, pad+fmt.Sprint(i%1500))
		}
	}
	cells = append(cells, "", "\x00", "\x00\x00", "NA", "?", "12345678", "123456789", "1234567890123456", "12345678901234567")
	d := newDict()
	a, b := newDictCache(d, IsMissing), newDictCache(d, IsMissing)
	want := map[string]uint32{}
	for _, cache := range []*dictCache{a, b} {
		s, rows := numberSpan([]byte(strings.Join(cells, "\n")))
		out := make([]uint32, len(rows))
		missing := cache.decode(out, &s)
		cache.count(out)
		total := int64(0)
		for i, cell := range cells {
			if IsMissing([]byte(cell)) != (out[i] == MissingCode) {
				t.Fatalf("%q has code %d", cell, out[i])
			}
			if code, ok := want[cell]; ok && code != out[i] {
				t.Fatalf("%q has codes %d and %d", cell, code, out[i])
			}
			want[cell] = out[i]
			if out[i] != MissingCode && d.Level(out[i]) != cell {
				t.Fatalf("%q has the code of %q", cell, d.Level(out[i]))
			}
		}
		for _, n := range cache.counts {
			total += n
		}
		if missing != 3 || total != int64(len(cells)-3) || cache.most != d.Len() {
			t.Errorf("%d missing, %d counted, %d levels of %d", missing, total, cache.most, d.Len())
		}
	}
}

func TestShorten(t *testing.T) {
	for text, want := range map[string]string{
		"short":                        "short",
		strings.Repeat("a", 41):        strings.Repeat("a", 40) + "…",
		strings.Repeat("a", 39) + "日本": strings.Repeat("a", 39) + "…",
	} {
		if got := shorten([]byte(text)); got != want {
			t.Errorf("%q is shortened to %q, want %q", text, got, want)
		}
	}
}

// TestVectorFloat: scaled integers are the numbers they were written as.
func TestVectorFloat(t *testing.T) {
	v := Vector{Ints: []uint32{1, 25, MissingInt, 4294967294}, Scale: 9}
	got := v.AppendFloats(nil)
	for i, want := range []float64{1e-9, 2.5e-8, nan, 4.294967294} {
		if math.Float64bits(got[i]) != math.Float64bits(want) && want == want || math.Float64bits(v.Float(i)) != math.Float64bits(got[i]) && want == want {
			t.Errorf("%v and %v, want %v", got[i], v.Float(i), want)
		}
	}
	if x := (&Vector{Missing: 1}).Float(0); x == x {
		t.Errorf("a text is the number %v", x)
	}
}

// TestUnlikelyLabel: a column that is only named like a label is none if its
// cells are measurements.
func TestUnlikelyLabel(t *testing.T) {
	many := func(cell func(i int) string) string { return columnText("y", 200, cell) }
	for _, c := range []struct {
		text  string
		label int
	}{
		{many(func(i int) string { return fmt.Sprint(i % 2) }), 0},
		{many(func(i int) string { return fmt.Sprint(i) }), -1},
		{many(func(i int) string { return fmt.Sprint(float64(i%3) / 2) }), -1},
		{many(func(i int) string { return []string{"a", "b"}[i%2] }), 0},
	} {
		f := openText(t, "t.csv", c.text, Options{})
		if got := f.Schema().Label(); got != c.label {
			t.Errorf("%.20q: the label is column %d, want %d", c.text, got, c.label)
		}
	}
}

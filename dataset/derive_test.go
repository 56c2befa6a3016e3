package dataset

import (
	"context"
	"math"
	"runtime"
	"strings"
	"testing"
)

// deriveData has a column of every kind that can be derived from, with gaps. The
// clock stands still once.
const deriveData = `ts,src,service,a,b,note,attack
2026-01-01T00:00:00Z,10.0.0.1,http,0,4,x,normal
2026-01-01T00:00:01Z,10.0.0.1,dns,3,1,,normal
2026-01-01T00:00:01Z,10.0.0.2,http,5,0,y,neptune
2026-01-01T00:00:03Z,10.0.0.1,,-2,0,z,neptune
2026-01-01T00:00:11Z,10.0.0.1,smtp,,6,x,normal
`

// derivedCells derives one column and returns its cells, joined.
func derivedCells(t *testing.T, src Source, d Derivation) string {
	t.Helper()
	s, err := Derive(src, Recipe{Derivations: []Derivation{d}})
	if err != nil {
		t.Fatal(err)
	}
	table := tableOf(t, s)
	c := len(table.Schema().Columns) - 1
	var cells []string
	for row := range table.Rows() {
		cells = append(cells, table.Cell(row, c))
	}
	return strings.Join(cells, " ")
}

func TestDerive(t *testing.T) {
	log := func(x float64) string { return shortest(math.Log1p(x)) }
	tests := []struct {
		d    Derivation
		want string
	}{
		{Derivation{Op: OpLog1p, Inputs: []string{"a"}}, "0 " + log(3) + " " + log(5) + "  "},
		{Derivation{Op: OpTotal, Inputs: []string{"a", "b"}}, "4 4 5 -2 "},
		{Derivation{Op: OpDifference, Inputs: []string{"a", "b"}}, "-4 2 5 -2 "},
		{Derivation{Op: OpProduct, Inputs: []string{"a", "b"}}, "0 3 0 0 "},
		{Derivation{Op: OpRatio, Inputs: []string{"a", "b"}}, "0 3   "},
		{Derivation{Op: OpShare, Inputs: []string{"a", "b"}}, "0 0.75 1  "},
		{Derivation{Op: OpIsZero, Inputs: []string{"a"}}, "1 0 0 0 "},
		{Derivation{Op: OpIsMissing, Inputs: []string{"a"}}, "0 0 0 0 1"},
		{Derivation{Op: OpIsMissing, Inputs: []string{"service"}}, "0 0 0 1 0"},
		{Derivation{Op: OpIsMissing, Inputs: []string{"note"}}, "0 1 0 0 0"},
		{Derivation{Op: OpFrequency, Inputs: []string{"service"}, Levels: []string{"http", "dns"}, Shares: []float64{0.75, 0.25}}, "0.75 0.25 0.75  0"},
		{Derivation{Op: OpQuantileBin, Inputs: []string{"b"}, Edges: []float64{1, 4}}, "2: 1 to 4 1: up to 1 1: up to 1 1: up to 1 3: above 4"},
		{Derivation{Op: OpPair, Inputs: []string{"service", "src"}, Pairs: [][2]string{{"http", "10.0.0.1"}}}, "http & 10.0.0.1 (other) (other)  (other)"},

		{Derivation{Op: OpWindowCount, Seconds: 2}, "1 2 3 1 1"},
		{Derivation{Op: OpWindowCount, Seconds: 2.5}, "1 2 3 3 1"},
		{Derivation{Op: OpWindowCount, Seconds: 100, By: "src"}, "1 2 1 3 4"},
		{Derivation{Op: OpWindowCount, Rows: 3, By: "src"}, "1 2 1 2 2"},
		{Derivation{Op: OpWindowCount, Rows: 2}, "1 2 2 2 2"},
		{Derivation{Op: OpWindowDistinct, Inputs: []string{"service"}, Seconds: 5}, "1 2 2 2 1"},
		{Derivation{Op: OpWindowDistinct, Inputs: []string{"service"}, Seconds: 100, By: "src"}, "1 2 1 2 3"},
		{Derivation{Op: OpWindowMean, Inputs: []string{"a"}, Seconds: 2}, "0 1.5 " + shortest(8.0/3) + " -2 "},
		{Derivation{Op: OpWindowMean, Inputs: []string{"a"}, Rows: 2}, "0 1.5 4 1.5 -2"},
	}
	for _, tt := range tests {
		tt.d.Name = "new"
		f := openText(t, "t.csv", deriveData, Options{Types: map[string]Kind{"service": Category, "note": Text}})
		for _, src := range []Source{f, tableOf(t, f)} {
			if got := derivedCells(t, src, tt.d); got != tt.want {
				t.Errorf("%s of %v in a %T: %q, want %q", tt.d.Op, tt.d.Inputs, src, got, tt.want)
			}
		}
	}
}

// A derivation may build on an earlier one, and only what is asked for is made.
func TestDeriveChain(t *testing.T) {
	f := openText(t, "t.csv", deriveData, Options{})
	s, err := Derive(f, Recipe{Derivations: []Derivation{
		{Name: "both", Op: OpTotal, Inputs: []string{"a", "b"}},
		{Name: "recent", Op: OpWindowMean, Inputs: []string{"both"}, Seconds: 2},
		{Name: "part", Op: OpRatio, Inputs: []string{"a", "both"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := Where(s, "recent > 4 && ! isnull(part)")
	if err != nil {
		t.Fatal(err)
	}
	kept, err = Select(kept, []string{"part", "a"})
	if err != nil {
		t.Fatal(err)
	}
	table := tableOf(t, kept)
	if got := table.Cell(0, 0); table.Rows() != 1 || got != "1" {
		t.Errorf("%d rows, the first with part %q; want 1 with 1", table.Rows(), got)
	}
}

// Cells of the file are written as they stand there, whether or not rows have to
// wait for a window; new ones read back as the same value.
func TestDeriveWriteCSV(t *testing.T) {
	const text = "ts,a,s\n1767225600.50,0010.0,\"x, y\"\n1767225601,1e1,\n1767225602,NA,z\n"
	for _, d := range []Derivation{
		{Name: "new", Op: OpLog1p, Inputs: []string{"a"}},
		{Name: "new", Op: OpWindowMean, Inputs: []string{"a"}, Rows: 1},
	} {
		f := openText(t, "t.csv", text, Options{})
		s, err := Derive(f, Recipe{Derivations: []Derivation{d}})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if _, err := WriteCSV(context.Background(), s, &b, CSVOptions{}); err != nil {
			t.Fatal(err)
		}
		cell := "2.3978952727983707" // math.log1p(10) of Python 3
		if d.Op == OpWindowMean {
			cell = "10"
		}
		want := "ts,a,s,new\n1767225600.50,0010.0,\"x, y\"," + cell + "\n1767225601,1e1,," + cell + "\n1767225602,,z,\n"
		if b.String() != want {
			t.Errorf("%s wrote\n%swant\n%s", d.Op, &b, want)
		}
	}
}

// Windows see the rows in their order whatever the number of workers.
func TestDeriveWindowOrder(t *testing.T) {
	var text strings.Builder
	text.WriteString("n,key,x\n")
	for i := range 40000 {
		text.WriteString(shortest(float64(i)) + ",k" + shortest(float64(i*i%7)) + "," + shortest(float64(i%13)) + "\n")
	}
	recipe := Recipe{Derivations: []Derivation{
		{Name: "c", Op: OpWindowCount, Rows: 100, By: "key"},
		{Name: "m", Op: OpWindowMean, Inputs: []string{"x"}, Rows: 50, By: "key"},
		{Name: "d", Op: OpWindowDistinct, Inputs: []string{"key"}, Rows: 3},
	}}
	var first string
	for _, jobs := range []int{1, 2, 5, runtime.GOMAXPROCS(0)} {
		f := openText(t, "t.csv", text.String(), Options{Jobs: jobs, Types: map[string]Kind{"key": Category}})
		f.chunk = 7000
		s, err := Derive(f, recipe)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if _, err := WriteCSV(context.Background(), s, &b, CSVOptions{}); err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = b.String()
		}
		if b.String() != first {
			t.Errorf("%d workers write other cells than 1", jobs)
		}
	}
}

// What leaves a window leaves no rounding error behind.
func TestWindowMeanIsExact(t *testing.T) {
	const text = "x\n1e17\n0.1\n0.1\n0.3\n"
	got := derivedCells(t, openText(t, "t.csv", text, Options{}), Derivation{Name: "m", Op: OpWindowMean, Inputs: []string{"x"}, Rows: 2})
	if want := "100000000000000000 50000000000000000 0.1 0.2"; got != want {
		t.Errorf("means %s, want %s", got, want)
	}
}

func TestDeriveRefuses(t *testing.T) {
	tests := []struct {
		d    Derivation
		want string
	}{
		{Derivation{Op: OpLog1p, Inputs: []string{"aa"}}, `column "new" is made from "aa", which the table does not have; did you mean "a"`},
		{Derivation{Op: OpLog1p, Inputs: []string{"service"}}, `needs numbers, and "service" holds category cells`},
		{Derivation{Op: OpLog1p, Inputs: []string{"ts"}}, `needs numbers, and "ts" holds time cells`},
		{Derivation{Op: OpFrequency, Inputs: []string{"a"}, Levels: []string{"x"}, Shares: []float64{1}}, `needs levels, and "a" holds number cells`},
		{Derivation{Op: OpFrequency, Inputs: []string{"label"}, Levels: []string{"x"}, Shares: []float64{1}}, "the label itself"},
		{Derivation{Op: OpIsMissing, Inputs: []string{"attack_cat"}}, "gives the answer away"},
		{Derivation{Op: OpWindowCount, Rows: 3, By: "a"}, "holds number cells where levels are needed"},
		{Derivation{Op: OpWindowCount, Seconds: 3}, "row 3 is earlier than one before it"},
	}
	const text = "ts,service,a,label,attack_cat\n2026-01-01,x,1,normal,none\n2026-01-03,y,2,neptune,dos\n2026-01-02,x,3,normal,none\n"
	for _, tt := range tests {
		tt.d.Name = "new"
		f := openText(t, "t.csv", text, Options{})
		s, err := Derive(f, Recipe{Derivations: []Derivation{tt.d}})
		if err == nil {
			_, err = Load(context.Background(), s)
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s of %v by %q: error %v, want one with %q", tt.d.Op, tt.d.Inputs, tt.d.By, err, tt.want)
		}
	}
	f := openText(t, "t.csv", "a,b\n1,2\n2,3\n", Options{})
	for want, d := range map[string]Derivation{
		"has a column \"a\" already": {Name: "a", Op: OpIsZero, Inputs: []string{"b"}},
		"no time column":             {Name: "n", Op: OpWindowCount, Seconds: 5},
	} {
		if _, err := Derive(tableOf(t, f), Recipe{Derivations: []Derivation{d}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// BenchmarkDerive scans a table in memory with columns that look at one row, and
// with one that looks back.
func BenchmarkDerive(b *testing.B) {
	var text strings.Builder
	text.WriteString("a,b,s\n")
	for i := range 200000 {
		text.WriteString(shortest(float64(i*7919%10007)) + "," + shortest(float64(i%97)) + ",s" + shortest(float64(i%31)) + "\n")
	}
	f, err := openMemory([]byte(text.String()), Options{Types: map[string]Kind{"s": Category}})
	if err != nil {
		b.Fatal(err)
	}
	table := tableOf(b, f)
	for name, d := range map[string]Derivation{
		"share":  {Name: "new", Op: OpShare, Inputs: []string{"a", "b"}},
		"window": {Name: "new", Op: OpWindowMean, Inputs: []string{"a"}, By: "s", Rows: 1000},
	} {
		b.Run(name, func(b *testing.B) {
			src, err := Derive(table, Recipe{Derivations: []Derivation{d}})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := src.Scan(b.Context(), &Counts{By: -1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

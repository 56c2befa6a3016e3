package dataset

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

func frameOf(t testing.TB, table *Table) dataframe.DataFrame {
	t.Helper()
	df, err := table.DataFrame()
	if err != nil {
		t.Fatal(err)
	}
	return df
}

// A table becomes the same table again.
func TestDataFrameRoundTrip(t *testing.T) {
	var many strings.Builder // more than one batch
	many.WriteString("timestamp,x,word,uid\n")
	for i := range 10_000 {
		fmt.Fprintf(&many, "2018-09-21T10:00:%02d.%06dZ,%d.%d,w%d,C%d\n", i%60, i, i-5000, i%7, i%5, i)
	}
	tests := []struct {
		name, in string
		opt      Options
	}{
		{"kinds", "timestamp,host,word,x,flag,code,label\n2018-09-21 10:00,10.0.0.1,tcp,1.5,0,007,normal.\n2018-09-21 11:00:00.25,10.0.0.2,NA,,1,008,smurf.\n,,udp,-2,1,,normal.\n", Options{}},
		{"missing", "a,b,c\n1,,\nNA,x,\n?,y,\n", Options{}},
		{"numbers", "a,b\n-0,9007199254740992\n1e300,-9007199254740991\n5e-324,123456789012345680000\n0.1,0\n", Options{}},
		{"words", "a,b\nnan,true\nInf,false\nnull,None\nx y,é\n", Options{Types: map[string]Kind{"a": Category, "b": Category}}},
		{"number words", "port,b\n80,1\n443,2\n0080,3\n", Options{Types: map[string]Kind{"port": Category}}},
		{"many", many.String(), Options{}},
		{"kdd", "duration,protocol_type,service,flag,src_bytes,dst_bytes,land,su_attempted,count,attack\n0,tcp,http,SF,181,5450,0,2,8,normal.\n0,udp,http,S0,0,0,0,1,511,neptune.\n", Options{}},
	}
	for _, tt := range tests {
		want := tableOf(t, fileWith(t, "a.csv", tt.in, tt.opt))
		got, err := FromDataFrame(frameOf(t, want))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		sameTable(t, tt.name, got, want)
		if got.Line(0) != 0 {
			t.Errorf("%s: the first row is on line %d of no file", tt.name, got.Line(0))
		}
		for c := range want.Schema().Columns {
			a, b := &Counts{By: -1}, &Counts{By: -1}
			if err := got.Scan(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			if err := want.Scan(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			if a.Missing(c) != b.Missing(c) || got.Problems().Columns[c].Missing != b.Missing(c) {
				t.Errorf("%s: column %d misses %d cells, problems say %d, want %d", tt.name, c, a.Missing(c), got.Problems().Columns[c].Missing, b.Missing(c))
			}
		}
	}
}

func TestDataFrame(t *testing.T) {
	df := frameOf(t, tableOf(t, openFilterData(t)))
	want := map[string]series.Type{
		"n": series.Float, "ts": series.Float, "id.orig_h": series.String, "protocol": series.String, "logged_in": series.Float,
		"note": series.String, "empty": series.Float, "attack": series.String,
	}
	names, types := df.Names(), df.Types()
	if names[2] != "id.orig_h" || len(names) != 13 || df.Nrow() != 6 {
		t.Errorf("%d rows of the columns %q", df.Nrow(), names)
	}
	for i, name := range names {
		if w, ok := want[name]; ok && types[i] != w {
			t.Errorf("%s is a series of type %s, want %s", name, types[i], w)
		}
	}
	for _, missing := range []struct {
		row  int
		name string
	}{{2, "note"}, {3, "ts"}, {3, "src_bytes"}, {4, "protocol"}, {4, "id.orig_h"}, {0, "empty"}} {
		if e := df.Col(missing.name).Elem(missing.row); !e.IsNA() {
			t.Errorf("%s of row %d is %v, want it missing", missing.name, missing.row, e)
		}
	}
	if got := df.Col("ts").Elem(0).Float(); got != 1537522822.5 { // date -u -d 2018-09-21T09:40:22 +%s
		t.Errorf("the first time is %v", got)
	}
}

func TestFromDataFrame(t *testing.T) {
	df := dataframe.New(
		series.New([]int{1, 0, 1}, series.Int, "flag"),
		series.New([]int{1, 2, -3}, series.Int, "number"),
		series.New([]bool{false, false, false}, series.Bool, "bool"),
		series.New([]float64{0.5, math.Inf(-1), math.NaN()}, series.Float, "infinite"),
		series.New([]float64{1537522822, 1537522823, math.NaN()}, series.Float, "timestamp"),
		series.New([]string{"NA", "", "NaN"}, series.String, "words"),
		series.New([]string{"10.0.0.1", "::1", "NaN"}, series.String, "host"),
		series.New([]string{"1", "2", "3"}, series.String, "digits"),
		series.New([]float64{math.NaN(), math.NaN(), math.NaN()}, series.Float, "nothing"),
		series.New([]string{"NaN", "NaN", "NaN"}, series.String, "silence"),
		series.New([]string{"neptune", "normal", "normal"}, series.String, "attack"),
	)
	table, err := FromDataFrame(df)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		kind  Kind
		cells string
	}{
		{Flag, "1 0 1"}, {Number, "1 2 -3"}, {Flag, "0 0 0"}, {Number, "0.5 - -"},
		{Time, "2018-09-21T09:40:22Z 2018-09-21T09:40:23Z -"}, {Category, "NA - -"}, {Address, "10.0.0.1 ::1 -"},
		{Category, "1 2 3"}, {Unknown, "- - -"}, {Category, "- - -"}, {Category, "neptune normal normal"},
	}
	for c, w := range want {
		var cells []string
		for row := range table.Rows() {
			cell := table.Cell(row, c)
			if cell == "" {
				cell = "-"
			}
			cells = append(cells, cell)
		}
		col := table.Schema().Columns[c]
		if got := strings.Join(cells, " "); got != w.cells || col.Kind != w.kind {
			t.Errorf("%s is a %s with the cells %q, want a %s with %q", col.Name, col.Kind, got, w.kind, w.cells)
		}
	}
	p := table.Problems()
	if p.Infinite != 1 || p.Columns[3].Infinite != 1 || p.Columns[3].Missing != 2 || p.Columns[5].Missing != 2 {
		t.Errorf("problems are %+v", p)
	}
	if s := table.Schema(); s.Label() != 10 || s.Clock() != 4 {
		t.Errorf("the label is column %d and the clock %d, want 10 and 4", s.Label(), s.Clock())
	}
}

func TestFromDataFrameErrors(t *testing.T) {
	tests := []struct {
		name string
		df   dataframe.DataFrame
		want string
	}{
		{"error", dataframe.New(series.Floats([]float64{1}), series.Floats([]float64{1, 2})), "different dimensions"},
		{"empty", dataframe.DataFrame{}, "has no columns"},
		{"large integer", dataframe.New(series.New([]int{1, 1<<53 + 1}, series.Int, "id")), `column "id", row 2: the integer 9007199254740993 cannot be held exactly`},
		{"largest integer", dataframe.New(series.New([]int{math.MaxInt64}, series.Int, "id")), "cannot be held exactly"},
		{"not UTF-8", dataframe.New(series.New([]string{"a\xff"}, series.String, "s")), `column "s", row 1: the text is not valid UTF-8`},
	}
	for _, tt := range tests {
		if _, err := FromDataFrame(tt.df); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	exact := dataframe.New(series.New([]int{1 << 53, -(1 << 62)}, series.Int, "id"))
	table, err := FromDataFrame(exact)
	if err != nil {
		t.Fatal(err)
	}
	if x, ok := ParseNumber([]byte(table.Cell(1, 0))); !ok || x != -(1<<62) {
		t.Errorf("an exact integer comes back as %s", table.Cell(1, 0))
	}
	none, err := FromDataFrame(dataframe.New(series.New([]float64{}, series.Float, "x")))
	if err != nil || none.Rows() != 0 {
		t.Errorf("a dataframe without rows gives %v", err)
	}
}

func TestDataFrameTooLarge(t *testing.T) {
	table := &Table{schema: Recognise([]string{"a", "b", "c"}), rows: maxFrameCells/3 + 1}
	if _, err := table.DataFrame(); err == nil || !strings.Contains(err.Error(), "too many for a dataframe, which holds 16666666") {
		t.Errorf("got %v", err)
	}
}

func TestFromDataFrameManyWords(t *testing.T) {
	words := make([]string, maxLevels+2)
	for i := range words {
		words[i] = fmt.Sprint("w", i)
	}
	table, err := FromDataFrame(dataframe.New(series.New(words, series.String, "attack")))
	if err != nil {
		t.Fatal(err)
	}
	if kind := table.Schema().Columns[0].Kind; kind != Text || table.Cell(maxLevels+1, 0) != words[maxLevels+1] {
		t.Errorf("a label with %d levels is a %s", len(words), kind)
	}
}

func ExampleFromDataFrame() {
	df := dataframe.New(
		series.New([]string{"tcp", "udp", "tcp"}, series.String, "protocol_type"),
		series.New([]float64{181, 105, math.NaN()}, series.Float, "src_bytes"),
	)
	table, err := FromDataFrame(df)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range table.Schema().Columns {
		fmt.Println(c.Name, c.Kind)
	}
	fmt.Println(table.Rows(), "rows, of which", table.Problems().Columns[1].Missing, "without src_bytes")
	// Output:
	// protocol_type category
	// src_bytes number
	// 3 rows, of which 1 without src_bytes
}

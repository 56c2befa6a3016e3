package report

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// describeTable looks like what describe gives: 43 features, 20 columns.
func describeTable(rows int) Table {
	random := rand.New(rand.NewPCG(3, 4))
	t := Table{
		Name:    "describe",
		Title:   "Numeric features",
		Columns: Cols("feature", "kind", "n", "missing", "missing_share", "mean", "sd", "min", "q25", "q50", "q75", "q99", "max", "skewness", "kurtosis", "top", "top_share"),
	}
	for i := range rows {
		scale := math.Pow(10, 12*random.Float64()-4)
		row := []any{fmt.Sprintf("dst_host_srv_diff_host_rate_%d", i), "number", int64(125973), int64(i), float64(i) / 125973}
		for len(row) < 15 {
			row = append(row, scale*random.NormFloat64())
		}
		t.Rows = append(t.Rows, append(row, "level", random.Float64()))
	}
	return t
}

func textOf(t testing.TB, table Table, o TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := table.WriteText(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextFitsTheWidth(t *testing.T) {
	for _, table := range []Table{describeTable(43), describeTable(1), everyKind()} {
		for width := 60; width <= 200; width += 7 {
			text := textOf(t, table, TextOptions{Width: width})
			for line := range strings.Lines(text) {
				if w := textWidth(strings.TrimRight(line, "\n")); w > width {
					t.Errorf("%s at %d: %d cells wide: %s", table.Name, width, w, line)
				}
				if strings.HasSuffix(line, " \n") {
					t.Errorf("%s at %d: spaces at the end of %q", table.Name, width, line)
				}
			}
			for i, row := range table.texts() {
				for j, cell := range row {
					if table.Columns[j].Kind.Numeric() && !strings.Contains(text, cell) {
						t.Errorf("%s at %d: row %d, number %q is broken", table.Name, width, i, cell)
					}
				}
			}
		}
	}
}

func TestTextIsEightyColumnsWidePiped(t *testing.T) {
	text := textOf(t, describeTable(43), TextOptions{})
	widest := 0
	for line := range strings.Lines(text) {
		widest = max(widest, textWidth(strings.TrimRight(line, "\n")))
	}
	if widest > 80 || widest < 60 {
		t.Errorf("the widest line takes %d cells, want at most 80 and not much less", widest)
	}
}

// Every block begins with the key columns, so that a row is known in each.
func TestTextRepeatsTheKey(t *testing.T) {
	table := describeTable(5)
	text := textOf(t, table, TextOptions{})
	all := strings.Count(text, "Feature ")
	if all < 3 {
		t.Fatalf("%d blocks, want several:\n%s", all, text)
	}
	if n := strings.Count(text, "dst_host_srv_diff_host_rate_3"); n != all {
		t.Errorf("a row is named %d times in %d blocks:\n%s", n, all, text)
	}
}

func TestTextAlignsNumbersRight(t *testing.T) {
	table := Table{Name: "t", Columns: Cols("feature", "n"), Rows: [][]any{{"a", int64(5)}, {"long_name", int64(125973)}, {"b", nil}}}
	want := "" +
		"t\n" +
		"Feature          n\n" +
		"──────────────────\n" +
		"a                5\n" +
		"long_name  125,973\n" +
		"b                –\n"
	if got := textOf(t, table, TextOptions{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTextOfOneWideRowGoesDownwards(t *testing.T) {
	text := textOf(t, describeTable(1), TextOptions{})
	for _, want := range []string{"Feature        dst_host_srv_diff_host_rate_0\n", "Missing share  0 %\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestTextWithoutRows(t *testing.T) {
	for _, table := range []Table{{Name: "empty"}, {Name: "empty", Columns: Cols("feature")}} {
		if got := textOf(t, table, TextOptions{}); got != "empty\n(no rows)\n" {
			t.Errorf("got %q", got)
		}
	}
}

func TestTextColor(t *testing.T) {
	table := everyKind()
	if text := textOf(t, table, TextOptions{Width: 1000}); strings.Contains(text, "\x1b") {
		t.Error("colour where none is allowed")
	}
	text := textOf(t, table, TextOptions{Width: 1000, Color: true})
	if !strings.Contains(text, "\x1b[1mValues of every kind\x1b[0m") {
		t.Errorf("the title is not bold:\n%q", text)
	}
	if strings.Contains(text, "\x1b[31m") {
		t.Error("an escape sequence of the data reaches the terminal")
	}
}

func TestTextLeavesDetailsOut(t *testing.T) {
	table := Table{Name: "t", Columns: Cols("feature", "p", "log10_p"), Rows: [][]any{{"a", P{0, -400}, -400.0}}}
	table.Columns[2].Detail = true
	if text := textOf(t, table, TextOptions{}); strings.Contains(text, "-400 ") || !strings.Contains(text, "1.00e-400") {
		t.Errorf("got\n%s", text)
	}
	var b bytes.Buffer
	if err := table.WriteCSV(&b); err != nil || !strings.Contains(b.String(), ",-400\n") {
		t.Errorf("CSV lacks the detail: %s %v", b.String(), err)
	}
}

// A heading made of a hostile or endless level must not widen the page.
func TestTextBreaksHeadings(t *testing.T) {
	long := strings.Repeat("x", 500)
	table := Table{Name: long, Columns: []Column{Col("feature"), {Key: long, Title: long, Kind: Real}, {Key: "b", Title: "\x1b[1m" + long, Kind: Text}},
		Rows: [][]any{{long, 1.5, long}, {"b", 2.5, strings.Repeat("word ", 50)}}}
	for line := range strings.Lines(textOf(t, table, TextOptions{})) {
		if w := textWidth(strings.TrimRight(line, "\n")); w > 80 {
			t.Errorf("%d cells: %s", w, line)
		}
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		text  string
		width int
		want  string
	}{
		{"", 10, ""},
		{"one two three", 7, "one two|three"},
		{"abcdefghij", 4, "abcd|efgh|ij"},
		{"ab abcdef", 4, "ab|abcd|ef"},
		{"日本語", 4, "日本|語"},
		{"日本", 1, "日|本"},
	}
	for _, tt := range tests {
		if got := strings.Join(wrap(tt.text, tt.width), "|"); got != tt.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

func TestCheckRefusesUnsoundTables(t *testing.T) {
	tests := []struct {
		table Table
		want  string
	}{
		{Table{Name: "t", Columns: []Column{{Title: "x"}}}, "column 1 has no key"},
		{Table{Name: "t", Columns: Cols("n", "n")}, `two columns have the key "n"`},
		{Table{Name: "t", Columns: Cols("n"), Rows: [][]any{{1, 2}}}, "row 1 has 2 cells for 1 columns"},
		{Table{Name: "t", Columns: Cols("n"), Rows: [][]any{{1}, {[]int{1}}}}, `row 2, column "n": a cell holds a []int`},
	}
	for _, tt := range tests {
		var b bytes.Buffer
		for name, err := range map[string]error{
			"text": tt.table.WriteText(&b, TextOptions{}), "Markdown": tt.table.WriteMarkdown(&b),
			"CSV": tt.table.WriteCSV(&b), "JSON": tt.table.WriteJSON(&b), "HTML": tt.table.WriteHTML(&b),
		} {
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: error %v, want %q", name, err, tt.want)
			}
		}
		if b.Len() > 0 {
			t.Errorf("an unsound table was written: %q", b.String())
		}
	}
}

func BenchmarkText(b *testing.B) {
	table := describeTable(43)
	for b.Loop() {
		textOf(b, table, TextOptions{})
	}
}

func BenchmarkTextLong(b *testing.B) {
	table := describeTable(5000)
	for b.Loop() {
		textOf(b, table, TextOptions{})
	}
}

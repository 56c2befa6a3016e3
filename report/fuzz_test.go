package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode"
)

// Whatever stands in a table, text is printable and nothing fails.
func FuzzText(f *testing.F) {
	f.Add("src_bytes", "\x1b]0;title\a", 1.5, -400.0, int64(7), 80)
	f.Add("", "\xff\u202e\r\n\t", math.NaN(), math.Inf(-1), int64(math.MinInt64), 0)
	f.Add("日本語 ÅA\u0301", strings.Repeat("a b", 100), 1e300, 0.0, int64(0), 41)
	f.Fuzz(func(t *testing.T, name, words string, x, log10 float64, n int64, width int) {
		table := Table{Name: name, Title: words, Note: words, Footnotes: []string{words, name}, Columns: []Column{
			{Key: "a", Title: name, Kind: Label}, {Key: "b", Title: words, Kind: Text},
			{Key: "c", Kind: Real}, {Key: "d", Kind: Count}, {Key: "e", Kind: Share}, {Key: "f", Kind: PValue},
			{Key: "g", Kind: Bytes}, {Key: "h", Kind: Duration}, {Key: "i", Kind: Time}, {Key: "j", Kind: Bool},
		}}
		table.Rows = [][]any{{name, words, x, n, x, P{0, log10}, x, x, x, x}, {words, name, log10, x, log10, x, n, n, n, n}}
		text := textOf(t, table, TextOptions{Width: width % 300})
		for _, r := range text {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar && !strings.ContainsRune(name+words, r)) {
				t.Fatalf("text holds %U: %q", r, text)
			}
		}
	})
}

// Whatever stands in a table, the formats for programs read back.
func FuzzMachineFormats(f *testing.F) {
	f.Add("key", "=1+1", 0.1)
	f.Add("\xff", "Web Attack \x96 XSS", 0.0)
	f.Add("\"", "a,b\n\"c\"", math.Inf(1))
	f.Fuzz(func(t *testing.T, key, words string, x float64) {
		if key == "" || key == "x" {
			return
		}
		table := Table{Name: words, Columns: []Column{{Key: key, Kind: Text}, {Key: "x", Kind: Real}}, Rows: [][]any{{words, x}}}
		var b bytes.Buffer
		if err := table.WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(b.Bytes()) || strings.ContainsAny(b.String(), "<>") {
			t.Fatalf("JSON is %s", b.String())
		}
		b.Reset()
		if err := table.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(records) != 2 || len(records[1]) != 2 {
			t.Fatalf("CSV reads back as %q, %v", records, err)
		}
		if err := sameCSV(records[1][0], words); err != nil {
			t.Fatal(err)
		}
		if err := sameCSV(records[1][1], x); err != nil {
			t.Fatal(err)
		}
	})
}

// Whatever stands in a table, its Markdown has the cells it should have.
func FuzzMarkdown(f *testing.F) {
	f.Add("a|b\\|c`d`", "<img src=x onerror=alert(1)>")
	f.Add("[x](javascript:alert(1))", "www.example.org @user ~~x~~ __y__ $z$")
	f.Fuzz(func(t *testing.T, name, words string) {
		table := Table{Name: "t", Columns: Cols("feature", "note"), Rows: [][]any{{name, words}}}
		want := wantTexts(table)
		for i := range want {
			want[i] = strings.TrimSpace(want[i])
		}
		equalCells(t, "Markdown", markdownCells(t, table), want)
	})
}

// An expression is either refused or can be checked.
func FuzzParseGate(f *testing.F) {
	for _, source := range []string{"missing > 0.05", "not (p < 0.01) and feature in ['a', 'b']", "((((", "n % 0 == 1", "let x = 1; x > n", "feature matches '('", "n ?? 1 > 2", "all([1], # > n)"} {
		f.Add(source)
	}
	tables := []Table{describeTable(2), everyKind()}
	f.Fuzz(func(t *testing.T, source string) {
		gate, err := ParseGate(source)
		if err != nil {
			return
		}
		if gate.String() != source {
			t.Fatalf("the gate %q is written %q", source, gate)
		}
		if _, err := gate.Check(tables); err != nil && err.Error() == "" {
			t.Fatal("an error says nothing")
		}
	})
}

package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// everyKind is a table with ordinary, extreme, missing and hostile values of
// every kind.
func everyKind() Table {
	nan, inf := math.NaN(), math.Inf(1)
	return Table{
		Name:  "every_kind",
		Title: "Values of every kind",
		Note:  "Nothing is left out.",
		Columns: []Column{
			{Key: "label", Title: "Label", Kind: Label},
			{Key: "text", Title: "Words", Kind: Text},
			{Key: "real", Title: "Real", Kind: Real, Unit: "m"},
			{Key: "count", Title: "Count", Kind: Count},
			{Key: "share", Title: "Share", Kind: Share},
			{Key: "p", Title: "p", Kind: PValue},
			{Key: "bytes", Title: "Bytes", Kind: Bytes},
			{Key: "duration", Title: "Duration", Kind: Duration},
			{Key: "bool", Title: "Flag", Kind: Bool},
			{Key: "time", Title: "Time", Kind: Time},
		},
		Rows: [][]any{
			{"src_bytes", "some words", 45566.743, int64(125973), 0.0123, P{0, -512.25}, 2.5e6, 12.5, true, 1312969619.25},
			{"missing", nil, nan, nil, nil, P{nan, nan}, nan, nil, nil, nan},
			{"extreme", "", inf, int64(math.MaxInt64), 1.0, 1e-300, 0.0, 1e9, false, -1e12},
			{"small", "x", 5e-324, 0, 1e-12, 0.049999, 1e20, 1e-9, false, 0.0},
			{"negative", "y", -inf, int64(-3), 0.0, 1.0, -1500.0, -3.0, true, -86400.5},
			{"exact", "z", 0.1, 7, 1.0 / 3, 1.0 / 7, 1.0 / 3, 2.0 / 3, true, 1.0 / 3},
			{`<script>alert("x")</script>`, "a|b`c`*d*_e_[f](javascript:g)", 1.0, 1, 0.5, 0.5, 1.0, 1.0, true, 1.0},
			{"=cmd|' /C calc'!A0", "\x1b[31mred\x1b[0m\r\nnext line\tand tab", -1.0, 1, 0.5, 0.5, 1.0, 1.0, true, 1.0},
			{"@mention", "https://example.org www.example.org a@b.org \\|", 1.0, 1, 0.5, 0.5, 1.0, 1.0, true, 1.0},
		},
		Footnotes: []string{"a footnote with a | and a <b>"},
	}
}

// wantTexts is what every format for people has to show.
func wantTexts(t Table) []string {
	var want []string
	for _, row := range t.texts() {
		want = append(want, row...)
	}
	return want
}

func equalCells(t *testing.T, format string, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s shows %d cells, want %d: %q", format, len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: cell %d is %q, want %q", format, i, got[i], want[i])
		}
	}
}

func TestFormatsForPeopleAgree(t *testing.T) {
	table := everyKind()
	want := wantTexts(table)
	equalCells(t, "text", textCells(t, table), want)
	equalCells(t, "Markdown", markdownCells(t, table), want)
	equalCells(t, "HTML", htmlCells(t, table), want)
}

// textCells cuts the rows at the columns under which their headings end or begin.
func textCells(t *testing.T, table Table) []string {
	t.Helper()
	var b bytes.Buffer
	if err := table.WriteText(&b, TextOptions{Width: 1000}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")[4:] // title, note, headings, rule
	var cells []string
	for i := range table.Rows {
		// An empty cell in between is the only one that two gaps cannot show.
		line := strings.Replace(lines[i], "extreme", `extreme  ""`, 1)
		for _, cell := range regexp.MustCompile(` {2,}`).Split(line, -1) {
			cells = append(cells, strings.ReplaceAll(cell, `""`, ""))
		}
	}
	return cells
}

func markdownCells(t *testing.T, table Table) []string {
	t.Helper()
	var b bytes.Buffer
	if err := table.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(b.String(), "\n| --")
	var cells []string
	for _, line := range strings.Split(rows, "\n")[1:] {
		if !strings.HasPrefix(line, "| ") {
			break
		}
		for _, cell := range splitMarkdown(line) {
			cells = append(cells, unescapeMarkdown(strings.TrimSpace(cell)))
		}
	}
	return cells
}

// splitMarkdown cuts a row of a Markdown table at the bars that are not escaped.
func splitMarkdown(line string) []string {
	var cells []string
	start := 1
	for i := 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '|':
			cells = append(cells, line[start:i])
			start = i + 1
		}
	}
	return cells
}

// unescapeMarkdown undoes backslash escapes and character references in one pass.
func unescapeMarkdown(s string) string {
	return regexp.MustCompile("\\\\[!-/:-@[-`{-~]|&[#a-z0-9]+;").ReplaceAllStringFunc(s, func(m string) string {
		if m[0] == '\\' {
			return m[1:]
		}
		return html.UnescapeString(m)
	})
}

var htmlCell = regexp.MustCompile(`(?:<td[^>]*>|<th scope="row">)([^<]*)</t[dh]>`)

func htmlCells(t *testing.T, table Table) []string {
	t.Helper()
	var b bytes.Buffer
	if err := table.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	var cells []string
	for _, m := range htmlCell.FindAllStringSubmatch(b.String(), -1) {
		cells = append(cells, html.UnescapeString(m[1]))
	}
	return cells
}

func TestJSONParsesBack(t *testing.T) {
	table := everyKind()
	var b bytes.Buffer
	if err := table.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Name, Title string
		Columns     []map[string]string
		Rows        []map[string]json.RawMessage
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != table.Name || len(got.Columns) != len(table.Columns) || len(got.Rows) != len(table.Rows) {
		t.Fatalf("name %q, %d columns, %d rows", got.Name, len(got.Columns), len(got.Rows))
	}
	for i, row := range table.Rows {
		for j, value := range row {
			key := table.Columns[j].Key
			if err := sameJSON(string(got.Rows[i][key]), value); err != nil {
				t.Errorf("row %d, %s: %v", i, key, err)
			}
		}
	}
	if first, second := strings.Index(b.String(), `"label":`), strings.Index(b.String(), `"text":`); first > second {
		t.Error("keys do not stand in the order of the columns")
	}
}

// sameJSON compares a JSON value with the value of a cell.
func sameJSON(text string, value any) error {
	if missing(value) {
		if text != "null" {
			return fmt.Errorf("missing is %s", text)
		}
		return nil
	}
	switch v := value.(type) {
	case string:
		var got string
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != utf8Text(v) {
			return fmt.Errorf("%s, want %q (%v)", text, v, err)
		}
		return nil
	case bool:
		if text != strconv.FormatBool(v) {
			return fmt.Errorf("%s, want %t", text, v)
		}
		return nil
	}
	return sameNumber(strings.Trim(text, `"`), value)
}

// sameNumber compares the text of a number with the value of a cell, to the bit.
func sameNumber(text string, value any) error {
	if n, ok := value.(int64); ok {
		if text != strconv.FormatInt(n, 10) {
			return fmt.Errorf("%s, want %d", text, n)
		}
		return nil
	}
	want, _ := number(value)
	got, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Float64bits(got) != math.Float64bits(want) {
		return fmt.Errorf("%s, want %v (%v)", text, want, err)
	}
	return nil
}

func TestCSVParsesBack(t *testing.T) {
	table := everyKind()
	var b bytes.Buffer
	if err := table.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != len(table.Rows)+1 {
		t.Fatalf("%d records, want %d", len(records), len(table.Rows)+1)
	}
	for j, c := range table.Columns {
		if records[0][j] != c.Key {
			t.Errorf("heading %d is %q, want %q", j, records[0][j], c.Key)
		}
	}
	for i, row := range table.Rows {
		for j, value := range row {
			if err := sameCSV(records[i+1][j], value); err != nil {
				t.Errorf("row %d, %s: %v", i, table.Columns[j].Key, err)
			}
		}
	}
}

// lineEnds are the line ends that csv.Reader does not keep apart.
var lineEnds = regexp.MustCompile(`\r*\n`)

// sameCSV compares the text of a CSV cell with the value of a table's.
func sameCSV(text string, value any) error {
	if missing(value) {
		if text != "" {
			return fmt.Errorf("missing is %q", text)
		}
		return nil
	}
	switch v := value.(type) {
	case string:
		want := lineEnds.ReplaceAllString(utf8Text(v), "\n")
		if text = lineEnds.ReplaceAllString(text, "\n"); text != want && text != "'"+want {
			return fmt.Errorf("%q, want %q", text, v)
		}
		return nil
	case bool:
		if text != strconv.FormatBool(v) {
			return fmt.Errorf("%s, want %t", text, v)
		}
		return nil
	}
	return sameNumber(text, value)
}

// The number that programs read from a page is that of JSON.
func TestHTMLCarriesExactNumbers(t *testing.T) {
	table := everyKind()
	var b bytes.Buffer
	if err := table.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range regexp.MustCompile(`<td data-value="([^"]*)"`).FindAllStringSubmatch(b.String(), -1) {
		got = append(got, html.UnescapeString(m[1]))
	}
	var want []string
	for _, row := range table.Rows {
		for j, value := range row {
			if table.Columns[j].Kind.Numeric() {
				want = append(want, exact(value))
			}
		}
	}
	equalCells(t, "data-value", got, want)
}

// What is stored in a report directory reads back to what is shown and written.
func TestStoredTableReadsBack(t *testing.T) {
	table := everyKind()
	doc := Document{Version: "1", Command: "eda", Options: []Option{
		{"seed", uint64(math.MaxUint64)}, {"alpha", 0.05}, {"feature", []string{"a", "b"}}, {"where", nil}, {"all", true},
	}, Sections: []Section{{ID: "one", Tables: []Table{table}}}}
	text, err := store(doc)
	if err != nil {
		t.Fatal(err)
	}
	back, err := restore(text)
	if err != nil {
		t.Fatal(err)
	}
	got := back.Sections[0].Tables[0]
	equalCells(t, "stored", wantTexts(got), wantTexts(table))
	for j, c := range table.Columns {
		if got.Columns[j] != c {
			t.Errorf("column %d is %+v, want %+v", j, got.Columns[j], c)
		}
	}
	for i, o := range doc.Options {
		if back.Options[i].text() != o.text() {
			t.Errorf("option %s is %q, want %q", o.Name, back.Options[i].text(), o.text())
		}
	}
	again, err := store(back)
	if err != nil {
		t.Fatal(err)
	}
	if once, err := restore(again); err != nil {
		t.Fatal(err)
	} else if a, b := fmt.Sprint(once), fmt.Sprint(back); a != b {
		t.Errorf("stored twice:\n%s\nwant\n%s", a, b)
	}
}

package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// hostile are names and levels as an attacker would choose them.
var hostile = []string{
	`</script><img src=x onerror=alert(1)>`,
	`"><svg onload=alert(1)>`,
	`' onmouseover='alert(1)`,
	`javascript:alert(1)`,
	`](javascript:alert(1))`,
	`![x](https://example.org/track.png)`,
	"```\n# heading\n| a | b |",
	"\n\n<details>",
	`=cmd|' /C calc'!A0`, "+1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
	"\x1b[2J\x1b]0;owned\a", "\u202egnp.exe", "\x9b31m", "\x00", "\xff",
	`{{.Policy}}`, `{{template "page"}}`, `<!--`, `]]>`, `</style>`, `</title>`,
	"https://example.org www.example.org me@example.org @team #1 $x$ ~~y~~ __z__",
	strings.Repeat("A", 2000),
}

// hostileDocument has hostile text in every place that text can come to.
func hostileDocument() Document {
	doc := Document{Version: hostile[0], Command: hostile[0]}
	for _, s := range hostile {
		table := Table{
			Name: s, Title: s, Note: s, Footnotes: []string{s},
			Columns: []Column{{Key: s + "1", Title: s, Kind: Label, Unit: s, Help: s}, {Key: s + "2", Title: s, Kind: Real, Help: s}, {Key: s + "3", Kind: Text}},
			Rows:    [][]any{{s, s, s}, {s, 1.5, nil}},
		}
		doc.Sections = append(doc.Sections, Section{
			ID: s, Title: s, Lead: s, Tables: []Table{table}, Commands: []string{s}, Warnings: []string{s},
			Figures:  []NamedFigure{{Name: s, Title: s, Alt: s, Figure: drawing{png: s, svg: s}}},
			Findings: []Finding{{Problem, s, s, s}},
		})
		doc.Options = append(doc.Options, Option{Name: s, Value: []string{s}})
	}
	doc.Data = DataInfo{Path: hostile[0], SHA256: hostile[0], Rows: 1, Columns: 1, Label: hostile[1], Normal: hostile, Format: hostile[2], Schema: hostile[3]}
	return doc
}

func TestHostileTextCannotMoveTheTerminal(t *testing.T) {
	for _, o := range []TextOptions{{}, {Color: true}} {
		var b bytes.Buffer
		if err := hostileDocument().WriteText(&b, o); err != nil {
			t.Fatal(err)
		}
		text := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(b.String(), "")
		for _, r := range text {
			if r != '\n' && hidden(r) {
				t.Fatalf("text holds %U", r)
			}
		}
		if strings.Contains(b.String(), "\x1b[2J") {
			t.Error("an escape sequence of the data reaches the terminal")
		}
	}
}

func TestHostileTextStaysTextInMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := hostileDocument().WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "    ") {
			continue // code
		}
		live := regexp.MustCompile(`\\.`).ReplaceAllString(line, "")
		for _, bad := range []string{"<img", "<svg", "<details", "](", "://", "www.", "@", "```"} {
			if strings.Contains(live, bad) {
				t.Errorf("%q in %q", bad, line)
			}
		}
		if bars := strings.Count(live, "|"); strings.HasPrefix(line, "|") && bars != 4 {
			t.Errorf("%d bars in %q", bars, line)
		}
	}
}

func TestHostileTextStartsNoFormula(t *testing.T) {
	for _, s := range hostile {
		cell := csvText(s)
		if strings.ContainsAny(s[:1], "=+-@\t\r\n") {
			if !strings.HasPrefix(strings.TrimPrefix(cell, `"`), "'") {
				t.Errorf("%q is written %q", s, cell)
			}
		}
	}
	var b bytes.Buffer
	if err := (Table{Name: "t", Columns: Cols("n"), Rows: [][]any{{-1.5}}}).WriteCSV(&b); err != nil || b.String() != "n\n-1.5\n" {
		t.Errorf("a negative number is written %q, %v", b.String(), err)
	}
}

func TestEscapeMarkdownKeepsNamesLegible(t *testing.T) {
	for s, want := range map[string]string{
		"dst_host_srv_count": "dst_host_srv_count",
		"__init__":           `\_\_init\_\_`,
		"a * b":              `a \* b`,
		"3.5 % of 1,000":     "3.5 % of 1,000",
		"< 5e-324":           "&lt; 5e-324",
		"a|b":                `a\|b`,
	} {
		if got := escapeMarkdown(s); got != want {
			t.Errorf("escapeMarkdown(%q) = %q, want %q", s, got, want)
		}
	}
}

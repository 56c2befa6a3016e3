package report

import (
	"bufio"
	"io"
	"strings"
)

// WriteMarkdown writes the table in GitHub's Markdown, title first, numbers to
// the right.
func (t Table) WriteMarkdown(w io.Writer) error {
	if err := t.Check(); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	t.shown().markdown(b, "**", "**")
	return b.Flush()
}

// markdown writes the table with the given marks around its title.
func (t Table) markdown(b *bufio.Writer, before, after string) {
	if t.heading() != "" {
		writeLine(b, before+escapeMarkdown(t.heading())+after)
		writeLine(b, "")
	}
	if t.Note != "" {
		writeLine(b, escapeMarkdown(t.Note))
		writeLine(b, "")
	}
	if len(t.Columns) > 0 {
		t.markdownRows(b)
	}
	if len(t.Footnotes) > 0 {
		writeLine(b, "")
		for _, note := range t.Footnotes {
			writeLine(b, "- "+escapeMarkdown(note))
		}
	}
}

func (t Table) markdownRows(b *bufio.Writer) {
	headings := make([]string, len(t.Columns))
	rules := make([]string, len(t.Columns))
	for j, c := range t.Columns {
		headings[j] = escapeMarkdown(c.heading())
		rules[j] = "---"
		if c.Kind.Numeric() {
			rules[j] = "--:"
		}
	}
	writeLine(b, "| "+strings.Join(headings, " | ")+" |")
	writeLine(b, "| "+strings.Join(rules, " | ")+" |")
	for _, row := range t.texts() {
		for j := range row {
			row[j] = escapeMarkdown(row[j])
		}
		writeLine(b, "| "+strings.Join(row, " | ")+" |")
	}
}

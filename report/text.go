package report

import (
	"bufio"
	"io"
	"strings"
)

const (
	defaultWidth = 80 // of text that is not written to a terminal
	leastWidth   = 40 // below it, lines are cut by the terminal instead
)

// TextOptions says what the reader of text output can see.
type TextOptions struct {
	Width int  // terminal cells in a line; 80 if it is not positive
	Color bool // whether bold and colour may be used
}

func (o TextOptions) width() int {
	if o.Width <= 0 {
		return defaultWidth
	}
	return max(o.Width, leastWidth)
}

// A style is a terminal's sequence for a way of writing.
type style string

const (
	bold   style = "\x1b[1m"
	dim    style = "\x1b[2m"
	red    style = "\x1b[1;31m"
	yellow style = "\x1b[1;33m"
	cyan   style = "\x1b[36m"
)

// paint puts a line into a style if that is allowed.
func (o TextOptions) paint(s style, line string) string {
	if !o.Color || line == "" {
		return line
	}
	return string(s) + line + "\x1b[0m"
}

// WriteText writes the table as aligned text of at most the given width, numbers
// to the right. Columns that do not fit stand in further blocks under the same
// key columns; a table of one row that does not fit is written downwards, one
// value a line. Words are broken to fit, numbers are not.
func (t Table) WriteText(w io.Writer, o TextOptions) error {
	if err := t.Check(); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	if err := t.shown().text(b, o); err != nil {
		return err
	}
	return b.Flush()
}

func (t Table) text(b *bufio.Writer, o TextOptions) error {
	width := o.width()
	if t.heading() != "" {
		for _, line := range wrap(t.heading(), width) {
			writeLine(b, o.paint(bold, line))
		}
	}
	if t.Note != "" {
		writeWrapped(b, "", printable(t.Note), width)
	}
	if err := t.textBody(b, o); err != nil {
		return err
	}
	for _, note := range t.Footnotes {
		writeWrapped(b, "* ", printable(note), width)
	}
	return nil
}

// textBody writes columns and rows.
func (t Table) textBody(b *bufio.Writer, o TextOptions) error {
	if len(t.Rows) == 0 || len(t.Columns) == 0 {
		writeLine(b, o.paint(dim, "(no rows)"))
		return nil
	}
	all := lanes(t, t.texts())
	if len(t.Rows) == 1 && span(all) > o.width() {
		return writeRecord(b, all, o)
	}
	for i, block := range blocks(t, all, o.width()) {
		if i > 0 {
			writeLine(b, "")
		}
		g, headerLines := toGrid(block)
		lines, err := g.lines()
		if err != nil {
			return err
		}
		for n, line := range lines {
			switch {
			case n < headerLines:
				line = o.paint(bold, line)
			case n == headerLines:
				line = o.paint(dim, line)
			}
			writeLine(b, line)
		}
	}
	return nil
}

// writeRecord writes a single row downwards, a heading and its value a line.
func writeRecord(b *bufio.Writer, all []lane, o TextOptions) error {
	names := lane{flexible: true}
	values := lane{flexible: true}
	for _, l := range all {
		names.cells = append(names.cells, l.heading)
		names.width = max(names.width, textWidth(l.heading))
		values.cells = append(values.cells, l.cells[0])
	}
	names.width = min(names.width, o.width()/2)
	values.width = o.width() - names.width - len(gap)
	g, _ := toGrid([]lane{names, values})
	g.header = nil
	lines, err := g.lines()
	if err != nil {
		return err
	}
	for _, line := range lines {
		writeLine(b, line)
	}
	return nil
}

// writeWrapped writes words below each other, the first line after a mark and
// the others under it. Errors are kept by the bufio.Writer until Flush.
func writeWrapped(b *bufio.Writer, mark, words string, width int) {
	indent := strings.Repeat(" ", textWidth(mark))
	for i, line := range wrap(words, max(1, width-len(indent))) {
		if i > 0 {
			mark = indent
		}
		writeLine(b, mark+line)
	}
}

func writeLine(b *bufio.Writer, line string) {
	b.WriteString(line)
	b.WriteByte('\n')
}

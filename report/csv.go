package report

import (
	"bufio"
	"io"
	"strings"
)

// WriteCSV writes the table as comma-separated values, the column keys in the
// first line, in the quoting of RFC 4180 with lines that end in a line feed.
// Numbers have the shortest form that reads back to the same bits. A missing
// value is an empty cell; an empty string is a quoted one.
//
// A text cell that a spreadsheet would take for a formula, because it begins
// with = + - @, a tab or a line end, gets an apostrophe in front. Text that is
// not UTF-8 is written in escapes such as \x96, in JSON too.
func (t Table) WriteCSV(w io.Writer) error {
	if err := t.Check(); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	t.csv(b)
	return b.Flush()
}

func (t Table) csv(b *bufio.Writer) {
	keys := make([]string, len(t.Columns))
	for j, c := range t.Columns {
		keys[j] = csvText(c.Key)
	}
	writeRecordCSV(b, keys)
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for j, value := range row {
			if s, ok := value.(string); ok {
				cells[j] = csvText(s)
			} else {
				cells[j] = exact(value)
			}
		}
		writeRecordCSV(b, cells)
	}
}

// writeRecordCSV writes one line of cells that are already quoted. A lone empty
// cell is quoted, for a reader would skip an empty line.
func writeRecordCSV(b *bufio.Writer, cells []string) {
	if len(cells) == 1 && cells[0] == "" {
		cells = []string{`""`}
	}
	writeLine(b, strings.Join(cells, ","))
}

// csvText disarms and quotes the text of a cell.
func csvText(s string) string {
	s = utf8Text(s)
	if s == "" {
		return `""`
	}
	if strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		s = "'" + s
	}
	if strings.ContainsAny(s, ",\"\r\n") || s[0] == ' ' || s[0] == '#' {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

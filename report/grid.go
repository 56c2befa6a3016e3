package report

import (
	"bytes"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// gap is what stands between two columns of a grid.
const gap = "  "

// A grid is laid-out text: cells that may have several lines, and whether each
// column is aligned to the right. A grid without header has no rule either.
type grid struct {
	header []string
	rows   [][]string
	right  []bool
}

// lines draws the grid, without spaces at the ends of lines.
func (g grid) lines() ([]string, error) {
	var out bytes.Buffer
	t := tablewriter.NewTable(&out,
		tablewriter.WithConfig(g.config()),
		tablewriter.WithRenderer(renderer.NewBlueprint(plainRendition())),
		// Widths must not depend on the locale of whoever runs the program.
		tablewriter.WithEastAsian(tw.Off),
	)
	if g.header != nil {
		t.Header(g.header)
	}
	if err := t.Bulk(g.rows); err != nil {
		return nil, err
	}
	if err := t.Render(); err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return lines, nil
}

// config switches off everything that would change a cell: its letters, its
// spaces, its lines.
func (g grid) config() tablewriter.Config {
	align := make([]tw.Align, len(g.right))
	for i, right := range g.right {
		align[i] = tw.AlignLeft
		if right {
			align[i] = tw.AlignRight
		}
	}
	cell := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Padding:    tw.CellPadding{Global: tw.PaddingNone},
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft, PerColumn: align},
	}
	return tablewriter.Config{
		Header: cell,
		Row:    cell,
		Behavior: tw.Behavior{
			AutoHide:  tw.Off,
			TrimSpace: tw.Off,
			TrimLine:  tw.Off,
			TrimTab:   tw.Off,
		},
	}
}

// plainRendition is a rule below the header and two spaces between columns.
func plainRendition() tw.Rendition {
	return tw.Rendition{
		Borders: tw.BorderNone,
		Symbols: tw.NewSymbolCustom("plain").WithRow("─").WithColumn(gap).WithCenter("──"),
		Settings: tw.Settings{
			Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.On, ShowFooterLine: tw.Off},
			Separators: tw.Separators{ShowHeader: tw.On, ShowFooter: tw.Off, BetweenRows: tw.Off, BetweenColumns: tw.On},
		},
	}
}

// textWidth returns the number of terminal cells that printable text takes,
// whatever the locale.
func textWidth(s string) int {
	return twwidth.WidthWithOptions(s, twwidth.Options{})
}

// wrap breaks text into lines of at most width cells, at spaces where it can,
// else between characters.
func wrap(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for word := range strings.FieldsSeq(text) {
		w := textWidth(word)
		if line != "" && used+1+w <= width {
			line, used = line+" "+word, used+1+w
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for w > width {
			head, tail := cut(word, width)
			lines = append(lines, head)
			word, w = tail, textWidth(tail)
		}
		line, used = word, w
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// cut splits a word after as many characters as fit into width cells, at least
// one.
func cut(word string, width int) (head, tail string) {
	used := 0
	for i, r := range word {
		used += textWidth(string(r))
		if used > width && i > 0 {
			return word[:i], word[i:]
		}
	}
	return word, ""
}

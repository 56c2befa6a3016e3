package report

import "strings"

const (
	maxKeys      = 3  // columns that name a row and are repeated in every block
	headingWidth = 20 // widest heading of a column whose cells are narrower
	headingLines = 3  // lines a heading may take before its column is widened
	textMinimum  = 24 // narrowest a column of words is made to fit
)

// A lane is one column as it is laid out.
type lane struct {
	column   int
	heading  string
	cells    []string
	flexible bool // holds words, which may be broken; numbers never are
	width    int  // in terminal cells
	natural  int  // the width at which no cell is broken
}

// lanes measures the columns of a table.
func lanes(t Table, texts [][]string) []lane {
	all := make([]lane, len(t.Columns))
	for j, c := range t.Columns {
		l := lane{column: j, heading: c.heading(), flexible: !c.Kind.Numeric(), cells: make([]string, len(texts))}
		for i := range texts {
			l.cells[i] = texts[i][j]
			l.natural = max(l.natural, textWidth(texts[i][j]))
		}
		l.natural = max(l.natural, headingSpan(l.heading))
		l.width = l.natural
		all[j] = l
	}
	return all
}

// headingSpan returns the least width at which a heading takes no more than
// headingLines lines.
func headingSpan(heading string) int {
	longest := 0
	for word := range strings.FieldsSeq(heading) {
		longest = max(longest, textWidth(word))
	}
	span := min(longest, headingWidth)
	for span < headingWidth && len(wrap(heading, span)) > headingLines {
		span++
	}
	return span
}

// span is the width of lanes side by side.
func span(ls []lane) int {
	total := 0
	for i, l := range ls {
		if i > 0 {
			total += len(gap)
		}
		total += l.width
	}
	return total
}

// blocks divides the lanes among as many blocks, one below the other, as the
// width asks for. The key lanes begin every block. Only words are ever broken
// into lines; a number that is wider than the width stands out.
func blocks(t Table, all []lane, width int) [][]lane {
	if span(all) <= width || len(all) < 2 {
		return [][]lane{all}
	}
	keys := keyCount(t)
	head, rest := all[:keys], all[keys:]
	shrink(head, width/2)
	for i := range rest {
		if rest[i].flexible {
			rest[i].width = min(rest[i].natural, max(textMinimum, headingSpan(rest[i].heading)))
		}
	}
	var out [][]lane
	block := append([]lane(nil), head...)
	for _, l := range rest {
		if len(block) > keys && span(block)+len(gap)+l.width > width {
			out = append(out, widen(block, width))
			block = append([]lane(nil), head...)
		}
		block = append(block, l)
	}
	return append(out, widen(block, width))
}

// keyCount is the number of leading columns that name a row.
func keyCount(t Table) int {
	n := 0
	for n < len(t.Columns) && n < maxKeys && t.Columns[n].Kind == Label {
		n++
	}
	return max(1, n)
}

// shrink narrows the widest flexible lanes until all fit into limit.
func shrink(ls []lane, limit int) {
	const narrowest = 4
	for span(ls) > limit {
		widest := -1
		for i, l := range ls {
			if l.flexible && l.width > narrowest && (widest < 0 || l.width > ls[widest].width) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		ls[widest].width--
	}
}

// widen gives what is left of the width to flexible lanes that want it.
func widen(block []lane, width int) []lane {
	for i := range block {
		if spare := width - span(block); spare > 0 && block[i].flexible {
			block[i].width = min(block[i].natural, block[i].width+spare)
		}
	}
	return block
}

// toGrid breaks headings and words into lines of their lane's width.
func toGrid(block []lane) (g grid, headerLines int) {
	if len(block) == 0 {
		return grid{}, 0
	}
	headings := make([][]string, len(block))
	for j, l := range block {
		headings[j] = wrap(l.heading, l.width)
		headerLines = max(headerLines, len(headings[j]))
		g.right = append(g.right, !l.flexible)
	}
	for _, lines := range headings {
		above := strings.Repeat("\n", headerLines-len(lines))
		g.header = append(g.header, above+strings.Join(lines, "\n"))
	}
	g.rows = make([][]string, len(block[0].cells))
	for i := range g.rows {
		g.rows[i] = make([]string, len(block))
		for j, l := range block {
			g.rows[i][j] = l.fit(i)
		}
	}
	return g, headerLines
}

// fit returns a cell broken to the lane's width.
func (l lane) fit(row int) string {
	cell := l.cells[row]
	if l.flexible && textWidth(cell) > l.width {
		return strings.Join(wrap(cell, l.width), "\n")
	}
	return cell
}

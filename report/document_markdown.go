package report

import (
	"bufio"
	"bytes"
	"io"
	"strings"
)

// WriteMarkdown writes the document in GitHub's Markdown: headline, findings,
// then each section with its tables. Figures are left to the report directory.
func (d Document) WriteMarkdown(w io.Writer) error {
	if err := d.Check(); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	d.markdown(b, markdownStyle{heading: "#"})
	return b.Flush()
}

// A markdownStyle says where a document stands in a page.
type markdownStyle struct {
	heading  string // of the document: "#" at the top of a page
	linked   bool   // files of a report directory lie beside the page
	rowLimit int    // rows of a table before the rest is left to its file; 0 is no limit
}

func (d Document) markdown(b *bufio.Writer, style markdownStyle) {
	writeLine(b, style.heading+" "+escapeMarkdown(d.headline()))
	writeLine(b, "")
	if facts := d.Data.facts(); len(facts) > 0 {
		writeLine(b, escapeMarkdown(strings.Join(facts, " · ")))
		writeLine(b, "")
	}
	for _, f := range d.findings() {
		line := "- **" + f.Level.String() + "** " + escapeMarkdown(f.sentence())
		if f.Next != "" {
			line += " → " + escapeMarkdown(f.Next)
		}
		writeLine(b, line)
	}
	if len(d.findings()) > 0 {
		writeLine(b, "")
	}
	for _, s := range d.Sections {
		s.markdown(b, style)
	}
}

func (s Section) markdown(b *bufio.Writer, style markdownStyle) {
	writeLine(b, style.heading+"# "+escapeMarkdown(s.heading()))
	writeLine(b, "")
	if s.Lead != "" {
		writeLine(b, escapeMarkdown(s.Lead))
		writeLine(b, "")
	}
	for _, t := range s.Tables {
		shown := t.shown()
		cut := style.rowLimit > 0 && len(t.Rows) > style.rowLimit
		if cut {
			shown.Rows = shown.Rows[:style.rowLimit]
		}
		shown.markdown(b, style.heading+"## ", "")
		writeLine(b, "")
		if style.linked {
			writeLine(b, tableLink(s.ID, t, cut, style.rowLimit))
			writeLine(b, "")
		}
	}
	if style.linked {
		for _, f := range s.Figures {
			writeLine(b, "!["+escapeMarkdown(f.words())+"](figures/"+figureName(s.ID, f.Name)+".png)")
			writeLine(b, "")
		}
	}
	for _, warning := range s.Warnings {
		writeLine(b, "> "+escapeMarkdown(warning))
		writeLine(b, "")
	}
	for _, command := range s.Commands {
		writeLine(b, "    "+printable(command)) // an indented line is code; nothing in it can end it
	}
	if len(s.Commands) > 0 {
		writeLine(b, "")
	}
}

// tableLink leads to the file of a table.
func tableLink(section string, t Table, cut bool, limit int) string {
	words := Format(Count, len(t.Rows)) + " rows as CSV"
	if cut {
		words = "first " + Format(Count, limit) + " of " + words
	}
	return "[" + words + "](" + tablePath(section, t.Name) + ")"
}

// tablePath is the path of a table's file in a report directory.
func tablePath(section, table string) string {
	return "tables/" + sectionName(section) + "/" + fileName(table) + ".csv"
}

// words describe the figure to who cannot see it.
func (f NamedFigure) words() string {
	for _, s := range []string{f.Alt, f.Title, f.Name} {
		if s != "" {
			return printable(s)
		}
	}
	return ""
}

// renderIndexMarkdown writes index.md, the Markdown page of several documents.
func renderIndexMarkdown(docs []Document) []byte {
	var out bytes.Buffer
	b := bufio.NewWriter(&out)
	writeLine(b, "# Report")
	writeLine(b, "")
	for _, d := range docs {
		d.markdown(b, markdownStyle{heading: "##", linked: true, rowLimit: pageRows})
	}
	b.Flush() // a bytes.Buffer does not fail
	return out.Bytes()
}

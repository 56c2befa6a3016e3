package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteText writes the document for a terminal or a pipe: what was looked at,
// the findings with the most pressing first, then each section with its tables.
// Figures are left to the report directory. Everything fits the width except
// commands, which stay in one line so that they can be copied.
func (d Document) WriteText(w io.Writer, o TextOptions) error {
	if err := d.Check(); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	d.textHead(b, o)
	for _, s := range d.Sections {
		if err := s.text(b, o); err != nil {
			return fmt.Errorf("section %q: %w", s.ID, err)
		}
	}
	return b.Flush()
}

// textHead writes the headline and the findings.
func (d Document) textHead(b *bufio.Writer, o TextOptions) {
	for _, line := range wrap(d.headline(), o.width()) {
		writeLine(b, o.paint(bold, line))
	}
	if facts := d.Data.facts(); len(facts) > 0 {
		writeWrapped(b, "", strings.Join(facts, " · "), o.width())
	}
	findings := d.findings()
	if len(findings) > 0 {
		writeLine(b, "")
	}
	for _, f := range findings {
		f.text(b, o)
	}
}

// headline names command and data.
func (d Document) headline() string {
	line := "netanom " + printable(d.Command)
	if d.Data.Path != "" {
		line += " · " + printable(d.Data.Path)
	}
	return line
}

// text writes a finding with its next step below.
func (f Finding) text(b *bufio.Writer, o TextOptions) {
	mark := fmt.Sprintf("%-8s ", f.Level)
	lines := wrap(f.sentence(), o.width()-len(mark))
	writeLine(b, o.paint(f.Level.style(), mark)+lines[0])
	indent := strings.Repeat(" ", len(mark))
	for _, line := range lines[1:] {
		writeLine(b, indent+line)
	}
	if f.Next != "" {
		writeWrapped(b, indent+"→ ", printable(f.Next), o.width())
	}
}

// sentence is what was found, after what it is about.
func (f Finding) sentence() string {
	if f.About == "" {
		return printable(f.Text)
	}
	return printable(f.About + ": " + f.Text)
}

func (l Level) style() style {
	switch l {
	case Problem:
		return red
	case Warning:
		return yellow
	case Notice:
		return cyan
	default:
		return dim
	}
}

// text writes a section: title, lead, tables, warnings, commands.
func (s Section) text(b *bufio.Writer, o TextOptions) error {
	if s.Lead == "" && len(s.Tables)+len(s.Warnings)+len(s.Commands) == 0 {
		return nil // its findings stand at the head already
	}
	writeLine(b, "")
	for _, line := range wrap(s.heading(), o.width()) {
		writeLine(b, o.paint(bold, line))
		writeLine(b, o.paint(dim, strings.Repeat("═", textWidth(line))))
	}
	if s.Lead != "" {
		writeWrapped(b, "", printable(s.Lead), o.width())
	}
	for _, t := range s.Tables {
		writeLine(b, "")
		if err := t.shown().text(b, o); err != nil {
			return fmt.Errorf("table %q: %w", t.Name, err)
		}
	}
	if len(s.Warnings) > 0 {
		writeLine(b, "")
	}
	for _, warning := range s.Warnings {
		writeWrapped(b, "! ", printable(warning), o.width())
	}
	if len(s.Commands) > 0 {
		writeLine(b, "")
	}
	for _, command := range s.Commands {
		writeLine(b, o.paint(dim, "$ "+printable(command)))
	}
	return nil
}

// heading is the section's title, or its name if it has none.
func (s Section) heading() string {
	if s.Title != "" {
		return printable(s.Title)
	}
	return printable(s.ID)
}

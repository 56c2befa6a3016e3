package report

import (
	"fmt"
	"io"
	"strings"
)

// A Document is everything one command has to say.
type Document struct {
	Version  string // of netanom
	Command  string // "test ttest"
	Data     DataInfo
	Options  []Option // what was asked for, in order
	Sections []Section
	Gates    []Trial // gates that were tried; only JUnit and SARIF show them
}

// DataInfo describes the data that a document is about.
type DataInfo struct {
	Path    string   `json:"path"`   // as the user typed it
	SHA256  string   `json:"sha256"` // of the file's bytes, in hexadecimal; empty if it was not read from a file
	Rows    int64    `json:"rows"`
	Columns int      `json:"columns"`
	Label   string   `json:"label"`  // the label column; empty if there is none
	Normal  []string `json:"normal"` // label values that mean normal traffic
	Format  string   `json:"format"` // "csv", "zeek", "csv, gzip"
	Schema  string   `json:"schema"` // known layout: "nsl-kdd"; empty if none
}

// An Option is a name with a value: string, bool, int, int64, uint64, float64,
// []string, or nil.
type Option struct {
	Name  string
	Value any
}

// A Section is one topic of a document. In a report directory a section belongs
// to the command that wrote it last.
type Section struct {
	ID       string // the name by which files and links know it, unique in the document
	Title    string
	Lead     string // one or two sentences: what this shows
	Tables   []Table
	Figures  []NamedFigure
	Findings []Finding
	Commands []string // commands that do the same alone, or go on from here
	Warnings []string
}

// A Figure draws itself. The same figure always gives the same bytes.
type Figure interface {
	WritePNG(w io.Writer) error
	WriteSVG(w io.Writer) error
}

// A NamedFigure is a figure with its words.
type NamedFigure struct {
	Name   string `json:"name"`  // the name by which files know it, unique in its section
	Title  string `json:"title"` // may be empty where the picture has a title of its own
	Alt    string `json:"alt"`   // what the picture shows, for those who cannot see it
	Figure Figure `json:"-"`
}

// Check returns an error unless the command has a name, sections, and tables and
// figures within a section, have names of their own, and every table is sound.
func (d Document) Check() error {
	if d.Command == "" {
		return fmt.Errorf("a document names no command")
	}
	sections := map[string]bool{}
	for _, s := range d.Sections {
		if err := claim(sections, "section", s.ID); err != nil {
			return err
		}
		tables, figures := map[string]bool{}, map[string]bool{}
		for _, t := range s.Tables {
			if err := claim(tables, "table", t.Name); err != nil {
				return fmt.Errorf("section %q: %w", s.ID, err)
			}
			if err := t.Check(); err != nil {
				return fmt.Errorf("section %q: %w", s.ID, err)
			}
		}
		for _, f := range s.Figures {
			if err := claim(figures, "figure", f.Name); err != nil {
				return fmt.Errorf("section %q: %w", s.ID, err)
			}
		}
	}
	for _, o := range d.Options {
		if _, err := o.json(); err != nil {
			return err
		}
	}
	return nil
}

// claim marks a name as used. Names that become the same file name are the same.
func claim(used map[string]bool, what, name string) error {
	if name == "" {
		return fmt.Errorf("a %s has no name", what)
	}
	if used[fileName(name)] {
		return fmt.Errorf("two %ss have the name %q", what, name)
	}
	used[fileName(name)] = true
	return nil
}

// formats are the output formats, by the names of the --format flag.
var formats = []struct {
	name  string
	write func(Document, io.Writer, TextOptions) error
}{
	{"table", Document.WriteText},
	{"markdown", func(d Document, w io.Writer, _ TextOptions) error { return d.WriteMarkdown(w) }},
	{"csv", func(d Document, w io.Writer, _ TextOptions) error { return d.WriteCSV(w) }},
	{"json", func(d Document, w io.Writer, _ TextOptions) error { return d.WriteJSON(w) }},
	{"junit", func(d Document, w io.Writer, _ TextOptions) error { return d.WriteJUnit(w) }},
	{"sarif", func(d Document, w io.Writer, _ TextOptions) error { return d.WriteSARIF(w) }},
}

// Formats lists the names of the output formats.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Write writes the document in the named format; only "table" looks at the
// options. The error of an unknown format lists the choices.
func (d Document) Write(w io.Writer, format string, o TextOptions) error {
	for _, f := range formats {
		if f.name == format {
			return f.write(d, w, o)
		}
	}
	return fmt.Errorf("format %q: choose one of %s", format, strings.Join(Formats(), ", "))
}

// tables returns the tables of all sections.
func (d Document) tables() []Table {
	var all []Table
	for _, s := range d.Sections {
		all = append(all, s.Tables...)
	}
	return all
}

// findings returns the findings of all sections, the most pressing first.
func (d Document) findings() []Finding {
	var all []Finding
	for _, s := range d.Sections {
		all = append(all, s.Findings...)
	}
	return sorted(all)
}

// facts describes the data in a few words each.
func (i DataInfo) facts() []string {
	var facts []string
	if i.Rows > 0 || i.Columns > 0 {
		facts = append(facts, sizeText(int(i.Rows), i.Columns))
	}
	if i.Label != "" {
		label := "label " + printable(i.Label)
		if len(i.Normal) > 0 {
			label += " (normal: " + printable(strings.Join(i.Normal, ", ")) + ")"
		}
		facts = append(facts, label)
	}
	for _, word := range []string{i.Schema, i.Format} {
		if word != "" {
			facts = append(facts, printable(word))
		}
	}
	return facts
}

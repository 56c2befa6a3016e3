package report

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// envelopeSchema is the version of the JSON envelope.
const envelopeSchema = 1

// WriteJSON writes the envelope that all commands share:
//
//	{"netanom": version, "schema": 1, "command": …,
//	 "data": {"path", "sha256", "rows", "columns", "label", "normal"},
//	 "options": {…}, "tables": […], "findings": [{"level", "about", "text", "next"}],
//	 "warnings": […]}
//
// Tables are those of all sections, in the form of Table.WriteJSON. Findings
// come with the most pressing first. Warnings are those of the sections and the
// footnotes of the tables. What is not known is null.
func (d Document) WriteJSON(w io.Writer) error {
	if err := d.Check(); err != nil {
		return err
	}
	options, err := jsonOptions(d.Options)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("{\n")
	b.WriteString(`  "netanom": ` + jsonText(d.Version) + ",\n")
	b.WriteString(`  "schema": ` + strconv.Itoa(envelopeSchema) + ",\n")
	b.WriteString(`  "command": ` + jsonText(d.Command) + ",\n")
	b.WriteString(`  "data": ` + d.Data.json() + ",\n")
	b.WriteString(`  "options": ` + options + ",\n")
	b.WriteString(`  "tables": [`)
	for i, t := range d.tables() {
		if i > 0 {
			b.WriteString(", ")
		}
		t.json(&b, "  ")
	}
	b.WriteString("],\n")
	b.WriteString(`  "findings": ` + jsonLines(d.jsonFindings(), "  ") + ",\n")
	b.WriteString(`  "warnings": ` + jsonLines(d.jsonWarnings(), "  ") + "\n}\n")
	_, err = w.Write(b.Bytes())
	return err
}

func (i DataInfo) json() string {
	orNull := func(s string) string {
		if s == "" {
			return "null"
		}
		return jsonText(s)
	}
	return jsonObject(
		"path", orNull(i.Path),
		"sha256", orNull(i.SHA256),
		"rows", strconv.FormatInt(i.Rows, 10),
		"columns", strconv.Itoa(i.Columns),
		"label", orNull(i.Label),
		"normal", jsonTexts(i.Normal),
	)
}

func (d Document) jsonFindings() []string {
	var out []string
	for _, f := range d.findings() {
		out = append(out, jsonObject(
			"level", jsonText(f.Level.String()),
			"about", jsonText(f.About),
			"text", jsonText(f.Text),
			"next", jsonText(f.Next),
		))
	}
	return out
}

func (d Document) jsonWarnings() []string {
	var out []string
	for _, s := range d.Sections {
		for _, w := range s.Warnings {
			out = append(out, jsonText(w))
		}
		for _, t := range s.Tables {
			for _, note := range t.Footnotes {
				out = append(out, jsonText(t.Name+": "+note))
			}
		}
	}
	return out
}

// jsonTexts writes strings as an array in one line.
func jsonTexts(texts []string) string {
	quoted := make([]string, len(texts))
	for i, s := range texts {
		quoted[i] = jsonText(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// jsonOptions writes options as an object in their order.
func jsonOptions(options []Option) (string, error) {
	members := make([]string, 0, 2*len(options))
	for _, o := range options {
		value, err := o.json()
		if err != nil {
			return "", err
		}
		members = append(members, o.Name, value)
	}
	return jsonObject(members...), nil
}

// json writes the value of the option.
func (o Option) json() (string, error) {
	switch v := o.Value.(type) {
	case []string:
		return jsonTexts(v), nil
	case uint64:
		return strconv.FormatUint(v, 10), nil
	}
	if err := checkValue(o.Value); err != nil {
		return "", fmt.Errorf("option %q: %T cannot be written", o.Name, o.Value)
	}
	return jsonValue(o.Value), nil
}

// WriteCSV writes the tables as CSV. A single table is a plain CSV file. Several
// are separated by an empty line, and each follows a line "# name".
func (d Document) WriteCSV(w io.Writer) error {
	if err := d.Check(); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	tables := d.tables()
	for i, t := range tables {
		if i > 0 {
			writeLine(b, "")
		}
		if len(tables) > 1 {
			writeLine(b, "# "+printable(t.Name))
		}
		t.csv(b)
	}
	return b.Flush()
}

package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// The index pages of a report directory are rebuilt whenever a command adds to
// it. So every document is stored whole, as sections/<command>.json; the types
// here give it a form that reads back to the same values. Only text that is not
// UTF-8 is stored as it will be shown.

// storedVersion is the version of that form.
const storedVersion = 1

type storedDocument struct {
	Stored   int             `json:"stored"` // storedVersion
	Version  string          `json:"netanom"`
	Command  string          `json:"command"`
	Data     DataInfo        `json:"data"`
	Options  []storedOption  `json:"options"`
	Sections []storedSection `json:"sections"`
}

type storedOption struct {
	Name  string     `json:"name"`
	List  []string   `json:"list,omitempty"`
	Value storedCell `json:"value"`
}

type storedSection struct {
	ID       string        `json:"id"`
	Title    string        `json:"title"`
	Lead     string        `json:"lead"`
	Tables   []storedTable `json:"tables"`
	Figures  []NamedFigure `json:"figures"`
	Findings []Finding     `json:"findings"`
	Commands []string      `json:"commands"`
	Warnings []string      `json:"warnings"`
}

type storedTable struct {
	Name      string         `json:"name"`
	Title     string         `json:"title"`
	Note      string         `json:"note"`
	Columns   []storedColumn `json:"columns"`
	Rows      [][]storedCell `json:"rows"`
	Footnotes []string       `json:"footnotes"`
}

type storedColumn struct {
	Key    string `json:"key"`
	Title  string `json:"title"`
	Kind   Kind   `json:"kind"`
	Unit   string `json:"unit,omitempty"`
	Help   string `json:"help,omitempty"`
	Detail bool   `json:"detail,omitempty"`
}

// A storedCell is the value of a cell: null, a string, a boolean, a number, or
// one of the objects {"real": "Infinity"} and {"p": …, "log10": …}.
type storedCell struct{ value any }

// MarshalJSON writes the value of the cell.
func (c storedCell) MarshalJSON() ([]byte, error) {
	if p, ok := c.value.(P); ok && !missing(p) {
		return []byte(jsonObject("p", jsonValue(p.P), "log10", jsonValue(p.Log10))), nil
	}
	if x, ok := c.value.(float64); ok && math.IsInf(x, 0) {
		return []byte(jsonObject("real", jsonText(exactReal(x)))), nil
	}
	return []byte(jsonValue(c.value)), nil
}

// UnmarshalJSON reads the value of the cell.
func (c *storedCell) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&c.value); err != nil {
		return err
	}
	switch v := c.value.(type) {
	case json.Number:
		c.value = readNumber(string(v))
	case map[string]any:
		if real, ok := v["real"]; ok {
			c.value = readReal(real)
		} else {
			c.value = P{P: readReal(v["p"]), Log10: readReal(v["log10"])}
		}
	case []any:
		return fmt.Errorf("a cell holds a list")
	}
	return nil
}

// readNumber reads a whole number as int64, so that none of its digits is lost,
// and any other as float64.
func readNumber(s string) any {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	return readReal(s)
}

// readReal reads a number, or the word for an infinite one; anything else is
// missing.
func readReal(v any) float64 {
	x, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

func store(d Document) ([]byte, error) {
	s := storedDocument{Stored: storedVersion, Version: utf8Text(d.Version), Command: utf8Text(d.Command), Data: d.Data}
	s.Data.Path, s.Data.Label = utf8Text(d.Data.Path), utf8Text(d.Data.Label)
	s.Data.Normal = allUTF8(d.Data.Normal)
	for _, o := range d.Options {
		option := storedOption{Name: utf8Text(o.Name), Value: storedCell{o.Value}}
		switch v := o.Value.(type) {
		case []string:
			option.List, option.Value = allUTF8(v), storedCell{}
		case uint64:
			option.Value = storedCell{strconv.FormatUint(v, 10)}
		}
		s.Options = append(s.Options, option)
	}
	for _, section := range d.Sections {
		s.Sections = append(s.Sections, storeSection(section))
	}
	text, err := json.Marshal(s)
	return append(text, '\n'), err
}

func storeSection(s Section) storedSection {
	out := storedSection{
		ID: utf8Text(s.ID), Title: utf8Text(s.Title), Lead: utf8Text(s.Lead),
		Commands: allUTF8(s.Commands), Warnings: allUTF8(s.Warnings),
	}
	for _, f := range s.Findings {
		out.Findings = append(out.Findings, Finding{
			Level: f.Level, About: utf8Text(f.About), Text: utf8Text(f.Text), Next: utf8Text(f.Next),
		})
	}
	for _, f := range s.Figures {
		out.Figures = append(out.Figures, NamedFigure{Name: utf8Text(f.Name), Title: utf8Text(f.Title), Alt: utf8Text(f.Alt)})
	}
	for _, t := range s.Tables {
		out.Tables = append(out.Tables, storeTable(t))
	}
	return out
}

func storeTable(t Table) storedTable {
	out := storedTable{
		Name: utf8Text(t.Name), Title: utf8Text(t.Title), Note: utf8Text(t.Note), Footnotes: allUTF8(t.Footnotes),
	}
	for _, c := range t.Columns {
		c.Key, c.Title, c.Unit, c.Help = utf8Text(c.Key), utf8Text(c.Title), utf8Text(c.Unit), utf8Text(c.Help)
		out.Columns = append(out.Columns, storedColumn(c))
	}
	for _, row := range t.Rows {
		cells := make([]storedCell, len(row))
		for j, value := range row {
			cells[j].value = value
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

// restore reads what store wrote.
func restore(text []byte) (Document, error) {
	var s storedDocument
	if err := json.Unmarshal(text, &s); err != nil {
		return Document{}, err
	}
	if s.Stored != storedVersion {
		return Document{}, fmt.Errorf("version %d is not known to this netanom, which reads version %d", s.Stored, storedVersion)
	}
	d := Document{Version: s.Version, Command: s.Command, Data: s.Data}
	for _, o := range s.Options {
		option := Option{Name: o.Name, Value: o.Value.value}
		if o.List != nil {
			option.Value = o.List
		}
		d.Options = append(d.Options, option)
	}
	for _, section := range s.Sections {
		d.Sections = append(d.Sections, restoreSection(section))
	}
	return d, d.Check()
}

func restoreSection(s storedSection) Section {
	out := Section{
		ID: s.ID, Title: s.Title, Lead: s.Lead,
		Figures: s.Figures, Findings: s.Findings, Commands: s.Commands, Warnings: s.Warnings,
	}
	for _, t := range s.Tables {
		table := Table{Name: t.Name, Title: t.Title, Note: t.Note, Footnotes: t.Footnotes}
		for _, c := range t.Columns {
			table.Columns = append(table.Columns, Column(c))
		}
		for _, cells := range t.Rows {
			row := make([]any, len(cells))
			for j, cell := range cells {
				row[j] = cell.value
			}
			table.Rows = append(table.Rows, row)
		}
		out.Tables = append(out.Tables, table)
	}
	return out
}

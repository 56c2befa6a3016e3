package report

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"
)

// WriteJSON writes the table as one JSON object:
//
//	{"name": …, "title": …, "columns": [{"key", "kind", "title"}], "rows": [{key: value}]}
//
// Keys stand in the order of the columns, each row in a line. Numbers have full
// precision. A missing value is null and an infinite one the string "Infinity"
// or "-Infinity", which JSON cannot write as a number. A p-value too small for a
// float64 is written with its true exponent, which most readers round to 0; its
// logarithm is a column of its own.
func (t Table) WriteJSON(w io.Writer) error {
	if err := t.Check(); err != nil {
		return err
	}
	var b bytes.Buffer
	t.json(&b, "")
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

// json writes the table with the given indentation of its inner lines.
func (t Table) json(b *bytes.Buffer, indent string) {
	columns := make([]string, len(t.Columns))
	for j, c := range t.Columns {
		columns[j] = jsonObject(
			"key", jsonText(c.Key),
			"kind", jsonText(c.Kind.String()),
			"title", jsonText(c.Title),
		)
	}
	rows := make([]string, len(t.Rows))
	members := make([]string, 2*len(t.Columns))
	for i, row := range t.Rows {
		for j, value := range row {
			members[2*j], members[2*j+1] = t.Columns[j].Key, jsonValue(value)
		}
		rows[i] = jsonObject(members...)
	}
	inner := indent + "  "
	b.WriteString("{\n")
	b.WriteString(inner + `"name": ` + jsonText(t.Name) + ",\n")
	b.WriteString(inner + `"title": ` + jsonText(t.Title) + ",\n")
	b.WriteString(inner + `"columns": ` + jsonLines(columns, inner) + ",\n")
	b.WriteString(inner + `"rows": ` + jsonLines(rows, inner) + "\n")
	b.WriteString(indent + "}")
}

// jsonValue writes the value of a cell.
func jsonValue(value any) string {
	if missing(value) {
		return "null"
	}
	if s, ok := value.(string); ok {
		return jsonText(s)
	}
	if x, ok := number(value); ok && math.IsInf(x, 0) {
		return jsonText(exact(value))
	}
	return exact(value)
}

// jsonText quotes a string, in escapes where it is not UTF-8. What could end a script element is escaped, so that
// the text may stand inside a page.
func jsonText(s string) string {
	quoted, err := json.Marshal(utf8Text(s))
	if err != nil { // no string makes Marshal fail
		return strconv.Quote(s)
	}
	return string(quoted)
}

// jsonObject writes an object in one line from names and values that are JSON
// already.
func jsonObject(members ...string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; i+1 < len(members); i += 2 {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(jsonText(members[i]) + ": " + members[i+1])
	}
	b.WriteByte('}')
	return b.String()
}

// jsonLines writes an array with one element in a line.
func jsonLines(elements []string, indent string) string {
	if len(elements) == 0 {
		return "[]"
	}
	inner := "\n" + indent + "  "
	return "[" + inner + strings.Join(elements, ","+inner) + "\n" + indent + "]"
}

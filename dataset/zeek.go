package dataset

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// sniffZeek reads the header lines of a Zeek log in TSV form.
func sniffZeek(text []byte) (*dialect, error) {
	d := &dialect{format: Zeek, comma: '\t', comment: '#', named: true, line: 1}
	var types []string
	for d.body < len(text) {
		line, rest, _ := bytes.Cut(text[d.body:], []byte{'\n'})
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if len(line) == 0 || line[0] != '#' {
			break
		}
		if err := d.directive(line, &types); err != nil {
			return nil, err
		}
		d.body = len(text) - len(rest)
		d.line++
	}
	if d.header == nil {
		return nil, fmt.Errorf("the Zeek log has no #fields line, so its columns have no names")
	}
	s := Recognise(d.header)
	for i := range s.Columns {
		if i < len(types) && s.Columns[i].Kind == Unknown {
			s.Columns[i].Kind = zeekKind(types[i])
		}
	}
	d.schema = &s
	return d, nil
}

// directive takes in one header line such as "#unset_field\t-".
func (d *dialect) directive(line []byte, types *[]string) error {
	name, value, _ := bytes.Cut(line, []byte{d.comma})
	switch string(name) {
	case "#unset_field", "#empty_field":
		d.unset = append(d.unset, append([]byte(nil), value...))
	case "#fields":
		d.header = zeekFields(value, d.comma)
	case "#types":
		*types = strings.Split(string(value), string(d.comma))
	default:
		if v, ok := bytes.CutPrefix(line, []byte("#separator ")); ok {
			return d.separator(string(v))
		}
	}
	return nil
}

func (d *dialect) separator(v string) error {
	s, err := strconv.Unquote(`"` + v + `"`)
	if err != nil || len(s) != 1 {
		return fmt.Errorf("the Zeek log's #separator %q is not one character", shorten([]byte(v)))
	}
	d.comma = s[0]
	return nil
}

// zeekFields splits the names of a #fields line. The labelled logs of IoT-23
// add their label columns behind three blanks instead of the separator.
func zeekFields(value []byte, comma byte) []string {
	var names []string
	for _, f := range strings.Split(string(value), string(comma)) {
		for _, part := range strings.Split(f, "   ") {
			names = append(names, strings.TrimSpace(part))
		}
	}
	return names
}

// zeekKind translates a type of Zeek's into a kind; Unknown leaves it to the
// cells.
func zeekKind(t string) Kind {
	switch t {
	case "time":
		return Time
	case "interval", "double", "count", "int":
		return Number
	case "addr", "subnet":
		return Address
	case "port", "enum", "bool":
		return Category
	}
	return Unknown
}

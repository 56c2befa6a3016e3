package watch

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/netanom/netanom/dataset"
)

// Columns are those columns of a table that make a connection. Rows become lines of a
// conn.log in JSON, so that all else is as with a log.
type Columns struct {
	At    []int // where they stand in the table
	names []string
}

// connColumns are the columns of a conn.log of Zeek that are read, without which there is
// no connection first.
var connColumns = []string{"ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto",
	"uid", "duration", "conn_state", "orig_bytes", "resp_bytes", "orig_pkts", "resp_pkts", "label", "detailed-label", "_path"}

const neededColumns = 6

// FindColumns finds the columns of a conn.log of Zeek among those of a table. Capitals do
// not matter, and underscores may stand for dots and hyphens. It is an error if one is
// lacking that every connection has.
func FindColumns(names []string) (*Columns, error) {
	places := map[string]int{}
	for i, name := range names {
		if name = plain(name); name != "" {
			if _, there := places[name]; !there {
				places[name] = i
			}
		}
	}
	c := &Columns{}
	for i, name := range connColumns {
		at, there := places[plain(name)]
		switch {
		case there:
			c.At, c.names = append(c.At, at), append(c.names, name)
		case i < neededColumns:
			return nil, lacks(names, name)
		}
	}
	return c, nil
}

// plain is a name as names are compared.
func plain(name string) string {
	return strings.NewReplacer(".", "_", "-", "_").Replace(strings.ToLower(name))
}

// lacks says what to do with a table that is no conn.log.
func lacks(names []string, column string) error {
	for _, c := range dataset.Recognise(names).Columns {
		if c.Canon == "dst_host_srv_count" {
			return fmt.Errorf("the table has no column %s: its rows are finished records with their window features, and not connections; score these by netanom predict --into", column)
		}
	}
	return fmt.Errorf("the table has no column %s; a table to watch has the columns of Zeek's conn.log: %s and, where they are known, %s. Give them these names in a view of the table",
		column, strings.Join(connColumns[:neededColumns], ", "), strings.Join(connColumns[neededColumns:neededColumns+7], ", "))
}

// Line writes a row as a line of a conn.log. cells are those At names, "" where there is
// no value; numbers may be texts, for their text is what is read.
func (c *Columns) Line(cells []string) []byte {
	line := []byte{'{'}
	for i, cell := range cells {
		if unset(cell) {
			continue
		}
		if len(line) > 1 {
			line = append(line, ',')
		}
		line = append(append(append(line, '"'), c.names[i]...), '"', ':')
		text, _ := json.Marshal(cell) // a text can always be written
		line = append(line, text...)
	}
	return append(line, '}')
}

// unset reports whether a cell has no value, also where a log of Zeek was stored as it is.
func unset(cell string) bool { return cell == "" || cell == "-" || cell == "(empty)" }

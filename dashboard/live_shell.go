package dashboard

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
)

// Shell returns the page without data, for a service that gives these at dashboard/data and
// dashboard/events beside it, and the Content-Security-Policy under which the page works. It
// tells nothing of any model.
func Shell(version string) (page []byte, policy string, err error) {
	config, err := json.Marshal(pageConfig{Name: "live traffic", Version: version, Views: []NamedView{}, Notes: []string{}, Live: true, NoForecast: "A page that is live makes no forecast: netanom dashboard makes one of a file."})
	if err != nil {
		return nil, "", fmt.Errorf("the page cannot be told of its service: %w", err)
	}
	parts := pageParts{Title: "Live traffic", Config: template.JS(config)} // encoding/json writes <, > and & as escapes
	var b bytes.Buffer
	if err := parts.write(&b, features{verdicts: true, live: true}); err != nil {
		return nil, "", err
	}
	policy = strings.TrimSuffix(strings.TrimPrefix(string(parts.Policy), `content="`), `"`)
	return b.Bytes(), policy, nil
}

// A LiveHead is what a page is told beside the rows.
type LiveHead struct {
	Epoch string   `json:"epoch"`
	Last  uint64   `json:"last"`  // number of the newest row, 0 before there was one
	Most  int      `json:"most"`  // rows that are kept
	Name  string   `json:"name"`  // of the model, with its version
	Roles Roles    `json:"roles"` // of fields
	Notes []string `json:"notes"` // sentences on what the page does not hold
}

// Snapshot returns everything that is kept as bytes: four of the length of a head, lowest first,
// the head as JSON, and a block of all rows. name and notes go into the head.
func (l *Live) Snapshot(name string, notes []string) (text []byte, last uint64, err error) {
	d, last, _ := l.Since(0, l.o.Most)
	block, err := d.Block()
	if err != nil {
		return nil, 0, err
	}
	head, err := json.Marshal(LiveHead{Epoch: l.o.Epoch, Last: last, Most: l.o.Most, Name: name, Roles: l.Roles(), Notes: append([]string{}, notes...)})
	if err != nil {
		return nil, 0, fmt.Errorf("the page cannot be told of %s: %w", name, err)
	}
	text = binary.LittleEndian.AppendUint32(nil, uint32(len(head)))
	return append(append(text, head...), block...), last, nil
}

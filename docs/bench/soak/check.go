//go:build bench

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// An answer is what came back.
type answer struct {
	status    int
	media     string
	requestID string
	model     string // of the header: name@version
	body      []byte // until the next answer of the connection
	closing   bool
}

// A finding is what a good answer says.
type finding struct {
	version string
	request string
	alerts  []string // the rows that were called attacks, as request/row
}

// A prediction is what is said of a row.
type prediction struct {
	Row     int         `json:"row"`
	Score   json.Number `json:"score"`
	Label   string      `json:"label"`
	Version string      `json:"version"`
}

// check compares an answer with what predict has said of the rows.
func (st *stage) check(q *request, a *answer) (f finding, err error) {
	if a.status != 200 {
		return f, fmt.Errorf("status %d: %.300s", a.status, a.body)
	}
	var list []prediction
	switch q.kind {
	case single, batch:
		list, err = f.readJSON(a)
	case sheet:
		list, err = f.readSheet(a, st, q)
	case tensor:
		list, err = f.readTensors(a)
	case stream:
		list, err = f.readLines(a)
	case truth:
		return f, checkFeedback(a)
	}
	if err == nil && len(list) != q.rows {
		err = fmt.Errorf("%d predictions of %d rows", len(list), q.rows)
	}
	if err != nil {
		return f, err
	}
	return f, st.compare(&f, q, list)
}

// compare holds predictions against those of the model that they say they are of.
func (st *stage) compare(f *finding, q *request, list []prediction) error {
	m := st.model(f.version)
	if m == nil {
		return fmt.Errorf("version %q is that of no model", f.version)
	}
	for i, p := range list {
		row := q.first + i
		if string(p.Score) != m.scores[row] || p.Label != m.labels[row] {
			return fmt.Errorf("row %d, version %s: score %s, %s; predict says %s, %s", row, f.version, p.Score, p.Label, m.scores[row], m.labels[row])
		}
		if p.Label == "attack" {
			f.alerts = append(f.alerts, fmt.Sprintf("%s/%d", f.request, i))
		}
	}
	return nil
}

func (f *finding) readJSON(a *answer) ([]prediction, error) {
	var body struct {
		Version, Request string
		Predictions      []prediction
	}
	err := json.Unmarshal(a.body, &body)
	f.version, f.request = body.Version, body.Request
	return body.Predictions, err
}

// readSheet reads CSV, which repeats the rows that were sent.
func (f *finding) readSheet(a *answer, st *stage, q *request) (list []prediction, err error) {
	_, f.version, _ = strings.Cut(a.model, "@")
	f.request = a.requestID
	sent := bytes.Split(q.body, []byte("\n"))
	for i, line := range bytes.Split(bytes.TrimSuffix(a.body, []byte("\n")), []byte("\n")) {
		cells := bytes.SplitN(line, []byte(","), 3)
		if len(cells) != 3 || i >= len(sent) || !bytes.Equal(cells[2], sent[i]) {
			return list, fmt.Errorf("line %d does not repeat what was sent: %.200q", i, line)
		}
		if i > 0 {
			list = append(list, prediction{Score: json.Number(cells[0]), Label: string(cells[1])})
		}
	}
	return list, nil
}

func (f *finding) readTensors(a *answer) ([]prediction, error) {
	var body struct {
		Version string `json:"model_version"`
		ID      string
		Outputs []struct {
			Name string
			Data json.RawMessage
		}
	}
	if err := json.Unmarshal(a.body, &body); err != nil {
		return nil, err
	}
	f.version, f.request = body.Version, body.ID
	var scores []json.Number
	var labels []string
	for _, o := range body.Outputs {
		var err error
		switch o.Name {
		case "score":
			err = json.Unmarshal(o.Data, &scores)
		case "label":
			err = json.Unmarshal(o.Data, &labels)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(scores) != len(labels) {
		return nil, fmt.Errorf("%d scores and %d labels", len(scores), len(labels))
	}
	list := make([]prediction, len(scores))
	for i := range scores {
		list[i] = prediction{Score: scores[i], Label: labels[i]}
	}
	return list, nil
}

// readLines reads the answer to a stream, all of which is of one version.
func (f *finding) readLines(a *answer) (list []prediction, err error) {
	f.request = a.requestID
	for line := range bytes.Lines(a.body) {
		var p prediction
		if err := json.Unmarshal(line, &p); err != nil {
			return list, err
		}
		if p.Row != len(list) || p.Label == "" || len(list) > 0 && p.Version != f.version {
			return list, fmt.Errorf("line %d of a stream: %.300s", len(list), line)
		}
		f.version = p.Version
		list = append(list, p)
	}
	return list, nil
}

func checkFeedback(a *answer) error {
	var body struct{ Accepted, Stored int }
	if err := json.Unmarshal(a.body, &body); err != nil || body.Accepted != 1 {
		return fmt.Errorf("feedback: %.300s", a.body)
	}
	return nil
}

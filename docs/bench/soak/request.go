//go:build bench

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
)

// The kinds of good requests.
const (
	single = iota
	batch
	sheet
	tensor
	stream
	truth
	kinds
)

var kindNames = [kinds]string{"one record, JSON", "100 records, JSON", "100 records, CSV", "5 records, V2 infer", "200 lines, NDJSON", "feedback"}

// mix is how many of 100 requests are of each kind, and kindRows how many records they have.
var (
	mix      = [kinds]int{85, 5, 4, 2, 2, 2}
	kindRows = [kinds]int{1, 100, 100, 5, 200, 0}
)

// A request is one that can be sent as it is. Its rows are those of the stage, from first on.
type request struct {
	kind        int
	first, rows int
	alert       string // of feedback: the row that it is about
	head, body  []byte // of which a further header may stand between
}

// newRequest writes the header of a request.
func newRequest(method, path, media, token string, body []byte) *request {
	q := &request{kind: -1, body: body}
	q.head = fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: soak\r\nContent-Length: %d\r\n", method, path, len(body))
	if media != "" {
		q.head = append(q.head, "Content-Type: "+media+"\r\n"...)
	}
	if token != "" {
		q.head = append(q.head, "Authorization: Bearer "+token+"\r\n"...)
	}
	return q
}

// newStream writes a request whose length is not known beforehand.
func newStream(path, media, token string, parts ...[]byte) *request {
	q := &request{kind: -1}
	q.head = fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: soak\r\nTransfer-Encoding: chunked\r\nContent-Type: %s\r\nAuthorization: Bearer %s\r\n", path, media, token)
	for _, p := range append(parts, nil) {
		q.body = append(q.body, chunk(p)...)
	}
	return q
}

// chunk is a piece of a body of unknown length; an empty one is its end.
func chunk(text []byte) []byte { return fmt.Appendf(nil, "%x\r\n%s\r\n", len(text), text) }

// bytes is the request on the wire, with further lines of the header.
func (q *request) bytes(more string) []byte {
	out := make([]byte, 0, len(q.head)+len(more)+2+len(q.body))
	return append(append(append(append(out, q.head...), more...), "\r\n"...), q.body...)
}

// makeBodies makes requests of all kinds but feedback, which needs an alert first.
func (st *stage) makeBodies() {
	key := st.keys["sensor"]
	for kind, rows := range kindRows {
		for first := 0; rows > 0 && first+rows <= len(st.rows); first += rows {
			var q *request
			switch kind {
			case single:
				q = newRequest("POST", "/v1/predict", "application/json", key, st.object(first))
			case batch:
				q = newRequest("POST", "/v1/predict", "application/json", key, st.array(first, rows))
			case sheet:
				q = newRequest("POST", "/v1/predict", "text/csv", key, st.sheet(first, first+rows))
			case tensor:
				q = newRequest("POST", "/v2/models/main/infer", "application/json", key, st.tensors(first, rows))
			case stream:
				q = newStream("/v1/predict", "application/x-ndjson", key, st.lines(first, rows/2), st.lines(first+rows/2, rows-rows/2))
			}
			q.kind, q.first, q.rows = kind, first, rows
			st.bodies[kind] = append(st.bodies[kind], q)
		}
	}
}

// object writes a row as a JSON object.
func (st *stage) object(row int) []byte {
	out := []byte{'{'}
	for k, name := range st.columns {
		if k > 0 {
			out = append(out, ',')
		}
		out = append(append(strconv.AppendQuote(out, name), ':'), st.cell(row, k)...)
	}
	return append(out, '}')
}

// cell writes a cell as JSON.
func (st *stage) cell(row, column int) []byte {
	if st.numbers[column] {
		return []byte(st.rows[row][column])
	}
	text, _ := json.Marshal(st.rows[row][column]) // no text fails
	return text
}

func (st *stage) array(first, rows int) []byte {
	var list [][]byte
	for row := first; row < first+rows; row++ {
		list = append(list, st.object(row))
	}
	return append(append([]byte{'['}, bytes.Join(list, []byte{','})...), ']')
}

func (st *stage) lines(first, rows int) []byte {
	var out []byte
	for row := first; row < first+rows; row++ {
		out = append(append(out, st.object(row)...), '\n')
	}
	return out
}

// tensors writes rows as inputs of the Open Inference Protocol.
func (st *stage) tensors(first, rows int) []byte {
	out := []byte(`{"inputs":[`)
	for k, name := range st.columns {
		if k > 0 {
			out = append(out, ',')
		}
		datatype := "BYTES"
		if st.numbers[k] {
			datatype = "FP64"
		}
		out = fmt.Appendf(out, `{"name":%q,"datatype":%q,"shape":[%d],"data":[`, name, datatype, rows)
		for row := first; row < first+rows; row++ {
			if row > first {
				out = append(out, ',')
			}
			out = append(out, st.cell(row, k)...)
		}
		out = append(out, "]}"...)
	}
	return append(out, "]}"...)
}

// feedback is a request that gives an earlier alert its label.
func (st *stage) feedback(alert string) *request {
	q := newRequest("POST", "/v1/feedback", "application/json", st.keys["sensor"], fmt.Appendf(nil, `{"id":%q,"label":"neptune"}`, alert))
	q.kind, q.alert = truth, alert
	return q
}

// draw picks a kind by the shares of the mix.
func draw(r *rand.Rand) int {
	n := r.IntN(100)
	for kind, share := range mix {
		if n -= share; n < 0 {
			return kind
		}
	}
	return single
}

// pick picks a request of a kind.
func (st *stage) pick(r *rand.Rand, kind int) *request {
	return st.bodies[kind][r.IntN(len(st.bodies[kind]))]
}

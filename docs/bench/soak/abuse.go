//go:build bench

package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A bad request is one that must be refused.
type bad struct {
	name string
	text []byte
	want int
	bare bool // the answer is that of HTTP itself, and no problem as JSON
}

// badRequests are what clients and attackers send by mistake or on purpose.
func (st *stage) badRequests() []bad {
	const predict, feedback, infer, typeJSON, typeCSV = "/v1/predict", "/v1/feedback", "/v2/models/main/infer", "application/json", "text/csv"
	key := st.keys["sensor"]
	post := func(path, media string, body []byte) []byte {
		return newRequest("POST", path, media, key, body).bytes("")
	}
	record := st.object(0)
	with := func(old, new string) []byte { return bytes.Replace(record, []byte(old), []byte(new), 1) }
	long := newRequest("POST", predict, typeJSON, key, make([]byte, 2<<20))
	long.body = long.body[:1<<16] // the length alone is reason enough
	deep := strings.Repeat("[", 20000)
	return []bad{
		{"half a JSON object", post(predict, typeJSON, record[:len(record)/2]), 400, false},
		{"no JSON", post(predict, typeJSON, []byte("duration=1")), 400, false},
		{"an empty body", post(predict, typeJSON, nil), 400, false},
		{"something behind the JSON", post(predict, typeJSON, append(slices.Clone(record), "{}"...)), 400, false},
		{"a name twice", post(predict, typeJSON, with(`{`, `{"duration":0,`)), 400, false},
		{"JSON 20,000 deep", post(predict, typeJSON, []byte(deep)), 400, false},
		{"objects 20,000 deep", post(predict, typeJSON, []byte(strings.Repeat(`{"a":`, 20000))), 400, false},
		{"a field 20,000 deep", post(predict, typeJSON, with(`{`, `{"a":`+deep+strings.Repeat("]", 20000)+`,`)), 400, false},
		{"feedback 20,000 deep", post(feedback, typeJSON, []byte(deep)), 400, false},
		{"tensors 20,000 deep", post(infer, typeJSON, []byte(`{"inputs":[{"name":"duration","data":`+deep)), 400, false},
		{"text that is not UTF-8, JSON", post(predict, typeJSON, with(`"tcp"`, "\"\xff\xfe\"")), 400, false},
		{"text that is not UTF-8, CSV", post(predict, typeCSV, append(st.sheet(0, 1), "\xff\xfe\n"...)), 400, false},
		{"a word for a number", post(predict, typeJSON, with(`"src_bytes":`, `"src_bytes":"many","was":`)), 422, false},
		{"a number beyond all numbers", post(predict, typeJSON, with(`"src_bytes":`, `"src_bytes":1e999,"was":`)), 422, false},
		{"a field missing", post(predict, typeJSON, with(`"src_bytes"`, `"sent"`)), 422, false},
		{"a row of CSV cut short", post(predict, typeCSV, append(st.sheet(0, 1), "1,tcp\n"...)), 422, false},
		{"10,001 records", post(predict, typeJSON, []byte("["+strings.Repeat("{},", 10000)+"{}]")), 413, false},
		{"a body too large, by its length", long.bytes(""), 413, false},
		{"a body too large, of unknown length", newStream(predict, typeJSON, key, bytes.Repeat([]byte(" "), 3<<19)).bytes(""), 413, false},
		{"a header too large", newRequest("POST", predict, typeJSON, key, record).bytes("X-Long: " + strings.Repeat("x", 40000) + "\r\n"), 431, true},
		{"no HTTP", []byte("\x16\x03\x01 hello\r\n\r\n"), 400, true},
		{"no gzip", newRequest("POST", predict, typeJSON, key, record).bytes("Content-Encoding: gzip\r\n"), 400, false},
		{"an unknown media type", post(predict, "application/xml", record), 415, false},
		{"an unknown parameter", post(predict+"?colour=red", typeJSON, record), 400, false},
		{"an unknown model", post("/v1/models/other/predict", typeJSON, record), 404, false},
		{"an unknown route", post("/v1/nothing", typeJSON, record), 404, false},
		{"another method", newRequest("GET", predict, "", key, nil).bytes(""), 405, false},
		{"a wrong key", newRequest("POST", predict, typeJSON, "nt_wrong", record).bytes(""), 401, false},
		{"no key", newRequest("POST", predict, typeJSON, "", record).bytes(""), 401, false},
		{"a key of another scope", newRequest("POST", predict, typeJSON, st.keys["reader"], record).bytes(""), 403, false},
		{"feedback on a row that nobody knows", post(feedback, typeJSON, []byte(`{"id":"none/0","label":"normal"}`)), 422, false},
		{"a tensor of another shape", post(infer, typeJSON, []byte(`{"inputs":[{"name":"duration","datatype":"FP64","shape":[7],"data":[1]}]}`)), 400, false},
	}
}

const refusedWell = "every bad request gets the status that it should, and the next one on the connection is answered well"

// sendBad sends bad requests, and behind each a good one on the same connection, if that
// stays open.
func sendBad(ctx context.Context, st *stage, s *service, r *report) {
	c := &client{addr: s.clients}
	defer c.close()
	list := st.badRequests()
	for i := 0; ctx.Err() == nil; i++ {
		one := list[i%len(list)]
		a, err := c.ask(one.text)
		r.count("Bad requests", one.name, 1)
		switch {
		case err != nil:
			r.breach(refusedWell, "%s: %v", one.name, err)
		case a.status != one.want || !one.bare && a.media != "application/problem+json":
			r.breach(refusedWell, "%s: status %d, %s: %.300s", one.name, a.status, a.media, a.body)
		case !a.closing:
			r.count("Good requests", "behind bad ones", 1)
			goodBehind(c, st, r, one.name)
		}
		if i%len(list) == 0 {
			badLine(c, st, r)
		}
		pause(ctx, 20*time.Millisecond)
	}
}

func goodBehind(c *client, st *stage, r *report, name string) {
	q := st.bodies[single][0]
	a, err := c.ask(q.bytes(""))
	if err == nil {
		_, err = st.check(q, a)
	}
	if err != nil {
		r.breach(refusedWell, "a good request behind %s: %v", name, err)
	}
}

// badLine sends a stream in which one line is bad: the others are scored.
func badLine(c *client, st *stage, r *report) {
	q := newStream("/v1/predict", "application/x-ndjson", st.keys["sensor"], st.lines(0, 1), []byte("{\"duration\":\n"), st.lines(1, 1))
	a, err := c.ask(q.bytes(""))
	if err != nil {
		r.breach(refusedWell, "a bad line of a stream: %v", err)
		return
	}
	lines := bytes.Split(bytes.TrimSpace(a.body), []byte("\n"))
	good := func(i int) bool { return bytes.HasPrefix(lines[i], fmt.Appendf(nil, `{"row":%d,"score":`, i)) }
	if len(lines) != 3 || !good(0) || good(1) || !bytes.HasPrefix(lines[1], []byte(`{"row":1,"error":`)) || !good(2) {
		r.breach(refusedWell, "a bad line of a stream: %.600s", a.body)
	}
}

// pause waits, unless it is all over.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

package serve

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestNamesCannotPoisonOthers sends one name that joins those of a record, and then the record.
func TestNamesCannotPoisonOthers(t *testing.T) {
	s := started(t, quickTree(t), func(o *Options) { o.Policy = []string{"missing=other"} })
	one := records(t, simulated(t, 50, 2), 1)[0]
	body := encoded(t, one)
	var names []string
	for _, part := range strings.Split(body, `":`)[:len(one)] {
		names = append(names, part[strings.LastIndexByte(part, '"')+1:])
	}
	want := understood(t, post(t, s, body)).Predictions[0].Score
	fresh := started(t, quickTree(t), func(o *Options) { o.Policy = []string{"missing=other"} })
	post(t, fresh, `{"`+strings.Join(names, `\u0000`)+`":1}`)
	if got := understood(t, post(t, fresh, body)).Predictions[0].Score; got != want {
		t.Errorf("score %s after the poison, %s before", got, want)
	}
}

// TestNamesAreBounded sends names that are too long, too many, and of too many kinds.
func TestNamesAreBounded(t *testing.T) {
	s := started(t, quickTree(t), nil)
	var kinds, fields strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&kinds, `{"n%d":0},`, i)
		fmt.Fprintf(&fields, `"n%d":0,`, i)
	}
	began := time.Now()
	long := strings.Repeat("x", 1<<20)
	for name, body := range map[string]string{"long": `{"` + long + `":1}`, "kinds": "[" + kinds.String() + "{}]", "fields": "{" + fields.String() + `"z":1}`,
		"columns": `{"columns":["` + long + `"],"data":[[1]]}`} {
		if a := post(t, s, body); a.status != 413 {
			t.Errorf("%s: status %d: %.200s", name, a.status, a.body)
		}
	}
	for _, body := range []string{strings.Repeat(",", 5000) + "\n", long + ",b\n1,2\n"} {
		if a := request(t, s, "POST", "/v1/predict", "text/csv", body); a.status != 413 {
			t.Errorf("CSV: status %d: %.200s", a.status, a.body)
		}
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("refused after %v", took)
	}
	problemOf(t, post(t, s, `{"a.b":1,"a":{"b":2}}`), 400, "malformed")
	problemOf(t, post(t, s, `{"columns":["a","a"],"data":[[1,2]]}`), 400, "malformed")
	problemOf(t, request(t, s, "POST", "/v1/predict", "text/csv", "secret-user,1\nx,2\n"), 400, "malformed")
}

// TestStreamThatBreaksEndsItsConnection hides a request behind a chunk that is none.
func TestStreamThatBreaksEndsItsConnection(t *testing.T) {
	_, at, end := running(t, nil)
	line := record(t) + "\n"
	c := dialled(t, at["clients"], "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"+fmt.Sprintf("%x\r\n%s\r\n", len(line), line))
	in := bufio.NewReader(c)
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		text, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(text, `{"row":0,"score"`) {
			break
		}
	}
	io.WriteString(c, "ZZ\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
	rest, _ := io.ReadAll(in)
	if strings.Contains(string(rest), "HTTP/1.1") || strings.Contains(string(rest), "\r\n0\r\n\r\n") {
		t.Errorf("behind the broken chunk: %q", rest)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

// TestStreamTellsEachLine sends more bad lines than are listed of a request.
func TestStreamTellsEachLine(t *testing.T) {
	s := started(t, quickTree(t), nil)
	lines := strings.Repeat(record(t)+"\n{}\n[\n", 300)
	a := request(t, s, "POST", "/v1/predict", "application/x-ndjson", lines)
	for i, line := range strings.Split(strings.TrimSpace(a.body), "\n") {
		var one struct {
			Row    int
			Score  *float64
			Errors []fieldError
		}
		if err := json.Unmarshal([]byte(line), &one); err != nil || one.Row != i {
			t.Fatalf("line %d: %v, %s", i, err, line)
		}
		if (i%3 == 0) != (one.Score != nil) || i%3 != 0 && (len(one.Errors) == 0 || one.Errors[0].Row != i) {
			t.Fatalf("line %d: %.300s", i, line)
		}
	}
}

func TestFeedbackIsBounded(t *testing.T) {
	s := started(t, quickTree(t), func(o *Options) {
		o.Feedback = filepath.Join(t.TempDir(), "labels.jsonl")
		o.Limits.Body = 1 << 16
	})
	problemOf(t, labelled(t, s, `{"label":"`+strings.Repeat("x", 1<<17)+`"}`), 413, "too-large")
	problemOf(t, request(t, s, "POST", "/v1/feedback", "text/plain", `{"label":"normal","record":`+record(t)+`}`), 415, "media-type")
	problemOf(t, labelled(t, s, `[{"id":"a/0","label":"x","record":`+record(t)+`},{"id":"a/0","label":"y","record":`+record(t)+`}]`), 422, "validation")
	own := records(t, simulated(t, 50, 2), 1)[0]
	own["attack"], own["netanom_verdict"] = "wrong", "wrong"
	for range 2 {
		if a := labelled(t, s, `{"id":"b/0","label":"normal","record":`+encoded(t, own)+`}`); a.status != 200 {
			t.Fatal(a.body)
		}
	}
	text, err := os.ReadFile(s.o.Feedback)
	if err != nil || strings.Contains(string(text), `"wrong"`) || strings.Count(string(text), "\n") != 1 {
		t.Errorf("%v: %s", err, text)
	}
}

func TestModelAndVersionTogether(t *testing.T) {
	one, two := stored(t, "one", quickTree(t)), stored(t, "two", otherTree(t))
	s := started(t, quickTree(t), func(o *Options) { o.Models = []ModelFile{{"main", "1", one}, {"main", "2", two}} })
	body := record(t)
	for range 20 {
		if p := understood(t, request(t, s, "POST", "/v1/predict?model=main&version=2", "application/json", body)); p.Version != "2" {
			t.Fatalf("answered by version %s", p.Version)
		}
	}
	for _, path := range []string{"/v1/models/main/predict?model=main", "/v1/models/main/versions/1/predict?version=2", "/v1/predict?version=1&version=2"} {
		problemOf(t, request(t, s, "POST", path, "application/json", body), 400, "parameter")
	}
	problemOf(t, post(t, s, `{"version":"2","records":[`+body+`]}`), 400, "parameter")
	if p := understood(t, request(t, s, "POST", "/v1/models/main/predict?version=2", "application/json", body)); p.Version != "2" {
		t.Errorf("answered by version %s", p.Version)
	}
}

// TestForeignPages sends what browsers send for pages of other origins.
func TestForeignPages(t *testing.T) {
	s := started(t, quickTree(t), func(o *Options) { o.Origins = []string{"https://soc.example"} })
	body := record(t)
	for origin, want := range map[string]int{"": 200, "http://localhost:8080": 200, "https://soc.example": 200, "https://evil.example": 403} {
		if a := request(t, s, "POST", "/v1/predict", "application/json", body, "Origin", origin); a.status != want {
			t.Errorf("from %q: status %d, want %d", origin, a.status, want)
		}
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, s.admin) })
	for _, origin := range []string{"https://soc.example", "https://evil.example"} {
		if a := request(t, h, "POST", "/-/reload", "", "", "Origin", origin); a.status != 403 {
			t.Errorf("an administrator's route from %s: status %d", origin, a.status)
		}
	}
	rebound := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "evil.example"
		s.ServeHTTP(w, r)
	})
	if a := request(t, rebound, "POST", "/v1/predict", "application/json", body); a.status != 403 {
		t.Errorf("by another name: status %d", a.status)
	}
}

// TestRedactionKnowsSpellings sends fields to be left out in other spellings.
func TestRedactionKnowsSpellings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.jsonl")
	s := started(t, quickTree(t), func(o *Options) {
		o.Alerts.Path = path
		o.Redact = []string{"src_bytes", "src_ip"}
	})
	one := records(t, simulated(t, 50, 2), 1)[0]
	one["SRC Bytes"], one["Src-IP"] = 4711471, "10.9.8.7"
	delete(one, "src_bytes")
	delete(one, "src_ip")
	understood(t, post(t, s, `{"threshold":-1,"records":[`+encoded(t, one)+`]}`))
	text, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(text), "4711471") || strings.Contains(string(text), "10.9.8.7") || !strings.Contains(string(text), "dst_bytes") {
		t.Errorf("%v: %s", err, text)
	}
}

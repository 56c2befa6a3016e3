package serve

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestMalformedBodies(t *testing.T) {
	s := started(t, quickTree(t), func(o *Options) { o.Limits = Limits{Body: 4096, Rows: 3} })
	good := record(t)
	for _, c := range []struct {
		name, body string
		status     int
		kind, says string
	}{
		{"nothing", "", 400, "malformed", "empty"},
		{"blanks", " \n ", 400, "malformed", "empty"},
		{"no JSON", "hello", 400, "malformed", "byte 0"},
		{"cut off", good[:len(good)/2], 400, "malformed", "too early"},
		{"more behind", good + "{}", 400, "malformed", "behind"},
		{"a number", "17", 400, "malformed", "JSON object"},
		{"a name twice", `{"src_bytes":1,"src_bytes":2}`, 400, "malformed", "twice"},
		{"no UTF-8", "{\"src_bytes\":\"\xff\"}", 400, "malformed", "UTF-8"},
		{"control character", "{\"src_bytes\":\"\x01\"}", 400, "malformed", "byte"},
		{"deep objects", strings.Repeat(`{"a":`, 300) + "1" + strings.Repeat("}", 300), 400, "malformed", "deep"},
		{"deep lists", strings.Repeat("[", 2000), 400, "malformed", "deep"},
		{"deep in a field", `{"src_bytes":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + "}", 400, "malformed", "deep"},
		{"no records", "[]", 400, "malformed", "no record"},
		{"no records in an envelope", `{"records":[]}`, 400, "malformed", "no record"},
		{"data without columns", `{"data":[[1]]}`, 400, "malformed", "columns"},
		{"columns that are none", `{"columns":[1],"data":[[1]]}`, 400, "malformed", "names"},
		{"too many rows", "[" + strings.Repeat("{},", 3) + "{}]", 413, "too-large", "more than 3"},
		{"too large", `{"a":"` + strings.Repeat("x", 5000) + `"}`, 413, "too-large", "4096"},
		{"unknown parameter", `{"records":[{}],"treshold":1}`, 400, "parameter", "threshold"},
		{"threshold that is none", `{"records":[{}],"threshold":"high"}`, 400, "parameter", "finite"},
		{"NaN", `{"src_bytes":NaN}`, 400, "malformed", "byte"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := problemOf(t, post(t, s, c.body), c.status, c.kind)
			if !strings.Contains(p.Error, c.says) {
				t.Errorf("says %q, want %q in it", p.Error, c.says)
			}
			if !strings.HasPrefix(p.Instance, "urn:netanom:request:") {
				t.Errorf("instance %q", p.Instance)
			}
		})
	}
}

// TestAllFaultsAtOnce checks that one answer lists everything that is wrong, with rows and
// columns, and never the values.
func TestAllFaultsAtOnce(t *testing.T) {
	s := started(t, quickTree(t), func(o *Options) { o.Policy = []string{"level=reject", "range=reject", "null=reject", "extra=reject"} })
	rows := records(t, simulated(t, 50, 2), 4)
	for _, name := range []string{"timestamp", "src_ip", "dst_ip", "src_port", "dst_port", "attack"} {
		for _, r := range rows {
			delete(r, name)
		}
	}
	delete(rows[0], "src_bytes")
	rows[1]["flag"], rows[1]["count"] = "SECRET", -3
	rows[2]["dst_bytes"], rows[2]["serror_rate"] = "s3cret", nil
	rows[3]["one/more~"] = "secret"
	p := problemOf(t, post(t, s, encoded(t, rows)), 422, "validation")
	want := []string{"/0/src_bytes missing", "/1/count range", "/1/flag level", "/2/dst_bytes type", "/2/serror_rate null", "/3/one~1more~0 extra"}
	var got []string
	for _, e := range p.Errors {
		got = append(got, e.Pointer+" "+e.Code)
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(got, "\n"), w) {
			t.Errorf("%q is not among %q", w, got)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d faults, want %d: %q", len(got), len(want), got)
	}
	if strings.Contains(strings.ToLower(encoded(t, p)), "s3cret") || strings.Contains(strings.ToLower(encoded(t, p)), "secret") {
		t.Error("a value is repeated")
	}
}

// TestManyFaultsAreListedOnce checks that the list is bounded, and the count is not.
func TestManyFaultsAreListedOnce(t *testing.T) {
	s := started(t, quickTree(t), nil)
	p := problemOf(t, post(t, s, "["+strings.Repeat("{},", 499)+"{}]"), 422, "validation")
	if len(p.Errors) != 100 || !strings.Contains(p.Detail, "500 of 500") {
		t.Errorf("%d faults listed, %s", len(p.Errors), p.Detail)
	}
}

func TestPolicies(t *testing.T) {
	all := records(t, simulated(t, 50, 2), 1)[0]
	for _, c := range []struct {
		trouble string
		change  func(map[string]any)
	}{
		{"missing", func(r map[string]any) { delete(r, "src_bytes") }},
		{"null", func(r map[string]any) { r["src_bytes"] = nil }},
		{"extra", func(r map[string]any) { r["color"] = "red" }},
		{"type", func(r map[string]any) { r["src_bytes"] = "much" }},
		{"range", func(r map[string]any) { r["src_bytes"] = -1 }},
		{"level", func(r map[string]any) { r["flag"] = "NEW" }},
	} {
		for _, action := range []string{"other", "warn", "reject"} {
			t.Run(c.trouble+"="+action, func(t *testing.T) {
				s := started(t, quickTree(t), func(o *Options) { o.Policy = []string{c.trouble + "=" + action} })
				r := map[string]any{}
				for k, v := range all {
					r[k] = v
				}
				c.change(r)
				a := post(t, s, encoded(t, r))
				if action == "reject" {
					if p := problemOf(t, a, 422, "validation"); p.Errors[0].Code != c.trouble {
						t.Errorf("code %s", p.Errors[0].Code)
					}
				} else if p := understood(t, a); (len(p.Warnings) > 0) != (action == "warn") {
					t.Errorf("warnings %v", p.Warnings)
				}
				if text := request(t, s, "GET", "/metrics", "", "").body; !strings.Contains(text, `netanom_validation_errors_total{code="`+c.trouble+`",model="detector"}`) || strings.Contains(text, `{code="`+c.trouble+`",model="detector"} 0`) {
					t.Error("it was not counted")
				}
			})
		}
	}
}

func TestRejectedRowsInTheirPlaces(t *testing.T) {
	s := started(t, quickTree(t), nil)
	good := record(t)
	body := "[" + good + `,{"src_bytes":1},7,` + good + "]"
	p := understood(t, request(t, s, "POST", "/v1/predict?on_error=row", "application/json", body))
	for i, wrong := range []bool{false, true, true, false} {
		if (p.Predictions[i].Error != "") != wrong || wrong != (len(p.Predictions[i].Errors) > 0) {
			t.Errorf("row %d: %+v", i, p.Predictions[i])
		}
	}
	problemOf(t, post(t, s, body), 422, "validation")
	text := request(t, s, "POST", "/v1/predict?on_error=row", "text/csv", "src_bytes,count\n1,2\n3\n").body
	lines := strings.Split(text, "\n")
	if lines[0] != "score,verdict,error,src_bytes,count" || !strings.HasPrefix(lines[1], ",rejected,") || !strings.HasSuffix(lines[2], ",3") {
		t.Errorf("%s", text)
	}
}

func TestRoutes(t *testing.T) {
	s := started(t, quickTree(t), nil)
	for _, c := range []struct {
		method, path, media string
		status              int
		kind                string
	}{
		{"GET", "/v1/predict", "", 405, "method"},
		{"DELETE", "/metrics", "", 405, "method"},
		{"POST", "/livez", "", 405, "method"},
		{"GET", "/nothing", "", 404, "not-found"},
		{"POST", "/-/reload", "", 404, "not-found"},
		{"POST", "/v1/predict", "image/png", 415, "media-type"},
		{"POST", "/v1/predict", "a/b/c", 415, "media-type"},
		{"POST", "/invocations", "application/x-ndjson", 415, "media-type"},
		{"POST", "/v1/models/other/predict", "application/json", 404, "not-found"},
		{"POST", "/v1/models/detector/versions/9/predict", "application/json", 404, "not-found"},
		{"POST", "/v1/predict?model=other", "application/json", 404, "not-found"},
		{"POST", "/v1/predict?treshold=1", "application/json", 400, "parameter"},
		{"POST", "/v1/predict?reasons=-1", "application/json", 400, "parameter"},
		{"POST", "/v1/predict?threshold=NaN", "application/json", 400, "parameter"},
		{"POST", "/v1/predict?%zz", "application/json", 400, "parameter"},
		{"POST", "/v1/feedback", "application/json", 404, "not-found"},
		{"GET", "/assets/..%2fserver.go", "", 404, "not-found"},
		{"GET", "/assets/none.js", "", 404, "not-found"},
		{"GET", "/v2/models/other", "", 404, "not-found"},
	} {
		a := request(t, s, c.method, c.path, c.media, "{}")
		if p := problemOf(t, a, c.status, c.kind); c.status == 405 && a.header.Get("Allow") == "" {
			t.Errorf("%s %s: no Allow in %v of %v", c.method, c.path, a.header, p)
		}
	}
	for _, path := range []string{"/", "/livez", "/readyz", "/ping", "/health", "/version", "/v1/models", "/v1/models/detector", "/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/detector", "/v2/models/detector/ready", "/openapi.json", "/metrics"} {
		a := request(t, s, "GET", path, "", "")
		if a.status != 200 || a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("X-Request-Id") == "" {
			t.Errorf("%s: status %d, header %v", path, a.status, a.header)
		}
		if a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s allows other origins", path)
		}
	}
}

func TestPackedBodies(t *testing.T) {
	s := started(t, quickTree(t), func(o *Options) { o.Limits.Body = 1 << 16 })
	pack := func(text string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, text)
		z.Close()
		return b.String()
	}
	understood(t, request(t, s, "POST", "/v1/predict", "application/json", pack(record(t)), "Content-Encoding", "gzip"))
	problemOf(t, request(t, s, "POST", "/v1/predict", "application/json", pack(strings.Repeat(" ", 1<<20)), "Content-Encoding", "gzip"), 413, "too-large")
	problemOf(t, request(t, s, "POST", "/v1/predict", "application/json", "no gzip at all", "Content-Encoding", "gzip"), 400, "malformed")
	packed := pack(strings.Repeat(record(t), 10))
	problemOf(t, request(t, s, "POST", "/v1/predict", "application/json", packed[:len(packed)/2], "Content-Encoding", "gzip"), 400, "malformed")
	problemOf(t, request(t, s, "POST", "/v1/predict", "application/json", "x", "Content-Encoding", "br"), 415, "media-type")
}

func TestThresholdReasonsAndClasses(t *testing.T) {
	s := started(t, quickTree(t), nil)
	body := record(t)
	score, err := understood(t, post(t, s, body)).Predictions[0].Score.Float64()
	if err != nil {
		t.Fatal(err)
	}
	for _, threshold := range []float64{score, score + 1e-9} {
		p := understood(t, request(t, s, "POST", fmt.Sprintf("/v1/predict?threshold=%v&reasons=2&reasons_for=all", threshold), "application/json", body))
		want := "normal"
		if score >= threshold {
			want = "attack"
		}
		if p.Predictions[0].Label != want || p.Threshold != threshold || len(p.Predictions[0].Reasons) > 2 {
			t.Errorf("threshold %v of score %v: %+v", threshold, score, p)
		}
	}
	p := understood(t, post(t, s, `{"threshold":-1,"reasons":1,"records":[`+body+`]}`))
	if p.Threshold != -1 || p.Predictions[0].Label != "attack" {
		t.Errorf("in the body: %+v", p)
	}
	var raw struct {
		Predictions []struct{ Probabilities map[string]float64 }
	}
	a := request(t, s, "POST", "/v1/predict?probabilities=true", "application/json", body)
	if err := json.Unmarshal([]byte(a.body), &raw); err != nil || len(raw.Predictions[0].Probabilities) != 2 {
		t.Errorf("%v: %s", err, a.body)
	}
}

func TestPanicIsAProblem(t *testing.T) {
	s := started(t, quickTree(t), nil)
	s.handle(s.routes, "GET", "/panics", openScope, func(*call) *problem { panic("a secret path") })
	p := problemOf(t, request(t, s, "GET", "/panics", "", ""), 500, "internal")
	if strings.Contains(p.Error, "secret") {
		t.Error("the answer tells what only the log should")
	}
}

func TestRequestIDs(t *testing.T) {
	s := started(t, quickTree(t), nil)
	seen := map[string]bool{}
	for _, sent := range []string{"", "mine-1", "mine-1", "<script>", strings.Repeat("x", 100)} {
		a := request(t, s, "POST", "/v1/predict", "application/json", record(t), "X-Request-Id", sent)
		echoed, own := a.header.Get("X-Request-Id"), understood(t, a).Request
		if seen[own] {
			t.Errorf("the id %s is there twice", own)
		}
		seen[own] = true
		if (echoed == sent) != (sent == "mine-1") {
			t.Errorf("sent %q, echoed %q", sent, echoed)
		}
	}
}

func TestCORS(t *testing.T) {
	s := started(t, quickTree(t), func(o *Options) { o.Origins = []string{"https://soc.example"} })
	for origin, want := range map[string]string{"https://soc.example": "https://soc.example", "https://evil.example": ""} {
		r := httptest.NewRequest(http.MethodOptions, "/v1/predict", nil)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", "POST")
		r.Host = "localhost"
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s: allowed %q", origin, got)
		}
	}
}

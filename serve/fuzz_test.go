package serve

import (
	"encoding/json"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// fuzzRoutes are the routes that take bodies, with the types of these.
var fuzzRoutes = [...]struct{ path, media string }{
	{"/v1/predict", "application/json"},
	{"/v1/predict?on_error=row&reasons=2&reasons_for=all&probabilities=1", "application/json"},
	{"/v1/predict", "application/x-ndjson"},
	{"/v1/predict?on_error=row&escape_formulas=1", "text/csv"},
	{"/v1/predict?reasons=1", "text/tab-separated-values"},
	{"/invocations", "application/json"},
	{"/invocations", "text/csv"},
	{"/v2/models/detector/infer", "application/json"},
	{"/v1/feedback", "application/json"},
}

// FuzzBodies sends any body to any route: the service may refuse it and must not panic,
// and what it answers is JSON where it says so.
func FuzzBodies(f *testing.F) {
	good := record(f)
	for route := range fuzzRoutes {
		for _, body := range []string{"", "{}", "[]", good, "[" + good + "," + good + "]", `{"records":[` + good + `],"threshold":0.5}`, `{"columns":["src_bytes"],"data":[[1],["x"],[null,2]]}`,
			"src_bytes,count\n1,2\n\"3\"\",4\n", "#separator \\x09\n#fields\tsrc_bytes\tcount\n1\t-\n(empty)\t2\n", `{"dataframe_split":{"columns":["count"],"data":[[1]]}}`, `{"inputs":{"count":[1,2]}}`, `{"instances":[[1,2]]}`,
			`{"inputs":[{"name":"count","shape":[1],"datatype":"FP64","data":[1]}]}`, `{"id":"a/0","label":"normal"}`, `[{"record":` + good + `,"label":"x"}]`, `{"a":{"b":{"c":[1,{"d":2}]}}}`, "{\"\\ud800\":1e999}", "\xff\xfe", "NaN", "0,tcp,http,SF\n"} {
			f.Add(byte(route), []byte(body))
		}
	}
	s := started(f, quickTree(f), func(o *Options) {
		o.Feedback = filepath.Join(f.TempDir(), "labels.jsonl")
		o.Alerts.Path = filepath.Join(f.TempDir(), "alerts.jsonl")
		o.Policy = []string{"missing=warn", "extra=warn", "null=warn", "type=warn", "range=warn", "level=warn"}
		o.Limits = Limits{Body: 1 << 16, Rows: 100}
	})
	f.Fuzz(func(t *testing.T, route byte, body []byte) {
		c := fuzzRoutes[int(route)%len(fuzzRoutes)]
		r := httptest.NewRequest("POST", c.path, strings.NewReader(string(body)))
		r.Host = "localhost"
		r.Header.Set("Content-Type", c.media)
		w := httptest.NewRecorder()
		func() {
			defer func() { // a stream that breaks off cuts the connection
				if err := recover(); err != nil && c.media != "application/x-ndjson" {
					t.Fatal(err)
				}
			}()
			s.ServeHTTP(w, r)
		}()
		if w.Code >= 500 {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
		text := w.Body.String()
		switch kind := w.Header().Get("Content-Type"); {
		case strings.Contains(kind, "ndjson"):
			for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
				if line != "" && !json.Valid([]byte(line)) {
					t.Errorf("no JSON: %s", line)
				}
			}
		case strings.Contains(kind, "json") && !json.Valid([]byte(text)):
			t.Errorf("no JSON: %s", text)
		}
	})
}

// FuzzKeys reads any file of keys.
func FuzzKeys(f *testing.F) {
	f.Add("a score " + strings.Repeat("0", 64))
	f.Add("# nothing\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := parseKeys(strings.NewReader(text))
		if err != nil && len(keys) > 0 {
			t.Error("keys beside an error")
		}
	})
}

package serve

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/serve/alert"
)

// otherTree is a model of other rows than quickTree.
func otherTree(t testing.TB) []byte { return train(t, "tree", `{"max_depth":3}`, model.Binary, 9) }

// replace writes a file anew, at once, as a deployment would.
func replace(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// admin sends a request to the routes of administrators.
func admin(t *testing.T, s *Server, method, path string) answer {
	t.Helper()
	return request(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, s.admin) }), method, path, "", "")
}

func versionOf(t *testing.T, s *Server) string {
	t.Helper()
	return understood(t, post(t, s, record(t))).Version
}

func TestReload(t *testing.T) {
	s := started(t, quickTree(t), nil)
	path := s.o.Models[0].Path
	first := versionOf(t, s)
	if a := admin(t, s, "POST", "/-/rollback"); a.status != 409 {
		t.Errorf("rolled back to nothing: %s", a.body)
	}

	replace(t, path, otherTree(t))
	if a := admin(t, s, "POST", "/-/reload"); a.status != 200 {
		t.Fatal(a.body)
	}
	second := versionOf(t, s)
	if second == first {
		t.Error("the new model does not answer")
	}

	broken := otherTree(t)
	broken[len(broken)/2] ^= 1
	for _, text := range [][]byte{[]byte("no model"), {}, broken, quickTree(t)[:1000]} {
		replace(t, path, text)
		a := admin(t, s, "POST", "/-/reload")
		if p := problemOf(t, a, 409, "conflict"); strings.Contains(p.Detail, filepath.Dir(path)) {
			t.Errorf("the answer tells where files lie: %s", p.Detail)
		}
		if versionOf(t, s) != second {
			t.Error("the old model does not go on")
		}
		var h health
		if err := json.Unmarshal([]byte(request(t, s, "GET", "/readyz", "", "").body), &h); err != nil || !h.Ready || len(h.Warnings) != 1 {
			t.Errorf("%v, %+v", err, h)
		}
	}

	if a := admin(t, s, "POST", "/-/rollback"); a.status != 200 || versionOf(t, s) != first {
		t.Errorf("not rolled back: %s", a.body)
	}
	replace(t, path, otherTree(t))
	if a := admin(t, s, "POST", "/-/reload"); a.status != 200 || versionOf(t, s) != first {
		t.Errorf("what was rolled back is loaded again: %s", a.body)
	}
	replace(t, path, train(t, "tree", `{"max_depth":2}`, model.Binary, 10))
	if a := admin(t, s, "POST", "/-/reload"); a.status != 200 || versionOf(t, s) == first || versionOf(t, s) == second {
		t.Errorf("a third model is not loaded: %s", a.body)
	}
	text := request(t, s, "GET", "/metrics", "", "").body
	for _, want := range []string{`netanom_reload_total{model="detector",result="refused"} 4`, `netanom_reload_total{model="detector",result="loaded"} 2`, `netanom_reload_total{model="detector",result="rolled back"} 1`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not among the metrics", want)
		}
	}
}

func TestVersionsAndShadow(t *testing.T) {
	one, two := stored(t, "one", quickTree(t)), stored(t, "two", otherTree(t))
	s := started(t, quickTree(t), func(o *Options) {
		o.Models = []ModelFile{{"main", "1", one}, {"main", "2", two}, {"next", "", two}}
		o.Shadow = "next"
	})
	body := record(t)
	for path, want := range map[string]string{"/v1/predict": "1", "/v1/predict?version=2": "2", "/v1/predict?model=main@2": "2", "/v1/models/main/versions/2/predict": "2", "/v1/models/main/predict": "1"} {
		if p := understood(t, request(t, s, "POST", path, "application/json", body)); p.Version != want || p.Model != "main" {
			t.Errorf("%s is answered by %s@%s", path, p.Model, p.Version)
		}
	}
	if text := request(t, s, "GET", "/metrics", "", "").body; !strings.Contains(text, `netanom_shadow_total{attack="`) {
		t.Error("the shadow has not scored")
	}
	if a := admin(t, s, "POST", "/-/activate?model=main&version=2"); a.status != 200 || versionOf(t, s) != "2" {
		t.Errorf("not activated: %s", a.body)
	}
	problemOf(t, admin(t, s, "POST", "/-/activate?model=main&version=3"), 409, "conflict")
	problemOf(t, admin(t, s, "POST", "/-/activate?model=none&version=3"), 404, "not-found")
}

func TestOptionsThatDoNotGoTogether(t *testing.T) {
	path := stored(t, "a", quickTree(t))
	for name, change := range map[string]func(*Options){
		"no model":          func(o *Options) { o.Models = nil },
		"no file":           func(o *Options) { o.Models[0].Path = "nowhere" },
		"a name":            func(o *Options) { o.Models[0].Name = "a b" },
		"twice":             func(o *Options) { o.Models = append(o.Models, o.Models[0]) },
		"the same content":  func(o *Options) { o.Models = append(o.Models, ModelFile{"a", "x", path}, ModelFile{"a", "x", path}) },
		"exposed":           func(o *Options) { o.Addr = ":8080" },
		"exposed with keys": func(o *Options) { o.Addr, o.Keys = "0.0.0.0:8080", "keys" },
		"admin":             func(o *Options) { o.Admin = "0.0.0.0:1" },
		"pprof":             func(o *Options) { o.Profile = "0.0.0.0:1" },
		"half of TLS":       func(o *Options) { o.TLS.Cert = "cert" },
		"authority alone":   func(o *Options) { o.TLS.ClientCA = "ca" },
		"policy":            func(o *Options) { o.Policy = []string{"level=maybe"} },
		"shadow":            func(o *Options) { o.Shadow = "none" },
		"rows":              func(o *Options) { o.LogRows = 2 },
		"trace":             func(o *Options) { o.Trace = "collector" },
		"keys":              func(o *Options) { o.Keys = "nowhere" },
		"feedback":          func(o *Options) { o.Feedback = filepath.Join("no", "where") },
		"alerts":            func(o *Options) { o.Alerts = alert.Options{Path: filepath.Join("no", "where")} },
	} {
		o := Options{Models: []ModelFile{{Name: "a", Path: path}}}
		change(&o)
		if s, err := New(context.Background(), o); err == nil {
			t.Errorf("%s is taken", name)
			s.Close(context.Background())
		}
	}
}

func TestKeys(t *testing.T) {
	token, line, err := NewKey("sensor", []string{"score"})
	if err != nil {
		t.Fatal(err)
	}
	boss, bossLine, err := NewKey("boss", []string{"admin"})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keys")
	replace(t, path, []byte("# clients\n"+line+"\n\n"+bossLine+"\n"))
	s := started(t, quickTree(t), func(o *Options) { o.Keys = path })
	body := record(t)
	try := func(method, path, scheme, token string) int {
		a := request(t, s, method, path, "application/json", body, "Authorization", scheme+" "+token)
		if a.status == 401 && a.header.Get("WWW-Authenticate") == "" {
			t.Error("401 without WWW-Authenticate")
		}
		return a.status
	}
	for _, c := range []struct {
		method, path, scheme, token string
		want                        int
	}{
		{"POST", "/v1/predict", "Bearer", token, 200},
		{"POST", "/v1/predict", "bearer", token, 200},
		{"POST", "/v1/predict", "Bearer", token + "x", 401},
		{"POST", "/v1/predict", "Bearer", token[:len(token)-1], 401},
		{"POST", "/v1/predict", "Basic", token, 401},
		{"POST", "/v1/predict", "", "", 401},
		{"POST", "/v1/predict", "Bearer", boss, 200},
		{"GET", "/metrics", "Bearer", token, 403},
		{"GET", "/v1/models", "Bearer", token, 403},
		{"GET", "/metrics", "Bearer", boss, 200},
		{"GET", "/livez", "", "", 200},
		{"GET", "/readyz", "", "", 200},
		{"GET", "/", "", "", 200},
	} {
		if got := try(c.method, c.path, c.scheme, c.token); got != c.want {
			t.Errorf("%s %s with %s %.6s…: status %d, want %d", c.method, c.path, c.scheme, c.token, got, c.want)
		}
	}
	if a := request(t, s, "POST", "/v1/predict", "application/json", body, "X-Api-Key", token); a.status != 200 {
		t.Errorf("X-Api-Key: status %d", a.status)
	}
	replace(t, path, []byte(bossLine+"\n"))
	s.keys.seen.Store(&fileState{}) // as if time had passed
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	if got := try("POST", "/v1/predict", "Bearer", token); got != 401 {
		t.Errorf("a revoked key gets status %d", got)
	}
	replace(t, path, []byte("broken\n"))
	if err := s.Reload(); err == nil || try("POST", "/v1/predict", "Bearer", boss) != 200 {
		t.Errorf("a broken file of keys: %v", err)
	}
	for _, text := range []string{"a score", "a score zz", "a fly " + strings.Repeat("0", 64), "a! score " + strings.Repeat("0", 64), line + "\n" + line} {
		if _, err := parseKeys(strings.NewReader(text)); err == nil {
			t.Errorf("%q is taken for keys", text)
		}
	}
}

func TestOverload(t *testing.T) {
	s := started(t, quickTree(t), func(o *Options) { o.Limits.Concurrent, o.Limits.Queue = 1, 1 })
	s.gate.room <- struct{}{} // somebody is scored
	s.gate.queue <- struct{}{}
	began := time.Now()
	a := post(t, s, record(t))
	problemOf(t, a, 503, "overloaded")
	if a.header.Get("Retry-After") == "" || time.Since(began) > time.Second {
		t.Errorf("refused after %v with %v", time.Since(began), a.header)
	}
	<-s.gate.queue
	<-s.gate.room
	understood(t, post(t, s, record(t)))
}

func TestNoTime(t *testing.T) {
	s := started(t, trained(t, "knn", "", model.Binary), func(o *Options) { o.Limits.Score = time.Nanosecond })
	rows := records(t, simulated(t, 600, 2), 600)
	if a := post(t, s, encoded(t, rows)); a.status != 504 && a.status != 503 {
		t.Errorf("status %d", a.status)
	}
}

func TestRates(t *testing.T) {
	now := time.Unix(1e9, 0)
	s := started(t, quickTree(t), func(o *Options) {
		o.Limits.Rate, o.Limits.Burst = 1, 2
		o.Now = func() time.Time { return now }
	})
	for i, want := range []int{200, 200, 429, 429} {
		a := post(t, s, record(t))
		if a.status != want || want == 429 && a.header.Get("Retry-After") != "1" {
			t.Errorf("request %d: status %d, %v", i, a.status, a.header)
		}
	}
	now = now.Add(1100 * time.Millisecond)
	understood(t, post(t, s, record(t)))
	for i := range 3 * maxClients {
		now = now.Add(time.Microsecond)
		s.rates.take(string(rune('a' + i)))
	}
	if n := len(s.rates.clients); n > maxClients {
		t.Errorf("%d clients are remembered", n)
	}
}

// TestMetricsAreWellNamed lets Prometheus' own linter look at all metrics.
func TestMetricsAreWellNamed(t *testing.T) {
	dir := t.TempDir()
	s := started(t, quickTree(t), func(o *Options) {
		o.Alerts.Path, o.Feedback = filepath.Join(dir, "alerts.jsonl"), filepath.Join(dir, "labels.jsonl")
		o.Alerts.Deliverers = []alert.Deliverer{&alert.Syslog{Network: "udp", Address: "127.0.0.1:9"}}
	})
	understood(t, post(t, s, `{"threshold":0,"records":[`+record(t)+`]}`))
	understood(t, post(t, s, encoded(t, records(t, simulated(t, 1200, 3), 1000))))
	post(t, s, "{}")
	request(t, s, "POST", "/v1/feedback", "application/json", `{"label":"normal","record":`+record(t)+`}`)
	problems, err := testutil.GatherAndLint(s.metrics.registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	a := request(t, s, "GET", "/metrics", "", "")
	for _, name := range []string{"requests_total", "request_duration_seconds_bucket", "in_flight", "records_total", "batch_rows_sum", "score_count", "model_info", "feature_psi", "feature_drift", "unseen_level_total",
		"alerts_total", "alert_deliveries_total", "alert_backlog_bytes", "live_quality", "feedback_labels", "queue_depth", "problems_total"} {
		if !strings.Contains(a.body, "\nnetanom_"+name) {
			t.Errorf("netanom_%s is not among the metrics", name)
		}
	}
	if strings.Contains(a.body, "src_bytes\"") == false {
		t.Error("no drift of src_bytes")
	}
}

func TestTrace(t *testing.T) {
	got := make(chan string, 10)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		got <- r.URL.Path + " " + string(text)
	}))
	defer collector.Close()
	s := started(t, quickTree(t), func(o *Options) { o.Trace = collector.URL })
	request(t, s, "POST", "/v1/predict", "application/json", record(t), "Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	post(t, s, "[")
	if err := s.tracer.provider.ForceFlush(context.Background()); err != nil {
		t.Fatal(err)
	}
	text := <-got
	for _, want := range []string{"/v1/traces ", `"traceId":"0af7651916cd43dd8448eb211c80319c"`, `"parentSpanId":"b7ad6b7169203331"`, `"name":"POST /v1/predict"`, `"kind":2`,
		`{"key":"service.name","value":{"stringValue":"netanom"}}`, `{"key":"http.response.status_code","value":{"intValue":"400"}}`, `{"key":"error.type","value":{"stringValue":"malformed"}}`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
}

package serve

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/netanom/netanom/dashboard"
)

// shown returns a service with a dashboard of so many rows.
func shown(t *testing.T, rows int, change func(*Options)) *Server {
	t.Helper()
	return started(t, quickTree(t), func(o *Options) {
		o.Dashboard = rows
		if change != nil {
			change(o)
		}
	})
}

// settled waits until the dashboard has taken in so many rows.
func settled(t *testing.T, s *Server, rows uint64) {
	t.Helper()
	for range 500 {
		if s.monitor.now().Last() >= rows {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%d rows, want %d", s.monitor.now().Last(), rows)
}

// unpacked returns the head of a block, and all of its bytes.
func unpacked(t *testing.T, block []byte) (head struct {
	Rows    int
	Columns []struct {
		Name   string
		Levels []string
	}
}, all string) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(block))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text[4:4+binary.LittleEndian.Uint32(text)], &head); err != nil {
		t.Fatal(err)
	}
	return head, string(text)
}

// snapshotOf reads an answer of /dashboard/data.
func snapshotOf(t *testing.T, a answer) (head dashboard.LiveHead, block []byte) {
	t.Helper()
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/octet-stream" || a.header.Get("Cache-Control") != "no-store" || a.header.Get("Content-Encoding") != "" {
		t.Fatalf("status %d, %v: %.200s", a.status, a.header, a.body)
	}
	n := 4 + binary.LittleEndian.Uint32([]byte(a.body))
	if err := json.Unmarshal([]byte(a.body[4:n]), &head); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%s-%d", head.Epoch, head.Last); a.header.Get("X-Netanom-Sequence") != want {
		t.Errorf("sequence %s, want %s", a.header.Get("X-Netanom-Sequence"), want)
	}
	return head, []byte(a.body[n:])
}

func TestDashboardData(t *testing.T) {
	s := shown(t, 50, nil)
	s.monitor.age = 0
	head, block := snapshotOf(t, request(t, s, "GET", "/dashboard/data", "", ""))
	if h, _ := unpacked(t, block); head.Last != 0 || h.Rows != 0 || head.Most != 50 || head.Roles.Service != "service" || !slices.Contains(head.Roles.Metrics, "wrong_fragment") {
		t.Errorf("%+v", head)
	}
	some := records(t, simulated(t, 200, 3), 120)
	some[110]["service"] = "\xff<never seen>"
	var ids []string
	for part := range slices.Chunk(some, 30) {
		ids = append(ids, understood(t, post(t, s, encoded(t, part))).Request)
	}
	settled(t, s, 120)
	head, block = snapshotOf(t, request(t, s, "GET", "/dashboard/data", "", ""))
	h, all := unpacked(t, block)
	if head.Last != 120 || h.Rows != 50 || head.Name != "detector@"+s.shelf.find("", "").version {
		t.Errorf("%+v, %d rows", head, h.Rows)
	}
	var names []string
	for _, c := range h.Columns {
		names = append(names, c.Name)
		if c.Name == "service" && !slices.Contains(c.Levels, "\uFFFD<never seen>") {
			t.Errorf("levels %q", c.Levels)
		}
	}
	if want := len(s.shelf.find("", "").pipeline.Schema.Inputs) + 1; len(names) != want || names[want-1] != "score" {
		t.Errorf("columns %q", names)
	}
	for _, id := range []string{ids[3] + "/29", ids[3] + "/0", ids[2] + "/10"} {
		if !strings.Contains(all, `"`+id+`"`) {
			t.Errorf("no row %s", id)
		}
	}
	if strings.Contains(all, ids[2]+"/9\"") {
		t.Error("a row is there that is too old")
	}
	if n := testutil.ToFloat64(s.monitor.shown); n != 120 {
		t.Errorf("%v rows are counted", n)
	}
}

// TestDashboardScores compares scores and reasons with those of the answer.
func TestDashboardScores(t *testing.T) {
	s := shown(t, 50, nil)
	some := records(t, simulated(t, 200, 3), 40)
	p := understood(t, request(t, s, "POST", "/v1/predict?reasons=3&reasons_for=all", "application/json", encoded(t, some)))
	settled(t, s, 40)
	d, _, _ := s.monitor.now().Since(0, 50)
	score := &d.Columns[d.Verdicts.Score]
	for i := range p.Predictions {
		one := &p.Predictions[i]
		if got := string(appendNumber(nil, score.Values[score.Codes[i]])); got != one.Score.String() {
			t.Errorf("row %d: score %s, want %s", i, got, one.Score)
		}
		for k, r := range d.Verdicts.Reasons[i] {
			switch {
			case k < len(one.Reasons) && (r < 0 || d.Columns[r].Name != one.Reasons[k].Column):
				t.Errorf("row %d: reason %d is %d, want %s", i, k, r, one.Reasons[k].Column)
			case k >= len(one.Reasons) && r >= 0:
				t.Errorf("row %d has a reason too many", i)
			}
		}
	}
}

func TestDashboardKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	var lines []string
	tokens := map[string]string{}
	for _, scope := range Scopes() {
		token, line, err := NewKey(scope, []string{scope})
		if err != nil {
			t.Fatal(err)
		}
		tokens[scope], lines = token, append(lines, line)
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	s := shown(t, 300, func(o *Options) { o.Keys = path })
	if a := request(t, s, "GET", "/dashboard", "", ""); a.status != http.StatusOK {
		t.Errorf("the page: %d", a.status)
	}
	for _, route := range []string{"/dashboard/data", "/dashboard/events"} {
		problemOf(t, request(t, s, "GET", route, "", ""), http.StatusUnauthorized, "unauthorized")
		problemOf(t, request(t, s, "GET", route, "", "", "Authorization", "Bearer nt_none"), http.StatusUnauthorized, "unauthorized")
		problemOf(t, request(t, s, "GET", route, "", "", "Authorization", "Bearer "+tokens["score"]), http.StatusForbidden, "forbidden")
	}
	for _, scope := range []string{"read", "admin"} {
		snapshotOf(t, request(t, s, "GET", "/dashboard/data", "", "", "Authorization", "Bearer "+tokens[scope]))
	}
	problemOf(t, request(t, s, "GET", "/dashboard/data", "", "", "Sec-Fetch-Site", "cross-site", "Origin", "https://other.example"), http.StatusUnauthorized, "unauthorized")

	web := httptest.NewServer(s) // a stream ends when its key is revoked
	t.Cleanup(web.Close)
	r, err := http.NewRequestWithContext(t.Context(), "GET", web.URL+"/dashboard/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+tokens["read"])
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if err := os.WriteFile(path, []byte(lines[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.keys.refresh(); err != nil {
		t.Fatal(err)
	}
	request(t, s, "POST", "/v1/predict", "application/json", record(t), "Authorization", "Bearer "+tokens["score"])
	if text, err := io.ReadAll(a.Body); err != nil || strings.Contains(string(text), "data:") {
		t.Errorf("%v: %s", err, text)
	}
}

func TestDashboardPage(t *testing.T) {
	s := shown(t, 300, nil)
	a := request(t, s, "GET", "/dashboard", "", "")
	for name, want := range map[string]string{"Content-Type": "text/html; charset=utf-8", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	policy := a.header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "script-src 'sha256-", "form-action 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("policy %s is without %s", policy, part)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(a.body, "detector") || !strings.Contains(a.body, `"version":"test"`) {
		t.Errorf("policy %s, or the page tells of the model", policy)
	}
	problemOf(t, request(t, s, "POST", "/dashboard/data", "", ""), http.StatusMethodNotAllowed, "method")
	off := started(t, quickTree(t), nil)
	for _, route := range []string{"/dashboard", "/dashboard/data", "/dashboard/events"} {
		problemOf(t, request(t, off, "GET", route, "", ""), http.StatusNotFound, "not-found")
	}
	if s.keeps() {
		t.Error("all records are kept for the dashboard, which needs no more than the matrix")
	}
	c := documented(t, s)
	for route, media := range map[string]string{"/dashboard": "text/html", "/dashboard/data": "application/octet-stream", "/dashboard/events": "text/event-stream"} {
		if c.at("paths", route, "get", "responses", "200", "content", media) == nil {
			t.Errorf("%s is not in the document", route)
		}
	}
}

func TestDashboardRedacts(t *testing.T) {
	s := shown(t, 300, func(o *Options) { o.Redact = []string{"Service", "src_bytes"} })
	secret := records(t, simulated(t, 50, 2), 1)[0]
	secret["service"], secret["src_bytes"] = "very-secret", json.Number("987654321")
	if a := request(t, s, "POST", "/v1/predict?reasons=10&reasons_for=all", "application/json", encoded(t, secret)); a.status != http.StatusOK {
		t.Fatal(a.body)
	}
	settled(t, s, 1)
	head, block := snapshotOf(t, request(t, s, "GET", "/dashboard/data", "", ""))
	h, all := unpacked(t, block)
	if strings.Contains(all, "very-secret") || strings.Contains(all, "987654321") || h.Rows != 1 {
		t.Errorf("%.3000s", all)
	}
	for _, c := range h.Columns {
		if c.Name == "service" || c.Name == "src_bytes" {
			t.Errorf("there is a column %s", c.Name)
		}
	}
	if len(head.Notes) != 1 || !strings.Contains(head.Notes[0], "service") || head.Roles.Out != "" {
		t.Errorf("%+v", head)
	}
}

// TestDashboardDropsWhatItCannotTake lets the worker stand still: answers come all the same, and
// as many rows wait as may.
func TestDashboardDropsWhatItCannotTake(t *testing.T) {
	s := shown(t, 100, func(o *Options) { o.Limits.Rows = 100 })
	s.monitor.halt()
	s.monitor.worker.Wait()
	some := encoded(t, records(t, simulated(t, 200, 3), 40))
	for range 5 {
		understood(t, post(t, s, some))
	}
	if n := testutil.ToFloat64(s.monitor.dropped); n != 100 {
		t.Errorf("%v rows are counted as dropped, want 100", n)
	}
	if len(s.monitor.waiting) != 3 || s.monitor.room != 0 {
		t.Errorf("%d batches, room for %d", len(s.monitor.waiting), s.monitor.room)
	}
	if a := request(t, s, "GET", "/metrics", "", ""); !strings.Contains(a.body, `netanom_dashboard_rows_total{outcome="dropped"} 100`) || !strings.Contains(a.body, "netanom_dashboard_streams 0") {
		t.Error("the metrics do not tell")
	}
}

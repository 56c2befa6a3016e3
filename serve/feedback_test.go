package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/serve/alert"
)

// labelled sends feedback.
func labelled(t testing.TB, s *Server, body string) answer {
	t.Helper()
	return request(t, s, "POST", "/v1/feedback", "application/json", body)
}

func TestFeedback(t *testing.T) {
	path := filepath.Join(t.TempDir(), "labels.jsonl")
	s := started(t, quickTree(t), func(o *Options) { o.Feedback = path })
	p := understood(t, post(t, s, `{"threshold":0,"records":[`+record(t)+","+record(t)+`]}`))
	for _, c := range []struct {
		body   string
		status int
		says   string
	}{
		{`{"id":"` + p.Request + `/0","label":"normal"}`, 200, `"stored":1`},
		{`{"id":"` + p.Request + `/0","label":"normal"}`, 200, `"stored":0`},
		{`{"id":"` + p.Request + `/0","label":"neptune"}`, 422, "another label"},
		{`[{"id":"` + p.Request + `/1","label":"neptune"},{"record":` + record(t) + `,"label":"normal"}]`, 200, `"accepted":2`},
		{`{"id":"nobody/0","label":"normal"}`, 422, "send the record"},
		{`{"id":"nobody/0","label":"normal","record":` + record(t) + `}`, 200, `"stored":1`},
		{`{"label":"normal"}`, 422, "an id or a record"},
		{`{"record":{"src_bytes":1},"label":"normal"}`, 422, "required"},
		{`{"record":[],"label":"normal"}`, 422, "object"},
		{`{"record":` + record(t) + `}`, 422, "label is text"},
		{`{"record":` + record(t) + `,"label":"?"}`, 422, "label is text"},
		{`{"record":` + record(t) + `,"label":"normal","model":"none"}`, 422, "no model"},
		{`{"id":1}`, 400, "object with a label"},
		{`[`, 400, "too early"},
		{`7`, 400, "object with a label"},
	} {
		if a := labelled(t, s, c.body); a.status != c.status || !strings.Contains(a.body, c.says) {
			t.Errorf("%.80s: status %d, %s", c.body, a.status, a.body)
		}
	}
	text := request(t, s, "GET", "/metrics", "", "").body
	for _, want := range []string{`netanom_feedback_labels{model="detector",truth="attack",verdict="attack"} 1`, `netanom_live_quality{figure="recall",model="detector"} 1`, `netanom_live_quality{figure="precision",model="detector"} 0.5`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not among the metrics", want)
		}
	}

	// After a restart, and a line that a crash has left half-written, the counts go on.
	if err := s.feedback.close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"half":`)
	f.Close()
	again := started(t, quickTree(t), func(o *Options) { o.Feedback = path })
	if text := request(t, again, "GET", "/metrics", "", "").body; !strings.Contains(text, `netanom_live_quality{figure="precision",model="detector"} 0.5`) {
		t.Error("the counts are lost after a restart")
	}
	if _, err := openLedger(path, func([]byte) {}); err == nil {
		t.Error("two processes may write the file")
	}
}

// TestFeedbackTrains takes the file of feedback for the table it is.
func TestFeedbackTrains(t *testing.T) {
	path := filepath.Join(t.TempDir(), "labels.jsonl")
	s := started(t, quickTree(t), func(o *Options) { o.Feedback = path })
	rows := records(t, simulated(t, 300, 4), 300)
	var items []map[string]any
	for _, r := range rows {
		label := r["attack"]
		delete(r, "attack")
		items = append(items, map[string]any{"record": r, "label": label})
	}
	if a := labelled(t, s, encoded(t, items)); a.status != 200 {
		t.Fatal(a.body)
	}
	f, err := dataset.Open(context.Background(), path, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := dataset.Load(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	d, err := model.Load(context.Background(), table, model.DataOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if d.LabelName != "attack" || d.Rows != 300 || !d.Classes.Known() {
		t.Errorf("%d rows with label %q", d.Rows, d.LabelName)
	}
	for _, name := range d.Features() {
		if strings.HasPrefix(name, "netanom_") {
			t.Errorf("%s would be learned from", name)
		}
	}
}

func TestFeedbackFromManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "labels.jsonl")
	s := started(t, quickTree(t), func(o *Options) { o.Feedback = path })
	body := `{"label":"normal","record":` + record(t) + `}`
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				if a := labelled(t, s, body); a.status != 200 {
					t.Error(a.body)
				}
			}
		})
	}
	all.Wait()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("\n")); n != 80 {
		t.Errorf("%d lines", n)
	}
	for line := range bytes.Lines(text) {
		if !json.Valid(line) {
			t.Errorf("no JSON: %s", line)
		}
	}
}

// TestAlerts follows an alert to the file and to syslog, without what is to be left out.
func TestAlerts(t *testing.T) {
	listener, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	path := filepath.Join(t.TempDir(), "alerts.jsonl")
	s := started(t, trained(t, "gbt", `{"trees":10}`, model.Category), func(o *Options) {
		o.Alerts = alert.Options{Path: path, Deliverers: []alert.Deliverer{&alert.Syslog{Network: "udp", Address: listener.LocalAddr().String()}}}
		o.Redact = []string{"src_ip", "dst_bytes"}
	})
	a := request(t, s, "POST", "/v1/predict?threshold=0&reasons=3&reasons_for=all", "application/json", record(t), "X-Request-Id", "mine")
	id := understood(t, a).Request
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var one alert.Alert
	if err := json.Unmarshal(text, &one); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if one.ID != id+"/0" || one.Request != "mine" || one.Verdict != "attack" || one.Class == "" || one.Model != "detector" || len(one.Reasons) == 0 || one.Threshold != 0 {
		t.Errorf("%s", text)
	}
	if !bytes.Contains(one.Record, []byte(`"src_bytes"`)) || bytes.Contains(one.Record, []byte("src_ip")) || bytes.Contains(one.Record, []byte("dst_bytes")) {
		t.Errorf("record %s", one.Record)
	}
	listener.SetReadDeadline(time.Now().Add(10 * time.Second))
	packet := make([]byte, 1<<16)
	n, _, err := listener.ReadFrom(packet)
	if err != nil || !bytes.Contains(packet[:n], []byte(one.ID)) {
		t.Errorf("%v: %s", err, packet[:n])
	}
	post(t, s, `{"threshold":2,"records":[`+record(t)+`]}`)
	if after, err := os.ReadFile(path); err != nil || len(after) != len(text) {
		t.Errorf("a normal row is an alert: %v, %s", err, after)
	}
}

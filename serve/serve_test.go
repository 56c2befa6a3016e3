package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/model"
	"github.com/netanom/netanom/traffic"
)

// simulated returns so many simulated connections as CSV.
func simulated(t testing.TB, connections int, seed uint64) []byte {
	t.Helper()
	o := traffic.DefaultOptions()
	o.Connections, o.Seed = connections, seed
	var b bytes.Buffer
	if err := traffic.WriteCSV(context.Background(), &b, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var (
	trainedMu sync.Mutex
	trainedOf = map[string][]byte{}
)

// trained returns a model file, trained on simulated connections, for a learner and its
// settings. The same is trained once.
func trained(t testing.TB, algo, settings string, task model.Task) []byte {
	t.Helper()
	trainedMu.Lock()
	defer trainedMu.Unlock()
	key := algo + settings + task.String()
	if text := trainedOf[key]; text != nil {
		return text
	}
	text := train(t, algo, settings, task, 1)
	trainedOf[key] = text
	return text
}

func train(t testing.TB, algo, settings string, task model.Task, seed uint64) []byte {
	t.Helper()
	ctx := context.Background()
	f, err := dataset.OpenReader(ctx, "test.csv", bytes.NewReader(simulated(t, 800, seed)), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := dataset.Load(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	d, err := model.Load(ctx, table, model.DataOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := d.Labelled()
	if err != nil {
		t.Fatal(err)
	}
	spec, err := model.NewSpec(algo)
	if err != nil {
		t.Fatal(err)
	}
	if settings != "" {
		if err := model.Set(spec, []byte(settings)); err != nil {
			t.Fatal(err)
		}
	}
	steps, err := model.UsualSteps(algo)
	if err != nil {
		t.Fatal(err)
	}
	p, err := model.Train(ctx, d, rows, model.Recipe{Task: task, Spec: spec, Steps: steps, Rule: model.UsualRule(algo), Seed: 1, Folds: 3}, nil, model.Work{})
	if err != nil {
		t.Fatal(err)
	}
	p.Training.Label, p.Training.Normal = "attack", []string{"normal"}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// quickTree is a small model that is trained in no time.
func quickTree(t testing.TB) []byte { return trained(t, "tree", `{"max_depth":4}`, model.Binary) }

// stored writes a model file and returns its path.
func stored(t testing.TB, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name+".netanom")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// started returns a service of a model, with options changed.
func started(t testing.TB, text []byte, change func(*Options)) *Server {
	t.Helper()
	o := Options{Version: "test", Models: []ModelFile{{Name: "detector", Path: stored(t, "detector", text)}}, Watch: -1}
	if change != nil {
		change(&o)
	}
	s, err := New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		s.Close(ctx)
	})
	return s
}

// An answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request to a handler.
func request(t testing.TB, h http.Handler, method, path, media, body string, header ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "localhost:8080"
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	text, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{w.Code, w.Header(), string(text)}
}

// post sends JSON to /v1/predict.
func post(t testing.TB, s *Server, body string) answer {
	t.Helper()
	return request(t, s, "POST", "/v1/predict", "application/json", body)
}

// predictions is the answer of /v1/predict.
type predictions struct {
	Model, Version, Request string
	Threshold               float64
	Predictions             []struct {
		Score       json.Number
		Probability json.Number
		Label       string
		Class       string
		Reasons     []model.Reason
		Error       string
		Errors      []fieldError
	}
	Warnings []fieldError
}

// understood reads an answer of 200.
func understood(t testing.TB, a answer) (p predictions) {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return p
}

// problemOf reads an answer that is a problem of a status and a kind.
func problemOf(t testing.TB, a answer, status int, kind string) (p problem) {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type %s", got)
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	if p.Type != "urn:netanom:problem:"+kind || p.Status != status || p.Error == "" || p.Title == "" {
		t.Errorf("problem %s, want %s", a.body, kind)
	}
	return p
}

// records returns the rows of a CSV as JSON objects with numbers where a cell is one.
func records(t testing.TB, text []byte, rows int) []map[string]any {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	header := strings.Split(lines[0], ",")
	var out []map[string]any
	for _, line := range lines[1 : rows+1] {
		record := map[string]any{}
		for i, cell := range strings.Split(line, ",") {
			if _, ok := dataset.ParseNumber([]byte(cell)); ok {
				record[header[i]] = json.Number(cell)
			} else {
				record[header[i]] = cell
			}
		}
		out = append(out, record)
	}
	return out
}

// encoded writes a value as JSON.
func encoded(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// record is a simulated connection as JSON.
func record(t testing.TB) string { return encoded(t, records(t, simulated(t, 50, 2), 1)[0]) }

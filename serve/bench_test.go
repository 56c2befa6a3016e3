package serve

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/netanom/netanom/model"
)

// A sink is a http.ResponseWriter that forgets what it is given.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkPredict is what a request costs beside the HTTP server: a record of 41 fields,
// and a thousand of them, as JSON and as CSV, through a forest of 100 trees.
func BenchmarkPredict(b *testing.B) {
	s := started(b, trained(b, "rf", "", model.Binary), func(o *Options) {
		o.Access = slog.New(slog.NewJSONHandler(NewLines(io.Discard), nil))
	})
	text := simulated(b, 1000, 2)
	rows := records(b, text, 1000)
	for _, c := range []struct {
		name, path, media, body string
		rows                    int
	}{
		{"one", "/v1/predict", "application/json", encoded(b, rows[0]), 1},
		{"one with reasons", "/v1/predict?reasons=3&reasons_for=all", "application/json", encoded(b, rows[0]), 1},
		{"thousand", "/v1/predict", "application/json", encoded(b, rows), 1000},
		{"thousand as CSV", "/v1/predict", "text/csv", string(bytes.TrimSpace(text)), 1000},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := &sink{header: http.Header{}}
				r, err := http.NewRequest("POST", c.path, strings.NewReader(c.body))
				if err != nil {
					b.Fatal(err)
				}
				r.Header.Set("Content-Type", c.media)
				if s.ServeHTTP(w, r); w.status != 0 && w.status != http.StatusOK {
					b.Fatalf("status %d", w.status)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.rows), "ns/row")
		})
	}
}

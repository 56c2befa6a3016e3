package serve

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// A listener reads a stream of events.
type listener struct {
	t     *testing.T
	lines *bufio.Scanner
	close func()
}

// listen opens a stream. It fails the test if nothing comes in ten seconds.
func listen(t *testing.T, url, last string) *listener {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	r, err := http.NewRequestWithContext(ctx, "GET", url+"/dashboard/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Last-Event-ID", last)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("status %d, %v", a.StatusCode, a.Header)
	}
	l := &listener{t: t, lines: bufio.NewScanner(a.Body), close: func() { cancel(); a.Body.Close() }}
	l.lines.Buffer(nil, 1<<24)
	t.Cleanup(l.close)
	return l
}

// next returns the next event; not ok at the end of the stream.
func (l *listener) next() (id, kind, data string, ok bool) {
	for l.lines.Scan() {
		name, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch name {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			data = value
		case "":
			if data != "" {
				return id, kind, data, true
			}
		}
	}
	return "", "", "", false
}

// rows returns the block of the next event, which is to be one of rows.
func (l *listener) rows() (id string, rows int, all string) {
	l.t.Helper()
	id, kind, data, ok := l.next()
	if !ok || kind != "" {
		l.t.Fatalf("event %q %q, %v: %v", id, kind, ok, l.lines.Err())
	}
	block, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		l.t.Fatal(err)
	}
	head, all := unpacked(l.t, block)
	return id, head.Rows, all
}

func TestDashboardEvents(t *testing.T) {
	s := shown(t, 300, nil)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	some := records(t, simulated(t, 400, 3), 350)
	post(t, s, encoded(t, some[:10]))
	settled(t, s, 10)
	head, _ := snapshotOf(t, request(t, s, "GET", "/dashboard/data", "", ""))
	l := listen(t, web.URL, fmt.Sprintf("%s-%d", head.Epoch, head.Last))
	last, total := "", 0
	for part := range slices.Chunk(some[10:100], 30) { // in order, each once
		answer := understood(t, post(t, s, encoded(t, part)))
		id, rows, all := l.rows()
		total += rows
		if last = fmt.Sprintf("%s-%d", head.Epoch, 10+total); id != last || rows != 30 || !strings.Contains(all, answer.Request+"/0") || !strings.Contains(all, answer.Request+"/29") {
			t.Fatalf("event %s of %d rows, want %s", id, rows, last)
		}
	}
	l.close()
	post(t, s, encoded(t, some[100:140]))
	settled(t, s, 140)
	l = listen(t, web.URL, last) // goes on where it was
	if id, rows, _ := l.rows(); id != head.Epoch+"-140" || rows != 40 {
		t.Errorf("event %s of %d rows", id, rows)
	}
	l.close()
	l = listen(t, web.URL, "") // none but new ones
	post(t, s, encoded(t, some[140:141]))
	if id, rows, _ := l.rows(); id != head.Epoch+"-141" || rows != 1 {
		t.Errorf("event %s of %d rows", id, rows)
	}
	l.close()
	post(t, s, encoded(t, some))
	settled(t, s, 491)
	for _, id := range []string{last, "other-3", "nonsense", head.Epoch + "-492"} {
		l = listen(t, web.URL, id)
		if got, kind, _, _ := l.next(); kind != "reset" || got != head.Epoch+"-491" {
			t.Errorf("after %s: event %s %s", id, kind, got)
		}
		l.close()
	}
	if a := request(t, s, "HEAD", "/dashboard/events", "", ""); a.status != http.StatusOK {
		t.Errorf("status %d", a.status)
	}
}

// TestDashboardOfAnotherModel lets another model answer: the rows of the old one are gone.
func TestDashboardOfAnotherModel(t *testing.T) {
	s := shown(t, 300, nil)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	first := s.monitor.now()
	post(t, s, record(t))
	settled(t, s, 1)
	l := listen(t, web.URL, first.Epoch()+"-0")
	if id, _, _ := l.rows(); id != first.Epoch()+"-1" {
		t.Errorf("event %s", id)
	}
	replace(t, s.o.Models[0].Path, otherTree(t))
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	id, kind, _, _ := l.next()
	if now := s.monitor.now(); kind != "reset" || now == first || id != now.Epoch()+"-0" {
		t.Errorf("event %s %s", kind, id)
	}
	post(t, s, record(t))
	if id, rows, _ := l.rows(); id != s.monitor.now().Epoch()+"-1" || rows != 1 {
		t.Errorf("event %s of %d rows", id, rows)
	}
	if a := request(t, s, "POST", "/v1/models/detector/predict", "text/csv", string(simulated(t, 20, 4))); a.status != http.StatusOK {
		t.Error(a.body)
	}
	settled(t, s, 10)
}

func TestDashboardLimitsStreams(t *testing.T) {
	s := shown(t, 100, nil)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	var first *listener
	for i := range dashboardStreams {
		if l := listen(t, web.URL, ""); i == 0 {
			first = l
		}
	}
	a := request(t, s, "GET", "/dashboard/events", "", "")
	problemOf(t, a, http.StatusServiceUnavailable, "overloaded")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	first.close()
	for range 300 {
		if len(s.monitor.streams) < dashboardStreams {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	listen(t, web.URL, "")
	s.monitor.end()
	problemOf(t, request(t, s, "GET", "/dashboard/events", "", ""), http.StatusServiceUnavailable, "not-ready")
}

// TestDashboardEndsWithTheService ends a service whose streams are open, with short times for
// requests, which streams are to outlive.
func TestDashboardEndsWithTheService(t *testing.T) {
	s := shown(t, 100, func(o *Options) {
		o.Addr = "127.0.0.1:0"
		o.Limits.Read, o.Limits.Write, o.Limits.Drain = 300*time.Millisecond, 300*time.Millisecond, 100*time.Millisecond
	})
	ctx, end := context.WithCancel(t.Context())
	defer end()
	at, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- s.Run(ctx, func(a map[string]string) { at <- "http://" + a["clients"] }) }()
	l := listen(t, <-at, "")
	time.Sleep(time.Second)
	post(t, s, record(t))
	if _, rows, _ := l.rows(); rows != 1 {
		t.Errorf("%d rows", rows)
	}
	began := time.Now()
	end()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the end took %v", took)
	}
	if _, _, _, ok := l.next(); ok || l.lines.Err() != nil {
		t.Errorf("the stream did not end as it should: %v", l.lines.Err())
	}
}

// TestDashboardAtOnce scores, reads and listens at the same time; for the race detector.
func TestDashboardAtOnce(t *testing.T) {
	s := shown(t, 500, nil)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	some := encoded(t, records(t, simulated(t, 200, 3), 100))
	var all sync.WaitGroup
	for range 3 {
		l := listen(t, web.URL, "")
		all.Go(func() {
			for range 20 {
				post(t, s, some)
			}
		})
		all.Go(func() {
			for range 5 {
				request(t, s, "GET", "/dashboard/data", "", "")
			}
		})
		all.Go(func() {
			if _, _, _, ok := l.next(); !ok {
				t.Error("no event")
			}
		})
	}
	all.Wait()
	settled(t, s, 6000-uint64(testutil.ToFloat64(s.monitor.dropped)))
}

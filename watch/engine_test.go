package watch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/netanom/netanom/serve/alert"
	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/connlog"
	"github.com/netanom/netanom/triage"
)

// expected is what the alerts of lines must be, by a way of its own: read whole, released in
// the same order, scored in one piece.
func expected(t *testing.T, o Options, lines []string) (uids []string, scores map[string]float64) {
	t.Helper()
	b := newBatch(o.Model)
	hold := o.Hold
	if hold == 0 {
		hold = 5 * time.Second
	}
	s, err := traffic.NewStream(traffic.StreamOptions{Windows: o.Model.Schema.Setting.Windows, Hold: hold, MaxHeld: 1 << 16}, func(r *traffic.Record) error {
		b.add(r, "")
		return nil
	})
	must(t, err)
	p := connlog.NewParser(connlog.ZeekTSV, connlog.Options{})
	for _, line := range append(strings.SplitAfter(zeekHeader("x"), "\n"), lines...) {
		must(t, p.Line([]byte(line), s.Add))
	}
	must(t, s.Close())
	found, attacks, taken, err := b.score()
	must(t, err)
	scores = map[string]float64{}
	for k, i := range attacks {
		uids = append(uids, b.rows[i].record.UID)
		scores[b.rows[i].record.UID] = found.Score[taken[k]]
	}
	return uids, scores
}

func uidOf(t *testing.T, a *alert.Alert) string {
	t.Helper()
	if a.UID == "" || !bytes.Contains(a.Record, []byte(`"uid":"`+a.UID+`"`)) {
		t.Fatalf("no uid in %+v", a)
	}
	return a.UID
}

// What is followed gives the alerts that it should, in order, with all there is to know.
func TestFollowScores(t *testing.T) {
	s := newSite(t)
	s.o.State = "" // what is held is scored at the end
	s.o.Reasons, s.o.Explained = 2, 1000
	var groups, told int
	s.o.OnGroup = func(*triage.Group, triage.Why) { groups++ }
	s.o.OnAlert = func(*alert.Alert) { told++ }
	lines := zeekLines(t, 3000, 2)
	s.write("conn.log", zeekHeader("2026-03-02-00-00-00"), strings.Join(lines, ""))
	shown := s.follow(3008)
	uids, scores := expected(t, s.o, lines)
	alerts := alertsOf(t, s.path("alerts"))
	if len(alerts) != len(uids) || len(uids) < 300 || told != len(uids) || groups == 0 || groups == told {
		t.Fatalf("%d alerts, want %d; told of %d, and of %d groups", len(alerts), len(uids), told, groups)
	}
	ids := map[string]bool{}
	for i := range alerts {
		a := &alerts[i]
		if uidOf(t, a) != uids[i] || a.Score != scores[uids[i]] {
			t.Fatalf("alert %d is of %s with %v, want %s with %v", i, uidOf(t, a), a.Score, uids[i], scores[uids[i]])
		}
		if len(a.ID) != 26 || ids[a.ID] || a.Verdict != "attack" || a.Request != s.path("conn.log") || a.Client == "" || a.Version == "" || !strings.Contains(string(a.Record), `"community_id":"1:`) {
			t.Fatalf("alert %+v", a)
		}
		ids[a.ID] = true
	}
	if len(alerts[0].Reasons) == 0 {
		t.Error("an alert has no reasons")
	}
	c := shown.Counts
	if c.Lines != 3008 || c.Scored != 3000 || c.Alerts != int64(len(uids)) || c.Bad != 0 || c.Refused != 0 || shown.OpenGroups == 0 {
		t.Errorf("counts %+v, %d open groups", c, shown.OpenGroups)
	}
	if !s.told("have no value here") {
		t.Errorf("what the log lacks was not told: %q", s.notices)
	}
}

// Runs that end and go on give the same alerts as one, windows and groups included.
func TestFollowGoesOn(t *testing.T) {
	lines := zeekLines(t, 3000, 3)
	once, parts := newSite(t), newSite(t)
	once.write("conn.log", zeekHeader("a"), strings.Join(lines, ""))
	whole := once.follow(3008)
	parts.write("conn.log", zeekHeader("a"))
	var last Snapshot
	headers := 8
	for i := 0; i < len(lines); i += 750 {
		parts.write("conn.log", lines[i:i+375]...)
		if i == 750 { // a rotation while nobody looks
			must(t, os.Rename(parts.path("conn.log"), parts.path("conn.2026-03-02.log")))
			parts.write("conn.log", zeekHeader("b"))
			headers += 8
		}
		parts.write("conn.log", lines[i+375:i+750]...)
		last = parts.follow(int64(headers + i + 750))
	}
	same(t, alertsOf(t, once.path("alerts")), alertsOf(t, parts.path("alerts")))
	if whole.Counts.Scored != last.Counts.Scored || whole.Counts.Alerts != last.Counts.Alerts || whole.OpenGroups != last.OpenGroups || whole.Held != last.Held || whole.Held == 0 {
		t.Errorf("counts\n%+v, %d groups, %d held\n%+v, %d groups, %d held", whole.Counts, whole.OpenGroups, whole.Held, last.Counts, last.OpenGroups, last.Held)
	}
	for i := range whole.Groups {
		a, b := *whole.Groups[i], *last.Groups[i]
		if a.Summary() != b.Summary() || a.ID != b.ID {
			t.Errorf("group %q, and in parts %q", a.Summary(), b.Summary())
		}
	}
}

// same compares alerts but for ids, which are made of files, and their names.
func same(t *testing.T, want, got []alert.Alert) {
	t.Helper()
	ids := map[string]bool{}
	for i := range got {
		if ids[got[i].ID] {
			t.Errorf("the id of alert %d, %s, is there twice", i, got[i].ID)
		}
		ids[got[i].ID] = true
		if i < len(want) {
			got[i].ID, got[i].Request = want[i].ID, want[i].Request
			if !reflect.DeepEqual(want[i], got[i]) {
				t.Fatalf("alert %d is\n%v\n%s, want\n%v\n%s", i, got[i].Reasons, got[i].Record, want[i].Reasons, want[i].Record)
			}
		}
	}
	if len(got) != len(want) || len(want) == 0 {
		t.Errorf("%d alerts, want %d", len(got), len(want))
	}
}

// A pipe gives the same alerts as a file, and ends by itself.
func TestReadStream(t *testing.T) {
	lines := zeekLines(t, 1000, 4)
	s := newSite(t)
	s.o.State = ""
	var got []string
	s.o.OnAlert = func(a *alert.Alert) { got = append(got, uidOf(t, a)) }
	e, err := New(s.o)
	must(t, err)
	text := zeekHeader("a") + strings.Join(lines[:500], "") + strings.Repeat("x", 2<<20) + "\n" + "no connection\n" + strings.TrimSuffix(strings.Join(lines[500:], ""), "\n")
	must(t, e.Read(t.Context(), "-", strings.NewReader(text)))
	want, _ := expected(t, s.o, lines)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%d alerts, want %d", len(got), len(want))
	}
	if c := e.Snapshot().Counts; c.Long != 1 || c.Bad != 1 || c.Scored != 1000 {
		t.Errorf("counts %+v", c)
	}
	if err := e.Read(t.Context(), "-", strings.NewReader(text)); err == nil {
		t.Error("an engine read twice")
	}
}

// A pipe that says nothing does not keep rows waiting, nor the end.
func TestReadQuietPipe(t *testing.T) {
	s := newSite(t)
	s.o.State, s.o.quiet, s.o.Hold = "", 100*time.Millisecond, 200*time.Millisecond
	lines := zeekLines(t, 400, 5)
	want, _ := expected(t, s.o, lines)
	p := s.piped(lines)
	waitFor(t, func() bool { return p.alerts.Load() == int64(len(want)) })
	p.cancel()
	must(t, <-p.done)
}

// A piped is an engine that reads lines from a pipe.
type piped struct {
	*Engine
	pipe   *io.PipeWriter
	cancel context.CancelFunc
	done   chan error
	alerts atomic.Int64
}

// piped lets an engine read lines from a pipe that stays open.
func (s *site) piped(lines []string) *piped {
	p := &piped{done: make(chan error, 1)}
	s.o.OnAlert = func(*alert.Alert) { p.alerts.Add(1) }
	var err error
	p.Engine, err = New(s.o)
	must(s.t, err)
	ctx, cancel := context.WithCancel(s.t.Context())
	r, w := io.Pipe()
	p.pipe, p.cancel = w, cancel
	go func() { p.done <- p.Read(ctx, "-", r) }()
	_, err = io.WriteString(w, zeekHeader("a")+strings.Join(lines, ""))
	must(s.t, err)
	return p
}

// A pipe that is closed because the watch is to end loses nothing that was read.
func TestReadClosedPipe(t *testing.T) {
	s := newSite(t)
	s.o.State = ""
	lines := zeekLines(t, 300, 5)
	want, _ := expected(t, s.o, lines)
	for name, cause := range map[string]error{"ended": context.Canceled, "broken": io.ErrUnexpectedEOF} {
		p := s.piped(lines)
		waitFor(t, func() bool { p.mu.Lock(); defer p.mu.Unlock(); return p.counts.Lines >= int64(len(lines)) })
		if cause == context.Canceled {
			p.cancel()
		}
		p.pipe.CloseWithError(cause)
		if err := <-p.done; (err != nil) != (cause != context.Canceled) || err != nil && !errors.Is(err, cause) {
			t.Errorf("%s: %v", name, err)
		}
		if n := p.alerts.Load(); n != int64(len(want)) {
			t.Errorf("%s: %d alerts, want %d", name, n, len(want))
		}
		p.cancel()
	}
}

func waitFor(t *testing.T, what func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !what(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen in 20 seconds")
		}
	}
}

// What is known to be harmless is no alert, and counted.
func TestAllowed(t *testing.T) {
	s := newSite(t)
	s.o.State = ""
	allow, err := triage.ParseAllow(strings.NewReader("src=0.0.0.0/1\nsrc=128.0.0.0/1\n"), "allow")
	must(t, err)
	s.o.Allow = allow
	s.write("conn.log", zeekHeader("a"), strings.Join(zeekLines(t, 500, 2), ""))
	if c := s.follow(508).Counts; c.Alerts != 0 || c.Allowed == 0 || c.Scored != 500 {
		t.Errorf("counts %+v", c)
	}
}

// Another model or setting is told after a restart; a state of another source is refused.
func TestRestartWithOtherThings(t *testing.T) {
	s := newSite(t)
	lines := zeekLines(t, 1000, 2)
	s.write("conn.log", zeekHeader("a"), strings.Join(lines[:500], ""))
	s.follow(508)
	s.o.Model = trained(t, "tree", `{"max_depth":2}`)
	s.o.Model.Schema.Setting.Windows = traffic.PerHost
	s.write("conn.log", lines[500:]...)
	shown := s.follow(1008)
	if !s.told("model is another") || !s.told("windows begin empty") || shown.Counts.Scored+int64(shown.Held) != 1000 {
		t.Errorf("notices %q, counts %+v, %d held", s.notices, shown.Counts, shown.Held)
	}
	e, err := New(s.o)
	must(t, err)
	if err := e.Follow(t.Context(), FollowOptions{Path: s.path("other.log")}); err == nil || !strings.Contains(err.Error(), "the state is of") {
		t.Errorf("a state of another log: %v", err)
	}
	s.write("state", "x")
	if _, err := New(s.o); !errors.Is(err, errState) {
		t.Errorf("a damaged state: %v", err)
	}
}

// From is for the first run alone, also where that found an empty file or none.
func TestFromEndOfNothing(t *testing.T) {
	for _, begin := range map[string]func(*site){"no file": func(*site) {}, "empty": func(s *site) { s.write("conn.log", "") }} {
		s := newSite(t)
		begin(s)
		run := func(lines int64) {
			e, err := New(s.o)
			must(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- e.Follow(ctx, FollowOptions{Path: s.path("conn.log"), From: End}) }()
			waitFor(t, func() bool { e.mu.Lock(); defer e.mu.Unlock(); return e.counts.Lines >= lines })
			cancel()
			must(t, <-done)
		}
		run(0)
		s.write("conn.log", zeekHeader("a"), strings.Join(zeekLines(t, 100, 2), ""))
		run(100)
	}
}

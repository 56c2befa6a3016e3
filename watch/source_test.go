package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/serve/alert"
)

// read scores a text, and returns the counts and what was told.
func (s *site) read(text string) Counts {
	s.t.Helper()
	s.o.State = ""
	e, err := New(s.o)
	must(s.t, err)
	must(s.t, e.Read(s.t.Context(), "-", strings.NewReader(text)))
	return e.Snapshot().Counts
}

func TestFormats(t *testing.T) {
	second := func(i int) int64 { return 1767225600 + int64(i) } // 2026-01-01
	zeekJSON := func(i int) string {
		return fmt.Sprintf(`{"ts":%d.5,"uid":"C%d","id.orig_h":"10.0.0.1","id.orig_p":1024,"id.resp_h":"10.0.0.2","id.resp_p":80,"proto":"tcp","duration":0.5,"orig_bytes":10,"resp_bytes":20,"conn_state":"SF"}`+"\n", second(i), i)
	}
	eve := func(i int) string {
		at := time.Unix(second(i), 0).UTC().Format("2006-01-02T15:04:05.000000-0700")
		return fmt.Sprintf(`{"timestamp":"%[1]s","flow_id":%d,"event_type":"flow","src_ip":"10.0.0.1","src_port":1024,"dest_ip":"10.0.0.2","dest_port":80,"proto":"TCP","flow":{"pkts_toserver":4,"pkts_toclient":4,"bytes_toserver":400,"bytes_toclient":400,"start":"%[1]s","end":"%[1]s"},"tcp":{"tcp_flags_ts":"1b","tcp_flags_tc":"1b"}}`+"\n", at, i)
	}
	for _, c := range []struct {
		name, text string
		scored     int64
		bad        int64
		told       string
	}{
		{"zeek json", zeekJSON(1) + zeekJSON(2), 2, 0, ""},
		{"eve", eve(1) + "{}\n" + eve(2), 2, 0, ""},
		{"zeek without an end of the last line", zeekHeader("a") + strings.TrimSuffix(strings.Join(zeekLines(t, 30, 1), ""), "\n"), 30, 0, ""},
		{"no log", "a,b,c\n1,2,3\n", 0, 2, "neither a Zeek conn.log"},
		{"another log of Zeek", strings.ReplaceAll(zeekHeader("a"), "id.orig_h", "host") + "1\t2\n", 0, 1, "neither a Zeek conn.log"},
		{"a bad line", zeekJSON(1) + "{\"ts\":\n" + zeekJSON(2), 2, 1, "a line cannot be read"},
		{"from the far future", zeekJSON(1) + strings.ReplaceAll(zeekJSON(2), "17", "99") + zeekJSON(3), 2, 1, "ahead of this machine's clock"},
	} {
		s := newSite(t)
		if got := s.read(c.text); got.Scored != c.scored || got.Bad != c.bad {
			t.Errorf("%s: counts %+v; notices %q", c.name, got, s.notices)
		}
		if c.told != "" && !s.told(c.told) {
			t.Errorf("%s: notices %q", c.name, s.notices)
		}
	}
	e, err := New(newSite(t).o)
	must(t, err)
	if err := e.Read(t.Context(), "-", strings.NewReader("")); err == nil {
		t.Error("nothing was read")
	}
}

// Reading from the end on knows the header that came long before, and a log that is
// rotated into another format is understood.
func TestFollowHeaders(t *testing.T) {
	s := newSite(t)
	s.o.State = ""
	lines := zeekLines(t, 400, 2)
	s.write("conn.log", zeekHeader("a"), strings.Join(lines[:200], ""))
	l := openAlerts(t, s.path("alerts"))
	defer closeAlerts(t, l)
	s.o.Alerts = l
	e, err := New(s.o)
	must(t, err)
	ctx, cancel := contextOf(t)
	done := make(chan error, 1)
	go func() {
		done <- e.Follow(ctx, FollowOptions{Path: s.path("conn.log"), From: End, Settle: time.Millisecond})
	}()
	waitFor(t, func() bool { return e.Snapshot().Source != "" && e.caughtUp() })
	s.write("conn.log", lines[200:]...)
	waitFor(t, func() bool { return e.linesRead() == 200 })
	(&bench{t: t, dir: s.dir}).rename("conn.log", "conn.1.log")
	s.write("conn.log", `{"ts":1767225600,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":1024,"id.resp_h":"10.0.0.2","id.resp_p":80,"proto":"tcp","conn_state":"SF"}`+"\n")
	waitFor(t, func() bool { return e.linesRead() == 201 })
	cancel()
	must(t, <-done)
	if c := e.Snapshot().Counts; c.Scored != 201 || c.Bad != 0 {
		t.Errorf("counts %+v; notices %q", c, s.notices)
	}
}

func (e *Engine) caughtUp() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.caught.IsZero()
}

// Reasons are for the first alerts of a batch alone, as they take long.
func TestFewAreExplained(t *testing.T) {
	s := newSite(t)
	s.o.Reasons, s.o.Explained, s.o.Batch = 3, 2, 1<<20
	explained, all := 0, 0
	s.o.OnAlert = func(a *alert.Alert) {
		all++
		if len(a.Reasons) > 0 {
			explained++
		}
	}
	s.o.Within = time.Hour
	s.read(zeekHeader("a") + strings.Join(zeekLines(t, 500, 2), ""))
	if explained != 2 || all < 50 {
		t.Errorf("%d of %d alerts have reasons", explained, all)
	}
}

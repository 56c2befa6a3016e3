package watch

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

// A log that is not there yet is waited for, which is told once.
func TestAwaitedIsToldOnce(t *testing.T) {
	b := newBench(t)
	f, err := Follow(FollowOptions{Path: b.path("conn.log"), Notice: func(text string) { b.notices = append(b.notices, text) }})
	b.must(err)
	for range 3 {
		if e := f.Next(); e != Idle {
			t.Errorf("event %v of nothing", e)
		}
	}
	if len(b.notices) != 1 {
		t.Errorf("notices %q", b.notices)
	}
	b.must(f.Close())
}

// What cannot grow as a log does is refused, with a way to read it.
func TestFollowRefusesOtherFiles(t *testing.T) {
	b := newBench(t)
	b.write("a.pcap", "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x01\x00\x00\x00")
	var packed strings.Builder
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte(lines("a", 1, 3)))
	b.must(err)
	b.must(w.Close())
	b.write("a.gz", packed.String())
	for name, what := range map[string]string{"a.pcap": "a capture", "a.gz": "compressed"} {
		_, err := Follow(FollowOptions{Path: b.path(name)})
		if err == nil || !strings.Contains(err.Error(), "the file is "+what) || !strings.Contains(err.Error(), "netanom watch - <") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A state that cannot be written is told before anything is read.
func TestStateMustBeStorable(t *testing.T) {
	s := newSite(t)
	s.o.State = s.path("no folder/state")
	if _, err := New(s.o); !errors.Is(err, errUnsaved) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a state in no folder: %v", err)
	}
	s.o.State = s.path("state")
	_, err := New(s.o)
	must(t, err)
	left, err := os.ReadDir(s.dir)
	must(t, err)
	if len(left) != 0 {
		t.Errorf("files left: %v", left)
	}
}

// Trouble with the state is told once, and again when it was over meanwhile.
func TestUnstoredIsToldOnce(t *testing.T) {
	s := newSite(t)
	e, err := New(s.o)
	must(t, err)
	for range 3 {
		e.unstored(errUnsaved, "trying again")
	}
	if len(s.notices) != 1 {
		t.Errorf("notices %q", s.notices)
	}
	must(t, e.begin(t.Context(), "log", false))
	must(t, e.save(false))
	e.unstored(errUnsaved, "trying again")
	if len(s.notices) != 2 {
		t.Errorf("notices %q", s.notices)
	}
}

// A pipe into which nobody writes can be left, and what is waited for is shown.
func TestSilentPipe(t *testing.T) {
	s := newSite(t)
	e, err := New(s.o)
	must(t, err)
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	must(t, e.Read(ctx, "standard input", r))
	if got := e.Snapshot(); got.Source != "standard input" || got.Counts.Scored != 0 {
		t.Errorf("snapshot %+v", got)
	}
}

// A snapshot never has more alerts of the last minute than alerts at all.
func TestSnapshotAddsUp(t *testing.T) {
	now := time.Unix(1e9, 0)
	e := Engine{}
	e.board.begin(&Options{Now: func() time.Time { return now }})
	e.board.add(now, 10, 4, Counts{Scored: 10, Alerts: 4})
	if s := e.Snapshot(); s.AlertsMinute != 4 || s.AlertsHour != 4 || s.Counts.Alerts != 4 || s.Counts.Scored != 10 {
		t.Errorf("snapshot %+v", s)
	}
}

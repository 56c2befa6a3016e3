package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// openLog opens a log that the test closes at its end.
func openLog(t testing.TB, o Options) *Log {
	t.Helper()
	if o.Logger == nil {
		o.Logger = quiet()
	}
	l, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeLog(t, l, 0) })
	return l
}

// closeLog closes a log and gives deliverers so much time to send the rest.
func closeLog(t testing.TB, l *Log, rest time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), max(rest, time.Second))
	defer cancel()
	if rest == 0 {
		<-drained(l)
		cancel()
	}
	if err := l.Close(ctx); err != nil {
		t.Error(err)
	}
}

// drained is closed when the queue of a log was written.
func drained(l *Log) chan struct{} {
	c := make(chan struct{})
	go func() {
		defer close(c)
		l.queue.close()
		<-l.written
	}()
	return c
}

func logPath(t testing.TB) string { return filepath.Join(t.TempDir(), "alerts.jsonl") }

func numberedAlerts(from, n int) []Alert {
	out := make([]Alert, n)
	for i := range out {
		out[i] = Alert{ID: fmt.Sprintf("a%06d", from+i), Time: time.Date(2026, 3, 1, 12, 0, 0, 1, time.UTC), Model: "m", Version: "1", Score: 0.9, Threshold: 0.5, Verdict: "attack",
			Reasons: []Reason{{"src_bytes", "1032", 0.4}}, Record: json.RawMessage(`{"src_bytes": 1032}`)}
	}
	return out
}

func appendTo(t testing.TB, l *Log, alerts []Alert) {
	t.Helper()
	if err := l.Append(context.Background(), alerts); err != nil {
		t.Fatal(err)
	}
}

// idsOf returns the ids in all files of a log, in order, and fails on a line that is none.
func idsOf(t testing.TB, path string) []string {
	t.Helper()
	c, err := listFiles(path)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range c.rotated {
		ids = append(ids, idsIn(t, numbered(path, s.number))...)
	}
	return append(ids, idsIn(t, path)...)
}

func idsIn(t testing.TB, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		if os.IsNotExist(err) {
			return nil
		}
		t.Fatal(err)
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		t.Errorf("%s ends in half a line", name)
	}
	var ids []string
	for line := range bytes.Lines(text) {
		var a Alert
		if err := json.Unmarshal(line, &a); err != nil || a.ID == "" {
			t.Fatalf("%s: %q: %v", name, line, err)
		}
		ids = append(ids, a.ID)
	}
	return ids
}

func idsUpTo(n int) []string {
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("a%06d", i))
	}
	return ids
}

func TestRotationKeepsEachAlertOnce(t *testing.T) {
	path := logPath(t)
	l := openLog(t, Options{Path: path, MaxBytes: 8 << 10, Keep: 10000, Patience: time.Minute})
	const goroutines, batches, size = 16, 60, 3
	var group sync.WaitGroup
	for g := range goroutines {
		group.Go(func() {
			for b := range batches {
				if err := l.Append(context.Background(), numberedAlerts((g*batches+b)*size, size)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	got := idsOf(t, path)
	slices.Sort(got)
	if want := idsUpTo(goroutines * batches * size); !slices.Equal(got, want) {
		t.Errorf("%d alerts in the files, want each of %d once", len(got), len(want))
	}
	s := l.Stats()
	if s.Written != goroutines*batches*size || s.Lost+s.Late+s.Queued != 0 || s.Rotations < 20 {
		t.Errorf("Stats = %+v", s)
	}
	for _, seg := range l.files.rotated {
		if seg.size > 8<<10 {
			t.Errorf("file %d has %d bytes", seg.number, seg.size)
		}
		if info, err := os.Stat(numbered(path, seg.number)); err != nil || info.Size() != seg.size || info.Mode().Perm() != 0o600 {
			t.Errorf("file %d: %v, %v", seg.number, info, err)
		}
	}
}

func TestOldFilesAreDeleted(t *testing.T) {
	path := logPath(t)
	l := openLog(t, Options{Path: path, MaxBytes: 1000, Keep: 3})
	for i := range 100 {
		appendTo(t, l, numberedAlerts(i, 1))
	}
	closeLog(t, l, time.Second)
	again := openLog(t, Options{Path: path, MaxBytes: 1000, Keep: 3})
	for deadline := time.Now().Add(5 * time.Second); len(again.files.all()) > 4 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	got := idsOf(t, path)
	if want := idsUpTo(100); len(got) < 10 || !slices.Equal(got, want[100-len(got):]) {
		t.Errorf("kept %v, want the last ones", got)
	}
	if n := len(again.files.all()); n != 4 {
		t.Errorf("%d files, want 4", n)
	}
}

func TestTornLineIsMovedAway(t *testing.T) {
	path := logPath(t)
	l := openLog(t, Options{Path: path})
	appendTo(t, l, numberedAlerts(0, 3))
	closeLog(t, l, time.Second)
	half := `{"id":"half`
	for _, text := range []string{half, strings.Repeat("x", 200_000)} {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteString(text)
		f.Close()
		l = openLog(t, Options{Path: path})
		closeLog(t, l, time.Second)
	}
	if got := idsOf(t, path); !slices.Equal(got, idsUpTo(3)) {
		t.Errorf("after two torn lines: %v", got)
	}
	if torn, err := os.ReadFile(path + tornSuffix); err != nil || string(torn) != half+"\n"+strings.Repeat("x", 200_000)+"\n" {
		t.Errorf("torn lines: %d bytes, %v", len(torn), err)
	}
}

// Each state of the directory that a crash in a rotation can leave is one from which Open
// goes on without loss.
func TestCrashInRotation(t *testing.T) {
	for name, crash := range map[string]func(path string) error{
		"before":         func(string) error { return nil },
		"next file made": func(path string) error { return os.WriteFile(path+newSuffix, nil, 0o600) },
		"old file renamed": func(path string) error {
			return errors.Join(os.WriteFile(path+newSuffix, nil, 0o600), os.Rename(path, numbered(path, 1)))
		},
		"next file in place": func(path string) error {
			return errors.Join(os.Rename(path, numbered(path, 1)), os.WriteFile(path, nil, 0o600))
		},
		"next file not synced": func(path string) error { return os.Rename(path, numbered(path, 1)) },
	} {
		path := logPath(t)
		l := openLog(t, Options{Path: path})
		appendTo(t, l, numberedAlerts(0, 5))
		closeLog(t, l, time.Second)
		if err := crash(path); err != nil {
			t.Fatal(err)
		}
		l = openLog(t, Options{Path: path})
		appendTo(t, l, numberedAlerts(5, 5))
		if got := idsOf(t, path); !slices.Equal(got, idsUpTo(10)) {
			t.Errorf("%s: %v", name, got)
		}
		if _, err := os.Stat(path + newSuffix); err == nil {
			t.Errorf("%s: the next file was left behind", name)
		}
	}
}

// What other programs do to the file loses nothing that was acknowledged and is still there.
func TestSomebodyElseChangesTheFile(t *testing.T) {
	move := func(path string) error { return os.Rename(path, path+".moved") }
	for name, meddle := range map[string]func(path string) error{
		"moved":              move,
		"moved, made anew":   func(path string) error { return errors.Join(move(path), os.WriteFile(path, nil, 0o600)) },
		"moved, half a line": func(path string) error { return errors.Join(move(path), os.WriteFile(path, []byte("{\"id"), 0o600)) },
		"copied and truncated": func(path string) error {
			return errors.Join(exec.Command("cp", path, path+".moved").Run(), os.Truncate(path, 0))
		},
	} {
		path := logPath(t)
		l := openLog(t, Options{Path: path})
		appendTo(t, l, numberedAlerts(0, 3))
		if err := meddle(path); err != nil {
			t.Fatal(err)
		}
		appendTo(t, l, numberedAlerts(3, 3))
		if got := append(idsIn(t, path+".moved"), idsOf(t, path)...); !slices.Equal(got, idsUpTo(6)) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	path := logPath(t)
	openLog(t, Options{Path: path})
	dir := filepath.Dir(path)
	for want, o := range map[string]Options{
		"another process writes":  {Path: path},
		"has no path":             {},
		"must not be below 0":     {Path: path, Keep: -1},
		"is no plain file":        {Path: dir},
		"make it first":           {Path: filepath.Join(dir, "none", "a.jsonl")},
		"URL is none":             {Path: path, Deliverers: []Deliverer{&Webhook{URL: "ftp://u:secret@h/"}}},
		"part of a file name":     {Path: path, Deliverers: []Deliverer{&Webhook{URL: "http://h/", Name: "../x"}}},
		"a line break":            {Path: path, Deliverers: []Deliverer{&Webhook{URL: "http://h/", Header: map[string][]string{"Authorization": {"secret\n"}}}}},
		"no name of a header":     {Path: path, Deliverers: []Deliverer{&Webhook{URL: "http://h/", Header: map[string][]string{"a b": {"secret"}}}}},
		"name and a dead-letter":  {Path: path, Deliverers: []Deliverer{&Webhook{URL: "http://h/"}, &Webhook{URL: "http://i/"}}},
		"udp, tcp or unixgram":    {Path: path, Deliverers: []Deliverer{&Syslog{Network: "sctp", Address: "h:1"}}},
		"no facility":             {Path: path, Deliverers: []Deliverer{&Syslog{Network: "udp", Address: "h:1", Facility: "local9"}}},
		"no severity":             {Path: path, Deliverers: []Deliverer{&Syslog{Network: "udp", Address: "h:1", Severity: "bad"}}},
		"no HOST:PORT":            {Path: path, Deliverers: []Deliverer{&Syslog{Network: "udp", Address: "host"}}},
		"too short for syslog":    {Path: path, Deliverers: []Deliverer{&Syslog{Network: "udp", Address: "h:1", MaxBytes: 100}}},
		"syslog has no address":   {Path: path, Deliverers: []Deliverer{&Syslog{Network: "unixgram"}}},
		"timeout must not be":     {Path: path, Deliverers: []Deliverer{&Webhook{URL: "http://h/", Timeout: -1}}},
		"times must not be below": {Path: path, Deliverers: []Deliverer{&Webhook{URL: "http://h/", GiveUp: -1}}},
	} {
		o.Logger = quiet()
		l, err := Open(t.Context(), o)
		if err == nil {
			closeLog(t, l, 0)
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("Open(%+v) = %v, want %q", o, err, want)
		}
	}
}

// A rotation renames the file, not a link to it.
func TestPathIsALink(t *testing.T) {
	path := logPath(t)
	link := filepath.Join(t.TempDir(), "link.jsonl")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Symlink(path, link)); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("links cannot be made here: %v", err)
	}
	l := openLog(t, Options{Path: link, MaxBytes: 1000})
	for i := range 10 {
		appendTo(t, l, numberedAlerts(i, 1))
	}
	if got := idsOf(t, path); !slices.Equal(got, idsUpTo(10)) {
		t.Errorf("%v", got)
	}
}

// Names that other tools give to rotated files are left alone.
func TestForeignNamesAreNotOurs(t *testing.T) {
	path := logPath(t)
	for _, name := range []string{".1", ".20261014", ".2026101412", ".0000000001.gz", ".00000000001", ".x"} {
		if err := os.WriteFile(path+name, []byte("x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l := openLog(t, Options{Path: path})
	if len(l.files.rotated) != 0 {
		t.Errorf("taken for ours: %v", l.files.rotated)
	}
}

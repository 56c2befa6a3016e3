package serve

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// ledgerOf opens a ledger over a text, and returns what it told of the lines.
func ledgerOf(t *testing.T, path, text string) (l *ledger, known []string, err error) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err = openLedger(path, func(line []byte) { known = append(known, string(line)) })
	if err == nil {
		t.Cleanup(func() { l.close() })
	}
	return l, known, err
}

func fileText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(text)
}

func TestLedgerTail(t *testing.T) {
	for text, want := range map[string]struct {
		torn, file string
		known      int
	}{
		"":                            {"", "", 0},
		"{\"a\":1}\n":                 {"", "{\"a\":1}\n", 1},
		"{\"a\":1}\n{\"b\":2}":        {"", "{\"a\":1}\n{\"b\":2}\n", 2},
		"{\"b\":2}":                   {"", "{\"b\":2}\n", 1},
		"\n{\"a\":1}\n{\"half\":":     {"{\"half\":\n", "\n{\"a\":1}\n", 2},
		"{\"half\":\"x":               {"{\"half\":\"x\n", "", 0},
		"{\"a\":1}\n{\"b\":2} {":      {"{\"b\":2} {\n", "{\"a\":1}\n", 1},
		"{\"a\":1}\n[1]":              {"[1]\n", "{\"a\":1}\n", 1},
		"{\"a\":1}\nadded by hand":    {"added by hand\n", "{\"a\":1}\n", 1},
		"{\"a\":1}\n\x00\x00\x00":     {"\x00\x00\x00\n", "{\"a\":1}\n", 1},
		"{\"a\":1}\nodd\n{\"b\":2}\n": {"", "{\"a\":1}\nodd\n{\"b\":2}\n", 3},
	} {
		path := filepath.Join(t.TempDir(), "labels")
		l, known, err := ledgerOf(t, path, text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if moved := max(len(want.torn)-1, 0); l.torn != int64(moved) || len(known) != want.known {
			t.Errorf("%q: %d bytes moved, lines %q", text, l.torn, known)
		}
		if err := l.append([]byte("{}\n")); err != nil {
			t.Error(err)
		}
		if file, torn := fileText(t, path), fileText(t, path+tornSuffix); file != want.file+"{}\n" || torn != want.torn {
			t.Errorf("%q: file %q, torn %q", text, file, torn)
		}
	}
}

// The pieces of several crashes are all kept.
func TestLedgerTornTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "labels")
	for _, half := range []string{`{"one`, `{"two`} {
		l, _, err := ledgerOf(t, path, "{}\n"+half)
		if err != nil {
			t.Fatal(err)
		}
		l.close()
	}
	if got := fileText(t, path+tornSuffix); got != "{\"one\n{\"two\n" {
		t.Errorf("torn: %q", got)
	}
}

// A mistaken path is told of, and not written to.
func TestLedgerOfAnotherFile(t *testing.T) {
	for _, text := range []string{"duration,attack\n1,normal", "{\n \"a\": 1\n}\n", "[1]\n{}\n", "text without an end", "{not json", "{\"a\":\n", "\n\nx\n", "{} {}\n", "\x7fELF"} {
		path := filepath.Join(t.TempDir(), "labels")
		_, known, err := ledgerOf(t, path, text)
		if err == nil || !strings.Contains(err.Error(), path+" is no file of feedback") || strings.Join(known, "") != "" {
			t.Errorf("%q: %v, lines %q", text, err, known)
		}
		if got := fileText(t, path); got != text {
			t.Errorf("%q became %q", text, got)
		}
		if _, err := os.Stat(path + tornSuffix); err == nil {
			t.Errorf("%q: there is a file of pieces", text)
		}
	}
}

// What cannot be moved stays where it is.
func TestLedgerTornCannotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "labels")
	if err := os.Mkdir(path+tornSuffix, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ledgerOf(t, path, "{}\n{\"half"); err == nil || !strings.Contains(err.Error(), tornSuffix) {
		t.Error(err)
	}
	if got := fileText(t, path); got != "{}\n{\"half" {
		t.Errorf("file %q", got)
	}
}

func TestLedgerAppendsOfMany(t *testing.T) {
	path := filepath.Join(t.TempDir(), "labels")
	l, _, err := ledgerOf(t, path, "")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for g := range 32 {
		group.Go(func() {
			for i := range 20 {
				line := fmt.Sprintf("{\"%d\":%d}\n", g, i)
				if err := l.append([]byte(line)); err != nil || !strings.Contains(fileText(t, path), line) {
					t.Errorf("%s is not in the file: %v", line, err)
				}
			}
		})
	}
	group.Wait()
	lines := strings.Split(strings.TrimSpace(fileText(t, path)), "\n")
	if slices.Sort(lines); len(lines) != 640 || len(slices.Compact(lines)) != 640 || l.busy || l.round != nil {
		t.Errorf("%d lines, busy: %v", len(lines), l.busy)
	}
}

// Who leads writes its own round; those who came meanwhile write theirs, together.
func TestLedgerHandsTheLeadOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "labels")
	l, _, err := ledgerOf(t, path, "")
	if err != nil {
		t.Fatal(err)
	}
	l.busy = true // as if another round were being written
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			if err := l.append([]byte("{}\n")); err != nil {
				t.Error(err)
			}
		})
	}
	for waiting := 0; waiting < 9; time.Sleep(time.Millisecond) {
		l.mu.Lock()
		waiting = len(l.waiting)
		l.mu.Unlock()
	}
	if got := fileText(t, path); got != "" {
		t.Errorf("written beside the one who writes: %q", got)
	}
	l.handOn()
	group.Wait()
	if got := fileText(t, path); got != "{}\n{}\n{}\n" || l.busy {
		t.Errorf("file %q, busy: %v", got, l.busy)
	}
}

// All who wait for a round learn that it could not be written.
func TestLedgerAppendFails(t *testing.T) {
	l, _, err := ledgerOf(t, filepath.Join(t.TempDir(), "labels"), "")
	if err != nil {
		t.Fatal(err)
	}
	l.close()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := l.append([]byte("{}\n")); err == nil {
				t.Error("no error")
			}
		})
	}
	group.Wait()
}

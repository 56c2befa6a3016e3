package alert

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// readAll reads what there is from a place on.
func readAll(t *testing.T, c *files, at place) []byte {
	t.Helper()
	read := tail{files: c, at: at}
	defer read.close()
	var out []byte
	for {
		p, err := read.next(3)
		if err != nil {
			t.Fatal(err)
		}
		if p == nil {
			return out
		}
		if len(p.lines) == 0 {
			t.Fatal("a parcel without lines")
		}
		for _, l := range p.lines {
			if p.sound && l[len(l)-1] != '\n' {
				t.Errorf("half a line is sound: %q", l)
			}
			out = append(out, l...)
		}
		read.done(p.lines)
	}
}

// Whatever is in the cursor file and the log, all bytes behind the place that the cursor
// names are read once, and all bytes there are if it names none.
func FuzzReader(f *testing.F) {
	lines := appendLines(numberedAlerts(0, 3))
	good := appendCursor(place{1, "", 0})
	f.Add([]byte(good), lines, lines[:200])
	f.Add([]byte(`{"file":1,"offset":-5}`), []byte("\n\n{}\nx"), []byte{})
	f.Add([]byte("null"), []byte{}, []byte("{\"id\":\"1\"}\n"))
	f.Fuzz(func(t *testing.T, cursor, first, second []byte) {
		path := filepath.Join(t.TempDir(), "log")
		err := errors.Join(os.WriteFile(numbered(path, 1), first, 0o600), os.WriteFile(numbered(path, 2), second, 0o600), os.WriteFile(path+".cursor", cursor, 0o600))
		if err != nil {
			t.Fatal(err)
		}
		c, err := listFiles(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := readAll(t, c, place{Number: 1}); !bytes.Equal(got, append(slices.Clone(first), second...)) {
			t.Errorf("read %q of %q and %q", got, first, second)
		}
		p, err := readCursor(path + ".cursor")
		if err != nil {
			return
		}
		at, exact := c.find(p)
		if exact != (at.Offset == p.Offset && at.Mark == p.Mark) && exact {
			t.Errorf("%+v was found exactly at %+v", p, at)
		}
		if !exact && at.Offset != 0 {
			t.Errorf("a place that is not exact: %+v", at)
		}
		if rest := readAll(t, c, at); !bytes.HasSuffix(append(slices.Clone(first), second...), rest) {
			t.Errorf("from %+v: %q", at, rest)
		}
	})
}

func appendCursor(p place) string {
	name := filepath.Join(os.TempDir(), "netanom-cursor-seed")
	defer os.Remove(name)
	if err := writeCursor(name, p, false); err != nil {
		return ""
	}
	text, _ := os.ReadFile(name)
	return string(text)
}

// A place is found again after rotations, by what is in the file, and copies of it.
func TestFind(t *testing.T) {
	path := logPath(t)
	l := openLog(t, Options{Path: path, MaxBytes: 1000})
	line := int64(len(appendLines(numberedAlerts(0, 1))))
	appendTo(t, l, numberedAlerts(0, 1))
	at := place{1, l.files.mark(1), line}
	check := func(what string, p place, want place, exact bool) {
		t.Helper()
		if got, is := l.files.find(p); got != want || is != exact {
			t.Errorf("%s: %+v, %v, want %+v", what, got, is, want)
		}
	}
	check("at once", at, at, true)
	for i := range 10 {
		appendTo(t, l, numberedAlerts(1+i, 1))
	}
	check("after rotations", at, at, true)
	check("in the middle of a line", place{1, at.Mark, line - 1}, place{Number: 1}, false)
	check("behind the end", place{1, at.Mark, 1 << 40}, place{Number: 1}, false)
	check("another number", place{7, at.Mark, line}, at, true)
	check("unknown content", place{2, "x", line}, place{Number: 1}, false)
	check("an empty file", place{3, "", 0}, place{Number: 3}, true)
	check("a file that is not", place{99, "", 0}, place{Number: 1}, false)
}

// The reader follows while lines are appended and files rotate.
func TestTailFollows(t *testing.T) {
	path := logPath(t)
	l := openLog(t, Options{Path: path, MaxBytes: 3000, Keep: 10000})
	const n = 3000
	go func() {
		for i := range n / 3 {
			if err := l.Append(t.Context(), numberedAlerts(3*i, 3)); err != nil {
				t.Error(err)
			}
		}
	}()
	read := tail{files: l.files, at: place{Number: 1}}
	defer read.close()
	var got []byte
	for bytes.Count(got, []byte{'\n'}) < n {
		p, err := read.next(5)
		if err != nil {
			t.Fatal(err)
		}
		if p != nil {
			got = append(got, bytes.Join(p.lines, nil)...)
			read.done(p.lines)
		}
	}
	all := filepath.Join(t.TempDir(), "all")
	if err := os.WriteFile(all, got, 0o600); err != nil {
		t.Fatal(err)
	}
	if ids := idsIn(t, all); !slices.Equal(ids, idsUpTo(n)) {
		t.Errorf("%d lines, some of them twice or out of order", len(ids))
	}
}

package watch

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A bench is a directory with a log, a follower of it, and a clock.
type bench struct {
	t       *testing.T
	dir     string
	clock   time.Time
	f       *Follower
	notices []string
}

func newBench(t *testing.T) *bench {
	return &bench{t: t, dir: t.TempDir(), clock: time.Unix(1e9, 0)}
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// write appends to a file.
func (b *bench) write(name, text string) {
	b.t.Helper()
	f, err := os.OpenFile(b.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	b.must(err)
	_, err = f.WriteString(text)
	b.must(err)
	b.must(f.Close())
}

func (b *bench) rename(from, to string) { b.t.Helper(); b.must(os.Rename(b.path(from), b.path(to))) }

// age makes a file so many minutes old.
func (b *bench) age(name string, minutes int) {
	b.t.Helper()
	at := time.Now().Add(-time.Duration(minutes) * time.Minute)
	b.must(os.Chtimes(b.path(name), at, at))
}

// pack compresses a file as gzip does: under another name, in another inode, as old.
func (b *bench) pack(name string) {
	b.t.Helper()
	text, err := os.ReadFile(b.path(name))
	b.must(err)
	info, err := os.Stat(b.path(name))
	b.must(err)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = z.Write(text)
	b.must(err)
	b.must(z.Close())
	b.write(name+".gz", packed.String())
	b.must(os.Chtimes(b.path(name+".gz"), info.ModTime(), info.ModTime()))
	b.must(os.Remove(b.path(name)))
}

func (b *bench) follow(o FollowOptions) {
	b.t.Helper()
	o.Path = b.path("conn.log")
	o.Now = func() time.Time { return b.clock }
	o.Notice = func(s string) { b.notices = append(b.notices, s) }
	var err error
	b.f, err = Follow(o)
	b.must(err)
	b.t.Cleanup(func() { b.f.Close() })
}

// again ends the follower, and begins another where it was.
func (b *bench) again(o FollowOptions) {
	b.t.Helper()
	p := b.f.Position()
	b.must(b.f.Close())
	o.Resume = &p
	b.follow(o)
}

// read returns what there is until nothing comes even after the time to settle. A new file is
// written as |, a line that is too long as LONG.
func (b *bench) read() string {
	var out []string
	for idle := 0; idle < 3; {
		switch b.f.Next() {
		case NewLine:
			out, idle = append(out, string(b.f.Line())), 0
		case NewFile:
			out, idle = append(out, "|"), 0
		case LongLine:
			out, idle = append(out, "LONG"), 0
		case Idle:
			idle++
			b.clock = b.clock.Add(2 * time.Second)
		}
	}
	return strings.Join(out, " ")
}

func (b *bench) expect(what, want string) {
	b.t.Helper()
	if got := b.read(); got != want {
		b.t.Errorf("%s: read %q, want %q", what, got, want)
	}
}

func (b *bench) told(part string) bool {
	return slices.ContainsFunc(b.notices, func(s string) bool { return strings.Contains(s, part) })
}

// headLine is a first line that tells its file from others.
func headLine(name string) string { return "#" + strings.Repeat(name, telling) }

// lines makes lines that tell their file.
func lines(name string, from, to int) string {
	var out strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&out, "%s%d\n", name, i)
	}
	return out.String()
}

func TestFollowGrowth(t *testing.T) {
	b := newBench(t)
	b.follow(FollowOptions{MaxLine: 10})
	b.expect("no file", "")
	b.write("conn.log", "a\r\nb\nc")
	b.expect("a partial line", "| a b")
	b.write("conn.log", "c\n\n123456789x\n123456789xy\n")
	b.expect("the rest", "cc  123456789x LONG")
	b.write("conn.log", strings.Repeat("z", 35))
	b.expect("no end", "")
	b.write("conn.log", "zz\nd\n")
	b.expect("the end of a long line", "LONG d")
	if p := b.f.Position(); p.Offset != int64(len("a\r\nb\ncc\n\n123456789x\n123456789xy\nd\n")+38) || p.Lines != 6 {
		t.Errorf("position %+v", p)
	}
	if !b.told("waiting for it") {
		t.Errorf("notices %q", b.notices)
	}
}

func TestFollowFromEnd(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"a\nb\n", "c\nd\n", "| c d"},
		{"a\nb", "c\nd\n", "| d"},
		{"", "c\n", "| c"},
		{"\n", "c\n", "| c"},
	} {
		b := newBench(t)
		b.write("conn.log", c.before)
		b.follow(FollowOptions{From: End})
		first := b.read()
		b.write("conn.log", c.after)
		if got := strings.TrimSpace(first + " " + b.read()); got != c.want {
			t.Errorf("%q then %q: %q, want %q", c.before, c.after, got, c.want)
		}
	}
}

// From the end of a file on, nothing is lost between two runs though no line has come in the first.
func TestFollowFromEndAgain(t *testing.T) {
	b := newBench(t)
	b.write("conn.log", "a\n")
	b.follow(FollowOptions{From: End})
	b.write("conn.log", "b\n")
	b.again(FollowOptions{From: End})
	b.expect("after a restart", "b")
}

func TestFollowRotations(t *testing.T) {
	for _, c := range []struct {
		name   string
		rotate func(b *bench)
		want   string
		told   string
	}{
		{"renamed", func(b *bench) {
			b.rename("conn.log", "conn.2026-11-30.log")
			b.write("conn.log", lines("b", 1, 2))
		}, "a3 | b1 b2", ""},
		{"renamed and written to a little longer", func(b *bench) {
			b.rename("conn.log", "conn.log.1")
			b.write("conn.log", lines("b", 1, 1))
			if b.read() != "a3 | b1" {
				b.t.Error("the new file was not read")
			}
			b.write("conn.log", lines("b", 2, 2))
		}, "b2", ""},
		{"without the end of its last line", func(b *bench) {
			b.write("conn.log", "a4")
			b.rename("conn.log", "conn.log.1")
			b.write("conn.log", lines("b", 1, 1))
		}, "a3 a4 | b1", ""},
		{"deleted", func(b *bench) {
			b.must(os.Remove(b.path("conn.log")))
			if got := b.read(); got != "a3" {
				b.t.Errorf("of the deleted file: %q", got)
			}
			b.write("conn.log", lines("b", 1, 1))
		}, "| b1", "is gone"},
		{"copied and emptied", func(b *bench) {
			text, err := os.ReadFile(b.path("conn.log"))
			b.must(err)
			b.write("conn.log.1", string(text))
			b.must(os.Truncate(b.path("conn.log"), 0))
			b.write("conn.log", lines("b", 1, 1))
		}, "a3 | b1", "rest of its copy"},
		{"emptied without a copy", func(b *bench) {
			b.must(os.Truncate(b.path("conn.log"), 0))
			b.write("conn.log", lines("b", 1, 1))
		}, "| b1", "may be lost"},
		{"emptied and longer than before", func(b *bench) {
			b.must(os.Truncate(b.path("conn.log"), 0))
			b.write("conn.log", strings.Repeat("b\n", 80))
		}, "|" + strings.Repeat(" b", 80), "may be lost"},
		{"rotated three times between two looks", func(b *bench) {
			b.rename("conn.log", "conn.01.log")
			b.age("conn.01.log", 9)
			b.write("conn.log", lines("b", 1, 1))
			b.rename("conn.log", "conn.02.log")
			b.age("conn.02.log", 6)
			b.write("conn.log", lines("c", 1, 1))
			b.rename("conn.log", "conn.03.log")
			b.age("conn.03.log", 3)
			b.pack("conn.03.log")
			b.write("conn.log", lines("d", 1, 1))
			b.write("conn.summary.log", "no\n")
		}, "a3 | b1 | c1 | d1", "more than once"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.write("conn.log", headLine("a")+"\n"+lines("a", 1, 2))
			b.follow(FollowOptions{})
			b.expect("before", "| "+headLine("a")+" a1 a2")
			b.write("conn.log", lines("a", 3, 3))
			c.rotate(b)
			b.expect("after", c.want)
			if c.told != "" && !b.told(c.told) {
				t.Errorf("%q is not among the notices %q", c.told, b.notices)
			}
			if c.told == "" && len(b.notices) > 0 {
				t.Errorf("notices %q", b.notices)
			}
		})
	}
}

// A link to a directory, or to a file, may be pointed elsewhere.
func TestFollowLinks(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"one", "two"} {
		b.must(os.Mkdir(b.path(name), 0o700))
	}
	b.write("one/conn.log", lines("a", 1, 1))
	b.must(os.Symlink("one", b.path("current")))
	b.must(os.Symlink("current/conn.log", b.path("conn.log")))
	b.follow(FollowOptions{})
	b.expect("before", "| a1")
	b.must(os.Remove(b.path("current")))
	b.write("one/conn.log", lines("a", 2, 2))
	b.write("two/conn.log", lines("b", 1, 1))
	b.must(os.Symlink("two", b.path("current")))
	b.expect("after", "a2 | b1")
}

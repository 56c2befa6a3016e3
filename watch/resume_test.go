package watch

import (
	"os"
	"strings"
	"testing"
)

// What happened to the log while nobody looked.
func TestResume(t *testing.T) {
	long := func(name string, from, to int) string { return headLine(name) + "\n" + lines(name, from, to) }
	head := strings.NewReplacer("HEAD-A", headLine("a"), "HEAD-B", headLine("b"), "HEAD-C", headLine("c"), "HEAD-D", headLine("d"))
	for _, c := range []struct {
		name string
		away func(b *bench)
		want string
		told string // "" means that nothing may be told
	}{
		{"nothing", func(b *bench) {}, "", ""},
		{"it grew", func(b *bench) { b.write("conn.log", lines("a", 3, 4)) }, "a3 a4", ""},
		{"renamed", func(b *bench) {
			b.write("conn.log", lines("a", 3, 3))
			b.rename("conn.log", "conn.2026-11-30.log")
			b.write("conn.log", long("b", 1, 1))
		}, "a3 | HEAD-B b1", "rotated meanwhile"},
		{"renamed, and there is no new one", func(b *bench) {
			b.write("conn.log", lines("a", 3, 3))
			b.rename("conn.log", "old")
		}, "a3", "rotated meanwhile"},
		{"renamed and packed, several times", func(b *bench) {
			b.write("conn.log", lines("a", 3, 3))
			b.rename("conn.log", "conn.log.3")
			b.age("conn.log.3", 30)
			b.pack("conn.log.3")
			b.write("conn.log.2", long("b", 1, 1))
			b.age("conn.log.2", 20)
			b.pack("conn.log.2")
			b.write("conn.log.1", long("c", 1, 1))
			b.age("conn.log.1", 10)
			b.write("conn.log.4", long("before a", 1, 1))
			b.age("conn.log.4", 40)
			b.write("conn.log", long("d", 1, 1))
		}, "a3 | HEAD-B b1 | HEAD-C c1 | HEAD-D d1", "rotated meanwhile"},
		{"moved to an archive", func(b *bench) {
			b.write("conn.log", lines("a", 3, 3))
			b.must(os.Mkdir(b.path("archive"), 0o700))
			b.rename("conn.log", "archive/conn.1.log")
			b.pack("archive/conn.1.log")
			b.write("conn.log", long("b", 1, 1))
		}, "a3 | HEAD-B b1", "rotated meanwhile"},
		{"copied and emptied", func(b *bench) {
			b.write("conn.log.1", long("a", 1, 3))
			b.must(os.Truncate(b.path("conn.log"), 0))
			b.write("conn.log", long("b", 1, 1))
		}, "a3 | HEAD-B b1", "rotated meanwhile"},
		{"deleted", func(b *bench) {
			b.must(os.Remove(b.path("conn.log")))
			b.write("conn.log", long("b", 1, 1))
		}, "| HEAD-B b1", "may be lost"},
		{"emptied, and begun in the same way", func(b *bench) {
			b.must(os.Truncate(b.path("conn.log"), 0))
			b.write("conn.log", long("a", 1, 1))
		}, "| HEAD-A a1", "may be lost"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.write("conn.log", long("a", 1, 2))
			b.follow(FollowOptions{})
			b.expect("before", head.Replace("| HEAD-A a1 a2"))
			key := b.f.Key()
			if p := b.f.Position(); key == "" || p.Number != 1 || p.File.Length == 0 {
				t.Fatalf("position %+v", p)
			}
			c.away(b)
			b.again(FollowOptions{Archive: []string{b.path("archive")}})
			if b.f.Key() != key {
				t.Error("the file has another key")
			}
			b.expect("after", head.Replace(c.want))
			if c.told == "" && len(b.notices) > 0 || c.told != "" && !b.told(c.told) {
				t.Errorf("notices %q, want %q", b.notices, c.told)
			}
		})
	}
}

// A file that is read after a rotation and again by another run has the same key in both.
func TestKeysStay(t *testing.T) {
	b := newBench(t)
	b.write("conn.log", lines("a", 1, 2))
	b.follow(FollowOptions{})
	b.read()
	p := b.f.Position()
	b.rename("conn.log", "conn.log.1")
	b.write("conn.log", lines("b", 1, 2))
	b.read()
	key := b.f.Key()
	b.must(b.f.Close())
	b.follow(FollowOptions{Resume: &p})
	b.read()
	if b.f.Key() != key || key == p.Key {
		t.Errorf("keys %q, %q, then %q", p.Key, key, b.f.Key())
	}
}

func TestFollowRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := Follow(FollowOptions{Path: dir}); err == nil {
		t.Error("a directory was taken")
	}
	b := newBench(t)
	b.write("conn.log", "a\n")
	b.pack("conn.log")
	if _, err := Follow(FollowOptions{Path: b.path("conn.log.gz")}); err == nil {
		t.Error("a packed file was taken")
	}
}

// A log that was renamed while no watch ran is still written to until its writer notices.
func TestResumeInRenamedLogThatGrows(t *testing.T) {
	b := newBench(t)
	b.write("conn.log", headLine("A")+"\n"+lines("a", 1, 2))
	b.follow(FollowOptions{})
	b.read()
	b.rename("conn.log", "conn.log.1")
	b.again(FollowOptions{})
	b.expect("nothing is new", "")
	b.write("conn.log.1", lines("a", 3, 3))
	b.expect("before the next log", "a3")
	b.write("conn.log", headLine("B")+"\n"+lines("b", 1, 1))
	b.write("conn.log.1", lines("a", 4, 4))
	b.expect("beside the next log", "a4 | "+headLine("B")+" b1")
}

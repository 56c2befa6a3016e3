package watch

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/netanom/netanom/serve/alert"
	"github.com/netanom/netanom/traffic"
)

func fullCheckpoint(t testing.TB) *checkpoint {
	t.Helper()
	s, err := traffic.NewStream(traffic.StreamOptions{Hold: time.Hour}, func(*traffic.Record) error { return nil })
	must(t, err)
	for _, r := range simulated(t, 50, 1) {
		r.UID = tagged("C\xff", "KEY", r.Start, 1)
		must(t, s.Add(&r.Connection))
	}
	c := &checkpoint{Source: "conn.log", Format: "zeek-tsv", Header: []byte(zeekHeader("a")), Model: "sum", Stream: s.State(), Groups: []byte("groups"),
		Counts: Counts{Lines: 5, Alerts: 2}, Alerts: alert.Mark{File: 3, Head: "h", Offset: 9}, Known: []string{"A"}, Saved: time.Unix(5, 0).UTC(),
		Position: Position{File: FileID{Device: 1, Inode: 2, Length: 3, Head: "x"}, Key: "K", Number: 4, Offset: 5, Lines: 6, Dir: "/"}}
	if len(c.Stream.Held) == 0 {
		t.Fatal("nothing is held")
	}
	return c
}

func TestCheckpointFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	if c, err := readCheckpoint(path); c != nil || err != nil {
		t.Fatalf("of no file: %v, %v", c, err)
	}
	want := fullCheckpoint(t)
	must(t, writeCheckpoint(path, &checkpoint{}))
	must(t, writeCheckpoint(path, want))
	got, err := readCheckpoint(path)
	must(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read\n%+v, wrote\n%+v", got, want)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("%v beside the state, %v", entries, err)
	}
}

// Whatever bit is wrong, it is noticed.
func TestCheckpointDamage(t *testing.T) {
	text, err := fullCheckpoint(t).encode()
	must(t, err)
	for _, c := range []struct {
		name string
		text []byte
	}{
		{"nothing", nil}, {"cut off", text[:len(text)-1]}, {"more", append(bytes.Clone(text), 'x')}, {"its head alone", text[:20]},
		{"another file", []byte("#fields\tts\n1\n")},
		{"another version", append([]byte("netanom-watch 2 "), text[16:]...)},
	} {
		if got, err := decodeCheckpoint(c.text); err == nil {
			t.Errorf("%s was read: %+v", c.name, got)
		}
	}
	for i := 0; i < len(text); i += 37 {
		broken := bytes.Clone(text)
		broken[i] ^= 4
		if _, err := decodeCheckpoint(broken); err == nil {
			t.Errorf("byte %d may be wrong", i)
		}
	}
	if _, err := decodeCheckpoint(nil); !errors.Is(err, errState) {
		t.Errorf("%v", err)
	}
}

func FuzzCheckpoint(f *testing.F) {
	text, err := fullCheckpoint(f).encode()
	must(f, err)
	_, body, _ := bytes.Cut(text, []byte{'\n'})
	f.Add(body)
	f.Add([]byte("netanom-watch 1 0 "))
	f.Fuzz(func(t *testing.T, text []byte) {
		decodeCheckpoint(text)
		c, err := decodeCheckpoint(sealed(text)) // as if its sum were right
		if err != nil {
			return
		}
		s, err := traffic.NewStream(traffic.StreamOptions{}, func(*traffic.Record) error { return nil })
		must(t, err)
		if s.Restore(c.Stream) == nil {
			s.Close()
		}
	})
}

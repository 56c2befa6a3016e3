package alert

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
)

func appendIDs(t *testing.T, l *Log, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := l.Append(context.Background(), []Alert{{ID: id, Model: "m"}}); err != nil {
			t.Fatal(err)
		}
	}
}

func idsBehind(t *testing.T, l *Log, m Mark) (ids []string, exact bool) {
	t.Helper()
	exact, err := l.IDs(t.Context(), m, func(id string) bool { ids = append(ids, id); return true })
	if err != nil {
		t.Fatal(err)
	}
	return ids, exact
}

// A mark is found again after rotations, and of an empty log too.
func TestIDsBehindAMark(t *testing.T) {
	path := logPath(t)
	o := Options{Path: path, MaxBytes: 400, Keep: 100}
	l := openLog(t, o)
	var all []string
	marks := []Mark{l.End()}
	for i := range 20 {
		all = append(all, fmt.Sprintf("alert-%d", i))
		appendIDs(t, l, all[i])
		marks = append(marks, l.End())
	}
	for i, m := range marks {
		ids, exact := idsBehind(t, l, m)
		if !exact || !slices.Equal(ids, all[i:]) {
			t.Errorf("behind alert %d: %v, exact %v; want %v", i, ids, exact, all[i:])
		}
	}
	if l.Stats().Rotations < 3 {
		t.Errorf("%d rotations: the test needs some", l.Stats().Rotations)
	}
}

// When the file of a mark is gone, all that there is is told, and that it is not exact.
func TestIDsOfALostMark(t *testing.T) {
	path := logPath(t)
	l := openLog(t, Options{Path: path, MaxBytes: 300, Keep: 100})
	appendIDs(t, l, "a", "b", "c", "d")
	m := l.End()
	m.Head = "0123"
	if ids, exact := idsBehind(t, l, m); exact || !slices.Equal(ids, []string{"a", "b", "c", "d"}) {
		t.Errorf("%v, exact %v", ids, exact)
	}
	if err := os.Remove(numbered(path, 1)); err != nil {
		t.Fatal(err)
	}
	if ids, exact := idsBehind(t, l, Mark{File: 1}); exact || len(ids) == 0 || slices.Contains(ids, "a") {
		t.Errorf("of a file that was removed: %v, exact %v", ids, exact)
	}
}

// The caller may stop, and damaged lines are no alerts.
func TestIDsStop(t *testing.T) {
	path := logPath(t)
	if err := os.WriteFile(path, []byte("no alert\n{\"id\":\"x\"}\n{\"id\":3}\n{\"id\":\"y\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := openLog(t, Options{Path: path})
	if ids, _ := idsBehind(t, l, Mark{File: 1}); !slices.Equal(ids, []string{"x", "y"}) {
		t.Errorf("%v", ids)
	}
	var first []string
	if _, err := l.IDs(t.Context(), Mark{File: 1}, func(id string) bool { first = append(first, id); return false }); err != nil || len(first) != 1 {
		t.Errorf("%v, %v", first, err)
	}
}

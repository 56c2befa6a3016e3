package watch

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/serve/alert"
)

// A sickLog is an alert log that fails before it writes.
type sickLog struct {
	*alert.Log
	failures []error // of the next calls
	writes   bool    // although it says that it is late
	calls    int
}

func (s *sickLog) Append(ctx context.Context, alerts []alert.Alert) error {
	s.calls++
	if len(s.failures) == 0 {
		return s.Log.Append(ctx, alerts)
	}
	err := s.failures[0]
	s.failures = s.failures[1:]
	if s.writes && err == alert.ErrLate {
		if err := s.Log.Append(ctx, alerts); err != nil {
			return err
		}
	}
	return err
}

func TestRaiserWaitsForTheDisk(t *testing.T) {
	full := errors.New("no space left on device")
	for _, c := range []struct {
		name     string
		failures []error
		writes   bool
	}{
		{"well", nil, false},
		{"full for a while", []error{full, full, alert.ErrFull}, false},
		{"late, and never written", []error{alert.ErrLate}, false},
		{"late, and written", []error{full, alert.ErrLate}, true},
	} {
		l := openAlerts(t, t.TempDir()+"/alerts")
		must(t, l.Append(t.Context(), []alert.Alert{{ID: "before"}}))
		o, err := Options{Model: quickTree(t), Alerts: l, retry: time.Millisecond}.checked()
		must(t, err)
		r := newRaiser(&o)
		r.log = &sickLog{Log: l, failures: c.failures, writes: c.writes}
		told := 0
		must(t, r.write(t.Context(), []alert.Alert{{ID: "a"}, {ID: "b"}}, func(error) { told++ }))
		var ids []string
		_, err = l.IDs(t.Context(), alert.Mark{File: 1}, func(id string) bool { ids = append(ids, id); return true })
		must(t, err)
		if got := strings.Join(ids, " "); got != "before a b" || told != min(len(c.failures), 1) {
			t.Errorf("%s: %q is in the log, told %d times", c.name, got, told)
		}
		closeAlerts(t, l)
	}
}

// When there is no time to wait for the disk, nothing is taken for written down, and the
// next run reads it again.
func TestStallAtTheEnd(t *testing.T) {
	s := newSite(t)
	lines := zeekLines(t, 600, 2)
	s.write("conn.log", zeekHeader("a"), strings.Join(lines, ""))
	l := openAlerts(t, s.path("alerts"))
	s.o.Alerts, s.o.retry, s.o.Batch = l, time.Millisecond, 32
	e, err := New(s.o)
	must(t, err)
	sick := &sickLog{Log: l}
	for range 1 << 16 {
		sick.failures = append(sick.failures, alert.ErrFull)
	}
	e.raiser.log = sick
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for e.Snapshot().Stalled == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	e.drainTime = 100 * time.Millisecond
	if err := e.Follow(ctx, FollowOptions{Path: s.path("conn.log")}); !errors.Is(err, alert.ErrFull) {
		t.Fatalf("the end of a stalled watch: %v", err)
	}
	if !s.told("no more is read until they are") {
		t.Errorf("notices %q", s.notices)
	}
	closeAlerts(t, l)
	s.follow(608)
	whole := newSite(t)
	whole.write("conn.log", zeekHeader("a"), strings.Join(lines, ""))
	whole.follow(608)
	same(t, alertsOf(t, whole.path("alerts")), alertsOf(t, s.path("alerts")))
}

func TestOrigins(t *testing.T) {
	for _, uid := range []string{"", "C1", "with\x00zero"} {
		plain, origin := untagged(tagged(uid, "KEY", 12345, 3))
		if plain != uid || origin != "KEY.9ix.3" {
			t.Errorf("%q: %q, %q", uid, plain, origin)
		}
	}
	if plain, origin := untagged("C1"); plain != "C1" || origin != "" {
		t.Errorf("%q, %q", plain, origin)
	}
	var a, b row
	b.record.Start = 1
	ids := map[string]bool{alertID("s", &a): true, alertID("s", &b): true, alertID("r", &a): true, alertID("s", &row{origin: "x"}): true}
	if len(ids) != 4 {
		t.Errorf("ids %v", ids)
	}
}

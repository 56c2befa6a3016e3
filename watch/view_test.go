package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/netanom/netanom/triage"
)

func groupsOf(t *testing.T, hosts int) []*triage.Group {
	t.Helper()
	g, err := triage.NewGroups(triage.Options{})
	must(t, err)
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for h := range hosts {
		for k := range 5 {
			g.Add(&triage.Alert{Time: at.Add(time.Duration(h) * time.Second), Src: addressOf(byte(h + 1)), Dst: addressOf(200), SrcPort: 9, DstPort: uint16(20 + k), Protocol: "tcp", Service: "ssh", Score: float64(h + 1), Class: "portsweep"})
		}
	}
	return g.Open()
}

func exampleSnapshot(t *testing.T) *Snapshot {
	now := time.Date(2026, 11, 30, 12, 30, 5, 0, time.UTC)
	groups := groupsOf(t, 3)
	return &Snapshot{Now: now, Started: now.Add(-time.Hour), Source: "/logs/conn.log", Path: "/logs/conn.1.log", Behind: 12_345_678, Model: "detector", Clock: now,
		Counts: Counts{Scored: 1_234_567, Alerts: 4321, Allowed: 2, Bad: 7, Late: 12}, Rate: 1499.6, AlertsMinute: 3, AlertsHour: 120, Held: 5,
		Groups: groups, OpenGroups: len(groups), Notices: []Notice{{now.Add(-time.Minute), "first"}, {now, "second \x1b[31m"}}}
}

func TestView(t *testing.T) {
	s := exampleSnapshot(t)
	mark := func(m string) func(string) string { return func(s string) string { return m + s + m } }
	got := strings.Join(View(s, 72, 40, Style{Strong: mark("*"), Alarm: mark("!"), Faint: mark("~")}), "\n")
	want := `*watching /logs/conn.log with detector                           12:30:05*
1,500/s, 1,234,567 connections, 5 held, 12 MB behind, reading /logs/con…
alerts: 3 in the last minute, 120 in the last hour, 4,321 in all, 2 mor…
7 bad lines, 12 came late

*` + fmt.Sprintf("%s of alerts, the most severe first", many(int64(s.OpenGroups), "open group")) + `*
`
	if !strings.HasPrefix(got, want) {
		t.Errorf("view is\n%s\nwant\n%s", got, want)
	}
	if !strings.HasSuffix(got, "\n\n~12:29:05  first~\n~12:30:05  second ?[31m~") {
		t.Errorf("the notices are\n%s", got)
	}
	if strings.Count(got, "!") != 2 || !strings.Contains(got, "!   ") {
		t.Errorf("one line should alarm:\n%s", got)
	}
	if lines := View(&Snapshot{Model: "detector"}, 60, 9, Style{}); !strings.HasPrefix(lines[0], "waiting for input, with detector ") {
		t.Errorf("%q", lines)
	}
	s.Stalled = 3 * time.Minute
	if lines := View(s, 60, 9, Style{}); lines[4] != "STALLED for 3 min: alerts cannot be written down" {
		t.Errorf("%q", lines)
	}
}

// A view never has more than its room, nor shows what a terminal would obey.
func TestViewFits(t *testing.T) {
	s := exampleSnapshot(t)
	s.Source, s.Stalled, s.Open = "/日志/\x1b]0;x\a"+strings.Repeat("long", 30), time.Second, 9
	for width := range 100 {
		for height := range 30 {
			lines := View(s, width, height, Style{})
			if len(lines) > height {
				t.Fatalf("%d lines in %d", len(lines), height)
			}
			for _, l := range lines {
				if columns(l) > max(width, 1) || strings.ContainsAny(l, "\x1b\a\n") {
					t.Fatalf("%q in %d columns", l, width)
				}
			}
		}
	}
	empty := strings.Join(View(&Snapshot{}, 80, 24, Style{}), "\n")
	if !strings.Contains(empty, "no open groups") {
		t.Errorf("%s", empty)
	}
}

func TestLine(t *testing.T) {
	g := groupsOf(t, 1)[0]
	if got, want := Line(g, triage.Opened), "2026-11-30 12:00:00  severity "+severity(g)+"  opened   "+g.Summary(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Line(&triage.Group{}, triage.Grown); !strings.HasPrefix(got, "–  severity") {
		t.Errorf("%q", got)
	}
}

func TestWords(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567", -123: "-123"} {
		if got := number(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{90 * time.Second: "90 s", 5 * time.Minute: "5 min", 3 * time.Hour: "3 h", 72 * time.Hour: "3 days"} {
		if got := span(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestMeter(t *testing.T) {
	var m meter
	at := time.Unix(1e9, 0)
	for range 7200 {
		m.add(at, 2)
		at = at.Add(time.Second)
	}
	at = at.Add(-time.Second)
	if a, b, c := m.last(at, 10), m.last(at, 60), m.hour(at); a != 20 || b != 120 || c < 7080 || c > 7200 {
		t.Errorf("%d in 10 s, %d in a minute, %d in an hour", a, b, c)
	}
	if a := m.last(at.Add(30*time.Second), 60); a != 60 {
		t.Errorf("%d after half a minute", a)
	}
	if a := m.hour(at.Add(2 * time.Hour)); a != 0 {
		t.Errorf("%d after two hours", a)
	}
}

package cmd

import (
	"io"
	"strings"
	"testing"
)

// TestWatchGoesOn follows a log, is started again when the log has grown, and neither loses nor
// repeats an alert.
func TestWatchGoesOn(t *testing.T) {
	inTestdata(t)
	done(t, "train traffic.csv --features conn --algo tree --validate none --out m.netanom")
	whole := read(t, "conn.log")
	lines := strings.SplitAfter(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(whole), "#close\t2026-03-02-09-00-00")), "\n")
	const watch = "watch log --model m.netanom --threshold 0 --hold 1ms --state state --alerts alerts.jsonl --print none --reasons 1 --for 700ms"
	write(t, "log", strings.Join(lines[:len(lines)-4], ""))
	made(t, watch)
	write(t, "log", whole)
	if r := made(t, watch); !strings.Contains(r.stderr, "12 connections scored, 12 alerts") { // the last waits
		t.Errorf("standard error says %q", r.stderr)
	}
	seen := map[string]int{}
	for line := range strings.Lines(read(t, "alerts.jsonl")) {
		_, rest, _ := strings.Cut(line, `"uid":"`)
		uid, _, _ := strings.Cut(rest, `"`)
		seen[uid]++
	}
	if len(seen) != 11 {
		t.Errorf("alerts of %d connections, want 11: %v", len(seen), seen)
	}
	for uid, n := range seen {
		if n > 1 && uid != "C09example" { // a ping has two packets
			t.Errorf("%s has %d alerts", uid, n)
		}
	}
}

// TestWatchShows shows a view on a terminal, and groups or alerts elsewhere.
func TestWatchShows(t *testing.T) {
	inTestdata(t)
	done(t, "train traffic.csv --features packets --algo tree --validate none --out m.netanom")
	made(t, "simulate --connections 200 --seed 7 --capture capture.pcap")
	watch := []string{"watch", "-", "--model", "m.netanom"}
	from := func(width int, more ...string) result {
		return session{stdin: strings.NewReader(read(t, "capture.pcap")), width: width}.run(t, append(watch, more...)...)
	}
	if r := from(80); r.code != exitDone || !strings.HasPrefix(r.stdout, enterScreen) || strings.Count(r.stdout, leaveScreen) != 1 || !strings.Contains(r.stdout, "with m ") {
		t.Errorf("the view: exit code %d: %q", r.code, r.stdout)
	}
	if _, left, _ := strings.Cut(from(80, "--groups", "2").stdout, leaveScreen); strings.Count(left, "\n") != 2 || strings.Count(left, "severity") != 2 {
		t.Errorf("when the view has ended: %q", left)
	}
	groups := from(0)
	if !strings.Contains(groups.stdout, "severity") || !strings.Contains(groups.stdout, " → ") {
		t.Errorf("the groups: %q", groups.stdout)
	}
	alerts := scoresOfAlerts(t, from(0, "--print", "alerts").stdout)
	if n := counted(int64(len(alerts)), "alert"); len(alerts) == 0 || !strings.Contains(groups.stderr, n) {
		t.Errorf("%s, but the summary says %q", n, groups.stderr)
	}
	if r := from(80, "--print", "none", "--quiet"); r.stdout != "" || r.stderr != "" {
		t.Errorf("nothing was to be printed: %q, %q", r.stdout, r.stderr)
	}
}

// TestWatchWaits ends a watch into whose pipe nobody writes.
func TestWatchWaits(t *testing.T) {
	inTestdata(t)
	done(t, "train traffic.csv --features packets --algo tree --validate none --out m.netanom")
	silent, writer := io.Pipe()
	defer writer.Close()
	r := session{stdin: silent}.run(t, "watch", "-", "--model", "m.netanom", "--for", "50ms")
	if r.code != exitDone || !strings.Contains(r.stderr, "0 connections scored, 0 alerts") {
		t.Errorf("exit code %d: %q", r.code, r.stderr)
	}
}

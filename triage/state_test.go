package triage

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// stateOf returns the state after some random alerts.
func stateOf(t testing.TB, seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 9))
	g := newTestGroups(t, Options{MaxGroups: 20})
	for i := range n {
		a := randomAlert(r, 6)
		a.Time = start.Add(time.Duration(i) * time.Second)
		g.Add(&a)
	}
	return g.State()
}

func TestRestoreRefuses(t *testing.T) {
	good := string(stateOf(t, 1, 30))
	for _, c := range []struct{ name, from, to, want string }{
		{"no JSON", "{", "", "remove the file to begin anew"},
		{"version", `"Version":1`, `"Version":9`, "version 9"},
		{"role", `"Role":"source"`, `"Role":"friend"`, "no role is called"},
		{"alerts", `"Alerts":1,"Scored":1`, `"Alerts":-1,"Scored":1`, "-1 alerts"},
		{"host", `"Role":"source","Host":"10.1.0.0"`, `"Role":"source","Host":""`, "has no address"},
		{"hashes", `"Peers":{}`, `"Peers":{"least":"AAAA"}`, "no multiple of 8"},
		{"order", `"Peers":{}`, `"Peers":{"least":"AAAAAAAAAAAAAAAAAAAAAA=="}`, "do not ascend"},
	} {
		bad := strings.Replace(good, c.from, c.to, 1)
		g := newTestGroups(t, Options{})
		a := scan(1, 0)[0]
		g.Add(&a)
		if err := g.Restore([]byte(bad)); bad == good || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if g.check(t); g.open.n != 1 {
			t.Errorf("%s: changed by what it refused", c.name)
		}
	}
}

// With room for fewer groups than the state has, those that were quiet longest end.
func TestRestoreIntoLess(t *testing.T) {
	var ended int
	g := newTestGroups(t, Options{MaxGroups: 2, Closed: func(*Group) { ended++ }})
	if err := g.Restore(stateOf(t, 1, 30)); err != nil {
		t.Fatal(err)
	}
	if g.check(t); ended == 0 || g.open.n != 2 {
		t.Errorf("%d ended, %d open", ended, g.open.n)
	}
}

// Whatever Restore accepts holds together, and can go on.
func FuzzRestore(f *testing.F) {
	f.Add(stateOf(f, 1, 3))
	f.Add(stateOf(f, 2, 60))
	f.Add([]byte(`{"Version":1}`))
	f.Fuzz(func(t *testing.T, state []byte) {
		g := newTestGroups(t, Options{MaxGroups: 10, Closed: func(*Group) {}})
		if g.Restore(state) != nil {
			return
		}
		g.check(t)
		again := newTestGroups(t, Options{MaxGroups: 10, Closed: func(*Group) {}})
		if err := again.Restore(g.State()); err != nil {
			t.Fatal(err)
		}
		if string(again.State()) != string(g.State()) {
			t.Fatalf("%s\n%s", g.State(), again.State())
		}
		for _, a := range byTime(scan(40, 0), flood(40, 0)) {
			g.Add(&a)
		}
		g.check(t)
		g.Finish()
		g.check(t)
	})
}

func TestClock(t *testing.T) {
	g := newTestGroups(t, Options{Longest: time.Hour})
	add := func(at time.Duration) Notice {
		return g.Add(&Alert{Time: start.Add(at), Src: host(0, 1), Dst: host(0, 2)})
	}
	first := add(0)
	if n := add(-4 * time.Minute); n.ID != first.ID || g.Stats().Late != 0 {
		t.Error("a little late")
	}
	if n := add(-30 * time.Hour); n.ID != first.ID || g.Stats().Late != 1 {
		t.Error("very late")
	}
	g.Advance(start.Add(5 * time.Minute))
	if g.open.n != 1 {
		t.Error("ended before its time")
	}
	g.Advance(start.Add(5*time.Minute + 1))
	if g.open.n != 0 {
		t.Error("not ended")
	}
	second := add(10 * time.Minute)
	for at := 10 * time.Minute; at <= 71*time.Minute; at += time.Minute {
		if n := add(at); (n.ID != second.ID) != (at > 70*time.Minute) {
			t.Errorf("at %v: the group must end after an hour", at)
		}
	}
	add(1000 * time.Hour) // a wrong clock
	for i := range 16 {
		add(72*time.Minute + time.Duration(i))
	}
	if g.Advance(start.Add(90 * time.Minute)); g.open.n != 0 {
		t.Error("the clock has not gone back")
	}
	if g.Advance(time.Time{}); !g.now.Equal(start.Add(90 * time.Minute)) {
		t.Errorf("now %v", g.now)
	}
	g.Add(&Alert{Time: time.Unix(1<<60, 0), Src: host(0, 1)})
	g.Add(&Alert{Time: time.Unix(-1<<62, 0), Src: host(0, 1)})
	if g.State() == nil {
		t.Error("times that JSON cannot hold")
	}
}

// Without a function to hand them to, the most severe groups are kept.
func TestKeep(t *testing.T) {
	g := newTestGroups(t, Options{MaxGroups: 1, Keep: 3})
	for i := range 20 {
		for range 1 + i%7 {
			g.Add(&Alert{Src: host(0, i), Dst: host(1, i), Score: 1})
		}
	}
	groups := g.Finish()
	if len(groups) != 3 || groups[0].Alerts != 7 || groups[1].Alerts != 7 || groups[2].Alerts != 6 || g.Stats().Dropped != 17 {
		t.Errorf("%d groups, %+v", len(groups), g.Stats())
	}
}

func TestOptionsRefused(t *testing.T) {
	for _, o := range []Options{{Gap: -1}, {MaxGroups: -1}, {Factor: 1}, {Factor: -2}, {Keep: -1}} {
		if g, err := NewGroups(o); err == nil || g != nil {
			t.Errorf("%+v accepted", o)
		}
	}
}

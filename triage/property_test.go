package triage

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/netanom/netanom/internal/check"
)

// check fails if the parts of a Groups do not fit together.
func (g *Groups) check(t *testing.T) {
	t.Helper()
	pairs, held, groups := 0, 0, 0
	set := func(d *distinct) { held += max(0, len(d.least)-minExact) }
	for s := g.open.first; s != nil; s = s.after {
		groups++
		alerts := s.total.Alerts
		for i, p := range s.pairs {
			pairs++
			alerts += p.figures.Alerts
			set(&p.figures.PortSet)
			if p.group != s || p.inGroup != i || p.source != s.side && p.target != s.side {
				t.Fatal("a pair that is not of its group")
			}
		}
		set(&s.total.PortSet)
		set(&s.peers)
		if s.alerts != alerts || alerts == 0 || len(s.pairs) > maxGroupPairs || s.side.group != s || s.sure == (len(s.pairs) > 0) {
			t.Fatalf("group of %d alerts, counted %d, %d pairs, sure %v", alerts, s.alerts, len(s.pairs), s.sure)
		}
	}
	if groups != g.open.n || pairs != g.pairs || held != maxAllowance-g.room.left || groups > g.options.MaxGroups || pairs > 4*g.options.MaxGroups+maxGroupPairs {
		t.Fatalf("%d groups, counted %d; %d pairs, counted %d; %d hashes, counted %d", groups, g.open.n, pairs, g.pairs, held, maxAllowance-g.room.left)
	}
	if s := g.stats; s.Opened != s.Closed+s.TakenOver+int64(groups) {
		t.Fatalf("%+v with %d groups open", s, groups)
	}
	ends := 0
	for _, m := range []map[netip.Addr]*side{g.sides.sources, g.sides.targets} {
		for _, x := range m {
			if x.group == nil && len(x.pairs) == 0 || len(x.pairs) > 2*maxSidePairs {
				t.Fatalf("%v has %d pairs", x.host, len(x.pairs))
			}
			ends += len(x.pairs)
		}
	}
	if len(g.sides.sources)+len(g.sides.targets)+len(g.sides.classes) > 2*pairs+groups || ends > 2*pairs {
		t.Fatal("hosts of which nothing is left")
	}
}

// randomAlert returns an alert among few hosts, with whatever may be missing.
func randomAlert(r *rand.Rand, hosts int) Alert {
	a := Alert{Src: host(1, r.IntN(hosts)), Dst: host(2, r.IntN(hosts)), DstPort: uint16(r.IntN(5)), Protocol: "tcp",
		Service: fmt.Sprint("s", r.IntN(3)), Class: fmt.Sprint("c", r.IntN(3)), Score: float64(r.IntN(64)) / 64, UID: fmt.Sprint(r.IntN(1000))}
	switch r.IntN(40) {
	case 0:
		a.Src = netip.Addr{}
	case 1:
		a.Dst = netip.Addr{}
	case 2:
		a.Src, a.Dst = netip.Addr{}, netip.Addr{}
	case 3:
		a.Score = math.NaN()
	case 4:
		a.Score = math.Inf(1)
	case 5:
		a.DstPort = uint16(r.Uint32())
	}
	if r.IntN(3) == 0 { // a few hosts have most
		a.Src = host(1, 0)
	} else if r.IntN(3) == 0 {
		a.Dst = host(2, 0)
	}
	return a
}

// Without groups that are sure, the groups at the end are those of the rule applied to
// all pairs at once, in whatever order the alerts came.
func TestRule(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		hosts := 2 + r.IntN(12)
		alerts := make([]Alert, 1+r.IntN(80))
		targets, sources, times := map[netip.Addr]int64{}, map[netip.Addr]int64{}, map[[2]netip.Addr]int64{}
		for i := range alerts {
			a := Alert{Time: start, Src: host(1, r.IntN(hosts)), Dst: host(2, r.IntN(hosts)), DstPort: uint16(r.IntN(5)), Score: float64(r.IntN(64)) / 64}
			alerts[i] = a
			times[[2]netip.Addr{a.Src, a.Dst}]++
		}
		for pair := range times {
			targets[pair[0]]++
			sources[pair[1]]++
		}
		want, follow := map[string]int64{}, map[netip.Addr]int{}
		for pair := range times {
			if targets[pair[0]] < sources[pair[1]] {
				follow[pair[1]]++
			}
		}
		for pair, n := range times {
			if targets[pair[0]] >= sources[pair[1]] || follow[pair[1]] < 3 {
				want["source "+pair[0].String()] += n
			} else {
				want["target "+pair[1].String()] += n
			}
		}
		var texts [2]string
		for i := range texts {
			r.Shuffle(len(alerts), func(i, j int) { alerts[i], alerts[j] = alerts[j], alerts[i] })
			g := newTestGroups(t, Options{MaxNotices: 1})
			for i := range alerts {
				g.Add(&alerts[i])
			}
			g.check(t)
			groups := g.Finish()
			got := map[string]int64{}
			for _, x := range groups {
				got[x.Role.String()+" "+x.Host.String()] = x.Alerts
				x.Told, x.Replaces = false, nil // these depend on who came first
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("groups %v, want %v", got, want)
			}
			text, err := json.Marshal(groups)
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = string(text)
		}
		if texts[0] != texts[1] {
			t.Fatalf("the order of alerts of one time shows:\n%s\n%s", texts[0], texts[1])
		}
	}
}

// Each alert is in one group, whatever comes; the same alerts give the same groups; and
// a state in between changes nothing.
func TestEachAlertInOneGroup(t *testing.T) {
	check.Long(t)
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 5))
		o := Options{MaxGroups: 1 + r.IntN(60), Longest: time.Hour, MaxNotices: 5}
		var closed, again []*Group
		a, b := newTestGroups(t, o), newTestGroups(t, o)
		a.options.Closed = func(x *Group) { closed = append(closed, x) }
		b.options.Closed = func(x *Group) { again = append(again, x) }
		now, hosts := start, 1+r.IntN(80)
		for i := range 3000 {
			alert := randomAlert(r, hosts)
			now = now.Add(time.Duration(r.IntN(2000)) * time.Millisecond)
			switch alert.Time = now; r.IntN(200) {
			case 0:
				now = now.Add(7 * time.Minute)
			case 1:
				alert.Time = now.Add(-2 * time.Hour)
			case 2:
				alert.Time = time.Time{}
			}
			m, n := a.Add(&alert), b.Add(&alert)
			if m.Why != n.Why || m.ID != n.ID {
				t.Fatalf("seed %d, alert %d: %v %s and %v %s", seed, i, m.Why, m.ID, n.Why, n.ID)
			}
			if i%50 == 0 {
				a.check(t)
			}
			if i%500 == 250 {
				next := newTestGroups(t, b.options)
				if err := next.Restore(b.State()); err != nil {
					t.Fatal(err)
				}
				next.check(t)
				b = next
			}
		}
		a.Finish()
		b.Finish()
		a.check(t)
		compareGroups(t, closed, again)
		sum := int64(0)
		for _, x := range closed {
			sum += x.Alerts
			classes := int64(0)
			for _, it := range x.TopClasses {
				classes += it.Count
			}
			if classes != x.Alerts || x.Scored > x.Alerts || x.Last.Before(x.First) || x.Peers.N > x.Alerts || x.Ports.N > x.Alerts {
				t.Fatalf("%+v", x)
			}
		}
		if s := a.Stats(); sum != 3000 || s.Alerts != 3000 || s.Closed != int64(len(closed)) || s != b.Stats() {
			t.Fatalf("%d alerts in groups, %+v and %+v", sum, s, b.Stats())
		}
	}
}

func compareGroups(t *testing.T, a, b []*Group) {
	t.Helper()
	one, err1 := json.Marshal(a)
	two, err2 := json.Marshal(b)
	if err1 != nil || err2 != nil || string(one) != string(two) {
		t.Fatalf("%d and %d groups that are not the same: %v, %v", len(a), len(b), err1, err2)
	}
}

// Strangers take no more room, however many they are.
func TestMemoryIsBounded(t *testing.T) {
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	r := rand.New(rand.NewPCG(7, 8))
	g := newTestGroups(t, Options{MaxGroups: 2000, Closed: func(*Group) {}})
	before := heap()
	var sizes []uint64
	for i := range 90_000 {
		a := stranger(r)
		a.Time = start.Add(time.Duration(i) * time.Microsecond)
		if i%3 == 0 { // and one of many that each have many peers
			a.Src = host(1, r.IntN(500))
		}
		g.Add(&a)
		if i%30_000 == 29_999 {
			sizes = append(sizes, heap()-before)
		}
	}
	g.check(t)
	t.Logf("%d kB, then %d kB for %d groups", sizes[0]>>10, sizes[2]>>10, g.open.n)
	if sizes[2] > sizes[0]+sizes[0]/2 || sizes[2] > 20<<20 {
		t.Errorf("memory grows: %v", sizes)
	}
}

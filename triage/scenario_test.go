package triage

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

var start = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func host(network byte, i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, network, byte(i >> 8), byte(i)})
}

func newTestGroups(t testing.TB, o Options) *Groups {
	t.Helper()
	g, err := NewGroups(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// scan returns n alerts of one source and n targets, from a millisecond on.
func scan(n int, from time.Duration) (out []Alert) {
	for i := range n {
		out = append(out, Alert{Time: start.Add(from + time.Duration(i)*time.Millisecond), Src: addr("192.0.2.9"), Dst: host(0, i),
			DstPort: 22, Protocol: "tcp", Service: "ssh", Class: "portsweep", Score: 0.5, UID: fmt.Sprint("S", i)})
	}
	return out
}

// flood returns n alerts of n sources and one target.
func flood(n int, from time.Duration) (out []Alert) {
	for i := range n {
		out = append(out, Alert{Time: start.Add(from + time.Duration(i)*time.Millisecond), Src: host(200, i), Dst: addr("198.51.100.80"),
			DstPort: 80, Protocol: "tcp", Service: "http", Class: "neptune", Score: 1})
	}
	return out
}

func bruteForce(n int, from time.Duration) (out []Alert) {
	for i := range n {
		out = append(out, Alert{Time: start.Add(from + time.Duration(i)*time.Second), Src: addr("203.0.113.4"), Dst: addr("10.0.0.21"),
			DstPort: 21, Protocol: "tcp", Service: "ftp", Class: "guess_passwd", Score: 0.75})
	}
	return out
}

func byTime(parts ...[]Alert) []Alert {
	all := slices.Concat(parts...)
	slices.SortStableFunc(all, func(a, b Alert) int { return a.Time.Compare(b.Time) })
	return all
}

func TestScenarios(t *testing.T) {
	twoPorts := bruteForce(4, 0)
	twoPorts[3].DstPort, twoPorts[3].Service = 22, "ssh"
	ports := bruteForce(500, 0)
	for i := range ports {
		ports[i].DstPort, ports[i].Service, ports[i].Class = uint16(1+i), "", "nmap"
	}
	other := scan(300, 0)
	third := scan(300, 0)
	for i := range other {
		other[i].Src, third[i].Src = addr("192.0.2.10"), addr("192.0.2.11")
	}
	ping := scan(3, 0)
	for i := range ping {
		ping[i].Protocol, ping[i].Service, ping[i].DstPort = "icmp", "eco_i", 8
	}
	for _, c := range []struct {
		name   string
		alerts []Alert
		want   []string
	}{
		{"nothing", nil, nil},
		{"one", scan(1, 0), []string{"192.0.2.9 → 10.0.0.0, 1 port (22/tcp ssh), 1 alert, portsweep"}},
		{"scan", scan(254, 0), []string{"192.0.2.9 → 254 hosts, 1 port (22/tcp ssh), 254 alerts in less than 1 s, portsweep"}},
		{"flood", flood(1000, 0), []string{"1,000 hosts → 198.51.100.80, 1 port (80/tcp http), 1,000 alerts in less than 1 s, neptune"}},
		{"flood of three", flood(3, 0), []string{"3 hosts → 198.51.100.80, 1 port (80/tcp http), 3 alerts in less than 1 s, neptune"}},
		{"two on one", flood(2, 0), []string{
			"10.200.0.0 → 198.51.100.80, 1 port (80/tcp http), 1 alert, neptune",
			"10.200.0.1 → 198.51.100.80, 1 port (80/tcp http), 1 alert, neptune"}},
		{"brute force", bruteForce(100, 0), []string{"203.0.113.4 → 10.0.0.21, 1 port (21/tcp ftp), 100 alerts in 99 s, guess_passwd"}},
		{"two ports", twoPorts, []string{"203.0.113.4 → 10.0.0.21, 2 ports (21/tcp ftp, 22/tcp ssh), 4 alerts in 3 s, guess_passwd"}},
		{"many ports", ports, []string{"203.0.113.4 → 10.0.0.21, 500 ports, 500 alerts in 8 min, nmap"}},
		{"ping", ping, []string{"192.0.2.9 → 3 hosts, eco_i, 3 alerts in less than 1 s, portsweep"}},
		{"three scanners at once", byTime(scan(300, 0), other, third), []string{
			"192.0.2.9 → 300 hosts, 1 port (22/tcp ssh), 300 alerts in less than 1 s, portsweep",
			"192.0.2.10 → 300 hosts, 1 port (22/tcp ssh), 300 alerts in less than 1 s, portsweep",
			"192.0.2.11 → 300 hosts, 1 port (22/tcp ssh), 300 alerts in less than 1 s, portsweep"}},
		{"all at once", byTime(scan(254, 0), flood(500, 0), bruteForce(50, 0)), []string{
			"500 hosts → 198.51.100.80, 1 port (80/tcp http), 500 alerts in less than 1 s, neptune",
			"203.0.113.4 → 10.0.0.21, 1 port (21/tcp ftp), 50 alerts in 49 s, guess_passwd",
			"192.0.2.9 → 254 hosts, 1 port (22/tcp ssh), 254 alerts in less than 1 s, portsweep"}},
		{"a quiet between", byTime(bruteForce(2, 0), bruteForce(3, 6*time.Minute)), []string{
			"203.0.113.4 → 10.0.0.21, 1 port (21/tcp ftp), 3 alerts in 2 s, guess_passwd",
			"203.0.113.4 → 10.0.0.21, 1 port (21/tcp ftp), 2 alerts in 1 s, guess_passwd"}},
		{"no addresses", []Alert{{Class: "smurf"}, {Class: "smurf"}, {Class: "nmap"}, {}}, []string{
			"smurf (no addresses), 2 alerts", "no addresses, 1 alert", "nmap (no addresses), 1 alert"}},
		{"only targets", []Alert{{Dst: host(0, 1)}, {Dst: host(0, 1)}}, []string{"unknown → 10.0.0.1, 2 alerts"}},
		{"only sources", []Alert{{Src: host(0, 1), Class: "x\x1b[31m"}}, []string{"10.0.0.1 → unknown, 1 alert, x?[31m"}},
	} {
		g := newTestGroups(t, Options{})
		for i := range c.alerts {
			g.Add(&c.alerts[i])
		}
		var got []string
		for _, x := range g.Finish() {
			got = append(got, x.Summary())
		}
		if strings.HasPrefix(c.name, "three") || c.name == "no addresses" { // equally severe
			slices.Sort(got)
			slices.Sort(c.want)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// One of ten thousand sources of a flood also scans: the scan is a group of its own,
// and the flood stays one.
func TestScannerInAFlood(t *testing.T) {
	sweep := scan(200, 0)
	for i := range sweep {
		sweep[i].Src = host(200, 7)
	}
	g := newTestGroups(t, Options{})
	for _, a := range byTime(flood(10_000, 0), sweep) {
		g.Add(&a)
	}
	groups := g.Finish()
	// That source was in the flood before it had met more targets than the target sources,
	// or was not: its one alert there may be in either.
	if len(groups) != 2 || groups[0].Role != Target || groups[0].Alerts < 9_999 || groups[0].Alerts+groups[1].Alerts != 10_200 {
		for _, x := range groups {
			t.Error(x.Summary())
		}
	}
	if p := groups[0].Peers; !p.About || p.N < 9_000 || p.N > 11_000 { // three standard errors
		t.Errorf("peers %+v", p)
	}
}

func TestGroupFields(t *testing.T) {
	g := newTestGroups(t, Options{})
	alerts := scan(40, 0)
	alerts[20].Score, alerts[20].CommunityID = 0.875, "1:abc"
	alerts[30].Class = "satan"
	for i := range alerts {
		g.Add(&alerts[i])
	}
	x := g.Finish()[0]
	if x.Role != Source || x.Host != addr("192.0.2.9") || !x.First.Equal(start) || !x.Last.Equal(start.Add(39*time.Millisecond)) {
		t.Errorf("%+v", x)
	}
	if x.MaxScore != 0.875 || x.SumScore != 39*0.5+0.875 || x.Scored != 40 || x.HighestAlert.UID != "S20" || x.HighestAlert.CommunityID != "1:abc" || x.FirstAlert.UID != "S0" {
		t.Errorf("%+v", x)
	}
	if !slices.Equal(x.TopClasses, []Item{{"portsweep", 39, 0}, {"satan", 1, 0}}) || !slices.Equal(x.TopPorts, []Item{{"22/tcp ssh", 40, 0}}) {
		t.Errorf("%v, %v", x.TopClasses, x.TopPorts)
	}
}

func TestNotices(t *testing.T) {
	g := newTestGroups(t, Options{})
	var told []int
	for i, a := range scan(10_000, 0) {
		if n := g.Add(&a); n.Why != Quiet {
			told = append(told, i+1)
			if x := n.Group(); x.Alerts != int64(i+1) || x.ID != n.ID {
				t.Errorf("told of %+v", x)
			}
		}
	}
	if !slices.Equal(told, []int{1, 100, 10_000}) {
		t.Errorf("told at %v", told)
	}

	g = newTestGroups(t, Options{Remind: time.Minute})
	told = nil
	for i, a := range bruteForce(150, 0) {
		if g.Add(&a).Why != Quiet {
			told = append(told, i+1)
		}
	}
	if !slices.Equal(told, []int{1, 61, 100}) {
		t.Errorf("told at %v", told)
	}

	g = newTestGroups(t, Options{})
	n := 0
	for i := range 20_000 { // two minutes of strangers
		a := Alert{Time: start.Add(time.Duration(i) * 6 * time.Millisecond), Src: host(1, i), Dst: host(2, i)}
		if g.Add(&a).Why != Quiet {
			n++
		}
	}
	if n != 60 || g.Stats().Withheld == 0 {
		t.Errorf("%d told, %+v", n, g.Stats())
	}
}

// What was told of the first sources of a flood is known to be part of it.
func TestReplaces(t *testing.T) {
	g := newTestGroups(t, Options{})
	var ids []string
	for _, a := range flood(40, 0) {
		n := g.Add(&a)
		if n.Why != Quiet {
			ids = append(ids, n.ID)
		}
	}
	x := g.Finish()[0]
	if len(ids) != 3 || x.ID != ids[2] || !slices.Equal(x.Replaces, ids[:2]) || x.Alerts != 40 {
		t.Errorf("told of %v; %+v", ids, x)
	}
}

// That a scan also meets the target of another attack does not change the other.
func TestScanOverAnAttack(t *testing.T) {
	g := newTestGroups(t, Options{})
	ids := map[string]int{}
	for _, a := range byTime(scan(60, 0), bruteForce(100, 0)) {
		if a.Src == addr("203.0.113.4") {
			a.Dst = host(0, 21) // of the scan
			ids[g.Add(&a).ID]++
		} else {
			g.Add(&a)
		}
	}
	if len(ids) != 1 || len(g.Finish()) != 2 {
		t.Errorf("groups of the attack: %v", ids)
	}
}

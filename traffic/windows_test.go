package traffic

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// slowFeatures computes the features of the last connection of cs straight
// from the definitions, as text: the columns count to dst_host_srv_rerror_rate.
func slowFeatures(cs []Connection) string {
	i := len(cs) - 1
	lo := i
	for lo > 0 && i-lo+1 < 511 && floorSecond(cs[lo-1].Start) >= floorSecond(cs[i].Start)-2 {
		lo--
	}
	var b strings.Builder
	slowWindow(&b, cs[lo:], false)
	slowWindow(&b, cs[max(0, i-254):], true)
	return strings.TrimPrefix(b.String(), ",")
}

func slowWindow(b *strings.Builder, window []Connection, long bool) {
	type service struct {
		p    Protocol
		port int
		name string
	}
	serviceOf := func(c *Connection) service {
		if c.Protocol == ICMP {
			return service{p: ICMP, name: c.Service()}
		}
		if c.Protocol == TCP && c.SrcPort == 20 && c.DstPort >= 1024 {
			return service{p: TCP, port: 20}
		}
		return service{p: c.Protocol, port: int(c.DstPort)}
	}
	cur := &window[len(window)-1]
	services, hosts := map[service]bool{}, map[netip.Addr]bool{}
	var host, srv, same, port, hostS, hostR, srvS, srvR int
	for i := range window {
		c := &window[i]
		s := strings.Contains(" S0 S1 S2 S3 SH ", " "+c.State.String()+" ")
		r := strings.Contains(" REJ RSTO RSTOS0 RSTR ", " "+c.State.String()+" ")
		if c.Dst == cur.Dst {
			services[serviceOf(c)] = true
			host++
			hostS += btoi(s)
			hostR += btoi(r)
			same += btoi(serviceOf(c) == serviceOf(cur))
			port += btoi(c.SrcPort == cur.SrcPort)
		}
		if serviceOf(c) == serviceOf(cur) {
			hosts[c.Dst] = true
			srv++
			srvS += btoi(s)
			srvR += btoi(r)
		}
	}
	rate := func(k, n int) string { return strconv.FormatFloat(float64(float32(k)/float32(n)), 'f', 2, 64) }
	distinct := func(k, n int) string {
		if k == 1 {
			k = 0
		}
		return rate(k, n)
	}
	fmt.Fprintf(b, ",%d,%d", host, srv)
	var cells []string
	if long {
		cells = []string{rate(same, host), distinct(len(services), host), rate(port, host), distinct(len(hosts), srv),
			rate(hostS, host), rate(srvS, srv), rate(hostR, host), rate(srvR, srv)}
	} else {
		cells = []string{rate(hostS, host), rate(srvS, srv), rate(hostR, host), rate(srvR, srv),
			rate(same, host), distinct(len(services), host), distinct(len(hosts), srv)}
	}
	b.WriteString("," + strings.Join(cells, ","))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func featureText(f Features) string { return string(appendFeatures(nil, &f)[1:]) }

// randomConnections draws connections among few hosts and ports, so that the
// windows hold many of each, at a pace that changes from calm to flood.
func randomConnections(seed uint64, n int) []Connection {
	r := rand.New(rand.NewPCG(seed, 7))
	at := int64(-3e6) // crosses 1970, where rounding down differs from truncating
	out := make([]Connection, n)
	for i := range out {
		pace := []int64{2e6, 1e5, 1e3, 100}[i*8/n%4]
		at += r.Int64N(pace)
		dst := netip.AddrFrom4([4]byte{10, 0, 0, byte(r.IntN(1 + r.IntN(40)))})
		if r.IntN(10) == 0 {
			dst = netip.AddrFrom16([16]byte{0x20, 1, 15: byte(r.IntN(4))})
		}
		out[i] = Connection{
			Start: at, Src: netip.AddrFrom4([4]byte{10, 1, 0, 1}), Dst: dst,
			SrcPort: []uint16{20, 3, 8, 0, uint16(r.IntN(5000))}[r.IntN(5)],
			DstPort: []uint16{80, 53, 3, uint16(r.IntN(3)), 1024 + uint16(r.IntN(900))}[r.IntN(5)],
			State:   State(r.IntN(11)), Protocol: Protocol(r.IntN(3)),
		}
	}
	return out
}

func TestWindowsAgainstDefinition(t *testing.T) {
	check.Long(t)
	for seed := range uint64(4) {
		cs := randomConnections(seed, 4000)
		var w Windows
		for i := range cs {
			got := featureText(w.Add(&cs[i]))
			if want := slowFeatures(cs[max(0, i-511) : i+1]); got != want {
				t.Fatalf("seed %d, connection %d:\n got %s\nwant %s", seed, i, got, want)
			}
		}
	}
}

// TestWindowsFloods holds the shapes that the KDD'99 files show: what the rows
// of a long flood end as, and how the counts start.
func TestWindowsFloods(t *testing.T) {
	victim := netip.MustParseAddr("192.0.2.1")
	source := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 2, byte(i >> 8), byte(i)}) }
	for _, tc := range []struct {
		name  string
		n     int
		conn  func(i int) Connection
		want  string // features of the last one
		about string
	}{
		{"smurf", 1000, func(i int) Connection {
			return Connection{Start: int64(i) * 2000, Src: source(i), Dst: victim, Protocol: ICMP}
		}, "511,511,0.00,0.00,0.00,0.00,1.00,0.00,0.00,255,255,1.00,0.00,1.00,0.00,0.00,0.00,0.00,0.00",
			"the most frequent row of the KDD data"},
		{"neptune at 100 a second", 1200, func(i int) Connection {
			return Connection{Start: int64(i) * 10_000, Src: source(i), SrcPort: uint16(2000 + i), Dst: victim, DstPort: uint16(1 + i/20), State: S0}
		}, "300,20,1.00,1.00,0.00,0.00,0.07,0.05,0.00,255,20,0.08,0.05,0.00,0.00,1.00,1.00,0.00,0.00",
			"20 SYN for each port: 15 ports in 300, 13 in 255"},
		{"ping sweep", 300, func(i int) Connection {
			return Connection{Start: int64(i) * 40_000, Src: victim, SrcPort: 8, Dst: source(i), Protocol: ICMP}
		}, "1,75,0.00,0.00,0.00,0.00,1.00,0.00,1.00,1,255,1.00,0.00,1.00,1.00,0.00,0.00,0.00,0.00",
			"another host each time"},
		{"refused port sweep", 300, func(i int) Connection {
			return Connection{Start: int64(i) * 5e6, Src: source(1), SrcPort: 4000, Dst: victim, DstPort: uint16(i + 1), State: REJ}
		}, "1,1,0.00,0.00,1.00,1.00,1.00,0.00,0.00,255,1,0.00,1.00,1.00,0.00,0.00,0.00,1.00,1.00",
			"too slow for the recent window"},
	} {
		var w Windows
		var f Features
		for i := range tc.n {
			c := tc.conn(i)
			f = w.Add(&c)
			if i == 0 && (f.Count != 1 || f.SrvCount != 1 || f.DstHostCount != 1) {
				t.Errorf("%s: the first connection must count itself alone, got %+v", tc.name, f)
			}
		}
		if got := featureText(f); got != tc.want {
			t.Errorf("%s (%s):\n got %s\nwant %s", tc.name, tc.about, got, tc.want)
		}
	}
}

// TestRate covers every pair a window can hold against the printing of the
// KDD data: single-precision quotient, two decimals.
func TestRate(t *testing.T) {
	for n := range uint16(maxRecent + 1) {
		for k := range n + 1 {
			want := "0.00"
			if n > 0 {
				want = strconv.FormatFloat(float64(float32(k)/float32(n)), 'f', 2, 64)
			}
			if got := string(appendRate(nil, newRate(k, n)))[1:]; got != want {
				t.Fatalf("rate %d/%d = %s, want %s", k, n, got, want)
			}
		}
	}
	if got := Rate(33).Float(); got != 0.33 {
		t.Errorf("Rate(33).Float() = %v, want 0.33", got)
	}
}

func FuzzWindows(f *testing.F) {
	f.Add([]byte("a few bytes make a few connections"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var w Windows
		var cs []Connection
		at := int64(0)
		for ; len(data) >= 4; data = data[4:] {
			at += int64(data[0]) * int64(data[0]) * 40
			c := Connection{
				Start: at, Dst: netip.AddrFrom4([4]byte{10, 0, 0, data[1] % 8}),
				SrcPort: uint16(data[1] / 8), DstPort: uint16(data[2] % 32),
				Protocol: Protocol(data[3] % 3), State: State(data[3] / 3 % 11),
			}
			cs = append(cs, c)
			if got, want := featureText(w.Add(&c)), slowFeatures(cs[max(0, len(cs)-512):]); got != want {
				t.Fatalf("connection %d:\n got %s\nwant %s", len(cs)-1, got, want)
			}
		}
	})
}

func BenchmarkWindows(b *testing.B) {
	for _, flood := range []bool{false, true} {
		b.Run(fmt.Sprintf("flood=%t", flood), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			cs := make([]Connection, 1<<14)
			for i := range cs {
				cs[i] = Connection{Start: int64(i) * 3000, Dst: netip.AddrFrom4([4]byte{10, 0, byte(r.IntN(4)), byte(r.IntN(200))}),
					SrcPort: uint16(r.IntN(60000)), DstPort: uint16(r.IntN(100)), State: State(r.IntN(11))}
				if flood {
					cs[i].Dst = netip.AddrFrom4([4]byte{10})
				}
			}
			var w Windows
			for i := 0; b.Loop(); i++ {
				c := &cs[i%len(cs)]
				c.Start += int64(i/len(cs)) * 1e6
				w.Add(c)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "conn/s")
		})
	}
}

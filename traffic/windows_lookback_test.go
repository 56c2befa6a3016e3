package traffic

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// TestLookbackBounded floods with random addresses and ports: what is remembered must stay
// within the bounds, and every number that nobody holds must be given back.
func TestLookbackBounded(t *testing.T) {
	b := bounds{recent: 500, history: 20, hosts: 100, byHost: 300, byService: 400}
	l := newLookback(b)
	r := rand.New(rand.NewPCG(5, 5))
	for i := range 200_000 {
		dst := r.Uint32()
		if i%3 == 0 {
			dst %= 30
		}
		c := Connection{Start: int64(i) * r.Int64N(20), Dst: addr4(dst), DstPort: uint16(r.IntN(3000)), SrcPort: uint16(i)}
		l.add(&c, c.serviceKey(), outcome(r.IntN(int(outcomes))))
		if l.recent.n > b.recent || l.byHost.owners > b.hosts || l.byHost.traces > b.byHost || l.byService.traces > b.byService {
			t.Fatalf("connection %d: %d recent, %d hosts with %d, services with %d exceed the bounds %+v",
				i, l.recent.n, l.byHost.owners, l.byHost.traces, l.byService.traces, b)
		}
	}
	most := b.recent + b.byHost + b.byService + 1
	for what, n := range map[string]int{"pairs": len(l.pairs.members), "hosts": len(l.hosts.members), "services": len(l.services.members), "recent": len(l.recent.slots) / 2} {
		if n > most {
			t.Errorf("room for %d %s, want %d at most", n, what, most)
		}
	}
	for what, lost := range map[string]int{
		"pairs": len(l.pairs.members) - len(l.pairs.free) - len(l.pairs.numbers),
		"hosts": len(l.hosts.members) - len(l.hosts.free) - len(l.hosts.numbers),
	} {
		if lost != 0 {
			t.Errorf("%d %s are neither held nor free", lost, what)
		}
	}
}

// TestFloodElsewhere holds what HostWindows is for: a flood against one host changes
// nothing of what is remembered of another. Under Windows it does.
func TestFloodElsewhere(t *testing.T) {
	web := Connection{Dst: addr4(0x0a000001), DstPort: 80, SrcPort: 5}
	for m, want := range map[Mode]uint32{KDD: 1, Documented: 51, PerHost: 51} {
		counter := NewCounter(m)
		for range 50 {
			counter.Add(&web)
		}
		for i := range 2000 {
			counter.Add(&Connection{Start: int64(i), Dst: addr4(0x0a000002), DstPort: 81, SrcPort: uint16(i), State: S0})
		}
		late := web
		late.Start = 1e6
		f := counter.Add(&late)
		if f.DstHostCount != want || f.Count != want {
			t.Errorf("%s: after a flood elsewhere, count %d and dst_host_count %d, want %d", m, f.Count, f.DstHostCount, want)
		}
	}
}

// TestRecentBoundary holds the ends of the recent window: two seconds in whole seconds
// for the KDD data, two seconds to the microsecond for the others.
func TestRecentBoundary(t *testing.T) {
	for _, tc := range []struct {
		first, second      int64
		kdd, toMicrosecond uint32
	}{
		{0, 2_000_000, 2, 2}, {0, 2_000_001, 2, 1}, {0, 2_999_999, 2, 1}, {0, 3_000_000, 1, 1}, {999_999, 3_000_000, 1, 1}, {999_999, 2_999_999, 2, 2},
	} {
		for m, want := range map[Mode]uint32{KDD: tc.kdd, Documented: tc.toMicrosecond, PerHost: tc.toMicrosecond} {
			counter := NewCounter(m)
			counter.Add(&Connection{Start: tc.first})
			if got := counter.Add(&Connection{Start: tc.second}).Count; got != want {
				t.Errorf("%s: starts at %d and %d µs: count %d, want %d", m, tc.first, tc.second, got, want)
			}
		}
	}
}

// TestServiceNumbers checks that every name a service can have has its own number.
func TestServiceNumbers(t *testing.T) {
	for port := range 1 << 16 {
		for _, p := range []Protocol{TCP, UDP, ICMP} {
			c := Connection{Protocol: p, SrcPort: uint16(port % 256), DstPort: uint16(port)}
			if name := serviceNames()[serviceNumber(c.Service())]; name != c.Service() {
				t.Fatalf("%s port %d: %s is numbered as %s", p, port, c.Service(), name)
			}
		}
	}
}

func BenchmarkCounters(b *testing.B) {
	for _, m := range []Mode{KDD, Documented, PerHost} {
		for _, traffic := range []struct {
			name string
			gap  int64 // microseconds between connections
			dst  func(r *rand.Rand) (host uint32, port uint16)
		}{
			{"800 hosts of 4 services", 100, func(r *rand.Rand) (uint32, uint16) {
				host := r.IntN(800)
				return uint32(host), uint16((host*7 + r.IntN(4)) % 100)
			}},
			{"one victim", 10, func(r *rand.Rand) (uint32, uint16) { return 1, 80 }},
			{"random hosts", 10, func(r *rand.Rand) (uint32, uint16) { return r.Uint32(), uint16(r.IntN(60000)) }},
		} {
			b.Run(m.String()+"/"+traffic.name, func(b *testing.B) {
				r := rand.New(rand.NewPCG(1, 1))
				counter := NewCounter(m)
				var c Connection
				for b.Loop() {
					host, port := traffic.dst(r)
					c.Start += traffic.gap
					c.Dst, c.DstPort, c.SrcPort, c.State = addr4(host), port, uint16(r.Uint32()), State(r.IntN(11))
					counter.Add(&c)
				}
			})
		}
	}
}

func addr4(n uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

package replay

import (
	"net/netip"
	"testing"
	"time"

	"github.com/netanom/netanom/traffic"
)

// basics are what a capture without payload tells of a connection.
type basics struct {
	start, duration, seconds int64
	src, dst                 netip.AddrPort
	protocol                 traffic.Protocol
	state                    traffic.State
	service                  string
	there, back              int64
	land                     bool
	wrong                    uint8
	urgent                   uint16
}

func basicsOf(c *traffic.Connection) basics {
	return basics{
		start: c.Start, duration: c.Duration, seconds: c.Seconds(),
		src: netip.AddrPortFrom(c.Src, c.SrcPort), dst: netip.AddrPortFrom(c.Dst, c.DstPort),
		protocol: c.Protocol, state: c.State, service: c.Service(), there: c.SrcBytes, back: c.DstBytes,
		land: c.Land(), wrong: c.WrongFragment, urgent: c.Urgent,
	}
}

// ends are those of a connection, whatever the direction.
type ends struct {
	a, b     netip.AddrPort
	protocol traffic.Protocol
}

// An owner is a connection that is open to a tracker until some time.
type owner struct {
	index int
	until int64
}

// owners finds connections between the same ports as an earlier one that a tracker still
// has open, by the time-outs of flow.DefaultOptions, and to which they then belong. The others
// belong to themselves.
func owners(rs []traffic.Record) []int {
	open := map[ends]owner{}
	out := make([]int, len(rs))
	for i := range rs {
		c := &rs[i].Connection
		out[i] = i
		if c.Protocol == traffic.ICMP {
			continue
		}
		k := ends{netip.AddrPortFrom(c.Src, c.SrcPort), netip.AddrPortFrom(c.Dst, c.DstPort), c.Protocol}
		if k.b.Compare(k.a) < 0 {
			k.a, k.b = k.b, k.a
		}
		until := c.Start + c.Duration + lingers(c)
		if o, known := open[k]; known && c.Start < o.until {
			out[i] = o.index
			if until = max(until, o.until); c.State == traffic.S0 {
				until = o.until // one more SYN is no answer
			}
		}
		open[k] = owner{out[i], until}
	}
	return out
}

// lingers returns how long a connection is open behind its last packet, as long as nothing but
// the SYN of another comes.
func lingers(c *traffic.Connection) int64 {
	switch {
	case c.Protocol == traffic.UDP:
		return time.Minute.Microseconds()
	case c.State == traffic.S1 || c.State == traffic.OTH:
		return (5 * time.Minute).Microseconds()
	case c.State == traffic.S0:
		return (5 * time.Second).Microseconds() // half-open
	}
	return 0 // one side has closed
}

// TestRoundTrip: what was simulated is found again in the packets, windows and all. Only
// those connections are left out that reuse the ports of one that is open.
func TestRoundTrip(t *testing.T) {
	for _, span := range []time.Duration{7 * 24 * time.Hour, time.Hour} {
		rs := simulated(t, 3000, 1, span)
		own := owners(rs)
		var kept []traffic.Connection
		var of []int
		for i := range rs {
			if own[i] == i {
				kept, of = append(kept, rs[i].Connection), append(of, i)
			}
		}
		got := track(t, capture(t, kept))
		if len(got) != len(kept) {
			t.Fatalf("%v: %d records of %d connections", span, len(got), len(kept))
		}
		var windows traffic.Windows
		undisturbed := 0
		for i := range kept {
			if have, want := basicsOf(&got[i].Connection), basicsOf(&kept[i]); have != want {
				t.Errorf("%v: connection %d:\n got %+v\nwant %+v", span, i, have, want)
			}
			want := windows.Add(&kept[i])
			if !disturbed(rs, own, of[i]) {
				undisturbed++
				want = rs[of[i]].Features
			}
			if got[i].Features != want {
				t.Errorf("%v: windows of %d:\n got %+v\nwant %+v", span, i, got[i].Features, want)
			}
		}
		if undisturbed < len(rs)/4 {
			t.Errorf("%v: only the windows of %d of %d records are compared with the simulator's", span, undisturbed, len(rs))
		}
	}
}

// disturbed reports whether the windows of a record look back on one that was left out: the
// last 255, and of the last 511 those of up to three seconds.
func disturbed(rs []traffic.Record, own []int, i int) bool {
	for j := max(i-511, 0); j < i; j++ {
		if own[j] != j && (i-j <= 256 || rs[j].Start/1e6 >= rs[i].Start/1e6-2) {
			return true
		}
	}
	return false
}

// TestRoundTripReused: with all connections in the file, fewer than 0.5 % are lost, and
// each to one between the same ports.
func TestRoundTripReused(t *testing.T) {
	for seed := range uint64(4) {
		rs := simulated(t, 3000, seed, 24*time.Hour)
		own, mixed := owners(rs), map[int]bool{}
		var cs []traffic.Connection
		for i := range rs {
			mixed[own[i]] = mixed[own[i]] || own[i] != i
			cs = append(cs, rs[i].Connection)
		}
		got := track(t, capture(t, cs))
		lost, other := len(rs)-len(got), 0
		for i, next := 0, 0; i < len(rs); i++ {
			if own[i] != i {
				continue
			}
			if next == len(got) {
				t.Fatalf("seed %d: %d records are not enough", seed, len(got))
			}
			have, want := basicsOf(&got[next].Connection), basicsOf(&rs[i].Connection)
			next++
			switch {
			case have == want:
			case mixed[i] && have.start == want.start && have.src == want.src && have.dst == want.dst:
				other++
			default:
				t.Fatalf("seed %d: connection %d:\n got %+v\nwant %+v", seed, i, have, want)
			}
		}
		t.Logf("seed %d: %d of %d connections are lost to %d others", seed, lost, len(rs), other)
		if lost*200 >= len(rs) || other > lost {
			t.Errorf("seed %d: %d of %d connections are lost to %d others, want fewer than 0.5 %%", seed, lost, len(rs), other)
		}
	}
}

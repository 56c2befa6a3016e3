package triage

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// each measures Add, over and over, on alerts that go on in time.
func each(b *testing.B, alerts []Alert) {
	g := newTestGroups(b, Options{Closed: func(*Group) {}})
	span := alerts[len(alerts)-1].Time.Sub(alerts[0].Time) + time.Millisecond
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		a := &alerts[i%len(alerts)]
		if i >= len(alerts) {
			a.Time = a.Time.Add(span)
		}
		g.Add(a)
	}
}

func BenchmarkAddScan(b *testing.B)  { each(b, scan(60_000, 0)) }
func BenchmarkAddFlood(b *testing.B) { each(b, flood(60_000, 0)) }
func BenchmarkAddBrute(b *testing.B) { each(b, bruteForce(1_000, 0)) }
func BenchmarkAddMixed(b *testing.B) {
	each(b, byTime(scan(20_000, 0), flood(20_000, 0), bruteForce(20, 0)))
}

// Each alert between two hosts that were never heard of.
func BenchmarkAddStrangers(b *testing.B) {
	g := newTestGroups(b, Options{Closed: func(*Group) {}})
	r := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		a := stranger(r)
		a.Time = start.Add(time.Duration(i) * time.Microsecond)
		g.Add(&a)
	}
}

func stranger(r *rand.Rand) Alert {
	var src, dst [16]byte
	for i := range src {
		src[i], dst[i] = byte(r.Uint32()), byte(r.Uint32())
	}
	return Alert{Src: netip.AddrFrom16(src), Dst: netip.AddrFrom16(dst), SrcPort: 1, DstPort: uint16(r.Uint32()),
		Protocol: "tcp", Service: "other", Class: "x", Score: 0.5}
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{100, 5000} {
		for _, kind := range []string{"networks", "services"} {
			var text strings.Builder
			for i := range n {
				if kind == "networks" {
					fmt.Fprintf(&text, "10.%d.%d.0/24 -> 10.0.1.53:53/udp\n", i>>8, i&255)
				} else {
					fmt.Fprintf(&text, "service=s%d class=c%d\n", i, i)
				}
			}
			list := parse(b, text.String())
			a := &Alert{Src: addr("10.77.1.1"), Dst: addr("10.0.1.53"), DstPort: 53, Protocol: "udp", Service: "s77", Class: "probe"}
			b.Run(fmt.Sprintf("%s-%d", kind, n), func(b *testing.B) {
				for b.Loop() {
					list.Match(a, start)
				}
			})
		}
	}
}

package flow_test

import (
	"net/netip"
	"testing"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// measured tracks packets into a stream with the windows of KDD, without writing records.
func measured(b *testing.B, next func(i int, p *packet.Packet)) {
	records := 0
	stream, err := traffic.NewStream(traffic.StreamOptions{Hold: 5e9, Announced: true, Provisional: flow.Provisional}, func(*traffic.Record) error {
		records++
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	tracker, err := flow.NewTracker(stream, flow.Options{})
	if err != nil {
		b.Fatal(err)
	}
	var p packet.Packet
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		next(i, &p)
		if err := tracker.Add(&p); err != nil {
			b.Fatal(err)
		}
	}
	if err := tracker.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "packets/s")
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkNormal has 20,000 connections at once of ten packets each.
func BenchmarkNormal(b *testing.B) {
	const together, packets = 20_000, 10
	flags := [packets]uint8{2, 18, 16, 24, 16, 24, 16, 17, 17, 16}
	back := [packets]bool{false, true, false, false, true, true, false, false, true, false}
	sizes := [packets]int{0, 0, 0, 300, 0, 1000, 0, 0, 0, 0}
	seqs := [2][packets]uint32{{0, 0, 1, 1, 0, 0, 301, 301, 0, 302}, {0, 0, 0, 0, 1, 1, 0, 0, 1001, 0}}
	measured(b, func(i int, p *packet.Packet) {
		round, n := i/(together*packets), i%together
		step := i / together % packets
		client := netip.AddrFrom4([4]byte{10, byte(round), byte(n >> 8), byte(n)})
		server := netip.AddrFrom4([4]byte{192, 168, 0, byte(n % 50)})
		*p = packet.Packet{Time: int64(i) * 2, Src: client, Dst: server, SrcPort: 1024 + uint16(n), DstPort: 80, Protocol: 6,
			Flags: flags[step], Seq: seqs[0][step], Length: sizes[step], IPLength: 40 + sizes[step]}
		if back[step] {
			p.Src, p.Dst, p.SrcPort, p.DstPort, p.Seq = server, client, 80, p.SrcPort, seqs[1][step]
		}
	})
}

// BenchmarkSYNFlood has one packet in each connection, from any address, 200,000 in a second.
func BenchmarkSYNFlood(b *testing.B) {
	target := netip.AddrFrom4([4]byte{192, 168, 0, 1})
	measured(b, func(i int, p *packet.Packet) {
		h := uint32(i) * 2654435761
		*p = packet.Packet{Time: int64(i) * 5, Src: netip.AddrFrom4([4]byte{byte(h >> 24), byte(h >> 16), byte(h >> 8), byte(h)}), Dst: target,
			SrcPort: uint16(h * 40503 >> 16), DstPort: 80, Protocol: 6, Flags: packet.SYN, Seq: h, IPLength: 40}
	})
}

// BenchmarkUDP has two packets in each of 10,000 flows at once.
func BenchmarkUDP(b *testing.B) {
	server := netip.AddrFrom4([4]byte{192, 168, 0, 1})
	measured(b, func(i int, p *packet.Packet) {
		n := i/20_000*10_000 + i%10_000
		client := netip.AddrFrom4([4]byte{10, byte(n >> 20), byte(n >> 12), byte(n >> 4)})
		*p = packet.Packet{Time: int64(i) * 100, Src: client, Dst: server, SrcPort: uint16(n)<<2 | 1024, DstPort: 53, Protocol: 17, Length: 40, IPLength: 68}
		if i/10_000%2 == 1 {
			p.Src, p.Dst, p.SrcPort, p.DstPort = server, client, 53, p.SrcPort
		}
	})
}

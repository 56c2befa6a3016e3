package flow_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// noise returns packets between a few hosts in order of time, with flags, sequence numbers and
// pauses of all kinds.
func noise(r *rand.Rand, n, firstHost int) []packet.Packet {
	out := make([]packet.Packet, n)
	now := int64(1_000_000_000_000_000)
	for i := range out {
		now += []int64{0, 10, 1000, 100_000, 3_000_000, 6_000_000, 70_000_000}[min(r.IntN(40), 6)]
		p := packet.Packet{
			Time: now, Src: host(firstHost + r.IntN(3)), Dst: host(firstHost + r.IntN(3)),
			SrcPort: uint16(r.IntN(3)), DstPort: uint16(80 + r.IntN(2)), Protocol: []uint8{6, 6, 6, 17, 17, 1}[r.IntN(6)],
			Flags: []uint8{2, 18, 16, 24, 17, 4, 20, 0, 7, 255}[r.IntN(10)], Seq: r.Uint32N(4) * 1000, Ack: r.Uint32N(4) * 1000,
			Length: r.IntN(3) * 700,
		}
		if r.IntN(2) == 0 {
			p = back(p)
		}
		p.IPLength = p.Length + 40
		out[i] = p
	}
	return out
}

func host(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 1, byte(i)}) }

// track returns the connections of packets.
func track(t testing.TB, packets []packet.Packet, o flow.Options) ([]traffic.Connection, *scene) {
	s := newScene(t, o)
	for _, p := range packets {
		s.send(p)
		if open := s.tracker.Stats().Open; o.MaxFlows > 0 && open > o.MaxFlows {
			t.Fatalf("%d connections are open, limit %d", open, o.MaxFlows)
		}
	}
	return s.close(), s
}

// TestNothingIsLost finds every packet and every byte of UDP and ICMP in one connection.
func TestNothingIsLost(t *testing.T) {
	for seed := range uint64(20) {
		packets := noise(rand.New(rand.NewPCG(seed, 1)), 1000, 0)
		for _, limit := range []int{1, 2, 5, 0} {
			var wantPackets, gotPackets, wantBytes, gotBytes int64
			for _, p := range packets {
				wantPackets++
				if p.Protocol != 6 {
					wantBytes += int64(p.Length)
				}
			}
			connections, s := track(t, packets, flow.Options{MaxFlows: limit})
			for _, c := range connections {
				gotPackets += c.SrcPackets + c.DstPackets
				switch c.Protocol {
				case traffic.UDP:
					gotBytes += c.SrcBytes + c.DstBytes
				case traffic.ICMP:
					gotBytes += c.SrcBytes - 8
				}
				if c.Duration < 0 || c.SrcBytes < 0 || c.DstBytes < 0 {
					t.Fatalf("%+v", c)
				}
			}
			st := s.tracker.Stats()
			if gotPackets != wantPackets || gotBytes != wantBytes || st.TCP+st.UDP+st.ICMP != int64(len(connections)) {
				t.Fatalf("seed %d, limit %d: %d packets and %d bytes in %d connections, want %d and %d in %d", seed, limit,
					gotPackets, gotBytes, len(connections), wantPackets, wantBytes, st.TCP+st.UDP+st.ICMP)
			}
		}
	}
}

// TestIndependence tracks hosts that do not talk to each other, apart and together.
func TestIndependence(t *testing.T) {
	for seed := range uint64(20) {
		some := noise(rand.New(rand.NewPCG(seed, 2)), 500, 0)
		others := noise(rand.New(rand.NewPCG(seed, 3)), 500, 100)
		both := slices.Concat(some, others)
		slices.SortStableFunc(both, func(a, b packet.Packet) int { return cmp.Compare(a.Time, b.Time) })
		a, _ := track(t, some, flow.Options{})
		b, _ := track(t, others, flow.Options{})
		together, _ := track(t, both, flow.Options{})
		if apart := slices.Concat(a, b); !slices.Equal(texts(apart), texts(together)) {
			t.Fatalf("seed %d: %d connections apart, %d together, or others", seed, len(apart), len(together))
		}
	}
}

func texts(cs []traffic.Connection) []string {
	out := make([]string, len(cs))
	for i, c := range cs {
		out[i] = fmt.Sprintf("%+v", c)
	}
	slices.Sort(out)
	return out
}

// TestStream counts the bytes of a stream that comes in any order, in part more than once, and whose
// sequence numbers wrap around.
func TestStream(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 4))
		first := []uint32{0, 1000, 1<<32 - 1, 1<<32 - 5000, r.Uint32()}[r.IntN(5)]
		p := packet.Packet{Src: alice, Dst: bob, SrcPort: 40000, DstPort: 80, Protocol: 6, Seq: first, Flags: packet.SYN}
		s := newScene(t, flow.Options{})
		s.send(p)
		answer := back(p)
		answer.Flags, answer.Ack = packet.SYN|packet.ACK, first+1
		s.send(answer)

		var segments []packet.Packet
		size := 0
		for range 1 + r.IntN(50) {
			segment := p
			segment.Seq, segment.Ack, segment.Flags, segment.Length = first+1+uint32(size), first+1, packet.ACK, 1+r.IntN(1460)
			size += segment.Length
			segments = append(segments, segment)
			if r.IntN(5) == 0 {
				segments = append(segments, segment)
			}
		}
		r.Shuffle(len(segments), func(i, j int) { segments[i], segments[j] = segments[j], segments[i] })
		for _, segment := range segments {
			s.send(segment)
		}
		fin := p
		fin.Seq, fin.Ack, fin.Flags = first+1+uint32(size), first+1, packet.FIN|packet.ACK
		s.send(fin)
		if got := s.only(); got.SrcBytes != int64(size) || got.DstBytes != 0 {
			t.Fatalf("seed %d: %d bytes there and %d back, want %d and 0", seed, got.SrcBytes, got.DstBytes, size)
		}
	}
}

// TestLongStream is longer than sequence numbers reach, and half of it is known only from what the other side acknowledges.
func TestLongStream(t *testing.T) {
	s := newScene(t, flow.Options{})
	play(s, "ShA")
	const step, steps = 60_000, 200_000
	p := packet.Packet{Src: alice, Dst: bob, SrcPort: 40000, DstPort: 80, Protocol: 6, Seq: 1001, Ack: 9001, Flags: packet.ACK, Length: step}
	for i := range steps {
		if i%2 == 0 {
			s.send(p)
		}
		p.Seq += step
		ack := back(p)
		ack.Seq, ack.Ack, ack.Length = 9001, p.Seq, 0
		s.send(ack)
	}
	if got := s.only(); got.SrcBytes != step*steps || got.DstBytes != 0 {
		t.Errorf("%d bytes there and %d back, want %d and 0", got.SrcBytes, got.DstBytes, int64(step*steps))
	}
}

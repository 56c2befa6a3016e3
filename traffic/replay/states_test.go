package replay

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
)

// dialled is a connection with everything that packets can tell.
func dialled(p traffic.Protocol, state traffic.State) traffic.Connection {
	return traffic.Connection{
		Start: 1_772_409_600_000_000, Duration: 3_000_000, Protocol: p, State: state,
		Src: netip.MustParseAddr("10.1.0.20"), Dst: netip.MustParseAddr("192.0.2.80"), SrcPort: 40_000, DstPort: 80,
	}
}

// flagText writes the flags of a packet as tcpdump does.
func flagText(flags uint8) string {
	var out strings.Builder
	for i, letter := range "FSRP.U" {
		if flags&(1<<i) != 0 {
			out.WriteRune(letter)
		}
	}
	return out.String()
}

// TestScripts: the packets of each state are those of RFC 9293 that Zeek's names of the
// states speak of (base/protocols/conn/main.zeek), > from the originator.
func TestScripts(t *testing.T) {
	for _, c := range []struct {
		state       traffic.State
		there, back int64
		want        string
	}{
		{traffic.SF, 100, 70_000, ">S/0 <S./0 >./0 >P./100 <P./35000 <P./35000 >F./0 <F./0 >./0"},
		{traffic.SF, 0, 0, ">S/0 <S./0 >./0 >F./0 <F./0 >./0"},
		{traffic.S0, 0, 0, ">S/0 >S/0"}, // it lasts, so it asked again
		{traffic.S1, 5, 7, ">S/0 <S./0 >./0 >P./5 <P./7"},
		{traffic.S2, 5, 7, ">S/0 <S./0 >./0 >P./5 <P./7 >F./0 <./0"},
		{traffic.S3, 5, 7, ">S/0 <S./0 >./0 >P./5 <P./7 <F./0 >./0"},
		{traffic.REJ, 0, 0, ">S/0 <R./0"},
		{traffic.RSTO, 5, 0, ">S/0 <S./0 >./0 >P./5 >R./0"},
		{traffic.RSTR, 0, 7, ">S/0 <S./0 >./0 <P./7 <R./0"},
		{traffic.RSTOS0, 0, 0, ">S/0 >R/0"},
		{traffic.SH, 0, 0, ">S/0 >F/0"},
		{traffic.OTH, 10, 0, ">P./10 >./0"},
	} {
		d := dialled(traffic.TCP, c.state)
		d.SrcBytes, d.DstBytes = c.there, c.back
		var got []string
		var first, last int64
		frames(t, capture(t, []traffic.Connection{d}), func(p *packet.Packet) {
			from := ">"
			if p.Src == d.Dst {
				from = "<"
			}
			if first == 0 {
				first = p.Time
			}
			last = p.Time
			got = append(got, fmt.Sprintf("%s%s/%d", from, flagText(p.Flags), p.Length))
		})
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%v:\n got %s\nwant %s", c.state, text, c.want)
		}
		if first != d.Start || last != d.Start+d.Duration {
			t.Errorf("%v: packets from %d to %d, want %d to %d", c.state, first, last, d.Start, d.Start+d.Duration)
		}
	}
}

// TestParts: what is sent in parts is teardrop, whose second part lies within the first,
// and the ping of death, which ends behind 65,535 bytes.
func TestParts(t *testing.T) {
	for _, c := range []struct {
		first, kinds int
		order        []fault
		want         []piece
	}{
		{36, 3, datagramFaults, []piece{{0, 36, true}, {24, 28, false}}},
		{1480, 1, messageFaults, []piece{{0, 1480, true}, {1480, 65_456, true}, {65_456, 65_520, false}}},
		{48, 1, datagramFaults, []piece{{0, 48, true}, {48, 56, true}, {56, 64, false}}},
	} {
		if got := parts(c.first, ipv4Header, c.kinds, c.order); !slices.Equal(got, c.want) {
			t.Errorf("%d bytes with %d faults: %v, want %v", c.first, c.kinds, got, c.want)
		}
	}
}

// anyConnection makes up one that packets can tell whole.
func anyConnection(r *rand.Rand, i int) traffic.Connection {
	sizes := []int64{0, 0, 1, 7, 28, 300, 1480, 59_999, 60_000, 60_001, 500_000, 9_000_000}
	size := func() int64 { return sizes[r.IntN(len(sizes))] }
	c := dialled(traffic.Protocol(r.IntN(3)), traffic.State(r.IntN(11)))
	c.Start += int64(i) * 100_000
	c.SrcPort, c.DstPort = uint16(10_000+i), []uint16{80, 21, 53}[r.IntN(3)]
	if r.IntN(3) == 0 {
		c.Src, c.Dst = netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	}
	c.Duration = []int64{0, 1, 999, 70_000, 4_000_000, 61_000_000, 2000_000_000}[r.IntN(7)]
	c.SrcBytes, c.DstBytes = size(), size()
	c.Urgent = uint16(r.IntN(4))
	if r.IntN(4) == 0 {
		c.WrongFragment = uint8(r.IntN(5))
	}
	switch c.Protocol {
	case traffic.UDP:
		c.State, c.Urgent = traffic.SF, 0
	case traffic.ICMP:
		c.State, c.Urgent, c.Duration, c.DstBytes = traffic.SF, 0, 0, 0
		c.SrcBytes = min(8+c.SrcBytes, chunk)
		c.SrcPort, c.DstPort = uint16(r.IntN(256)), uint16(r.IntN(16))
	default:
		if !scripts[c.State].answered {
			c.DstBytes, c.Duration = 0, min(c.Duration, 4_000_000)
		}
	}
	return c
}

// TestAnyConnection: whatever the state, the bytes, the duration, the version of IP, and
// what is urgent or broken, it is found again.
func TestAnyConnection(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var cs []traffic.Connection
	for i := range 4000 {
		cs = append(cs, anyConnection(r, i))
	}
	got := track(t, capture(t, cs))
	if len(got) != len(cs) {
		t.Fatalf("%d records of %d connections", len(got), len(cs))
	}
	for i := range cs {
		if have, want := basicsOf(&got[i].Connection), basicsOf(&cs[i]); have != want {
			t.Fatalf("connection %d:\n got %+v\nwant %+v", i, have, want)
		}
	}
}

package flow_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// part returns bytes from…to of the payload of a packet; more says that others follow.
func part(protocol uint8, from, to int, more bool) packet.Packet {
	p := packet.Packet{Src: alice, Dst: bob, Protocol: protocol, Fragment: true, FragmentID: 7, Offset: from, More: more, Length: to - from, IPLength: to - from + 20}
	if from > 0 {
		return p
	}
	p.Payload = make([]byte, to)
	switch protocol {
	case 6:
		p.SrcPort, p.DstPort, p.Seq, p.Flags = 40000, 80, 5000, packet.ACK
		p.Payload[12] = 5 << 4
	case 17:
		p.SrcPort, p.DstPort = 40000, 53
		binary.BigEndian.PutUint16(p.Payload[4:], uint16(to))
	case 1:
		p.SrcPort = 8
	}
	return p
}

func TestFragments(t *testing.T) {
	const udp, tcp, icmp = 17, 6, 1
	for _, c := range []struct {
		name  string
		parts []packet.Packet
		bytes int64
		wrong uint8
	}{
		{"in order", []packet.Packet{part(udp, 0, 1480, true), part(udp, 1480, 2960, true), part(udp, 2960, 3008, false)}, 3000, 0},
		{"last first", []packet.Packet{part(udp, 2960, 3008, false), part(udp, 1480, 2960, true), part(udp, 0, 1480, true)}, 3000, 0},
		{"twice", []packet.Packet{part(udp, 0, 1480, true), part(udp, 0, 1480, true), part(udp, 1480, 2960, true), part(udp, 1480, 2960, true), part(udp, 2960, 3008, false)}, 3000, 0},
		{"a part lost", []packet.Packet{part(udp, 0, 1480, true), part(udp, 2960, 3008, false)}, 1472, 0},
		{"too small", []packet.Packet{part(udp, 0, 40, true), part(udp, 40, 1000, false)}, 32, 1},
		{"overlap", []packet.Packet{part(udp, 0, 1480, true), part(udp, 1472, 3000, false)}, 1472, 1},
		{"two ends", []packet.Packet{part(udp, 0, 1480, true), part(udp, 1600, 3000, false), part(udp, 3000, 4000, false)}, 1472, 1},
		{"teardrop", []packet.Packet{part(udp, 0, 36, true), part(udp, 24, 28, false)}, 28, 3},
		{"past the end", []packet.Packet{part(udp, 0, 1480, true), part(udp, 65528, 65600, false)}, 1472, 1},
		{"TCP", []packet.Packet{part(tcp, 0, 1480, true), part(tcp, 1480, 2020, false)}, 2000, 0},
		{"ICMP", []packet.Packet{part(icmp, 0, 1480, true), part(icmp, 1480, 2008, false)}, 2008, 0},
		{"ICMP, last first", []packet.Packet{part(icmp, 1480, 2008, false), part(icmp, 0, 1480, true)}, 2008, 0},
		{"ICMP, a part lost", []packet.Packet{part(icmp, 0, 1480, true)}, 1480, 0},
	} {
		s := newScene(t, flow.Options{})
		for _, p := range c.parts {
			s.send(p)
			s.wait(time.Millisecond)
		}
		got := s.only()
		if got.SrcBytes != c.bytes || got.WrongFragment != c.wrong || got.SrcPackets != 1 {
			t.Errorf("%s: %d bytes, %d faults, %d packets; want %d, %d, 1", c.name, got.SrcBytes, got.WrongFragment, got.SrcPackets, c.bytes, c.wrong)
		}
	}
}

// TestFragmentsBelong to the right packet, whatever they lie between.
func TestFragmentsBelong(t *testing.T) {
	s := newScene(t, flow.Options{})
	for i := range 50 {
		p := part(17, 0, 1480, true)
		p.FragmentID, p.SrcPort = uint32(i), uint16(20000+i)
		s.send(p)
	}
	for i := range 50 {
		p := part(17, 1480, 1488+i, false)
		p.FragmentID = uint32(i)
		s.send(p)
	}
	for _, c := range s.close() {
		if want := int64(c.SrcPort) - 20000 + 1480; c.SrcBytes != want {
			t.Errorf("port %d: %d bytes, want %d", c.SrcPort, c.SrcBytes, want)
		}
	}
}

// TestFragmentsWithoutPorts have a header that cannot be as it says: as in a whole packet, that is none.
func TestFragmentsWithoutPorts(t *testing.T) {
	s := newScene(t, flow.Options{})
	short, long, brief := part(6, 0, 64, true), part(6, 0, 24, true), part(17, 0, 64, true)
	short.Payload[12], long.Payload[12] = 4<<4, 15<<4
	binary.BigEndian.PutUint16(brief.Payload[4:], 7)
	for i, p := range []packet.Packet{short, long, brief} {
		p.FragmentID, p.SrcPort, p.DstPort = uint32(i), 0, 0
		s.send(p)
	}
	if got := s.close(); len(got) > 0 {
		t.Errorf("%d connections, want none: %+v", len(got), got)
	}
}

// TestFragmentsTooLate are those of another packet after 30 seconds.
func TestFragmentsTooLate(t *testing.T) {
	s := newScene(t, flow.Options{})
	s.send(part(1, 0, 1480, true))
	s.wait(30 * time.Second)
	s.send(part(1, 1480, 2000, false))
	if got := s.only(); got.SrcBytes != 1480 {
		t.Errorf("%d bytes, want 1480", got.SrcBytes)
	}
	if st := s.tracker.Stats(); st.Unfinished != 2 || st.Fragments != 2 {
		t.Errorf("%d packets in parts were unfinished, want 2", st.Unfinished)
	}
}

// TestFragmentFlood begins more packets than are waited for, and one of more parts than are kept.
func TestFragmentFlood(t *testing.T) {
	s := newScene(t, flow.Options{})
	for i := range 10_000 {
		p := part(1, 0, 1480, true)
		p.FragmentID = uint32(i)
		s.send(p)
	}
	for i := range 8000 {
		s.send(part(17, 8*i, 8*i+8, true))
	}
	if got := len(s.close()); got != 10_001 {
		t.Errorf("%d connections, want 10001", got)
	}
	if st := s.tracker.Stats(); st.FragmentsEvicted != 10_000-4096+1 {
		t.Errorf("%d were given up for others, want %d", st.FragmentsEvicted, 10_000-4096+1)
	}
}

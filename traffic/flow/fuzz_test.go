package flow_test

import (
	"testing"
	"time"

	"github.com/netanom/netanom/traffic/flow"
	"github.com/netanom/netanom/traffic/packet"
)

// FuzzTracker makes packets of bytes, eight each, and holds a small table to what must
// be true of any.
func FuzzTracker(f *testing.F) {
	f.Add([]byte("\x00\x02\x00\x00\x00\x00\x01\x00" + "\x01\x12\x00\x00\x00\x00\x01\x00" + "\x00\x10\x01\x01\x05\x00\x01\x00"))
	f.Add([]byte("\x02\x00\x00\x00\x10\x01\x00\x00" + "\x02\x00\x00\x00\x10\x02\x00\x03"))
	f.Add([]byte("\x04\x00\x00\x00\x10\x01\x00\x00" + "\x04\x00\x00\x00\x10\x00\x09\x03"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newScene(t, flow.Options{MaxFlows: 3, Content: true})
		for ; len(data) >= 8; data = data[8:] {
			s.wait(time.Duration(int8(data[6])) * []time.Duration{1, 40_000_000, 4_000_000_000, 40_000_000_000}[data[7]>>6])
			p := madeOf(data)
			s.send(p)
			if open := s.tracker.Stats().Open; open > 3 {
				t.Fatalf("%d connections are open, limit 3", open)
			}
		}
		for _, c := range s.close() {
			if c.Duration < 0 || c.SrcBytes < 0 || c.DstBytes < 0 || c.SrcPackets+c.DstPackets == 0 || c.WrongFragment > 4 {
				t.Fatalf("%+v", c)
			}
		}
		st := s.tracker.Stats()
		if n := int64(len(s.ledger.ended)); n != st.TCP+st.UDP+st.ICMP || n > st.Packets {
			t.Fatalf("%d connections of %+v", n, st)
		}
	})
}

// madeOf makes a packet of eight bytes: who and what, flags, sequence and acknowledgement, length, fragment.
func madeOf(b []byte) packet.Packet {
	p := packet.Packet{
		Src: host(int(b[0] >> 3 & 1)), Dst: host(int(b[0] >> 4 & 1)), SrcPort: uint16(b[0] >> 5), DstPort: 21,
		Protocol: []uint8{6, 17, 1, 6}[b[0]>>1&3], Flags: b[1], Seq: uint32(b[2]) << 24, Ack: uint32(b[3]) << 24,
		Length: int(b[4]), Payload: make([]byte, b[4]),
	}
	if b[0]&1 == 1 {
		p = back(p)
	}
	p.IPLength = p.Length + 40
	if b[5] > 0 {
		p.Fragment, p.More, p.Offset, p.FragmentID = true, b[5]&1 == 1, int(b[5]>>4)*8*(1+int(b[7]&7)*64), uint32(b[5]>>1&1)
		p.IPLength = p.Length + 20
	}
	return p
}

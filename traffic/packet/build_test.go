package packet

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
)

// unhex makes bytes of hexadecimal digits with spaces.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

func be16(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// internetSum is the checksum as RFC 1071 has it in C, word by word.
func internetSum(b []byte) uint16 {
	s := uint32(0)
	for i := 0; i+1 < len(b); i += 2 {
		s += uint32(b[i])<<8 + uint32(b[i+1])
	}
	if len(b)%2 == 1 {
		s += uint32(b[len(b)-1]) << 8
	}
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return ^uint16(s)
}

const (
	here4, there4 = "192.0.2.1", "198.51.100.2"
	here6, there6 = "2001:db8::1", "2001:db8::2"
)

// makeIPv4 makes a packet without options; part is the word of flags and offset.
func makeIPv4(protocol, id, part int, body []byte) []byte {
	b := join(unhex("45 00"), be16(20+len(body)), be16(id), be16(part), []byte{64, byte(protocol), 0, 0},
		netip.MustParseAddr(here4).AsSlice(), netip.MustParseAddr(there4).AsSlice())
	binary.BigEndian.PutUint16(b[10:], internetSum(b))
	return append(b, body...)
}

func makeIPv6(next int, body []byte) []byte {
	return join(unhex("60 00 00 00"), be16(len(body)), []byte{byte(next), 64},
		netip.MustParseAddr(here6).AsSlice(), netip.MustParseAddr(there6).AsSlice(), body)
}

func makeTCP(src, dst int, seq, ack uint32, flags uint8, body string) []byte {
	b := join(be16(src), be16(dst), make([]byte, 8), []byte{0x50, flags}, be16(8192), make([]byte, 4), []byte(body))
	binary.BigEndian.PutUint32(b[4:], seq)
	binary.BigEndian.PutUint32(b[8:], ack)
	return b
}

func makeUDP(src, dst int, body []byte) []byte {
	return join(be16(src), be16(dst), be16(8+len(body)), be16(0), body)
}

func makeEthernet(kind int, body []byte) []byte {
	return join(unhex("02 00 00 00 00 01 02 00 00 00 00 02"), be16(kind), body)
}

// seen are copies of the packets of one frame, and what became of it.
func seen(t testing.TB, d *Decoder, link uint16, data []byte, length int) ([]Packet, Counts) {
	t.Helper()
	var out []Packet
	d.Decode(&Frame{Time: 7, Link: link, Data: data, Length: length}, func(p *Packet) {
		q := *p
		q.Payload = bytes.Clone(p.Payload)
		out = append(out, q)
	})
	return out, d.Counts()
}

// hello is a TCP packet with five bytes, in IPv4 and in IPv6.
var (
	hello  = makeTCP(40000, 80, 1, 2, PSH|ACK, "hello")
	hello4 = makeIPv4(6, 1, 0, hello)
	hello6 = makeIPv6(6, hello)
)

// expectHello fails the test unless p is hello at a depth.
func expectHello(t *testing.T, p Packet, depth int) {
	t.Helper()
	from, to, size := here4, there4, 45
	if p.Src.Is6() {
		from, to, size = here6, there6, 65
	}
	if p.Src.String() != from || p.Dst.String() != to || p.SrcPort != 40000 || p.DstPort != 80 || p.Protocol != 6 ||
		p.Flags != PSH|ACK || p.Seq != 1 || p.Ack != 2 || p.Length != 5 || string(p.Payload) != "hello" ||
		p.IPLength != size || int(p.Depth) != depth || p.Time != 7 || p.Fragment || p.BadChecksum {
		t.Errorf("not hello at depth %d: %+v", depth, p)
	}
}

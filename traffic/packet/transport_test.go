package packet

import (
	"encoding/binary"
	"testing"
)

func TestUDP(t *testing.T) {
	data := makeIPv4(17, 1, 0, makeUDP(53, 9999, []byte("answer")))
	p := one(t, "UDP", data, len(data))
	if p.SrcPort != 53 || p.DstPort != 9999 || p.Length != 6 || string(p.Payload) != "answer" || p.Flags != 0 {
		t.Errorf("%+v", p)
	}
	short := makeIPv4(17, 1, 0, join(makeUDP(53, 9999, []byte("answer")), []byte("trailer")))
	if p = one(t, "trailer", short, len(short)); p.Length != 6 || string(p.Payload) != "answer" {
		t.Errorf("what is behind UDP counts: %+v", p)
	}
	binary.BigEndian.PutUint16(data[24:], 500)
	if p = one(t, "long", data, len(data)); p.Length != 6 {
		t.Errorf("UDP claims more than IP has: %+v", p)
	}
}

func TestICMP(t *testing.T) {
	for name, c := range map[string]struct {
		data     []byte
		src, dst uint16
		id       uint32
	}{
		"echo":            {makeIPv4(1, 1, 0, unhex("08 00 00 00 12 34 00 01 61 62")), 8, 0, 0x1234},
		"echo reply":      {makeIPv4(1, 1, 0, unhex("00 00 00 00 12 34 00 01 61 62")), 0, 0, 0x1234},
		"timestamp reply": {makeIPv4(1, 1, 0, unhex("0e 00 00 00 12 34 00 01 61 62")), 14, 0, 0x1234},
		"unreachable":     {makeIPv4(1, 1, 0, unhex("03 01 00 00 12 34 00 01 61 62")), 3, 1, 0},
		"echo of IPv6":    {makeIPv6(58, unhex("80 00 00 00 12 34 00 01 61 62")), 128, 0, 0x1234},
		"neighbour":       {makeIPv6(58, unhex("87 00 00 00 12 34 00 01 61 62")), 135, 0, 0},
	} {
		p := one(t, name, c.data, len(c.data))
		if p.SrcPort != c.src || p.DstPort != c.dst || p.ID != c.id || string(p.Payload) != "ab" || p.Length != 2 {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestOtherProtocol(t *testing.T) {
	data := makeIPv4(132, 1, 0, []byte("an SCTP packet"))
	if p := one(t, "SCTP", data, len(data)); p.Protocol != 132 || p.SrcPort != 0 || p.Length != 14 {
		t.Errorf("%+v", p)
	}
}

// A checksum is right if it is the one that RFC 1071 computes over the pseudo header
// of RFC 9293 or 8200 and the rest, and wrong if a bit changes.
func TestChecksums(t *testing.T) {
	pseudo4 := func(protocol byte, n int) []byte {
		return join(hello4[12:20], []byte{0, protocol}, be16(n))
	}
	pseudo6 := func(protocol byte, n int) []byte {
		return join(hello6[8:40], be16(0), be16(n), []byte{0, 0, 0, protocol})
	}
	udp := makeUDP(5, 6, []byte("odd"))
	ping := unhex("80 00 00 00 12 34 00 01 61")
	for name, c := range map[string]struct {
		body, pseudo []byte
		at           int
		wrap         func([]byte) []byte
	}{
		"TCP":          {hello, pseudo4(6, len(hello)), 16, func(b []byte) []byte { return makeIPv4(6, 1, 0, b) }},
		"UDP":          {udp, pseudo4(17, len(udp)), 6, func(b []byte) []byte { return makeIPv4(17, 1, 0, b) }},
		"ICMP":         {ping, nil, 2, func(b []byte) []byte { return makeIPv4(1, 1, 0, b) }},
		"TCP in IPv6":  {hello, pseudo6(6, len(hello)), 16, func(b []byte) []byte { return makeIPv6(6, b) }},
		"UDP in IPv6":  {udp, pseudo6(17, len(udp)), 6, func(b []byte) []byte { return makeIPv6(17, b) }},
		"ICMP of IPv6": {ping, pseudo6(58, len(ping)), 2, func(b []byte) []byte { return makeIPv6(58, b) }},
	} {
		body := append([]byte{}, c.body...)
		binary.BigEndian.PutUint16(body[c.at:], internetSum(join(c.pseudo, body)))
		good := c.wrap(body)
		body[len(body)-1] ^= 1
		bad := c.wrap(body)
		for _, verify := range []bool{true, false} {
			d := Decoder{Checksums: verify}
			packets, _ := seen(t, &d, linkRaw, good, len(good))
			if packets[0].BadChecksum {
				t.Errorf("%s: a right checksum is flagged", name)
			}
			packets, counts := seen(t, &d, linkRaw, bad, len(bad))
			if packets[0].BadChecksum != verify || counts.BadChecksum != int64(map[bool]int{true: 1}[verify]) {
				t.Errorf("%s, verify %v: a wrong checksum gives %+v", name, verify, packets[0])
			}
			packets, _ = seen(t, &d, linkRaw, bad[:len(bad)-1], len(bad))
			if packets[0].BadChecksum {
				t.Errorf("%s: a checksum over bytes that were not captured is flagged", name)
			}
		}
	}
	d := Decoder{Checksums: true}
	data := makeIPv4(17, 1, 0, makeUDP(5, 6, []byte("none")))
	if packets, _ := seen(t, &d, linkRaw, data, len(data)); packets[0].BadChecksum {
		t.Error("UDP may have no checksum")
	}
}

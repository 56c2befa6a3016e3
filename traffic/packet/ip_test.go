package packet

import (
	"encoding/binary"
	"net/netip"
	"testing"
)

// one decodes a raw IP packet that must give one packet.
func one(t *testing.T, name string, data []byte, length int) Packet {
	t.Helper()
	var d Decoder
	packets, counts := seen(t, &d, linkRaw, data, length)
	if len(packets) != 1 || counts.Decoded != 1 {
		t.Fatalf("%s: %d packets, %+v", name, len(packets), counts)
	}
	return packets[0]
}

func TestIPv4(t *testing.T) {
	options := append([]byte{}, hello4[:20]...)
	options[0], options[3] = 0x46, options[3]+4
	options = join(options, unhex("94 04 00 00"), hello) // router alert, RFC 2113
	binary.BigEndian.PutUint16(options[10:], 0)
	p := one(t, "options", options, len(options))
	if p.SrcPort != 40000 || p.IPLength != 49 || string(p.Payload) != "hello" {
		t.Errorf("options: %+v", p)
	}

	padded := makeEthernet(0x0800, join(hello4, zeros(6)))
	var d Decoder
	packets, _ := seen(t, &d, 1, padded, len(padded))
	expectHello(t, packets[0], 0)

	offloaded := append([]byte{}, hello4...)
	offloaded[2], offloaded[3] = 0, 0
	p = one(t, "segmentation offload", offloaded, len(offloaded))
	if p.IPLength != 45 || p.Length != 5 {
		t.Errorf("segmentation offload: %+v", p)
	}

	p = one(t, "captured in part", hello4[:42], 45)
	if p.Length != 5 || string(p.Payload) != "he" {
		t.Errorf("captured in part: %+v", p)
	}
}

// The header of RFC 1071 and its like: a known good one, from a real ICMP echo.
func TestHeaderChecksum(t *testing.T) {
	good := join(unhex("45 00 00 73 00 00 40 00 40 11 b8 61 c0 a8 00 01 c0 a8 00 c7"), zeros(95))
	binary.BigEndian.PutUint16(good[24:], 95)
	if p := one(t, "good", good, len(good)); p.BadChecksum {
		t.Errorf("b861 is right for that header")
	}
	good[10]++
	if p := one(t, "bad", good, len(good)); !p.BadChecksum {
		t.Errorf("b961 is wrong for that header")
	}
	good[10], good[11] = 0, 0
	if p := one(t, "offload", good, len(good)); p.BadChecksum {
		t.Errorf("a checksum that the card is to fill in is flagged")
	}
}

// A checksum of UDP is of as much as UDP says there is: what follows are options (RFC 9868)
// or padding.
func TestChecksumOfUDPWithMoreBehind(t *testing.T) {
	b := join(unhex("45 00 00 28 00 00 40 00 40 11 00 00 0a 00 00 01 0a 00 00 02 04 00 00 35 00 0c 00 00 01 02 03 04"), unhex("aa bb cc dd ee ff 11 22"))
	s := uint32(0x0a00+0x0001+0x0a00+0x0002) + 17 + 12 + 0x0400 + 0x0035 + 12 + 0x0102 + 0x0304
	binary.BigEndian.PutUint16(b[26:], ^uint16(s+s>>16))
	binary.BigEndian.PutUint16(b[10:], ^sum(b[:20], 0))
	for name, wrong := range map[string]byte{"right": 0, "wrong": 1} {
		b[31] += wrong
		d := Decoder{Checksums: true}
		packets, _ := seen(t, &d, 101, b, len(b))
		if len(packets) != 1 || packets[0].BadChecksum != (wrong == 1) {
			t.Errorf("a %s checksum: %+v", name, packets)
		}
		b[31] -= wrong
	}
}

func TestRefusedIP(t *testing.T) {
	change := func(b []byte, at int, to ...byte) []byte {
		b = append([]byte{}, b...)
		copy(b[at:], to)
		return b
	}
	for name, c := range map[string]struct {
		data                 []byte
		truncated, malformed int64
	}{
		"version 5":                  {change(hello4, 0, 0x55), 0, 1},
		"header of 16 bytes":         {change(hello4, 0, 0x44), 0, 1},
		"header beyond the packet":   {change(hello4, 2, 0, 22, 0, 1, 0, 0, 64, 6), 0, 1},
		"shorter than its header":    {change(hello4, 2, 0, 19), 0, 1},
		"longer than the frame":      {change(hello4, 2, 0, 46), 1, 0},
		"TCP header of 16 bytes":     {change(hello4, 32, 0x40), 0, 1},
		"TCP header beyond the end":  {change(hello4, 32, 0x70), 0, 1},
		"UDP of 7 bytes":             {makeIPv4(17, 1, 0, unhex("00 01 00 02 00 07 00 00")), 0, 1},
		"UDP without room":           {makeIPv4(17, 1, 0, unhex("00 01 00 02")), 0, 1},
		"ICMP without room":          {makeIPv4(1, 1, 0, unhex("08 00 00 00")), 0, 1},
		"IPv6 longer than its frame": {change(hello6, 5, 26), 1, 0},
		"IPv6 option beyond the end": {makeIPv6(0, unhex("06 05 00 00 00 00 00 00")), 0, 1},
		"nothing":                    {nil, 0, 1},
	} {
		var d Decoder
		packets, counts := seen(t, &d, linkRaw, c.data, len(c.data))
		if len(packets) != 0 || counts.Truncated != c.truncated || counts.Malformed != c.malformed {
			t.Errorf("%s: %+v %+v", name, packets, counts)
		}
	}
}

func TestIPv6Extensions(t *testing.T) {
	hop, dest := unhex("3c 00 05 02 00 00 01 00"), unhex("06 00 01 04 00 00 00 00")
	p := one(t, "options", makeIPv6(0, join(hop, dest, hello)), 40+16+len(hello))
	if p.Protocol != 6 || p.SrcPort != 40000 || p.Length != 5 || p.IPLength != 81 {
		t.Errorf("options: %+v", p)
	}
	auth := join(unhex("06 04 00 00 00 00 00 01 00 00 00 01"), zeros(12))
	if p = one(t, "AH", makeIPv6(51, join(auth, hello)), 40+24+len(hello)); p.DstPort != 80 {
		t.Errorf("AH: %+v", p)
	}
	if p = one(t, "ESP", makeIPv6(50, hello), 40+len(hello)); p.Protocol != 50 || p.Length != 25 || p.SrcPort != 0 {
		t.Errorf("ESP: %+v", p)
	}
	last := netip.MustParseAddr("2001:db8::99")
	route := join(unhex("06 04 00 02 00 00 00 00"), zeros(16), last.AsSlice())
	if p = one(t, "routing header of type 0", makeIPv6(43, join(route, hello)), 40+40+len(hello)); p.Dst != last || p.DstPort != 80 {
		t.Errorf("routing header: %+v", p)
	}
	if p = one(t, "none", makeIPv6(59, nil), 40); p.Protocol != 59 || p.Length != 0 {
		t.Errorf("no next header: %+v", p)
	}
}

// RFC 2675: the length is in an option, as 16 bits do not hold it.
func TestJumbogram(t *testing.T) {
	body := join(unhex("11 00 c2 04 00 01 11 78"), makeUDP(1, 2, zeros(69992)))
	binary.BigEndian.PutUint16(body[12:], 0)
	data := makeIPv6(0, body)
	data[4], data[5] = 0, 0
	p := one(t, "jumbogram", data[:100], len(data))
	if p.Length != 69992 || p.IPLength != 40+70008 || p.DstPort != 2 {
		t.Errorf("%+v", p)
	}
}

func TestFragments(t *testing.T) {
	parts := []struct {
		name    string
		data    []byte
		ports   bool
		id      uint32
		offset  int
		more    bool
		length  int
		payload string
	}{
		{"first of IPv4", makeIPv4(17, 77, 0x2000, join(makeUDP(5, 6, nil), zeros(8))), true, 77, 0, true, 16, ""},
		{"second of IPv4", makeIPv4(17, 77, 0x2001, []byte("12345678")), false, 77, 8, true, 8, "12345678"},
		{"last of IPv4", makeIPv4(17, 77, 185, []byte("end")), false, 77, 1480, false, 3, "end"},
		{"tiny first", makeIPv4(6, 77, 0x2000, zeros(8)), false, 77, 0, true, 8, ""},
		{"first of IPv6", makeIPv6(44, join(unhex("11 00 00 01 00 00 12 34"), makeUDP(5, 6, nil), zeros(8))), true, 0x1234, 0, true, 16, ""},
		{"last of IPv6", makeIPv6(44, join(unhex("11 00 05 a8 00 00 12 34"), []byte("end"))), false, 0x1234, 1448, false, 3, "end"},
	}
	for _, c := range parts {
		p := one(t, c.name, c.data, len(c.data))
		if !p.Fragment || p.FragmentID != c.id || p.Offset != c.offset || p.More != c.more || p.Length != c.length ||
			c.ports != (p.SrcPort == 5 && p.DstPort == 6) || len(p.Payload) != c.length ||
			c.payload != "" && string(p.Payload) != c.payload {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
	whole := makeIPv6(44, join(unhex("06 00 00 00 00 00 12 34"), hello)) // RFC 6946
	if p := one(t, "atomic", whole, len(whole)); p.Fragment || p.SrcPort != 40000 || p.Length != 5 {
		t.Errorf("atomic: %+v", p)
	}
}

// Parts put together give what the whole would have given, tunnels and all.
func TestReassembled(t *testing.T) {
	for name, whole := range map[string][]byte{
		"IPv4": makeIPv4(4, 77, 0, hello4),
		"IPv6": makeIPv6(4, hello4),
	} {
		body := hello4
		part := makeIPv4(4, 77, 0x2000, body[:24])
		if name == "IPv6" {
			part = makeIPv6(44, join(unhex("04 00 00 01 00 00 12 34"), body[:24]))
		}
		want, _ := seen(t, new(Decoder), linkRaw, whole, len(whole))
		var d Decoder
		parts, _ := seen(t, &d, linkRaw, part, len(part))
		var got []Packet
		ok := d.Reassembled(&parts[0], body, func(p *Packet) { got = append(got, *p) })
		if !ok || len(got) != 2 || len(want) != 2 {
			t.Fatalf("%s: %v, %+v", name, ok, got)
		}
		expectHello(t, got[1], 1)
		if got[0].Protocol != want[0].Protocol || got[0].Length != want[0].Length || got[0].Fragment {
			t.Errorf("%s: %+v, want %+v", name, got[0], want[0])
		}
	}
	var d Decoder
	if d.Reassembled(&Packet{Protocol: 6}, zeros(3), func(*Packet) {}) {
		t.Error("three bytes are no TCP")
	}
}

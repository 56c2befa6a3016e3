package packet

import "testing"

var (
	frame4 = makeEthernet(0x0800, hello4)
	frame6 = makeEthernet(0x86dd, hello6)
	air4   = join(unhex("08 02 00 00"), zeros(20), snap, hello4)
)

func inUDP(port int, parts ...[]byte) []byte {
	return makeIPv4(17, 1, 0, makeUDP(33333, port, join(parts...)))
}

func inGRE(parts ...[]byte) []byte { return makeIPv4(47, 1, 0, join(parts...)) }

// Each tunnel, with the header of its specification before a packet or frame.
var tunnels = []struct {
	name string
	data []byte
}{
	{"IPv4 in IPv4, RFC 2003", makeIPv4(4, 1, 0, hello4)},
	{"6in4, RFC 4213", makeIPv4(41, 1, 0, hello6)},
	{"IPv4 in IPv6, RFC 2473", makeIPv6(4, hello4)},
	{"IPv6 in IPv6", makeIPv6(41, hello6)},
	{"GRE, RFC 2784", inGRE(unhex("00 00 08 00"), hello4)},
	{"GRE with checksum, key and sequence, RFC 2890", inGRE(unhex("b0 00 86 dd 00 00 00 00 00 00 00 01 00 00 00 02"), hello6)},
	{"GRE, MPLS", inGRE(unhex("00 00 88 47 00 01 01 40"), hello4)},
	{"GRE, Ethernet", inGRE(unhex("00 00 65 58"), frame4)},
	{"PPTP, RFC 2637", inGRE(unhex("30 81 88 0b 00 10 00 01 00 00 00 01 00 00 00 01 ff 03 00 21"), hello4)},
	{"PPTP, compressed", inGRE(unhex("20 01 88 0b 00 10 00 01 21"), hello4)},
	{"ERSPAN I", inGRE(unhex("00 00 88 be"), frame4)},
	{"ERSPAN II", inGRE(unhex("10 00 88 be 00 00 00 01 10 01 00 01 00 00 00 00"), frame6)},
	{"ERSPAN III", inGRE(unhex("10 00 22 eb 00 00 00 01 20 01 00 01 00 00 00 00 00 00 00 00"), frame4)},
	{"ERSPAN III with a platform header", inGRE(unhex("10 00 22 eb 00 00 00 01 20 01 00 01 00 00 00 00 00 00 00 01"), zeros(8), frame4)},
	{"Aruba", inGRE(unhex("00 00 82 00"), air4)},
	{"GRE in UDP, RFC 8086", inUDP(4754, unhex("00 00 08 00"), hello4)},
	{"VXLAN, RFC 7348", inUDP(4789, unhex("08 00 00 00 00 00 05 00"), frame4)},
	{"GENEVE, RFC 8926", inUDP(6081, unhex("00 00 65 58 00 00 05 00"), frame6)},
	{"GENEVE with options, IP alone", inUDP(6081, unhex("01 00 08 00 00 00 05 00 01 02 03 00"), hello4)},
	{"GTP-U, TS 29.281", inUDP(2152, unhex("30 ff 00 2d 00 00 00 01"), hello4)},
	{"GTP-U with a sequence", inUDP(2152, unhex("32 ff 00 45 00 00 00 01 00 07 00 00"), hello6)},
	{"GTP-U with an extension", inUDP(2152, unhex("34 ff 00 35 00 00 00 01 00 00 00 85 01 00 09 00"), hello4)},
	{"Teredo, RFC 4380", inUDP(3544, hello6)},
	{"Teredo with authentication and origin", inUDP(3544, unhex("00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 12 34 3f ff fd fe"), hello6)},
	{"AYIYA", inUDP(5072, unhex("44 52 11 29 00 00 00 00"), zeros(16), zeros(20), hello6)},
	{"AYIYA at another port", inUDP(5555, unhex("44 52 11 29 00 00 00 00"), zeros(16), zeros(20), hello6)},
}

func TestTunnels(t *testing.T) {
	for _, c := range tunnels {
		var d Decoder
		packets, counts := seen(t, &d, linkRaw, c.data, len(c.data))
		if len(packets) != 2 || counts.Inner != 1 || packets[0].Depth != 0 || packets[0].IPLength != len(c.data) {
			t.Errorf("%s: %d packets, %+v", c.name, len(packets), counts)
			continue
		}
		expectHello(t, packets[1], 1)
	}
}

// What is behind a GTP packet, by its own length, is none of it.
func TestGTPTrailer(t *testing.T) {
	data := inUDP(2152, unhex("30 ff 00 2d 00 00 00 01"), hello4, zeros(4))
	var d Decoder
	packets, _ := seen(t, &d, linkRaw, data, len(data))
	if len(packets) != 2 {
		t.Fatalf("%+v", packets)
	}
	expectHello(t, packets[1], 1)
}

// Clients of Teredo talk to each other at any port, and have its prefix.
func TestTeredoElsewhere(t *testing.T) {
	inside := append([]byte{}, hello6...)
	copy(inside[24:], unhex("20 01 00 00 41 37 9e 50"))
	data := inUDP(32900, inside)
	var d Decoder
	packets, _ := seen(t, &d, linkRaw, data, len(data))
	if len(packets) != 2 || packets[1].Depth != 1 || packets[1].DstPort != 80 {
		t.Errorf("%+v", packets)
	}
}

// A tunnel of which not enough was captured to reach the ports within is its outer packet.
func TestTunnelsCutOff(t *testing.T) {
	for _, c := range tunnels {
		for n := range len(c.data) - 5 {
			var d Decoder
			packets, counts := seen(t, &d, linkRaw, c.data[:n:n], len(c.data))
			if len(packets) > 1 || counts.Decoded+counts.Truncated+counts.Malformed != 1 {
				t.Errorf("%s: %d of %d bytes give %+v, %+v", c.name, n, len(c.data), packets, counts)
			}
		}
	}
}

// Others use the ports of tunnels too, and tunnels carry what is no packet.
func TestNoTunnel(t *testing.T) {
	bad := append([]byte{}, hello4...)
	bad[0] = 0x4f
	for name, data := range map[string][]byte{
		"DNS from GTP's port":         makeIPv4(17, 1, 0, makeUDP(2152, 53, unhex("30 ff 01 00 00 01 00 00 00 00 00 00 01 61 00 00 01 00 01"))),
		"GTP echo":                    inUDP(2152, unhex("32 01 00 04 00 00 00 00 00 01 00 00")),
		"GTP of a wrong length":       inUDP(2152, unhex("30 ff 00 2c 00 00 00 01"), hello4[:44]),
		"GTP prime":                   inUDP(2152, unhex("20 ff 00 2d 00 00 00 01"), hello4),
		"text on VXLAN's port":        inUDP(4789, []byte("HTTP/1.1 200 OK and more text")),
		"VXLAN without its flag":      inUDP(4789, unhex("00 00 00 00 00 00 05 00"), frame4),
		"GENEVE of another version":   inUDP(6081, unhex("40 00 65 58 00 00 05 00"), frame4),
		"Teredo that is longer":       inUDP(3544, hello6, zeros(1)),
		"IPv6 at any port, no Teredo": inUDP(5555, hello6),
		"AYIYA that asks":             inUDP(5072, unhex("44 52 12 29 00 00 00 00"), zeros(36), hello6),
		"GRE with routing":            inGRE(unhex("40 00 08 00 00 00 00 00"), hello4),
		"GRE of version 2":            inGRE(unhex("00 02 08 00"), hello4),
		"GRE with a broken packet":    inGRE(unhex("00 00 08 00"), bad),
		"IPv6 said to be IPv4":        makeIPv4(4, 1, 0, hello6),
		"longer than its tunnel":      makeIPv4(4, 1, 0, hello4[:44]),
	} {
		var d Decoder
		packets, counts := seen(t, &d, linkRaw, data, len(data))
		if len(packets) != 1 || counts.Decoded != 1 || counts.Inner != 0 {
			t.Errorf("%s: %+v %+v", name, packets, counts)
		}
	}
}

// Tunnels are opened down to depth 2, as in Zeek, and no packet disturbs another.
func TestDepth(t *testing.T) {
	data := hello4
	for range 4 {
		data = makeIPv4(4, 1, 0, data)
	}
	var d Decoder
	packets, counts := seen(t, &d, linkRaw, data, len(data))
	if len(packets) != 3 || counts.Inner != 2 || counts.Buried != 1 {
		t.Fatalf("%d packets, %+v", len(packets), counts)
	}
	for i, p := range packets {
		if int(p.Depth) != i || p.Protocol != 4 || p.IPLength != 125-20*i {
			t.Errorf("packet %d: %+v", i, p)
		}
	}
}

// An aggregate gives all its packets.
func TestAggregate(t *testing.T) {
	part := func(body []byte) []byte { return join(zeros(12), be16(8+len(body)), snap, body) }
	data := join(unhex("88 02 00 00"), zeros(20), unhex("80 00"), part(hello4), zeros(1), part(hello4))
	var d Decoder
	packets, counts := seen(t, &d, link80211, data, len(data))
	if len(packets) != 2 || counts.Decoded != 1 {
		t.Fatalf("%d packets, %+v", len(packets), counts)
	}
	for _, p := range packets {
		expectHello(t, p, 0)
	}
}

package packet

import (
	"strings"
	"testing"
)

// zeros are n bytes that do not matter.
func zeros(n int) []byte { return make([]byte, n) }

var snap = unhex("aa aa 03 00 00 00 08 00")

// The header of each link type, as its specification or tcpdump.org/linktypes has it,
// before an IPv4 packet, or an IPv6 packet where the name says so.
var links = []struct {
	name   string
	link   uint16
	header []byte
}{
	{"Ethernet", 1, makeEthernet(0x0800, nil)},
	{"Ethernet, IPv6", 1, makeEthernet(0x86dd, nil)},
	{"VLAN", 1, makeEthernet(0x8100, unhex("00 05 08 00"))},
	{"QinQ, IPv6", 1, makeEthernet(0x88a8, unhex("00 05 81 00 00 06 86 dd"))},
	{"QinQ with the old types", 1, makeEthernet(0x9100, unhex("00 05 92 00 00 06 08 00"))},
	{"VNTag and VLAN", 1, makeEthernet(0x8926, unhex("80 01 00 02 81 00 00 05 08 00"))},
	{"provider bridge", 1, makeEthernet(0x88e7, join(unhex("00 00 00 01"), makeEthernet(0x0800, nil)))},
	{"MPLS", 1, makeEthernet(0x8847, unhex("00 01 01 40"))},
	{"MPLS, three labels, IPv6", 1, makeEthernet(0x8847, unhex("00 01 00 40 00 02 00 40 00 03 01 40"))},
	{"MPLS in VLAN", 1, makeEthernet(0x8100, unhex("00 05 88 47 00 01 01 40"))},
	{"MPLS, Ethernet with a control word", 1, makeEthernet(0x8847, join(unhex("00 01 01 40 00 00 00 00"), makeEthernet(0x0800, nil)))},
	{"MPLS, Ethernet without", 1, makeEthernet(0x8847, join(unhex("00 01 01 40"), makeEthernet(0x0800, nil)))},
	{"MPLS, Ethernet that looks like IPv4", 1, makeEthernet(0x8847, unhex("00 01 01 40 44 00 00 00 00 01 02 00 00 00 00 02 08 00"))},
	{"PPPoE", 1, makeEthernet(0x8864, unhex("11 00 00 01 00 2f 00 21"))},
	{"PPPoE in QinQ, IPv6", 1, makeEthernet(0x88a8, unhex("00 01 81 00 00 02 88 64 11 00 00 01 00 43 00 57"))},
	{"LLC and SNAP", 1, makeEthernet(53, snap)},
	{"LLC alone", 1, makeEthernet(48, unhex("06 06 03"))},
	{"BSD loopback, little endian", 0, unhex("02 00 00 00")},
	{"BSD loopback, big endian", 0, unhex("00 00 00 02")},
	{"macOS loopback, IPv6", 0, unhex("1e 00 00 00")},
	{"FreeBSD loopback, IPv6", 0, unhex("1c 00 00 00")},
	{"OpenBSD loopback, IPv6", 108, unhex("00 00 00 18")},
	{"OpenBSD IPsec", 109, unhex("02 00 00 00 00 00 00 01 00 00 00 00")},
	{"raw", 101, nil},
	{"raw, IPv6", 101, nil},
	{"raw as of BSD", 12, nil},
	{"raw as of OpenBSD", 14, nil},
	{"raw IPv4", 228, nil},
	{"raw IPv6", 229, nil},
	{"PPP", 9, unhex("ff 03 00 21")},
	{"PPP without address", 9, unhex("00 21")},
	{"PPP with a short protocol", 9, unhex("21")},
	{"PPP, IPv6", 9, unhex("ff 03 00 57")},
	{"PPP, MPLS", 9, unhex("ff 03 02 81 00 01 01 40")},
	{"PPP serial", 50, unhex("ff 03 00 21")},
	{"PPP serial, Cisco", 50, unhex("0f 00 08 00")},
	{"PPPoE without Ethernet", 51, unhex("11 00 00 01 00 2f 00 21")},
	{"pppd", 166, unhex("01 ff 03 00 21")},
	{"PPP with direction", 204, unhex("00 ff 03 00 21")},
	{"Cisco HDLC, IPv6", 104, unhex("8f 00 86 dd")},
	{"ATM", 100, snap},
	{"FDDI", 10, join(unhex("50"), zeros(12), snap)},
	{"token ring", 6, join(zeros(14), snap)},
	{"token ring with a route", 6, join(zeros(8), unhex("80"), zeros(5), unhex("06 00 00 10 00 20"), snap)},
	{"Linux cooked", 113, unhex("00 00 00 01 00 06 02 00 00 00 00 01 00 00 08 00")},
	{"Linux cooked, LLC", 113, join(unhex("00 00 00 01 00 06 02 00 00 00 00 01 00 00 00 04"), snap)},
	{"Linux cooked 2, IPv6", 276, unhex("86 dd 00 00 00 00 00 02 00 01 00 06 02 00 00 00 00 01 00 00")},
	{"FireWire", 138, join(zeros(16), unhex("08 00"))},
	{"802.11", 105, join(unhex("08 01 00 00"), zeros(20), snap)},
	{"802.11 QoS", 105, join(unhex("88 02 00 00"), zeros(22), snap)},
	{"802.11 between access points", 105, join(unhex("08 03 00 00"), zeros(26), snap)},
	{"802.11n with HT control", 105, join(unhex("88 82 00 00"), zeros(26), snap)},
	{"802.11 aggregate", 105, join(unhex("88 02 00 00"), zeros(20), unhex("80 00"), zeros(12), be16(53), snap)},
	{"radiotap", 127, join(unhex("00 00 08 00 00 00 00 00 08 01 00 00"), zeros(20), snap)},
	{"radiotap, padded", 127, join(unhex("00 00 11 00 03 00 00 00"), zeros(8), unhex("20 88 02 00 00"), zeros(24), snap)},
	{"Prism", 119, join(unhex("44 00 00 00 90 00 00 00"), zeros(136), unhex("08 01 00 00"), zeros(20), snap)},
	{"Prism that is AVS", 119, join(unhex("80 21 10 01 00 00 00 40"), zeros(56), unhex("08 01 00 00"), zeros(20), snap)},
	{"AVS", 163, join(unhex("80 21 10 01 00 00 00 40"), zeros(56), unhex("08 01 00 00"), zeros(20), snap)},
	{"PPI", 192, join(unhex("00 00 08 00 69 00 00 00 08 01 00 00"), zeros(20), snap)},
	{"PPI, Ethernet", 192, join(unhex("00 00 08 00 01 00 00 00"), makeEthernet(0x0800, nil))},
	{"PFLOG", 117, join(unhex("3d 02"), zeros(62))},
	{"PFLOG, IPv6", 117, join(unhex("3d 18"), zeros(62))},
	{"NFLOG", 239, unhex("02 00 00 00 08 00 01 00 08 00 01 00 05 00 0a 00 00 00 00 00 31 00 09 00")},
	{"NFLOG, IPv6, big endian", 239, unhex("0a 00 00 00 00 08 00 01 08 00 01 00 00 45 00 09")},
}

func TestLinks(t *testing.T) {
	for _, c := range links {
		body := hello4
		if strings.Contains(c.name, "IPv6") {
			body = hello6
		}
		data := join(c.header, body)
		var d Decoder
		packets, _ := seen(t, &d, c.link, data, len(data))
		if len(packets) != 1 || packets[0].Src.Is6() != strings.Contains(c.name, "IPv6") {
			t.Errorf("%s: %d packets, %+v", c.name, len(packets), packets)
			continue
		}
		expectHello(t, packets[0], 0)
	}
}

// What follows the packet in an NFLOG frame is not its payload, even where the packet does
// not say how long it is.
func TestNFLOGWithMoreBehind(t *testing.T) {
	frame := join(unhex("0a 00 00 00 18 00 09 00 60 00 00 00 00 00 06 40"), zeros(32))
	for n := range len(frame) + 1 {
		var d Decoder
		seen(t, &d, 239, frame[:n:n], len(frame))
	}
	data := join(unhex("02 00 00 00 31 00 09 00"), hello4, zeros(20))
	var d Decoder
	packets, _ := seen(t, &d, 239, data, len(data))
	if len(packets) != 1 {
		t.Fatalf("%d packets", len(packets))
	}
	expectHello(t, packets[0], 0)
}

// Whatever is cut off, a frame is counted once and nothing is made up.
func TestLinksCutOff(t *testing.T) {
	for _, c := range links {
		body := hello4
		if strings.Contains(c.name, "IPv6") {
			body = hello6
		}
		data := join(c.header, body)
		for n := range len(data) - 5 {
			var d Decoder
			packets, counts := seen(t, &d, c.link, data[:n:n], len(data))
			if len(packets) != 0 {
				t.Errorf("%s: %d of %d bytes give %+v", c.name, n, len(data), packets)
			}
			if counts.Truncated+counts.NotIP+counts.Malformed != 1 {
				t.Errorf("%s: %d of %d bytes count as %+v", c.name, n, len(data), counts)
			}
		}
	}
}

func TestNotIP(t *testing.T) {
	for name, c := range map[string]struct {
		link uint16
		data []byte
	}{
		"ARP":               {1, makeEthernet(0x0806, zeros(28))},
		"spanning tree":     {1, makeEthernet(38, unhex("42 42 03 00 00 00 00 00"))},
		"Novell":            {1, makeEthernet(60, unhex("ff ff 00 3c"))},
		"PPPoE discovery":   {1, makeEthernet(0x8863, unhex("11 09 00 00 00 00"))},
		"LCP":               {9, unhex("ff 03 c0 21 01 01 00 04")},
		"AppleTalk at home": {0, unhex("10 00 00 00 00 00")},
		"802.11 beacon":     {105, join(unhex("80 00"), zeros(30))},
		"802.11 encrypted":  {105, join(unhex("08 41"), zeros(60))},
		"802.11 null":       {105, join(unhex("48 01"), zeros(30))},
	} {
		var d Decoder
		if packets, counts := seen(t, &d, c.link, c.data, len(c.data)); len(packets) != 0 || counts.NotIP != 1 {
			t.Errorf("%s: %+v %+v", name, packets, counts)
		}
	}
}

func TestUnknownLinks(t *testing.T) {
	var d Decoder
	seen(t, &d, 220, zeros(64), 64)
	seen(t, &d, 220, zeros(64), 64)
	_, counts := seen(t, &d, 65535, nil, 0)
	if counts.UnknownLink != 3 || counts.Links[220] != 2 || counts.Links[65535] != 1 {
		t.Errorf("%+v", counts)
	}
}

// A frame of nothing but tags is given up on.
func TestTooDeep(t *testing.T) {
	var d Decoder
	tags := []byte{}
	for range 1000 {
		tags = append(tags, unhex("00 05 81 00")...)
	}
	data := makeEthernet(0x8100, tags)
	if packets, counts := seen(t, &d, 1, data, len(data)); len(packets) != 0 || counts.TooDeep != 1 {
		t.Errorf("%+v %+v", packets, counts)
	}
}

package packet

import "encoding/binary"

// Ethernet's types of what follows, of IANA's "IEEE 802 Numbers".
const (
	typeIPv4     = 0x0800
	typeIPv6     = 0x86dd
	typeVLAN     = 0x8100
	typeQinQ     = 0x88a8 // 802.1ad
	typeQinQ9100 = 0x9100 // what was used before 802.1ad
	typeQinQ9200 = 0x9200
	typeMPLS     = 0x8847
	typeMPLSMany = 0x8848
	typePPP      = 0x880b
	typePPPoE    = 0x8864
	typePBB      = 0x88e7 // 802.1ah
	typeVNTag    = 0x8926
	typeBridge   = 0x6558 // an Ethernet frame, in GRE and its like
)

// ethernet reads Ethernet II and IEEE 802.3.
func (d *Decoder) ethernet(b []byte, wire, depth int) fate {
	if len(b) < 14 {
		return short(wire, 14)
	}
	return d.ethertype(binary.BigEndian.Uint16(b[12:]), b[14:], wire-14, depth)
}

// ethertype reads what follows a type. Those up to 1500 are the length of an LLC frame.
func (d *Decoder) ethertype(t uint16, b []byte, wire, depth int) fate {
	if d.layers++; d.layers > maxLayers {
		return tooDeep
	}
	switch t {
	case typeIPv4:
		return d.ipv4(b, wire, depth)
	case typeIPv6:
		return d.ipv6(b, wire, depth)
	case typeVLAN, typeQinQ, typeQinQ9100, typeQinQ9200:
		return d.cooked(b, wire, depth, 2, 4)
	case typeVNTag:
		return d.cooked(b, wire, depth, 4, 6)
	case typeMPLS, typeMPLSMany:
		return d.mpls(b, wire, depth)
	case typePPPoE:
		return d.pppoe(b, wire, depth)
	case typePPP:
		return d.ppp(b, wire, depth)
	case typePBB:
		return behind(b, wire, 4, depth, d.ethernet)
	case typeBridge:
		return d.ethernet(b, wire, depth)
	}
	if t <= 1500 && t > 2 { // Linux's cooked captures have 4 for LLC
		return d.llc(b, wire, depth)
	}
	return notIP
}

// llc reads IEEE 802.2: IP stands behind SNAP (RFC 1042), or has its own number.
func (d *Decoder) llc(b []byte, wire, depth int) fate {
	if len(b) < 3 {
		return short(wire, 3)
	}
	switch {
	case b[0] == 0x06 && b[1] == 0x06 && b[2] == 3:
		return d.ip(b[3:], wire-3, depth)
	case b[0] == 0xaa && b[1] == 0xaa && b[2] == 3:
		if len(b) < 8 {
			return short(wire, 8)
		}
		if b[3] == 0 && b[4] == 0 && (b[5] == 0 || b[5] == 0xf8) {
			return d.ethertype(binary.BigEndian.Uint16(b[6:]), b[8:], wire-8, depth)
		}
	}
	return notIP
}

// mpls reads a stack of labels (RFC 3032). Nothing says what follows it: IP if it looks
// so, else Ethernet, with or without the control word of RFC 4448.
func (d *Decoder) mpls(b []byte, wire, depth int) fate {
	for bottom := false; !bottom; {
		if d.layers++; d.layers > maxLayers {
			return tooDeep
		}
		if len(b) < 5 {
			return short(wire, 5)
		}
		bottom = b[2]&1 != 0
		b, wire = b[4:], wire-4
	}
	switch b[0] >> 4 {
	case 4, 6:
		if fate := d.ip(b, wire, depth); fate != malformed {
			return fate
		}
	case 0:
		if fate := behind(b, wire, 4, depth, d.ethernet); fate == decoded {
			return fate
		}
	}
	if d.ethernet(b, wire, depth) == decoded {
		return decoded
	}
	return notIP
}

// pppoe reads a session of RFC 2516: version and type, code 0, session, length. Some
// senders pad the packet and not the length, so that IP's is the one to believe.
func (d *Decoder) pppoe(b []byte, wire, depth int) fate {
	if len(b) < 6 {
		return short(wire, 6)
	}
	if b[1] != 0 {
		return notIP // discovery
	}
	if b[0] != 0x11 {
		return malformed
	}
	return d.ppp(b[6:], wire-6, depth)
}

// serial reads PPP, or Cisco's HDLC, which begins with another address.
func (d *Decoder) serial(b []byte, wire, depth int) fate {
	if len(b) > 0 && (b[0] == 0x0f || b[0] == 0x8f) {
		return d.cooked(b, wire, depth, 2, 4)
	}
	return d.ppp(b, wire, depth)
}

// ppp reads RFC 1661: an address and control field that may be left out (RFC 1662), and
// the protocol in two bytes, or one, which then is odd.
func (d *Decoder) ppp(b []byte, wire, depth int) fate {
	if d.layers++; d.layers > maxLayers {
		return tooDeep
	}
	if len(b) >= 2 && b[0] == 0xff && b[1] == 3 {
		b, wire = b[2:], wire-2
	}
	if len(b) < 2 {
		return short(wire, 2)
	}
	protocol, n := binary.BigEndian.Uint16(b), 2
	if b[0]&1 != 0 {
		protocol, n = uint16(b[0]), 1
	}
	b, wire = b[n:], wire-n
	switch protocol {
	case 0x21:
		return d.ipv4(b, wire, depth)
	case 0x57:
		return d.ipv6(b, wire, depth)
	case 0x281, 0x283:
		return d.mpls(b, wire, depth)
	}
	return notIP
}

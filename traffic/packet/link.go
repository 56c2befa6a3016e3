package packet

import "encoding/binary"

// Link types of tcpdump.org/linktypes.html.
const (
	linkNull       = 0
	linkEthernet   = 1
	linkTokenRing  = 6
	linkPPP        = 9
	linkFDDI       = 10
	linkRaw12      = 12 // what systems write that confuse their own numbers with the registered
	linkRaw14      = 14
	linkPPPHDLC    = 50
	linkPPPoE      = 51
	linkATM        = 100
	linkRaw        = 101
	linkCiscoHDLC  = 104
	link80211      = 105
	linkLoop       = 108
	linkENC        = 109
	linkSLL        = 113
	linkPFLog      = 117
	linkPrism      = 119
	linkRadiotap   = 127
	linkFirewire   = 138
	linkAVS        = 163
	linkPPPD       = 166
	linkPPI        = 192
	linkPPPWithDir = 204
	linkIPv4       = 228
	linkIPv6       = 229
	linkNFLog      = 239
	linkSLL2       = 276
)

// link reads a frame by its link type.
func (d *Decoder) link(link uint16, b []byte, wire, depth int) fate {
	switch link {
	case linkEthernet:
		return d.ethernet(b, wire, depth)
	case linkRaw, linkRaw12, linkRaw14, linkIPv4, linkIPv6:
		return d.ip(b, wire, depth)
	case linkNull, linkLoop:
		return d.loopback(b, wire, depth, 4)
	case linkENC:
		return d.loopback(b, wire, depth, 12)
	case linkSLL:
		return d.cooked(b, wire, depth, 14, 16)
	case linkSLL2:
		return d.cooked(b, wire, depth, 0, 20)
	case linkFirewire:
		return d.cooked(b, wire, depth, 16, 18)
	case linkPPP, linkPPPHDLC:
		return d.serial(b, wire, depth)
	case linkPPPD, linkPPPWithDir:
		return behind(b, wire, 1, depth, d.serial)
	case linkPPPoE:
		return d.pppoe(b, wire, depth)
	case linkCiscoHDLC:
		return d.cooked(b, wire, depth, 2, 4)
	case linkATM:
		return d.llc(b, wire, depth)
	case linkFDDI:
		return behind(b, wire, 13, depth, d.llc)
	case linkTokenRing:
		return d.tokenRing(b, wire, depth)
	case link80211, linkRadiotap, linkPrism, linkAVS, linkPPI:
		return d.wireless(link, b, wire, depth)
	case linkPFLog:
		return d.pflog(b, wire, depth)
	case linkNFLog:
		return d.nflog(b, wire, depth)
	}
	return unknownLink
}

// cooked reads a header of n bytes that has the type of what follows, as Ethernet has
// it, at a place: Linux's cooked captures, Cisco's HDLC, IP over FireWire.
func (d *Decoder) cooked(b []byte, wire, depth, at, n int) fate {
	if len(b) < n {
		return short(wire, n)
	}
	return d.ethertype(binary.BigEndian.Uint16(b[at:]), b[n:], wire-n, depth)
}

// loopback reads what the BSDs put before packets that never leave the host, n bytes of
// which the first four are the address family, in the byte order of the host.
func (d *Decoder) loopback(b []byte, wire, depth, n int) fate {
	if len(b) < n {
		return short(wire, n)
	}
	family := binary.BigEndian.Uint32(b)
	if family >= 1<<16 {
		family = binary.LittleEndian.Uint32(b)
	}
	return d.family(family, b[n:], wire-n, depth)
}

// family reads a packet by the number that some system has for its address family.
func (d *Decoder) family(family uint32, b []byte, wire, depth int) fate {
	switch family {
	case 2, 10, 24, 28, 30: // AF_INET of all; AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, Darwin
		return d.ip(b, wire, depth)
	}
	return notIP
}

// tokenRing reads IEEE 802.5: 14 bytes, a route if the source address says so, LLC.
func (d *Decoder) tokenRing(b []byte, wire, depth int) fate {
	n := 14
	if len(b) > n && b[8]&0x80 != 0 {
		n += int(b[14] & 0x1f)
	}
	return behind(b, wire, n, depth, d.llc)
}

// pflog reads the header of OpenBSD's packet filter log, whose first byte is its length
// without padding and whose second is the address family.
func (d *Decoder) pflog(b []byte, wire, depth int) fate {
	if len(b) < 2 {
		return short(wire, 2)
	}
	n := (int(b[0]) + 3) &^ 3
	if len(b) < n {
		return short(wire, n)
	}
	return d.family(uint32(b[1]), b[n:], wire-n, depth)
}

// nflog reads the log of Linux's netfilter: an address family and a list of length,
// type and value in the byte order of the host, of which type 9 is the packet.
func (d *Decoder) nflog(b []byte, wire, depth int) fate {
	if len(b) < 4 {
		return short(wire, 4)
	}
	family := uint32(b[0])
	for b, wire = b[4:], wire-4; len(b) >= 4; {
		n, kind := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
		if kind&0xff == 0 && kind != 0 { // a small number the other way round
			n, kind = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
		}
		if n < 4 {
			return malformed
		}
		if kind == 9 {
			return d.family(family, b[4:min(int(n), len(b))], min(wire, int(n))-4, depth)
		}
		step := min((int(n)+3)&^3, len(b))
		b, wire = b[step:], wire-step
	}
	return notIP
}

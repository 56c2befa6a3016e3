package packet

import "encoding/binary"

// The ports of UDP that tunnels have with IANA, as in Zeek.
const (
	portGTPControl = 2123
	portGTP        = 2152
	portTeredo     = 3544
	portGRE        = 4754
	portVXLAN      = 4789
	portAYIYA      = 5072
	portGENEVE     = 6081
)

// tunnel reads the packet within a packet, if there is one.
func (d *Decoder) tunnel(p *Packet) {
	depth := int(p.Depth)
	switch p.Protocol {
	case protoIPv4:
		d.inner(p.Payload, p.Length, depth, d.ipv4)
	case protoIPv6:
		d.inner(p.Payload, p.Length, depth, d.ipv6)
	case protoGRE:
		d.gre(p.Payload, p.Length, depth)
	case protoUDP:
		if !d.datagram(p.DstPort, p.Payload, p.Length, depth) && !d.datagram(p.SrcPort, p.Payload, p.Length, depth) {
			d.elsewhere(p.Payload, p.Length, depth)
		}
	}
}

// datagram reads what a port of UDP promises, and reports whether it promises anything.
// Others use these ports too, so that each tunnel is checked as far as it can be.
func (d *Decoder) datagram(port uint16, b []byte, wire, depth int) bool {
	switch port {
	case portGTP, portGTPControl:
		d.gtp(b, wire, depth)
	case portTeredo:
		d.teredo(b, wire, depth)
	case portGRE:
		d.gre(b, wire, depth)
	case portVXLAN:
		d.vxlan(b, wire, depth)
	case portAYIYA:
		d.ayiya(b, wire, depth)
	case portGENEVE:
		d.geneve(b, wire, depth)
	default:
		return false
	}
	return true
}

// elsewhere finds the tunnels that are not bound to a port: Teredo between two clients,
// by its prefix 2001::/32 on either side, and AYIYA with a signature by SHA-1.
func (d *Decoder) elsewhere(b []byte, wire, depth int) {
	switch {
	case len(b) < 40:
	case b[0]>>4 == 6 && (teredoPrefix(b[8:]) || teredoPrefix(b[24:])):
		d.exact(b, wire, depth, 6)
	case b[2] == 0x11 && b[3] == protoIPv6:
		d.ayiya(b, wire, depth)
	}
}

func teredoPrefix(b []byte) bool { return binary.BigEndian.Uint32(b) == 0x20010000 }

// exact reads a bare IP packet of a version in UDP, whose length must be right.
func (d *Decoder) exact(b []byte, wire, depth int, version byte) {
	if len(b) < 20 || b[0]>>4 != version {
		return
	}
	if version == 4 {
		if int(binary.BigEndian.Uint16(b[2:])) == wire {
			d.inner(b, wire, depth, d.ipv4)
		}
		return
	}
	if 40+int(binary.BigEndian.Uint16(b[4:])) == wire {
		d.inner(b, wire, depth, d.ipv6)
	}
}

// vxlan reads RFC 7348: flags of which one must be set, a network, and Ethernet.
func (d *Decoder) vxlan(b []byte, wire, depth int) {
	if len(b) > 8 && b[0]&0x08 != 0 {
		d.inner(b[8:], wire-8, depth, d.ethernet)
	}
}

// geneve reads RFC 8926: version 0, options, and what its type says.
func (d *Decoder) geneve(b []byte, wire, depth int) {
	if len(b) < 8 || b[0]>>6 != 0 {
		return
	}
	n, kind := 8+int(b[0]&0x3f)*4, binary.BigEndian.Uint16(b[2:])
	if n < len(b) && kind > 1500 {
		d.innerType(kind, b[n:], wire-n, depth)
	}
}

// innerType reads what a tunnel holds by its type, as Ethernet has it.
func (d *Decoder) innerType(kind uint16, b []byte, wire, depth int) {
	if depth >= maxDepth {
		d.counts.Buried++
		return
	}
	d.ethertype(kind, b, wire, depth+1)
}

// teredo reads RFC 4380: IPv6, behind an authentication or an origin or both.
func (d *Decoder) teredo(b []byte, wire, depth int) {
	if len(b) >= 4 && b[0] == 0 && b[1] == 1 {
		n := 13 + int(b[2]) + int(b[3])
		if len(b) < n {
			return
		}
		b, wire = b[n:], wire-n
	}
	if len(b) >= 8 && b[0] == 0 && b[1] == 0 {
		b, wire = b[8:], wire-8
	}
	d.exact(b, wire, depth, 6)
}

// ayiya reads draft-massar-v6ops-ayiya: the sizes of identity and signature, an
// operation, of which 1 forwards a packet, the protocol, a time, identity, signature.
func (d *Decoder) ayiya(b []byte, wire, depth int) {
	if len(b) < 8 || b[2]&0x0f != 1 {
		return
	}
	n := 8 + 1<<(b[0]>>4) + int(b[1]>>4)*4
	if n >= len(b) {
		return
	}
	switch b[3] {
	case protoIPv4:
		d.exact(b[n:], wire-n, depth, 4)
	case protoIPv6:
		d.exact(b[n:], wire-n, depth, 6)
	}
}

// gtp reads GTPv1-U of 3GPP TS 29.281: version 1, a user packet (type 255), an optional
// sequence number, and extension headers.
func (d *Decoder) gtp(b []byte, wire, depth int) {
	if len(b) < 8 || b[0]>>4 != 3 || b[1] != 255 { // version 1, not GTP'
		return
	}
	size := 8 + int(binary.BigEndian.Uint16(b[2:]))
	if size > wire {
		return
	}
	b, wire = b[:min(len(b), size)], size
	n := 8
	if b[0]&7 != 0 {
		n = 12
		for b[0]&4 != 0 && n <= len(b) && b[n-1] != 0 { // the type of the next extension
			if n >= len(b) || b[n] == 0 {
				return
			}
			n += int(b[n]) * 4
		}
	}
	if n >= len(b) {
		return
	}
	d.exact(b[n:], wire-n, depth, b[n]>>4)
}

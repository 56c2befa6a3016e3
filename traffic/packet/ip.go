package packet

import (
	"encoding/binary"
	"net/netip"
)

// The numbers of protocols, of IANA's "Protocol Numbers".
const (
	protoHopByHop    = 0
	protoICMP        = 1
	protoIPv4        = 4
	protoTCP         = 6
	protoUDP         = 17
	protoIPv6        = 41
	protoRouting     = 43
	protoFragment    = 44
	protoGRE         = 47
	protoAH          = 51
	protoICMPv6      = 58
	protoNone        = 59
	protoDestination = 60
	protoMobility    = 135
	protoHIP         = 139
	protoShim6       = 140
)

// ip reads a packet of the version that it says it has.
func (d *Decoder) ip(b []byte, wire, depth int) fate {
	if len(b) == 0 {
		return short(wire, 20)
	}
	switch b[0] >> 4 {
	case 4:
		return d.ipv4(b, wire, depth)
	case 6:
		return d.ipv6(b, wire, depth)
	}
	return malformed
}

// ipv4 reads RFC 791. A total length of 0 is what offloaded segmentation leaves, and then
// the frame tells. What is more than the frame held, no host takes, nor does Zeek.
func (d *Decoder) ipv4(b []byte, wire, depth int) fate {
	if len(b) < 20 {
		return short(wire, 20)
	}
	head, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 {
		total = wire
	}
	if b[0]>>4 != 4 || head < 20 || total < head {
		return malformed
	}
	if total > wire || head > len(b) {
		return truncated
	}
	part := binary.BigEndian.Uint16(b[6:])
	p := &d.packets[depth]
	*p = Packet{
		Time:        d.time,
		Src:         netip.AddrFrom4([4]byte(b[12:])),
		Dst:         netip.AddrFrom4([4]byte(b[16:])),
		Protocol:    b[9],
		IPLength:    total,
		Length:      total - head,
		Payload:     b[head:min(total, len(b))],
		Offset:      int(part&0x1fff) * 8,
		More:        part&0x2000 != 0,
		BadChecksum: !headerSums(b[:head]),
		Depth:       uint8(depth),
	}
	if p.More || p.Offset > 0 {
		p.Fragment, p.FragmentID = true, uint32(binary.BigEndian.Uint16(b[4:]))
	}
	return d.transport(p)
}

// headerSums reports whether the checksum of an IPv4 header is right, or 0, as it is
// before a card has filled it in.
func headerSums(head []byte) bool {
	return head[10]|head[11] == 0 || sum(head, 0) == 0xffff
}

// ipv6 reads RFC 8200, and the extension headers, up to what they carry.
func (d *Decoder) ipv6(b []byte, wire, depth int) fate {
	if len(b) < 40 {
		return short(wire, 40)
	}
	if b[0]>>4 != 6 {
		return malformed
	}
	total := 40 + int(binary.BigEndian.Uint16(b[4:]))
	if total == 40 && b[6] != protoNone { // a jumbogram, or offloaded segmentation
		total = jumbo(b, wire)
	}
	if total > wire {
		return truncated
	}
	p := &d.packets[depth]
	*p = Packet{
		Time:     d.time,
		Src:      netip.AddrFrom16([16]byte(b[8:])),
		Dst:      netip.AddrFrom16([16]byte(b[24:])),
		Protocol: b[6],
		IPLength: total,
		Length:   total - 40,
		Payload:  b[40:min(total, len(b))],
		Depth:    uint8(depth),
	}
	if fate := p.extensions(); fate != decoded {
		return fate
	}
	return d.transport(p)
}

// jumbo is the length of an IPv6 packet whose header says 0: what the option of RFC 2675
// says, or else the whole frame.
func jumbo(b []byte, wire int) int {
	if b[6] == protoHopByHop && len(b) >= 48 && b[42] == 0xc2 && b[43] == 4 {
		if n := binary.BigEndian.Uint32(b[44:]); n >= 1<<16 {
			return 40 + int(min(n, maxLength))
		}
	}
	return wire
}

// extensions moves the payload behind the extension headers of IPv6, and stops behind
// that of a fragment and before what is encrypted. The last address of a routing header
// becomes the destination, as for Zeek.
func (p *Packet) extensions() fate {
	for {
		n := 0
		switch b := p.Payload; p.Protocol {
		default:
			return decoded
		case protoHopByHop, protoDestination, protoRouting, protoMobility, protoHIP, protoShim6, protoFragment, protoAH:
			if len(b) < 8 {
				return short(p.Length, 8)
			}
			n = extension(p.Protocol, b)
		}
		b := p.Payload
		if n > p.Length {
			return malformed
		}
		if n > len(b) {
			return truncated
		}
		switch p.Protocol {
		case protoRouting:
			p.route(b[:n])
		case protoFragment:
			part := binary.BigEndian.Uint16(b[2:])
			p.FragmentID, p.Offset, p.More = binary.BigEndian.Uint32(b[4:]), int(part&^7), part&1 != 0
			p.Fragment = p.More || p.Offset > 0
		case protoMobility:
			return decoded // nothing follows
		}
		p.Protocol, p.Payload, p.Length = b[0], b[n:], p.Length-n
		if p.Fragment {
			return decoded
		}
	}
}

// extension is the length of an extension header.
func extension(protocol uint8, b []byte) int {
	switch protocol {
	case protoFragment:
		return 8
	case protoAH:
		return (int(b[1]) + 2) * 4
	}
	return (int(b[1]) + 1) * 8
}

// route takes the final destination from a routing header of type 0 or 2 that has
// segments left. Segment routing has it first, and the others have none.
func (p *Packet) route(b []byte) {
	if b[3] == 0 || len(b) < 24 {
		return
	}
	switch b[2] {
	case 0, 2:
		p.Dst = netip.AddrFrom16([16]byte(b[8+(len(b)-24)/16*16:]))
	case 4:
		p.Dst = netip.AddrFrom16([16]byte(b[8:]))
	}
}

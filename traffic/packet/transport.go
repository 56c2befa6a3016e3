package packet

import "encoding/binary"

// transport reads what follows IP and hands the packet on, and then what is within.
func (d *Decoder) transport(p *Packet) fate {
	if p.Fragment {
		p.firstPart()
		d.emit(p)
		return decoded
	}
	body, n := p.Payload, p.Length
	if fate := p.header(); fate != decoded {
		return fate
	}
	if d.Checksums && len(body) == n && !p.sums(body) {
		p.BadChecksum = true
	}
	d.emit(p)
	if p.Protocol != protoTCP {
		d.tunnel(p)
	}
	return decoded
}

// Reassembled decodes a packet whose parts the caller has put together: part is any of
// them, with the addresses and the header of IP, and body all that follows that, whole.
// It yields what Decode would have of an undivided packet, tunnels and all, and reports
// whether there was a packet. Counts do not tell of it, but of what is within.
func (d *Decoder) Reassembled(part *Packet, body []byte, yield func(*Packet)) bool {
	depth := min(part.Depth, maxDepth)
	p := &d.packets[depth]
	head := part.IPLength - part.Length
	*p = *part
	p.Depth, p.Fragment, p.FragmentID, p.Offset, p.More = depth, false, 0, 0, false
	p.Payload, p.Length, p.IPLength = body, len(body), head+len(body)
	d.time, d.yield, d.layers = p.Time, yield, 0
	if p.Src.Is6() && p.extensions() != decoded {
		return false
	}
	return d.transport(p) == decoded
}

// firstPart takes the ports from the first part of a packet, if they are there. The
// length and payload remain those behind IP.
func (p *Packet) firstPart() {
	if p.Offset > 0 {
		return
	}
	whole := *p
	if whole.header() == decoded {
		whole.Length, whole.Payload = p.Length, p.Payload
		*p = whole
	}
}

// header reads the transport header at the head of the payload and moves the payload
// behind it. Protocols other than TCP, UDP and ICMP have none.
func (p *Packet) header() fate {
	switch p.Protocol {
	case protoTCP:
		return p.tcp()
	case protoUDP:
		return p.udp()
	case protoICMP, protoICMPv6:
		return p.icmp()
	}
	return decoded
}

// tcp reads RFC 9293.
func (p *Packet) tcp() fate {
	b := p.Payload
	if len(b) < 20 {
		return short(p.Length, 20)
	}
	head := int(b[12]>>4) * 4
	if head < 20 || head > p.Length {
		return malformed
	}
	p.SrcPort, p.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	p.Seq, p.Ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	p.Flags = b[13]
	p.Length -= head
	p.Payload = b[min(head, len(b)):]
	return decoded
}

// udp reads RFC 768. A length of 0 leaves it to IP, as with jumbograms (RFC 2675) and
// offloaded segmentation; so does one that is more than IP has.
func (p *Packet) udp() fate {
	b := p.Payload
	if len(b) < 8 {
		return short(p.Length, 8)
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	switch {
	case n == 0 || n > p.Length:
		n = p.Length
	case n < 8:
		return malformed
	}
	p.SrcPort, p.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	p.Length = n - 8
	p.Payload = b[8:min(n, len(b))]
	return decoded
}

// icmp reads RFC 792 and RFC 4443: type, code, and the identifier of those that have one.
func (p *Packet) icmp() fate {
	b := p.Payload
	if len(b) < 8 {
		return short(p.Length, 8)
	}
	p.SrcPort, p.DstPort = uint16(b[0]), uint16(b[1])
	if identified(p.Protocol, b[0]) {
		p.ID = uint32(binary.BigEndian.Uint16(b[4:]))
	}
	p.Length -= 8
	p.Payload = b[8:]
	return decoded
}

// identified reports whether messages of a type have an identifier: echo, timestamp,
// information and mask with their replies (RFC 792, 950), extended echo (RFC 8335), and
// of ICMPv6 also home agent and mobile prefix discovery (RFC 6275).
func identified(protocol, kind uint8) bool {
	if protocol == protoICMP {
		switch kind {
		case 0, 8, 13, 14, 15, 16, 17, 18, 42, 43:
			return true
		}
		return false
	}
	switch kind {
	case 128, 129, 144, 145, 146, 147, 160, 161:
		return true
	}
	return false
}

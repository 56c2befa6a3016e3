package packet

import (
	"encoding/binary"
	"math/bits"
)

// sum adds up 16-bit words in one's complement (RFC 1071). With the checksum among
// them, it is 0xffff.
func sum(b []byte, start uint64) uint16 {
	s := start
	for ; len(b) >= 8; b = b[8:] {
		var carry uint64
		s, carry = bits.Add64(s, binary.BigEndian.Uint64(b), 0)
		s += carry
	}
	for ; len(b) >= 2; b = b[2:] {
		var carry uint64
		s, carry = bits.Add64(s, uint64(binary.BigEndian.Uint16(b)), 0)
		s += carry
	}
	if len(b) == 1 {
		var carry uint64
		s, carry = bits.Add64(s, uint64(b[0])<<8, 0)
		s += carry
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}

// sums reports whether the checksum of the transport is right, given all that follows
// IP. UDP may have none, which is 0, and tells how much of that it is of.
func (p *Packet) sums(body []byte) bool {
	switch p.Protocol {
	case protoICMP:
		return sum(body, 0) == 0xffff
	case protoUDP:
		if body[6]|body[7] == 0 {
			return true
		}
		if n := int(binary.BigEndian.Uint16(body[4:])); n >= 8 && n < len(body) {
			body = body[:n]
		}
	case protoTCP, protoICMPv6:
	default:
		return true
	}
	return sum(body, p.pseudo(len(body))) == 0xffff
}

// pseudo adds up the pseudo header of RFC 9293 or RFC 8200.
func (p *Packet) pseudo(n int) uint64 {
	s := uint64(n) + uint64(p.Protocol)
	if p.Src.Is4() {
		src, dst := p.Src.As4(), p.Dst.As4()
		return s + uint64(sum(src[:], 0)) + uint64(sum(dst[:], 0))
	}
	src, dst := p.Src.As16(), p.Dst.As16()
	return s + uint64(sum(src[:], 0)) + uint64(sum(dst[:], 0))
}

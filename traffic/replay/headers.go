package replay

import (
	"encoding/binary"
	"net/netip"

	"github.com/netanom/netanom/traffic/packet"
)

// The numbers of protocols, of IANA's "Protocol Numbers".
const (
	tcp          = 6
	udp          = 17
	icmp         = 1
	icmpv6       = 58
	fragmentOfV6 = 44
)

// Bytes of headers.
const (
	ethernetHeader = 14
	ipv4Header     = 20
	ipv6Header     = 40
	partHeader     = 8 // the extension of IPv6 that says which part of a packet it is
	tcpHeader      = 20
	shortHeader    = 8 // of UDP, and of ICMP
	maxHeaders     = ethernetHeader + ipv6Header + partHeader + tcpHeader
)

// linkEthernet is LINKTYPE_ETHERNET of tcpdump.org.
const linkEthernet = 1

// A segment is what the headers of one packet say.
type segment struct {
	src, dst         netip.Addr
	srcPort, dstPort uint16 // ICMP: type and code
	protocol         uint8
	flags            uint8
	seq, ack         uint32
	length           int    // of the payload
	id               uint32 // of the packet
	part             piece  // that is sent of it; none: all
}

// transportHeader returns the bytes of the header behind IP.
func transportHeader(protocol uint8) int {
	if protocol == tcp {
		return tcpHeader
	}
	return shortHeader
}

// ipHeaders returns the bytes from Ethernet to the transport.
func (s *segment) ipHeaders() int {
	switch {
	case s.src.Is4():
		return ipv4Header
	case s.part.to > 0:
		return ipv6Header + partHeader
	}
	return ipv6Header
}

// write puts the headers into b, which has room for maxHeaders, and returns how many
// bytes they are, and how many the frame would have.
func (s *segment) write(b []byte) (captured, length int) {
	clear(b)
	head, behind := s.ipHeaders(), transportHeader(s.protocol)+s.length
	whole := behind
	if s.part.to > 0 {
		behind = s.part.to - s.part.from
	}
	s.writeEthernet(b)
	if s.src.Is4() {
		s.writeIPv4(b[ethernetHeader:], head+behind)
	} else {
		s.writeIPv6(b[ethernetHeader:], head-ipv6Header+behind)
	}
	captured, length = ethernetHeader+head, ethernetHeader+head+behind
	if s.part.from > 0 {
		return captured, length
	}
	n := min(transportHeader(s.protocol), behind)
	s.writeTransport(b[captured:captured+transportHeader(s.protocol)], whole)
	return captured + n, length
}

// writeEthernet writes addresses that are locally administered and end like those of IP.
func (s *segment) writeEthernet(b []byte) {
	b[0], b[6] = 2, 2
	dst, src := s.dst.As16(), s.src.As16()
	copy(b[2:6], dst[12:])
	copy(b[8:12], src[12:])
	kind := uint16(0x0800)
	if s.src.Is6() {
		kind = 0x86dd
	}
	binary.BigEndian.PutUint16(b[12:], kind)
}

const timeToLive = 64

// writeIPv4 writes RFC 791.
func (s *segment) writeIPv4(b []byte, total int) {
	b[0] = 0x45
	binary.BigEndian.PutUint16(b[2:], uint16(total))
	binary.BigEndian.PutUint16(b[4:], uint16(s.id))
	part := uint16(s.part.from / 8)
	if s.part.more {
		part |= 0x2000
	}
	binary.BigEndian.PutUint16(b[6:], part)
	b[8], b[9] = timeToLive, s.protocol
	src, dst := s.src.As4(), s.dst.As4()
	copy(b[12:], src[:])
	copy(b[16:], dst[:])
	binary.BigEndian.PutUint16(b[10:], ^sum(b[:ipv4Header], 0))
}

// writeIPv6 writes RFC 8200.
func (s *segment) writeIPv6(b []byte, payload int) {
	b[0] = 0x60
	binary.BigEndian.PutUint16(b[4:], uint16(payload))
	b[6], b[7] = s.protocol, timeToLive
	src, dst := s.src.As16(), s.dst.As16()
	copy(b[8:], src[:])
	copy(b[24:], dst[:])
	if s.part.to == 0 {
		return
	}
	b[6] = fragmentOfV6
	b = b[ipv6Header:]
	b[0] = s.protocol
	part := uint16(s.part.from)
	if s.part.more {
		part |= 1
	}
	binary.BigEndian.PutUint16(b[2:], part)
	binary.BigEndian.PutUint32(b[4:], s.id)
}

// writeTransport writes the header behind IP, of a packet that has so many bytes from
// here on.
func (s *segment) writeTransport(b []byte, length int) {
	at := 2 // of the checksum
	switch s.protocol {
	case tcp:
		at = s.writeTCP(b)
	case udp:
		at = 6
		binary.BigEndian.PutUint16(b, s.srcPort)
		binary.BigEndian.PutUint16(b[2:], s.dstPort)
		binary.BigEndian.PutUint16(b[4:], uint16(length))
	default:
		b[0], b[1] = uint8(s.srcPort), uint8(s.dstPort)
		if echoes(s.protocol, b[0]) {
			binary.BigEndian.PutUint16(b[4:], s.conversationID())
		}
	}
	start := uint32(0)
	if s.protocol != icmp {
		start = s.pseudo(length)
	}
	check := ^sum(b, start)
	if check == 0 && s.protocol == udp {
		check = 0xffff // 0 means that there is none
	}
	binary.BigEndian.PutUint16(b[at:], check)
}

// writeTCP writes RFC 9293 without options, and returns where the checksum is.
func (s *segment) writeTCP(b []byte) int {
	binary.BigEndian.PutUint16(b, s.srcPort)
	binary.BigEndian.PutUint16(b[2:], s.dstPort)
	binary.BigEndian.PutUint32(b[4:], s.seq)
	if s.flags&packet.ACK != 0 {
		binary.BigEndian.PutUint32(b[8:], s.ack)
	}
	b[12], b[13] = tcpHeader/4<<4, s.flags
	if s.flags&packet.RST == 0 {
		binary.BigEndian.PutUint16(b[14:], 0xffff) // window
	}
	if s.flags&packet.URG != 0 {
		binary.BigEndian.PutUint16(b[18:], uint16(s.length))
	}
	return 16
}

// echoes reports whether a message is an echo request or reply.
func echoes(protocol, kind uint8) bool {
	if protocol == icmp {
		return kind == 0 || kind == 8
	}
	return kind == 128 || kind == 129
}

// conversationID is the identifier that request and reply share.
func (s *segment) conversationID() uint16 {
	src, dst := s.src.As16(), s.dst.As16()
	return sum(src[:], 0) ^ sum(dst[:], 0)
}

// pseudo adds up the pseudo header of RFC 9293 or RFC 8200.
func (s *segment) pseudo(length int) uint32 {
	start := uint32(length) + uint32(s.protocol)
	if s.src.Is4() {
		src, dst := s.src.As4(), s.dst.As4()
		return start + uint32(sum(src[:], 0)) + uint32(sum(dst[:], 0))
	}
	src, dst := s.src.As16(), s.dst.As16()
	return start + uint32(sum(src[:], 0)) + uint32(sum(dst[:], 0))
}

// sum adds up 16-bit words in one's complement (RFC 1071) of an even number of bytes.
func sum(b []byte, start uint32) uint16 {
	for ; len(b) > 0; b = b[2:] {
		start += uint32(binary.BigEndian.Uint16(b))
	}
	for start > 0xffff {
		start = start>>16 + start&0xffff
	}
	return uint16(start)
}

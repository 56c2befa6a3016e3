package traffic

import (
	"crypto/sha1"
	"encoding/binary"
	"net/netip"
)

// CommunityID returns the hash of protocol, addresses and ports by which Zeek,
// Suricata and others name the same conversation, version 1: "1:" and the SHA-1 of
// the flow's tuple in base64, 30 bytes. Both directions have the same one. Sites that
// share logs agree on the seed, which is 0 everywhere else. It identifies no
// connection alone: the same ports used again give the same hash. Addresses that are
// not valid hash as no bytes.
//
// Specification: https://github.com/corelight/community-id-spec.
func (c *Connection) CommunityID(seed uint16) string {
	return string(c.appendCommunityID(nil, seed))
}

func (c *Connection) appendCommunityID(b []byte, seed uint16) []byte {
	src, dst := c.Src.Unmap().WithZone(""), c.Dst.Unmap().WithZone("") // a mapped address is an IPv4 packet's
	protocol, srcPort, dstPort := uint8(6), c.SrcPort, c.DstPort
	oneWay := false
	switch {
	case c.Protocol == UDP:
		protocol = 17
	case c.Protocol == ICMP && src.Is4():
		protocol = 1
		dstPort, oneWay = icmpPorts(icmp4Counterpart, srcPort, dstPort)
	case c.Protocol == ICMP:
		protocol = 58
		dstPort, oneWay = icmpPorts(icmp6Counterpart, srcPort, dstPort)
	}
	order := src.Compare(dst)
	if !oneWay && (order > 0 || order == 0 && srcPort > dstPort) {
		src, dst, srcPort, dstPort = dst, src, dstPort, srcPort
	}

	var room [2 + 2*16 + 2 + 2*2]byte
	tuple := binary.BigEndian.AppendUint16(room[:0], seed)
	tuple = appendBytes(appendBytes(tuple, src), dst)
	tuple = append(tuple, protocol, 0)
	tuple = binary.BigEndian.AppendUint16(tuple, srcPort)
	tuple = binary.BigEndian.AppendUint16(tuple, dstPort)
	sum := sha1.Sum(tuple)
	return appendBase64(append(b, "1:"...), &sum)
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// appendBase64 appends a hash as encoding/base64 does, which takes twice the time for
// texts as short as this.
func appendBase64(b []byte, sum *[sha1.Size]byte) []byte {
	const d = base64Digits
	for i := 0; i+2 < len(sum); i += 3 {
		v := uint32(sum[i])<<16 | uint32(sum[i+1])<<8 | uint32(sum[i+2])
		b = append(b, d[v>>18], d[v>>12%64], d[v>>6%64], d[v%64])
	}
	v := uint32(sum[18])<<16 | uint32(sum[19])<<8
	return append(b, d[v>>18], d[v>>12%64], d[v>>6%64], '=')
}

// appendBytes appends the bytes of an address, in network order.
func appendBytes(b []byte, a netip.Addr) []byte {
	switch {
	case a.Is4():
		ip := a.As4()
		return append(b, ip[:]...)
	case a.IsValid():
		ip := a.As16()
		return append(b, ip[:]...)
	}
	return b
}

// icmpPorts returns what stands for the responder's port: the type of the answer to
// the message, or its code if it has no answer and is of one direction.
func icmpPorts(counterpart func(uint16) (uint16, bool), typ, code uint16) (port uint16, oneWay bool) {
	if answer, ok := counterpart(typ); ok {
		return answer, false
	}
	return code, true
}

// icmp4Counterpart pairs the types of requests and answers: RFC 792, RFC 950, RFC 1256.
func icmp4Counterpart(typ uint16) (uint16, bool) {
	switch typ {
	case 0:
		return 8, true
	case 8:
		return 0, true
	case 9, 13, 15, 17: // router advertisement, and the requests of time, information and mask
		return typ + 1, true
	case 10, 14, 16, 18:
		return typ - 1, true
	}
	return 0, false
}

// icmp6Counterpart pairs the types of ICMPv6: RFC 4443, 2710, 4861, 4620, 6275.
func icmp6Counterpart(typ uint16) (uint16, bool) {
	switch typ {
	case 128, 130, 133, 135, 139, 144: // echo, listener, router, neighbour, node, home agent
		return typ + 1, true
	case 129, 131, 134, 136, 140, 145:
		return typ - 1, true
	}
	return 0, false
}

// Package packet reads network captures: frames from pcap and pcapng files, streams
// and interfaces, and what their headers say, down to the transport and into tunnels.
package packet

import "net/netip"

// A Frame is what was captured of one frame on a link.
type Frame struct {
	Time   int64  // microseconds since the Unix epoch
	Link   uint16 // the link type, a LINKTYPE_ number of tcpdump.org
	Length int    // bytes on the wire; Data may hold fewer
	Data   []byte // valid until the next frame is read
}

// A Packet is what the headers of one IP packet say. Lengths are those that the
// headers claim, whatever was captured.
type Packet struct {
	Time int64 // microseconds since the Unix epoch

	Src, Dst         netip.Addr // IPv4 in its 4-byte form, no zone
	SrcPort, DstPort uint16     // ICMP: type and code
	Protocol         uint8      // IANA number of what follows IP and its extension headers: 1, 6, 17, 58, …

	Flags    uint8 // TCP: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32
	Seq, Ack uint32

	ID       uint32 // ICMP: the identifier of an echo or its like, shared by request and reply
	IPLength int    // bytes of the packet with its IP header
	Length   int    // bytes of payload behind the transport header (for fragments: behind IP)
	Payload  []byte // what was captured of these; valid until the next frame is decoded

	Fragment    bool // it is a part of a packet; ports are only known of the first
	FragmentID  uint32
	Offset      int  // of the part in the packet, in bytes
	More        bool // parts behind this one follow
	BadChecksum bool // the checksum of the IP header (or, if asked for, of the transport) is wrong

	Depth uint8 // of tunnels around it
}

// The flags of TCP.
const (
	FIN uint8 = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

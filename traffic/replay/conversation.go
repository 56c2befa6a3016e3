package replay

import (
	"net/netip"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
)

const (
	chunk     = 60_000 // bytes of payload in a packet at most
	roundTrip = 20_000 // microseconds between the packets of a handshake, at most

	// Silences that are broken, in microseconds: trackers wait for five minutes and
	// for one.
	longestTCP = 240e6
	longestUDP = 45e6
)

// A conversation is a connection on its way to packets: first those of the opening, then
// data and what breaks the silence between, then those of the closing.
type conversation struct {
	script          *script
	start, duration int64
	ends            [2]netip.AddrPort // ICMP: type and code
	protocol        uint8
	kinds           uint8  // of faults in the parts of the first packet
	urgent          uint16 // packets still to come

	bytes  [2]int64 // payload that is still to come
	chunks [2]int64 // and in how many packets
	total  [2]int64 // packets with payload altogether
	middle int64    // packets between opening and closing
	pace   int64    // microseconds between those of opening and closing

	done  int64 // packets that were made
	data  int64 // of these: with payload
	parts []piece
	seq   [2]uint32 // that come next
	first uint32    // sequence number of the SYN
	id    uint32    // of the packet whose parts are sent
}

// begin makes the connection with that number a conversation.
func (v *conversation) begin(c *traffic.Connection, number uint64) {
	*v = conversation{
		script: &freely, start: c.Start, duration: c.Duration, kinds: c.WrongFragment, protocol: udp,
		ends:  [2]netip.AddrPort{netip.AddrPortFrom(c.Src, c.SrcPort), netip.AddrPortFrom(c.Dst, c.DstPort)},
		bytes: [2]int64{c.SrcBytes, c.DstBytes},
	}
	longest := int64(longestUDP)
	switch c.Protocol {
	case traffic.TCP:
		v.protocol, v.script, v.urgent = tcp, &scripts[c.State], c.Urgent
		longest = longestTCP
		v.number(number)
	case traffic.ICMP:
		v.message(c)
	}
	for i := range v.bytes {
		v.chunks[i] = (v.bytes[i] + chunk - 1) / chunk
	}
	v.chunks[originator] = max(v.chunks[originator], int64(v.urgent))
	if len(v.script.opening) == 0 {
		v.chunks[originator] = max(v.chunks[originator], 1)
	}
	if c.Protocol == traffic.ICMP {
		v.chunks = [2]int64{originator: 1}
	}
	v.total = v.chunks
	v.plan(longest)
}

// number sets the sequence numbers, which differ from one connection to the next. Who never
// asked has none to begin with.
func (v *conversation) number(n uint64) {
	v.first = uint32(n) * 0x9E3779B1
	v.seq = [2]uint32{v.first, v.first ^ 0x5bd1e995}
	if !v.script.answered {
		v.seq[responder], v.bytes[responder] = 0, 0
	}
}

// message makes it one packet, whose header counts among its bytes.
func (v *conversation) message(c *traffic.Connection) {
	v.protocol, v.duration = icmp, 0
	if c.Src.Is6() {
		v.protocol = icmpv6
	}
	v.bytes = [2]int64{originator: max(c.SrcBytes-shortHeader, 0)}
}

// plan decides when packets come, and how many without payload.
func (v *conversation) plan(longest int64) {
	opening, closing := int64(len(v.script.opening)), int64(len(v.script.closing))
	v.pace = min(roundTrip, v.duration/(opening+closing+1))
	v.middle = v.total[originator] + v.total[responder]
	from, to := v.between()
	need := (to - from + longest - 1) / longest
	v.middle += max(need-v.gaps(), 0)
}

// between returns when the last packet of the opening and the first of the closing come.
func (v *conversation) between() (from, to int64) {
	from, to = v.start, v.start+v.duration-v.script.last*v.pace
	if n := int64(len(v.script.opening)); n > 0 {
		from += (n - 1) * v.pace
	}
	return from, to
}

// gaps returns into how many equal times the packets of the middle divide it.
func (v *conversation) gaps() int64 {
	n := v.middle - 1
	if len(v.script.opening) > 0 {
		n++
	}
	if len(v.script.closing) > 0 {
		n++
	}
	return n
}

// over reports whether all packets were made.
func (v *conversation) over() bool {
	return len(v.parts) == 0 && v.done == v.middle+int64(len(v.script.opening)+len(v.script.closing))
}

// time returns when the next packet comes. There must be one.
func (v *conversation) time() int64 {
	i, opening := v.done, int64(len(v.script.opening))
	if len(v.parts) > 0 {
		return v.start // they all are of the first
	}
	if i < opening {
		return v.start + i*v.pace
	}
	from, to := v.between()
	if i -= opening; i >= v.middle {
		return v.start + v.duration - max(v.script.last-(i-v.middle), 0)*v.pace
	}
	if opening > 0 {
		i++
	}
	gaps := v.gaps()
	if gaps == 0 {
		return from
	}
	whole, rest := (to-from)/gaps, (to-from)%gaps
	return from + whole*i + rest*i/gaps
}

// next makes the next packet. There must be one. id is that of a new packet.
func (v *conversation) next(s *segment, id uint32) {
	if len(v.parts) == 0 {
		v.say(s)
		v.id = id
		if v.done == 1 && v.kinds > 0 {
			v.divide(s)
		}
	} else {
		*s = v.segment(originator, 0, 0)
	}
	s.id = v.id
	if len(v.parts) > 0 {
		s.part, v.parts = v.parts[0], v.parts[1:]
	}
}

// divide has the first packet sent in parts that do not fit.
func (v *conversation) divide(s *segment) {
	order := datagramFaults
	if v.protocol == icmp || v.protocol == icmpv6 {
		order = messageFaults
	}
	head := ipv4Header
	if s.src.Is6() {
		head = ipv6Header + partHeader
	}
	v.parts = parts(transportHeader(v.protocol)+s.length, head, int(v.kinds), order)
}

// say makes the next packet in one part.
func (v *conversation) say(s *segment) {
	i := v.done - int64(len(v.script.opening))
	v.done++
	switch {
	case i < 0:
		t := v.script.opening[v.done-1]
		*s = v.segment(t.from, t.flags, 0)
	case i >= v.middle:
		t := v.script.closing[i-v.middle]
		*s = v.segment(t.from, t.flags, 0)
	case v.data < v.total[originator]+v.total[responder] && v.data*v.middle <= i*(v.total[originator]+v.total[responder]):
		v.talk(s)
	default:
		v.linger(s)
	}
}

// talk makes the next packet with payload. Both sides are done at the same time.
func (v *conversation) talk(s *segment) {
	v.data++
	from := responder
	if o := originator; v.chunks[o] > 0 && v.chunks[o]*v.total[responder] >= v.chunks[responder]*v.total[o] {
		from = originator
	}
	n := (v.bytes[from] + v.chunks[from] - 1) / v.chunks[from]
	v.bytes[from] -= n
	v.chunks[from]--
	flags := uint8(0)
	if n > 0 {
		flags |= packet.PSH
	}
	if v.script.answered {
		flags |= packet.ACK
	}
	if from == originator && v.urgent > 0 {
		v.urgent--
		flags |= packet.URG
	}
	*s = v.segment(from, flags, int(n))
}

// linger makes a packet that only breaks the silence: a keep-alive, which is one byte behind
// (RFC 1122, 4.2.3.6), an empty datagram, or the SYN once more if there was no answer.
func (v *conversation) linger(s *segment) {
	*s = v.segment(originator, packet.ACK, 0)
	s.seq--
	if !v.script.answered {
		s.flags, s.seq = packet.SYN, v.first
	}
}

// segment returns a packet of one side, whose sequence number goes on.
func (v *conversation) segment(from side, flags uint8, length int) segment {
	src, dst := v.ends[from], v.ends[1-from]
	s := segment{
		src: src.Addr(), dst: dst.Addr(), srcPort: src.Port(), dstPort: dst.Port(),
		protocol: v.protocol, flags: flags, seq: v.seq[from], ack: v.seq[1-from], length: length,
	}
	v.seq[from] += uint32(length)
	if flags&packet.SYN != 0 {
		v.seq[from]++
	}
	if flags&packet.FIN != 0 {
		v.seq[from]++
	}
	return s
}

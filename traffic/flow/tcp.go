package flow

import "github.com/netanom/netanom/traffic/packet"

// A phase is what one side of a TCP connection has done, by Zeek's names of the states
// of an endpoint.
type phase uint8

const (
	inactive    phase = iota // nothing
	synSent                  // asked
	synAckSent               // answered without having been asked
	partial                  // sent without having asked
	established              // asked or answered, and the other did, too
	closed                   // sent a FIN
	reset                    // sent a RST
)

// A side is one of the two of a connection.
type side uint8

const (
	originator side = iota
	responder
)

// farAway is a jump in sequence numbers, in bytes, that a SYN or RST is not believed.
const farAway = 1 << 20

// An endpoint is what is known of one side.
type endpoint struct {
	packets, ipBytes int64

	// TCP: distances from the first sequence number, that of the SYN. Where none was seen, it is the
	// one before the first byte. UDP: high is the payload.
	high  int64 // of the end of what was sent
	acked int64 // of the end of what the other side says it has

	first         uint32 // the first sequence number
	syn, fin, rst uint32 // sequence numbers of the last of those in the history
	repeats       uint32 // segments that held nothing new
	seen          uint8  // what is in the history: sawSYN …
	state, before phase  // now, and before the last change
	finished      bool   // a FIN was seen
}

// unopened reports whether the side never took part in a handshake.
func (e *endpoint) unopened() bool { return e.state == inactive || e.state == partial }

func (e *endpoint) become(s phase) { e.before, e.state = e.state, s }

// distance returns how far a sequence number is from the first, given one that it is
// within 2 GB of.
func (e *endpoint) distance(seq uint32, near int64) int64 {
	return near + int64(int32(seq-(e.first+uint32(near))))
}

// begin sets the first sequence number.
func (e *endpoint) begin(first uint32) {
	e.first, e.high, e.acked = first, 1, 0
}

// enter looks at the place of the first segment, and at SYNs that start anew.
func (e *endpoint) enter(p *packet.Packet) {
	syn := p.Flags&packet.SYN != 0
	switch e.state {
	case inactive:
		if syn {
			e.begin(p.Seq)
		} else {
			e.begin(p.Seq - 1)
		}
	case synSent, synAckSent:
		if syn && p.Seq != e.first {
			e.begin(p.Seq)
		}
	case established, partial:
		if syn && p.Seq != e.first && e.high <= 1 {
			e.begin(p.Seq)
		}
	case reset:
		if syn && e.before == inactive {
			e.begin(p.Seq)
		}
	}
}

// size returns the bytes that the side has sent, also those that were not seen but
// acknowledged, without SYN and FIN (TCP_Endpoint::Size of Zeek).
func (f *flow) size(s side) int64 {
	e := &f.ends[s]
	if f.key.protocol() != tcp {
		return e.high
	}
	if e.state == inactive {
		return 0
	}
	n := max(e.high, e.acked) - 1
	if e.finished && n > 0 {
		n--
	}
	return max(n, 0)
}

// segment takes in a TCP segment.
func (f *flow) segment(p *packet.Packet, from side) {
	e, peer := &f.ends[from], &f.ends[1-from]
	e.enter(p)
	f.record(p, from)
	if p.Flags&packet.FIN != 0 {
		e.finished = true
	}
	if p.Flags&(packet.ACK|packet.RST) == packet.ACK && peer.state != inactive {
		peer.acknowledge(p.Ack)
	}
	f.advance(p, from, p.Length)
	f.move(p, from)
}

func (e *endpoint) acknowledge(ack uint32) {
	at := e.distance(ack, e.acked)
	if ack == 0 && at-e.acked > farAway {
		return // more likely a field that was never filled in
	}
	e.acked = max(e.acked, at)
}

// advance moves the end of what was sent to that of a segment with so many bytes.
func (f *flow) advance(p *packet.Packet, from side, length int) {
	e := &f.ends[from]
	if p.Flags&packet.RST != 0 {
		length = 0 // it is a message, and not part of the stream
	}
	end := p.Seq + uint32(length)
	if p.Flags&packet.SYN != 0 {
		end++
	}
	if p.Flags&packet.FIN != 0 {
		end++
	}
	step := e.distance(end, e.high) - e.high
	switch {
	case p.Flags&(packet.SYN|packet.RST) != 0 && (step > farAway || step < -farAway):
	case p.Flags&packet.FIN != 0 && e.high == 1:
		e.high = int64(end - e.first) // whatever was sent between: it may be more than 2 GB
	case e.state == reset:
	case step > 0:
		e.high += step
	case length > 0:
		f.repeated(from)
	}
}

// repeated counts a segment with nothing new: T in the history for the first, tenth, hundredth …
func (f *flow) repeated(from side) {
	e := &f.ends[from]
	e.repeats++
	n := e.repeats
	for n >= 10 && n%10 == 0 {
		n /= 10
	}
	if n == 1 {
		f.history.add('T', from)
	}
}

// record writes the history on.
func (f *flow) record(p *packet.Packet, from side) {
	e, flags := &f.ends[from], p.Flags
	syn, fin, rst, ack := flags&packet.SYN != 0, flags&packet.FIN != 0, flags&packet.RST != 0, flags&packet.ACK != 0
	if syn && (fin || rst) {
		f.once(sawMixed, 'Q', from)
	}
	if fin && rst {
		f.once(sawAtOdds, 'I', from)
	}
	if syn && ack {
		f.placed(sawSYN, 'H', from, &e.syn, p.Seq)
	} else if syn {
		f.placed(sawSYN, 'S', from, &e.syn, p.Seq)
	}
	switch {
	case p.Length > 0:
		f.once(sawData, 'D', from)
	case ack && !syn && !fin && !rst:
		f.once(sawACK, 'A', from)
	}
	if fin {
		f.placed(sawFIN, 'F', from, &e.fin, p.Seq+uint32(p.Length))
	}
	if rst {
		f.placed(sawRST, 'R', from, &e.rst, p.Seq)
	}
}

// move changes the states of the endpoints, as TCPSessionAdapter of Zeek does.
func (f *flow) move(p *packet.Packet, from side) {
	e, peer := &f.ends[from], &f.ends[1-from]
	switch e.state {
	case inactive:
		f.moveInactive(p, from)
	case synSent, synAckSent:
		if p.Flags&(packet.SYN|packet.ACK) == packet.SYN|packet.ACK && peer.state == synSent {
			e.become(established) // both asked at the same time, and here is the answer
			peer.become(established)
		}
		e.moveOn(p)
	case partial:
		if p.Flags&(packet.SYN|packet.ACK) == packet.SYN && peer.state == inactive {
			e.become(synSent)
		}
		fallthrough
	case established:
		if p.Flags&(packet.FIN|packet.RST) == packet.FIN && peer.state == reset && peer.before == closed {
			peer.become(closed) // its RST only followed its FIN
		}
		e.moveOn(p)
	case closed:
		if p.Flags&packet.RST != 0 && peer.state != closed {
			e.become(reset)
		}
	}
}

// moveOn ends a side by FIN or RST.
func (e *endpoint) moveOn(p *packet.Packet) {
	if p.Flags&packet.FIN != 0 {
		e.become(closed)
	}
	if p.Flags&packet.RST != 0 {
		e.become(reset)
	}
}

// moveInactive takes in the first segment of a side.
func (f *flow) moveInactive(p *packet.Packet, from side) {
	e, peer := &f.ends[from], &f.ends[1-from]
	switch {
	case p.Flags&packet.SYN == 0:
		if p.Flags&(packet.FIN|packet.RST) == 0 {
			e.become(partial)
		}
	case p.Flags&packet.ACK == 0 && peer.state == synAckSent:
		// The answer was captured before the question.
		e.become(established)
		peer.become(established)
	case p.Flags&packet.ACK == 0:
		e.become(synSent)
	case peer.state == synSent:
		e.become(established)
		peer.become(established)
	case peer.state == inactive:
		e.become(synAckSent)
	default:
		e.become(established)
	}
	e.moveOn(p)
}

package flow

import (
	"encoding/binary"
	"math/bits"
	"net/netip"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
)

// Limits on packets in parts.
const (
	maxDatagrams = 4096 // that are waited for at once
	maxPieces    = 256  // parts of one
	smallPart    = 64   // bytes with header that all parts but the last have at least (Zeek's Frag.cc)
	largestIP    = 1<<16 - 1
)

// The kinds of fault, as a set.
const (
	tooSmall uint8 = 1 << iota
	sizesDiffer
	overlapping
	pastEnd
)

// A datagramKey names a packet in parts.
type datagramKey struct {
	src, dst netip.Addr
	id       uint32
	protocol uint8
}

// A piece is a part of the payload behind IP, in bytes from its beginning.
type piece struct{ from, to uint32 }

// A datagram is a packet that comes in parts. Its first part is given to its connection at once, as if it
// were all; what the others add is told when all are there. So a connection begins in time, and
// one whose parts do not fit counts what its first part carried, as the KDD data do.
type datagram struct {
	key         datagramKey
	begun       int64
	prior, next *datagram // in the order in which they began
	pieces      []piece
	covered     uint32 // bytes that were seen
	size        uint32 // 0: the last part was not seen
	faults      uint8
	told        uint8 // of these: those that were counted

	known      bool // the first part was seen
	firstEnd   uint32
	place      uint32 // of the flow
	generation uint32
	from       side
	head       packet.Packet    // TCP: the first part without its payload
	pending    *traffic.Pending // ICMP
	ipBytes    int64
	depth      uint8
}

// An assembly holds the packets of which parts are waited for.
type assembly struct {
	waiting     map[datagramKey]*datagram
	first, last *datagram
	free        []*datagram
}

func newAssembly() assembly { return assembly{waiting: map[datagramKey]*datagram{}} }

// part takes in a part of a packet.
func (t *Tracker) part(p *packet.Packet) error {
	t.stats.Fragments++
	k := datagramKey{p.Src, p.Dst, p.FragmentID, p.Protocol}
	d := t.parts.waiting[k]
	if d == nil {
		if len(t.parts.waiting) == maxDatagrams {
			t.stats.FragmentsEvicted++
			if err := t.settleParts(t.parts.first); err != nil {
				return err
			}
		}
		d = t.parts.add(k, t.clock)
	}
	d.take(p)
	if p.Offset == 0 && !d.known && readable(p) {
		if err := t.first(d, p); err != nil {
			return err
		}
	}
	t.report(d, p.Time)
	if d.size > 0 && d.covered >= d.size || len(d.pieces) == maxPieces {
		return t.settleParts(d)
	}
	return nil
}

// take looks at where a part lies.
func (d *datagram) take(p *packet.Packet) {
	at := piece{uint32(p.Offset), uint32(p.Offset + max(p.Length, 0))}
	if p.More && p.IPLength < smallPart {
		d.faults |= tooSmall
	}
	if int(at.to)+p.IPLength-p.Length > largestIP {
		d.faults |= pastEnd
	}
	if !p.More {
		if d.size > 0 && d.size != at.to {
			d.faults |= sizesDiffer
		}
		d.size = max(d.size, at.to)
	}
	added := at.to - at.from
	for _, other := range d.pieces {
		if other == at {
			return // the same once more, which a network may do
		}
		if !p.More && other.to > at.to {
			d.faults |= sizesDiffer
		}
		if shared := min(at.to, other.to) - max(at.from, other.from); at.from < other.to && other.from < at.to {
			d.faults |= overlapping
			added -= min(added, shared)
		}
	}
	if d.size > 0 && at.to > d.size {
		d.faults |= sizesDiffer
	}
	d.covered += added
	d.pieces = append(d.pieces, at)
}

// first gives the first part to its connection.
func (t *Tracker) first(d *datagram, p *packet.Packet) error {
	d.known, d.firstEnd = true, uint32(p.Length)
	whole := *p
	whole.Length = max(p.Length-headerLength(p), 0)
	if p.Protocol == tcp || p.Protocol == udp {
		place, from, err := t.deliver(&whole)
		if err != nil {
			return err
		}
		whole.Payload = nil
		d.head, d.place, d.from, d.generation = whole, place, from, t.table.at(place).generation
		return nil
	}
	d.ipBytes, d.depth = int64(p.IPLength), p.Depth
	t.connection = t.message(&whole)
	var err error
	d.pending, err = t.sink.Open(&t.connection)
	return err
}

// readable reports whether the transport header of a first part was captured, and can be as it
// says. Without, a packet has no ports.
func readable(p *packet.Packet) bool {
	switch n := len(p.Payload); p.Protocol {
	case tcp:
		return n >= 20 && headerLength(p) >= 20 && p.Length >= headerLength(p)
	case udp:
		if n < 8 {
			return false
		}
		whole := binary.BigEndian.Uint16(p.Payload[4:])
		return whole == 0 || whole >= 8
	default:
		return n >= 8
	}
}

// headerLength returns the length of the transport header at the head of a first part.
func headerLength(p *packet.Packet) int {
	if p.Protocol != tcp {
		return 8
	}
	return int(p.Payload[12]>>4) * 4
}

// flow returns the flow that the packet belongs to, nil if it has ended or is not known.
func (d *datagram) flow(t *Tracker) *flow {
	if d.place == none {
		return nil
	}
	if f := t.table.at(d.place); f.generation == d.generation {
		return f
	}
	return nil
}

// report tells the connection of faults, and that it is alive.
func (t *Tracker) report(d *datagram, time int64) {
	t.stats.FragmentFaults += int64(bits.OnesCount8(d.faults &^ d.told))
	d.told = d.faults
	if f := d.flow(t); f != nil {
		f.faults |= d.faults
		f.end = max(f.end, time)
		t.settle(d.place, f)
	}
}

// settleParts ends the wait for parts, and tells the connection what the packet was.
func (t *Tracker) settleParts(d *datagram) error {
	t.parts.remove(d)
	whole := d.known && d.size > 0 && d.covered >= d.size
	if !whole {
		t.stats.Unfinished++
	}
	rest := int64(0)
	if whole && d.faults == 0 {
		rest = int64(d.size) - int64(d.firstEnd)
	}
	if f := d.flow(t); f != nil && rest > 0 {
		f.extend(&d.head, d.from, int(rest))
	}
	p := d.pending
	if p == nil {
		t.parts.recycle(d)
		return nil
	}
	p.SrcBytes += rest
	p.WrongFragment = uint8(bits.OnesCount8(d.faults))
	t.summarize(&p.Connection, d.ipBytes, d.depth)
	t.parts.recycle(d)
	return t.sink.End(p)
}

// extend adds what the parts of a packet behind the first hold.
func (f *flow) extend(head *packet.Packet, from side, rest int) {
	if f.key.protocol() != tcp {
		f.ends[from].high += int64(rest)
		return
	}
	f.advance(head, from, head.Length+rest)
}

func (a *assembly) add(k datagramKey, now int64) *datagram {
	var d *datagram
	if n := len(a.free); n > 0 {
		d, a.free = a.free[n-1], a.free[:n-1]
		*d = datagram{pieces: d.pieces[:0]}
	} else {
		d = &datagram{}
	}
	d.key, d.begun, d.prior = k, now, a.last
	if a.last == nil {
		a.first = d
	} else {
		a.last.next = d
	}
	a.last = d
	a.waiting[k] = d
	return d
}

func (a *assembly) remove(d *datagram) {
	if d.prior == nil {
		a.first = d.next
	} else {
		d.prior.next = d.next
	}
	if d.next == nil {
		a.last = d.prior
	} else {
		d.next.prior = d.prior
	}
	delete(a.waiting, d.key)
}

func (a *assembly) recycle(d *datagram) {
	d.pending = nil
	if len(a.free) < maxDatagrams {
		a.free = append(a.free, d)
	}
}

// expire ends the wait for those that began too long ago.
func (a *assembly) expire(t *Tracker) error {
	wait := t.options.Timeouts.Fragments.Microseconds()
	for a.first != nil && t.clock-a.first.begun >= wait {
		if err := t.settleParts(a.first); err != nil {
			return err
		}
	}
	return nil
}

// close ends the wait for all.
func (a *assembly) close(t *Tracker) error {
	for a.first != nil {
		if err := t.settleParts(a.first); err != nil {
			return err
		}
	}
	return nil
}

package connlog

import (
	"net/netip"

	"github.com/netanom/netanom/traffic"
)

const (
	pairJump = 3600e6 // by how much ends must lie apart for a clock of the log to be broken
	pairGap  = 5e6    // microseconds between the two directions at most, where they do not overlap
	pairWait = 60e6   // and by how much the log must be ahead of a row that goes alone
)

// A half is one direction of a connection.
type half struct {
	conn       traffic.Connection
	flags      uint8
	known      bool // whether the log tells flags
	key        pairKey
	up         bool // from a to b of the key
	prev, next int32
}

func (h *half) end() int64 { return h.conn.Start + h.conn.Duration }

// A pairKey is the same for both directions of a connection.
type pairKey struct {
	a, b     netip.AddrPort
	protocol traffic.Protocol
}

func keyOf(c *traffic.Connection) (key pairKey, up bool) {
	src, dst := netip.AddrPortFrom(c.Src, c.SrcPort), netip.AddrPortFrom(c.Dst, c.DstPort)
	if src.Compare(dst) <= 0 {
		return pairKey{src, dst, c.Protocol}, true
	}
	return pairKey{dst, src, c.Protocol}, false
}

// pairs are the halves that wait for their other, in order of arrival: a list through
// places in one slice, of which place 0 is the ring's ends.
type pairs struct {
	places map[pairKey]int32
	halves []half
	free   []int32
	clock  int64 // the latest end of a row
}

// clear forgets all, and returns how many there were.
func (q *pairs) clear() int {
	n := len(q.places)
	*q = pairs{}
	return n
}

// oldest returns the place of the one that waited longest, 0 if there is none.
func (q *pairs) oldest() int32 {
	if len(q.places) == 0 {
		return 0
	}
	return q.halves[0].next
}

func (q *pairs) add(h *half) {
	if q.places == nil {
		q.places, q.halves = map[pairKey]int32{}, make([]half, 1)
	}
	var i int32
	if n := len(q.free); n > 0 {
		i, q.free = q.free[n-1], q.free[:n-1]
		q.halves[i] = *h
	} else {
		i = int32(len(q.halves))
		q.halves = append(q.halves, *h)
	}
	tail := q.halves[0].prev
	q.halves[i].prev, q.halves[i].next = tail, 0
	q.halves[tail].next, q.halves[0].prev = i, i
	q.places[h.key] = i
}

// take returns the half at a place, which is free from then on.
func (q *pairs) take(i int32) half {
	h := q.halves[i]
	q.halves[h.prev].next, q.halves[h.next].prev = h.next, h.prev
	q.halves[i] = half{}
	q.free = append(q.free, i)
	delete(q.places, h.key)
	return h
}

// pair joins the half of the current line with its other, or lets it wait.
func (p *Parser) pair(yield func(*traffic.Connection) error) error {
	h, q := p.half, &p.pending
	h.key, h.up = keyOf(&h.conn)
	if end := h.end(); end > q.clock || q.clock-end > pairJump { // an end of a broken clock must not make all others old
		q.clock = end
	}
	if i, waits := q.places[h.key]; waits {
		other := q.take(i)
		if other.up != h.up && near(&other, &h) {
			p.join(&other, &h)
			return p.finish(yield)
		}
		if err := p.alone(&other, yield); err != nil {
			return err
		}
	}
	q.add(&h)
	for i := q.oldest(); i != 0; i = q.oldest() {
		if end := q.halves[i].end(); len(q.places) <= p.options.MaxPending && end >= q.clock-pairWait && end <= q.clock+pairJump {
			break
		}
		other := q.take(i)
		if err := p.alone(&other, yield); err != nil {
			return err
		}
	}
	return nil
}

// near reports whether two halves overlap in time, or nearly so.
func near(a, b *half) bool {
	return a.conn.Start <= b.end()+pairGap && b.conn.Start <= a.end()+pairGap
}

// join makes a connection of two halves.
func (p *Parser) join(a, b *half) {
	if originates(b, a) {
		a, b = b, a
	}
	p.conn = a.conn
	c := &p.conn
	c.Start = min(a.conn.Start, b.conn.Start)
	c.Duration = max(a.end(), b.end()) - c.Start
	c.DstBytes, c.DstPackets = b.conn.SrcBytes, b.conn.SrcPackets
	if c.Protocol == traffic.TCP {
		p.tell(a.flags, b.flags, a.known && b.known)
	}
}

// originates reports whether a is the direction of the originator: it started first,
// or it alone sent a SYN without ACK, or else it comes from the higher port.
func originates(a, b *half) bool {
	if a.conn.Start != b.conn.Start {
		return a.conn.Start < b.conn.Start
	}
	if x, y := a.flags&(syn|ack) == syn, b.flags&(syn|ack) == syn; x != y {
		return x
	}
	return a.conn.SrcPort > b.conn.SrcPort
}

// alone makes a connection of a half whose other never came.
func (p *Parser) alone(h *half, yield func(*traffic.Connection) error) error {
	p.problems.Unpaired++
	p.conn = h.conn
	if h.conn.Protocol == traffic.TCP {
		p.tell(h.flags, 0, h.known)
	}
	return p.finish(yield)
}

// Flush hands out, in order of arrival, the NetFlow rows that still wait for their other
// direction. It must be called at the end of a log, and may be when a growing one is
// silent. It does nothing for logs whose rows are whole.
func (p *Parser) Flush(yield func(*traffic.Connection) error) error {
	for i := p.pending.oldest(); i != 0; i = p.pending.oldest() {
		h := p.pending.take(i)
		if err := p.alone(&h, yield); err != nil {
			return err
		}
	}
	return nil
}

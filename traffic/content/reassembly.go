package content

import "slices"

// The bounds of what one side may have out of order: segments, bytes, and how many
// segments the other side may say meanwhile. Where both take turns, a segment that does
// not come was not captured rather than delayed.
const (
	maxHeld      = 32
	maxHeldBytes = 64 << 10
	patience     = 4
)

// A side puts the segments of one direction in order. The first data for a sequence
// number win, as with most receivers; what comes again is ignored.
type side struct {
	next      uint32 // sequence number of the byte to be read next
	known     bool   // next is
	read      bool   // something was
	gaps      int
	held      []segment // behind next, sorted, without overlap
	heldBytes int
	waited    int // segments of the other side that were read since the gap
}

// A segment is a run of bytes, of which the last are not captured.
type segment struct {
	seq  uint32
	data []byte
	lost int
}

func (g *segment) size() int { return len(g.data) + g.lost }

// distance returns how many bytes a lies behind b in the sequence space, which wraps
// around (RFC 9293, section 3.4).
func distance(a, b uint32) int { return int(int32(a - b)) }

// cut returns the part of the segment from one byte to another.
func (g segment) cut(from, to int) segment {
	n := len(g.data)
	part := segment{seq: g.seq + uint32(from), data: g.data[min(from, n):min(to, n)]}
	part.lost = to - from - len(part.data)
	return part
}

// begin says where the side's data begin, by its SYN. One that comes later is a
// repetition.
func (s *side) begin(seq uint32) {
	if s.read || s.known && s.next == seq {
		return
	}
	*s = side{next: seq, known: true, gaps: s.gaps}
}

// take has the dialogue read the segment, now or when those before it have come. A
// side whose beginning was not seen begins with its first segment.
func (s *side) take(g segment, from party, talk dialogue) {
	if !s.known {
		s.next, s.known = g.seq, true
	}
	ahead := distance(g.seq, s.next)
	if ahead < 0 {
		if -ahead >= g.size() {
			return // all of it was read before
		}
		g, ahead = g.cut(-ahead, g.size()), 0
	}
	if ahead == 0 && len(s.held) == 0 {
		s.hear(g, from, talk)
		return
	}
	s.hold(g)
	if ahead == 0 {
		s.catchUp(from, talk)
	}
	for len(s.held) > maxHeld || s.heldBytes > maxHeldBytes {
		s.skip(from, talk)
	}
}

// hear hands the segment on.
func (s *side) hear(g segment, from party, talk dialogue) {
	s.read = true
	s.next = g.seq + uint32(g.size())
	if len(g.data) > 0 {
		talk.read(from, g.data)
	}
	if g.lost > 0 {
		s.gaps++
		talk.miss(from, g.lost)
	}
}

// hold keeps those bytes of the segment that are not held yet.
func (s *side) hold(g segment) {
	at, start, end := 0, 0, g.size()
	for ; at < len(s.held) && start < end; at++ {
		h := &s.held[at]
		first := distance(h.seq, g.seq)
		if first >= end {
			break
		}
		if first > start {
			s.insert(at, g.cut(start, first))
			at++
			h = &s.held[at]
		}
		start = max(start, first+h.size())
	}
	if start < end {
		s.insert(at, g.cut(start, end))
	}
}

func (s *side) insert(at int, g segment) {
	g.data = slices.Clone(g.data)
	s.heldBytes += len(g.data)
	s.held = slices.Insert(s.held, at, g)
}

// catchUp reads the held segments that follow without a gap.
func (s *side) catchUp(from party, talk dialogue) {
	n := 0
	for n < len(s.held) && s.held[n].seq == s.next {
		s.heldBytes -= len(s.held[n].data)
		s.hear(s.held[n], from, talk)
		n++
	}
	s.held = slices.Delete(s.held, 0, n)
	s.waited = 0
	if len(s.held) == 0 {
		s.held = nil
	}
}

// wait says that the other side went on.
func (s *side) wait(from party, talk dialogue) {
	if len(s.held) == 0 {
		return
	}
	if s.waited++; s.waited > patience {
		s.skip(from, talk)
	}
}

// skip goes on behind the first gap.
func (s *side) skip(from party, talk dialogue) {
	s.gaps++
	talk.miss(from, distance(s.held[0].seq, s.next))
	s.next = s.held[0].seq
	s.catchUp(from, talk)
}

// giveUp reads all that is held, whatever is missing between.
func (s *side) giveUp(from party, talk dialogue) {
	for len(s.held) > 0 {
		s.skip(from, talk)
	}
}

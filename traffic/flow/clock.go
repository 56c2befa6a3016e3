package flow

import (
	"math"
	"time"
)

// A class is what a flow waits for. Flows of one class are in a list, those first that were put in
// first, so that the first is always the next to end.
type class uint8

const (
	halfOpen class = iota // ends some time after it began, others after their last packet
	resetting
	closing
	halfClosed
	idleTCP
	idleUDP
	classes
)

// grain is how long a busy flow stays where it is in its list, in microseconds. It is only that
// much later that such a flow is found to be over: another packet does not find it.
const grain = 1e6

// A list is one of flows, with the places of the first and last.
type list struct {
	first, last uint32
	timeout     int64 // microseconds
	grain       int64
}

func newLists(t *Timeouts) (out [classes]list) {
	for c, d := range [classes]time.Duration{t.HalfOpen, t.Reset, t.Closed, t.HalfClosed, t.TCP, t.UDP} {
		out[c].timeout = d.Microseconds()
	}
	for c := range out[idleTCP:] {
		l := &out[int(idleTCP)+c]
		l.grain = min(grain, l.timeout/4)
	}
	return out
}

// link puts a flow at the end of the list of its class.
func (t *Tracker) link(place uint32, f *flow, c class) {
	l := &t.lists[c]
	f.class, f.touched = c, t.clock
	f.prior, f.next = l.last, none
	if l.last == none {
		l.first = place
	} else {
		t.table.at(l.last).next = place
	}
	l.last = place
	t.due = min(t.due, t.clock+l.timeout+l.grain)
}

func (t *Tracker) unlink(f *flow) {
	l := &t.lists[f.class]
	if f.prior == none {
		l.first = f.next
	} else {
		t.table.at(f.prior).next = f.next
	}
	if f.next == none {
		l.last = f.prior
	} else {
		t.table.at(f.next).prior = f.prior
	}
}

// settle moves a flow to where it belongs after a packet.
func (t *Tracker) settle(place uint32, f *flow) {
	f.last = t.clock
	c := f.waitsFor()
	if c == f.class && (c == halfOpen || t.clock-f.touched <= t.lists[c].grain && t.lists[c].grain > 0) {
		return
	}
	t.unlink(f)
	t.link(place, f, c)
}

// waitsFor returns the class that a flow is in.
func (f *flow) waitsFor() class {
	if f.key.protocol() != tcp {
		return idleUDP
	}
	orig, resp := &f.ends[originator], &f.ends[responder]
	switch {
	case orig.state == reset || resp.state == reset:
		return resetting
	case orig.state == closed && resp.state == closed:
		return closing
	case orig.state == closed && resp.unopened(), resp.state == closed && orig.unopened():
		return halfClosed
	case orig.state == synSent && resp.state == inactive:
		return halfOpen
	case orig.state == inactive && resp.state == synAckSent && resp.seen == sawSYN:
		return halfOpen
	}
	return idleTCP
}

// silent reports whether a flow has heard nothing for so long that a packet now belongs to another.
func (t *Tracker) silent(f *flow) bool {
	return f.class != halfOpen && t.clock-f.last >= t.lists[f.class].timeout
}

// expire ends what is over, and finds when to look again.
func (t *Tracker) expire() error {
	if t.clock < t.due {
		return nil
	}
	t.due = math.MaxInt64
	for c := range classes {
		l := &t.lists[c]
		wait := l.timeout + l.grain
		for l.first != none {
			f := t.table.at(l.first)
			if t.clock-f.touched < wait {
				t.due = min(t.due, f.touched+wait)
				break
			}
			t.stats.Expired.count(c)
			if err := t.end(l.first); err != nil {
				return err
			}
		}
	}
	return nil
}

// evict makes room for one more flow.
func (t *Tracker) evict() error {
	if t.table.open < t.options.MaxFlows {
		return nil
	}
	if first := t.lists[halfOpen].first; first != none {
		t.stats.EvictedHalfOpen++
		return t.end(first)
	}
	oldest := uint32(none)
	for c := range t.lists {
		first := t.lists[c].first
		if first != none && (oldest == none || t.table.at(first).touched < t.table.at(oldest).touched) {
			oldest = first
		}
	}
	t.stats.EvictedIdle++
	return t.end(oldest)
}

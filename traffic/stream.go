package traffic

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// fallsBack is by how much the starts of connections that are announced in order must go back, in microseconds, to
// be those of another capture, or of a clock that was set: the windows begin anew, as nothing before can be near.
const fallsBack = int64(time.Hour / time.Microsecond)

// HoldAll as StreamOptions.Hold keeps every connection until the stream is closed,
// which gives exactly the features of a file sorted by start.
const HoldAll = time.Duration(math.MaxInt64)

// StreamOptions say how a Stream waits.
type StreamOptions struct {
	Windows Mode
	// Hold is how long after its start a connection is waited for before those that
	// began later are counted: until its end, or until that of others that may have
	// begun earlier. 0 waits for nothing. With connections added at their ends, a Hold
	// of the longest duration gives the features of a file sorted by start.
	Hold time.Duration
	// MaxHeld is how many connections wait at most; beyond, the earliest are released
	// before their time, which is counted. 0: no limit.
	MaxHeld int
	// Announced means that connections are opened, or added, in order of their start,
	// as by one who sees packets. They then wait for earlier ones to end, and not for
	// earlier ones to appear.
	Announced bool
	// Provisional returns the state by which a connection counts that is still open
	// when its time has come; nil: the one it has.
	Provisional func(*Pending) State
}

// StreamStats count what a Stream had to do that a sorted file would not need.
type StreamStats struct {
	Released    int64 // connections counted in the windows
	Provisional int64 // of these: while still open
	Forced      int64 // of these: before their time, for MaxHeld
	Late        int64 // connections that came when a later one was already counted; they count as begun with it
}

// A Stream turns connections that come in about the order of their starts, or of
// their ends, into records whose window features are counted in order of their starts.
// A connection that waits after its end takes some 80 bytes with its name, an open one
// 240. A Stream must not be used by several goroutines at once.
type Stream struct {
	options StreamOptions
	hold    int64 // in microseconds
	emit    func(*Record) error
	counter Counter
	queue   schedule[ticket] // what waits, if any of it may be released before Close
	backlog backlog          // and if not
	atClose bool             // whether nothing is released before Close
	ended   store            // what waits and was added
	opened  register         // what waits and was opened
	closed  bool
	now     int64 // the latest time heard of
	last    int64 // start of the latest connection counted
	stats   StreamStats
	record  Record
}

// NewStream returns a stream that hands records to emit in the order in which they are
// complete. The record is used again: emit must copy what it keeps, and must not call
// the stream. An error of emit is returned by what led to the call; the record is not
// handed on again.
func NewStream(o StreamOptions, emit func(*Record) error) (*Stream, error) {
	switch {
	case o.Hold < 0 || o.MaxHeld < 0:
		return nil, fmt.Errorf("a stream cannot hold %d connections for %v; choose 0 or more of both", o.MaxHeld, o.Hold)
	case emit == nil:
		return nil, errors.New("a stream needs someone to hand records to")
	}
	hold := int64(o.Hold / time.Microsecond)
	if o.Hold%time.Microsecond != 0 {
		hold++
	}
	atClose := o.Hold == HoldAll && o.MaxHeld == 0 && !o.Announced
	return &Stream{options: o, hold: hold, emit: emit, counter: NewCounter(o.Windows), atClose: atClose, now: math.MinInt64, last: math.MinInt64}, nil
}

// Add takes in a connection that has ended. The stream keeps a copy. Time goes on to
// its start; who knows that it is later than that calls Advance.
func (s *Stream) Add(c *Connection) error {
	s.arrive(c.Start)
	due := s.options.Announced || s.heldSince(c.Start)
	if due && (s.queue.empty() || c.Start < s.queue.first().at) {
		s.record.Connection = *c
		if err := s.releaseEnded(&s.record); err != nil {
			return err
		}
	} else {
		s.wait(c.Start, s.ended.put(c))
	}
	return s.Advance(s.now)
}

// Open takes in a connection that has begun, and returns the stream's copy of it, which
// End must be called for.
func (s *Stream) Open(c *Connection) (*Pending, error) {
	s.arrive(c.Start)
	p, t := s.opened.put(c)
	s.wait(c.Start, t)
	return p, s.Advance(s.now)
}

// wait queues a connection.
func (s *Stream) wait(start int64, t ticket) {
	if s.atClose {
		s.backlog.push(start, t)
	} else {
		s.queue.push(start, t)
	}
}

func (s *Stream) arrive(start int64) {
	if s.options.Announced && s.queue.empty() && s.now != math.MinInt64 && s.now-start > fallsBack {
		s.counter, s.now, s.last = NewCounter(s.options.Windows), start, start
	}
	if start < s.last {
		s.stats.Late++
	}
	s.now = max(s.now, start)
}

// End says that a connection is as it will stay. Its Pending must not be touched
// afterwards: it may already be another connection's.
func (s *Stream) End(p *Pending) error {
	if p.ended {
		return errors.New("a connection was ended twice; each must be ended once")
	}
	p.ended = true
	if p.released {
		return s.finish(p)
	}
	return s.Advance(s.now)
}

// Advance tells the stream the time, in microseconds since the Unix epoch, and releases
// what need not wait any longer. A time before one that it knows changes nothing.
func (s *Stream) Advance(now int64) error {
	s.now = max(s.now, now)
	for !s.queue.empty() {
		first := *s.queue.first()
		due := s.heldSince(first.at) || s.options.Announced && !s.opened.lasts(first.value)
		full := s.options.MaxHeld > 0 && len(s.queue.entries) > s.options.MaxHeld
		if !due && !full {
			return nil
		}
		if !due {
			s.stats.Forced++
		}
		s.queue.pop()
		if err := s.release(first.at, first.value); err != nil {
			return err
		}
	}
	return nil
}

// heldSince reports whether what began then has been held for at least Hold.
func (s *Stream) heldSince(start int64) bool {
	if s.options.Hold == HoldAll {
		return false
	}
	age := s.now - start
	if age < 0 && s.now > start { // starts of broken clocks may lie further apart than fits
		age = math.MaxInt64
	}
	return age >= s.hold
}

// release counts the connection that waited with the ticket in the windows.
func (s *Stream) release(start int64, t ticket) error {
	if t.arena == openArena {
		return s.releaseOpened(s.opened.take(t))
	}
	s.ended.take(t, &s.record.Connection)
	s.record.Start = start
	return s.releaseEnded(&s.record)
}

func (s *Stream) releaseEnded(r *Record) error {
	s.count(r)
	return s.emit(r)
}

func (s *Stream) releaseOpened(p *Pending) error {
	state := p.State
	if !p.ended {
		s.stats.Provisional++
		if s.options.Provisional != nil {
			p.State = s.options.Provisional(p)
		}
	}
	s.count(&p.Record)
	p.State, p.released = state, true
	if p.ended {
		return s.finish(p)
	}
	return nil
}

// count has the windows count a record, which is new to them even if it comes late:
// they only ever go on.
func (s *Stream) count(r *Record) {
	start := r.Start
	s.last = max(start, s.last)
	r.Start = s.last
	r.Features = s.counter.Add(&r.Connection)
	r.Start = start
	s.stats.Released++
}

// finish hands a record of what was opened on.
func (s *Stream) finish(p *Pending) error {
	err := s.emit(&p.Record)
	if !s.closed {
		s.opened.reuse(p)
	}
	return err
}

// Close releases all that is held, in order of the starts. Connections that are open
// stay so: their owner must end them, before or afterwards, or they are no records.
func (s *Stream) Close() error {
	s.closed = true
	for !s.queue.empty() {
		start := s.queue.first().at
		if err := s.release(start, s.queue.pop()); err != nil {
			return err
		}
	}
	sorted := s.backlog.take()
	for i, w := range sorted {
		if err := s.release(w.start, w.ticket); err != nil {
			s.backlog.giveBack(sorted[i+1:])
			return err
		}
	}
	return nil
}

// Held is how many connections wait.
func (s *Stream) Held() int { return len(s.queue.entries) + s.backlog.n }

// Stats returns what was counted so far.
func (s *Stream) Stats() StreamStats { return s.stats }

// A StreamState is what a stream of ended connections remembers. It may be stored as
// JSON.
type StreamState struct {
	Windows []byte       // of the Counter
	Held    []Connection // in the order in which they came
	Now     int64
	Last    int64
	Stats   StreamStats
}

// State returns what Restore needs to go on in another process as if nothing had
// happened. Connections that are still open are left out; of these, those that were
// released stay counted in the windows, and are no records.
func (s *Stream) State() *StreamState {
	out := &StreamState{Windows: s.counter.State(), Now: s.now, Last: s.last, Stats: s.stats}
	entries := slices.Clone(s.queue.entries)
	slices.SortFunc(entries, func(a, b entry[ticket]) int { return cmp.Compare(a.order, b.order) })
	for _, block := range s.backlog.blocks {
		for _, w := range block {
			entries = append(entries, entry[ticket]{at: w.start, value: w.ticket})
		}
	}
	for _, e := range entries {
		c := Connection{Start: e.at}
		switch {
		case e.value.arena != openArena:
			s.ended.look(e.value, &c)
		case s.opened.lasts(e.value):
			continue
		default:
			c = s.opened.waiting[e.value.offset].Connection
		}
		out.Held = append(out.Held, c)
	}
	return out
}

// Restore makes a new stream with the same options go on where another was. It refuses
// a state of other windows, and a stream that has seen connections.
func (s *Stream) Restore(state *StreamState) error {
	if state == nil || s.now != math.MinInt64 {
		return errors.New("a stream can only be restored when new, and from a state; make a new one with NewStream")
	}
	if err := s.counter.Restore(state.Windows); err != nil {
		return err
	}
	s.now, s.last, s.stats = state.Now, state.Last, state.Stats
	for i := range state.Held {
		c := &state.Held[i]
		s.wait(c.Start, s.ended.put(c))
	}
	return nil
}

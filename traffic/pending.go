package traffic

import "math"

// A Pending is a connection that has begun and is not yet a record. Whoever opened it
// may change the connection, but for Start, its endpoints and its protocol, until it
// ends.
type Pending struct {
	Record   // its features once it is released
	ended    bool
	released bool
}

// A register keeps the connections that were opened. The zero value is empty.
type register struct {
	waiting []*Pending // in the queue, by the offset of the ticket
	vacant  []uint32   // places of waiting that are free
	free    []*Pending // ended, to be used again
	slab    []Pending  // never used yet
}

// slabSize is how many Pendings are made at once.
const slabSize = 64

// openArena is that of the tickets of a register, which no store gets to.
const openArena = math.MaxUint32

// put opens a connection that waits.
func (r *register) put(c *Connection) (*Pending, ticket) {
	p := r.pending()
	p.Connection, p.ended, p.released = *c, false, false
	if n := len(r.vacant); n > 0 {
		at := r.vacant[n-1]
		r.vacant = r.vacant[:n-1]
		r.waiting[at] = p
		return p, ticket{openArena, at}
	}
	r.waiting = append(r.waiting, p)
	return p, ticket{openArena, uint32(len(r.waiting) - 1)}
}

// pending returns room for a connection.
func (r *register) pending() *Pending {
	if n := len(r.free); n > 0 {
		p := r.free[n-1]
		r.free = r.free[:n-1]
		return p
	}
	if len(r.slab) == 0 {
		r.slab = make([]Pending, slabSize)
	}
	p := &r.slab[0]
	r.slab = r.slab[1:]
	return p
}

// lasts reports whether the ticket is that of a connection that is still open.
func (r *register) lasts(t ticket) bool { return t.arena == openArena && !r.waiting[t.offset].ended }

// take returns the connection with the ticket, which waits no longer.
func (r *register) take(t ticket) *Pending {
	p := r.waiting[t.offset]
	r.waiting[t.offset] = nil
	r.vacant = append(r.vacant, t.offset)
	return p
}

// reuse takes back a Pending that nobody needs any more.
func (r *register) reuse(p *Pending) {
	p.Label, p.UID = "", "" // let go of the text
	r.free = append(r.free, p)
}

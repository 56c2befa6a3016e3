package traffic

import (
	"context"
	"io"
	"net/netip"
)

// Normal is the label of connections that are no attack.
const Normal = "normal"

// Simulate makes up the traffic of an enterprise with people, servers and
// attackers, and calls yield with one record after another in order of their
// start. The record is reused: yield must copy what it keeps. Simulate stops
// at the first error of yield or when the context is done, and returns that
// error.
//
// The same options give the same records on every machine of one processor
// architecture; between architectures the last bit of math.Exp may differ.
// Memory depends on how many sessions are under way at a time, not on how
// many connections are made.
func Simulate(ctx context.Context, opt Options, yield func(*Record) error) error {
	if err := opt.Validate(); err != nil {
		return err
	}
	return newSimulation(opt).run(ctx, yield)
}

// WriteCSV simulates traffic and writes it as CSV, with a header of Columns.
func WriteCSV(ctx context.Context, w io.Writer, opt Options) error {
	if err := opt.Validate(); err != nil {
		return err
	}
	out := NewWriter(w)
	if err := out.WriteHeader(); err != nil {
		return err
	}
	if err := Simulate(ctx, opt, out.Write); err != nil {
		return err
	}
	return out.Flush()
}

// A simulation merges what its sources do into one stream in order of time.
type simulation struct {
	sources schedule[*source]     // by the time they act next
	pending schedule[*Connection] // made, but not yet due
	idle    []*Connection         // to be used again
	start   int64
	end     int64 // no connection starts then or later
}

func newSimulation(opt Options) *simulation {
	sim := &simulation{start: opt.Start.UnixMicro()}
	sim.end = sim.start + opt.Span.Microseconds()
	net := newNetwork(newRandom(opt.Seed, streamNetwork), opt.Workstations)
	hostile := attackQuotas(opt)
	normal := opt.Connections
	for _, n := range hostile {
		normal -= n
	}
	sim.addNormal(net, opt.Seed, normal)
	sim.addCampaigns(net, opt.Seed, hostile)
	return sim
}

func (sim *simulation) run(ctx context.Context, yield func(*Record) error) error {
	var windows Windows
	var r Record
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for !sim.sources.empty() && (sim.pending.empty() || sim.sources.first().at <= sim.pending.first().at) {
			sim.act()
		}
		if sim.pending.empty() {
			return nil
		}
		c := sim.pending.pop()
		r.Connection = *c
		r.Features = windows.Add(c)
		sim.idle = append(sim.idle, c)
		if err := yield(&r); err != nil {
			return err
		}
	}
}

// act lets the source whose turn it is add connections.
func (sim *simulation) act() {
	s, at := sim.sources.first().value, sim.sources.first().at
	s.at = at
	s.act(s)
	if s.left == 0 {
		sim.sources.pop()
		return
	}
	sim.sources.postpone(max(at, min(s.next(s), sim.end-1)))
}

// A source makes connections of one kind: the sessions of ordinary people, or
// one campaign of one attack. It acts again and again, each time adding one
// connection or several that belong together, until its quota is used up.
type source struct {
	random
	sim   *simulation
	label string
	quota int
	left  int                 // connections still to make
	at    int64               // time of the current act
	act   func(*source)       // adds at least one connection, none before at
	next  func(*source) int64 // time of the next act
	spare Connection
}

// dial adds a connection and returns it for the details to be filled in. A
// start past the end of the simulation is drawn anew. When the quota is used
// up the connection leads nowhere.
func (s *source) dial(at int64, p Protocol, src, dst netip.Addr, port uint16) *Connection {
	c := &s.spare
	if s.left > 0 {
		s.left--
		if at >= s.sim.end {
			at = s.between(s.at, s.sim.end-1)
		}
		c = s.sim.add(at)
	}
	*c = Connection{
		Start: at, Src: src, Dst: dst, Protocol: p, Label: s.label,
		SrcPort: uint16(s.between(1024, 65535)), DstPort: port,
	}
	return c
}

// ping adds an ICMP message of the given type, code and size, the header
// included.
func (s *source) ping(at int64, src, dst netip.Addr, typ, code uint16, bytes int64) *Connection {
	c := s.dial(at, ICMP, src, dst, code)
	c.SrcPort, c.SrcBytes = typ, bytes
	return c
}

// add puts a blank connection in the queue.
func (sim *simulation) add(at int64) *Connection {
	var c *Connection
	if n := len(sim.idle); n > 0 {
		c, sim.idle = sim.idle[n-1], sim.idle[:n-1]
	} else {
		c = new(Connection)
	}
	sim.pending.push(at, c)
	return c
}

// end decides how a TCP connection ended and cuts down what it carried to
// what such an end allows.
func (s *source) end(c *Connection, ends mix[State]) {
	c.State = choose(s.random, ends)
	switch c.State {
	case S0, REJ, RSTOS0, SH:
		c.SrcBytes, c.DstBytes, c.Duration = 0, 0, 0
	case OTH:
		c.SrcBytes, c.DstBytes = min(c.SrcBytes, s.between(0, 1460)), 0
	case RSTO, RSTR, S1, S2, S3:
		c.DstBytes = s.between(c.DstBytes/8, c.DstBytes)
	}
	c.Content.LoggedIn = c.InferLoggedIn()
}

// established reports whether the two sides of the connection ever spoke to
// each other.
func (c *Connection) established() bool {
	switch c.State {
	case SF, S1, S2, S3, RSTO, RSTR:
		return true
	}
	return false
}

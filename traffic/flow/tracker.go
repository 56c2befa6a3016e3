package flow

import (
	"errors"
	"math"
	"time"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/content"
	"github.com/netanom/netanom/traffic/packet"
)

// fallsBack is by how much time must go back, in microseconds, for the packets to be of
// another capture.
const fallsBack = int64(time.Hour / time.Microsecond)

// A Tracker makes connections of packets. It is not for several goroutines at once.
type Tracker struct {
	sink    Sink
	options Options
	table   table
	lists   [classes]list
	parts   assembly
	room    content.Room
	clock   int64 // the latest time heard of
	latest  int64 // the same, of packets
	due     int64 // when the next flow may be over
	told    int64 // the second that the sink knows of
	begun   uint64
	others  [256]int64
	stats   Stats

	connection traffic.Connection // that is told to the sink
	summary    Summary
}

// NewTracker returns a tracker that tells s of connections.
func NewTracker(s Sink, o Options) (*Tracker, error) {
	if s == nil {
		return nil, errors.New("a tracker needs a sink for its connections")
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o = o.completed()
	t := &Tracker{sink: s, options: o, table: newTable(), lists: newLists(&o.Timeouts), parts: newAssembly(), due: math.MaxInt64}
	t.clock, t.latest, t.told = math.MinInt64, math.MinInt64, math.MinInt64
	return t, nil
}

// Add takes in a packet. Packets should come in order of time; those that are a little
// late are taken as they come. An error is one of the sink, and leaves nothing to go on with.
func (t *Tracker) Add(p *packet.Packet) error {
	t.stats.Packets++
	if p.Time < t.latest || p.Time < t.clock && t.clock-p.Time > fallsBack {
		if err := t.fall(p.Time); err != nil {
			return err
		}
	}
	t.latest = max(t.latest, p.Time)
	if err := t.tick(p.Time); err != nil {
		return err
	}
	if p.BadChecksum {
		t.stats.BadChecksums++
		if t.options.DropBadChecksums {
			return nil
		}
	}
	switch p.Protocol {
	case tcp, udp, icmp, icmpv6:
	default:
		t.others[p.Protocol]++
		return nil
	}
	if p.Fragment {
		return t.part(p)
	}
	if p.Protocol == tcp || p.Protocol == udp {
		_, _, err := t.deliver(p)
		return err
	}
	t.connection = t.message(p)
	t.summarize(&t.connection, int64(p.IPLength), p.Depth)
	return t.sink.Add(&t.connection)
}

// Advance says that time passes without packets, in microseconds since the Unix epoch.
func (t *Tracker) Advance(now int64) error {
	if now <= t.clock {
		return nil
	}
	if err := t.tick(now); err != nil {
		return err
	}
	return t.sink.Advance(now)
}

// fall takes note of a packet that is earlier than one before. If it is much earlier, a
// new capture begins: what is open ends, and the clock is set back.
func (t *Tracker) fall(to int64) error {
	t.stats.Backwards++
	if t.clock-to <= fallsBack { // which is nowhere before latest
		return nil
	}
	t.stats.Restarts++
	t.clock, t.latest, t.told = to, to, to
	return t.Close()
}

// tick sets the clock on and ends what is over.
func (t *Tracker) tick(now int64) error {
	if now < t.clock {
		return nil
	}
	t.clock = now
	if err := t.parts.expire(t); err != nil {
		return err
	}
	if err := t.expire(); err != nil {
		return err
	}
	if now-t.told < 1e6 && t.told != math.MinInt64 {
		return nil
	}
	t.told = now
	return t.sink.Advance(now)
}

// deliver gives a packet of TCP or UDP to its flow, which begins with it if need be.
func (t *Tracker) deliver(p *packet.Packet) (uint32, side, error) {
	k, fromB := newKey(p)
	hash := t.table.hash(&k)
	if place := t.table.find(&k, hash); place != none {
		f := t.table.at(place)
		from := originator
		if fromB != f.fromB {
			from = responder
		}
		silent, reused := t.silent(f), f.reuses(p, from)
		if !silent && !reused {
			before := f.phases()
			f.take(p, from)
			if before != f.phases() && p.Protocol == tcp {
				f.pending.State = kdd[f.state()]
			}
			t.settle(place, f)
			return place, from, nil
		}
		if silent {
			t.stats.Expired.count(f.class)
		} else {
			t.stats.Reused++
		}
		if err := t.end(place); err != nil {
			return none, 0, err
		}
	}
	return t.begin(p, &k, hash, fromB)
}

// phases returns the states of both sides in one.
func (f *flow) phases() uint16 {
	return uint16(f.ends[originator].state)<<8 | uint16(f.ends[responder].state)
}

// begin opens a flow with its first packet.
func (t *Tracker) begin(p *packet.Packet, k *key, hash uint32, fromB bool) (uint32, side, error) {
	if err := t.evict(); err != nil {
		return none, 0, err
	}
	place, f := t.table.add(k, hash)
	from := originator
	if answers(p) {
		from = responder
		fromB = !fromB
		f.history.add('^', originator)
	}
	f.fromB, f.depth = fromB, p.Depth
	f.start, f.end = p.Time, p.Time

	c := &t.connection
	f.started(c, p, from)
	t.name(c)
	c.Lacks = traffic.LacksContent | traffic.LacksLogin
	if t.options.Content {
		c.Lacks = 0
		if c.Protocol == traffic.TCP {
			if f.talk = t.room.New(c); f.talk == nil {
				c.Lacks = traffic.LacksLogin
			}
		}
	}
	f.take(p, from)
	c.State = traffic.SF
	if c.Protocol == traffic.TCP {
		t.stats.TCP++
		c.State = kdd[f.state()]
	} else {
		t.stats.UDP++
	}
	f.last = t.clock
	t.link(place, f, f.waitsFor())
	var err error
	if f.pending, err = t.sink.Open(c); err != nil {
		t.unlink(f)
		t.table.remove(place)
	}
	return place, from, err
}

// answers reports whether the first packet seen of a connection comes from the
// responder, by what it is or by the ports.
func answers(p *packet.Packet) bool {
	servers := udpServers
	if p.Protocol == tcp {
		servers = tcpServers
		if p.Flags&packet.SYN != 0 {
			return p.Flags&(packet.ACK|packet.RST) == packet.ACK && (p.Src != p.Dst || p.SrcPort != p.DstPort)
		}
	}
	return servers.has(p.SrcPort) && !servers.has(p.DstPort)
}

// name gives a connection that begins its name.
func (t *Tracker) name(c *traffic.Connection) {
	if t.options.UIDs {
		c.UID = uid(t.options.Seed, t.begun)
	}
	t.begun++
}

// message makes an ICMP packet a connection.
func (t *Tracker) message(p *packet.Packet) traffic.Connection {
	t.stats.ICMP++
	c := traffic.Connection{
		Start: p.Time, Src: p.Src, Dst: p.Dst, SrcPort: p.SrcPort, DstPort: p.DstPort, Protocol: traffic.ICMP,
		SrcBytes: int64(p.Length) + icmpHeader, SrcPackets: 1,
	}
	if !t.options.Content {
		c.Lacks = traffic.LacksContent | traffic.LacksLogin
	}
	t.name(&c)
	return c
}

// icmpHeader is how many bytes of header count as payload of an ICMP packet.
const icmpHeader = 8

func (t *Tracker) summarize(c *traffic.Connection, ipBytes int64, depth uint8) {
	if t.options.Ended != nil {
		t.summary = Summary{Connection: c, State: OTH, SrcIPBytes: ipBytes, Depth: depth}
		t.options.Ended(&t.summary)
	}
}

// end ends a flow.
func (t *Tracker) end(place uint32) error {
	f := t.table.at(place)
	t.unlink(f)
	p, state := f.pending, f.state()
	if f.key.protocol() == tcp {
		t.stats.States[state]++
	}
	f.finish(&p.Connection, state)
	if t.options.Ended != nil {
		t.summary = Summary{
			Connection: &p.Connection, State: state, History: f.history.text(),
			SrcIPBytes: f.ends[originator].ipBytes, DstIPBytes: f.ends[responder].ipBytes, Depth: f.depth,
		}
		t.options.Ended(&t.summary)
	}
	t.table.remove(place)
	return t.sink.End(p)
}

// Close ends all that is open, in order of start. The tracker can be used on.
func (t *Tracker) Close() error {
	if err := t.parts.close(t); err != nil {
		return err
	}
	for _, place := range t.table.ordered() {
		if err := t.end(place); err != nil {
			return err
		}
	}
	t.due = math.MaxInt64
	return nil
}

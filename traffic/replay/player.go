package replay

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/packet"
)

// A player merges the packets of connections by time. Those of one microsecond come in
// the order in which their connections were added.
type player struct {
	queue   []entry // a heap
	free    []*conversation
	added   uint64
	packets uint32
	latest  int64 // start of the connection that was added last
	segment segment
	data    [maxHeaders]byte
}

// An entry is a conversation that waits for its next packet.
type entry struct {
	at     int64
	number uint64
	*conversation
}

func (e *entry) before(other *entry) bool {
	return e.at < other.at || e.at == other.at && e.number < other.number
}

func newPlayer() *player { return &player{latest: math.MinInt64} }

// Limits on a connection.
const (
	maxBytes    = 1 << 40        // in one direction, which is 18 million packets
	maxDuration = math.MaxUint32 // seconds, as much as a pcap file can tell
	maxMessage  = 65_515         // bytes of an ICMP message with its header
)

// add takes in a connection.
func (p *player) add(c *traffic.Connection) error {
	if err := check(c); err != nil {
		return fmt.Errorf("connection %d cannot be made packets: %w", p.added+1, err)
	}
	if c.Start < p.latest {
		return fmt.Errorf("connection %d began %d µs before the one ahead of it; sort them by their start", p.added+1, p.latest-c.Start)
	}
	p.latest = c.Start
	var v *conversation
	if n := len(p.free); n > 0 {
		v, p.free = p.free[n-1], p.free[:n-1]
	} else {
		v = new(conversation)
	}
	v.begin(c, p.added)
	p.push(entry{v.time(), p.added, v})
	p.added++
	return nil
}

// check says what of a connection no packets can be.
func check(c *traffic.Connection) error {
	limit := int64(maxBytes)
	if c.Protocol == traffic.ICMP {
		limit = maxMessage
		if c.WrongFragment > 0 {
			limit = chunk
		}
	}
	switch {
	case c.Protocol > traffic.ICMP:
		return fmt.Errorf("%v is neither tcp, udp nor icmp", c.Protocol)
	case c.Protocol == traffic.TCP && int(c.State) >= len(scripts):
		return fmt.Errorf("it has no state of TCP, but %v", c.State)
	case c.Protocol == traffic.ICMP && max(c.SrcPort, c.DstPort) > math.MaxUint8:
		return fmt.Errorf("ICMP has no type %d with code %d; both are at most 255", c.SrcPort, c.DstPort)
	case !c.Src.IsValid() || !c.Dst.IsValid():
		return fmt.Errorf("an address is missing; both ends need one")
	case c.Src.Is4() != c.Dst.Is4():
		return fmt.Errorf("%s and %s are not of one version of IP", c.Src, c.Dst)
	case c.Duration < 0 || c.Duration/1e6 > maxDuration:
		return fmt.Errorf("a duration of %d µs is not between 0 and 136 years", c.Duration)
	case c.Start < 0 || (c.Start+c.Duration)/1e6 > math.MaxUint32 || c.Start > math.MaxInt64-c.Duration:
		return fmt.Errorf("it is not within the years 1970 to 2106 that a pcap file can tell")
	case c.SrcBytes < 0 || c.SrcBytes > limit || c.DstBytes < 0 || c.DstBytes > limit:
		return fmt.Errorf("%d and %d bytes are not within 0 to %d", c.SrcBytes, c.DstBytes, limit)
	case c.WrongFragment > uint8(faultKinds):
		return fmt.Errorf("there are %d kinds of fragment fault, not %d", faultKinds, c.WrongFragment)
	}
	return nil
}

// next makes the earliest packet a frame, unless it comes later than until or there is
// none. The data are valid until the next call.
func (p *player) next(f *packet.Frame, until int64) bool {
	if len(p.queue) == 0 || p.queue[0].at > until {
		return false
	}
	e := p.queue[0]
	e.next(&p.segment, p.packets)
	p.packets++
	captured, length := p.segment.write(p.data[:])
	*f = packet.Frame{Time: e.at, Link: linkEthernet, Length: length, Data: p.data[:captured]}
	if e.over() {
		p.drop()
		return true
	}
	e.at = e.time()
	p.sink(e)
	return true
}

// drop takes the earliest conversation out.
func (p *player) drop() {
	p.free = append(p.free, p.queue[0].conversation)
	end := len(p.queue) - 1
	moved := p.queue[end]
	p.queue[end] = entry{}
	p.queue = p.queue[:end]
	if end > 0 {
		p.sink(moved)
	}
}

func (p *player) push(e entry) {
	p.queue = append(p.queue, e)
	i := len(p.queue) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !e.before(&p.queue[parent]) {
			break
		}
		p.queue[i] = p.queue[parent]
		i = parent
	}
	p.queue[i] = e
}

// sink puts e in place of the earliest and restores the order.
func (p *player) sink(e entry) {
	i := 0
	for {
		child := 2*i + 1
		if child >= len(p.queue) {
			break
		}
		if right := child + 1; right < len(p.queue) && p.queue[right].before(&p.queue[child]) {
			child = right
		}
		if !p.queue[child].before(&e) {
			break
		}
		p.queue[i] = p.queue[child]
		i = child
	}
	p.queue[i] = e
}

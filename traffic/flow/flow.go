package flow

import (
	"math"
	"math/bits"

	"github.com/netanom/netanom/traffic"
	"github.com/netanom/netanom/traffic/content"
	"github.com/netanom/netanom/traffic/packet"
)

// A flow is a TCP connection or UDP flow that is open. What is told of it only at
// the end is not in its Pending before.
type flow struct {
	key         key
	hash        uint32
	generation  uint32 // changes when the place gets another flow
	next, prior uint32 // in the list of its class
	class       class
	fromB       bool // the originator is the endpoint b of the key
	faults      uint8
	urgent      uint16
	depth       uint8
	touched     int64 // the clock when it was put at the end of the list
	last        int64 // the clock at the last packet
	start, end  int64 // the times of the first packet and of the latest
	ends        [2]endpoint
	history     history
	pending     *traffic.Pending
	talk        *content.Conversation
}

// take counts a packet.
func (f *flow) take(p *packet.Packet, from side) {
	e := &f.ends[from]
	e.packets++
	e.ipBytes += int64(p.IPLength)
	if !f.over() {
		f.end = max(f.end, p.Time)
	}
	if f.key.protocol() != tcp {
		e.high += int64(p.Length)
		f.once(sawData, 'D', from)
		return
	}
	if p.Flags&packet.URG != 0 && f.urgent < math.MaxUint16 {
		f.urgent++
	}
	f.segment(p, from)
	if f.talk != nil {
		f.listen(p, from)
	}
}

// over reports whether both sides have closed. What follows, such as the acknowledgement of
// the last FIN, does not make a connection longer for Bro.
func (f *flow) over() bool {
	return f.ends[originator].state >= closed && f.ends[responder].state >= closed
}

// listen hands the payload to the conversation.
func (f *flow) listen(p *packet.Packet, from side) {
	data := p.Payload[:min(len(p.Payload), p.Length)]
	if p.Fragment || p.Flags&packet.RST != 0 {
		return
	}
	f.talk.Segment(from == originator, p.Seq, p.Flags&packet.SYN != 0, p.Flags&packet.FIN != 0, data, p.Length-len(data))
}

// started fills in what is known of a connection from its first packet.
func (f *flow) started(c *traffic.Connection, p *packet.Packet, from side) {
	*c = traffic.Connection{Start: p.Time, Src: p.Src, Dst: p.Dst, SrcPort: p.SrcPort, DstPort: p.DstPort, Protocol: traffic.UDP}
	if from == responder {
		c.Src, c.Dst, c.SrcPort, c.DstPort = p.Dst, p.Src, p.DstPort, p.SrcPort
	}
	if p.Protocol == tcp {
		c.Protocol = traffic.TCP
	}
}

// finish fills in the rest.
func (f *flow) finish(c *traffic.Connection, state State) {
	c.Duration = max(f.end-f.start, 0)
	c.State = traffic.SF
	if c.Protocol == traffic.TCP {
		c.State = kdd[state]
	}
	orig, resp := &f.ends[originator], &f.ends[responder]
	c.SrcBytes, c.DstBytes = f.size(originator), f.size(responder)
	c.SrcPackets, c.DstPackets = orig.packets, resp.packets
	c.WrongFragment = uint8(bits.OnesCount8(f.faults))
	c.Urgent = f.urgent
	if f.talk != nil {
		c.Content = f.talk.Content()
		return
	}
	c.Content.LoggedIn = c.InferLoggedIn()
}

// reuses reports whether a packet begins another connection between the same ports, as the one
// before has ended.
func (f *flow) reuses(p *packet.Packet, from side) bool {
	if p.Flags&(packet.SYN|packet.ACK|packet.RST|packet.FIN) != packet.SYN || f.key.protocol() != tcp {
		return false
	}
	e, peer := &f.ends[from], &f.ends[1-from]
	if e.state != inactive && p.Seq == e.first {
		return false // the SYN of before, late or repeated
	}
	return e.state >= closed || peer.state >= closed
}

package packet

import "maps"

const (
	maxDepth  = 2  // tunnels around a packet, as Zeek's Tunnel::max_depth
	maxLayers = 24 // headers of links before or between those of IP
)

// A Decoder reads the headers of frames. The zero value is ready. It is not for several
// goroutines at once, and allocates nothing for a frame.
type Decoder struct {
	// Checksums has those of TCP, UDP and ICMP verified where a packet was captured
	// whole, and what is wrong is told in BadChecksum. A capture made on one of the
	// hosts has wrong ones in what was sent, as the network card fills them in.
	Checksums bool

	packets [maxDepth + 1]Packet // one for each depth
	time    int64
	yield   func(*Packet)
	layers  int
	counts  Counts
	fates   [fates]int64
}

// Counts tell what became of frames. Each is in one of the six that follow Frames.
type Counts struct {
	Frames      int64
	Decoded     int64 // with an IP packet
	NotIP       int64 // ARP and the like; in a wireless network also what is encrypted
	UnknownLink int64 // of link types that are not known: see Links
	Truncated   int64 // captured without all headers, or shorter on the wire than IP says
	Malformed   int64 // with headers that cannot be as they say
	TooDeep     int64 // with more than 24 headers before that of IP

	Inner       int64 // packets within tunnels
	Buried      int64 // packets within two tunnels that are tunnels themselves, and were not opened
	Fragments   int64 // packets, within tunnels and without, that are parts of one
	BadChecksum int64 // packets with a wrong checksum

	Links map[uint16]int64 // the frames of UnknownLink by link type, nil if there are none
}

// A fate is what became of a frame, or of a part of it.
type fate uint8

const (
	decoded fate = iota
	notIP
	unknownLink
	truncated
	malformed
	tooDeep
	fates
)

// Counts returns what was counted so far.
func (d *Decoder) Counts() Counts {
	c := d.counts
	c.Decoded, c.NotIP, c.UnknownLink = d.fates[decoded], d.fates[notIP], d.fates[unknownLink]
	c.Truncated, c.Malformed, c.TooDeep = d.fates[truncated], d.fates[malformed], d.fates[tooDeep]
	c.Links = maps.Clone(c.Links)
	return c
}

// Decode hands the packet of a frame to yield, and then, if it is a tunnel, the packet
// within, whose Depth is one more, and so on up to Depth 2. A frame that aggregates
// several (802.11 A-MSDU) yields all. Frames without IP yield nothing and are counted.
// The packets are the Decoder's and change with the next frame. A function literal is best
// made once, before all frames.
func (d *Decoder) Decode(f *Frame, yield func(*Packet)) {
	d.time, d.yield, d.layers = f.Time, yield, 0
	d.counts.Frames++
	fate := d.link(f.Link, f.Data, max(f.Length, len(f.Data)), 0)
	d.fates[fate]++
	if fate == unknownLink {
		if d.counts.Links == nil {
			d.counts.Links = map[uint16]int64{}
		}
		d.counts.Links[f.Link]++
	}
}

// The headers are read by methods that take what was captured from this header on, how
// many bytes that was on the wire, and the number of tunnels around it.

// short is the fate of a header of which fewer than need bytes were captured.
func short(wire, need int) fate {
	if wire < need {
		return malformed
	}
	return truncated
}

// behind reads with next what follows n bytes of header.
func behind(b []byte, wire, n, depth int, next func([]byte, int, int) fate) fate {
	if len(b) < n {
		return short(wire, n)
	}
	return next(b[n:], wire-n, depth)
}

// emit hands a packet on.
func (d *Decoder) emit(p *Packet) {
	if p.Depth > 0 {
		d.counts.Inner++
	}
	if p.Fragment {
		d.counts.Fragments++
	}
	if p.BadChecksum {
		d.counts.BadChecksum++
	}
	d.yield(p)
}

// inner reads with next what a tunnel at this depth holds, if tunnels are not too many.
// That it is no packet takes nothing from the one around it.
func (d *Decoder) inner(b []byte, wire, depth int, next func([]byte, int, int) fate) {
	if depth >= maxDepth {
		d.counts.Buried++
		return
	}
	next(b, wire, depth+1)
}

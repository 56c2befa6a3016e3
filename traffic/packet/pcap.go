package packet

import (
	"encoding/binary"
	"fmt"
	"io"
)

// A variant is what the magic number of a pcap file says.
type variant struct {
	order  binary.ByteOrder
	nano   bool // fractions of seconds are nanoseconds
	header int  // bytes before a frame
}

// The magic numbers as big-endian readers see them.
var magics = map[uint32]variant{
	0xa1b2c3d4: {binary.BigEndian, false, 16},
	0xd4c3b2a1: {binary.LittleEndian, false, 16},
	0xa1b23c4d: {binary.BigEndian, true, 16},
	0x4d3cb2a1: {binary.LittleEndian, true, 16},
	0xa1b2cd34: {binary.BigEndian, false, 24}, // Kuznetzov's: interface, protocol and direction follow
	0x34cdb2a1: {binary.LittleEndian, false, 24},
}

// pcap is the classic format: a header, and records of a header and a frame each.
type pcap struct {
	variant
	little  bool
	swapped bool // early versions had the two lengths the other way round
	link    uint16
	limit   uint32 // bytes of a record that can be
	last    int64  // seconds of the last good record
	seen    bool   // there was one
}

// newPcap reads the header of a file, 24 bytes.
func newPcap(head []byte) (*pcap, error) {
	p := &pcap{variant: magics[binary.BigEndian.Uint32(head)]}
	p.little = p.order == binary.LittleEndian
	major, minor := p.order.Uint16(head[4:]), p.order.Uint16(head[6:])
	if major != 2 {
		return nil, fmt.Errorf("the capture is of pcap version %d.%d, and only 2.x is known: let tcpdump or Wireshark save it again", major, minor)
	}
	p.swapped = minor <= 3
	p.link = p.order.Uint16(head[20:])
	if !p.little {
		p.link = p.order.Uint16(head[22:]) // the upper half says how frames are checked
	}
	// Files with frames beyond their own snapshot length exist; tcpdump never
	// goes beyond 256 KiB.
	p.limit = min(max(p.order.Uint32(head[16:]), 1<<18), maxRecord)
	return p, nil
}

// A record is the header of a frame.
type record struct {
	seconds, fraction uint32
	captured, length  uint32
}

func (p *pcap) record(b []byte) (h record) {
	if p.little {
		h = record{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]),
			binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12:])}
	} else {
		h = record{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:]),
			binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint32(b[12:])}
	}
	if p.swapped && h.captured > h.length {
		h.captured, h.length = h.length, h.captured
	}
	return h
}

// next reads one record. One that claims more bytes than can be is damaged: the next
// place is looked for where two records in a row look good, in time too, and where
// there is none nearby, the capture ends.
func (p *pcap) next(r *Reader, f *Frame) error {
	b, err := r.peek(p.header)
	if err != nil {
		return p.end(r, b, err)
	}
	h := p.record(b)
	for h.captured == 0 && p.joined(r, b) { // there may be millions of empty ones
		if b, err = r.peek(p.header); err != nil {
			return p.end(r, b, err)
		}
		h = p.record(b)
	}
	if h.captured > p.limit {
		return p.recover(r, f, h)
	}
	end := p.header + int(h.captured)
	if b, err = r.peek(end); err != nil {
		if err != io.EOF {
			return err
		}
		r.note(&r.problems.Truncated, "the capture ends within a frame, after %d of %d bytes", len(b)-p.header, h.captured)
		end = len(b)
	}
	p.last, p.seen = int64(h.seconds), true
	f.Time = p.micros(h)
	f.Link = p.link
	f.Length = int(min(max(h.length, h.captured), maxLength))
	r.take(f, b, p.header, end)
	return nil
}

// joined reports whether another capture begins here, written behind the first, and
// goes on as its reader, behind its header.
func (p *pcap) joined(r *Reader, b []byte) bool {
	v, magic := magics[binary.BigEndian.Uint32(b)]
	if !magic {
		return false
	}
	b, _ = r.peek(24)
	if len(b) < 24 || v.order.Uint16(b[4:]) != 2 || v.order.Uint32(b[8:]) != 0 {
		return false
	}
	again, err := newPcap(b)
	if err != nil {
		return false
	}
	*p = *again
	r.skip(24)
	return true
}

const maxLength = 1 << 30 // bytes that a frame can claim to have had

func (p *pcap) micros(h record) int64 {
	if p.nano {
		h.fraction /= 1000
	}
	return int64(h.seconds)*1e6 + int64(h.fraction)
}

// end is reached where there is no whole header.
func (p *pcap) end(r *Reader, b []byte, err error) error {
	if err == io.EOF && len(b) > 0 {
		r.note(&r.problems.Truncated, "the capture ends within the header of a frame, after %d of %d bytes", len(b), p.header)
		r.skip(len(b))
	}
	return err
}

func (p *pcap) recover(r *Reader, f *Frame, h record) error {
	r.note(&r.problems.BadRecords, "a frame is said to have %d captured bytes, which cannot be", h.captured)
	found, err := r.find(p.pair)
	if err != nil {
		return err
	}
	if found {
		return p.next(r, f)
	}
	r.note(&r.problems.Abandoned, "no frame was found in the %d bytes behind: the rest is left out", resync)
	r.format = over{}
	return io.EOF
}

// over is what follows the end.
type over struct{}

func (over) next(*Reader, *Frame) error { return io.EOF }

// pair reports whether b begins with a good record and goes on with another, or ends.
func (p *pcap) pair(b []byte, end bool) bool {
	n, ok := p.good(b, p.last, p.seen)
	if !ok || n > len(b) {
		return false
	}
	if n == len(b) {
		return end
	}
	if len(b)-n < p.header {
		return end
	}
	first := int64(p.record(b).seconds)
	_, ok = p.good(b[n:], first, true)
	return ok
}

// good reports whether b begins with a record that can be, and how long it is.
func (p *pcap) good(b []byte, near int64, known bool) (int, bool) {
	if len(b) < p.header {
		return 0, false
	}
	h := p.record(b)
	unit := uint32(1e6)
	if p.nano {
		unit = 1e9
	}
	apart := int64(h.seconds) - near
	if h.captured == 0 || h.captured > h.length || h.length > p.limit || h.fraction >= unit ||
		known && (apart < -86400 || apart > 86400) {
		return 0, false
	}
	return p.header + int(h.captured), true
}

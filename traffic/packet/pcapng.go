package packet

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/bits"
)

// Types of blocks of draft-ietf-opsawg-pcapng, section 11.
const (
	sectionBlock   = 0x0a0d0d0a
	interfaceBlock = 1
	oldPacketBlock = 2
	simpleBlock    = 3
	enhancedBlock  = 6
	byteOrderMagic = 0x1a2b3c4d

	maxBlock      = 1 << 26 // bytes of a block without a packet
	maxInterfaces = 1 << 16
)

// pcapng is a sequence of blocks. Packets name an interface of their section, which has
// the link type and the clock.
type pcapng struct {
	order      binary.ByteOrder
	interfaces []ngInterface
	last       int64 // time of the last packet with one
}

// An ngInterface is where packets of a pcapng file were captured.
type ngInterface struct {
	link   uint16
	snap   uint32 // bytes captured of a frame at most; 0: all
	power  bool   // of two; else of ten
	digits uint8  // the unit of time is that power, negative
	offset int64  // microseconds to add
}

// next reads blocks until one has a packet.
func (n *pcapng) next(r *Reader, f *Frame) error {
	for {
		b, err := r.peek(12)
		if err != nil {
			if err == io.EOF && len(b) > 0 {
				r.note(&r.problems.Truncated, "the capture ends within the header of a block, after %d of 12 bytes", len(b))
				r.skip(len(b))
			}
			return err
		}
		found, err := n.block(r, f, b)
		if found || err != nil {
			return err
		}
	}
}

// block reads one block, given its first 12 bytes, and reports whether it is a packet.
func (n *pcapng) block(r *Reader, f *Frame, b []byte) (bool, error) {
	if binary.BigEndian.Uint32(b) == sectionBlock {
		if order := sectionOrder(b[8:]); order != nil {
			n.order, n.interfaces = order, n.interfaces[:0]
		} else {
			return false, n.recover(r, "a section is of no byte order")
		}
	}
	kind, size := n.order.Uint32(b), n.order.Uint32(b[4:])
	carries := kind == enhancedBlock || kind == simpleBlock || kind == oldPacketBlock || kind == interfaceBlock
	if size < 12 || size > maxBlock || size%4 != 0 || carries && size > maxRecord {
		return false, n.recover(r, fmt.Sprintf("a block of type %#x is said to have %d bytes, which cannot be", kind, size))
	}
	if !carries {
		return false, n.leave(r, kind, int(size))
	}
	return n.read(r, f, kind, int(size))
}

// leave skips a block that is of no interest.
func (n *pcapng) leave(r *Reader, kind uint32, size int) error {
	if !knownBlock(kind) {
		r.note(&r.problems.UnknownBlocks, "a block of type %#x, which the format does not define, is left out", kind)
	}
	if done := r.skip(size); done < size {
		r.note(&r.problems.Truncated, "the capture ends within a block, after %d of %d bytes", done, size)
	}
	return nil
}

// knownBlock reports whether the format defines a type of block: names, statistics,
// journals, secrets, custom blocks and the registered ones of other programs.
func knownBlock(kind uint32) bool {
	return kind == sectionBlock || kind <= 12 || kind == 0xbad || kind == 0x40000bad ||
		kind >= 0x101 && kind <= 0x108 || kind >= 0x201 && kind <= 0x213
}

// read reads the block of an interface or a packet.
func (n *pcapng) read(r *Reader, f *Frame, kind uint32, size int) (bool, error) {
	b, err := r.peek(size)
	if err != nil && err != io.EOF {
		return false, err
	}
	cut := err == io.EOF
	if cut {
		r.note(&r.problems.Truncated, "the capture ends within a block, after %d of %d bytes", len(b), size)
	} else if n.order.Uint32(b[size-4:]) != uint32(size) {
		return false, n.recover(r, fmt.Sprintf("a block of %d bytes ends with another length", size))
	}
	start, end, cause := 0, 0, ""
	if body := b[:min(len(b), size-4)]; kind == interfaceBlock {
		cause = n.describe(body)
	} else {
		start, end, cause = n.packet(f, kind, body, size-4)
	}
	if cause != "" && !cut {
		r.note(&r.problems.BadRecords, "%s", cause)
	}
	if start == 0 || cause != "" {
		r.skip(len(b))
		return false, nil
	}
	r.take(f, b, start, end)
	r.used = len(b)
	return true, nil
}

// packet reads the header of a packet, and returns where its data begin and end in the
// block, or why it has none. The block may be cut off, but was to be size bytes long.
func (n *pcapng) packet(f *Frame, kind uint32, b []byte, size int) (start, end int, cause string) {
	start = 28
	if kind == simpleBlock {
		start = 12
	}
	if len(b) < start {
		return 0, 0, "a block is too short for the header of a packet"
	}
	number, stamp := uint32(0), uint64(0)
	captured, length := n.order.Uint32(b[8:]), n.order.Uint32(b[8:])
	if kind != simpleBlock {
		number = n.order.Uint32(b[8:])
		stamp = uint64(n.order.Uint32(b[12:]))<<32 | uint64(n.order.Uint32(b[16:]))
		captured, length = n.order.Uint32(b[20:]), n.order.Uint32(b[24:])
	}
	if kind == oldPacketBlock {
		number = uint32(n.order.Uint16(b[8:]))
	}
	if int64(number) >= int64(len(n.interfaces)) {
		return 0, 0, fmt.Sprintf("a packet is of interface %d, and %d were described", number, len(n.interfaces))
	}
	at := &n.interfaces[number]
	if kind == simpleBlock {
		captured = min(captured, uint32(size-start))
		if at.snap > 0 {
			captured = min(captured, at.snap)
		}
	} else {
		n.last = at.micros(stamp)
	}
	if int64(captured) > int64(size-start) {
		return 0, 0, fmt.Sprintf("a packet is said to have %d bytes in a block of %d", captured, size+4)
	}
	f.Time, f.Link = n.last, at.link
	f.Length = int(min(max(length, captured), maxLength))
	return start, min(start+int(captured), len(b)), ""
}

// describe reads an interface. One that cannot be read is taken to be unknown, so that
// the numbers of the others remain right.
func (n *pcapng) describe(b []byte) string {
	if len(n.interfaces) >= maxInterfaces {
		return fmt.Sprintf("a section describes more than %d interfaces", maxInterfaces)
	}
	at := ngInterface{link: math.MaxUint16, digits: 6}
	if len(b) < 16 {
		n.interfaces = append(n.interfaces, at)
		return "a block is too short for the description of an interface"
	}
	at.link, at.snap = n.order.Uint16(b[8:]), n.order.Uint32(b[12:])
	for o := b[16:]; len(o) >= 4; {
		code, size := n.order.Uint16(o), int(n.order.Uint16(o[2:]))
		if code == 0 || 4+size > len(o) {
			break
		}
		at.option(code, o[4:4+size], n.order)
		o = o[min(4+(size+3)&^3, len(o)):]
	}
	n.interfaces = append(n.interfaces, at)
	return ""
}

// option reads an option of an interface: the resolution of its clock, or its offset.
func (i *ngInterface) option(code uint16, value []byte, order binary.ByteOrder) {
	switch {
	case code == 9 && len(value) >= 1:
		i.power, i.digits = value[0]&0x80 != 0, value[0]&0x7f
	case code == 14 && len(value) >= 8:
		if s := int64(order.Uint64(value)); s > -1<<40 && s < 1<<40 {
			i.offset = s * 1e6
		}
	}
}

// The times that can be written as dates, in microseconds (RFC 3339: years have four digits).
const (
	earliest = -62_135_596_800 * 1_000_000 // the beginning of the year 1
	latest   = 253_402_300_799 * 1_000_000 // the last second of 9999
)

// micros turns a time stamp into microseconds. What would not fit is the nearest that does.
func (i *ngInterface) micros(stamp uint64) int64 {
	hi, lo := uint64(0), uint64(0)
	switch {
	case i.power:
		hi, lo = bits.Mul64(stamp, 1e6)
		if shift := uint(i.digits); shift < 64 {
			hi, lo = hi>>shift, lo>>shift|hi<<(64-shift)
		} else {
			hi, lo = 0, hi>>(shift-64)
		}
	case i.digits <= 6:
		hi, lo = bits.Mul64(stamp, tens[6-i.digits])
	case int(i.digits)-6 < len(tens):
		lo = stamp / tens[i.digits-6]
	}
	if hi > 0 || lo > 1<<62 {
		lo = 1 << 62
	}
	return min(max(int64(lo)+i.offset, earliest), latest)
}

var tens = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// sectionOrder is the byte order that the magic of a section is in.
func sectionOrder(b []byte) binary.ByteOrder {
	switch uint32(byteOrderMagic) {
	case binary.LittleEndian.Uint32(b):
		return binary.LittleEndian
	case binary.BigEndian.Uint32(b):
		return binary.BigEndian
	}
	return nil
}

// recover goes to the next block that looks good, both its lengths agreeing, or ends
// the capture where there is none nearby.
func (n *pcapng) recover(r *Reader, cause string) error {
	r.note(&r.problems.BadRecords, "%s", cause)
	found, err := r.find(n.good)
	if err != nil || found {
		return err
	}
	r.note(&r.problems.Abandoned, "no block was found in the %d bytes behind: the rest is left out", resync)
	r.format = over{}
	return io.EOF
}

// good reports whether b begins with a block of a known type, the whole of it there.
func (n *pcapng) good(b []byte, _ bool) bool {
	if len(b) < 12 {
		return false
	}
	order := n.order
	if binary.BigEndian.Uint32(b) == sectionBlock {
		order = sectionOrder(b[8:])
	}
	if order == nil {
		return false
	}
	kind, size := order.Uint32(b), int64(order.Uint32(b[4:]))
	return knownBlock(kind) && kind != 0 && size >= 12 && size%4 == 0 && size <= int64(len(b)) &&
		int64(order.Uint32(b[size-4:])) == size
}

package packet

import "encoding/binary"

// Flags of GRE: checksum and routing, routing, key, sequence, and of version 1
// acknowledgement.
const (
	greChecksum = 0x8000
	greRouting  = 0x4000
	greKey      = 0x2000
	greSequence = 0x1000
	greAck      = 0x0080
)

// Types of GRE beyond those of Ethernet.
const (
	greERSPAN    = 0x88be // types I and II
	greERSPAN3   = 0x22eb
	greArubaLow  = 0x8200 // Aruba's access points send IEEE 802.11 in these, 0x10 apart
	greArubaHigh = 0x8370
	greArubaWLAN = 0x9000
)

// gre reads RFC 2784 and 2890, and version 1 of RFC 2637, which is PPP.
func (d *Decoder) gre(b []byte, wire, depth int) {
	if len(b) < 4 {
		return
	}
	flags, kind := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	n := greHeader(flags)
	if flags&greRouting != 0 || n > len(b) {
		return
	}
	b, wire = b[n:], wire-n
	switch version := flags & 7; {
	case version == 1 && kind == typePPP:
		d.inner(b, wire, depth, d.ppp)
	case version != 0 || kind <= 1500:
	case kind == greERSPAN && flags&greSequence != 0:
		d.erspan(b, wire, depth, 8)
	case kind == greERSPAN:
		d.erspan(b, wire, depth, 0)
	case kind == greERSPAN3:
		d.erspan3(b, wire, depth)
	case kind >= greArubaLow && kind <= greArubaHigh, kind == greArubaWLAN:
		d.inner(b, wire, depth, d.aruba)
	default:
		d.innerType(kind, b, wire, depth)
	}
}

// greHeader is the length of a header with these flags.
func greHeader(flags uint16) int {
	n := 4
	for _, f := range []uint16{greChecksum, greKey, greSequence} {
		if flags&f != 0 {
			n += 4
		}
	}
	if flags&7 == 1 && flags&greAck != 0 {
		n += 4
	}
	return n
}

// erspan reads the mirrored frames of draft-foschiano-erspan behind a header of n bytes.
func (d *Decoder) erspan(b []byte, wire, depth, n int) {
	if len(b) > n {
		d.inner(b[n:], wire-n, depth, d.ethernet)
	}
}

// erspan3 reads type III: 12 bytes, and 8 more if the last bit says so.
func (d *Decoder) erspan3(b []byte, wire, depth int) {
	if len(b) < 12 {
		return
	}
	n := 12
	if b[11]&1 != 0 {
		n += 8
	}
	d.erspan(b, wire, depth, n)
}

// aruba reads an IEEE 802.11 frame as in the air.
func (d *Decoder) aruba(b []byte, wire, depth int) fate { return d.wifi(b, wire, depth, 0) }

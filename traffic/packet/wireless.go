package packet

import "encoding/binary"

// wireless reads what drivers put before IEEE 802.11, and then that.
func (d *Decoder) wireless(link uint16, b []byte, wire, depth int) fate {
	n, pad := 0, 0
	if link != link80211 && len(b) < 8 {
		return short(wire, 8)
	}
	switch link {
	case linkRadiotap:
		n, pad = int(binary.LittleEndian.Uint16(b[2:])), radiotapPad(b)
	case linkPPI:
		n = int(binary.LittleEndian.Uint16(b[2:]))
		if inner := binary.LittleEndian.Uint32(b[4:]); inner != link80211 {
			return d.ppi(inner, b, wire, n, depth)
		}
	case linkPrism, linkAVS:
		n = 144
		if binary.BigEndian.Uint32(b) == 0x80211001 { // AVS, also where Prism was promised
			n = int(min(binary.BigEndian.Uint32(b[4:]), 1<<16))
		}
	}
	if len(b) < n {
		return short(wire, n)
	}
	return d.wifi(b[n:], wire-n, depth, pad)
}

// ppi reads a frame of another link type behind the header of CACE's PPI.
func (d *Decoder) ppi(link uint32, b []byte, wire, n, depth int) fate {
	if d.layers++; d.layers > maxLayers {
		return tooDeep
	}
	if n < 8 {
		return malformed
	}
	if len(b) < n {
		return short(wire, n)
	}
	return d.link(uint16(min(link, 0xffff)), b[n:], wire-n, depth)
}

// radiotapPad is 4 if the header of a frame is followed by padding to a multiple of
// four, which radiotap tells in a flag behind the words of flags and a time.
func radiotapPad(b []byte) int {
	at := 4
	for at+4 <= len(b) && b[at+3]&0x80 != 0 {
		at += 4
	}
	at += 4
	present := b[4]
	if present&1 != 0 { // TSFT, eight bytes at a multiple of eight
		at = (at+7)&^7 + 8
	}
	if present&2 != 0 && at < len(b) && b[at]&0x20 != 0 {
		return 4
	}
	return 0
}

// Bits of the frame control field of IEEE 802.11, in its first and second byte.
const (
	wifiKind, wifiData          = 0x0c, 0x08
	wifiNoData, wifiQoS         = 0x40, 0x80
	wifiToDS, wifiFromDS        = 0x01, 0x02
	wifiProtected, wifiHTFields = 0x40, 0x80
	wifiAggregate               = 0x80 // of the QoS control field: A-MSDU
)

// wifi reads a data frame of IEEE 802.11. Encrypted ones are not IP to us.
func (d *Decoder) wifi(b []byte, wire, depth, pad int) fate {
	if len(b) < 2 {
		return short(wire, 2)
	}
	if b[0]&wifiKind != wifiData || b[0]&wifiNoData != 0 || b[1]&wifiProtected != 0 {
		return notIP
	}
	n, qos := 24, b[0]&wifiQoS != 0
	if b[1]&wifiToDS != 0 && b[1]&wifiFromDS != 0 {
		n += 6
	}
	many := false
	if qos {
		if len(b) < n+2 {
			return short(wire, n+2)
		}
		many = b[n]&wifiAggregate != 0
		n += 2
		if b[1]&wifiHTFields != 0 {
			n += 4
		}
	}
	if pad > 0 {
		n = (n + pad - 1) / pad * pad
	}
	if len(b) < n {
		return short(wire, n)
	}
	if many {
		return d.aggregate(b[n:], wire-n, depth)
	}
	return d.llc(b[n:], wire-n, depth)
}

// aggregate reads the subframes of an A-MSDU: two addresses, a length and LLC each, and
// padding to a multiple of four.
func (d *Decoder) aggregate(b []byte, wire, depth int) fate {
	out := notIP
	for len(b) >= 14 {
		n := int(binary.BigEndian.Uint16(b[12:]))
		if n > wire-14 {
			break
		}
		layers := d.layers
		if d.llc(b[14:min(len(b), 14+n)], n, depth) == decoded {
			out = decoded
		}
		d.layers = layers
		step := min((14+n+3)&^3, len(b))
		b, wire = b[step:], wire-step
	}
	return out
}

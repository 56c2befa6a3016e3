package dataset

import (
	"encoding/binary"
	"math/bits"
)

// indexBlock is how much text is indexed before the cells found are decoded:
// small enough that text and index stay in the first-level cache.
const indexBlock = 32 << 10

const (
	ones8 = 0x0101010101010101
	low7  = 0x7f7f7f7f7f7f7f7f
)

// textFeatures is what the index has seen in a block besides cells.
type textFeatures struct {
	newlines int
	odd      bool // a byte that is NUL, a carriage return or no ASCII
}

// appendEndsPortable is appendEnds for any processor, eight bytes at a time.
func appendEndsPortable(ends []uint32, buf []byte, from, to int, comma byte) ([]uint32, textFeatures) {
	commas := uint64(comma) * ones8
	var seen textFeatures
	var odd uint64
	i := from
	for ; i+8 <= to; i += 8 {
		w := binary.LittleEndian.Uint64(buf[i:])
		lines := zeroBytes(w ^ '\n'*ones8)
		seen.newlines += bits.OnesCount64(lines)
		odd |= w | zeroBytes(w) | zeroBytes(w^'\r'*ones8)
		for m := zeroBytes(w^commas) | lines; m != 0; m &= m - 1 {
			ends = append(ends, uint32(i+bits.TrailingZeros64(m)>>3))
		}
	}
	for ; i < to; i++ {
		c := buf[i]
		if c == comma || c == '\n' {
			ends = append(ends, uint32(i))
		}
		if c == '\n' {
			seen.newlines++
		}
		if c == 0 || c == '\r' {
			odd = 0x80
		}
		odd |= uint64(c)
	}
	seen.odd = odd&(0x80*ones8) != 0
	return ends, seen
}

// zeroBytes sets the top bit of every byte of x that is zero, and no other.
func zeroBytes(x uint64) uint64 {
	return ^(((x & low7) + low7) | x | low7)
}

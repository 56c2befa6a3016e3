package connlog

import (
	"encoding/binary"
	"math/bits"
)

// A column is one that means something: its place in a row and its field.
type column struct {
	at    int
	field field
}

// cut notes where the first separators of a line stand, as many as there is room for in
// ends, and reports whether there are that many. Cells are too short to look for each
// separator on its own; this looks at eight bytes at a time.
func cut(line []byte, separator byte, ends []int) bool {
	if len(ends) == 0 {
		return true
	}
	pattern := uint64(separator) * lowBits
	found, at := 0, 0
	for ; len(line)-at >= 8; at += 8 {
		word := binary.LittleEndian.Uint64(line[at:])
		for hits := zeros(word ^ pattern); hits != 0; hits &= hits - 1 {
			ends[found] = at + bits.TrailingZeros64(hits)/8
			if found++; found == len(ends) {
				return true
			}
		}
	}
	for ; at < len(line); at++ {
		if line[at] == separator {
			ends[found] = at
			if found++; found == len(ends) {
				return true
			}
		}
	}
	return false
}

// lowBits has the lowest bit of each byte set.
const lowBits = 0x0101010101010101

// zeros returns the highest bit of each byte that is 0 (Warren, Hacker's Delight, 6-1).
func zeros(word uint64) uint64 {
	const below = 0x7f * lowBits
	return ^((word&below + below) | word | below)
}

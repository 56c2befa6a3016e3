//go:build !purego

package dataset

import (
	"slices"

	"golang.org/x/sys/cpu"
)

// hasVectors says whether this processor can run the assembly below.
var hasVectors = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT

const (
	vectorBlock = 64 // bytes that indexBlocks takes at a time
	vectorSpill = 8  // positions that it may write beyond those it reports
)

// indexBlocks writes the positions of the delimiter and of newlines in blocks
// of vectorBlock bytes at p, of which there is at least one, plus base, to out.
// It returns their number and how many are newlines; odd is not 0 if a byte is
// NUL, a carriage return or no ASCII.
//
//go:noescape
func indexBlocks(p *byte, blocks int, base, comma uint32, out *uint32) (n, newlines int, odd uint64)

// appendEnds appends the positions in buf[from:to] of the delimiter and of
// newlines, which are the ends of cells.
func appendEnds(ends []uint32, buf []byte, from, to int, comma byte) ([]uint32, textFeatures) {
	blocks := (to - from) / vectorBlock
	if !hasVectors || blocks == 0 {
		return appendEndsPortable(ends, buf, from, to, comma)
	}
	ends = slices.Grow(ends, blocks*vectorBlock+vectorSpill)
	room := ends[len(ends):cap(ends)]
	n, newlines, odd := indexBlocks(&buf[from:to][0], blocks, uint32(from), uint32(comma), &room[0])
	ends, seen := appendEndsPortable(ends[:len(ends)+n], buf, from+blocks*vectorBlock, to, comma)
	return ends, textFeatures{newlines: seen.newlines + newlines, odd: seen.odd || odd != 0}
}

//go:build !amd64 || purego

package dataset

// appendEnds appends the positions in buf[from:to] of the delimiter and of
// newlines, which are the ends of cells.
func appendEnds(ends []uint32, buf []byte, from, to int, comma byte) ([]uint32, textFeatures) {
	return appendEndsPortable(ends, buf, from, to, comma)
}

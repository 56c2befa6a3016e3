//go:build !purego

package tree

import "golang.org/x/sys/cpu"

// hasVectors says whether this processor can run the assembly below.
var hasVectors = cpu.X86.HasAVX

// sweepVector is sweepPortable for n turns, four points at a time. n is not 0.
//
//go:noescape
func sweepVector(spots *float64, turns *turn, inner, n int, ratios, sums *float64)

// sweep adds what the columns contribute to a row; see sweepPortable. The turns must
// be those of a tree whose spots, ratios and sums these are.
func sweep(spots []float64, turns []turn, inner int, ratios, sums []float64) {
	if !hasVectors || len(turns) == 0 {
		sweepPortable(spots, turns, inner, ratios, sums)
		return
	}
	sweepVector(&spots[0], &turns[0], inner, len(turns), &ratios[0], &sums[0])
}

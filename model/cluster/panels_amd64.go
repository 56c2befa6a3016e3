//go:build !purego

package cluster

import "golang.org/x/sys/cpu"

// hasVectors says whether this processor can run the assembly below.
var hasVectors = cpu.X86.HasAVX2

// addSquaresTile adds the squared differences of the n numbers at row to the eight
// lanes of each line of the panel to dst. n is not 0.
//
//go:noescape
func addSquaresTile(dst *[lanes]float64, row, panel *float64, n int)

// addSquares adds squared differences to dst; see addSquaresPortable. The panel has
// eight numbers for each of the row, which has at least one.
func addSquares(dst *[lanes]float64, row, panel []float64) {
	if !hasVectors {
		addSquaresPortable(dst, row, panel)
		return
	}
	_ = panel[lanes*len(row)-1]
	addSquaresTile(dst, &row[0], &panel[0], len(row))
}

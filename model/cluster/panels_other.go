//go:build !amd64 || purego

package cluster

// addSquares adds squared differences to dst; see addSquaresPortable.
func addSquares(dst *[lanes]float64, row, panel []float64) { addSquaresPortable(dst, row, panel) }

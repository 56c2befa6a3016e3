//go:build !amd64 || purego

package tree

// sweep adds what the columns contribute to a row; see sweepPortable.
func sweep(spots []float64, turns []turn, inner int, ratios, sums []float64) {
	sweepPortable(spots, turns, inner, ratios, sums)
}

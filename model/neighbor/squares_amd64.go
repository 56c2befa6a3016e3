//go:build !purego

package neighbor

import "golang.org/x/sys/cpu"

// hasVectors says whether this processor can run the assembly below.
var hasVectors = cpu.X86.HasAVX2

// pointsTile adds to each of count sums the squared differences of the row and a point,
// which lie one behind the other, and may stop when it is over the limit. Rows and
// points have so many lines of eight numbers. Neither is 0.
//
//go:noescape
func pointsTile(sums, row, points *float64, count, lines int, limit float64)

// boxTile adds to a sum the squares of how far the row lies outside of low..high, and
// may stop when it is over the limit. There are so many lines of eight numbers, not 0.
//
//go:noescape
func boxTile(row, low, high *float64, lines int, sum, limit float64) float64

// addSquares is addSquaresPortable, with the same bits in what is within the limit.
func addSquares(sums, row, points []float64, limit float64) {
	if !hasVectors || len(row) == 0 || len(sums) == 0 {
		addSquaresPortable(sums, row, points, limit)
		return
	}
	_ = points[len(sums)*len(row)-1]
	pointsTile(&sums[0], &row[0], &points[0], len(sums), len(row)/lanes, limit)
}

// outsideSquares is Euclidean.outside, with the same bits in what is within the limit.
func outsideSquares(row, low, high []float64, sum, limit float64) float64 {
	if !hasVectors || len(row) == 0 {
		return Euclidean.outside(row, low, high, sum, limit)
	}
	_, _ = low[len(row)-1], high[len(row)-1]
	return boxTile(&row[0], &low[0], &high[0], len(row)/lanes, sum, limit)
}

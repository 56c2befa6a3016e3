//go:build !amd64 || purego

package neighbor

func addSquares(sums, row, points []float64, limit float64) {
	addSquaresPortable(sums, row, points, limit)
}

func outsideSquares(row, low, high []float64, sum, limit float64) float64 {
	return Euclidean.outside(row, low, high, sum, limit)
}

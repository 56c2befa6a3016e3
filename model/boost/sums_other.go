//go:build !amd64 || purego

package boost

// sumRows adds the pair of each row to the cells that it lists.
func sumRows(rows []uint32, g *group, of []pair, cells *[groupCells]pair) {
	sumRowsPortable(rows, g, of, cells)
}

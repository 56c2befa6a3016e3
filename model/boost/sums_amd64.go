//go:build !purego

package boost

// sumRowsVector is sumRowsPortable for n rows. It adds both words of a pair at once
// by SSE2, which every amd64 processor has.
//
//go:noescape
func sumRowsVector(rows *uint32, n int, starts *uint32, entries *uint16, of, cells *pair)

// sumRows adds the pair of each row to the cells that it lists.
func sumRows(rows []uint32, g *group, of []pair, cells *[groupCells]pair) {
	if len(rows) > 0 && len(g.entries) > 0 {
		sumRowsVector(&rows[0], len(rows), &g.starts[0], &g.entries[0], &of[0], &cells[0])
	}
}

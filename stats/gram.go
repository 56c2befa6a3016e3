package stats

import "math"

// panelRows is the number of rows whose cross-products are formed at a time. The
// six columns of one tile (24 KiB) then stay in the first-level cache and the
// panel of some forty columns (160 KiB) in the second.
const panelRows = 512

// panel holds up to panelRows centred rows, one column after the other, each
// panelRows apart. After the data comes a column of ones, so that XᵀX contains
// the column sums too. The kernel works on groups of four columns and four rows,
// so the panel is filled up with zeros to a multiple of four both ways.
type panel struct {
	data    []float64
	columns int // of data
	width   int // with ones and padding, a multiple of 4
	rows    int
}

// newPanel returns an empty panel for the given number of columns.
func newPanel(columns int) *panel {
	width := (columns + 1 + 3) &^ 3
	return &panel{data: make([]float64, width*panelRows), columns: columns, width: width}
}

// paddedRows returns the number of rows rounded up to a multiple of four.
func (x *panel) paddedRows() int { return (x.rows + 3) &^ 3 }

// fill replaces the panel by the rows lo to hi of cols, each less its shift.
func (x *panel) fill(cols [][]float64, lo, hi int, shift []float64) {
	x.rows = hi - lo
	for c, col := range cols {
		dst, next := x.column(c), cols[0][hi:]
		if c+1 < len(cols) {
			next = cols[c+1][lo:hi]
		}
		centre(dst[:x.rows], col[lo:hi], next, shift[c])
		clear(dst[x.rows:])
	}
	ones := x.column(x.columns)
	for i := range ones[:x.rows] {
		ones[i] = 1
	}
	clear(ones[x.rows:])
}

// column returns the padded rows of column c.
func (x *panel) column(c int) []float64 { return x.data[c*panelRows:][:x.paddedRows()] }

// centrePortable writes src-shift to dst.
func centrePortable(dst, src []float64, shift float64) {
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] = v - shift
	}
}

// addGramPortable adds XᵀX of the panel to g, a square matrix of x.width columns
// by rows, of which only the upper triangle is meaningful. It makes the roundings
// of the vector kernel in the same order, so both give the same bits.
func addGramPortable(x *panel, g []float64) {
	for i := range x.width {
		for j := i; j < x.width; j++ {
			g[i*x.width+j] += dotFourLanes(x.column(i), x.column(j))
		}
	}
}

// dotFourLanes returns the dot product of two slices whose common length is a
// multiple of four, accumulated in the four lanes of the vector kernel.
func dotFourLanes(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	for len(a) >= 4 && len(b) >= 4 {
		s0 = math.FMA(a[0], b[0], s0)
		s1 = math.FMA(a[1], b[1], s1)
		s2 = math.FMA(a[2], b[2], s2)
		s3 = math.FMA(a[3], b[3], s3)
		a, b = a[4:], b[4:]
	}
	return (s0 + s1) + (s2 + s3)
}

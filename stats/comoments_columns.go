package stats

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
)

// Rows are summarised in blocks of blockRows, each about its own shift, and
// blocks in spans of spanBlocks, the unit of work of one goroutine. Both are
// fixed, so the order of all additions depends on the data alone.
const (
	blockRows  = 16 * panelRows
	spanBlocks = 8
	spanRows   = spanBlocks * blockRows
)

// ComomentsOf summarises columns of equal length, cols[i][r] being row r of
// column i, on up to the given number of goroutines (at least one). The result
// has the same bits whatever that number is. The error wraps ErrLengths when
// columns differ in length, ErrNotFinite when a value is NaN or infinite or so
// large that the sums overflow, and the cause when ctx ends first.
func ComomentsOf(ctx context.Context, cols [][]float64, workers int) (Comoments, error) {
	c, err := sumColumns(ctx, cols, workers)
	if err == nil && !c.finite() {
		err = fmt.Errorf("comoments: %w", ErrNotFinite)
	}
	if err != nil {
		return Comoments{}, err
	}
	return c, nil
}

// sumColumns is ComomentsOf for any values. A column with a value that is not
// finite, or too large to square, spoils its own sums and no others.
func sumColumns(ctx context.Context, cols [][]float64, workers int) (Comoments, error) {
	rows, err := commonLength(cols)
	if err != nil || rows == 0 {
		return Comoments{}, err
	}
	spans := make([]Comoments, (rows+spanRows-1)/spanRows)
	err = parallel.Do(ctx, len(spans), workers, func() func(int) {
		b := newBlockSummer(len(cols))
		return func(s int) { spans[s] = b.span(cols, s*spanRows, min((s+1)*spanRows, rows)) }
	})
	if err != nil {
		return Comoments{}, err
	}
	return mergePairwise(spans), nil
}

// AddColumns adds the rows of columns of equal length, far faster than row by
// row. It returns the errors of ComomentsOf and that of Merge; the summary is
// then unchanged.
func (c *Comoments) AddColumns(cols [][]float64) error {
	o, err := ComomentsOf(context.Background(), cols, 1)
	if err != nil {
		return err
	}
	return c.Merge(o)
}

// commonLength returns the length that all columns share, 0 for no column.
func commonLength(cols [][]float64) (int, error) {
	if len(cols) == 0 {
		return 0, nil
	}
	for i, col := range cols {
		if len(col) != len(cols[0]) {
			return 0, fmt.Errorf("column 0 has %d values, column %d has %d: %w", len(cols[0]), i, len(col), ErrLengths)
		}
	}
	return len(cols[0]), nil
}

// mergePairwise merges neighbours, then neighbours of the results, and so on, so
// that rounding errors grow with the logarithm of the number of parts.
func mergePairwise(parts []Comoments) Comoments {
	if len(parts) == 1 {
		return parts[0]
	}
	half := (len(parts) + 1) / 2
	left := mergePairwise(parts[:half])
	left.merge(mergePairwise(parts[half:]))
	return left
}

// blockSummer holds the scratch space of one goroutine.
type blockSummer struct {
	panel *panel
	gram  []float64 // panel.width squared
	shift []float64 // one per column
}

func newBlockSummer(columns int) *blockSummer {
	p := newPanel(columns)
	return &blockSummer{
		panel: p,
		gram:  make([]float64, p.width*p.width),
		shift: make([]float64, columns),
	}
}

// span summarises the rows lo to hi.
func (b *blockSummer) span(cols [][]float64, lo, hi int) Comoments {
	total := b.block(cols, lo, min(lo+blockRows, hi))
	for lo += blockRows; lo < hi; lo += blockRows {
		total.merge(b.block(cols, lo, min(lo+blockRows, hi)))
	}
	return total
}

// block summarises the rows lo to hi, at most blockRows, about a value of each
// column near the mean of its first rows.
//
// Those rows are at least one in 16, so the squared distance of shift and mean
// is at most about 16 variances and the correction below cannot cancel more than
// one digit. Since the shift is itself a value, differences of integers are
// exact, and those of a constant column are exactly zero.
func (b *blockSummer) block(cols [][]float64, lo, hi int) Comoments {
	clear(b.gram)
	for c, col := range cols {
		b.shift[c] = valueNearMean(col[lo:min(lo+panelRows, hi)])
	}
	for row := lo; row < hi; row += panelRows {
		b.panel.fill(cols, row, min(row+panelRows, hi), b.shift)
		addGram(b.panel, b.gram)
	}
	return b.finish(int64(hi - lo))
}

// finish moves the sums about the shift to sums about the mean.
func (b *blockSummer) finish(n int64) Comoments {
	k, width := len(b.shift), b.panel.width
	c := Comoments{n, slices.Clone(b.shift), make([]float64, k), make([]float64, k*k)}
	for i := range k {
		c.offset[i] = b.gram[i*width+k] / float64(n)
		for j := i; j < k; j++ {
			s := b.gram[i*width+j] - c.offset[i]*b.gram[j*width+k]
			c.cross[i*k+j], c.cross[j*k+i] = s, s
		}
		c.cross[i*k+i] = max(c.cross[i*k+i], 0)
	}
	return c
}

// valueNearMean returns the value of x nearest to its mean, the first of several.
func valueNearMean(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	mean := sum / float64(len(x))
	nearest := x[0]
	for _, v := range x {
		if math.Abs(v-mean) < math.Abs(nearest-mean) {
			nearest = v
		}
	}
	return nearest
}

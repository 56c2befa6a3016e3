package stats

import (
	"fmt"
	"math"
	"slices"
)

// Comoments summarises k numeric columns observed together: the number of rows,
// the mean of each column and the centred cross-products of each pair,
// Σ(x−x̄)(y−ȳ). Covariances, Pearson correlations and least squares follow from
// it. The zero value is the empty summary; the first rows decide k.
//
// Cross-products are kept about the mean and merged by the update of Chan, Golub
// and LeVeque; the mean is kept as one value of the column and the distance from
// it. A large offset therefore costs no precision, and a column that never varies
// has cross-products of exactly zero.
//
// T. F. Chan, G. H. Golub and R. J. LeVeque (1979), "Updating formulae and a
// pairwise algorithm for computing sample variances", Stanford STAN-CS-79-773.
type Comoments struct {
	n      int64
	origin []float64 // a value near the mean
	offset []float64 // the mean less origin
	cross  []float64 // k×k by rows, symmetric
}

// NewComoments returns the summary of n rows from aggregated numbers: the means
// and the centred cross-products, a symmetric matrix. It copies both. The error
// wraps ErrLengths when the matrix does not fit the means and ErrNotFinite when a
// number is not finite; a negative count or diagonal is refused too.
func NewComoments(n int64, means []float64, cross [][]float64) (Comoments, error) {
	k := len(means)
	if len(cross) != k {
		return Comoments{}, fmt.Errorf("%d means, %d rows of cross-products: %w", k, len(cross), ErrLengths)
	}
	if n < 0 {
		return Comoments{}, fmt.Errorf("comoments of %d rows: want a count of at least 0", n)
	}
	if n == 0 {
		return Comoments{}, nil
	}
	c := Comoments{n: n, origin: slices.Clone(means), offset: make([]float64, k), cross: make([]float64, 0, k*k)}
	for _, row := range cross {
		if len(row) != k {
			return Comoments{}, fmt.Errorf("%d means, %d cross-products in a row: %w", k, len(row), ErrLengths)
		}
		c.cross = append(c.cross, row...)
	}
	if !c.finite() {
		return Comoments{}, fmt.Errorf("comoments: %w", ErrNotFinite)
	}
	for i := range k {
		if cross[i][i] < 0 {
			return Comoments{}, fmt.Errorf("sum of squares of column %d is %v: want at least 0", i, cross[i][i])
		}
		for j := range i {
			if cross[i][j] != cross[j][i] {
				return Comoments{}, fmt.Errorf("cross-products %d,%d and %d,%d differ", i, j, j, i)
			}
		}
	}
	return c, nil
}

// allFinite reports whether no value is NaN or infinite.
func allFinite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v - v) {
			return false
		}
	}
	return true
}

// N returns the number of rows.
func (c *Comoments) N() int64 { return c.n }

// Columns returns the number of columns, 0 for the empty summary.
func (c *Comoments) Columns() int { return len(c.origin) }

// Mean returns the mean of column i, NaN when there is no such column.
func (c *Comoments) Mean(i int) float64 {
	if i < 0 || i >= len(c.origin) {
		return math.NaN()
	}
	return c.origin[i] + c.offset[i]
}

// CrossProduct returns Σ(x−x̄)(y−ȳ) of columns i and j; with i equal to j that is
// the sum of squares about the mean. It is NaN when there is no such column.
func (c *Comoments) CrossProduct(i, j int) float64 {
	k := len(c.origin)
	if i < 0 || j < 0 || i >= k || j >= k {
		return math.NaN()
	}
	return c.cross[i*k+j]
}

// Covariance returns the sample covariance of columns i and j, with divisor n−1;
// with i equal to j that is the variance. It is NaN for fewer than two rows.
func (c *Comoments) Covariance(i, j int) float64 {
	if c.n < 2 {
		return math.NaN()
	}
	return c.CrossProduct(i, j) / float64(c.n-1)
}

// Correlation returns Pearson's r of columns i and j, in [-1, 1]. It is NaN for
// fewer than two rows and when either column does not vary.
func (c *Comoments) Correlation(i, j int) float64 {
	sx, sy := c.CrossProduct(i, i), c.CrossProduct(j, j)
	if !(c.n >= 2 && sx > 0 && sy > 0) {
		return math.NaN()
	}
	if i == j {
		return 1
	}
	r := c.CrossProduct(i, j) / (math.Sqrt(sx) * math.Sqrt(sy))
	return min(max(r, -1), 1)
}

// Add adds one row. The error wraps ErrLengths when the row has another number
// of columns than the rows before it, and ErrNotFinite when a value is missing
// or infinite; the summary is then unchanged.
func (c *Comoments) Add(row []float64) error {
	if err := c.checkColumns(len(row)); err != nil {
		return err
	}
	if !allFinite(row) {
		return fmt.Errorf("comoments: %w", ErrNotFinite)
	}
	if c.n == 0 {
		k := len(row)
		*c = Comoments{n: 1, origin: slices.Clone(row), offset: make([]float64, k), cross: make([]float64, k*k)}
		return nil
	}
	c.merge(Comoments{n: 1, origin: row})
	return nil
}

// Merge adds the rows that o summarises. Either side may be empty. The error
// wraps ErrLengths when the two have different numbers of columns; the summary
// is then unchanged. Merging is associative up to rounding; the same merges in
// the same order give the same bits.
func (c *Comoments) Merge(o Comoments) error {
	if o.n == 0 {
		return nil
	}
	if err := c.checkColumns(len(o.origin)); err != nil {
		return err
	}
	if c.n == 0 {
		*c = Comoments{o.n, slices.Clone(o.origin), slices.Clone(o.offset), slices.Clone(o.cross)}
		return nil
	}
	c.merge(o)
	return nil
}

// merge adds o to a summary that is not empty. Without offset and cross, o stands
// for rows that are all equal to its origin.
func (c *Comoments) merge(o Comoments) {
	k := len(c.origin)
	n := c.n + o.n
	share := float64(o.n) / float64(n)
	weight := float64(c.n) * share
	delta := make([]float64, k)
	for i, x := range o.origin {
		delta[i] = (x - c.origin[i]) - c.offset[i]
		if o.offset != nil {
			delta[i] += o.offset[i]
		}
		c.offset[i] += delta[i] * share
	}
	for i, di := range delta {
		row := c.cross[i*k:][:k]
		for j, dj := range delta {
			row[j] += di * dj * weight
		}
	}
	for i, s := range o.cross {
		c.cross[i] += s
	}
	c.n = n
}

// finite reports whether no sum has overflowed or met a value that is not finite.
func (c *Comoments) finite() bool {
	return allFinite(c.origin) && allFinite(c.offset) && allFinite(c.cross)
}

// checkColumns returns an error unless rows of k columns fit the summary.
func (c *Comoments) checkColumns(k int) error {
	if c.n > 0 && k != len(c.origin) {
		return fmt.Errorf("%d columns, want %d: %w", k, len(c.origin), ErrLengths)
	}
	return nil
}

package stats

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// ErrSingular says that a column is a linear combination of others, or so nearly
// that a covariance matrix cannot be inverted.
var ErrSingular = errors.New("a column is a linear combination of others")

// MahalanobisDistances holds the distance of each row from the mean of all.
type MahalanobisDistances struct {
	// Squared holds the squared distance of each row, NaN where a value of the
	// row is missing. The sum over n complete rows of k columns is (n−1)·k.
	Squared []float64
	N       int64   // complete rows
	Columns int     // k
	Cutoff  float64 // the chi-square quantile, k degrees of freedom, at the level asked for
}

// Mahalanobis measures how far each row lies from the mean of the columns in
// units of their sample covariance (divisor n−1), in all directions at once:
// d² = (x−x̄)ᵀS⁻¹(x−x̄), by way of the Cholesky factor of the correlation
// matrix. Were the rows normal, a share of about level of them would have a d²
// below Cutoff; 0.999 is customary. Mean and covariance are those of all rows,
// so outliers shift them and may hide each other.
//
// NaN marks a missing value; rows with one are left out. It returns ErrLengths,
// ErrNotFinite for infinities, ErrTooFew unless there are more complete rows than
// columns, a *ColumnError with ErrConstant or ErrSingular, and the cause when ctx
// ends first.
//
// P. C. Mahalanobis (1936), "On the generalised distance in statistics", Proc.
// Nat. Inst. Sci. India 2, 49–55.
func Mahalanobis(ctx context.Context, cols [][]float64, level float64, workers int) (MahalanobisDistances, error) {
	if err := checkLevel(level); err != nil {
		return MahalanobisDistances{}, err
	}
	if _, err := commonLength(cols); err != nil {
		return MahalanobisDistances{}, err
	}
	sums, err := ComomentsOf(ctx, completeRows(cols), workers)
	if err != nil {
		return MahalanobisDistances{}, err
	}
	k := len(cols)
	if sums.N() <= int64(k) {
		return MahalanobisDistances{}, fmt.Errorf("Mahalanobis distance of %d rows and %d columns: %w", sums.N(), k, ErrTooFew)
	}
	w, err := newWhitening(&sums)
	if err != nil {
		return MahalanobisDistances{}, fmt.Errorf("Mahalanobis distance: %w", err)
	}
	d, err := w.distancesOf(ctx, cols, workers)
	d.N, d.Cutoff = sums.N(), ChiSquaredQuantile(level, float64(k))
	return d, err
}

// Outliers returns the rows whose squared distance exceeds the cutoff, in order.
func (d *MahalanobisDistances) Outliers() []int {
	var rows []int
	for row, d2 := range d.Squared {
		if d2 > d.Cutoff {
			rows = append(rows, row)
		}
	}
	return rows
}

// whitening turns rows into uncorrelated coordinates of unit variance: it
// standardises a row and solves L·z = x, L being the Cholesky factor of the
// correlation matrix. Working on correlations makes it indifferent to units.
type whitening struct {
	mean, sd []float64
	factor   [][]float64 // L, row by row up to the diagonal
}

// singularPivot is the share of a column's variance that other columns must
// leave unexplained. Rounding in the correlations is some 1e-15.
const singularPivot = 1e-12

func newWhitening(sums *Comoments) (whitening, error) {
	k := sums.Columns()
	w := whitening{mean: make([]float64, k), sd: make([]float64, k), factor: make([][]float64, k)}
	for i := range k {
		w.mean[i] = sums.Mean(i)
		w.sd[i] = math.Sqrt(sums.Covariance(i, i))
		if !(w.sd[i] > 0) {
			return w, &ColumnError{i, ErrConstant}
		}
		row := make([]float64, i+1)
		w.factor[i] = row
		for j := range i {
			row[j] = (sums.Correlation(i, j) - dot(row[:j], w.factor[j][:j])) / w.factor[j][j]
		}
		pivot := 1 - dot(row[:i], row[:i])
		if !(pivot > singularPivot) {
			return w, &ColumnError{i, ErrSingular}
		}
		row[i] = math.Sqrt(pivot)
	}
	return w, nil
}

// lanes is the number of rows whitened at a time: independent sums keep the
// processor busy while each waits for its last addition.
const lanes = 4

// squaredDistances returns the squared lengths of the whitened rows from the
// given one on, NaN where a value of the row is. Past the last row it repeats
// that. It uses z as scratch space.
func (w *whitening) squaredDistances(cols [][]float64, row int, z [][lanes]float64) (sum [lanes]float64) {
	last := len(cols[0]) - 1
	r1, r2, r3 := min(row+1, last), min(row+2, last), min(row+3, last)
	for i, factor := range w.factor {
		x, mean, sd := cols[i], w.mean[i], w.sd[i]
		z0, z1, z2, z3 := (x[row]-mean)/sd, (x[r1]-mean)/sd, (x[r2]-mean)/sd, (x[r3]-mean)/sd
		for j, f := range factor[:i] {
			done := &z[j]
			z0 -= f * done[0]
			z1 -= f * done[1]
			z2 -= f * done[2]
			z3 -= f * done[3]
		}
		z[i] = [lanes]float64{z0 / factor[i], z1 / factor[i], z2 / factor[i], z3 / factor[i]}
		for l, v := range z[i] {
			sum[l] += v * v
		}
	}
	return sum
}

// dot returns the dot product of two slices of one length.
func dot(a, b []float64) float64 {
	var s float64
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

package stats

import (
	"context"
	"fmt"

	"github.com/netanom/netanom/internal/parallel"
)

// A ColumnError says at which of several columns a statistic fails.
type ColumnError struct {
	Column int   // from 0
	Err    error // the condition, such as ErrSingular
}

// Error implements error.
func (e *ColumnError) Error() string { return fmt.Sprintf("column %d: %v", e.Column, e.Err) }

// Unwrap returns the condition.
func (e *ColumnError) Unwrap() error { return e.Err }

// MahalanobisFrom measures the squared distance of each row from a centre in
// units of a covariance matrix, that of FastMCD on a sample of the rows, say.
// Rows with a missing value (NaN) have a distance of NaN, and N does not count
// them. Cutoff is the chi-square quantile at the level.
//
// It returns ErrLengths where columns, centre and matrix do not fit, ErrNotFinite
// for a centre or a matrix that is not finite, a *ColumnError with ErrConstant or
// ErrSingular for a matrix that cannot be inverted, and the cause when ctx ends
// first.
func MahalanobisFrom(ctx context.Context, cols [][]float64, center []float64, covariance [][]float64, level float64, workers int) (MahalanobisDistances, error) {
	if err := checkLevel(level); err != nil {
		return MahalanobisDistances{}, err
	}
	if _, err := commonLength(cols); err != nil {
		return MahalanobisDistances{}, err
	}
	if len(cols) == 0 || len(center) != len(cols) {
		return MahalanobisDistances{}, fmt.Errorf("distances of %d columns from a centre of %d: %w", len(cols), len(center), ErrLengths)
	}
	sums, err := NewComoments(2, center, covariance) // of two rows the cross-products are the covariances
	if err != nil {
		return MahalanobisDistances{}, err
	}
	w, err := newWhitening(&sums)
	if err != nil {
		return MahalanobisDistances{}, fmt.Errorf("Mahalanobis distance: %w", err)
	}
	d, err := w.distancesOf(ctx, cols, workers)
	d.Cutoff = ChiSquaredQuantile(level, float64(len(cols)))
	for _, d2 := range d.Squared {
		if d2 == d2 {
			d.N++
		}
	}
	return d, err
}

// distancesOf measures every row of the columns.
func (w *whitening) distancesOf(ctx context.Context, cols [][]float64, workers int) (MahalanobisDistances, error) {
	k, rows := len(cols), len(cols[0])
	d := MahalanobisDistances{Squared: make([]float64, rows), Columns: k}
	err := parallel.Do(ctx, (rows+blockRows-1)/blockRows, workers, func() func(int) {
		z := make([][lanes]float64, k)
		return func(b int) {
			for row := b * blockRows; row < min((b+1)*blockRows, rows); row += lanes {
				d2 := w.squaredDistances(cols, row, z)
				copy(d.Squared[row:], d2[:])
			}
		}
	})
	return d, err
}

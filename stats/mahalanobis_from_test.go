package stats

import (
	"context"
	"errors"
	"math"
	"testing"
)

// By the mean and the covariance of the rows the distances are those of Mahalanobis.
func TestMahalanobisFromTheMean(t *testing.T) {
	cols := planted(300, 3, 9)
	cols[1][7] = math.NaN()
	plain := mahalanobis(t, cols, 2)
	complete := completeRows(cols)
	sums, err := ComomentsOf(context.Background(), complete, 1)
	if err != nil {
		t.Fatal(err)
	}
	k := len(cols)
	center, covariance := make([]float64, k), make([][]float64, k)
	for i := range k {
		center[i], covariance[i] = sums.Mean(i), make([]float64, k)
		for j := range k {
			covariance[i][j] = sums.Covariance(i, j)
		}
	}
	d, err := MahalanobisFrom(context.Background(), cols, center, covariance, 0.999, 3)
	if err != nil {
		t.Fatal(err)
	}
	if d.N != 299 || d.Columns != k || d.Cutoff != ChiSquaredQuantile(0.999, float64(k)) {
		t.Errorf("%d rows of %d columns, cutoff %v", d.N, d.Columns, d.Cutoff)
	}
	for row, want := range plain.Squared {
		if got := d.Squared[row]; got == got != (row != 7) || math.Abs(got-want) > 1e-12*want {
			t.Fatalf("row %d: %v, want %v", row, got, want)
		}
	}
}

// Along the axes of a diagonal covariance it is a sum of squares.
func TestMahalanobisFromAGivenCovariance(t *testing.T) {
	d, err := MahalanobisFrom(context.Background(), [][]float64{{1, 4}, {10, 20}}, []float64{1, 10}, [][]float64{{9, 0}, {0, 25}}, 0.95, 1)
	if err != nil {
		t.Fatal(err)
	}
	if d.Squared[0] != 0 || math.Abs(d.Squared[1]-5) > 1e-14 {
		t.Errorf("distances %v", d.Squared)
	}
}

func TestMahalanobisFromErrors(t *testing.T) {
	ctx, cols := context.Background(), [][]float64{{1, 2, 3}, {1, 0, 2}}
	unit := [][]float64{{1, 0}, {0, 1}}
	for name, c := range map[string]struct {
		cols       [][]float64
		center     []float64
		covariance [][]float64
		level      float64
		want       error
		column     int
	}{
		"no column":  {nil, nil, nil, 0.9, ErrLengths, -1},
		"ragged":     {[][]float64{{1}, {1, 2}}, []float64{0, 0}, unit, 0.9, ErrLengths, -1},
		"center":     {cols, []float64{0}, unit, 0.9, ErrLengths, -1},
		"covariance": {cols, []float64{0, 0}, unit[:1], 0.9, ErrLengths, -1},
		"not finite": {cols, []float64{0, math.NaN()}, unit, 0.9, ErrNotFinite, -1},
		"constant":   {cols, []float64{0, 0}, [][]float64{{1, 0}, {0, 0}}, 0.9, ErrConstant, 1},
		"singular":   {cols, []float64{0, 0}, [][]float64{{1, 1}, {1, 1}}, 0.9, ErrSingular, 1},
	} {
		_, err := MahalanobisFrom(ctx, c.cols, c.center, c.covariance, c.level, 1)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		var at *ColumnError
		if errors.As(err, &at) != (c.column >= 0) || at != nil && at.Column != c.column {
			t.Errorf("%s: %v is about %+v, want column %d", name, err, at, c.column)
		}
	}
	if _, err := MahalanobisFrom(ctx, cols, []float64{0, 0}, unit, 1, 1); err == nil {
		t.Error("a level of 1 gives no error")
	}
}

package stats

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

func mahalanobis(t *testing.T, cols [][]float64, workers int) MahalanobisDistances {
	t.Helper()
	d, err := Mahalanobis(context.Background(), cols, 0.999, workers)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMahalanobisAgainstNumPy(t *testing.T) {
	nan := math.NaN()
	cols := [][]float64{
		{2, 3, 5, nan, 7, 1, 4, 9, 20},
		{4, 6, 5, 1, 8, 0, 7, 3, 1},
		{1, 5, 2, 1, 3, 9, 2, 6, 1},
	}
	// numpy 1.24.2: the quadratic form with inv(cov(X.T)); scipy 1.10.1: chi2.ppf(.999, 3)
	want := []float64{3.883316600857361, 1.0348946172422058, 0.6228565942640905, nan, 2.6123701523827743,
		4.775386281018516, 1.0696979697994982, 1.4936412024990453, 5.507836581936509}
	d := mahalanobis(t, cols, 1)
	for row, w := range want {
		check.Close(t, fmt.Sprintf("squared distance of row %d", row), d.Squared[row], w, 1e-12)
	}
	check.Close(t, "cutoff", d.Cutoff, 16.26623619623813, 1e-12)
	if d.N != 8 || d.Columns != 3 || d.Outliers() != nil {
		t.Errorf("n %d, columns %d, outliers %v", d.N, d.Columns, d.Outliers())
	}
}

func TestMahalanobisProperties(t *testing.T) {
	cols := benchmarkColumns(4, 10_000)
	cols[2][77] += 40
	d := mahalanobis(t, cols, 1)
	var sum float64
	for _, d2 := range d.Squared {
		sum += d2
	}
	check.Close(t, "sum of squared distances", sum, 4*9999, 1e-10)
	if !slices.Contains(d.Outliers(), 77) || len(d.Outliers()) > 40 {
		t.Errorf("outliers %v: want row 77 and about ten others", d.Outliers())
	}
	if !slices.Equal(mahalanobis(t, cols, 3).Squared, d.Squared) {
		t.Error("distances depend on the number of workers")
	}

	// Any invertible linear map of the columns leaves distances as they are.
	mapped := make([][]float64, 4)
	for c := range mapped {
		mapped[c] = make([]float64, len(cols[c]))
		for i, v := range cols[c] {
			mapped[c][i] = 1e3*v + float64(c)*1e6
			if c > 0 {
				mapped[c][i] -= 500 * cols[c-1][i]
			}
		}
	}
	for row, d2 := range mahalanobis(t, mapped, 2).Squared {
		if !check.Near(d2, d.Squared[row], 1e-8, 1e-8) {
			t.Fatalf("row %d: %v after a linear map, %v before", row, d2, d.Squared[row])
		}
	}
}

func TestMahalanobisErrors(t *testing.T) {
	a, b := []float64{1, 2, 3, 4, 6}, []float64{5, 1, 4, 2, 2}
	sum := make([]float64, len(a))
	for i := range a {
		sum[i] = a[i] + 2*b[i]
	}
	for _, c := range []struct {
		name string
		cols [][]float64
		want error
	}{
		{"no column", nil, ErrTooFew},
		{"as many rows as columns", [][]float64{{1, 2}, {3, 5}}, ErrTooFew},
		{"constant column", [][]float64{a, {7, 7, 7, 7, 7}}, ErrConstant},
		{"dependent column", [][]float64{a, b, sum}, ErrSingular},
		{"infinity", [][]float64{a, {1, 2, math.Inf(1), 4, 5}}, ErrNotFinite},
		{"ragged", [][]float64{a, {1}}, ErrLengths},
	} {
		if _, err := Mahalanobis(context.Background(), c.cols, 0.999, 1); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := Mahalanobis(context.Background(), [][]float64{a, b}, 1.5, 1); err == nil {
		t.Error("level 1.5 was accepted")
	}
}

func BenchmarkMahalanobis(b *testing.B) {
	cols := benchmarkColumns(38, 125_973)
	for b.Loop() {
		if _, err := Mahalanobis(context.Background(), cols, 0.999, 2); err != nil {
			b.Fatal(err)
		}
	}
}

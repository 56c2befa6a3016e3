package stats

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// matrixOf computes a matrix of columns that are known to be fine.
func matrixOf(t *testing.T, cols [][]float64, o CorrelationOptions) CorrelationMatrix {
	t.Helper()
	names := make([]string, len(cols))
	for i := range names {
		names[i] = fmt.Sprint("c", i)
	}
	m, err := Correlations(context.Background(), names, cols, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// holedColumns returns correlated columns, some of which miss some values.
func holedColumns(n int) [][]float64 {
	r := rand.New(rand.NewPCG(11, 12))
	cols := make([][]float64, 5)
	for c := range cols {
		cols[c] = make([]float64, n)
		for i := range cols[c] {
			cols[c][i] = math.Round(10 * r.NormFloat64())
			if c > 0 {
				cols[c][i] += cols[c-1][i]
			}
		}
	}
	for i := range n {
		for _, c := range []int{1, 3} {
			if r.IntN(7) == c {
				cols[c][i] = math.NaN()
			}
		}
	}
	return cols
}

func TestCorrelationDeletion(t *testing.T) {
	cols := holedColumns(400)
	complete := func(among ...int) [][]float64 {
		kept := make([][]float64, len(among))
		for row := range cols[0] {
			if slices.ContainsFunc(among, func(c int) bool { return math.IsNaN(cols[c][row]) }) {
				continue
			}
			for i, c := range among {
				kept[i] = append(kept[i], cols[c][row])
			}
		}
		return kept
	}
	for _, method := range []CorrelationMethod{Pearson, Spearman, Kendall} {
		pairwise := matrixOf(t, cols, CorrelationOptions{Method: method, Workers: 2})
		listwise := matrixOf(t, cols, CorrelationOptions{Method: method, Deletion: Listwise})
		whole := complete(0, 1, 2, 3, 4)
		for i := range cols {
			for j := range i {
				pair := complete(i, j)
				for name, c := range map[string]struct {
					m    CorrelationMatrix
					x, y []float64
				}{
					"pairwise": {pairwise, pair[0], pair[1]},
					"listwise": {listwise, whole[i], whole[j]},
				} {
					want, err := CorrelationTest(method, c.x, c.y, TwoSided, 0.95)
					if err != nil {
						t.Fatal(err)
					}
					got, err := c.m.Test(i, j, TwoSided, 0.95)
					if err != nil {
						t.Fatal(err)
					}
					at := fmt.Sprintf("%v, %s, %d and %d", method, name, i, j)
					check.Close(t, at, got.Estimate.Value, want.Estimate.Value, 1e-13)
					check.Close(t, at+": p", got.P, want.P, 1e-10)
					if got.N[0] != want.N[0] || got.Missing != int64(len(cols[0]))-want.N[0] {
						t.Errorf("%s: n %d, missing %d; want n %d", at, got.N[0], got.Missing, want.N[0])
					}
				}
			}
		}
	}
}

func TestCorrelationMatrixShape(t *testing.T) {
	cols := append(holedColumns(300), make([]float64, 300)) // the last is constant
	for _, method := range []CorrelationMethod{Pearson, Spearman, Kendall} {
		one := matrixOf(t, cols, CorrelationOptions{Method: method, Workers: 1})
		two := matrixOf(t, cols, CorrelationOptions{Method: method, Workers: 2})
		for i := range one.Len() {
			if got := one.At(i, i); i < 5 && got != 1 || i == 5 && !math.IsNaN(got) {
				t.Errorf("%v: correlation of column %d with itself = %v", method, i, got)
			}
			for j := range one.Len() {
				a, b := one.At(i, j), one.At(j, i)
				if math.Float64bits(a) != math.Float64bits(b) && !(math.IsNaN(a) && math.IsNaN(b)) {
					t.Errorf("%v: not symmetric at %d, %d: %v, %v", method, i, j, a, b)
				}
				if c := two.At(i, j); math.Float64bits(a) != math.Float64bits(c) && !(math.IsNaN(a) && math.IsNaN(c)) {
					t.Errorf("%v: %d, %d depends on the number of workers: %v, %v", method, i, j, a, c)
				}
			}
		}
		if !math.IsNaN(one.At(0, 9)) || one.N(-1, 0) != 0 || !math.IsNaN(one.Covariance(9, 9)) {
			t.Errorf("%v: a column that does not exist has a correlation", method)
		}
	}
}

func TestRankCorrelationIgnoresMonotoneMaps(t *testing.T) {
	cols := holedColumns(500)
	mapped := make([][]float64, len(cols))
	for c, col := range cols {
		mapped[c] = make([]float64, len(col))
		for i, v := range col {
			mapped[c][i] = math.Exp(v/20) - 1e6
		}
	}
	for _, method := range []CorrelationMethod{Spearman, Kendall} {
		o := CorrelationOptions{Method: method}
		if !slices.Equal(matrixBits(matrixOf(t, mapped, o)), matrixBits(matrixOf(t, cols, o))) {
			t.Errorf("%v changes under a monotone map", method)
		}
	}
}

// matrixBits returns the coefficients of a matrix, comparable bit for bit.
func matrixBits(m CorrelationMatrix) []uint64 {
	var bits []uint64
	for i := range m.Len() {
		for j := range m.Len() {
			bits = append(bits, math.Float64bits(m.At(i, j)))
		}
	}
	return bits
}

func TestCorrelationPermutationAndSign(t *testing.T) {
	order := rand.New(rand.NewPCG(13, 14)).Perm(len(tiedX))
	x, y, minusY := make([]float64, len(order)), make([]float64, len(order)), make([]float64, len(order))
	for i, from := range order {
		x[i], y[i], minusY[i] = tiedX[from], tiedY[from], -tiedY[from]
	}
	for _, method := range []CorrelationMethod{Pearson, Spearman, Kendall} {
		want := matrixOf(t, [][]float64{tiedX, tiedY}, CorrelationOptions{Method: method})
		got := matrixOf(t, [][]float64{x, y}, CorrelationOptions{Method: method})
		check.Close(t, method.String()+" of permuted rows", got.At(0, 1), want.At(0, 1), 1e-15)
		got = matrixOf(t, [][]float64{x, minusY}, CorrelationOptions{Method: method})
		check.Close(t, method.String()+" of the negated column", got.At(0, 1), -want.At(0, 1), 1e-15)
	}
}

func TestCorrelationOfExtremeMagnitudes(t *testing.T) {
	huge, tiny := make([]float64, len(tiedX)), make([]float64, len(tiedY))
	for i := range tiedX {
		huge[i], tiny[i] = math.Ldexp(tiedX[i], 1000), math.Ldexp(tiedY[i], -1050)
	}
	want := matrixOf(t, [][]float64{tiedX, tiedY}, CorrelationOptions{})
	got := matrixOf(t, [][]float64{huge, tiny}, CorrelationOptions{})
	check.Close(t, "r of values near 1e302 and 1e-315", got.At(0, 1), want.At(0, 1), 1e-15)
	check.Close(t, "covariance", got.Covariance(0, 1), math.Ldexp(want.Covariance(0, 1), -50), 1e-15)
	if v := got.Covariance(0, 0); !math.IsInf(v, 1) {
		t.Errorf("variance of values near 1e302 = %v, want +Inf", v)
	}
}

func BenchmarkCorrelations(b *testing.B) {
	cols := benchmarkColumns(38, 125_973)
	names := make([]string, len(cols))
	for _, method := range []CorrelationMethod{Pearson, Spearman} {
		b.Run(method.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := Correlations(context.Background(), names, cols, CorrelationOptions{Method: method, Workers: 2}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package stats

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// comomentsOf summarises columns that are known to be fine.
func comomentsOf(t *testing.T, cols [][]float64, workers int) Comoments {
	t.Helper()
	c, err := ComomentsOf(context.Background(), cols, workers)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// closeComoments compares two summaries, means relative to the standard deviation
// and cross-products relative to the sums of squares they are bounded by.
func closeComoments(t *testing.T, name string, got, want Comoments, rel float64) {
	t.Helper()
	if got.N() != want.N() || got.Columns() != want.Columns() {
		t.Fatalf("%s: %d rows of %d columns, want %d of %d", name, got.N(), got.Columns(), want.N(), want.Columns())
	}
	for i := range want.Columns() {
		sd := math.Sqrt(want.Covariance(i, i))
		if d := got.Mean(i) - want.Mean(i); !(math.Abs(d) <= rel*sd) {
			t.Errorf("%s: mean of column %d = %v, want %v", name, i, got.Mean(i), want.Mean(i))
		}
		for j := range want.Columns() {
			scale := math.Sqrt(want.CrossProduct(i, i) * want.CrossProduct(j, j))
			if d := got.CrossProduct(i, j) - want.CrossProduct(i, j); !(math.Abs(d) <= rel*scale) {
				t.Errorf("%s: cross-product %d,%d = %v, want %v", name, i, j, got.CrossProduct(i, j), want.CrossProduct(i, j))
			}
		}
	}
}

func TestComomentsAgainstNumPy(t *testing.T) {
	// numpy 1.24.2: numpy.cov, numpy.corrcoef of the data of Hollander and Wolfe
	// (1973), Nonparametric Statistical Methods, page 187.
	c := comomentsOf(t, [][]float64{
		{44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1},
		{2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8},
	}, 1)
	check.Close(t, "r", c.Correlation(0, 1), 0.5711815575638287, 1e-14)
	check.Close(t, "r transposed", c.Correlation(1, 0), 0.5711815575638287, 1e-14)
	check.Close(t, "mean", c.Mean(0), 430.3/9, 1e-15)
	if c.Correlation(1, 1) != 1 {
		t.Errorf("correlation of a column with itself = %v", c.Correlation(1, 1))
	}
}

func TestComomentsEmptyAndSmall(t *testing.T) {
	var c Comoments
	for name, got := range map[string]float64{
		"mean": c.Mean(0), "cross-product": c.CrossProduct(0, 0), "covariance": c.Covariance(0, 0), "correlation": c.Correlation(0, 0),
	} {
		if !math.IsNaN(got) {
			t.Errorf("%s of the empty summary = %v, want NaN", name, got)
		}
	}
	if err := c.Add([]float64{3, 5}); err != nil {
		t.Fatal(err)
	}
	if c.N() != 1 || c.Mean(1) != 5 || !math.IsNaN(c.Covariance(0, 1)) || !math.IsNaN(c.Correlation(0, 0)) {
		t.Errorf("one row: %+v", c)
	}
	if c.Mean(2) == c.Mean(2) || c.CrossProduct(-1, 0) == c.CrossProduct(-1, 0) {
		t.Error("a column that does not exist has a mean or a cross-product")
	}
}

func TestComomentsErrors(t *testing.T) {
	nan := math.NaN()
	var c Comoments
	if err := c.Add([]float64{1, 2}); err != nil {
		t.Fatal(err)
	}
	two := comomentsOf(t, [][]float64{{1, 2, 3}}, 1)
	_, ragged := ComomentsOf(context.Background(), [][]float64{{1, 2}, {1}}, 1)
	_, missing := ComomentsOf(context.Background(), [][]float64{{1, 2, 3}, {1, nan, 3}}, 1)
	_, overflow := ComomentsOf(context.Background(), [][]float64{{1e308, -1e308, 1e308}}, 1)
	_, shape := NewComoments(3, []float64{1, 2}, [][]float64{{1, 0}})
	_, row := NewComoments(3, []float64{1, 2}, [][]float64{{1, 0}, {0}})
	_, notFinite := NewComoments(3, []float64{1, nan}, [][]float64{{1, 0}, {0, 1}})
	for _, e := range []struct {
		name      string
		got, want error
	}{
		{"short row", c.Add([]float64{1}), ErrLengths},
		{"NaN in a row", c.Add([]float64{1, nan}), ErrNotFinite},
		{"merge of one column into two", c.Merge(two), ErrLengths},
		{"columns of one into two", c.AddColumns([][]float64{{1, 2}}), ErrLengths},
		{"ragged columns", ragged, ErrLengths},
		{"NaN in a column", missing, ErrNotFinite},
		{"overflow", overflow, ErrNotFinite},
		{"few rows of cross-products", shape, ErrLengths},
		{"short row of cross-products", row, ErrLengths},
		{"NaN among the means", notFinite, ErrNotFinite},
	} {
		if !errors.Is(e.got, e.want) {
			t.Errorf("%s: %v, want %v", e.name, e.got, e.want)
		}
	}
	for name, cross := range map[string][][]float64{
		"asymmetric": {{1, 0.5}, {0.4, 1}}, "negative diagonal": {{1, 0}, {0, -1}},
	} {
		if _, err := NewComoments(3, []float64{1, 2}, cross); err == nil {
			t.Errorf("%s cross-products were accepted", name)
		}
	}
	if _, err := NewComoments(-1, nil, nil); err == nil {
		t.Error("a negative count was accepted")
	}
	if c.N() != 1 {
		t.Errorf("a refused row was counted: %d rows", c.N())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ComomentsOf(ctx, [][]float64{{1, 2}}, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestComomentsMergeEqualsWhole(t *testing.T) {
	cols := benchmarkColumns(5, 30_001)
	whole := comomentsOf(t, cols, 1)
	for _, cut := range []int{0, 1, 17, 8192, 20_000, 30_000, 30_001} {
		left, right := make([][]float64, 5), make([][]float64, 5)
		for c := range cols {
			left[c], right[c] = cols[c][:cut], cols[c][cut:]
		}
		var c Comoments
		if err := errors.Join(c.AddColumns(left), c.AddColumns(right)); err != nil {
			t.Fatal(err)
		}
		closeComoments(t, fmt.Sprintf("cut at %d", cut), c, whole, 1e-14)

		back := comomentsOf(t, right, 1)
		if err := back.Merge(comomentsOf(t, left, 1)); err != nil {
			t.Fatal(err)
		}
		closeComoments(t, fmt.Sprintf("cut at %d, merged backwards", cut), back, whole, 1e-14)
	}
	parts := [3]Comoments{}
	for p := range parts {
		third := make([][]float64, 5)
		for c := range cols {
			third[c] = cols[c][p*10_000 : (p+1)*10_000]
		}
		parts[p] = comomentsOf(t, third, 1)
	}
	var left, right, tail Comoments
	if err := errors.Join(
		left.Merge(parts[0]), left.Merge(parts[1]), left.Merge(parts[2]),
		tail.Merge(parts[1]), tail.Merge(parts[2]), right.Merge(parts[0]), right.Merge(tail),
	); err != nil {
		t.Fatal(err)
	}
	closeComoments(t, "(a+b)+c against a+(b+c)", left, right, 1e-14)

	var byRow Comoments
	for r := range cols[0] {
		if err := byRow.Add([]float64{cols[0][r], cols[1][r], cols[2][r], cols[3][r], cols[4][r]}); err != nil {
			t.Fatal(err)
		}
	}
	closeComoments(t, "row by row", byRow, whole, 1e-12)
}

func TestComomentsConstructorRoundTrip(t *testing.T) {
	want := comomentsOf(t, benchmarkColumns(3, 100), 1)
	means, cross := make([]float64, 3), make([][]float64, 3)
	for i := range 3 {
		means[i] = want.Mean(i)
		for j := range 3 {
			cross[i] = append(cross[i], want.CrossProduct(i, j))
		}
	}
	got, err := NewComoments(want.N(), means, cross)
	if err != nil {
		t.Fatal(err)
	}
	closeComoments(t, "NewComoments", got, want, 0)
}

func TestComomentsDoNotDependOnWorkers(t *testing.T) {
	cols := benchmarkColumns(7, 3*spanRows+12_345)
	want := comomentsOf(t, cols, 1)
	for _, workers := range []int{-1, 0, 2, 3, 16} {
		if got := comomentsOf(t, cols, workers); !reflect.DeepEqual(got, want) {
			t.Errorf("%d workers give other bits than one", workers)
		}
	}
}

func TestComomentsPermutation(t *testing.T) {
	cols := benchmarkColumns(4, 20_000)
	want := comomentsOf(t, cols, 2)
	order := rand.New(rand.NewPCG(3, 4)).Perm(20_000)
	for c, col := range cols {
		shuffled := make([]float64, len(col))
		for i, from := range order {
			shuffled[i] = col[from]
		}
		cols[c] = shuffled
	}
	closeComoments(t, "permuted rows", comomentsOf(t, cols, 2), want, 1e-14)
}

func TestComomentsConstantColumnIsExact(t *testing.T) {
	const n = 20_011
	constant, other := make([]float64, n), benchmarkColumns(1, n)[0]
	for i := range constant {
		constant[i] = 0.1 // not a binary fraction: a rounded mean would leave a remainder
	}
	c := comomentsOf(t, [][]float64{constant, other}, 2)
	if err := c.Add([]float64{0.1, 7}); err != nil {
		t.Fatal(err)
	}
	if c.CrossProduct(0, 0) != 0 || c.CrossProduct(0, 1) != 0 || c.Mean(0) != 0.1 {
		t.Errorf("constant column: mean %v, squares %v, products %v", c.Mean(0), c.CrossProduct(0, 0), c.CrossProduct(0, 1))
	}
	if r := c.Correlation(0, 1); !math.IsNaN(r) {
		t.Errorf("correlation with a constant column = %v, want NaN", r)
	}
}

// exactCorrelation computes r of whole numbers in exact arithmetic.
func exactCorrelation(x, y []int64) float64 {
	var sx, sy, sxx, syy, sxy big.Int
	var p big.Int
	for i := range x {
		a, b := big.NewInt(x[i]), big.NewInt(y[i])
		sx.Add(&sx, a)
		sy.Add(&sy, b)
		sxx.Add(&sxx, p.Mul(a, a))
		syy.Add(&syy, p.Mul(b, b))
		sxy.Add(&sxy, p.Mul(a, b))
	}
	n := big.NewInt(int64(len(x)))
	centred := func(products, a, b *big.Int) *big.Float {
		var s, q big.Int
		s.Sub(s.Mul(n, products), q.Mul(a, b))
		return new(big.Float).SetPrec(300).SetInt(&s)
	}
	product := new(big.Float).SetPrec(300).Mul(centred(&sxx, &sx, &sx), centred(&syy, &sy, &sy))
	r, _ := new(big.Float).SetPrec(300).Quo(centred(&sxy, &sx, &sy), product.Sqrt(product)).Float64()
	return r
}

func TestCorrelationAgainstExactArithmetic(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const n = 100_003
	for name, draw := range map[string]func() int64{
		"small":       func() int64 { return r.Int64N(500) },
		"offset":      func() int64 { return 1_000_000_000_000 + r.Int64N(1000) },
		"heavy tail":  func() int64 { return int64(math.Exp(20 * r.Float64())) },
		"mostly zero": func() int64 { return max(0, r.Int64N(100_000)-99_000) },
	} {
		x, y := make([]int64, n), make([]int64, n)
		cols := [][]float64{make([]float64, n), make([]float64, n)}
		for i := range n {
			x[i] = draw()
			y[i] = draw() + x[i]/3
			cols[0][i], cols[1][i] = float64(x[i]), float64(y[i])
		}
		c := comomentsOf(t, cols, 2)
		check.Close(t, "r of "+name+" values", c.Correlation(0, 1), exactCorrelation(x, y), 1e-14)
	}
}

func TestGramKernelsAgreeBitForBit(t *testing.T) {
	for _, k := range []int{1, 2, 3, 4, 5, 8, 11, 39} {
		for _, rows := range []int{1, 2, 3, 4, 5, 7, 8, 9, 63, 100, panelRows - 1, panelRows} {
			cols, shift := benchmarkColumns(k, rows), make([]float64, k)
			for c := range shift {
				shift[c] = float64(c) + 0.3
			}
			x := newPanel(k)
			for i := range x.data {
				x.data[i] = math.NaN() // what a longer panel before left behind
			}
			clear(x.data[(k+1)*panelRows:])
			x.fill(cols, 0, rows, shift)
			got, want := make([]float64, x.width*x.width), make([]float64, x.width*x.width)
			addGram(x, got)
			addGramPortable(x, want)
			for i := range k + 1 {
				a, b := got[i*x.width+i:(i+1)*x.width], want[i*x.width+i:(i+1)*x.width]
				if !slices.Equal(a, b) {
					t.Fatalf("%d columns, %d rows: row %d is %v from the vector kernel, %v in Go", k, rows, i, a, b)
				}
			}
			for c, col := range cols {
				portable := make([]float64, rows)
				centrePortable(portable, col, shift[c])
				if !slices.Equal(x.column(c)[:rows], portable) {
					t.Fatalf("%d columns, %d rows: column %d is centred otherwise in Go", k, rows, c)
				}
			}
		}
	}
}

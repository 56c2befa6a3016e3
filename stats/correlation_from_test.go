package stats

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// pairsOf is what something that has the rows would say of every two columns.
func pairsOf(t *testing.T, method CorrelationMethod, cols [][]float64) (own []Moments, pairs []CorrelatedColumns) {
	t.Helper()
	for j, y := range cols {
		present := completeRows([][]float64{y})[0]
		m, err := MomentsOf(present)
		if err != nil {
			t.Fatal(err)
		}
		own = append(own, m)
		for _, x := range cols[:j] {
			both := completeRows([][]float64{x, y})
			p := CorrelatedColumns{Rows: int64(len(x))}
			if method == Spearman {
				both = [][]float64{Midranks(both[0]), Midranks(both[1])}
			}
			if method == Kendall {
				ones := make([]int64, len(both[0]))
				for i := range ones {
					ones[i] = 1
				}
				p.Tau, err = KendallTauBCounts(both[0], both[1], ones)
			} else {
				p.Comoments, err = ComomentsOf(context.Background(), both, 1)
			}
			if err != nil {
				t.Fatal(err)
			}
			pairs = append(pairs, p)
		}
	}
	return own, pairs
}

func TestCorrelationsFromPairs(t *testing.T) {
	cols := holedColumns(300)
	cols = append(cols, make([]float64, 300)) // constant
	names := make([]string, len(cols))
	for i := range names {
		names[i] = fmt.Sprint("c", i)
	}
	for _, method := range []CorrelationMethod{Pearson, Spearman, Kendall} {
		want := matrixOf(t, cols, CorrelationOptions{Method: method})
		own, pairs := pairsOf(t, method, cols)
		got, err := CorrelationsFrom(method, names, own, pairs)
		if err != nil {
			t.Fatal(err)
		}
		for i := range cols {
			for j := range cols {
				name := fmt.Sprintf("%v of %d and %d", method, i, j)
				check.Close(t, name, got.At(i, j), want.At(i, j), 1e-12)
				check.Close(t, name+": covariance", got.Covariance(i, j), want.Covariance(i, j), 1e-12)
				if got.N(i, j) != want.N(i, j) {
					t.Errorf("%s: %d rows, want %d", name, got.N(i, j), want.N(i, j))
				}
				if i == j {
					continue
				}
				g, err := got.Test(i, j, TwoSided, 0.95)
				w, wantErr := want.Test(i, j, TwoSided, 0.95)
				if fmt.Sprint(err) != fmt.Sprint(wantErr) || g.Missing != w.Missing {
					t.Errorf("%s: error %v, %d missing; want %v, %d", name, err, g.Missing, wantErr, w.Missing)
				}
				check.Close(t, name+": log10 p", g.Log10P, w.Log10P, 1e-9)
			}
		}
	}
}

func TestCorrelationsFromRefuses(t *testing.T) {
	one, err := ComomentsOf(context.Background(), [][]float64{{1, 2, 4}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func() error{
		"too few moments": func() error {
			_, err := CorrelationsFrom(Pearson, []string{"a", "b"}, make([]Moments, 1), make([]CorrelatedColumns, 1))
			return err
		},
		"too few pairs": func() error {
			_, err := CorrelationsFrom(Pearson, []string{"a", "b"}, make([]Moments, 2), nil)
			return err
		},
		"one column": func() error {
			_, err := CorrelationsFrom(Pearson, []string{"a", "b"}, make([]Moments, 2), []CorrelatedColumns{{Comoments: one}})
			return err
		},
	} {
		if err := f(); !errors.Is(err, ErrLengths) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := CorrelationsFrom(9, nil, nil, nil); err == nil {
		t.Error("an unknown method is taken")
	}
	m, err := CorrelationsFrom(Pearson, []string{"a", "b"}, make([]Moments, 2), make([]CorrelatedColumns, 1))
	if err != nil || !math.IsNaN(m.At(0, 1)) || !math.IsNaN(m.At(0, 0)) {
		t.Errorf("without rows: %v, %v", m.At(0, 1), err)
	}
}

func TestCorrelationMatrixTake(t *testing.T) {
	all, part := holedColumns(300), holedColumns(100)
	m, from := matrixOf(t, all, CorrelationOptions{}), matrixOf(t, part[:2], CorrelationOptions{})
	m.Take(3, 1, &from, 0, 1)
	m.Take(0, 9, &from, 0, 1)
	m.Take(0, 1, &from, 0, 2)
	if m.At(1, 3) != from.At(0, 1) || m.At(3, 1) != from.At(0, 1) || m.N(1, 3) != from.N(0, 1) {
		t.Errorf("correlation %v of %d rows, want %v", m.At(1, 3), m.N(1, 3), from.At(0, 1))
	}
	r, err := m.Test(1, 3, TwoSided, 0.95)
	if err != nil || r.Missing != 100-from.N(0, 1) {
		t.Errorf("%d missing, %v", r.Missing, err)
	}
	if r, err := m.Test(1, 2, TwoSided, 0.95); err != nil || r.Missing != 300-m.N(1, 2) {
		t.Errorf("%d missing of the others, %v", r.Missing, err)
	}
}

// Of two by two cells a, b, c, d, by its definition, tau-b is (ad−bc)/√(product of the
// margins), however many rows there are.
func TestKendallTauBOfManyRows(t *testing.T) {
	x, y := []float64{0, 0, 1, 1}, []float64{0, 1, 0, 1}
	for n, want := range map[int64]error{3: nil, 300_000_000: nil, 500_000_000: nil, 600_000_000: ErrTooMany, 1 << 62: ErrTooMany} {
		got, err := KendallTauBCounts(x, y, []int64{3 * n, n, n, 3 * n})
		if n == 1<<62 {
			got, err = KendallTauBCounts(x, y, []int64{n, n, n, n})
		}
		if !errors.Is(err, want) {
			t.Errorf("%d: %v, want %v", n, err, want)
		}
		if err == nil && got.Tau != 0.5 {
			t.Errorf("%d: tau %v, want 0.5", n, got.Tau)
		}
	}
}

func TestKendallTauBCounts(t *testing.T) {
	cols := completeRows(holedColumns(500))
	for j, y := range cols {
		for i, x := range cols[:j] {
			want, err := KendallTauB(x, y)
			if err != nil {
				t.Fatal(err)
			}
			counted := map[[2]float64]int64{}
			for row := range x {
				counted[[2]float64{x[row], y[row]}]++
			}
			var a, b []float64
			var n []int64
			for pair, count := range counted {
				// A pair may come in parts, and even without any row.
				a, b, n = append(a, pair[0], pair[0], pair[0]), append(b, pair[1], pair[1], pair[1]), append(n, 1, count-1, 0)
			}
			got, err := KendallTauBCounts(a, b, n)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("%d and %d: %+v, want %+v", i, j, got, want)
			}
		}
	}
	none, err := KendallTauBCounts(nil, nil, nil)
	want, _ := KendallTauB(nil, nil)
	if err != nil || fmt.Sprint(none) != fmt.Sprint(want) {
		t.Errorf("of nothing: %+v, %v; want %+v", none, err, want)
	}
	if _, err := KendallTauBCounts([]float64{1}, []float64{1}, []int64{-1}); err == nil {
		t.Error("a negative count is taken")
	}
	if _, err := KendallTauBCounts([]float64{1}, []float64{1}, nil); !errors.Is(err, ErrLengths) {
		t.Errorf("lengths: %v", err)
	}
	if _, err := KendallTauBCounts([]float64{math.NaN()}, []float64{1}, []int64{1}); !errors.Is(err, ErrNotFinite) {
		t.Errorf("NaN: %v", err)
	}
}

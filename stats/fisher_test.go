package stats

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/netanom/netanom/internal/check"
)

// crosstab2 is the table a b / c d.
func crosstab2(t testing.TB, a, b, c, d int64) *Crosstab {
	t.Helper()
	table, err := NewCrosstab([]string{"1", "2"}, []string{"1", "2"}, [][]int64{{a, b}, {c, d}})
	if err != nil {
		t.Fatal(err)
	}
	return &table
}

// R 4.2.2 fisher.test and SciPy 1.10.1 fisher_exact for p, and the tea tasting of R. A. Fisher (1935), chapter II:
// p = 34/70 two-sided and 17/70 one-sided.
func TestFisher(t *testing.T) {
	for _, c := range []struct {
		a, b, c, d         int64
		both, less, higher float64
	}{
		{3, 1, 1, 3, 34. / 70, 69. / 70, 17. / 70},
		{2, 10, 15, 3, 0.00053672411914344, 0.00046518094336291, math.NaN()},
		{0, 7, 8, 3, 0.004022121669180492, 0.003770739064856712, 1},
		{100, 2, 1000, 5, 0.1300759363430016, math.NaN(), math.NaN()},
	} {
		for _, side := range []struct {
			alternative Alternative
			want        float64
		}{{TwoSided, c.both}, {Less, c.less}, {Greater, c.higher}} {
			r, err := FisherTest(crosstab2(t, c.a, c.b, c.c, c.d), side.alternative, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			if !math.IsNaN(side.want) && !check.Near(r.P, side.want, 1e-10, 0) {
				t.Errorf("%v %v: p = %.15g, want %.15g", c, side.alternative, r.P, side.want)
			}
		}
	}
}

// binomial returns n choose k.
func binomial(n, k int64) *big.Float {
	return new(big.Float).SetPrec(400).SetInt(new(big.Int).Binomial(n, k))
}

// tailUnder returns P(X ≤ x) and the mean under odds, in 400 bits.
func tailUnder(h hypergeometric, odds float64, x int64) (lower, mean float64) {
	prec := func() *big.Float { return new(big.Float).SetPrec(400) }
	low, high := h.bounds()
	total, below, first := prec(), prec(), prec()
	power := prec().SetInt64(1)
	for k := low; k <= high; k++ {
		w := prec().Mul(binomial(h.col, k), binomial(h.n-h.col, h.row-k))
		w.Mul(w, power)
		total.Add(total, w)
		first.Add(first, prec().Mul(w, prec().SetInt64(k)))
		if k <= x {
			below.Add(below, w)
		}
		power.Mul(power, prec().SetFloat64(odds))
	}
	lower, _ = below.Quo(below, total).Float64()
	mean, _ = first.Quo(first, total).Float64()
	return lower, mean
}

// The bounds are what they are defined to be: the odds at which each one-sided
// p-value is (1−level)/2, and the estimate that under which the mean is the count.
func TestOddsIntervalDefinition(t *testing.T) {
	for _, c := range [][4]int64{{3, 1, 1, 3}, {200, 7, 8, 300}, {28, 21, 6, 1957}, {2, 10, 15, 3}, {0, 5, 1, 4}} {
		r, err := FisherTest(crosstab2(t, c[0], c[1], c[2], c[3]), TwoSided, 0.99)
		if err != nil {
			t.Fatal(err)
		}
		h := hypergeometric{c[0] + c[1], c[0] + c[2], c[0] + c[1] + c[2] + c[3]}
		if lower, _ := tailUnder(h, r.CI.High, c[0]); !check.Near(lower, 0.005, 1e-10, 0) {
			t.Errorf("%v: P(X ≤ x) at the upper bound is %v, want 0.005", c, lower)
		}
		if r.CI.Low == 0 {
			continue
		}
		if lower, _ := tailUnder(h, r.CI.Low, c[0]-1); !check.Near(1-lower, 0.005, 1e-9, 0) {
			t.Errorf("%v: P(X ≥ x) at the lower bound is %v, want 0.005", c, 1-lower)
		}
		if _, mean := tailUnder(h, r.Estimate.Value, c[0]); !check.Near(mean, float64(c[0]), 1e-10, 0) {
			t.Errorf("%v: the mean at the estimate is %v", c, mean)
		}
	}
}

// The tails of large tables against sums of exact integers.
func TestHypergeometricTails(t *testing.T) {
	for _, c := range []struct {
		h hypergeometric
		x int64
	}{
		{hypergeometric{500, 800, 2000}, 350}, {hypergeometric{500, 800, 2000}, 120}, {hypergeometric{500, 800, 2000}, 200},
		{hypergeometric{900, 700, 3000}, 560}, {hypergeometric{1, 5, 100}, 1}, {hypergeometric{90, 95, 100}, 86},
	} {
		low, _ := c.h.bounds()
		sum, total := new(big.Int), new(big.Int).Binomial(c.h.n, c.h.row)
		for k := low; k <= c.x; k++ {
			sum.Add(sum, new(big.Int).Mul(new(big.Int).Binomial(c.h.col, k), new(big.Int).Binomial(c.h.n-c.h.col, c.h.row-k)))
		}
		lower := logRatio(sum, total)
		upper := logRatio(new(big.Int).Sub(total, sum), total)
		if got := c.h.logLower(c.x); !check.Near(got, lower, 1e-11, 1e-15) {
			t.Errorf("%+v: log P(X ≤ %d) = %.17g, want %.17g", c.h, c.x, got, lower)
		}
		if got := c.h.logUpper(c.x + 1); !check.Near(got, upper, 1e-11, 1e-15) {
			t.Errorf("%+v: log P(X > %d) = %.17g, want %.17g", c.h, c.x, got, upper)
		}
	}
}

// logRatio returns log(a/b), to a few units of the last place.
func logRatio(a, b *big.Int) float64 {
	q := new(big.Float).SetPrec(200).Quo(new(big.Float).SetInt(a), new(big.Float).SetInt(b))
	if q.Sign() == 0 {
		return math.Inf(-1)
	}
	if f, _ := q.Float64(); f > 0.5 {
		rest, _ := new(big.Float).Sub(q, big.NewFloat(1)).Float64()
		return math.Log1p(rest)
	}
	mantissa := new(big.Float)
	exponent := q.MantExp(mantissa)
	m, _ := mantissa.Float64()
	return math.Log(m) + float64(exponent)*math.Ln2
}

func TestDrawnMargins(t *testing.T) {
	h := hypergeometric{40, 30, 100}
	rng := rand.New(rand.NewPCG(2, 0))
	var m Moments
	for range 20000 {
		x := h.draw(rng)
		if low, high := h.bounds(); x < low || x > high {
			t.Fatalf("drew %d outside %d to %d", x, low, high)
		}
		m.Add(float64(x))
	}
	// Mean 12 and variance 12·0.6·70/99.
	if math.Abs(m.Mean-12) > 0.1 || math.Abs(m.Variance()-5.0909) > 0.25 {
		t.Errorf("mean %v and variance %v, want 12 and 5.09", m.Mean, m.Variance())
	}
}

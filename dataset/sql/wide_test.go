package sql

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/netanom/netanom/internal/check"
	"github.com/netanom/netanom/stats"
)

// wideColumns are numbers of kinds that make trouble.
func wideColumns() map[string][]float64 {
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(n int, f func(i int) float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = f(i)
		}
		return x
	}
	return map[string][]float64{
		"one":          {3},
		"two":          {-1, 1},
		"constant":     draw(1000, func(int) float64 { return 0.1 }),
		"few":          draw(5000, func(i int) float64 { return float64(i % 3) }),
		"uniform":      draw(20000, func(int) float64 { return r.Float64() }),
		"heavy":        draw(20000, func(int) float64 { return math.Floor(math.Exp(7 * r.NormFloat64())) }),
		"magnitudes":   draw(20000, func(int) float64 { return math.Pow(10, 600*r.Float64()-300) }),
		"both signs":   draw(20000, func(int) float64 { return math.Copysign(math.Pow(10, 600*r.Float64()-300), r.Float64()-0.5) }),
		"offset":       draw(20000, func(int) float64 { return 1e15 + float64(r.IntN(5)) }),
		"times":        draw(20000, func(int) float64 { return 1.7e9 + 1e-3*float64(r.IntN(1e8)) }),
		"outliers":     append(draw(20000, func(int) float64 { return r.NormFloat64() }), 1e300, -1e300),
		"limits":       {-math.MaxFloat64, math.MaxFloat64, 0, 1, -1, math.SmallestNonzeroFloat64},
		"neighbours":   draw(5000, func(int) float64 { return 1 + 0x1p-52*float64(r.IntN(4)) }),
		"beside a gap": append(draw(3000, func(int) float64 { return 0 }), math.Nextafter(1e300, 0), 1e300, 1e300),
		"tiny":         draw(5000, func(int) float64 { return 5e-324 * float64(r.IntN(50)) }),
	}
}

// binsOf is what a server answers: the bins of the numbers in the spans.
func binsOf(x []float64, spans []span, keyOf func(x float64) float64) []bin {
	bins := map[float64]*bin{}
	for _, v := range x {
		if !slices.ContainsFunc(spans, func(s span) bool { return v >= s.a && v <= s.b }) {
			continue
		}
		k := keyOf(v)
		if bins[k] == nil {
			bins[k] = &bin{min: v, max: v}
		}
		b := bins[k]
		b.n, b.min, b.max = b.n+1, min(b.min, v), max(b.max, v)
	}
	var out []bin
	for _, b := range bins {
		out = append(out, *b)
	}
	return out
}

// keyOfSpans is what binOf asks the server for.
func keyOfSpans(spans []span, round int) func(float64) float64 {
	even := round < 2 || round%2 == 1
	for _, s := range spans {
		even = even && s.width() > 0
	}
	if !even {
		bounds := keyBounds(spans)
		return func(x float64) float64 { return float64(sort.SearchFloat64s(bounds, x)) }
	}
	const each = 64
	return func(x float64) float64 {
		i := slices.IndexFunc(spans, func(s span) bool { return x <= s.b })
		w := spans[i].width() / each
		if x < spans[i].a+w {
			return float64(i * (each + 2))
		}
		return float64(i*(each+2)) + math.Floor((x-spans[i].a)/w)
	}
}

func TestRankSearchFindsTheQuantiles(t *testing.T) {
	p := []float64{0, 0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1, -1, 2, math.NaN()}
	for name, x := range wideColumns() {
		t.Run(name, func(t *testing.T) {
			s := newRankSearch(int64(len(x)), slices.Min(x), slices.Max(x), p)
			round := 0
			for ; len(s.open) > 0; round++ {
				if round == 100 {
					t.Fatal("the search does not end")
				}
				if !s.narrow(binsOf(x, s.open, keyOfSpans(s.open, round))) {
					t.Fatal("the bins do not hold what the spans did")
				}
			}
			got, err := s.quantiles(p)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(x)
			for i, want := range stats.Quantiles(x, p...) {
				check.Close(t, fmt.Sprintf("quantile %v", p[i]), got[i], want, 0)
			}
			t.Logf("%d rounds", round)
		})
	}
}

// Even a key that is not in the order of the numbers does no harm.
func TestRankSearchWithAnUnorderedKey(t *testing.T) {
	x := wideColumns()["uniform"]
	s := newRankSearch(int64(len(x)), slices.Min(x), slices.Max(x), []float64{0.5})
	for round := range 3 {
		fold := math.Pow(10, float64(round+1))
		s.narrow(binsOf(x, s.open, func(x float64) float64 { return math.Mod(math.Floor(x*fold*10), 2*fold) }))
	}
	for round := 3; len(s.open) > 0; round++ {
		s.narrow(binsOf(x, s.open, func(x float64) float64 { return x }))
	}
	got, _ := s.quantiles([]float64{0.5})
	slices.Sort(x)
	check.Close(t, "median", got[0], stats.Quantiles(x, 0.5)[0], 0)
}

func TestRankSearchNoticesOtherRows(t *testing.T) {
	x := wideColumns()["uniform"]
	s := newRankSearch(int64(len(x)), slices.Min(x), slices.Max(x), []float64{0.5})
	if s.narrow(binsOf(x[1:], s.open, math.Floor)) {
		t.Error("a row that is gone was not noticed")
	}
}

func TestNumberKeysKeepTheOrder(t *testing.T) {
	x := []float64{-math.MaxFloat64, -1e300, -1, -1e-300, -5e-324, 0, 5e-324, 1e-300, 1, 1e300, math.MaxFloat64}
	for i, v := range x {
		if got := keyNumber(numberKey(v)); got != v {
			t.Errorf("%v came back as %v", v, got)
		}
		if i > 0 && numberKey(x[i-1]) >= numberKey(v) {
			t.Errorf("the key of %v is not below that of %v", x[i-1], v)
		}
	}
}

// sumsAbout adds up the powers of shifted numbers as a server does, which leaves out
// faint ones.
func sumsAbout(x []float64, by shift) powers {
	p := powers{n: int64(len(x))}
	for _, v := range x {
		d := math.Ldexp(v, -by.exp) - math.Ldexp(by.at, -by.exp)
		if math.Abs(d) < faint {
			d = 0
		}
		p.s1, p.s2, p.s3, p.s4 = p.s1+d, p.s2+d*d, p.s3+d*d*d, p.s4+(d*d)*(d*d)
	}
	return p
}

func TestPowersGiveTheMoments(t *testing.T) {
	for name, x := range wideColumns() {
		t.Run(name, func(t *testing.T) {
			within := spread{n: int64(len(x)), min: slices.Min(x), max: slices.Max(x)}
			for _, v := range x {
				within.mean += min(max(v, -1e280), 1e280) / float64(len(x))
			}
			by := within.shift()
			p := sumsAbout(x, by)
			for round := 0; round < mostShifts; round++ {
				mean, fine := p.mean(by)
				if fine {
					break
				}
				by.at = mean
				p = sumsAbout(x, by)
			}
			got := p.moments(within, by)
			want, err := stats.MomentsOf(x)
			if err != nil {
				t.Fatal(err)
			}
			sd := want.SD()
			if got.N != want.N || got.Min != within.min || got.Max != within.max {
				t.Errorf("n, min, max = %d, %v, %v, want %d, %v, %v", got.N, got.Min, got.Max, want.N, within.min, within.max)
			}
			if !check.Near(got.Mean, want.Mean, 1e-13, 1e-13*sd) {
				t.Errorf("mean = %v, want %v", got.Mean, want.Mean)
			}
			check.Close(t, "M2", got.M2, want.M2, 1e-12)
			check.Close(t, "M4", got.M4, want.M4, 1e-12)
			if !check.Near(got.M3, want.M3, 1e-12, 1e-12*math.Abs(want.M2)*sd) { // which may cancel
				t.Errorf("M3 = %v, want %v", got.M3, want.M3)
			}
		})
	}
}

// Sums about a value that is far off are asked for again.
func TestPowersSayThatTheShiftIsFarOff(t *testing.T) {
	x := []float64{1, 2, 3, 4}
	if _, fine := sumsAbout(x, shift{at: 1000}).mean(shift{at: 1000}); fine {
		t.Error("sums about 1000 of numbers from 1 to 4 were taken for good")
	}
	mean, fine := sumsAbout(x, shift{at: 2}).mean(shift{at: 2})
	if !fine || mean != 2.5 {
		t.Errorf("mean %v, fine %v, want 2.5, true", mean, fine)
	}
}

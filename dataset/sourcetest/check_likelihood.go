package sourcetest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// CheckLikelihood holds an engine that is dataset.Likely to what the rows that it should have
// add up to. Check does so, too.
func CheckLikelihood(t testing.TB, engine dataset.Likely, want *dataset.Table) {
	t.Helper()
	c := &checker{TB: t, src: engine, engine: engine, want: want}
	c.sort()
	c.likelihoods()
}

// likelihoods compares what an engine adds up for regressions with what a counted table does.
func (c *checker) likelihoods() {
	c.Helper()
	engine, ok := c.engine.(dataset.Likely)
	if !ok {
		return
	}
	all := slices.Concat(c.levels, c.numbers)
	n, err := engine.Different(context.Background(), all)
	c.must("Different", err)
	w, _ := Counted(c.want).(dataset.Likely).Different(context.Background(), all)
	if off := math.Abs(float64(n - w)); n >= 0 && off > 0.05*float64(w)+1 {
		c.Errorf("%d rows differ, want %d", n, w)
	}
	for k, q := range c.regressions() {
		what := fmt.Sprintf("regression %d: ", k)
		got, err := engine.Likelihood(context.Background(), q)
		c.must(what, err)
		want, err := Counted(c.want).(dataset.Likely).Likelihood(context.Background(), q)
		c.must(what, err)
		if want.Undefined != nil {
			got.Missing, got.Outside = 0, 0 // which need not be known
		}
		if got.Rows != want.Rows || got.Missing != want.Missing || got.Outside != want.Outside || got.Full != want.Full || !slices.Equal(got.Undefined, want.Undefined) {
			c.Errorf("%s%d rows, %d missing, %d outside, full %v, undefined %d, want %d, %d, %d, %v, %d", what, got.Rows, got.Missing, got.Outside, got.Full, got.Undefined,
				want.Rows, want.Missing, want.Outside, want.Full, want.Undefined)
		}
		if want.LogitAdder == nil || len(want.Ones) == 0 {
			continue
		}
		if !slices.EqualFunc(got.Levels, want.Levels, slices.Equal) || !slices.Equal(got.Ones, want.Ones) || !slices.Equal(got.Zeros, want.Zeros) {
			c.Errorf("%spatterns %q of %d and %d, want %q of %d and %d", what, got.Levels, got.Ones, got.Zeros, want.Levels, want.Ones, want.Zeros)
			continue
		}
		for i, w := range want.Quantities {
			g := got.Quantities[i]
			if g.N != w.N || g.Min != w.Min && !near12(g.Min, w.Min) || g.Max != w.Max && !near12(g.Max, w.Max) {
				c.Errorf("%squantity %d: %d from %v to %v, want %d from %v to %v", what, i, g.N, g.Min, g.Max, w.N, w.Min, w.Max)
			}
			c.near(what+"mean", g.Mean, w.Mean, w.SD())
			c.near(what+"variance", g.Variance(), w.Variance(), 0)
		}
		c.sameSums(what, got, want)
	}
}

func near12(a, b float64) bool { return math.Abs(a-b) <= tolerance*math.Abs(b) }

// regressions are of every class of column, with what may go wrong: levels of all kinds,
// numbers of all sizes, no rows, and numbers without logarithm.
func (c *checker) regressions() (out []dataset.LikelihoodQuery) {
	for k, class := range slices.Concat(c.levels, c.numbers) {
		q := dataset.LikelihoodQuery{Class: c.halves(class), Most: 200}
		if len(c.levels) > 0 && k > 0 {
			if key := c.levels[(k-1)%len(c.levels)]; key != class {
				q.Keys = []int{key}
			}
		}
		for _, number := range c.numbers[k%len(c.numbers):] {
			if number != class && len(q.Quantities) < 2+k%2 {
				q.Quantities = append(q.Quantities, []dataset.Factor{{Column: number, Function: dataset.FactorFunction(2 * (number % 2))}})
			}
		}
		out = append(out, q)
	}
	for _, number := range c.numbers {
		if c.narrow(number) {
			continue
		}
		q := dataset.LikelihoodQuery{Class: c.halves(c.numbers[0]), Keys: c.levels[:min(2, len(c.levels))], Most: 3}
		q.Quantities = [][]dataset.Factor{{{Column: number, Function: dataset.Log1p}}}
		few := q
		q.Most = 1000
		out = append(out, q, few)
	}
	return out
}

// narrow reports whether the logarithms of a column differ by no more than roundings.
func (c *checker) narrow(column int) bool {
	x, err := c.want.Floats(column)
	c.must("the cells", err)
	m, _ := stats.MomentsOf(slices.DeleteFunc(x, math.IsNaN)) // which are finite
	return m.SD() < 1e-3*math.Abs(m.Mean)
}

// halves are two classes of a column: those of its first cells.
func (c *checker) halves(column int) (h dataset.Halves) {
	h.Column = column
	if slices.Contains(c.levels, column) {
		levels := c.want.Schema().Columns[column].Dict.Levels()
		slices.Sort(levels)
		h.Levels[1] = levels[:min(len(levels), 1+len(levels)/2)]
		if column%2 == 0 && len(levels) > 2 {
			h.Levels[0] = levels[len(levels)-1:]
		}
		return h
	}
	x, err := c.want.Floats(column)
	c.must("the cells", err)
	x = slices.DeleteFunc(x, math.IsNaN)
	h.Numbers[1] = x[:min(len(x), 40)]
	return h
}

// sameSums compares sums at some places.
func (c *checker) sameSums(what string, got, want *dataset.Likelihood) {
	c.Helper()
	ctx := context.Background()
	by := func(scale float64) [][]float64 {
		out := make([][]float64, len(want.Ones))
		for i := range out {
			out[i] = []float64{scale * float64(i%5-2)}
			for k := range want.Quantities {
				out[i] = append(out[i], scale*(0.3-0.2*float64(k)+0.1*float64(i%3*k)))
			}
		}
		return out
	}
	gone := []stats.LogitMargin{{At: by(40), Direction: by(-1), Limit: 0.01}}
	for weight := stats.InformationWeight; weight <= stats.SquareWeight; weight++ {
		for _, at := range []stats.LogitPlace{{By: by(1), Weight: weight}, {By: by(30), Weight: weight, Gone: gone}} {
			g, err := got.Add(ctx, at)
			c.must(what+"Add", err)
			w, err := want.Add(ctx, at)
			c.must(what+"Add", err)
			for i := range w {
				c.sameSum(fmt.Sprintf("%spattern %d, weight %d: ", what, i, weight), weight, &g[i], &w[i])
			}
		}
	}
	at := stats.LogitPlace{By: by(30)}
	low, high, err := got.Margins(ctx, at, by(1))
	c.must(what+"Margins", err)
	wantLow, wantHigh, err := want.Margins(ctx, at, by(1))
	c.must(what+"Margins", err)
	if low != wantLow || high != wantHigh {
		c.near(what+"lowest margin", low, wantLow, 1)
		c.near(what+"highest margin", high, wantHigh, 1)
	}
	c.sameBins(what, got, want, stats.LogitPlace{By: by(1), Gone: gone})
}

// sameSum compares the sums of a pattern.
func (c *checker) sameSum(what string, weight stats.LogitWeight, got, want *stats.LogitSum) {
	c.Helper()
	n := float64(want.Ones + want.Zeros)
	if got.Ones != want.Ones || got.Zeros != want.Zeros {
		c.Errorf("%s%d and %d rows, want %d and %d", what, got.Ones, got.Zeros, want.Ones, want.Zeros)
	}
	if weight == stats.InformationWeight {
		c.near(what+"log likelihood", got.LogLik, want.LogLik, n)
		for k := range want.Score {
			c.near(what+"score", got.Score[k], want.Score[k], 30*n)
		}
	}
	for k := range want.Products {
		c.near(what+"product", got.Products[k], want.Products[k], 1000*n)
	}
}

// sameBins compares bins. A row may be in the one beside, by rounding, and so is a share.
func (c *checker) sameBins(what string, got, want *dataset.Likelihood, at stats.LogitPlace) {
	c.Helper()
	o := stats.LogitBinning{Bins: 40, Center: 0.1, Width: 0.01, Cut: 0.2}
	g, err := got.Bins(context.Background(), at, o)
	c.must(what+"Bins", err)
	w, err := want.Bins(context.Background(), at, o)
	c.must(what+"Bins", err)
	total := func(bins []stats.LogitBin) (sum stats.LogitBin) {
		for _, b := range bins {
			sum.Ones, sum.Zeros = sum.Ones+b.Ones, sum.Zeros+b.Zeros
			sum.OneProbs, sum.ZeroProbs, sum.Squares = sum.OneProbs+b.OneProbs, sum.ZeroProbs+b.ZeroProbs, sum.Squares+b.Squares
		}
		return sum
	}
	a, b := total(g), total(w)
	if a.Ones != b.Ones || a.Zeros != b.Zeros || len(g) != len(w) {
		c.Errorf("%s%d bins of %d and %d rows, want %d of %d and %d", what, len(g), a.Ones, a.Zeros, len(w), b.Ones, b.Zeros)
		return
	}
	c.near(what+"probabilities", a.OneProbs, b.OneProbs, 0)
	c.near(what+"probabilities", a.ZeroProbs, b.ZeroProbs, 0)
	c.near(what+"squares", a.Squares, b.Squares, 0)
	for i := range w {
		if g[i].Ones+g[i].Zeros != w[i].Ones+w[i].Zeros {
			c.Errorf("%sbin %d has %d and %d rows, want %d and %d", what, i, g[i].Ones, g[i].Zeros, w[i].Ones, w[i].Zeros)
		}
		c.near(what+"low end", g[i].Low, w[i].Low, 1)
		c.near(what+"high end", g[i].High, w[i].High, 1)
	}
}

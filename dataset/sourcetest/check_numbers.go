package sourcetest

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/dataset"
	"github.com/netanom/netanom/stats"
)

// probabilities of the quantiles that are compared.
var probabilities = []float64{0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1}

// wide compares the summaries of all columns of numbers with those of their values
// at hand.
func (c *checker) wide() {
	c.Helper()
	got, err := c.engine.Wide(context.Background(), c.numbers, probabilities)
	c.must("Wide", err)
	if len(got) != len(c.numbers) {
		c.Fatalf("Wide describes %d columns, want %d", len(got), len(c.numbers))
	}
	for k, i := range c.numbers {
		x, err := c.want.Floats(i)
		c.must("Wide", err)
		rows := len(x)
		x = slices.DeleteFunc(x, math.IsNaN)
		m, err := stats.MomentsOf(x)
		c.must("Wide", err)
		what, g := fmt.Sprintf("Wide of %q: ", c.name(i)), got[k]
		if g.Moments.N != int64(len(x)) || g.Missing != int64(rows-len(x)) {
			c.Errorf("%s%d values and %d missing, want %d and %d", what, g.Moments.N, g.Missing, len(x), rows-len(x))
			continue
		}
		c.sameMoments(what, g.Moments, m)
		slices.Sort(x)
		for q, w := range stats.Quantiles(x, probabilities...) {
			if g.Quantiles[q] != w && !(w != w && g.Quantiles[q] != g.Quantiles[q]) {
				c.Errorf("%squantile %v = %.17g, want %.17g", what, probabilities[q], g.Quantiles[q], w)
			}
		}
		c.sameSigns(what, &g, x)
	}
}

// sameSigns compares the counts of zeros, negative and different numbers with
// those of the sorted values.
func (c *checker) sameSigns(what string, g *dataset.WideSummary, x []float64) {
	c.Helper()
	var zeros, negatives int64
	for _, v := range x {
		if v == 0 {
			zeros++
		} else if v < 0 {
			negatives++
		}
	}
	distinct := int64(len(slices.Compact(x)))
	if g.Zeros != zeros || g.Negatives != negatives {
		c.Errorf("%s%d zeros and %d negative, want %d and %d", what, g.Zeros, g.Negatives, zeros, negatives)
	}
	if off := math.Abs(float64(g.Distinct - distinct)); g.Exact && off > 0 || off > 0.05*float64(distinct)+1 {
		c.Errorf("%s%d different values (exactly: %v), want %d", what, g.Distinct, g.Exact, distinct)
	}
}

func (c *checker) sameMoments(what string, got, want stats.Moments) {
	c.Helper()
	if got.N == 0 {
		return
	}
	if got.Min != want.Min || got.Max != want.Max {
		c.Errorf("%sfrom %v to %v, want %v to %v", what, got.Min, got.Max, want.Min, want.Max)
	}
	c.near(what+"mean", got.Mean, want.Mean, want.SD())
	c.near(what+"variance", got.Variance(), want.Variance(), 0)
	c.near(what+"skewness", got.MomentSkewness(), want.MomentSkewness(), math.Sqrt(want.MomentKurtosis()+3))
	c.near(what+"kurtosis", got.MomentKurtosis(), want.MomentKurtosis(), want.MomentKurtosis()+3)
}

// comoments compares the pairs of all columns of numbers, and of their ranks.
func (c *checker) comoments() {
	c.Helper()
	plain := measuredOf(c.numbers)
	ranked := measuredOf(c.numbers)
	for k := range ranked {
		x, err := c.want.Floats(ranked[k].Column)
		c.must("Comoments", err)
		tally, err := stats.TallyOf(slices.DeleteFunc(x, math.IsNaN))
		c.must("Comoments", err)
		below := int64(0)
		for v, value := range tally.Values {
			n := tally.Counts[0][v]
			ranked[k].From = append(ranked[k].From, value)
			ranked[k].To = append(ranked[k].To, float64(below)+float64(n+1)/2)
			below += n
		}
	}
	mixed := slices.Concat(plain[:len(plain)/2], ranked[len(ranked)/2:])
	for what, columns := range map[string][]dataset.Measured{"values": plain, "ranks": ranked, "both": mixed, "one": plain[:1], "none": nil} {
		got, err := c.engine.Comoments(context.Background(), columns)
		c.must("Comoments of "+what, err)
		if n := len(columns) * (len(columns) - 1) / 2; len(got) != n {
			c.Errorf("Comoments of %s: %d pairs of %d columns, want %d", what, len(got), len(columns), n)
			continue
		}
		for j := range columns {
			for i := range j {
				c.sameComoments(fmt.Sprintf("Comoments of %s, %q and %q: ", what, c.name(columns[i].Column), c.name(columns[j].Column)), columns[i], columns[j], got[j*(j-1)/2+i])
			}
		}
	}
}

// sameComoments compares one pair.
func (c *checker) sameComoments(what string, a, b dataset.Measured, got stats.Comoments) {
	c.Helper()
	x, err := measured(c.want, a)
	c.must(what, err)
	y, err := measured(c.want, b)
	c.must(what, err)
	want, err := stats.ComomentsOf(context.Background(), complete(x, y), 1)
	c.must(what, err)
	if got.N() != want.N() {
		c.Errorf("%s%d rows, want %d", what, got.N(), want.N())
		return
	}
	if got.N() == 0 {
		return
	}
	sd := func(i int) float64 { return math.Sqrt(want.CrossProduct(i, i) / float64(want.N())) }
	for i := range 2 {
		c.near(fmt.Sprintf("%smean %d", what, i), got.Mean(i), want.Mean(i), sd(i))
		for j := range 2 {
			c.near(fmt.Sprintf("%scross-product %d,%d", what, i, j), got.CrossProduct(i, j), want.CrossProduct(i, j), float64(want.N())*sd(i)*sd(j))
		}
	}
}

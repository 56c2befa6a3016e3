package stats

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/netanom/netanom/internal/parallel"
)

// correlationColumn is a column and what is known of it.
type correlationColumn struct {
	values   []float64 // divided by 2^exp
	exp      int
	complete bool         // no value is missing
	order    orderNumbers // for Kendall only
	slot     int          // its place in the common sums, apart if it is not there
}

// apart marks a column whose pairs are computed one by one.
const apart = -1

// correlator fills a correlation matrix.
type correlator struct {
	ctx     context.Context
	options CorrelationOptions
	columns []correlationColumn
	sums    Comoments // of the columns that have a slot
	matrix  *CorrelationMatrix
}

// run computes all pairs: those of columns in the common sums are read off there,
// the others follow one by one.
func (c *correlator) run(cols [][]float64) error {
	for _, col := range cols {
		c.columns = append(c.columns, correlationColumn{values: col, complete: true, slot: apart})
	}
	var err error
	switch c.options.Method {
	case Kendall:
		err = c.orderAll()
	case Spearman:
		err = c.sumRanks()
	default:
		err = c.sumValues(cols)
	}
	if err != nil {
		return err
	}
	var rest [][2]int
	for j, b := range c.columns {
		for i, a := range c.columns[:j+1] {
			if a.slot != apart && b.slot != apart {
				c.set(i, j, c.momentPair(&c.sums, a.slot, b.slot, 0))
			} else {
				rest = append(rest, [2]int{i, j})
			}
		}
	}
	return parallel.Do(c.ctx, len(rest), c.options.Workers, func() func(int) {
		return func(p int) { c.set(rest[p][0], rest[p][1], c.correlate(rest[p][0], rest[p][1])) }
	})
}

// sumValues sums up all columns without a look at their values first: the sums
// tell which columns need one. The others have a slot.
func (c *correlator) sumValues(cols [][]float64) error {
	var err error
	if c.sums, err = sumColumns(c.ctx, cols, c.options.Workers); err != nil {
		return err
	}
	sound := func(i int) bool {
		// Far enough inside the range of float64 for each product to be there too.
		s := c.sums.CrossProduct(i, i)
		return s > 0x1p-800 && s < 0x1p900
	}
	if err := c.inspect(func(i int) bool { return !sound(i) }); err != nil {
		return err
	}
	for i := range c.columns {
		if col := &c.columns[i]; col.complete && col.exp == 0 {
			col.slot = i
		}
	}
	return nil
}

// sumRanks gives complete columns a slot and sums up their midranks.
func (c *correlator) sumRanks() error {
	if err := c.inspect(func(int) bool { return true }); err != nil {
		return err
	}
	var complete []int
	for i := range c.columns {
		if c.columns[i].complete {
			c.columns[i].slot = len(complete)
			complete = append(complete, i)
		}
	}
	ranks := make([][]float64, len(complete))
	err := parallel.Do(c.ctx, len(ranks), c.options.Workers, func() func(int) {
		return func(slot int) { ranks[slot] = Midranks(c.columns[complete[slot]].values) }
	})
	if err != nil {
		return err
	}
	c.sums, err = sumColumns(c.ctx, ranks, c.options.Workers)
	return err
}

// orderAll numbers the values of each column once for all its pairs.
func (c *correlator) orderAll() error {
	if err := c.inspect(func(int) bool { return true }); err != nil {
		return err
	}
	return parallel.Do(c.ctx, len(c.columns), c.options.Workers, func() func(int) {
		return func(i int) { c.columns[i].order = newOrderNumbers(c.columns[i].values) }
	})
}

// inspect looks over the values of the columns that suspect picks out. The error
// names the first column with an infinity.
func (c *correlator) inspect(suspect func(i int) bool) error {
	infinite := make([]bool, len(c.columns))
	err := parallel.Do(c.ctx, len(c.columns), c.options.Workers, func() func(int) {
		return func(i int) {
			if suspect(i) {
				infinite[i] = c.columns[i].inspect(c.options.Method == Pearson)
			}
		}
	})
	if i := slices.Index(infinite, true); i >= 0 {
		return fmt.Errorf("correlation of %s: %w", c.matrix.Names[i], ErrNotFinite)
	}
	return err
}

// inspect looks for missing values, which are NaN, and infinities, and brings
// values whose squares would leave the range of float64 back into it on request.
func (col *correlationColumn) inspect(rescale bool) (infinite bool) {
	largest := 0.0
	for _, v := range col.values {
		if a := math.Abs(v); !(a <= largest) {
			switch {
			case math.IsNaN(a):
				col.complete = false
			case math.IsInf(a, 1):
				return true
			default:
				largest = a
			}
		}
	}
	if !rescale || largest == 0 {
		return false
	}
	if col.exp = powerRange(-largest, largest); col.exp != 0 {
		scaled := make([]float64, len(col.values))
		for i, v := range col.values {
			scaled[i] = math.Ldexp(v, -col.exp)
		}
		col.values = scaled
	}
	return false
}

// correlate computes one pair over the rows complete in both columns.
func (c *correlator) correlate(i, j int) correlationPair {
	a, b := &c.columns[i], &c.columns[j]
	if c.options.Method == Kendall {
		tau := tauOf(a.order, b.order)
		return correlationPair{n: tau.N, r: tau.Tau, covariance: math.NaN(), tau: tau}
	}
	x, y := a.values, b.values
	if !a.complete || !b.complete {
		pair := completeRows([][]float64{x, y})
		x, y = pair[0], pair[1]
	}
	if c.options.Method == Spearman {
		x, y = Midranks(x), Midranks(y)
	}
	sums, err := ComomentsOf(c.ctx, [][]float64{x, y}, 1)
	if err != nil {
		return undefinedPair(int64(len(x)))
	}
	if i == j {
		return c.momentPair(&sums, 0, 0, 2*a.exp)
	}
	return c.momentPair(&sums, 0, 1, a.exp+b.exp)
}

// momentPair reads one pair off the sums of columns divided by powers of two
// whose exponents add up to exp.
func (c *correlator) momentPair(sums *Comoments, i, j, exp int) correlationPair {
	p := undefinedPair(sums.N())
	p.r = sums.Correlation(i, j)
	if c.options.Method == Pearson {
		p.covariance = math.Ldexp(sums.Covariance(i, j), exp)
	}
	return p
}

// set stores a pair on both sides of the diagonal.
func (c *correlator) set(i, j int, p correlationPair) {
	k := len(c.columns)
	p.rows = c.matrix.rows
	c.matrix.pairs[i*k+j], c.matrix.pairs[j*k+i] = p, p
}

// completeRows returns the rows of the columns in which no value is NaN. It
// returns the columns themselves when that is all of them.
func completeRows(cols [][]float64) [][]float64 {
	if len(cols) == 0 {
		return cols
	}
	missing, kept := make([]bool, len(cols[0])), len(cols[0])
	for _, col := range cols {
		for row, v := range col {
			if math.IsNaN(v) && !missing[row] {
				missing[row] = true
				kept--
			}
		}
	}
	if kept == len(missing) {
		return cols
	}
	out := make([][]float64, len(cols))
	for c, col := range cols {
		out[c] = make([]float64, 0, kept)
		for row, v := range col {
			if !missing[row] {
				out[c] = append(out[c], v)
			}
		}
	}
	return out
}

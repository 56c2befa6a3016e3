package stats

import (
	"context"
	"fmt"
	"math"
)

// Ranges returns from where to where a quantity goes among the zeros and among the ones.
func (d *LogitSums) Ranges(ctx context.Context, quantity int) (low, high [2]float64, err error) {
	m := &d.Quantities[quantity]
	for class, sign := range classSigns {
		from, to, err := d.Adder.Margins(ctx, LogitPlace{By: d.sure(sign)}, d.along(quantity, sign, 0))
		if err != nil {
			return low, high, err
		}
		low[class], high[class] = valueOf(m, from), valueOf(m, to)
	}
	return low, high, nil
}

// valueOf returns the value of a quantity at a z: 0, and the ends of its range, without the
// rounding of the way.
func valueOf(m *Moments, z float64) float64 {
	x := m.Mean + z*LogitUnit(m)
	for _, exact := range []float64{0, m.Min, m.Max} {
		if math.Abs(x-exact) <= 1e-12*(math.Abs(m.Mean)+LogitUnit(m)) {
			return exact
		}
	}
	return x
}

// Beyond returns how many zeros and ones have a quantity above a limit, or, for a side of
// −1, below it. What differs from it by no more than rounding is not beyond it.
func (d *LogitSums) Beyond(ctx context.Context, quantity int, limit, side float64) (n [2]int64, err error) {
	const rounding = 1e-9
	m := &d.Quantities[quantity]
	at := (limit - m.Mean) / LogitUnit(m)
	for class, sign := range classSigns {
		gone := LogitMargin{At: d.sure(sign), Direction: d.along(quantity, sign*side, -sign*side*at), Limit: rounding * (1 + max(at, -at))}
		sums, err := d.Adder.Add(ctx, LogitPlace{By: d.sure(0), Weight: UnitWeight, Gone: []LogitMargin{gone}})
		if err != nil {
			return n, err
		}
		if len(sums) != len(d.Ones) {
			return n, fmt.Errorf("sums of %d patterns, of %d: %w", len(sums), len(d.Ones), ErrLengths)
		}
		for i := range sums {
			n[class] += [2]int64{d.Zeros[i] - sums[i].Zeros, d.Ones[i] - sums[i].Ones}[class]
		}
	}
	return n, nil
}

// classSigns are where margins have the zeros and the ones on their right side.
var classSigns = [2]float64{-1, 1}

// sure is a place at which the rows of one class are certain, and no others.
func (d *LogitSums) sure(sign float64) [][]float64 {
	const certain = 2 * LogitCertainty
	return d.constant(sign*certain, 0, 0)
}

// along is the direction of a quantity.
func (d *LogitSums) along(quantity int, slope, offset float64) [][]float64 {
	return d.constant(offset, quantity+1, slope)
}

// constant is the same in all patterns.
func (d *LogitSums) constant(intercept float64, z int, slope float64) [][]float64 {
	by := make([]float64, 1+len(d.Quantities))
	by[z] = slope
	by[0] = intercept
	out := make([][]float64, len(d.Ones))
	for i := range out {
		out[i] = by
	}
	return out
}

package stats

import "math"

// A compensated sum carries the rounding errors of its additions in a second
// float64 and so has about 32 digits, whatever cancels. The zero value is 0.
//
// T. Ogita, S. M. Rump and S. Oishi (2005), "Accurate sum and dot product", SIAM
// Journal on Scientific Computing 26, 1955–1988.
type compensated struct {
	sum, rest float64
}

// add returns s + x.
func (s compensated) add(x float64) compensated {
	sum, rest := twoSum(s.sum, x)
	return compensated{sum, s.rest + rest}
}

// addProduct returns s + x·y, with the product taken exactly.
func (s compensated) addProduct(x, y float64) compensated {
	p := float64(x * y) // the conversion forbids fusing
	sum, rest := twoSum(s.sum, p)
	return compensated{sum, s.rest + rest + math.FMA(x, y, -p)}
}

// over returns s/n, with the rest less than half a unit in the last place of the
// sum.
func (s compensated) over(n float64) compensated {
	hi, lo := twoSum(s.sum, s.rest)
	q := hi / n
	sum, rest := twoSum(q, (math.FMA(-q, n, hi)+lo)/n)
	return compensated{sum, rest}
}

// value returns the sum as one float64.
func (s compensated) value() float64 { return s.sum + s.rest }

// twoSum returns the rounded sum of a and b, and its rounding error exactly.
// D. E. Knuth, The Art of Computer Programming, volume 2, section 4.2.2.
func twoSum(a, b float64) (sum, rest float64) {
	sum = a + b
	t := sum - a
	return sum, (a - (sum - t)) + (b - t)
}

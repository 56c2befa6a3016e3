package neural

import "math"

// math.Exp rounds differently on processors with and without fused multiply-add, and
// so would scores. What is computed here does not, and has a vector version.

// Constants of expParts, in the order in which the vector version finds them: the
// lowest argument, log₂e, 1.5·2⁵², ln 2 in two parts (fdlibm, e_exp.c), 1, and 1/i!
// for i from 13 down to 2, the series of e^r, whose rest is below 2⁻⁵⁶ for
// |r| ≤ ½·ln 2.
var expConstants = [...]float64{
	-708, math.Log2E, 3 << 51, 6.93147180369123816490e-01, 1.90821492927058770002e-10, 1,
	1. / 6227020800, 1. / 479001600, 1. / 39916800, 1. / 3628800, 1. / 362880, 1. / 40320,
	1. / 5040, 1. / 720, 1. / 120, 1. / 24, 1. / 6, 1. / 2,
}

// expParts returns s, a power of two, and q, so that eˣ = s·(1+q), for x ≤ 0. An x
// below −708 counts as −708. NaN gives NaN.
func expParts(x float64) (s, q float64) {
	c := &expConstants
	if x < c[0] {
		x = c[0]
	}
	t := math.FMA(x, c[1], c[2]) // rounds to a whole number, which is in the low bits
	n := t - c[2]
	r := math.FMA(-n, c[3], x)
	r = math.FMA(-n, c[4], r)
	p := c[6]
	for _, a := range c[7:] {
		p = math.FMA(p, r, a)
	}
	q = math.FMA(float64(r*r), p, r)
	return math.Float64frombits(math.Float64bits(t)<<52 + math.Float64bits(1)), q
}

// expNegative returns eˣ for x ≤ 0.
func expNegative(x float64) float64 {
	s, q := expParts(x)
	return math.FMA(s, q, s)
}

// logistic returns 1/(1+e⁻ᶻ), to full relative accuracy on both sides down to
// e⁻⁷⁰⁸.
func logistic(z float64) float64 {
	e := expNegative(-math.Abs(z))
	if math.Signbit(z) {
		return e / (1 + e)
	}
	return 1 / (1 + e)
}

// tangent returns the hyperbolic tangent of z, by e⁻²ᶻ−1, which is exact near 0.
func tangent(z float64) float64 {
	s, q := expParts(-2 * math.Abs(z))
	e := math.FMA(s, q, s-1)
	return math.Copysign(-e/(2+e), z)
}

func logisticPortable(x []float64) {
	for i, z := range x {
		x[i] = logistic(z)
	}
}

func tangentPortable(x []float64) {
	for i, z := range x {
		x[i] = tangent(z)
	}
}

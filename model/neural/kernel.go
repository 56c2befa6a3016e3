package neural

import "math"

// The kernels below have a vector version, which makes the same roundings in the
// same order, so that both give the same bits. Products that are added to something
// are fused (math.FMA), or kept apart by a conversion, so that no compiler has a
// choice.

// laneCount is the number of values a vector holds. Widths are rounded up to it, and
// so are the rows that are multiplied together.
const laneCount = 4

// padded rounds up to a multiple of laneCount.
func padded(n int) int { return (n + laneCount - 1) &^ (laneCount - 1) }

// A product is C += A·B, with A of m rows and k columns, B of k rows and n columns,
// m and n being multiples of laneCount. An element of A lies rowA times its row plus
// stepA times its column from the start, so that A may be transposed. Rows of B and
// C lie rowB and rowC apart.
//
// Each element of C grows by one fused multiply-add at a time, in the order of k.
// Its bits depend on nothing else: neither on m nor on n, nor on who computes the
// other elements.
type product struct {
	m, n, k     int
	a           []float64
	rowA, stepA int
	b           []float64
	rowB        int
	c           []float64
	rowC        int
}

func (p *product) addPortable() {
	for i := range p.m {
		c := p.c[i*p.rowC:][:p.n]
		for l := range p.k {
			a, b := p.a[i*p.rowA+l*p.stepA], p.b[l*p.rowB:][:len(c)]
			for j, v := range b {
				c[j] = math.FMA(a, v, c[j])
			}
		}
	}
}

// addPortable adds src to dst.
func addPortable(dst, src []float64) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] += v
	}
}

// rectifyPortable makes negative values 0. NaN stays, so that it is found.
func rectifyPortable(x []float64) {
	for i, v := range x {
		if v < 0 {
			x[i] = 0
		}
	}
}

// gatePortable makes d 0 where the rectified value is not above 0.
func gatePortable(d, value []float64) {
	value = value[:len(d)]
	for i, v := range value {
		if !(v > 0) {
			d[i] = 0
		}
	}
}

// adamRates are what one step of Adam multiplies by, in the order in which the
// vector version finds them.
type adamRates struct {
	alpha   float64 // penalty
	scale   float64 // 1 / rows of the batch
	keep1   float64 // β₁
	take1   float64 // 1 − β₁
	keep2   float64 // β₂
	take2   float64 // 1 − β₂
	rate    float64 // −learning rate, corrected for the steps so far
	epsilon float64
}

// adamPortable moves the weights w against their gradient g, and clears g. The
// moments are m and v.
func adamPortable(w, m, v, g []float64, r *adamRates) {
	m, v, g = m[:len(w)], v[:len(w)], g[:len(w)]
	for i, x := range w {
		d := math.FMA(r.alpha, x, g[i]) * r.scale
		m[i] = math.FMA(r.keep1, m[i], float64(r.take1*d))
		v[i] = math.FMA(r.keep2, v[i], float64(float64(r.take2*d)*d))
		w[i] = x + float64(r.rate*m[i])/(math.Sqrt(v[i])+r.epsilon)
		g[i] = 0
	}
}

package stats

import "math"

// exactMoments is what two compensated passes find of a sample: its moments and
// its sum, both of the values divided by 2^exp. The exponent is 0 unless fourth
// powers of the values would leave the range of float64, so that the standard
// deviation, skewness and kurtosis of values near 1e300 still come out right.
type exactMoments struct {
	Moments
	sum  float64
	rest float64 // what rounding took from Mean
	exp  int
}

// momentsOf returns the moments of the values, each taken counts[i] times, or
// once if counts is nil. The values are finite and the counts positive.
func momentsOf(values []float64, counts []int64) exactMoments {
	if len(values) == 0 {
		return exactMoments{}
	}
	e := exactMoments{Moments: Moments{Min: values[0], Max: values[0]}}
	for i, x := range values {
		e.N += countAt(counts, i)
		e.Min, e.Max = min(e.Min, x), max(e.Max, x)
	}
	e.exp = powerRange(e.Min, e.Max)
	scale := math.Ldexp(1, -e.exp)
	e.Min, e.Max = e.Min*scale, e.Max*scale

	var sum compensated
	for i, x := range values {
		sum = sum.addProduct(x*scale, float64(countAt(counts, i)))
	}
	mean := sum.over(float64(e.N))
	e.sum, e.Mean, e.rest = sum.value(), mean.sum, mean.rest
	if e.Min == e.Max {
		e.Mean, e.rest = e.Min, 0
		return e
	}
	e.M2, e.M3, e.M4 = e.centralSums(values, counts, scale)
	return e
}

// centralSums returns Σd², Σd³ and Σd⁴ of the deviations from the mean. Plain
// sums over short blocks are collected in compensated ones: nearly as exact as
// compensating each addition, at a third of the cost.
func (e exactMoments) centralSums(values []float64, counts []int64, scale float64) (m2, m3, m4 float64) {
	const block = 64
	var sum2, sum3, sum4 compensated
	for start := 0; start < len(values); start += block {
		var s2, s3, s4 float64
		for i := start; i < min(start+block, len(values)); i++ {
			d := (values[i]*scale - e.Mean) - e.rest
			d2 := d * d
			w := d2 * float64(countAt(counts, i))
			s2 += w
			s3 += w * d
			s4 += w * d2
		}
		sum2, sum3, sum4 = sum2.add(s2), sum3.add(s3), sum4.add(s4)
	}
	return sum2.value(), sum3.value(), sum4.value()
}

// deviation returns x − mean in the scaled unit, to the last bits even where the
// mean is large beside it.
func (e exactMoments) deviation(x float64) float64 {
	return (math.Ldexp(x, -e.exp) - e.Mean) - e.rest
}

// countAt returns counts[i], or 1 if there are no counts.
func countAt(counts []int64, i int) int64 {
	if counts == nil {
		return 1
	}
	return counts[i]
}

// powerRange returns the binary exponent to divide by so that fourth powers of
// values between lo and hi, and of differences down to their last bits, stay in
// range; 0 if they do anyway.
func powerRange(lo, hi float64) int {
	_, exp := math.Frexp(math.Max(math.Abs(lo), math.Abs(hi)))
	if -190 < exp && exp < 190 {
		return 0
	}
	return max(-1000, min(exp, 1000)) // 2^-exp itself must be a normal number
}

// unscaled returns the moments of the values themselves; what is out of the
// range of float64 is infinite or 0.
func (e exactMoments) unscaled() Moments {
	return Moments{
		N:    e.N,
		Mean: math.Ldexp(e.Mean, e.exp),
		M2:   math.Ldexp(e.M2, 2*e.exp),
		M3:   math.Ldexp(e.M3, 3*e.exp),
		M4:   math.Ldexp(e.M4, 4*e.exp),
		Min:  math.Ldexp(e.Min, e.exp),
		Max:  math.Ldexp(e.Max, e.exp),
	}
}

package stats

import (
	"math"
	"slices"
)

// Ten bits make tables that fit the first-level cache, and seven passes.
const (
	digitBits   = 10
	digitValues = 1 << digitBits
	digitPlaces = (64 + digitBits - 1) / digitBits

	// Below this many values the tables cost more than they save.
	radixMinimum = 512
)

// digitCounts holds how often each digit occurs in each place.
type digitCounts [digitPlaces][digitValues]uint32

// SortFloats sorts x in ascending order and turns −0 into 0, so that equal
// values are equal bit for bit. It overwrites scratch; if that is shorter than x
// it allocates its own. NaN values are moved to the ends, in no useful order.
//
// It is a least-significant-digit radix sort on the bits of the values, in time
// proportional to len(x); digits in which all values agree cost nothing, and
// neither does sorted input.
func SortFloats(x, scratch []float64) {
	if len(x) < radixMinimum || uint64(len(x)) > math.MaxUint32 {
		for i, v := range x {
			x[i] = positiveZero(v)
		}
		slices.Sort(x)
		return
	}
	var counts digitCounts
	if countDigits(x, &counts) {
		return
	}
	if len(scratch) < len(x) {
		scratch = make([]float64, len(x))
	}
	from, to := x, scratch[:len(x)]
	for place := range counts {
		offsets, shift := &counts[place], uint(place*digitBits)
		if offsets[radixKey(from[0])>>shift%digitValues] == uint32(len(x)) {
			continue // one digit for all
		}
		scatter(to, from, offsets, shift)
		from, to = to, from
	}
	if &from[0] != &x[0] {
		copy(x, from)
	}
}

// countDigits counts how often each digit occurs in each place, makes every zero
// positive, and reports whether x is in order already.
func countDigits(x []float64, counts *digitCounts) (sorted bool) {
	// Written out, for the compiler does not unroll: this halves the whole sort.
	c0, c1, c2, c3 := &counts[0], &counts[1], &counts[2], &counts[3]
	c4, c5, c6 := &counts[4], &counts[5], &counts[6]
	sorted = true
	last := uint64(0)
	for i, v := range x {
		if v == 0 {
			v = 0
			x[i] = v
		}
		key := radixKey(v)
		if key < last {
			sorted = false
		}
		last = key
		c0[key%digitValues]++
		c1[key>>digitBits%digitValues]++
		c2[key>>(2*digitBits)%digitValues]++
		c3[key>>(3*digitBits)%digitValues]++
		c4[key>>(4*digitBits)%digitValues]++
		c5[key>>(5*digitBits)%digitValues]++
		c6[key>>(6*digitBits)%digitValues]++
	}
	return sorted
}

// scatter moves the values of from to their places in to by the digit at shift;
// offsets comes in as the count of each digit and is used up.
func scatter(to, from []float64, offsets *[digitValues]uint32, shift uint) {
	next := uint32(0)
	for digit, count := range offsets {
		offsets[digit] = next
		next += count
	}
	for _, v := range from {
		digit := radixKey(v) >> (shift & 63) % digitValues
		to[offsets[digit]] = v
		offsets[digit]++
	}
}

// radixKey maps a float64 to an unsigned integer in the same order: the sign bit
// of a positive number is set, and all bits of a negative one are inverted.
func radixKey(v float64) uint64 {
	b := math.Float64bits(v)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// positiveZero returns v, or 0 if v is −0.
func positiveZero(v float64) float64 {
	if v == 0 {
		return 0
	}
	return v
}

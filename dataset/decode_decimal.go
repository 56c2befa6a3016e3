package dataset

import "math/bits"

// A shortDecimal is ±digits × 10^-decimals.
type shortDecimal struct {
	digits   uint64
	decimals uint8
	negative bool
}

// float returns the nearest float64 if there are less than 2^53 digits: then
// both operands of the division are exact.
func (d shortDecimal) float() float64 {
	x := float64(d.digits) / pow10[d.decimals]
	if d.negative {
		return -x
	}
	return x
}

// trim drops zeros at the end of the decimals: 1.50 is 1.5.
func (d *shortDecimal) trim() {
	for d.decimals > 0 && d.digits%10 == 0 {
		d.digits /= 10
		d.decimals--
	}
}

const points8 = uint64('.'^'0') * ones8

// decimal reads a cell of up to sixteen characters, which may be digits, a point
// among them and a minus before them, eight or sixteen bytes at a time. It takes
// nothing that ParseNumber does not take, but leaves some to it.
func (c *cellCursor) decimal(start, end uint32) (d shortDecimal, ok bool) {
	n := end - start - 1
	if n == 0 || n > 16 {
		return d, false
	}
	if d.negative = c.last(start+2) == '-'; d.negative {
		n--
	}
	low := c.word(end) ^ zeros8
	if n > 8 {
		return c.longDecimal(d, end, n, low)
	}
	shift := 64 - 8*n
	low = low >> shift << shift
	if p := zeroBytes(low ^ points8); p != 0 {
		place := bits.TrailingZeros64(p) &^ 7
		d.decimals = uint8(7 - place/8)
		low = dropByte(low, place)
		n--
	}
	d.digits = uint64(eightDigits(low))
	return d, n > 0 && ((low+beyond8)|low)&topBits8 == 0
}

// longDecimal reads n characters, more than eight; the last eight are low.
func (c *cellCursor) longDecimal(d shortDecimal, end, n uint32, low uint64) (shortDecimal, bool) {
	shift := 8 * (16 - n)
	high := (c.word(end-8) ^ zeros8) >> shift << shift
	if p := zeroBytes(low ^ points8); p != 0 {
		place := bits.TrailingZeros64(p) &^ 7
		d.decimals = uint8(7 - place/8)
		low = dropByte(low, place) | high>>56
		high <<= 8
	} else if p := zeroBytes(high ^ points8); p != 0 {
		place := bits.TrailingZeros64(p) &^ 7
		d.decimals = uint8(15 - place/8)
		high = dropByte(high, place)
	}
	bad := (low + beyond8) | low | (high + beyond8) | high
	d.digits = uint64(eightDigits(high))*1e8 + uint64(eightDigits(low))
	return d, bad&topBits8 == 0
}

// dropByte removes the byte at a place and moves those below it up.
func dropByte(x uint64, place int) uint64 {
	below := uint64(1)<<place - 1
	return x&^(below|0xff<<place) | x&below<<8
}

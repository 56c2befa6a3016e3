package connlog

import "math/bits"

const (
	maxSeconds = 253_402_300_799 // the end of the year 9999
	maxCount   = 1 << 56         // more bytes or packets than a link can carry
)

// parseMicros reads a decimal number of seconds, with or without exponent, as whole
// microseconds, halves rounded away from zero. The digits are taken as an integer, for
// a double has too few of them. ok is false for what is no number, or is later than
// the year 9999.
func parseMicros(b []byte) (micros int64, ok bool) {
	if micros, ok = plainMicros(b); ok {
		return micros, true
	}
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	var mantissa uint64
	scale, digits, point, i := 6, 0, false, 0
	for ; i < len(b); i++ {
		c := b[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		digits++
		switch full := mantissa > (1<<63)/10; {
		case full && !point:
			scale++
		case !full:
			mantissa = mantissa*10 + uint64(c-'0')
			if point {
				scale--
			}
		}
	}
	if digits == 0 {
		return 0, false
	}
	if i < len(b) {
		e, ok := parseExponent(b[i:])
		if !ok {
			return 0, false
		}
		scale += e
	}
	micros, ok = shift(mantissa, scale)
	if negative {
		micros = -micros
	}
	return micros, ok
}

// plainMicros reads digits with a point and up to six decimals, which most times are. ok
// is false for whatever else there may be.
func plainMicros(b []byte) (micros int64, ok bool) {
	point := len(b)
	for i, c := range b {
		switch d := c - '0'; {
		case d <= 9:
			micros = micros*10 + int64(d)
		case c == '.' && point == len(b):
			point = i
		default:
			return 0, false
		}
	}
	decimals := len(b) - point - 1
	if point < 1 || point > 12 || decimals > 6 {
		return 0, false
	}
	micros *= int64(powers[6-max(decimals, 0)])
	return micros, micros <= maxSeconds*1e6
}

// parseExponent reads "e-05".
func parseExponent(b []byte) (int, bool) {
	if len(b) < 2 || b[0]|0x20 != 'e' {
		return 0, false
	}
	b = b[1:]
	sign := 1
	if b[0] == '-' || b[0] == '+' {
		if b[0] == '-' {
			sign = -1
		}
		b = b[1:]
	}
	n, ok := parseDigits(b)
	return sign * int(min(n, 1000)), ok
}

// shift returns mantissa * 10^scale, rounded.
func shift(mantissa uint64, scale int) (int64, bool) {
	for ; scale > 0 && mantissa > 0; scale-- {
		high, low := bits.Mul64(mantissa, 10)
		if high > 0 {
			return 0, false
		}
		mantissa = low
	}
	if scale < -19 {
		return 0, true
	}
	if scale < 0 {
		unit := powers[-scale]
		rest := mantissa % unit
		mantissa /= unit
		if rest >= unit-rest {
			mantissa++
		}
	}
	return int64(mantissa), mantissa <= maxSeconds*1e6
}

var powers = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// parseCount reads a number of bytes or packets. Some tools write 48 as 48.0.
func parseCount(b []byte) (int64, bool) {
	n, ok := parseDigits(b)
	if !ok {
		micros, decimal := parseMicros(b)
		n, ok = micros/1e6, decimal && micros >= 0 && micros%1e6 == 0
	}
	return n, ok && n <= maxCount
}

// parseDigits reads an integer of up to 18 digits.
func parseDigits(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// parsePort reads a port, decimal or, as ra writes some, hexadecimal.
func parsePort(b []byte) (uint16, bool) {
	if len(b) > 2 && b[0] == '0' && b[1]|0x20 == 'x' {
		n, ok := parseHex(b[2:])
		return uint16(n), ok && n <= 0xffff
	}
	n, ok := parseDigits(b)
	if !ok {
		n, ok = parseCount(b) // it may be 48.0
	}
	return uint16(n), ok && n <= 0xffff
}

// parseHex reads up to 8 hexadecimal digits.
func parseHex(b []byte) (n uint32, ok bool) {
	if len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	for _, c := range b {
		d := hexDigit(c)
		if d > 15 {
			return 0, false
		}
		n = n<<4 | uint32(d)
	}
	return n, true
}

// hexDigit returns the value of a hexadecimal digit, 255 if it is none.
func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 255
}

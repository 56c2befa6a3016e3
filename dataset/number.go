package dataset

import (
	"math"
	"strconv"
)

// ParseNumber reads one decimal number: the only road from text to a number in
// netanom, so that a cell means the same in a file, in a request and in a model.
//
// ASCII white space around the number is ignored. A sign, digits with or
// without a point (5, 5., .5) and an exponent (1e3, 2.50E-3) are understood;
// -0 keeps its sign. The result is the float64 nearest to the decimal value.
//
// Everything else gives NaN and false: the empty cell, hexadecimal digits,
// underscores, thousands separators, the words for NaN and infinity, and
// numbers beyond the range of float64 (see IsInfinity). A number too small for
// float64 is 0.
func ParseNumber(b []byte) (float64, bool) {
	b = trimBlanks(b)
	n, ok := scanNumeral(b)
	if !ok {
		return math.NaN(), false
	}
	if x, ok := n.exact(); ok {
		return x, true
	}
	x, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return math.NaN(), false
	}
	return x, true
}

// IsInfinity reports whether the cell is an infinite number: the words inf or
// infinity in any case and with any sign, or a numeral beyond the range of
// float64. Readers count such cells and treat them as missing.
func IsInfinity(b []byte) bool {
	b = trimBlanks(b)
	word := b
	if len(word) > 0 && (word[0] == '+' || word[0] == '-') {
		word = word[1:]
	}
	if equalFoldASCII(word, "inf") || equalFoldASCII(word, "infinity") {
		return true
	}
	if _, ok := scanNumeral(b); !ok {
		return false
	}
	x, _ := strconv.ParseFloat(string(b), 64)
	return math.IsInf(x, 0)
}

// IsMissing reports whether the cell says that there is no value. Exactly four
// texts do: the empty cell, NA, NaN and ?. Other words, other cases and cells
// of blanks are text.
func IsMissing(b []byte) bool {
	switch len(b) {
	case 0:
		return true
	case 1:
		return b[0] == '?'
	case 2:
		return b[0] == 'N' && b[1] == 'A'
	case 3:
		return b[0] == 'N' && b[1] == 'a' && b[2] == 'N'
	}
	return false
}

// A numeral is a decimal number taken apart: ± mantissa × 10^exponent.
type numeral struct {
	mantissa uint64
	exponent int
	negative bool
	long     bool // too many digits for mantissa, which is then not valid
}

// Digits a uint64 always holds, and the exponent past which every numeral of
// a sensible length is 0 or infinite; larger ones are not worth counting.
const (
	mantissaDigits = 19
	exponentLimit  = 100_000
)

// scanNumeral takes apart a whole numeral without blanks around it.
func scanNumeral(b []byte) (n numeral, ok bool) {
	i := 0
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		n.negative = b[0] == '-'
		i = 1
	}
	digits, afterPoint, point := 0, 0, false
	for ; i < len(b); i++ {
		c := b[i]
		if d := c - '0'; d <= 9 {
			n.mantissa = n.mantissa*10 + uint64(d)
			digits++
			if point {
				afterPoint++
			}
			continue
		}
		if c != '.' || point {
			break
		}
		point = true
	}
	if digits == 0 {
		return n, false
	}
	n.long = digits > mantissaDigits
	n.exponent = -afterPoint
	if i == len(b) {
		return n, true
	}
	if b[i] != 'e' && b[i] != 'E' {
		return n, false
	}
	e, ok := scanExponent(b[i+1:])
	n.exponent += e
	return n, ok
}

// scanExponent reads what follows the e: an optional sign and digits.
func scanExponent(b []byte) (int, bool) {
	negative := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		negative = b[0] == '-'
		b = b[1:]
	}
	if len(b) == 0 {
		return 0, false
	}
	e := 0
	for _, c := range b {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		if e < exponentLimit {
			e = e*10 + int(d)
		}
	}
	if negative {
		return -e, true
	}
	return e, true
}

// powersOfTen are those that float64 holds exactly.
var powersOfTen = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// exact returns the number where a single rounded operation on exact operands
// gives the nearest float64; else it reports false. Most cells of real files
// qualify. W. D. Clinger (1990), How to read floating point numbers
// accurately, PLDI.
func (n numeral) exact() (float64, bool) {
	if n.long {
		return 0, false
	}
	x := float64(n.mantissa)
	switch {
	case n.exponent == 0 || n.mantissa == 0:
		// The conversion above was the one rounding.
	case n.mantissa > 1<<53:
		return 0, false
	case n.exponent < 0 && -n.exponent < len(powersOfTen):
		x /= powersOfTen[-n.exponent]
	case n.exponent > 0 && n.exponent < len(powersOfTen):
		x *= powersOfTen[n.exponent]
	default:
		return 0, false
	}
	if n.negative {
		x = -x
	}
	return x, true
}

// trimBlanks drops ASCII white space at both ends.
func trimBlanks(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isBlank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func isBlank(c byte) bool { return c == ' ' || c-'\t' <= '\r'-'\t' }

// equalFoldASCII compares with a word in lower-case ASCII letters.
func equalFoldASCII(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i := range b {
		if b[i]|0x20 != lower[i] {
			return false
		}
	}
	return true
}

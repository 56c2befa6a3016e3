package dataset

// A numberPath is a way of decoding the numbers of a batch, from the fastest
// and most particular to the one that takes everything.
type numberPath uint8

const (
	oneDigit   numberPath = iota // 7
	wholeFour                    // up to four digits
	wholeEight                   // up to eight digits
	hundredths                   // 0.25
	fixedPoint                   // up to eight digits, of which as many behind the point in every cell
	anyNumber
)

// suggestPath returns the path that would have taken a batch that the general
// one has decoded, and the decimals of fixedPoint.
func suggestPath(v *Vector, s *cellSpan) (path numberPath, decimals uint8) {
	if v.Ints == nil || v.Missing > 0 {
		return anyNumber, 0
	}
	longest, points := 0, pointFromEnd(s.cell(0))
	same := points > 0
	for j := range s.rows {
		c := s.cell(j)
		longest = max(longest, len(c))
		if same = same && pointFromEnd(c) == points; !same && v.Scale > 0 {
			return anyNumber, 0
		}
	}
	switch {
	case same && points == 3 && longest == 4:
		return hundredths, 0
	case same && longest <= 9 && points <= 8:
		return fixedPoint, uint8(points - 1)
	case v.Scale > 0: // all alike, but long
		return anyNumber, 0
	case longest == 1:
		return oneDigit, 0
	case longest <= 4:
		return wholeFour, 0
	}
	return wholeEight, 0
}

// pointFromEnd returns the place of the point in a cell, counted from its end;
// 0 if it has none.
func pointFromEnd(cell []byte) int {
	for i := len(cell) - 1; i >= 0; i-- {
		if cell[i] == '.' {
			return len(cell) - i
		}
	}
	return 0
}

// fast decodes the batch on the last path or one that is a little wider.
func (d *numberDecoder) fast(v *Vector, out []uint32, s *cellSpan) bool {
	if s.rows == 0 {
		return false
	}
	switch d.path {
	case oneDigit:
		if or, ok := decodeDigits(out, s); ok {
			return d.done(v, out, or, 0, or)
		}
		fallthrough
	case wholeFour, wholeEight:
		return d.whole(v, out, s)
	case hundredths:
		if or, digits, ok := decodeHundredths(out, s); ok {
			return d.done(v, out, or, 2, digits)
		}
		d.path, d.decimals = fixedPoint, 2
	}
	or, digits, ok := decodeFixed(out, s, uint32(d.decimals))
	if ok {
		return d.done(v, out, or, d.decimals, digits)
	}
	return false
}

// whole decodes whole numbers, and chooses the narrowest path for the next
// batch.
func (d *numberDecoder) whole(v *Vector, out []uint32, s *cellSpan) bool {
	if d.path != wholeEight {
		if or, more, zeros, ok := decodeFour(out, s); ok {
			d.path = wholeFour
			if !more {
				d.path = oneDigit
			}
			d.facts.leadingZero = d.facts.leadingZero || zeros
			return d.done(v, out, or, 0, or)
		}
	}
	or, zeros, ok := decodeEight(out, s)
	if !ok {
		return false
	}
	d.path = wholeEight
	if or < 1000 {
		d.path = wholeFour
	}
	d.facts.leadingZero = d.facts.leadingZero || zeros
	return d.done(v, out, or, 0, or)
}

// done finishes a batch. The bits of its digits tell 0 and 1 from others.
func (d *numberDecoder) done(v *Vector, out []uint32, or uint32, scale uint8, digits uint32) bool {
	*v = Vector{Ints: out, Scale: scale, Or: or}
	d.facts.seeBits(digits)
	return true
}

// In what follows a byte xored with '0' is a digit if adding 0x76 leaves its top
// bit clear, and if that bit was clear before; carries only come from bytes that
// are refused anyway.
const (
	zeros4   = 0x30303030
	zeros8   = 0x3030303030303030
	beyond4  = 0x76767676
	beyond8  = 0x7676767676767676
	topBits4 = 0x80808080
	topBits8 = 0x8080808080808080
)

// decodeDigits takes cells of exactly one digit.
func decodeDigits(out []uint32, s *cellSpan) (or uint32, ok bool) {
	c := s.cursor()
	var length, bad uint32
	for j := range out {
		start, end := c.next()
		length |= (end - start) ^ 2
		x := uint32(c.last(end)) ^ '0'
		bad |= x + 0x76
		or |= x
		out[j] = x
	}
	return or, length == 0 && bad&0x80 == 0 && or < 16
}

// decodeFour takes cells of one to four digits, four bytes at a time: the load
// ends at the cell's end, and a shift drops what stands before it. It reports
// whether a cell had more than one digit, and whether such a one began with 0.
func decodeFour(out []uint32, s *cellSpan) (or uint32, more, zeros, ok bool) {
	c := s.cursor()
	var length, longer, zero, bad uint32
	for j := range out {
		start, end := c.next()
		n := end - start - 1
		length |= 4 - n
		longer |= n - 1
		shift := (32 - 8*n) & 31
		x := (c.half(end) ^ zeros4) >> shift
		zero |= (x&0xff - 1) & (1 - n)
		x <<= shift
		bad |= (x + beyond4) | x
		x = x*10 + x>>8
		x = (x&0xff)*100 + x>>16&0xff
		or |= x
		out[j] = x
	}
	return or, longer != 0, zero>>31 != 0, bad&topBits4 == 0 && (length|longer)>>31 == 0
}

// decodeEight takes cells of one to eight digits in the same way. The digits of
// a word are added up in pairs, then fours, then eights.
func decodeEight(out []uint32, s *cellSpan) (or uint32, zeros, ok bool) {
	c := s.cursor()
	var length, zero, bad uint64
	for j := range out {
		start, end := c.next()
		n := uint64(end) - uint64(start) - 1
		length |= (n - 1) | (8 - n)
		shift := (64 - 8*n) & 63
		x := (c.word(end) ^ zeros8) >> shift
		zero |= (x&0xff - 1) & (1 - n)
		x <<= shift
		bad |= (x + beyond8) | x
		value := eightDigits(x)
		or |= value
		out[j] = value
	}
	return or, zero>>63 != 0, bad&topBits8 == 0 && length>>63 == 0
}

func eightDigits(x uint64) uint32 {
	x = x*10 + x>>8
	return uint32((x&0x000000ff000000ff*(100+1000000<<32) + x>>16&0x000000ff000000ff*(1+10000<<32)) >> 32)
}

// decodeHundredths takes cells like 0.25: one digit, a point, two digits.
func decodeHundredths(out []uint32, s *cellSpan) (or, digits uint32, ok bool) {
	c := s.cursor()
	var length, bad uint32
	for j := range out {
		start, end := c.next()
		length |= (end - start) ^ 5
		x := c.half(end) ^ 0x30302e30
		bad |= x + 0x76767f76 // of the point's byte nothing may be left
		digits |= x
		value := x&0xff*100 + x>>16&0xff*10 + x>>24
		or |= value
		out[j] = value
	}
	return or, digits, length == 0 && (bad|digits)&topBits4 == 0
}

// decodeFixed takes cells of a point, up to seven digits behind it, as many in
// every cell, and at least one before, eight together at most. The digits before the point come from a
// second load and are moved over it. The bits of the digits are 1 where all
// numbers are 0 or 1, and more where others are.
func decodeFixed(out []uint32, s *cellSpan, decimals uint32) (or, digits uint32, ok bool) {
	c := s.cursor()
	k := uint64(decimals & 7)
	fraction := ^uint64(0) << (64 - 8*k)
	var length, point, bad, all uint64
	for j := range out {
		start, end := c.next()
		n := uint64(end) - uint64(start) - 2 // without the point
		length |= (n - k - 1) | (8 - n)
		x := c.word(end)
		point |= x>>(56-8*k)&0xff ^ '.'
		shift := (64 - 8*n) & 63
		x = (x&fraction | c.word(end-uint32(k)-1)>>(8*k)) ^ zeros8
		x = x >> shift << shift
		bad |= (x + beyond8) | x
		all |= x
		value := eightDigits(x)
		or |= value
		out[j] = value
	}
	switch all {
	case 0:
	case 1 << (56 - 8*k):
		digits = 1
	default:
		digits = 2
	}
	return or, digits, point == 0 && bad&topBits8 == 0 && length>>63 == 0
}

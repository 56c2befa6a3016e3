package dataset

import (
	"encoding/binary"
	"math"
)

// A cellSpan gives the decoders the cells of one column of one batch: cell j
// is buf[ends[j*stride]+1 : ends[j*stride+1]].
type cellSpan struct {
	buf    []byte
	ends   []uint32
	stride int
	rows   int
}

func (s *cellSpan) cell(j int) []byte {
	k := j * s.stride
	return s.buf[s.ends[k]+1 : s.ends[k+1]]
}

// A numberPath is a way of decoding the numbers of a batch, from the fastest
// and most particular to the one that takes everything.
type numberPath uint8

const (
	oneDigit   numberPath = iota // 7
	wholeEight                   // up to eight digits
	hundredths                   // 0.25
	anyNumber
)

// A numberDecoder decodes one column's numbers for one worker.
type numberDecoder struct {
	path   numberPath
	failed int   // batches in a row that path could not take
	scale  uint8 // decimals seen so far: Ints are multiples of 10^-scale
	ints   []uint32
	floats []float64
	facts  *facts
}

// After so many failures in a row the general path is taken for a while.
const (
	patience = 8
	respite  = 64
)

// decode fills v. It tries the path that suited the last batch, and takes the
// general one for a batch that does not fit it.
func (d *numberDecoder) decode(v *Vector, s *cellSpan, dl *dialect) {
	if cap(d.ints) < s.rows {
		d.ints = make([]uint32, s.rows+s.rows/4)
	}
	out := d.ints[:s.rows]
	if d.failed <= patience {
		if or, ok := d.fast(out, s); ok {
			d.failed = 0
			*v = Vector{Ints: out, Scale: d.scale, Or: or}
			return
		}
	}
	d.general(v, out, s, dl)
	if d.failed++; d.failed > patience+respite {
		d.failed = 0
	}
	d.path = d.suggest(v, s)
}

// suggest returns the path that would have taken the batch.
func (d *numberDecoder) suggest(v *Vector, s *cellSpan) numberPath {
	if v.Ints == nil || v.Missing > 0 {
		return anyNumber
	}
	single, points := true, true
	for j := 0; j < s.rows; j++ {
		c := s.cell(j)
		single = single && len(c) == 1
		points = points && len(c) == 4 && c[1] == '.'
	}
	switch {
	case points && d.scale <= 2:
		d.scale = 2 // 0.00 and 1.00 needed no decimals, the next will
		return hundredths
	case single && d.scale == 0:
		return oneDigit
	case d.scale == 0:
		return wholeEight
	}
	return anyNumber
}

func (d *numberDecoder) fast(out []uint32, s *cellSpan) (or uint32, ok bool) {
	seen := uint32(0)
	switch {
	case d.path == oneDigit && d.scale == 0:
		or, ok = decodeDigits(out, s)
		seen = or
	case d.path == wholeEight && d.scale == 0:
		var zeros bool
		or, zeros, ok = decodeWhole(out, s)
		seen = or
		d.facts.leadingZero = d.facts.leadingZero || zeros && ok
	case d.path == hundredths && d.scale == 2:
		or, seen, ok = decodeHundredths(out, s)
	}
	if ok {
		d.facts.seeBits(seen)
	}
	return or, ok
}

// decodeDigits takes cells of exactly one digit.
func decodeDigits(out []uint32, s *cellSpan) (or uint32, ok bool) {
	ends, stride := s.ends, s.stride
	var length, digit uint32
	k := 0
	for j := range out {
		start, end := ends[k], ends[k+1]
		k += stride
		length |= (end - start) ^ 2
		x := uint32(s.buf[end-1]) ^ '0'
		digit |= x + 0x76 // sets bit 7 beyond 9
		or |= x
		out[j] = x
	}
	return or, length == 0 && digit&0x80 == 0 && or < 16
}

// decodeWhole takes cells of one to eight digits, eight bytes at a time: the
// load ends at the cell's end, and a shift drops what stands before it.
func decodeWhole(out []uint32, s *cellSpan) (or uint32, zeros, ok bool) {
	ends, stride := s.ends, s.stride
	var bad, length, zero uint64
	k := 0
	for j := range out {
		start, end := ends[k], ends[k+1]
		k += stride
		n := uint64(end) - uint64(start) - 1
		shift := (64 - 8*n) & 63
		x := binary.LittleEndian.Uint64(s.buf[end-8:end]) ^ '0'*ones8
		length |= (n - 1) | (8 - n)
		zero |= (uint64(byte(x>>shift)) - 1) & (1 - n) // the sign: first digit 0 and more behind it
		x = x >> shift << shift
		bad |= (x + 0x76*ones8) | x
		x = x*10 + x>>8
		value := uint32((((x & 0x000000ff000000ff) * (100 + 1000000<<32)) + (((x >> 16) & 0x000000ff000000ff) * (1 + 10000<<32))) >> 32)
		or |= value
		out[j] = value
	}
	return or, zero>>63 != 0, bad&(0x80*ones8) == 0 && length>>63 == 0
}

// decodeHundredths takes cells like 0.25: one digit, a point, two digits. The
// bits of the digits tell 0 and 1 from other numbers.
func decodeHundredths(out []uint32, s *cellSpan) (or, digits uint32, ok bool) {
	ends, stride := s.ends, s.stride
	var length, point, bad uint32
	k := 0
	for j := range out {
		start, end := ends[k], ends[k+1]
		k += stride
		length |= (end - start) ^ 5
		x := binary.LittleEndian.Uint32(s.buf[end-4:end]) ^ 0x30303030
		point |= (x >> 8 & 0xff) ^ ('.' ^ '0')
		x &= 0xffff00ff
		digits |= x
		bad |= (x + 0x76767676) | x
		value := (x&0xff)*100 + (x>>16&0xff)*10 + x>>24
		or |= value
		out[j] = value
	}
	return or, digits, length == 0 && point == 0 && bad&0x80808080 == 0
}

// general takes any cells. It keeps the compact form as long as every number of
// the batch is a multiple of 10^-scale that fits, with the scale growing as
// decimals are met.
func (d *numberDecoder) general(v *Vector, out []uint32, s *cellSpan, dl *dialect) {
	*v = Vector{}
	whole, fractions := uint32(0), false
	for j := range out {
		cell := s.cell(j)
		x, decimals, ok := parseScaled(cell)
		if !ok || decimals > d.scale {
			if !ok && isValueless(cell, dl) {
				out[j] = MissingInt
				v.Missing++
				continue
			}
			if ok && decimals <= maxScale {
				d.scale = decimals
				d.general(v, out, s, dl)
				return
			}
			d.exact(v, s, dl)
			return
		}
		scaled := x * uint64(pow10[d.scale-decimals])
		if x >= MissingInt || scaled >= MissingInt {
			d.exact(v, s, dl)
			return
		}
		out[j] = uint32(scaled)
		v.Or |= uint32(scaled)
		if decimals > 0 {
			fractions = true
			continue
		}
		whole |= uint32(x)
		d.facts.leadingZero = d.facts.leadingZero || leadingZero(cell)
	}
	v.Ints, v.Scale = out, d.scale
	d.facts.seeBits(whole)
	d.facts.beyondFlag = d.facts.beyondFlag || fractions
	d.facts.missing += int64(v.Missing)
}

// isValueless reports whether a cell that is not a number is a missing one
// rather than a wrong one.
func isValueless(cell []byte, dl *dialect) bool { return len(cell) <= 8 && dl.missing(cell) }

func (d *numberDecoder) floatsFor(rows int) []float64 {
	if cap(d.floats) < rows {
		d.floats = make([]float64, rows+rows/4)
	}
	return d.floats[:rows]
}

// exact decodes the batch to float64, and counts what is no number.
func (d *numberDecoder) exact(v *Vector, s *cellSpan, dl *dialect) {
	out := d.floatsFor(s.rows)
	v.Ints, v.Missing = nil, 0
	for j := range out {
		cell := s.cell(j)
		x, ok := ParseNumber(cell)
		if ok {
			out[j] = x
			d.facts.see(x, cell)
			continue
		}
		out[j] = math.NaN()
		v.Missing++
		d.facts.notNumber(cell, j, dl)
	}
	v.Floats = out
}

// maxScale is the most decimals the compact form has; with nine, numbers up to
// four still fit 32 bits.
const maxScale = 9

// parseScaled reads an unsigned decimal as digits and the number of decimals.
// It takes what the compact form can hold and leaves the rest to ParseNumber.
func parseScaled(b []byte) (x uint64, decimals uint8, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, 0, false
	}
	point := -1
	for i, c := range b {
		if c -= '0'; c <= 9 {
			x = x*10 + uint64(c)
			continue
		}
		if b[i] != '.' || point >= 0 {
			return 0, 0, false
		}
		point = i
	}
	if point < 0 {
		return x, 0, true
	}
	n := len(b) - 1 - point
	for n > 0 && x%10 == 0 { // 1.50 is 1.5: trailing zeros need no decimals
		x /= 10
		n--
	}
	return x, uint8(n), len(b) > 1
}

package dataset

import (
	"encoding/binary"
	"math"
)

// A storedColumn is one column of one chunk of a Table, in the narrowest form
// that holds it exactly. One of the slices is filled.
type storedColumn struct {
	u8     []uint8
	u16    []uint16
	u32    []uint32
	f64    []float64
	base   float64 // numbers are stored / 10^scale, or base + stored
	scale  uint8
	coded  bool
	text   []byte   // Text: the cells one after the other
	starts []uint32 // Text: where each begins, and the end
	gaps   int      // missing cells
}

// bytes returns the memory the cells take.
func (s *storedColumn) bytes() int64 {
	return int64(len(s.u8) + 2*len(s.u16) + 4*len(s.u32) + 8*len(s.f64) + len(s.text) + 4*len(s.starts))
}

// A columnBuilder gathers one column of the chunk that a worker has in hand.
type columnBuilder struct {
	ints   []uint32
	floats []float64
	scale  uint8
	bound  uint32 // no integer but MissingInt is larger
	real   bool   // floats hold the column
	text   []byte
	starts []uint32
	gaps   int
}

func (b *columnBuilder) reset() {
	*b = columnBuilder{ints: b.ints[:0], floats: b.floats[:0], text: b.text[:0], starts: append(b.starts[:0], 0)}
}

// add appends a batch's vector.
func (b *columnBuilder) add(v *Vector) {
	b.gaps += v.Missing
	switch {
	case v.Codes != nil:
		b.ints, b.bound = append(b.ints, v.Codes...), MissingInt
		return
	case !b.real && v.Ints != nil && b.rescale(v.Scale):
		from := len(b.ints)
		b.ints = append(b.ints, v.Ints...)
		if v.Scale == b.scale {
			b.bound = max(b.bound, v.Or)
			return
		}
		if b.bound = MissingInt; scaleInts(b.ints[from:], b.scale-v.Scale) {
			return
		}
		b.ints = b.ints[:from]
	}
	b.widen()
	b.floats = v.AppendFloats(b.floats)
}

// rescale raises the builder's scale to at least s; false if the numbers
// gathered so far do not fit then.
func (b *columnBuilder) rescale(s uint8) bool {
	if s <= b.scale {
		return true
	}
	if !fitScaled(b.ints, s-b.scale) {
		return false
	}
	scaleInts(b.ints, s-b.scale)
	b.scale = s
	if len(b.ints) > 0 {
		b.bound = MissingInt
	}
	return true
}

func fitScaled(x []uint32, by uint8) bool {
	limit := uint32(MissingInt / uint64(pow10[by]))
	for _, v := range x {
		if v >= limit && v != MissingInt {
			return false
		}
	}
	return true
}

// scaleInts multiplies by a power of ten, or reports that it cannot and leaves x
// as it is.
func scaleInts(x []uint32, by uint8) bool {
	if !fitScaled(x, by) {
		return false
	}
	factor := uint32(pow10[by])
	for i, v := range x {
		if v != MissingInt {
			x[i] = v * factor
		}
	}
	return true
}

// widen turns what was gathered into floats.
func (b *columnBuilder) widen() {
	if b.real {
		return
	}
	b.real = true
	v := Vector{Ints: b.ints, Scale: b.scale}
	b.floats = v.AppendFloats(b.floats[:0])
	b.ints = b.ints[:0]
}

func (b *columnBuilder) addText(cell []byte) {
	b.text = append(b.text, cell...)
	b.starts = append(b.starts, uint32(len(b.text)))
}

// store returns the gathered column in its narrowest form, which depends on
// nothing but the cells.
func (b *columnBuilder) store(kind Kind) storedColumn {
	s := storedColumn{gaps: b.gaps}
	switch {
	case kind == Text:
		s.text, s.starts = append([]byte(nil), b.text...), append([]uint32(nil), b.starts...)
		return s
	case kind == Category || kind == Address:
		s.coded = true
		s.setInts(b.ints, b.bound)
		return s
	case !b.real:
		s.scale = b.scale - reduceScale(b.ints, b.scale)
		s.setInts(b.ints, b.bound)
		return s
	}
	if ints, scale, ok := scaledNumbers(b.floats); ok {
		s.scale = scale
		s.setInts(ints, MissingInt)
		return s
	}
	if ints, base, ok := wholeNumbers(b.floats); ok {
		s.base = base
		s.setInts(ints, MissingInt)
		return s
	}
	s.f64 = append([]float64(nil), b.floats...)
	return s
}

// setInts keeps x in the narrowest unsigned type; the largest value of each
// type marks a missing cell. No x but MissingInt is larger than bound.
func (s *storedColumn) setInts(x []uint32, bound uint32) {
	most := bound
	if most >= math.MaxUint8 {
		most = mostOf(x)
	}
	s.u8, s.u16, s.u32 = nil, nil, nil
	switch {
	case most < math.MaxUint8:
		s.u8 = bytesOf(x)
	case most < math.MaxUint16:
		s.u16 = make([]uint16, len(x))
		for i, u16 := 0, s.u16; i < len(u16); i++ {
			u16[i] = uint16(x[i])
		}
	default:
		s.u32 = append([]uint32(nil), x...)
	}
}

// mostOf returns the largest of x but MissingInt.
func mostOf(x []uint32) uint32 {
	next := uint32(0) // one more; MissingInt counts as 0
	for _, v := range x {
		next = max(next, v+1)
	}
	return max(next, 1) - 1
}

// bytesOf drops the upper bits, which makes MissingInt the largest byte.
func bytesOf(x []uint32) []uint8 {
	out := make([]uint8, len(x))
	i := 0
	for ; i+8 <= len(x); i += 8 {
		q := x[i : i+8 : i+8]
		binary.LittleEndian.PutUint64(out[i:], uint64(uint8(q[0]))|uint64(uint8(q[1]))<<8|uint64(uint8(q[2]))<<16|uint64(uint8(q[3]))<<24|
			uint64(uint8(q[4]))<<32|uint64(uint8(q[5]))<<40|uint64(uint8(q[6]))<<48|uint64(uint8(q[7]))<<56)
	}
	for ; i < len(x); i++ {
		out[i] = uint8(x[i])
	}
	return out
}

// reduceScale divides x by the largest power of ten, 10^most at most, that
// divides all of it, and returns the exponent: numbers with a scale that only
// other chunks need are kept without it.
func reduceScale(x []uint32, most uint8) (by uint8) {
	for ; by < most; by++ {
		for _, v := range x {
			if v%10 != 0 && v != MissingInt {
				return by
			}
		}
		for i, v := range x {
			if v != MissingInt {
				x[i] = v / 10
			}
		}
	}
	return by
}

// scaledNumbers returns the floats as multiples of a power of ten, if they are
// such and fit.
func scaledNumbers(x []float64) (ints []uint32, scale uint8, ok bool) {
	for _, v := range x {
		for v == v && !isMultiple(v, scale) {
			if scale++; scale > maxScale {
				return nil, 0, false
			}
		}
	}
	ints = make([]uint32, len(x))
	for i, v := range x {
		switch {
		case v != v:
			ints[i] = MissingInt
		case !isMultiple(v, scale):
			return nil, 0, false // it was one of a smaller scale, but does not fit this one
		default:
			ints[i] = uint32(math.Round(v * pow10[scale]))
		}
	}
	return ints, scale, true
}

// isMultiple reports whether v is a multiple of 10^-scale that fits the compact
// form.
func isMultiple(v float64, scale uint8) bool {
	n := math.Round(v * pow10[scale])
	return n >= 0 && n < MissingInt && n/pow10[scale] == v && !(v == 0 && math.Signbit(v))
}

// wholeNumbers returns the floats as offsets from their least, if all are
// integers that fit; that is the form of columns with a few negatives.
func wholeNumbers(x []float64) (ints []uint32, base float64, ok bool) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range x {
		if v != v {
			continue
		}
		if v != math.Trunc(v) || v == 0 && math.Signbit(v) {
			return nil, 0, false
		}
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	if hi-lo >= MissingInt || math.Abs(lo) > 1<<52 || lo > hi {
		return nil, 0, false
	}
	ints = make([]uint32, len(x))
	for i, v := range x {
		if v != v {
			ints[i] = MissingInt
		} else {
			ints[i] = uint32(v - lo)
		}
	}
	return ints, lo, true
}

// slice fills v with rows from..to of the column. Buffers are the caller's.
func (s *storedColumn) slice(v *Vector, from, to int, ints []uint32, floats []float64) {
	*v = Vector{Scale: s.scale}
	switch {
	case s.starts != nil:
		for i := from; i < to; i++ {
			if s.starts[i] == s.starts[i+1] {
				v.Missing++
			}
		}
		return
	case s.f64 != nil:
		v.Floats = s.f64[from:to]
		v.Missing = countNaN(v.Floats)
		return
	}
	out := ints[:to-from]
	v.Missing = s.copyInts(out, from, to)
	switch {
	case s.coded:
		v.Codes = out
	case s.base == 0:
		v.Ints, v.Or = out, s.bound()
	default:
		v.Floats = floats[:to-from]
		for i, x := range out {
			v.Floats[i] = s.base + float64(x)
			if x == MissingInt {
				v.Floats[i] = math.NaN()
			}
		}
	}
}

// copyInts widens rows from..to and returns the number of missing cells.
func (s *storedColumn) copyInts(out []uint32, from, to int) (missing int) {
	switch {
	case s.u8 != nil:
		widened(out, s.u8[from:to])
	case s.u16 != nil:
		widened(out, s.u16[from:to])
	default:
		copy(out, s.u32[from:to])
	}
	if s.gaps == 0 {
		return 0
	}
	mark := s.bound()
	for i, x := range out {
		if x == mark {
			out[i] = MissingInt
			missing++
		}
	}
	return missing
}

func widened[T uint8 | uint16](out []uint32, x []T) {
	out = out[:len(x)]
	for i, v := range x {
		out[i] = uint32(v)
	}
}

func countNaN(x []float64) (n int) {
	for _, v := range x {
		if v != v {
			n++
		}
	}
	return n
}

// bound returns a number that no stored one exceeds; it is the mark of missing
// cells.
func (s *storedColumn) bound() uint32 {
	switch {
	case s.u8 != nil:
		return math.MaxUint8
	case s.u16 != nil:
		return math.MaxUint16
	}
	return math.MaxUint32
}

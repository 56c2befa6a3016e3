package dataset

import "math"

// A storedColumn is one column of one chunk of a Table, in the narrowest form
// that holds it exactly. One of the slices is filled.
type storedColumn struct {
	u8     []uint8
	u16    []uint16
	u32    []uint32
	f64    []float64
	base   float64 // numbers are (base + stored) / 10^scale
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
	real   bool // floats hold the column
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
		b.ints = append(b.ints, v.Codes...)
		return
	case !b.real && v.Ints != nil && b.rescale(v.Scale):
		from := len(b.ints)
		b.ints = append(b.ints, v.Ints...)
		if v.Scale == b.scale || scaleInts(b.ints[from:], b.scale-v.Scale) {
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

// store returns the gathered column in its narrowest form.
func (b *columnBuilder) store(kind Kind) storedColumn {
	s := storedColumn{scale: b.scale, gaps: b.gaps}
	switch {
	case kind == Text:
		s.text, s.starts = append([]byte(nil), b.text...), append([]uint32(nil), b.starts...)
		return s
	case kind == Category || kind == Address:
		s.coded = true
		s.setInts(b.ints)
		return s
	case !b.real:
		s.setInts(b.ints)
		return s
	}
	if ints, base, ok := wholeNumbers(b.floats); ok {
		s.scale, s.base = 0, base
		s.setInts(ints)
		return s
	}
	s.f64 = append([]float64(nil), b.floats...)
	return s
}

// setInts keeps x in the narrowest unsigned type; the largest value of each
// type marks a missing cell.
func (s *storedColumn) setInts(x []uint32) {
	var most uint32
	for _, v := range x {
		if v != MissingInt && v > most {
			most = v
		}
	}
	s.u8, s.u16, s.u32 = nil, nil, nil
	switch {
	case most < math.MaxUint8:
		s.u8 = make([]uint8, len(x))
		for i, v := range x {
			s.u8[i] = uint8(v) // MissingInt becomes the type's largest
		}
	case most < math.MaxUint16:
		s.u16 = make([]uint16, len(x))
		for i, v := range x {
			s.u16[i] = uint16(v)
		}
	default:
		s.u32 = append([]uint32(nil), x...)
	}
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
		for i, x := range s.u8[from:to] {
			out[i] = uint32(x)
			if x == math.MaxUint8 {
				out[i] = MissingInt
				missing++
			}
		}
	case s.u16 != nil:
		for i, x := range s.u16[from:to] {
			out[i] = uint32(x)
			if x == math.MaxUint16 {
				out[i] = MissingInt
				missing++
			}
		}
	default:
		copy(out, s.u32[from:to])
		for _, x := range out {
			if x == MissingInt {
				missing++
			}
		}
	}
	return missing
}

func countNaN(x []float64) (n int) {
	for _, v := range x {
		if v != v {
			n++
		}
	}
	return n
}

// bound returns a number that no stored one exceeds.
func (s *storedColumn) bound() uint32 {
	switch {
	case s.u8 != nil:
		return math.MaxUint8
	case s.u16 != nil:
		return math.MaxUint16
	}
	return math.MaxUint32
}

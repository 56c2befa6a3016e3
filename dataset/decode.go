package dataset

import "math"

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

// A numberDecoder decodes one column's numbers for one worker.
type numberDecoder struct {
	path     numberPath // that suited the last batch
	decimals uint8      // of fixedPoint
	failed   int        // batches in a row that path could not take
	scale    uint8      // decimals seen so far: Ints are multiples of 10^-scale
	ints     []uint32
	floats   []float64
	facts    *facts
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
	if d.path != anyNumber && d.failed <= patience && d.fast(v, out, s) {
		d.failed = 0
		return
	}
	d.general(v, out, s, dl)
	if d.failed++; d.failed > patience+respite {
		d.failed = 0
	}
	d.path, d.decimals = suggestPath(v, s)
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

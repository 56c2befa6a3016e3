package dataset

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
	scale    uint8      // decimals seen in this chunk: Ints are multiples of 10^-scale
	reals    int        // batches to be taken for floats before integers are tried again
	ints     []uint32
	floats   []float64
	facts    *facts
}

// After so many failures in a row the general path is taken for a while.
const (
	patience = 8
	respite  = 64
	spell    = 16 // and after one that integers cannot hold, they are not tried for so many
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
	if d.reals--; d.reals > 0 || s.rows == 0 || !d.compact(v, out, s, dl) {
		d.exact(v, s, dl)
	}
}

// compact decodes to integers; false if they cannot hold the batch.
func (d *numberDecoder) compact(v *Vector, out []uint32, s *cellSpan, dl *dialect) bool {
	*v = Vector{}
	whole, fractions := uint32(0), false
	cells := s.cursor()
	for j := range out {
		start, end := cells.next()
		x, ok := cells.decimal(start, end)
		if !ok && isValueless(s.buf[start+1:end], dl) {
			out[j] = MissingInt
			v.Missing++
			continue
		}
		x.trim()
		if !ok || x.negative || x.decimals > maxScale || x.digits >= MissingInt {
			d.reals = spell
			return false
		}
		if x.decimals > d.scale {
			d.scale = x.decimals
			return d.compact(v, out, s, dl)
		}
		scaled := x.digits * uint64(pow10[d.scale-x.decimals])
		if scaled >= MissingInt {
			d.reals = spell
			return false
		}
		out[j] = uint32(scaled)
		v.Or |= uint32(scaled)
		if x.decimals > 0 {
			fractions = true
			continue
		}
		whole |= uint32(x.digits)
		d.facts.leadingZero = d.facts.leadingZero || end-start > 2 && leadingZero(s.buf[start+1:end])
	}
	v.Ints, v.Scale = out, d.scale
	d.facts.seeBits(whole)
	d.facts.beyondFlag = d.facts.beyondFlag || fractions
	d.facts.missing += int64(v.Missing)
	return true
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
	*v = Vector{Floats: out}
	if s.rows == 0 {
		return
	}
	cells := s.cursor()
	for j := range out {
		start, end := cells.next()
		if x, ok := cells.decimal(start, end); ok && x.digits < 1<<53 {
			out[j] = x.float()
			d.facts.see(out[j], s.buf[start+1:end])
			continue
		}
		cell := s.buf[start+1 : end]
		x, ok := ParseNumber(cell)
		if out[j] = x; ok {
			d.facts.see(x, cell)
			continue
		}
		v.Missing++
		d.facts.notNumber(cell, j, dl)
	}
}

// maxScale is the most decimals the compact form has; with nine, numbers up to
// four still fit 32 bits.
const maxScale = 9

package cluster

import "math"

// What cells of levels add to squared distances.
const (
	otherLevel = 2.0
	noLevel    = 1.0
)

// A place is a point that distances are measured from.
type place struct {
	numbers []float64
	levels  []int32
	bits    []uint64 // of its levels
}

// place is that of point i of r.
func (s *space) place(r *rows, i int) place {
	p := place{numbers: r.Row(i), levels: r.Coded(i)}
	if r.Codes > 0 {
		p.bits = make([]uint64, r.Codes)
		for c, slot := range p.levels {
			p.bits[c] = s.bit(c, slot)
		}
	}
	return p
}

// toPoint is the squared distance to a point of the tree. It may stop when it is
// over the limit.
func (t *boxTree) toPoint(s *space, p *place, i int, limit float64) float64 {
	sum := 0.0
	for c, slot := range t.points.Coded(i) {
		switch missing := int32(s.missing(c)); {
		case slot == p.levels[c]:
		case slot == missing || p.levels[c] == missing:
			sum += noLevel
		default:
			sum += otherLevel
		}
	}
	if sum > limit {
		return sum
	}
	return apartWithin(p.numbers, t.points.Row(i), sum, limit)
}

// apartWithin adds squared differences to a sum, and may stop over the limit.
func apartWithin(a, b []float64, sum, limit float64) float64 {
	for len(a) >= 8 && len(b) >= 8 {
		x, y := a[:8], b[:8]
		sum += ((square(x[0]-y[0]) + square(x[1]-y[1])) + (square(x[2]-y[2]) + square(x[3]-y[3]))) +
			((square(x[4]-y[4]) + square(x[5]-y[5])) + (square(x[6]-y[6]) + square(x[7]-y[7])))
		if sum > limit {
			return sum
		}
		a, b = a[8:], b[8:]
	}
	for j, v := range a {
		sum += square(v - b[j])
	}
	return sum
}

// square is a number times itself, rounded before it is added to anything.
func square(d float64) float64 { return float64(d * d) }

// toBox is a squared distance that no point of the node is below, less what rounding
// may add.
func (t *boxTree) toBox(p *place, at int, limit float64) float64 {
	sum := 0.0
	masks := t.masks[at*len(p.bits):]
	for c, bit := range p.bits {
		switch mask := masks[c]; {
		case mask&bit != 0:
		case bit == noLevelBit || mask&noLevelBit != 0:
			sum += noLevel
		default:
			sum += otherLevel
		}
	}
	w := len(p.numbers)
	low, high := t.low[at*w:][:w], t.high[at*w:][:w]
	for j, v := range p.numbers {
		g := positive(low[j]-v) + positive(v-high[j])
		sum += float64(g * g)
		if j&7 == 7 && sum > limit*(1+1e-12) {
			break
		}
	}
	return sum * (1 - 1e-13)
}

// positive is d, or 0 where it is negative, without a branch that nobody can
// predict.
func positive(d float64) float64 {
	bits := math.Float64bits(d)
	return math.Float64frombits(bits &^ uint64(int64(bits)>>63))
}

package cluster

import "math"

// lanes is how many vectors a panel holds, side by side.
const lanes = 8

// panels are vectors that rows are compared with, eight at a time.
type panels struct {
	space   *space
	k       int
	vectors []float64 // one after the other
	numbers []float64 // by panel, by number, by lane
	tables  []float64 // by panel, by slot, by lane: what the level adds to a squared distance
}

// newPanels arranges k vectors, which it keeps.
func newPanels(s *space, vectors []float64, k int) *panels {
	count := (k + lanes - 1) / lanes
	p := &panels{space: s, k: k, vectors: vectors}
	p.numbers = make([]float64, count*len(s.numbers)*lanes)
	p.tables = make([]float64, count*s.slots()*lanes)
	p.arrange()
	return p
}

func (p *panels) count() int { return (p.k + lanes - 1) / lanes }

// vector is that of c.
func (p *panels) vector(c int) []float64 {
	d := p.space.dims()
	return p.vectors[c*d : (c+1)*d]
}

// arrange puts the vectors into panels. Lanes that are left over are infinitely far.
func (p *panels) arrange() {
	for c := range p.count() * lanes {
		p.arrangeLane(c)
	}
}

func (p *panels) arrangeLane(c int) {
	s := p.space
	at, lane := c/lanes, c%lanes
	n, slots := len(s.numbers), s.slots()
	numbers := p.numbers[at*n*lanes:][: n*lanes : n*lanes]
	table := p.tables[at*slots*lanes:][: slots*lanes : slots*lanes]
	if c >= p.k {
		for j := range n {
			numbers[j*lanes+lane] = math.Inf(1)
		}
		for j := range slots {
			table[j*lanes+lane] = math.Inf(1)
		}
		return
	}
	v := p.vector(c)
	for j := range n {
		numbers[j*lanes+lane] = v[j]
	}
	for col := range s.coded {
		shares := v[n+s.first[col] : n+s.missing(col)]
		sum := 0.0
		for _, q := range shares {
			sum += float64(q * q)
		}
		for l, q := range shares {
			table[(s.first[col]+l)*lanes+lane] = max(0, sum-float64(2*q)+1)
		}
		table[s.missing(col)*lanes+lane] = sum
	}
}

// squared writes the squared distances of row i to the vectors of a panel to dst.
func (p *panels) squared(dst *[lanes]float64, panel int, r *rows, i int) {
	*dst = [lanes]float64{}
	if r.Codes > 0 {
		table := p.tables[panel*p.space.slots()*lanes:]
		for _, slot := range r.Coded(i) {
			t := (*[lanes]float64)(table[int(slot)*lanes:])
			for l, v := range t {
				dst[l] += v
			}
		}
	}
	if r.Width > 0 {
		addSquares(dst, r.Row(i), p.numbers[panel*r.Width*lanes:][:r.Width*lanes])
	}
}

// nearest returns the nearest vector to row i, the first of equally near ones, and
// its squared distance.
func (p *panels) nearest(r *rows, i int) (c int, squared float64) {
	var d [lanes]float64
	squared = math.Inf(1)
	for panel := range p.count() {
		p.squared(&d, panel, r, i)
		for l, v := range d {
			if v < squared {
				c, squared = panel*lanes+l, v
			}
		}
	}
	return c, squared
}

// addSquaresPortable adds the squared differences of a row to the eight vectors of a
// panel to dst. It makes the roundings of the vector kernel in the same order, so
// that both give the same bits.
func addSquaresPortable(dst *[lanes]float64, row, panel []float64) {
	for _, v := range row {
		q := (*[lanes]float64)(panel)
		panel = panel[lanes:]
		for l, u := range q {
			d := v - u
			dst[l] += float64(d * d)
		}
	}
}

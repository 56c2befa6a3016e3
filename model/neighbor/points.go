package neighbor

import (
	"math"

	"github.com/netanom/netanom/model/learn"
)

// points are rows laid out one after the other.
type points struct {
	n       int
	width   int       // numbers of a row, padded with zeros
	codes   int       // levels of a row
	numbers []float64 // by row
	levels  []int32   // by row
}

func (p *points) row(i int) []float64 { return p.numbers[i*p.width : (i+1)*p.width] }
func (p *points) coded(i int) []int32 { return p.levels[i*p.codes : (i+1)*p.codes] }

// A layout says which column lies where in a row of points.
type layout struct {
	numbers []int // columns, in the order in which they are compared
	levels  []int
}

// layoutOf puts columns that vary most to the front: there it turns out soonest
// that rows are far apart.
func layoutOf(x *learn.Matrix) layout {
	var l layout
	spread := make([]float64, len(x.Columns))
	for j := range x.Columns {
		if x.Columns[j].Coded() {
			l.levels = append(l.levels, j)
			continue
		}
		spread[j] = variance(x.Numbers[j])
		at := len(l.numbers)
		l.numbers = append(l.numbers, j)
		for ; at > 0 && spread[l.numbers[at-1]] < spread[j]; at-- {
			l.numbers[at] = l.numbers[at-1]
		}
		l.numbers[at] = j
	}
	return l
}

// variance of numbers; it may be infinite, and is never NaN.
func variance(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	var sum, rest, squares float64
	for _, a := range v {
		sum += a / float64(len(v))
	}
	for _, a := range v {
		d := a - sum
		rest += d
		squares += float64(d * d)
	}
	out := squares/float64(len(v)) - square(rest/float64(len(v)))
	if out != out {
		return math.Inf(1)
	}
	return out
}

// lay lays out the rows of a matrix of the columns that the layout was made for.
func (l *layout) lay(x *learn.Matrix) points {
	p := points{n: x.Rows, width: (len(l.numbers) + lanes - 1) / lanes * lanes, codes: len(l.levels)}
	p.numbers = make([]float64, p.n*p.width)
	p.levels = make([]int32, p.n*p.codes)
	const block = 512 // rows at a time, so that they stay in the cache
	for from := 0; from < x.Rows; from += block {
		to := min(from+block, x.Rows)
		for at, j := range l.numbers {
			for i, v := range x.Numbers[j][from:to] {
				p.numbers[(from+i)*p.width+at] = v + 0 // no −0
			}
		}
		for at, j := range l.levels {
			for i, c := range x.Codes[j][from:to] {
				p.levels[(from+i)*p.codes+at] = c
			}
		}
	}
	return p
}

// merge returns, for each row, which of the different rows it is, counted in the
// order in which they come first, and the first row of each.
func merge(x *learn.Matrix) (point []int32, first []int) {
	var l layout
	for j := range x.Columns {
		if x.Columns[j].Coded() {
			l.levels = append(l.levels, j)
		} else {
			l.numbers = append(l.numbers, j)
		}
	}
	p := l.lay(x)
	size := 16
	for size < 2*p.n {
		size *= 2
	}
	table := make([]int32, size) // by hash: a point plus 1
	point = make([]int32, p.n)
	for i := range p.n {
		at := int(p.hash(i)) & (size - 1)
		for ; table[at] != 0; at = (at + 1) & (size - 1) {
			if p.equal(i, first[table[at]-1]) {
				break
			}
		}
		if table[at] == 0 {
			first = append(first, i)
			table[at] = int32(len(first))
		}
		point[i] = table[at] - 1
	}
	return point, first
}

// hash mixes the cells of a row.
func (p *points) hash(i int) uint64 {
	h := uint64(0x9E3779B97F4A7C15)
	for _, v := range p.row(i) {
		h = (h ^ math.Float64bits(v)) * 0xff51afd7ed558ccd // the multiplier of MurmurHash3's finaliser
		h ^= h >> 32
	}
	for _, c := range p.coded(i) {
		h = (h ^ uint64(uint32(c))) * 0xff51afd7ed558ccd
		h ^= h >> 32
	}
	return h
}

func (p *points) equal(a, b int) bool {
	x, y := p.row(a), p.row(b)
	for j, v := range x {
		if v != y[j] {
			return false
		}
	}
	c, d := p.coded(a), p.coded(b)
	for j, v := range c {
		if v != d[j] {
			return false
		}
	}
	return true
}

// take returns the points at the given places, in that order.
func (p *points) take(places []int32) points {
	out := points{n: len(places), width: p.width, codes: p.codes}
	out.numbers = make([]float64, 0, out.n*out.width)
	out.levels = make([]int32, 0, out.n*out.codes)
	for _, i := range places {
		out.numbers = append(out.numbers, p.row(int(i))...)
		out.levels = append(out.levels, p.coded(int(i))...)
	}
	return out
}

package neighbor

import (
	"math"
	"slices"
)

// A Neighbor is a row that was found, and how far it is.
type Neighbor struct {
	Row      int32 // of the matrix that the index was made of
	Distance float64
}

// A search looks for the neighbours of one row at a time, in space of its own.
// While it looks, distances are sums of parts.
type search struct {
	*Index
	numbers []float64 // of the row
	levels  []int32
	bits    []uint64   // by level: its bit in masks
	k       int        // how many are looked for, 0 for all within the limit
	found   []Neighbor // if k is not 0, in order
	limit   float64    // sums beyond it do not matter
	visited int        // points that were looked at
}

// begin makes it ready for another row.
func (s *search) begin(numbers []float64, levels []int32, k int, limit float64) {
	s.numbers, s.levels, s.k, s.found, s.limit = numbers, levels, k, s.found[:0], limit
	s.bits = s.bits[:0]
	for _, code := range levels {
		s.bits = append(s.bits, maskOf(code))
	}
}

// walk looks in a node whose box is not beyond the limit.
func (s *search) walk(at int32) {
	n := &s.tree.nodes[at]
	if n.right == 0 {
		s.scan(int(n.from), int(n.to))
		return
	}
	near, far := at+1, n.right
	a, b := s.toBox(near), s.toBox(far)
	if b < a {
		near, far, a, b = far, near, b, a
	}
	if a <= s.limit {
		s.walk(near)
	}
	if b <= s.limit {
		s.walk(far)
	}
}

// toBox is a sum that no point of the node is below.
func (s *search) toBox(at int32) float64 {
	sum := 0.0
	masks := s.tree.masks[int(at)*len(s.bits):][:len(s.bits)]
	for j, bit := range s.bits {
		switch mask := masks[j]; {
		case mask&bit != 0:
		case (bit|mask)&noLevelBit != 0:
			sum += noLevel
		default:
			sum += otherLevel
		}
	}
	if sum > s.limit {
		return sum
	}
	w := len(s.numbers)
	box := s.tree.boxes[int(at)*2*w:][:2*w]
	if s.metric == Euclidean {
		return outsideSquares(s.numbers, box[:w], box[w:], sum, s.limit)
	}
	return s.metric.outside(s.numbers, box[:w], box[w:], sum, s.limit)
}

// scan looks at the points from..to.
func (s *search) scan(from, to int) {
	s.visited += to - from
	var sums [leafPoints]float64
	for ; from < to; from += leafPoints {
		n := min(leafPoints, to-from)
		s.apart(sums[:n], from)
		for i, sum := range sums[:n] {
			if sum <= s.limit {
				s.take(from+i, sum)
			}
		}
	}
}

// apart writes the sums of the points from one on; of those beyond the limit, some sum
// that is beyond it as well.
func (s *search) apart(sums []float64, from int) {
	c, w := len(s.levels), len(s.numbers)
	codes := s.points.Levels[from*c:]
	for i := range sums {
		sums[i] = codesApart(s.levels, codes[i*c:(i+1)*c])
	}
	points := s.points.Numbers[from*w : (from+len(sums))*w]
	if s.metric == Euclidean {
		addSquares(sums, s.numbers, points, s.limit)
		return
	}
	for i, sum := range sums {
		if sum <= s.limit {
			sums[i] = s.metric.apart(s.numbers, points[i*w:(i+1)*w], sum, s.limit)
		}
	}
}

// take takes the rows of a point in.
func (s *search) take(point int, sum float64) {
	for _, row := range s.rows[s.starts[point]:s.starts[point+1]] {
		if !s.add(Neighbor{row, sum}) {
			return // nor will the later rows of this point do
		}
	}
}

// add takes a neighbour in, unless k are nearer, and reports whether it did.
func (s *search) add(n Neighbor) bool {
	if s.k == 0 {
		s.found = append(s.found, n)
		return true
	}
	if len(s.found) == s.k {
		if !n.before(s.found[s.k-1]) {
			return false
		}
		s.found = s.found[:s.k-1]
	}
	at := len(s.found)
	s.found = append(s.found, n)
	if at > 64 {
		at, _ = slices.BinarySearchFunc(s.found[:at], n, compareNeighbors)
		copy(s.found[at+1:], s.found[at:])
	} else {
		for ; at > 0 && n.before(s.found[at-1]); at-- {
			s.found[at] = s.found[at-1]
		}
	}
	s.found[at] = n
	if len(s.found) == s.k {
		s.limit = s.found[s.k-1].Distance
	}
	return true
}

// before is the order of neighbours: the nearer first, at equal distance the lower
// row.
func (n Neighbor) before(m Neighbor) bool {
	return n.Distance < m.Distance || n.Distance == m.Distance && n.Row < m.Row
}

func compareNeighbors(a, b Neighbor) int {
	switch {
	case a.before(b):
		return -1
	case b.before(a):
		return 1
	}
	return 0
}

// finish makes distances of sums, within the radius if there is one.
func (s *search) finish(radius float64) []Neighbor {
	for i := range s.found {
		s.found[i].Distance = s.metric.distance(s.found[i].Distance)
	}
	if s.k == 0 {
		s.found = slices.DeleteFunc(s.found, func(n Neighbor) bool { return n.Distance > radius })
		slices.SortFunc(s.found, compareNeighbors)
	}
	return s.found
}

// limitOf is a sum that no distance within the radius exceeds.
func (m Metric) limitOf(radius float64) float64 {
	if m == Euclidean {
		return math.Nextafter(radius*radius*(1+1e-15), math.Inf(1))
	}
	return radius
}

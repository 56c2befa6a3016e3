package neighbor

import (
	"math"
	"slices"

	"github.com/netanom/netanom/model/learn"
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
	k       int        // how many are looked for, 0 for all within the limit
	found   []Neighbor // if k is not 0, in order
	limit   float64    // sums beyond it do not matter
	visited int        // points that were looked at
}

// begin makes it ready for another row.
func (s *search) begin(numbers []float64, levels []int32, k int, limit float64) {
	s.numbers, s.levels, s.k, s.found, s.limit = numbers, levels, k, s.found[:0], limit
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
	masks := s.tree.masks[int(at)*len(s.levels):]
	for j, code := range s.levels {
		switch mask := masks[j]; {
		case mask&maskOf(code) != 0:
		case code == learn.NoLevel || mask&noLevelBit != 0:
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
	return s.metric.outside(s.numbers, box[:w], box[w:], sum, s.limit)
}

// scan looks at the points from..to.
func (s *search) scan(from, to int) {
	s.visited += to - from
	w := len(s.numbers)
	for p := from; p < to; p++ {
		sum := codesApart(s.levels, s.points.Coded(p))
		if sum > s.limit {
			continue
		}
		sum = s.metric.apart(s.numbers, s.points.Numbers[p*w:(p+1)*w], sum, s.limit)
		if sum > s.limit {
			continue
		}
		for _, row := range s.rows[s.starts[p]:s.starts[p+1]] {
			if !s.add(Neighbor{row, sum}) {
				break // nor will the later rows of this point do
			}
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

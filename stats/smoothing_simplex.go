package stats

import (
	"cmp"
	"math"
	"slices"
)

// A vertex is a place and the value of a function there.
type vertex struct {
	at    []float64
	value float64
}

// nelderMead searches for the least value of a function of a few variables, from a
// place and in steps of a size at first, and returns the best place with its value. It
// ends when the values and places of the simplex are within the tolerances, or after so
// many evaluations [1]. NaN is taken for infinite.
//
// [1] J. A. Nelder and R. Mead (1965), "A simplex method for function minimization",
// The Computer Journal 7, 308–313; with the order of J. C. Lagarias et al. (1998),
// SIAM Journal on Optimization 9, 112–147.
func nelderMead(f func([]float64) float64, from []float64, size float64, tolerance simplexTolerance, evaluations int) vertex {
	s := &simplexSearch{f: f, left: evaluations}
	s.begin(from, size)
	for s.left > 0 && !s.within(tolerance) {
		s.step()
	}
	return s.vertices[0]
}

// A simplexTolerance is by how much the values and the places of the vertices may differ
// at the end of a search.
type simplexTolerance struct{ value, place float64 }

// A simplexSearch is what Nelder and Mead's search keeps between two steps: the
// vertices, the best first, and how often the function may still be evaluated.
type simplexSearch struct {
	f        func([]float64) float64
	vertices []vertex
	left     int
}

// evaluate returns a place with its value.
func (s *simplexSearch) evaluate(at []float64) vertex {
	s.left--
	v := s.f(at)
	if math.IsNaN(v) {
		v = math.Inf(1)
	}
	return vertex{at, v}
}

// begin sets up the first simplex: the place, and one step away in each direction.
func (s *simplexSearch) begin(from []float64, size float64) {
	s.vertices = append(s.vertices, s.evaluate(slices.Clone(from)))
	for i := range from {
		at := slices.Clone(from)
		at[i] += size
		s.vertices = append(s.vertices, s.evaluate(at))
	}
	s.sort()
}

func (s *simplexSearch) sort() {
	slices.SortStableFunc(s.vertices, func(a, b vertex) int { return cmp.Compare(a.value, b.value) })
}

// within reports whether nothing is left to be gained.
func (s *simplexSearch) within(tolerance simplexTolerance) bool {
	best, worst := s.vertices[0], s.vertices[len(s.vertices)-1]
	if worst.value-best.value > tolerance.value {
		return false
	}
	for _, v := range s.vertices[1:] {
		for i, x := range v.at {
			if math.Abs(x-best.at[i]) > tolerance.place {
				return false
			}
		}
	}
	return true
}

// step reflects the worst vertex, and goes on, back or together from there.
func (s *simplexSearch) step() {
	last := len(s.vertices) - 1
	best, worst := s.vertices[0], s.vertices[last]
	reflected := s.beyond(1)
	switch {
	case reflected.value < best.value:
		if further := s.beyond(2); further.value < reflected.value {
			reflected = further
		}
		s.vertices[last] = reflected
	case reflected.value < s.vertices[last-1].value:
		s.vertices[last] = reflected
	case reflected.value < worst.value:
		s.contract(s.beyond(0.5), reflected.value)
	default:
		s.contract(s.beyond(-0.5), worst.value)
	}
	s.sort()
}

// beyond is the place that lies opposite of the worst vertex, so many times as far from
// the middle of the others.
func (s *simplexSearch) beyond(factor float64) vertex {
	last := len(s.vertices) - 1
	at := make([]float64, len(s.vertices[last].at))
	for i := range at {
		for _, v := range s.vertices[:last] {
			at[i] += v.at[i] / float64(last)
		}
		at[i] += factor * (at[i] - s.vertices[last].at[i])
	}
	return s.evaluate(at)
}

// contract takes a place in the worst vertex's stead if it is below a value, else moves
// all towards the best.
func (s *simplexSearch) contract(place vertex, below float64) {
	if place.value < below {
		s.vertices[len(s.vertices)-1] = place
		return
	}
	for i := range s.vertices[1:] {
		at := slices.Clone(s.vertices[i+1].at)
		for k, x := range s.vertices[0].at {
			at[k] = (at[k] + x) / 2
		}
		s.vertices[i+1] = s.evaluate(at)
	}
}

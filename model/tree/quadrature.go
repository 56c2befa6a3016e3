package tree

import "math"

// points is how many points of quadrature are taken together.
const points = 4

// lanes are numbers at a group of points.
type lanes [points]float64

// A rule is Gauss–Legendre quadrature from 0 to 1, by groups of points.
type rule struct {
	known, unknown []lanes // the points t, and 1−t
	weights        []lanes
}

// newRule returns a rule of so many groups.
func newRule(groups int) *rule {
	r := &rule{known: make([]lanes, groups), unknown: make([]lanes, groups), weights: make([]lanes, groups)}
	all := legendre(points * groups)
	for i, p := range all {
		g, q := i/points, i%points
		// The points lie symmetrically: 1−t is that of the other end.
		r.known[g][q], r.unknown[g][q], r.weights[g][q] = p.at, all[len(all)-1-i].at, p.weight
	}
	return r
}

// ratios returns those of shares z, behind the common ones, group after group.
func (r *rule) ratios(shares []float64) []float64 {
	one := lanes{1, 1, 1, 1}
	out := make([]float64, 0, len(r.weights)*ratioSize*(ratioOwn+len(shares)))
	add := func(across, bend lanes) { out = append(append(out, across[:]...), bend[:]...) }
	for g := range r.weights {
		add(one, lanes{})
		add(r.unknown[g], one)
		for _, z := range shares {
			var across, bend lanes
			for q, t := range r.known[g] {
				unseen := z * r.unknown[g][q]
				f := unseen + t
				across[q], bend[q] = unseen/f, z/(f*f)
			}
			add(across, bend)
		}
	}
	return out
}

// A point is one of those at which quadrature from 0 to 1 takes a function.
type point struct{ at, weight float64 }

// legendre returns the n points of Gauss–Legendre quadrature from 0 to 1, which is
// exact for polynomials of degree 2n−1: the roots of the Legendre polynomial, found
// by Newton's method from Tricomi's approximation (Press et al., "Numerical
// Recipes", 3rd ed., section 4.6.1).
func legendre(n int) []point {
	points := make([]point, n)
	for i := range points {
		z := math.Cos(math.Pi * (float64(i) + 0.75) / (float64(n) + 0.5))
		slope := 0.0
		for range 100 {
			p, before := 1.0, 0.0
			for k := range n {
				p, before = ((2*float64(k)+1)*z*p-float64(k)*before)/float64(k+1), p
			}
			slope = float64(n) * (z*p - before) / (z*z - 1)
			step := p / slope
			z -= step
			if math.Abs(step) < 1e-15 {
				break
			}
		}
		points[i] = point{at: (1 - z) / 2, weight: 1 / ((1 - z*z) * slope * slope)}
	}
	return points
}

package stats

import (
	"math"
	"slices"
)

// A block is the sum of squares of several columns of a design, and how many of them
// are not determined by the columns before.
type block struct {
	sumSq float64
	df    int
}

// A sequentialFit is the least squares fit of the cells' means by the mean, one factor
// and then the other.
type sequentialFit struct {
	blocks [2]block
	rank   int     // of the design
	rest   float64 // sum of squares between the cells that is left
}

// additiveFit fits the cells' means by both factors, beginning with the given one.
func (a *TwoWay) additiveFit(begin int) sequentialFit {
	var roots []float64
	var levels [2][]int
	var p projection
	for i, row := range a.cells {
		for j, m := range row {
			if m.N > 0 {
				root := math.Sqrt(float64(m.N))
				roots, p.rest = append(roots, root), append(p.rest, root*(m.Mean-a.mean))
				levels[0], levels[1] = append(levels[0], i), append(levels[1], j)
			}
		}
	}
	p.take(slices.Clone(roots)) // the mean, of which nothing is left
	var fit sequentialFit
	for b, factor := range [2]int{begin, 1 - begin} {
		for level := range [2]int{len(a.cells), len(a.cells[0])}[factor] {
			column := make([]float64, len(roots))
			for c, of := range levels[factor] {
				if of == level {
					column[c] = roots[c]
				}
			}
			if sumSq, taken := p.take(column); taken {
				fit.blocks[b].sumSq += sumSq
				fit.blocks[b].df++
			}
		}
	}
	fit.rank, fit.rest = len(p.basis), innerProduct(p.rest, p.rest)
	return fit
}

// A projection fits a vector by columns, one after the other. Each is made orthogonal
// to those before, twice (L. Giraud, J. Langou and M. Rozložník 2005, Comput. Math.
// Appl. 50, 1069–1075), so that no normal equations lose digits.
type projection struct {
	basis [][]float64
	rest  []float64 // what is left of the vector
}

// take fits by one more column, which it changes, and returns the sum of squares that
// this accounts for; false for a column that those before determine.
func (p *projection) take(column []float64) (sumSq float64, taken bool) {
	size := math.Sqrt(innerProduct(column, column))
	for range 2 {
		for _, q := range p.basis {
			subtract(column, innerProduct(q, column), q)
		}
	}
	const dependent = 1e-9 // of its size, where only rounding is left of a column
	left := math.Sqrt(innerProduct(column, column))
	if !(left > dependent*size) {
		return 0, false
	}
	for i := range column {
		column[i] /= left
	}
	p.basis = append(p.basis, column)
	part := innerProduct(column, p.rest)
	subtract(p.rest, part, column)
	return part * part, true
}

// innerProduct returns the inner product of two vectors in twice the usual precision.
func innerProduct(x, y []float64) float64 {
	var sum compensated
	for i := range x {
		sum = sum.addProduct(x[i], y[i])
	}
	return sum.value()
}

// subtract takes f·y from x.
func subtract(x []float64, f float64, y []float64) {
	for i := range x {
		x[i] -= f * y[i]
	}
}

package linear

import (
	"context"
	"math"
)

// A factor is the Cholesky factor L of a positive definite matrix, A = LLᵀ, by
// rows. Rows of A that are combinations of those before them are left out.
type factor struct {
	size int
	l    []float64
}

// pivotTolerance is the share of a diagonal element that must be left of it where
// even what is nearly a combination of others still tells something.
const pivotTolerance = 1e-15

// factorize overwrites the lower triangle of a by its factor. A row is left out
// unless more than the share tolerance is left of its diagonal element. When ctx ends
// the factor is that of no matrix; whoever uses it asks ctx next, as all products of
// a design do.
func factorize(ctx context.Context, a []float64, size int, tolerance float64) *factor {
	for i := range size {
		if ctx.Err() != nil {
			break
		}
		row := a[i*size : i*size+i+1]
		for j := range i {
			other := a[j*size : j*size+j+1]
			if other[j] == 0 {
				row[j] = 0
				continue
			}
			row[j] = (row[j] - dot(row[:j], other[:j])) / other[j]
		}
		pivot := row[i] - dot(row[:i], row[:i])
		if !(pivot > tolerance*row[i]) {
			row[i] = 0
			continue
		}
		row[i] = math.Sqrt(pivot)
	}
	return &factor{size: size, l: a}
}

// solve overwrites b by the x with Ax = b, 0 in places that are left out.
func (f *factor) solve(b []float64) {
	f.forward(b)
	f.backward(b)
}

// backward overwrites b by the x with Lᵀx = b.
func (f *factor) backward(b []float64) {
	n := f.size
	for i := n - 1; i >= 0; i-- {
		row := f.l[i*n : i*n+i+1]
		if row[i] == 0 {
			b[i] = 0
			continue
		}
		b[i] /= row[i]
		for j, v := range row[:i] {
			b[j] -= v * b[i]
		}
	}
}

// forward overwrites b by the z with Lz = b.
func (f *factor) forward(b []float64) {
	n := f.size
	for i := range n {
		row := f.l[i*n : i*n+i+1]
		if row[i] == 0 {
			b[i] = 0
			continue
		}
		b[i] = (b[i] - dot(row[:i], b[:i])) / row[i]
	}
}

//go:build !purego

package neural

import "golang.org/x/sys/cpu"

// hasVectors says whether this processor can run the assembly.
var hasVectors = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// tile12, tile8 and tile4 add the product of four rows of A with k columns and as
// many columns of B as the name says to C. Distances are in bytes.
//
//go:noescape
func tile12(a *float64, rowA, stepA int, b *float64, rowB, k int, c *float64, rowC int)

//go:noescape
func tile8(a *float64, rowA, stepA int, b *float64, rowB, k int, c *float64, rowC int)

//go:noescape
func tile4(a *float64, rowA, stepA int, b *float64, rowB, k int, c *float64, rowC int)

// The following take n values, a positive multiple of 4.

//go:noescape
func addTile(dst, src *float64, n int)

//go:noescape
func rectifyTile(x *float64, n int)

//go:noescape
func gateTile(d, value *float64, n int)

//go:noescape
func logisticTile(x *float64, n int, constants *float64)

//go:noescape
func tangentTile(x *float64, n int, constants *float64)

//go:noescape
func adamTile(w, m, v, gradient *float64, n int, r *adamRates)

// add adds the product to C.
func (p *product) add() {
	if !hasVectors {
		p.addPortable()
		return
	}
	if p.m == 0 || p.n == 0 || p.k == 0 {
		return
	}
	// The last elements that the tiles reach, so that a wrong size stops here.
	_, _, _ = p.a[(p.m-1)*p.rowA+(p.k-1)*p.stepA], p.b[(p.k-1)*p.rowB+p.n-1], p.c[(p.m-1)*p.rowC+p.n-1]
	rowA, stepA, rowB, rowC := 8*p.rowA, 8*p.stepA, 8*p.rowB, 8*p.rowC
	for j := 0; j < p.n; {
		tile, width := tile4, 4
		switch left := p.n - j; {
		case left >= 12 && left != 16: // 16 is better as twice 8
			tile, width = tile12, 12
		case left >= 8:
			tile, width = tile8, 8
		}
		for i := 0; i < p.m; i += 4 {
			tile(&p.a[i*p.rowA], rowA, stepA, &p.b[j], rowB, p.k, &p.c[i*p.rowC+j], rowC)
		}
		j += width
	}
}

// add adds src to dst.
func add(dst, src []float64) {
	if n := len(dst) &^ 3; hasVectors && n > 0 {
		_ = src[n-1]
		addTile(&dst[0], &src[0], n)
		dst, src = dst[n:], src[n:]
	}
	addPortable(dst, src)
}

// rectify makes negative values 0.
func rectify(x []float64) {
	if n := len(x) &^ 3; hasVectors && n > 0 {
		rectifyTile(&x[0], n)
		x = x[n:]
	}
	rectifyPortable(x)
}

// gate makes d 0 where the rectified value is not above 0.
func gate(d, value []float64) {
	if n := len(d) &^ 3; hasVectors && n > 0 {
		_ = value[n-1]
		gateTile(&d[0], &value[0], n)
		d, value = d[n:], value[n:]
	}
	gatePortable(d, value)
}

// logisticAll replaces values by their logistic function.
func logisticAll(x []float64) {
	if n := len(x) &^ 3; hasVectors && n > 0 {
		logisticTile(&x[0], n, &expConstants[0])
		x = x[n:]
	}
	logisticPortable(x)
}

// tangentAll replaces values by their hyperbolic tangent.
func tangentAll(x []float64) {
	if n := len(x) &^ 3; hasVectors && n > 0 {
		tangentTile(&x[0], n, &expConstants[0])
		x = x[n:]
	}
	tangentPortable(x)
}

// adam makes one step of Adam; see adamPortable.
func adam(w, m, v, g []float64, r *adamRates) {
	if n := len(w) &^ 3; hasVectors && n > 0 {
		_, _, _ = m[n-1], v[n-1], g[n-1]
		adamTile(&w[0], &m[0], &v[0], &g[0], n, r)
		w, m, v, g = w[n:], m[n:], v[n:], g[n:]
	}
	adamPortable(w, m, v, g, r)
}

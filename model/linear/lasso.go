package linear

import (
	"context"
	"math"
)

// descend minimises gᵀd + ½dᵀHd + Σ lasso·|β+d| over d by coordinate descent on H
// (J. Friedman, T. Hastie and R. Tibshirani (2010), "Regularization paths for
// generalized linear models via coordinate descent", J. Stat. Softw. 33(1)). After
// some sweeps it solves for the weights that are not 0, as the feature-sign search of
// H. Lee, A. Battle, R. Raina and A. Ng (2007), "Efficient sparse coding algorithms",
// NIPS 19, does, because sweeps alone are slow where columns are correlated.
func (p *penalty) descend(ctx context.Context, h, g, beta []float64) []float64 {
	const maxSweeps, between, polishes, enough = 20000, 8, 40, 1e-13
	n := len(g)
	q := &quadratic{penalty: p, h: h, beta: beta, d: make([]float64, n), slope: append([]float64(nil), g...)}
	gained := 0.0
	for sweep := 1; sweep <= maxSweeps && ctx.Err() == nil; sweep++ {
		moved := q.sweep()
		gained += moved
		if moved <= enough*gained {
			break
		}
		if sweep%between == 0 {
			for k := 0; k < polishes && !q.polish(ctx, g); k++ {
			}
		}
	}
	return q.d
}

// A quadratic is the model that a step minimises, at a step d.
type quadratic struct {
	*penalty
	h, beta []float64
	d       []float64
	slope   []float64 // g + Hd
}

// sweep moves each coordinate to its best value, and returns about how far that
// lowered the model.
func (q *quadratic) sweep() (moved float64) {
	n := len(q.d)
	for f := range n {
		curve := q.h[f*n+f]
		if !(curve > 0) {
			continue
		}
		at := q.beta[f] + q.d[f]
		to := shrink(at-q.slope[f]/curve, q.lasso[f]/curve)
		by := to - at
		if by == 0 {
			continue
		}
		q.d[f] += by
		if to == 0 {
			q.d[f] = -q.beta[f] // to the bit
		}
		for o, c := range q.h[f*n : (f+1)*n] {
			q.slope[o] += by * c
		}
		moved += curve * by * by
	}
	return moved
}

// shrink moves v towards 0 by at most that much.
func shrink(v, by float64) float64 {
	switch {
	case v > by:
		return v - by
	case v < -by:
		return v + by
	}
	return 0
}

// polish goes as far as it may towards the minimum over the weights that are not 0:
// to where the first of them would change its sign. It reports whether none would.
func (q *quadratic) polish(ctx context.Context, g []float64) bool {
	n := len(q.d)
	var free []int
	for f := range n {
		if q.lasso[f] == 0 || q.beta[f]+q.d[f] != 0 {
			free = append(free, f)
		}
	}
	m := len(free)
	a, towards := make([]float64, m*m), make([]float64, m)
	for i, f := range free {
		for j, o := range free[:i+1] {
			a[i*m+j] = q.h[f*n+o]
		}
		towards[i] = -q.slope[f] - math.Copysign(q.lasso[f], q.beta[f]+q.d[f])
	}
	factorize(ctx, a, m, pivotTolerance).solve(towards)
	part, first := 1.0, -1
	for i, f := range free {
		at := q.beta[f] + q.d[f]
		if q.lasso[f] > 0 && (at+part*towards[i])*at < 0 {
			part, first = -at/towards[i], f
		}
	}
	for i, f := range free {
		q.d[f] += part * towards[i]
	}
	if first >= 0 {
		q.d[first] = -q.beta[first]
	}
	copy(q.slope, g)
	for f, d := range q.d {
		if d == 0 {
			continue
		}
		for o, c := range q.h[f*n : (f+1)*n] {
			q.slope[o] += d * c
		}
	}
	return first < 0
}

package linear

import (
	"context"
	"math"
)

// plattFit returns the slope and offset with which σ(slope·z + offset) is the
// probability of a positive row of decision value z, by maximum likelihood with the
// targets of J. C. Platt (1999), "Probabilistic outputs for support vector machines",
// and the Newton iteration of H.-T. Lin, C.-J. Lin and R. C. Weng (2007), "A note on
// Platt's probabilistic outputs for support vector machines", Machine Learning 68,
// 267–276. Rows count as often as they weigh. It breaks off when ctx ends.
func plattFit(ctx context.Context, z []float64, positive []bool, weight []float64) (slope, offset float64) {
	const iterations, halvings, ridge, enough = 100, 50, 1e-12, 1e-10
	p := newPlatt(z, positive, weight)
	offset = p.start
	value := p.value(slope, offset)
	for range iterations {
		if ctx.Err() != nil {
			break
		}
		g, h := p.derive(slope, offset)
		h[0] += ridge
		h[2] += ridge
		det := h[0]*h[2] - h[1]*h[1]
		ds, do := -(h[2]*g[0]-h[1]*g[1])/det, -(h[0]*g[1]-h[1]*g[0])/det
		promise := -(g[0]*ds + g[1]*do)
		if !(promise > enough*value) {
			break
		}
		part := 1.0
		for range halvings {
			if v := p.value(slope+part*ds, offset+part*do); v < value-1e-4*part*promise {
				slope, offset, value = slope+part*ds, offset+part*do, v
				break
			}
			part /= 2
		}
		if part < 1e-14 {
			break
		}
	}
	return slope, offset
}

// platt is decision values with what their probabilities ought to be.
type platt struct {
	z, target, weight []float64
	start             float64 // the offset where decision values tell nothing
}

func newPlatt(z []float64, positive []bool, weight []float64) *platt {
	var plus, minus float64
	for i, w := range weight {
		if positive[i] {
			plus += w
		} else {
			minus += w
		}
	}
	p := &platt{z: z, weight: weight, target: make([]float64, len(z)), start: math.Log((plus + 1) / (minus + 1))}
	for i := range z {
		p.target[i] = 1 / (minus + 2)
		if positive[i] {
			p.target[i] = (plus + 1) / (plus + 2)
		}
	}
	return p
}

// value returns the cross-entropy of targets and probabilities.
func (p *platt) value(slope, offset float64) (sum float64) {
	for i, z := range p.z {
		v := slope*z + offset
		sum += p.weight[i] * (math.Max(v, 0) + math.Log1p(math.Exp(-math.Abs(v))) - p.target[i]*v)
	}
	return sum
}

// derive returns the first derivatives, and the second: slope twice, both, offset
// twice.
func (p *platt) derive(slope, offset float64) (g [2]float64, h [3]float64) {
	for i, z := range p.z {
		v := slope*z + offset
		one, other := sigmoid(v), sigmoid(-v)
		d, c := p.weight[i]*(one-p.target[i]), p.weight[i]*one*other
		g[0] += d * z
		g[1] += d
		h[0] += c * z * z
		h[1] += c * z
		h[2] += c
	}
	return g, h
}

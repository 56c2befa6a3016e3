package linear

import "math"

// A penalty is what coefficients cost by themselves: for β of the stored values,
// ½ Σ ridge·β² + Σ lasso·|β| + ½ (tie·β)².
type penalty struct {
	ridge []float64
	lasso []float64 // nil: none
	tie   []float64 // nil: none
}

// settled is the share of a feature's own curvature that the ridge has at least, so
// that weights which data leave open, such as those of levels beside an intercept,
// have one solution: the shortest.
const (
	settled     = 1e-14
	settledFree = 1e-10 // without a penalty
)

// newPenalty returns the penalty ½·l2·‖w‖² + l1·‖w‖₁ of the weights of the columns
// themselves, not of the intercept. Cost is what the losses of rows are multiplied by.
func newPenalty(d *design, l2, l1 float64, cost []float64) *penalty {
	p := &penalty{ridge: make([]float64, d.size)}
	if l1 > 0 {
		p.lasso = make([]float64, d.size)
	}
	least := settled
	if l2 == 0 && l1 == 0 {
		least = settledFree
	}
	squares := d.squares(cost)
	for f, c := range d.features {
		if c.scale == 0 || squares[f] == 0 {
			p.ridge[f] = 1
			continue
		}
		p.ridge[f] = max(l2/c.scale/c.scale, least*squares[f])
		if l1 > 0 {
			p.lasso[f] = l1 / c.scale
		}
	}
	return p
}

// squares returns the weighted sum of squares of each feature.
func (d *design) squares(weight []float64) []float64 {
	out, k := make([]float64, d.size), len(d.dense)
	for i, w := range weight {
		for a, v := range d.x[i*k : (i+1)*k] {
			out[d.dense[a]] += w * v * v
		}
		for e := d.start[i]; e < d.start[i+1]; e++ {
			out[d.at[e]] += w * d.by[e] * d.by[e]
		}
	}
	return out
}

// tieIntercept adds ½(b/scaling)² for the intercept b of the columns themselves.
func (p *penalty) tieIntercept(d *design, scaling float64) {
	p.tie = make([]float64, d.size)
	for f, c := range d.features {
		if c.scale > 0 && c.level < 0 {
			p.tie[f] = -c.shift / c.scale / scaling
		}
	}
	p.tie[d.size-1] = 1 / scaling
}

// smooth returns the part that has a derivative.
func (p *penalty) smooth(beta []float64) float64 {
	var s float64
	for f, b := range beta {
		s += p.ridge[f] * b * b
	}
	if p.tie != nil {
		t := dot(p.tie, beta)
		s += t * t
	}
	return s / 2
}

// sharp returns the other part.
func (p *penalty) sharp(beta []float64) (s float64) {
	for f, l := range p.lasso {
		s += l * math.Abs(beta[f])
	}
	return s
}

// addSlope adds the derivative of the smooth part.
func (p *penalty) addSlope(beta, g []float64) {
	for f, b := range beta {
		g[f] += p.ridge[f] * b
	}
	if p.tie != nil {
		t := dot(p.tie, beta)
		for f, u := range p.tie {
			g[f] += t * u
		}
	}
}

// addCurvature adds the second derivatives of the smooth part.
func (p *penalty) addCurvature(h []float64) {
	n := len(p.ridge)
	for f, r := range p.ridge {
		h[f*n+f] += r
	}
	for f, u := range p.tie {
		if u == 0 {
			continue
		}
		for o, v := range p.tie {
			h[f*n+o] += u * v
		}
	}
}

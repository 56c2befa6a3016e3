package boost

import (
	"fmt"
	"math"

	"github.com/netanom/netanom/model/learn"
)

// Explain splits the log odds of an attack, which is every class but the first, among
// the columns: by the Shapley values of the trees (tree.Ensemble.Shap).
//
// With two classes the log odds are the sum of the trees. With more they are
// log Σ exp(f_k) − f_0, the sum being over all classes but the first, which is not
// linear in the outputs f. How much of the way from the log odds of the mean outputs
// to those of the row each output accounts for is found first, by the integral of the
// partial derivatives along the straight line between the two (the Aumann–Shapley
// value [1]); the share of an output is then divided among the columns like the
// output itself. Base and parts add up to the log odds of the row.
//
// [1] R. J. Aumann and L. S. Shapley (1974), Values of Non-Atomic Games, Princeton
// University Press; as "integrated gradients" in M. Sundararajan, A. Taly and Q. Yan
// (2017), "Axiomatic attribution for deep networks", ICML 2017.
func (m *Model) Explain(x *learn.Matrix) (*learn.Explanation, error) {
	if len(m.Base) > 1 {
		return m.explainMany(x)
	}
	e, err := m.Trees.Shap(x, nil)
	if err != nil {
		return nil, fmt.Errorf("gradient boosting: %w", err)
	}
	e.Scale = "log odds"
	e.Base += m.Base[0]
	for i := range e.Total {
		e.Total[i] += m.Base[0]
	}
	return e, nil
}

func (m *Model) explainMany(x *learn.Matrix) (*learn.Explanation, error) {
	outputs := len(m.Base)
	each := make([]*learn.Explanation, outputs)
	mix := make([]float64, outputs)
	mean := make([]float64, outputs)
	for k := range each {
		mix[k] = 1
		e, err := m.Trees.Shap(x, mix)
		if err != nil {
			return nil, fmt.Errorf("gradient boosting: %w", err)
		}
		mix[k] = 0
		each[k], mean[k] = e, e.Base+m.Base[k]
	}
	out := &learn.Explanation{Scale: "log odds", Base: attackOdds(mean), Total: make([]float64, x.Rows), Parts: make([][]float64, len(each[0].Parts))}
	for j := range out.Parts {
		out.Parts[j] = make([]float64, x.Rows)
	}
	raw, weight := make([]float64, outputs), make([]float64, outputs)
	for i := range x.Rows {
		for k, e := range each {
			raw[k] = e.Total[i] + m.Base[k]
		}
		out.Total[i] = attackOdds(raw)
		outputShares(weight, mean, raw)
		for j := range out.Parts {
			for k, e := range each {
				out.Parts[j][i] += weight[k] * e.Parts[j][i]
			}
		}
	}
	return out, nil
}

// attackOdds returns the log odds of all classes but the first.
func attackOdds(raw []float64) float64 {
	most := raw[1]
	for _, v := range raw[1:] {
		most = max(most, v)
	}
	var sum float64
	for _, v := range raw[1:] {
		sum += math.Exp(v - most)
	}
	return math.Log(sum) + most - raw[0]
}

// outputShares writes the mean partial derivative of attackOdds by each output along
// the line between two points: the weights w with
// attackOdds(to) − attackOdds(from) = Σ w·(to − from).
func outputShares(weight, from, to []float64) {
	const steps = 64 // of the midpoint rule
	clear(weight)
	weight[0] = -1
	p := make([]float64, len(from)-1)
	for s := range steps {
		t := (float64(s) + 0.5) / steps
		for k := range p {
			p[k] = from[k+1] + t*(to[k+1]-from[k+1])
		}
		softmax(p, p)
		for k, q := range p {
			weight[k+1] += q / steps
		}
	}
	// What the rule misses goes to the outputs that move, in proportion to the square
	// of their way, so that the parts add up.
	missing := attackOdds(to) - attackOdds(from)
	var squares float64
	for k, w := range weight {
		d := to[k] - from[k]
		missing -= w * d
		if k > 0 {
			squares += d * d
		}
	}
	if squares > 0 {
		for k := 1; k < len(weight); k++ {
			weight[k] += missing * (to[k] - from[k]) / squares
		}
	}
}

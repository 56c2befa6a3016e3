package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// Dunnett compares every group with the control, the group of that number, taking
// one variance for all. The statistic is t; that p-value and interval hold for all
// comparisons together follows from the distribution of the largest |t|, which are
// correlated because they share the control. The estimate is the group less the
// control. The error is that of a level outside 0 to 1, or of a control that is no
// group.
//
// C. W. Dunnett (1955), "A multiple comparison procedure for comparing several
// treatments with a control", JASA 50, 1096–1121.
func (a OneWay) Dunnett(control int, level float64) ([]Comparison, error) {
	if err := checkLevel(level); err != nil {
		return nil, err
	}
	if control < 0 || control >= len(a.Groups) {
		return nil, fmt.Errorf("control %d of %d groups", control, len(a.Groups))
	}
	_, df := a.DF()
	base := a.Groups[control]
	var loads []float64
	for i, g := range a.Groups {
		if i != control {
			loads = append(loads, math.Sqrt(float64(g.N)/float64(g.N+base.N)))
		}
	}
	d := newManyToOne(loads)
	reach, noise := d.quantile(level, df), a.Within/df
	var out []Comparison
	for i := range a.Groups {
		if i == control {
			continue
		}
		c, err := a.pair(i, control, level, func(c *Comparison, g, h Moments) error {
			return c.studentize(d, "Dunnett", noise*(1/float64(g.N)+1/float64(h.N)), df, reach, level)
		})
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// newManyToOne returns the distribution of the largest absolute value of normal
// differences that are correlated by the products of their loads, each between 0 and
// 1.
func newManyToOne(loads []float64) *studentized {
	n := float64(len(loads))
	rule := newPanelRule()
	return &studentized{
		statistic: "t",
		unit:      1,
		decline:   0.5,
		logTail:   func(r float64) float64 { return logLargestSF(r, loads, rule) },
		// Hardly ever are two so large, unless they are all but the same.
		farTail: func(r float64) float64 { return math.Log(2*n) + LogNormalSF(r) },
	}
}

// logLargestSF returns the log probability that any difference exceeds r in size: each
// is load·z + √(1−load²)·e of a common z and an e of its own. It integrates over z > 0,
// which is as likely as −z, panel by panel.
func logLargestSF(r float64, loads []float64, rule panelRule) float64 {
	const reach = 10
	var sum logSum
	for z := 0.0; z < r+reach; {
		width := panelWidth(z, r, loads)
		for i, x := range rule.points {
			at := z + width*x
			sum.add(math.Ln2 + logNormalDensity(at) + math.Log(width*rule.weights[i]) + logAnyBeyond(r, at, loads))
		}
		z += width
	}
	return math.Min(0, sum.log())
}

// A panelRule is a rule of Gauss and Legendre for the interval from 0 to 1.
type panelRule struct{ points, weights []float64 }

// newPanelRule returns a rule that is exact to rounding for a normal density over one
// standard deviation.
func newPanelRule() panelRule {
	const size = 12
	rule := panelRule{make([]float64, size), make([]float64, size)}
	quad.Legendre{}.FixedLocations(rule.points, rule.weights, 0, 1)
	return rule
}

// panelWidth returns how far from z on the integrand is smooth: one standard deviation
// of z at most, and near where a difference comes to exceed r, one of its own part.
func panelWidth(z, r float64, loads []float64) float64 {
	const near = 9
	width := 8 / max(8, z) // beyond, the density itself falls ever faster
	for _, load := range loads {
		scale := math.Sqrt((1-load)*(1+load)) / load
		for _, centre := range [2]float64{-r / load, r / load} {
			begin, end := centre-near*scale, centre+near*scale
			switch {
			case z >= end || z+width <= begin:
			case z < begin-scale:
				width = min(width, begin-z)
			default:
				width = min(width, scale)
			}
		}
	}
	return width
}

// logAnyBeyond returns the log probability that any difference exceeds r in size given
// z.
func logAnyBeyond(r, z float64, loads []float64) float64 {
	var any logSum
	none := 0.0
	for _, load := range loads {
		own := math.Sqrt((1 - load) * (1 + load))
		var beyond logSum
		beyond.add(LogNormalSF((r - load*z) / own))
		beyond.add(LogNormalSF((r + load*z) / own))
		p := math.Min(0, beyond.log())
		any.add(p)
		none += log1mExp(p)
	}
	const rare = -60 // where no two of them happen
	if any.log() < rare {
		return any.log()
	}
	return log1mExp(none)
}

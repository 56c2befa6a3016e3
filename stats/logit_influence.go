package stats

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

// A LogitInfluence says how much rows of one pattern and class move the fit.
type LogitInfluence struct {
	Pattern     int
	One         bool
	Rows        int64   // such rows; the figures are those of each
	Probability float64 // fitted
	Leverage    float64 // part of the row in its own fit, 0 to 1
	Pearson     float64 // residual in standard deviations
	Deviance    float64 // residual whose square is the row's part of the deviance
	Cook        float64 // how far all coefficients would move without the row
}

// Influence returns the rows that move the fit most, by Cook's distance in the
// one-step approximation [1]. Rows that are told apart without a mistake move
// nothing, and are left out.
//
// [1] D. Pregibon (1981), "Logistic regression diagnostics", Annals of Statistics 9,
// 705–724.
func (f *LogitFit) Influence(ctx context.Context, most int) ([]LogitInfluence, error) {
	if f.remaining != nil {
		return nil, fmt.Errorf("influence needs the rows themselves, and these were added up elsewhere")
	}
	v := factorize(f.state.info, len(f.design.columns), f.problem.free, stepTolerance).inverse()
	leverage := make([]float64, len(f.Probabilities))
	if err := f.design.quadratic(ctx, v, leverage); err != nil {
		return nil, err
	}
	var out []LogitInfluence
	for i, p := range f.Probabilities {
		q := f.state.other[i]
		h := leverage[i] * p * q
		if !(p > 0 && q > 0 && h < 1) {
			continue
		}
		for _, one := range []bool{true, false} {
			r := LogitInfluence{Pattern: i, One: one, Rows: f.data.Zeros[i], Probability: p, Leverage: h,
				Pearson: -math.Sqrt(p / q), Deviance: -math.Sqrt(-2 * math.Log(q))}
			if one {
				r.Rows, r.Pearson, r.Deviance = f.data.Ones[i], math.Sqrt(q/p), math.Sqrt(-2*math.Log(p))
			}
			r.Cook = r.Pearson * r.Pearson * h / ((1 - h) * (1 - h) * float64(f.Rank()))
			if r.Rows > 0 {
				out = append(out, r)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b LogitInfluence) int { return cmp.Compare(b.Cook, a.Cook) })
	return out[:min(most, len(out))], nil
}

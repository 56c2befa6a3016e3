package stats

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// LogitErrors are ways to compute the standard errors of a logistic regression.
type LogitErrors uint8

// The ways. ModelErrors, the zero value, believe the model; the others ask only
// that its mean is right.
const (
	ModelErrors     LogitErrors = iota // inverse Fisher information
	HC0Errors                          // sandwich of H. White (1980), Econometrica 48, 817–838
	HC1Errors                          // the same times n/(n−k)
	ClusteredErrors                    // sums within clusters, times G/(G−1) for G clusters
)

// logitErrorNames holds the word of each, in order.
var logitErrorNames = [...]string{"model", "hc0", "hc1", "cluster"}

// String returns "model", "hc0", "hc1" or "cluster".
func (e LogitErrors) String() string {
	if int(e) < len(logitErrorNames) {
		return logitErrorNames[e]
	}
	return fmt.Sprintf("LogitErrors(%d)", uint8(e))
}

// ParseLogitErrors reads standard errors by the word that String writes. The error
// of any other text lists the choices.
func ParseLogitErrors(s string) (LogitErrors, error) {
	if i := slices.Index(logitErrorNames[:], s); i >= 0 {
		return LogitErrors(i), nil
	}
	return ModelErrors, fmt.Errorf("standard errors %q: want one of %v", s, logitErrorNames)
}

// sandwich returns the covariance matrix of the scaled coefficients from the
// inverse information.
func (f *LogitFit) sandwich(ctx context.Context, v []float64) ([]float64, error) {
	var meat []float64
	var err error
	factor := 1.0
	switch f.options.Errors {
	case ModelErrors:
		return v, nil
	case ClusteredErrors:
		var clusters int
		if meat, clusters, err = f.clusterMeat(); err != nil {
			return nil, err
		}
		factor = float64(clusters) / float64(clusters-1)
	default:
		if meat, err = f.squares(ctx); err != nil {
			return nil, err
		}
		if f.options.Errors == HC1Errors {
			factor = float64(f.N) / (float64(f.N) - float64(f.Rank()))
		}
	}
	p := len(f.design.columns)
	out := product(product(v, meat, p), v, p)
	for i := range out {
		out[i] *= factor
	}
	return out, nil
}

// squares adds up the outer products of the scores of rows.
func (f *LogitFit) squares(ctx context.Context) ([]float64, error) {
	if f.remaining != nil {
		meat, _, err := f.remaining.products(ctx, f.state.beta, SquareWeight)
		return meat, err
	}
	weight := make([]float64, len(f.design.rows))
	for i, rows := range f.design.rows {
		ones := f.design.ones[i]
		weight[i] = ones*f.state.other[i]*f.state.other[i] + (rows-ones)*f.state.prob[i]*f.state.prob[i]
	}
	return f.design.gram(ctx, weight)
}

// clusterMeat adds up the outer products of the scores of clusters.
func (f *LogitFit) clusterMeat() (meat []float64, clusters int, err error) {
	if f.data.Cluster == nil {
		return nil, 0, fmt.Errorf("clustered standard errors need clusters: %w", ErrTooFew)
	}
	p := len(f.design.columns)
	scores := make(map[int][]float64)
	var order []int // of first appearance, so that sums do not depend on the map
	columns, values := []int(nil), []float64(nil)
	for i, cluster := range f.data.Cluster {
		score := scores[cluster]
		if score == nil {
			score = make([]float64, p)
			scores[cluster], order = score, append(order, cluster)
		}
		ones := f.design.ones[i]
		residual := ones*f.state.other[i] - (f.design.rows[i]-ones)*f.state.prob[i]
		columns, values = f.design.entries(i, columns[:0], values[:0])
		for k, column := range columns {
			score[column] += residual * values[k]
		}
	}
	if len(order) < 2 {
		return nil, 0, fmt.Errorf("clustered standard errors need two clusters: %w", ErrTooFew)
	}
	meat = make([]float64, p*p)
	for _, cluster := range order {
		score := scores[cluster]
		for a, x := range score {
			if x == 0 {
				continue
			}
			for b, y := range score {
				meat[a*p+b] += x * y
			}
		}
	}
	return meat, len(order), nil
}

// product returns AB for square matrices by rows.
func product(a, b []float64, size int) []float64 {
	out := make([]float64, size*size)
	for i := range size {
		row := out[i*size : (i+1)*size]
		for k, x := range a[i*size : (i+1)*size] {
			if x == 0 {
				continue
			}
			for j, y := range b[k*size : (k+1)*size] {
				row[j] += x * y
			}
		}
	}
	return out
}

// VIF returns the generalised variance inflation factor of each term, and how many
// of its coefficients are estimated: by how much the other terms widen the joint
// confidence region of its coefficients. For a term of one coefficient it is the
// usual factor; the power 1/(2·coefficients) makes terms comparable. NaN where a
// term has no estimated coefficient.
//
// J. Fox and G. Monette (1992), "Generalized collinearity diagnostics", JASA 87,
// 178–183.
func (f *LogitFit) VIF() (factors []float64, coefficients []int) {
	p := len(f.Coefficients)
	correlation := make([]float64, p*p)
	var all []int
	for i := 1; i < p; i++ {
		if f.Coefficients[i].State != Estimated {
			continue
		}
		all = append(all, i)
		for _, j := range all {
			r := f.Covariance(i, j) / (f.Coefficients[i].SE * f.Coefficients[j].SE)
			correlation[i*p+j], correlation[j*p+i] = r, r
		}
	}
	logDet := func(columns []int) float64 { return factorize(correlation, p, columns, 0).logDet() }
	whole := logDet(all)
	for t := range f.data.Terms {
		var own, others []int
		for _, j := range all {
			if f.design.columns[j].term == t {
				own = append(own, j)
			} else {
				others = append(others, j)
			}
		}
		factor := math.NaN()
		if len(own) > 0 {
			factor = math.Exp(logDet(own) + logDet(others) - whole)
		}
		factors, coefficients = append(factors, factor), append(coefficients, len(own))
	}
	return factors, coefficients
}

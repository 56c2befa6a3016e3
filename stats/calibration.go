package stats

import (
	"fmt"
	"math"
	"slices"
)

// A Calibrator turns scores into probabilities of being positive. The fitted ones of this
// package are Platt and Isotonic.
type Calibrator interface {
	// At returns the probability at a score; NaN for NaN.
	At(score float64) float64
	// Check returns an error unless the calibrator is one that a fit might have made.
	Check() error
}

// Platt is a calibrator that takes the log odds for a linear function of the score: the
// probability at score s is 1/(1+exp(A·s+B)). A is negative where high scores are those
// of positives.
type Platt struct {
	A float64 `json:"a"`
	B float64 `json:"b"`
}

// At returns the probability at a score, which may be infinite.
func (p Platt) At(score float64) float64 {
	if math.IsInf(score, 0) && p.A == 0 {
		score = 0
	}
	return expit(-(p.A*score + p.B))
}

// Check returns an error unless both numbers are finite.
func (p Platt) Check() error {
	if !allFinite([]float64{p.A, p.B}) {
		return fmt.Errorf("calibration by Platt with %v and %v: %w", p.A, p.B, ErrNotFinite)
	}
	return nil
}

// FitPlatt fits the log odds of being positive as a linear function of the score [1], on
// rows that the model was not trained with. Positives count as (n₊+1)/(n₊+2) of one and
// negatives as 1/(n₋+2), so that the fit exists even where a score tells them apart
// without error; it is found by Newton's method with a line search [2]. Weights may be
// nil, for 1 each; n₊ and n₋ are then sums of weights.
//
// The error wraps ErrLengths, ErrNotFinite, or ErrTooFew unless both classes have a row
// that weighs anything. If all scores are equal, A is 0 but for rounding.
//
// [1] J. Platt (1999), "Probabilistic outputs for support vector machines and comparisons
// to regularized likelihood methods", Advances in Large Margin Classifiers, MIT Press,
// 61–74.
//
// [2] H.-T. Lin, C.-J. Lin and R. C. Weng (2007), "A note on Platt's probabilistic outputs
// for support vector machines", Machine Learning 68, 267–276.
func FitPlatt(scores []float64, positive []bool, weights []float64) (Platt, error) {
	weights, n, err := calibrationWeights(scores, positive, weights)
	if err != nil {
		return Platt{}, fmt.Errorf("calibration by Platt: %w", err)
	}
	target := [2]float64{1 / (n[0] + 2), (n[1] + 1) / (n[1] + 2)}
	center, scale := typicalScore(scores, weights)
	f := sigmoidFit{x: make([]float64, len(scores)), y: make([]float64, len(scores)), w: weights}
	for i, s := range scores {
		f.x[i], f.y[i] = (s/2-center/2)/scale*2, target[class(positive[i])]
	}
	f.intercept = math.Log((n[1] + 1) / (n[0] + 1))
	f.climb()
	p := Platt{A: -f.slope / scale, B: f.slope/scale*center - f.intercept}
	if err := p.Check(); err != nil {
		return Platt{}, err
	}
	return p, nil
}

// calibrationWeights checks rows to calibrate with and returns their weights and those of
// the negatives and positives together.
func calibrationWeights(scores []float64, positive []bool, weights []float64) ([]float64, [2]float64, error) {
	var n [2]float64
	if len(positive) != len(scores) || weights != nil && len(weights) != len(scores) {
		return nil, n, fmt.Errorf("%d scores of %d rows with %d weights: %w", len(scores), len(positive), len(weights), ErrLengths)
	}
	if !allFinite(scores) {
		return nil, n, fmt.Errorf("scores: %w", ErrNotFinite)
	}
	if weights == nil {
		weights = slices.Repeat([]float64{1}, len(scores))
	}
	for i, w := range weights {
		if err := checkWeight(w); err != nil {
			return nil, n, fmt.Errorf("row %d: %w", i+1, err)
		}
		n[class(positive[i])] += w
	}
	if !(n[0] > 0 && n[1] > 0) || !allFinite(n[:]) {
		return nil, n, fmt.Errorf("positives that weigh %v and negatives that weigh %v: %w", n[1], n[0], ErrTooFew)
	}
	return weights, n, nil
}

// typicalScore returns the mean of the scores that weigh anything and their standard
// deviation, 1 if they do not vary: units that no fit depends on but by rounding.
func typicalScore(scores, weights []float64) (center, scale float64) {
	largest := 0.0
	for i, s := range scores {
		if weights[i] > 0 {
			largest = max(largest, math.Abs(s))
		}
	}
	if largest == 0 {
		return 0, 1
	}
	var total, sum, squares compensated
	for i, s := range scores {
		total, sum = total.add(weights[i]), sum.addProduct(weights[i], s/largest)
	}
	mean := sum.value() / total.value()
	for i, s := range scores {
		d := s/largest - mean
		squares = squares.addProduct(weights[i], d*d)
	}
	sd := math.Sqrt(squares.value() / total.value())
	const rounding = 1e-14
	if sd < rounding {
		return mean * largest, largest
	}
	return mean * largest, sd * largest
}

// A sigmoidFit is a logistic regression of shares y on one x, by maximum likelihood.
type sigmoidFit struct {
	x, y, w          []float64
	slope, intercept float64
}

// climb goes to the maximum from where the fit is, by at most 100 steps of Newton.
func (f *sigmoidFit) climb() {
	const (
		steps    = 100
		ridge    = 1e-12 // keeps the matrix regular where x does not vary
		least    = 1e-10 // part of a step that is tried
		progress = 1e-4  // of the expected gain
	)
	loss := f.loss(f.slope, f.intercept)
	var total float64
	for _, w := range f.w {
		total += w
	}
	for range steps {
		g1, g0, h11, h10, h00 := f.derivatives()
		h11, h00 = h11+ridge*total, h00+ridge*total
		det := h11*h00 - h10*h10
		d1, d0 := -(h00*g1-h10*g0)/det, -(h11*g0-h10*g1)/det
		down := g1*d1 + g0*d0
		if !(-down > 1e-26*total) {
			return
		}
		part := 1.0
		for ; part >= least; part /= 2 {
			slope, intercept := f.slope+part*d1, f.intercept+part*d0
			next := f.loss(slope, intercept)
			if next < loss+progress*part*down || part == 1 && next <= loss {
				f.slope, f.intercept, loss = slope, intercept, next
				break
			}
		}
		if part < least {
			return
		}
	}
}

// loss returns the negative log likelihood.
func (f *sigmoidFit) loss(slope, intercept float64) float64 {
	var sum compensated
	for i, x := range f.x {
		eta := slope*x + intercept
		// ln(1+exp(η)) − y·η, with the exponent never positive
		l := math.Log1p(math.Exp(-math.Abs(eta))) + max(eta, 0) - f.y[i]*eta
		sum = sum.addProduct(f.w[i], l)
	}
	return sum.value()
}

// derivatives returns the gradient of the loss and its second derivatives.
func (f *sigmoidFit) derivatives() (g1, g0, h11, h10, h00 float64) {
	for i, x := range f.x {
		p := expit(f.slope*x + f.intercept)
		r, v := f.w[i]*(p-f.y[i]), f.w[i]*p*(1-p)
		g1, g0 = g1+r*x, g0+r
		h11, h10, h00 = h11+v*x*x, h10+v*x, h00+v
	}
	return g1, g0, h11, h10, h00
}

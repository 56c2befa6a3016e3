package stats

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// Isotonic is a calibrator that never decreases: straight between the points (X, Y), and
// beyond them the first and the last Y.
type Isotonic struct {
	X []float64 `json:"x"` // increasing
	Y []float64 `json:"y"` // not decreasing
}

// At returns the value at x; NaN for NaN.
func (f Isotonic) At(x float64) float64 {
	last := len(f.X) - 1
	switch {
	case math.IsNaN(x) || last < 0:
		return math.NaN()
	case x <= f.X[0]:
		return f.Y[0]
	case x >= f.X[last]:
		return f.Y[last]
	}
	i := sort.SearchFloat64s(f.X, x) // f.X[i-1] < x <= f.X[i]
	x0, x1, y0, y1 := f.X[i-1], f.X[i], f.Y[i-1], f.Y[i]
	part := (x/2 - x0/2) / (x1/2 - x0/2) // the halves do not overflow
	return min(max(y0*(1-part)+y1*part, y0), y1)
}

// Check returns an error unless there are as many finite X as Y, at least one, X increases
// and Y does not decrease.
func (f Isotonic) Check() error {
	if len(f.X) == 0 || len(f.X) != len(f.Y) {
		return fmt.Errorf("isotonic calibration of %d and %d numbers: %w", len(f.X), len(f.Y), ErrLengths)
	}
	if !allFinite(f.X) || !allFinite(f.Y) {
		return fmt.Errorf("isotonic calibration: %w", ErrNotFinite)
	}
	for i := 1; i < len(f.X); i++ {
		if f.X[i] <= f.X[i-1] || f.Y[i] < f.Y[i-1] {
			return fmt.Errorf("isotonic calibration: point %d (%v, %v) follows (%v, %v)", i, f.X[i], f.Y[i], f.X[i-1], f.Y[i-1])
		}
	}
	return nil
}

// FitIsotonic fits the function that does not decrease and is nearest to y, by squared
// distance, at the places x [1]: neighbours that go down are pooled until none do [2]. Rows
// of equal x count as one with their mean. Points between others on a level stretch are
// left out; between points the function is a straight line, as with scikit-learn's
// IsotonicRegression. Of classes, y is 1 or 0, and the fit is a calibration [3].
//
// Weights may be nil, for 1 each; rows of weight 0 are left out. The error wraps
// ErrLengths, ErrNotFinite, or ErrTooFew without rows.
//
// [1] R. E. Barlow, D. J. Bartholomew, J. M. Bremner and H. D. Brunk (1972), Statistical
// Inference under Order Restrictions, Wiley.
//
// [2] M. Ayer, H. D. Brunk, G. M. Ewing, W. T. Reid and E. Silverman (1955), "An empirical
// distribution function for sampling with incomplete information", Annals of Mathematical
// Statistics 26, 641–647.
//
// [3] B. Zadrozny and C. Elkan (2002), "Transforming classifier scores into accurate
// multiclass probability estimates", KDD, 694–699.
func FitIsotonic(x, y, weights []float64) (Isotonic, error) {
	if len(x) != len(y) || weights != nil && len(weights) != len(x) {
		return Isotonic{}, fmt.Errorf("isotonic regression of %d values on %d with %d weights: %w", len(y), len(x), len(weights), ErrLengths)
	}
	if !allFinite(x) || !allFinite(y) {
		return Isotonic{}, fmt.Errorf("isotonic regression: %w", ErrNotFinite)
	}
	for i, w := range weights {
		if err := checkWeight(w); err != nil {
			return Isotonic{}, fmt.Errorf("isotonic regression: row %d: %w", i+1, err)
		}
	}
	blocks := pooledBlocks(distinctPlaces(x, y, weights))
	if len(blocks) == 0 {
		return Isotonic{}, fmt.Errorf("isotonic regression: %w", ErrTooFew)
	}
	var f Isotonic
	for _, b := range blocks {
		f.X, f.Y = append(f.X, b.low), append(f.Y, b.mean())
		if b.high > b.low {
			f.X, f.Y = append(f.X, b.high), append(f.Y, b.mean())
		}
	}
	// Means of neighbours that were not pooled may still round to the wrong order.
	for i := 1; i < len(f.Y); i++ {
		f.Y[i] = max(f.Y[i], f.Y[i-1])
	}
	return f, f.Check()
}

// FitIsotonicClasses is FitIsotonic of whether rows are positive on their score.
func FitIsotonicClasses(scores []float64, positive []bool, weights []float64) (Isotonic, error) {
	if _, _, err := calibrationWeights(scores, positive, weights); err != nil {
		return Isotonic{}, fmt.Errorf("isotonic calibration: %w", err)
	}
	y := make([]float64, len(positive))
	for i, p := range positive {
		y[i] = float64(class(p))
	}
	return FitIsotonic(scores, y, weights)
}

// A levelBlock is a stretch of x on which the function is level.
type levelBlock struct {
	low, high   float64
	weight, sum float64
}

func (b *levelBlock) mean() float64 { return b.sum / b.weight }

// distinctPlaces returns a block for each different x, in order.
func distinctPlaces(x, y, weights []float64) []levelBlock {
	sorted := sortKeys(x)
	var blocks []levelBlock
	forEachTie(sorted, func(lo, hi int) {
		b := levelBlock{low: positiveZero(x[sorted[lo].index]), high: positiveZero(x[sorted[lo].index])}
		var sum compensated
		for _, k := range sorted[lo:hi] {
			w := 1.0
			if weights != nil {
				w = weights[k.index]
			}
			b.weight += w
			sum = sum.addProduct(w, y[k.index])
		}
		b.sum = sum.value()
		if b.weight > 0 {
			blocks = append(blocks, b)
		}
	})
	return blocks
}

// pooledBlocks joins neighbours until their means increase.
func pooledBlocks(places []levelBlock) []levelBlock {
	var out []levelBlock
	for _, b := range places {
		for len(out) > 0 && out[len(out)-1].mean() >= b.mean() {
			before := &out[len(out)-1]
			b = levelBlock{before.low, b.high, before.weight + b.weight, before.sum + b.sum}
			out = out[:len(out)-1]
		}
		out = append(out, b)
	}
	return slices.Clip(out)
}

package stats

import (
	"fmt"
	"math"
)

// LogLossFloor is how near to 0 and 1 a probability may be before LogLoss takes it for
// this near: without, one that was certain and wrong would make the loss infinite.
const LogLossFloor = 1e-15

// ProbabilityMeasures says how good probabilities are as such.
type ProbabilityMeasures struct {
	N int64

	// LogLoss is the mean of −ln of the probability of what happened.
	LogLoss Measure
	// Brier is the mean squared distance of the probabilities from what happened: of two
	// classes (p−y)², from 0 to 1; of several the sum of that over the classes, from 0 to 2
	// [G. W. Brier 1950, Monthly Weather Review 78, 1–3].
	Brier Measure
}

// MeasureProbabilities returns the measures of probabilities of being positive. They have
// the interval of a mean, by Student's t; it has no width where all rows lose the same.
// Probabilities count as at least LogLossFloor and at most 1 − LogLossFloor in the log
// loss, as with scikit-learn's log_loss(eps=1e-15) and R's MLmetrics.
//
// The error wraps ErrLengths, ErrTooFew for fewer than two rows or ErrNotFinite, or says
// that a probability is not between 0 and 1.
func MeasureProbabilities(p []float64, positive []bool, level float64) (ProbabilityMeasures, error) {
	if err := checkProbabilities(p, positive); err != nil {
		return ProbabilityMeasures{}, err
	}
	return measureLosses(len(p), level, func(i int) (log, square float64) {
		y, q := float64(class(positive[i])), min(max(p[i], LogLossFloor), 1-LogLossFloor)
		if !positive[i] {
			q = 1 - q // rounds, as it does in the tools to agree with
		}
		return -math.Log(q), (p[i] - y) * (p[i] - y)
	})
}

// checkProbabilities returns an error unless there is a probability for each row.
func checkProbabilities(p []float64, positive []bool) error {
	if len(p) != len(positive) {
		return fmt.Errorf("%d probabilities of %d rows: %w", len(p), len(positive), ErrLengths)
	}
	for i, v := range p {
		if err := checkProbability(v); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	return nil
}

func checkProbability(v float64) error {
	if math.IsNaN(v - v) {
		return fmt.Errorf("probability %v: %w", v, ErrNotFinite)
	}
	if v < 0 || v > 1 {
		return fmt.Errorf("%v is no probability between 0 and 1", v)
	}
	return nil
}

// measureLosses sums up what rows lose.
func measureLosses(n int, level float64, losses func(i int) (log, square float64)) (ProbabilityMeasures, error) {
	if err := checkLevel(level); err != nil {
		return ProbabilityMeasures{}, err
	}
	if n < 2 {
		return ProbabilityMeasures{}, fmt.Errorf("probabilities of %d rows: %w", n, ErrTooFew)
	}
	logs, squares := make([]float64, n), make([]float64, n)
	for i := range n {
		logs[i], squares[i] = losses(i)
	}
	return ProbabilityMeasures{N: int64(n), LogLoss: meanMeasure(logs, level), Brier: meanMeasure(squares, level)}, nil
}

// meanMeasure is a mean of values of at least 0, with Student's interval.
func meanMeasure(x []float64, level float64) Measure {
	m := momentsOf(x, nil).unscaled()
	half := 0.0
	if se := m.SE(); se > 0 {
		half = se * TQuantile((1+level)/2, float64(m.N-1))
	}
	return Measure{m.Mean, Interval{max(0, m.Mean-half), m.Mean + half, level}}
}

// MeasureClassProbabilities is MeasureProbabilities for several classes: p holds one
// probability a class for each row, row after row, and truth the place of the class that
// the row is of. Probabilities of a row that do not add up to 1 within 1e-6 are an error;
// in the log loss those that were raised to the floor are then divided by their sum, as
// scikit-learn does. Other errors are those of MeasureProbabilities.
func MeasureClassProbabilities(p []float64, truth []int32, classes int, level float64) (ProbabilityMeasures, error) {
	if err := checkClassProbabilities(p, truth, classes); err != nil {
		return ProbabilityMeasures{}, err
	}
	return measureLosses(len(truth), level, func(i int) (log, square float64) {
		row := p[i*classes : (i+1)*classes]
		var sum, own float64
		for k, v := range row {
			clipped := min(max(v, LogLossFloor), 1-LogLossFloor)
			sum += clipped
			if int32(k) == truth[i] {
				own = clipped
				v -= 1
			}
			square += v * v
		}
		return max(0, math.Log(sum)-math.Log(own)), square
	})
}

// checkClassProbabilities returns an error unless each row has a class and a probability
// for each that add up to 1.
func checkClassProbabilities(p []float64, truth []int32, classes int) error {
	if classes < 2 {
		return fmt.Errorf("probabilities of %d classes, want at least 2", classes)
	}
	if len(p) != len(truth)*classes {
		return fmt.Errorf("%d probabilities of %d rows and %d classes: %w", len(p), len(truth), classes, ErrLengths)
	}
	for i, k := range truth {
		if k < 0 || int(k) >= classes {
			return fmt.Errorf("row %d has class %d of %d", i+1, k, classes)
		}
		var sum float64
		for _, v := range p[i*classes : (i+1)*classes] {
			if err := checkProbability(v); err != nil {
				return fmt.Errorf("row %d: %w", i+1, err)
			}
			sum += v
		}
		if math.Abs(sum-1) > 1e-6 {
			return fmt.Errorf("row %d: the probabilities of the classes add up to %v, not 1", i+1, sum)
		}
	}
	return nil
}

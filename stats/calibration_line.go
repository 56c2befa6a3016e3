package stats

import (
	"context"
	"fmt"
	"math"
)

// A CalibrationLine says whether probabilities are too extreme, or too high or low
// throughout.
type CalibrationLine struct {
	Slope     Measure // of the log odds of what happened on those that the probabilities give; 1 is best, less is too extreme
	Intercept Measure // of the same line; 0 is best if the slope is 1
	InLarge   Measure // intercept where the slope is 1: above 0 if positives are more frequent than predicted
}

// FitCalibrationLine fits the logistic regression of what happened on the log odds of the
// probabilities [1], with Wald's intervals. Probabilities count as at least LogLossFloor
// and at most 1 − LogLossFloor. Slope and Intercept are NaN if the probabilities tell the
// classes apart without error, or do not vary.
//
// Errors are those of MeasureProbabilities, and ErrTooFew unless there are rows of both
// classes, or the cause when ctx ends first.
//
// [1] D. R. Cox (1958), "Two further applications of a model for binary regression",
// Biometrika 45, 562–565; E. W. Steyerberg (2019), Clinical Prediction Models, 2nd ed.,
// Springer, section 15.3.
func FitCalibrationLine(ctx context.Context, p []float64, positive []bool, level float64) (CalibrationLine, error) {
	if err := checkLevel(level); err != nil {
		return CalibrationLine{}, err
	}
	if err := checkProbabilities(p, positive); err != nil {
		return CalibrationLine{}, fmt.Errorf("calibration line: %w", err)
	}
	odds := make([]float64, len(p))
	for i, v := range p {
		odds[i] = logit(min(max(v, LogLossFloor), 1-LogLossFloor))
	}
	t, err := ScoreTally(odds, positive)
	if err != nil {
		return CalibrationLine{}, err
	}
	data := LogitData{Terms: []LogitTerm{{Name: "log odds", Values: t.Values}}, Ones: t.Counts[0], Zeros: t.Counts[1]}
	fit, err := FitLogit(ctx, &data, LogitOptions{Level: level})
	if err != nil {
		return CalibrationLine{}, fmt.Errorf("calibration line: %w", err)
	}
	line := CalibrationLine{Intercept: undefinedMeasure(), Slope: undefinedMeasure(), InLarge: inLarge(&data, level)}
	if a, b := &fit.Coefficients[0], &fit.Coefficients[1]; fit.Converged && a.State == Estimated && b.State == Estimated {
		line.Intercept = Measure{a.Estimate.Value, a.CI}
		line.Slope = Measure{b.Estimate.Value, b.CI}
	}
	return line, nil
}

// inLarge returns the number that must be added to the log odds so that as many rows are
// expected as there are ones. It is the root of a function that decreases.
func inLarge(d *LogitData, level float64) Measure {
	excess := func(shift float64) (rest, information float64) {
		for i, odds := range d.Terms[0].Values {
			p := expit(odds + shift)
			n := float64(d.Ones[i] + d.Zeros[i])
			rest += float64(d.Ones[i]) - n*p
			information += n * p * (1 - p)
		}
		return rest, information
	}
	const reach, steps = 750.0, 200 // beyond, all probabilities are 0 or 1
	low, high, at := -reach, reach, 0.0
	for range steps {
		rest, information := excess(at)
		if rest > 0 {
			low = at
		} else {
			high = at
		}
		next := at + rest/information
		if !(next > low && next < high) {
			next = low/2 + high/2
		}
		if math.Abs(next-at) <= 1e-15*math.Abs(at) {
			break
		}
		at = next
	}
	_, information := excess(at)
	half := NormalQuantile((1+level)/2) / math.Sqrt(information)
	return Measure{at, Interval{at - half, at + half, level}}
}

// SpiegelhalterTest tests whether probabilities are right, by the part of the Brier score
// that has expectation 0 if they are: z = Σ(y−p)(1−2p) / √Σ(1−2p)²p(1−p), which is then
// about normal [1]. Greater means a Brier score that is worse than the probabilities
// promise. It needs no bins.
//
// Errors are those of MeasureProbabilities, and ErrConstant where every probability is 0,
// ½ or 1, of which the sum has no variance.
//
// [1] D. J. Spiegelhalter (1986), "Probabilistic prediction in patient management and
// clinical trials", Statistics in Medicine 5, 421–433.
func SpiegelhalterTest(p []float64, positive []bool, alt Alternative) (Result, error) {
	const method = "Spiegelhalter's z"
	if err := checkProbabilities(p, positive); err != nil {
		return Result{}, fmt.Errorf("%s: %w", method, err)
	}
	if len(p) < 2 {
		return Result{}, fmt.Errorf("%s of %d rows: %w", method, len(p), ErrTooFew)
	}
	var sum, variance compensated
	ones := int64(0)
	for i, v := range p {
		y := float64(class(positive[i]))
		ones += int64(y)
		sum = sum.addProduct(y-v, 1-2*v)
		variance = variance.addProduct((1-2*v)*(1-2*v), v*(1-v))
	}
	if !(variance.value() > 0) {
		return Result{}, fmt.Errorf("%s: every probability is 0, ½ or 1: %w", method, ErrConstant)
	}
	z := sum.value() / math.Sqrt(variance.value())
	n := float64(len(p))
	return NewResult(Result{
		Test:        "calibrated probabilities",
		Method:      method,
		Alternative: alt,
		Null:        Named{"excess of the Brier score", 0},
		Statistic:   Named{"z", z},
		Estimate:    Named{"excess of the Brier score", sum.value() / n},
		N:           []int64{int64(len(p)) - ones, ones},
	}, symmetricLogP(z, alt, LogNormalSF)), nil
}

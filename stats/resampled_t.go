package stats

import (
	"fmt"
	"math"
)

// ResampledT tests whether two models differ in the mean of a measure over the splits of a
// repeated hold-out or cross-validation, given the differences of each split, and the rows
// that its models were trained and tested with. Since the training sets overlap, the
// differences are not independent, and the paired t-test finds far too much. The variance
// of the mean is therefore taken for s²(1/J + n₂/n₁) of J splits, n₁ rows of training and n₂
// of test [1]; t has J−1 degrees of freedom. For k-fold cross-validation, repeated or not,
// n₂/n₁ is 1/(k−1) [2]; this is the corrected paired t-tester of Weka.
//
// The estimate is the mean difference with its interval, the effect Cohen's d_z.
//
// The error wraps ErrTooFew for fewer than two splits, ErrConstant if the differences do
// not vary, as for two models that decide alike, or ErrNotFinite; numbers of rows below 1
// are refused.
//
// [1] C. Nadeau and Y. Bengio (2003), "Inference for the generalization error", Machine
// Learning 52, 239–281.
//
// [2] R. R. Bouckaert and E. Frank (2004), "Evaluating the replicability of significance
// tests for comparing learning algorithms", PAKDD, LNCS 3056, 3–12.
func ResampledT(differences []float64, trainRows, testRows int, alt Alternative, level float64) (Result, error) {
	const method, estimate = "corrected resampled t", "mean difference"
	if trainRows < 1 || testRows < 1 {
		return Result{}, fmt.Errorf("%s with %d rows of training and %d of test: want at least 1", method, trainRows, testRows)
	}
	m, err := MomentsOf(differences)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", method, err)
	}
	plain, err := PairedT(m, alt, level)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", method, err)
	}
	n := float64(m.N)
	c := tContrast{estimate: m.Mean, se: m.SD() * math.Sqrt(1/n+float64(testRows)/float64(trainRows)), df: n - 1}
	return c.finish(Result{
		Test:   "mean of paired differences",
		Method: method,
		Null:   Named{estimate, 0},
		Effect: Effect{Name: plain.Effect.Name, Value: plain.Effect.Value, Magnitude: plain.Effect.Magnitude, Rule: plain.Effect.Rule},
		N:      []int64{m.N},
	}, alt, level), nil
}

package stats

import (
	"fmt"
	"math"
)

// The tests of equal variances. Those that take a Tally look at the distances of the
// values from the centre of their group and hold for data that are not normal,
// FlignerKilleen most of all; those that take Moments are for normal data only, and
// react to heavy tails as much as to variances.

// equalVariances is the Test of every result in this file.
const equalVariances = "equal variances"

// Levene tests whether the groups of t have equal variances, by an analysis of
// variance of the distances from the means of the groups [1]. BrownForsythe is the
// better choice for skewed data. Groups without values do not count. The effect is
// η² of the distances.
//
// The error wraps ErrTooFew for fewer than two groups with values or no more values
// than groups, and ErrConstant if the distances do not vary within the groups.
//
// [1] H. Levene (1960), in I. Olkin et al. (eds.), Contributions to Probability and
// Statistics, Stanford University Press, 278–292.
func Levene(t Tally) (Result, error) {
	return distanceTest(t, "Levene", func(s sample) func(x float64) float64 {
		m := s.moments()
		return func(x float64) float64 { return math.Ldexp(math.Abs(m.deviation(x)), m.exp) }
	})
}

// BrownForsythe is Levene with distances from the medians, which keeps its level for
// skewed data too.
//
// M. B. Brown and A. B. Forsythe (1974), "Robust tests for the equality of variances",
// J. Amer. Statist. Assoc. 69, 364–367.
func BrownForsythe(t Tally) (Result, error) {
	return distanceTest(t, "Brown-Forsythe", distanceFromMedian)
}

func distanceFromMedian(s sample) func(x float64) float64 {
	median := s.quantile(0.5)
	return func(x float64) float64 { return math.Abs(x - median) }
}

// distanceTest compares the mean distances of the groups by a one-way analysis of
// variance, whose η² with a 95 % interval is the effect.
func distanceTest(t Tally, method string, distance func(sample) func(x float64) float64) (Result, error) {
	groups, err := distances(t, method, distance)
	if err != nil {
		return Result{}, err
	}
	names, moments := make([]string, len(groups)), make([]Moments, len(groups))
	for g, s := range groups {
		names[g], moments[g] = fmt.Sprint(g), momentsOf(s.values, s.counts).unscaled()
	}
	a, err := OneWayOf(names, moments)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", method, err)
	}
	r, err := a.F(0.95)
	if err != nil {
		return Result{}, fmt.Errorf("%s: the distances within the groups: %w", method, err)
	}
	r.Test, r.Method, r.Terms = equalVariances, method, nil
	return r, nil
}

// distances returns the distances of the values from the centre of their group. They
// are not sorted. The error wraps ErrTooFew for fewer than two groups with values.
func distances(t Tally, method string, distance func(sample) func(x float64) float64) ([]sample, error) {
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	var groups []sample
	for g := range t.Counts {
		s := t.group(g)
		if s.n() == 0 {
			continue
		}
		of := distance(s)
		for i, x := range s.values { // newSample has copied them
			s.values[i] = of(x)
		}
		groups = append(groups, s)
	}
	if len(groups) < 2 {
		return nil, fmt.Errorf("%s of %d groups: %w", method, len(groups), ErrTooFew)
	}
	return groups, nil
}

// FlignerKilleen tests whether the groups of t have equal variances, by the normal
// scores of the ranks of the distances from the medians [1]: of the tests here the
// least sensitive to the shape of the distribution [2]. Errors are those of Levene.
//
// [1] M. A. Fligner and T. J. Killeen (1976), "Distribution-free two-sample tests for
// scale", J. Amer. Statist. Assoc. 71, 210–213.
//
// [2] W. J. Conover, M. E. Johnson and M. M. Johnson (1981), "A comparative study of
// tests for homogeneity of variances", Technometrics 23, 351–361.
func FlignerKilleen(t Tally) (Result, error) {
	const method = "Fligner-Killeen"
	groups, err := distances(t, method, distanceFromMedian)
	if err != nil {
		return Result{}, err
	}
	tallies := make([]Tally, len(groups))
	draft := Result{Test: equalVariances, Method: method}
	for g, s := range groups {
		if tallies[g], err = TallyFromCounts(s.values, s.counts); err != nil {
			return Result{}, fmt.Errorf("%s: %w", method, err)
		}
		tallies[g].Groups = []string{fmt.Sprint(g)}
		draft.N = append(draft.N, s.n())
	}
	all := combine(tallies)
	pooled := all.pooled()
	n := float64(pooled.n())
	scores := make([]float64, len(pooled.values))
	for i, upTo := range pooled.upTo {
		rank := float64(upTo) - float64(pooled.counts[i]-1)/2
		scores[i] = NormalQuantile(0.5 + rank/(n+1)/2)
	}
	total := momentsOf(scores, pooled.counts)
	if total.M2 == 0 {
		return Result{}, fmt.Errorf("%s: the distances: %w", method, ErrConstant)
	}
	var sum compensated
	for _, counts := range all.Counts {
		m := newSample(scores, counts).moments()
		d := m.Mean - total.Mean
		sum = sum.addProduct(float64(m.N)*d, d)
	}
	x, df := sum.value()/(total.M2/(n-1)), float64(len(groups)-1)
	draft.Statistic, draft.DF = Named{"chi-squared", x}, []float64{df}
	return NewResult(draft, LogChiSquaredSF(x, df)), nil
}

// Bartlett tests whether normal samples have equal variances, by the ratio of their
// arithmetic to their geometric mean [1]. The error wraps ErrTooFew for fewer than two
// samples or a sample of fewer than two values, ErrConstant if one does not vary, and
// ErrNotFinite if a variance is not finite.
//
// [1] M. S. Bartlett (1937), "Properties of sufficiency and statistical tests", Proc.
// R. Soc. A 160, 268–282.
func Bartlett(groups []Moments) (Result, error) {
	const method = "Bartlett"
	if len(groups) < 2 {
		return Result{}, fmt.Errorf("%s of %d groups: %w", method, len(groups), ErrTooFew)
	}
	draft := Result{Test: equalVariances, Method: method}
	var squares, df, inverse float64
	for _, m := range groups {
		switch {
		case m.N < 2:
			return Result{}, fmt.Errorf("%s of a group of %d values: %w", method, m.N, ErrTooFew)
		case !allFinite([]float64{m.M2}):
			return Result{}, fmt.Errorf("%s: %w", method, ErrNotFinite)
		case m.M2 == 0:
			return Result{}, fmt.Errorf("%s: %w", method, ErrConstant)
		}
		squares, df, inverse = squares+m.M2, df+float64(m.N-1), inverse+1/float64(m.N-1)
		draft.N = append(draft.N, m.N)
	}
	mean, x := squares/df, 0.0
	for _, m := range groups {
		x += float64(m.N-1) * math.Log(mean/m.Variance())
	}
	k := float64(len(groups) - 1)
	x = max(0, x) / (1 + (inverse-1/df)/(3*k))
	draft.Statistic, draft.DF = Named{"K-squared", x}, []float64{k}
	return NewResult(draft, LogChiSquaredSF(x, k)), nil
}

// VarianceRatioTest tests whether two normal samples have equal variances, by F, the
// ratio of the variance of a to that of b, which is the estimate too. Less and Greater
// speak of that ratio. Errors are those of Bartlett.
func VarianceRatioTest(a, b Moments, alt Alternative, level float64) (Result, error) {
	const method, ratio = "F test of two variances", "ratio of variances"
	if err := checkAsked(alt, level); err != nil {
		return Result{}, fmt.Errorf("%s: %w", method, err)
	}
	for _, m := range []Moments{a, b} {
		switch {
		case m.N < 2:
			return Result{}, fmt.Errorf("%s of %d and %d values: %w", method, a.N, b.N, ErrTooFew)
		case !allFinite([]float64{m.M2}):
			return Result{}, fmt.Errorf("%s: %w", method, ErrNotFinite)
		case m.M2 == 0:
			return Result{}, fmt.Errorf("%s: %w", method, ErrConstant)
		}
	}
	df1, df2, f := float64(a.N-1), float64(b.N-1), a.Variance()/b.Variance()
	tail := 1 - level
	if alt == TwoSided {
		tail /= 2
	}
	ci := Interval{Low: 0, High: math.Inf(1), Level: level}
	if alt != Less {
		ci.Low = f / upperF(tail, df1, df2)
	}
	if alt != Greater {
		ci.High = f * upperF(tail, df2, df1)
	}
	lower, upper := logF(f, df1, df2)
	logP := math.Ln2 + min(lower, upper)
	switch alt {
	case Less:
		logP = lower
	case Greater:
		logP = upper
	}
	return NewResult(Result{
		Test:        equalVariances,
		Method:      method,
		Alternative: alt,
		Null:        Named{ratio, 1},
		Statistic:   Named{"F", f},
		DF:          []float64{df1, df2},
		Estimate:    Named{ratio, f},
		CI:          ci,
		N:           []int64{a.N, b.N},
	}, logP), nil
}

// upperF returns the f whose upper tail of the F distribution is tail.
func upperF(tail, df1, df2 float64) float64 {
	lower, upper := 1.0, 1.0
	target := math.Log(tail)
	for LogFSF(lower, df1, df2) < target {
		lower /= 2
	}
	for LogFSF(upper, df1, df2) > target {
		upper *= 2
	}
	for {
		mid := lower + (upper-lower)/2
		if mid <= lower || mid >= upper {
			return mid
		}
		if LogFSF(mid, df1, df2) > target {
			lower = mid
		} else {
			upper = mid
		}
	}
}

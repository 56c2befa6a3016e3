package stats

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Grubbs tests whether the value farthest from the mean of a normal sample is an
// outlier: G = max|x − mean|/SD, with p by Bonferroni's inequality from Student's
// t, at most 1 [1]. Less looks at the smallest value only, Greater at the
// largest. It finds one outlier; two that are close together hide each other, and
// GeneralizedESD is then the test. All groups of t are taken together. Estimate
// holds the suspect value, and the term the critical value of G at level alpha.
//
// The error wraps ErrTooFew for fewer than three values and ErrConstant if they
// do not vary.
//
// [1] F. E. Grubbs (1969), "Procedures for detecting outlying observations in
// samples", Technometrics 11, 1–21.
func Grubbs(t Tally, alt Alternative, alpha float64) (Result, error) {
	s, err := outlierSample(t, "Grubbs test", 3, alpha)
	if err != nil {
		return Result{}, err
	}
	m := s.moments()
	low, high := -m.deviation(s.values[0]), m.deviation(s.values[len(s.values)-1])
	distance, suspect := high, s.at(s.n()-1)
	if alt == Less || alt == TwoSided && low > high {
		distance, suspect = low, s.at(0)
	}
	n, sides := float64(s.n()), 2.0
	if alt != TwoSided {
		sides = 1
	}
	g := distance / m.SD()
	logP := math.Log(sides*n) + LogTSF(math.Sqrt(grubbsT2(g, n)), n-2)
	return NewResult(Result{
		Test:        "outlier",
		Method:      "Grubbs",
		Alternative: alt,
		Statistic:   Named{"G", g},
		DF:          []float64{n - 2},
		Estimate:    Named{"suspect value", suspect},
		N:           []int64{s.n()},
		Terms: []Term{{
			Name:   "critical value",
			Values: []Named{{"statistic", grubbsCritical(alpha/sides, n)}, {"alpha", alpha}},
		}},
	}, logP), nil
}

// grubbsT2 returns the square of the t that corresponds to G among n values;
// infinite where G is as large as it can be.
func grubbsT2(g, n float64) float64 {
	rest := (n-1)*(n-1) - n*g*g
	if rest <= 0 {
		return math.Inf(1)
	}
	return n * (n - 2) * g * g / rest
}

// grubbsCritical returns the one-sided critical value of G among n values at
// level alpha.
func grubbsCritical(alpha, n float64) float64 {
	t := TQuantile(alpha/n, n-2)
	return (n - 1) * math.Abs(t) / math.Sqrt(n*(n-2+t*t))
}

// GeneralizedESD tests a normal sample for up to k outliers: it removes the value
// farthest from the mean k times over, and the number of outliers is the last
// step at which the distance R, in standard deviations, exceeds its critical
// value λ at level alpha [1]. All groups of t are taken together. Estimate holds
// the number of outliers, and the terms the value, R and λ of each step; there
// are fewer than k steps if the values left over do not vary. It has no p-value.
//
// The error wraps ErrTooFew for fewer than k+2 values and ErrConstant if they do
// not vary.
//
// [1] B. Rosner (1983), "Percentage points for a generalized ESD many-outlier
// procedure", Technometrics 25, 165–172.
func GeneralizedESD(t Tally, k int, alpha float64) (Result, error) {
	if k < 1 {
		return Result{}, fmt.Errorf("generalized ESD test for %d outliers: want at least 1", k)
	}
	s, err := outlierSample(t, "generalized ESD test", int64(k)+2, alpha)
	if err != nil {
		return Result{}, err
	}
	draft := Result{Test: "outliers", Method: "generalized ESD (Rosner)", N: []int64{s.n()}}
	values, counts := s.values, slices.Clone(s.counts)
	outliers := 0
	for step := 1; step <= k && len(values) > 1; step++ {
		m := momentsOf(values, counts)
		last := len(values) - 1
		low, high := -m.deviation(values[0]), m.deviation(values[last])
		suspect, at := values[last], last
		if low > high {
			suspect, at = values[0], 0
		}
		r := max(low, high) / m.SD()
		λ := grubbsCritical(alpha/2, float64(m.N))
		if r > λ {
			outliers = step
		}
		draft.Terms = append(draft.Terms, Term{
			Name:   strconv.Itoa(step),
			Values: []Named{{"value", suspect}, {"statistic", r}, {"critical", λ}},
		})
		switch counts[at]--; {
		case counts[at] > 0:
		case at == 0:
			values, counts = values[1:], counts[1:]
		default:
			values, counts = values[:last], counts[:last]
		}
	}
	draft.Statistic = Named{"R", draft.Terms[0].Values[1].Value}
	draft.Estimate = Named{"outliers", float64(outliers)}
	return NewResult(draft, math.NaN()), nil
}

// outlierSample returns the pooled sample for a test at level alpha.
func outlierSample(t Tally, method string, least int64, alpha float64) (sample, error) {
	if !(alpha > 0 && alpha < 1) {
		return sample{}, fmt.Errorf("%s at level %v: want a number between 0 and 1", method, alpha)
	}
	if err := t.check(); err != nil {
		return sample{}, fmt.Errorf("%s: %w", method, err)
	}
	s := t.pooled()
	if s.n() < least {
		return sample{}, fmt.Errorf("%s of %d values, at least %d are needed: %w", method, s.n(), least, ErrTooFew)
	}
	if len(s.values) == 1 {
		return sample{}, fmt.Errorf("%s: %w", method, ErrConstant)
	}
	return s, nil
}

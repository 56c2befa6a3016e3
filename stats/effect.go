package stats

import (
	"fmt"
	"math"
)

// The words for the size of an effect, as conventions of the behavioural
// sciences. They say nothing about what matters in a network; a reader who knows
// the subject should overrule them. Each function also names its rule, for
// Effect.Rule. The word of NaN is "".
//
// J. Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, 2nd
// ed., Erlbaum.

// cohen is the name of the convention.
const cohen = "Cohen 1988"

// CorrelationMagnitude returns the word for a correlation coefficient: small
// from 0.1 on, medium from 0.3, large from 0.5.
func CorrelationMagnitude(r float64) (word, rule string) {
	return magnitude(r, 0.1, 0.3, 0.5), cohen
}

// CramersVMagnitude returns the word for Cramér's V of a table whose shorter side
// has df+1 levels. Cohen's thresholds 0.1, 0.3 and 0.5 are for w = V·√df, so
// they shrink as the table grows. The word is "" when df is below 1.
func CramersVMagnitude(v float64, df int) (word, rule string) {
	rule = fmt.Sprintf("%s, df* = %d", cohen, df)
	if df < 1 {
		return "", rule
	}
	return magnitude(v*math.Sqrt(float64(df)), 0.1, 0.3, 0.5), rule
}

// CohensDMagnitude returns the word for a standardised difference of two means,
// Cohen's d or Hedges' g: small from 0.2 on, medium from 0.5, large from 0.8.
func CohensDMagnitude(d float64) (word, rule string) {
	return magnitude(d, 0.2, 0.5, 0.8), cohen
}

// EtaSquaredMagnitude returns the word for a share of variance explained by
// groups, η², ω² or ε²: small from 0.01 on, medium from 0.06, large from 0.14.
func EtaSquaredMagnitude(eta2 float64) (word, rule string) {
	return magnitude(eta2, 0.01, 0.06, 0.14), cohen
}

// magnitude returns the word for |value| under three thresholds.
func magnitude(value, small, medium, large float64) string {
	switch v := math.Abs(value); {
	case math.IsNaN(v):
		return ""
	case v < small:
		return "negligible"
	case v < medium:
		return "small"
	case v < large:
		return "medium"
	default:
		return "large"
	}
}

package stats

import (
	"fmt"
	"math"
	"slices"
)

// Alternative says which departures from the null hypothesis a test looks for.
// The zero value is the common case, two-sided.
type Alternative uint8

// The alternatives. Less and Greater speak of the tested quantity as it is
// defined by the test: "the mean of the first sample is greater".
const (
	TwoSided Alternative = iota
	Less
	Greater
)

// alternativeNames holds the word of each Alternative, in order.
var alternativeNames = [...]string{TwoSided: "two-sided", Less: "less", Greater: "greater"}

// String returns "two-sided", "less" or "greater".
func (a Alternative) String() string {
	if int(a) < len(alternativeNames) {
		return alternativeNames[a]
	}
	return fmt.Sprintf("Alternative(%d)", uint8(a))
}

// ParseAlternative reads an alternative by the word that String writes. The
// error of any other text lists the choices.
func ParseAlternative(s string) (Alternative, error) {
	if i := slices.Index(alternativeNames[:], s); i >= 0 {
		return Alternative(i), nil
	}
	return TwoSided, fmt.Errorf("alternative %q: want two-sided, less or greater", s)
}

// Named is a number with the name that its field gives it: "t", "V", "mean of x".
type Named struct {
	Name  string
	Value float64
}

// Interval is a confidence interval at the given level (0.95 for 95 %). A bound
// that is not defined is NaN; an open side of a one-sided interval is infinite
// or the end of the parameter's range.
type Interval struct {
	Low, High, Level float64
}

// undefinedInterval is the interval of a quantity that has none.
func undefinedInterval() Interval {
	return Interval{Low: math.NaN(), High: math.NaN(), Level: math.NaN()}
}

// Effect is an effect size: how large a departure is, whatever the sample size.
type Effect struct {
	Name      string
	Value     float64
	CI        Interval
	Magnitude string // "negligible", "small", "medium" or "large"; "" when the value is undefined
	Rule      string // the convention behind Magnitude: "Cohen 1988"
}

// Term is one row of a result that has several: a post-hoc pair, a coefficient,
// a cell of a table.
type Term struct {
	Name   string
	Values []Named
}

// Result is what every hypothesis test returns. A number that a test does not
// have is NaN, never 0. Build it with NewResult only.
type Result struct {
	Test        string      // the question: "one-way ANOVA"
	Method      string      // the way it was answered: "Welch", "exact", "normal approximation"
	Alternative Alternative // which departures count
	Null        Named       // the hypothesised value: "difference in means" 0
	Statistic   Named       // the test statistic: "t" -2.31
	DF          []float64   // degrees of freedom, in the order of the field (F has two)
	P           float64     // p-value; 0 only where the true value is below the float64 range
	Log10P      float64     // base-10 logarithm of the p-value, exact where P underflows
	Estimate    Named       // the estimate of the tested quantity
	CI          Interval    // confidence interval of Estimate
	Effect      Effect      // standardised size of the effect
	N           []int64     // observations used, per group where there are groups
	Missing     int64       // observations left out because a value was missing
	Terms       []Term      // rows of a result that has several
	Warnings    []error     // what the reader should know before trusting the result
}

// NewResult finishes a test: draft holds everything the test found except the
// p-value, and logP is the natural logarithm of that (NaN when the test has
// none). The p-value and its base-10 logarithm are derived here and nowhere
// else; a logarithm above 0 by rounding counts as 0. Numbers that the draft left
// without a name, and intervals that it left without a level, become NaN, so a
// zero in a Result is always a measured zero. Slices are copied.
func NewResult(draft Result, logP float64) Result {
	r := draft
	logP = min(logP, 0)
	r.P = math.Exp(logP)
	r.Log10P = logP / math.Ln10
	r.Null = r.Null.finished()
	r.Statistic = r.Statistic.finished()
	r.Estimate = r.Estimate.finished()
	r.CI = r.CI.finished()
	r.Effect = r.Effect.finished()
	r.DF = slices.Clone(draft.DF)
	r.N = slices.Clone(draft.N)
	r.Terms = slices.Clone(draft.Terms)
	for i := range r.Terms {
		r.Terms[i].Values = slices.Clone(draft.Terms[i].Values)
	}
	r.Warnings = slices.Clone(draft.Warnings)
	return r
}

// finished marks a number that was never named as undefined.
func (v Named) finished() Named {
	if v.Name == "" {
		v.Value = math.NaN()
	}
	return v
}

// finished marks an interval that was never given a level as undefined.
func (c Interval) finished() Interval {
	if c.Level == 0 {
		return undefinedInterval()
	}
	return c
}

// finished marks an effect that was never named as undefined, and takes the
// word away from a size that has no value.
func (e Effect) finished() Effect {
	if e.Name == "" {
		e.Value = math.NaN()
	}
	e.CI = e.CI.finished()
	if math.IsNaN(e.Value) {
		e.Magnitude = ""
	}
	return e
}

// symmetricLogP returns the natural logarithm of the p-value of a statistic
// whose null distribution is symmetric about 0, from the logarithm of that
// distribution's upper tail. Each side is evaluated as an upper tail, so none
// suffers from cancellation.
func symmetricLogP(statistic float64, alt Alternative, logUpperTail func(float64) float64) float64 {
	switch alt {
	case Less:
		return logUpperTail(-statistic)
	case Greater:
		return logUpperTail(statistic)
	default:
		return math.Ln2 + logUpperTail(math.Abs(statistic))
	}
}

// checkLevel returns an error unless level is a confidence level, strictly
// between 0 and 1.
func checkLevel(level float64) error {
	if !(level > 0 && level < 1) {
		return fmt.Errorf("confidence level %v: want a number between 0 and 1", level)
	}
	return nil
}

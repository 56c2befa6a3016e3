package stats

import (
	"fmt"
	"math"
)

// A OneWay is the values of one variable in several groups, as an analysis of
// variance sees them. It is made by NewOneWay or OneWayOf and is not changed by its
// methods.
type OneWay struct {
	Names   []string  // of the groups that have values
	Groups  []Moments // theirs
	N       int64     // values in all groups
	Between float64   // sum of squares of the groups' means about the mean of all values
	Within  float64   // sum of squares of the values about the means of their groups
}

// NewOneWay takes the groups of t that have values. The sums of squares are those of
// the decimal numbers that the values are the nearest float64s of, if they have few
// decimals: 1000000000000.4 is then not taken for 1000000000000.40002. So a large
// offset costs no digit.
//
// The error wraps ErrTooFew unless two groups have values and one of them more than
// one, ErrConstant if all values are equal, and ErrNotFinite if a value or a sum of
// squares is not finite.
func NewOneWay(t Tally) (OneWay, error) {
	if err := t.check(); err != nil {
		return OneWay{}, fmt.Errorf("analysis of variance: %w", err)
	}
	names, groups := make([]string, t.NumGroups()), make([]Moments, t.NumGroups())
	for g := range groups {
		names[g], groups[g] = t.GroupName(g), t.Moments(g)
	}
	a, err := OneWayOf(names, groups)
	if err != nil {
		return a, err
	}
	a.takeDecimals(t)
	return a, nil
}

// OneWayOf takes groups that something else summarised, by their moments, of which
// the range is not needed. Groups without values are left out. The errors are those
// of NewOneWay, and ErrLengths.
func OneWayOf(names []string, groups []Moments) (OneWay, error) {
	const what = "analysis of variance"
	if len(names) != len(groups) {
		return OneWay{}, fmt.Errorf("%s of %d groups with %d names: %w", what, len(groups), len(names), ErrLengths)
	}
	var a OneWay
	for g, m := range groups {
		if m.N > 0 {
			a.Names, a.Groups, a.N = append(a.Names, names[g]), append(a.Groups, m), a.N+m.N
		}
	}
	a.Between, a.Within, _, _ = sumsOfSquares(a.Groups)
	switch {
	case len(a.Groups) < 2 || a.N <= int64(len(a.Groups)):
		return OneWay{}, fmt.Errorf("%s of %d values in %d groups: %w", what, a.N, len(a.Groups), ErrTooFew)
	case math.IsNaN(a.Total()) || math.IsInf(a.Total(), 0):
		return OneWay{}, fmt.Errorf("%s: %w", what, ErrNotFinite)
	case !(a.Total() > 0):
		return OneWay{}, fmt.Errorf("%s: %w", what, ErrConstant)
	}
	return a, nil
}

// takeDecimals computes the sums of squares anew, in twice the usual precision on
// whole multiples of a power of ten; not if the values of t are no such multiples.
func (a *OneWay) takeDecimals(t Tally) {
	unit, ok := decimalUnit(t.Values)
	if !ok {
		return
	}
	whole, err := t.Map(func(x float64) float64 { return math.Round(x * unit) })
	if err != nil {
		return
	}
	var groups []exactMoments
	var sum, inside compensated
	for g := range whole.Counts {
		m := whole.group(g).moments()
		if n := float64(m.N); n > 0 {
			groups = append(groups, m)
			sum = sum.addProduct(m.Mean, n).addProduct(m.rest, n)
			inside = inside.add(m.M2)
		}
	}
	mean := sum.over(float64(a.N))
	var across compensated
	for g, m := range groups {
		d := (m.Mean - mean.sum) + (m.rest - mean.rest)
		across = across.addProduct(d*float64(m.N), d)
		a.Groups[g].M2 = m.M2 / unit / unit
	}
	a.Between, a.Within = across.value()/unit/unit, inside.value()/unit/unit
}

// decimalUnit returns the least power of ten that makes all values whole, false if
// that takes more than 15 decimals or 53 bits.
func decimalUnit(values []float64) (unit float64, ok bool) {
	unit = 1
	for _, x := range values {
		for math.Round(x*unit)/unit != x {
			if unit *= 10; unit > 1e15 {
				return 0, false
			}
		}
	}
	const exact = 1 << 53
	return unit, len(values) > 0 && -values[0]*unit < exact && values[len(values)-1]*unit < exact
}

// Total returns the sum of squares about the mean of all values.
func (a OneWay) Total() float64 { return a.Between + a.Within }

// DF returns the degrees of freedom between and within the groups.
func (a OneWay) DF() (between, within float64) {
	return float64(len(a.Groups) - 1), float64(a.N) - float64(len(a.Groups))
}

// F tests whether the means of all groups are equal, by Fisher's F of the mean
// squares between and within: exact for normal values of one variance in all groups.
// The effect is η² with its interval; for the others see Effects.
//
// R. A. Fisher (1925), Statistical Methods for Research Workers, Oliver and Boyd.
func (a OneWay) F(level float64) (Result, error) {
	effects, err := a.Effects(level)
	if err != nil {
		return Result{}, err
	}
	df1, df2 := a.DF()
	f := a.Between / df1 / (a.Within / df2)
	return NewResult(Result{
		Test:      equalMeans,
		Method:    "Fisher's F",
		Statistic: Named{"F", f},
		DF:        []float64{df1, df2},
		Effect:    effects[0],
		N:         a.sizes(),
	}, LogFSF(f, df1, df2)), nil
}

// equalMeans is what all tests of a OneWay ask.
const equalMeans = "equal means in all groups"

// Effects returns the estimates of the share of the variance that lies between the
// groups: η², which is too large in small samples, and ω² and ε², which are corrected
// for that and may be negative. They estimate one quantity, so they share one
// interval: that of CorrelationRatioTest. The error is that of a level outside 0 to 1.
//
// W. L. Hays (1963), Statistics for Psychologists, Holt, for ω²; T. L. Kelley (1935),
// PNAS 21, 554–559, for ε².
func (a OneWay) Effects(level float64) ([]Effect, error) {
	if err := checkLevel(level); err != nil {
		return nil, err
	}
	df1, df2 := a.DF()
	noise := a.Within / df2
	ci := varianceShareInterval(a.Between/df1/noise, df1, df2, float64(a.N), level)
	excess := a.Between - df1*noise
	return []Effect{
		varianceShare("eta squared", a.Between/a.Total(), ci),
		varianceShare("omega squared", excess/(a.Total()+noise), ci),
		varianceShare("epsilon squared", excess/a.Total(), ci),
	}, nil
}

// varianceShareInterval returns the interval of the share of the variance between
// groups that inverts the noncentral F distribution: λ/(λ+n).
func varianceShareInterval(f, df1, df2, n, level float64) Interval {
	if math.IsInf(f, 1) {
		return Interval{Low: 1, High: 1, Level: level}
	}
	low, high := noncentralityOfF(f, df1, df2, level)
	return Interval{Low: low / (low + n), High: high / (high + n), Level: level}
}

// varianceShare makes the effect of a share of variance.
func varianceShare(name string, value float64, ci Interval) Effect {
	word, rule := EtaSquaredMagnitude(max(value, 0))
	return Effect{Name: name, Value: value, CI: ci, Magnitude: word, Rule: rule}
}

// sizes returns the number of values in each group.
func (a OneWay) sizes() []int64 {
	n := make([]int64, len(a.Groups))
	for g, m := range a.Groups {
		n[g] = m.N
	}
	return n
}

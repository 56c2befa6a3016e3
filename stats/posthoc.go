package stats

import (
	"fmt"
	"math"
)

// A Comparison is the test of one pair of groups among several pairs. Its Result is
// that of the pair alone: the estimate is the difference of the first group less the
// second, with an interval that holds for all pairs together, and the effect is
// Hedges' g or, after ranks, the rank-biserial correlation, each with an interval of
// its own. The adjusted p-value allows for all pairs; it is NaN where the pair has
// no test, with the reason among the warnings.
type Comparison struct {
	A, B int // groups of the OneWay or the Tally
	Result
	PAdjusted      float64
	Log10PAdjusted float64
}

// Tukey compares all pairs of groups by the studentized range, with Kramer's
// allowance for unequal sizes and one variance for all groups.
//
// J. W. Tukey (1953), "The problem of multiple comparisons"; C. Y. Kramer (1956),
// Biometrics 12, 307–310. The error is that of a level outside 0 to 1.
func (a OneWay) Tukey(level float64) ([]Comparison, error) {
	if err := checkLevel(level); err != nil {
		return nil, err
	}
	_, df := a.DF()
	noise := a.Within / df
	d := newStudentizedRange(len(a.Groups))
	reach := d.quantile(level, df)
	return a.allPairs(func(c *Comparison, g, h Moments) error {
		return c.studentize(d, "Tukey-Kramer", noise*(1/float64(g.N)+1/float64(h.N)), df, reach, level)
	}, level)
}

// GamesHowell compares all pairs of groups by the studentized range without taking
// the variances for equal: each pair has its own, and Welch's degrees of freedom. A
// pair has no test if one of its groups has a single value, or neither varies.
//
// P. A. Games and J. F. Howell (1976), "Pairwise multiple comparison procedures with
// unequal N's and/or variances", Journal of Educational Statistics 1, 113–125. The
// error is that of a level outside 0 to 1.
func (a OneWay) GamesHowell(level float64) ([]Comparison, error) {
	if err := checkLevel(level); err != nil {
		return nil, err
	}
	d := newStudentizedRange(len(a.Groups))
	return a.allPairs(func(c *Comparison, g, h Moments) error {
		if g.N < 2 || h.N < 2 {
			return fmt.Errorf("a group with a single value cannot be compared after Games and Howell: %w", ErrTooFew)
		}
		x, y := g.Variance()/float64(g.N), h.Variance()/float64(h.N)
		df := (x + y) * (x + y) / (x*x/float64(g.N-1) + y*y/float64(h.N-1))
		return c.studentize(d, "Games-Howell", x+y, df, math.NaN(), level)
	}, level)
}

// allPairs makes a comparison of every two groups, the first with all that follow,
// and so on.
func (a OneWay) allPairs(test func(c *Comparison, g, h Moments) error, level float64) ([]Comparison, error) {
	var out []Comparison
	for i := range a.Groups {
		for j := i + 1; j < len(a.Groups); j++ {
			c, err := a.pair(i, j, level, test)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	return out, nil
}

// pair compares two groups. What the data do not allow becomes a warning.
func (a OneWay) pair(i, j int, level float64, test func(c *Comparison, g, h Moments) error) (Comparison, error) {
	g, h := a.Groups[i], a.Groups[j]
	c := Comparison{A: i, B: j, PAdjusted: math.NaN(), Log10PAdjusted: math.NaN()}
	c.Result = Result{
		Test:     "equal means of two groups",
		Null:     Named{"difference of means", 0},
		Estimate: Named{"difference of means", g.Mean - h.Mean},
		N:        []int64{g.N, h.N},
	}
	if effect, err := HedgesG(g, h, NoncentralT, level); err == nil {
		c.Effect = effect
	}
	if err := test(&c, g, h); err != nil {
		c.Warnings = append(c.Warnings, err)
		c.Result = NewResult(c.Result, math.NaN())
	}
	return c, nil
}

// studentize tests a difference of means of known squared standard error by the
// distribution d. reach is the quantile of d at the level, NaN if it is yet to be
// found.
func (c *Comparison) studentize(d *studentized, method string, squaredError, df, reach, level float64) error {
	if !(squaredError > 0) {
		return fmt.Errorf("two groups that do not vary cannot be compared: %w", ErrConstant)
	}
	if math.IsNaN(reach) {
		reach = d.quantile(level, df)
	}
	unit := math.Sqrt(squaredError * d.unit)
	q := math.Abs(c.Estimate.Value) / unit
	t := c.Estimate.Value / math.Sqrt(squaredError)
	c.Method, c.Statistic, c.DF = method, Named{d.statistic, math.Copysign(q, t)}, []float64{df}
	c.CI = Interval{Low: c.Estimate.Value - reach*unit, High: c.Estimate.Value + reach*unit, Level: level}
	logP := symmetricLogP(t, TwoSided, func(t float64) float64 { return LogTSF(t, df) })
	c.Result = NewResult(c.Result, logP)
	// Both are integrals; the greater is not let fall short by their rounding.
	logAdjusted := max(d.logSF(q, df), min(logP, 0))
	c.PAdjusted, c.Log10PAdjusted = math.Exp(logAdjusted), Log10(logAdjusted)
	return nil
}

// Dunn compares all pairs of groups by their mean ranks among all values, with the
// variance that ties leave and p-values adjusted by the given method. The estimate is
// the difference of the mean ranks with the interval of this pair alone, the effect the rank-biserial correlation of the
// pair, ranked apart, with DeLong's interval wherever that has a width and else
// Newcombe's.
//
// O. J. Dunn (1964), "Multiple comparisons using rank sums", Technometrics 6,
// 241–252. The errors are those of KruskalWallis, of an unknown method, and of a level
// outside 0 to 1.
func Dunn(t Tally, adjustment Adjustment, level float64) ([]Comparison, error) {
	if err := checkLevel(level); err != nil {
		return nil, err
	}
	const method = "Dunn's test"
	r, err := centredRanks(t, method)
	if err != nil {
		return nil, err
	}
	if r.used < 2 {
		return nil, fmt.Errorf("%s of %d groups with values: %w", method, r.used, ErrTooFew)
	}
	n := float64(t.Total())
	z := NormalQuantile((1 + level) / 2)
	var out []Comparison
	var logs []float64
	for i := range r.n {
		for j := i + 1; j < len(r.n); j++ {
			if r.n[i] == 0 || r.n[j] == 0 {
				continue
			}
			difference := r.sums[i]/float64(r.n[i]) - r.sums[j]/float64(r.n[j])
			se := math.Sqrt(r.spread / (12 * (n - 1)) * (1/float64(r.n[i]) + 1/float64(r.n[j])))
			c := Comparison{A: i, B: j}
			c.Result = NewResult(Result{
				Test:      "equal mean ranks of two groups",
				Method:    "Dunn",
				Null:      Named{"difference of mean ranks", 0},
				Statistic: Named{"z", difference / se},
				Estimate:  Named{"difference of mean ranks", difference},
				CI:        Interval{Low: difference - z*se, High: difference + z*se, Level: level},
				Effect:    rankBiserial(t, i, j, level),
				N:         []int64{r.n[i], r.n[j]},
			}, symmetricLogP(difference/se, TwoSided, LogNormalSF))
			out, logs = append(out, c), append(logs, c.Log10P)
		}
	}
	logs, err = AdjustLog10P(logs, adjustment)
	if err != nil {
		return nil, err
	}
	for k, l := range logs {
		out[k].PAdjusted, out[k].Log10PAdjusted = math.Pow(10, l), l
	}
	return out, nil
}

// rankBiserial returns the effect of a pair of groups, undefined if their values are
// all equal.
func rankBiserial(t Tally, i, j int, level float64) Effect {
	pair := Tally{Values: t.Values, Counts: [][]int64{t.Counts[i], t.Counts[j]}, Groups: []string{"first", "second"}}
	r, err := MannWhitneyNormal(pair, TwoSided, level, false)
	if err != nil {
		return Effect{}
	}
	if _, ci, err := DeLong(pair, level); err == nil && ci.High > ci.Low {
		r.Effect.CI = Interval{Low: 2*ci.Low - 1, High: 2*ci.High - 1, Level: level}
	}
	return r.Effect
}

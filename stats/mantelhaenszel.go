package stats

import (
	"fmt"
	"math"
)

// A Stratum is one of several tables of the same two rows and two columns.
type Stratum struct {
	Name   string
	Counts [2][2]int64
}

// N returns the observations of the stratum.
func (s Stratum) N() int64 {
	return s.Counts[0][0] + s.Counts[0][1] + s.Counts[1][0] + s.Counts[1][1]
}

// OddsRatio returns ad/bc of the stratum, NaN if it is 0/0.
func (s Stratum) OddsRatio() float64 {
	c := s.Counts
	return float64(c[0][0]) * float64(c[1][1]) / (float64(c[0][1]) * float64(c[1][0]))
}

// informs reports whether both rows and both columns have observations.
func (s Stratum) informs() bool {
	c := s.Counts
	return c[0][0]+c[0][1] > 0 && c[1][0]+c[1][1] > 0 && c[0][0]+c[1][0] > 0 && c[0][1]+c[1][1] > 0
}

// first returns the distribution of the first cell within its margins.
func (s Stratum) first() hypergeometric {
	c := s.Counts
	return hypergeometric{c[0][0] + c[0][1], c[0][0] + c[1][0], s.N()}
}

// A MantelHaenszel is an association within strata.
type MantelHaenszel struct {
	Plain       Result // without continuity correction
	Corrected   Result // with it
	Homogeneity Result // whether the odds ratios of the strata are equal: Breslow and Day
	Tarone      Result // the same, with Tarone's correction
	Used        int    // strata that have both rows and both columns; others say nothing
}

// MantelHaenszelTest tests whether two labels with two levels are independent
// within strata, by the sum of the first cells less what the margins of each
// stratum let expect [1]. The estimate is the common odds ratio of Mantel and
// Haenszel with the interval of Robins, Breslow and Greenland [2]; it stands for all
// strata only if theirs are alike, which Homogeneity [3] and Tarone [4] test, with one
// degree of freedom less than there are strata that say something. Those have no
// p-value where that is one stratum, or where the common odds ratio is 0 or
// infinite.
//
// It returns ErrTooFew if no stratum has observations in both rows and columns.
//
// [1] N. Mantel and W. Haenszel (1959), JNCI 22, 719–748.
//
// [2] J. Robins, N. Breslow and S. Greenland (1986), Biometrics 42, 311–323.
//
// [3] N. E. Breslow and N. E. Day (1980), Statistical Methods in Cancer Research 1,
// IARC, section 4.4.
//
// [4] R. E. Tarone (1985), Biometrika 72, 91–95.
func MantelHaenszelTest(strata []Stratum, level float64) (MantelHaenszel, error) {
	if err := checkLevel(level); err != nil {
		return MantelHaenszel{}, err
	}
	var used []Stratum
	var n int64
	for _, s := range strata {
		if s.informs() {
			used = append(used, s)
			n += s.N()
		}
	}
	if len(used) == 0 {
		return MantelHaenszel{}, fmt.Errorf("no stratum has both rows and both columns: %w", ErrTooFew)
	}
	odds, ci := commonOdds(used, level)
	var departure, variance float64
	for _, s := range used {
		h, all := s.first(), float64(s.N())
		r, c := float64(h.row), float64(h.col)
		departure += float64(s.Counts[0][0]) - r*(c/all)
		variance += r / all * (all - r) / all * c / (all - 1) * (all - c)
	}
	draft := Result{
		Test:     "independence of two labels within strata",
		Null:     Named{"odds ratio", 1},
		DF:       []float64{1},
		Estimate: Named{"common odds ratio", odds},
		CI:       ci,
		Effect:   oddsEffect(odds, ci),
		N:        []int64{n},
	}
	m := MantelHaenszel{Used: len(used)}
	finish := func(method string, correction float64) Result {
		d := math.Abs(departure) - correction
		draft.Method, draft.Statistic = method, Named{"chi2", d * d / variance}
		return NewResult(draft, LogChiSquaredSF(draft.Statistic.Value, 1))
	}
	m.Plain = finish("Cochran–Mantel–Haenszel", 0)
	m.Corrected = finish("Cochran–Mantel–Haenszel, continuity correction", min(0.5, math.Abs(departure)))
	m.Homogeneity, m.Tarone = testHomogeneity(used, odds, n)
	return m, nil
}

// oddsEffect is the odds ratio as an effect on the scale of Cohen's d, to which its
// logarithm times √3/π comes near (S. Chinn 2000, Statistics in Medicine 19,
// 3127–3131).
func oddsEffect(odds float64, ci Interval) Effect {
	toD := func(odds float64) float64 { return math.Log(odds) * math.Sqrt(3) / math.Pi }
	e := Effect{Name: "ln(odds ratio)·√3/π", Value: toD(odds), CI: Interval{toD(ci.Low), toD(ci.High), ci.Level}}
	e.Magnitude, e.Rule = CohensDMagnitude(e.Value)
	return e
}

// commonOdds returns the odds ratio of Mantel and Haenszel with its interval.
func commonOdds(strata []Stratum, level float64) (odds float64, ci Interval) {
	var up, down, pr, mixed, qs float64
	for _, s := range strata {
		n := float64(s.N())
		a, b, c, d := float64(s.Counts[0][0]), float64(s.Counts[0][1]), float64(s.Counts[1][0]), float64(s.Counts[1][1])
		p, q, r, t := (a+d)/n, (b+c)/n, a*d/n, b*c/n
		up, down = up+r, down+t
		pr, mixed, qs = pr+p*r, mixed+p*t+q*r, qs+q*t
	}
	reach := NormalQuantile((1+level)/2) * math.Sqrt(pr/(2*up*up)+mixed/(2*up*down)+qs/(2*down*down))
	m := ratioMeasure(up/down, reach, level)
	return m.Value, m.CI
}

// testHomogeneity tests whether the strata share an odds ratio.
func testHomogeneity(strata []Stratum, odds float64, n int64) (plain, tarone Result) {
	var sum, departure, total float64
	for _, s := range strata {
		h := s.first()
		r, c, all := float64(h.row), float64(h.col), float64(h.n)
		e := expectedUnder(odds, r, c, all)
		variance := 1 / (1/e + 1/(r-e) + 1/(c-e) + 1/(all-r-c+e))
		d := float64(s.Counts[0][0]) - e
		sum, departure, total = sum+d*d/variance, departure+d, total+variance
	}
	df := float64(len(strata) - 1)
	draft := Result{Test: "equal odds ratios of strata", Null: Named{"difference of odds ratios", 0}, DF: []float64{df}, N: []int64{n}}
	finish := func(method string, statistic float64) Result {
		draft.Method, draft.Statistic = method, Named{"chi2", statistic}
		logP := math.NaN()
		if df > 0 {
			logP = LogChiSquaredSF(statistic, df)
		}
		return NewResult(draft, logP)
	}
	return finish("Breslow–Day", sum), finish("Breslow–Day, Tarone correction", sum-departure*departure/total)
}

// expectedUnder returns the first cell of the table with these margins that has the
// odds ratio: the root of a quadratic, in the form that loses no digits.
func expectedUnder(odds, row, col, n float64) float64 {
	b := n - row - col + odds*(row+col)
	return 2 * odds * row * col / (b + math.Sqrt(b*b-4*(odds-1)*odds*row*col))
}

package eda

import (
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/netanom/netanom/stats"
)

// A View is what tests say of one form of a series: as it is, or without what
// hides the rest.
type View struct {
	Name        string
	Correlogram *stats.Correlogram // nil where it does not exist
	Tests       []SeriesTest       // those that could be made
	Reading     Reading
}

// What the names of second views end with. A few floods are most of the variance of
// a series; beside them no correlation of its other steps is seen. So spikes are set
// to the rolling median, and sums over orders of magnitude taken by logarithms too.
const (
	WithoutSpikes = ", calm"
	ByLogarithms  = ", log calm"
)

// A SeriesTest is a test of one view of a series.
type SeriesTest struct {
	Test string // one of the names below
	stats.Result
	PAdjusted      float64 // for the same test of all views
	Log10PAdjusted float64
}

// The tests of a series, by what their null hypothesis says.
const (
	TestWhiteNoise = "white noise"          // Ljung-Box
	TestUnitRoot   = "unit root"            // augmented Dickey-Fuller around a level
	TestUnitTrend  = "unit root or trend"   // augmented Dickey-Fuller around a trend
	TestLevel      = "stationary"           // KPSS around a level
	TestTrendLevel = "stationary but trend" // KPSS around a trend
	TestMonotone   = "no trend"             // Mann-Kendall; the estimate is Sen's slope per step
)

// A namedTest is a test with its name.
type namedTest struct {
	name string
	run  func(x []float64) (stats.Result, error)
}

// calmTests are made of every view; a test by ranks needs no series without spikes.
var calmTests = []namedTest{
	{TestWhiteNoise, func(x []float64) (stats.Result, error) { return stats.LjungBox(x, min(10, len(x)/5), 0) }},
	{TestUnitRoot, func(x []float64) (stats.Result, error) { return stats.ADF(x, stats.AroundLevel, stats.AutoLags) }},
	{TestUnitTrend, func(x []float64) (stats.Result, error) { return stats.ADF(x, stats.AroundTrend, stats.AutoLags) }},
	{TestLevel, func(x []float64) (stats.Result, error) { return stats.KPSS(x, stats.AroundLevel, stats.AutoLags) }},
	{TestTrendLevel, func(x []float64) (stats.Result, error) { return stats.KPSS(x, stats.AroundTrend, stats.AutoLags) }},
}

// wholeTests are made of a series as it is.
var wholeTests = append(slices.Clone(calmTests),
	namedTest{TestMonotone, func(x []float64) (stats.Result, error) { return stats.MannKendall(x, stats.TwoSided, 0.95) }})

// view examines one form of a series.
func (s *Series) view(name string, x []float64, lags int, tests []namedTest) {
	v := View{Name: name}
	c, err := stats.NewCorrelogram(x, lags, 0.95)
	switch {
	case errors.Is(err, stats.ErrConstant):
		s.Skipped = append(s.Skipped, "no tests"+strings.TrimPrefix(name, s.Name)+": all values are equal")
		return
	case err != nil:
		s.skip(err)
	default:
		v.Correlogram = &c
	}
	for _, test := range tests {
		result, err := test.run(x)
		if err != nil {
			s.skip(err)
			continue
		}
		v.Tests = append(v.Tests, SeriesTest{Test: test.name, Result: result})
	}
	s.Views = append(s.Views, v)
}

// skip takes note of a test that could not be made, once.
func (s *Series) skip(err error) {
	if text := err.Error(); !slices.Contains(s.Skipped, text) {
		s.Skipped = append(s.Skipped, text)
	}
}

// A Reading is what unit root and stationarity tests say together.
type Reading uint8

// The readings.
const (
	Unread          Reading = iota // a test is missing
	Stationary                     // no unit root, and stationary: both agree
	TrendStationary                // likewise around a straight line
	Wandering                      // a unit root is not excluded, stationarity is: both agree
	Changing                       // both are excluded: the level or the spread changes, or memory is long
	Undecided                      // neither is excluded: too short or too noisy to say
)

// readingNames holds the words of each Reading, in order.
var readingNames = [...]string{
	Unread: "cannot be told", Stationary: "stationary", TrendStationary: "stationary around a trend",
	Wandering: "not stationary", Changing: "no walk, but no fixed level", Undecided: "too short or noisy to say",
}

// String returns the reading in plain words.
func (r Reading) String() string {
	if int(r) < len(readingNames) {
		return readingNames[r]
	}
	return readingNames[Unread]
}

// Test returns the test of that name, nil if it was not made.
func (v *View) Test(name string) *SeriesTest {
	for i := range v.Tests {
		if v.Tests[i].Test == name {
			return &v.Tests[i]
		}
	}
	return nil
}

// adjust adjusts the p-values of each test over all views, and reads them.
func (t *TimeSeries) adjust(method stats.Adjustment) error {
	for _, named := range wholeTests {
		var family []*SeriesTest
		var logs []float64
		for i := range t.Series {
			for k := range t.Series[i].Views {
				if test := t.Series[i].Views[k].Test(named.name); test != nil {
					family, logs = append(family, test), append(logs, test.Log10P)
				}
			}
		}
		adjusted, err := stats.AdjustLog10P(logs, method)
		if err != nil {
			return err
		}
		for k, test := range family {
			test.PAdjusted, test.Log10PAdjusted = math.Pow(10, adjusted[k]), adjusted[k]
		}
	}
	for i := range t.Series {
		for k := range t.Series[i].Views {
			t.Series[i].Views[k].read(t.Alpha)
		}
	}
	return nil
}

// read puts the four tests of stationarity together.
func (v *View) read(alpha float64) {
	rejected := map[string]bool{}
	for _, name := range []string{TestUnitRoot, TestUnitTrend, TestLevel, TestTrendLevel} {
		test := v.Test(name)
		if test == nil {
			return
		}
		rejected[name] = test.PAdjusted < alpha
	}
	switch {
	case rejected[TestUnitRoot] && !rejected[TestLevel]:
		v.Reading = Stationary
	case rejected[TestLevel] && rejected[TestUnitTrend] && !rejected[TestTrendLevel]:
		v.Reading = TrendStationary
	case rejected[TestLevel] && !rejected[TestUnitRoot]:
		v.Reading = Wandering
	case rejected[TestLevel]:
		v.Reading = Changing
	default:
		v.Reading = Undecided
	}
}

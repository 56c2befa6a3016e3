package eda

import "math"

// A BackTest says how good the forecasts of a series would have been. Its last fifth, or
// as much as ten forecasts take, is kept apart, no more than half. Form, weights and
// season of the model are chosen and estimated from the steps before, once. Then the
// model is asked for as many steps ahead as the forecast looks, or as many as leave ten
// origins, first at the end of these steps, next one step later and so on; in between it
// takes in the value of each step but learns nothing else. All values of all forecasts
// count alike.
type BackTest struct {
	Method  string  `json:"method"`  // the form that the steps before the test chose
	Origins int     `json:"origins"` // forecasts
	Horizon int     `json:"horizon"` // steps of each
	From    float64 `json:"from"`    // where the first step that is forecast begins, in seconds since the Unix epoch

	MAE float64 `json:"mae"` // mean absolute error
	// NaiveMAE is that of the naive forecast of the same steps: each is as the last known
	// one or, where the steps before the test show a rhythm, as that of the last cycle.
	NaiveMAE float64 `json:"naive_mae"`
	// NaiveSeason is how many steps the naive forecast goes back: 1 to the last one.
	NaiveSeason int `json:"naive_season"`
	// Relative is MAE over NaiveMAE, nil where that is 0: below 1 the forecast is better.
	Relative *float64 `json:"relative_mae"`
	// MASE is MAE over that of the naive forecast one step, or one cycle, ahead in the
	// steps before the test [1], nil where that is 0. It exceeds Relative where forecasts
	// reach farther ahead than this one.
	//
	// [1] R. J. Hyndman and A. B. Koehler (2006), "Another look at measures of forecast
	// accuracy", International Journal of Forecasting 22, 679–688.
	MASE *float64 `json:"mase"`

	Coverage80 float64 `json:"coverage80"` // share of values within the 80 % intervals
	Coverage95 float64 `json:"coverage95"` // and within those of 95 %
}

// leastOrigins is how many forecasts a back-test makes at least.
const leastOrigins = 10

// testedSteps returns how many of n steps a back-test keeps apart, and how far each of
// its forecasts looks.
func testedSteps(n, ahead int) (steps, horizon int) {
	steps = min(max((n+4)/5, ahead+leastOrigins-1), n/2)
	return steps, max(1, min(ahead, steps-leastOrigins+1))
}

// backTest tests the forecasts of a series.
func (t *TimeSeries) backTest(s toContinue, ahead int) (*BackTest, error) {
	values := s.values
	tested, horizon := testedSteps(len(values), ahead)
	known := len(values) - tested
	s.values = values[:known]
	m, err := t.modelOf(s)
	if err != nil {
		return nil, err
	}
	b := &BackTest{Method: m.smoothing.String(), Horizon: horizon, NaiveSeason: max(1, m.season()),
		From: t.At(s.first + known)}
	var sums testSums
	reach80, reach95 := m.reach(horizon)
	for origin := known; origin+horizon <= len(values); origin++ {
		o := m.outlook(reach80, reach95)
		for h := range horizon {
			sums.add(values[origin+h], naive(values[:origin], b.NaiveSeason, h), o, h)
		}
		b.Origins++
		m.advance(values[origin])
	}
	sums.into(b)
	b.MASE = ratio(b.MAE, naiveScale(values[:known], b.NaiveSeason))
	return b, nil
}

// naive is the value as many whole seasons before step h behind the values as it takes.
func naive(values []float64, season, h int) float64 {
	return values[len(values)-season+h%season]
}

// naiveScale is the mean absolute difference of values one season apart.
func naiveScale(values []float64, season int) float64 {
	sum := 0.0
	for i := season; i < len(values); i++ {
		sum += math.Abs(values[i] - values[i-season])
	}
	return sum / float64(len(values)-season)
}

// testSums adds up what a back-test finds.
type testSums struct {
	n, in80, in95   int
	errors, naively float64
}

// add counts step h of an outlook, which came to be a value.
func (s *testSums) add(value, naive float64, o outlook, h int) {
	s.n++
	s.errors += math.Abs(value - o.points[h])
	s.naively += math.Abs(value - naive)
	if o.low80[h] <= value && value <= o.high80[h] {
		s.in80++
	}
	if o.low95[h] <= value && value <= o.high95[h] {
		s.in95++
	}
}

// into fills in the means.
func (s *testSums) into(b *BackTest) {
	n := float64(s.n)
	b.MAE, b.NaiveMAE = s.errors/n, s.naively/n
	b.Coverage80, b.Coverage95 = float64(s.in80)/n, float64(s.in95)/n
	b.Relative = ratio(b.MAE, b.NaiveMAE)
}

// ratio is a over b, nil where that is no number.
func ratio(a, b float64) *float64 {
	r := a / b
	if math.IsNaN(r - r) {
		return nil
	}
	return &r
}
